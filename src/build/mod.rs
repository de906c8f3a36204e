//! The pipeline: from a configuration to a registry.
//!
//! 1. `sources` reads every source into candidates, `checking` checks what refers beyond one pack; [`Known`] is what the
//!    next reading need not do again.
//! 2. `planning` decides what is new and refuses what must not be, `tripwires` look at sources that are not what they were; `recording` writes archives, then the index. `shelves` are
//!    the indexes: that of public packs, and with `--private` that of private ones.
//! 3. `joining` finds the content of every recorded release: among the candidates, else in the archive store (`archived`).
//! 4. `assembling` plans the units of which the registry consists; [`crate::output`] writes what changed.
//! 5. `memory` keeps what was learnt for the next build; `finished` tells whether that has anything to do at all.
//!
//! [`build`] runs all of it, [`check`] the first step only, [`Preview`] all of it without recording or writing anything. [`diff()`] compares
//! two recorded releases; `understating` holds the version of a new one against what changed.

mod against;
mod archived;
mod assembling;
mod checking;
mod diff;
mod finished;
mod joining;
mod known;
mod leaks;
mod memory;
mod planning;
mod preview;
mod recorded;
mod recording;
mod seen;
mod shelves;
mod sources;
mod submission;
mod tripwires;
mod understating;

use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rayon::prelude::*;

pub use against::{Gate, check_against};
pub use assembling::{Assembly, PackUnits};
pub use diff::{DiffError, DiffOptions, diff};
pub use known::{Done, Known};
pub use preview::{Preview, PreviewOptions, Previewed, Problem, Watched};
pub use submission::{Addition, Submission, recorded_owners};

use crate::config::{Config, Registry, Visibility};
use crate::diag::{self, Diagnostic, Severity, Sink};
use crate::ident::{PackId, Version};
pub use crate::index::archives::ArchiveStore;
use crate::index::histories::Histories;
use crate::index::known::KnownIndex;
use crate::index::naming::NameRules;
use crate::output::{self, Written};
use crate::progress::Progress;
use crate::release::Stage;
use crate::release::candidates::Wanted;
use crate::site;
use memory::{Learnt, Memory};
use recorded::Recorded;
use shelves::Shelves;
use understating::Understated;

/// How long a build waits for another one that records into the same index.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a build is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory of `packyard.toml`; relative paths in the configuration start here.
    pub root: Utf8PathBuf,
    /// Where the registry is written.
    pub out: Utf8PathBuf,
    /// Whether nothing new is recorded.
    pub locked: bool,
    /// Whether an error in any pack stops the build before anything is written.
    pub strict: bool,
    /// Whether private sources take part.
    pub private: bool,
    /// The time that dates releases of plain directories, which nothing else dates.
    pub now: Timestamp,
    /// A folder of templates that replace built-in ones, in place of the configured one.
    pub templates: Option<Utf8PathBuf>,
    /// Where clones of remote repositories are kept.
    pub cache: Utf8PathBuf,
    /// Where what a build learns is kept for the next one, such as [`CACHE_FOLDER`]; nothing to learn and remember nothing.
    pub build_cache: Option<Utf8PathBuf>,
}

/// The folder beside the registry where builds keep what they learn, unless somebody says otherwise.
pub const CACHE_FOLDER: &str = ".packyard-cache";

/// What a check is asked to do.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// The directory of `packyard.toml`.
    pub root: Utf8PathBuf,
    /// Directories to check instead of the configured sources.
    pub paths: Vec<Utf8PathBuf>,
    /// Whether releases are checked too, not only the present state.
    pub all: bool,
    /// Where clones of remote repositories are kept.
    pub cache: Utf8PathBuf,
}

/// What a build did.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong with the present state of the packs, and what was refused: these decide the exit code.
    pub findings: Vec<Diagnostic>,
    /// What is wrong with releases, by the rules of today: nobody can mend them.
    pub historical: Vec<Diagnostic>,
    /// Packs in the registry.
    pub packs: usize,
    /// Releases in the registry.
    pub releases: usize,
    /// What was recorded.
    pub new_releases: Vec<(PackId, Version)>,
    /// What was written; `None` when `strict` stopped the build.
    pub written: Option<Written>,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Everything that is wrong.
    pub findings: Vec<Diagnostic>,
    /// How many packs were looked at.
    pub packs: usize,
}

