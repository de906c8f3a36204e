//! Pages: catalog → context values → templates. One file per kind of page.
//!
//! Every address in a context is a path from the site's root; templates put `page.root` in front. What several pages of a
//! release show is converted once, as the value `release`; `site` is what all pages show.

pub(super) mod compare;
pub(super) mod component;
pub(super) mod ecosystem;
pub(super) mod error;
pub(super) mod fields;
mod findings;
pub(in crate::site) mod head;
pub(super) mod health;
pub(super) mod home;
mod more;
pub(super) mod release;
mod status;
pub(super) mod structured;
mod versions;
mod view;

use serde::Serialize;

pub(in crate::site) use head::Head;

use crate::catalog::Catalog;
use crate::ident::EcosystemId;
use crate::output::RenderError;

/// Some finished files.
pub(super) type Files = Result<crate::output::Files, RenderError>;

/// What all pages show.
#[derive(Serialize, Hash)]
pub(super) struct Frame<'a> {
    name: &'a str,
    description: Option<&'a str>,
    has_feed: bool,
    ecosystems: Vec<FrameEcosystem>,
    navigation: Vec<Entry<'a>>,
}

/// An entry of the navigation: the page of the site that it leads to.
#[derive(Serialize, Hash)]
struct Entry<'a> {
    label: &'a str,
    address: &'a str,
}

/// The address of the page of all packs.
pub(super) const BROWSE: &str = "index.html";

/// The navigation of every registry.
const NAVIGATION: [Entry<'static>; 1] = [Entry { label: "Browse", address: BROWSE }];

#[derive(Serialize, Hash)]
struct FrameEcosystem {
    id: &'static str,
    title: &'static str,
}

/// Returns the identifiers of the ecosystems that have packs, sorted.
pub(super) fn ecosystems(catalog: &Catalog) -> Vec<EcosystemId> {
    let mut ids: Vec<_> = catalog.packs.keys().map(|id| &id.ecosystem).collect();
    ids.dedup();
    ids.into_iter().cloned().collect()
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
        navigation: NAVIGATION.into_iter().collect(),
    }
}
