//! What is known of a source between two readings of it.
//!
//! | part | is taken again as long as |
//! |---|---|
//! | what a repository gave | its references are the same |
//! | what was read of a tree | it is needed at all: trees never change |
//! | what was read of a directory | its files are the same, by their stamps |
//!
//! A reading with what is known gives exactly what a reading from nothing gives; a candidate that did not change is the very
//! same value.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::Candidate;
use super::directory::KnownDirectory;
use super::open::OpenSource;
use super::repository::KnownRepository;
use super::saved::Places;
use crate::diag::Diagnostic;

/// What is known of one source, as one configuration and one set of limits read it.
#[derive(Debug, Default)]
pub struct KnownSource {
    pub(super) source: Option<OpenSource>,
    pub(super) places: Places,
    pub(super) repository: Option<KnownRepository>,
    pub(super) directory: Option<KnownDirectory>,
    pub(super) result: Option<Whole>,
    /// Grows with everything that is worth writing down again.
    pub(super) changes: u64,
}

/// Everything that a source gave.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) candidates: Vec<Arc<Candidate>>,
    pub(super) findings: Vec<Diagnostic>,
}

/// Counts what a reading does, while it does it.
#[derive(Debug, Default)]
pub struct Work {
    /// Files of working directories that were opened.
    pub files_opened: AtomicU64,
    /// Directories that were read as packs, at any revision.
    pub packs_read: AtomicU64,
    /// Working directories in which packs were looked for.
    pub directories_scanned: AtomicU64,
    /// Whether something could not be read that may be there the next time: then nothing is to be remembered.
    pub uncertain: AtomicBool,
}

impl KnownSource {
    /// Returns the source as it is known, if it is the one that was just opened; else forgets everything.
    pub(super) fn same_source(&mut self, opened: OpenSource) -> OpenSource {
        if let Some(known) = &self.source
            && known.is_same(&opened)
        {
            return known.clone();
        }
        self.forget();
        (self.places, self.source) = (Places::of(&opened), Some(opened.clone()));
        opened
    }

    /// Forgets everything.
    pub(super) fn forget(&mut self) {
        *self = Self { changes: self.changes + 1, ..Self::default() };
    }

    /// Returns a number that is another one as soon as there is something new to be written down.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Tells whether everything that the last reading gave is known: nothing was missing that may be there the next time.
    pub fn is_whole(&self) -> bool {
        let has_repository = self.source.as_ref().is_some_and(|source| source.repository.is_some());
        self.result.is_some() && (!has_repository || self.repository.is_some())
    }

    /// Returns the candidates of the last reading; nothing when it was not complete.
    pub fn candidates(&self) -> Option<&[Arc<Candidate>]> {
        self.result.as_ref().map(|whole| &*whole.candidates)
    }
}

/// Returns candidates as values to share: those of `before` wherever nothing about one has changed.
pub(super) fn shared(candidates: Vec<Candidate>, before: &[Arc<Candidate>]) -> Vec<Arc<Candidate>> {
    let key = |candidate: &Candidate| {
        let source = candidate.source.clone();
        (candidate.stage, source.path, source.tag, source.commit)
    };
    let before: HashMap<_, _> = before.iter().map(|candidate| (key(candidate), candidate)).collect();
    candidates
        .into_iter()
        .map(|candidate| match before.get(&key(&candidate)) {
            Some(before) if is_same(before, &candidate) => Arc::clone(before),
            _ => Arc::new(candidate),
        })
        .collect()
}

/// Tells whether two candidates are of the same reading, and everything said about it is the same.
fn is_same(a: &Candidate, b: &Candidate) -> bool {
    let packs = match (&a.pack, &b.pack) {
        (None, None) => true,
        // The rest of a pack is as it was read; a release may have another name or version.
        (Some(a), Some(b)) => a.id == b.id && a.version == b.version,
        _ => false,
    };
    packs
        && a.snapshot.is_same(&b.snapshot)
        && a.ecosystem.id() == b.ecosystem.id()
        && (&a.source, a.stage, a.at, &a.findings) == (&b.source, b.stage, b.at, &b.findings)
        && a.listing.is_some() == b.listing.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at_git, read, read_known, shown, toy};
    use super::*;
    use crate::source::testing::RepoFixture;

    /// Where evidence does not decide, the newest state does: another newest state may make another pack of an old tag.
    #[test]
    fn what_was_read_in_one_setting_is_not_taken_in_another() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", "bear 1.0.0\nneither\n").commit("1");
        repository.tag("v1.0.0");
        repository.write("toy.txt", &toy("bear", "2.0.0")).commit("2");
        let (mut known, root) = (KnownSource::default(), repository.outside());
        for (text, expected) in [("toy", "toy"), ("doll", "doll"), ("toy", "toy")] {
            repository.write("toy.txt", &format!("bear 2.0.0\n{text}\n")).commit(text);
            let reading = read_known(&at_git("work"), &root, &[], &mut known).expect("read");
            let fresh = read(&at_git("work"), &root).expect("read");
            assert_eq!(shown(&reading), shown(&fresh));
            let ecosystems: Vec<&str> = reading.candidates.iter().map(|one| one.ecosystem.id()).collect();
            assert_eq!(ecosystems, [expected, expected], "the newest commit and the release");
        }
    }

    /// An object that is missing may come without any reference saying so.
    #[test]
    fn a_repository_that_lacks_objects_is_read_again() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).write("large.txt", "large").commit("1");
        repository.tag("v1.0.0");
        let blob = repository.git(&["rev-parse", "HEAD:large.txt"]);
        let object = repository.root().join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
        let away = repository.outside().join("away");
        std::fs::rename(&object, &away).expect("a loose object");
        let (mut known, root) = (KnownSource::default(), repository.outside());
        let mut listed = || {
            let reading = read_known(&at_git("work"), &root, &[], &mut known).expect("read");
            reading.candidates.iter().filter(|candidate| candidate.listing.is_some()).count()
        };
        assert_eq!(listed(), 0);
        std::fs::rename(&away, &object).expect("a loose object");
        assert_eq!(listed(), 2);
    }
}
