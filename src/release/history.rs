//! Releases by history, for packs that nobody tags.
//!
//! Along the first parents of the newest commit, each change of a pack's files is looked at, oldest first. A version is
//! released by the last of these commits that carries it. So later commits elsewhere in the repository change nothing about
//! a release; and of a version that was left and came back, the newest content counts (whatever an index has recorded
//! before stays, and says so).
//!
//! A pack whose manifest says no version has a release at each of these commits, under a pseudo-version that names it.
//!
//! The first commit of a shallow clone seems to change everything. It releases nothing, since another clone would say
//! something else.

use std::collections::{BTreeMap, HashMap};

use super::Stage;
use super::open::Below;
use super::packs::{Packs, joined};
use super::repository::Job;
use super::settle::At;
use super::tagged::{add, as_released};
use crate::diag::Sink;
use crate::ident::Version;
use crate::pack::VersionedBy;
use crate::source::SourceError;
use crate::source::git::{Change, Commit, EntryKind, ObjectId};

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
    let in_repository: Vec<String> = present.iter().map(|at| joined(&below.prefix, &at.path)).collect();
    let first = usize::from(repository.is_shallow()?);
    for (at, changes) in present.iter().zip(repository.changes(&commits, &in_repository)?) {
        let changes = changes.into_iter().filter(|(commit, _)| *commit >= first);
        let last = match at.reading.pack.as_ref().map(|pack| pack.versioned_by) {
            Some(VersionedBy::Source) => by_commit(&commits, changes),
            _ => last_by_version(below, packs, at, &commits, changes.collect())?,
        };
        release(job, packs, at, &commits, &last)?;
    }
    Ok(())
}

/// Returns every change of a pack's files as a version of its own.
fn by_commit(commits: &[Commit], changes: impl Iterator<Item = Change>) -> BTreeMap<Version, (usize, ObjectId)> {
    changes.filter_map(|(commit, tree)| Some((pseudo_version(commits[commit]), (commit, tree?)))).collect()
}

/// Returns the version that each directory has by the commit that changed it last.
pub(super) fn last_versions<'p>(
    below: &Below,
    head: Commit,
    paths: impl IntoIterator<Item = &'p str>,
) -> Result<HashMap<&'p str, Version>, SourceError> {
    let paths: Vec<&str> = paths.into_iter().collect();
    if paths.is_empty() {
        return Ok(HashMap::new());
    }
    let mut commits = below.repository.first_parents(head.id)?;
    commits.reverse();
    let in_repository: Vec<String> = paths.iter().map(|path| joined(&below.prefix, path)).collect();
    let changes = below.repository.changes(&commits, &in_repository)?;
    let version = |changes: &Vec<Change>| changes.last().map_or(head, |(commit, _)| commits[*commit]);
    Ok(paths.into_iter().zip(changes.iter().map(|changes| pseudo_version(version(changes)))).collect())
}

/// Returns the version that a commit is, for packs that have none: `0.0.0-20260830120000-0123456789ab`.
///
/// The time is that of the commit in UTC, so that versions sort by it; a form with `+` would be no tag of an OCI registry.
fn pseudo_version(commit: Commit) -> Version {
    let time = commit.time.strftime("%Y%m%d%H%M%S");
    let id = commit.id.to_string();
    Version::semver(&format!("0.0.0-{time}-{}", &id[..12])).expect("digits and letters")
}

