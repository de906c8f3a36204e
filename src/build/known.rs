//! What is known between two readings of the same sources.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::checking::Checks;
use super::sources::Place;
use crate::config::{Config, SourceConfig};
use crate::pack::Memo;
use crate::release::candidates::{KnownSource, Wanted};

/// What earlier readings learnt, so that the next one reads, parses, checks and hashes only what has changed.
///
/// A reading gives the same with it and with a new one; a candidate that did not change is the very same value as before.
/// Whatever the configuration says otherwise is forgotten.
#[derive(Debug, Default)]
pub struct Known {
    /// What every reading depends on, as text.
    setting: String,
    pub(super) memo: Arc<Memo>,
    /// The size of the memo after the first reading that used it.
    memo_at_first: Option<usize>,
    pub(super) sources: HashMap<String, Mutex<KnownSource>>,
    pub(super) checks: Checks,
    /// What the last reading did.
    pub(super) done: Done,
}

/// What a reading did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Files of working directories that were opened.
    pub files_opened: u64,
    /// Directories that were read as packs, at any revision.
    pub packs_read: u64,
    /// Working directories in which packs were looked for.
    pub directories_scanned: u64,
}

impl Known {
    /// Returns what the last reading did.
    pub fn done(&self) -> Done {
        self.done
    }

    /// Forgets what was learnt under another configuration, and returns the keys of the sources.
    pub(super) fn prepare(
        &mut self,
        config: &Config,
        place: &Place<'_>,
        wanted: Wanted,
        sources: &[&SourceConfig],
    ) -> Vec<String> {
        let Place { root, cache, written } = place;
        let setting = format!("{:?} {root} {cache} {written:?} {wanted:?}", config.limits);
        if setting != self.setting {
            *self = Self { setting, ..Self::default() };
        }
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut key = |source: &&SourceConfig| {
            let text = format!("{source:?}");
            let number = numbers.entry(text.clone()).or_default();
            *number += 1;
            format!("{number} {text}")
        };
        let keys: Vec<String> = sources.iter().map(&mut key).collect();
        self.sources.retain(|known, _| keys.contains(known));
        for key in &keys {
            self.sources.entry(key.clone()).or_default();
        }
        keys
    }

    /// Forgets what cannot be relied on after a reading, and what has grown too large.
    pub(super) fn finish(&mut self, is_uncertain: bool, done: Done) {
        if is_uncertain {
            *self = Self::default();
        }
        self.done = done;
        let size = self.memo.len();
        // Every save leaves the results about the file before it behind.
        if size > 2 * *self.memo_at_first.get_or_insert(size) + 10_000 {
            (self.memo, self.memo_at_first) = (Arc::default(), None);
        }
    }
}

#[cfg(test)]
mod tests;
