//! Candidates and histories → the packs of a preview; a pack of which neither changed is the very same value as before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::drafts::{self, Made};
use crate::build::joining::Shelf;
use crate::build::sources::Reading;
use crate::build::{BuildError, planning};
use crate::catalog::CatalogPack;
use crate::config::Config;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Asked, Provided};
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::histories as recorded;
use crate::index::history::History;
use crate::index::naming::NameRules;
use crate::release::Candidate;

/// Histories by their packs, to share.
pub(super) type Histories = BTreeMap<PackId, Arc<History>>;

/// The packs of the previous preview.
#[derive(Debug, Default)]
pub(super) struct Packs {
    /// What every pack depends on, as text.
    setting: String,
    names: Names,
    known: BTreeMap<PackId, Arc<Known>>,
}

/// Which candidates may use their names.
#[derive(Debug, Default)]
struct Names {
    histories: Arc<Histories>,
    candidates: Vec<Arc<Candidate>>,
    /// What belongs to one name.
    groups: Vec<Group>,
    /// The place of each candidate's group, if it may use its name.
    group_of: Vec<Option<usize>>,
    findings: Vec<Diagnostic>,
    /// Whether all groups were joined since.
    is_joined: bool,
}

/// The candidates of one pack, by their places.
#[derive(Debug)]
struct Group {
    id: PackId,
    candidates: Vec<usize>,
}

/// What has to be joined again.
#[derive(Debug, PartialEq, Eq)]
enum Changed {
    /// Any pack may have changed.
    Everything,
    /// The groups at these places.
    Groups(BTreeSet<usize>),
}

/// A pack, and what it was made from.
#[derive(Debug)]
struct Known {
    history: Option<Arc<History>>,
    candidates: Vec<Arc<Candidate>>,
    pack: Option<Arc<CatalogPack>>,
    findings: Vec<Diagnostic>,
    archives: Made,
    /// What was asked for releases that no source has: what is said of them depends on the answers.
    asked: Vec<Asked>,
}

/// What packs are joined with.
pub(super) struct Setting<'a> {
    pub(super) config: &'a Config,
    pub(super) archives: &'a ArchiveStore,
    /// Who may have which new names.
    pub(super) naming: &'a NameRules,
    /// The time that dates drafts.
    pub(super) now: Timestamp,
}

impl Packs {
    /// Returns every pack, with what a build would record of it and its draft, and what is wrong with that.
    pub(super) fn join(
        &mut self,
        reading: &Reading,
        histories: &Arc<Histories>,
        setting: &Setting<'_>,
    ) -> Result<(Vec<Arc<CatalogPack>>, Vec<Diagnostic>), BuildError> {
        let Reading { hidden, licenses, .. } = reading;
        let text = format!("{:?} {} {hidden:?} {licenses:?}", setting.config, setting.archives.root());
        if text != self.setting {
            *self = Self { setting: text, ..Self::default() };
        }
        let changed = self.names.bind(&reading.candidates, histories, setting.naming);
        let (provided, archived) = (&reading.provided, &*reading.archived);
        let of_reading = reading.setting(setting.config);
        let shelf = Shelf { archives: setting.archives, setting: of_reading, provided: Some(provided), archived };
        let join = |group: &Group| {
            let candidates: Vec<&Arc<Candidate>> = group.candidates.iter().map(|at| &reading.candidates[*at]).collect();
            let (history, before) = (histories.get(&group.id), self.known.get(&group.id));
            let known = match before.filter(|before| before.is_made_from(history, &candidates, provided)) {
                Some(before) => Arc::clone(before),
                None => Arc::new(Known::new(&group.id, history, &candidates, before, &shelf, setting, reading)?),
            };
            Ok((group.id.clone(), known))
        };
        let has_other_answers = |group: &Group| {
            let known = self.known.get(&group.id);
            known.is_some_and(|known| !known.asked.iter().all(|asked| provided.still_answers(asked)))
        };
        let groups: Vec<&Group> = match &changed {
            Changed::Everything => self.names.groups.iter().collect(),
            Changed::Groups(places) => {
                let all = self.names.groups.iter().enumerate();
                let again = all.filter(|(at, group)| places.contains(at) || has_other_answers(group));
                again.map(|(_, group)| group).collect()
            }
        };
        let joined: Vec<_> = groups.into_par_iter().map(join).collect::<Result<_, BuildError>>()?;
        if changed == Changed::Everything {
            self.known.clear();
        }
        self.known.extend(joined);
        self.names.is_joined = true;
        let mut findings = self.names.findings.clone();
        findings.extend(self.known.values().flat_map(|known| known.findings.iter().cloned()));
        Ok((self.known.values().filter_map(|known| known.pack.clone()).collect(), findings))
    }
}

