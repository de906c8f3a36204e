//! The indexes that a build records into: one for public packs, and beside it one for private packs.
//!
//! What is recorded of private packs lies in a folder of its own, so that the public index and its archives, which are committed
//! and reviewed, hold nothing of them. A build without `--private` does not look at that folder.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::planning::{self, Plan};
use super::recorded::Looked;
use super::sources::Reading;
use super::understating::{self, Understated};
use super::{BuildError, PATIENCE, joining, recording, tripwires, visibilities};
use crate::catalog::CatalogPack;
use crate::config::Config;
use crate::diag::{Diagnostic, Sink};
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::histories::Histories;
use crate::index::known::KnownIndex;
use crate::index::store::{Guard, LoadedKnown, Store};
use crate::progress::Progress;
use crate::release::Candidate;

/// Returns what a build would refuse of what was read, and what no longer is as it was recorded: each name and release is held
/// against the indexes as they are. Nothing is locked or written.
pub(super) fn refused(
    config: &Config,
    root: &Utf8Path,
    looked: Vec<Looked>,
    reading: &Reading,
) -> Result<Vec<Diagnostic>, BuildError> {
    let mut indexes = Vec::new();
    for (visibility, (mut known, _)) in visibilities(true).zip(looked) {
        let store = Store::at(root.join(&config.registry.folders(visibility)[0]));
        indexes.push((store.load_known(&mut known)?, store.naming()?));
    }
    let is_whole = |candidate: &&Arc<Candidate>| {
        let id = candidate.pack.as_ref().map(|pack| &pack.id);
        !indexes.iter().any(|(index, _)| id.is_some_and(|id| index.broken.contains(id)))
    };
    let (mut taken, mut found) = (Vec::new(), Vec::new());
    for ((index, naming), all) in indexes.iter().zip(reading.by_visibility()) {
        let candidates: Vec<_> = all.iter().filter(is_whole).cloned().collect();
        // The time of what is new is of no account: nothing of it is recorded.
        let plan = planning::plan(&index.histories, &taken, naming, &candidates, Timestamp::UNIX_EPOCH)?;
        found.extend(index.findings.iter().cloned().chain(plan.findings));
        taken.extend(names(all));
        taken.extend(index.histories.claims());
    }
    Ok(found)
}

/// The indexes of a build, locked until this value is gone.
pub(super) struct Shelves(Vec<Shelf>);

/// An index with its archives.
struct Shelf {
    folder: Utf8PathBuf,
    store: Store,
    guard: Guard,
    archives: ArchiveStore,
    known: KnownIndex,
    histories: Histories,
    broken: BTreeSet<PackId>,
    /// Whether the index is not as it was remembered.
    is_new: bool,
}

impl Shelves {
    /// Locks and loads every index that takes part, of which something is known from a look before, and reports what is broken in them.
    pub(super) fn open(
        config: &Config,
        root: &Utf8Path,
        private: bool,
        looked: Vec<Looked>,
        findings: &mut Vec<Diagnostic>,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let mut shelves = Vec::new();
        for (visibility, (mut known, read_before)) in visibilities(private).zip(looked) {
            let [folder, archives] = config.registry.folders(visibility).map(|folder| root.join(folder));
            let (store, archives) = (Store::at(folder.clone()), ArchiveStore::at(archives));
            let waiting = |path: &Utf8Path| progress.note(&format!("waiting for another build, which holds `{path}`"));
            let guard = store.lock(PATIENCE, waiting)?;
            let LoadedKnown { histories, broken, findings: found, read } = store.load_known(&mut known)?;
            findings.extend(found);
            shelves.push(Shelf {
                folder,
                store,
                guard,
                archives,
                known,
                histories,
                broken,
                is_new: read_before + read > 0,
            });
        }
        Ok(Self(shelves))
    }

    /// Tells whether the history of a pack does not verify: nothing is built on it, or the pack would be recorded anew.
    pub(super) fn is_broken(&self, id: &PackId) -> bool {
        self.0.iter().any(|shelf| shelf.broken.contains(id))
    }

