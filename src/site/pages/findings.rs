//! Findings as pages show them: what is said several times is said once, with all its places.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;

use crate::diag::{Counts, Diagnostic};
use crate::index::event::SourceFacts;
use crate::site::{source_links, text};

/// Longest message, in bytes.
const MAX_MESSAGE: usize = 2_000;

/// A list of findings, gravest first.
#[derive(Serialize)]
pub(super) struct Findings<'a> {
    count: usize,
    /// How many there are of each severity, in words.
    counts: String,
    left_out: usize,
    groups: Vec<Group<'a>>,
}

/// Findings that differ in their places only.
#[derive(Serialize)]
struct Group<'a> {
    severity: &'static str,
    code: &'static str,
    rule: Vec<text::Piece<'static>>,
    message: Vec<text::Piece<'a>>,
    help: Vec<text::Piece<'a>>,
    places: Vec<Spot>,
    /// The lines at its place, when there is one place only.
    excerpt: Option<&'a str>,
}

#[derive(Serialize)]
struct Spot {
    name: String,
    link: Option<String>,
}

/// Returns findings, of which at most so many are listed; `source` is where their places can be looked up, for those about a
/// release.
pub(super) fn findings<'a>(found: &'a [Diagnostic], source: Option<&SourceFacts>, most: usize) -> Findings<'a> {
    let mut listed: Vec<_> = found.iter().collect();
    listed.sort_by_key(|finding| Reverse(finding.severity));
    listed.truncate(most);
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known = HashMap::new();
    for finding in &listed {
        let said = (finding.severity, finding.code.name(), finding.message.as_str(), finding.help.as_deref());
        let at = *known.entry(said).or_insert(groups.len());
        if let Some(group) = groups.get_mut(at) {
            group.excerpt = None;
            group.places.extend(spot(finding, source));
        } else {
            groups.push(group(finding, source));
        }
    }
    let left_out = found.len() - listed.len();
    Findings { count: found.len(), counts: Counts::of(found).to_string(), left_out, groups }
}

fn group<'a>(finding: &'a Diagnostic, source: Option<&SourceFacts>) -> Group<'a> {
    let message = &finding.message[..finding.message.floor_char_boundary(MAX_MESSAGE)];
    Group {
        severity: finding.severity.as_str(),
        code: finding.code.name(),
        rule: text::pieces(finding.code.description()),
        message: text::pieces(message),
        help: finding.help.as_deref().map(text::pieces).unwrap_or_default(),
        places: spot(finding, source).into_iter().collect(),
        excerpt: finding.place.excerpt.as_deref(),
    }
}

fn spot(finding: &Diagnostic, source: Option<&SourceFacts>) -> Option<Spot> {
    let place = &finding.place;
    if place.path.is_empty() {
        return None;
    }
    let line = place.span.map(|span| format!(":{}", span.line)).unwrap_or_default();
    let anchor = place.span.map(|span| format!("#L{}", span.line)).unwrap_or_default();
    let link = source.and_then(|source| Some(source_links::file_in_repository(source, &place.path)? + &anchor));
    Some(Spot { name: format!("{}{line}", place.path), link })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Place, Sink};

    #[test]
    fn what_is_said_twice_is_shown_once() {
        let mut sink = Sink::new();
        for path in ["a.yaml", "b.yaml"] {
            sink.report(crate::ecosystem::NEAR_MISS, Place::file(path), "a `key` is ignored");
        }
        sink.report(crate::ecosystem::NEAR_MISS, Place::file("b.yaml"), "another one");
        let found = sink.finish();
        let shown = findings(&found, None, 10);
        assert_eq!((shown.count, shown.groups.len()), (3, 2));
        let first = findings(&found, None, 1);
        assert_eq!((first.count, first.groups.len(), first.left_out), (3, 1, 2));
        let places: Vec<_> = shown.groups[0].places.iter().map(|spot| spot.name.as_str()).collect();
        assert_eq!(places, ["a.yaml", "b.yaml"]);
        assert_eq!(shown.groups[0].message[1].1, "key");
    }
}
