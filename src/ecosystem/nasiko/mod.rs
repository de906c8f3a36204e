//! Nasiko: agents that speak A2A, and the skills that are added to them.
//!
//! | module | what it does |
//! |---|---|
//! | `detect`, `clues` | tell Nasiko's packs from other programs' files, and find those that no manifest marks |
//! | `profile` | the two generations, whose rules differ |
//! | `agent`, `skill` | read the two kinds of packs |
//! | `card`, `skill_file`, `compose` | `AgentCard.json`, `skill.json`, `docker-compose.yml` and `.env.example` |
//! | `function` | the function of a skill, by its syntax tree and as the client copies it |
//! | `components`, `schema_table` | what packs declare, as components and tables |
//! | `rules`, `files`, `references` | the rules between files, about files, and between packs |
//! | `document`, `name`, `codes`, `schemas` | JSON with places, names and versions, the codes of all rules, JSON Schemas |
//! | `feed` | what the client and the control plane fetch |
//! | `scaffold` | a new pack |
//!
//! The runtime is `Nasiko-Labs/nasiko`, as of August 2026; its earlier generation is that of April 2026. A pack's name is its name
//! in the registry, where it is `<owner>/<name>`; versions are three plain numbers.

mod agent;
mod card;
#[cfg(test)]
mod cases;
mod clues;
mod codes;
mod components;
mod compose;
mod detect;
mod document;
mod feed;
mod files;
mod function;
mod name;
mod profile;
mod references;
mod rules;
mod scaffold;
mod schema_table;
mod schemas;
mod skill;
mod skill_file;
#[cfg(test)]
mod testing;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::compare::{Compatibility, Role};
use crate::config::Feeds;
use crate::diag::{Code, Sink};
use crate::ecosystem::{Clues, Ecosystem, Evidence, HeaderRule, Names, PackFeed, Versioning};
use crate::ident::{PackName, RelPath};
use crate::output::Unit;
use crate::pack::{ComponentKind, Example, Pack, PackTree, Requirement};

use detect::Marker;
use profile::Profile;

/// The identifier.
const ID: &str = "nasiko";

/// What breaks those who use a pack: the control plane puts addresses of its own in place of endpoints.
static COMPATIBILITY: Compatibility =
    Compatibility { tables: &[("result", Role::Output), ("endpoints", Role::Notes)], ..Compatibility::USUAL };

/// Agents and skills of Nasiko.
#[derive(Debug)]
pub struct Nasiko;

impl Ecosystem for Nasiko {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Nasiko"
    }

    fn summary(&self) -> &'static str {
        "Agents that speak the A2A protocol, and skills to add to them."
    }

    fn manifests(&self) -> &'static [&'static str] {
        &[card::FILE, skill_file::FILE]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["templates", "tests", "node_modules", "target"]
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

    fn has_certain_manifest(&self) -> bool {
        false
    }

    fn is_foreign(&self, tree: &PackTree<'_>, sink: &mut Sink) -> bool {
        detect::is_foreign(tree, sink)
    }

    fn clues(&self) -> Option<&'static dyn Clues> {
        Some(&clues::Look)
    }

    fn versioning(&self) -> Versioning {
        Versioning::ManifestCounts
    }

    fn profiles(&self) -> &'static [&'static str] {
        &["rust", "python"]
    }

    fn layouts(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[("python", profile::PYTHON_LAYOUT)]
    }

    fn recorded_profile(&self, requirements: &[Requirement]) -> Option<&'static str> {
        Some(Profile::recorded(requirements).name())
    }

    fn compatibility(&self) -> &'static Compatibility {
        &COMPATIBILITY
    }

    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        match detect::marker(tree) {
            Some(Marker::Skill) => skill::read(tree, sink),
            _ => agent::read(tree, sink),
        }
    }

    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        references::check(pack, tree, names, sink);
    }

    fn is_bundled(&self, _name: &str) -> bool {
        false
    }

    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        feed::install(pack, url, &Feeds::default())
    }

    fn install_release(&self, release: &CatalogRelease, url: &str, feeds: &Feeds) -> Vec<Example> {
        feed::install(&release.pack, url, feeds)
    }

    fn pack_feed(&self, registry: &Arc<Registry>, feeds: &Feeds, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
        feed::pack(registry, feeds, pack, sink)
    }

    fn feed(&self, catalog: &Catalog, feeds: &Feeds, packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit> {
        feed::index(catalog, feeds, packs, sink)
    }

    fn header_rules(&self) -> &'static [HeaderRule] {
        feed::HEADERS
    }

    fn answer(&self, path: &str, query: &str, file: &[u8]) -> Option<Vec<u8>> {
        feed::answer(path, query, file)
    }

    fn scaffold(&self, name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        scaffold::files(name)
    }

    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        schemas::PUBLISHED
    }
}
