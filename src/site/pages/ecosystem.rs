//! The page of an ecosystem: its packs.

use serde::Serialize;

use super::home::{Card, card};
use super::{Files, Head, structured};
use crate::ident::{EcosystemId, RelPath};
use crate::site::{Site, links, text};

#[derive(Serialize)]
struct EcosystemPage<'a> {
    head: Head<'a>,
    title: &'static str,
    summary: &'static str,
    count: String,
    packs: Vec<Card<'a>>,
}

/// Makes `packs/<ecosystem>/index.html`.
pub(in crate::site) fn files(site: &Site, id: &EcosystemId) -> Files {
    let path = RelPath::composed(format!("packs/{id}/index.html"));
    let packs: Vec<_> = site.catalog.packs.values().filter(|pack| pack.id.ecosystem == *id).collect();
    let Some(first) = packs.first() else { return Ok(Vec::new()) };
    let page = EcosystemPage {
        head: Head {
            root: links::root(&path),
            title: format!("{} packs", first.ecosystem.title()).into(),
            description: first.ecosystem.summary().into(),
            canonical: site.base.absolute(path.as_str()),
            json: Some("index.json".to_owned()),
            data: structured::script(
                &site.base,
                [structured::breadcrumbs(&site.base, [(first.ecosystem.title(), path.to_string())])],
            ),
            section: Some(super::BROWSE),
            ..Head::default()
        },
        title: first.ecosystem.title(),
        summary: first.ecosystem.summary(),
        count: text::count(packs.len(), "pack", "packs"),
        packs: packs.into_iter().map(|pack| card(pack)).collect(),
    };
    let html = site.base.templates.render("ecosystem.html", &path, &[("site", &site.base.frame)], &page)?;
    Ok(vec![(path, html)])
}
