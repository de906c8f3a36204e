//! The packs of trees, worked out per directory: revisions share what is the same in both.
//!
//! A repository of a thousand packs has a tree of its own for each of their tags, and nearly all of it is as in the tree
//! before. [`Place`] says what a directory is, and is the same value in both. [`settle`] reads from the outside in, like its
//! namesake for lists, all that is new in any of the trees in parallel.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::discover::{Found, Rules};
use super::packs::joined;
use super::read::Reading;
use super::scan::{MAX_MARKED, Node};
use super::settle::{At, Settled, SettledBy};
use crate::pack::above::Above;
use crate::source::git::ObjectId;

/// A directory of a tree, with the packs in it and below.
#[derive(Debug)]
pub(super) struct Place {
    path: String,
    node: Arc<Node>,
    /// Set when the directory has a manifest that some ecosystem knows.
    found: Option<Found<ObjectId>>,
    /// What the directory itself is, once it was read.
    at: OnceLock<Arc<At<ObjectId>>>,
    children: Vec<Arc<Self>>,
    /// The directories here and below that count, once all are read that have to be.
    packs: OnceLock<Arc<[Arc<At<ObjectId>>]>>,
    /// The round of reading in which this was looked at last.
    round: AtomicUsize,
}

impl Place {
    /// Returns what a whole tree is; `before` is a similar one.
    ///
    /// `above` is what stands at the root of both.
    pub(super) fn of(
        rules: &Rules,
        node: &Arc<Node>,
        above: Option<&Arc<Above>>,
        before: Option<&Arc<Self>>,
    ) -> Arc<Self> {
        Self::at(rules, node, String::new(), above, before, &mut MAX_MARKED.clone())
    }

    fn at(
        rules: &Rules,
        node: &Arc<Node>,
        path: String,
        above: Option<&Arc<Above>>,
        before: Option<&Arc<Self>>,
        room: &mut usize,
    ) -> Arc<Self> {
        if let Some(same) = before.filter(|before| Arc::ptr_eq(&before.node, node) && node.marked <= *room) {
            *room -= node.marked;
            return Arc::clone(same);
        }
        let mut earlier = before.map_or(&[][..], |before| &before.children);
        let mut children = Vec::new();
        // What only states something is no pack.
        for (name, child) in node.children().filter(|(_, child)| child.marked > 0) {
            // A crafted tree may hold one subtree any number of times.
            if *room == 0 {
                break;
            }
            let path = joined(&path, name);
            let skipped = earlier.iter().take_while(|place| place.path < path).count();
            earlier = &earlier[skipped..];
            let same = earlier.first().filter(|place| place.path == path);
            children.push(Self::at(rules, child, path, above, same, room));
        }
        let found = rules.found(&path, &node.names, &node.tree, above);
        *room = room.saturating_sub(usize::from(!node.names.is_empty()));
        let (at, packs, round) = (OnceLock::new(), OnceLock::new(), AtomicUsize::new(0));
        Arc::new(Self { path, node: Arc::clone(node), found, at, children, packs, round })
    }

    /// Returns the directories that count, once they are settled.
    pub(super) fn packs(&self) -> Arc<[Arc<At<ObjectId>>]> {
        self.packs.get().cloned().unwrap_or_default()
    }

    /// Works out which directories count, as far as they were read, and adds those that have to be read.
    fn look<'a>(&'a self, round: usize, wanted: &mut Vec<(&'a Self, &'a Found<ObjectId>)>) {
        if self.packs.get().is_some() || self.round.swap(round, Ordering::Relaxed) == round {
            return;
        }
        let own = match (&self.found, self.at.get()) {
            (Some(found), None) => return wanted.push((self, found)),
            (_, own) => own,
        };
        if let Some(claimed) = own.filter(|at| at.reading.claimed) {
            let _ = self.packs.set([Arc::clone(claimed)].into());
            return;
        }
        self.children.iter().for_each(|child| child.look(round, wanted));
        let below: Option<Vec<_>> = self.children.iter().map(|child| child.packs.get()).collect();
        if let Some(below) = below {
            let below = below.into_iter().flat_map(|packs| packs.iter());
            let _ = self.packs.set(own.into_iter().chain(below).cloned().collect());
        }
    }
}

