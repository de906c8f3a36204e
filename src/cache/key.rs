//! The key of a cache: what shows that a file was written by this user, and did not come with somebody's pull request.

use std::hash::{BuildHasher as _, RandomState};

use camino::Utf8Path;

use crate::fs::{self, PathError};
use crate::ident::{Digest, Hasher};

/// A secret that seals the files of a cache.
///
/// A cache lies beside the registry, where a pull request can put files too. Whoever does not know the key cannot make a file
/// that is believed.
#[derive(Debug, Clone, Copy)]
pub struct Key([u8; 32]);

impl Key {
    /// Returns the key that a file holds; makes a new one when there is none that can be used.
    ///
    /// The file belongs where nobody else writes, such as the user's own cache directory.
    pub fn at(path: &Utf8Path) -> Result<Self, PathError> {
        let read = || Some(Self(fs::read_if_exists(path).ok()??.try_into().ok()?));
        if let Some(key) = read() {
            return Ok(key);
        }
        fs::create_dir_all(path.parent().unwrap_or(Utf8Path::new(".")))?;
        let key = Self::random();
        fs::write_private(path, &key.0)?;
        // Of several that are made at the same moment, the last one counts.
        Ok(read().unwrap_or(key))
    }

    /// Returns a key that nobody can guess: what the standard library's hash tables are protected by, several times.
    fn random() -> Self {
        let mut hasher = Hasher::default();
        for number in 0..4_u64 {
            // A thread of its own gets keys of its own from the system.
            let random = std::thread::spawn(move || RandomState::new().hash_one(number)).join().unwrap_or_default();
            hasher.update(&random.to_le_bytes());
        }
        Self(*hasher.finish().as_bytes())
    }

    /// Returns what seals a payload.
    pub(super) fn seal(self, program: &str, payload: &[u8]) -> Digest {
        let mut seal = self.begin(program);
        seal.update(payload);
        seal.finish(payload.len() as u64)
    }

    /// Begins the seal of a payload that comes in pieces.
    pub(super) fn begin(self, program: &str) -> Seal {
        let mut hasher = Hasher::default();
        hasher.update(&self.0);
        hasher.update(program.as_bytes());
        Seal { key: self, hasher }
    }
}

/// The seal of a payload of which not everything is there yet.
pub(super) struct Seal {
    key: Key,
    hasher: Hasher,
}

impl Seal {
    /// Takes the next piece.
    pub(super) fn update(&mut self, piece: &[u8]) {
        self.hasher.update(piece);
    }

    /// Returns the seal of all of it, whose length is given.
    pub(super) fn finish(mut self, length: u64) -> Digest {
        // The key at both ends: at the front alone, a seal could be continued (the length extension of SHA-256).
        self.hasher.update(&length.to_le_bytes());
        self.hasher.update(&self.key.0);
        self.hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_nobody_elses() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = Utf8Path::from_path(directory.path()).expect("UTF-8").join("user/key");
        let key = Key::at(&path).expect("a key");
        assert_eq!(Key::at(&path).expect("the same").0, key.0);
        #[cfg(unix)]
        assert!(fs::has_mode(&path.metadata().expect("there"), 0o600));
        assert_ne!(Key::random().0, Key::random().0);
        std::fs::write(&path, "short").expect("written");
        assert_ne!(Key::at(&path).expect("another").0, key.0);
    }
}
