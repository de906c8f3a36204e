//! The site in memory: path → bytes, content type and entity tag. Immutable; a rebuild makes another one.
//!
//! An address is looked up here and nowhere else, so that no text of a request ever becomes a path on the disk.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use camino::Utf8PathBuf;

use super::{page, types};
use crate::ident::{Digest, Hasher, RelPath};
use crate::output::Made;

/// The files of a registry.
#[derive(Debug, Default)]
pub(super) struct Site {
    files: BTreeMap<RelPath, Arc<Entry>>,
}

/// A file that is served.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it holds.
    pub(super) body: Body,
    /// Its content type.
    pub(super) content_type: &'static str,
    etag: OnceLock<Option<String>>,
}

/// Where the bytes of a file are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// On the disk, in the archive store: where, how long, and when it was written.
    File(Utf8PathBuf, u64, Option<SystemTime>),
}

/// What an address leads to.
#[derive(Debug)]
pub(super) enum Found {
    /// A file.
    Entry(Arc<Entry>),
    /// A folder that was asked for without the slash at its end: the address of the folder.
    Folder(String),
    /// Nothing.
    Nothing,
}

/// How a site differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Pages that are new, gone, or have other bytes.
    pub pages: usize,
    /// Other files of which that is true.
    pub files: usize,
}

impl Entry {
    /// Returns an entry with these bytes.
    pub(super) fn new(content_type: &'static str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let etag = OnceLock::from(Some(tag(Digest::of(&bytes))));
        Self { body: Body::Bytes(bytes), content_type, etag }
    }

    /// Makes a page, with the script that reloads it; its entity tag is that of what the registry itself would hold.
    fn page(bytes: &[u8]) -> Self {
        let tag = tag(page::digest(bytes));
        let bytes = page::with_live_script(bytes, &tag).into();
        Self { body: Body::Bytes(bytes), content_type: types::of("index.html"), etag: OnceLock::from(Some(tag)) }
    }

    fn made(path: &RelPath, made: Made) -> Self {
        let content_type = types::of(path.as_str());
        match made {
            Made::Bytes(bytes) if types::is_page(path.as_str()) => Self::page(&bytes),
            Made::Bytes(bytes) => Self::new(content_type, bytes),
            Made::Copy(path) => {
                let metadata = std::fs::metadata(&path).ok();
                let len = metadata.as_ref().map_or(0, std::fs::Metadata::len);
                let modified = metadata.and_then(|metadata| metadata.modified().ok());
                Self { body: Body::File(path, len, modified), content_type, etag: OnceLock::new() }
            }
        }
    }

    /// Returns the entity tag: a strong one, made from the digest; nothing when the file cannot be read.
    ///
    /// A file on the disk is read when somebody asks for it first: there may be thousands of archives.
    pub(super) fn etag(&self) -> Option<&str> {
        let of_file = || match &self.body {
            Body::Bytes(bytes) => Some(tag(Digest::of(bytes))),
            Body::File(path, ..) => digest_of_file(path).ok().map(tag),
        };
        self.etag.get_or_init(of_file).as_deref()
    }
}

impl Site {
    /// Returns the site that consists of these files; what is as in `before` shares its memory.
    pub(super) fn new(files: BTreeMap<RelPath, Made>, before: &Self) -> Self {
        let entry = |(path, made): (RelPath, Made)| {
            let entry = Entry::made(&path, made);
            let same = before.files.get(&path).filter(|old| is_same(old, &entry));
            (path, same.map_or_else(|| Arc::new(entry), Arc::clone))
        };
        Self { files: files.into_iter().map(entry).collect() }
    }

    /// Returns the site of a server that has nothing to show yet.
    pub(super) fn waiting() -> Self {
        let page = include_bytes!("assets/waiting.html");
        let files = ["index.html", "404.html"].map(|path| (RelPath::composed(path), Arc::new(Entry::page(page))));
        Self { files: files.into() }
    }

