//! What the registry indexes say of packs that no source has: those that were published from elsewhere, or whose source is gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::BuildError;
use super::archived::{Index, Indexes};
use crate::ecosystem::Records;
use crate::ident::PackId;
use crate::index::archives::ArchiveStore;
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::index::known::KnownIndex;
use crate::index::store::Store;

/// The indexes, as they are before anything is recorded.
#[derive(Debug)]
pub(super) struct Recorded {
    indexes: Vec<Arc<Histories>>,
}

/// What is known of an index once it was looked at, and how many files had to be read for that.
pub(super) type Looked = (KnownIndex, usize);

impl Recorded {
    /// Looks at the indexes in folders, of each of which something may be known.
    pub(super) fn load(
        folders: impl Iterator<Item = (Utf8PathBuf, KnownIndex)>,
    ) -> Result<(Arc<Self>, Vec<Looked>), BuildError> {
        let (mut indexes, mut looked) = (Vec::new(), Vec::new());
        for (folder, mut known) in folders {
            let loaded = Store::at(folder).load_known(&mut known)?;
            indexes.push(Arc::new(loaded.histories));
            looked.push((known, loaded.read));
        }
        Ok((Arc::new(Self { indexes }), looked))
    }

    /// Returns each index with its archives, which are in these folders.
    pub(super) fn with_archives(&self, folders: impl Iterator<Item = Utf8PathBuf>) -> Indexes {
        let indexes = self.indexes.iter().map(|index| Arc::clone(index) as Arc<dyn Index>);
        indexes.zip(folders.map(ArchiveStore::at)).collect()
    }
}

impl Records for Recorded {
    fn has_pack(&self, ecosystem: &str, name: &str) -> bool {
        id(ecosystem, name).is_some_and(|id| self.indexes.iter().any(|index| index.contains(&id)))
    }

    fn has_component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> bool {
        let Some(id) = id(ecosystem, pack) else { return false };
        // An index that cannot be read is reported by whoever works on it.
        let mut histories = self.indexes.iter().filter_map(|index| index.get(&id).ok().flatten());
        histories.any(|history| has_component(history, kind, reference))
    }
}

impl Records for BTreeMap<PackId, Arc<History>> {
    fn has_pack(&self, ecosystem: &str, name: &str) -> bool {
        id(ecosystem, name).is_some_and(|id| self.contains_key(&id))
    }

    fn has_component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> bool {
        let history = id(ecosystem, pack).and_then(|id| self.get(&id));
        history.is_some_and(|history| has_component(history, kind, reference))
    }
}

fn id(ecosystem: &str, name: &str) -> Option<PackId> {
    format!("{ecosystem}/{name}").parse().ok()
}

/// Tells whether any release has a component, which is referred to as `<pack>.<name>`.
fn has_component(history: &History, kind: &str, reference: &str) -> bool {
    let pack = history.id().name.as_str();
    let name = reference.strip_prefix(pack).and_then(|rest| rest.strip_prefix('.'));
    let mut releases = history.releases().filter_map(|(release, _)| release.components.get(kind));
    name.is_some_and(|name| releases.any(|names| names.iter().any(|known| known == name)))
}
