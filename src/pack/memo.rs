//! What was learnt about a file, shared by its content.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::{Arc, Mutex};

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use super::sniffed::Sniffed;
use crate::ident::Digest;
use crate::source::{BlobId, FileEntry, ReadError, Snapshot};

/// Remembers results by content, so that a file that did not change over a hundred tags is parsed once.
///
/// A key is the file's content and whatever else the result depends on (`what`, and a context such as the pack's name and
/// the file's path). Two threads may compute the same result at once; one of them is kept.
pub struct Memo {
    shards: Vec<Mutex<Shard>>,
    /// Gets its keys at random, so that nobody can make two files that hash the same.
    hasher: SipHasher13,
    pub(super) sniffed: Sniffed,
}

type Shard = HashMap<Key, Arc<dyn Any + Send + Sync>, BuildHasherDefault<Hashed>>;

/// 128 bits of keyed hash of a blob, the type of a result, and what else the result depends on.
#[derive(PartialEq, Eq)]
struct Key(u64, u64);

impl Hash for Key {
    /// Gives half of the key, which is a hash already.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// Passes on what is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys give one number");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memo").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            shards: (0..64).map(|_| Mutex::default()).collect(),
            hasher: SipHasher13::new_with_keys(random(), random()),
            sniffed: Sniffed::default(),
        }
    }
}

impl Memo {
    /// Returns an empty memo.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many results are remembered.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().expect("no panic while locked").len()).sum()
    }

    /// Tells whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
        let (key, shard) = self.find::<T>(blob, context);
        if let Some(found) = shard.lock().expect("no panic while locked").get(&key) {
            return typed(Arc::clone(found));
        }
        let computed: Arc<dyn Any + Send + Sync> = Arc::new(compute());
        typed(Arc::clone(shard.lock().expect("no panic while locked").entry(key).or_insert(computed)))
    }

    fn get<T: Send + Sync + 'static>(&self, blob: BlobId, context: impl Hash) -> Option<Arc<T>> {
        let (key, shard) = self.find::<T>(blob, context);
        shard.lock().expect("no panic while locked").get(&key).cloned().map(typed)
    }

    fn find<T: 'static>(&self, blob: BlobId, context: impl Hash) -> (Key, &Mutex<Shard>) {
        // Equal hashes by accident are not to be expected, on purpose neither, since the hasher's keys are random.
        let mut hasher = self.hasher;
        (blob, TypeId::of::<T>(), context).hash(&mut hasher);
        let hash = hasher.finish128();
        let key = Key(hash.h1, hash.h2);
        // Other bits than the table itself takes, which are those at both ends.
        let shard = &self.shards[(key.0 >> 24) as usize % self.shards.len()];
        (key, shard)
    }
}

/// Returns a random number, from where the standard library takes the keys of its hash tables.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// Returns a result as what it is: its type is part of its key.
fn typed<T: Send + Sync + 'static>(any: Arc<dyn Any + Send + Sync>) -> Arc<T> {
    any.downcast().expect("the type is part of the key")
}

impl Memo {
    /// Returns the content of a file, and remembers its digest: whoever asks for that later does not read the file again.
    pub fn read(&self, snapshot: &Snapshot, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let bytes = snapshot.read(entry)?;
        if entry.blob.as_sha256().is_none() {
            self.get_or_insert(entry.blob, (), || Sha256(Digest::of(&bytes)));
        }
        Ok(bytes)
    }

    /// Returns the digest of a file, which is read once at most.
    pub fn sha256(&self, snapshot: &Snapshot, entry: &FileEntry) -> Result<Digest, ReadError> {
        if let Some(known) = entry.blob.as_sha256() {
            return Ok(known);
        }
        if let Some(known) = self.get::<Sha256>(entry.blob, ()) {
            return Ok(known.0);
        }
        let bytes = snapshot.read(entry)?;
        Ok(self.get_or_insert(entry.blob, (), || Sha256(Digest::of(&bytes))).0)
    }
}

/// The digest of a file that git names otherwise.
struct Sha256(Digest);

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
