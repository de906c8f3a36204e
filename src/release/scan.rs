//! Looks for packs in trees and on disk: for manifests by name, and for [clues](crate::ecosystem::Clues) in what files say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use camino::Utf8Path;
use walkdir::WalkDir;

use super::discover::Rules;
use super::packs::{joined, parent};
use crate::source::SourceError;
use crate::source::git::{EntryKind, ObjectId, Repository, TreeEntry};

/// Deepest directory in which a pack is looked for, and the most that are looked at: far above any real repository.
const MAX_DEPTH: usize = 32;
pub(super) const MAX_MARKED: usize = 10_000;

/// Largest file that is searched for clues, in bytes: what a YAML file may have.
pub(super) const MAX_CLUE_BYTES: usize = 1 << 20;

/// What was seen below a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan<K> {
    /// The directories that hold a manifest or a near miss.
    pub(super) marked: Vec<Marked<K>>,
    /// What files outside of those say.
    pub(super) hints: Vec<Hint>,
    /// What files say of packs that they need not be part of.
    pub(super) statements: Vec<Hint>,
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

/// What a file says, and to which ecosystem.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Of where packs are.
    pub(super) clues: Vec<(usize, Arc<str>)>,
    /// Of packs that it need not be part of.
    pub(super) statements: Vec<(usize, Arc<str>)>,
}

/// What a tree of a repository holds: what matters in it and below.
///
/// Trees of different revisions share the nodes of what is the same in both.
#[derive(Debug)]
pub(super) struct Node {
    /// The tree.
    pub(super) tree: ObjectId,
    /// Whether clues were looked for.
    with_clues: bool,
    entries: Arc<[TreeEntry]>,
    /// The directories in which there is anything, each by its place among the entries.
    children: Vec<(usize, Arc<Self>)>,
    /// The names that mark the directory, sorted.
    pub(super) names: Vec<String>,
    /// What files directly in the directory say.
    hints: Vec<Hint>,
    /// What they say of packs that they need not be part of.
    statements: Vec<Hint>,
    /// How many directories are marked here and below, and how many hints and statements there are.
    pub(super) marked: usize,
    hinted: usize,
    stated: usize,
    /// Whether packs are told by names alone here and below, and what lies beside a directory does not matter.
    pub(super) is_plain: bool,
}

impl Node {
    /// Returns the directories in which there is anything, with their names, in the order of the names.
    pub(super) fn children(&self) -> impl Iterator<Item = (&str, &Arc<Self>)> {
        let name = |at: usize| std::str::from_utf8(&self.entries[at].name).unwrap_or_default();
        let mut children: Vec<_> = self.children.iter().map(|(at, node)| (name(*at), node)).collect();
        // Git sorts directories as if a slash followed; this costs little, since it is nearly the same order.
        children.sort_by_key(|(name, _)| *name);
        children.into_iter()
    }

    /// Returns everything in the tree, with paths relative to it.
    pub(super) fn scan(&self) -> Scan<ObjectId> {
        let mut scan = Scan { marked: Vec::new(), hints: Vec::new(), statements: Vec::new() };
        self.add_to(&mut scan, "");
        scan.statements.sort_by(|a, b| a.path.cmp(&b.path));
        scan
    }

    /// Returns the statements in the tree, sorted by path.
    pub(super) fn statements(&self) -> Vec<Hint> {
        self.scan().statements
    }

    /// Tells whether clues were looked for in the directory itself.
    fn has_clues(&self, rules: &Rules) -> bool {
        self.with_clues && !self.names.iter().any(|name| rules.is_certain(name))
    }

    fn add_to(&self, scan: &mut Scan<ObjectId>, path: &str) {
        for (name, child) in self.children() {
            // A crafted tree may hold one subtree any number of times.
            if scan.marked.len() >= MAX_MARKED || scan.hints.len() >= MAX_MARKED {
                return;
            }
            // What is stated hides no pack, however much it is.
            if scan.statements.len() >= MAX_MARKED && child.marked == 0 && child.hinted == 0 {
                continue;
            }
            child.add_to(scan, &joined(path, name));
        }
        let below = |hint: &Hint| Hint { path: joined(path, &hint.path), ..hint.clone() };
        scan.hints.extend(self.hints.iter().map(below));
        let room = MAX_MARKED.saturating_sub(scan.statements.len());
        scan.statements.extend(self.statements.iter().take(room).map(below));
        if !self.names.is_empty() {
            scan.marked.push(Marked { path: path.to_owned(), names: self.names.clone(), key: self.tree });
        }
    }
}

