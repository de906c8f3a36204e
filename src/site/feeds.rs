//! `feed.xml` and `sitemap.xml`, which need absolute links: made only when the registry's URL is known.

use std::borrow::Cow;

use serde::Serialize;

use super::pages::Files;
use super::pages::home::{is_news, newest_first};
use super::{Site, links, text};
use crate::ident::RelPath;

/// How many releases the feed holds.
const ENTRIES: usize = 50;
/// Most addresses of a sitemap (sitemaps.org protocol 0.9).
const MAX_ADDRESSES: usize = 50_000;

#[derive(Serialize)]
struct Feed<'a> {
    url: &'a str,
    updated: String,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    address: String,
    title: String,
    updated: String,
    summary: Cow<'a, str>,
    authors: &'a [String],
}

#[derive(Serialize)]
struct Sitemap<'a> {
    url: &'a str,
    addresses: Vec<(String, Option<String>)>,
}

/// Makes `feed.xml` (Atom, RFC 4287) and `sitemap.xml`.
pub(super) fn files(site: &Site) -> Files {
    let Some(url) = site.base.registry.url.as_deref() else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    let parts = [("site", &site.base.frame)];
    let (feed, sitemap) = (RelPath::composed("feed.xml"), RelPath::composed("sitemap.xml"));
    if let Some(page) = newest(site, url) {
        files.push((feed.clone(), site.base.templates.render("feed.xml", &feed, &parts, &page)?));
    }
    let page = Sitemap { url, addresses: addresses(site) };
    files.push((sitemap.clone(), site.base.templates.render("sitemap.xml", &sitemap, &parts, &page)?));
    Ok(files)
}

fn newest<'a>(site: &'a Site, url: &'a str) -> Option<Feed<'a>> {
    let mut releases: Vec<_> = site
        .catalog
        .packs
        .values()
        .flat_map(|pack| pack.releases.iter().map(move |release| (&**pack, release)))
        .filter(|(pack, release)| is_news(pack, release))
        .collect();
    releases.sort_by(|a, b| newest_first(a).cmp(&newest_first(b)));
    let updated = releases.first()?.1.published_at.to_string();
    let entries = releases
        .into_iter()
        .take(ENTRIES)
        .map(|(pack, release)| Entry {
            address: format!("{}/index.html", links::release_address(&pack.id, release.version())),
            title: format!("{} {}", pack.id, release.version()),
            updated: release.published_at.to_string(),
            summary: text::summary(&release.pack.description),
            authors: &release.pack.authors,
        })
        .collect();
    Some(Feed { url, updated, entries })
}

/// Returns the pages that search engines should know, packs before components, with the days of their last change.
fn addresses(site: &Site) -> Vec<(String, Option<String>)> {
    let mut addresses = vec![("index.html".to_owned(), None)];
    addresses.extend(super::pages::ecosystems(&site.catalog).iter().map(|id| (format!("packs/{id}/index.html"), None)));
    addresses.extend(super::docs::addresses(&site.base).map(|address| (address, None)));
    let (mut packs, mut components) = (Vec::new(), Vec::new());
    for pack in site.catalog.packs.values() {
        let release = pack.latest();
        let changed = Some(release.published_at.to_string());
        packs.push((format!("{}/index.html", links::pack_address(&pack.id)), changed.clone()));
        let here = links::release_address(&pack.id, release.version());
        let pages = links::component_path(&release.pack).into_iter();
        components.extend(pages.map(|page| (format!("{here}/{page}"), changed.clone())));
    }
    addresses.extend(packs.into_iter().chain(components));
    addresses.truncate(MAX_ADDRESSES);
    addresses
}
