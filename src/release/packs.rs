//! The packs of a repository at any of its trees.

use std::collections::BTreeMap;

use super::candidates::Reader;
use super::discover::{At, Found, Rules, Settled, settle};
use super::open::Below;
use super::read::read;
use super::scan::TreeScan;
use crate::ecosystem::Ecosystem;
use crate::source::SourceError;
use crate::source::git::ObjectId;

/// The ecosystem of each path in the newest state.
pub(super) type Usual = BTreeMap<String, &'static dyn Ecosystem>;

/// The packs of a repository at any of its trees, each directory read once per content.
pub(super) struct Packs<'a> {
    below: &'a Below,
    rules: &'a Rules,
    reader: &'a Reader<'a>,
    last_segment: Option<String>,
    pub(super) scan: TreeScan,
    settled: Settled<ObjectId>,
    pub(super) usual: Usual,
}

impl<'a> Packs<'a> {
    pub(super) fn new(
        below: &'a Below,
        rules: &'a Rules,
        reader: &'a Reader<'a>,
        last_segment: Option<String>,
    ) -> Self {
        let (scan, settled, usual) = (TreeScan::default(), Settled::new(), Usual::new());
        Self { below, rules, reader, last_segment, scan, settled, usual }
    }

    /// Returns the packs of trees, in their order; a tree that is not there has none.
    pub(super) fn at(&mut self, trees: &[Option<ObjectId>]) -> Result<Vec<Vec<At<ObjectId>>>, SourceError> {
        let repository = &self.below.repository;
        let states = trees
            .iter()
            .map(|tree| match tree {
                Some(tree) => Ok(self.rules.packs(&self.scan.marked(repository, self.rules, *tree)?)),
                None => Ok(Vec::new()),
            })
            .collect::<Result<Vec<_>, SourceError>>()?;
        let (reader, usual, last) = (self.reader, &self.usual, self.last_segment.as_deref());
        let read = |found: &Found<ObjectId>| {
            read(
                repository.snapshot(found.key, &reader.limits),
                found.setting(usual.get(&found.path).copied(), last),
                reader,
            )
        };
        Ok(settle(&states, &mut self.settled, &read))
    }

    /// Reads one directory in several states of its content, in parallel.
    pub(super) fn of(
        &mut self,
        path: &str,
        ecosystem: &'static dyn Ecosystem,
        trees: &[ObjectId],
    ) -> Vec<At<ObjectId>> {
        let found = |tree: &ObjectId| Found { path: path.to_owned(), key: *tree, ecosystems: vec![ecosystem] };
        let states: Vec<Vec<Found<ObjectId>>> = trees.iter().map(|tree| vec![found(tree)]).collect();
        let (reader, repository, last) = (self.reader, &self.below.repository, self.last_segment.as_deref());
        let read = |found: &Found<ObjectId>| {
            read(repository.snapshot(found.key, &reader.limits), found.setting(Some(ecosystem), last), reader)
        };
        settle(&states, &mut self.settled, &read).into_iter().flatten().collect()
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
