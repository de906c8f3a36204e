//! What git would leave out of a working directory.

use std::collections::BTreeSet;
use std::sync::Mutex;

use camino::Utf8Path;

use super::{Repository, open};
use crate::fs::Context as _;
use crate::source::SourceError;

/// Tells which files of a working directory are ignored: build products, caches, local settings.
///
/// A draft is what would be committed, so what `.gitignore` names does not belong to it, unless it is tracked anyway.
pub struct IgnoreRules {
    handle: Mutex<git2::Repository>,
    prefix: String,
    tracked: BTreeSet<Vec<u8>>,
}

impl Repository {
    /// Returns the rules for a directory that lies at `prefix` in the repository's working directory.
    pub fn ignore_rules(&self, directory: &Utf8Path, prefix: &str) -> Result<IgnoreRules, SourceError> {
        let directory = directory.canonicalize_utf8().context("find", directory)?;
        let above = prefix.split('/').filter(|segment| !segment.is_empty()).count();
        let root = directory.ancestors().nth(above).unwrap_or(&directory);
        let handle = open::bare(self.directory(), self.name())?;
        handle.set_workdir(root.as_std_path(), false).map_err(|error| self.error(&error))?;
        let index = handle.index().map_err(|error| self.error(&error))?;
        let tracked = index.iter().map(|entry| entry.path).collect();
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(IgnoreRules { handle: Mutex::new(handle), prefix, tracked })
    }
}

impl IgnoreRules {
    /// Tells whether git leaves out a path below the directory; a directory goes with everything in it.
    pub fn leaves_out(&self, path: &str, is_directory: bool) -> bool {
        let slash = if is_directory { "/" } else { "" };
        let path = format!("{}{path}{slash}", self.prefix);
        let handle = self.handle.lock().expect("no panic while locked");
        if !handle.is_path_ignored(&path).unwrap_or(false) {
            return false;
        }
        let first = self.tracked.range(path.as_bytes().to_vec()..).next();
        !first.is_some_and(
            |tracked| if is_directory { tracked.starts_with(path.as_bytes()) } else { tracked == path.as_bytes() },
        )
    }
}

impl std::fmt::Debug for IgnoreRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IgnoreRules").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
