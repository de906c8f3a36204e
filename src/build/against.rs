//! The gate for changes of a registry: it only grew, and what is new in it is what the sources say.
//!
//! 1. Every line of the older index stands unchanged at the start of the newer file ([`extension`]), and the newer one verifies.
//! 2. Each new release is made again from its source, as a build would: content, archive and facts must be those recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8Path;

use super::known::Known;
use super::planning::NewRelease;
use super::sources::{self, Place};
use super::{BuildError, recording};
use crate::config::{Config, SourceConfig, Visibility};
use crate::diag::{self, Diagnostic, Sink};
use crate::ident::PackId;
use crate::index::archives::{ArchiveStore, ArchiveStoreError};
use crate::index::event::{ArchiveFacts, Event, Release, What};
use crate::index::history::History;
use crate::index::store::Store;
use crate::index::{RELEASE_NOT_IN_SOURCE, RELEASE_NOT_OF_SOURCE, extension};
use crate::progress::Progress;
use crate::release::candidates::Wanted;
use crate::release::open::identity;
use crate::release::{Candidate, Stage, joined};
use crate::source::git::{self, Repository};

/// What a change of a registry holds.
#[derive(Debug, Default)]
pub struct Gate {
    /// What must not be.
    pub findings: Vec<Diagnostic>,
    /// How many releases are new.
    pub releases: usize,
    /// Each other new event in words, such as `attune/echo: yank 1.0.0`: what a person has to decide about.
    pub others: Vec<String>,
}

/// An event that the older index does not have.
struct New {
    id: PackId,
    /// The path of its history, from the registry's directory.
    path: String,
    event: Event,
    /// The text of the whole history.
    text: Arc<str>,
}

/// Returns what keeps the registry index from being an honest extension of the one at `revision`: the gate for pull requests.
pub fn check_against(
    config: &Config,
    root: &Utf8Path,
    cache: &Utf8Path,
    revision: &str,
    progress: &dyn Progress,
) -> Result<Gate, BuildError> {
    let mut gate = Gate::default();
    for visibility in [Visibility::Public, Visibility::Private] {
        let [folder, archives] = config.registry.folders(visibility);
        let index = root.join(&folder);
        let error =
            |reason: String| BuildError::Revision { path: index.clone(), revision: revision.to_owned(), reason };
        let (repository, prefix) =
            Repository::enclosing(root)?.ok_or_else(|| error("it is not in a git repository".to_owned()))?;
        let in_repository = joined(&prefix, folder.as_str());
        let old = repository.files_at(revision, &in_repository).map_err(|reason| error(reason.to_string()))?;
        let old: BTreeMap<String, Vec<u8>> = old.into_iter().filter(|(path, _)| path.ends_with(".jsonl")).collect();
        let store = Store::at(&index);
        let now = store.files()?;
        let mut findings = extension::check(&old, &now);
        let loaded = store.load()?;
        findings.extend(loaded.findings);
        findings.iter_mut().for_each(|finding| finding.put_below(folder.as_str()));
        gate.findings.extend(findings);
        let new: Vec<New> =
            loaded.histories.values().flat_map(|history| new_events(history, &folder, &old, &now)).collect();
        let is_release = |new: &&New| matches!(new.event.what, What::Release(_));
        gate.releases += new.iter().filter(is_release).count();
        gate.others.extend(new.iter().filter(|new| !is_release(new)).filter_map(in_words));
        let mut sink = Sink::new();
        derive(&new, config, root, cache, &ArchiveStore::at(root.join(archives)), progress, &mut sink)?;
        gate.findings.extend(sink.finish());
    }
    config.levels().apply(&mut gate.findings);
    diag::sort(&mut gate.findings);
    Ok(gate)
}

/// Returns the events of a history behind those of the older index.
fn new_events(
    history: &History,
    folder: &Utf8Path,
    old: &BTreeMap<String, Vec<u8>>,
    now: &BTreeMap<String, Vec<u8>>,
) -> Vec<New> {
    let path = Store::file(history.id());
    let lines_before = old.get(&path).map_or(0, |text| text.iter().filter(|byte| **byte == b'\n').count() as u64);
    let text: Arc<str> = now.get(&path).map(|text| String::from_utf8_lossy(text).into()).unwrap_or_default();
    let new = history.events().iter().filter(|event| event.seq >= lines_before);
    let path = folder.join(path).into_string();
    new.map(|event| New { id: history.id().clone(), path: path.clone(), event: event.clone(), text: Arc::clone(&text) })
        .collect()
}

