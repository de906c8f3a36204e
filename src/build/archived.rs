//! Recorded releases that no source has: their content comes from the archive store.
//!
//! They are in the registry as those are that a source has, so that they provide names to the other packs, and are read and
//! checked as those are: what a clone does not hold makes no difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::checking::{Setting, revision};
use super::sources::located;
use crate::content::{Listing, reader};
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{self, Ecosystem};
use crate::ident::{Digest, PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::event::Release;
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::pack::above::{Above, LicenseAbove};
use crate::pack::{Configured, Pack, PackTree};
use crate::release::Candidate;
use crate::release::open::{OpenSource, repository_name};
use crate::source::Snapshot;

/// The indexes, each with its archives.
pub(super) type Indexes = Vec<(Arc<dyn Index>, ArchiveStore)>;

/// Releases with their content, by what tells one from another.
pub(super) type Archived = HashMap<Key, Arc<Stored>>;

/// A pack, a version of it and the digest of the content.
pub(super) type Key = (PackId, Version, Digest);

/// A release whose content was read from its archive.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) pack: Arc<Pack>,
    pub(super) snapshot: Snapshot,
    pub(super) listing: Arc<Listing>,
    /// The licence file that stood above it.
    license: Option<LicenseAbove>,
    /// What is wrong with it by itself, places relative to the source's root.
    pub(super) findings: Vec<Diagnostic>,
}

/// Tells which releases are recorded.
pub(super) trait Index: std::fmt::Debug + Send + Sync {
    /// Returns the releases that are not `had`, of packs that no `hidden` source owns.
    fn beyond(&self, had: &Had<'_>, hidden: &BTreeSet<String>) -> Vec<(PackId, Release)>;

    /// Tells whether a release is recorded.
    fn has(&self, content: &Content<'_>) -> bool;
}

/// What a release consists of, with its version and pack; digests come first, because they differ at once.
pub(super) type Content<'a> = (Digest, &'a str, &'a PackId);

/// The content that sources have, sorted.
#[derive(Debug, Default)]
pub(super) struct Had<'a>(Vec<Content<'a>>);

/// What the releases that no source has were read for, and from; nothing when some of them could not be read.
#[derive(Debug, Default)]
pub(super) struct Asked(Option<For>);

/// Indexes, the identities of hidden sources, and the licence files of sources.
type For = (Vec<Arc<dyn Index>>, BTreeSet<String>, BTreeMap<String, LicenseAbove>);

impl<'a> Had<'a> {
    /// Returns the content of candidates.
    pub(super) fn of(candidates: impl Iterator<Item = &'a Candidate>) -> Self {
        let mut had: Vec<_> = candidates.filter_map(content).collect();
        had.sort_unstable();
        Self(had)
    }

    fn has(&self, id: &PackId, version: &str, digest: Digest) -> bool {
        self.0.binary_search(&(digest, version, id)).is_ok()
    }
}

/// Returns the content of a candidate, if it is a pack.
pub(super) fn content(candidate: &Candidate) -> Option<Content<'_>> {
    let (pack, listing) = (candidate.pack.as_ref()?, candidate.listing.as_ref()?);
    Some((listing.content_digest, pack.version.as_str(), &pack.id))
}

impl Asked {
    /// Tells whether the same is asked for again, apart from the content that sources have.
    pub(super) fn is_asked_again(&self, indexes: &Indexes, setting: &Setting<'_>) -> bool {
        self.0.as_ref().is_some_and(|(asked, hidden, licenses)| {
            let is_same = |(a, (b, _)): (&Arc<dyn Index>, &(Arc<dyn Index>, _))| Arc::ptr_eq(a, b);
            asked.len() == indexes.len()
                && asked.iter().zip(indexes).all(is_same)
                && hidden == setting.hidden
                && licenses == setting.licenses
        })
    }
}

impl Index for Histories {
    fn beyond(&self, had: &Had<'_>, hidden: &BTreeSet<String>) -> Vec<(PackId, Release)> {
        let shown = self.owners().filter(|(_, owner)| !hidden.contains(*owner)).map(|(id, _)| id);
        let more = shown.filter(|id| self.contents(id).any(|(version, digest, _)| !had.has(id, version, digest)));
        // An index that cannot be read is reported by whoever works on it.
        more.filter_map(|id| self.get(id).ok().flatten()).flat_map(|history| beyond(history, had)).collect()
    }

    fn has(&self, (content, version, id): &Content<'_>) -> bool {
        self.contents(id).any(|(of, digest, _)| of == *version && digest == *content)
    }
}

