//! What was learnt about a file, shared by its content.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex};

use super::sniffed::Sniffed;
use crate::source::BlobId;

/// Remembers results by content, so that a file that did not change over a hundred tags is parsed once.
///
/// A key is the file's content and whatever else the result depends on (`what`, and a context such as the pack's name and
/// the file's path). Two threads may compute the same result at once; one of them is kept.
pub struct Memo {
    shards: Vec<Mutex<HashMap<Key, Arc<dyn Any + Send + Sync>>>>,
    hasher: RandomState,
    pub(super) sniffed: Sniffed,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    blob: BlobId,
    what: TypeId,
    context: u64,
    context_check: u64,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            shards: (0..64).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            sniffed: Sniffed::default(),
        }
    }
}

impl Memo {
    /// Returns an empty memo.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns what is remembered of a file, or computes and remembers it.
    ///
    /// The result's type belongs to the key. `context` must hold everything the result depends on besides the content.
    pub fn get_or_insert<T: Send + Sync + 'static>(
        &self,
        blob: BlobId,
        context: impl Hash,
        compute: impl FnOnce() -> T,
    ) -> Arc<T> {
        // 128 bits of keyed hash stand for the context: equal ones by accident are not to be expected, on purpose neither,
        // since the keys are random.
        let key = Key {
            blob,
            what: TypeId::of::<T>(),
            context: self.hasher.hash_one(&context),
            context_check: self.hasher.hash_one((1_u8, &context)),
        };
        let shard = &self.shards[self.hasher.hash_one(&key) as usize % self.shards.len()];
        let downcast = |any: Arc<dyn Any + Send + Sync>| any.downcast().expect("the type is part of the key");
        if let Some(found) = shard.lock().expect("no panic while locked").get(&key) {
            return downcast(Arc::clone(found));
        }
        let computed: Arc<dyn Any + Send + Sync> = Arc::new(compute());
        downcast(Arc::clone(shard.lock().expect("no panic while locked").entry(key).or_insert(computed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Digest;

    #[test]
    fn a_result_is_computed_once_per_content_and_context() {
        let (memo, blob) = (Memo::new(), BlobId::sha256(Digest::of(b"x")));
        let mut runs = 0;
        for context in ["a", "a", "b", "a"] {
            memo.get_or_insert(blob, context, || runs += 1);
        }
        assert_eq!(runs, 2);
    }
}
