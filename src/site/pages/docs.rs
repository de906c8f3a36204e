//! The pages of a registry's documentation.

use std::sync::Arc;

use serde::Serialize;

use super::view::{Snippet, snippets};
use super::{DOCS, Files, Head, structured};
use crate::catalog::{Catalog, CatalogPack};
use crate::ident::{Digest, Fingerprint, RelPath};
use crate::output::RenderError;
use crate::pack::Example;
use crate::site::docs::{self, Source};
use crate::site::templates::Shared;
use crate::site::{Base, Site, links, text};

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
    // `index.json: the catalog`: the file is what readers look for.
    let short = |title: String| title.split_once(": ").map_or(title.clone(), |(file, _)| file.to_owned());
    let entry = |page: &Source<'_>| Entry {
        title: if page.is_format() { short(page.title()) } else { page.title() },
        address: page.address(),
        is_here: page.address() == here.address(),
    };
    let group = |title, is_format| {
        let entries = pages.iter().filter(|page| page.is_format() == is_format).map(entry).collect();
        Group { title, entries }
    };
    vec![group("This registry", false), group("Formats", true)]
}

/// Returns how packs of every ecosystem are installed.
fn ecosystems(site: &Site) -> Vec<Ecosystem<'_>> {
    examples(&site.base, &site.catalog)
        .map(|(pack, commands)| Ecosystem {
            id: pack.ecosystem.id(),
            title: pack.ecosystem.title(),
            summary: pack.ecosystem.summary(),
            address: format!("packs/{}/index.html", pack.id.ecosystem),
            name: pack.id.name.as_str(),
            pack_address: format!("{}/index.html", links::pack_address(&pack.id)),
            snippets: snippets(commands),
        })
        .collect()
}

/// Returns what the page about installing depends on besides what all pages do.
pub(in crate::site) fn install_key(base: &Base, catalog: &Catalog) -> Vec<Digest> {
    let shown = examples(base, catalog).map(|(pack, _)| {
        let keys = pack.keys();
        Fingerprint::of((keys.face, keys.releases[pack.latest]))
    });
    shown.collect()
}

/// Returns the first pack of each ecosystem that its client can install, with the commands.
fn examples<'a>(base: &Base, catalog: &'a Catalog) -> impl Iterator<Item = (&'a CatalogPack, Vec<Example>)> {
    let url = base.registry.url.as_deref().unwrap_or(docs::UNKNOWN_URL);
    let commands = move |pack: &'a Arc<CatalogPack>| {
        let release = pack.latest();
        let is_example = release.is_installable() && pack.status.may_be_chosen();
        let commands = is_example.then(|| pack.ecosystem.install_release(release, url, &base.feeds));
        commands.filter(|commands| !commands.is_empty()).map(|commands| (&**pack, commands))
    };
    let ids = super::ecosystems(catalog).into_iter();
    ids.filter_map(move |id| catalog.packs.values().filter(|pack| pack.id.ecosystem == id).find_map(commands))
}
