//! Finds the content of every recorded release.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::BuildError;
use super::archived::{self, Archived, Stored};
use super::checking::{self, Setting, Subject};
use crate::catalog::{self, CatalogPack, CatalogRelease};
use crate::content::{Listing, archive};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{self, Asked, Ecosystem, Provided};
use crate::ident::{Digest, PackId, Version};
use crate::index::ARCHIVE_MISSING;
use crate::index::archives::{ArchiveStore, ArchiveStoreError};
use crate::index::event::Release;
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::index::status::Status;
use crate::pack::{Pack, Remark};
use crate::progress::Progress;
use crate::release::{Candidate, Stage};
use crate::source::Snapshot;

/// Returns every pack of an index that `is_shown` (its name, its owner) with the content of its releases, which `candidates`
/// may have.
pub(super) fn join(
    shelf: &Shelf<'_>,
    histories: &Histories,
    candidates: &[Arc<Candidate>],
    is_shown: &dyn Fn(&PackId, &str) -> bool,
    progress: &dyn Progress,
    sink: &mut Sink,
) -> Result<Vec<Arc<CatalogPack>>, BuildError> {
    let mut by_pack: HashMap<&PackId, Vec<&Arc<Candidate>>> = HashMap::new();
    for candidate in candidates {
        if let Some(pack) = &candidate.pack {
            by_pack.entry(&pack.id).or_default().push(candidate);
        }
    }
    let shown = histories.owners().filter(|(id, owner)| is_shown(id, owner));
    let shown: Vec<&PackId> = shown.map(|(id, _)| id).collect();
    progress.stage("Joining", Some(shown.len() as u64));
    let joined: Vec<(Option<Arc<CatalogPack>>, Sink)> = shown
        .par_iter()
        .map(|id| {
            let mut sink = Sink::new();
            let candidates = by_pack.get(id).map_or(&[][..], Vec::as_slice);
            let pack = match histories.get(id)? {
                Some(history) => shelf.pack(history, candidates.iter().copied(), &|_| false, &mut sink)?.0,
                None => None,
            };
            progress.tick(1);
            Ok((pack, sink))
        })
        .collect::<Result<_, BuildError>>()?;
    let mut packs = Vec::new();
    for (pack, found) in joined {
        sink.extend(found.finish());
        packs.extend(pack);
    }
    Ok(packs)
}

/// Returns the candidates of a pack by version and content, and what is wrong with its present state.
pub(super) fn contents<'c>(
    candidates: impl Iterator<Item = &'c Arc<Candidate>>,
) -> (HashMap<(&'c Version, Digest), &'c Candidate>, Vec<Diagnostic>) {
    let (mut by_content, mut present) = (HashMap::new(), Vec::new());
    for candidate in candidates {
        let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else { continue };
        if candidate.stage != Stage::Released {
            present.extend(candidate.findings.iter().cloned());
        }
        let key = (&pack.version, listing.content_digest);
        // A release's own findings are shown with it, rather than those of a draft that happens to be equal.
        if candidate.stage != Stage::Draft || !by_content.contains_key(&key) {
            by_content.insert(key, &**candidate);
        }
    }
    (by_content, present)
}

/// The content of a release, or why it cannot be had.
pub(super) type Found = Result<Content, String>;

/// The content of a release.
pub(super) struct Content {
    pub(super) pack: Arc<Pack>,
    snapshot: Snapshot,
    pub(super) listing: Arc<Listing>,
    findings: Arc<[Diagnostic]>,
    remarks: Arc<[Remark]>,
    /// What is said of it depends on these answers, unless the candidate is another one as soon as it does.
    asked: Vec<Asked>,
}

/// Where content is looked for.
pub(super) struct Shelf<'a> {
    pub(super) archives: &'a ArchiveStore,
    pub(super) setting: Setting<'a>,
    /// What others provide, for what is said of releases that no source has; nothing when nobody wants to know that.
    pub(super) provided: Option<&'a Arc<Provided>>,
    /// What was read already of releases that no source has.
    pub(super) archived: &'a Archived,
}