    /// Plans what the candidates add to each index. A name that a public pack has is not given to a private one.
    ///
    /// A source that is not the one that was recorded adds nothing until somebody decides.
    pub(super) fn plan<'a>(&self, reading: &'a Reading, now: Timestamp) -> Result<Vec<Plan<'a>>, BuildError> {
        let mut taken: Vec<(&PackId, &str)> = Vec::new();
        let mut plans = Vec::new();
        for (shelf, candidates) in self.0.iter().zip(reading.by_visibility()) {
            let tripped = tripwires::look(&shelf.histories, candidates, &reading.opened)?;
            let mut plan = planning::plan(&shelf.histories, &taken, &shelf.store.naming()?, candidates, now)?;
            plan.findings.extend(tripped.findings);
            plan.findings.extend(tripwires::look_at_new(&plan, &shelf.histories, candidates)?);
            plan.hold(&tripped.held);
            plans.push(plan);
            taken.extend(names(candidates));
            taken.extend(shelf.histories.claims());
        }
        Ok(plans)
    }

    /// Returns what is wrong with the versions of planned releases, held against what is recorded.
    pub(super) fn understated(
        &self,
        plans: &[Plan<'_>],
        config: &Config,
        reading: &Reading,
    ) -> Result<Understated, BuildError> {
        let mut found = Understated::default();
        for (shelf, plan) in self.0.iter().zip(plans) {
            let (archives, setting, archived) = (&shelf.archives, reading.setting(config), &*reading.archived);
            let contents = joining::Shelf { archives, setting, provided: None, archived };
            understating::of_plan(plan, &shelf.histories, &contents, reading, &mut found)?;
        }
        Ok(found)
    }

    /// Records what was planned, and what the indexes are the indexes of.
    pub(super) fn record(
        &mut self,
        plans: &[Plan<'_>],
        config: &Config,
        progress: &dyn Progress,
        sink: &mut Sink,
    ) -> Result<Vec<(PackId, Version)>, BuildError> {
        let mut new = Vec::new();
        for (shelf, plan) in self.0.iter_mut().zip(plans) {
            let Shelf { store, guard, archives, histories, is_new, .. } = shelf;
            let recorded = recording::record(plan, histories, store, guard, archives, progress, sink)?;
            store.write_registry(guard, &config.registry.name, config.url().as_deref())?;
            *is_new |= !recorded.is_empty();
            new.extend(recorded);
        }
        Ok(new)
    }

    /// Returns every pack of the indexes with the content of its releases.
    ///
    /// What the public index has of a source that became private since is not shown, and a pack that became public since is
    /// shown as the public index has it.
    pub(super) fn join(
        &self,
        config: &Config,
        reading: &Reading,
        progress: &dyn Progress,
        sink: &mut Sink,
    ) -> Result<Vec<Arc<CatalogPack>>, BuildError> {
        let Reading { hidden, private, .. } = reading;
        let mut packs: Vec<Arc<CatalogPack>> = Vec::new();
        for (at, (shelf, candidates)) in self.0.iter().zip(reading.by_visibility()).enumerate() {
            let shown: BTreeSet<PackId> = packs.iter().map(|pack| pack.id.clone()).collect();
            let is_shown = |id: &PackId, owner: &str| {
                !shown.contains(id) && (at > 0 || !hidden.contains(owner) && !private.contains(owner))
            };
            let (archives, setting, archived) = (&shelf.archives, reading.setting(config), &*reading.archived);
            let contents = joining::Shelf { archives, setting, provided: Some(&reading.provided), archived };
            packs.extend(joining::join(&contents, &shelf.histories, candidates, &is_shown, progress, sink)?);
        }
        Ok(packs)
    }

    /// Forgets the histories, which are large, and returns what is known of the indexes that are not as they were remembered,
    /// with the locks on all of them.
    pub(super) fn into_known(self) -> (Vec<(Utf8PathBuf, KnownIndex)>, Vec<Guard>) {
        let (mut known, mut guards) = (Vec::new(), Vec::new());
        for shelf in self.0 {
            guards.push(shelf.guard);
            if shelf.is_new {
                known.push((shelf.folder, shelf.known));
            }
        }
        (known, guards)
    }
}

/// Returns the names that candidates bring, each with its source.
fn names(candidates: &[Arc<Candidate>]) -> impl Iterator<Item = (&PackId, &str)> {
    candidates.iter().filter_map(|candidate| Some((&candidate.pack.as_ref()?.id, candidate.source.repository.as_str())))
}
