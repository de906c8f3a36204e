//! Addresses: where every page lies, as a path from the site's root.
//!
//! ```text
//! packs/<ecosystem>/index.html
//! packs/<ecosystem>/<name>/index.html
//! packs/<ecosystem>/<name>/{versions.js,versions.html,dependents.html,findings.html}
//! packs/<ecosystem>/<name>/<version>/index.html
//! packs/<ecosystem>/<name>/<version>/{components,readme,findings}.html, images/
//! packs/<ecosystem>/<name>/<version>/<kind>/<component>.html
//! packs/<ecosystem>/<name>/compare/<version>...<version>.html
//! packs/<ecosystem>/<name>/compare/<version>...latest.html    with the default release, whichever that is
//! packs/<ecosystem>/<name>/compare/index.html                 which comparisons there are
//! packs/<ecosystem>/<name>/<version>/files.html
//! packs/<ecosystem>/<name>/files/<version>/<path>.html        the page of a file, and its copy beside it
//! packs/<ecosystem>/<name>/changelog.html
//! ```
//!
//! A page reaches another one as its own [`root`] followed by that path: relative, and always naming a file.

use std::collections::BTreeSet;

use crate::catalog::{CatalogPack, Comparisons};
use crate::ident::{Digest, PackId, RelPath, Version};
use crate::pack::Pack;

/// Longest file name of a component page without its ending, in bytes.
const MAX_STEM_BYTES: usize = 180;

/// Returns what leads from a page to the site's root: `../` for every folder it lies in.
pub(crate) fn root(path: &RelPath) -> String {
    "../".repeat(path.as_str().matches('/').count())
}

/// Returns the address of a pack's folder.
pub(crate) fn pack_address(id: &PackId) -> String {
    format!("packs/{}/{}", id.ecosystem, id.name)
}

/// Returns the address of a release's folder.
pub(crate) fn release_address(id: &PackId, version: &Version) -> String {
    format!("packs/{}/{}/{}", id.ecosystem, id.name, segment(version.as_str()))
}

/// Returns the address of a release's archive.
pub(crate) fn archive_address(id: &PackId, version: &Version) -> String {
    format!("archives/{}/{}/{}", id.ecosystem, id.name, segment(&archive_name(id, version)))
}

/// Returns the file name of a release's archive.
pub(crate) fn archive_name(id: &PackId, version: &Version) -> String {
    format!("{}-{version}.tar.gz", id.name)
}

/// Returns the path of a release's folder: its address without percent-encoding.
pub(crate) fn release_folder(id: &PackId, version: &Version) -> String {
    format!("{}/{version}", pack_address(id))
}

/// Returns the address of the comparison of two releases, without the ending of its page and of its JSON.
pub(crate) fn comparison_address(id: &PackId, from: &Version, to: &Version) -> String {
    format!("{}/compare/{}...{}", pack_address(id), segment(from.as_str()), segment(to.as_str()))
}

/// Returns the file of the page that compares two releases.
pub(crate) fn comparison_file(id: &PackId, from: &Version, to: &Version) -> RelPath {
    RelPath::composed(format!("{}/compare/{from}...{to}.html", pack_address(id)))
}

/// Returns the address of the comparison of a release with the default one, as [`comparison_address`].
pub(crate) fn default_comparison_address(id: &PackId, from: &Version) -> String {
    format!("{}/compare/{}...{}", pack_address(id), segment(from.as_str()), Comparisons::DEFAULT)
}

/// Returns the file of the page that compares a release with the default one.
pub(crate) fn default_comparison_file(id: &PackId, from: &Version) -> RelPath {
    RelPath::composed(format!("{}/compare/{from}...{}.html", pack_address(id), Comparisons::DEFAULT))
}

/// Returns the address of the page that lists the comparisons of a pack; it is its path too.
pub(crate) fn comparisons_address(id: &PackId) -> String {
    format!("{}/compare/index.html", pack_address(id))
}

/// Returns the file of a page in a release's folder.
pub(crate) fn file_in_release(pack: &CatalogPack, version: &Version, rest: &str) -> RelPath {
    RelPath::composed(format!("{}/{rest}", release_folder(&pack.id, version)))
}

/// Returns the path of a component's page below its release's folder, for each component of a pack in order.
pub fn component_path(pack: &Pack) -> Vec<String> {
    pack.components
        .iter()
        .zip(stems(pack))
        .map(|(component, stem)| format!("{}/{stem}.html", component.kind.key))
        .collect()
}

