//! Decides whose version a tag is.
//!
//! A tag that names a pack releases that one. A tag that is only a version releases the pack of a repository that is
//! nothing but one pack, and elsewhere every pack whose manifest has that very version at the tagged commit.

use super::discover::At;
use super::open::Below;
use super::packs::joined;
use super::tags;
use crate::ident::PackName;
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
            (None, _) => {
                let is_version =
                    |at: &&At<ObjectId>| at.reading.pack.as_ref().is_some_and(|pack| pack.version == reading.version);
                state.iter().copied().filter(|at| is_version(at)).collect()
            }
        };
        if !released.is_empty() {
            return released.into_iter().map(|at| (at, reading)).collect();
        }
    }
    Vec::new()
}

/// Returns the pack that a tag names: by its name, by its path, or by a name that differs in case, `-` and `_` only.
fn named<'s>(name: &str, state: &[&'s At<ObjectId>], below: &Below) -> Option<&'s At<ObjectId>> {
    let pack_name = |at: &At<ObjectId>| Some(at.reading.pack.as_ref()?.id.name.clone());
    let is_path = |at: &At<ObjectId>| {
        at.path == name || joined(&below.prefix, &at.path) == name || at.path.rsplit('/').next() == Some(name)
    };
    let folded = PackName::new(name).ok().map(|name| name.folded());
    let first = |fits: &dyn Fn(&At<ObjectId>) -> bool| state.iter().copied().find(|at| fits(at));
    first(&|at| pack_name(at).is_some_and(|pack| pack.as_str() == name))
        .or_else(|| first(&|at| !name.is_empty() && is_path(at)))
        .or_else(|| first(&|at| folded.is_some() && pack_name(at).map(|pack| pack.folded()) == folded))
}
