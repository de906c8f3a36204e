//! Reads a whole source: its drafts and its releases.
//!
//! | source | releases | draft |
//! |---|---|---|
//! | a `path` outside any repository | none; the present state is published as it is ([`Stage::Head`]) | |
//! | a `path` that a repository tracks | from the repository, below that path | the working directory |
//! | a `git` repository | from the repository | its newest commit |
//!
//! With `releases = "head"` the newest commit is published as it is, in place of releases.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::discover::{At, Found, Rules, Settled, TreeScan, scan_directory, settle};
use super::read::{Setting, read};
use super::{Candidate, NO_PACK, Stage, facts, history, tagged};
use crate::config::{Releases, SourceConfig};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{self, Ecosystem};
use crate::index::event::SourceFacts;
use crate::pack::Memo;
use crate::source::git::{self, Commit, FetchOptions, ObjectId, Repository};
use crate::source::{Limits, SHALLOW_CLONE, Snapshot, SourceError, worktree};
use crate::yaml;

/// What reading sources needs, the same for all of them.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The directory of `packyard.toml`: relative paths start here.
    pub root: &'a Utf8Path,
    /// The folder of the clone cache; made when it is needed.
    pub cache: &'a Utf8Path,
    /// Directories in which no pack is looked for, because the program writes them: output, index, archives.
    pub written: &'a [Utf8PathBuf],
    /// What is known about files by their content.
    pub memo: &'a Memo,
    /// Bounds of what one pack may hold.
    pub limits: Limits,
    /// Bounds of YAML files.
    pub yaml_limits: yaml::Limits,
    /// What is read.
    pub wanted: Wanted,
}

/// How much of a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The present state only, as `check` needs it.
    Drafts,
    /// The present state and every release, as `build` needs it.
    Everything,
}

/// Everything that was found in a source.
#[derive(Debug)]
pub struct SourceReading {
    /// What names the source: [`SourceFacts::repository`] of everything in it.
    pub identity: String,
    /// Its packs at their revisions: what is present first, then releases, each sorted by path and version.
    pub candidates: Vec<Candidate>,
    /// What is wrong with the source itself, not with one pack.
    pub findings: Vec<Diagnostic>,
    /// The source, for content that was released and is not among the candidates any more.
    pub source: OpenSource,
}

/// A source that can be read.
#[derive(Debug, Clone)]
pub struct OpenSource {
    /// What names it: see [`SourceReading::identity`].
    pub identity: String,
    /// The directory whose present state is the draft.
    directory: Option<Utf8PathBuf>,
    repository: Option<Below>,
}

/// A repository, or the part of it below a directory.
#[derive(Debug, Clone)]
pub(super) struct Below {
    pub(super) repository: Repository,
    /// The directory, empty for all of it.
    pub(super) prefix: String,
}

/// Opens a source and reads what is wanted of it.
///
/// What is wrong with packs, tags or paths is a finding; an error means that the source could not be read at all.
pub fn read_source(config: &SourceConfig, reader: &Reader<'_>) -> Result<SourceReading, SourceError> {
    read_source_as(config, reader, ecosystem::ALL)
}

