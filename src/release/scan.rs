//! Looks for packs in trees and on disk: for manifests by name, and for [clues](crate::ecosystem::Clues) in what files say.

use std::collections::{BTreeMap, HashMap, HashSet};
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

/// Largest file that is searched for clues, in bytes: what a YAML file may have.
const MAX_CLUE_BYTES: usize = 1 << 20;

/// What was seen below a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan<K> {
    /// The directories that hold a manifest or a near miss.
    pub(super) marked: Vec<Marked<K>>,
    /// What files outside of those say.
    pub(super) hints: Vec<Hint>,
}

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

/// What a file says of packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    /// Where the file lies.
    pub(super) path: String,
    /// Whose clue it is: a place in [`Rules::ecosystems`].
    pub(super) ecosystem: usize,
    /// What it says.
    pub(super) says: Arc<str>,
}

/// What files say, by their content.
type Said = Arc<[(usize, Arc<str>)]>;

/// Scans trees; what was seen of a tree once is known in every other revision.
#[derive(Debug, Default)]
pub(super) struct TreeScan {
    /// By tree, depth, and whether clues are looked for.
    seen: HashMap<(ObjectId, usize, bool), Arc<Scan<ObjectId>>>,
    said: HashMap<(ObjectId, Arc<str>), Said>,
}

impl TreeScan {
    /// Returns what there is in a tree, with paths relative to it.
    pub(super) fn scan(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
    ) -> Result<Arc<Scan<ObjectId>>, SourceError> {
        self.below(repository, rules, tree, 0, rules.has_clues())
    }

    fn below(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
        depth: usize,
        with_clues: bool,
    ) -> Result<Arc<Scan<ObjectId>>, SourceError> {
        // Known by depth too, so that a crafted tree that holds one subtree many times costs one visit per level.
        if let Some(seen) = self.seen.get(&(tree, depth, with_clues)) {
            return Ok(Arc::clone(seen));
        }
        let entries = repository.list(tree)?;
        let files = entries.iter().filter(|entry| matches!(entry.kind, EntryKind::File { .. }));
        let files: Vec<(&str, ObjectId)> =
            files.filter_map(|entry| Some((std::str::from_utf8(&entry.name).ok()?, entry.id))).collect();
        let mut names: Vec<String> =
            files.iter().filter(|(name, _)| rules.marks(name)).map(|(name, _)| (*name).to_owned()).collect();
        let clues_here = with_clues && !names.iter().any(|name| rules.is_certain(name));
        let mut scan = Scan { marked: Vec::new(), hints: Vec::new() };
        for entry in &*entries {
            let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
            if entry.kind != EntryKind::Directory || depth >= MAX_DEPTH || rules.never_enters(name) {
                continue;
            }
            let clues_below = clues_here && !rules.has_no_clues_below(name);
            let below = self.below(repository, rules, entry.id, depth + 1, clues_below)?;
            let marked = below.marked.iter().map(|one| Marked { path: joined(name, &one.path), ..one.clone() });
            scan.marked.extend(marked.take(MAX_MARKED.saturating_sub(scan.marked.len())));
            let hints = below.hints.iter().map(|one| Hint { path: joined(name, &one.path), ..one.clone() });
            scan.hints.extend(hints.take(MAX_MARKED.saturating_sub(scan.hints.len())));
        }
        if clues_here {
            for (name, id) in files.iter().filter(|(name, _)| rules.may_hold_clue(name)) {
                let said = match self.said.get(&(*id, Arc::from(*name))) {
                    Some(said) => Arc::clone(said),
                    None => {
                        let bytes = repository.small_blob(*id, MAX_CLUE_BYTES);
                        let said: Said = bytes.map(|bytes| rules.clues_in(name, &bytes)).unwrap_or_default().into();
                        self.said.insert((*id, Arc::from(*name)), Arc::clone(&said));
                        said
                    }
                };
                scan.hints.extend(hints(name, &said));
            }
        }
        if !names.is_empty() {
            names.sort_unstable();
            scan.marked.push(Marked { path: String::new(), names, key: tree });
        }
        let scan = Arc::new(scan);
        self.seen.insert((tree, depth, with_clues), Arc::clone(&scan));
        Ok(scan)
    }
}

fn hints<'a>(path: &'a str, said: &'a [(usize, Arc<str>)]) -> impl Iterator<Item = Hint> + 'a {
    said.iter().map(|(ecosystem, says)| Hint { path: path.to_owned(), ecosystem: *ecosystem, says: Arc::clone(says) })
}

/// Scans a directory on disk.
pub(super) fn scan_directory(root: &Utf8Path, rules: &Rules, left_out: &dyn Fn(&str, bool) -> bool) -> Scan<String> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut may_hold_clues: Vec<String> = Vec::new();
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
        let Some(name) = entry.file_name().to_str() else { continue };
        let (marks, may_hold_clue) = (rules.marks(name), rules.may_hold_clue(name));
        if !marks && !may_hold_clue {
            continue;
        }
        let Some(path) = relative(entry.path()).filter(|path| !left_out(path, false)) else { continue };
        if may_hold_clue && may_hold_clues.len() < MAX_MARKED {
            may_hold_clues.push(path.clone());
        }
        if marks {
            let directory = path.rfind('/').map_or("", |slash| &path[..slash]);
            names.entry(directory.to_owned()).or_default().push(name.to_owned());
            if names.len() >= MAX_MARKED {
                break;
            }
        }
    }
    let is_certain = |names: &Vec<String>| names.iter().any(|name| rules.is_certain(name));
    let certain: HashSet<&str> =
        names.iter().filter(|(_, names)| is_certain(names)).map(|(path, _)| path.as_str()).collect();
    let mut hints_found = Vec::new();
    for path in &may_hold_clues {
        let directory = path.rfind('/').map_or("", |slash| &path[..slash]);
        let mut directories = Utf8Path::new(directory).ancestors();
        if directory.split('/').any(|name| rules.has_no_clues_below(name))
            || directories.any(|directory| certain.contains(directory.as_str()))
        {
            continue;
        }
        let file = root.join(path);
        if !file.symlink_metadata().is_ok_and(|metadata| metadata.len() <= MAX_CLUE_BYTES as u64) {
            continue;
        }
        let Ok(bytes) = std::fs::read(&file) else { continue };
        hints_found.extend(hints(path, &rules.clues_in(path.rsplit('/').next().unwrap_or(path), &bytes)));
    }
    let marked = names.into_iter().map(|(path, names)| Marked { key: path.clone(), path, names }).collect();
    Scan { marked, hints: hints_found }
}
