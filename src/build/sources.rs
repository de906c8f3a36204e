//! Reads every source into candidates.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::archived::Archived;
use super::checking::Setting;
use super::known::{Done, Known};
use super::leaks;
use crate::config::{Config, SourceConfig, Visibility};
use crate::diag::{self, Diagnostic, Sink};
use crate::ecosystem::Provided;
use crate::pack::Memo;
use crate::pack::above::LicenseAbove;
use crate::progress::Progress;
use crate::release::candidates::{Reader, SourceReading, Wanted, Work, read_source};
use crate::release::open::{OpenSource, identity};
use crate::release::{Candidate, Stage};
use crate::source::{SOURCE_UNAVAILABLE, SourceError};

/// Where a build happens.
pub(super) struct Place<'a> {
    /// The directory of `packyard.toml`.
    pub(super) root: &'a Utf8Path,
    /// The clone cache.
    pub(super) cache: &'a Utf8Path,
    /// What the program itself writes: no source of packs.
    pub(super) written: Vec<Utf8PathBuf>,
}

/// What all sources hold.
#[derive(Default)]
pub(super) struct Reading {
    /// Every pack at every revision, in the order of the sources, those of private ones last: a name that both have is the
    /// public one's.
    pub(super) candidates: Vec<Arc<Candidate>>,
    /// What is wrong beyond one pack.
    pub(super) findings: Vec<Diagnostic>,
    /// The identities of private sources that this build must not show.
    pub(super) hidden: BTreeSet<String>,
    /// The identities of private sources that take part.
    pub(super) private: BTreeSet<String>,
    /// The sources by identity, for content that was released and is not among the candidates any more.
    pub(super) opened: BTreeMap<String, OpenSource>,
    /// The licence files at the roots of sources as they are now, by the source's identity.
    pub(super) licenses: BTreeMap<String, LicenseAbove>,
    /// The sources that could not be read, by identity.
    pub(super) failures: Vec<(String, SourceError)>,
    /// What was learnt about files, for whoever reads more of them.
    pub(super) memo: Arc<Memo>,
    /// What leads from the configuration to a source, by the source's identity.
    pub(super) paths: BTreeMap<String, String>,
    /// The repositories, by identity, of which no path leads from the configuration to their files.
    pub(super) elsewhere: BTreeSet<String>,
    /// The names that everything together provides.
    pub(super) provided: Arc<Provided>,
    /// The recorded releases that no source has, with their content, as far as somebody said where they are recorded.
    pub(super) archived: Arc<Archived>,
}

impl Reading {
    /// Returns what the rules need that look beyond one pack.
    pub(super) fn setting<'a>(&'a self, config: &'a Config) -> Setting<'a> {
        let Self { hidden, private, opened, licenses, memo, paths, elsewhere, .. } = self;
        Setting { memo, config, private, paths, elsewhere, hidden, licenses, opened }
    }

    /// Returns the candidates of public and of private sources.
    pub(super) fn by_visibility(&self) -> [&[Arc<Candidate>]; 2] {
        let is_public = |candidate: &Arc<Candidate>| !self.private.contains(&candidate.source.repository);
        let (public, private) = self.candidates.split_at(self.candidates.partition_point(is_public));
        [public, private]
    }

    /// Returns how many packs there are in the present state.
    pub(super) fn packs(&self) -> usize {
        let key = |candidate: &Arc<Candidate>| (candidate.source.repository.clone(), candidate.source.path.clone());
        self.candidates.iter().filter(|c| c.stage != Stage::Released).map(key).collect::<BTreeSet<_>>().len()
    }
}

