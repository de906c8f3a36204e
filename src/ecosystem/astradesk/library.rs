//! Libraries of the framework, such as `astradesk-core`: what packs depend on and no public index has.
//!
//! They are companions of packs, not packs: the loader does not look for them, and no directory is one by itself. A source says so
//! with `profile = "library"`. Then they are recorded as releases are, so that their bytes stay what they were, and lie in the
//! package index; lists of domain packs leave them out.

use super::{detect, manifest};
use crate::pack::{Pack, PackTree, Provision, Requirement};

/// The name by which `packyard.toml` calls them.
pub(super) const PROFILE: &str = "library";
/// The kind of dependencies, and of provisions, that are libraries of the framework.
pub(super) const FRAMEWORK: &str = "framework";

/// Tells whether a directory is read as a library: its source says so, it has a project, and it is no pack.
pub(super) fn is_at(tree: &PackTree<'_>) -> bool {
    let has_project = || {
        let read = tree.get(manifest::FILE).map(|entry| manifest::tree(tree, entry));
        let root = read.as_ref().and_then(|read| read.as_ref().as_ref().ok());
        root.and_then(|root| root.get("project")?.get("name")?.as_str()).is_some()
    };
    tree.configured.profile == Some(PROFILE) && !detect::is_pack(tree) && has_project()
}

/// Returns what a library requires, by which a release stays one: AstraDesk, as whose library it is used.
pub(super) fn requirement() -> Requirement {
    Requirement { name: super::ID.to_owned(), range: Some(PROFILE.to_owned()) }
}

/// Tells whether requirements are those of a library.
pub(super) fn is_recorded(requirements: &[Requirement]) -> bool {
    requirements.contains(&requirement())
}

/// Tells whether a pack of the catalogue is a library.
pub(super) fn is_one(pack: &Pack) -> bool {
    is_recorded(&pack.requirements)
}

/// Returns what a library provides: what packs name as a dependency.
pub(super) fn provision(project: &str) -> Provision {
    Provision { kind: FRAMEWORK, name: project.to_owned(), value: None }
}
