//! Releases by history, for packs that nobody tags.
//!
//! Along the first parents of the newest commit, each change of a pack's files is looked at, oldest first. A version is
//! released by the last of these commits that carries it. So later commits elsewhere in the repository change nothing about
//! a release; and of a version that was left and came back, the newest content counts (whatever an index has recorded
//! before stays, and says so).
//!
//! The first commit of a shallow clone seems to change everything. It releases nothing, since another clone would say
//! something else.

use std::collections::BTreeMap;

use super::Stage;
use super::candidates::{Below, Job, Packs};
use super::discover::At;
use super::tagged::{add, as_released};
use crate::diag::Sink;
use crate::ident::Version;
use crate::source::SourceError;
use crate::source::git::{Commit, EntryKind, ObjectId};

/// Adds the releases of packs of the newest commit from their history.
pub(super) fn releases(
    job: &mut Job<'_>,
    below: &Below,
    packs: &mut Packs<'_>,
    head: Commit,
    present: &[&At<ObjectId>],
) -> Result<(), SourceError> {
    let present: Vec<&At<ObjectId>> =
        present.iter().copied().filter(|at| at.reading.claimed && at.reading.pack.is_some()).collect();
    if present.is_empty() {
        return Ok(());
    }
    let repository = &below.repository;
    let mut commits = repository.first_parents(head.id)?;
    commits.reverse();
    let in_repository: Vec<String> =
        present.iter().map(|at| super::candidates::joined(&below.prefix, &at.path)).collect();
    let first = usize::from(repository.is_shallow()?);
    for (at, changes) in present.iter().zip(repository.changes(&commits, &in_repository)?) {
        let changes = changes.into_iter().filter(|(commit, _)| *commit >= first);
        let last = last_by_version(below, packs, at, changes.collect())?;
        release(job, packs, at, &commits, &last);
    }
    Ok(())
}

/// Returns, per version of a pack, the last change of its files that carries it: the number of the commit, and the tree.
///
/// Only trees whose manifest differs are read to learn the version.
fn last_by_version(
    below: &Below,
    packs: &mut Packs<'_>,
    at: &At<ObjectId>,
    changes: Vec<(usize, Option<ObjectId>)>,
) -> Result<BTreeMap<Version, (usize, ObjectId)>, SourceError> {
    let (Some(pack), Some(ecosystem)) = (&at.reading.pack, at.reading.ecosystem) else { return Ok(BTreeMap::new()) };
    let mut manifests = Vec::with_capacity(changes.len());
    let mut tree_by_manifest: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
    for (commit, tree) in changes {
        let Some(tree) = tree else { continue };
        let Some(manifest) = manifest_of(below, tree, pack.manifest.as_str())? else { continue };
        tree_by_manifest.entry(manifest).or_insert(tree);
        manifests.push((commit, tree, manifest));
    }
    let trees: Vec<ObjectId> = tree_by_manifest.values().copied().collect();
    let readings = packs.of(&at.path, ecosystem, &trees);
    let version_by_manifest: BTreeMap<ObjectId, Version> = tree_by_manifest
        .keys()
        .zip(readings)
        .filter_map(|(manifest, at)| Some((*manifest, at.reading.pack.as_ref()?.version.clone())))
        .collect();
    let mut last = BTreeMap::new();
    for (commit, tree, manifest) in manifests {
        if let Some(version) = version_by_manifest.get(&manifest) {
            last.insert(version.clone(), (commit, tree));
        }
    }
    Ok(last)
}

/// Returns the blob of a pack's manifest.
fn manifest_of(below: &Below, tree: ObjectId, path: &str) -> Result<Option<ObjectId>, SourceError> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some(tree) = below.repository.tree_at(tree, directory)? else { return Ok(None) };
    let entries = below.repository.list(tree)?;
    let is_manifest =
        |kind: EntryKind, found: &[u8]| matches!(kind, EntryKind::File { .. }) && found == name.as_bytes();
    Ok(entries.iter().find(|entry| is_manifest(entry.kind, &entry.name)).map(|entry| entry.id))
}

/// Adds the releases of one pack, in the order of their versions.
fn release(
    job: &mut Job<'_>,
    packs: &mut Packs<'_>,
    at: &At<ObjectId>,
    commits: &[Commit],
    last: &BTreeMap<Version, (usize, ObjectId)>,
) {
    let Some(ecosystem) = at.reading.ecosystem else { return };
    let trees: Vec<ObjectId> = last.values().map(|(_, tree)| *tree).collect();
    let readings = packs.of(&at.path, ecosystem, &trees);
    for ((version, (commit, tree)), released) in last.iter().zip(readings) {
        let (commit, revision) = (commits[*commit], commits[*commit].id.short());
        let facts = job.source.facts(&at.path, None, Some(commit.id), Some(*tree));
        let candidate =
            released.reading.candidate(&at.path, facts, Stage::Released, Some(commit.time), Some(&revision));
        let Some(mut candidate) = candidate else { continue };
        let mut found = Sink::new();
        if let Some(pack) = &candidate.pack {
            let bound = at.reading.pack.as_deref().filter(|newest| newest.id.ecosystem == pack.id.ecosystem);
            let released = as_released(pack, version, bound, &at.path, &revision, &mut found);
            candidate.pack = released.or(candidate.pack);
        }
        add(&mut candidate, found, &revision);
        job.candidates.push(candidate);
    }
}