/// Reads the configured sources, or the root directory when none is configured, as far as they are not `known`.
///
/// `[lints]` has had its say about the findings of each candidate, before anything is decided by them.
///
/// `saved` are the absolute paths of everything that changed since the last reading with the same `known`; nothing when
/// nobody knows, and everything has to be looked at.
pub(super) fn read(
    config: &Config,
    place: &Place<'_>,
    wanted: Wanted,
    private: bool,
    known: &mut Known,
    saved: Option<&[Utf8PathBuf]>,
    progress: &dyn Progress,
) -> Reading {
    let all = configured(config);
    let hidden = all.iter().filter(|source| is_hidden(source, private)).map(identity).collect();
    let sources: Vec<&SourceConfig> = all.iter().filter(|source| !is_hidden(source, private)).collect();
    let keys = known.prepare(config, place, wanted, &sources);
    let (memo, work) = (Arc::clone(&known.memo), Work::default());
    let reader = Reader {
        root: place.root,
        cache: place.cache,
        written: &place.written,
        memo: &memo,
        forgets: !known.is_lasting,
        limits: config.limits.files(),
        yaml_limits: config.limits.yaml(),
        wanted,
        work: &work,
    };

    progress.stage("Reading", Some(sources.len() as u64));
    let readings: Vec<Result<SourceReading, SourceError>> = sources
        .par_iter()
        .zip(&keys)
        .with_max_len(1)
        .map(|(source, key)| {
            // Each source has a key of its own, so nobody waits here.
            let mut known = known.sources[key].lock().expect("no panic while locked");
            let reading = read_source(source, &reader, &mut known, saved);
            progress.tick(1);
            reading
        })
        .collect();

    let mut reading = Reading { hidden, memo: Arc::clone(&memo), ..Reading::default() };
    for (source, read) in sources.into_iter().zip(readings) {
        match read {
            Ok(mut read) => {
                if let Some(path) = shown_path(source) {
                    read.findings.iter_mut().for_each(|finding| finding.put_below(path));
                    reading.paths.insert(read.identity.clone(), path.to_owned());
                } else if is_elsewhere(source) {
                    read.findings.iter_mut().for_each(|finding| finding.source = Some(read.identity.clone()));
                    reading.elsewhere.insert(read.identity.clone());
                }
                if let Some(license) = read.source.license() {
                    reading.licenses.entry(read.identity.clone()).or_insert(license);
                }
                reading.opened.entry(read.identity).or_insert(read.source);
                reading.candidates.extend(read.candidates);
                reading.findings.extend(read.findings);
            }
            Err(error) => reading.failures.push((identity(source), error)),
        }
    }
    reading.private = all.iter().filter(|source| is_private(source) && private).map(identity).collect();
    let candidates = std::mem::take(&mut reading.candidates);
    reading.candidates = known.checks.finish(candidates, &reading.setting(config), &work);
    (reading.provided, reading.archived) = known.checks.provided();
    let of = &reading.private;
    reading.candidates.sort_by_key(|candidate| of.contains(&candidate.source.repository));
    reading.findings.extend(leaks::of(&reading.candidates, of, &reading.paths, &memo));
    let Work { files_opened, packs_read, directories_scanned, uncertain } = work;
    let done = Done {
        files_opened: files_opened.into_inner(),
        packs_read: packs_read.into_inner(),
        directories_scanned: directories_scanned.into_inner(),
    };
    known.finish(uncertain.into_inner(), done);
    reading
}

/// Returns the configured sources, or the root directory when none is configured.
pub(super) fn configured(config: &Config) -> Cow<'_, [SourceConfig]> {
    if config.sources.is_empty() {
        vec![SourceConfig { path: Some(".".into()), ..SourceConfig::default() }].into()
    } else {
        config.sources.as_slice().into()
    }
}

/// Tells whether a source takes no part, because it is private and the build is not.
pub(super) fn is_hidden(source: &SourceConfig, private: bool) -> bool {
    !private && is_private(source)
}

fn is_private(source: &SourceConfig) -> bool {
    source.visibility == Visibility::Private
}

/// Reports sources that could not be read: their recorded releases stay, the other sources go on.
pub(super) fn failures(failures: &[(String, SourceError)]) -> Vec<Diagnostic> {
    let mut sink = Sink::new();
    for (identity, error) in failures {
        sink.report(SOURCE_UNAVAILABLE, diag::Place::file(identity.as_str()), diag::chain(error))
            .help("what was recorded from it stays published; nothing new was read");
    }
    sink.finish()
}

/// Returns the path that leads from the configuration to a directory, as an editor or a forge wants it in front of a file.
fn shown_path(source: &SourceConfig) -> Option<&str> {
    let path = source.path.as_deref().filter(|_| source.repository.is_none())?.as_str().trim_end_matches('/');
    (path != ".").then_some(path)
}

/// Tells whether a source is a repository that is not checked out here: its files have paths in it and nowhere else.
fn is_elsewhere(source: &SourceConfig) -> bool {
    source.git.is_some()
}

/// Gives findings of a pack their place in the source, and the revision they belong to.
pub(super) fn located(mut findings: Vec<Diagnostic>, directory: &str, revision: Option<&str>) -> Vec<Diagnostic> {
    for finding in &mut findings {
        finding.put_below(directory);
        finding.revision = revision.map(str::to_owned);
    }
    findings
}
