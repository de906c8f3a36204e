//! The website: catalog → pages, search index, feed, sitemap.
//!
//! 1. `links` knows the address of every page, so that all links are relative and none is broken.
//! 2. `pages` turn the catalog into lean context values, one file per kind of page.
//! 3. [`markdown`] renders READMEs, the only author text that becomes HTML; all other text is escaped by `templates`.
//! 4. `fragments` keeps what many pages have in common; `search`, `feeds` and `assets` make the rest.
//!
//! In: a [`Catalog`]. Out: planned files, one batch per release, so that work is parallel and memory bounded. Pure: touches no
//! disk (but for template overrides), knows no clock. Names no ecosystem.

mod assets;
mod feeds;
mod fragments;
mod links;
pub mod markdown;
mod pages;
mod search;
mod source_links;
mod templates;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::output::{Phase, PlannedFile};

pub use links::component_path;
pub use templates::{TemplateError, Templates};

/// What every page is made from.
pub(crate) struct Site<'a> {
    catalog: &'a Catalog,
    templates: &'a Templates,
    addresses: links::Addresses<'a>,
    frame: templates::Shared,
    fragments: fragments::Fragments,
}

/// Plans the website of a catalog.
///
/// Pages of releases come first; what names them (home, lists, search, feed, sitemap) is written last.
pub fn plan<'a>(catalog: &'a Catalog, templates: &'a Templates) -> Vec<PlannedFile<'a>> {
    let site = Arc::new(Site {
        catalog,
        templates,
        addresses: links::Addresses::new(catalog),
        frame: pages::frame(catalog),
        fragments: fragments::Fragments::default(),
    });
    let mut files: Vec<PlannedFile<'a>> =
        templates.assets().into_iter().map(|(path, bytes)| PlannedFile::bytes(Phase::Pages, path, bytes)).collect();
    for pack in catalog.packs.values() {
        for at in 0..pack.releases.len() {
            let site = Arc::clone(&site);
            files.push(PlannedFile::batch(Phase::Pages, move || pages::release::files(&site, pack, at)));
        }
    }
    for id in pages::ecosystems(catalog) {
        let site = Arc::clone(&site);
        files.push(PlannedFile::batch(Phase::Pointers, move || pages::ecosystem::files(&site, id)));
    }
    for make in [pages::home::files, pages::error::files, search::files, feeds::files] {
        let site = Arc::clone(&site);
        files.push(PlannedFile::batch(Phase::Pointers, move || make(&site)));
    }
    files
}
