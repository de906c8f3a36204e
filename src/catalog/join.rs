//! Joins the registry index with the packs' content.

use std::collections::BTreeMap;

use super::{Catalog, CatalogPack, CatalogRelease, Usage};
use crate::config::Config;
use crate::ident::PackId;

/// Returns the catalog of packs whose releases are joined with their content.
///
/// Sorts releases, chooses defaults, and derives who uses whom. Packs without a release that can be had are dropped.
pub fn catalog(config: &Config, packs: Vec<CatalogPack>) -> Catalog {
    let mut packs: BTreeMap<PackId, CatalogPack> = packs
        .into_iter()
        .filter(|pack| !pack.releases.is_empty())
        .map(|mut pack| {
            pack.releases.sort_by(|a, b| b.record.version.cmp(&a.record.version));
            pack.latest = default_release(&pack.releases);
            (pack.id.clone(), pack)
        })
        .collect();
    for pack in packs.values_mut() {
        crate::diag::sort(&mut pack.findings);
    }
    let updated = packs.values().map(|pack| pack.updated).max();
    Catalog {
        name: config.registry.name.clone(),
        url: config.url(),
        description: config.registry.description.clone(),
        used_by: used_by(&packs),
        dependents: dependents(&packs),
        updated,
        packs,
    }
}

/// Returns the default of releases that are sorted highest first: the highest that is stable and may be chosen, else the
/// highest prerelease that may be chosen, else the highest. In a preview a draft goes before them: it is what its author
/// wants to see.
fn default_release(releases: &[CatalogRelease]) -> usize {
    if let Some(draft) = releases.iter().position(|release| release.status.draft) {
        return draft;
    }
    let may_be_chosen =
        |release: &&CatalogRelease| release.status.yanked.is_none() && release.status.quarantined.is_none();
    let position = |stable: bool| {
        releases
            .iter()
            .position(|release| may_be_chosen(&release) && (!stable || !release.record.version.is_prerelease()))
    };
    position(true).or_else(|| position(false)).unwrap_or(0)
}

/// Returns, for each component that another refers to, who refers to it; by the packs' default releases.
fn used_by(packs: &BTreeMap<PackId, CatalogPack>) -> BTreeMap<(String, &'static str, String), Vec<Usage>> {
    let mut used_by: BTreeMap<_, Vec<Usage>> = BTreeMap::new();
    for pack in packs.values() {
        for component in &pack.latest().pack.components {
            for link in &component.links {
                let key = (pack.id.ecosystem.to_string(), link.kind, link.target.clone());
                used_by.entry(key).or_default().push(Usage {
                    pack: pack.id.clone(),
                    kind: component.kind.key,
                    name: component.name.clone(),
                    relation: link.relation,
                });
            }
        }
    }
    for users in used_by.values_mut() {
        users.sort();
        users.dedup();
    }
    used_by
}

/// Returns, for each pack that another needs, who needs it; by the packs' default releases.
fn dependents(packs: &BTreeMap<PackId, CatalogPack>) -> BTreeMap<PackId, Vec<PackId>> {
    let mut dependents: BTreeMap<PackId, Vec<PackId>> = BTreeMap::new();
    for pack in packs.values() {
        for dependency in &pack.latest().record.dependencies {
            if let Ok(name) = crate::ident::PackName::new(&dependency.name) {
                let id = PackId { ecosystem: pack.id.ecosystem.clone(), name };
                if packs.contains_key(&id) {
                    dependents.entry(id).or_default().push(pack.id.clone());
                }
            }
        }
    }
    for names in dependents.values_mut() {
        names.sort();
        names.dedup();
    }
    dependents
}