/// Reads the directories of several trees from the outside in, those that are new in parallel.
pub(super) fn settle(
    trees: &[Arc<Place>],
    settled: &mut Settled<ObjectId>,
    read: &(dyn Fn(&Found<ObjectId>) -> Arc<Reading> + Sync),
) {
    for round in 1.. {
        let mut wanted = Vec::new();
        trees.iter().for_each(|tree| tree.look(round, &mut wanted));
        if wanted.is_empty() {
            return;
        }
        // In the order of the trees, in which files of neighbours are those that git keeps by their differences.
        let (mut new, mut named): (Vec<&Found<ObjectId>>, HashSet<SettledBy<ObjectId>>) = Default::default();
        for (_, found) in &wanted {
            let key = found.settled_by();
            if !settled.contains_key(&key) && named.insert(key) {
                new.push(found);
            }
        }
        let new: Vec<_> = new.into_par_iter().map(|found| (found.settled_by(), read(found))).collect();
        settled.extend(new);
        for (place, found) in wanted {
            let key = found.settled_by();
            let reading = Arc::clone(&settled[&key]);
            let _ = place.at.set(Arc::new(At { path: key.0, key: key.1, reading }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TOYS, at_git, toy};
    use super::*;
    use crate::release::candidates::{Reader, Wanted, Work};
    use crate::release::open::open_source;
    use crate::release::packs::Packs;
    use crate::source::testing::RepoFixture;

    /// Directories that come, go, hide each other, are skipped, and whose names sort differently with a slash behind them.
    const DIRECTORIES: [&str; 10] =
        ["a", "a/in", "a-b", "a.b", "b/c", "b/c/d", "b", "tests/x", "z/tests", "deep/er/still"];

    #[test]
    fn what_trees_share_changes_nothing_about_them() {
        let mut repository = RepoFixture::new();
        repository.write("README", "").commit("0");
        let mut random = 7_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let mut trees = Vec::new();
        for number in 0..60 {
            let directory = DIRECTORIES[next(10) as usize];
            let manifest = format!("{directory}/toy.txt");
            let is_there = repository.root().join(&manifest).exists();
            match next(4) {
                0 if is_there => drop(repository.git(&["rm", "-q", &manifest])),
                1 => drop(repository.write(&manifest, &format!("{number} broken"))),
                2 => drop(repository.write(&format!("{directory}/other"), &number.to_string())),
                _ => drop(repository.write(&manifest, &toy("bear", &format!("1.0.{number}")))),
            }
            repository.commit(&number.to_string());
            trees.push(repository.git(&["rev-parse", "HEAD^{tree}"]).trim().to_owned());
        }
        let (memo, root) = (crate::pack::Memo::new(), repository.outside());
        let reader = Reader {
            root: &root,
            cache: &root.join("cache"),
            written: &[],
            memo: &memo,
            forgets: false,
            limits: crate::source::Limits::default(),
            yaml_limits: crate::yaml::Limits::default(),
            wanted: Wanted::Everything,
            work: &Work::default(),
        };
        let config = at_git("work");
        let rules = Rules::new(&config, TOYS).expect("rules");
        let source = open_source(&config, &reader).expect("a source");
        let below = source.repository.as_ref().expect("a repository");
        let id = |hex: &String| {
            let bytes: Vec<u8> = (0..20).filter_map(|at| u8::from_str_radix(&hex[2 * at..][..2], 16).ok()).collect();
            Some(ObjectId::from_bytes(bytes.try_into().expect("20 bytes")))
        };
        let trees: Vec<Option<ObjectId>> = trees.iter().map(id).collect();
        let read = |trees: &[Option<ObjectId>]| {
            let mut packs = Packs::new(below, &rules, &reader, None, Settled::new());
            let states = packs.at(trees).expect("read");
            let shown = |at: &Arc<At<ObjectId>>| format!("{} {:?} {}", at.path, at.key, at.reading.claimed);
            states.iter().map(|state| state.iter().map(shown).collect()).collect::<Vec<Vec<String>>>()
        };
        let together = read(&trees);
        let alone: Vec<Vec<String>> = trees.iter().flat_map(|tree| read(&[*tree])).collect();
        assert_eq!(together, alone);
        let flat = |tree: &ObjectId| {
            let node = super::super::scan::TreeScan::default().scan(&below.repository, &rules, *tree, None);
            let found = rules.packs(&node.expect("a tree").scan(), None, |_| None);
            found.iter().map(|found| found.path.clone()).collect::<Vec<_>>()
        };
        let counting = |state: &[String]| -> Vec<String> {
            state.iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
        };
        for (tree, state) in trees.iter().flatten().zip(&together) {
            let (flat, counting) = (flat(tree), counting(state));
            let mut left = flat.iter();
            assert!(counting.iter().all(|path| left.any(|other| other == path)), "{counting:?} of {flat:?}");
        }
        assert!(together.iter().any(|state| state.len() > 3));
    }
}
