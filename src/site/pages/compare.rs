//! The page about what changed between two releases.

use std::collections::HashMap;

use serde::Serialize;

use super::diffs::{self, FileDiff, Pair};
use super::{Files, Head, comparisons, structured};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::compare::{Change, Comparison, ComponentName, Impact, Moved, What};
use crate::ident::RelPath;
use crate::site::templates::Shared;
use crate::site::{PackSite, links, text};

/// Most changes of one impact that are listed.
const MOST_CHANGES: usize = 500;
/// Most files of a list.
const MOST_FILES: usize = 200;
/// Longest words of a change, in characters.
const MOST_WORDS: usize = 300;

#[derive(Serialize)]
struct Page<'a> {
    head: Head<'a>,
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    name: &'a str,
    pack_address: String,
    from: Release<'a>,
    to: Release<'a>,
    verdict: Option<&'static str>,
    meaning: &'static str,
    /// The version that would have said enough.
    sufficient: Option<String>,
    groups: Vec<Group<'a>>,
    files: Vec<FileList<'a>>,
    file_count: usize,
    /// What changed within files, and how many more did.
    diffs: Vec<FileDiff<'a>>,
    more_diffs: usize,
    /// The comparisons before and after this one.
    beside: [Option<Beside<'a>>; 2],
    /// Whether it is with the default release, whichever that is.
    is_with_default: bool,
    /// Where two others are chosen, with these two chosen already; absent where there are no others.
    choice: Option<String>,
    json: String,
}

/// Another comparison of the pack.
#[derive(Serialize)]
struct Beside<'a> {
    from: &'a str,
    to: &'a str,
    address: String,
}

#[derive(Serialize)]
struct Release<'a> {
    version: &'a str,
    address: String,
    /// Empty for a draft.
    date: String,
    time: String,
}

/// The changes of one impact.
#[derive(Serialize)]
struct Group<'a> {
    key: &'static str,
    heading: &'static str,
    count: usize,
    left_out: usize,
    changes: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    subject: String,
    /// The page of the component, in the release that has it.
    address: Option<String>,
    place: Option<&'a str>,
    field: Option<&'a str>,
    words: String,
    reason: &'static str,
}

#[derive(Serialize)]
struct FileList<'a> {
    heading: &'static str,
    count: usize,
    left_out: usize,
    files: Vec<FileRow<'a>>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    path: &'a str,
    /// Where it went.
    to: Option<&'a str>,
    /// The address of its page.
    address: Option<String>,
    note: Option<&'static str>,
}

/// Makes the page that compares the release at a place in the pack's list with the one before it.
pub(in crate::site) fn files(site: &PackSite, before: usize, at: usize) -> Files {
    let (pack, [from, to]) = (&*site.pack, [before, at].map(|at| site.pack.releases[at].version()));
    let comparison = site.comparisons.get(at).expect("it is compared with the one before it");
    let path = links::comparison_file(&pack.id, from, to);
    let address = links::comparison_address(&pack.id, from, to);
    let beside = site.comparisons.beside(at).map(|pair| pair.map(|pair| beside(pack, pair)));
    page(site, Pair { before, at }, comparison, (path, &address), Some(beside))
}

/// Makes the page that compares the release at a place, the last one of its line, with the default release.
pub(in crate::site) fn with_default(site: &PackSite, end: usize) -> Files {
    let (pack, from) = (&*site.pack, site.pack.releases[end].version());
    let comparison = site.comparisons.with_default(end).expect("it is one of the ends");
    let path = links::default_comparison_file(&pack.id, from);
    let address = links::default_comparison_address(&pack.id, from);
    page(site, Pair { before: end, at: pack.latest }, comparison, (path, &address), None)
}

fn page(
    site: &PackSite,
    Pair { before, at }: Pair,
    comparison: &Comparison,
    (path, address): (RelPath, &str),
    beside: Option<[Option<Beside<'_>>; 2]>,
) -> Files {
    let (base, pack) = (&site.base, &*site.pack);
    let (from, to) = (&pack.releases[before], &pack.releases[at]);
    let verdict = comparison.verdict();
    let here = format!("{} to {}", from.version(), to.version());
    let way = structured::way_to(pack).into_iter().chain([(here.as_str(), format!("{address}.html"))]);
    let (diffs, more_diffs) = diffs::of(site, Pair { before, at }, &comparison.files);
    let lines = Shared::html_list(diffs.iter().map(|diff| diff.lines.as_str()));
    let page = Page {
        head: Head {
            root: links::root(&path),
            title: format!("What changed in {} from {} to {}", pack.id, from.version(), to.version()).into(),
            description: match verdict {
                Some(verdict) => format!("{}: {}", verdict.as_str(), meaning(Some(verdict))).into(),
                None => meaning(None).into(),
            },
            canonical: base.absolute(&format!("{address}.html")),
            json: Some(format!("{address}.json")),
            data: structured::script(base, [structured::breadcrumbs(base, way)]),
            section: Some(super::BROWSE),
            ..Head::default()
        },
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        name: pack.id.name.as_str(),
        pack_address: links::pack_address(&pack.id),
        from: release(site, from),
        to: release(site, to),
        verdict: verdict.map(Impact::as_str),
        meaning: meaning(verdict),
        sufficient: comparison.understated().map(|version| version.to_string()),
        groups: groups(site, from, to, comparison),
        files: file_lists(site, Pair { before, at }, comparison),
        file_count: comparison.files.count(),
        diffs,
        more_diffs,
        is_with_default: beside.is_none(),
        beside: beside.unwrap_or_default(),
        choice: comparisons::has_page(pack).then(|| comparisons::choice(pack, from.version(), to.version())),
        json: format!("{address}.json"),
    };
    let html = base.templates.render("compare.html", &path, &[("site", &base.frame), ("lines", &lines)], &page)?;
    Ok(vec![(path, html)])
}

/// Returns what a verdict means to somebody who upgrades.
const fn meaning(verdict: Option<Impact>) -> &'static str {
    match verdict {
        Some(Impact::Breaking) => "What worked with the old release may not work with the new one.",
        Some(Impact::Feature) => "There is something new; what worked goes on working.",
        Some(Impact::Fix) => "Nobody has to do anything.",
        None => "Both releases have the same content.",
    }
}

