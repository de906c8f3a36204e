//! What a directory on disk gives: its packs as they are right now.
//!
//! 1. The directory is walked for manifests, by names alone, unless it is known that none came or went.
//! 2. Each pack's files are compared with what was seen before by their stamps; only those that may differ are opened.
//! 3. A pack with the same files, of which the rest of the source says the same, is taken as it was read.
//!
//! What was read of files is let go of as soon as their pack is read: who needs content later reads it again.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::candidates::Reader;
use super::discover::{Found, Rules};
use super::open::{Below, OpenSource};
use super::outside::{self, OnDisk, Outside};
use super::packs::{Usual, joined};
use super::read::{Reading, Setting, read as read_pack};
use super::repository::{Notes, add_notes, by_pack};
use super::scan::{Hint, has_files, scan_directory};
use super::settle::{Settled, settle};
use super::{Candidate, Stage, facts};
use crate::diag::{Diagnostic, Sink};
use crate::pack::above::{Above, LicenseAbove, RootFile};
use crate::pack::{Memo, license};
use crate::source::git::{Decisions, IgnoreRules};
use crate::source::worktree::{self, Walked};
use crate::source::{Snapshot, SourceError};

/// What is known of a directory.
#[derive(Debug, Default)]
pub(super) struct KnownDirectory {
    /// What git ignores; nothing outside a repository.
    pub(super) ignored: Option<IgnoreRules>,
    /// Answers about ignored files of an earlier run.
    pub(super) decisions: Decisions,
    /// The directories that may be packs, outer ones first.
    pub(super) found: Vec<Found<String>>,
    /// What is spelt almost like a manifest.
    pub(super) near_misses: Vec<Diagnostic>,
    /// What files state of packs that they need not be part of; only known to who scanned the directory.
    pub(super) statements: Vec<Hint>,
    /// What is wrong with those of them that lie in no pack.
    pub(super) outside: Outside,
    /// The directories that were read.
    pub(super) packs: HashMap<String, KnownPack>,
    /// Those of them that count, in order: none lies below a claimed one.
    pub(super) counting: Vec<String>,
}

/// A directory as it was read.
#[derive(Debug, Clone)]
pub(super) struct KnownPack {
    /// The walk through its files; nothing when it could not be listed.
    pub(super) walked: Option<Arc<Walked>>,
    pub(super) reading: Arc<Reading>,
    pub(super) shown: Option<Shown>,
}

/// The candidate that was made of a reading and of notes; nothing when no ecosystem could be chosen.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) notes: Vec<Diagnostic>,
    pub(super) candidate: Option<Arc<Candidate>>,
}

/// What is read: a directory of a source.
pub(super) struct Directory<'a> {
    pub(super) source: &'a OpenSource,
    pub(super) path: &'a Utf8Path,
    pub(super) below: Option<&'a Below>,
    pub(super) usual: &'a Usual,
    pub(super) stage: Stage,
    pub(super) reader: &'a Reader<'a>,
    pub(super) rules: &'a Rules,
}

/// What a directory gives to its source.
#[derive(Debug, Default)]
pub(super) struct DirectoryPart {
    pub(super) candidates: Vec<Arc<Candidate>>,
    pub(super) findings: Vec<Diagnostic>,
}

impl KnownPack {
    /// Tells whether this is what was known before, stamps included.
    fn is_still(&self, before: Option<&Self>) -> bool {
        let walked = |pack: &Self| pack.walked.as_ref().map(Arc::as_ptr);
        before.is_some_and(|before| Arc::ptr_eq(&self.reading, &before.reading) && walked(self) == walked(before))
    }
}

impl KnownDirectory {
    /// Returns what is wrong outside of packs.
    fn findings(&self) -> Vec<Diagnostic> {
        self.near_misses.iter().chain(&self.outside.findings).cloned().collect()
    }

    /// Returns the candidates, in order.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &Arc<Candidate>> {
        self.counting.iter().filter_map(|path| self.packs.get(path)?.shown.as_ref()?.candidate.as_ref())
    }
}

