//! The home page: what the registry is, how much is in it, what is new and what is updated. As small in a registry of ten thousand packs as in one of ten.

use std::sync::Arc;

use serde::Serialize;

use super::card::{Card, card};
use super::{Files, Head, structured};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::{PackId, RelPath};
use crate::pack::Pack;
use crate::site::news::{self, Released, Tally};
use crate::site::{Site, links, text};

/// How many new packs and updates are shown.
const NEW: usize = 6;
const UPDATED: usize = 10;

#[derive(Serialize)]
struct Home<'a> {
    head: Head<'a>,
    /// Packs, releases and components that can be had, each with its word.
    numbers: [(String, &'static str); 3],
    /// What is not counted, in words.
    uncounted: Option<String>,
    ecosystems: Vec<Group>,
    newcomers: Vec<Card<'a>>,
    updates: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Group {
    id: &'static str,
    title: &'static str,
    summary: &'static str,
    counts: [String; 2],
}

/// A release in a list.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    address: String,
    name: &'a str,
    ecosystem: &'static str,
    version: &'a str,
    date: String,
    time: String,
}

/// Makes `index.html`.
pub(in crate::site) fn files(site: &Site) -> Files {
    let catalog = &site.catalog;
    let path = RelPath::composed("index.html");
    let packs = || catalog.packs.values();
    let tally = Tally::of(packs());
    let ecosystems = super::ecosystems(catalog).into_iter().filter_map(|id| {
        let packs: Vec<&Arc<CatalogPack>> = packs().filter(|pack| pack.id.ecosystem == id).collect();
        let (ecosystem, tally) = (packs.first()?.ecosystem, Tally::of(packs.iter().copied()));
        Some(Group {
            id: ecosystem.id(),
            title: ecosystem.title(),
            summary: ecosystem.summary(),
            counts: [
                text::count(tally.packs, "pack", "packs"),
                text::count(tally.components, "component", "components"),
            ],
        })
    });
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
        numbers: [
            (grouped(tally.packs), if tally.packs == 1 { "pack" } else { "packs" }),
            (grouped(tally.releases), if tally.releases == 1 { "release" } else { "releases" }),
            (grouped(tally.components), if tally.components == 1 { "component" } else { "components" }),
        ],
        uncounted: uncounted(&tally),
        ecosystems: ecosystems.collect(),
        newcomers: news::newcomers(packs(), NEW).into_iter().map(|(pack, _)| card(pack, false)).collect(),
        updates: news::updates(packs(), UPDATED).into_iter().map(row).collect(),
    };
    let html = site.base.templates.render("home.html", &path, &[("site", &site.base.frame)], &page)?;
    Ok(vec![(path, html)])
}

/// Returns a release as a list shows it.
pub(super) fn row<'a>((pack, release): Released<'a>) -> Row<'a> {
    Row {
        address: format!("{}/index.html", links::release_address(&pack.id, release.version())),
        name: pack.id.name.as_str(),
        ecosystem: pack.ecosystem.title(),
        version: release.version().as_str(),
        date: date(release),
        time: release.published_at.to_string(),
    }
}

/// Says what is there and not counted.
fn uncounted(tally: &Tally) -> Option<String> {
    let counts = [
        (tally.withdrawn_packs, "withdrawn pack", "withdrawn packs"),
        (tally.withdrawn, "withdrawn release", "withdrawn releases"),
        (tally.drafts, "draft", "drafts"),
    ];
    let mut words: Vec<String> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| text::count(number, one, many))
        .collect();
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) })
}

/// Returns a number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns what people call a pack, unless that is its name.
pub(in crate::site) fn title<'a>(id: &PackId, pack: &'a Pack) -> Option<&'a str> {
    Some(pack.title.as_str()).filter(|title| !title.eq_ignore_ascii_case(id.name.as_str()))
}

/// Returns the day of publication, in UTC.
pub(super) fn date(release: &CatalogRelease) -> String {
    text::day(&release.published_at.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(
            ["0", "999", "1,000", "178,000", "1,234,567"],
            [0, 999, 1000, 178_000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
        let tally = Tally { withdrawn: 1, drafts: 2, ..Tally::default() };
        assert_eq!(uncounted(&tally).as_deref(), Some("1 withdrawn release and 2 drafts"));
        let tally = Tally { withdrawn_packs: 1, ..tally };
        assert_eq!(uncounted(&tally).as_deref(), Some("1 withdrawn pack, 1 withdrawn release and 2 drafts"));
        assert_eq!(uncounted(&Tally::default()), None);
    }
}
