//! Reads the files of one directory as a pack.
//!
//! 1. The ecosystems whose manifest is there are asked for evidence; exactly one may claim it.
//! 2. It reads and checks the pack.
//! 3. Every file is hashed.
//!
//! In: a snapshot. Out: a [`Reading`] with places relative to the pack, which several candidates can share.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Candidate;
use super::candidates::Reader;
use super::discover::below;
use crate::content::Listing;
use crate::diag::{Diagnostic, Place, Sink, chain};
use crate::ecosystem::{self, AMBIGUOUS_ECOSYSTEM, Claim, Ecosystem};
use crate::index::event::SourceFacts;
use crate::pack::above::Above;
use crate::pack::{Configured, Pack, PackTree};
use crate::source::{Blobs, FILE_UNREADABLE, FileEntry, ReadError, Snapshot, SourceError};
use crate::yaml::{self, Dialect};

use super::Stage;

/// What a directory is.
#[derive(Debug)]
pub(super) struct Reading {
    /// Whether an ecosystem claims it, which hides everything below.
    pub(super) claimed: bool,
    /// The ecosystem that reads it; `None` when none can be chosen.
    pub(super) ecosystem: Option<&'static dyn Ecosystem>,
    /// The pack; `None` when it has no usable identity.
    pub(super) pack: Option<Arc<Pack>>,
    /// The files with their digests; `None` when one could not be read.
    pub(super) listing: Option<Arc<Listing>>,
    /// The files.
    pub(super) snapshot: Snapshot,
    /// What is wrong, with places relative to the pack.
    pub(super) findings: Vec<Diagnostic>,
    /// What was known of the directory before.
    pub(super) asked: Asked,
}

/// What is known of a directory before it is read, for whoever asks later whether a reading still counts.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) ecosystems: Vec<&'static str>,
    /// The usual ecosystem of the path, if that could have made a difference.
    pub(super) usual: Option<Option<&'static str>>,
    pub(super) directory: Option<String>,
    pub(super) has_sibling: bool,
    pub(super) above: Option<Arc<Above>>,
}

/// What is known of a directory before it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The ecosystems that may claim it, at least one.
    pub(super) ecosystems: &'a [&'static dyn Ecosystem],
    /// The ecosystem that has claimed the same path in the newest state: it decides where evidence does not.
    pub(super) usual: Option<&'static dyn Ecosystem>,
    /// The name of the directory; `None` at the root of a repository.
    pub(super) directory: Option<&'a str>,
    /// Its path in the source, empty at the root.
    pub(super) path: &'a str,
    /// Whether another directory with a manifest of the same ecosystem lies beside it.
    pub(super) has_sibling: bool,
    /// What the configuration says of the source.
    pub(super) configured: Configured<'a>,
    /// What the rest of the source says, when the pack lies below its root.
    pub(super) above: Option<&'a Arc<Above>>,
}

/// Reads a directory.
pub(super) fn read(snapshot: Result<Snapshot, SourceError>, setting: Setting<'_>, reader: &Reader<'_>) -> Reading {
    reader.work.packs_read.fetch_add(1, Ordering::Relaxed);
    let mut sink = Sink::new();
    let snapshot = snapshot.unwrap_or_else(|error| {
        sink.report(FILE_UNREADABLE, Place::file(""), chain(&error));
        Snapshot::new(Vec::new(), Arc::new(Nothing), Vec::new())
    });
    let tree = PackTree {
        directory: setting.directory,
        has_sibling: setting.has_sibling,
        configured: setting.configured,
        above: setting.above.map(|above| &**above),
        ..PackTree::new(&snapshot, reader.memo, setting.path, reader.yaml_limits)
    };
    let own: Vec<_> = setting.ecosystems.iter().copied().filter(|one| !one.is_foreign(&tree, &mut sink)).collect();
    // What certainly is no pack, such as the root of a Python project, may have links and files of any size.
    if !own.is_empty() {
        sink.extend(snapshot.findings().iter().cloned());
    }
    let usual = setting.usual.filter(|usual| own.iter().any(|other| other.id() == usual.id()));
    let claim = ecosystem::claim(&own, &tree);
    let is_claimed = matches!(claim, Claim::By(_));
    let chosen = match (claim, usual) {
        (Claim::By(ecosystem), _) => Ok(ecosystem),
        (_, Some(usual)) => Ok(usual),
        (Claim::None, None) => match own[..] {
            [only] => Ok(only),
            _ => Err(None),
        },
        (Claim::Ambiguous(titles), None) if titles.is_empty() && has_broken_manifest(&tree, &own) => Err(None),
        (Claim::Ambiguous(titles), None) => Err(Some(titles)),
    };
    let (claimed, ecosystem, pack) = match chosen {
        Ok(ecosystem) => {
            let pack = ecosystem.read(&tree, &mut sink);
            // A lone manifest that says nothing may still have packs below it.
            (pack.is_some() || usual.is_some(), Some(ecosystem), pack)
        }
        Err(None) => {
            // Nobody can say what it is, so everybody says what is wrong with it.
            for ecosystem in &own {
                ecosystem.read(&tree, &mut sink);
            }
            (false, own.first().copied(), None)
        }
        Err(Some(titles)) => {
            report_ambiguity(&titles, &own, &mut sink);
            (false, None, None)
        }
    };
    let listing = match ecosystem {
        Some(_) => Listing::of(&snapshot, reader.memo)
            .map_err(|error| {
                let (ReadError::Unreadable { path, .. } | ReadError::Changed(path)) = &error;
                sink.report(FILE_UNREADABLE, Place::file(path.clone()), error.to_string());
            })
            .ok(),
        None => None,
    };
    let findings = sink.finish();
    // A listing without a file that is there would name other content than the release has.
    let listing = listing.filter(|_| !findings.iter().any(|finding| finding.code == FILE_UNREADABLE));
    if snapshot.has_failed() {
        reader.work.uncertain.store(true, Ordering::Relaxed);
    }
    let asked = Asked {
        ecosystems: setting.ecosystems.iter().map(|ecosystem| ecosystem.id()).collect(),
        usual: (!is_claimed || pack.is_none()).then(|| setting.usual.map(|usual| usual.id())),
        directory: setting.directory.map(str::to_owned),
        has_sibling: setting.has_sibling,
        above: setting.above.cloned(),
    };
    Reading { claimed, ecosystem, pack: pack.map(Arc::new), listing: listing.map(Arc::new), snapshot, findings, asked }
}

