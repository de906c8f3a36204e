//! What is said of a candidate beyond its own files: references to other packs, places, and severities.
//!
//! A candidate is checked once. What a check asked of the names that the catalog provides is remembered with the answers, and
//! the check is made again when one of them is another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::archived::{self, Archived, Content, Had, Indexes};
use super::sources::located;
use crate::cache::Chunks;
use crate::config::Config;
use crate::diag::{self, Codes, Compact, Diagnostic, Level, Levels, Sink};
use crate::ecosystem::{Asked, Ecosystem, Names, Provided, Records};
use crate::ident::RelPath;
use crate::index::event::SourceFacts;
use crate::pack::above::LicenseAbove;
use crate::pack::{BROKEN_LINK, Configured, DOCUMENT_TOO_LARGE, Memo, Pack, PackTree, Remark};
use crate::release::candidates::Work;
use crate::release::open::OpenSource;
use crate::release::{Candidate, Stage};
use crate::site::markdown;
use crate::site::markdown_files::{self, FileLink};
use crate::source::Snapshot;

/// Most broken links of one document that are reported.
const MOST_BROKEN: usize = 20;

/// What is known of the candidates of the previous reading.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// What the registry index says of packs that are in no source.
    pub(super) records: Option<Arc<dyn Records>>,
    /// Where the releases are recorded that count as if a source had them.
    pub(super) indexes: Indexes,
    /// The releases that no source has, and what was asked for to know them.
    archived: Arc<Archived>,
    asked: archived::Asked,
    provided: Arc<Provided>,
    lints: BTreeMap<String, Level>,
    paths: BTreeMap<String, String>,
    elsewhere: BTreeSet<String>,
    /// In the order of the reading.
    finished: Vec<Finished>,
    /// Whether what is known comes from an earlier run, which may have had other sources and another configuration.
    is_foreign: bool,
}

/// A candidate with everything that is said of it.
#[derive(Debug, Clone)]
struct Finished {
    /// As its source gave it.
    read: Arc<Candidate>,
    checked: Arc<Checked>,
    /// As everybody else gets it.
    whole: Arc<Candidate>,
}

/// What the rules that look beyond a candidate's own files found.
#[derive(Debug)]
pub(super) struct Checked {
    /// Tells it from every other one.
    number: u64,
    asked: Vec<Asked>,
    found: Vec<Diagnostic>,
    remarks: Arc<[Remark]>,
}

/// What the rules found, written down.
#[derive(Serialize, Deserialize)]
struct StoredCheck<'a> {
    asked: Vec<Asked>,
    #[serde(borrow)]
    found: Vec<Compact<'a>>,
    remarks: Vec<Remark>,
}

/// What checking needs.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// What is known about files.
    pub(super) memo: &'a Memo,
    /// The configuration.
    pub(super) config: &'a Config,
    /// The identities of private sources.
    pub(super) private: &'a BTreeSet<String>,
    /// What leads from the configuration to a source, by the source's identity.
    pub(super) paths: &'a BTreeMap<String, String>,
    /// The identities of repositories in which paths of files begin.
    pub(super) elsewhere: &'a BTreeSet<String>,
    /// The identities of sources of which nothing may be told.
    pub(super) hidden: &'a BTreeSet<String>,
    /// The licence files at the roots of sources as they are now, by the source's identity.
    pub(super) licenses: &'a BTreeMap<String, LicenseAbove>,
    /// The sources, by identity.
    pub(super) opened: &'a BTreeMap<String, OpenSource>,
}

/// What is looked at: a candidate, or a recorded release that no source has.
pub(super) struct Subject<'a> {
    pub(super) ecosystem: &'static dyn Ecosystem,
    pub(super) pack: Option<&'a Pack>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) source: &'a SourceFacts,
    /// What the findings belong to.
    pub(super) revision: Option<&'a str>,
}

