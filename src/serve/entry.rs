//! A file that is served: its bytes, its content type, its entity tags, and its compressed form once somebody asked for it.

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use camino::Utf8PathBuf;

use super::http::{Coding, Codings};
use super::{gzip, page, types};
use crate::ident::{Digest, Hasher, RelPath};

/// A file that is served.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it holds.
    pub(super) body: Body,
    /// Its content type.
    pub(super) content_type: &'static str,
    etag: OnceLock<Option<String>>,
    /// The bytes, compressed: made when somebody asks for them, smaller than the file as a rule, and gone with it.
    gzip: OnceLock<Arc<[u8]>>,
}

/// Where the bytes of a file are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// On the disk, in the archive store: where, how long, and when it was written.
    File(Utf8PathBuf, u64, Option<SystemTime>),
}

impl Entry {
    /// Returns an entry with these bytes.
    pub(super) fn new(content_type: &'static str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let etag = tag(Digest::of(&bytes));
        Self::with(Body::Bytes(bytes), content_type, Some(etag))
    }

    /// Makes a page, with the script that reloads it; its entity tag is that of what the registry itself would hold.
    pub(super) fn page(bytes: &[u8]) -> Self {
        let tag = tag(page::digest(bytes));
        let bytes = page::with_live_script(bytes, &tag).into();
        Self::with(Body::Bytes(bytes), types::of("index.html"), Some(tag))
    }

    /// Makes the file at a path of the site.
    pub(super) fn made(path: &RelPath, bytes: Vec<u8>) -> Self {
        if types::is_page(path.as_str()) { Self::page(&bytes) } else { Self::new(types::of(path.as_str()), bytes) }
    }

    /// Returns a file of the site that lies on the disk.
    pub(super) fn of_file(path: &RelPath, on_disk: &Utf8PathBuf) -> Self {
        let metadata = std::fs::metadata(on_disk).ok();
        let len = metadata.as_ref().map_or(0, std::fs::Metadata::len);
        let modified = metadata.and_then(|metadata| metadata.modified().ok());
        Self::with(Body::File(on_disk.clone(), len, modified), types::of(path.as_str()), None)
    }

    fn with(body: Body, content_type: &'static str, etag: Option<String>) -> Self {
        let etag = etag.map_or_else(OnceLock::new, |etag| OnceLock::from(Some(etag)));
        Self { body, content_type, etag, gzip: OnceLock::new() }
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

    /// Tells whether the file is a text, which clients may get compressed.
    ///
    /// Nothing else is: archives and images are compressed already, and whoever fetches them counts their bytes.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.body, Body::Bytes(_)) && types::is_text(self.content_type)
    }

    /// Returns how the file is sent to whoever accepts `codings`, `in_parts` or whole; nothing when each way is refused.
    ///
    /// A part is one of the file as it is: the compressed form is sent whole.
    pub(super) fn coding(&self, codings: Codings, in_parts: bool) -> Option<Coding> {
        match &self.body {
            _ if !self.is_text() => Some(Coding::Identity),
            Body::Bytes(bytes) if bytes.len() >= gzip::LEAST_BYTES && !in_parts => codings.best(),
            _ => codings.unless_refused(),
        }
    }

    /// Returns a text compressed, with the entity tag of that representation (RFC 9110 section 8.8.3.3).
    pub(super) fn gzip(&self) -> Option<(&Arc<[u8]>, String)> {
        let Body::Bytes(bytes) = &self.body else { return None };
        let tag = self.etag()?.trim_end_matches('"');
        Some((self.gzip.get_or_init(|| gzip::compress(bytes).into()), format!("{tag}-gzip\"")))
    }

    /// Tells whether another entry holds the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (Body::Bytes(_), Body::Bytes(_)) => self.etag() == other.etag(),
            (one, other) => one == other,
        }
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn codings(header: &str) -> Codings {
        Codings::of(Some(header))
    }

    #[test]
    fn a_text_is_compressed_once_and_tells_itself_apart() {
        let text = "a line of a page\n".repeat(1000);
        let entry = Entry::new("text/plain", text.as_bytes());
        let (bytes, tag) = entry.gzip().expect("a text");
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut unpacked).expect("gzip");
        assert!(unpacked == text && bytes.len() < text.len() / 10);
        assert!(tag.starts_with('"') && tag.ends_with("-gzip\"") && Some(&*tag) != entry.etag(), "{tag}");
        assert!(Arc::ptr_eq(bytes, entry.gzip().expect("a text").0), "made once");
    }

    #[test]
    fn short_texts_parts_and_what_is_no_text_are_sent_as_they_are() {
        let long = vec![b'a'; gzip::LEAST_BYTES];
        let (text, short) = (Entry::new("text/css", &*long), Entry::new("text/css", &long[1..]));
        assert_eq!(text.coding(codings("gzip"), false), Some(Coding::Gzip));
        assert_eq!(text.coding(codings("gzip"), true), Some(Coding::Identity));
        assert_eq!(short.coding(codings("gzip"), false), Some(Coding::Identity));
        // Unless that is refused.
        let gzip_only = codings("gzip, identity;q=0");
        assert_eq!(text.coding(gzip_only, true), Some(Coding::Gzip));
        assert_eq!(short.coding(gzip_only, false), Some(Coding::Gzip));
        assert_eq!(short.coding(codings("*;q=0"), false), None);
        for content_type in ["application/gzip", "image/png", "application/octet-stream"] {
            let entry = Entry::new(content_type, &*long);
            assert_eq!(entry.coding(gzip_only, false), Some(Coding::Identity), "{content_type}");
        }
    }
}
