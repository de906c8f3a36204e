//! What a preview adds to the histories in memory: what a build would record, and drafts.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::build::planning::{NewRelease, Plan};
use crate::build::{BuildError, recording};
use crate::content::archive::ArchiveError;
use crate::diag::{Diagnostic, Sink};
use crate::ident::{Digest, PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::event::ArchiveFacts;
use crate::index::history::History;
use crate::release::{Candidate, Stage};

/// The archives that are in the store's memory: by version, of which content they are, and their facts.
pub(super) type Made = HashMap<Version, (Digest, ArchiveFacts)>;

/// Where the archives of a pack are kept.
pub(super) struct Archives<'a> {
    pub(super) store: &'a ArchiveStore,
    /// What is in the store's memory already.
    pub(super) made: &'a mut Made,
}

/// The drafts of a preview.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    shown: BTreeSet<(PackId, Version)>,
    /// Those whose version was taken: pack, content and the version they are shown under.
    renamed: Vec<(PackId, Digest, Version)>,
}

impl Drafts {
    /// Tells whether a release of the joined histories is a draft.
    pub(super) fn has(&self, id: &PackId, version: &Version) -> bool {
        self.shown.contains(&(id.clone(), version.clone()))
    }

    /// Gives the candidates of renamed drafts the version under which they are shown.
    pub(super) fn rename(&self, candidates: &mut [Arc<Candidate>]) {
        for (id, content, version) in &self.renamed {
            let is_it = |candidate: &&mut Arc<Candidate>| {
                let listing = candidate.listing.as_ref().map(|listing| listing.content_digest);
                candidate.stage != Stage::Released
                    && listing == Some(*content)
                    && candidate.pack.as_ref().is_some_and(|pack| pack.id == *id)
            };
            for candidate in candidates.iter_mut().filter(is_it) {
                if let Some(pack) = &mut Arc::make_mut(candidate).pack {
                    Arc::make_mut(pack).version = version.clone();
                }
            }
        }
    }
}

/// Adds to a pack's history what a build would record of tags and histories, then everything present that is none of it.
///
/// A draft whose version is released with other content is shown as `<version>+draft`. What cannot be archived is a finding.
pub(super) fn add(
    planned: &Plan<'_>,
    history: &mut History,
    mut archives: Archives<'_>,
    now: Timestamp,
    findings: &mut Vec<Diagnostic>,
) -> Result<Drafts, BuildError> {
    let released = planned.releases.iter().flat_map(|(id, releases)| {
        let released = releases.iter().filter(|release| release.candidate.stage == Stage::Released);
        released.map(move |release| {
            (id, NewRelease { candidate: release.candidate, version: release.version.clone(), at: release.at })
        })
    });
    append(released.collect(), history, &mut archives, findings)?;

    let mut drafts = Drafts::default();
    let mut contents: BTreeSet<(&PackId, Digest)> = BTreeSet::new();
    let mut new = Vec::new();
    for candidate in &planned.present {
        let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else { continue };
        let (id, content) = (&pack.id, listing.content_digest);
        let is_released = history.releases().any(|(record, _)| record.content_digest == content);
        if is_released || !contents.insert((id, content)) {
            continue;
        }
        let is_taken = |version: &Version| history.release(version).is_some() || drafts.has(id, version);
        let Some(version) = free_version(&pack.version, is_taken) else { continue };
        if version != pack.version {
            drafts.renamed.push((id.clone(), content, version.clone()));
        }
        drafts.shown.insert((id.clone(), version.clone()));
        new.push((id, NewRelease { candidate, version, at: now }));
    }
    append(new, history, &mut archives, findings)?;
    Ok(drafts)
}

/// Returns the version, or one made from it that nothing has yet.
///
/// What is appended is build metadata, which changes no precedence (SemVer 2.0.0 item 10).
fn free_version(version: &Version, is_taken: impl Fn(&Version) -> bool) -> Option<Version> {
    let joint = if version.has_build_metadata() { '.' } else { '+' };
    let numbered = (2..100).map(|number| format!("{version}{joint}draft.{number}"));
    let names = [version.to_string(), format!("{version}{joint}draft")].into_iter().chain(numbered);
    names.filter_map(|name| Version::parse(&name).ok()).find(|version| !is_taken(version))
}

/// Appends releases to a history, with archives that are made in memory unless they are there.
fn append(
    releases: Vec<(&PackId, NewRelease<'_>)>,
    history: &mut History,
    archives: &mut Archives<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), BuildError> {
    let made: &Made = archives.made;
    let facts: Vec<Result<(Digest, ArchiveFacts), ArchiveError>> = releases
        .par_iter()
        .map(|(id, release)| {
            let content = content(release);
            let known = made.get(&release.version);
            if let Some((_, facts)) = known.filter(|(of, _)| *of == content) {
                return Ok(Ok((content, facts.clone())));
            }
            match recording::write(id, release) {
                Ok(archive) => {
                    let facts = ArchiveFacts { sha256: archive.sha256, size: archive.size };
                    archives.store.put(id, &release.version, &facts, &archive.bytes)?;
                    Ok(Ok((content, facts)))
                }
                Err(error) => Ok(Err(error)),
            }
        })
        .collect::<Result<_, BuildError>>()?;
    let mut sink = Sink::new();
    for ((id, release), facts) in releases.into_iter().zip(facts) {
        let (content, facts) = match facts {
            Ok(made) => made,
            Err(error) => {
                recording::report_unarchived(id, &release, &error, &mut sink);
                continue;
            }
        };
        archives.made.insert(release.version.clone(), (content, facts.clone()));
        recording::append(history, &release, facts);
    }
    findings.extend(sink.finish());
    Ok(())
}

fn content(release: &NewRelease<'_>) -> Digest {
    let listing = release.candidate.listing.as_deref().expect("only candidates with a listing are planned");
    listing.content_digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_version_gets_build_metadata() {
        let version = |text: &str| Version::parse(text).expect("a version");
        let free = |text: &str, taken: &[&str]| {
            free_version(&version(text), |version| taken.contains(&version.as_str())).expect("free").to_string()
        };
        assert_eq!(free("1.0.0", &[]), "1.0.0");
        assert_eq!(free("1.0.0", &["1.0.0"]), "1.0.0+draft");
        assert_eq!(free("1.0.0+5", &["1.0.0+5"]), "1.0.0+5.draft");
        assert_eq!(free("1.0.0", &["1.0.0", "1.0.0+draft"]), "1.0.0+draft.2");
        assert!(version("1.0.0+draft") < version("1.0.1"));
    }
}