impl Checks {
    /// Returns the candidates of all sources, each with everything that is said of it; the very same value as before where
    /// that is the same.
    ///
    /// `work` is what the reading does.
    pub(super) fn finish(
        &mut self,
        candidates: Vec<Arc<Candidate>>,
        setting: &Setting<'_>,
        work: &Work,
    ) -> Vec<Arc<Candidate>> {
        let (mut known, gone) = matched(candidates, std::mem::take(&mut self.finished));
        let is_foreign = std::mem::take(&mut self.is_foreign);
        let has_other_names = self.provide(&known, gone, setting) || is_foreign;
        let has_other_places = self.paths != *setting.paths || self.elsewhere != *setting.elsewhere;
        let has_other_setting = self.lints != setting.config.lints || has_other_places || is_foreign;
        if has_other_setting {
            self.lints.clone_from(&setting.config.lints);
            self.paths.clone_from(setting.paths);
            self.elsewhere.clone_from(setting.elsewhere);
        }
        let (provided, levels) = (&self.provided, setting.config.levels());
        let check = |read: &Candidate| {
            let checked = check(&Subject::of(read), Arc::clone(provided), setting);
            if read.snapshot.has_failed() {
                work.uncertain.store(true, Ordering::Relaxed);
            }
            Arc::new(checked)
        };
        let finish = |read: &Arc<Candidate>, before: &Finished| {
            let checked = Arc::clone(&before.checked);
            let holds = !has_other_names || checked.asked.iter().all(|asked| provided.still_answers(asked));
            let checked = if holds { checked } else { check(read) };
            finished(read, checked, setting, &levels, Some(&before.whole))
        };
        let anew = |read: &Arc<Candidate>| finished(read, check(read), setting, &levels, None);
        if has_other_names || has_other_setting {
            known.par_iter_mut().filter(|(_, before)| before.is_some()).for_each(|(read, before)| {
                *before = before.as_ref().map(|before| finish(read, before));
            });
        }
        let mut new: Vec<_> = known.iter_mut().filter(|(_, before)| before.is_none()).collect();
        new.par_iter_mut().for_each(|(read, before)| *before = Some(anew(read)));
        self.finished = known.into_iter().filter_map(|(_, finished)| finished).collect();
        self.finished.iter().map(|finished| Arc::clone(&finished.whole)).collect()
    }

    /// Returns what is known of these candidates, in their order; nothing when that is not all of them.
    pub(super) fn of(&self, candidates: &[Arc<Candidate>]) -> Option<Vec<Arc<Checked>>> {
        let address = |candidate: &Arc<Candidate>| Arc::as_ptr(candidate) as usize;
        let known: HashMap<usize, &Arc<Checked>> =
            self.finished.iter().map(|finished| (address(&finished.read), &finished.checked)).collect();
        candidates.iter().map(|candidate| known.get(&address(candidate)).map(|checked| Arc::clone(checked))).collect()
    }

    /// Takes what an earlier run knew of candidates.
    pub(super) fn take(&mut self, candidates: Vec<Arc<Candidate>>, checked: Vec<Arc<Checked>>) {
        self.is_foreign = true;
        let provided = Arc::make_mut(&mut self.provided);
        for pack in candidates.iter().filter_map(|candidate| candidate.pack.as_ref()) {
            provided.add(pack);
        }
        let finished = |(read, checked): (Arc<Candidate>, _)| Finished { whole: Arc::clone(&read), read, checked };
        self.finished.extend(candidates.into_iter().zip(checked).map(finished));
    }

    /// Returns the names that are provided, and the releases with their content that no source has.
    pub(super) fn provided(&self) -> (Arc<Provided>, Arc<Archived>) {
        (Arc::clone(&self.provided), Arc::clone(&self.archived))
    }

    /// Counts the names of new candidates and takes away those that are gone; tells whether any name came or went.
    fn provide(&mut self, known: &[Known], gone: Vec<Finished>, setting: &Setting<'_>) -> bool {
        let before = Arc::clone(&self.archived);
        if !self.has_as_before(known, &gone, setting) {
            let had = Had::of(known.iter().map(|(read, _)| &**read));
            let (archived, asked) = archived::read(&self.indexes, &self.archived, &had, setting);
            (self.archived, self.asked) = (Arc::new(archived), asked);
        }
        let provided = Arc::make_mut(&mut self.provided);
        let mut differs = provided.go_by(self.records.as_ref());
        // What a pack keeps through an edit must not seem to be gone in between.
        for pack in known.iter().filter(|(_, before)| before.is_none()).filter_map(|(read, _)| read.pack.as_ref()) {
            differs |= provided.add(pack);
        }
        let added = self.archived.iter().filter(|(key, _)| !before.contains_key(key));
        added.for_each(|(_, stored)| differs |= provided.add(&stored.pack));
        let removed = before.iter().filter(|(key, _)| !self.archived.contains_key(key));
        removed.for_each(|(_, stored)| differs |= provided.remove(&stored.pack));
        for pack in gone.iter().filter_map(|gone| gone.read.pack.as_ref()) {
            differs |= provided.remove(pack);
        }
        differs
    }

