//! What speaks for a `pack.yaml` being a StackStorm pack: the detection table that StackStorm and Attune share.

use std::sync::Arc;

use super::{ID, runners};
use crate::ecosystem::{EVIDENCE_DIALECT, Evidence};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// What a manifest says about its ecosystem.
enum ManifestSniff {
    /// A mapping, with whether any key is StackStorm's.
    Mapping(bool),
    /// Something else: no manifest.
    Other,
}

struct ActionSniff(bool);
struct SensorSniff(bool);
struct RuleSniff(bool);

/// Returns the evidence, the strongest row only; `None` when `pack.yaml` is absent or no mapping.
///
/// A `pack.yaml` that is not YAML says nothing against it: then the other files tell, so that the fault is reported.
pub(super) fn evidence(tree: &PackTree<'_>) -> Option<Evidence> {
    let manifest = tree.get("pack.yaml")?;
    let sniffed = sniff(tree, manifest, |root| {
        if root.is_map() { ManifestSniff::Mapping(has_manifest_keys(root)) } else { ManifestSniff::Other }
    });
    let rows = |row: usize| {
        let mut rows = [false; 4];
        rows[row] = true;
        Some(Evidence(rows))
    };
    let keys = match *sniffed {
        Some(ManifestSniff::Mapping(keys)) => Some(keys),
        Some(ManifestSniff::Other) => None,
        None => Some(false),
    };
    if any(tree, "actions", |entry| {
        (*sniff(tree, entry, |root| ActionSniff(is_action(root)))).as_ref().is_some_and(|sniff| sniff.0)
    }) {
        return rows(0);
    }
    let sensor = |entry: &FileEntry| {
        let sniffed = sniff(tree, entry, |root| SensorSniff(root.get("class_name").is_some()));
        (*sniffed).as_ref().is_some_and(|sniff| sniff.0)
    };
    let rule = |entry: &FileEntry| {
        let sniffed = sniff(tree, entry, |root| RuleSniff(is_rule(root)));
        (*sniffed).as_ref().is_some_and(|sniff| sniff.0)
    };
    if any(tree, "sensors", sensor) || any(tree, "rules", rule) {
        return rows(1);
    }
    let files = ["config.schema.yaml", "icon.png"].iter().any(|path| tree.get(path).is_some());
    if files || !tree.snapshot.below("aliases").is_empty() {
        return rows(2);
    }
    match keys? {
        true => rows(3),
        false => Some(Evidence::default()),
    }
}

/// Looks at a file once per content; `None` when it gives no tree.
fn sniff<T: Send + Sync + 'static>(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    look: impl FnOnce(&Node) -> T,
) -> Arc<Option<T>> {
    tree.sniff_yaml(entry, EVIDENCE_DIALECT, ID, look)
}

fn any(tree: &PackTree<'_>, folder: &'static str, speaks: impl Fn(&FileEntry) -> bool) -> bool {
    let is_yaml = |entry: &&FileEntry| super::reading::is_component_file(entry);
    tree.snapshot.below(folder).iter().filter(|entry| entry.path.parent() == folder).filter(is_yaml).any(speaks)
}

fn is_action(root: &Node) -> bool {
    let runner = root.get("runner_type").and_then(Node::as_str).unwrap_or_default();
    root.get("name").is_some() && (runners::by_name(runner).is_some() || runners::successor(runner).is_some())
}

fn is_rule(root: &Node) -> bool {
    let has = |first: &str, second: &str| root.get(first).is_some_and(|node| node.get(second).is_some());
    has("trigger", "type") || has("action", "ref")
}

fn has_manifest_keys(root: &Node) -> bool {
    ["stackstorm_version", "python_versions", "contributors"].iter().any(|key| root.get(key).is_some())
        || root.get("system").is_some_and(Node::is_map)
}
