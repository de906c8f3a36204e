//! Ecosystems: what a pack of each runtime is, how it is checked, and what its client fetches.
//!
//! An ecosystem is a folder and a line in [`ALL`]. It says which directories are its packs ([`Ecosystem::evidence`]), reads
//! one into the normalised [`Pack`], checks it against the rest of the catalog, and writes its runtime feed.

pub mod astradesk;
pub mod attune;
pub mod crossplane;
mod names;
pub mod nasiko;
pub mod stackstorm;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

pub use names::{Asked, Names, Provided, Provider, Records};

use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::compare::Compatibility;
use crate::config::Feeds;
use crate::diag::{Code, Place, Sink, codes};
use crate::ident::{EcosystemId, PackName, RelPath};
use crate::output::Unit;
use crate::pack::above::RootFile;
use crate::pack::{ComponentKind, Configured, Example, Pack, PackTree, Remark, Requirement};
use crate::yaml::Dialect;

/// Lists every ecosystem, in the order of the documentation.
pub static ALL: &[&dyn Ecosystem] =
    &[&attune::Attune, &stackstorm::StackStorm, &astradesk::AstraDesk, &nasiko::Nasiko, &crossplane::Crossplane];

/// A family of packs with one format and one runtime.
pub trait Ecosystem: Sync + Debug {
    /// Returns the identifier, such as `attune`.
    fn id(&self) -> &'static str;

    /// Returns what people call it, such as `Attune`.
    fn title(&self) -> &'static str;

    /// Returns one sentence on what its packs are.
    fn summary(&self) -> &'static str;

