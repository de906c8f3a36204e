//! What lies in no pack, and is of interest all the same: compositions without a definition, and lock files.

use super::adapter::lock;
use super::codes::provider::COMPOSITION_ORPHAN;
use super::composition::Composition;
use super::objects::{self, Object};
use super::provider::{self, API};
use super::schema::provision_name;
use super::{ID, detect, xrd};
use crate::diag::Sink;
use crate::ecosystem::Names;
use crate::pack::PackTree;
use crate::source::FileEntry;

/// Tells whether a directory has any of it.
pub(super) fn has_any(tree: &PackTree<'_>) -> bool {
    lock_file(tree).is_some() || provider::compositions(tree).iter().any(|path| !path.contains('/'))
}

/// Says of each composition directly in a directory that it belongs to no pack, and what is wrong with files beside it; holds the
/// lock file against the catalog.
pub(super) fn check(tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    if detect::kind(tree).is_some() {
        return;
    }
    for entry in tree.directly_in("").filter(|entry| mentions_objects(tree, entry)) {
        let objects = objects::read(tree, entry, sink);
        for object in objects.value.iter().flatten() {
            if let Object::Composition(composition) = object {
                orphan(tree, entry, composition, names, sink);
            }
        }
    }
    if let Some(entry) = lock_file(tree) {
        lock::check(tree, entry, names, sink);
    }
}

fn lock_file<'a>(tree: &PackTree<'a>) -> Option<&'a FileEntry> {
    let entry = tree.get(lock::FILE)?;
    let bytes = (entry.size <= tree.yaml_limits.bytes as u64).then(|| tree.memo.read(tree.snapshot, entry).ok())??;
    lock::is_lock(&bytes).then_some(entry)
}

/// Tells whether a file is meant to declare something, even if what is wrong with it hides what.
fn mentions_objects(tree: &PackTree<'_>, entry: &FileEntry) -> bool {
    let text = || tree.text(entry, tree.yaml_limits.bytes as u64).unwrap_or_default();
    objects::is_declaring(entry.path.as_str()) && text().contains(xrd::GROUP)
}

fn orphan(tree: &PackTree<'_>, entry: &FileEntry, composition: &Composition, names: &Names, sink: &mut Sink) {
    let Some(target) = &composition.target else { return };
    let providers = names.providers(ID, API, &provision_name(&target.group, &target.kind));
    let (message, help) = match providers.first() {
        Some(other) => (
            format!("the composition is in no pack: `{}` is defined in another source", target.kind),
            format!("move it to the pack `{}`, or make a package of it with a `crossplane.yaml`", other.pack),
        ),
        None => (
            format!(
                "the composition is in no pack, and no pack of the catalog defines `{}` of `{}`",
                target.kind, target.group
            ),
            "correct `compositeTypeRef`, or move the composition beside its definition".to_owned(),
        ),
    };
    sink.report(COMPOSITION_ORPHAN, provider::place(tree, entry, target.span), message).help(help);
}
