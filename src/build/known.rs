//! What is known between two readings of the same sources.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::checking::{Checked, Checks};
use super::sources::{Place, configured, is_hidden};
use super::{Options, place};
use crate::cache::{Cache, Chunks};
use crate::config::{Config, SourceConfig};
use crate::diag::Codes;
use crate::fs::PathError;
use crate::pack::Memo;
use crate::release::Candidate;
use crate::release::candidates::{KnownSource, Wanted};
use crate::release::stored::StoredSource;
use crate::rules;

/// What earlier readings learnt, so that the next one reads, parses, checks and hashes only what has changed.
///
/// A reading gives the same with it and with a new one; a candidate that did not change is the very same value as before.
/// Whatever the configuration says otherwise is forgotten.
#[derive(Debug, Default)]
pub struct Known {
    /// What every reading depends on, as text.
    setting: String,
    pub(super) memo: Arc<Memo>,
    /// Whether there will be more readings in this run: then what was learnt about files is worth its memory.
    pub(super) is_lasting: bool,
    /// The size of the memo after the first reading that used it.
    memo_at_first: Option<usize>,
    pub(super) sources: HashMap<String, Mutex<KnownSource>>,
    pub(super) checks: Checks,
    /// What the last reading did.
    pub(super) done: Done,
    /// What was written down last, by source: only what differs is written again.
    stored: HashMap<String, Written>,
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

/// What was read back of a source: the source, its candidates, and what the rules said of them.
type Loaded = (KnownSource, Vec<Arc<Candidate>>, Vec<Arc<Checked>>);

/// Tells one state of a source from another: its changes, and the numbers of what the rules said.
type Written = (u64, Vec<u64>);

fn written(source: &KnownSource, checked: &[Arc<Checked>]) -> Written {
    (source.changes(), checked.iter().map(|checked| checked.number()).collect())
}

/// Returns the name under which a source is cached.
fn name(setting: &str, key: &str) -> String {
    format!("source {setting} {key}")
}

impl Known {
    /// Returns what nobody has learnt anything for yet, for many readings in one run.
    pub fn lasting() -> Self {
        Self { is_lasting: true, ..Self::default() }
    }

    /// Returns what earlier builds wrote down, as far as it belongs to this configuration.
    pub fn load(cache: &Cache, config: &Config, options: &Options) -> Self {
        Self::load_for(cache, config, &place(config, options), Wanted::Everything, options.private)
    }

    /// Returns what earlier runs wrote down for a reading like this one.
    pub(super) fn load_for(cache: &Cache, config: &Config, place: &Place<'_>, wanted: Wanted, private: bool) -> Self {
        let mut known = Self::default();
        let all = configured(config);
        let sources: Vec<&SourceConfig> = all.iter().filter(|source| !is_hidden(source, private)).collect();
        let keys = known.prepare(config, place, wanted, &sources);
        let codes: Codes = rules::all().into_iter().map(|code| (code.name(), code)).collect();
        let loaded: Vec<Option<Loaded>> = keys
            .par_iter()
            .with_max_len(1)
            .map(|key| {
                let (stored, checks): (StoredSource, Chunks) = cache.load(&name(&known.setting, key))?;
                let checked = Checked::restored(&checks, &codes)?;
                let (source, candidates) = stored.known(&codes)?;
                (candidates.len() == checked.len()).then_some((source, candidates, checked))
            })
            .collect();
        for (key, loaded) in keys.into_iter().zip(loaded) {
            let Some((source, candidates, checked)) = loaded else { continue };
            known.stored.insert(key.clone(), written(&source, &checked));
            known.sources.insert(key, Mutex::new(source));
            known.checks.take(candidates, checked);
        }
        known
    }

    /// Writes down what is known of every source about which something is new.
    ///
    /// An error means that the next run reads more than it had to, and nothing else.
    pub fn save(&mut self, cache: &Cache) -> Result<(), PathError> {
        let (setting, checks, stored) = (&self.setting, &self.checks, &self.stored);
        let saved: Vec<Option<(String, Written)>> = self
            .sources
            .par_iter()
            .map(|(key, source)| {
                let source = source.lock().expect("no panic while locked");
                let Some(checked) = source.candidates().and_then(|candidates| checks.of(candidates)) else {
                    return Ok(None);
                };
                let written = written(&source, &checked);
                if stored.get(key) == Some(&written) {
                    return Ok(None);
                }
                let Some(value) = source.stored().zip(Checked::stored(&checked)) else { return Ok(None) };
                cache.save(&name(setting, key), &value)?;
                Ok(Some((key.clone(), written)))
            })
            .collect::<Result<_, PathError>>()?;
        self.stored.extend(saved.into_iter().flatten());
        Ok(())
    }

    /// Tells whether everything that the last reading gave is known: no source failed, and nothing was missing.
    pub fn is_whole(&self) -> bool {
        !self.sources.is_empty()
            && self.sources.values().all(|source| source.lock().expect("no panic while locked").is_whole())
    }

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
        // Where the program was started says what a relative root is.
        let root = std::path::absolute(root).unwrap_or_else(|_| root.as_std_path().to_owned());
        let (limits, images) = (&config.limits, &config.registry.private_images);
        let setting = format!("{limits:?} {images:?} {root:?} {cache} {written:?} {wanted:?}");
        if setting != self.setting {
            let (records, indexes) = (self.checks.records.take(), std::mem::take(&mut self.checks.indexes));
            *self = Self { setting, is_lasting: self.is_lasting, ..Self::default() };
            (self.checks.records, self.checks.indexes) = (records, indexes);
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
            *self = Self { is_lasting: self.is_lasting, ..Self::default() };
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