impl Directory<'_> {
    /// Reads the directory as it is on disk; only the packs `at` these paths, if it is known that nothing else changed.
    ///
    /// Tells whether anything about it is new.
    pub(super) fn read(
        &self,
        notes: Notes,
        known: &mut Option<KnownDirectory>,
        at: Option<&BTreeSet<String>>,
    ) -> Result<(DirectoryPart, bool), SourceError> {
        let mut before = known.take().unwrap_or_default();
        let mut is_new = false;
        let at = at.filter(|_| !before.found.is_empty() && before.ignored.is_some() == self.below.is_some());
        if at.is_none() {
            let decisions = std::mem::take(&mut before.decisions);
            let decisions = before.ignored.take().map_or(decisions, IgnoreRules::into_decisions);
            before.ignored = match self.below {
                Some(Below { repository, prefix }) => Some(repository.ignore_rules(self.path, prefix, decisions)?),
                None => None,
            };
        }
        let ignored = &before.ignored;
        let written = written_below(self.reader.written, self.path);
        let left_out = |path: &str, is_directory: bool| {
            written.iter().any(|written| written == path)
                || ignored.as_ref().is_some_and(|ignored| ignored.leaves_out(path, is_directory))
        };
        if at.is_none() {
            self.reader.work.directories_scanned.fetch_add(1, Ordering::Relaxed);
            let scan = scan_directory(self.path, self.rules, &left_out);
            let mut sink = Sink::new();
            self.rules.near_misses(&scan, &mut sink);
            let above = above(self.path, self.rules, &left_out);
            let above = Some(above).filter(|above| !above.is_empty()).map(Arc::new);
            let found = self.rules.packs(&scan, above.as_ref(), |path| Some(path.to_owned()));
            let others = |found: &Found<String>| (found.path.clone(), found.above.clone());
            is_new =
                before.near_misses != sink.found() || !before.found.iter().map(others).eq(found.iter().map(others));
            (before.near_misses, before.found) = (sink.found().to_vec(), found);
            before.statements = scan.statements;
        }
        let last = self.source.last_segment(self.below);
        let setting = |found: &Found<String>| self.usual.get(&found.path).copied();
        if let Some(at) = at {
            let touched = before.found.iter().filter(|found| at.contains(&found.path));
            let again: Option<Vec<(String, KnownPack)>> = touched
                .map(|found| {
                    let earlier = before.packs.get(&found.path)?;
                    let setting = found.setting(setting(found), last.as_deref(), self.rules);
                    let pack = self.read_again(&found.path, setting, &left_out, Some(earlier));
                    // A directory that is claimed, or is no longer, hides packs or shows them.
                    (pack.reading.claims() == earlier.reading.claims()).then(|| (found.path.clone(), pack))
                })
                .collect();
            if let Some(again) = again {
                is_new |= again.iter().any(|(path, pack)| !pack.is_still(before.packs.get(path)));
                before.packs.extend(again);
                let part = self.show(&before.counting, notes, &before.findings(), &mut before.packs);
                *known = Some(before);
                return Ok((part, is_new));
            }
        }
        let seen: Mutex<HashMap<String, KnownPack>> = Mutex::default();
        let read = |found: &Found<String>| {
            let setting = found.setting(setting(found), last.as_deref(), self.rules);
            let earlier = before.packs.get(&found.path);
            let pack = match earlier {
                Some(earlier)
                    if at.is_some_and(|at| !at.contains(&found.path)) && earlier.reading.asked.fits(&setting) =>
                {
                    earlier.clone()
                }
                _ => self.read_again(&found.path, setting, &left_out, earlier),
            };
            let reading = Arc::clone(&pack.reading);
            seen.lock().expect("no panic while locked").insert(found.path.clone(), pack);
            reading
        };
        let states = settle(std::slice::from_ref(&before.found), &mut Settled::new(), &read);
        let mut packs = seen.into_inner().expect("no panic while locked");
        let counting: Vec<String> = states.into_iter().flatten().map(|at| at.path).collect();
        let claimed = counting.iter().filter_map(|path| Some((path.as_str(), packs.get(path)?.reading.claimed_by()?)));
        let claimed: Vec<_> = claimed.collect();
        let files = OnDisk { root: self.path, left_out: &left_out };
        let outside = outside::check(self.rules, &before.statements, &claimed, &files);
        is_new |= outside.findings != before.outside.findings;
        before.outside = outside;
        let part = self.show(&counting, notes, &before.findings(), &mut packs);
        is_new |= packs.len() != before.packs.len()
            || packs.iter().any(|(path, pack)| !pack.is_still(before.packs.get(path)))
            || before.ignored.as_ref().is_some_and(|ignored| ignored.asked() > 0);
        *known = Some(KnownDirectory { packs, counting, ..before });
        Ok((part, is_new))
    }

    /// Looks at the files of a pack, and reads it unless they are what they were.
    fn read_again(
        &self,
        path: &str,
        setting: Setting<'_>,
        left_out: &dyn Fn(&str, bool) -> bool,
        earlier: Option<&KnownPack>,
    ) -> KnownPack {
        let of_this_pack = Memo::new();
        let reader = &match self.reader.forgets {
            true => Reader { memo: &of_this_pack, ..*self.reader },
            false => *self.reader,
        };
        let inner = |file: &str, is_directory: bool| left_out(&joined(path, file), is_directory);
        let before = earlier.and_then(|earlier| earlier.walked.as_deref());
        let walked = worktree::walk(&self.path.join(path), &reader.limits, &inner, before);
        if let Ok(walked) = &walked {
            reader.work.files_opened.fetch_add(walked.opened, Ordering::Relaxed);
            if let Some(earlier) = earlier
                && earlier.walked.is_some()
                && earlier.reading.asked.fits(&setting)
                && !earlier.reading.snapshot.has_failed()
                && has_same_files(&walked.snapshot, &earlier.reading.snapshot)
            {
                walked.let_go();
                return match before.filter(|before| before.stamps() == walked.stamps()) {
                    Some(_) => earlier.clone(),
                    None => KnownPack { walked: Some(Arc::new(walked.clone())), ..earlier.clone() },
                };
            }
        }
        let (walked, snapshot) = match walked {
            Ok(walked) => (Some(Arc::new(walked.clone())), Ok(walked.snapshot)),
            Err(error) => (None, Err(error)),
        };
        let reading = Arc::new(read_pack(snapshot, setting, reader));
        if let Some(walked) = &walked {
            walked.let_go();
        }
        KnownPack { walked, reading, shown: None }
    }

    /// Returns the candidates of the directories that count.
    fn show(
        &self,
        counting: &[String],
        notes: Notes,
        findings: &[Diagnostic],
        packs: &mut HashMap<String, KnownPack>,
    ) -> DirectoryPart {
        let mut part = DirectoryPart { candidates: Vec::new(), findings: findings.to_vec() };
        let mut notes = by_pack(notes);
        for path in counting {
            let Some(known) = packs.get_mut(path) else { continue };
            let reading = &known.reading;
            let id = reading.pack.as_ref().map(|pack| &pack.id);
            let may_have_notes = self.stage == Stage::Draft && reading.ecosystem.is_some() && !notes.is_empty();
            let notes = id.filter(|_| may_have_notes).and_then(|id| notes.remove(id)).unwrap_or_default();
            let shown = match known.shown.take().filter(|shown| shown.notes == notes) {
                Some(shown) => shown,
                None => Shown { candidate: self.candidate(path, reading, &notes), notes },
            };
            match &shown.candidate {
                Some(candidate) => part.candidates.push(Arc::clone(candidate)),
                None => part.findings.extend(reading.findings_at(path, None)),
            }
            known.shown = Some(shown);
        }
        part
    }

    fn candidate(&self, path: &str, reading: &Reading, notes: &[Diagnostic]) -> Option<Arc<Candidate>> {
        let facts = self.source.facts(path, None, None, None);
        let mut candidate = reading.candidate(path, facts, self.stage, None, None)?;
        facts::unversioned(&mut candidate);
        facts::repository_name(self.source, &mut candidate);
        if !notes.is_empty() {
            add_notes(&mut candidate, notes.iter().cloned());
        }
        Some(Arc::new(candidate))
    }
}

