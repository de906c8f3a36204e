//! Git repositories: objects and references, read without a checkout, hooks or filters.
//!
//! 1. `open` finds the git directory of a path and says in plain words what cannot be read.
//! 2. `fetch` keeps a bare copy of a remote repository in a cache, by means of the `git` program.
//! 3. `refs` lists tags, branches and the first-parent history.
//! 4. `changes` finds the commits that changed a directory.
//! 5. `tree` turns a tree into a [`Snapshot`](super::Snapshot), sharing what trees have in common.
//! 6. `status` knows which files of a working directory are ignored.
//! 7. `state` tells whether anything that a repository refers to has changed.
//!
//! In: a path or a URL. Out: values without any lifetime; [`Repository`] is cheap to clone and can be used by many threads.

mod changes;
mod fetch;
mod open;
mod refs;
mod revision;
mod run;
mod state;
mod status;
mod taken_back;
mod tree;
mod write;

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use camino::Utf8PathBuf;

pub use changes::Change;
pub use fetch::{FetchOptions, copy, default_branch, fetch, is_remote, without_credentials};
pub use refs::{Branch, Commit, Tag, TagTarget};
pub use state::{Looked, State};
pub use status::{Decisions, IgnoreRules};
pub(super) use tree::finding;
pub use tree::{EntryKind, TreeEntry};
pub use write::{CommitFacts, Pushed, push};

use super::SourceError;
use crate::source::BlobId;

/// The id of a git object: SHA-1, written as 40 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 20]);

impl ObjectId {
    /// Returns the id as a key of what is known about content.
    pub fn blob(self) -> BlobId {
        BlobId::git(self.0)
    }

    /// Returns the first digits, as people write commits.
    pub fn short(self) -> String {
        let mut text = self.to_string();
        text.truncate(10);
        text
    }

    /// Returns the raw bytes.
    pub fn bytes(self) -> [u8; 20] {
        self.0
    }

    /// Returns the id that these bytes are.
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    fn of(oid: git2::Oid) -> Self {
        Self(oid.as_bytes().try_into().expect("SHA-256 repositories are not opened"))
    }

    fn git2(self) -> git2::Oid {
        git2::Oid::from_bytes(&self.0).expect("20 bytes are a SHA-1")
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ObjectId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

/// A repository whose objects can be read from many threads.
#[derive(Clone)]
pub struct Repository(Arc<Shared>);

struct Shared {
    /// The git directory.
    directory: Utf8PathBuf,
    /// What it is called in messages: the path or URL, as configured.
    name: String,
    /// Open handles that nobody uses; git2's can move between threads, but not be shared.
    pool: Mutex<Vec<git2::Repository>>,
    /// What is known about trees and blobs.
    known: tree::Known,
}

impl Repository {
    /// Returns what the repository is called in messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the git directory.
    pub fn directory(&self) -> &camino::Utf8Path {
        &self.0.directory
    }

    /// Lends an open handle.
    fn with<T>(&self, act: impl FnOnce(&git2::Repository) -> Result<T, git2::Error>) -> Result<T, SourceError> {
        let handle = match self.0.pool.lock().expect("no panic while locked").pop() {
            Some(handle) => handle,
            None => open::bare(&self.0.directory, &self.0.name)?,
        };
        let result = act(&handle);
        self.0.pool.lock().expect("no panic while locked").push(handle);
        result.map_err(|error| self.error(&error))
    }

    fn error(&self, error: &git2::Error) -> SourceError {
        let missing = error.code() == git2::ErrorCode::NotFound;
        let advice = if missing { "; if this is a partial clone, fetch it in full" } else { "" };
        SourceError::Git { repository: self.0.name.clone(), reason: format!("{}{advice}", error.message()) }
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Repository").field(&self.0.name).finish()
    }
}
