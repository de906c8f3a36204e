//! Files, written down: revisions of packs have most paths and most contents in common, so each of both is there once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::cache::Chunks;
use crate::content::Listing;
use crate::ident::{Digest, RelPath};
use crate::source::{BlobId, FileEntry};

/// The paths and contents of all readings.
#[derive(Debug, Default)]
pub(super) struct FilePool {
    numbers_of_paths: HashMap<RelPath, u32>,
    paths: Vec<RelPath>,
    numbers_of_blobs: HashMap<BlobId, u32>,
    blobs: Vec<(Id, u64, Option<[u8; 32]>)>,
}

/// A [`FilePool`], written down.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredFiles {
    paths: Chunks,
    blobs: Chunks,
}

/// What was written down, by number.
#[derive(Debug)]
pub(super) struct Files {
    paths: Vec<RelPath>,
    /// The content, its size, and its digest where that is known.
    blobs: Vec<(BlobId, u64, Option<Digest>)>,
}

/// A file: the numbers of path and content, and whether it is executable.
pub(super) type StoredFile = (u32, u32, bool);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Id {
    Git([u8; 20]),
    Sha256([u8; 32]),
}

impl FilePool {
    /// Returns the numbers of a reading's files; nothing when the listing is not of these files.
    pub(super) fn add(&mut self, files: &[FileEntry], listing: Option<&Listing>) -> Option<Vec<StoredFile>> {
        if listing
            .is_some_and(|listing| !listing.files.iter().map(|file| &file.path).eq(files.iter().map(|file| &file.path)))
        {
            return None;
        }
        let file = |(at, file): (usize, &FileEntry)| {
            let digest = listing.map(|listing| *listing.files[at].sha256.as_bytes());
            Some((self.path(&file.path)?, self.blob(file, digest)?, file.executable))
        };
        files.iter().enumerate().map(file).collect()
    }

    fn path(&mut self, path: &RelPath) -> Option<u32> {
        if let Some(number) = self.numbers_of_paths.get(path) {
            return Some(*number);
        }
        let number = u32::try_from(self.paths.len()).ok()?;
        self.numbers_of_paths.insert(path.clone(), number);
        self.paths.push(path.clone());
        Some(number)
    }

    fn blob(&mut self, file: &FileEntry, digest: Option<[u8; 32]>) -> Option<u32> {
        let id = match (file.blob.as_git(), file.blob.as_sha256()) {
            (Some(id), _) => Id::Git(id),
            (None, digest) => Id::Sha256(*digest?.as_bytes()),
        };
        let next = u32::try_from(self.blobs.len()).ok()?;
        let number = *self.numbers_of_blobs.entry(file.blob).or_insert(next);
        if number == next {
            self.blobs.push((id, file.size, digest));
        }
        let known = &mut self.blobs[number as usize];
        known.2 = known.2.or(digest);
        Some(number)
    }

    /// Writes everything down.
    pub(super) fn stored(&self) -> Option<StoredFiles> {
        let paths: Vec<&str> = self.paths.iter().map(RelPath::as_str).collect();
        Some(StoredFiles { paths: Chunks::of(&paths)?, blobs: Chunks::of(&self.blobs)? })
    }
}

impl StoredFiles {
    /// Returns paths and contents by their numbers.
    pub(super) fn files(&self) -> Option<Files> {
        let paths = self.paths.decode(|path: &str| RelPath::new(path).ok())?;
        let blobs = self.blobs.decode(|(id, size, digest): (Id, u64, Option<[u8; 32]>)| {
            let blob = match id {
                Id::Git(id) => BlobId::git(id),
                Id::Sha256(digest) => BlobId::sha256(Digest::from_bytes(digest)),
            };
            Some((blob, size, digest.map(Digest::from_bytes)))
        })?;
        Some(Files { paths, blobs })
    }
}

impl Files {
    /// Returns the entry of a file.
    pub(super) fn entry(&self, (path, blob, executable): StoredFile) -> Option<FileEntry> {
        let (blob, size, _) = *self.blobs.get(blob as usize)?;
        Some(FileEntry { path: self.paths.get(path as usize)?.clone(), blob, size, executable })
    }

    /// Returns the digest of a file's content, where it is known.
    pub(super) fn sha256(&self, (_, blob, _): StoredFile) -> Option<Digest> {
        self.blobs.get(blob as usize)?.2
    }
}