/// Returns what stands at the root of a directory.
fn above(root: &Utf8Path, rules: &Rules, left_out: &dyn Fn(&str, bool) -> bool) -> Above {
    let mut shown = rules.layouts(|name| has_files(root, name, left_out));
    for (ecosystem, RootFile { name, says }) in rules.root_files() {
        let bytes = small_file(root, name, RootFile::LARGEST as u64).filter(|_| !left_out(name, false));
        let words = bytes.map(|bytes| says(&bytes)).unwrap_or_default();
        shown.extend(words.into_iter().map(|word| (ecosystem.to_owned(), word)));
    }
    Above { license: license_of(root, left_out), shown, said: Vec::new() }
}

/// Returns the licence file at the root of a directory.
pub(super) fn license_of(root: &Utf8Path, left_out: &dyn Fn(&str, bool) -> bool) -> Option<LicenseAbove> {
    let mut names: Vec<String> =
        root.read_dir_utf8().ok()?.filter_map(|entry| Some(entry.ok()?.file_name().to_owned())).collect();
    names.retain(|name| license::is_it(name) && !left_out(name, false));
    small_file(root, &names.into_iter().min()?, license::LARGEST).map(|bytes| LicenseAbove::of(&bytes))
}

/// Returns the content of a regular file of at most some bytes.
fn small_file(root: &Utf8Path, name: &str, most: u64) -> Option<Vec<u8>> {
    let path = root.join(name);
    let metadata = path.symlink_metadata().ok()?;
    if !metadata.is_file() || metadata.len() > most {
        return None;
    }
    std::fs::read(path).ok()
}

/// Tells whether two snapshots hold the same files, and miss the same.
fn has_same_files(a: &Snapshot, b: &Snapshot) -> bool {
    a.files() == b.files() && a.findings() == b.findings()
}

/// Returns those directories that the program writes which lie below a directory, relative to it.
pub(super) fn written_below(written: &[Utf8PathBuf], directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let from = plain(directory);
    written.iter().filter_map(|path| Some(plain(path).strip_prefix(&from).ok()?.to_owned())).collect()
}

/// Returns a path without `.` segments, so that paths can be compared however they were put together.
pub(super) fn plain(path: &Utf8Path) -> Utf8PathBuf {
    path.components().filter(|part| *part != Utf8Component::CurDir).collect()
}