impl Names {
    /// Decides which candidates may use their names, unless nothing changed that matters for that; returns what changed.
    fn bind(&mut self, candidates: &[Arc<Candidate>], histories: &Arc<Histories>, naming: &NameRules) -> Changed {
        let before = std::mem::replace(&mut self.candidates, candidates.to_vec());
        let is_joined = std::mem::replace(&mut self.is_joined, false);
        let is_same = Arc::ptr_eq(&self.histories, histories)
            && before.len() == candidates.len()
            && before.iter().zip(candidates).all(|(a, b)| Arc::ptr_eq(a, b) || have_same_names(a, b));
        if is_same && is_joined {
            let changed = before.iter().zip(candidates).enumerate().filter(|(_, (a, b))| !Arc::ptr_eq(a, b));
            return Changed::Groups(changed.filter_map(|(at, _)| self.group_of[at]).collect());
        }
        let owners = histories.iter().filter_map(|(id, history)| Some((id, history.owner()?)));
        let renamed = histories.values().filter_map(|history| Some((history.renamed_to()?, history.owner()?)));
        let mut sink = Sink::new();
        let accepted = planning::bind_names(renamed.chain(owners), naming, candidates, &mut sink);
        self.findings = sink.finish();
        self.histories = Arc::clone(histories);
        let mut by_pack: BTreeMap<&PackId, Vec<usize>> = histories.keys().map(|id| (id, Vec::new())).collect();
        for at in accepted {
            if let Some(pack) = &candidates[at].pack {
                by_pack.entry(&pack.id).or_default().push(at);
            }
        }
        self.group_of = vec![None; candidates.len()];
        self.groups.clear();
        for (place, (id, candidates)) in by_pack.into_iter().enumerate() {
            candidates.iter().for_each(|at| self.group_of[*at] = Some(place));
            self.groups.push(Group { id: id.clone(), candidates });
        }
        Changed::Everything
    }
}

/// Tells whether two candidates want the same name for the same place: then what is decided about one holds for the other.
fn have_same_names(a: &Candidate, b: &Candidate) -> bool {
    let wanted = |candidate: &'_ Candidate| {
        let pack = candidate.pack.as_ref().map(|pack| (pack.id.clone(), pack.manifest.clone()));
        (candidate.stage, candidate.source.repository.clone(), candidate.source.path.clone(), pack)
    };
    wanted(a) == wanted(b)
}

impl Known {
    fn is_made_from(
        &self,
        history: Option<&Arc<History>>,
        candidates: &[&Arc<Candidate>],
        provided: &Provided,
    ) -> bool {
        let has_same_history = match (&self.history, history) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        has_same_history
            && self.candidates.len() == candidates.len()
            && self.candidates.iter().zip(candidates).all(|(a, b)| Arc::ptr_eq(a, b))
            && self.asked.iter().all(|asked| provided.still_answers(asked))
    }

    fn new(
        id: &PackId,
        history: Option<&Arc<History>>,
        candidates: &[&Arc<Candidate>],
        before: Option<&Arc<Self>>,
        shelf: &Shelf<'_>,
        setting: &Setting<'_>,
        reading: &Reading,
    ) -> Result<Self, BuildError> {
        let (mut own, mut histories) = (History::empty(id.clone()), recorded::Histories::default());
        if let Some(history) = history {
            own = History::clone(history);
            histories.insert(own.clone());
        }
        let planned = planning::plan_accepted(&histories, candidates.iter().copied(), setting.now)?;
        let (mut findings, mut sink) = (planned.findings.clone(), Sink::new());
        let mut archives = before.map_or_else(HashMap::new, |before| before.archives.clone());
        let store = drafts::Archives { store: setting.archives, made: &mut archives };
        let drafts = drafts::add(&planned, &mut own, store, setting.now, &mut findings)?;
        let mut shown: Vec<Arc<Candidate>> = candidates.iter().map(|candidate| Arc::clone(candidate)).collect();
        drafts.rename(&mut shown);
        let (pack, asked) = if own.owner().is_some_and(|owner| !reading.hidden.contains(owner)) {
            let is_draft = |version: &Version| drafts.has(id, version);
            shelf.pack(&own, shown.iter(), &is_draft, &mut sink)?
        } else {
            (None, Vec::new())
        };
        findings.extend(sink.finish());
        let candidates = candidates.iter().map(|candidate| Arc::clone(candidate)).collect();
        Ok(Self { history: history.cloned(), candidates, pack, findings, archives, asked })
    }
}
