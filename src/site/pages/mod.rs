//! Pages: catalog → context values → templates. One file per kind of page.
//!
//! Every address in a context is a path from the site's root; templates put `page.root` in front. What several pages of a
//! release show is converted once, as the value `release`; `site` is what all pages show.

pub(super) mod browse;
pub(super) mod card;
pub(super) mod compare;
pub(super) mod component;
pub(super) mod ecosystem;
pub(super) mod error;
pub(super) mod fields;
mod findings;
pub(super) mod home;
pub(super) mod release;
mod status;
mod view;

use serde::Serialize;

use crate::catalog::{Catalog, CatalogPack};
use crate::ident::EcosystemId;
use crate::output::RenderError;

/// What stands in for the registry's URL where none is configured.
pub(super) const UNKNOWN_URL: &str = "https://REGISTRY";

/// Some finished files.
pub(super) type Files = Result<crate::output::Files, RenderError>;

/// What all pages show.
#[derive(Serialize, Hash)]
pub(super) struct Frame<'a> {
    name: &'a str,
    description: Option<&'a str>,
    has_feed: bool,
    ecosystems: Vec<FrameEcosystem>,
}

#[derive(Serialize, Hash)]
struct FrameEcosystem {
    id: &'static str,
    title: &'static str,
}

/// What the head of every page needs.
#[derive(Serialize)]
struct Head<'a> {
    /// What leads to the site's root: empty or `../` several times.
    root: String,
    title: std::borrow::Cow<'a, str>,
    description: std::borrow::Cow<'a, str>,
    /// The absolute address of the page that search engines should show instead of its likes.
    canonical: Option<String>,
}

/// Returns the identifiers of the ecosystems that have packs, sorted.
pub(super) fn ecosystems(catalog: &Catalog) -> Vec<EcosystemId> {
    let mut ids: Vec<_> = catalog.packs.keys().map(|id| &id.ecosystem).collect();
    ids.dedup();
    ids.into_iter().cloned().collect()
}

/// Returns the lists of packs: of all, and of each ecosystem.
pub(super) fn scopes(catalog: &Catalog) -> impl Iterator<Item = browse::Scope> {
    std::iter::once(browse::Scope::All).chain(ecosystems(catalog).into_iter().map(browse::Scope::Ecosystem))
}

/// Returns the word for a pack of which something is to be known.
pub(super) fn status_word(pack: &CatalogPack) -> Option<&'static str> {
    status::word(pack, pack.latest())
}

/// Returns what all pages show.
pub(super) fn frame(catalog: &Catalog) -> Frame<'_> {
    let mut ecosystems: Vec<FrameEcosystem> = catalog
        .packs
        .values()
        .map(|pack| FrameEcosystem { id: pack.ecosystem.id(), title: pack.ecosystem.title() })
        .collect();
    ecosystems.dedup_by_key(|ecosystem| ecosystem.id);
    Frame {
        name: &catalog.registry.name,
        description: catalog.registry.description.as_deref(),
        has_feed: catalog.registry.url.is_some() && !catalog.packs.is_empty(),
        ecosystems,
    }
}