fn release<'a>(site: &PackSite, release: &'a CatalogRelease) -> Release<'a> {
    let is_draft = release.status.draft;
    Release {
        version: release.version().as_str(),
        address: format!("{}/index.html", links::release_address(&site.pack.id, release.version())),
        date: if is_draft { String::new() } else { super::home::date(release) },
        time: release.published_at.to_string(),
    }
}

fn groups<'a>(
    site: &PackSite,
    from: &CatalogRelease,
    to: &CatalogRelease,
    comparison: &'a Comparison,
) -> Vec<Group<'a>> {
    let (before, after) = (addresses(site, from), addresses(site, to));
    let row = |change: &'a Change| {
        let page = |one: &ComponentName| {
            let key = (one.kind.key, one.name.as_str());
            // What is gone is on the old page only.
            let pages = if change.what == What::Removed { [&before, &after] } else { [&after, &before] };
            pages.iter().find_map(|pages| pages.get(&key)).cloned()
        };
        let (place, field) = change.place().map_or((None, None), |(title, path)| (Some(title), path));
        let (subject, words) = (change.subject(), change.words());
        Row {
            subject: text::cut(&subject, MOST_WORDS).into_owned(),
            address: change.component.as_ref().and_then(page),
            place,
            field,
            words: text::cut(&words, MOST_WORDS).into_owned(),
            reason: change.reason,
        }
    };
    let group = |impact: Impact| {
        let count = comparison.with_impact(impact).count();
        let changes: Vec<Row<'_>> = comparison.with_impact(impact).take(MOST_CHANGES).map(row).collect();
        let left_out = count - changes.len();
        Group { key: impact.as_str(), heading: impact.heading(), count, left_out, changes }
    };
    Impact::ALL.into_iter().map(group).filter(|group| group.count > 0).collect()
}

/// Returns the pages of a release's components, by kind and name.
fn addresses<'r>(site: &PackSite, release: &'r CatalogRelease) -> HashMap<(&'static str, &'r str), String> {
    let here = links::release_address(&site.pack.id, release.version());
    let pages = release.pack.components.iter().zip(links::component_path(&release.pack));
    pages.map(|(one, page)| ((one.kind.key, one.name.as_str()), format!("{here}/{page}"))).collect()
}

fn beside(pack: &CatalogPack, (from, to): (usize, usize)) -> Beside<'_> {
    let [from, to] = [from, to].map(|at| pack.releases[at].version());
    let address = format!("{}.html", links::comparison_address(&pack.id, from, to));
    Beside { from: from.as_str(), to: to.as_str(), address }
}

/// Returns the lists of files of which it is not shown what changed in them.
fn file_lists<'c>(site: &PackSite, Pair { before, at }: Pair, comparison: &'c Comparison) -> Vec<FileList<'c>> {
    let (pack, files) = (&*site.pack, &comparison.files);
    let page = |at: usize, path: &str| site.files.address_of(pack, at, path).map(|address| format!("{address}.html"));
    let list = |heading, count: usize, files: Vec<FileRow<'c>>| {
        let left_out = count - files.len();
        FileList { heading, count, left_out, files }
    };
    let mut lists = Vec::new();
    for (heading, release, paths) in [("Added", at, &files.added), ("Removed", before, &files.removed)] {
        let row = |path: &'c String| FileRow { path, to: None, address: page(release, path), note: None };
        lists.push(list(heading, paths.len(), paths.iter().take(MOST_FILES).map(row).collect()));
    }
    let row = |moved: &'c Moved| FileRow {
        path: &moved.from,
        to: Some(&moved.to),
        address: page(at, &moved.to),
        note: moved.is_changed.then_some("changed"),
    };
    lists.push(list("Moved", files.moved.len(), files.moved.iter().take(MOST_FILES).map(row).collect()));
    lists.retain(|list| list.count > 0);
    lists
}