impl Index for BTreeMap<PackId, Arc<History>> {
    fn beyond(&self, had: &Had<'_>, hidden: &BTreeSet<String>) -> Vec<(PackId, Release)> {
        let is_shown = |history: &&Arc<History>| !history.owner().is_some_and(|owner| hidden.contains(owner));
        self.values().filter(is_shown).flat_map(|history| beyond(history, had)).collect()
    }

    fn has(&self, (content, version, id): &Content<'_>) -> bool {
        let mut releases = self.get(*id).into_iter().flat_map(|history| history.releases());
        releases.any(|(release, _)| release.content_digest == *content && release.version.as_str() == *version)
    }
}

fn beyond(history: &History, had: &Had<'_>) -> Vec<(PackId, Release)> {
    let id = history.id();
    let releases = history.releases().map(|(release, _)| release);
    let more = releases.filter(|release| !had.has(id, release.version.as_str(), release.content_digest));
    more.map(|release| (id.clone(), release.clone())).collect()
}

/// Returns the releases that no source has, with those that are `known` as they are, and what was asked for; those that cannot
/// be read are left out, and reported where they are joined.
pub(super) fn read(indexes: &Indexes, known: &Archived, had: &Had<'_>, setting: &Setting<'_>) -> (Archived, Asked) {
    let wanted = indexes.iter().flat_map(|(index, archives)| {
        let releases = index.beyond(had, setting.hidden);
        releases.into_iter().map(move |(id, release)| (archives, id, release))
    });
    let wanted: Vec<_> = wanted.collect();
    let read = |(archives, id, release): (&ArchiveStore, PackId, Release)| {
        let key = (id, release.version.clone(), release.content_digest);
        let license = setting.licenses.get(&release.source.repository);
        if let Some(stored) = known.get(&key).filter(|stored| stored.license.as_ref() == license) {
            return Some((key, Arc::clone(stored)));
        }
        let ecosystem = ecosystem::by_id(key.0.ecosystem.as_str())?;
        let bytes = archives.get(&key.0, &release.version, &release.archive).ok().flatten()?;
        let stored = stored(&bytes, ecosystem, &key.0, &release, setting).ok()?;
        Some((key, Arc::new(stored)))
    };
    let count = wanted.len();
    let found: Archived = wanted.into_par_iter().filter_map(read).collect();
    let asked = (found.len() == count).then(|| {
        let indexes = indexes.iter().map(|(index, _)| Arc::clone(index)).collect();
        (indexes, setting.hidden.clone(), setting.licenses.clone())
    });
    (found, Asked(asked))
}

/// Reads a release from its archive; fails with what is wrong with that.
pub(super) fn stored(
    archive: &[u8],
    ecosystem: &'static dyn Ecosystem,
    id: &PackId,
    record: &Release,
    setting: &Setting<'_>,
) -> Result<Stored, String> {
    let config = setting.config;
    let (snapshot, listing) = match reader::read(archive, id.name.as_str(), &config.limits.files().into()) {
        Ok((_, listing)) if listing.content_digest != record.content_digest => {
            return Err("the stored archive holds other content than recorded".to_owned());
        }
        Ok(read) => read,
        Err(fault) => return Err(format!("the stored archive cannot be read: {fault}")),
    };
    let source = &record.source;
    let opened = setting.opened.get(&source.repository);
    let configured = Configured {
        ecosystem: Some(id.ecosystem.as_str()),
        profile: ecosystem.recorded_profile(&record.requirements),
        repository: repository_name(&source.repository),
        within: opened.map_or("", |opened| opened.within()),
        ..Configured::default()
    };
    let tree = PackTree::new(&snapshot, setting.memo, &source.path, config.limits.yaml());
    let of_source = opened.and_then(OpenSource::directory_name);
    let directory = source.path.rsplit('/').next().filter(|name| !name.is_empty()).or(of_source.as_deref());
    // That of the release's own commit may not be here: today's stands in for it.
    let license = setting.licenses.get(&source.repository).cloned();
    let above = Above { license: license.clone(), ..Above::default() };
    let tree = PackTree { configured, directory, above: (!source.path.is_empty()).then_some(&above), ..tree };
    let mut found = Sink::new();
    let Some(mut pack) = ecosystem.read(&tree, &mut found) else {
        return Err("the stored archive holds no pack that can be read".to_owned());
    };
    // The record names the release, as the tag did when it was made, and what it needs, as the rest of the source told then.
    pack.id = id.clone();
    pack.version = record.version.clone();
    pack.dependencies.clone_from(&record.dependencies);
    let revision = revision(source).unwrap_or(record.version.as_str());
    let findings = located(found.finish(), &source.path, Some(revision));
    Ok(Stored { pack: Arc::new(pack), snapshot, listing: Arc::new(listing), license, findings })
}
