//! Reads every source into candidates.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::BuildError;
use crate::config::{Config, SourceConfig, Visibility};
use crate::diag::{Diagnostic, Levels, Sink};
use crate::ecosystem::Names;
use crate::pack::{Memo, PackTree};
use crate::progress::Progress;
use crate::release::candidates::{OpenSource, Reader, SourceReading, Wanted, read_source};
use crate::release::{Candidate, Stage};

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
pub(super) struct Reading {
    /// Every pack at every revision, in the order of the sources.
    pub(super) candidates: Vec<Candidate>,
    /// What is wrong beyond one pack.
    pub(super) findings: Vec<Diagnostic>,
    /// The sources that only private builds show.
    pub(super) private: BTreeSet<String>,
    /// The sources by identity, for content that was released and is not among the candidates any more.
    pub(super) sources: BTreeMap<String, OpenSource>,
    /// What was learnt about files, for whoever reads more of them.
    pub(super) memo: Memo,
}

impl Reading {
    /// Returns how many packs there are in the present state.
    pub(super) fn packs(&self) -> usize {
        let key = |candidate: &Candidate| (candidate.source.repository.clone(), candidate.source.path.clone());
        self.candidates.iter().filter(|c| c.stage != Stage::Released).map(key).collect::<BTreeSet<_>>().len()
    }
}

/// Reads the configured sources, or the root directory when none is configured.
pub(super) fn read(
    config: &Config,
    place: &Place<'_>,
    wanted: Wanted,
    private: bool,
    progress: &dyn Progress,
) -> Result<Reading, BuildError> {
    let memo = Memo::new();
    let reader = Reader {
        root: place.root,
        cache: place.cache,
        written: &place.written,
        memo: &memo,
        limits: config.limits.files(),
        yaml_limits: config.limits.yaml(),
        wanted,
    };
    let default = [SourceConfig { path: Some(".".into()), ..SourceConfig::default() }];
    let sources = if config.sources.is_empty() { &default[..] } else { &config.sources };
    let shown = |source: &&SourceConfig| private || source.visibility == Visibility::Public;
    let sources: Vec<&SourceConfig> = sources.iter().filter(shown).collect();

    progress.stage("Reading", Some(sources.len() as u64));
    let readings: Vec<SourceReading> = sources
        .par_iter()
        .map(|source| {
            let reading = read_source(source, &reader)?;
            progress.tick(1);
            Ok(reading)
        })
        .collect::<Result<_, BuildError>>()?;

    let mut private_sources = BTreeSet::new();
    let mut opened = BTreeMap::new();
    let (mut candidates, mut findings) = (Vec::new(), Vec::new());
    for (source, reading) in sources.iter().zip(readings) {
        if source.visibility == Visibility::Private {
            private_sources.insert(reading.identity.clone());
        }
        opened.entry(reading.identity).or_insert(reading.source);
        candidates.extend(reading.candidates);
        findings.extend(reading.findings);
    }
    check_references(&mut candidates, &memo, config);
    Ok(Reading { candidates, findings, private: private_sources, sources: opened, memo })
}

/// Applies `[lints]` to what was found in each candidate, before anything is decided by it.
pub(super) fn apply_levels(reading: &mut Reading, levels: &Levels) {
    for candidate in &mut reading.candidates {
        levels.apply(&mut candidate.findings);
    }
}

/// Checks every candidate against the names that the catalog provides, and whether it can be archived.
fn check_references(candidates: &mut [Candidate], memo: &Memo, config: &Config) {
    let mut names = Names::default();
    for pack in candidates.iter().filter_map(|candidate| candidate.pack.as_deref()) {
        names.add(pack);
    }
    candidates.par_iter_mut().for_each(|candidate| {
        let Some(pack) = &candidate.pack else { return };
        let tree = PackTree {
            snapshot: &candidate.snapshot,
            memo,
            directory: candidate.source.path.rsplit('/').next().filter(|name| !name.is_empty()),
            yaml_limits: config.limits.yaml(),
        };
        let mut sink = Sink::new();
        candidate.ecosystem.check_references(pack, &tree, &names, &mut sink);
        let paths = candidate.snapshot.files().iter().map(|entry| &entry.path);
        sink.extend(crate::content::archive::check(pack.id.name.as_str(), paths));
        let source = &candidate.source;
        let revision = (candidate.stage == Stage::Released).then(|| source.tag.as_deref().or(source.commit.as_deref()));
        let found = located(sink.finish(), &source.path, revision.flatten());
        candidate.findings.extend(found);
    });
}

/// Gives findings of a pack their place in the source, and the revision they belong to.
pub(super) fn located(mut findings: Vec<Diagnostic>, directory: &str, revision: Option<&str>) -> Vec<Diagnostic> {
    for finding in &mut findings {
        let places = std::iter::once(&mut finding.place).chain(finding.related.iter_mut().map(|(_, place)| place));
        for place in places.filter(|_| !directory.is_empty()) {
            place.path = format!("{directory}/{}", place.path);
        }
        finding.revision = revision.map(str::to_owned);
    }
    findings
}
