//! The files of a release that pip downloads: the sources as an sdist, and a wheel.
//!
//! pip builds an sdist with the backend that it names, and fetches that from an index too: with this index alone it could not.
//! So a wheel lies beside it wherever it is known what setuptools would put in.

use std::sync::Arc;

use super::super::manifest::{self, Manifest};
use super::super::{packaging, toml};
use super::{failed, metadata};
use crate::catalog::CatalogRelease;
use crate::content::tarball::{self, TarFile};
use crate::content::zip;
use crate::diag::Sink;
use crate::ident::{Digest, RelPath};
use crate::output::RenderError;
use crate::pack::{Memo, PackTree};
use crate::source::Snapshot;
use crate::yaml::{Limits, Node};

/// Largest README that goes into the metadata, in bytes.
const MOST_README: u64 = 256 << 10;

/// The files of a release.
pub(super) struct Distribution {
    /// The sources.
    pub(super) sdist: File,
    /// The wheel, where it is known what it holds.
    pub(super) wheel: Option<File>,
    /// The metadata, which both have.
    pub(super) metadata: String,
    /// Whether the metadata of the sources is that of an installation.
    is_complete: bool,
}

/// A file that pip downloads.
pub(super) struct File {
    /// Its name.
    pub(super) name: String,
    /// Its content.
    pub(super) bytes: Vec<u8>,
}

/// The digests of the files of a release, as the page of the project names them.
#[derive(Debug, Clone)]
pub(super) struct Hashes {
    /// Name, digest, size, and whether the metadata lies beside it.
    pub(super) files: Vec<(String, Digest, usize, bool)>,
    /// The digest of the metadata.
    pub(super) metadata: Digest,
}

impl Distribution {
    /// Returns the digests; the wheel comes first, as pip prefers it.
    pub(super) fn hashes(&self) -> Hashes {
        let of =
            |file: &File, has_metadata| (file.name.clone(), Digest::of(&file.bytes), file.bytes.len(), has_metadata);
        let files = self.wheel.iter().map(|wheel| of(wheel, true)).chain([of(&self.sdist, self.is_complete)]);
        Hashes { files: files.collect(), metadata: Digest::of(self.metadata.as_bytes()) }
    }

    /// Returns all files, with the metadata beside those that have it.
    pub(super) fn into_files(self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for (file, has_metadata) in
            self.wheel.map(|wheel| (wheel, true)).into_iter().chain([(self.sdist, self.is_complete)])
        {
            if has_metadata {
                files.push((format!("{}.metadata", file.name), self.metadata.clone().into_bytes()));
            }
            files.push((file.name, file.bytes));
        }
        files
    }
}

/// Returns the name of a release's sources.
pub(super) fn sdist_name(stem: &str) -> String {
    format!("{stem}.tar.gz")
}

/// Returns the name of a release's wheel.
pub(super) fn wheel_name(stem: &str) -> String {
    format!("{stem}-py3-none-any.whl")
}

/// Makes the files of a release; `stem` is what their names begin with.
pub(super) fn make(release: &CatalogRelease, stem: &str) -> Result<Distribution, RenderError> {
    let content = &release.content;
    let read = |path: &str| -> Result<String, RenderError> {
        let entry = content.get(path).ok_or_else(|| failed(path, "the released file is not there"))?;
        let bytes = content.read(entry).map_err(|error| failed(path, error))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| failed(path, "the file is not UTF-8"))
    };
    let root = toml::read(&read(manifest::FILE)?).map_err(|fault| failed(manifest::FILE, fault.message))?;
    // It was read and checked when it was released.
    let memo = Memo::new();
    let tree = PackTree::new(content, &memo, release.record.source.path.as_str(), Limits::default());
    let manifest = manifest::read(&tree, &root, &mut Sink::new());
    let readme = readme(&root, content).and_then(|(path, kind)| Some((kind, read(&path).ok()?)));
    let version = stem.rsplit_once('-').map_or(stem, |(_, version)| version);
    let text = metadata::text(&manifest, &root, version, readme.as_ref().map(|(kind, text)| (*kind, text.as_str())));

    let mut files = vec![file(format!("{stem}/PKG-INFO"), text.clone().into_bytes())];
    files.extend(tarball::files(content, stem).map_err(|error| failed(stem, error))?);
    let tar = tarball::stream(files).map_err(|error| failed(stem, error))?;
    let sdist = File { name: sdist_name(stem), bytes: tarball::compressed(&tar) };
    let is_complete = metadata::is_complete(&root);
    let wheel = if is_complete { wheel(&tree, &root, &manifest, stem, &text)? } else { None };
    Ok(Distribution { sdist, wheel, metadata: text, is_complete })
}

