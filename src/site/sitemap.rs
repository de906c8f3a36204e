//! The sitemap (sitemaps.org protocol 0.9): the pages that search engines should know, in parts where there are very many.
//!
//! It names pages whose canonical address is their own: lists, packs, and the components of default releases. Made only when the registry's URL is known.

use serde::Serialize;

use super::{Base, Site, docs, links};
use crate::catalog::{Catalog, CatalogPack};
use crate::ident::RelPath;
use crate::output::{Put, RenderError};

/// Most addresses of a sitemap: a fifth of what the protocol allows, because all of one are in memory at once.
const MAX_ADDRESSES: usize = 10_000;

#[derive(Serialize)]
struct Sitemap<'a> {
    url: &'a str,
    /// Whether it names other sitemaps instead of pages.
    is_index: bool,
    addresses: &'a [Address],
}

/// The address of a page, and the time of its last change.
type Address = (String, Option<String>);

/// Returns the files of the sitemap: one, or an index and its parts.
pub(super) fn paths(base: &Base, catalog: &Catalog) -> Vec<String> {
    paths_of(count(base, catalog))
}

/// Returns how many addresses there are, without making one: a preview asks at every save.
fn count(base: &Base, catalog: &Catalog) -> usize {
    let lists = super::pages::scopes(catalog).map(|scope| scope.pages(scope.packs(catalog).count()).len());
    let packs = catalog.packs.values().map(|pack| 1 + pack.latest().pack.components.len());
    1 + lists.sum::<usize>() + docs::addresses(base).count() + packs.sum::<usize>()
}

fn paths_of(addresses: usize) -> Vec<String> {
    let mut paths = vec!["sitemap.xml".to_owned()];
    if addresses > MAX_ADDRESSES {
        paths.extend((1..=addresses.div_ceil(MAX_ADDRESSES)).map(|number| format!("sitemap-{number}.xml")));
    }
    paths
}

/// Makes the sitemap, one part after the other.
pub(super) fn files(site: &Site, put: &mut Put<'_>) -> Result<(), RenderError> {
    let Some(url) = site.base.registry.url.as_deref() else { return Ok(()) };
    let mut write = |path: String, is_index: bool, addresses: &[Address]| {
        let path = RelPath::composed(path);
        let page = Sitemap { url, is_index, addresses };
        let bytes = site.base.templates.render("sitemap.xml", &path, &[("site", &site.base.frame)], &page)?;
        put(path, bytes);
        Ok(())
    };
    let mut addresses = addresses(&site.base, &site.catalog);
    let mut paths = paths(&site.base, &site.catalog).into_iter();
    let first = paths.next().unwrap_or_default();
    let mut parts: Vec<Address> = Vec::new();
    for path in paths {
        let part: Vec<Address> = addresses.by_ref().take(MAX_ADDRESSES).collect();
        let last_change = part.iter().filter_map(|(_, changed)| changed.clone()).max();
        write(path.clone(), false, &part)?;
        parts.push((path, last_change));
    }
    if parts.is_empty() {
        return write(first, false, &addresses.collect::<Vec<_>>());
    }
    write(first, true, &parts)
}

/// Returns the pages, packs before components, with the times of their last change.
fn addresses<'a>(base: &'a Base, catalog: &'a Catalog) -> impl Iterator<Item = Address> + 'a {
    let lists = super::pages::scopes(catalog).flat_map(|scope| scope.pages(scope.packs(catalog).count()));
    let undated = std::iter::once("index.html".to_owned()).chain(lists).chain(docs::addresses(base));
    let changed = |pack: &CatalogPack| Some(pack.latest().published_at.to_string());
    let packs = catalog.packs.values();
    let of_packs =
        packs.clone().map(move |pack| (format!("{}/index.html", links::pack_address(&pack.id)), changed(pack)));
    let of_components = packs.flat_map(move |pack| {
        let (release, changed) = (pack.latest(), changed(pack));
        let here = links::release_address(&pack.id, release.version());
        let pages = links::component_path(&release.pack).into_iter();
        pages.map(move |page| (format!("{here}/{page}"), changed.clone())).collect::<Vec<_>>()
    });
    undated.map(|address| (address, None)).chain(of_packs).chain(of_components)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Feeds;
    use crate::site::{Templates, testing};

    #[test]
    fn addresses_are_counted_without_being_made() {
        let catalog = testing::catalog();
        let base = Base::new(&catalog, &Arc::new(Templates::builtin()), &Feeds::default());
        assert_eq!(count(&base, &catalog), addresses(&base, &catalog).count());
    }

    #[test]
    fn very_many_addresses_are_in_parts() {
        assert_eq!(paths_of(1), ["sitemap.xml"]);
        assert_eq!(paths_of(10_000), ["sitemap.xml"]);
        assert_eq!(paths_of(20_001), ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]);
    }
}
