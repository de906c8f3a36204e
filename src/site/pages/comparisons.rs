//! Which comparisons of a pack's releases there are, and how any two others are compared.
//!
//! A static host cannot hold a page for any two: there is one for each release and the one before it, and one for the last release
//! of each older line and the default one. The script `assets/compare.js` makes a choice of two out of it.

use serde::Serialize;

use super::{Head, structured, view};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::compare::{Comparison, Impact};
use crate::ident::{RelPath, Version};
use crate::output::RenderError;
use crate::site::{PackSite, links};

/// Fewest releases of which two can be chosen: of two there is one pair only.
const FEWEST: usize = 3;

#[derive(Serialize)]
struct Page<'a> {
    head: Head<'a>,
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    id: String,
    name: &'a str,
    pack_address: String,
    default: &'a str,
    /// What the default release is compared with, the highest version first.
    with_default: Vec<Row<'a>>,
    /// Each release with the one before it.
    steps: Vec<Row<'a>>,
}

/// A comparison that has a page.
#[derive(Serialize)]
struct Row<'a> {
    from: &'a str,
    to: &'a str,
    address: String,
    verdict: Option<&'static str>,
    /// When the later release came, or for those with the default one, the earlier.
    date: String,
    time: String,
}

/// Tells whether a pack has the page.
pub(in crate::site) fn has_page(pack: &CatalogPack) -> bool {
    pack.releases.len() >= FEWEST
}

/// Returns the address of the page with two releases chosen.
pub(super) fn choice(pack: &CatalogPack, from: &Version, to: &Version) -> String {
    let [from, to] = [from, to].map(|version| links::segment(version.as_str()));
    format!("{}?from={from}&to={to}", links::comparisons_address(&pack.id))
}

/// Returns the page that compares the release at a place with the default one, if there is one.
pub(super) fn with_default(site: &PackSite, at: usize) -> Option<String> {
    let pack = &*site.pack;
    if site.comparisons.before(pack.latest) == Some(at) {
        return view::comparison_page(site, pack.latest);
    }
    let is_end = site.comparisons.ends().any(|end| end == at);
    is_end.then(|| format!("{}.html", links::default_comparison_address(&pack.id, pack.releases[at].version())))
}

/// Makes `compare/index.html` of the pack.
pub(super) fn page(site: &PackSite) -> Result<(RelPath, Vec<u8>), RenderError> {
    let (base, pack) = (&site.base, &*site.pack);
    let address = links::comparisons_address(&pack.id);
    let path = RelPath::composed(&address);
    let version = |at: usize| pack.releases[at].version().as_str();
    let latest = pack.latest;
    let upgrade = |at: usize| {
        let comparison = site.comparisons.with_default(at).or_else(|| site.comparisons.get(latest));
        Some(row([version(at), version(latest)], with_default(site, at)?, comparison, &pack.releases[at]))
    };
    let upgraded = site.comparisons.before(latest).into_iter().chain(site.comparisons.ends());
    let step = |at: usize| {
        let before = site.comparisons.before(at)?;
        let address = view::comparison_page(site, at)?;
        Some(row([version(before), version(at)], address, site.comparisons.get(at), &pack.releases[at]))
    };
    let way = structured::way_to(pack).into_iter().chain([("Compare releases", address.clone())]);
    let page = Page {
        head: Head {
            canonical: base.absolute(&address),
            json: Some(format!("{}/pack.json", links::pack_address(&pack.id))),
            data: structured::script(base, [structured::breadcrumbs(base, way)]),
            // What it leads to is found by the pages of the pack.
            is_unlisted: true,
            section: Some(super::BROWSE),
            ..Head::new(&path, format!("Compare releases of {}", pack.id))
        },
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        id: pack.id.to_string(),
        name: pack.id.name.as_str(),
        pack_address: links::pack_address(&pack.id),
        default: version(latest),
        with_default: upgraded.filter_map(upgrade).collect(),
        steps: (0..pack.releases.len()).filter_map(step).collect(),
    };
    let html = base.templates.render("comparisons.html", &path, &[("site", &base.frame)], &page)?;
    Ok((path, html))
}

fn row<'a>(
    [from, to]: [&'a str; 2],
    address: String,
    comparison: Option<&Comparison>,
    release: &CatalogRelease,
) -> Row<'a> {
    Row {
        from,
        to,
        address,
        verdict: comparison.and_then(Comparison::verdict).map(Impact::as_str),
        date: if release.status.draft { String::new() } else { super::home::date(release) },
        time: release.published_at.to_string(),
    }
}
