//! Compares two recorded releases of a pack.
//!
//! The history of the pack tells which releases there are; their content is read from the archive store, and from the sources only
//! when the store does not have it. Nothing is written.

use camino::Utf8PathBuf;

use super::checking::Setting;
use super::joining::Found;
use super::known::Known;
use super::sources::Reading;
use super::{BuildError, joining, sources, visibilities, written};
use crate::compare::{Comparison, Compatibility, Side, before};
use crate::config::Config;
use crate::ecosystem;
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::event::Release;
use crate::index::history::History;
use crate::index::lookup::{self, LookupError};
use crate::index::store::Store;
use crate::pack::Memo;
use crate::progress::Progress;
use crate::release::candidates::Wanted;

/// What is compared.
#[derive(Debug, Clone)]
pub struct DiffOptions {
    /// The directory of `packyard.toml`.
    pub root: Utf8PathBuf,
    /// Where clones of remote repositories are kept.
    pub cache: Utf8PathBuf,
    /// Whether private packs may be meant.
    pub private: bool,
    /// The pack: `ecosystem/name`, or its name where only one ecosystem has it.
    pub pack: String,
    /// The version that is compared with; without it the one before `to`.
    pub from: Option<String>,
    /// The version that is compared; without it the newest that may be chosen.
    pub to: Option<String>,
}

/// Reports what cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// No pack is called so, or several are; or the pack has no such release.
    #[error(transparent)]
    Unknown(#[from] LookupError),
    /// The history of the pack does not verify.
    #[error("the history of `{0}` does not verify; `packyard build` tells why")]
    Broken(PackId),
    /// The pack has no release at all.
    #[error("`{0}` has no release")]
    NoRelease(PackId),
    /// There is nothing to compare with.
    #[error("`{id} {version}` has no release before it")]
    NothingBefore {
        /// The pack.
        id: PackId,
        /// The version.
        version: Version,
    },
    /// The content of a release is neither in the archive store nor in a source.
    #[error("the content of `{id} {version}` cannot be had: {reason}")]
    Unavailable {
        /// The pack.
        id: PackId,
        /// The version.
        version: Version,
        /// Why.
        reason: String,
    },
    /// The machine failed.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl From<crate::index::store::StoreError> for DiffError {
    fn from(error: crate::index::store::StoreError) -> Self {
        Self::Build(error.into())
    }
}

/// Compares two releases of a pack.
pub fn diff(
    config: &Config,
    options: &DiffOptions,
    progress: &dyn Progress,
) -> Result<(PackId, Comparison), DiffError> {
    let config = &config.of_build(options.private);
    let (history, archives) = find(config, options)?;
    let (from, to) = chosen(&history, options)?;
    let id = history.id().clone();
    let content = Contents { config, options, archives: &archives, memo: &Memo::new(), id: &id, progress };
    let (before, after) = (content.of(from)?, content.of(to)?);
    let rules = ecosystem::by_id(id.ecosystem.as_str()).map_or(&Compatibility::USUAL, |one| one.compatibility());
    let comparison = Comparison::of(side(from, &before), side(to, &after), rules);
    Ok((id, comparison))
}

fn side<'a>(record: &'a Release, content: &'a joining::Content) -> Side<'a> {
    Side { version: &record.version, pack: &content.pack, listing: &content.listing }
}

/// Finds the history of the pack that is meant, and the archives that belong to it.
fn find(config: &Config, options: &DiffOptions) -> Result<(History, ArchiveStore), DiffError> {
    let folders = |visibility| config.registry.folders(visibility).map(|folder| options.root.join(folder));
    let stores: Vec<(Store, Utf8PathBuf)> = visibilities(options.private)
        .map(|visibility| {
            let [index, archives] = folders(visibility);
            (Store::at(index), archives)
        })
        .collect();
    let mut known: Vec<PackId> = Vec::new();
    for (store, _) in &stores {
        known.extend(store.ids()?);
    }
    known.sort();
    known.dedup();
    let id = lookup::pack(&options.pack, known.iter())?;
    for (store, archives) in &stores {
        if let Some(history) = store.history(&id)? {
            return Ok((history, ArchiveStore::preview_of(archives)));
        }
    }
    Err(DiffError::Broken(id))
}

/// Returns the two releases that are meant.
fn chosen<'h>(history: &'h History, options: &DiffOptions) -> Result<(&'h Release, &'h Release), DiffError> {
    let id = history.id();
    let versions = || history.releases().map(|(release, _)| &release.version);
    let recorded = |version: &Version| history.release(version).map(|(release, _)| release);
    let given = |text: &String| {
        let version = lookup::version(text, history)?;
        recorded(&version).ok_or_else(|| DiffError::NoRelease(id.clone()))
    };
    let newest = || {
        let is_chosen = |version: &Version| {
            let status = history.status(version);
            status.yanked.is_none() && status.quarantined.is_none()
        };
        let newest = versions().max_by_key(|version| (is_chosen(version), !version.is_prerelease(), *version));
        newest.and_then(recorded).ok_or_else(|| DiffError::NoRelease(id.clone()))
    };
    let to = options.to.as_ref().map_or_else(newest, given)?;
    let from = match &options.from {
        Some(from) => given(from)?,
        None => before(&to.version, versions())
            .and_then(recorded)
            .ok_or_else(|| DiffError::NothingBefore { id: id.clone(), version: to.version.clone() })?,
    };
    Ok((from, to))
}

/// Where the content of releases is read from.
struct Contents<'a> {
    config: &'a Config,
    options: &'a DiffOptions,
    archives: &'a ArchiveStore,
    memo: &'a Memo,
    id: &'a PackId,
    progress: &'a dyn Progress,
}

impl Contents<'_> {
    fn of(&self, record: &Release) -> Result<joining::Content, DiffError> {
        let Self { config, options, archives, memo, id, progress } = *self;
        let unavailable =
            |reason: String| DiffError::Unavailable { id: id.clone(), version: record.version.clone(), reason };
        let Some(ecosystem) = ecosystem::by_id(id.ecosystem.as_str()) else {
            return Err(unavailable(format!("`{}` is no ecosystem that this version knows", id.ecosystem)));
        };
        let found = |reading: &Reading| -> Result<Found, BuildError> {
            let (setting, archived) = (Setting { memo, ..reading.setting(config) }, &*reading.archived);
            joining::Shelf { archives, setting, provided: None, archived }.content(ecosystem, id, record, None)
        };
        if let Ok(content) = found(&Reading::default())? {
            return Ok(content);
        }
        let place =
            sources::Place { root: &options.root, cache: &options.cache, written: written(config, &options.root) };
        let known = &mut Known::default();
        let reading = sources::read(config, &place, Wanted::Drafts, options.private, known, None, progress);
        found(&reading)?.map_err(unavailable)
    }
}
