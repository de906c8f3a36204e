//! The Attune ecosystem.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::config::Feeds;
use crate::diag::{Code, Sink};
use crate::ecosystem::{Ecosystem, Evidence, Names};
use crate::ident::{PackName, RelPath};
use crate::output::PlannedFile;
use crate::pack::{ComponentKind, Example, Pack, PackTree};

/// Automation packs of Attune.
#[derive(Debug)]
pub struct Attune;

impl Ecosystem for Attune {
    fn id(&self) -> &'static str {
        "attune"
    }

    fn title(&self) -> &'static str {
        "Attune"
    }

    fn summary(&self) -> &'static str {
        ""
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["pack.yaml"]
    }

    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[("pack.yml", "pack.yaml"), ("Pack.yaml", "pack.yaml")]
    }

    fn skipped_directories(&self) -> &'static [&'static str] {
        &["tests", "fixtures", "node_modules"]
    }

    fn kinds(&self) -> &'static [&'static ComponentKind] {
        &[]
    }

    fn codes(&self) -> &'static [Code] {
        &[]
    }

    fn evidence(&self, _tree: &PackTree<'_>) -> Option<Evidence> {
        None
    }

    fn read(&self, _tree: &PackTree<'_>, _sink: &mut Sink) -> Option<Pack> {
        None
    }

    fn check_references(&self, _pack: &Pack, _tree: &PackTree<'_>, _names: &Names, _sink: &mut Sink) {}

    fn is_bundled(&self, _name: &str) -> bool {
        false
    }

    fn install(&self, _pack: &Pack, _url: &str) -> Vec<Example> {
        Vec::new()
    }

    fn feed<'a>(&self, _catalog: &'a Catalog, _feeds: &Feeds, _sink: &mut Sink) -> Vec<PlannedFile<'a>> {
        Vec::new()
    }

    fn scaffold(&self, _name: &PackName) -> BTreeMap<RelPath, String> {
        BTreeMap::new()
    }

    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}
