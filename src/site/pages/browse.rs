//! Lists of packs: of all, and of an ecosystem; in pages of at most [`PER_PAGE`].
//!
//! One page holds all that `assets/browse.js` needs to narrow it. Where there are more, the script gets the packs from a file
//! ([`browse_data`](crate::site::browse_data)) when somebody first narrows or sorts; nobody else loads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::card::{self, Card, card};
use super::ecosystem::Introduction;
use super::{BROWSE, Head, structured};
use crate::catalog::{Catalog, CatalogPack};
use crate::ident::{EcosystemId, RelPath};
use crate::output::{Put, RenderError};
use crate::site::{Site, browse_data, links, text};

/// Most packs on a page.
const PER_PAGE: usize = 100;
/// How many values of a facet are seen at once, and most that are in the page; of keywords and requirements, which may be very many, the script adds the
/// others when somebody asks.
const SEEN_VALUES: usize = 8;
const MOST_VALUES: usize = 40;
/// How many neighbours of a page its list of pages names.
const NEIGHBOURS: usize = 2;

/// Which packs a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::site) enum Scope {
    /// Those of the whole registry.
    All,
    /// Those of an ecosystem.
    Ecosystem(EcosystemId),
}

#[derive(Serialize)]
struct BrowsePage<'a> {
    head: Head<'a>,
    introduction: Option<&'a Introduction<'a>>,
    list: List<'a>,
}

#[derive(Serialize)]
struct List<'a> {
    /// How many packs there are, in words.
    count: String,
    /// Which of them are on this page, where there are several pages.
    range: Option<String>,
    facets: &'a [Facet],
    cards: Vec<Card<'a>>,
    is_first: bool,
    /// The script with all packs, from the site's root, where one page does not hold them.
    data: Option<String>,
    pages: Vec<PageLink>,
}

/// A question by which a list is narrowed.
#[derive(Serialize)]
struct Facet {
    name: &'static str,
    title: &'static str,
    /// What choosing several values means.
    hint: Option<&'static str>,
    /// Whether a pack must have all chosen values, since it can have several.
    takes_all: bool,
    is_open: bool,
    /// How many values there are, when they are not all seen.
    more: Option<usize>,
    /// What stands in the address, what people read, how many packs have it, and whether it is seen at once.
    options: Vec<(String, String, usize, bool)>,
}

/// A numbered page, or a gap in their list.
#[derive(Serialize)]
pub(super) struct PageLink {
    number: usize,
    address: Option<String>,
    is_here: bool,
}

/// Returns the packs of a list in its order: by name, and of those called alike by ecosystem.
fn packs<'a>(site: &'a Site, scope: &Scope) -> Vec<&'a Arc<CatalogPack>> {
    let mut packs: Vec<_> = scope.packs(&site.catalog).collect();
    packs.sort_by_cached_key(|pack| (pack.id.name.as_str().to_ascii_lowercase(), &pack.id));
    packs
}

impl Scope {
    /// Returns the folder of the list.
    fn folder(&self) -> String {
        match self {
            Self::All => "packs".to_owned(),
            Self::Ecosystem(id) => format!("packs/{id}"),
        }
    }

    /// Returns the address of a page, of which the first has the number 1.
    fn page(&self, number: usize) -> String {
        match number {
            1 => format!("{}/index.html", self.folder()),
            number => format!("{}/page-{number}.html", self.folder()),
        }
    }

    /// Returns the address of the feed of its new releases.
    pub(in crate::site) fn feed(&self) -> String {
        match self {
            Self::All => "feed.xml".to_owned(),
            Self::Ecosystem(_) => format!("{}/feed.xml", self.folder()),
        }
    }

    /// Returns its packs, by identity.
    pub(in crate::site) fn packs<'a>(&self, catalog: &'a Catalog) -> impl Iterator<Item = &'a Arc<CatalogPack>> {
        let is_here = |pack: &&Arc<CatalogPack>| match self {
            Self::All => true,
            Self::Ecosystem(id) => pack.id.ecosystem == *id,
        };
        catalog.packs.values().filter(is_here)
    }

    /// Returns the addresses of the pages of so many packs.
    pub(in crate::site) fn pages(&self, packs: usize) -> Vec<String> {
        (1..=packs.div_ceil(PER_PAGE).max(1)).map(|number| self.page(number)).collect()
    }

    /// Returns the address of the script with all packs, if so many packs need one.
    pub(in crate::site) fn data(&self, packs: usize) -> Option<String> {
        (packs > PER_PAGE).then(|| format!("{}/browse.js", self.folder()))
    }
}

