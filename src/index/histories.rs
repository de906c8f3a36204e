//! The histories of all packs, each read when it is asked for.
//!
//! What is remembered of a file that did not change answers most questions: who owns a name, which versions there are, with
//! which content. The whole history is read for the packs that are worked on.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::history::History;
use super::known::{Head, KnownFile};
use super::store::{Store, StoreError};
use crate::ident::{Digest, PackId, Version};

/// The histories of all packs that verify.
#[derive(Debug, Default)]
pub struct Histories {
    root: Utf8PathBuf,
    packs: BTreeMap<PackId, Entry>,
}

#[derive(Debug)]
enum Entry {
    /// As it was loaded.
    Loaded(KnownFile),
    /// To be appended to, or appended to.
    Own(Arc<History>),
}

impl Histories {
    pub(super) fn new(root: Utf8PathBuf, files: impl IntoIterator<Item = (PackId, KnownFile)>) -> Self {
        Self { root, packs: files.into_iter().map(|(id, file)| (id, Entry::Loaded(file))).collect() }
    }

    /// Returns how many packs there are.
    pub fn len(&self) -> usize {
        self.packs.len()
    }

    /// Tells whether there is no pack.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty()
    }

    /// Returns the packs, sorted; reads nothing.
    pub fn ids(&self) -> impl Iterator<Item = &PackId> {
        self.packs.keys()
    }

    /// Tells whether a pack has a history; reads nothing.
    pub fn contains(&self, id: &PackId) -> bool {
        self.packs.contains_key(id)
    }

    /// Returns each pack with the source that owns its name, sorted by pack; reads nothing.
    pub fn owners(&self) -> impl Iterator<Item = (&PackId, &str)> {
        self.packs.iter().filter_map(|(id, entry)| Some((id, entry.owner()?)))
    }

    /// Returns each name that is given, with its owner; reads nothing.
    ///
    /// Besides those of [`Histories::owners`], which come last, these are the names under which packs go on: until they have
    /// histories of their own they belong to the owners of the old names, so that nobody else can take the users over.
    pub fn claims(&self) -> impl Iterator<Item = (&PackId, &str)> {
        let renamed = self.packs.values().filter_map(|entry| Some((entry.renamed_to()?, entry.owner()?)));
        renamed.chain(self.owners())
    }

    /// Returns the source that owns a name; reads nothing.
    pub fn owner(&self, id: &PackId) -> Option<&str> {
        self.packs.get(id)?.owner()
    }

    /// Returns what a history ended in when it was loaded; nothing once it was taken to be appended to. Reads nothing.
    ///
    /// As long as the head's digest is the same, so is everything that follows from the history.
    pub fn head(&self, id: &PackId) -> Option<&Head> {
        match self.packs.get(id)? {
            Entry::Loaded(file) => Some(&file.head),
            Entry::Own(_) => None,
        }
    }

    /// Returns the content digest of a release; nothing when there is no such release. Reads nothing.
    pub fn digest_of(&self, id: &PackId, version: &Version) -> Option<Digest> {
        match self.packs.get(id)? {
            Entry::Loaded(file) => file.head.digest_of(version),
            Entry::Own(history) => history.release(version).map(|(release, _)| release.content_digest),
        }
    }

    /// Returns the version of each release of a pack, with its content digest and the number of its origin; reads nothing.
    pub fn contents(&self, id: &PackId) -> impl Iterator<Item = (&str, Digest, u64)> {
        let entry = self.packs.get(id);
        let loaded = entry.and_then(|entry| match entry {
            Entry::Loaded(file) => Some(file.head.contents()),
            Entry::Own(_) => None,
        });
        let own = entry.and_then(|entry| match entry {
            Entry::Own(history) => Some(history.releases()),
            Entry::Loaded(_) => None,
        });
        loaded.into_iter().flatten().chain(own.into_iter().flatten().map(|(release, _)| release.content()))
    }

    /// Returns a history, which is read now if it was not before; may be called from several threads.
    ///
    /// Of a file that did not change, the same process gets the same value from load to load: what was derived from it holds.
    pub fn get(&self, id: &PackId) -> Result<Option<&Arc<History>>, StoreError> {
        match self.packs.get(id) {
            None => Ok(None),
            Some(Entry::Own(history)) => Ok(Some(history)),
            Some(Entry::Loaded(file)) => file.whole(id, &self.root.join(Store::file(id))).map(Some),
        }
    }

    /// Returns a history to be appended to.
    pub fn get_mut(&mut self, id: &PackId) -> Result<Option<&mut History>, StoreError> {
        let Some(entry) = self.packs.get_mut(id) else { return Ok(None) };
        if let Entry::Loaded(file) = entry {
            *entry = Entry::Own(Arc::clone(file.whole(id, &self.root.join(Store::file(id)))?));
        }
        match entry {
            Entry::Own(history) => Ok(Some(Arc::make_mut(history))),
            Entry::Loaded(_) => Ok(None),
        }
    }

    /// Returns a history to be appended to; a new and empty one when the pack has none.
    pub fn get_or_new(&mut self, id: &PackId) -> Result<&mut History, StoreError> {
        let own = match self.packs.remove(id) {
            Some(Entry::Loaded(file)) => Arc::clone(file.whole(id, &self.root.join(Store::file(id)))?),
            Some(Entry::Own(history)) => history,
            None => Arc::new(History::empty(id.clone())),
        };
        match self.packs.entry(id.clone()).insert_entry(Entry::Own(own)).into_mut() {
            Entry::Own(history) => Ok(Arc::make_mut(history)),
            Entry::Loaded(_) => unreachable!("it was put there just now"),
        }
    }

    /// Puts a history in its place.
    pub fn insert(&mut self, history: History) {
        self.packs.insert(history.id().clone(), Entry::Own(Arc::new(history)));
    }

    /// Returns the histories that have lines which are not on disk.
    pub(super) fn changed(&mut self) -> Vec<&mut History> {
        let own = self.packs.values_mut().filter_map(|entry| match entry {
            Entry::Own(history) if !history.new_lines().is_empty() => Some(Arc::make_mut(history)),
            _ => None,
        });
        own.collect()
    }

    /// Returns every history that was read.
    pub(super) fn into_read(self) -> BTreeMap<PackId, History> {
        let read = self.packs.into_iter().filter_map(|(id, entry)| match entry {
            Entry::Own(history) => Some((id, Arc::unwrap_or_clone(history))),
            Entry::Loaded(file) => Some((id, file.into_whole()?)),
        });
        read.collect()
    }

    /// Tells whether a history was read.
    #[cfg(test)]
    pub(super) fn is_read(&self, id: &PackId) -> bool {
        match &self.packs[id] {
            Entry::Own(_) => true,
            Entry::Loaded(file) => file.is_read(),
        }
    }
}

impl Entry {
    fn owner(&self) -> Option<&str> {
        match self {
            Self::Loaded(file) => Some(file.head.owner()),
            Self::Own(history) => history.owner(),
        }
    }

    fn renamed_to(&self) -> Option<&PackId> {
        match self {
            Self::Loaded(file) => file.head.status().renamed.as_ref().map(|(to, _)| to),
            Self::Own(history) => history.renamed_to(),
        }
    }
}