impl Shelf<'_> {
    /// Returns a pack with every release whose content can be had; nothing when there is none.
    ///
    /// A release comes from the candidate with the recorded digest, whose archive is made again and verified if the store
    /// lost it; else from the store's archive. A release that neither has is a finding, and is left out. Besides the pack
    /// comes what else was asked for it: with another answer the pack may be another one.
    pub(super) fn pack<'c>(
        &self,
        history: &History,
        candidates: impl Iterator<Item = &'c Arc<Candidate>>,
        is_draft: &dyn Fn(&Version) -> bool,
        sink: &mut Sink,
    ) -> Result<(Option<Arc<CatalogPack>>, Vec<Asked>), BuildError> {
        let id = history.id();
        let mut all_asked = Vec::new();
        let Some(ecosystem) = ecosystem::by_id(id.ecosystem.as_str()) else { return Ok((None, all_asked)) };
        let (by_content, findings) = contents(candidates);
        let mut releases = Vec::new();
        for (record, published_at) in history.releases() {
            let candidate = by_content.get(&(&record.version, record.content_digest)).copied();
            let content = self.content(ecosystem, id, record, candidate)?;
            let Content { pack, snapshot, listing, findings, remarks, asked } = match content {
                Ok(content) => content,
                Err(reason) => {
                    let place = Place::file(record.source.path.as_str());
                    sink.report(
                        ARCHIVE_MISSING,
                        place,
                        format!("`{id} {}` cannot be served: {reason}", record.version),
                    )
                    .help(format!("restore the archive with {} to the archive store", record.archive.sha256));
                    continue;
                }
            };
            all_asked.extend(asked);
            releases.push(CatalogRelease {
                record: record.clone(),
                published_at,
                status: Status { draft: is_draft(&record.version), ..history.status(&record.version) },
                pack,
                content: snapshot,
                listing,
                findings,
                remarks,
                archive: self.archives.path(id, &record.version),
            });
        }
        let pack = catalog::join_pack(CatalogPack {
            id: id.clone(),
            ecosystem,
            source: history.owner().unwrap_or_default().to_owned(),
            releases,
            latest: 0,
            status: history.pack_status(),
            updated: history.updated().unwrap_or_default(),
            said: history.said().cloned().collect(),
            findings,
            known_keys: OnceLock::new(),
        });
        all_asked.sort();
        all_asked.dedup();
        Ok((pack, all_asked))
    }

    /// Returns the content of a release, which the candidate of its version and content has, where there is one.
    pub(super) fn content(
        &self,
        ecosystem: &'static dyn Ecosystem,
        id: &PackId,
        record: &Release,
        candidate: Option<&Candidate>,
    ) -> Result<Found, BuildError> {
        let profile = ecosystem.recorded_profile(&record.requirements);
        let is_as_recorded = |candidate: &&Candidate| {
            let pack = candidate.pack.as_ref();
            pack.is_none_or(|pack| ecosystem.recorded_profile(&pack.requirements) == profile)
        };
        match candidate.filter(is_as_recorded) {
            Some(candidate) => self.candidate_content(id, record, candidate),
            None => self.archived_content(ecosystem, id, record),
        }
    }

    /// Takes the content from the candidate that has it; makes the archive again when the store does not have it.
    fn candidate_content(&self, id: &PackId, record: &Release, candidate: &Candidate) -> Result<Found, BuildError> {
        let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else {
            return Ok(Err("its content cannot be read".to_owned()));
        };
        if !self.archives.has(id, &record.version, &record.archive)
            && self.make_again(id, record, &candidate.snapshot, listing)?.is_none()
        {
            return Ok(Err("the archive made from the source is not the recorded one".to_owned()));
        }
        Ok(Ok(Content {
            pack: Arc::clone(pack),
            snapshot: candidate.snapshot.clone(),
            listing: Arc::clone(listing),
            findings: candidate.findings.as_slice().into(),
            remarks: Arc::clone(&candidate.remarks),
            asked: Vec::new(),
        }))
    }

    /// Takes the content from the archive store, or from objects that the source still has: the source itself has changed.
    fn archived_content(
        &self,
        ecosystem: &'static dyn Ecosystem,
        id: &PackId,
        record: &Release,
    ) -> Result<Found, BuildError> {
        let key = (id.clone(), record.version.clone(), record.content_digest);
        let known = self.archived.get(&key).filter(|_| self.archives.has(id, &record.version, &record.archive));
        let stored = match known {
            Some(stored) => Arc::clone(stored),
            None => match self.stored(ecosystem, id, record)? {
                Ok(stored) => Arc::new(stored),
                Err(reason) => return Ok(Err(reason)),
            },
        };
        let Stored { pack, snapshot, listing, findings, .. } = &*stored;
        let mut content = Content {
            pack: Arc::clone(pack),
            snapshot: snapshot.clone(),
            listing: Arc::clone(listing),
            findings: Arc::default(),
            remarks: Arc::default(),
            asked: Vec::new(),
        };
        if let Some(provided) = self.provided {
            let source = &record.source;
            let revision = checking::revision(source).or(Some(record.version.as_str()));
            let subject = Subject { ecosystem, pack: Some(pack), snapshot, source, revision };
            let said = checking::say(&subject, findings, provided, &self.setting);
            (content.findings, content.remarks, content.asked) = (said.findings.into(), said.remarks, said.asked);
        }
        Ok(Ok(content))
    }

    /// Reads a release from its archive, which is made again from objects of its source when the store does not have it.
    fn stored(
        &self,
        ecosystem: &'static dyn Ecosystem,
        id: &PackId,
        record: &Release,
    ) -> Result<Result<Stored, String>, BuildError> {
        let bytes = match self.archives.get(id, &record.version, &record.archive) {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => self.archive_from_objects(id, record)?,
            Err(error @ ArchiveStoreError::Mismatch { .. }) => return Ok(Err(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        let Some(bytes) = bytes else {
            return Ok(Err("the archive store does not have it, and no source has its content any more".to_owned()));
        };
        Ok(archived::stored(&bytes, ecosystem, id, record, &self.setting))
    }

    /// Makes the recorded archive again from the objects that its source still has.
    fn archive_from_objects(&self, id: &PackId, record: &Release) -> Result<Option<Vec<u8>>, BuildError> {
        let source = self.setting.opened.get(&record.source.repository);
        let snapshot = source.and_then(|source| source.content_of(&record.source, &self.setting.config.limits.files()));
        let Some(snapshot) = snapshot else { return Ok(None) };
        match Listing::of(&snapshot, self.setting.memo) {
            Ok(listing) => self.make_again(id, record, &snapshot, &listing),
            Err(_) => Ok(None),
        }
    }

    /// Makes an archive again and stores it, if it has the recorded digest.
    fn make_again(
        &self,
        id: &PackId,
        record: &Release,
        snapshot: &Snapshot,
        listing: &Listing,
    ) -> Result<Option<Vec<u8>>, BuildError> {
        let made = archive::write(id.name.as_str(), snapshot, listing).ok();
        match made.filter(|made| made.sha256 == record.archive.sha256) {
            Some(made) => {
                self.archives.put(id, &record.version, &record.archive, &made.bytes)?;
                Ok(Some(made.bytes))
            }
            None => Ok(None),
        }
    }
}
