//! The sitemap (sitemaps.org protocol 0.9): the pages that search engines should know, in parts where there are very many.
//!
//! It names pages whose canonical address is their own: lists, packs, and the components of default releases. Made only when the registry's URL is known.

use serde::Serialize;

use super::pages::Files;
use super::{Base, Site, docs, links};
use crate::catalog::Catalog;
use crate::ident::RelPath;

/// Most addresses of a sitemap: a fifth of what the protocol allows, because all of one are in memory at once.
const MAX_ADDRESSES: usize = 10_000;

#[derive(Serialize)]
struct Sitemap<'a> {
    url: &'a str,
    /// Whether it names other sitemaps instead of pages.
    is_index: bool,
    addresses: &'a [(String, Option<String>)],
}

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

/// Makes the sitemap.
pub(super) fn files(site: &Site) -> Files {
    let Some(url) = site.base.registry.url.as_deref() else { return Ok(Vec::new()) };
    let addresses = addresses(&site.base, &site.catalog);
    let mut paths = paths_of(addresses.len()).into_iter();
    let first = paths.next().unwrap_or_default();
    let write = |path: &str, is_index: bool, addresses: &[(String, Option<String>)]| {
        let path = RelPath::composed(path);
        let page = Sitemap { url, is_index, addresses };
        let bytes = site.base.templates.render("sitemap.xml", &path, &[("site", &site.base.frame)], &page)?;
        Ok((path, bytes))
    };
    let parts: Vec<String> = paths.collect();
    if parts.is_empty() {
        return Ok(vec![write(&first, false, &addresses)?]);
    }
    let last_change = |part: &[(String, Option<String>)]| part.iter().filter_map(|(_, changed)| changed.clone()).max();
    let chunks = || parts.iter().zip(addresses.chunks(MAX_ADDRESSES));
    let named: Vec<_> = chunks().map(|(path, part)| (path.clone(), last_change(part))).collect();
    let mut files = vec![write(&first, true, &named)?];
    for (path, part) in chunks() {
        files.push(write(path, false, part)?);
    }
    Ok(files)
}

/// Returns the pages, packs before components, with the times of their last change.
fn addresses(base: &Base, catalog: &Catalog) -> Vec<(String, Option<String>)> {
    let mut addresses = vec![("index.html".to_owned(), None)];
    let lists = super::pages::scopes(catalog);
    addresses.extend(lists.flat_map(|scope| scope.pages(scope.packs(catalog).count())).map(|page| (page, None)));
    addresses.extend(docs::addresses(base).map(|address| (address, None)));
    let (mut packs, mut components) = (Vec::new(), Vec::new());
    for pack in catalog.packs.values() {
        let release = pack.latest();
        let changed = Some(release.published_at.to_string());
        packs.push((format!("{}/index.html", links::pack_address(&pack.id)), changed.clone()));
        let here = links::release_address(&pack.id, release.version());
        let pages = links::component_path(&release.pack).into_iter();
        components.extend(pages.map(|page| (format!("{here}/{page}"), changed.clone())));
    }
    addresses.extend(packs.into_iter().chain(components));
    addresses
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
        assert_eq!(count(&base, &catalog), addresses(&base, &catalog).len());
    }

    #[test]
    fn very_many_addresses_are_in_parts() {
        assert_eq!(paths_of(1), ["sitemap.xml"]);
        assert_eq!(paths_of(10_000), ["sitemap.xml"]);
        assert_eq!(paths_of(20_001), ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]);
    }
}