/// Reports what stopped a build: the machine, never a pack.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A source could not be read.
    #[error(transparent)]
    Source(#[from] crate::source::SourceError),
    /// The registry index could not be read or written.
    #[error(transparent)]
    Index(#[from] crate::index::store::StoreError),
    /// The archive store could not be read or written.
    #[error(transparent)]
    Archives(#[from] crate::index::archives::ArchiveStoreError),
    /// A template is wrong.
    #[error(transparent)]
    Templates(#[from] site::TemplateError),
    /// The registry could not be written.
    #[error(transparent)]
    Output(#[from] output::OutputError),
    /// Git could not tell what an older revision holds.
    #[error("cannot read `{path}` at revision `{revision}`: {reason}")]
    Revision {
        /// What was to be read.
        path: Utf8PathBuf,
        /// The revision.
        revision: String,
        /// What git says.
        reason: String,
    },
}

impl BuildError {
    /// Tells whether the owner's part of the site is at fault: a template, or what `[site]` names.
    pub fn is_of_templates(&self) -> bool {
        matches!(self, Self::Templates(_) | Self::Output(output::OutputError::Render(_)))
    }
}

/// Builds a registry: records what is new, and writes what changed.
///
/// One bad pack stops only itself: it is among the findings, and its recorded releases stay published.
pub fn build(config: &Config, options: &Options, progress: &dyn Progress) -> Result<Report, BuildError> {
    let config = &config.of_build(options.private);
    let mut memory = Memory::open(config, options, progress);
    if let Some(report) = memory.unchanged() {
        return Ok(report);
    }
    let levels = config.levels();
    let templates = templates(config, &options.root, options.templates.as_deref())?;
    let place = place(config, options);
    let mut known = memory.known();
    let folders = visibilities(options.private).map(|of| options.root.join(&config.registry.folders(of)[0]));
    let (records, looked) = Recorded::load(folders.map(|folder| (folder.clone(), memory.index(&folder))))?;
    let archives = visibilities(options.private).map(|of| options.root.join(&config.registry.folders(of)[1]));
    known.checks.indexes = records.with_archives(archives);
    known.checks.records = Some(records);
    let mut reading = sources::read(config, &place, Wanted::Everything, options.private, &mut known, None, progress);

    let mut findings = std::mem::take(&mut reading.findings);
    findings.extend(sources::failures(&reading.failures));
    findings.extend(templates.findings().iter().cloned());
    let mut shelves = Shelves::open(config, &options.root, options.private, looked, &mut findings, progress)?;
    progress.stage("Planning", None);
    reading.candidates.retain(|candidate| !candidate.pack.as_ref().is_some_and(|pack| shelves.is_broken(&pack.id)));
    let planned = shelves.plan(&reading, options.now)?;
    findings.extend(planned.iter().flat_map(|plan| plan.findings.iter().cloned()));
    let mut historical = Vec::new();
    for candidate in &reading.candidates {
        let list = if candidate.stage == Stage::Released { &mut historical } else { &mut findings };
        list.extend(candidate.findings.iter().cloned());
    }
    let mut once =
        if options.locked { Understated::default() } else { shelves.understated(&planned, config, &reading)? };
    levels.apply(&mut findings);
    levels.apply(&mut once.news);
    levels.apply(&mut once.historical);
    let has_errors = findings.iter().chain(&once.news).any(|finding| finding.severity == Severity::Error);
    if options.strict && has_errors {
        findings.append(&mut once.news);
        diag::sort(&mut findings);
        diag::sort(&mut historical);
        return Ok(Report { findings, historical, packs: reading.packs(), ..Report::default() });
    }

    let mut new_releases = Vec::new();
    if !options.locked {
        let mut refused = Sink::new();
        new_releases = shelves.record(&planned, config, progress, &mut refused)?;
        findings.extend(refused.finish());
    }
    drop(planned);
    memory.keep_known(known, progress);

    let mut sink = Sink::new();
    let packs = shelves.join(config, &reading, progress, &mut sink)?;
    let (indexes, guards) = shelves.into_known();
    drop(reading);
    let catalog = Arc::new(crate::catalog::join(config, packs));
    let mut assembly = Assembly::default();
    assembly.update(&catalog, &templates, config);
    findings.extend(assembly.findings.iter().cloned());
    let units: Vec<_> = assembly.units().cloned().collect();
    // What only an update would need.
    drop(assembly);
    let before = memory.record();
    let (written, left) = output::write_site(&options.out, units, &before, progress)?;
    findings.extend(sink.finish());
    levels.apply(&mut findings);
    diag::sort(&mut findings);
    diag::sort(&mut historical);
    let mut report = Report {
        findings,
        historical,
        packs: catalog.packs.len(),
        releases: catalog.packs.values().map(|pack| pack.releases.len()).sum(),
        new_releases,
        written: Some(written),
    };
    // The catalog is large, and what is left to do is about files. By all threads, because it is millions of values.
    Arc::into_inner(catalog).into_par_iter().flat_map(|catalog| catalog.packs).for_each(drop);
    memory.keep(Learnt { indexes, left, before, report: &report }, progress)?;
    // Said once, when a release is recorded: the next build has nothing to say of it, whatever it remembers.
    report.findings.append(&mut once.news);
    report.historical.append(&mut once.historical);
    diag::sort(&mut report.findings);
    diag::sort(&mut report.historical);
    // Until here, so that a build which recorded less cannot write its registry over that of one which recorded more.
    drop(guards);
    Ok(report)
}

/// Returns where a build happens.
fn place<'a>(config: &Config, options: &'a Options) -> sources::Place<'a> {
    let mut written = written(config, &options.root);
    written.extend([options.out.clone()]);
    written.extend(options.build_cache.clone());
    sources::Place { root: &options.root, cache: &options.cache, written }
}

/// Returns what the registry index calls the sources of a configuration.
pub fn source_names(config: &Config) -> Vec<String> {
    sources::configured(config).iter().map(crate::release::open::identity).collect()
}

/// Returns which packs take part in a build.
fn visibilities(private: bool) -> impl Iterator<Item = Visibility> {
    std::iter::once(Visibility::Public).chain(private.then_some(Visibility::Private))
}

/// Returns the folders that builds write to besides the registry itself.
fn written(config: &Config, root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Registry { index, archives, private, .. } = &config.registry;
    let folders = [index, archives, private].map(|folder| root.join(folder));
    folders.into_iter().chain([root.join(CACHE_FOLDER)]).collect()
}

/// Returns the folders and files that `[site]` names.
fn themed(config: &Config, root: &Utf8Path) -> impl Iterator<Item = Utf8PathBuf> {
    let paths = [&config.site.logo, &config.site.docs];
    paths.into_iter().flatten().map(|path| root.join(path)).collect::<Vec<_>>().into_iter()
}

/// Returns the templates: the given folder's, else the configured folder's, in front of the built-in ones; with the theme of
/// the configuration.
fn templates(
    config: &Config,
    root: &Utf8Path,
    folder: Option<&Utf8Path>,
) -> Result<Arc<site::Templates>, site::TemplateError> {
    let configured = config.registry.templates.as_ref().map(|folder| root.join(folder));
    let folder = folder.map(Utf8Path::to_owned).or(configured);
    let theme = site::Theme::load(&config.site, root)?;
    site::Templates::load(folder.as_deref(), theme).map(Arc::new)
}

/// Checks packs without publishing anything.
pub fn check(config: &Config, options: &CheckOptions, progress: &dyn Progress) -> Result<CheckReport, BuildError> {
    let levels = config.levels();
    let config = if options.paths.is_empty() { config.clone() } else { config.with_paths(&options.paths) };
    let wanted = if options.all { Wanted::Everything } else { Wanted::Drafts };
    let place = sources::Place { root: &options.root, cache: &options.cache, written: written(&config, &options.root) };
    let folders =
        visibilities(true).map(|of| (options.root.join(&config.registry.folders(of)[0]), KnownIndex::default()));
    let (records, looked) = Recorded::load(folders)?;
    let mut known = Known::default();
    known.checks.records = Some(records);
    let mut reading = sources::read(&config, &place, wanted, true, &mut known, None, progress);
    // Somebody who asks for a check wants to know at once that there is nothing to check.
    if let Some((_, error)) = std::mem::take(&mut reading.failures).into_iter().next() {
        return Err(error.into());
    }
    let packs = reading.packs();
    let mut findings = std::mem::take(&mut reading.findings);
    findings.extend(if options.paths.is_empty() {
        shelves::refused(&config, &options.root, looked, &reading)?
    } else {
        // A directory that is named by itself is none of the sources that own names.
        let (none, anybody) = (Histories::default(), NameRules::default());
        planning::plan(&none, &[], &anybody, &reading.candidates, Timestamp::UNIX_EPOCH)?.findings
    });
    findings.extend(reading.candidates.iter().flat_map(|candidate| candidate.findings.iter().cloned()));
    findings.extend(understating::of_drafts(&config, &options.root, &reading)?);
    levels.apply(&mut findings);
    diag::sort(&mut findings);
    Ok(CheckReport { findings, packs })
}
