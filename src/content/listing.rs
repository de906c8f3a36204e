//! The listing: `SHA256SUMS` of a release, and the content digest.

use crate::ident::{Digest, RelPath};
use crate::pack::Memo;
use crate::source::{FileEntry, ReadError, Snapshot};

/// The files of a release with their digests, sorted bytewise by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The files.
    pub files: Vec<Listed>,
    /// The SHA-256 of [`Listing::text`]: the identity of the release's content.
    pub content_digest: Digest,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies.
    pub path: RelPath,
    /// The SHA-256 of its content.
    pub sha256: Digest,
    /// Its size, in bytes.
    pub size: u64,
    /// Whether it is executable.
    pub executable: bool,
}

impl Listing {
    /// Hashes every file of a snapshot; what is known by content is not read again.
    pub fn of(snapshot: &Snapshot, memo: &Memo) -> Result<Self, ReadError> {
        let files =
            snapshot.files().iter().map(|entry| listed(snapshot, entry, memo)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::new(files))
    }

    /// Returns the listing of files, which it sorts bytewise by path.
    pub fn new(mut files: Vec<Listed>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let content_digest = Digest::of(text(&files).as_bytes());
        Self { files, content_digest }
    }

    /// Returns the text of `SHA256SUMS`: `<hex> <marker><path>\n` per file, where the marker is `*` for an executable file
    /// and a space otherwise, so that `sha256sum -c` (GNU coreutils) checks it anywhere.
    pub fn text(&self) -> String {
        text(&self.files)
    }

    /// Returns the sum of the file sizes, in bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

fn listed(snapshot: &Snapshot, entry: &FileEntry, memo: &Memo) -> Result<Listed, ReadError> {
    let sha256 = match entry.blob.as_sha256() {
        Some(sha256) => sha256,
        None => {
            let read = memo.get_or_insert(entry.blob, (), || snapshot.read(entry).map(|bytes| Digest::of(&bytes)));
            read.as_ref().as_ref().copied().map_err(Clone::clone)?
        }
    };
    Ok(Listed { path: entry.path.clone(), sha256, size: entry.size, executable: entry.executable })
}

fn text(files: &[Listed]) -> String {
    let mut text = String::with_capacity(files.iter().map(|file| file.path.as_str().len() + 67).sum());
    for file in files {
        text.push_str(&file.sha256.hex());
        text.push_str(if file.executable { " *" } else { "  " });
        text.push_str(file.path.as_str());
        text.push('\n');
    }
    text
}
