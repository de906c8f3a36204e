//! YAML files that were looked at before they are read.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::source::BlobId;
use crate::yaml::{Dialect, Fault, Yaml};

/// Keeps the trees of files that ecosystems looked at for evidence, until one of them reads the file.
///
/// What is learnt for good goes to the memo. Trees are large: small ones are kept, a few of them, and handed out for good.
#[derive(Default)]
pub(super) struct Sniffed(Mutex<Trees>);

/// The tree of a file, or why it has none.
type Tree = Arc<Result<Yaml, Fault>>;

#[derive(Default)]
struct Trees {
    trees: HashMap<(BlobId, Dialect), Tree>,
    order: VecDeque<(BlobId, Dialect)>,
}

impl Sniffed {
    /// Most files that are kept.
    const FILES: usize = 256;
    /// Largest file whose tree is kept, in bytes.
    const BYTES: usize = 16 << 10;

    /// Returns the tree of a file for a look at it, and keeps it.
    pub(super) fn get_or_read(&self, blob: BlobId, dialect: Dialect, size: usize, read: impl FnOnce() -> Tree) -> Tree {
        if size > Self::BYTES {
            return read();
        }
        let key = (blob, dialect);
        if let Some(tree) = self.0.lock().expect("no panic while locked").trees.get(&key) {
            return Arc::clone(tree);
        }
        let tree = read();
        let mut kept = self.0.lock().expect("no panic while locked");
        if kept.trees.insert(key, Arc::clone(&tree)).is_none() {
            kept.order.push_back(key);
        }
        // Those that were taken are still in the order: forgetting them costs nothing.
        while kept.order.len() > Self::FILES
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.trees.remove(&oldest);
        }
        tree
    }

    /// Takes the tree of a file that is now read, if it is here.
    pub(super) fn take(&self, blob: BlobId, dialect: Dialect) -> Option<Tree> {
        self.0.lock().expect("no panic while locked").trees.remove(&(blob, dialect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Digest;
    use crate::yaml::{self, Limits};

    #[test]
    fn a_tree_is_kept_until_it_is_taken_and_the_number_of_trees_is_bounded() {
        let (sniffed, mut reads) = (Sniffed::default(), 0);
        let blob = |number: usize| BlobId::sha256(Digest::of(number.to_string().as_bytes()));
        let mut get = |number: usize, size: usize| {
            sniffed.get_or_read(blob(number), Dialect::Yaml12, size, || {
                reads += 1;
                Arc::new(yaml::read(b"a: 1\n", Dialect::Yaml12, Limits::default()))
            });
        };
        get(0, 5);
        get(0, 5);
        get(1, Sniffed::BYTES + 1);
        get(1, Sniffed::BYTES + 1);
        (2..2 + Sniffed::FILES).for_each(|number| get(number, 5));
        get(0, 5);
        assert_eq!(reads, 1 + 2 + Sniffed::FILES + 1);
        assert!(sniffed.take(blob(0), Dialect::Yaml11).is_none());
        assert!(sniffed.take(blob(0), Dialect::Yaml12).is_some());
        assert!(sniffed.take(blob(0), Dialect::Yaml12).is_none());
        assert_eq!(sniffed.0.lock().expect("no panic while locked").trees.len(), Sniffed::FILES - 1);
    }
}