/// Makes the pages of a list, and its data where one page does not hold all.
pub(in crate::site) fn files(site: &Site, scope: &Scope, put: &mut Put<'_>) -> Result<(), RenderError> {
    let packs = packs(site, scope);
    let introduction = super::ecosystem::introduction(site, scope, &packs);
    let facets = facets(scope, &packs);
    let data = scope.data(packs.len());
    let addresses = scope.pages(packs.len());
    for (at, address) in addresses.iter().enumerate() {
        let path = RelPath::composed(address);
        let here = &packs[(at * PER_PAGE).min(packs.len())..((at + 1) * PER_PAGE).min(packs.len())];
        let page = BrowsePage {
            head: head(site, introduction.as_ref(), &path, at + 1),
            introduction: introduction.as_ref(),
            list: List {
                count: text::count(packs.len(), "pack", "packs"),
                range: data.is_some().then(|| format!("{} to {}", at * PER_PAGE + 1, at * PER_PAGE + here.len())),
                facets: &facets,
                cards: here.iter().map(|pack| card(pack, data.is_none())).collect(),
                is_first: at == 0,
                data: data.clone(),
                pages: page_links(|number| scope.page(number), at + 1, addresses.len()),
            },
        };
        let template = if introduction.is_some() { "ecosystem.html" } else { "browse.html" };
        let html = site.base.templates.render(template, &path, &[("site", &site.base.frame)], &page)?;
        put(path, html);
    }
    if let Some(address) = data {
        let path = RelPath::composed(address);
        let script = browse_data::script(&packs, &path)?;
        put(path, script);
    }
    Ok(())
}

fn head<'a>(site: &'a Site, introduction: Option<&Introduction<'a>>, path: &RelPath, number: usize) -> Head<'a> {
    let title = match introduction {
        Some(introduction) => format!("{} packs", introduction.title),
        None => "All packs".to_owned(),
    };
    let description = match introduction {
        Some(introduction) => introduction.summary.into(),
        None => format!(
            "Every pack of {}, to be narrowed by ecosystem, component, licence and more.",
            site.base.registry.name
        )
        .into(),
    };
    let mut way = vec![("All packs", BROWSE.to_owned())];
    way.extend(introduction.map(|introduction| (introduction.title, path.to_string())));
    Head {
        json: Some("index.json".to_owned()),
        data: structured::script(&site.base, [structured::breadcrumbs(&site.base, way)]),
        section: Some(BROWSE),
        root: links::root(path),
        title: if number == 1 { title } else { format!("{title}, page {number}") }.into(),
        description,
        canonical: site.base.absolute(path.as_str()),
        ..Head::default()
    }
}

/// Returns the first, the last and the neighbouring pages, with gaps between; none where there is one page only. `page` returns the
/// address of the page of a number.
pub(super) fn page_links(page: impl Fn(usize) -> String, here: usize, last: usize) -> Vec<PageLink> {
    let mut links = Vec::new();
    if last == 1 {
        return links;
    }
    for number in 1..=last {
        if number == 1 || number == last || number.abs_diff(here) <= NEIGHBOURS {
            links.push(PageLink { number, address: Some(page(number)), is_here: number == here });
        } else if links.last().is_some_and(|link| link.address.is_some()) {
            links.push(PageLink { number, address: None, is_here: false });
        }
    }
    links
}