/// Scans trees.
#[derive(Debug, Default)]
pub(super) struct TreeScan {
    /// What was seen in the tree that is scanned: by tree, depth, and whether clues are looked for.
    seen: HashMap<(ObjectId, usize, bool), Arc<Node>>,
    said: HashMap<(ObjectId, Arc<str>), Arc<Said>>,
}

impl TreeScan {
    /// Returns what there is in a tree; `before` is that of a similar tree, with which it shares what is the same.
    pub(super) fn scan(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
        before: Option<&Arc<Node>>,
    ) -> Result<Arc<Node>, SourceError> {
        self.seen.clear();
        self.below(repository, rules, tree, 0, rules.has_clues(), before)
    }

    fn below(
        &mut self,
        repository: &Repository,
        rules: &Rules,
        tree: ObjectId,
        depth: usize,
        with_clues: bool,
        before: Option<&Arc<Node>>,
    ) -> Result<Arc<Node>, SourceError> {
        let before = before.filter(|before| before.with_clues == with_clues);
        if let Some(same) = before.filter(|before| before.tree == tree) {
            return Ok(Arc::clone(same));
        }
        // Known by depth too, so that a crafted tree that holds one subtree many times costs one visit per level.
        if let Some(seen) = self.seen.get(&(tree, depth, with_clues)) {
            return Ok(Arc::clone(seen));
        }
        let entries = repository.list(tree)?;
        let file = |entry: &TreeEntry| matches!(entry.kind, EntryKind::File { .. });
        let files = entries.iter().filter(|entry| file(entry));
        let files = files.filter_map(|entry| Some((std::str::from_utf8(&entry.name).ok()?, entry.id)));
        let files: Vec<(&str, ObjectId)> =
            files.filter(|(name, _)| rules.marks(name) || rules.may_hold_clue(name)).collect();
        let mut names: Vec<String> =
            files.iter().filter(|(name, _)| rules.marks(name)).map(|(name, _)| (*name).to_owned()).collect();
        names.sort_unstable();
        let clues_here = with_clues && !names.iter().any(|name| rules.is_certain(name));
        let mut node = Node {
            tree,
            with_clues,
            children: Vec::new(),
            marked: usize::from(!names.is_empty()),
            hinted: 0,
            stated: 0,
            is_plain: names.iter().all(|name| rules.is_plain(name)),
            hints: Vec::new(),
            statements: Vec::new(),
            names,
            entries: Arc::clone(&entries),
        };
        let mut earlier = Earlier::new(before.filter(|before| before.has_clues(rules) == clues_here));
        for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind == EntryKind::Directory) {
            let (known, child) = match earlier.find(entry) {
                Some((same, child)) if same.id == entry.id => (true, child),
                found => (false, found.and_then(|(_, child)| child)),
            };
            let child = match (known, child) {
                // What was left out or empty is so again.
                (true, None) => continue,
                (true, Some(child)) => Arc::clone(child),
                (false, child) => {
                    let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
                    if depth >= MAX_DEPTH || rules.never_enters(name) {
                        continue;
                    }
                    let clues_below = clues_here && !rules.has_no_clues_below(name);
                    self.below(repository, rules, entry.id, depth + 1, clues_below, child)?
                }
            };
            if child.marked > 0 || child.hinted > 0 || child.stated > 0 {
                node.stated = node.stated.saturating_add(child.stated);
                node.marked = node.marked.saturating_add(child.marked);
                node.hinted = node.hinted.saturating_add(child.hinted);
                node.is_plain &= child.is_plain;
                node.children.push((at, child));
            }
        }
        if clues_here {
            for (name, id) in files.iter().filter(|(name, _)| rules.may_hold_clue(name)) {
                let said = self.said_by(repository, rules, name, *id);
                node.hints.extend(hints(name, &said.clues));
                node.statements.extend(hints(name, &said.statements));
            }
            node.hinted = node.hinted.saturating_add(node.hints.len());
            node.stated = node.stated.saturating_add(node.statements.len());
            // A statement makes no pack, and says nothing of packs that names alone tell.
            node.is_plain &= node.hints.is_empty();
        }
        let node = Arc::new(node);
        self.seen.insert((tree, depth, with_clues), Arc::clone(&node));
        Ok(node)
    }

    /// Returns what a file says, which is looked at once per name and content.
    fn said_by(&mut self, repository: &Repository, rules: &Rules, name: &str, id: ObjectId) -> Arc<Said> {
        let key = (id, Arc::from(name));
        if let Some(said) = self.said.get(&key) {
            return Arc::clone(said);
        }
        let bytes = repository.small_blob(id, MAX_CLUE_BYTES);
        let said = Arc::new(bytes.map(|bytes| rules.said_in(name, &bytes)).unwrap_or_default());
        self.said.insert(key, Arc::clone(&said));
        said
    }
}

