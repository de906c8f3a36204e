//! The sections of a changelog, each about one version.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::markdown::{is_within_bounds, options};

/// Words that may stand before the version in a heading, besides the name of the pack.
const BEFORE: [&str; 8] = ["change", "changelog", "changes", "for", "in", "of", "release", "version"];
/// Most bytes of link definitions that are given to each section.
const MOST_DEFINITIONS: usize = 16 << 10;

/// Returns what a changelog says of each of these versions: what follows the first heading that names it, up to the next heading
/// which is no lower one.
///
/// A heading is known as <https://keepachangelog.com> has it and many others write it: `[1.2.0] - 2024-05-01`, `v1.2.0`, `Changes
/// in 1.2.0`. Nothing for a document beyond the bounds of what is rendered.
pub(super) fn sections<'v>(document: &str, pack: &str, versions: &BTreeSet<&'v str>) -> BTreeMap<&'v str, String> {
    let mut sections = BTreeMap::new();
    if !is_within_bounds(document) {
        return sections;
    }
    let parser = Parser::new_ext(document, options());
    let mut definitions: Vec<Range<usize>> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone()).collect();
    definitions.sort_by_key(|span| span.start);
    let definitions: String = definitions.into_iter().map(|span| format!("\n{}\n", &document[span])).collect();
    let headings = headings(parser.into_offset_iter());
    for (number, heading) in headings.iter().enumerate() {
        let Some(version) = version(&heading.text, pack, versions) else { continue };
        let next = headings[number + 1..].iter().find(|next| next.level <= heading.level);
        let text = document[heading.at.end..next.map_or(document.len(), |next| next.at.start)].trim();
        let mut text = text.to_owned();
        if definitions.len() <= MOST_DEFINITIONS {
            text.push('\n');
            text.push_str(&definitions);
        }
        sections.entry(version).or_insert(text);
    }
    sections
}

struct Heading {
    level: usize,
    text: String,
    at: Range<usize>,
}

/// Returns the headings that lie in nothing else.
fn headings<'d>(events: impl Iterator<Item = (Event<'d>, Range<usize>)>) -> Vec<Heading> {
    let (mut headings, mut depth, mut open): (Vec<Heading>, usize, bool) = (Vec::new(), 0, false);
    for (event, at) in events {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                headings.push(Heading { level: level as usize, text: String::new(), at });
                (depth, open) = (1, true);
            }
            Event::Start(_) => depth += 1,
            Event::End(end) => {
                depth -= 1;
                open &= !matches!(end, TagEnd::Heading(_));
            }
            Event::Text(text) | Event::Code(text) if open => {
                if let Some(heading) = headings.last_mut() {
                    heading.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

/// Returns the version that a heading is about.
fn version<'v>(heading: &str, pack: &str, versions: &BTreeSet<&'v str>) -> Option<&'v str> {
    for word in heading.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, '[' | ']' | '(' | ')' | ':' | ',' | '"'));
        let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
        if let Some(version) = versions.get(word).or_else(|| versions.get(bare)) {
            return Some(version);
        }
        let folded = word.to_lowercase();
        if !BEFORE.contains(&folded.as_str()) && folded != pack.to_lowercase() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(document: &str, versions: &[&'static str]) -> BTreeMap<&'static str, String> {
        let mut found = sections(document, "echo", &versions.iter().copied().collect());
        found.values_mut().for_each(|text| *text = text.trim().to_owned());
        found
    }

    #[test]
    fn sections_are_found_however_they_are_headed() {
        let document = "# Changelog\n\n## [Unreleased]\n\n- z\n\n## [1.2.0] - 2024-05-01\n\n### Added\n\n- a\n\n## v1.1.0\n\n- b\n\n\
            # Changes in 1.0.0:\n\n- c\n\necho 0.9.0\n----------\n\n- d\n\n## Upgrading from 0.8.0\n\n- e\n";
        let found = of(document, &["1.2.0", "1.1.0", "1.0.0", "0.9.0", "0.8.0"]);
        let found: Vec<_> = found.iter().map(|(version, text)| (*version, text.as_str())).collect();
        assert_eq!(
            found,
            [
                ("0.9.0", "- d"),
                ("1.0.0", "- c\n\necho 0.9.0\n----------\n\n- d\n\n## Upgrading from 0.8.0\n\n- e"),
                ("1.1.0", "- b"),
                ("1.2.0", "### Added\n\n- a")
            ]
        );
    }

    #[test]
    fn definitions_of_links_come_along() {
        let found = of("## [1.0.0]\n\n- [b]\n\n[1.0.0]: https://a.example\n[b]: https://b.example\n", &["1.0.0"]);
        assert!(found["1.0.0"].contains("[b]: https://b.example"), "{found:?}");
    }

    #[test]
    fn headings_in_quotations_and_code_are_none() {
        assert!(of("> ## 1.0.0\n\n```\n## 1.0.0\n```\n", &["1.0.0"]).is_empty());
        assert!(of(&"> ".repeat(5_000), &["1.0.0"]).is_empty());
    }
}
