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

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

pub use super::open::{OpenSource, open_source};

use super::discover::{At, Found, Rules, Settled, settle};
use super::open::Below;
use super::packs::{Packs, Usual, joined};
use super::read::read;
use super::scan::scan_directory;
use super::{Candidate, NO_PACK, Stage, facts, history, tagged};
use crate::config::{Releases, SourceConfig};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{self, AMBIGUOUS_ECOSYSTEM, Ecosystem, NEAR_MISS};
use crate::index::event::SourceFacts;
use crate::pack::Memo;
use crate::source::git::{Commit, ObjectId};
use crate::source::{Limits, SHALLOW_CLONE, SourceError, worktree};
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
    let explains = |finding: &Diagnostic| [AMBIGUOUS_ECOSYSTEM, NEAR_MISS].contains(&finding.code);
    if candidates.is_empty() && !sink.found().iter().any(explains) {
        let names: Vec<&str> = rules.ecosystems.iter().flat_map(|ecosystem| ecosystem.manifests()).copied().collect();
        let names: Vec<&str> =
            names.iter().enumerate().filter(|(i, n)| !names[..*i].contains(n)).map(|(_, n)| *n).collect();
        sink.report(NO_PACK, Place::file(""), format!("no pack was found in `{}`", source.identity))
            .help(format!("a pack is a directory with a manifest: {}", names.join(", ")));
    }
    source.forget_trees();
    Ok(SourceReading { identity: source.identity.clone(), candidates, findings: sink.finish(), source })
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
        let (written, from) = (self.reader.written.iter(), plain(directory));
        let written: Vec<Utf8PathBuf> =
            written.filter_map(|path| Some(plain(path).strip_prefix(&from).ok()?.to_owned())).collect();
        let left_out = |path: &str, is_directory: bool| {
            written.iter().any(|written| written == path)
                || ignored.as_ref().is_some_and(|ignored| ignored.leaves_out(path, is_directory))
        };
        let marked = scan_directory(directory, self.rules, &left_out);
        self.rules.near_misses(&marked, &mut self.sink);
        let found = self.rules.packs(&marked);
        let (reader, last) = (self.reader, self.source.last_segment(below));
        let read = |found: &Found<String>| {
            let inner = |path: &str, is_directory: bool| left_out(&joined(&found.path, path), is_directory);
            let snapshot = worktree::snapshot_without(&directory.join(&found.path), &reader.limits, &inner);
            let setting = found.setting(usual.get(&found.path).copied(), last.as_deref());
            read(snapshot, setting, reader)
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
        let claimed = present.iter().filter(|at| at.reading.claimed);
        packs.usual = claimed.filter_map(|at| Some((at.path.clone(), at.reading.ecosystem?))).collect();
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

/// Returns a path without `.` segments, so that paths can be compared however they were put together.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    path.components().filter(|part| *part != Utf8Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TOYS, at_git, at_path, findings, read, shown, toy};
    use super::*;
    use crate::source::testing::{RepoFixture, write};

    #[test]
    fn a_directory_outside_any_repository_is_published_as_it_is() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8");
        write(root, "packs/bear/toy.txt", &toy("bear", "1.0.0"));
        let reading = read(&at_path("packs"), root).expect("read");
        assert_eq!(shown(&reading), ["Head bear 1.0.0 bear"]);
        assert_eq!((reading.identity.as_str(), reading.candidates[0].at), ("packs", None));
        assert!(matches!(read(&at_path("nowhere"), root), Err(SourceError::Missing(path)) if path == "nowhere"));
    }

    #[test]
    fn a_source_with_releases_from_its_head_is_published_as_it_is_committed() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("1");
        repository.tag("v1.0.0");
        repository.write("toy.txt", &toy("bear", "2.0.0"));
        let head = |config| SourceConfig { releases: Some(Releases::Head), ..config };
        let from_git = read(&head(at_git("work")), &repository.outside()).expect("read");
        assert_eq!(shown(&from_git), ["Head bear 1.0.0 commit"]);
        let from_path = read(&head(at_path("work")), &repository.outside()).expect("read");
        assert_eq!(shown(&from_path), ["Draft bear 2.0.0", "Head bear 1.0.0 commit"]);
    }

    #[test]
    fn a_check_reads_the_present_state_only() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("1");
        repository.tag("v1.0.0").tag("nightly");
        let (memo, root) = (Memo::new(), repository.outside());
        let reader = Reader {
            root: &root,
            cache: &root.join("cache"),
            written: &[],
            memo: &memo,
            limits: Limits::default(),
            yaml_limits: yaml::Limits::default(),
            wanted: Wanted::Drafts,
        };
        let reading = read_source_as(&at_path("work"), &reader, TOYS).expect("read");
        assert_eq!((shown(&reading), findings(&reading)), (vec!["Draft bear 1.0.0".to_owned()], Vec::new()));
    }

    /// The public URL names the whole repository, so the path is the one in it; and no password reaches the index.
    #[test]
    fn a_public_url_names_the_repository_and_not_where_it_is_read() {
        let mut repository = RepoFixture::new();
        repository.write("packs/bear/toy.txt", &toy("bear", "1.0.0")).commit("1");
        let url = Some("https://me:secret@example.org/toys.git".to_owned());
        let config = SourceConfig { repository: url, ..at_path("work/packs") };
        let reading = read(&config, &repository.outside()).expect("read");
        assert_eq!(shown(&reading), ["Draft bear 1.0.0 packs/bear", "Released bear 1.0.0 commit packs/bear"]);
        assert_eq!(reading.candidates[1].source.repository, "https://example.org/toys.git");
    }

    #[test]
    fn a_remote_repository_reads_as_the_local_one() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("1");
        repository.tag("v1.0.0");
        let url = format!("file://{}", repository.root());
        let reading = read(&at_git(url.as_str()), &repository.outside()).expect("read");
        assert_eq!(shown(&reading), ["Draft bear 1.0.0 commit", "Released bear 1.0.0 @v1.0.0"]);
        assert_eq!(reading.identity, url);
    }

    #[test]
    fn released_content_is_found_again_after_its_tag_is_gone() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("1");
        repository.tag("v1.0.0");
        let released = read(&at_git("work"), &repository.outside()).expect("read").candidates.remove(1);
        repository.write("toy.txt", &toy("bear", "2.0.0")).commit("2");
        repository.git(&["tag", "-d", "v1.0.0"]);
        let source = read(&at_git("work"), &repository.outside()).expect("read").source;
        let content = source.content_of(&released.source, &Limits::default()).expect("the objects are still there");
        assert_eq!(content.files(), released.snapshot.files());
        let gone = SourceFacts { tree: Some("1".repeat(40)), ..released.source };
        assert!(source.content_of(&gone, &Limits::default()).is_none());
    }
}
