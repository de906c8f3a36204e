//! What speaks for a directory being an Attune pack, by the table shared with the other user of `pack.yaml`.
//!
//! Looked at for every tag of every source: what is learnt about a file is remembered by its content, a row with evidence
//! ends the search (it decides), and of a directory at most [`MOST_FILES`] files are opened.

use std::sync::Arc;

use super::components::is_yaml;
use super::manifest::FILE;
use crate::ecosystem::{EVIDENCE_DIALECT, Evidence};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// Most component files of a directory that are opened to tell the ecosystem.
const MOST_FILES: usize = 16;

/// Runner types that only Attune has.
const RUNNERS: &[&str] =
    &["python", "python3", "node", "nodejs", "node.js", "shell", "bash", "sh", "native", "builtin", "standalone"];

/// Keys of an action that only Attune has.
const ACTION_KEYS: &[&str] = &["parameter_delivery", "parameter_format", "output_format", "workflow_file"];

/// Keys of a manifest that only Attune has.
const MANIFEST_KEYS: &[&str] = &[
    "label",
    "conf_schema",
    "config_schema",
    "runtime_deps",
    "testing",
    "tags",
    "enabled",
    "meta",
    "metadata",
    "config",
];

/// What a file tells about its ecosystem.
#[derive(Debug, Default)]
struct Sniffed {
    /// The text of a `ref`.
    reference: Option<String>,
    has_version: bool,
    /// Whether it has a key or a value that only Attune has.
    speaks: bool,
}

/// Returns the evidence; `None` when there is no manifest, or one that has neither `ref` nor `version` beside nothing else
/// that looks like Attune.
///
/// A manifest that cannot be read is no reason to give up: the other files may tell, and then its faults are reported.
pub(super) fn of(tree: &PackTree<'_>) -> Option<Evidence> {
    let manifest = sniff(tree, tree.get(FILE)?, "manifest", |root| {
        MANIFEST_KEYS.iter().any(|key| root.get(key).is_some())
            || root.get("system").is_some_and(|system| system.as_bool().is_some())
    });
    let (pack, is_pack, says) = match manifest.as_deref() {
        Some(manifest) => {
            (manifest.reference.as_deref(), manifest.reference.is_some() || manifest.has_version, manifest.speaks)
        }
        None => (None, true, false),
    };
    let rows: [&dyn Fn() -> bool; 4] = [
        &|| actions_speak(tree, pack),
        &|| components_speak(tree),
        &|| {
            ["permission_sets", "runtimes", "queues"].iter().any(|directory| !tree.snapshot.below(directory).is_empty())
                || tree.get("pack-icon.svg").is_some()
        },
        &|| says,
    ];
    let mut evidence = Evidence::default();
    if let Some(row) = rows.iter().position(|row| row()) {
        evidence.0[row] = true;
    }
    (is_pack || evidence != Evidence::default()).then_some(evidence)
}

fn actions_speak(tree: &PackTree<'_>, pack: Option<&str>) -> bool {
    first_files(tree, "actions").any(|entry| {
        let found = sniff(tree, entry, "action", |root| {
            root.get("runner_type").and_then(Node::as_str).is_some_and(|runner| RUNNERS.contains(&runner))
                || ACTION_KEYS.iter().any(|key| root.get(key).is_some())
        });
        found.is_some_and(|found| {
            let prefix =
                found.reference.as_deref().and_then(|reference| reference.split_once('.')).map(|(prefix, _)| prefix);
            found.speaks || (prefix.is_some() && prefix == pack)
        })
    })
}

fn components_speak(tree: &PackTree<'_>) -> bool {
    let is_dotted = |found: &Sniffed| found.reference.as_deref().is_some_and(|reference| reference.contains('.'));
    let sensors = first_files(tree, "sensors")
        .any(|entry| sniff(tree, entry, "sensor", |_| false).is_some_and(|found| is_dotted(&found)));
    sensors
        || first_files(tree, "rules").any(|entry| {
            let found = sniff(tree, entry, "rule", |root| {
                root.get("trigger_ref").is_some() || root.get("action_ref").is_some()
            });
            found.is_some_and(|found| found.speaks || is_dotted(&found))
        })
}

fn first_files<'a>(tree: &PackTree<'a>, directory: &'static str) -> impl Iterator<Item = &'a FileEntry> {
    let files = tree.snapshot.below(directory);
    files.iter().filter(move |entry| entry.path.parent() == directory && is_yaml(entry)).take(MOST_FILES)
}

/// Looks at a file once per content; `None` when it is no mapping. Its findings are made again, and kept, when it is read.
fn sniff(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    what: &'static str,
    speaks: impl FnOnce(&Node) -> bool,
) -> Option<Arc<Sniffed>> {
    let sniffed = tree.sniff_yaml(entry, EVIDENCE_DIALECT, ("attune", what), |root| {
        root.is_map().then(|| {
            Arc::new(Sniffed {
                reference: root.get("ref").and_then(Node::as_str).map(str::to_owned),
                has_version: root.get("version").is_some(),
                speaks: speaks(root),
            })
        })
    });
    sniffed.as_ref().clone().flatten()
}
