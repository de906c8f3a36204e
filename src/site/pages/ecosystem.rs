//! What stands above the list of an ecosystem's packs: what it is, what there is of it, how its packs are installed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::browse::Scope;
use super::card;
use super::home::{Row, row};
use super::view::{Snippet, snippets};
use crate::catalog::CatalogPack;
use crate::site::{Site, docs, links, news};

/// How many new releases are named.
const RECENT: usize = 5;

/// What there is to know of an ecosystem before its packs.
#[derive(Serialize)]
pub(super) struct Introduction<'a> {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    /// Words for a kind of component, how many of it there are, and the address of the packs that have it.
    kinds: Vec<(&'static str, usize, String)>,
    /// How one of its packs is installed.
    example: Option<Example<'a>>,
    has_placeholder_url: bool,
    recent: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Example<'a> {
    name: &'a str,
    address: String,
    snippets: Vec<Snippet<'static>>,
}

/// Returns the pack by which the installation is shown: the one that was released last.
pub(in crate::site) fn example<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>) -> Option<&'a CatalogPack> {
    news::pack_of_newest(packs)
}

/// Returns what stands above a list; nothing above that of all packs.
pub(super) fn introduction<'a>(
    site: &'a Site,
    scope: &Scope,
    packs: &[&'a Arc<CatalogPack>],
) -> Option<Introduction<'a>> {
    let Scope::Ecosystem(_) = scope else { return None };
    let ecosystem = packs.first()?.ecosystem;
    let url = site.base.registry.url.as_deref();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in packs.iter().flat_map(|pack| card::kinds(&pack.latest().pack)) {
        *counts.entry(kind.key).or_default() += count;
    }
    let kinds = ecosystem.kinds().iter().filter_map(|kind| {
        let count = *counts.get(kind.key)?;
        let words = if count == 1 { kind.singular } else { kind.plural };
        Some((words, count, format!("packs/{}/index.html?kind={}", ecosystem.id(), links::segment(kind.key))))
    });
    let installed = |pack: &'a CatalogPack| {
        let examples = ecosystem.install_release(pack.latest(), url.unwrap_or(docs::UNKNOWN_URL), &site.base.feeds);
        Example {
            name: pack.id.name.as_str(),
            address: format!("{}/index.html", links::pack_address(&pack.id)),
            snippets: snippets(examples.into_iter().take(1).collect()),
        }
    };
    Some(Introduction {
        id: ecosystem.id(),
        title: ecosystem.title(),
        summary: ecosystem.summary(),
        kinds: kinds.collect(),
        example: example(packs.iter().copied()).map(installed).filter(|example| !example.snippets.is_empty()),
        has_placeholder_url: url.is_none(),
        recent: news::active(packs.iter().copied(), RECENT).into_iter().map(row).collect(),
    })
}