/// Reads a source with a choice of ecosystems.
pub(super) fn read_source_as(
    config: &SourceConfig,
    reader: &Reader<'_>,
    ecosystems: &[&'static dyn Ecosystem],
) -> Result<SourceReading, SourceError> {
    let source = open_source(config, reader)?;
    let rules = Rules::new(config, ecosystems)?;
    let mut job = Job { source: &source, config, reader, rules: &rules, candidates: Vec::new(), sink: Sink::new() };
    match &source.repository {
        Some(below) => job.read_repository(below)?,
        None => {
            let directory = source.directory.as_deref().expect("a source is a directory or a repository");
            job.read_directory(directory, None, &BTreeMap::new(), Stage::Head)?;
        }
    }
    let (candidates, mut sink) = (job.candidates, job.sink);
    if candidates.is_empty() && sink.found().is_empty() {
        let names: Vec<&str> = rules.ecosystems.iter().flat_map(|ecosystem| ecosystem.manifests()).copied().collect();
        let names: Vec<&str> =
            names.iter().enumerate().filter(|(i, n)| !names[..*i].contains(n)).map(|(_, n)| *n).collect();
        sink.report(NO_PACK, Place::file(""), format!("no pack was found in `{}`", source.identity))
            .help(format!("a pack is a directory with a manifest: {}", names.join(", ")));
    }
    Ok(SourceReading { identity: source.identity.clone(), candidates, findings: sink.finish(), source })
}

/// Opens a source: finds the directory or repository, fetching what is remote.
pub fn open_source(config: &SourceConfig, reader: &Reader<'_>) -> Result<OpenSource, SourceError> {
    let public = config.repository.as_deref().map(git::without_credentials);
    if let Some(remote) = &config.git {
        let repository = if git::is_remote(remote) {
            git::fetch(remote, reader.cache, &FetchOptions::default())?
        } else {
            Repository::open(&reader.root.join(remote))?
        };
        let identity = public.unwrap_or_else(|| git::without_credentials(remote));
        let below = Below { repository, prefix: String::new() };
        return Ok(OpenSource { identity, directory: None, repository: Some(below) });
    }
    let written = config.path.clone().unwrap_or_else(|| ".".into());
    let directory = reader.root.join(&written);
    if !directory.is_dir() {
        return Err(SourceError::Missing(written));
    }
    let repository = Repository::enclosing(&directory)?.map(|(repository, prefix)| Below { repository, prefix });
    let identity = public.unwrap_or_else(|| written.to_string());
    Ok(OpenSource { identity, directory: Some(directory), repository })
}

impl OpenSource {
    /// Returns the content that the facts of a release name, when the source still has its objects.
    ///
    /// Objects of a deleted tag stay in a repository until it is cleaned up, so this is worth a try and no more.
    pub fn content_of(&self, facts: &SourceFacts, limits: &Limits) -> Option<Snapshot> {
        self.repository.as_ref()?.repository.snapshot_of_tree_id(facts.tree.as_deref()?, limits)
    }
}

/// A source while it is read.
pub(super) struct Job<'a> {
    pub(super) source: &'a OpenSource,
    pub(super) config: &'a SourceConfig,
    pub(super) reader: &'a Reader<'a>,
    pub(super) rules: &'a Rules,
    pub(super) candidates: Vec<Candidate>,
    pub(super) sink: Sink,
}

/// The ecosystem of each path in the newest state.
pub(super) type Usual = BTreeMap<String, &'static dyn Ecosystem>;

