//! The catalog: the registry index joined with the packs' content. Immutable, sorted, the one input of all that is rendered.

mod comparing;
mod join;
mod keys;
mod step_back;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use comparing::Comparisons;
pub use join::{catalog as join, pack as join_pack};
pub use keys::PackKeys;
pub use step_back::step_back;

use camino::Utf8PathBuf;
use jiff::Timestamp;

use crate::content::Listing;
use crate::diag::{Diagnostic, Severity};
use crate::ecosystem::Ecosystem;
use crate::ident::{PackId, Version};
use crate::index::event::{Event, Release as ReleaseRecord};
pub use crate::index::status::Status;
use crate::pack::{Pack, Remark};
use crate::source::Snapshot;

/// Everything that is rendered.
#[derive(Debug)]
pub struct Catalog {
    /// What the registry says of itself.
    pub registry: Arc<Registry>,
    /// The packs.
    pub packs: BTreeMap<PackId, Arc<CatalogPack>>,
    /// When the newest event happened; `None` for an empty registry.
    pub updated: Option<Timestamp>,
}

/// What a registry says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Registry {
    /// Its name.
    pub name: String,
    /// Where it is served, without a slash at the end; feeds with absolute links need it.
    pub url: Option<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// Whether it is a preview, to whose address feeds lead even if a strict client does not go there.
    pub is_preview: bool,
}

/// A pack with its releases.
#[derive(Debug)]
pub struct CatalogPack {
    /// Its identity.
    pub id: PackId,
    /// Its ecosystem.
    pub ecosystem: &'static dyn Ecosystem,
    /// The source that owns the name.
    pub source: String,
    /// Its releases, highest version first; never empty.
    pub releases: Vec<CatalogRelease>,
    /// Which of them is the default: the highest that is stable and not yanked, else the highest not yanked, else the highest;
    /// what the source has gone back to where the ecosystem follows it.
    pub latest: usize,
    /// What changed about the pack as a whole, such as that nobody maintains it.
    pub status: Status,
    /// When the newest event about it happened: a release, or a change of status.
    pub updated: Timestamp,
    /// What was said of it and of its releases after they were published, oldest first.
    pub said: Vec<Event>,
    /// What is wrong with its newest state in the source, released or not.
    pub findings: Vec<Diagnostic>,
    /// What tells whether something that was made from it has to be made again; see [`CatalogPack::keys`].
    pub known_keys: OnceLock<PackKeys>,
}

/// A release.
#[derive(Debug)]
pub struct CatalogRelease {
    /// What the index records.
    pub record: ReleaseRecord,
    /// When it was published.
    pub published_at: Timestamp,
    /// What changed since.
    pub status: Status,
    /// The pack as it was read from the released content.
    pub pack: Arc<Pack>,
    /// The released files.
    pub content: Snapshot,
    /// The released files with their digests.
    pub listing: Arc<Listing>,
    /// What is wrong with it, by the rules of today.
    pub findings: Arc<[Diagnostic]>,
    /// What checking its components against other packs came to.
    pub remarks: Arc<[Remark]>,
    /// Where the archive store keeps its archive.
    pub archive: Utf8PathBuf,
}

impl Catalog {
    /// Returns when the newest event about a pack of an ecosystem happened: what the feed of its runtime is dated with, so that
    /// it does not change when nothing in it does.
    pub fn updated_in(&self, ecosystem: &str) -> Option<Timestamp> {
        let own = self.packs.values().filter(|pack| pack.ecosystem.id() == ecosystem);
        own.map(|pack| pack.updated).max()
    }
}

#[cfg(test)]
impl Catalog {
    /// Changes the first pack.
    pub(crate) fn edit_first(&mut self, change: impl FnOnce(&mut CatalogPack)) {
        let pack = self.packs.values_mut().next().and_then(Arc::get_mut).expect("a pack that nobody else holds");
        pack.known_keys = OnceLock::new();
        change(pack);
    }
}

impl CatalogPack {
    /// Returns the default release.
    pub fn latest(&self) -> &CatalogRelease {
        &self.releases[self.latest]
    }

    /// Returns the release of a version.
    pub fn release(&self, version: &Version) -> Option<&CatalogRelease> {
        self.releases.iter().find(|release| &release.record.version == version)
    }
}

impl CatalogRelease {
    /// Returns the version.
    pub fn version(&self) -> &Version {
        &self.record.version
    }

    /// Tells whether the runtime can be expected to install it: nothing in it is an error, and it may be chosen.
    pub fn is_installable(&self) -> bool {
        self.status.may_be_chosen() && !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}