    /// Returns the file names that mark the root of a pack, such as `pack.yaml`.
    fn manifests(&self) -> &'static [&'static str];

    /// Returns file names that look like a manifest but are not, with what to call them instead.
    fn near_misses(&self) -> &'static [(&'static str, &'static str)];

    /// Returns names of directories below which no pack is looked for, besides dot-directories.
    fn skipped_directories(&self) -> &'static [&'static str];

    /// Returns the component kinds, in the order of the documentation.
    fn kinds(&self) -> &'static [&'static ComponentKind];

    /// Returns every code of this ecosystem's rules.
    fn codes(&self) -> &'static [Code];

    /// Returns what speaks for a directory being a pack of this ecosystem; `None` when its manifest already says no.
    fn evidence(&self, tree: &PackTree<'_>) -> Option<Evidence>;

    /// Tells whether a file of a manifest's name is hardly ever anything else.
    ///
    /// Below a directory with such a file nobody looks for [`Clues`] of packs.
    fn has_certain_manifest(&self) -> bool {
        true
    }

    /// Tells whether a directory is certainly none of its packs, although it has a file of a manifest's name.
    ///
    /// Then the ecosystem does not read it. It may report why.
    fn is_foreign(&self, _tree: &PackTree<'_>, _sink: &mut Sink) -> bool {
        false
    }

    /// Returns what finds its packs where no file name tells.
    fn clues(&self) -> Option<&'static dyn Clues> {
        None
    }

    /// Returns which version a release has when the tag and the manifest say different ones.
    fn versioning(&self) -> Versioning {
        Versioning::TagCounts
    }

    /// Returns the names of the variants of the format that a source may be configured with; none when there is only one.
    fn profiles(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the variants of the format that directories at the root of a source show when all of them are there.
    ///
    /// They are found in [`PackTree::above`]; what the configuration says comes first.
    fn layouts(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[]
    }

    /// Returns a file at the root of a source that says something of the packs below it: found in [`PackTree::above`].
    fn root_file(&self) -> Option<RootFile> {
        None
    }

    /// Returns the variant of the format that a release was recorded with, where its requirements say so.
    ///
    /// What the configuration says of its source may change later; the release stays what it was.
    fn recorded_profile(&self, _requirements: &[Requirement]) -> Option<&'static str> {
        None
    }

    /// Tells whether the default release is the one that the source has gone back to when its version went back.
    fn follows_source(&self) -> bool {
        false
    }

    /// Reads a pack and checks it by itself; `None` when it has no usable identity, which is then among the findings.
    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack>;

    /// Checks a pack against the names that the rest of the catalog provides.
    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink);

    /// Checks a directory that turned out to be no pack against the names that the catalog provides.
    fn check_outside(&self, _tree: &PackTree<'_>, _names: &Names, _sink: &mut Sink) {}

    /// Returns what checking the components of a pack against the rest of the catalog came to, for their pages.
    fn remarks(&self, _pack: &Pack, _tree: &PackTree<'_>, _names: &Names) -> Vec<Remark> {
        Vec::new()
    }

    /// Tells whether the runtime itself supplies a pack of this name, so that no registry needs to have it.
    fn is_bundled(&self, name: &str) -> bool;

    /// Returns how a release is installed with the runtime's own client, for its page; `url` is the registry's.
    fn install(&self, pack: &Pack, url: &str) -> Vec<Example>;

    /// Returns how a release is installed where that depends on how it is offered: on its source, or on the configured feeds.
    fn install_release(&self, release: &CatalogRelease, url: &str, _feeds: &Feeds) -> Vec<Example> {
        self.install(&release.pack, url)
    }

    /// Returns what the runtime feed, below `runtimes/<ecosystem>/`, has of one pack alone, and what had to be left out.
    fn pack_feed(&self, registry: &Arc<Registry>, feeds: &Feeds, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed;

    /// Returns the files of the feed that are about all packs; `packs` is what [`Ecosystem::pack_feed`] returned for each of
    /// the ecosystem's, in the order of the catalog.
    fn feed(&self, catalog: &Catalog, feeds: &Feeds, packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit>;

    /// Returns the headers that a host should send with files of its feed.
    fn header_rules(&self) -> &'static [HeaderRule] {
        &[]
    }

    /// Returns what it adds to the rules by which two releases are compared.
    fn compatibility(&self) -> &'static Compatibility {
        &Compatibility::USUAL
    }

    /// Answers a query about a file of the feed, as the runtime's own server would; nothing when the file itself is the answer.
    ///
    /// `path` is below `runtimes/<ecosystem>/`; `query` is what stands behind the `?`, as it was sent. A static host ignores
    /// queries, so no client may depend on it.
    fn answer(&self, _path: &str, _query: &str, _file: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// Returns the files of a new pack that passes every check.
    fn scaffold(&self, name: &PackName) -> BTreeMap<RelPath, Vec<u8>>;

    /// Returns the JSON Schemas of its manifest and components, by file name such as `pack.schema.json`.
    fn schemas(&self) -> &'static [(&'static str, &'static str)];
}

/// Finds packs by what files say, where no file name tells.
pub trait Clues: Sync {
    /// Tells whether a file of that name may hold a clue.
    fn may_hold(&self, name: &str) -> bool;

    /// Returns what a file says of packs, in words of the ecosystem's own; nothing when it says nothing.
    ///
    /// Depends on nothing but the file, and is called once per content.
    fn clue(&self, name: &str, bytes: &[u8]) -> Option<String>;

    /// Returns the directories that are packs, or of which there is something to say, as paths in the source, empty for its root.
    fn packs(&self, clues: &[Clue<'_>], configured: Configured<'_>) -> Vec<String>;

    /// Returns what a file says of packs that it need not be part of, in words of the ecosystem's own; nothing when it says nothing.
    ///
    /// Asked of the files that [may hold](Clues::may_hold) a clue. Depends on nothing but the file, and is called once per content.
    fn statement(&self, _name: &str, _bytes: &[u8]) -> Option<String> {
        None
    }

    /// Returns what the statements of a source say of each pack, by its path, that its own files do not: found in
    /// [`Above::said`](crate::pack::above::Above::said).
    ///
    /// A pack is read again when what is said of it changes, so nothing is said to it that does not concern it. The statements
    /// are sorted by path; those of files in the pack are among them.
    fn of_packs(&self, _statements: &[Clue<'_>], packs: &[&str], _configured: Configured<'_>) -> Vec<Vec<String>> {
        vec![Vec::new(); packs.len()]
    }

    /// Reports what is wrong with files that state something and lie in no pack, in a source that has packs of the ecosystem.
    fn check_outside(&self, _statements: &[Clue<'_>], _source: &dyn Around, _sink: &mut Sink) {}
}

/// What surrounds the packs of a source.
pub trait Around {
    /// Returns the content of a file that states something; nothing when it cannot be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// Tells whether there is anything at a path.
    fn exists(&self, path: &str) -> bool;

    /// Returns the directory of the pack that a path lies in, or is; nothing when it lies in none.
    fn pack_of(&self, path: &str) -> Option<&str>;

    /// Returns what the configuration says of the source.
    fn configured(&self) -> Configured<'_>;
}

/// What a file says of packs.
#[derive(Debug, Clone, Copy)]
pub struct Clue<'a> {
    /// Where the file lies in its source.
    pub path: &'a str,
    /// What [`Clues::clue`] returned for it.
    pub says: &'a str,
}

/// Which version a release has when a tag and the manifest say different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioning {
    /// The tag's, with a finding.
    TagCounts,
    /// None: a tag releases only packs whose manifest has its version, because the runtime reads the manifest alone.
    ManifestCounts,
}

/// Headers of some files of a feed.
#[derive(Debug)]
pub struct HeaderRule {
    /// The files: a path below `runtimes/<ecosystem>/`, in which `*` stands for anything, as in `_headers` files; with a `/` in
    /// front, a path from the root of the registry.
    pub pattern: &'static str,
    /// Names and values.
    pub headers: &'static [(&'static str, &'static str)],
}

impl HeaderRule {
    /// Tells whether the rule is about a path, which is written as the pattern is: from the root of the registry with a `/` in front.
    pub fn covers(&self, path: &str) -> bool {
        let mut parts = self.pattern.split('*');
        let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }

    /// Returns the content type that the files should have.
    pub fn content_type(&self) -> Option<&'static str> {
        self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| *value)
    }
}

/// What a runtime feed has of one pack.
#[derive(Default)]
pub struct PackFeed {
    /// The files that are about the pack alone.
    pub units: Vec<Unit>,
    /// What the files about all packs say of it, in a type of the ecosystem's own; nothing when they do not name it.
    pub entry: Option<Arc<dyn Any + Send + Sync>>,
}

impl Debug for PackFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackFeed").field("units", &self.units).finish_non_exhaustive()
    }
}