impl Job<'_> {
    /// Reads a directory as it is on disk.
    fn read_directory(
        &mut self,
        directory: &Utf8Path,
        below: Option<&Below>,
        usual: &Usual,
        stage: Stage,
    ) -> Result<(), SourceError> {
        let ignored = match below {
            Some(Below { repository, prefix }) => Some(repository.ignore_rules(directory, prefix)?),
            None => None,
        };
        let written: Vec<Utf8PathBuf> =
            self.reader.written.iter().filter_map(|path| Some(path.strip_prefix(directory).ok()?.to_owned())).collect();
        let left_out = |path: &str, is_directory: bool| {
            written.iter().any(|written| written == path)
                || ignored.as_ref().is_some_and(|ignored| ignored.leaves_out(path, is_directory))
        };
        let marked = scan_directory(directory, self.rules, &left_out);
        self.rules.near_misses(&marked, &mut self.sink);
        let found = self.rules.packs(&marked);
        let (reader, last) = (self.reader, self.source.last_segment(below));
        // A handle of git2 cannot be shared between threads, so the walk is not parallel; the reading is quick by then.
        let snapshots: BTreeMap<&str, _> = found
            .iter()
            .map(|found| {
                let inner = |path: &str, is_directory: bool| left_out(&joined(&found.path, path), is_directory);
                (found.path.as_str(), worktree::snapshot_without(&directory.join(&found.path), &reader.limits, &inner))
            })
            .collect();
        let snapshots = std::sync::Mutex::new(snapshots);
        let read = |found: &Found<String>| {
            let snapshot = snapshots.lock().expect("no panic while locked").remove(found.path.as_str());
            let setting = Setting {
                ecosystems: &found.ecosystems,
                usual: usual.get(&found.path).copied(),
                directory: found.path.rsplit('/').next().filter(|name| !name.is_empty()).or(last.as_deref()),
            };
            read(snapshot.expect("each directory is read once"), setting, reader)
        };
        let states = settle(std::slice::from_ref(&found), &mut Settled::new(), &read);
        for at in states.into_iter().flatten() {
            let facts = self.source.facts(&at.path, None, None, None);
            self.put(&at, facts, stage, None);
        }
        Ok(())
    }

    /// Adds a candidate of the present state, or its findings when it is none.
    fn put<K>(&mut self, at: &At<K>, facts: SourceFacts, stage: Stage, time: Option<jiff::Timestamp>) {
        match at.reading.candidate(&at.path, facts, stage, time, None) {
            Some(mut candidate) => {
                facts::repository_name(self.source, &mut candidate);
                self.candidates.push(candidate);
            }
            None => self.sink.extend(at.reading.findings_at(&at.path, None)),
        }
    }

    /// Reads a repository: what is present, then what is released.
    fn read_repository(&mut self, below: &Below) -> Result<(), SourceError> {
        let head = below.repository.head()?;
        let mut packs = Packs::new(below, self.rules, self.reader, self.source.last_segment(Some(below)));
        let present = match head {
            Some(head) => packs.at(&[below.repository.tree_at(head.tree, &below.prefix)?])?.remove(0),
            None => Vec::new(),
        };
        packs.usual = present.iter().filter_map(|at| Some((at.path.clone(), at.reading.ecosystem?))).collect();
        if let Some(directory) = &self.source.directory {
            self.read_directory(directory, Some(below), &packs.usual, Stage::Draft)?;
        }
        if let Some(head) = head {
            self.read_head(below, head, &present, &mut packs)?;
        }
        if self.reader.wanted == Wanted::Drafts || self.config.releases == Some(Releases::Head) {
            return Ok(());
        }
        if below.repository.is_shallow()? {
            self.sink
                .report(SHALLOW_CLONE, Place::file(""), format!("`{}` is a shallow clone", self.source.identity))
                .help("fetch it in full: `git fetch --unshallow --tags`");
        }
        let mut released = Vec::new();
        if self.config.releases != Some(Releases::History) {
            released = tagged::releases(self, below, &mut packs, &present)?;
        }
        if let (Some(head), None | Some(Releases::History)) = (head, self.config.releases) {
            let untagged: Vec<&At<ObjectId>> = present.iter().filter(|at| !released.contains(&at.path)).collect();
            history::releases(self, below, &mut packs, head, &untagged)?;
        }
        Ok(())
    }

    /// Adds the newest commit: published as it is, or as a draft where no working directory is.
    fn read_head(
        &mut self,
        below: &Below,
        head: Commit,
        present: &[At<ObjectId>],
        packs: &mut Packs<'_>,
    ) -> Result<(), SourceError> {
        let stage = match (self.config.releases, &self.source.directory) {
            (Some(Releases::Head), _) => Stage::Head,
            (_, None) => Stage::Draft,
            (_, Some(_)) => return Ok(()),
        };
        if self.source.directory.is_none()
            && let Some(tree) = below.repository.tree_at(head.tree, &below.prefix)?
        {
            let marked = packs.scan.marked(&below.repository, self.rules, tree)?;
            self.rules.near_misses(&marked, &mut self.sink);
        }
        for at in present {
            let facts = self.source.facts(&at.path, None, Some(head.id), Some(at.key));
            self.put(at, facts, stage, Some(head.time));
        }
        Ok(())
    }
}

