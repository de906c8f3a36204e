//! StackStorm: event-driven automation packs.
//!
//! | module | what it does |
//! |---|---|
//! | `detect` | says what speaks for a directory being a StackStorm pack |
//! | `reading` | turns a tree of files into a `Pack`: manifest, components, rules |
//! | `manifest`, `settings` | `pack.yaml`, `config.schema.yaml` |
//! | `components` | one module per kind |
//! | `parameters`, `parameter_rules`, `values` | the dialect of parameter schemas |
//! | `runners`, `triggers` | what the runtime itself ships |
//! | `workflow` | Orquesta workflows and action chains |
//! | `rules`, `references` | the rules between files, and between packs |
//! | `document`, `schemas`, `codes` | YAML as the runtime loads it, JSON Schemas, the codes of all rules |
//! | `feed`, `git_feed` | what the runtime's client fetches |
//! | `scaffold` | a new pack |
//!
//! The runtime is `StackStorm/st2`, release 3.9.0. A pack's name is its ref; versions are SemVer.

#[cfg(test)]
mod cases;
mod codes;
mod components;
mod detect;
mod document;
mod feed;
mod git_feed;
mod manifest;
mod parameter_rules;
mod parameters;
mod reading;
mod references;
mod rules;
mod runners;
mod scaffold;
mod schemas;
mod settings;
#[cfg(test)]
mod testing;
mod triggers;
mod values;
mod workflow;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogPack, Registry};
use crate::config::Feeds;
use crate::diag::{Code, Sink};
use crate::ecosystem::{Ecosystem, Evidence, Names, PackFeed};
use crate::ident::{PackName, RelPath};
use crate::output::Unit;
use crate::pack::{ComponentKind, Example, Pack, PackTree};

/// The identifier.
const ID: &str = "stackstorm";

/// Lists the packs that come with every installation.
const BUNDLED: &[&str] = &["core", "packs", "linux", "chatops", "default"];

/// Automation packs of StackStorm.
#[derive(Debug)]
pub struct StackStorm;

impl Ecosystem for StackStorm {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "StackStorm"
    }

    fn summary(&self) -> &'static str {
        "Actions, sensors, rules and workflows for event-driven automation."
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["pack.yaml"]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[("pack.yml", "pack.yaml"), ("Pack.yaml", "pack.yaml")]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["tests", "st2tests", "fixtures", "node_modules"]
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

    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        reading::read(tree, sink)
    }

    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        references::check(pack, tree, names, sink);
    }

    fn is_bundled(&self, name: &str) -> bool {
        BUNDLED.contains(&name)
    }

    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        feed::install(pack, url)
    }

    fn pack_feed(
        &self,
        registry: &Arc<Registry>,
        _feeds: &Feeds,
        pack: &Arc<CatalogPack>,
        _sink: &mut Sink,
    ) -> PackFeed {
        feed::pack(registry, pack)
    }

    fn feed(&self, catalog: &Catalog, _feeds: &Feeds, packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit> {
        feed::index(catalog, packs, sink).into_iter().collect()
    }

    fn scaffold(&self, name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        scaffold::files(name)
    }

    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        schemas::PUBLISHED
    }
}