    /// Tells whether the same recorded releases are in no source as before: no recorded content came or went.
    fn has_as_before(&self, known: &[Known], gone: &[Finished], setting: &Setting<'_>) -> bool {
        let is_recorded = |content: &Content<'_>| self.indexes.iter().any(|(index, _)| index.has(content));
        let is_kept = |content: Content<'_>| {
            let mut kept = known.iter().filter(|(_, before)| before.is_some());
            kept.any(|(read, _)| archived::content(read) == Some(content))
        };
        let mut new =
            known.iter().filter(|(_, before)| before.is_none()).filter_map(|(read, _)| archived::content(read));
        let mut lost = gone.iter().filter_map(|gone| archived::content(&gone.read)).filter(is_recorded);
        self.asked.is_asked_again(&self.indexes, setting)
            && !new.any(|content| is_recorded(&content))
            && lost.all(is_kept)
    }
}

impl Checked {
    fn new(asked: Vec<Asked>, found: Vec<Diagnostic>, remarks: Vec<Remark>) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Self { number: NUMBERS.fetch_add(1, Ordering::Relaxed), asked, found, remarks: remarks.into() }
    }

    /// Returns a number that no other one has.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Writes down what the rules found.
    pub(super) fn stored(all: &[Arc<Self>]) -> Option<Chunks> {
        let stored = all.iter().map(|checked| StoredCheck {
            asked: checked.asked.clone(),
            found: Compact::all(&checked.found),
            remarks: checked.remarks.to_vec(),
        });
        let all: Vec<_> = stored.collect();
        Chunks::of(&all)
    }

    /// Returns what was written down.
    pub(super) fn restored(stored: &Chunks, codes: &Codes) -> Option<Vec<Arc<Self>>> {
        stored.decode(|StoredCheck { asked, found, remarks }: StoredCheck<'_>| {
            Some(Arc::new(Self::new(asked, Compact::findings(found, codes)?, remarks)))
        })
    }
}

/// A candidate, with what is known of it.
type Known = (Arc<Candidate>, Option<Finished>);

/// Returns each candidate with what is known of it, and what is known of candidates that are gone.
fn matched(candidates: Vec<Arc<Candidate>>, before: Vec<Finished>) -> (Vec<Known>, Vec<Finished>) {
    // By the address of a candidate, which is held here and so belongs to nobody else. Most are where they were.
    let address = |candidate: &Arc<Candidate>| Arc::as_ptr(candidate) as usize;
    let mut elsewhere = HashMap::new();
    let mut before = before.into_iter();
    let mut known: Vec<Known> = Vec::with_capacity(candidates.len());
    for read in candidates {
        let same = before.next().and_then(|finished| {
            if Arc::ptr_eq(&finished.read, &read) {
                return Some(finished);
            }
            elsewhere.insert(address(&finished.read), finished);
            None
        });
        known.push((read, same));
    }
    elsewhere.extend(before.map(|finished| (address(&finished.read), finished)));
    if !elsewhere.is_empty() {
        for (read, finished) in known.iter_mut().filter(|(_, finished)| finished.is_none()) {
            *finished = elsewhere.remove(&address(read));
        }
    }
    (known, elsewhere.into_values().collect())
}

/// Puts together what is said of a candidate: the value `before`, if nothing about it is new.
fn finished(
    read: &Arc<Candidate>,
    checked: Arc<Checked>,
    setting: &Setting<'_>,
    levels: &Levels,
    before: Option<&Arc<Candidate>>,
) -> Finished {
    let findings = whole(&read.findings, &checked.found, &read.source, setting, levels);
    let remarks = &checked.remarks;
    let says = |candidate: &Arc<Candidate>| candidate.findings == findings && candidate.remarks == *remarks;
    let whole = match before.filter(|before| says(before)) {
        Some(before) => Arc::clone(before),
        None if says(read) => Arc::clone(read),
        None => Arc::new(Candidate { findings, remarks: Arc::clone(remarks), ..Candidate::clone(read) }),
    };
    Finished { read: Arc::clone(read), checked, whole }
}

/// Returns the findings of a release, those about its own files first, with places as everybody else gets them.
fn whole(
    own: &[Diagnostic],
    found: &[Diagnostic],
    source: &SourceFacts,
    setting: &Setting<'_>,
    levels: &Levels,
) -> Vec<Diagnostic> {
    let mut findings = [own, found].concat();
    let source = &source.repository;
    if let Some(path) = setting.paths.get(source) {
        findings.iter_mut().for_each(|finding| finding.put_below(path));
    } else if setting.elsewhere.contains(source) {
        findings.iter_mut().for_each(|finding| finding.source = Some(source.clone()));
    }
    levels.apply(&mut findings);
    findings
}

