//! The YAML files that were read last.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::source::BlobId;
use crate::yaml::{Dialect, Fault, Yaml};

/// Keeps the trees of a few small files, because several ecosystems look at a file before one of them reads it.
///
/// What is learnt for good goes to the memo; trees are large and are dropped after a while.
#[derive(Default)]
pub(super) struct Recent(Mutex<Trees>);

/// The tree of a file, or why it has none.
type Tree = Arc<Result<Yaml, Fault>>;

#[derive(Default)]
struct Trees {
    trees: HashMap<(BlobId, Dialect), Tree>,
    order: VecDeque<(BlobId, Dialect)>,
}

impl Recent {
    /// Most files that are kept.
    const FILES: usize = 256;
    /// Largest file whose tree is kept, in bytes.
    const BYTES: usize = 16 << 10;

    /// Returns the tree of a file, from the last ones that were read if it is there.
    pub(super) fn get_or_read(&self, blob: BlobId, dialect: Dialect, size: usize, read: impl FnOnce() -> Tree) -> Tree {
        if size > Self::BYTES {
            return read();
        }
        let key = (blob, dialect);
        if let Some(tree) = self.0.lock().expect("no panic while locked").trees.get(&key) {
            return Arc::clone(tree);
        }
        let tree = read();
        let mut recent = self.0.lock().expect("no panic while locked");
        if recent.trees.insert(key, Arc::clone(&tree)).is_none() {
            recent.order.push_back(key);
        }
        if recent.order.len() > Self::FILES
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.trees.remove(&oldest);
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Digest;
    use crate::yaml::{self, Limits};

    #[test]
    fn a_tree_is_kept_for_a_while_and_the_number_of_trees_is_bounded() {
        let (recent, mut reads) = (Recent::default(), 0);
        let mut get = |number: usize, size: usize| {
            let blob = BlobId::sha256(Digest::of(number.to_string().as_bytes()));
            recent.get_or_read(blob, Dialect::Yaml12, size, || {
                reads += 1;
                Arc::new(yaml::read(b"a: 1\n", Dialect::Yaml12, Limits::default()))
            });
        };
        get(0, 5);
        get(0, 5);
        get(1, Recent::BYTES + 1);
        get(1, Recent::BYTES + 1);
        (2..2 + Recent::FILES).for_each(|number| get(number, 5));
        get(0, 5);
        assert_eq!(reads, 1 + 2 + Recent::FILES + 1);
        assert_eq!(recent.0.lock().expect("no panic while locked").trees.len(), Recent::FILES);
    }
}
