//! What a tag of a pack's repository adds to a registry that lies elsewhere.
//!
//! [`Submission::read`] reads and checks the packs that the tag releases, as a build of the registry would read them.
//! [`Submission::add_to`] adds them to a copy of the registry's index, by the same planning and recording as in a build; it
//! can be called again for a newer copy. Whoever owns the registry gets the files that are new or longer.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::known::Known;
use super::recorded::Recorded;
use super::sources::{self, Place};
use super::{BuildError, PATIENCE, planning, recording, tripwires};
use crate::config::{Config, SourceConfig, Visibility};
use crate::diag::{self, Diagnostic, Severity, Sink};
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::known::KnownIndex;
use crate::index::store::{LoadedKnown, Store};
use crate::progress::Progress;
use crate::release::candidates::Wanted;
use crate::release::open::OpenSource;
use crate::release::{Candidate, Stage, VERSION_TAG_MISMATCH};

/// The releases of a tag.
#[derive(Debug)]
pub struct Submission {
    /// Each pack as the tag releases it.
    releases: Vec<Arc<Candidate>>,
    /// Where they come from.
    opened: BTreeMap<String, OpenSource>,
    /// What is wrong with them, and with the tag itself.
    pub findings: Vec<Diagnostic>,
}

/// What a submission does to a registry.
#[derive(Debug, Default)]
pub struct Addition {
    /// What is recorded now; what is not was recorded before, with the same content.
    pub new: Vec<(PackId, Version)>,
    /// What the registry refuses; then nothing is added.
    pub findings: Vec<Diagnostic>,
    /// The files that are new or longer, by their path below the registry's directory.
    pub files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl Submission {
    /// Reads what the tag releases, from a source with `only_tag`, by the configuration of the registry and what its index, in
    /// the folder `index`, has of other packs.
    pub fn read(
        config: &Config,
        sources: Vec<SourceConfig>,
        root: &Utf8Path,
        cache: &Utf8Path,
        index: &Utf8Path,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let config = Config { sources, ..config.clone() };
        let place = Place { root, cache, written: super::written(&config, root) };
        let mut known = Known::default();
        let (records, _) = Recorded::load(std::iter::once((index.to_owned(), KnownIndex::default())))?;
        known.checks.records = Some(records);
        let mut reading = sources::read(&config, &place, Wanted::Everything, true, &mut known, None, progress);
        if let Some((_, error)) = std::mem::take(&mut reading.failures).into_iter().next() {
            return Err(error.into());
        }
        let is_released = |candidate: &Arc<Candidate>| candidate.stage == Stage::Released;
        let releases: Vec<_> = reading.candidates.into_iter().filter(is_released).collect();
        // What is said of the source counts only if it says why the tag releases nothing.
        let mut findings = if releases.is_empty() { reading.findings } else { Vec::new() };
        findings.extend(releases.iter().flat_map(|candidate| candidate.findings.iter().cloned()));
        config.levels().apply(&mut findings);
        for finding in &mut findings {
            // A build takes the tag's word for it, because nobody can mend a tag; here it can still be mended.
            if finding.code == VERSION_TAG_MISMATCH {
                finding.severity = Severity::Error;
            }
        }
        diag::sort(&mut findings);
        Ok(Self { releases, opened: reading.opened, findings })
    }

    /// Returns the packs that the tag releases, each with its version.
    pub fn packs(&self) -> impl Iterator<Item = (&PackId, &Version)> {
        self.releases.iter().filter_map(|candidate| candidate.pack.as_deref()).map(|pack| (&pack.id, &pack.version))
    }

    /// Adds the releases to the registry whose directory is `registry`: appends to its index, and stores the archives.
    pub fn add_to(
        &self,
        registry: &Utf8Path,
        config: &Config,
        visibility: Visibility,
        now: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Addition, BuildError> {
        let [index, archives] = config.registry.folders(visibility);
        let (store, archive_store) = (Store::at(registry.join(&index)), ArchiveStore::at(registry.join(&archives)));
        let guard = store.lock(PATIENCE, |_| {})?;
        let LoadedKnown { mut histories, broken, findings, .. } = store.load_known(&mut KnownIndex::default())?;
        // What is wrong with the histories of other packs is no reason not to record this one.
        let ours: Vec<String> =
            self.packs().filter(|(id, _)| broken.contains(id)).map(|(id, _)| Store::file(id)).collect();
        let mut findings: Vec<Diagnostic> =
            findings.into_iter().filter(|finding| ours.contains(&finding.place.path)).collect();
        let plan = planning::plan(&histories, &[], &store.naming()?, &self.releases, now)?;
        findings.extend(plan.findings.iter().cloned());
        findings.extend(tripwires::recreated(&histories, &self.releases, &self.opened)?);
        config.levels().apply(&mut findings);
        diag::sort(&mut findings);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Ok(Addition { findings, ..Addition::default() });
        }
        let mut refused = Sink::new();
        let new = recording::record(&plan, &mut histories, &store, &guard, &archive_store, progress, &mut refused)?;
        findings.extend(refused.finish());
        let mut files = BTreeMap::new();
        let mut add = |path: Utf8PathBuf| -> Result<(), BuildError> {
            let bytes = crate::fs::read(&registry.join(&path)).map_err(crate::index::store::StoreError::from)?;
            files.insert(path, bytes);
            Ok(())
        };
        if !new.is_empty() && store.registry()?.is_none() {
            store.write_registry(&guard, &config.registry.name, config.url().as_deref())?;
            add(index.join("registry.json"))?;
        }
        for (id, version) in &new {
            add(index.join(Store::file(id)))?;
            let archive = archive_store.path(id, version);
            add(archive.strip_prefix(registry).unwrap_or(&archive).to_owned())?;
        }
        Ok(Addition { new, findings, files })
    }
}

/// Returns the sources that own names in the index of a folder.
pub fn recorded_owners(index: &Utf8Path) -> Result<Vec<String>, BuildError> {
    let loaded = Store::at(index).load_known(&mut KnownIndex::default())?;
    Ok(loaded.histories.owners().map(|(_, owner)| owner.to_owned()).collect())
}