/// Says what an event does that is no release; nothing of the first owner, which comes with a release.
fn in_words(new: &New) -> Option<String> {
    let kind = new.event.what.kind();
    let version = new.event.what.version().map(|version| format!(" {version}")).unwrap_or_default();
    (new.event.seq > 0).then(|| format!("{}: {kind}{version}", new.id))
}

/// Makes every new release again from its source, and reports what is recorded otherwise.
fn derive(
    new: &[New],
    config: &Config,
    root: &Utf8Path,
    cache: &Utf8Path,
    archives: &ArchiveStore,
    progress: &dyn Progress,
    sink: &mut Sink,
) -> Result<(), BuildError> {
    let releases: Vec<(&New, &Release)> = new
        .iter()
        .filter_map(|new| match &new.event.what {
            What::Release(release) => Some((new, &**release)),
            _ => None,
        })
        .collect();
    let wanted: BTreeSet<&str> = releases.iter().map(|(_, release)| release.source.repository.as_str()).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let all = sources::configured(config);
    let mut named: Vec<SourceConfig> =
        all.iter().filter(|source| wanted.contains(identity(source).as_str())).cloned().collect();
    // A release that was published from outside names a repository that the configuration need not.
    let known: BTreeSet<String> = named.iter().map(identity).collect();
    let others = wanted.iter().filter(|url| !known.contains(**url) && git::is_remote(url));
    named.extend(others.map(|url| SourceConfig { git: Some((*url).to_owned()), ..SourceConfig::default() }));
    let config = Config { sources: named, ..config.clone() };
    let place = Place { root, cache, written: super::written(&config, root) };
    let reading = match config.sources.is_empty() {
        true => sources::Reading::default(),
        false => sources::read(&config, &place, Wanted::Everything, true, &mut Known::default(), None, progress),
    };
    let unread: BTreeMap<&str, String> =
        reading.failures.iter().map(|(source, error)| (source.as_str(), diag::chain(error))).collect();
    for (new, release) in releases {
        let mut report = |code, message: String, help: &str| {
            let place = extension::place(&new.path, new.event.seq + 1, &new.text);
            sink.report(code, place, message).help(help.to_owned());
        };
        let name = format!("`{} {}`", new.id, release.version);
        let is_it = |candidate: &&Arc<Candidate>| {
            let pack = candidate.pack.as_ref().filter(|pack| pack.id == new.id && pack.version == release.version);
            candidate.stage != Stage::Draft
                && pack.is_some()
                && candidate.source.repository == release.source.repository
        };
        let mut candidates = reading.candidates.iter().filter(is_it);
        let exact = candidates.clone().find(|candidate| candidate.source == release.source);
        let Some(candidate) = exact.or_else(|| candidates.next()) else {
            let why = unread.get(release.source.repository.as_str()).cloned();
            let why = why.unwrap_or_else(|| format!("`{}` has no such release", release.source.repository));
            let help = "record what a tag of the source releases, with `packyard publish` or `packyard build`";
            report(RELEASE_NOT_IN_SOURCE, format!("{name} cannot be made again from its source: {why}"), help);
            continue;
        };
        let differences = differences(candidate, release, &new.event);
        if !differences.is_empty() {
            let message = format!("{name} is not what its source says: {}", differences.join(", "));
            let help = "take the line back, and let `packyard publish` or `packyard build` record the release";
            report(RELEASE_NOT_OF_SOURCE, message, help);
        }
        match archives.get(&new.id, &release.version, &release.archive) {
            Ok(_) => {}
            Err(error @ ArchiveStoreError::Mismatch { .. }) => {
                report(RELEASE_NOT_OF_SOURCE, error.to_string(), "restore the archive that the index records");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Returns which facts of a recorded release are not those of its source.
fn differences(candidate: &Candidate, recorded: &Release, event: &Event) -> Vec<&'static str> {
    let (Some(pack), Some(_)) = (&candidate.pack, &candidate.listing) else {
        return vec!["content that cannot be read"];
    };
    let derived = NewRelease::of(candidate, pack, event.at);
    let Ok(archive) = recording::write(&pack.id, &derived) else { return vec!["content without an archive"] };
    let facts = ArchiveFacts { sha256: archive.sha256, size: archive.size };
    let at = derived.at;
    let derived = recording::event(&derived, facts);
    let Release { version: _, content_digest, archive, source, requirements, dependencies, components, checksums } =
        recorded;
    let checks = [
        ("content digest", *content_digest == derived.content_digest),
        ("archive", *archive == derived.archive),
        ("source", *source == derived.source),
        ("requirements", *requirements == derived.requirements),
        ("dependencies", *dependencies == derived.dependencies),
        ("components", *components == derived.components),
        ("checksums", *checksums == derived.checksums),
        ("time", at == event.at),
    ];
    checks.into_iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect()
}
