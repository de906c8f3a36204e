//! Releases by tags.
//!
//! Every tag becomes a release or a finding: `assign` says whose version it is; of several tags for one version the first
//! counts; the release has the version of its tag, whatever the manifest says.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::assign::assign;

use super::open::Below;
use super::packs::{Packs, State, joined};
use super::repository::Job;
use super::settle::At;
use super::tags::{self, Patterns};
use super::{
    Candidate, DUPLICATE_TAG, RELEASE_OF_OTHER_NAME, Stage, TAG_IGNORED, TAG_WITHOUT_PACK, VERSION_TAG_MISMATCH, facts,
};
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::Versioning;
use crate::ident::Version;
use crate::pack::{Pack, VersionedBy};
use crate::source::SourceError;
use crate::source::git::{Commit, ObjectId, TagTarget};

/// A tag that is a version by some pattern.
struct VersionTag {
    name: String,
    commit: Commit,
    time: Timestamp,
}

/// A release: a pack, as a tag releases it.
pub(super) struct Tagged {
    /// The tag.
    pub(super) tag: String,
    /// What it points to.
    pub(super) commit: Commit,
    /// Where the pack lies in the source.
    pub(super) path: String,
    /// The release; its pack already has the tag's version.
    pub(super) candidate: Candidate,
    rank: usize,
}

/// Adds the releases of a repository's tags, and returns the paths of the present packs that have any.
pub(super) fn releases(
    job: &mut Job<'_>,
    below: &Below,
    packs: &mut Packs<'_>,
    present: &[Arc<At<ObjectId>>],
) -> Result<Vec<String>, SourceError> {
    let manifest_counts = |at: &Arc<At<ObjectId>>| {
        at.reading.ecosystem.is_some_and(|ecosystem| ecosystem.versioning() == Versioning::ManifestCounts)
    };
    let patterns = Patterns::new(job.config.tag.as_deref()).with_pep440(present.iter().any(manifest_counts));
    let tags = version_tags(job, below, &patterns)?;
    let states = states(below, packs, &tags)?;
    let renamed = only_name(present);
    let mut found: Vec<Tagged> = Vec::new();
    for (tag, state) in tags.iter().zip(&states) {
        let state: Vec<&At<ObjectId>> =
            state.iter().map(|at| &**at).filter(|at| at.reading.ecosystem.is_some()).collect();
        let readings = patterns.read(&tag.name);
        let released = assign(&readings, &state, below);
        if released.is_empty() {
            report_unassigned(job, below, tag, &readings, &state);
        }
        for (at, reading) in released {
            let bound = renamed.as_ref().filter(|_| state.len() == 1);
            found.extend(release(job, tag, at, reading, bound));
        }
    }
    let mut released = without_duplicates(found);
    if job.config.only_tag.is_none() {
        facts::orphan_tags(below, &mut released)?;
        facts::shadowing_branches(below, &mut job.sink)?;
        facts::untagged_versions(present, &released, &mut job.notes);
    }
    released.sort_by(|a, b| a.order().cmp(&b.order()));
    let paths = released.iter().map(|tagged| tagged.path.clone()).collect();
    job.candidates.extend(released.into_iter().map(|tagged| tagged.candidate));
    Ok(paths)
}

/// Returns the packs at each tag's commit.
fn states(below: &Below, packs: &mut Packs<'_>, tags: &[VersionTag]) -> Result<Vec<State>, SourceError> {
    // In the order of time each tree is nearly the one before.
    let mut by_time: Vec<usize> = (0..tags.len()).collect();
    by_time.sort_by_key(|at| tags[*at].commit.time);
    let tree = |at: &usize| below.repository.tree_at(tags[*at].commit.tree, &below.prefix);
    let trees = by_time.iter().map(tree).collect::<Result<Vec<_>, SourceError>>()?;
    let found: HashMap<usize, State> = by_time.into_iter().zip(packs.at(&trees)?).collect();
    Ok((0..tags.len()).map(|at| found.get(&at).cloned().unwrap_or_default()).collect())
}

/// Returns the tags that are versions of commits, and reports the others.
fn version_tags(job: &mut Job<'_>, below: &Below, patterns: &Patterns) -> Result<Vec<VersionTag>, SourceError> {
    let mut found = Vec::new();
    for tag in below.repository.tags()? {
        let name = match tag.name {
            Ok(name) => name,
            Err(shown) => {
                report(&mut job.sink, TAG_IGNORED, &shown, format!("the tag `{shown}` is not UTF-8"));
                continue;
            }
        };
        if job.config.only_tag.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        if patterns.read(&name).is_empty() {
            report(&mut job.sink, TAG_IGNORED, &name, format!("the tag `{name}` is not a version by any pattern"));
            continue;
        }
        match tag.target {
            TagTarget::Commit { commit, time } => found.push(VersionTag { name, commit, time }),
            TagTarget::Other(what) => {
                job.is_whole &= matches!(what, "a tree" | "a blob");
                report(&mut job.sink, TAG_WITHOUT_PACK, &name, format!("the tag `{name}` points to {what}"));
            }
        }
    }
    Ok(found)
}

