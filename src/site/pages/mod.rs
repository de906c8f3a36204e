//! Pages: catalog → context values → templates. One file per kind of page.
//!
//! Every address in a context is a path from the site's root; templates put `page.root` in front. What several pages of a
//! release show is converted once, as the value `release`; `site` is what all pages show.

pub(super) mod browse;
pub(super) mod card;
pub(super) mod changelog;
pub(super) mod compare;
pub(super) mod comparisons;
pub(super) mod component;
mod diffs;
pub(super) mod docs;
mod document;
pub(super) mod ecosystem;
pub(super) mod error;
pub(super) mod fields;
pub(super) mod file;
mod files;
mod findings;
pub(in crate::site) mod head;
pub(super) mod health;
pub(super) mod health_lists;
pub(super) mod home;
mod more;
pub(super) mod release;
pub(super) mod search;
pub(super) mod status;
pub(super) mod structured;
mod versions;
mod view;

use serde::Serialize;

pub(in crate::site) use head::Head;

use crate::catalog::{Catalog, CatalogPack};
use crate::config::NamedLink;
use crate::ident::EcosystemId;
use crate::output::RenderError;
use crate::site::theme::{Logo, Theme};

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
    logo: Option<FrameLogo>,
    /// The absolute address of an image that other sites show beside a link.
    image: Option<String>,
    footer_text: Option<&'a str>,
    footer_links: Vec<Entry<'a>>,
}

#[derive(Serialize, Hash)]
struct FrameLogo {
    address: &'static str,
    width: u32,
    height: u32,
}

/// An entry of the navigation: the page that it leads to, from the site's root unless it is outside.
#[derive(Serialize, Hash)]
struct Entry<'a> {
    label: &'a str,
    address: &'a str,
    is_outside: bool,
}

impl<'a> Entry<'a> {
    const fn of_site(label: &'a str, address: &'a str) -> Self {
        Self { label, address, is_outside: false }
    }

    fn of_owner(link: &'a NamedLink) -> Self {
        Self { label: &link.label, address: &link.address, is_outside: link.is_outside() }
    }
}

/// The address of the page of all packs.
pub(super) const BROWSE: &str = "packs/index.html";

/// The address of the first page of the documentation.
pub(super) const DOCS: &str = "docs/index.html";

/// The address of the page about what checks found.
pub(super) const HEALTH: &str = "health.html";

/// The navigation of every registry.
const NAVIGATION: [Entry<'static>; 3] =
    [Entry::of_site("Browse", BROWSE), Entry::of_site("Docs", DOCS), Entry::of_site("Health", HEALTH)];

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

/// Returns the lists of packs: of all, and of each ecosystem.
pub(super) fn scopes(catalog: &Catalog) -> impl Iterator<Item = browse::Scope> {
    std::iter::once(browse::Scope::All).chain(ecosystems(catalog).into_iter().map(browse::Scope::Ecosystem))
}

/// Returns the word for a pack of which something is to be known.
pub(super) fn status_word(pack: &CatalogPack) -> Option<&'static str> {
    status::word(pack, pack.latest())
}

/// Returns what all pages show.
pub(super) fn frame<'a>(catalog: &'a Catalog, theme: &'a Theme) -> Frame<'a> {
    let mut ecosystems: Vec<FrameEcosystem> = catalog
        .packs
        .values()
        .map(|pack| FrameEcosystem { id: pack.ecosystem.id(), title: pack.ecosystem.title() })
        .collect();
    ecosystems.dedup_by_key(|ecosystem| ecosystem.id);
    let logo = theme.logo.as_ref();
    Frame {
        name: &catalog.registry.name,
        description: catalog.registry.description.as_deref(),
        has_feed: catalog.registry.url.is_some() && !catalog.packs.is_empty(),
        ecosystems,
        navigation: NAVIGATION.into_iter().chain(theme.navigation.iter().map(Entry::of_owner)).collect(),
        logo: logo.map(|Logo { address, width, height, .. }| FrameLogo { address, width: *width, height: *height }),
        image: logo.filter(|logo| logo.is_bitmap()).and_then(|logo| {
            let url = catalog.registry.url.as_ref()?;
            Some(format!("{url}/{}", logo.address))
        }),
        footer_text: theme.footer.text.as_deref(),
        footer_links: theme.footer.links.iter().map(Entry::of_owner).collect(),
    }
}
