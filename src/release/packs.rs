//! The packs of a repository at any of its trees.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::candidates::Reader;
use super::discover::{At, Found, Rules, Settled, settle};
use super::open::Below;
use super::places::{self, Place};
use super::read::{Reading, read};
use super::scan::{Node, TreeScan};
use crate::ecosystem::Ecosystem;
use crate::pack::license::Above;
use crate::source::SourceError;
use crate::source::git::{EntryKind, ObjectId, TreeEntry};

/// The ecosystem of each path in the newest state.
pub(super) type Usual = BTreeMap<String, &'static dyn Ecosystem>;

/// The packs of one tree, which several tags may share.
pub(super) type State = Arc<[Arc<At<ObjectId>>]>;

/// The directories of a tree that may be packs.
enum Listed {
    /// By names alone, shared between trees.
    Tree(Arc<Place>),
    /// By all that is in the tree.
    Flat(Vec<Found<ObjectId>>),
}

/// The packs of a repository at any of its trees, each directory read once per content.
pub(super) struct Packs<'a> {
    below: &'a Below,
    rules: &'a Rules,
    reader: &'a Reader<'a>,
    last_segment: Option<String>,
    pub(super) scan: TreeScan,
    /// What an earlier reading read; it counts where the setting is the same.
    earlier: Settled<ObjectId>,
    settled: Settled<ObjectId>,
    pub(super) usual: Usual,
    /// The licence file of the newest tree.
    license: Option<Arc<Above>>,
    /// Licence files by their content.
    licenses: HashMap<ObjectId, Arc<Above>>,
}

impl<'a> Packs<'a> {
    pub(super) fn new(
        below: &'a Below,
        rules: &'a Rules,
        reader: &'a Reader<'a>,
        last_segment: Option<String>,
        earlier: Settled<ObjectId>,
    ) -> Self {
        let (scan, settled, usual) = (TreeScan::default(), Settled::new(), Usual::new());
        let (license, licenses) = (None, HashMap::new());
        Self { below, rules, reader, last_segment, scan, earlier, settled, usual, license, licenses }
    }

    /// Returns the licence file at the root of a tree; the first that is asked for is the newest.
    fn license_of(&mut self, tree: ObjectId) -> Result<Option<Arc<Above>>, SourceError> {
        let entries = self.below.repository.list(tree)?;
        let is_it = |entry: &&TreeEntry| {
            let name = std::str::from_utf8(&entry.name).unwrap_or_default();
            matches!(entry.kind, EntryKind::File { .. }) && Above::is_it(name)
        };
        let license = entries.iter().find(is_it).and_then(|entry| {
            let known = self.licenses.get(&entry.id).cloned();
            known.or_else(|| {
                let bytes = self.below.repository.small_blob(entry.id, Above::LARGEST)?;
                let read = Arc::new(Above::of(&bytes));
                self.licenses.insert(entry.id, Arc::clone(&read));
                Some(read)
            })
        });
        if self.settled.is_empty() {
            self.license.clone_from(&license);
        }
        Ok(license)
    }

    /// Returns the ecosystems of the newest state, and everything that was read.
    pub(super) fn finish(self) -> (Usual, Settled<ObjectId>) {
        (self.usual, self.settled)
    }

    /// Returns the packs of trees, in their order; a tree that is not there has none.
    ///
    /// Trees that stand next to each other should be similar: they share what is the same in both.
    pub(super) fn at(&mut self, trees: &[Option<ObjectId>]) -> Result<Vec<State>, SourceError> {
        let repository = &self.below.repository;
        // Many tags of one commit have one tree.
        let mut numbers: HashMap<Option<ObjectId>, usize> = HashMap::from([(None, 0)]);
        let mut found: Vec<Listed> = vec![Listed::Flat(Vec::new())];
        let (mut node, mut place): (Option<Arc<Node>>, Option<Arc<Place>>) = (None, None);
        let mut license = None;
        for tree in trees.iter().copied().flatten() {
            let Entry::Vacant(new) = numbers.entry(Some(tree)) else { continue };
            new.insert(found.len());
            let scanned = self.scan.scan(repository, self.rules, tree, node.as_ref())?;
            // What the licence file says is part of what every directory is.
            let before = std::mem::replace(&mut license, self.license_of(tree)?);
            place = place.filter(|_| before == license);
            found.push(if scanned.is_plain {
                let tree = Place::of(self.rules, &scanned, license.as_ref(), place.as_ref());
                place = Some(Arc::clone(&tree));
                Listed::Tree(tree)
            } else {
                let key = |path: &str| repository.tree_at(tree, path).ok().flatten();
                Listed::Flat(self.rules.packs(&scanned.scan(), license.as_ref(), key))
            });
            node = Some(scanned);
        }
        let usual = &self.usual;
        let read = |found: &Found<ObjectId>| {
            reading(self.below, self.rules, self.reader, &self.earlier, self.last_segment.as_deref(), found, |path| {
                usual.get(path).copied()
            })
        };
        let (mut places, mut lists) = (Vec::new(), Vec::new());
        for listed in &mut found {
            match listed {
                Listed::Tree(place) => places.push(Arc::clone(place)),
                Listed::Flat(found) => lists.push(std::mem::take(found)),
            }
        }
        places::settle(&places, &mut self.settled, &read);
        let mut lists = settle(&lists, &mut self.settled, &read).into_iter();
        let state = |listed: Listed| -> State {
            match listed {
                Listed::Tree(place) => place.packs(),
                Listed::Flat(_) => lists.next().unwrap_or_default().into_iter().map(Arc::new).collect(),
            }
        };
        let states: Vec<State> = found.into_iter().map(state).collect();
        Ok(trees.iter().map(|tree| Arc::clone(&states[numbers[tree]])).collect())
    }

    /// Reads one directory in several states of its content, in parallel.
    pub(super) fn of(
        &mut self,
        path: &str,
        ecosystem: &'static dyn Ecosystem,
        trees: &[ObjectId],
    ) -> Vec<At<ObjectId>> {
        let found = |tree: &ObjectId| Found {
            path: path.to_owned(),
            key: *tree,
            ecosystems: vec![ecosystem],
            // Nobody asks beside which packs an earlier state of this one lay: what it is has been decided.
            has_sibling: true,
            license_above: self.license.clone(),
        };
        let states: Vec<Vec<Found<ObjectId>>> = trees.iter().map(|tree| vec![found(tree)]).collect();
        let states = settle(&states, &mut self.settled, &|found| {
            reading(self.below, self.rules, self.reader, &self.earlier, self.last_segment.as_deref(), found, |_| {
                Some(ecosystem)
            })
        });
        states.into_iter().flatten().collect()
    }
}

/// Takes the earlier reading of a tree, or reads it.
fn reading(
    below: &Below,
    rules: &Rules,
    reader: &Reader<'_>,
    earlier: &Settled<ObjectId>,
    last_segment: Option<&str>,
    found: &Found<ObjectId>,
    usual: impl Fn(&str) -> Option<&'static dyn Ecosystem>,
) -> Arc<Reading> {
    let setting = found.setting(usual(&found.path), last_segment, rules);
    match earlier.get(&(found.path.clone(), found.key)) {
        Some(earlier) if earlier.asked.fits(&setting) => Arc::clone(earlier),
        _ => Arc::new(read(below.repository.snapshot(found.key, &reader.limits), setting, reader)),
    }
}

/// Returns the directory that holds a path, empty at the top.
pub(super) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// Joins two relative paths, either of which may be empty.
pub(crate) fn joined(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}
