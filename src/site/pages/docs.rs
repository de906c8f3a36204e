//! The pages of a registry's documentation.

use serde::Serialize;

use super::view::{Snippet, snippets};
use super::{DOCS, Files, Head, structured};
use crate::catalog::CatalogPack;
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::site::docs::{self, Source};
use crate::site::templates::Shared;
use crate::site::{Site, links, text};

#[derive(Serialize)]
struct Page<'a> {
    head: Head<'a>,
    title: String,
    outline: Vec<(String, String)>,
    menu: Vec<Group>,
    /// How packs of each ecosystem are installed, on the page that is about it.
    ecosystems: Vec<Ecosystem<'a>>,
}

/// A group of the menu.
#[derive(Serialize)]
struct Group {
    title: &'static str,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    title: String,
    address: String,
    is_here: bool,
}

/// How packs of an ecosystem are installed, shown with one of them.
#[derive(Serialize)]
struct Ecosystem<'a> {
    id: &'static str,
    title: &'static str,
    summary: &'static str,
    address: String,
    name: &'a str,
    pack_address: String,
    snippets: Vec<Snippet<'a>>,
}

/// The address of the page that shows commands of packs, and changes with them.
pub(in crate::site) const INSTALL: &str = "docs/install.html";

/// Makes all pages but the one about installing.
pub(in crate::site) fn files(site: &Site) -> Files {
    let pages = docs::pages(&site.base);
    let others = pages.iter().filter(|page| page.address() != INSTALL);
    others.map(|page| file(site, page, &pages, Vec::new())).collect()
}

/// Makes the page about installing.
pub(in crate::site) fn install(site: &Site) -> Files {
    let pages = docs::pages(&site.base);
    let page = pages.iter().find(|page| page.address() == INSTALL);
    page.map(|page| file(site, page, &pages, ecosystems(site))).into_iter().collect()
}

fn file(
    site: &Site,
    page: &Source<'_>,
    pages: &[Source<'_>],
    ecosystems: Vec<Ecosystem<'_>>,
) -> Result<(RelPath, Vec<u8>), RenderError> {
    let base = &site.base;
    let (address, title) = (page.address(), page.title());
    let path = RelPath::composed(&address);
    let (before, behind) = page.parts();
    let (before, behind) = (docs::render(page, before, pages), docs::render(page, behind, pages));
    let of_ecosystems = ecosystems.iter().map(|ecosystem| (ecosystem.id.to_owned(), ecosystem.title.to_owned()));
    let outline = before.outline.into_iter().chain(of_ecosystems).chain(behind.outline).collect();
    let mut way = vec![("Documentation", DOCS.to_owned())];
    if !page.is_index() {
        way.push((title.as_str(), address.clone()));
    }
    let data = structured::script(base, [structured::breadcrumbs(base, way)]);
    let head = Head {
        description: text::cut(before.text.strip_prefix(&title).unwrap_or(&before.text).trim(), DESCRIPTION)
            .into_owned()
            .into(),
        canonical: base.absolute(&address),
        data,
        section: Some(DOCS),
        ..Head::new(&path, title.clone())
    };
    let value = Page { head, title, outline, menu: menu(page, pages), ecosystems };
    let (before, behind) = (Shared::html(&before.html), Shared::html(&behind.html));
    let parts = [("site", &base.frame), ("before", &before), ("behind", &behind)];
    Ok((path.clone(), base.templates.render("docs.html", &path, &parts, &value)?))
}

/// Longest description of a page, in characters.
const DESCRIPTION: usize = 160;

fn menu(here: &Source<'_>, pages: &[Source<'_>]) -> Vec<Group> {
    let entry = |page: &Source<'_>| Entry {
        title: page.title(),
        address: page.address(),
        is_here: page.address() == here.address(),
    };
    let group = |title, is_format| {
        let entries = pages.iter().filter(|page| page.is_format() == is_format).map(entry).collect();
        Group { title, entries }
    };
    vec![group("This registry", false), group("Formats", true)]
}

/// Returns how packs of every ecosystem are installed, with the first pack of each that its client can install.
fn ecosystems(site: &Site) -> Vec<Ecosystem<'_>> {
    let url = site.base.registry.url.as_deref().unwrap_or(docs::UNKNOWN_URL);
    let of_pack = |pack: &CatalogPack| {
        let release = pack.latest();
        let is_example = release.is_installable() && pack.status.may_be_chosen();
        let commands = pack.ecosystem.install_release(release, url, &site.base.feeds);
        (is_example && !commands.is_empty()).then(|| snippets(commands))
    };
    let first = |id: &crate::ident::EcosystemId| {
        let mut packs = site.catalog.packs.values().filter(|pack| pack.id.ecosystem == *id);
        let (pack, snippets) = packs.find_map(|pack| Some((pack, of_pack(pack)?)))?;
        Some(Ecosystem {
            id: pack.ecosystem.id(),
            title: pack.ecosystem.title(),
            summary: pack.ecosystem.summary(),
            address: format!("packs/{id}/index.html"),
            name: pack.id.name.as_str(),
            pack_address: format!("{}/index.html", links::pack_address(&pack.id)),
            snippets,
        })
    };
    super::ecosystems(&site.catalog).iter().filter_map(first).collect()
}
