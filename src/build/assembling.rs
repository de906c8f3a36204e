//! Catalog → units: everything that a registry consists of, and what of it has to be made again.
//!
//! The units of a pack depend on the pack, on what its pages show of others ([`Around`]), and on what all pages are made
//! with ([`Base`]). An assembly that is brought up to date keeps the units of packs of which nothing of that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::catalog::{Catalog, CatalogPack, Comparisons};
use crate::config::Config;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{self, PackFeed};
use crate::emit;
use crate::ident::{Digest, Fingerprint, PackId};
use crate::output::Unit;
use crate::site::{self, Around, Base, Crosslinks, Templates, Ties};

/// Everything that a registry consists of.
#[derive(Debug, Default)]
pub struct Assembly {
    /// The units of each pack.
    pub packs: BTreeMap<PackId, Arc<PackUnits>>,
    /// The units about the whole registry.
    pub registry: Vec<Arc<Unit>>,
    /// What had to be left out of feeds.
    pub findings: Vec<Diagnostic>,
    crosslinks: Crosslinks,
    shared: Option<Shared>,
}

/// The units of a pack.
#[derive(Debug)]
pub struct PackUnits {
    /// The units; their keys tell what has to be made again.
    pub units: Vec<Arc<Unit>>,
    pack: Arc<CatalogPack>,
    ties: Arc<Ties>,
    around: Arc<Around>,
    feed: PackFeed,
    findings: Vec<Diagnostic>,
}

/// What the units of all packs share.
#[derive(Debug, Clone)]
struct Shared {
    base: Arc<Base>,
    /// The digest of the configuration: what the same files are read as depends on it.
    configuration: Digest,
}

impl Assembly {
    /// Makes it the assembly of this catalog.
    pub fn update(&mut self, catalog: &Arc<Catalog>, templates: &Arc<Templates>, config: &Config) {
        let shared = Shared {
            base: self.base(catalog, templates, config),
            configuration: Fingerprint::of(format!("{config:?}")),
        };
        let is_shared_as_before = self.shared.as_ref().is_some_and(|before| before.is_same(&shared));

        let is_new = |pack: &&Arc<CatalogPack>| !self.packs.get(&pack.id).is_some_and(|known| known.is_of(pack));
        let new: Vec<&Arc<CatalogPack>> = catalog.packs.values().filter(is_new).collect();
        let ties: Vec<Arc<Ties>> = new.par_iter().map(|pack| Arc::new(Ties::of(pack))).collect();
        let mut touched: BTreeSet<PackId> = new.iter().map(|pack| pack.id.clone()).collect();
        for (pack, ties) in new.iter().zip(&ties) {
            let before = self.packs.get(&pack.id).map(|known| &*known.ties);
            self.crosslinks.replace(before, Some(ties), &mut touched);
        }
        let gone: Vec<PackId> = self.packs.keys().filter(|id| !catalog.packs.contains_key(*id)).cloned().collect();
        for known in gone.iter().filter_map(|id| self.packs.remove(id)) {
            self.crosslinks.replace(Some(&known.ties), None, &mut touched);
        }
        let ties: BTreeMap<&PackId, Arc<Ties>> = new.iter().map(|pack| &pack.id).zip(ties).collect();

        let is_touched = |pack: &&Arc<CatalogPack>| !is_shared_as_before || touched.contains(&pack.id);
        let touched: Vec<&Arc<CatalogPack>> = catalog.packs.values().filter(is_touched).collect();
        let made: Vec<Arc<PackUnits>> = touched
            .par_iter()
            .map(|pack| {
                let known = self.packs.get(&pack.id);
                let ties = ties.get(&pack.id).or(known.map(|known| &known.ties)).expect("a pack is new or known");
                let around = self.crosslinks.around(ties);
                match known.filter(|known| is_shared_as_before && known.is_of(pack) && *known.around == around) {
                    Some(known) => Arc::clone(known),
                    None => Arc::new(PackUnits::new(pack, Arc::clone(ties), around, &shared, catalog, config)),
                }
            })
            .collect();
        self.packs.extend(touched.iter().map(|pack| pack.id.clone()).zip(made));

        let mut sink = Sink::new();
        let mut registry = emit::of_registry(catalog);
        registry.extend(site::of_registry(&shared.base, catalog));
        for ecosystem in ecosystem::ALL {
            let of_ecosystem = self.packs.iter().filter(|(id, _)| id.ecosystem.as_str() == ecosystem.id());
            let feeds: Vec<&PackFeed> = of_ecosystem.map(|(_, pack)| &pack.feed).collect();
            registry.extend(ecosystem.feed(catalog, &config.feeds, &feeds, &mut sink));
        }
        self.registry = registry.into_iter().map(|unit| shared.keyed(unit)).collect();
        self.findings = sink.finish();
        self.findings.extend(self.packs.values().flat_map(|pack| pack.findings.iter().cloned()));
        self.shared = Some(shared);
    }

    /// Returns an assembly of units about the whole registry.
    #[cfg(test)]
    pub(crate) fn of(registry: Vec<Arc<Unit>>) -> Self {
        Self { registry, ..Self::default() }
    }

    /// Returns all units.
    pub fn units(&self) -> impl Iterator<Item = &Arc<Unit>> {
        self.packs.values().flat_map(|pack| &pack.units).chain(&self.registry)
    }

    fn base(&self, catalog: &Catalog, templates: &Arc<Templates>, config: &Config) -> Arc<Base> {
        let base = Base::new(catalog, templates, &config.feeds).with_files(config.site.files);
        let known = self.shared.as_ref().filter(|known| known.base.key() == base.key());
        known.map_or_else(|| Arc::new(base), |known| Arc::clone(&known.base))
    }
}

impl PackUnits {
    fn new(
        pack: &Arc<CatalogPack>,
        ties: Arc<Ties>,
        around: Around,
        shared: &Shared,
        catalog: &Catalog,
        config: &Config,
    ) -> Self {
        let (around, mut sink) = (Arc::new(around), Sink::new());
        let mut feed = pack.ecosystem.pack_feed(&catalog.registry, &config.feeds, pack, &mut sink);
        let comparisons = Arc::new(Comparisons::of(pack));
        let mut units = emit::of_pack(pack, &comparisons);
        units.extend(site::of_pack(&shared.base, pack, &around, &comparisons));
        units.append(&mut feed.units);
        let units = units.into_iter().map(|unit| shared.keyed(unit)).collect();
        Self { units, pack: Arc::clone(pack), ties, around, feed, findings: sink.finish() }
    }

    fn is_of(&self, pack: &Arc<CatalogPack>) -> bool {
        Arc::ptr_eq(&self.pack, pack)
    }
}

impl Shared {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.base, &other.base) && self.configuration == other.configuration
    }

    /// Adds the configuration to what a unit depends on.
    fn keyed(&self, mut unit: Unit) -> Arc<Unit> {
        unit.key = Fingerprint::of((self.configuration, unit.key));
        Arc::new(unit)
    }
}
