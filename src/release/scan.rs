//! Looks for manifests by name, in trees and on disk, without reading any content.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use camino::Utf8Path;
use walkdir::WalkDir;

use super::discover::Rules;
use super::packs::joined;
use crate::source::SourceError;
use crate::source::git::{EntryKind, ObjectId, Repository};

/// Deepest directory in which a pack is looked for, and the most that are looked at: far above any real repository.
const MAX_DEPTH: usize = 32;
const MAX_MARKED: usize = 10_000;

/// A directory that holds a manifest or a near miss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked<K> {
    /// Its path, empty at the top.
    pub(super) path: String,
    /// The names that matter, sorted.
    pub(super) names: Vec<String>,
    /// What identifies its content.
    pub(super) key: K,
}

/// Finds marked directories in trees; what was seen of a tree once is known in every other revision.
#[derive(Debug, Default)]
pub(super) struct TreeScan(HashMap<(ObjectId, usize), Arc<[Marked<ObjectId>]>>);

impl TreeScan {
    /// Returns the marked directories of a tree, with paths relative to it.
    pub(super) fn marked(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
    ) -> Result<Arc<[Marked<ObjectId>]>, SourceError> {
        self.below(repository, rules, tree, 0)
    }

    fn below(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
        depth: usize,
    ) -> Result<Arc<[Marked<ObjectId>]>, SourceError> {
        // Known by depth too, so that a crafted tree that holds one subtree many times costs one visit per level.
        if let Some(found) = self.0.get(&(tree, depth)) {
            return Ok(Arc::clone(found));
        }
        let mut marked: Vec<Marked<ObjectId>> = Vec::new();
        let mut names = Vec::new();
        for entry in &*repository.list(tree)? {
            let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
            match entry.kind {
                EntryKind::File { .. } if rules.marks(name) => names.push(name.to_owned()),
                EntryKind::Directory if depth < MAX_DEPTH && !rules.never_enters(name) => {
                    let below = self.below(repository, rules, entry.id, depth + 1)?;
                    let room = MAX_MARKED.saturating_sub(marked.len());
                    marked.extend(
                        below
                            .iter()
                            .take(room)
                            .map(|below| Marked { path: joined(name, &below.path), ..below.clone() }),
                    );
                }
                _ => {}
            }
        }
        if !names.is_empty() {
            names.sort_unstable();
            marked.push(Marked { path: String::new(), names, key: tree });
        }
        let marked: Arc<[Marked<ObjectId>]> = marked.into();
        self.0.insert((tree, depth), Arc::clone(&marked));
        Ok(marked)
    }
}

/// Finds marked directories on disk; their path is their key.
pub(super) fn scan_directory(
    root: &Utf8Path,
    rules: &Rules,
    left_out: &dyn Fn(&str, bool) -> bool,
) -> Vec<Marked<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let relative = |path: &std::path::Path| -> Option<String> {
        Some(path.strip_prefix(root).ok()?.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
    };
    let enter = |entry: &walkdir::DirEntry| {
        if !entry.file_type().is_dir() || entry.depth() == 0 {
            return true;
        }
        let (Some(name), Some(path)) = (entry.file_name().to_str(), relative(entry.path())) else { return false };
        !rules.never_enters(name) && !left_out(&path, true)
    };
    // What cannot be listed holds no pack that could be read; the snapshot of a pack reports what it misses.
    let entries = WalkDir::new(root).max_depth(MAX_DEPTH + 1).sort_by_file_name().into_iter().filter_entry(enter);
    for entry in entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
        let Some(name) = entry.file_name().to_str().filter(|name| rules.marks(name)) else { continue };
        let Some(path) = relative(entry.path()).filter(|path| !left_out(path, false)) else { continue };
        let directory = path.rfind('/').map_or("", |slash| &path[..slash]);
        names.entry(directory.to_owned()).or_default().push(name.to_owned());
        if names.len() >= MAX_MARKED {
            break;
        }
    }
    names.into_iter().map(|(path, names)| Marked { key: path.clone(), path, names }).collect()
}