fn report(sink: &mut Sink, code: Code, tag: &str, message: String) {
    let mut one = Sink::new();
    one.report(code, Place::file(""), message);
    sink.extend(
        one.finish().into_iter().map(|finding| crate::diag::Diagnostic { revision: Some(tag.to_owned()), ..finding }),
    );
}

/// Returns the identity of the newest state when it is one pack and nothing else, for releases under an earlier name.
fn only_name(present: &[Arc<At<ObjectId>>]) -> Option<&Pack> {
    match present {
        [only] => only.reading.pack.as_deref(),
        _ => None,
    }
}

fn report_unassigned(
    job: &mut Job<'_>,
    below: &Below,
    tag: &VersionTag,
    readings: &[tags::Reading<'_>],
    state: &[&At<ObjectId>],
) {
    let name = &tag.name;
    if !below.prefix.is_empty() {
        // The rest of the repository has tags of its own.
        let message = format!("the tag `{name}` releases nothing below `{}`", below.prefix);
        report(&mut job.sink, TAG_IGNORED, name, message);
        return;
    }
    let message = match (state, readings.iter().find_map(|reading| reading.name)) {
        ([], _) => format!("the commit of the tag `{name}` has no pack"),
        (_, Some(pack)) if readings.iter().all(|reading| reading.name.is_some()) => {
            format!("the tag `{name}` names `{pack}`, and its commit has no such pack")
        }
        _ => format!("the tag `{name}` names no pack, and no pack at its commit has that version"),
    };
    report(&mut job.sink, TAG_WITHOUT_PACK, name, message);
}

/// Returns the release of a pack by a tag.
fn release(
    job: &Job<'_>,
    tag: &VersionTag,
    at: &At<ObjectId>,
    reading: &tags::Reading<'_>,
    bound: Option<&&Pack>,
) -> Option<Tagged> {
    let facts = job.source.facts(&at.path, Some(&tag.name), Some(tag.commit.id), Some(at.key));
    let mut candidate = at.reading.candidate(&at.path, facts, Stage::Released, Some(tag.time), Some(&tag.name))?;
    match &candidate.pack {
        Some(pack) => {
            let mut found = Sink::new();
            let renamed = bound.filter(|bound| bound.id.ecosystem == pack.id.ecosystem);
            let pack = as_released(pack, &reading.version, renamed.copied(), &at.path, &tag.name, &mut found);
            candidate.pack = pack.or(candidate.pack);
            add(&mut candidate, found, &tag.name);
        }
        None => {
            let mut found = Sink::new();
            let message = format!("the tag `{}` has a pack that cannot be read", tag.name);
            found.report(TAG_WITHOUT_PACK, Place::file(at.path.clone()), message);
            add(&mut candidate, found, &tag.name);
        }
    }
    let (tag, commit, path) = (tag.name.clone(), tag.commit, at.path.clone());
    Some(Tagged { tag, commit, path, candidate, rank: reading.rank })
}

/// Returns a pack with the version of its release and the name of its repository, when they are not its own.
pub(super) fn as_released(
    pack: &Pack,
    version: &Version,
    renamed: Option<&Pack>,
    path: &str,
    revision: &str,
    sink: &mut Sink,
) -> Option<std::sync::Arc<Pack>> {
    let manifest = || Place::file(joined(path, pack.manifest.as_str()));
    let mut released = None;
    if pack.versioned_by == VersionedBy::Source {
        released.get_or_insert_with(|| pack.clone()).version = version.clone();
    } else if pack.version != *version {
        let message = format!("`{revision}` releases {version}, and the manifest says {}", pack.version);
        sink.report(VERSION_TAG_MISMATCH, manifest(), message)
            .help("the release has the tag's version; set both together next time");
        released.get_or_insert_with(|| pack.clone()).version = version.clone();
    }
    if let Some(renamed) = renamed
        && renamed.id.name != pack.id.name
    {
        let message = format!("`{revision}` is called `{}`; the pack is now `{}`", pack.id.name, renamed.id.name);
        sink.report(RELEASE_OF_OTHER_NAME, manifest(), message)
            .help(format!("it is listed as a release of `{}`", renamed.id.name));
        released.get_or_insert_with(|| pack.clone()).id = renamed.id.clone();
    }
    released.map(std::sync::Arc::new)
}

/// Adds findings of a revision to a candidate.
pub(super) fn add(candidate: &mut Candidate, found: Sink, revision: &str) {
    let revision = Some(revision.to_owned());
    let found =
        found.finish().into_iter().map(|finding| crate::diag::Diagnostic { revision: revision.clone(), ..finding });
    candidate.findings.extend(found);
    crate::diag::sort(&mut candidate.findings);
}

/// Keeps the first of several tags for one version of a pack, and reports the others.
fn without_duplicates(mut found: Vec<Tagged>) -> Vec<Tagged> {
    found.sort_by(|a, b| (a.rank, &a.tag, &a.path).cmp(&(b.rank, &b.tag, &b.path)));
    let mut first_by_release: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kept: Vec<Tagged> = Vec::new();
    for tagged in found {
        let Some(pack) = &tagged.candidate.pack else {
            kept.push(tagged);
            continue;
        };
        let key = (pack.id.to_string(), pack.version.to_string());
        match first_by_release.get(&key) {
            None => {
                first_by_release.insert(key, kept.len());
                kept.push(tagged);
            }
            Some(first) => {
                let first = &mut kept[*first];
                let same = first.candidate.source.tree == tagged.candidate.source.tree;
                let content = if same { "the same content" } else { "other content" };
                let (name, version, tag) = (&pack.id.name, &pack.version, &tagged.tag);
                let message =
                    format!("the tag `{tag}` releases `{name}` {version} with {content}; `{}` counts", first.tag);
                let mut one = Sink::new();
                one.report(DUPLICATE_TAG, Place::file(joined(&tagged.path, pack.manifest.as_str())), message);
                add(&mut first.candidate, one, tag);
            }
        }
    }
    kept
}

impl Tagged {
    /// Returns the order of the output: by path, then by version, then by tag.
    fn order(&self) -> impl Ord + '_ {
        let pack = self.candidate.pack.as_ref();
        (&self.path, pack.map(|pack| &pack.id.name), pack.map(|pack| &pack.version), &self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{KITS, PUZZLES, at_git, at_path, findings, read, read_as, releases, shown, toy};
    use crate::config::SourceConfig;
    use crate::source::testing::RepoFixture;

    fn tagged(versions: &[(&str, &str)]) -> RepoFixture {
        let mut repository = RepoFixture::new();
        for (version, tag) in versions {
            repository.write("toy.txt", &toy("bear", version)).commit(version);
            repository.tag(tag);
        }
        repository
    }

    #[test]
    fn tags_of_every_kind_are_releases() {
        let mut repository = tagged(&[("1.0.0", "v1.0.0"), ("1.1.0", "1.1.0"), ("1.2.0", "bear-v1.2.0")]);
        repository.write("toy.txt", &toy("bear", "2.0.0")).commit("2");
        repository.annotated_tag("bear/2.0.0");
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(
            shown(&reading),
            [
                "Draft bear 2.0.0 commit",
                "Released bear 1.0.0 @v1.0.0",
                "Released bear 1.1.0 @1.1.0",
                "Released bear 1.2.0 @bear-v1.2.0",
                "Released bear 2.0.0 @bear/2.0.0",
            ]
        );
        assert_eq!(findings(&reading), [""; 0]);
        let annotated = &reading.candidates[4];
        assert!(annotated.at > reading.candidates[0].at, "the tag is a minute younger than its commit");
    }

    /// Keeps the promise that every tag is a release or has a finding that names it.
    #[test]
    fn no_tag_is_lost() {
        let mut repository = tagged(&[("1.0.0", "v1.0.0"), ("1.0.1", "v1.0.2")]);
        repository.tag("v1.0").tag("nightly").tag("cat-v1.0.0");
        repository.git(&["tag", "v3.0.0", "HEAD:toy.txt"]);
        repository.git(&["tag", "v3.1.0", "HEAD^{tree}"]);
        repository.git(&["rm", "-q", "toy.txt"]);
        repository.write("README", "").commit("no pack");
        repository.tag("v4.0.0");
        repository.write("toy.txt", "broken").commit("broken");
        repository.tag("v5.0.0");
        repository.write("toy.txt", &toy("bear", "6.0.0")).commit("6");
        repository.git(&["checkout", "-q", "--detach"]);
        repository.write("toy.txt", &toy("bear", "6.0.1")).commit("on no branch");
        repository.tag("v6.0.1");
        repository.git(&["checkout", "-q", "main"]);
        repository.git(&["branch", "v1.0.0"]);
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["? @v5.0.0", "bear 1.0.0 @v1.0.0", "bear 1.0.2 @v1.0.2", "bear 6.0.1 @v6.0.1"]);
        assert_eq!(
            findings(&reading),
            [
                "branch-shadows-version",
                "duplicate-tag v1.0",
                "lfs-pointer v5.0.0",
                "orphan-tag v6.0.1",
                "tag-ignored nightly",
                "tag-without-pack cat-v1.0.0",
                "tag-without-pack v3.0.0",
                "tag-without-pack v3.1.0",
                "tag-without-pack v4.0.0",
                "tag-without-pack v5.0.0",
                "version-tag-mismatch v1.0.2",
                "version-untagged",
            ]
        );
    }

    /// A runtime that reads the manifest alone must not be told another version by a tag.
    #[test]
    fn where_the_manifest_counts_a_tag_of_another_version_releases_nothing() {
        let mut repository = RepoFixture::new();
        repository.write("a/toy.txt", &toy("bear", "0.3.0")).write("b/toy.txt", &toy("cat", "1.0rc1")).commit("1");
        repository.tag("v0.3.0").tag("0.1.0").tag("v1.0-rc.1").tag("bear-v2.0.0");
        let reading = read_as(&at_git("work"), &repository.outside(), KITS);
        assert_eq!(releases(&reading), ["bear 0.3.0 @v0.3.0 a", "cat 1.0rc1 @v1.0-rc.1 b"]);
        assert_eq!(findings(&reading), ["tag-without-pack 0.1.0", "tag-without-pack bear-v2.0.0"]);
    }

    #[test]
    fn a_tag_releases_all_packs_that_have_no_versions_of_their_own() {
        let mut repository = RepoFixture::new();
        repository.write("a/x.piece", "1\n").write("b/x.piece", "2\n").commit("1");
        repository.tag("v1.2.0");
        let reading = read_as(&at_git("work"), &repository.outside(), PUZZLES);
        assert_eq!(releases(&reading), ["a 1.2.0 @v1.2.0 a", "b 1.2.0 @v1.2.0 b"]);
        assert_eq!(findings(&reading), [""; 0]);
    }

    #[test]
    fn tags_of_many_packs_are_told_apart() {
        let mut repository = RepoFixture::new();
        repository.write("packs/bear/toy.txt", &toy("bear", "1.0.0")).write("packs/cat/toy.txt", &toy("cat", "1.0.0"));
        repository.write("packs/d_og/toy.txt", &toy("d_og", "0.1.0")).commit("three");
        repository.tag("v1.0.0").tag("d-og-v0.1.0").tag("packs/cat/v9.0.0").tag("v7.0.0");
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(
            releases(&reading),
            [
                "bear 1.0.0 @v1.0.0 packs/bear",
                "cat 1.0.0 @v1.0.0 packs/cat",
                "cat 9.0.0 @packs/cat/v9.0.0 packs/cat",
                "d_og 0.1.0 @d-og-v0.1.0 packs/d_og",
            ]
        );
        assert_eq!(findings(&reading), ["tag-without-pack v7.0.0", "version-tag-mismatch packs/cat/v9.0.0"]);
    }

    #[test]
    fn releases_stay_with_a_pack_that_was_renamed() {
        let mut repository = tagged(&[("1.0.0", "v1.0.0")]);
        repository.write("toy.txt", &toy("grizzly", "2.0.0")).commit("renamed");
        repository.tag("v2.0.0");
        let reading = read(&at_git("work"), &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["grizzly 1.0.0 @v1.0.0", "grizzly 2.0.0 @v2.0.0"]);
        assert_eq!(findings(&reading), ["release-of-other-name v1.0.0"]);
    }

    #[test]
    fn a_configured_pattern_replaces_the_usual_ones() {
        let repository = tagged(&[("1.0.0", "v1.0.0"), ("1.1.0", "rel_1.1.0")]);
        let config = SourceConfig { tag: Some("rel_{version}".to_owned()), ..at_git("work") };
        let reading = read(&config, &repository.outside()).expect("read");
        assert_eq!(releases(&reading), ["bear 1.1.0 @rel_1.1.0"]);
        assert_eq!(findings(&reading), ["tag-ignored v1.0.0"]);
    }

    /// A tag of the program around a pack is not a version of the pack.
    #[test]
    fn a_version_of_the_repository_is_none_of_a_pack_below_it() {
        let mut repository = RepoFixture::new();
        repository.write("packs/bear/toy.txt", &toy("bear", "1.0.0")).commit("1");
        repository.tag("v0.3.0").tag("bear-v1.0.0");
        let reading = read(&at_path("work/packs"), &repository.outside()).expect("read");
        assert_eq!(shown(&reading), ["Draft bear 1.0.0 bear", "Released bear 1.0.0 @bear-v1.0.0 bear"]);
        assert_eq!(findings(&reading), ["tag-ignored v0.3.0"]);
    }
}
