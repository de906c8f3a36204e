//! The page about what changed between two releases.

use std::collections::HashMap;

use serde::Serialize;

use super::{Files, Head, structured};
use crate::catalog::CatalogRelease;
use crate::compare::{Change, Comparison, ComponentName, Impact, What};
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
    json: String,
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
    /// Where it is or was, where it went, and a note.
    files: Vec<(&'a str, Option<&'a str>, Option<&'static str>)>,
}

/// Makes the page that compares the release at a place in the pack's list with another one.
pub(in crate::site) fn files(site: &PackSite, before: usize, at: usize) -> Files {
    let (base, pack) = (&site.base, &*site.pack);
    let (from, to) = (&pack.releases[before], &pack.releases[at]);
    let comparison = site.comparisons.get(at).expect("it is compared with the one before it");
    let path = links::comparison_file(&pack.id, from.version(), to.version());
    let address = links::comparison_address(&pack.id, from.version(), to.version());
    let verdict = comparison.verdict();
    let here = format!("{} to {}", from.version(), to.version());
    let way = structured::way_to(pack).into_iter().chain([(here.as_str(), format!("{address}.html"))]);
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
        files: file_lists(comparison),
        file_count: comparison.files.count(),
        json: format!("{address}.json"),
    };
    let html = base.templates.render("compare.html", &path, &[("site", &base.frame)], &page)?;
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

fn file_lists(comparison: &Comparison) -> Vec<FileList<'_>> {
    let files = &comparison.files;
    let list = |heading, count: usize, files: Vec<_>| FileList { heading, count, left_out: count - files.len(), files };
    let mut lists = Vec::new();
    for (heading, paths) in [("Added", &files.added), ("Removed", &files.removed), ("Changed", &files.changed)] {
        let shown = paths.iter().take(MOST_FILES).map(|path| (path.as_str(), None, None)).collect();
        lists.push(list(heading, paths.len(), shown));
    }
    let moved = files.moved.iter().take(MOST_FILES);
    let moved =
        moved.map(|one| (one.from.as_str(), Some(one.to.as_str()), one.is_changed.then_some("changed"))).collect();
    lists.push(list("Moved", files.moved.len(), moved));
    lists.retain(|list| list.count > 0);
    lists
}