impl<'a> Subject<'a> {
    fn of(candidate: &'a Candidate) -> Self {
        let Candidate { ecosystem, source, snapshot, pack, stage, .. } = candidate;
        let revision = revision(source).filter(|_| *stage == Stage::Released);
        Self { ecosystem: *ecosystem, pack: pack.as_deref(), snapshot, source, revision }
    }
}

/// Returns what the findings about a release belong to: its tag, or the beginning of its commit's id.
pub(super) fn revision(source: &SourceFacts) -> Option<&str> {
    source.tag.as_deref().or_else(|| source.commit.as_deref().map(|id| id.get(..10).unwrap_or(id)))
}

/// What is said of a recorded release that no source has.
pub(super) struct Said {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) remarks: Arc<[Remark]>,
    /// What that depends on.
    pub(super) asked: Vec<Asked>,
}

/// Says of a recorded release what is said of one that a source has; `own` are the findings about its own files.
pub(super) fn say(subject: &Subject<'_>, own: &[Diagnostic], provided: &Arc<Provided>, setting: &Setting<'_>) -> Said {
    let Checked { asked, found, remarks, .. } = check(subject, Arc::clone(provided), setting);
    Said { findings: whole(own, &found, subject.source, setting, &setting.config.levels()), remarks, asked }
}

/// Checks a candidate or release against the names that the catalog provides, and whether it can be archived and shown.
fn check(subject: &Subject<'_>, provided: Arc<Provided>, setting: &Setting<'_>) -> Checked {
    let Subject { ecosystem, pack, snapshot, source, revision } = *subject;
    let yaml_limits = setting.config.limits.yaml();
    let is_private = setting.private.contains(&source.repository);
    let private_images = if is_private { &[][..] } else { &setting.config.registry.private_images };
    let tree = PackTree::new(snapshot, setting.memo, &source.path, yaml_limits);
    let tree = PackTree { configured: Configured { private_images, ..Configured::default() }, ..tree };
    let (names, mut sink) = (Names::recording(provided), Sink::new());
    let remarks = match pack {
        Some(pack) => {
            ecosystem.check_references(pack, &tree, &names, &mut sink);
            let paths = snapshot.files().iter().map(|entry| &entry.path);
            sink.extend(crate::content::archive::check(pack.id.name.as_str(), paths));
            for path in pack.readme.iter().chain(&pack.changelog) {
                check_document(&tree, path, &mut sink);
            }
            ecosystem.remarks(pack, &tree, &names)
        }
        None => {
            ecosystem.check_outside(&tree, &names, &mut sink);
            Vec::new()
        }
    };
    Checked::new(names.into_asked(), located(sink.finish(), &source.path, revision), remarks)
}

/// Reports a document that the website shows as plain text only.
fn check_document(tree: &PackTree<'_>, path: &RelPath, sink: &mut Sink) {
    let Some(entry) = tree.get(path.as_str()) else { return };
    let text = || tree.text(entry, markdown::MAX_BYTES as u64);
    let linked = tree.memo.get_or_insert(entry.blob, ("document", path.as_str()), || {
        text().and_then(|text| markdown_files::files_linked(&text, path.as_str()))
    });
    let Some(linked) = &*linked else {
        let message = format!("`{path}` is too large, nested too deeply or not UTF-8: it is not rendered");
        sink.report(DOCUMENT_TOO_LARGE, diag::Place::file(path.as_str()), message)
            .help("split it, or nest its lists, quotes and tags less deeply");
        return;
    };
    let is_there = |path: &str| tree.get(path).is_some() || !tree.snapshot.below(path).is_empty();
    let broken: Vec<&FileLink> = linked.iter().filter(|link| !is_there(&link.path)).take(MOST_BROKEN).collect();
    let text = if broken.is_empty() { String::new() } else { text().unwrap_or_default() };
    let lines = diag::Lines::new(&text);
    for link in broken {
        let place = diag::Place::in_text(path.as_str(), lines.span(link.at.start, link.at.end), &text);
        sink.report(BROKEN_LINK, place, format!("there is no `{}` in the pack", link.path))
            .help("name the file as it is called, relative to this one");
    }
}
