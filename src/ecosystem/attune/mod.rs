//! The Attune ecosystem: event-driven automation packs with a `pack.yaml`.
//!
//! 1. `evidence` tells whether a directory is an Attune pack.
//! 2. `manifest` and `components` read its files, each once per content, and check each by itself.
//! 3. `joined` brings actions and workflows together; `rules` compares files with each other, by the table
//!    `CHECKS`.
//! 4. `references` looks into other packs; `checksum` is the directory checksum that Attune defines.
//! 5. `feed` writes today's index, one entry at a time held to the client's own rules (`strict`); `feed_v1` the
//!    experimental one.
//!
//! Sources: the documentation and clients of Attune of 2026; the rules of its checker, loader and index client are in `codes`.

mod archive_v1;
mod checksum;
mod codes;
mod components;
mod evidence;
mod feed;
mod feed_v1;
mod flat;
mod joined;
mod manifest;
mod references;
mod release_path;
mod rules;
mod scaffold;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::components::kinds;
use self::feed::FeedEntries;
use self::joined::Joined;
use self::manifest::Manifest;
use self::rules::RawPack;
use crate::catalog::{Catalog, CatalogPack, Registry};
use crate::config::Feeds;
use crate::diag::{Code, Sink};
use crate::ecosystem::{Ecosystem, Evidence, Names, PackFeed, id_of};
use crate::ident::PackName;
use crate::ident::{PackId, RelPath};
use crate::output::Unit;
use crate::pack::{ComponentKind, Example, Pack, PackTree, license};

/// Automation packs of Attune.
#[derive(Debug)]
pub struct Attune;

/// Packs that come with Attune itself.
fn is_bundled(name: &str) -> bool {
    name == "core"
}

impl Ecosystem for Attune {
    fn id(&self) -> &'static str {
        "attune"
    }

    fn title(&self) -> &'static str {
        "Attune"
    }

    fn summary(&self) -> &'static str {
        "Event-driven automation: actions, sensors, triggers, rules and workflows."
    }

    fn manifests(&self) -> &'static [&'static str] {
        &[manifest::FILE]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[("pack.yml", manifest::FILE), ("Pack.yaml", manifest::FILE)]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["tests", "testdata", "fixtures", "node_modules"]
    }

    fn kinds(&self) -> &'static [&'static ComponentKind] {
        kinds::COMPONENT_KINDS
    }

    fn codes(&self) -> &'static [Code] {
        codes::CODES
    }

    fn evidence(&self, tree: &PackTree<'_>) -> Option<Evidence> {
        evidence::of(tree)
    }

    fn read(&self, tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
        let manifest = manifest::read(tree, sink)?;
        let name = manifest.name.clone()?;
        let joined = Joined::read(tree, name.as_str(), sink);
        let legacy: Vec<Arc<_>> = joined.legacy.iter().map(|(_, workflow)| Arc::clone(workflow)).collect();
        let raw = RawPack {
            tree,
            manifest: &manifest,
            name: name.as_str(),
            declared: &joined.declared,
            workflows: &joined.workflows,
            legacy: &legacy,
        };
        for check in rules::CHECKS {
            check(&raw, sink);
        }
        pack(tree, &manifest, name, &joined)
    }

    fn check_references(&self, pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
        references::check(pack, tree, names, sink);
    }

    fn is_bundled(&self, name: &str) -> bool {
        is_bundled(name)
    }

    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        feed::install(pack, url)
    }

    fn pack_feed(&self, registry: &Arc<Registry>, feeds: &Feeds, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
        let mut units = Vec::new();
        let newest = feed::pack(registry, pack, &mut units, sink).map(Arc::new);
        let v1 = if feeds.attune_v1 { feed_v1::pack(registry, pack, &mut units, sink) } else { None };
        PackFeed { units, entry: Some(Arc::new(FeedEntries { is_offered: feed::is_offered(pack), newest, v1 })) }
    }

    fn feed(&self, catalog: &Catalog, feeds: &Feeds, packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit> {
        let entries: Vec<Arc<FeedEntries>> = packs.iter().filter_map(|pack| pack.entry()).collect();
        let mut units: Vec<Unit> = feed::index(catalog, &entries, sink).into_iter().collect();
        if feeds.attune_v1 {
            units.extend(feed_v1::index(catalog, &entries));
        }
        units
    }

    fn scaffold(&self, name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        scaffold::files(name)
    }

    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        SCHEMAS
    }
}

/// The JSON Schemas, by file name.
static SCHEMAS: &[(&str, &str)] = {
    const OTHERS: [(&str, &str); 4] = [
        ("pack.schema.json", manifest::SCHEMA_TEXT),
        ("workflow.schema.json", components::workflow::SCHEMA_TEXT),
        ("feed.schema.json", feed::SCHEMA_TEXT),
        ("feed-v1.schema.json", feed_v1::SCHEMA_TEXT),
    ];
    const ALL: [(&str, &str); kinds::SCHEMAS.len() + OTHERS.len()] = {
        let mut all = [("", ""); kinds::SCHEMAS.len() + OTHERS.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = if at < OTHERS.len() { OTHERS[at] } else { kinds::SCHEMAS[at - OTHERS.len()] };
            at += 1;
        }
        all
    };
    &ALL
};

/// Puts the pack together; `None` when it has no version.
fn pack(tree: &PackTree<'_>, manifest: &Manifest, name: PackName, joined: &Joined) -> Option<Pack> {
    let version = manifest.version.clone()?;
    let document = |names: &[&str]| {
        tree.snapshot
            .files()
            .iter()
            .filter(|entry| entry.path.parent().is_empty())
            .find(|entry| names.iter().any(|name| entry.path.as_str().eq_ignore_ascii_case(name)))
            .map(|entry| entry.path.clone())
    };
    let checksum = checksum::of(tree.snapshot).ok().map(|digest| (checksum::NAME.to_owned(), digest.to_string()));
    let license_file = document(&["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING"]);
    Some(Pack {
        title: manifest.label.clone().unwrap_or_else(|| name.to_string()),
        description: manifest.description.clone(),
        authors: manifest.author.iter().cloned().collect(),
        contact: manifest.email.clone(),
        license: manifest.license.clone().or_else(|| license_of(tree, license_file.as_ref()?)),
        keywords: manifest.keywords.clone(),
        homepage: manifest.homepage.clone(),
        requirements: manifest.requirements.clone(),
        dependencies: manifest.dependencies.iter().map(|(dependency, _)| dependency.clone()).collect(),
        components: joined.components(tree, name.as_str()),
        configuration: manifest.configuration.clone(),
        readme: document(&["README.md", "README.markdown", "README", "README.txt"]),
        changelog: document(&["CHANGELOG.md", "CHANGES.md", "CHANGELOG", "HISTORY.md"]),
        license_file,
        icon: document(&["pack-icon.png", "icon.png"]),
        facts: manifest.facts.clone(),
        checksums: checksum.into_iter().collect(),
        ..Pack::new(PackId { ecosystem: id_of(&Attune), name }, version, RelPath::composed(manifest::FILE))
    })
}

/// Returns the SPDX identifier of the licence file, for a pack whose manifest names no licence.
fn license_of(tree: &PackTree<'_>, path: &RelPath) -> Option<String> {
    license::of_file(tree, tree.get(path.as_str())?)
}
