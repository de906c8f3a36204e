//! Joins the registry index with the packs' content.

use std::sync::Arc;

use super::{Catalog, CatalogPack, CatalogRelease, Registry, step_back};
use crate::config::Config;

/// Returns the catalog of packs.
pub fn catalog(config: &Config, packs: impl IntoIterator<Item = Arc<CatalogPack>>) -> Catalog {
    let packs: std::collections::BTreeMap<_, _> = packs.into_iter().map(|pack| (pack.id.clone(), pack)).collect();
    let registry = Registry {
        name: config.registry.name.clone(),
        url: config.url(),
        description: config.registry.description.clone(),
        is_preview: config.feeds.of_preview,
    };
    Catalog { registry: Arc::new(registry), updated: packs.values().map(|pack| pack.updated).max(), packs }
}

/// Returns a pack whose releases are joined with their content: sorts them, and chooses the default; nothing when no release
/// can be had.
pub fn pack(mut pack: CatalogPack) -> Option<Arc<CatalogPack>> {
    if pack.releases.is_empty() {
        return None;
    }
    pack.releases.sort_by(|a, b| b.record.version.cmp(&a.record.version));
    pack.latest = default_release(&pack.releases);
    if pack.ecosystem.follows_source()
        && !pack.latest().status.draft
        && let Some((latest, _)) = step_back(&pack.releases)
    {
        pack.latest = latest;
    }
    crate::diag::sort(&mut pack.findings);
    Some(Arc::new(pack))
}

/// Returns the default of releases that are sorted highest first: the highest that is stable and may be chosen, else the
/// highest prerelease that may be chosen, else the highest. In a preview a draft goes before them: it is what its author
/// wants to see.
fn default_release(releases: &[CatalogRelease]) -> usize {
    if let Some(draft) = releases.iter().position(|release| release.status.draft) {
        return draft;
    }
    let position = |stable: bool| {
        releases
            .iter()
            .position(|release| release.status.may_be_chosen() && (!stable || !release.record.version.is_prerelease()))
    };
    position(true).or_else(|| position(false)).unwrap_or(0)
}