    /// Looks up a decoded path, which starts with a slash.
    pub(super) fn find(&self, path: &str) -> Found {
        let Some(path) = path.strip_prefix('/') else { return Found::Nothing };
        let named = |path: &str| self.files.get(path).cloned();
        if path.is_empty() || path.ends_with('/') {
            return named(&format!("{path}index.html")).map_or(Found::Nothing, Found::Entry);
        }
        match named(path) {
            Some(entry) => Found::Entry(entry),
            None if self.files.contains_key(format!("{path}/index.html").as_str()) => {
                Found::Folder(format!("/{}/", encoded(path)))
            }
            None => Found::Nothing,
        }
    }

    /// Returns the site's own page for addresses that lead nowhere.
    pub(super) fn not_found(&self) -> Option<Arc<Entry>> {
        self.files.get("404.html").cloned()
    }

    /// Returns how this site differs from the one before.
    pub(super) fn changes_since(&self, before: &Self) -> Changes {
        let mut changes = Changes::default();
        let is_changed =
            |path: &RelPath, entry: &Arc<Entry>| !before.files.get(path).is_some_and(|old| is_same(old, entry));
        let new = self.files.iter().filter(|(path, entry)| is_changed(path, entry)).map(|(path, _)| path);
        let gone = before.files.keys().filter(|path| !self.files.contains_key(path.as_str()));
        for path in new.chain(gone) {
            *(if types::is_page(path.as_str()) { &mut changes.pages } else { &mut changes.files }) += 1;
        }
        changes
    }
}

fn is_same(a: &Entry, b: &Entry) -> bool {
    match (&a.body, &b.body) {
        (Body::Bytes(_), Body::Bytes(_)) => a.etag() == b.etag(),
        (a, b) => a == b,
    }
}

fn tag(digest: Digest) -> String {
    format!("\"{}\"", &digest.hex()[..32])
}

fn digest_of_file(path: &Utf8PathBuf) -> std::io::Result<Digest> {
    let (mut file, mut hasher, mut buffer) = (File::open(path)?, Hasher::default(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            len => hasher.update(&buffer[..len]),
        }
    }
}

/// Percent-encodes a path: whatever is not unreserved (RFC 3986 section 2.3), but for slashes.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' | b'/' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Site {
        let made = |(path, text): &(&str, &str)| (RelPath::composed(path), Made::Bytes(text.as_bytes().to_vec()));
        Site::new(files.iter().map(made).collect(), &Site::default())
    }

    #[test]
    fn folders_have_an_index_and_need_a_slash() {
        let site = site(&[("index.html", "home"), ("packs/a b/index.html", "a"), ("x.json", "{}")]);
        assert!(matches!(site.find("/"), Found::Entry(_)));
        assert!(matches!(site.find("/x.json"), Found::Entry(_)));
        assert!(matches!(site.find("/packs/a b/"), Found::Entry(_)));
        assert!(matches!(site.find("/packs/a b"), Found::Folder(to) if to == "/packs/a%20b/"));
    }

    #[test]
    fn nothing_outside_the_map_is_found() {
        let site = site(&[("index.html", "home"), ("packs/index.html", "packs")]);
        for path in
            ["/../Cargo.toml", "/packs/../index.html", "//index.html", "/./index.html", "/\0", "", "x", "//packs"]
        {
            assert!(matches!(site.find(path), Found::Nothing), "{path:?}");
        }
    }

    #[test]
    fn only_what_differs_is_counted() {
        let before = site(&[("index.html", "home"), ("a.html", "a"), ("style.css", "x")]);
        let after = site(&[("index.html", "home"), ("a.html", "b"), ("c.html", "c"), ("feed.xml", "f")]);
        assert_eq!(after.changes_since(&before), Changes { pages: 2, files: 2 });
        assert_eq!(after.changes_since(&after), Changes::default());
    }

    #[test]
    fn what_did_not_change_is_shared() {
        let files = |text: &str| BTreeMap::from([(RelPath::composed("a.html"), Made::Bytes(text.into()))]);
        let before = Site::new(files("a"), &Site::default());
        let after = Site::new(files("a"), &before);
        assert!(Arc::ptr_eq(&before.files["a.html"], &after.files["a.html"]));
    }
}
