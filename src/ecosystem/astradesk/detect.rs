//! What speaks for a `pyproject.toml` being a domain pack's.

use super::layout::COMPONENT_FOLDERS;
use super::manifest::{self, FILE, GROUP};
use super::python_versions::normalised;
use super::{ID, library};
use crate::diag::{Place, Sink};
use crate::ecosystem::{Evidence, NEAR_MISS};
use crate::pack::PackTree;
use crate::yaml::Node;

/// Returns the evidence: what says that it is a pack, or that it is a library of a source that has libraries.
pub(super) fn evidence(tree: &PackTree<'_>) -> Option<Evidence> {
    match tree.configured.profile {
        // A pack of such a source is for another source.
        Some(library::PROFILE) => library::is_at(tree).then_some(Evidence([false, false, false, true])),
        _ => of_pack(tree),
    }
}

/// Tells whether anything says that a directory is a pack.
pub(super) fn is_pack(tree: &PackTree<'_>) -> bool {
    of_pack(tree).is_some()
}

/// Returns the evidence of a pack: the group of entry points, the project's name, or the directory with folders of components.
///
/// Libraries and services of the framework have none of them, nor has any other Python project.
fn of_pack(tree: &PackTree<'_>) -> Option<Evidence> {
    let read = tree.get(FILE).map(|entry| manifest::tree(tree, entry));
    let root = read.as_ref().and_then(|read| read.as_ref().as_ref().ok());
    let row = if root.is_some_and(manifest::has_group) {
        0
    } else if root.is_some_and(has_name) {
        1
    } else if is_by_directory(tree) {
        2
    } else {
        return None;
    };
    let mut rows = [false; 4];
    rows[row] = true;
    Some(Evidence(rows))
}

/// Tells whether a directory is certainly no domain pack; reports one that almost looks like it.
pub(super) fn is_foreign(tree: &PackTree<'_>, sink: &mut Sink) -> bool {
    // Where the configuration names the ecosystem, what is wrong with the manifest is to be said.
    if evidence(tree).is_some() || tree.configured.ecosystem == Some(ID) {
        return false;
    }
    let read = tree.get(FILE).map(|entry| manifest::tree(tree, entry));
    if let Some(Ok(root)) = read.as_deref()
        && manifest::has_wrong_group(root)
    {
        let message = "a group of entry points is spelt almost like that of domain packs";
        sink.report(NEAR_MISS, Place::file(FILE), message)
            .help(format!("write `[project.entry-points.\"{GROUP}\"]` if this is a pack of AstraDesk"));
    }
    true
}

/// Tells whether only the directory and its folders speak for a pack.
pub(super) fn is_by_directory_alone(tree: &PackTree<'_>) -> bool {
    of_pack(tree).is_some_and(|evidence| evidence.0[2])
}

fn has_name(root: &Node) -> bool {
    let name = root.get("project").and_then(|project| project.get("name")).and_then(Node::as_str);
    name.is_some_and(|name| normalised(name).starts_with("astradesk-domain-"))
}

/// Tells whether the directory is called `domain-…`, lies below `packages/`, and has a folder of components.
fn is_by_directory(tree: &PackTree<'_>) -> bool {
    let is_domain = tree.directory.is_some_and(|name| name.starts_with("domain-") && name.len() > "domain-".len());
    is_domain
        && tree.path.split('/').rev().skip(1).any(|above| above == "packages")
        && tree.snapshot.files().iter().any(|entry| {
            let parts: Vec<&str> = entry.path.as_str().split('/').collect();
            let inner = if parts.first() == Some(&"src") { parts.get(2..) } else { Some(&parts[..]) };
            inner.is_some_and(|inner| inner.len() > 1 && COMPONENT_FOLDERS.contains(&inner[0]))
        })
}
