//! Decides whose version a tag is.
//!
//! A tag that names a pack releases that one. A tag that is only a version releases the pack of a repository that is
//! nothing but one pack, and elsewhere every pack whose manifest has that very version at the tagged commit. Packs whose
//! manifests say no version at all are released by it together, where a repository has no others.
//!
//! Where the manifest counts, a tag that says another version releases nothing.

use super::open::Below;
use super::packs::joined;
use super::settle::At;
use super::tags;
use crate::ecosystem::Versioning;
use crate::ident::PackName;
use crate::pack::VersionedBy;
use crate::source::git::ObjectId;

/// Returns which packs a tag releases, and by which reading: the first that fits any pack.
pub(super) fn assign<'s, 'r, 't>(
    readings: &'r [tags::Reading<'t>],
    state: &[&'s At<ObjectId>],
    below: &Below,
) -> Vec<(&'s At<ObjectId>, &'r tags::Reading<'t>)> {
    for reading in readings {
        let released: Vec<_> = match (reading.name, state) {
            (Some(name), _) => named(name, state, below).into_iter().collect(),
            // Below a directory of a larger repository, a version alone may be that of anything.
            (None, [only]) if below.prefix.is_empty() => vec![*only],
            (None, state) if below.prefix.is_empty() && state.iter().all(|at| is_versioned_by_source(at)) => {
                state.to_vec()
            }
            (None, _) => {
                let is_version =
                    |at: &&At<ObjectId>| at.reading.pack.as_ref().is_some_and(|pack| pack.version == reading.version);
                state.iter().copied().filter(|at| is_version(at)).collect()
            }
        };
        let released: Vec<_> = released.into_iter().filter(|at| may_have(at, reading)).collect();
        if !released.is_empty() {
            return released.into_iter().map(|at| (at, reading)).collect();
        }
    }
    Vec::new()
}

fn is_versioned_by_source(at: &At<ObjectId>) -> bool {
    at.reading.pack.as_ref().is_some_and(|pack| pack.versioned_by == VersionedBy::Source)
}

/// Tells whether a pack can have a release of the version that a tag says.
fn may_have(at: &At<ObjectId>, reading: &tags::Reading<'_>) -> bool {
    let manifest_counts = reading.is_exact
        || at.reading.ecosystem.is_some_and(|ecosystem| ecosystem.versioning() == Versioning::ManifestCounts);
    // A pack that cannot be read has a finding of its own.
    !manifest_counts || at.reading.pack.as_ref().is_none_or(|pack| pack.version == reading.version)
}

/// Returns the pack that a tag names: by its name, by its path, or by a name that differs in case, `-` and `_` only.
fn named<'s>(name: &str, state: &[&'s At<ObjectId>], below: &Below) -> Option<&'s At<ObjectId>> {
    let pack_name = |at: &At<ObjectId>| Some(at.reading.pack.as_ref()?.id.name.clone());
    let is_name = |at: &At<ObjectId>| at.reading.pack.as_ref().is_some_and(|pack| pack.id.name.as_str() == name);
    let is_path = |at: &At<ObjectId>| {
        at.path == name || joined(&below.prefix, &at.path) == name || at.path.rsplit('/').next() == Some(name)
    };
    let folded = PackName::new(name).ok().map(|name| name.folded());
    let first = |fits: &dyn Fn(&At<ObjectId>) -> bool| state.iter().copied().find(|at| fits(at));
    first(&is_name)
        .or_else(|| first(&|at| !name.is_empty() && is_path(at)))
        .or_else(|| first(&|at| folded.is_some() && pack_name(at).map(|pack| pack.folded()) == folded))
}
