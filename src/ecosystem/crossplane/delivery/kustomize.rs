//! What a kustomization lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::codes::consumer::KUSTOMIZE_MISSING;
use super::super::documents::{self, Document};
use super::files::{exists, resolved};
use super::object;
use crate::diag::{Sink, Span};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// The names that kustomize reads (`konfig.RecognizedKustomizationFileNames`).
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that list files or directories.
const LISTS: &[&str] =
    &["resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators"];

/// Most missing files of a kustomization that are reported one by one.
const MOST_REPEATED: usize = 20;

/// What the kustomizations of a pack list.
#[derive(Debug, Default)]
pub(in super::super) struct Listed {
    /// Files that patch objects which stand elsewhere: each is a part of an object only.
    pub patches: BTreeSet<String>,
}

/// Tells whether a file is a kustomization.
pub(super) fn is_kustomization(entry: &FileEntry) -> bool {
    NAMES.contains(&entry.path.file_name())
}

/// Reads a kustomization, and reports local files that it lists and the pack does not have.
pub(super) fn read(tree: &PackTree<'_>, entry: &FileEntry, listed: &mut Listed, sink: &mut Sink) {
    let (directory, roots) = (entry.path.parent(), roots(tree, entry));
    let mut missing = 0;
    for (path, span, is_patch) in roots.iter().flat_map(|root| paths(root)) {
        let Some(resolved) = resolved(directory, path) else { continue };
        if is_patch {
            listed.patches.insert(resolved.clone());
        }
        if is_remote(path) || exists(tree, &resolved) || missing >= MOST_REPEATED {
            continue;
        }
        missing += 1;
        sink.report(KUSTOMIZE_MISSING, object::place(tree, &entry.path, span), format!("there is no `{resolved}`"))
            .help("add the file, or take it off the list: kustomize stops at it");
    }
}

/// Returns the kustomizations of a file; one may leave out what it is.
fn roots(tree: &PackTree<'_>, entry: &FileEntry) -> Vec<Arc<Node>> {
    let root = |document: &Document<'_>, _: &mut Sink| Arc::new(document.root().clone());
    let parsed = documents::each(tree, entry, "kustomization", &mut Sink::new(), root);
    parsed.value.iter().flatten().cloned().collect()
}

/// Returns every path that a kustomization names, and whether it is that of a patch.
fn paths(root: &Node) -> Vec<(&str, Span, bool)> {
    let mut found = Vec::new();
    for list in LISTS {
        for item in root.get(list).map(Node::items).unwrap_or_default() {
            found.extend(item.as_str().filter(|text| !text.contains('\n')).map(|text| (text, item.span, false)));
        }
    }
    for item in root.get("patchesStrategicMerge").map(Node::items).unwrap_or_default() {
        found.extend(item.as_str().filter(|text| !text.contains('\n')).map(|text| (text, item.span, true)));
    }
    for list in ["patches", "patchesJson6902"] {
        for item in root.get(list).map(Node::items).unwrap_or_default() {
            let path = item.get("path");
            found.extend(path.and_then(|path| Some((path.as_str()?, path.span, true))));
        }
    }
    for generator in root.get("configMapGenerator").map(Node::items).unwrap_or_default() {
        for item in generator.get("files").map(Node::items).unwrap_or_default() {
            let path = item.as_str().map(|text| text.split_once('=').map_or(text, |(_, path)| path));
            found.extend(path.map(|path| (path, item.span, false)));
        }
    }
    found
}

/// Tells whether kustomize would fetch it: a URL, or a repository by host (`github.com/org/repo//path?ref=v1`).
fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.contains("?ref=")
        || path.contains("//")
        || path.starts_with("git@")
        || path.split('/').next().is_some_and(|first| first.contains('.') && first.ends_with(".com"))
}
