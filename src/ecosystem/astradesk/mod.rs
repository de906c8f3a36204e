//! AstraDesk: domain packs for enterprise agents.
//!
//! | module | what it does |
//! |---|---|
//! | `detect` | says what speaks for a `pyproject.toml` being a domain pack's |
//! | `toml`, `python_versions`, `manifest` | `pyproject.toml` with places, and Python packaging's own texts |
//! | `library` | libraries of the framework, which packs depend on |
//! | `layout` | where the parts lie: in the flat layout, or below `src/` |
//! | `packaging`, `globs`, `installation` | what an installation gets, and what it misses |
//! | `components` | one module per kind; `rego` parses policies |
//! | `reading`, `whole`, `rules` | turns a tree of files into a `Pack`; the rules between files |
//! | `entry_points`, `imports`, `environment`, `ports`, `readme` | further rules |
//! | `references` | the rules between packs |
//! | `feed` | a Python package index, and what the admin portal shows |
//! | `codes`, `schemas`, `scaffold` | the codes of all rules, JSON Schemas, a new pack |
//!
//! The runtime is `SSobol77/astradesk`. A pack's name is that of its directory; versions are those of PEP 440.

mod codes;
mod components;
mod detect;
mod entry_points;
mod environment;
mod feed;
mod globs;
mod imports;
mod installation;
mod layout;
mod library;
mod manifest;
mod packaging;
mod place;
mod ports;
mod python_versions;
mod reading;
mod readme;
mod references;
mod rego;
mod rules;
mod scaffold;
mod schemas;
#[cfg(test)]
mod tests;
mod toml;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogPack, Registry};
use crate::compare::{Compatibility, Role};
use crate::config::Feeds;
use crate::diag::{Code, Sink};
use crate::ecosystem::{Ecosystem, Evidence, HeaderRule, Names, PackFeed, Versioning};
use crate::ident::{PackName, RelPath};
use crate::output::Unit;
use crate::pack::above::RootFile;
use crate::pack::{ComponentKind, Example, Pack, PackTree, Requirement};

/// The identifier.
const ID: &str = "astradesk";

/// What breaks those who use a pack: its code offers functions and classes to others by their names and signatures.
static COMPATIBILITY: Compatibility = Compatibility {
    tables: &[
        ("functions", Role::Output),
        ("data-classes", Role::Output),
        ("services", Role::Output),
        ("rules", Role::Notes),
        ("messages", Role::Notes),
    ],
    ..Compatibility::USUAL
};

/// Domain packs of AstraDesk.
#[derive(Debug)]
pub struct AstraDesk;

impl Ecosystem for AstraDesk {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "AstraDesk"
    }

    fn root_file(&self) -> Option<RootFile> {
        Some(RootFile { name: manifest::FILE, says: manifest::workspace_members })
    }

    fn summary(&self) -> &'static str {
        "Agents, tools, flows and policies of a business domain, as Python packages."
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["pyproject.toml", "setup.py", "setup.cfg"]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[("Pyproject.toml", "pyproject.toml"), ("pyproject.tml", "pyproject.toml")]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["tests", "node_modules", "venv", "site-packages", "build", "dist"]
    }

    fn kinds(&self) -> &'static [&'static ComponentKind] {
        components::KINDS
    }

    fn codes(&self) -> &'static [Code] {
        codes::CODES
    }

    fn evidence(&self, tree: &PackTree<'_>) -> Option<Evidence> {
        detect::evidence(tree)
    }

    /// Every Python project has a `pyproject.toml`.
    fn has_certain_manifest(&self) -> bool {
        false
    }

    fn is_foreign(&self, tree: &PackTree<'_>, sink: &mut Sink) -> bool {
        detect::is_foreign(tree, sink)
    }

    /// Tags belong to the repository: at a tag `0.1.0` its packs may say `0.3.0`, and pip reads the manifest alone.
    fn follows_source(&self) -> bool {
        true
    }

    fn versioning(&self) -> Versioning {
        Versioning::ManifestCounts
    }

    fn profiles(&self) -> &'static [&'static str] {
        &[library::PROFILE]
    }

    fn recorded_profile(&self, requirements: &[Requirement]) -> Option<&'static str> {
        library::is_recorded(requirements).then_some(library::PROFILE)
    }

    fn compatibility(&self) -> &'static Compatibility {
        &COMPATIBILITY
    }

    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        reading::read(tree, sink)
    }

    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        references::check(pack, tree, names, sink);
    }

    fn is_bundled(&self, _name: &str) -> bool {
        false
    }

    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        feed::install(pack, url)
    }

    fn pack_feed(
        &self,
        _registry: &Arc<Registry>,
        _feeds: &Feeds,
        pack: &Arc<CatalogPack>,
        sink: &mut Sink,
    ) -> PackFeed {
        feed::pack(pack, sink)
    }

    fn feed(&self, _catalog: &Catalog, _feeds: &Feeds, packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit> {
        feed::whole(packs, sink)
    }

    fn header_rules(&self) -> &'static [HeaderRule] {
        feed::HEADERS
    }

    fn scaffold(&self, name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        scaffold::files(name)
    }

    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        schemas::PUBLISHED
    }
}
