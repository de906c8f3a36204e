//! The pipeline in memory: what a build would make, with drafts, and nothing is recorded or written.
//!
//! 1. Sources are read as for a build; where a pack is broken, `standing` lets its last good state stand in for it.
//! 2. `drafts` adds to the histories, in memory only, what a build would record, then what is present and not released.
//! 3. Histories are joined with content, files are planned and made, exactly as for a build.
//!
//! In: a configuration, and what an earlier preview left. Out: [`Previewed`], the bytes of every file. A failure leaves
//! whoever shows the preview with the one before.

mod drafts;
mod packs;
mod standing;
mod unchanged;
mod watched;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

pub use watched::Watched;

use super::{Assembly, BuildError, Known, sources};
use crate::catalog;
use crate::config::Config;
use crate::diag::{Diagnostic, Severity};
use crate::ecosystem::Records;
use crate::ident::PackId;
use crate::index::archives::ArchiveStore;
use crate::index::{RELEASE_CONTENT_CHANGED, TAG_MOVED};
use crate::progress::Progress;
use crate::release::candidates::Wanted;
use packs::Packs;
use standing::Standing;
use unchanged::{KnownIndex, KnownTemplates};

/// What a preview is asked to show.
#[derive(Debug, Clone)]
pub struct PreviewOptions {
    /// The directory of `packyard.toml`.
    pub root: Utf8PathBuf,
    /// Where builds write the registry: no pack is looked for there.
    pub out: Utf8PathBuf,
    /// Where the preview is served, in place of the registry's own address: a client that follows links stays here.
    pub url: String,
    /// Whether private sources take part.
    pub private: bool,
    /// The time that dates drafts; the same for all rebuilds, so that pages change by their content only.
    pub now: Timestamp,
    /// A folder of templates that replace built-in ones, in place of the configured one.
    pub templates: Option<Utf8PathBuf>,
    /// Where clones of remote repositories are kept.
    pub cache: Utf8PathBuf,
}

/// A registry that is built again and again, in memory.
#[derive(Debug)]
pub struct Preview {
    options: PreviewOptions,
    archives: Option<ArchiveStore>,
    templates: KnownTemplates,
    assembly: Assembly,
    packs: Packs,
    index: KnownIndex,
    standing: Standing,
    /// What earlier builds read.
    known: Known,
    /// Remote repositories that were fetched, by URL: they are not fetched again for every save.
    fetched: BTreeMap<String, Utf8PathBuf>,
}

/// What a preview shows.
#[derive(Debug)]
pub struct Previewed {
    /// Where the archives are, those of drafts among them.
    pub archives: ArchiveStore,
    /// The mistakes that keep something from being shown as it is now.
    pub problems: Vec<Problem>,
    /// Packs in the preview.
    pub packs: usize,
    /// Releases in the preview, without drafts.
    pub releases: usize,
    /// What is present and not released.
    pub drafts: usize,
    /// What the preview was made from.
    pub watched: Watched,
}

/// A mistake, and the pack that has it, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The pack.
    pub pack: Option<PackId>,
    /// What is wrong.
    pub finding: Diagnostic,
}

impl Preview {
    /// Returns a preview of nothing yet.
    pub fn new(options: PreviewOptions) -> Self {
        Self {
            options,
            archives: None,
            templates: KnownTemplates::default(),
            assembly: Assembly::default(),
            packs: Packs::default(),
            index: KnownIndex::default(),
            standing: Standing::default(),
            known: Known::lasting(),
            fetched: BTreeMap::new(),
        }
    }

    /// Forgets what is known of earlier builds.
    pub fn forget(&mut self) {
        *self = Self::new(self.options.clone());
    }

    /// Returns the directory of `packyard.toml`.
    pub fn root(&self) -> &Utf8Path {
        &self.options.root
    }

    /// Returns everything that the registry consists of, as it was built last.
    pub fn assembly(&self) -> &Assembly {
        &self.assembly
    }

