//! The home page: what the registry is, all packs by ecosystem, what is new.

use std::borrow::Cow;
use std::cmp::Reverse;

use serde::Serialize;

use super::{Files, Head, structured};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::{PackId, RelPath};
use crate::pack::Pack;
use crate::site::{Site, links, text};

/// How many releases the list of new ones shows.
const RECENT: usize = 8;

#[derive(Serialize)]
struct Home<'a> {
    head: Head<'a>,
    pack_count: usize,
    release_count: usize,
    component_count: usize,
    groups: Vec<Group<'a>>,
    recent: Vec<Recent<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    id: &'static str,
    title: &'static str,
    summary: &'static str,
    count: String,
    packs: Vec<Card<'a>>,
}

/// A pack in a list.
#[derive(Serialize)]
pub(super) struct Card<'a> {
    address: String,
    name: &'a str,
    title: Option<&'a str>,
    summary: Cow<'a, str>,
    keywords: &'a [String],
    /// What `assets/browse.js` narrows lists by: `address=words`, separated by tabs.
    ecosystem: String,
    kinds: String,
    keyword_values: String,
    version: &'a str,
    date: String,
    time: String,
    counts: Vec<String>,
    status: Option<&'static str>,
}

#[derive(Serialize)]
struct Recent<'a> {
    address: String,
    name: String,
    version: &'a str,
    date: String,
    time: String,
}

/// Makes `index.html`.
pub(in crate::site) fn files(site: &Site) -> Files {
    let catalog = &site.catalog;
    let path = RelPath::composed("index.html");
    let groups: Vec<Group<'_>> = super::ecosystems(catalog)
        .into_iter()
        .filter_map(|id| {
            let packs: Vec<_> = catalog.packs.values().filter(|pack| pack.id.ecosystem == id).collect();
            let ecosystem = packs.first()?.ecosystem;
            Some(Group {
                id: ecosystem.id(),
                title: ecosystem.title(),
                summary: ecosystem.summary(),
                count: text::count(packs.len(), "pack", "packs"),
                packs: packs.into_iter().map(|pack| card(pack)).collect(),
            })
        })
        .collect();
    let page = Home {
        head: Head {
            root: String::new(),
            title: catalog.registry.name.as_str().into(),
            description: catalog.registry.description.as_deref().unwrap_or_default().into(),
            canonical: site.base.absolute("index.html"),
            json: Some("index.json".to_owned()),
            data: structured::script(&site.base, [structured::website(&site.base)]),
            ..Head::default()
        },
        pack_count: catalog.packs.len(),
        release_count: catalog
            .packs
            .values()
            .flat_map(|pack| &pack.releases)
            .filter(|release| !release.status.draft)
            .count(),
        component_count: catalog.packs.values().map(|pack| pack.latest().pack.components.len()).sum(),
        groups,
        recent: recent(site),
    };
    let html = site.base.templates.render("home.html", &path, &[("site", &site.base.frame)], &page)?;
    Ok(vec![(path, html)])
}

/// Returns a pack as a list shows it.
pub(super) fn card(pack: &CatalogPack) -> Card<'_> {
    let release = pack.latest();
    let components = &release.pack.components;
    let counts = components
        .chunk_by(|a, b| a.kind == b.kind)
        .map(|group| {
            let kind = group[0].kind;
            text::count(group.len(), kind.singular, kind.plural).to_lowercase()
        })
        .collect();
    Card {
        address: format!("{}/index.html", links::pack_address(&pack.id)),
        name: pack.id.name.as_str(),
        title: title(&pack.id, &release.pack),
        summary: text::summary(&release.pack.description),
        keywords: &release.pack.keywords,
        ecosystem: facet([pack.ecosystem.title()]),
        kinds: facet(components.chunk_by(|a, b| a.kind == b.kind).map(|group| group[0].kind.singular)),
        keyword_values: facet(release.pack.keywords.iter().map(String::as_str)),
        version: release.version().as_str(),
        date: date(release),
        time: release.published_at.to_string(),
        counts,
        status: super::status::word(pack, release),
    }
}

/// Returns values that a list can be narrowed by: what stands in the address, and what people read.
fn facet<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let value = |words: &str| {
        // A tab or an equals sign would end the value early.
        let words = words.replace(['\t', '\n', '\r'], " ");
        format!("{}={words}", words.to_lowercase().replace([' ', '='], "-"))
    };
    values.into_iter().map(value).collect::<Vec<_>>().join("\t")
}

fn recent<'a>(site: &'a Site) -> Vec<Recent<'a>> {
    let mut releases: Vec<_> = site
        .catalog
        .packs
        .values()
        .flat_map(|pack| pack.releases.iter().map(move |release| (&**pack, release)))
        .filter(|(pack, release)| is_news(pack, release))
        .collect();
    releases.sort_by(|a, b| newest_first(a).cmp(&newest_first(b)));
    releases
        .into_iter()
        .take(RECENT)
        .map(|(pack, release)| Recent {
            address: format!("{}/index.html", links::release_address(&pack.id, release.version())),
            name: pack.id.to_string(),
            version: release.version().as_str(),
            date: date(release),
            time: release.published_at.to_string(),
        })
        .collect()
}

/// Tells whether lists of new releases show a release: neither what is held back nor what was withdrawn.
pub(in crate::site) fn is_news(pack: &CatalogPack, release: &CatalogRelease) -> bool {
    pack.status.may_be_chosen() && release.status.may_be_chosen() && !release.status.draft
}

/// Returns the order of lists of releases: newest first, and of those published at once the highest version first.
pub(in crate::site) fn newest_first<'a>((pack, release): &(&'a CatalogPack, &'a CatalogRelease)) -> impl Ord + use<'a> {
    (Reverse(release.published_at), &pack.id, Reverse(release.version()))
}

/// Returns what people call a pack, unless that is its name.
pub(in crate::site) fn title<'a>(id: &PackId, pack: &'a Pack) -> Option<&'a str> {
    Some(pack.title.as_str()).filter(|title| !title.eq_ignore_ascii_case(id.name.as_str()))
}

/// Returns the day of publication, in UTC.
pub(super) fn date(release: &CatalogRelease) -> String {
    text::day(&release.published_at.to_string()).into_owned()
}
