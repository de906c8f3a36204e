//! What changed in each release: in its author's words where the changelog has them, else by what Packyard found.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Files, Head, home};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::compare::{Change, Comparison, Impact};
use crate::ident::RelPath;
use crate::site::markdown::{self, Part};
use crate::site::markdown_changelog::sections;
use crate::site::templates::Shared;
use crate::site::{PackSite, links, text};

/// Most versions that a page tells of.
const MOST_VERSIONS: usize = 200;
/// Most HTML of the authors' words on a page, in bytes.
const MOST_HTML: usize = 160 << 10;
/// Most changes that are listed where there are no words.
const MOST_LINES: usize = 10;
/// Longest words of a change, in characters.
const MOST_WORDS: usize = 160;

/// What changed in a release.
#[derive(Serialize)]
pub(super) struct Changed<'a> {
    version: &'a str,
    /// The address of the release, and an anchor for its version.
    address: String,
    anchor: String,
    /// Empty for a draft.
    date: String,
    time: String,
    /// What it is compared with, and the page that does.
    since: Option<(&'a str, String)>,
    verdict: Option<&'static str>,
    /// Whether the author's words come beside the page.
    has_words: bool,
    /// What was found, where there are no words.
    summary: Option<Summary<'a>>,
    /// The page of all versions.
    whole: Option<String>,
}

/// What a comparison comes to, in a few lines.
#[derive(Serialize)]
struct Summary<'a> {
    /// Whether the content is another one at all.
    is_other: bool,
    /// What breaks and what is new, the first of it.
    lines: Vec<Line<'a>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    impact: &'static str,
    subject: String,
    field: Option<Cow<'a, str>>,
    words: String,
}

#[derive(Serialize)]
struct Page<'a> {
    head: Head<'a>,
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    name: &'a str,
    pack_address: String,
    versions: Vec<Changed<'a>>,
    left_out: usize,
    /// Whether the whole changelog comes beside the page, since it has no sections.
    has_whole: bool,
    /// The author's file.
    file: Option<(&'a str, Option<String>)>,
}

/// Tells whether a pack has a page of what changed.
pub(in crate::site) fn has_page(pack: &CatalogPack) -> bool {
    pack.releases.len() > 1 || pack.latest().pack.changelog.is_some()
}

/// Returns the path of the page of what changed in all versions.
pub(in crate::site) fn path(pack: &CatalogPack) -> RelPath {
    RelPath::composed(format!("{}/changelog.html", links::pack_address(&pack.id)))
}

/// Returns what changed in the release at a place in the pack's list, and the author's words; nothing when nobody says anything.
pub(super) fn of_release(site: &PackSite, at: usize) -> Option<(Changed<'_>, Shared)> {
    let pack = &*site.pack;
    let release = &pack.releases[at];
    let own = BTreeSet::from([release.version().as_str()]);
    let words = author_text(release)
        .and_then(|text| sections(&text, pack.id.name.as_str(), &own).remove(release.version().as_str()));
    let words = words.map(|words| rendered(release, &words)).unwrap_or_default();
    let changed = changed(site, at, !words.is_empty());
    let is_silent = words.is_empty() && changed.since.is_none() && release.pack.changelog.is_none();
    (!is_silent).then(|| (changed, Shared::html(&words)))
}

/// Makes the page of what changed in all versions, the newest first.
pub(in crate::site) fn files(site: &PackSite) -> Files {
    let (base, pack) = (&site.base, &*site.pack);
    let path = path(pack);
    let latest = pack.latest();
    let versions: BTreeSet<&str> = pack.releases.iter().map(|release| release.version().as_str()).collect();
    let whole = author_text(latest);
    let known = whole.as_ref().map(|text| sections(text, pack.id.name.as_str(), &versions)).unwrap_or_default();
    let (mut room, mut words) = (MOST_HTML, Vec::new());
    for release in pack.releases.iter().take(MOST_VERSIONS) {
        let html = words_of(pack, release, &known).map(|(of, words)| rendered(of, &words)).unwrap_or_default();
        words.push(if html.len() <= room { html } else { String::new() });
        room -= words.last().map_or(0, String::len);
    }
    let whole = whole.filter(|_| known.is_empty()).map(|text| {
        let file = latest.pack.changelog.as_ref().map_or("", RelPath::as_str);
        markdown::render(Part::Changelog, &text, file, &latest.record.source)
    });
    let mut anchors = BTreeSet::new();
    let mut versions: Vec<_> =
        words.iter().enumerate().map(|(at, words)| changed(site, at, !words.is_empty())).collect();
    for (number, version) in versions.iter_mut().enumerate() {
        if !anchors.insert(version.anchor.clone()) {
            version.anchor.push_str(&format!("-no-{number}"));
        }
    }
    let page = Page {
        head: Head {
            root: links::root(&path),
            title: format!("Changelog of {}", pack.id).into(),
            description: format!("What changed in each release of {}.", pack.id).into(),
            canonical: base.absolute(path.as_str()),
            json: Some(format!("{}/pack.json", links::pack_address(&pack.id))),
            section: Some(super::BROWSE),
            ..Head::default()
        },
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        name: pack.id.name.as_str(),
        pack_address: links::pack_address(&pack.id),
        versions,
        left_out: pack.releases.len().saturating_sub(MOST_VERSIONS),
        has_whole: whole.is_some(),
        file: latest
            .pack
            .changelog
            .as_ref()
            .map(|file| (file.as_str(), site.files.link(pack, pack.latest, file.as_str(), None))),
    };
    let words = Shared::html_list(words.iter().map(String::as_str));
    let whole = Shared::html(&whole.unwrap_or_default());
    let shared = [("site", &base.frame), ("words", &words), ("whole", &whole)];
    let html = base.templates.render("changelog.html", &path, &shared, &page)?;
    Ok(vec![(path, html)])
}