/// The entries of an earlier revision of a tree, looked through in step with those of a later one.
struct Earlier<'a> {
    entries: &'a [TreeEntry],
    children: std::iter::Peekable<std::slice::Iter<'a, (usize, Arc<Node>)>>,
    at: usize,
}

impl<'a> Earlier<'a> {
    /// How many entries are looked at for one that is not where it is expected.
    ///
    /// What is not found is scanned, which costs a little and changes nothing.
    const REACH: usize = 16;

    fn new(node: Option<&'a Arc<Node>>) -> Self {
        let (entries, children) = node.map_or((&[][..], &[][..]), |node| (&*node.entries, &*node.children));
        Self { entries, children: children.iter().peekable(), at: 0 }
    }

    /// Returns the directory of the same name, with what is in it if there is anything.
    fn find(&mut self, wanted: &TreeEntry) -> Option<(&'a TreeEntry, Option<&'a Arc<Node>>)> {
        let is_it = |entry: &TreeEntry| entry.kind == EntryKind::Directory && entry.name == wanted.name;
        let ahead = self.entries.get(self.at..)?.iter().filter(|entry| entry.kind == EntryKind::Directory);
        ahead.take(Self::REACH).find(|entry| is_it(entry))?;
        while !is_it(&self.entries[self.at]) {
            self.at += 1;
        }
        let found = self.at;
        self.at += 1;
        while self.children.next_if(|(at, _)| *at < found).is_some() {}
        Some((&self.entries[found], self.children.next_if(|(at, _)| *at == found).map(|(_, node)| node)))
    }
}

fn hints<'a>(path: &'a str, said: &'a [(usize, Arc<str>)]) -> impl Iterator<Item = Hint> + 'a {
    said.iter().map(|(ecosystem, says)| Hint { path: path.to_owned(), ecosystem: *ecosystem, says: Arc::clone(says) })
}

/// Scans a directory on disk.
pub(super) fn scan_directory(root: &Utf8Path, rules: &Rules, left_out: &dyn Fn(&str, bool) -> bool) -> Scan<String> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut may_hold_clues: Vec<String> = Vec::new();
    let relative = |path: &std::path::Path| relative(root, path);
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
            let directory = parent(&path);
            names.entry(directory.to_owned()).or_default().push(name.to_owned());
            if names.len() >= MAX_MARKED {
                break;
            }
        }
    }
    let is_certain = |names: &Vec<String>| names.iter().any(|name| rules.is_certain(name));
    let certain: HashSet<&str> =
        names.iter().filter(|(_, names)| is_certain(names)).map(|(path, _)| path.as_str()).collect();
    let (mut hints_found, mut statements) = (Vec::new(), Vec::new());
    for path in &may_hold_clues {
        let directory = parent(path);
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
        let said = rules.said_in(path.rsplit('/').next().unwrap_or(path), &bytes);
        hints_found.extend(hints(path, &said.clues));
        statements.extend(hints(path, &said.statements));
    }
    let marked = names.into_iter().map(|(path, names)| Marked { key: path.clone(), path, names }).collect();
    statements.sort_by(|a: &Hint, b: &Hint| a.path.cmp(&b.path));
    Scan { marked, hints: hints_found, statements }
}

/// Tells whether a directory has a file that would be committed: tools leave empty directories and caches behind.
pub(super) fn has_files(root: &Utf8Path, directory: &str, left_out: &dyn Fn(&str, bool) -> bool) -> bool {
    let path = root.join(directory);
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return false;
    }
    let is_kept = |entry: &walkdir::DirEntry| {
        relative(root, entry.path()).is_some_and(|path| !left_out(&path, entry.file_type().is_dir()))
    };
    let mut entries = WalkDir::new(path).max_depth(MAX_DEPTH).sort_by_file_name().into_iter().filter_entry(is_kept);
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_type().is_file()))
}

/// Returns a path below a directory with slashes; nothing when it is not UTF-8.
fn relative(root: &Utf8Path, path: &std::path::Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
}