/// Returns the questions that tell packs of a list apart.
fn facets(scope: &Scope, packs: &[&Arc<CatalogPack>]) -> Vec<Facet> {
    let mut facets = Vec::new();
    let mut add = |name, title, hint, most, counted: Counted| {
        facets.extend(counted.facet(packs.len(), name, title, hint, most));
    };
    if *scope == Scope::All {
        let of = |pack: &CatalogPack| vec![(pack.ecosystem.id().to_owned(), pack.ecosystem.title().to_owned())];
        add("ecosystem", "Ecosystem", None, MOST_VALUES, Counted::of(packs, of));
    }
    let of = |pack: &CatalogPack| {
        card::kinds(&pack.latest().pack).map(|(kind, _)| (kind.key.to_owned(), kind.plural.to_owned())).collect()
    };
    add("kind", "Components", Some("Packs that have all of these"), MOST_VALUES, Counted::of(packs, of));
    let of = |pack: &CatalogPack| {
        card::requirements(&pack.latest().pack).into_iter().map(|name| (name.clone(), name)).collect()
    };
    add("requires", "Requires", Some("Packs that require all of these"), SEEN_VALUES, Counted::of(packs, of));
    let of = |pack: &CatalogPack| {
        let word = super::status::word(pack, pack.latest()).unwrap_or(card::STABLE);
        vec![(word.to_owned(), capitalised(word))]
    };
    add("status", "Status", None, MOST_VALUES, Counted::of(packs, of));
    let of = |pack: &CatalogPack| {
        let licence = card::licence(&pack.latest().pack);
        vec![(card::value(licence), text::cut(licence, 40).into_owned())]
    };
    add("licence", "Licence", None, MOST_VALUES, Counted::of(packs, of));
    let of =
        |pack: &CatalogPack| card::found_by(&pack.latest().pack).map(|(_, value)| (value.clone(), value)).collect();
    add("keyword", "Keywords", Some("Packs that have all of these"), SEEN_VALUES, Counted::of(packs, of));
    facets
}

/// Values with what people call them and how many packs have them.
struct Counted(BTreeMap<String, (String, usize)>);

impl Counted {
    fn of(packs: &[&Arc<CatalogPack>], values: impl Fn(&CatalogPack) -> Vec<(String, String)>) -> Self {
        let mut counted: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for (value, words) in packs.iter().flat_map(|pack| values(pack)) {
            counted.entry(value).or_insert((words, 0)).1 += 1;
        }
        Self(counted)
    }

    /// Returns the facet, the most frequent values first; none when all packs of the list are alike in it.
    fn facet(
        self,
        packs: usize,
        name: &'static str,
        title: &'static str,
        hint: Option<&'static str>,
        most: usize,
    ) -> Option<Facet> {
        let mut options: Vec<_> = self.0.into_iter().map(|(value, (words, count))| (value, words, count)).collect();
        if options.iter().all(|(_, _, count)| *count == packs) {
            return None;
        }
        options.sort_by(|(_, a, left), (_, b, right)| right.cmp(left).then_with(|| a.cmp(b)));
        let more = (options.len() > SEEN_VALUES).then_some(options.len());
        options.truncate(most);
        let seen = |(at, (value, words, count))| (value, words, count, at < SEEN_VALUES);
        let options = options.into_iter().enumerate().map(seen).collect();
        Some(Facet { name, title, hint, takes_all: hint.is_some(), is_open: name != "licence", more, options })
    }
}

fn capitalised(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(here: usize, last: usize) -> String {
        let links = page_links(|number| Scope::All.page(number), here, last);
        let words = links.iter().map(|link| match &link.address {
            None => "…".to_owned(),
            Some(address) => format!("{}={}", link.number, address.trim_start_matches("packs/")),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_of_pages_name_the_ends_and_the_neighbours() {
        assert_eq!(pages(1, 1), "");
        assert_eq!(pages(2, 2), "1=index.html 2=page-2.html");
        assert_eq!(pages(1, 6), "1=index.html 2=page-2.html 3=page-3.html … 6=page-6.html");
        assert_eq!(
            pages(9, 100),
            "1=index.html … 7=page-7.html 8=page-8.html 9=page-9.html 10=page-10.html 11=page-11.html … 100=page-100.html"
        );
    }

    #[test]
    fn a_list_has_as_many_pages_as_it_needs() {
        let scope = Scope::Ecosystem(EcosystemId::new("demo").expect("a name"));
        assert_eq!(scope.pages(0), ["packs/demo/index.html"]);
        assert_eq!(scope.pages(100), ["packs/demo/index.html"]);
        assert_eq!(scope.pages(101), ["packs/demo/index.html", "packs/demo/page-2.html"]);
        assert_eq!((scope.data(100), scope.data(101)), (None, Some("packs/demo/browse.js".to_owned())));
    }
}
