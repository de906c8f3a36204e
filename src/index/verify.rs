//! Verifies a whole index: every history, and the archives that it names.
//!
//! In: the folders. Out: what is wrong, as findings, and what was looked at.

use std::collections::BTreeMap;

use camino::Utf8Path;
use rayon::prelude::*;

use super::archives::{ArchiveStore, ArchiveStoreError};
use super::event::Release;
use super::history::History;
use super::store::{Loaded, Store, StoreError};
use super::{ARCHIVE_MISSING, NAME_CONFUSABLE};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ident::PackId;

/// What was verified.
#[derive(Debug, Default)]
pub struct Verified {
    /// What is wrong; paths of histories are relative to the index, those of archives to the archive store.
    pub findings: Vec<Diagnostic>,
    /// How many histories verify.
    pub packs: usize,
    /// How many releases they have.
    pub releases: usize,
    /// How many events they have, those of kinds that are not known included.
    pub events: u64,
}

/// How archives are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Whether there is a file of the recorded size.
    AtSizes,
    /// Whether its bytes have the recorded SHA-256.
    AtBytes,
}

/// Verifies every history of an index, and the archives of a store in one of the two ways; `seen` is called per archive.
pub fn verify(
    store: &Store,
    archives: Option<(&ArchiveStore, Look)>,
    seen: &(dyn Fn() + Sync),
) -> Result<Verified, StoreError> {
    let Loaded { histories, findings, .. } = store.load()?;
    let mut sink = Sink::new();
    sink.extend(findings);
    report_confusable(histories.keys(), &mut sink);
    if let Some((archives, look)) = archives {
        let releases: Vec<(&PackId, &Release)> = histories
            .iter()
            .flat_map(|(id, history)| history.releases().map(move |(release, _)| (id, release)))
            .collect();
        let faults: Vec<_> = releases
            .into_par_iter()
            .map(|(id, release)| {
                let fault = archive_fault(archives, id, release, look);
                seen();
                fault.map(|fault| (id, release, fault))
            })
            .collect();
        for (id, release, fault) in faults.into_iter().flatten() {
            let path = archives.path(id, &release.version);
            let path = path.strip_prefix(archives.root()).unwrap_or(Utf8Path::new(""));
            let message = format!("the archive of `{id} {}` {fault}", release.version);
            sink.report(ARCHIVE_MISSING, Place::file(path.as_str()), message).help(format!(
                "`packyard build` makes it again if its source still has the content; else restore the file with {}",
                release.archive.sha256
            ));
        }
    }
    Ok(Verified {
        findings: sink.finish(),
        packs: histories.len(),
        releases: histories.values().map(|history| history.releases().count()).sum(),
        events: histories.values().map(History::lines).sum(),
    })
}

/// Reports packs whose names can be taken for each other's; no build records them, but a merge of two changes can.
fn report_confusable<'a>(ids: impl Iterator<Item = &'a PackId>, sink: &mut Sink) {
    let mut known: BTreeMap<(&str, String), &PackId> = BTreeMap::new();
    for id in ids {
        let first = known.entry((id.ecosystem.as_str(), id.name.folded())).or_insert(id);
        if *first != id {
            let message = format!("`{id}` is too much like `{first}`, which is in the index too");
            sink.report(NAME_CONFUSABLE, Place::file(Store::file(id)), message);
        }
    }
}

/// Returns what is wrong with the archive of a release.
fn archive_fault(archives: &ArchiveStore, id: &PackId, release: &Release, look: Look) -> Option<String> {
    let (version, recorded) = (&release.version, &release.archive);
    let is_there = || archives.path(id, version).symlink_metadata().is_ok();
    match look {
        Look::AtSizes if archives.has(id, version, recorded) => None,
        Look::AtSizes if is_there() => Some("has not the recorded size".to_owned()),
        Look::AtSizes => Some("is missing".to_owned()),
        Look::AtBytes => match archives.get(id, version, recorded) {
            Ok(Some(_)) => None,
            Ok(None) => Some("is missing".to_owned()),
            Err(ArchiveStoreError::Mismatch { found, .. }) => {
                Some(format!("is other bytes than recorded: {} of them, with {}", found.size, found.sha256))
            }
            Err(error) => Some(format!("cannot be read: {}", crate::diag::chain(&error))),
        },
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::super::samples::{facts, history, id};
    use super::*;
    use crate::ident::Version;

    /// Ensures that each fault of an index or of its archives is found, by the look that can see it.
    #[test]
    fn faults_are_found() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
        let (store, archives) = (Store::at(root.join("index")), ArchiveStore::at(root.join("archives")));
        let mut histories = [history("echo", &["1.0.0", "1.1.0", "1.2.0"]), history("shout", &["1.0.0"])];
        let guard = store.lock(std::time::Duration::ZERO, |_| {}).unwrap();
        store.append(&guard, &mut histories.iter_mut().collect::<Vec<_>>()).unwrap();
        let version = |text: &str| Version::parse(text).unwrap();
        for text in ["1.0.0", "1.1.0", "1.2.0"] {
            archives.put(&id("echo"), &version(text), &facts(text.as_bytes()), text.as_bytes()).unwrap();
        }
        archives.put(&id("shout"), &version("1.0.0"), &facts(b"1.0.0"), b"1.0.0").unwrap();
        let found = |look: Option<Look>| {
            let verified = verify(&store, look.map(|look| (&archives, look)), &|| {}).unwrap();
            verified.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        for look in [None, Some(Look::AtSizes), Some(Look::AtBytes)] {
            assert_eq!(found(look), [""; 0]);
        }
        let verified = verify(&store, None, &|| {}).unwrap();
        assert_eq!((verified.packs, verified.releases, verified.events), (2, 4, 6));

        std::fs::write(archives.path(&id("echo"), &version("1.0.0")), "longer").unwrap();
        std::fs::write(archives.path(&id("echo"), &version("1.1.0")), "1.1.1").unwrap();
        std::fs::remove_file(archives.path(&id("echo"), &version("1.2.0"))).unwrap();
        let of = |version: &str| format!("the archive of `attune/echo {version}`");
        assert_eq!(
            found(Some(Look::AtSizes)),
            [format!("{} has not the recorded size", of("1.0.0")), format!("{} is missing", of("1.2.0"))]
        );
        let read = found(Some(Look::AtBytes));
        assert_eq!(read.len(), 3);
        assert!(
            read[1].starts_with(&format!("{} is other bytes than recorded: 5 of them", of("1.1.0"))),
            "{}",
            read[1]
        );

        let mut alike = [history("say-it", &[]), history("say_it", &[])];
        store.append(&guard, &mut alike.iter_mut().collect::<Vec<_>>()).unwrap();
        let path = store.root().join(Store::file(&id("shout")));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.lines().next().unwrap()).unwrap();
        let like = "`attune/say_it` is too much like `attune/say-it`, which is in the index too";
        assert_eq!(found(None), [like, "line 1 of the index: it does not end with a line feed"]);
    }
}
