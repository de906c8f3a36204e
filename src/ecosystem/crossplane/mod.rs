//! Crossplane: platform APIs, and the services that use them.
//!
//! | module | what it does |
//! |---|---|
//! | `detect` | says which kind of pack a directory is |
//! | `configuration`, `api` | the pack kinds of providers: with a `crossplane.yaml`, or definitions alone |
//! | `consumer`, `adapter` | the pack kinds of consumers, and of the platform engine |
//! | `spec`, `delivery` | components of repositories around them |
//! | `provider` | what both kinds of providers have in common: reading, rules, components |
//! | `xrd`, `composition`, `objects` | the objects that a file declares |
//! | `clues` | finds packs by the kinds of those objects |
//! | `schema`, `claim` | what a claim may say, and checking one as the API server does |
//! | `outside` | what lies in no pack |
//! | `elsewhere` | what files say of packs that they are no part of |
//! | `readme` | the README and the licence of a pack |
//! | `compatibility` | what breaks those who claim an API |
//! | `documents` | YAML files as streams of documents |
//! | `kinds`, `codes`, `schemas` | the kinds of components, the codes of all rules, published JSON Schemas |
//! | `feed` | what Crossplane, Argo CD, editors and pipelines fetch |
//! | `scaffold` | a new pack |
//!
//! The runtime is Crossplane 1.16, and 2.x where noted. A pack's version is its tag's, or made of the commit.

mod adapter;
mod api;
#[cfg(test)]
mod cases;
mod claim;
mod clues;
mod codes;
mod compatibility;
mod composition;
mod configuration;
mod consumer;
mod delivery;
mod detect;
mod documents;
mod elsewhere;
mod feed;
mod images;
mod kinds;
mod objects;
mod outside;
mod provider;
mod readme;
mod scaffold;
mod schema;
mod schemas;
mod spec;
#[cfg(test)]
mod testing;
mod xrd;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::compare::Compatibility;
use crate::config::Feeds;
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::{Clues, Ecosystem, Evidence, HeaderRule, Names, PackFeed};
use crate::ident::{PackName, RelPath};
use crate::output::Unit;
use crate::pack::{ComponentKind, Example, Pack, PackTree, Remark};
use codes::provider::NOT_A_PACK;
use detect::PackKind;

/// The identifier.
const ID: &str = "crossplane";

/// Platform APIs of Crossplane, and what uses them.
#[derive(Debug)]
pub struct Crossplane;

impl Ecosystem for Crossplane {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Crossplane"
    }

    fn summary(&self) -> &'static str {
        "Platform APIs with their compositions, the services that claim them, and the adapters of a platform engine."
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["crossplane.yaml", "adapter.yaml"]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("crossplane.yml", "crossplane.yaml"),
            ("Crossplane.yaml", "crossplane.yaml"),
            ("adapter.yml", "adapter.yaml"),
        ]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["examples", "tests", "fixtures", "schemas", "vendor", "charts", "node_modules"]
    }

    fn kinds(&self) -> &'static [&'static ComponentKind] {
        kinds::KINDS
    }

    fn codes(&self) -> &'static [Code] {
        &codes::CODES
    }

    fn has_certain_manifest(&self) -> bool {
        false
    }

    fn clues(&self) -> Option<&'static dyn Clues> {
        Some(&clues::Packs)
    }

    fn is_foreign(&self, tree: &PackTree<'_>, _sink: &mut Sink) -> bool {
        tree.get("adapter.yaml").is_some() && detect::kind(tree).is_none()
    }

    fn evidence(&self, tree: &PackTree<'_>) -> Option<Evidence> {
        detect::kind(tree).map(|_| Evidence([true, false, false, false]))
    }

    fn compatibility(&self) -> &'static Compatibility {
        &compatibility::COMPATIBILITY
    }

    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        let pack = match detect::kind(tree) {
            Some(PackKind::Configuration) => configuration::read(tree, sink),
            Some(PackKind::Api) => api::read(tree, sink),
            Some(PackKind::Adapter) => adapter::read(tree, sink),
            Some(PackKind::Consumer) => consumer::read(tree, sink),
            // What there is instead is held against the catalog.
            None if outside::has_any(tree) => None,
            None => {
                sink.report(NOT_A_PACK, Place::file(""), "nothing here is a pack of Crossplane")
                    .help("declare a CompositeResourceDefinition, or add a `crossplane.yaml`");
                None
            }
        };
        let mut pack = pack?;
        pack.components.extend(spec::read(tree, sink));
        pack.components.extend(delivery::read(tree, sink));
        pack.deliveries = elsewhere::deliveries(tree);
        let rank = |key: &str| kinds::KINDS.iter().position(|kind| kind.key == key);
        pack.components.sort_by(|a, b| (rank(a.kind.key), &a.name, &a.file).cmp(&(rank(b.kind.key), &b.name, &b.file)));
        Some(pack)
    }

    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        match detect::kind(tree) {
            Some(PackKind::Configuration | PackKind::Api) => api::check(pack, tree, names, sink),
            Some(PackKind::Adapter) => adapter::check(pack, tree, names, sink),
            Some(PackKind::Consumer) => consumer::check(pack, tree, names, sink),
            None => {}
        }
        images::check(tree, sink);
        let locks = tree.snapshot.files().iter().filter(|entry| entry.path.file_name() == adapter::lock::FILE);
        locks.for_each(|entry| adapter::lock::check(tree, entry, names, sink));
    }

    fn check_outside(&self, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        outside::check(tree, names, sink);
    }

    fn remarks(&self, _pack: &Pack, tree: &PackTree<'_>, names: &Names) -> Vec<Remark> {
        match detect::kind(tree) {
            Some(PackKind::Consumer) => consumer::remarks(tree, names),
            _ => Vec::new(),
        }
    }

    fn is_bundled(&self, _name: &str) -> bool {
        false
    }

    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        feed::install(pack, true, url)
    }

    fn install_release(&self, release: &CatalogRelease, url: &str, _feeds: &Feeds) -> Vec<Example> {
        feed::install(&release.pack, feed::is_delivered_by_commit(release), url)
    }

    fn pack_feed(&self, registry: &Arc<Registry>, feeds: &Feeds, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
        let mut made = feed::pack(registry, pack, sink);
        if feeds.crossplane_consumers {
            made.units.extend(consumer::feed::unit(pack));
        }
        made
    }

    fn feed(&self, _catalog: &Catalog, _feeds: &Feeds, packs: &[&PackFeed], _sink: &mut Sink) -> Vec<Unit> {
        feed::index(packs).into_iter().collect()
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
