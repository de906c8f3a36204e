//! The listing: `SHA256SUMS` of a release, and the content digest.

use crate::ident::{Digest, RelPath};
use crate::pack::Memo;
use crate::source::{ReadError, Snapshot};

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
        let mut files = Vec::with_capacity(snapshot.files().len());
        for entry in snapshot.files() {
            let sha256 = memo.sha256(snapshot, entry)?;
            files.push(Listed { path: entry.path.clone(), sha256, size: entry.size, executable: entry.executable });
        }
        Ok(Self::sorted(files))
    }

    /// Returns the listing of files, which it sorts bytewise by path.
    pub fn new(mut files: Vec<Listed>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self::sorted(files)
    }

    fn sorted(files: Vec<Listed>) -> Self {
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

fn text(files: &[Listed]) -> String {
    let mut text = String::with_capacity(files.iter().map(|file| file.path.as_str().len() + 67).sum());
    for file in files {
        file.sha256.push_hex(&mut text);
        text.push_str(if file.executable { " *" } else { "  " });
        text.push_str(file.path.as_str());
        text.push('\n');
    }
    text
}
