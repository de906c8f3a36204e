//! The packs of a repository at any of its trees.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::candidates::Reader;
use super::discover::{At, Found, Rules, Settled, settle};
use super::open::Below;
use super::read::{Reading, read};
use super::scan::TreeScan;
use crate::ecosystem::Ecosystem;
use crate::source::SourceError;
use crate::source::git::ObjectId;

/// The ecosystem of each path in the newest state.
pub(super) type Usual = BTreeMap<String, &'static dyn Ecosystem>;

/// The packs of one tree, which several tags may share.
pub(super) type State = Arc<Vec<At<ObjectId>>>;

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
        Self { below, rules, reader, last_segment, scan, earlier, settled, usual }
    }

    /// Returns the ecosystems of the newest state, and everything that was read.
    pub(super) fn finish(self) -> (Usual, Settled<ObjectId>) {
        (self.usual, self.settled)
    }

    /// Returns the packs of trees, in their order; a tree that is not there has none.
    pub(super) fn at(&mut self, trees: &[Option<ObjectId>]) -> Result<Vec<State>, SourceError> {
        let repository = &self.below.repository;
        // Many tags of one commit have one tree.
        let mut numbers: HashMap<Option<ObjectId>, usize> = HashMap::new();
        let mut found = Vec::new();
        for tree in trees {
            if let Entry::Vacant(new) = numbers.entry(*tree) {
                new.insert(found.len());
                found.push(match tree {
                    Some(tree) => {
                        let scan = self.scan.scan(repository, self.rules, *tree)?;
                        self.rules.packs(&scan, |path| repository.tree_at(*tree, path).ok().flatten())
                    }
                    None => Vec::new(),
                });
            }
        }
        let usual = &self.usual;
        let states = settle(&found, &mut self.settled, &|found| {
            reading(self.below, self.rules, self.reader, &self.earlier, self.last_segment.as_deref(), found, |path| {
                usual.get(path).copied()
            })
        });
        let states: Vec<State> = states.into_iter().map(Arc::new).collect();
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

/// Joins two relative paths, either of which may be empty.
pub(crate) fn joined(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}