impl PackFeed {
    /// Returns the entry as what the ecosystem made it.
    ///
    /// # Panics
    ///
    /// When it is of another type: a bug, since each ecosystem gets what it returned.
    pub fn entry<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let entry = Arc::clone(self.entry.as_ref()?);
        Some(entry.downcast().expect("an ecosystem gets back what it made"))
    }
}

/// Returns the whole feed of an ecosystem.
#[cfg(test)]
pub(crate) fn whole_feed(ecosystem: &dyn Ecosystem, catalog: &Catalog, feeds: &Feeds, sink: &mut Sink) -> Vec<Unit> {
    let of_pack = |pack| ecosystem.pack_feed(&catalog.registry, feeds, pack, sink);
    let mut packs: Vec<PackFeed> = catalog.packs.values().map(of_pack).collect();
    let mut units = ecosystem.feed(catalog, feeds, &packs.iter().collect::<Vec<_>>(), sink);
    units.extend(packs.iter_mut().flat_map(|pack| std::mem::take(&mut pack.units)));
    units
}

/// The licence that a new pack starts with, until its author chooses another one.
pub(crate) const MIT_LICENSE: &str = include_str!("mit-license.txt");

/// The dialect that every ecosystem looks for evidence by: one for all, so that a file is parsed once for all of them.
pub(crate) const EVIDENCE_DIALECT: Dialect = Dialect::Yaml11;

/// What speaks for an ecosystem, strongest first: action files, other components, files, manifest keys.
///
/// The rows are those of the detection tables that Attune and StackStorm share, since both have a `pack.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence(pub [bool; 4]);

/// Returns the ecosystem of that identifier.
pub fn by_id(id: &str) -> Option<&'static dyn Ecosystem> {
    ALL.iter().copied().find(|ecosystem| ecosystem.id() == id)
}