    /// Returns what a preview of this configuration is made from.
    pub fn watched(&self, config: &Config) -> Watched {
        Watched::configured(config, &self.options)
    }

    /// Builds the registry as it is now.
    ///
    /// `saved` are the absolute paths of everything that changed since it was built last; nothing when nobody knows, and
    /// everything has to be looked at.
    pub fn build(
        &mut self,
        config: &Config,
        saved: Option<&[Utf8PathBuf]>,
        progress: &dyn Progress,
    ) -> Result<Previewed, BuildError> {
        let watched = self.watched(config);
        let mut config = config.of_build(self.options.private);
        config.registry.url = Some(self.options.url.clone());
        config.feeds.of_preview = true;
        watched::use_copies(&mut config, &self.fetched);
        let (levels, options) = (config.levels(), &self.options);
        let templates = self.templates.read(&config, options, saved)?;

        let mut written = super::written(&config, &options.root);
        written.push(options.out.clone());
        let place = sources::Place { root: &options.root, cache: &options.cache, written };
        let index = self.index.read(options.root.join(&config.registry.index), saved)?;
        let (wanted, known) = (Wanted::Everything, &mut self.known);
        let records: Arc<dyn Records> = Arc::clone(&index.histories) as _;
        let archives = store(&mut self.archives, options.root.join(&config.registry.archives));
        known.checks.records = Some(records);
        known.checks.indexes = vec![(Arc::clone(&index.histories) as _, archives.clone())];
        let mut reading = sources::read(&config, &place, wanted, options.private, known, saved, progress);
        watched::note_copies(&config, &reading, &mut self.fetched);

        let mut problems = self.standing.stand_in(&mut reading);
        let mut findings = std::mem::take(&mut reading.findings);
        findings.extend(sources::failures(&reading.failures));
        findings.extend(templates.findings().iter().cloned());
        findings.extend(index.findings.iter().cloned());
        let is_broken = |id: &PackId| index.broken.contains(id);
        reading.candidates.retain(|candidate| !candidate.pack.as_ref().is_some_and(|pack| is_broken(&pack.id)));

        progress.stage("Joining", None);
        let naming = &index.naming;
        let setting = packs::Setting { config: &config, archives: &archives, naming, now: options.now };
        let (packs, found) = self.packs.join(&reading, &index.histories, &setting)?;
        findings.extend(found);
        let catalog = Arc::new(catalog::join(&config, packs));
        progress.stage("Planning pages", None);
        self.assembly.update(&catalog, &templates, &config);
        findings.extend(self.assembly.findings.iter().cloned());

        levels.apply(&mut findings);
        findings.retain(is_problem);
        problems.extend(findings.into_iter().map(|finding| Problem { pack: None, finding }));
        problems.sort_by_key(|problem| problem.finding.place.path.clone());
        problems.dedup();
        let releases = catalog.packs.values().flat_map(|pack| &pack.releases);
        let (drafts, releases): (Vec<_>, Vec<_>) = releases.partition(|release| release.status.draft);
        let (packs, releases, drafts) = (catalog.packs.len(), releases.len(), drafts.len());
        Ok(Previewed { archives, problems, packs, releases, drafts, watched })
    }
}

/// Tells whether a finding is a mistake that its author wants to hear of at once.
///
/// That a release has other content now is what a draft is; a tag that moved is no work in progress.
fn is_problem(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && ![RELEASE_CONTENT_CHANGED, TAG_MOVED].contains(&finding.code)
}

/// Returns the store that keeps archives in memory; a new one when the configured folder is another.
fn store(store: &mut Option<ArchiveStore>, root: Utf8PathBuf) -> ArchiveStore {
    match store {
        Some(store) if store.root() == root => store.clone(),
        _ => store.insert(ArchiveStore::preview_of(root)).clone(),
    }
}
