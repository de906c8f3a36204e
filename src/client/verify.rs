//! Verifies a published registry: every digest, every size, every archive, and that its files agree.
//!
//! Starts at `index.json` and follows what it names, as a client does: `pack.json`, each archive, `release.json` and
//! `SHA256SUMS`. Archives are read as hostile ones. With an index, also holds what is published against what is recorded.
//! A version that `pack.json` has and `index.json` has not (yet) is right: pointers are written last.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use serde::Deserialize;

use super::{PUBLICATION_BROKEN, PUBLICATION_DIFFERS};
use crate::content::reader::{self, ArchiveLimits};
use crate::diag::{self, Diagnostic, Place, Sink};
use crate::fs::{self, PathError};
use crate::ident::{Digest, PackId, Version};
use crate::index::event::ArchiveFacts;
use crate::index::histories::Histories;
use crate::index::known::KnownIndex;
use crate::index::store::{LoadedKnown, Store, StoreError};
use crate::progress::Progress;
use crate::source::Limits;

/// What was verified.
#[derive(Debug, Default)]
pub struct Verified {
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
    /// How many packs there are.
    pub packs: usize,
    /// How many releases there are.
    pub releases: usize,
    /// How many bytes their archives have.
    pub bytes: u64,
}

/// Reports what kept a registry from being verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no registry.
    #[error("`{0}` has no `index.json`: it is no published registry; `packyard build` writes one to `public/`")]
    NoRegistry(Utf8PathBuf),
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] StoreError),
}

/// `index.json`, as far as it is needed.
#[derive(Deserialize)]
struct Index {
    packs: BTreeMap<String, IndexPack>,
}

#[derive(Deserialize)]
struct IndexPack {
    pack: String,
    latest: Version,
    versions: Vec<IndexVersion>,
}

#[derive(Deserialize)]
struct IndexVersion {
    version: Version,
    content_digest: Digest,
    archive: Archive,
}

#[derive(Deserialize)]
struct Archive {
    url: String,
    #[serde(flatten)]
    facts: ArchiveFacts,
}

/// `pack.json`, as far as it is needed.
#[derive(Deserialize)]
struct PackFile {
    releases: Vec<PackRelease>,
}

#[derive(Deserialize)]
struct PackRelease {
    version: Version,
    content_digest: Digest,
    archive: Archive,
    release: String,
}

/// `release.json`, as far as it is needed.
#[derive(Deserialize)]
struct ReleaseFile {
    version: Version,
    content_digest: Digest,
    sha256sums: String,
    files: u64,
    unpacked_size: u64,
    archive: Archive,
}

/// Verifies the registry in a folder; with `index`, the folder of a registry index, also that it says what is recorded there.
pub fn verify(folder: &Utf8Path, index: Option<&Utf8Path>, progress: &dyn Progress) -> Result<Verified, VerifyError> {
    let Some(bytes) = fs::read_if_exists(&folder.join("index.json"))? else {
        return Err(VerifyError::NoRegistry(folder.to_owned()));
    };
    let mut sink = Sink::new();
    let recorded = match index {
        Some(index) => {
            let LoadedKnown { histories, findings, .. } = Store::at(index).load_known(&mut KnownIndex::default())?;
            sink.extend(findings);
            Some(histories)
        }
        None => None,
    };
    let published: Index = match serde_json::from_slice(&bytes) {
        Ok(index) => index,
        Err(error) => {
            broken(&mut sink, "index.json", format!("it cannot be read: {error}"));
            return Ok(Verified { findings: sink.finish(), ..Verified::default() });
        }
    };
    progress.stage("Verifying", Some(published.packs.len() as u64));
    let packs: Vec<Result<(Sink, usize, u64), VerifyError>> = published
        .packs
        .par_iter()
        .map(|(name, pack)| {
            let mut job = Job { folder, sink: Sink::new(), bytes: 0 };
            match name.parse::<PackId>() {
                Ok(id) => job.pack(&id, pack, recorded.as_ref())?,
                Err(_) => broken(&mut job.sink, "index.json", format!("`{name}` is no `ecosystem/name`")),
            }
            progress.tick(1);
            Ok((job.sink, pack.versions.len(), job.bytes))
        })
        .collect();
    let mut verified = Verified { packs: published.packs.len(), ..Verified::default() };
    for pack in packs {
        let (found, releases, bytes) = pack?;
        sink.extend(found.finish());
        verified.releases += releases;
        verified.bytes += bytes;
    }
    if let Some(recorded) = &recorded {
        let is_missing = |id: &&PackId| !published.packs.contains_key(&id.to_string());
        for id in recorded.ids().filter(is_missing) {
            differs(&mut sink, "index.json", format!("`{id}` is recorded, and not published"));
        }
    }
    verified.findings = sink.finish();
    diag::sort(&mut verified.findings);
    Ok(verified)
}