impl Asked {
    /// Tells whether the directory would be read in the same way in another setting.
    pub(super) fn fits(&self, setting: &Setting<'_>) -> bool {
        self.ecosystems.iter().copied().eq(setting.ecosystems.iter().map(|ecosystem| ecosystem.id()))
            && self.usual.is_none_or(|usual| usual == setting.usual.map(|usual| usual.id()))
            && self.directory.as_deref() == setting.directory
            && self.has_sibling == setting.has_sibling
            && self.above.as_ref() == setting.above
    }
}

/// Tells whether a YAML manifest is no mapping: then that is the fault to report, rather than that it shows no evidence.
fn has_broken_manifest(tree: &PackTree<'_>, ecosystems: &[&'static dyn Ecosystem]) -> bool {
    let manifests = ecosystems.iter().flat_map(|ecosystem| ecosystem.manifests());
    manifests.filter(|name| name.ends_with(".yaml")).filter_map(|name| tree.get(name)).any(|entry| {
        let mapping =
            |bytes: &[u8]| yaml::read(bytes, Dialect::Yaml12, tree.yaml_limits).is_ok_and(|yaml| yaml.root.is_map());
        !tree.snapshot.read(entry).is_ok_and(|bytes| mapping(&bytes))
    })
}

fn report_ambiguity(titles: &[&str], ecosystems: &[&'static dyn Ecosystem], sink: &mut Sink) {
    let message = if titles.is_empty() {
        let all: Vec<&str> = ecosystems.iter().map(|ecosystem| ecosystem.title()).collect();
        format!("nothing tells whether this is a pack of {}", all.join(" or "))
    } else {
        format!("this could be a pack of {}", titles.join(" or of "))
    };
    let manifest = ecosystems.first().and_then(|ecosystem| ecosystem.manifests().first()).copied().unwrap_or_default();
    let ids: Vec<String> = ecosystems.iter().map(|ecosystem| format!("`ecosystem = \"{}\"`", ecosystem.id())).collect();
    sink.report(AMBIGUOUS_ECOSYSTEM, Place::file(manifest), message)
        .help(format!("set {} for the source in `packyard.toml`", ids.join(" or ")));
}

impl Reading {
    /// Returns the ecosystem that claims the directory.
    pub(super) fn claimed_by(&self) -> Option<&'static dyn Ecosystem> {
        self.ecosystem.filter(|_| self.claimed)
    }

    /// Returns whether the directory is claimed, and the identifier of the ecosystem that does.
    pub(super) fn claims(&self) -> (bool, Option<&'static str>) {
        (self.claimed, self.claimed_by().map(Ecosystem::id))
    }

    /// Returns the candidate that this is at one revision; `path` is where the pack lies in the source.
    ///
    /// `None` when no ecosystem could be chosen: then the findings are about the source.
    pub(super) fn candidate(
        &self,
        path: &str,
        source: SourceFacts,
        stage: Stage,
        at: Option<jiff::Timestamp>,
        revision: Option<&str>,
    ) -> Option<Candidate> {
        Some(Candidate {
            ecosystem: self.ecosystem?,
            source,
            stage,
            at,
            snapshot: self.snapshot.clone(),
            pack: self.pack.clone(),
            listing: self.listing.clone(),
            findings: self.findings_at(path, revision),
            remarks: Arc::default(),
        })
    }

    /// Returns the findings with places in the source, found at a revision.
    pub(super) fn findings_at(&self, path: &str, revision: Option<&str>) -> Vec<Diagnostic> {
        let mut findings = below(path, self.findings.iter().cloned());
        for finding in &mut findings {
            finding.revision = revision.map(str::to_owned);
        }
        findings
    }
}

/// The content of a snapshot without files.
struct Nothing;

impl Blobs for Nothing {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Err(ReadError::Unreadable { path: entry.path.to_string(), reason: "there are no files".to_owned() })
    }
}