/// Returns the author's words about a release, and the release whose changelog has them: the default one, else its own.
fn words_of<'p>(
    pack: &'p CatalogPack,
    release: &'p CatalogRelease,
    known: &BTreeMap<&str, String>,
) -> Option<(&'p CatalogRelease, String)> {
    let (version, latest) = (release.version().as_str(), pack.latest());
    if let Some(words) = known.get(version) {
        return Some((latest, words.clone()));
    }
    // The default one would have it, unless the release is newer, or the file was begun anew.
    let is_same = release.pack.changelog == latest.pack.changelog && digest(release) == digest(latest);
    let text = author_text(release).filter(|_| !is_same)?;
    let words = sections(&text, pack.id.name.as_str(), &BTreeSet::from([version])).remove(version)?;
    Some((release, words))
}

fn digest(release: &CatalogRelease) -> Option<crate::ident::Digest> {
    let path = release.pack.changelog.as_ref()?;
    let files = &release.listing.files;
    files.binary_search_by(|file| file.path.cmp(path)).ok().map(|number| files[number].sha256)
}

/// Returns the changelog of a release, if it is Markdown of a size that is rendered.
fn author_text(release: &CatalogRelease) -> Option<String> {
    let path = release.pack.changelog.as_ref().filter(|path| markdown::is_markdown(path.as_str()))?;
    let entry = release.content.get(path.as_str()).filter(|entry| entry.size <= markdown::MAX_BYTES as u64)?;
    let bytes = release.content.read(entry).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Renders words of the changelog of a release.
fn rendered(release: &CatalogRelease, words: &str) -> String {
    let path = release.pack.changelog.as_ref().map_or("", RelPath::as_str);
    let html = markdown::render(Part::Section, words, path, &release.record.source);
    if html.trim().is_empty() { String::new() } else { html }
}

fn changed(site: &PackSite, at: usize, has_words: bool) -> Changed<'_> {
    let pack = &*site.pack;
    let release = &pack.releases[at];
    let version = release.version();
    let comparison = site.comparisons.get(at);
    let since = site.comparisons.before(at).map(|before| {
        let before = pack.releases[before].version();
        (before.as_str(), format!("{}.html", links::comparison_address(&pack.id, before, version)))
    });
    Changed {
        version: version.as_str(),
        address: format!("{}/index.html", links::release_address(&pack.id, version)),
        anchor: format!("v{}", version.as_str().replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
        date: if release.status.draft { String::new() } else { home::date(release) },
        time: release.published_at.to_string(),
        since,
        verdict: comparison.and_then(Comparison::verdict).map(Impact::as_str),
        has_words,
        summary: comparison.filter(|_| !has_words).map(summary),
        whole: has_page(pack).then(|| path(pack).to_string()),
    }
}

fn summary(comparison: &Comparison) -> Summary<'_> {
    let told = || [Impact::Breaking, Impact::Feature].into_iter().flat_map(|impact| comparison.with_impact(impact));
    let lines: Vec<Line<'_>> = told().take(MOST_LINES).map(line).collect();
    Summary { is_other: comparison.verdict().is_some(), left_out: told().count() - lines.len(), lines }
}

fn line(change: &Change) -> Line<'_> {
    Line {
        impact: change.impact.as_str(),
        subject: text::cut(&change.subject(), MOST_WORDS).into_owned(),
        field: change.place().and_then(|(_, field)| field).map(|field| text::cut(field, MOST_WORDS)),
        words: text::cut(&change.words(), MOST_WORDS).into_owned(),
    }
}
