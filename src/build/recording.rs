//! Records new releases: archives first, then the index that names them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::BuildError;
use super::planning::{NewRelease, Plan};
use crate::content::archive::{self, Archive};
use crate::diag::{Place, Sink};
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::event::{ArchiveFacts, Release, What};
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::index::store::{Guard, Store};
use crate::pack::Pack;
use crate::progress::Progress;
use crate::source::FILE_UNREADABLE;

/// Why appending what was planned cannot fail.
const FITS: &str = "only versions that the history does not have are planned, behind an owner";

/// Writes the archives of a plan's releases, then appends the releases to the histories and to the index.
///
/// A release whose content has no archive (a path that the format cannot hold) is a finding, and is not recorded.
pub(super) fn record(
    plan: &Plan<'_>,
    histories: &mut Histories,
    store: &Store,
    guard: &Guard,
    archives: &ArchiveStore,
    progress: &dyn Progress,
    sink: &mut Sink,
) -> Result<Vec<(PackId, Version)>, BuildError> {
    let releases: Vec<(&PackId, &NewRelease<'_>)> =
        plan.releases.iter().flat_map(|(id, releases)| releases.iter().map(move |release| (id, release))).collect();
    if releases.is_empty() {
        return Ok(Vec::new());
    }
    progress.stage("Archiving", Some(releases.len() as u64));
    let facts: Vec<Result<ArchiveFacts, archive::ArchiveError>> = releases
        .par_iter()
        // One by one: those of a large pack follow each other, and one thread would get them all.
        .with_max_len(1)
        .map(|(id, release)| {
            let written = write(id, release);
            progress.tick(1);
            match written {
                Ok(archive) => {
                    let facts = ArchiveFacts { sha256: archive.sha256, size: archive.size };
                    archives.put(id, &release.version, &facts, &archive.bytes)?;
                    Ok(Ok(facts))
                }
                Err(error) => Ok(Err(error)),
            }
        })
        .collect::<Result<_, BuildError>>()?;

    progress.stage("Recording", None);
    let mut recorded = Vec::new();
    for ((id, release), facts) in releases.into_iter().zip(facts) {
        match facts {
            Ok(facts) => {
                append(histories.get_or_new(id)?, release, facts);
                recorded.push((id.clone(), release.version.clone()));
            }
            Err(error) => {
                report_unarchived(id, release, &error, sink);
            }
        }
    }
    store.append_all(guard, histories)?;
    Ok(recorded)
}

pub(super) fn write(id: &PackId, release: &NewRelease<'_>) -> Result<Archive, archive::ArchiveError> {
    let listing = release.candidate.listing.as_deref().expect("only candidates with a listing are planned");
    archive::write(id.name.as_str(), &release.candidate.snapshot, listing)
}

/// Appends a release to the history of its pack, which begins with its owner: only a name's owner gets that far.
pub(super) fn append(history: &mut History, release: &NewRelease<'_>, archive: ArchiveFacts) {
    if history.owner().is_none() {
        let source = release.candidate.source.repository.clone();
        history.append(release.at, What::Owner { source, reason: None }).expect(FITS);
    }
    history.append(release.at, What::Release(Box::new(event(release, archive)))).expect(FITS);
}

/// Reports a release that has no archive.
///
/// Its paths were checked when the pack was read; what is left is a file that changed or vanished since.
pub(super) fn report_unarchived(id: &PackId, release: &NewRelease<'_>, error: &archive::ArchiveError, sink: &mut Sink) {
    let place = Place::file(release.candidate.source.path.as_str());
    sink.report(FILE_UNREADABLE, place, format!("`{id} {}` cannot be archived: {error}", release.version));
}

/// Returns what the index records of a release.
pub(super) fn event(release: &NewRelease<'_>, archive: ArchiveFacts) -> Release {
    let pack: &Pack = release.candidate.pack.as_deref().expect("only candidates with a pack are planned");
    let listing = release.candidate.listing.as_deref().expect("only candidates with a listing are planned");
    let mut components: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for component in &pack.components {
        components.entry(component.kind.key.to_owned()).or_default().push(component.name.clone());
    }
    Release {
        version: release.version.clone(),
        content_digest: listing.content_digest,
        archive,
        source: release.candidate.source.clone(),
        requirements: pack.requirements.clone(),
        dependencies: pack.dependencies.clone(),
        components,
        checksums: pack.checksums.clone(),
    }
}