/// Returns a file name for every component of a pack, unique within its kind even where letter case is ignored.
///
/// ASCII letters, digits, `.`, `_` and `-` stand for themselves, every other character becomes `~<hex>~`: safe on every file
/// system and in every URL, whatever its normalisation. Names that are still too long are cut and end in a digest. Where
/// two clash, the first in the order of the pack keeps its name and the next get a number.
pub(crate) fn stems(pack: &Pack) -> Vec<String> {
    let mut taken = BTreeSet::new();
    pack.components
        .iter()
        .map(|component| {
            let stem = stem(&component.name);
            let unique = (1..)
                .map(|number| if number == 1 { stem.clone() } else { format!("{stem}~{number}") })
                .find(|stem| taken.insert((component.kind.key, stem.to_ascii_lowercase())));
            unique.expect("numbers do not end")
        })
        .collect()
}

pub(super) fn stem(name: &str) -> String {
    let mut stem = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => stem.push(c),
            _ => stem.push_str(&format!("~{:x}~", c as u32)),
        }
    }
    if stem.len() > MAX_STEM_BYTES {
        stem.truncate(MAX_STEM_BYTES - 17);
        stem.push('~');
        stem.push_str(&Digest::of(name.as_bytes()).hex()[..16]);
    }
    stem
}

/// Returns the address of a pack's feed.
pub(crate) fn feed_address(id: &PackId) -> String {
    format!("{}/feed.xml", pack_address(id))
}

/// Returns text as one segment of a URL (RFC 3986 section 2.3: all but unreserved characters are percent-encoded).
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Returns a `/`-joined path as URL segments.
pub(crate) fn segments(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Returns the address of the script that tells the versions of a pack, which is its path too: a name needs no encoding.
pub(crate) fn versions_address(id: &PackId) -> String {
    format!("{}/versions.js", pack_address(id))
}

/// Endings of the pages and copies of files.
const FILE_ENDINGS: [&str; 7] = [".html", ".txt", ".bin", ".png", ".jpg", ".gif", ".webp"];

/// Returns the address of a file's page below a folder, without its ending; it is the path too.
pub(super) fn file_address(folder: &str, path: &str) -> String {
    let Some((folders, name)) = path.rsplit_once('/') else { return format!("{folder}/{}", file_segment(path)) };
    let mut address = folder.to_owned();
    for segment in folders.split('/') {
        let segment = file_segment(segment);
        address.push('/');
        address.push_str(&segment);
        // No folder has the name of a page or a copy: `a.html/b` may lie beside `a`.
        let folded = segment.to_ascii_lowercase();
        if FILE_ENDINGS.iter().any(|ending| folded.ends_with(ending)) {
            address.push('~');
        }
    }
    address.push('/');
    address.push_str(&file_segment(name));
    address
}

/// Returns a segment of a file's path as [`stem`] does; of a long one so much of a digest that nobody finds two alike.
fn file_segment(name: &str) -> String {
    let is_short =
        name.len() <= MAX_STEM_BYTES / 14 || name.chars().map(encoded_length).sum::<usize>() <= MAX_STEM_BYTES;
    if is_short {
        return stem(name);
    }
    let mut cut = stem(name);
    cut.truncate(MAX_STEM_BYTES - 33);
    format!("{cut}~{}", &Digest::of(name.as_bytes()).hex()[..32])
}

/// Returns how many bytes a character becomes.
fn encoded_length(c: char) -> usize {
    if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { 1 } else { format!("{:x}", c as u32).len() + 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_addresses_that_are_safe_and_do_not_clash() {
        let address = |path: &str| file_address("f", path);
        assert_eq!(address("actions/echo.yaml"), "f/actions/echo.yaml");
        assert_eq!(address("a.html/b"), "f/a.html~/b");
        assert_eq!(address("A.TXT/b.txt"), "f/A.TXT~/b.txt");
        assert_eq!(address("a%2e/<script>"), "f/a~25~2e/~3c~script~3e~");
        assert_eq!(address("x\u{202e}y~"), "f/x~202e~y~7e~");
        let long = ["é".repeat(100), format!("{}b", "é".repeat(99)), "a".repeat(250)].map(|name| address(&name));
        assert!(long.iter().all(|address| address.len() <= 182 && address.is_ascii()), "{long:?}");
        assert_ne!(long[0], long[1]);
    }

    #[test]
    fn file_names_are_safe_and_do_not_clash() {
        let pack =
            super::super::testing::pack_with_components(&["Foo", "foo", "foo~2", "a b", "é", "x?y", &"ü".repeat(100)]);
        let stems = stems(&pack);
        assert_eq!(&stems[..6], ["Foo", "foo~2", "foo~7e~2", "a~20~b", "~e9~", "x~3f~y"]);
        assert!(stems[6].len() <= 180);
        let folded: BTreeSet<_> = stems.iter().map(|stem| stem.to_lowercase()).collect();
        assert_eq!(folded.len(), stems.len());
    }

    #[test]
    fn build_metadata_is_encoded_in_urls() {
        assert_eq!(segment("1.0.0+a b"), "1.0.0%2Ba%20b");
        assert_eq!(root(&RelPath::composed("packs/a/b/index.html")), "../../../");
    }
}
