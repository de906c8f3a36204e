//! A small ecosystem and sources for tests: a manifest `toy.txt` with `name version`, and nothing else to know.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::candidates::{KnownSource, Reader, SourceReading, Wanted, Work, read_source_as};
use super::{Candidate, Stage};
use crate::catalog::{Catalog, CatalogPack, Registry};
use crate::config::{Feeds, SourceConfig};
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::{Around, Clue, Clues, Ecosystem, Evidence, Names, PackFeed, Versioning};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::output::Unit;
use crate::pack::{ComponentKind, Configured, Example, Memo, Pack, PackTree, VersionedBy};
use crate::source::{LFS_POINTER, SourceError};

/// Packs with a manifest `toy.txt`; its second line `toy` or `doll` is evidence for one of the two.
///
/// A `kit` counts by its manifest alone, in versions of PEP 440. A `puzzle` has no manifest: files `*.piece` say where one is,
/// by a first line `up` one directory up; files `*.note` with `path: text` say something of one. Toys are `wooden` in a source with `wood` and a `saw`.
#[derive(Debug)]
pub(crate) struct Toy(pub(crate) &'static str);

/// Two ecosystems that share a manifest.
pub(crate) static TOYS: &[&dyn Ecosystem] = &[&Toy("toy"), &Toy("doll")];

/// Packs without manifests.
pub(crate) static PUZZLES: &[&dyn Ecosystem] = &[&Toy("toy"), &Toy("puzzle")];

/// Packs whose manifests count.
pub(crate) static KITS: &[&dyn Ecosystem] = &[&Toy("kit")];

/// Finds puzzles.
struct Pieces;

impl Clues for Pieces {
    fn may_hold(&self, name: &str) -> bool {
        name.ends_with(".piece") || name.ends_with(".note")
    }
    fn clue(&self, name: &str, bytes: &[u8]) -> Option<String> {
        Some(std::str::from_utf8(bytes).ok()?.lines().next()?.to_owned()).filter(|_| name.ends_with(".piece"))
    }
    fn statement(&self, name: &str, bytes: &[u8]) -> Option<String> {
        Some(std::str::from_utf8(bytes).ok()?.trim().to_owned()).filter(|_| name.ends_with(".note"))
    }
    fn of_packs(&self, statements: &[Clue<'_>], packs: &[&str], _: Configured<'_>) -> Vec<Vec<String>> {
        let about = |pack: &str, clue: &Clue<'_>| Some(clue.says.strip_prefix(&format!("{pack}: "))?.to_owned());
        packs.iter().map(|pack| statements.iter().filter_map(|clue| about(pack, clue)).take(20).collect()).collect()
    }
    fn check_outside(&self, statements: &[Clue<'_>], source: &dyn Around, sink: &mut Sink) {
        for clue in statements.iter().filter(|clue| source.pack_of(clue.path).is_none()).take(100) {
            let named = clue.says.split(':').next().unwrap_or_default();
            if !source.exists(named) {
                // Any code will do.
                sink.report(LFS_POINTER, Place::file(clue.path), format!("there is no `{named}`"));
            }
        }
    }
    fn packs(&self, clues: &[Clue<'_>], _: Configured<'_>) -> Vec<String> {
        let parent = |path: &str| path.rfind('/').map_or("", |slash| &path[..slash]).to_owned();
        let directory = |clue: &Clue<'_>| match parent(clue.path) {
            above if clue.says == "up" => parent(&above),
            here => here,
        };
        clues.iter().map(directory).collect()
    }
}

impl Ecosystem for Toy {
    fn id(&self) -> &'static str {
        self.0
    }
    fn title(&self) -> &'static str {
        self.0
    }
    fn summary(&self) -> &'static str {
        "Toys."
    }
    fn manifests(&self) -> &'static [&'static str] {
        if self.0 == "puzzle" { &[] } else { &["toy.txt"] }
    }
    fn clues(&self) -> Option<&'static dyn Clues> {
        (self.0 == "puzzle").then_some(&Pieces)
    }
    fn versioning(&self) -> Versioning {
        if self.0 == "kit" { Versioning::ManifestCounts } else { Versioning::TagCounts }
    }
    fn layouts(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[("wooden", &["wood", "saw"])]
    }
    fn is_foreign(&self, tree: &PackTree<'_>, _: &mut Sink) -> bool {
        tree.get("foreign").is_some()
    }
    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[("toy.text", "toy.txt")]
    }
    fn skipped_directories(&self) -> &'static [&'static str] {
        if self.0 == "toy" { &["tests", "shelf"] } else { &["tests"] }
    }
    fn kinds(&self) -> &'static [&'static ComponentKind] {
        &[]
    }
    fn codes(&self) -> &'static [Code] {
        &[]
    }
    fn evidence(&self, tree: &PackTree<'_>) -> Option<Evidence> {
        if self.0 == "puzzle" {
            return Some(Evidence::default());
        }
        let text = tree.text(tree.get("toy.txt")?, 1000)?;
        text.split_once(' ')?;
        Some(Evidence([text.lines().nth(1) == Some(self.0), false, false, false]))
    }
    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        if self.0 == "puzzle" {
            let name = PackName::new(tree.directory.unwrap_or("root")).ok()?;
            let id = PackId { ecosystem: EcosystemId::new(self.0).expect("an identifier"), name };
            let pack = Pack::new(id, Version::draft(), RelPath::composed("a.piece"));
            let said = tree.above.into_iter().flat_map(|above| above.said(self.0));
            let description = said.collect::<Vec<_>>().join(", ");
            return Some(Pack { versioned_by: VersionedBy::Source, description, ..pack });
        }
        let text = tree.text(tree.get("toy.txt")?, 1000)?;
        let read = text.lines().next().and_then(|line| line.split_once(' '));
        let read = read.and_then(|(name, version)| Some((PackName::new(name).ok()?, Version::parse(version).ok()?)));
        let Some((name, version)) = read else {
            // Any code will do.
            sink.report(LFS_POINTER, Place::file("toy.txt"), format!("{} cannot read this", self.0));
            return None;
        };
        let id = PackId { ecosystem: EcosystemId::new(self.0).expect("an identifier"), name };
        let title = tree.directory.unwrap_or("root").to_owned();
        let wooden = tree.above.is_some_and(|above| above.shows(self.0, "wooden"));
        let description = if wooden { "wooden".to_owned() } else { String::new() };
        let license = tree.license_above().and_then(|above| above.id.clone());
        Some(Pack { title, description, license, ..Pack::new(id, version, RelPath::composed("toy.txt")) })
    }
    fn check_references(&self, _: &Pack, _: &PackTree<'_>, _: &Names, _: &mut Sink) {}
    fn is_bundled(&self, _: &str) -> bool {
        false
    }
    fn install(&self, _: &Pack, _: &str) -> Vec<Example> {
        Vec::new()
    }
    fn pack_feed(&self, _: &Arc<Registry>, _: &Feeds, _: &Arc<CatalogPack>, _: &mut Sink) -> PackFeed {
        PackFeed::default()
    }
    fn feed(&self, _: &Catalog, _: &Feeds, _: &[&PackFeed], _: &mut Sink) -> Vec<Unit> {
        Vec::new()
    }
    fn scaffold(&self, _: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        BTreeMap::new()
    }
    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// Returns the text of a manifest.
pub(crate) fn toy(name: &str, version: &str) -> String {
    format!("{name} {version}\ntoy\n")
}

/// Returns the configuration of a directory as a source.
pub(crate) fn at_path(path: &str) -> SourceConfig {
    SourceConfig { path: Some(path.into()), ..SourceConfig::default() }
}

/// Returns the configuration of a repository as a source.
pub(crate) fn at_git(place: impl Into<String>) -> SourceConfig {
    SourceConfig { git: Some(place.into()), ..SourceConfig::default() }
}

/// Reads a source in full; relative paths start at `root`.
pub(crate) fn read(config: &SourceConfig, root: &Utf8Path) -> Result<SourceReading, SourceError> {
    read_without(config, root, &[])
}

/// Reads a source in full, except for directories that the program writes.
pub(crate) fn read_without(
    config: &SourceConfig,
    root: &Utf8Path,
    written: &[Utf8PathBuf],
) -> Result<SourceReading, SourceError> {
    read_known(config, root, written, &mut KnownSource::default())
}

/// Reads a source in full, as packs of these ecosystems.
pub(crate) fn read_as(config: &SourceConfig, root: &Utf8Path, ecosystems: &[&'static dyn Ecosystem]) -> SourceReading {
    read_with(config, root, &[], &mut KnownSource::default(), ecosystems).expect("read")
}

/// Reads a source in full, as far as it is not known.
pub(crate) fn read_known(
    config: &SourceConfig,
    root: &Utf8Path,
    written: &[Utf8PathBuf],
    known: &mut KnownSource,
) -> Result<SourceReading, SourceError> {
    read_with(config, root, written, known, TOYS)
}

fn read_with(
    config: &SourceConfig,
    root: &Utf8Path,
    written: &[Utf8PathBuf],
    known: &mut KnownSource,
    ecosystems: &[&'static dyn Ecosystem],
) -> Result<SourceReading, SourceError> {
    let memo = Memo::new();
    let cache = root.join("cache");
    let reader = Reader {
        root,
        cache: &cache,
        written,
        memo: &memo,
        forgets: false,
        limits: crate::source::Limits::default(),
        yaml_limits: crate::yaml::Limits::default(),
        wanted: Wanted::Everything,
        work: &Work::default(),
    };
    read_source_as(config, &reader, ecosystems, known, None)
}

/// Returns candidates as text: `stage name version @tag-or-commit path`.
pub(crate) fn shown(reading: &SourceReading) -> Vec<String> {
    reading.candidates.iter().map(|candidate| shown_one(candidate)).collect()
}

/// Returns the releases as text: `name version @tag path`, with `commit` for those from history.
pub(crate) fn releases(reading: &SourceReading) -> Vec<String> {
    let released = reading.candidates.iter().filter(|candidate| candidate.stage == Stage::Released);
    released.map(|candidate| shown_one(candidate).replacen("Released ", "", 1)).collect()
}

fn shown_one(candidate: &Candidate) -> String {
    let pack = candidate.pack.as_ref();
    let pack = pack.map_or_else(|| "?".to_owned(), |pack| format!("{} {}", pack.id.name, pack.version));
    let source = &candidate.source;
    let at = match (&source.tag, &source.commit) {
        (Some(tag), _) => format!(" @{tag}"),
        (None, Some(_)) => " commit".to_owned(),
        (None, None) => String::new(),
    };
    format!("{:?} {pack}{at} {}", candidate.stage, source.path).trim_end().to_owned()
}

/// Returns all findings as text: `code revision`, sorted, of the source and of every candidate.
pub(crate) fn findings(reading: &SourceReading) -> Vec<String> {
    let of_candidates = reading.candidates.iter().flat_map(|candidate| &candidate.findings);
    let mut found: Vec<String> = of_candidates
        .chain(&reading.findings)
        .map(|finding| format!("{} {}", finding.code, finding.revision.as_deref().unwrap_or("")).trim_end().to_owned())
        .collect();
    found.sort();
    found
}