/// Returns, per version of a pack, the last change of its files that carries it: the number of the commit, and the tree.
///
/// Only trees whose manifest differs are read to learn the version.
fn last_by_version(
    below: &Below,
    packs: &mut Packs<'_>,
    at: &At<ObjectId>,
    commits: &[Commit],
    changes: Vec<Change>,
) -> Result<BTreeMap<Version, (usize, ObjectId)>, SourceError> {
    let (Some(pack), Some(ecosystem)) = (&at.reading.pack, at.reading.ecosystem) else { return Ok(BTreeMap::new()) };
    let mut manifests = Vec::with_capacity(changes.len());
    let mut state_by_manifest: BTreeMap<ObjectId, (Commit, ObjectId)> = BTreeMap::new();
    for (commit, tree) in changes {
        let Some(tree) = tree else { continue };
        let Some(manifest) = manifest_of(below, tree, pack.manifest.as_str())? else { continue };
        state_by_manifest.entry(manifest).or_insert((commits[commit], tree));
        manifests.push((commit, tree, manifest));
    }
    let states: Vec<(Commit, ObjectId)> = state_by_manifest.values().copied().collect();
    let readings = packs.of(&at.path, ecosystem, &states)?;
    let version_by_manifest: BTreeMap<ObjectId, Version> = state_by_manifest
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
) -> Result<(), SourceError> {
    let Some(ecosystem) = at.reading.ecosystem else { return Ok(()) };
    let states: Vec<(Commit, ObjectId)> = last.values().map(|(commit, tree)| (commits[*commit], *tree)).collect();
    let readings = packs.of(&at.path, ecosystem, &states)?;
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{PUZZLES, at_git, at_path, findings, read, read_as, releases, toy};
    use crate::config::{Releases, SourceConfig};
    use crate::source::testing::RepoFixture;

    fn versions(reading: &super::super::candidates::SourceReading) -> Vec<String> {
        let released = releases(reading).into_iter();
        released.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_pack_without_versions_has_a_release_per_change() {
        let mut repository = RepoFixture::new();
        let first = repository.write("apis/castle/a.piece", "castle\n").commit("1");
        repository.write("README", "elsewhere").commit("2");
        let second = repository.write("apis/castle/b.txt", "").commit("3");
        repository.write("apis/ship/parts/a.piece", "up\n").write("bear/toy.txt", &toy("bear", "1.0.0"));
        let third = repository.write("bear/inside.piece", "castle\n").commit("4");
        let reading = read_as(&at_git("work"), &repository.outside(), PUZZLES);
        let found = versions(&reading);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[3], "bear 1.0.0");
        for (line, (name, commit)) in found.iter().zip([("castle", &first), ("castle", &second), ("ship", &third)]) {
            let rest = line.strip_prefix(&format!("{name} 0.0.0-2")).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(rest.rsplit('-').next(), commit.get(..12), "{line}");
        }
        assert_eq!(findings(&reading), [""; 0]);
        repository.tag("castle-v1.0.0");
        let tagged = read_as(&at_git("work"), &repository.outside(), PUZZLES);
        assert_eq!(versions(&tagged)[0], "castle 1.0.0");
        assert_eq!(versions(&tagged).len(), 3);
        assert_eq!(findings(&tagged), [""; 0], "no manifest says anything else");
        let head = SourceConfig { releases: Some(Releases::Head), ..at_git("work") };
        let head = read_as(&head, &repository.outside(), PUZZLES);
        let castle = head.candidates.iter().find(|one| one.source.path == "apis/castle").expect("found");
        assert!(castle.pack.as_ref().is_some_and(|pack| pack.version.as_str().ends_with(&second[..12])));
    }

    /// What belongs to no repository has no version either: nothing is published, and its author is told.
    #[test]
    fn a_pack_without_versions_outside_git_is_a_draft() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = camino::Utf8Path::from_path(directory.path()).expect("UTF-8");
        crate::source::testing::write(root, "s/castle/a.piece", "castle\n");
        let reading = read_as(&at_path("s"), root, PUZZLES);
        assert_eq!(super::super::testing::shown(&reading), ["Draft castle 0.0.0-draft castle"]);
        assert_eq!(findings(&reading), ["version-needs-git"]);
    }

    #[test]
    fn a_version_is_released_by_the_last_change_that_carries_it() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("first");
        let last = repository.write("a.txt", "a").commit("still 1.0.0");
        repository.write("toy.txt", &toy("bear", "1.1.0")).commit("second");
        repository.write("toy.txt", "unreadable").commit("broken in between");
        let newest = repository.write("toy.txt", &toy("bear", "1.1.0")).commit("mended");
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["bear 1.0.0 commit", "bear 1.1.0 commit"]);
        let commits: Vec<_> =
            reading.candidates[1..].iter().map(|c| c.source.commit.clone().unwrap_or_default()).collect();
        assert_eq!(commits, [last, newest]);
        assert!(reading.candidates[1].snapshot.get("a.txt").is_some());
    }

    /// A release must not depend on what else happens in its repository, or every commit would change the index.
    #[test]
    fn commits_elsewhere_change_nothing_about_a_release() {
        let mut repository = RepoFixture::new();
        let commit = repository.write("packs/bear/toy.txt", &toy("bear", "1.0.0")).commit("pack");
        repository.write("README", "x").commit("elsewhere");
        let reading = read(&at_path("work/packs"), &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["bear 1.0.0 commit bear"]);
        assert_eq!(reading.candidates[1].source.commit.as_deref(), Some(commit.as_str()));
    }

    #[test]
    fn side_branches_release_nothing() {
        let mut repository = RepoFixture::new();
        repository.write("toy.txt", &toy("bear", "1.0.0")).commit("first");
        repository.git(&["checkout", "-q", "-b", "side"]);
        repository.write("toy.txt", &toy("bear", "1.1.0-rc")).commit("side");
        repository.write("toy.txt", &toy("bear", "1.1.0")).commit("side, done");
        repository.git(&["checkout", "-q", "main"]);
        repository.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["bear 1.0.0 commit", "bear 1.1.0 commit"]);
    }

    #[test]
    fn packs_with_tags_and_without_live_side_by_side() {
        let mut repository = RepoFixture::new();
        repository.write("bear/toy.txt", &toy("bear", "1.0.0")).write("cat/toy.txt", &toy("cat", "0.1.0")).commit("1");
        repository.tag("bear-v1.0.0");
        repository.write("bear/toy.txt", &toy("bear", "1.1.0")).write("cat/toy.txt", &toy("cat", "0.2.0")).commit("2");
        let root = repository.outside();
        let all = read(&at_git("work"), &root).expect("read");
        assert_eq!(releases(&all), ["bear 1.0.0 @bear-v1.0.0 bear", "cat 0.1.0 commit cat", "cat 0.2.0 commit cat"]);
        assert_eq!(findings(&all), ["version-untagged"]);
        let only = |releases| SourceConfig { releases: Some(releases), ..at_git("work") };
        let tags = read(&only(Releases::Tags), &root).expect("read");
        assert_eq!(releases(&tags), ["bear 1.0.0 @bear-v1.0.0 bear"]);
        let history = read(&only(Releases::History), &root).expect("read");
        assert_eq!(releases(&history).len(), 4);
    }

    /// What another clone would say otherwise is not recorded.
    #[test]
    fn a_shallow_clone_releases_only_what_every_clone_would() {
        let mut repository = RepoFixture::new();
        for version in ["1.0.0", "1.1.0", "1.2.0"] {
            repository.write("toy.txt", &toy("bear", version)).commit(version);
        }
        let url = format!("file://{}", repository.root());
        let place = repository.outside().join("shallow");
        repository.git(&["clone", "-q", "--depth", "2", &url, place.as_str()]);
        let root = repository.outside();
        let (full, shallow) =
            (read(&at_git("work"), &root).expect("read"), read(&at_git("shallow"), &root).expect("read"));
        assert_eq!(releases(&shallow), ["bear 1.2.0 commit"]);
        assert_eq!(findings(&shallow), ["shallow-clone"]);
        let of = |reading: &super::super::candidates::SourceReading| {
            reading.candidates.last().map(|c| (c.source.commit.clone(), c.source.tree.clone(), c.at))
        };
        assert_eq!(of(&shallow), of(&full));
    }
}
