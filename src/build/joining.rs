//! Finds the content of every recorded release.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::sources::{Reading, located};
use super::{BuildError, Options};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::config::Config;
use crate::content::{Listing, archive, reader};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{self, Ecosystem};
use crate::ident::{Digest, PackId, Version};
use crate::index::ARCHIVE_MISSING;
use crate::index::archives::ArchiveStore;
use crate::index::event::Release;
use crate::index::history::History;
use crate::pack::{Memo, Pack, PackTree};
use crate::progress::Progress;
use crate::release::candidates::OpenSource;
use crate::release::{Candidate, Stage};
use crate::source::Snapshot;

/// Returns every pack of the index with the content of its releases.
///
/// A release comes from the candidate with the recorded digest, whose archive is made again and verified if the store lost
/// it; else from the store's archive. A release that neither has is a finding, and is left out.
pub(super) fn join(
    config: &Config,
    options: &Options,
    histories: &BTreeMap<PackId, History>,
    reading: Reading,
    archives: &ArchiveStore,
    progress: &dyn Progress,
    sink: &mut Sink,
) -> Result<Vec<CatalogPack>, BuildError> {
    let Reading { candidates, private, sources, memo, .. } = reading;
    let mut by_content: HashMap<(PackId, Version, Digest), Candidate> = HashMap::new();
    let mut present: HashMap<PackId, Vec<Diagnostic>> = HashMap::new();
    for candidate in candidates {
        let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else { continue };
        if candidate.stage != Stage::Released {
            present.entry(pack.id.clone()).or_default().extend(candidate.findings.iter().cloned());
        }
        let key = (pack.id.clone(), pack.version.clone(), listing.content_digest);
        // A release's own findings are shown with it, rather than those of a draft that happens to be equal.
        if candidate.stage == Stage::Draft && by_content.contains_key(&key) {
            continue;
        }
        by_content.insert(key, candidate);
    }

    let shown: Vec<&History> = histories
        .values()
        .filter(|history| history.owner().is_some_and(|owner| options.private || !private.contains(owner)))
        .collect();
    progress.stage("Joining", Some(shown.len() as u64));
    let joined: Vec<(Option<CatalogPack>, Sink)> = shown
        .par_iter()
        .map(|history| {
            let mut sink = Sink::new();
            let pack = pack(config, history, &by_content, archives, &sources, &memo, &mut sink)?;
            progress.tick(1);
            Ok((pack, sink))
        })
        .collect::<Result<_, BuildError>>()?;
    let mut packs = Vec::new();
    for (pack, found) in joined {
        sink.extend(found.finish());
        packs.extend(pack);
    }
    for pack in &mut packs {
        pack.findings = present.remove(&pack.id).unwrap_or_default();
    }
    Ok(packs)
}

fn pack(
    config: &Config,
    history: &History,
    by_content: &HashMap<(PackId, Version, Digest), Candidate>,
    archives: &ArchiveStore,
    sources: &BTreeMap<String, OpenSource>,
    memo: &Memo,
    sink: &mut Sink,
) -> Result<Option<CatalogPack>, BuildError> {
    let id = history.id();
    let Some(ecosystem) = ecosystem::by_id(id.ecosystem.as_str()) else { return Ok(None) };
    let mut releases = Vec::new();
    for (record, published_at) in history.releases() {
        let status = history.status(&record.version);
        let key = (id.clone(), record.version.clone(), record.content_digest);
        let content = match by_content.get(&key) {
            Some(candidate) => from_candidate(id, record, candidate, archives, sink)?,
            None => from_archive(
                config,
                ecosystem,
                id,
                record,
                archives,
                sources.get(&record.source.repository),
                memo,
                sink,
            )?,
        };
        let Some(Content { pack, snapshot, listing, findings }) = content else { continue };
        releases.push(CatalogRelease {
            record: record.clone(),
            published_at,
            status,
            pack,
            content: snapshot,
            listing,
            findings,
            archive: archives.path(id, &record.version),
        });
    }
    Ok(Some(CatalogPack {
        id: id.clone(),
        ecosystem,
        source: history.owner().unwrap_or_default().to_owned(),
        releases,
        latest: 0,
        status: history.pack_status(),
        findings: Vec::new(),
    }))
}

