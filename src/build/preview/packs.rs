//! Candidates and histories → the packs of a preview; a pack of which neither changed is the very same value as before.

use std::collections::{BTreeMap, HashMap};
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
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::history::History;
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
    accepted: Vec<usize>,
    findings: Vec<Diagnostic>,
}

/// A pack, and what it was made from.
#[derive(Debug)]
struct Known {
    history: Option<Arc<History>>,
    candidates: Vec<Arc<Candidate>>,
    pack: Option<Arc<CatalogPack>>,
    findings: Vec<Diagnostic>,
    archives: Made,
}

/// What packs are joined with.
pub(super) struct Setting<'a> {
    pub(super) config: &'a Config,
    pub(super) archives: &'a ArchiveStore,
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
        let text = format!("{:?} {} {:?}", setting.config, setting.archives.root(), reading.hidden);
        if text != self.setting {
            *self = Self { setting: text, ..Self::default() };
        }
        self.names.bind(&reading.candidates, histories);
        let mut by_pack: BTreeMap<&PackId, Vec<&Arc<Candidate>>> =
            histories.keys().map(|id| (id, Vec::new())).collect();
        for candidate in self.names.accepted.iter().map(|at| &reading.candidates[*at]) {
            if let Some(pack) = &candidate.pack {
                by_pack.entry(&pack.id).or_default().push(candidate);
            }
        }
        let shelf =
            Shelf { config: setting.config, archives: setting.archives, opened: &reading.opened, memo: &reading.memo };
        let join = |(id, candidates): (&PackId, Vec<&Arc<Candidate>>)| {
            let (history, before) = (histories.get(id), self.known.get(id));
            let known = match before.filter(|before| before.is_made_from(history, &candidates)) {
                Some(before) => Arc::clone(before),
                None => Arc::new(Known::new(id, history, &candidates, before, &shelf, setting, reading)?),
            };
            Ok((id.clone(), known))
        };
        let by_pack: Vec<_> = by_pack.into_iter().collect();
        self.known = by_pack.into_par_iter().map(join).collect::<Result<_, BuildError>>()?;
        let mut findings = self.names.findings.clone();
        findings.extend(self.known.values().flat_map(|known| known.findings.iter().cloned()));
        Ok((self.known.values().filter_map(|known| known.pack.clone()).collect(), findings))
    }
}

impl Names {
    /// Decides which candidates may use their names, unless nothing changed that matters for that.
    fn bind(&mut self, candidates: &[Arc<Candidate>], histories: &Arc<Histories>) {
        let has_same_names = |(a, b): (&Arc<Candidate>, &Arc<Candidate>)| {
            let id = |candidate: &Candidate| candidate.pack.as_ref().map(|pack| pack.id.clone());
            Arc::ptr_eq(a, b)
                || a.stage == b.stage
                    && a.source.repository == b.source.repository
                    && a.source.path == b.source.path
                    && a.pack.as_ref().map(|pack| &pack.manifest) == b.pack.as_ref().map(|pack| &pack.manifest)
                    && id(a) == id(b)
        };
        let is_same = Arc::ptr_eq(&self.histories, histories)
            && self.candidates.len() == candidates.len()
            && self.candidates.iter().zip(candidates).all(has_same_names);
        if !is_same {
            let owners = histories.iter().filter_map(|(id, history)| Some((id, history.owner()?)));
            let mut sink = Sink::new();
            self.accepted = planning::bind_names(owners, candidates, &mut sink);
            self.findings = sink.finish();
            self.histories = Arc::clone(histories);
        }
        self.candidates = candidates.to_vec();
    }
}

impl Known {
    fn is_made_from(&self, history: Option<&Arc<History>>, candidates: &[&Arc<Candidate>]) -> bool {
        let has_same_history = match (&self.history, history) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        has_same_history
            && self.candidates.len() == candidates.len()
            && self.candidates.iter().zip(candidates).all(|(a, b)| Arc::ptr_eq(a, b))
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
        let mut histories: BTreeMap<PackId, History> =
            history.map(|history| (id.clone(), History::clone(history))).into_iter().collect();
        let planned = planning::plan_accepted(&histories.clone(), candidates.iter().copied(), setting.now);
        let (mut findings, mut sink) = (planned.findings.clone(), Sink::new());
        let mut archives = before.map_or_else(HashMap::new, |before| before.archives.clone());
        let store = drafts::Archives { store: setting.archives, made: &mut archives };
        let drafts = drafts::add(&planned, &mut histories, store, setting.now, &mut findings)?;
        let mut shown: Vec<Arc<Candidate>> = candidates.iter().map(|candidate| Arc::clone(candidate)).collect();
        drafts.rename(&mut shown);
        let is_hidden = |history: &&History| history.owner().is_some_and(|owner| !reading.hidden.contains(owner));
        let pack = match histories.get(id).filter(is_hidden) {
            Some(history) => {
                let is_draft = |version: &Version| drafts.has(id, version);
                shelf.pack(history, shown.iter(), &is_draft, &mut sink)?
            }
            None => None,
        };
        findings.extend(sink.finish());
        let candidates = candidates.iter().map(|candidate| Arc::clone(candidate)).collect();
        Ok(Self { history: history.cloned(), candidates, pack, findings, archives })
    }
}
