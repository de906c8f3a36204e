//! What is odd about tags, branches and names of a repository, as its clients would notice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::open::{Below, OpenSource};
use super::packs::joined;
use super::repository::Notes;
use super::repository::add_notes;
use super::settle::At;
use super::tagged::{Tagged, add};
use super::tags::plain_version;
use super::{
    BRANCH_SHADOWS_VERSION, Candidate, ORPHAN_TAG, REPOSITORY_NAME_MISMATCH, Stage, VERSION_NEEDS_GIT, VERSION_UNTAGGED,
};
use crate::diag::{Place, Sink};
use crate::ident::{PackId, Version};
use crate::pack::VersionedBy;
use crate::source::SourceError;
use crate::source::git::{ObjectId, is_remote};

/// Reports releases whose commit is on no branch.
///
/// A shallow clone cannot tell: the way from a branch to the commit may be what is missing.
pub(super) fn orphan_tags(below: &Below, released: &mut [Tagged]) -> Result<(), SourceError> {
    if released.is_empty() || below.repository.is_shallow()? {
        return Ok(());
    }
    let commits: BTreeSet<ObjectId> = released.iter().map(|tagged| tagged.commit.id).collect();
    let orphans = below.repository.unreachable(&commits.into_iter().collect::<Vec<_>>())?;
    for tagged in released.iter_mut().filter(|tagged| orphans.contains(&tagged.commit.id)) {
        let mut found = Sink::new();
        let message = format!("the commit of the tag `{}` is on no branch", tagged.tag);
        let manifest = tagged.candidate.pack.as_ref().map_or("", |pack| pack.manifest.as_str());
        found
            .report(ORPHAN_TAG, Place::file(joined(&tagged.path, manifest)), message)
            .help("keep a branch that leads to it");
        let tag = tagged.tag.clone();
        add(&mut tagged.candidate, found, &tag);
    }
    Ok(())
}

/// Makes a draft of a pack outside any repository that has no version, and says why.
pub(super) fn unversioned(candidate: &mut Candidate) {
    let by_source = candidate.pack.as_ref().filter(|pack| pack.versioned_by == VersionedBy::Source);
    let Some(pack) = by_source.filter(|_| candidate.stage == Stage::Head) else { return };
    let mut found = Sink::new();
    let manifest = joined(&candidate.source.path, pack.manifest.as_str());
    found
        .report(
            VERSION_NEEDS_GIT,
            Place::file(manifest),
            format!("`{}` has no version, so it is not published", pack.id.name),
        )
        .help("put it under git: its versions come from tags, or from the commits that changed it");
    candidate.stage = Stage::Draft;
    add_notes(candidate, found.finish());
}

/// Reports branches that are called like a version.
pub(super) fn shadowing_branches(below: &Below, sink: &mut Sink) -> Result<(), SourceError> {
    let names: BTreeSet<String> = below.repository.branches()?.into_iter().map(|branch| branch.name).collect();
    for name in names.iter().filter(|name| plain_version(name).is_some()) {
        sink.report(BRANCH_SHADOWS_VERSION, Place::file(""), format!("the branch `{name}` is called like a version"))
            .help("rename the branch");
    }
    Ok(())
}

/// Reports packs that have releases by tags, but none of the version they now have; the draft gets the finding.
pub(super) fn untagged_versions(present: &[Arc<At<ObjectId>>], released: &[Tagged], notes: &mut Notes) {
    let mut versions: BTreeMap<&PackId, BTreeSet<&Version>> = BTreeMap::new();
    for pack in released.iter().filter_map(|tagged| tagged.candidate.pack.as_ref()) {
        versions.entry(&pack.id).or_default().insert(&pack.version);
    }
    for at in present {
        let Some(pack) = &at.reading.pack else { continue };
        if pack.versioned_by == VersionedBy::Source
            || versions.get(&pack.id).is_none_or(|versions| versions.contains(&pack.version))
        {
            continue;
        }
        let mut found = Sink::new();
        let message = format!("version {} of `{}` has no tag", pack.version, pack.id.name);
        found
            .report(VERSION_UNTAGGED, Place::file(joined(&at.path, pack.manifest.as_str())), message)
            .help(format!("tag the commit that releases it: `git tag v{}`", pack.version));
        notes.extend(found.finish().into_iter().map(|finding| (pack.id.clone(), finding)));
    }
}

/// Reports a StackStorm pack at the root of a repository that is not called `stackstorm-<ref>`.
pub(super) fn repository_name(source: &OpenSource, candidate: &mut Candidate) {
    let Some(pack) = &candidate.pack else { return };
    if candidate.ecosystem.id() != "stackstorm" || !candidate.source.path.is_empty() || !is_remote(&source.identity) {
        return;
    }
    let name = source.identity.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(name);
    let expected = format!("stackstorm-{}", pack.id.name);
    if name != expected {
        let mut found = Sink::new();
        let message = format!("the repository is called `{name}`, not `{expected}`");
        let manifest = Place::file(pack.manifest.as_str());
        found.report(REPOSITORY_NAME_MISMATCH, manifest, message).help(format!("rename it to `{expected}`"));
        candidate.findings.extend(found.finish());
        crate::diag::sort(&mut candidate.findings);
    }
}