fn broken(sink: &mut Sink, path: &str, message: String) {
    sink.report(PUBLICATION_BROKEN, Place::file(path), message);
}

fn differs(sink: &mut Sink, path: &str, message: String) {
    sink.report(PUBLICATION_DIFFERS, Place::file(path), message);
}

/// The verification of one pack.
struct Job<'a> {
    folder: &'a Utf8Path,
    sink: Sink,
    /// How many bytes of archives were read.
    bytes: u64,
}

impl Job<'_> {
    fn pack(&mut self, id: &PackId, pack: &IndexPack, recorded: Option<&Histories>) -> Result<(), VerifyError> {
        if !pack.versions.iter().any(|one| one.version == pack.latest) {
            broken(&mut self.sink, "index.json", format!("`{id}`: the latest version {} is not listed", pack.latest));
        }
        let Some((path, bytes)) = self.file("index.json", &pack.pack)? else { return Ok(()) };
        let file: PackFile = match serde_json::from_slice(&bytes) {
            Ok(file) => file,
            Err(error) => {
                broken(&mut self.sink, &path, format!("it cannot be read: {error}"));
                return Ok(());
            }
        };
        let by_version: BTreeMap<&Version, &PackRelease> =
            file.releases.iter().map(|release| (&release.version, release)).collect();
        for one in &pack.versions {
            let name = format!("{id} {}", one.version);
            match by_version.get(&one.version) {
                None => broken(&mut self.sink, &path, format!("`{name}` is in index.json, and not here")),
                Some(release) if !is_same(one, release, &path) => {
                    broken(&mut self.sink, &path, format!("`{name}` has another archive or digest than in index.json"));
                }
                Some(release) => self.release(id, release, &path)?,
            }
            let digest = recorded.map(|recorded| recorded.digest_of(id, &one.version));
            match digest {
                Some(None) => differs(&mut self.sink, &path, format!("`{name}` was never recorded")),
                Some(Some(digest)) if digest != one.content_digest => {
                    differs(&mut self.sink, &path, format!("`{name}` was recorded with the content {digest}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Verifies a release by its archive, its facts and its list of files.
    fn release(&mut self, id: &PackId, release: &PackRelease, pack_path: &str) -> Result<(), VerifyError> {
        let name = format!("{id} {}", release.version);
        let Some((path, bytes)) = self.file(pack_path, &release.release)? else { return Ok(()) };
        let facts: ReleaseFile = match serde_json::from_slice(&bytes) {
            Ok(facts) => facts,
            Err(error) => {
                broken(&mut self.sink, &path, format!("it cannot be read: {error}"));
                return Ok(());
            }
        };
        if facts.version != release.version
            || facts.content_digest != release.content_digest
            || facts.archive.facts != release.archive.facts
        {
            broken(&mut self.sink, &path, format!("`{name}` has other facts than in `{pack_path}`"));
        }
        let Some((archive_path, bytes)) = self.file(pack_path, &release.archive.url)? else { return Ok(()) };
        self.bytes += bytes.len() as u64;
        let found = ArchiveFacts { sha256: Digest::of(&bytes), size: bytes.len() as u64 };
        if found != release.archive.facts {
            let (expected, found) = (release.archive.facts.sha256, found.sha256);
            broken(&mut self.sink, &archive_path, format!("`{name}` is said to be {expected}, and is {found}"));
            return Ok(());
        }
        let listing = match reader::read(&bytes, id.name.as_str(), &ArchiveLimits::from(Limits::default())) {
            Ok((_, listing)) => listing,
            Err(fault) => {
                broken(&mut self.sink, &archive_path, format!("`{name}` cannot be unpacked: {fault}"));
                return Ok(());
            }
        };
        if listing.content_digest != release.content_digest {
            broken(&mut self.sink, &archive_path, format!("`{name}` has the content {}", listing.content_digest));
        }
        if (facts.files, facts.unpacked_size) != (listing.files.len() as u64, listing.size()) {
            broken(&mut self.sink, &path, format!("`{name}` has {} files", listing.files.len()));
        }
        if let Some((sums, bytes)) = self.file(&path, &facts.sha256sums)?
            && bytes != listing.text().as_bytes()
        {
            broken(&mut self.sink, &sums, format!("`{name}` has other files than are listed"));
        }
        Ok(())
    }

    /// Reads the file that another one names by an address relative to itself, which may not lead out of the registry.
    fn file(&mut self, from: &str, url: &str) -> Result<Option<(String, Vec<u8>)>, VerifyError> {
        let Some(path) = resolve(from, url) else {
            broken(&mut self.sink, from, format!("the address `{url}` leads out of the registry"));
            return Ok(None);
        };
        match fs::read_if_exists(&self.folder.join(&path))? {
            Some(bytes) => Ok(Some((path, bytes))),
            None => {
                broken(&mut self.sink, from, format!("`{path}` is missing"));
                Ok(None)
            }
        }
    }
}

/// Tells whether `index.json` and the `pack.json` at a path say the same of a release.
fn is_same(one: &IndexVersion, release: &PackRelease, pack_path: &str) -> bool {
    one.content_digest == release.content_digest
        && one.archive.facts == release.archive.facts
        && resolve("index.json", &one.archive.url) == resolve(pack_path, &release.archive.url)
}

/// Returns the path, below the registry, of an address that a file of it names; nothing when it leads elsewhere.
fn resolve(from: &str, url: &str) -> Option<String> {
    let url = decoded(url)?;
    if url.contains(['?', '#', '\\', ':']) || Utf8Path::new(&url).is_absolute() {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in Utf8Path::new(&url).components() {
        match part {
            Utf8Component::Normal(name) => parts.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                parts.pop()?;
            }
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

/// Returns an address without percent-encoding (RFC 3986, section 2.1); nothing when it is not UTF-8 then.
fn decoded(url: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::with_capacity(url.len()), url.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        match after.get(..2).filter(|_| *first == b'%') {
            Some(digits) => {
                let digits = str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_in_the_registry() {
        for (from, url, path) in [
            ("index.json", "packs/a/b/pack.json", Some("packs/a/b/pack.json")),
            ("packs/a/b/pack.json", "../../../archives/a/b.tar.gz", Some("archives/a/b.tar.gz")),
            ("packs/a/b/pack.json", "1.0.0/./release.json", Some("packs/a/b/1.0.0/release.json")),
            ("packs/a/b/pack.json", "1.0.0%2Bb/release.json", Some("packs/a/b/1.0.0+b/release.json")),
            ("packs/a/b/pack.json", "../../../../etc/passwd", None),
            ("packs/a/b/pack.json", "%2e%2e/../../../x", None),
            ("index.json", "/etc/passwd", None),
            ("index.json", "https://example.org/x", None),
        ] {
            assert_eq!(resolve(from, url).as_deref(), path, "{url}");
        }
    }
}
