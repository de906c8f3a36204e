//! Reads a whole source: its drafts and its releases.
//!
//! | source | releases | draft |
//! |---|---|---|
//! | a `path` outside any repository | none; the present state is published as it is ([`Stage::Head`]) | |
//! | a `path` that a repository tracks | from the repository, below that path | the working directory |
//! | a `git` repository | from the repository | its newest commit |
//!
//! With `releases = "head"` the newest commit is published as it is, in place of releases.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

pub use super::known::{KnownSource, Work};
pub use super::open::{OpenSource, open_source};

use super::directory::{Directory, DirectoryPart};
use super::discover::Rules;
use super::known::Whole;
use super::packs::Usual;
use super::saved::Touched;
use super::{Candidate, NO_PACK, Stage, repository};
use crate::config::SourceConfig;
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{self, AMBIGUOUS_ECOSYSTEM, Ecosystem, NEAR_MISS};
use crate::pack::Memo;
use crate::source::{Limits, SourceError};
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
    /// Whether what was learnt about the files of a directory is forgotten once its pack is read: nobody reads it again.
    pub forgets: bool,
    /// Bounds of what one pack may hold.
    pub limits: Limits,
    /// Bounds of YAML files.
    pub yaml_limits: yaml::Limits,
    /// What is read.
    pub wanted: Wanted,
    /// What the reading does.
    pub work: &'a Work,
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
    /// What names the source: [`SourceFacts::repository`](crate::index::event::SourceFacts::repository) of everything in it.
    pub identity: String,
    /// Its packs at their revisions: what is present first, then releases, each sorted by path and version.
    pub candidates: Vec<Arc<Candidate>>,
    /// What is wrong with the source itself, not with one pack.
    pub findings: Vec<Diagnostic>,
    /// The source, for content that was released and is not among the candidates any more.
    pub source: OpenSource,
}

/// Opens a source and reads what is wanted of it, as far as it is not `known`.
///
/// What is wrong with packs, tags or paths is a finding; an error means that the source could not be read at all.
///
/// `saved` are absolute paths, all that changed since the source was read with the same `known`; nothing when nobody knows,
/// and everything has to be looked at.
pub fn read_source(
    config: &SourceConfig,
    reader: &Reader<'_>,
    known: &mut KnownSource,
    saved: Option<&[Utf8PathBuf]>,
) -> Result<SourceReading, SourceError> {
    read_source_as(config, reader, ecosystem::ALL, known, saved)
}

/// Reads a source with a choice of ecosystems.
pub(super) fn read_source_as(
    config: &SourceConfig,
    reader: &Reader<'_>,
    ecosystems: &[&'static dyn Ecosystem],
    known: &mut KnownSource,
    saved: Option<&[Utf8PathBuf]>,
) -> Result<SourceReading, SourceError> {
    let rules = match Rules::new(config, ecosystems) {
        Ok(rules) => rules,
        // A source that is not there at all is the first thing to say.
        Err(error) => return Err(open_source(config, reader).err().unwrap_or(error)),
    };
    let touched = saved.map_or(Touched::Anything, |saved| known.touched(saved, &rules, reader.written));
    let reading = match (&touched, &known.source, &known.result) {
        (Touched::Nothing, Some(source), Some(whole)) => Ok((source.clone(), whole.clone())),
        _ => read_touched(config, reader, &rules, known, &touched),
    };
    match reading {
        Ok((source, Whole { candidates, findings })) => {
            Ok(SourceReading { identity: source.identity.clone(), candidates, findings, source })
        }
        Err(error) => {
            known.forget();
            Err(error)
        }
    }
}

/// Reads a source of which something may have changed.
fn read_touched(
    config: &SourceConfig,
    reader: &Reader<'_>,
    rules: &Rules,
    known: &mut KnownSource,
    touched: &Touched,
) -> Result<(OpenSource, Whole), SourceError> {
    let packs = match touched {
        Touched::Packs(packs) => Some(packs),
        Touched::Anything | Touched::Nothing => None,
    };
    let source = match (packs, &known.source) {
        (Some(_), Some(source)) => source.clone(),
        _ => known.same_source(open_source(config, reader)?),
    };
    let rules = &rules.within(source.repository.as_ref().map_or("", |below| &below.prefix));
    known.result = None;
    let repository = match (&source.repository, &known.repository) {
        (None, _) => None,
        (Some(_), Some(known)) if packs.is_some() => Some(Arc::clone(&known.part)),
        (Some(below), _) => {
            let (part, is_new) = repository::read(&source, below, config, reader, rules, &mut known.repository)?;
            known.changes += u64::from(is_new);
            Some(part)
        }
    };
    let directory = match &source.directory {
        None => DirectoryPart::default(),
        Some(path) => {
            let (none, below) = (Usual::new(), source.repository.as_ref());
            let usual = repository.as_ref().map_or(&none, |part| &part.usual);
            let stage = if below.is_some() { Stage::Draft } else { Stage::Head };
            let directory = Directory { source: &source, path, below, usual, stage, reader, rules };
            let notes = repository.as_ref().map(|part| part.notes.clone()).unwrap_or_default();
            let (part, is_new) = directory.read(notes, &mut known.directory, packs)?;
            known.changes += u64::from(is_new);
            part
        }
    };
    let DirectoryPart { mut candidates, findings } = directory;
    let mut sink = Sink::new();
    sink.extend(findings);
    if let Some(part) = &repository {
        candidates.extend(part.candidates.iter().cloned());
        sink.extend(part.findings.iter().cloned());
    }
    let explains = |finding: &Diagnostic| [AMBIGUOUS_ECOSYSTEM, NEAR_MISS].contains(&finding.code);
    if candidates.is_empty() && !sink.found().iter().any(explains) {
        let names: Vec<&str> = rules.ecosystems.iter().flat_map(|ecosystem| ecosystem.manifests()).copied().collect();
        let names: Vec<&str> =
            names.iter().enumerate().filter(|(i, n)| !names[..*i].contains(n)).map(|(_, n)| *n).collect();
        sink.report(NO_PACK, Place::file(""), format!("no pack was found in `{}`", source.identity))
            .help(format!("a pack is a directory with a manifest: {}", names.join(", ")));
    }
    let whole = Whole { candidates, findings: sink.finish() };
    // What is not known of a repository has to be looked for again, whatever anybody saved.
    known.result = (known.repository.is_some() == source.repository.is_some()).then(|| whole.clone());
    Ok((source, whole))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TOYS, at_git, at_path, findings, read, shown, toy};
    use super::*;
    use crate::config::Releases;
    use crate::index::event::SourceFacts;
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
            forgets: false,
            limits: Limits::default(),
            yaml_limits: yaml::Limits::default(),
            wanted: Wanted::Drafts,
            work: &Work::default(),
        };
        let mut known = KnownSource::default();
        let reading = read_source_as(&at_path("work"), &reader, TOYS, &mut known, None).expect("read");
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
        let gone = SourceFacts { tree: Some("1".repeat(40)), ..released.source.clone() };
        assert!(source.content_of(&gone, &Limits::default()).is_none());
    }
}
