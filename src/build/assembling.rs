//! Catalog → units: everything that a registry consists of, and what of it has to be made again.
//!
//! The units of a pack depend on the pack, on what its pages show of others ([`Around`]), and on what all pages are made
//! with ([`Base`]). An assembly takes over the units of packs of which nothing of that changed from the one before.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::catalog::{Catalog, CatalogPack};
use crate::config::Config;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{self, PackFeed};
use crate::emit;
use crate::ident::{Digest, Fingerprint, PackId};
use crate::output::Unit;
use crate::site::{self, Around, Base, Crosslinks, Offer, Templates};

/// Everything that a registry consists of.
#[derive(Debug, Default)]
pub struct Assembly {
    /// The units of each pack.
    pub packs: BTreeMap<PackId, Arc<PackUnits>>,
    /// The units about the whole registry.
    pub registry: Vec<Arc<Unit>>,
    /// What had to be left out of feeds.
    pub findings: Vec<Diagnostic>,
    shared: Option<Shared>,
}

/// The units of a pack.
#[derive(Debug)]
pub struct PackUnits {
    /// The units; their keys tell what has to be made again.
    pub units: Vec<Arc<Unit>>,
    pack: Arc<CatalogPack>,
    offer: Arc<Offer>,
    around: Arc<Around>,
    feed: PackFeed,
    findings: Vec<Diagnostic>,
}

/// What the units of all packs share.
#[derive(Debug, Clone)]
struct Shared {
    base: Arc<Base>,
    crosslinks: Arc<Crosslinks>,
    /// The digest of the configuration: what the same files are read as depends on it.
    configuration: Digest,
}

impl Assembly {
    /// Assembles a catalog, with what is as it was from the assembly before.
    pub fn new(catalog: &Arc<Catalog>, templates: &Arc<Templates>, config: &Config, before: &Self) -> Self {
        let offers: Vec<Arc<Offer>> = catalog.packs.values().map(|pack| before.offer(pack)).collect();
        let shared = Shared {
            base: before.base(catalog, templates),
            crosslinks: before.crosslinks(&offers),
            configuration: Fingerprint::of(format!("{config:?}")),
        };
        let packs: BTreeMap<PackId, Arc<PackUnits>> = catalog
            .packs
            .values()
            .zip(offers)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(pack, offer)| (pack.id.clone(), before.pack(pack, offer, &shared, catalog, config)))
            .collect();

        let mut sink = Sink::new();
        let mut registry = emit::of_registry(catalog);
        registry.extend(site::of_registry(&shared.base, catalog));
        for ecosystem in ecosystem::ALL {
            let of_ecosystem = packs.iter().filter(|(id, _)| id.ecosystem.as_str() == ecosystem.id());
            let feeds: Vec<&PackFeed> = of_ecosystem.map(|(_, pack)| &pack.feed).collect();
            registry.extend(ecosystem.feed(catalog, &config.feeds, &feeds, &mut sink));
        }
        let registry = registry.into_iter().map(|unit| shared.keyed(unit)).collect();
        let mut findings = sink.finish();
        findings.extend(packs.values().flat_map(|pack| pack.findings.iter().cloned()));
        Self { packs, registry, findings, shared: Some(shared) }
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

    /// Returns what a pack offers to others, by the very value as before if it offers the same.
    fn offer(&self, pack: &Arc<CatalogPack>) -> Arc<Offer> {
        let before = self.packs.get(&pack.id);
        if let Some(known) = before.filter(|known| Arc::ptr_eq(&known.pack, pack)) {
            return Arc::clone(&known.offer);
        }
        let offer = Offer::of(pack);
        before.filter(|known| *known.offer == offer).map_or_else(|| Arc::new(offer), |known| Arc::clone(&known.offer))
    }

    fn base(&self, catalog: &Catalog, templates: &Arc<Templates>) -> Arc<Base> {
        let base = Base::new(catalog, templates);
        let known = self.shared.as_ref().filter(|known| known.base.key() == base.key());
        known.map_or_else(|| Arc::new(base), |known| Arc::clone(&known.base))
    }

    fn crosslinks(&self, offers: &[Arc<Offer>]) -> Arc<Crosslinks> {
        let is_as_before = self.packs.len() == offers.len()
            && self.packs.values().zip(offers).all(|(known, offer)| Arc::ptr_eq(&known.offer, offer));
        match &self.shared {
            Some(known) if is_as_before => Arc::clone(&known.crosslinks),
            _ => Arc::new(Crosslinks::of(offers.iter().map(|offer| &**offer))),
        }
    }

    /// Returns the units of a pack: those of before, if nothing changed that they depend on.
    fn pack(
        &self,
        pack: &Arc<CatalogPack>,
        offer: Arc<Offer>,
        shared: &Shared,
        catalog: &Catalog,
        config: &Config,
    ) -> Arc<PackUnits> {
        let before = self.packs.get(&pack.id).filter(|known| Arc::ptr_eq(&known.pack, pack));
        if let (Some(before), Some(known)) = (before, &self.shared) {
            let has_same_links = || {
                Arc::ptr_eq(&known.crosslinks, &shared.crosslinks) || *before.around == shared.crosslinks.around(pack)
            };
            if known.configuration == shared.configuration && Arc::ptr_eq(&known.base, &shared.base) && has_same_links()
            {
                return Arc::clone(before);
            }
        }
        let around = Arc::new(shared.crosslinks.around(pack));
        let mut sink = Sink::new();
        let mut feed = pack.ecosystem.pack_feed(&catalog.registry, &config.feeds, pack, &mut sink);
        let mut units = emit::of_pack(pack);
        units.extend(site::of_pack(&shared.base, pack, &around));
        units.append(&mut feed.units);
        let units = units.into_iter().map(|unit| shared.keyed(unit)).collect();
        Arc::new(PackUnits { units, pack: Arc::clone(pack), offer, around, feed, findings: sink.finish() })
    }
}

impl Shared {
    /// Adds the configuration to what a unit depends on.
    fn keyed(&self, mut unit: Unit) -> Arc<Unit> {
        unit.key = Fingerprint::of((self.configuration, unit.key));
        Arc::new(unit)
    }
}