impl OpenSource {
    /// Returns what the index records of where a pack comes from.
    pub(super) fn facts(
        &self,
        path: &str,
        tag: Option<&str>,
        commit: Option<ObjectId>,
        tree: Option<ObjectId>,
    ) -> SourceFacts {
        let prefix = self.repository.as_ref().map_or("", |below| below.prefix.as_str());
        // A configured path names the directory itself; a public URL names the whole repository.
        let is_path = self.directory.is_some() && !git::is_remote(&self.identity);
        SourceFacts {
            repository: self.identity.clone(),
            path: if is_path { path.to_owned() } else { joined(prefix, path) },
            tag: tag.map(str::to_owned),
            commit: commit.map(|id| id.to_string()),
            tree: tree.map(|id| id.to_string()),
        }
    }

    /// Returns the name of the directory that a source is, unless it is the root of a repository or has none of its own.
    fn last_segment(&self, below: Option<&Below>) -> Option<String> {
        let name = match below {
            Some(below) => below.prefix.rsplit('/').next().map(str::to_owned),
            None => Utf8Path::new(&self.identity).file_name().map(str::to_owned),
        };
        name.filter(|name| !name.is_empty() && name != "." && name != "..")
    }
}

/// The packs of a repository at any of its trees, each directory read once per content.
pub(super) struct Packs<'a> {
    below: &'a Below,
    rules: &'a Rules,
    reader: &'a Reader<'a>,
    last_segment: Option<String>,
    scan: TreeScan,
    settled: Settled<ObjectId>,
    usual: Usual,
}

impl<'a> Packs<'a> {
    fn new(below: &'a Below, rules: &'a Rules, reader: &'a Reader<'a>, last_segment: Option<String>) -> Self {
        let (scan, settled, usual) = (TreeScan::default(), Settled::new(), Usual::new());
        Self { below, rules, reader, last_segment, scan, settled, usual }
    }

    /// Returns the packs of trees, in their order; a tree that is not there has none.
    pub(super) fn at(&mut self, trees: &[Option<ObjectId>]) -> Result<Vec<Vec<At<ObjectId>>>, SourceError> {
        let repository = &self.below.repository;
        let states = trees
            .iter()
            .map(|tree| match tree {
                Some(tree) => Ok(self.rules.packs(&self.scan.marked(repository, self.rules, *tree)?)),
                None => Ok(Vec::new()),
            })
            .collect::<Result<Vec<_>, SourceError>>()?;
        let (reader, usual, last) = (self.reader, &self.usual, &self.last_segment);
        let read = |found: &Found<ObjectId>| {
            let setting = Setting {
                ecosystems: &found.ecosystems,
                usual: usual.get(&found.path).copied(),
                directory: found.path.rsplit('/').next().filter(|name| !name.is_empty()).or(last.as_deref()),
            };
            read(repository.snapshot(found.key, &reader.limits), setting, reader)
        };
        Ok(settle(&states, &mut self.settled, &read))
    }

    /// Reads one directory in several states of its content, in parallel.
    pub(super) fn of(
        &mut self,
        path: &str,
        ecosystem: &'static dyn Ecosystem,
        trees: &[ObjectId],
    ) -> Vec<At<ObjectId>> {
        let states: Vec<Vec<Found<ObjectId>>> = trees
            .iter()
            .map(|tree| vec![Found { path: path.to_owned(), key: *tree, ecosystems: vec![ecosystem] }])
            .collect();
        let (reader, repository, last) = (self.reader, &self.below.repository, &self.last_segment);
        let read = |found: &Found<ObjectId>| {
            let setting = Setting {
                ecosystems: &found.ecosystems,
                usual: Some(ecosystem),
                directory: found.path.rsplit('/').next().filter(|name| !name.is_empty()).or(last.as_deref()),
            };
            read(repository.snapshot(found.key, &reader.limits), setting, reader)
        };
        settle(&states, &mut self.settled, &read).into_iter().flatten().collect()
    }
}

/// Joins two relative paths, either of which may be empty.
pub(super) fn joined(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}
