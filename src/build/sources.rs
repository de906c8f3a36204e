//! Reads every source into candidates.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use crate::config::{Config, SourceConfig, Visibility};
use crate::diag::{self, Diagnostic, Levels, Sink};
use crate::ecosystem::Names;
use crate::ident::RelPath;
use crate::pack::{DOCUMENT_TOO_LARGE, Memo, PackTree};
use crate::progress::Progress;
use crate::release::candidates::{Reader, SourceReading, Wanted, read_source};
use crate::release::open::{OpenSource, identity};
use crate::release::{Candidate, Stage};
use crate::site::markdown;
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
    /// Every pack at every revision, in the order of the sources.
    pub(super) candidates: Vec<Candidate>,
    /// What is wrong beyond one pack.
    pub(super) findings: Vec<Diagnostic>,
    /// The identities of private sources that this build must not show.
    pub(super) hidden: BTreeSet<String>,
    /// The sources by identity, for content that was released and is not among the candidates any more.
    pub(super) opened: BTreeMap<String, OpenSource>,
    /// The sources that could not be read, by identity.
    pub(super) failures: Vec<(String, SourceError)>,
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
) -> Reading {
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
    let is_private = |source: &&SourceConfig| source.visibility == Visibility::Private;
    let hidden = sources.iter().filter(|source| !private && is_private(source)).map(identity).collect();
    let sources: Vec<&SourceConfig> = sources.iter().filter(|source| private || !is_private(source)).collect();

    progress.stage("Reading", Some(sources.len() as u64));
    let readings: Vec<Result<SourceReading, SourceError>> = sources
        .par_iter()
        .with_max_len(1)
        .map(|source| {
            let reading = read_source(source, &reader);
            progress.tick(1);
            reading
        })
        .collect();

    let mut reading = Reading { hidden, memo: Memo::new(), ..Reading::default() };
    let mut paths = BTreeMap::new();
    for (source, read) in sources.into_iter().zip(readings) {
        match read {
            Ok(mut read) => {
                if let Some(path) = shown_path(source) {
                    read.findings.iter_mut().for_each(|finding| finding.put_below(path));
                    paths.insert(read.identity.clone(), path);
                }
                reading.opened.entry(read.identity).or_insert(read.source);
                reading.candidates.extend(read.candidates);
                reading.findings.extend(read.findings);
            }
            Err(error) => reading.failures.push((identity(source), error)),
        }
    }
    reading.memo = memo;
    check_references(&mut reading.candidates, &reading.memo, config);
    for candidate in &mut reading.candidates {
        if let Some(path) = paths.get(&candidate.source.repository) {
            candidate.findings.iter_mut().for_each(|finding| finding.put_below(path));
        }
    }
    reading
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
        for path in pack.readme.iter().chain(&pack.changelog) {
            check_document(&tree, path, &mut sink);
        }
        let source = &candidate.source;
        let commit = source.commit.as_deref().map(|id| id.get(..10).unwrap_or(id));
        let revision = source.tag.as_deref().or(commit).filter(|_| candidate.stage == Stage::Released);
        let found = located(sink.finish(), &source.path, revision);
        candidate.findings.extend(found);
    });
}

/// Reports a document that the website shows as plain text only.
fn check_document(tree: &PackTree<'_>, path: &RelPath, sink: &mut Sink) {
    let Some(entry) = tree.get(path.as_str()) else { return };
    let rendered = tree.memo.get_or_insert(entry.blob, "document", || {
        tree.text(entry, markdown::MAX_BYTES as u64).is_some_and(|text| markdown::is_within_bounds(&text))
    });
    if !*rendered {
        let message = format!("`{path}` is too large, nested too deeply or not UTF-8: it is not rendered");
        sink.report(DOCUMENT_TOO_LARGE, diag::Place::file(path.as_str()), message)
            .help("split it, or nest its lists, quotes and tags less deeply");
    }
}

/// Gives findings of a pack their place in the source, and the revision they belong to.
pub(super) fn located(mut findings: Vec<Diagnostic>, directory: &str, revision: Option<&str>) -> Vec<Diagnostic> {
    for finding in &mut findings {
        finding.put_below(directory);
        finding.revision = revision.map(str::to_owned);
    }
    findings
}