/// Returns the identifier as a value.
///
/// # Panics
///
/// Never: the identifiers of [`ALL`] are valid, which a test asserts.
pub fn id_of(ecosystem: &dyn Ecosystem) -> EcosystemId {
    EcosystemId::new(ecosystem.id()).expect("a built-in identifier is valid")
}

/// Decides which ecosystem a directory's pack belongs to, or reports why none claims it.
///
/// The first row of evidence in which anything speaks decides: exactly one ecosystem there claims the pack. Both, or no
/// evidence at all, is `AMBIGUOUS_ECOSYSTEM`. Returns nothing and reports nothing where no manifest parses to an
/// identity: then every candidate reads it, and its own findings tell.
pub fn claim(candidates: &[&'static dyn Ecosystem], tree: &PackTree<'_>) -> Claim {
    let evidence: Vec<(&'static dyn Ecosystem, Evidence)> =
        candidates.iter().filter_map(|ecosystem| Some((*ecosystem, ecosystem.evidence(tree)?))).collect();
    match evidence[..] {
        [] => return Claim::None,
        [(only, _)] if candidates.len() == 1 => return Claim::By(only),
        _ => {}
    }
    for row in 0..Evidence::default().0.len() {
        let speaking: Vec<&'static dyn Ecosystem> =
            evidence.iter().filter(|(_, evidence)| evidence.0[row]).map(|(ecosystem, _)| *ecosystem).collect();
        match speaking[..] {
            [] => {}
            [only] => return Claim::By(only),
            _ => return Claim::Ambiguous(speaking.iter().map(|ecosystem| ecosystem.title()).collect()),
        }
    }
    Claim::Ambiguous(Vec::new())
}

/// The outcome of [`claim`].
#[derive(Debug)]
pub enum Claim {
    /// Nothing here is a pack.
    None,
    /// The pack belongs to this ecosystem.
    By(&'static dyn Ecosystem),
    /// Evidence speaks for several ecosystems (named), or for none (empty).
    Ambiguous(Vec<&'static str>),
}

codes! {
    /// A `pack.yaml` shows evidence of two ecosystems, or of none, so no ecosystem claims the pack.
    ///
    /// Attune and StackStorm both use a root `pack.yaml`. Packyard looks at action files, then sensors and rules, then other
    /// files, then manifest keys; the first row with any evidence decides. Say `ecosystem = "…"` in the source's
    /// configuration, or make the pack say clearly what it is.
    AMBIGUOUS_ECOSYSTEM = "ambiguous-ecosystem", Warning;
    /// A file or directory is spelt almost like one that a runtime reads, but not quite.
    ///
    /// Or a file stands where a runtime looks for a folder of components: it finds none, and says nothing.
    NEAR_MISS = "near-miss", Warning;
    /// The pack has no README, or an empty one.
    MISSING_README = "missing-readme", Warning;
    /// The pack has no licence text, or an empty one.
    ///
    /// Where the manifest has no licence field either, nobody may rely on being allowed to use the pack: add a `LICENSE` file.
    MISSING_LICENSE = "missing-license", Warning;
}

/// Reports files that are called like folders in which a runtime looks for components: it finds none, and says nothing.
fn folders_are_folders(tree: &PackTree<'_>, folders: impl Iterator<Item = &'static str>, sink: &mut Sink) {
    for folder in folders.filter(|folder| tree.get(folder).is_some()) {
        sink.report(
            NEAR_MISS,
            Place::file(folder),
            format!("`{folder}` is a file; runtimes look for a folder of this name"),
        )
        .help(format!("move what it declares into a file in `{folder}/`, or rename it"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, path, expected) in [
            ("v1/search", "v1/search", true),
            ("v1/search", "v1/search/more", false),
            ("v2/*/manifests/*", "v2/acme/tides/manifests/latest", true),
            ("v2/*/manifests/*", "v2/acme/tides/blobs/latest", false),
            ("v2/*/manifests/*", "v2/manifests/latest", false),
            ("*.json", "a/b.json", true),
            ("*.json", "a/b.jsonl", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(HeaderRule { pattern, headers: &[] }.covers(path), expected, "{pattern} {path}");
        }
    }
}
