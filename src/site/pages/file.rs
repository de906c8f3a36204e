//! The pages of released files, and the copies of them that can be downloaded.
//!
//! A copy has the very bytes of the file, under a name that no host serves as something a browser runs: text as `.txt`, an
//! image under its own ending once its first bytes have shown that it is one, everything else as `.bin`. See
//! `docs/threat-model.md`.

use std::io::Write as _;

use serde::Serialize;

use super::{Files, Head};
use crate::content::Listed;
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::site::highlight::{Code, Language};
use crate::site::templates::Shared;
use crate::site::{PackSite, images, links, source_links, text};

/// Largest text that is shown, in bytes.
pub(in crate::site) const MOST_SHOWN: u64 = 512 << 10;
/// Most lines that are shown.
pub(in crate::site) const MOST_LINES: usize = 10_000;
/// How much of a file is looked at for a byte that text does not have.
const SNIFFED: usize = 8 << 10;

#[derive(Serialize)]
struct FilePage<'a> {
    head: Head<'a>,
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    pack: &'a str,
    pack_address: String,
    version: &'a str,
    version_address: String,
    files_address: String,
    /// The folders that it lies in: name, and anchor in the list of files.
    folders: Vec<(&'a str, String)>,
    name: &'a str,
    size: String,
    bytes: u64,
    lines: Option<usize>,
    /// Lines that are not shown.
    left_out: usize,
    sha256: String,
    executable: bool,
    /// The address of the copy.
    raw: String,
    is_image: bool,
    /// Whether it is a document that comes beside the page as HTML too.
    is_rendered: bool,
    /// Whether it is text that is too large.
    is_large: bool,
    repository: Option<String>,
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Text,
    /// The ending of the format.
    Image(&'static str),
    Binary,
}

impl Shown {
    /// Tells what a file is by its bytes; its name says nothing.
    fn of(bytes: &[u8]) -> Self {
        match images::ending(bytes) {
            Some(ending) => Self::Image(ending),
            None if bytes[..bytes.len().min(SNIFFED)].contains(&0) => Self::Binary,
            None => Self::Text,
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Image(ending) => ending,
            Self::Binary => "bin",
        }
    }
}

/// Makes the pages and copies of files of a release, which are named by their places in its listing.
pub(in crate::site) fn files(site: &PackSite, at: usize, numbers: &[usize]) -> Files {
    let release = &site.pack.releases[at];
    let mut made = Vec::with_capacity(numbers.len() * 2);
    for number in numbers {
        let file = &release.listing.files[*number];
        let Some(address) = site.files.address(&site.pack, at, *number) else { continue };
        let path = RelPath::composed(format!("{address}.html"));
        let unreadable = |reason: String| RenderError { page: path.to_string(), reason };
        let entry = release.content.get(file.path.as_str());
        let entry = entry.ok_or_else(|| unreadable("the release does not have the file".to_owned()))?;
        let bytes = release.content.read(entry).map_err(|error| unreadable(error.to_string()))?;
        let shown = Shown::of(&bytes);
        let raw = RelPath::composed(format!("{address}.{}", shown.ending()));
        made.push((path.clone(), page(site, at, file, (&path, raw.as_str()), shown, &bytes)?));
        made.push((raw, bytes.to_vec()));
    }
    Ok(made)
}

fn page(
    site: &PackSite,
    at: usize,
    file: &Listed,
    (path, raw): (&RelPath, &str),
    shown: Shown,
    bytes: &[u8],
) -> Result<Vec<u8>, RenderError> {
    let (base, pack) = (&site.base, &*site.pack);
    let release = &pack.releases[at];
    let text = (shown == Shown::Text && file.size <= MOST_SHOWN).then(|| String::from_utf8_lossy(bytes));
    let code = text.as_ref().map(|text| Code::new(Language::of_path(file.path.as_str()), text));
    let lines = code.as_ref().map(Code::len);
    let document =
        text.as_ref().and_then(|text| super::document::html(site, at, file.path.as_str(), text, &links::root(path)));
    let version_address = links::release_address(&pack.id, release.version());
    let name = file.path.file_name();
    let page = FilePage {
        head: Head {
            root: links::root(path),
            title: format!("{} · {} {}", text::cut(file.path.as_str(), 200), pack.id, release.version()).into(),
            description: format!("{}, a file of {} {}.", text::cut(name, 100), pack.id, release.version()).into(),
            canonical: base.absolute(path.as_str()),
            section: Some(super::BROWSE),
            ..Head::default()
        },
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        pack: pack.id.name.as_str(),
        pack_address: links::pack_address(&pack.id),
        version: release.version().as_str(),
        files_address: format!("{version_address}/files.html"),
        version_address,
        folders: folders(&file.path),
        name,
        size: text::size(file.size),
        bytes: file.size,
        lines,
        left_out: lines.map_or(0, |lines| lines.saturating_sub(MOST_LINES)),
        sha256: file.sha256.hex(),
        executable: file.executable,
        raw: raw.to_owned(),
        is_image: matches!(shown, Shown::Image(_)),
        is_rendered: document.is_some(),
        is_large: shown == Shown::Text && code.is_none(),
        repository: source_links::file(&release.record.source, file.path.as_str()),
    };
    let code = Shared::html(&code.map(|code| numbered(&code)).unwrap_or_default());
    let document = Shared::html(&document.unwrap_or_default());
    let shared = [("site", &base.frame), ("code", &code), ("document", &document)];
    base.templates.render("file.html", path, &shared, &page)
}

/// Returns the lines of a text, each behind its number, which is a link to itself.
fn numbered(code: &Code<'_>) -> String {
    let mut out = Vec::with_capacity(code.bytes() * 3);
    for number in 0..code.len().min(MOST_LINES) {
        let line = number + 1;
        write!(out, "<a id=\"L{line}\" href=\"#L{line}\">{line}</a>").expect("a vector takes all");
        code.write(number, &mut out);
        out.push(b'\n');
    }
    String::from_utf8(out).expect("text and markup are UTF-8")
}

/// Returns the folders that a file lies in, each with its anchor in the list of files.
pub(super) fn folders(path: &RelPath) -> Vec<(&str, String)> {
    let ends = path.as_str().match_indices('/').map(|(end, _)| end);
    let mut start = 0;
    ends.map(|end| {
        let name = &path.as_str()[start..end];
        start = end + 1;
        (name, anchor(&path.as_str()[..end]))
    })
    .collect()
}

/// Returns the anchor of a folder in the list of files: letters, digits and `-` stand for themselves, all else is `_<hex>_`.
fn anchor(folder: &str) -> String {
    let mut anchor = "in-".to_owned();
    for c in folder.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => anchor.push(c),
            _ => anchor.push_str(&format!("_{:x}_", c as u32)),
        }
    }
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_shows_in_its_bytes() {
        for (bytes, shown) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], Shown::Image("png")),
            (b"\xff\xd8\xff\xe0", Shown::Image("jpg")),
            (b"GIF89a", Shown::Image("gif")),
            (b"RIFF\x01\x02\x03\x04WEBP", Shown::Image("webp")),
            (b"RIFF", Shown::Text),
            (b"<svg onload=alert(1)>", Shown::Text),
            (b"<!DOCTYPE html>", Shown::Text),
            (b"", Shown::Text),
            (b"caf\xe9", Shown::Text),
            (b"a\0b", Shown::Binary),
        ] {
            assert_eq!(Shown::of(bytes), shown, "{bytes:?}");
        }
        assert_eq!([Shown::Text, Shown::Binary, Shown::Image("png")].map(Shown::ending), ["txt", "bin", "png"]);
    }

    #[test]
    fn lines_are_links_to_themselves() {
        let code = Code::new(Language::of_path("a.yaml"), "a: </pre><script>\n\nb: 1");
        let expected = "<a id=\"L1\" href=\"#L1\">1</a><span class=\"t\">a</span>: &lt;/pre&gt;&lt;script&gt;\n\
            <a id=\"L2\" href=\"#L2\">2</a>\n<a id=\"L3\" href=\"#L3\">3</a><span class=\"t\">b</span>: <span class=\"n\">1</span>\n";
        assert_eq!(numbered(&code), expected);
    }

    #[test]
    fn folders_lead_to_their_anchors() {
        let path = RelPath::composed("a b/c/d.yaml");
        assert_eq!(folders(&path), [("a b", "in-a_20_b".to_owned()), ("c", "in-a_20_b_2f_c".to_owned())]);
    }
}
