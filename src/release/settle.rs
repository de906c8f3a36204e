//! Which directories of a state are packs: they are read from the outside in, and one that an ecosystem claims hides everything
//! below it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use rayon::prelude::*;

use super::discover::Found;
use super::read::Reading;
use crate::pack::above::Above;

/// A directory of one state, as it was read.
#[derive(Debug, Clone)]
pub(super) struct At<K> {
    /// Its path, empty at the top.
    pub(super) path: String,
    /// What identifies its content.
    pub(super) key: K,
    /// What it is.
    pub(super) reading: Arc<Reading>,
}

/// What tells readings of directories apart: path, content, and what the rest of the source says.
pub(super) type SettledBy<K> = (String, K, Option<Arc<Above>>);

/// What was read of directories.
pub(super) type Settled<K> = HashMap<SettledBy<K>, Arc<Reading>>;

/// Reads the directories of several states from the outside in, those that are new in parallel, and returns per state the
/// ones that count: not below a claimed one.
pub(super) fn settle<K: Clone + Eq + Hash + Send + Sync>(
    states: &[Vec<Found<K>>],
    settled: &mut Settled<K>,
    read: &(dyn Fn(&Found<K>) -> Arc<Reading> + Sync),
) -> Vec<Vec<At<K>>> {
    loop {
        let (mut wanted, mut named): (Vec<&Found<K>>, HashSet<SettledBy<K>>) = Default::default();
        let mut results = Vec::with_capacity(states.len());
        for state in states {
            let mut hiding: HashSet<&str> = HashSet::new();
            let mut result = Vec::new();
            for found in state {
                if ancestors(&found.path).any(|above| hiding.contains(above)) {
                    continue;
                }
                let key = found.settled_by();
                match settled.get(&key) {
                    Some(reading) => {
                        if reading.claimed {
                            hiding.insert(&found.path);
                        }
                        result.push(At { path: key.0, key: key.1, reading: Arc::clone(reading) });
                    }
                    None => {
                        hiding.insert(&found.path);
                        if named.insert(key) {
                            wanted.push(found);
                        }
                    }
                }
            }
            results.push(result);
        }
        if wanted.is_empty() {
            return results;
        }
        let read: Vec<_> = wanted.into_par_iter().map(|found| (found.settled_by(), read(found))).collect();
        settled.extend(read);
    }
}

/// Returns the directories above a path, the top one (empty) last.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!path.is_empty()).then_some(path);
    std::iter::from_fn(move || {
        let above = rest?.rfind('/').map_or("", |slash| &rest.unwrap_or_default()[..slash]);
        rest = (!above.is_empty()).then_some(above);
        Some(above)
    })
}

impl<K: Clone> Found<K> {
    /// Returns what tells readings of directories apart.
    pub(super) fn settled_by(&self) -> SettledBy<K> {
        (self.path.clone(), self.key.clone(), self.above.clone())
    }
}
