//! Findings as pages show them: what is said several times is said once, with all its places.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::diag::{Counts, Diagnostic};
use crate::site::{PackSite, source_links, text};

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
    /// The line on the page of the file.
    page: Option<String>,
    /// The line in the repository.
    link: Option<String>,
}

/// The release that findings are about, by its place in the pack's list.
pub(super) type About<'s> = (&'s PackSite, usize);

/// Returns what a reader takes for the same when it is said again.
pub(super) fn said(finding: &Diagnostic) -> impl Ord + use<'_> {
    (finding.code.name(), finding.message.as_str(), finding.place.path.as_str(), finding.place.span)
}

/// Returns those findings of the newest state that the release does not have.
pub(super) fn newer<'a>(release: &[Diagnostic], newest: &'a [Diagnostic]) -> Vec<&'a Diagnostic> {
    let known: BTreeSet<_> = release.iter().map(said).collect();
    newest.iter().filter(|finding| !known.contains(&said(finding))).collect()
}

/// Returns findings, of which at most so many are listed; in the release that they are about their places can be looked up.
pub(super) fn findings<'a>(
    found: impl IntoIterator<Item = &'a Diagnostic>,
    about: Option<About<'_>>,
    most: usize,
) -> Findings<'a> {
    let mut listed: Vec<_> = found.into_iter().collect();
    let (count, counts) = (listed.len(), Counts::of_each(listed.iter().copied()).to_string());
    listed.sort_by_key(|finding| Reverse(finding.severity));
    listed.truncate(most);
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known = HashMap::new();
    for finding in &listed {
        let said = (finding.severity, finding.code.name(), finding.message.as_str(), finding.help.as_deref());
        let at = *known.entry(said).or_insert(groups.len());
        if let Some(group) = groups.get_mut(at) {
            group.excerpt = None;
            group.places.extend(spot(finding, about));
        } else {
            groups.push(group(finding, about));
        }
    }
    Findings { count, counts, left_out: count - listed.len(), groups }
}

fn group<'a>(finding: &'a Diagnostic, about: Option<About<'_>>) -> Group<'a> {
    let message = &finding.message[..finding.message.floor_char_boundary(MAX_MESSAGE)];
    Group {
        severity: finding.severity.as_str(),
        code: finding.code.name(),
        rule: text::pieces(finding.code.description()),
        message: text::pieces(message),
        help: finding.help.as_deref().map(text::pieces).unwrap_or_default(),
        places: spot(finding, about).into_iter().collect(),
        excerpt: finding.place.excerpt.as_deref(),
    }
}

fn spot(finding: &Diagnostic, about: Option<About<'_>>) -> Option<Spot> {
    let place = &finding.place;
    if place.path.is_empty() {
        return None;
    }
    let line = place.span.map(|span| span.line);
    let name = line.map_or_else(|| place.path.clone(), |line| format!("{}:{line}", place.path));
    let Some((site, at)) = about else { return Some(Spot { name, page: None, link: None }) };
    let source = &site.pack.releases[at].record.source;
    let page = in_pack(&source.path, &place.path).and_then(|path| site.files.link(&site.pack, at, path, line));
    let anchor = line.map(|line| format!("#L{line}")).unwrap_or_default();
    let link = source_links::file_in_repository(source, &place.path).map(|link| link + &anchor);
    Some(Spot { name, page, link })
}

/// Returns the path in its pack of a file of the source, of which the pack is the folder at `folder`.
fn in_pack<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Place, Sink};

    #[test]
    fn the_files_of_a_pack_lie_below_its_folder() {
        assert_eq!(in_pack("packs/a", "packs/a/b/c.yaml"), Some("b/c.yaml"));
        assert_eq!(in_pack("", "b.yaml"), Some("b.yaml"));
        assert_eq!((in_pack("packs/a", "packs/ab/c.yaml"), in_pack("packs/a", "packs/a")), (None, None));
    }

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