/// The content of a release.
struct Content {
    pack: Arc<Pack>,
    snapshot: Snapshot,
    listing: Arc<Listing>,
    findings: Arc<[Diagnostic]>,
}

/// Takes the content from the candidate that has it; makes the archive again when the store does not have it.
fn from_candidate(
    id: &PackId,
    record: &Release,
    candidate: &Candidate,
    archives: &ArchiveStore,
    sink: &mut Sink,
) -> Result<Option<Content>, BuildError> {
    let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else { return Ok(None) };
    if !archives.has(id, &record.version, &record.archive) {
        let made = archive::write(id.name.as_str(), &candidate.snapshot, listing);
        match made {
            Ok(made) if made.sha256 == record.archive.sha256 => {
                archives.put(id, &record.version, &record.archive, &made.bytes)?;
            }
            _ => {
                missing(id, record, "the archive made from the source is not the recorded one", sink);
                return Ok(None);
            }
        }
    }
    Ok(Some(Content {
        pack: Arc::clone(pack),
        snapshot: candidate.snapshot.clone(),
        listing: Arc::clone(listing),
        findings: candidate.findings.as_slice().into(),
    }))
}

/// Takes the content from the archive store: its source has changed, or is gone.
fn from_archive(
    config: &Config,
    ecosystem: &'static dyn Ecosystem,
    id: &PackId,
    record: &Release,
    archives: &ArchiveStore,
    source: Option<&OpenSource>,
    memo: &Memo,
    sink: &mut Sink,
) -> Result<Option<Content>, BuildError> {
    let Some(bytes) = stored_or_made_again(config, id, record, archives, source, memo)? else {
        missing(id, record, "the archive store does not have it, and no source has its content any more", sink);
        return Ok(None);
    };
    let (snapshot, listing) = match reader::read(&bytes, id.name.as_str(), &config.limits.files().into()) {
        Ok((snapshot, listing)) if listing.content_digest == record.content_digest => (snapshot, listing),
        Ok(_) => {
            missing(id, record, "the stored archive holds other content than recorded", sink);
            return Ok(None);
        }
        Err(fault) => {
            missing(id, record, &format!("the stored archive cannot be read: {fault}"), sink);
            return Ok(None);
        }
    };
    let directory = record.source.path.rsplit('/').next().filter(|name| !name.is_empty());
    let tree = PackTree { snapshot: &snapshot, memo, directory, yaml_limits: config.limits.yaml() };
    let mut found = Sink::new();
    let Some(mut pack) = ecosystem.read(&tree, &mut found) else {
        missing(id, record, "the stored archive holds no pack that can be read", sink);
        return Ok(None);
    };
    // The record names the release, as the tag did when it was made.
    pack.id = id.clone();
    pack.version = record.version.clone();
    let revision = record.source.tag.as_deref().unwrap_or(record.version.as_str());
    let findings = located(found.finish(), &record.source.path, Some(revision)).into();
    Ok(Some(Content { pack: Arc::new(pack), snapshot, listing: Arc::new(listing), findings }))
}

/// Returns the recorded archive: from the store, else made again from the objects that the source still has.
fn stored_or_made_again(
    config: &Config,
    id: &PackId,
    record: &Release,
    archives: &ArchiveStore,
    source: Option<&OpenSource>,
    memo: &Memo,
) -> Result<Option<Vec<u8>>, BuildError> {
    if let Some(bytes) = archives.get(id, &record.version, &record.archive)? {
        return Ok(Some(bytes));
    }
    let Some(snapshot) = source.and_then(|source| source.content_of(&record.source, &config.limits.files())) else {
        return Ok(None);
    };
    let made = Listing::of(&snapshot, memo).ok().and_then(|l| archive::write(id.name.as_str(), &snapshot, &l).ok());
    match made.filter(|made| made.sha256 == record.archive.sha256) {
        Some(made) => {
            archives.put(id, &record.version, &record.archive, &made.bytes)?;
            Ok(Some(made.bytes))
        }
        None => Ok(None),
    }
}

fn missing(id: &PackId, record: &Release, reason: &str, sink: &mut Sink) {
    let place = Place::file(record.source.path.as_str());
    sink.report(ARCHIVE_MISSING, place, format!("`{id} {}` cannot be served: {reason}", record.version))
        .help(format!("restore the archive with {} to the archive store", record.archive.sha256));
}
