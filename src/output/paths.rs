//! The paths of files in few bytes: a registry has hundreds of thousands of them, and remembers all until it is written.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use crate::ident::RelPath;

/// The paths of some files that lie near each other, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paths {
    /// Where all of them begin.
    prefix: Box<str>,
    /// The rest of each, behind one another, each with a line feed at its end, which no path has.
    rests: Box<str>,
}

impl Paths {
    /// Packs paths.
    pub(super) fn of(paths: &[RelPath]) -> Self {
        let prefix = paths.iter().map(RelPath::as_str).reduce(common).unwrap_or_default();
        let rests: String = paths.iter().flat_map(|path| [&path.as_str()[prefix.len()..], "\n"]).collect();
        Self { prefix: prefix.into(), rests: rests.into() }
    }

    /// Returns the paths.
    pub(super) fn iter(&self) -> impl Iterator<Item = String> {
        self.rests.split_terminator('\n').map(|rest| format!("{}{rest}", self.prefix))
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.rests.bytes().filter(|byte| *byte == b'\n').count()
    }
}

/// Returns the beginning that two texts have in common.
fn common<'a>(a: &'a str, b: &str) -> &'a str {
    let mut len = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(len) {
        len -= 1;
    }
    &a[..len]
}

/// Paths of which only that they are there is remembered, by 128 bits of keyed hash: equal ones of two paths are not to be expected,
/// on purpose neither, since the keys are random.
#[derive(Debug, Default)]
pub(super) struct PathSet {
    /// Many small tables, none of which is ever much larger than it has to be.
    shards: [Mutex<HashSet<(u64, u64)>>; 32],
    hashers: [RandomState; 2],
}

impl PathSet {
    /// Adds a path; false if it was there.
    pub(super) fn insert(&self, path: &str) -> bool {
        let hash = self.hash(path);
        self.shard(hash).insert(hash)
    }

    /// Tells whether a path is there.
    pub(super) fn contains(&self, path: &str) -> bool {
        let hash = self.hash(path);
        self.shard(hash).contains(&hash)
    }

    fn hash(&self, path: &str) -> (u64, u64) {
        let [a, b] = &self.hashers;
        (a.hash_one(path), b.hash_one(path))
    }

    fn shard(&self, (hash, _): (u64, u64)) -> MutexGuard<'_, HashSet<(u64, u64)>> {
        let shard = &self.shards[hash as usize % self.shards.len()];
        shard.lock().expect("no panic while locked")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Ensures that paths come out as they went in.
        #[test]
        fn what_is_packed_is_unpacked(texts in proptest::collection::vec("[aé](/[abéü€]{1,3}){0,3}", 0..8)) {
            let paths: Vec<RelPath> = texts.iter().map(RelPath::composed).collect();
            let packed = Paths::of(&paths);
            prop_assert_eq!(packed.len(), texts.len());
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), texts);
        }
    }
}