/// Returns the wheel: the packages and data files that setuptools would install, and `.dist-info`.
fn wheel(
    tree: &PackTree<'_>,
    root: &Node,
    manifest: &Manifest,
    stem: &str,
    metadata: &str,
) -> Result<Option<File>, RenderError> {
    let Some(packaging) = packaging::of(tree, root).filter(|packaging| !packaging.is_ambiguous) else {
        return Ok(None);
    };
    let mut files = Vec::new();
    for (path, entry) in packaging.files(tree.snapshot.files()) {
        let bytes = tree.snapshot.read(entry).map_err(|error| failed(stem, error))?;
        let path = RelPath::new(&path).map_err(|error| failed(&path, error))?;
        files.push(TarFile { path, bytes, executable: entry.executable });
    }
    let info = format!("{stem}.dist-info");
    files.push(file(format!("{info}/METADATA"), metadata.as_bytes().to_vec()));
    let wheel = "Wheel-Version: 1.0\nGenerator: packyard\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    files.push(file(format!("{info}/WHEEL"), wheel.as_bytes().to_vec()));
    // Whoever installs the pack gets its licence too, as with setuptools.
    for entry in tree.snapshot.files().iter().filter(|entry| super::super::readme::is_license(entry)) {
        let bytes = tree.snapshot.read(entry).map_err(|error| failed(stem, error))?;
        let path = RelPath::composed(format!("{info}/licenses/{}", entry.path.file_name()));
        files.push(TarFile { path, bytes, executable: false });
    }
    let entry_points = metadata::entry_points(manifest);
    if !entry_points.is_empty() {
        files.push(file(format!("{info}/entry_points.txt"), entry_points.into_bytes()));
    }
    let top: String = packaging.top_level().iter().map(|name| format!("{name}\n")).collect();
    files.push(file(format!("{info}/top_level.txt"), top.into_bytes()));
    let record: String = files.iter().map(record_line).collect();
    files.push(file(format!("{info}/RECORD"), format!("{record}{info}/RECORD,,\n").into_bytes()));
    let bytes = zip::write(&files).map_err(|error| failed(stem, error))?;
    Ok(Some(File { name: wheel_name(stem), bytes }))
}

/// Returns the line of a file in `RECORD`: its path as CSV, its digest in URL-safe base64 without padding, its size.
fn record_line(file: &TarFile) -> String {
    let path = file.path.as_str();
    let path = if path.contains([',', '"']) { format!("\"{}\"", path.replace('"', "\"\"")) } else { path.to_owned() };
    format!("{path},sha256={},{}\n", base64(&Digest::of(&file.bytes).hex()), file.bytes.len())
}

/// Returns bytes written in hexadecimal as URL-safe base64 without padding (RFC 4648, section 5).
fn base64(hex: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = hex
        .chars()
        .filter_map(|c| c.to_digit(16))
        .flat_map(|digit| (0..4).rev().map(move |bit| u8::from(digit >> bit & 1 == 1)))
        .collect();
    let letter = |six: &[u8]| {
        let value = (0..6).fold(0_usize, |value, at| value << 1 | usize::from(six.get(at).copied().unwrap_or(0)));
        char::from(ALPHABET[value])
    };
    bits.chunks(6).map(letter).collect()
}

/// Returns the README that the manifest names, with its type.
fn readme(root: &Node, content: &Snapshot) -> Option<(String, &'static str)> {
    let node = root.get("project")?.get("readme")?;
    let path = node.as_str().or_else(|| node.get("file")?.as_str())?.trim_start_matches("./");
    let entry = content.get(path).filter(|entry| entry.size <= MOST_README)?;
    let kind = match entry.path.file_name().rsplit_once('.') {
        Some((_, "md")) => "text/markdown",
        Some((_, "rst")) => "text/x-rst",
        _ => "text/plain",
    };
    Some((path.to_owned(), kind))
}

fn file(path: String, bytes: Vec<u8>) -> TarFile {
    TarFile { path: RelPath::composed(path), bytes: Arc::from(bytes), executable: false }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn digests_are_written_in_base64() {
        assert_eq!(base64("00"), "AA");
        assert_eq!(base64("14fb9c03d97e"), "FPucA9l-");
        assert_eq!(base64("14fb9c03d9"), "FPucA9k");
    }
}
