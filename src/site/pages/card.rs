//! A pack as lists show it, and by what lists are narrowed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::home::title;
use super::status;
use crate::catalog::CatalogPack;
use crate::pack::Pack;
use crate::site::{links, news, text};

/// Most keywords on a card, most by which a pack is found, and the longest, in characters.
pub(in crate::site) const SHOWN_KEYWORDS: usize = 6;
const MOST_KEYWORDS: usize = 24;
const LONGEST_WORD: usize = 40;
/// What stands for a pack that nothing is to be known of, and for one that names no licence.
pub(in crate::site) const STABLE: &str = "stable";
pub(in crate::site) const NO_LICENCE: &str = "not stated";

/// A pack in a list.
#[derive(Serialize)]
pub(in crate::site) struct Card<'a> {
    pub(in crate::site) address: String,
    pub(in crate::site) name: &'a str,
    pub(in crate::site) title: Option<Cow<'a, str>>,
    pub(in crate::site) ecosystem: &'static str,
    pub(in crate::site) summary: Cow<'a, str>,
    pub(in crate::site) version: &'a str,
    /// The day of the release for people, and as `YYYY-MM-DD`.
    pub(in crate::site) date: String,
    pub(in crate::site) day: String,
    counts: Vec<String>,
    pub(in crate::site) status: Option<&'static str>,
    /// The first keywords: words, and what stands in an address.
    keywords: Vec<(Cow<'a, str>, String)>,
    /// What `assets/browse.js` narrows and sorts by, where it has nothing but the page.
    facts: Option<Facts>,
}

/// By what lists are narrowed and sorted; several values are separated by tabs.
#[derive(Serialize)]
struct Facts {
    ecosystem: &'static str,
    kinds: String,
    requirements: String,
    licence: String,
    keywords: String,
    status: &'static str,
    first: String,
    components: usize,
}

/// Returns a pack as a list shows it; `has_facts` says whether the list is narrowed in the page.
pub(in crate::site) fn card(pack: &CatalogPack, has_facts: bool) -> Card<'_> {
    let release = pack.latest();
    let content = &*release.pack;
    let status = status::word(pack, release);
    Card {
        address: format!("{}/index.html", links::pack_address(&pack.id)),
        name: pack.id.name.as_str(),
        title: title(&pack.id, content).map(|title| text::cut(title, 100)),
        ecosystem: pack.ecosystem.title(),
        summary: text::summary(&content.description),
        version: release.version().as_str(),
        date: super::home::date(release),
        day: day(&release.published_at.to_string()),
        counts: kinds(content)
            .map(|(kind, count)| text::count(count, &text::in_sentence(kind.singular), &text::in_sentence(kind.plural)))
            .collect(),
        status,
        keywords: keywords(content).take(SHOWN_KEYWORDS).collect(),
        facts: has_facts.then(|| Facts {
            ecosystem: pack.ecosystem.id(),
            kinds: kinds(content).map(|(kind, _)| kind.key).collect::<Vec<_>>().join("\t"),
            requirements: requirements(content).into_iter().collect::<Vec<_>>().join("\t"),
            licence: value(licence(content)),
            keywords: found_by(content).map(|(_, value)| value).collect::<Vec<_>>().join("\t"),
            status: status.unwrap_or(STABLE),
            first: day(&news::first_released(pack).to_string()),
            components: content.components.len(),
        }),
    }
}

/// Returns the keywords of a pack as pages show them, with the address of the list of their packs.
pub(in crate::site) fn keywords(content: &Pack) -> impl Iterator<Item = (Cow<'_, str>, String)> {
    found_by(content).map(|(words, value)| (words, format!("packs/index.html?keyword={}", links::segment(&value))))
}

/// Returns the words by which a pack is found among its likes, each once, with what stands for them in addresses.
pub(in crate::site) fn found_by(content: &Pack) -> impl Iterator<Item = (Cow<'_, str>, String)> {
    let mut seen = BTreeSet::new();
    let words = content.keywords.iter().map(|word| text::cut(word.trim(), LONGEST_WORD));
    let valued = words.filter(|word| !word.is_empty()).map(|word| {
        let value = value(&word);
        (word, value)
    });
    valued.filter(move |(_, value)| seen.insert(value.clone())).take(MOST_KEYWORDS)
}

/// Returns the kinds of components that a pack has, with their numbers.
pub(in crate::site) fn kinds(content: &Pack) -> impl Iterator<Item = (&'static crate::pack::ComponentKind, usize)> {
    content.components.chunk_by(|a, b| a.kind == b.kind).map(|group| (group[0].kind, group.len()))
}

/// Returns the names of what a pack requires of its runtime.
pub(in crate::site) fn requirements(content: &Pack) -> BTreeSet<String> {
    content.requirements.iter().map(|need| value(&text::cut(need.name.trim(), LONGEST_WORD))).collect()
}

/// Returns the licence of a pack in few words.
pub(in crate::site) fn licence(content: &Pack) -> &str {
    content.license.as_deref().map(str::trim).filter(|licence| !licence.is_empty()).unwrap_or(NO_LICENCE)
}

/// Returns what stands for words in addresses and between tabs.
pub(in crate::site) fn value(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    text::visible(&text::cut(&line, LONGEST_WORD)).to_lowercase()
}

/// Returns the `YYYY-MM-DD` of a time.
pub(in crate::site) fn day(time: &str) -> String {
    time.split('T').next().unwrap_or_default().to_owned()
}
