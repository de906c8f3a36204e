//! The packs of a list as a script, for lists that one page does not hold.
//!
//! `assets/browse.js` makes the same cards of it that templates make of a pack. It is a script because browsers refuse `fetch` on `file://`, and has a
//! column per fact instead of an object per pack, which is half the size. What several packs have in common is written once and numbered.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::pages::card::{self, card};
use super::{news, text};
use crate::catalog::CatalogPack;
use crate::ident::RelPath;
use crate::output::RenderError;

/// What the script hands over; all columns have a row per pack, in the order of the list.
#[derive(Default, Serialize)]
struct Data<'a> {
    /// Identifier and title.
    ecosystems: Vec<(&'static str, &'static str)>,
    /// Key, and the words for one and for several.
    kinds: Vec<(&'static str, String, String)>,
    licences: Vec<String>,
    requirements: Vec<String>,
    statuses: Vec<&'static str>,
    keywords: Vec<Cow<'a, str>>,
    /// How many of the keywords of a pack its card shows.
    shown: usize,
    name: Vec<&'a str>,
    title: Vec<Cow<'a, str>>,
    summary: Vec<Cow<'a, str>>,
    version: Vec<&'a str>,
    ecosystem: Vec<usize>,
    /// The days of the default and of the first release, since 1 January 1970.
    day: Vec<i64>,
    first: Vec<i64>,
    licence: Vec<usize>,
    status: Vec<usize>,
    /// Kinds and their numbers in turn.
    components: Vec<Vec<usize>>,
    needs: Vec<Vec<usize>>,
    words: Vec<Vec<usize>>,
}

/// Returns the script.
pub(super) fn script(packs: &[&Arc<CatalogPack>], path: &RelPath) -> Result<Vec<u8>, RenderError> {
    let json = serde_json::to_string(&Data::of(packs))
        .map_err(|error| RenderError { page: path.to_string(), reason: error.to_string() })?;
    // In JSON `<` stands in strings only; written as an escape, no text of a pack looks like markup to a lenient reader.
    Ok(format!("window.packyardBrowse={};\n", json.replace('<', "\\u003c")).into_bytes())
}

impl<'a> Data<'a> {
    fn of(packs: &[&'a Arc<CatalogPack>]) -> Self {
        let mut data = Self { shown: card::SHOWN_KEYWORDS, ..Self::default() };
        let (mut licences, mut requirements, mut keywords) =
            (Numbers::default(), Numbers::default(), Numbers::default());
        for pack in packs {
            let release = pack.latest();
            let (shown, content) = (card(pack, false), &*release.pack);
            data.name.push(shown.name);
            data.title.push(shown.title.map(seen).unwrap_or_default());
            data.summary.push(seen(shown.summary));
            data.version.push(shown.version);
            data.ecosystem.push(number(&mut data.ecosystems, (pack.ecosystem.id(), pack.ecosystem.title())));
            data.day.push(day(release.published_at));
            data.first.push(day(news::first_released(pack)));
            data.licence.push(licences.of(card::value(card::licence(content)), &mut data.licences));
            data.status.push(number(&mut data.statuses, shown.status.unwrap_or(card::STABLE)));
            let mut components = Vec::new();
            for (kind, count) in card::kinds(content) {
                let words = (
                    kind.key,
                    text::in_sentence(kind.singular).into_owned(),
                    text::in_sentence(kind.plural).into_owned(),
                );
                components.extend([number(&mut data.kinds, words), count]);
            }
            data.components.push(components);
            let needs = card::requirements(content).into_iter();
            data.needs.push(needs.map(|name| requirements.of(name, &mut data.requirements)).collect());
            let words = card::found_by(content);
            data.words.push(words.map(|(words, _)| keywords.of(seen(words), &mut data.keywords)).collect());
        }
        data
    }
}

/// Numbers what packs have in common.
struct Numbers<T>(HashMap<T, usize>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, value: T, table: &mut Vec<T>) -> usize {
        *self.0.entry(value).or_insert_with_key(|value| {
            table.push(value.clone());
            table.len() - 1
        })
    }
}

/// Returns the number of one of few values.
fn number<T: PartialEq>(table: &mut Vec<T>, value: T) -> usize {
    table.iter().position(|known| *known == value).unwrap_or_else(|| {
        table.push(value);
        table.len() - 1
    })
}

fn seen(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text::visible(text),
        Cow::Owned(text) => text::visible(&text).into_owned().into(),
    }
}

fn day(time: jiff::Timestamp) -> i64 {
    time.as_second().div_euclid(24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::testing::catalog;

    #[test]
    fn packs_are_columns() {
        let catalog = catalog();
        let packs: Vec<_> = catalog.packs.values().collect();
        let script = script(&packs, &RelPath::composed("packs/browse.js")).expect("serialises");
        let script = String::from_utf8(script).expect("UTF-8");
        assert!(!script.contains(['<', '\u{202e}', '\u{0}']), "{script}");
        let json =
            script.strip_prefix("window.packyardBrowse=").and_then(|rest| rest.strip_suffix(";\n")).expect("a value");
        let data: serde_json::Value = serde_json::from_str(json).expect("JSON");
        assert_eq!(data["name"], serde_json::json!(["weather", "hostile"]));
        assert_eq!(data["ecosystems"], serde_json::json!([["demo", "Demo"], ["other", "Other"]]));
        assert_eq!(data["kinds"][0], serde_json::json!(["action", "action", "actions"]));
        let rows = |name: &str| data[name].as_array().map(Vec::len);
        let columns = [
            "name",
            "title",
            "summary",
            "version",
            "ecosystem",
            "day",
            "first",
            "licence",
            "status",
            "components",
            "needs",
            "words",
        ];
        assert!(columns.iter().all(|column| rows(column) == Some(2)), "{data}");
    }
}
