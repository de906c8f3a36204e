//! Atom feeds (RFC 4287): of all releases, of an ecosystem's, and of what happens to one pack.
//!
//! Feeds need absolute links: they are made only when the registry's URL is known. Identifiers are addresses of permanent pages, so a reader that
//! has seen an entry knows it again.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::news::{self, Released};
use super::pages::Files;
use super::pages::browse::Scope;
use super::{Base, PackSite, Site, links, text};
use crate::catalog::CatalogPack;
use crate::compare::Impact;
use crate::ident::RelPath;
use crate::index::event::{Event, What};
use crate::output::RenderError;

/// How many entries a feed holds, newest first.
const ENTRIES: usize = 50;

#[derive(Serialize)]
struct Feed<'a> {
    url: &'a str,
    title: String,
    /// What identifies the feed, and the page that it goes with.
    id: String,
    page: String,
    /// Where the feed itself lies.
    own: &'a str,
    updated: String,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    address: String,
    title: String,
    updated: String,
    summary: Cow<'a, str>,
    authors: &'a [String],
    changes: Option<Changes<'a>>,
}

/// What changed since the release before: its version, the page that compares them, and the verdict.
#[derive(Serialize)]
struct Changes<'a> {
    since: &'a str,
    address: String,
    verdict: &'static str,
}

/// Makes the feed of new releases of a list.
pub(super) fn of_list(site: &Site, scope: &Scope) -> Files {
    let Some(url) = site.base.registry.url.as_deref() else { return Ok(Vec::new()) };
    let packs: Vec<&Arc<CatalogPack>> = scope.packs(&site.catalog).collect();
    let (title, page) = match scope {
        Scope::All => {
            let title = format!("{}: new releases", site.base.registry.name);
            (title, "index.html".to_owned())
        }
        Scope::Ecosystem(id) => {
            let ecosystem = packs.first().map_or("", |pack| pack.ecosystem.title());
            let title = format!("{}: new releases of {ecosystem} packs", site.base.registry.name);
            (title, format!("packs/{id}/index.html"))
        }
    };
    // A registry whose last release was withdrawn still has the feed that its pages name.
    let Some(changed) = packs.iter().map(|pack| pack.updated).max() else { return Ok(Vec::new()) };
    let releases = news::newest(packs, ENTRIES);
    let updated = releases.first().map_or(changed, |(_, release)| release.published_at);
    let entries = releases.into_iter().map(|(pack, release)| {
        let compared = pack.releases.iter().position(|one| one.version() == release.version()).and_then(|at| {
            let before = *pack.before_each().get(at)?;
            Some((at, before?))
        });
        let changes = compared.map(|(at, before)| changes(pack, before, at, pack.comparison(before, at).verdict()));
        released((pack, release), changes)
    });
    let path = RelPath::composed(scope.feed());
    let id = match scope {
        Scope::All => format!("{url}/"),
        Scope::Ecosystem(_) => format!("{url}/{page}"),
    };
    let feed =
        Feed { url, title, id, page, own: path.as_str(), updated: updated.to_string(), entries: entries.collect() };
    Ok(vec![(path.clone(), write(&site.base, &path, &feed)?)])
}

/// Makes the feed of a pack: its releases, and what was said of them since.
pub(super) fn of_pack(site: &PackSite) -> Files {
    let (base, pack) = (&site.base, &*site.pack);
    let Some(url) = base.registry.url.as_deref() else { return Ok(Vec::new()) };
    let releases = pack.releases.iter().enumerate().filter(|(_, release)| !release.status.draft);
    let mut happened: Vec<(Timestamp, Happening<'_>)> =
        releases.map(|(at, release)| (release.published_at, Happening::Release(at))).collect();
    happened.extend(pack.said.iter().map(|event| (event.at, Happening::Said(event))));
    happened.sort_by_key(|(at, happening)| (std::cmp::Reverse(*at), happening.rank()));
    happened.truncate(ENTRIES);
    let entries = happened.into_iter().map(|(_, happening)| match happening {
        Happening::Release(at) => {
            let before = site.comparisons.before(at);
            let changes =
                before.zip(site.comparisons.get(at)).map(|(before, made)| changes(pack, before, at, made.verdict()));
            released((pack, &pack.releases[at]), changes)
        }
        Happening::Said(event) => said(pack, event),
    });
    let page = format!("{}/index.html", links::pack_address(&pack.id));
    let path = RelPath::composed(links::feed_address(&pack.id));
    let feed = Feed {
        url,
        title: format!("{} in {}", pack.id, base.registry.name),
        id: format!("{url}/{page}"),
        page,
        own: path.as_str(),
        updated: pack.updated.to_string(),
        entries: entries.collect(),
    };
    Ok(vec![(path.clone(), write(base, &path, &feed)?)])
}

fn write(base: &Base, path: &RelPath, feed: &Feed<'_>) -> Result<Vec<u8>, RenderError> {
    base.templates.render("feed.xml", path, &[("site", &base.frame)], feed)
}

/// What a pack's feed tells of.
enum Happening<'a> {
    /// A release, by its place in the pack's list.
    Release(usize),
    /// What was said since.
    Said(&'a Event),
}

impl Happening<'_> {
    /// Returns the order of what happened at once: what was said last comes first, and releases after it, highest version first.
    fn rank(&self) -> (u8, u64) {
        match self {
            Self::Said(event) => (0, u64::MAX - event.seq),
            Self::Release(at) => (1, *at as u64),
        }
    }
}

fn released<'a>((pack, release): Released<'a>, changes: Option<Changes<'a>>) -> Entry<'a> {
    let address = format!("{}/index.html", links::release_address(&pack.id, release.version()));
    Entry {
        id: address.clone(),
        address,
        title: format!("{} {}", pack.id, release.version()),
        updated: release.published_at.to_string(),
        summary: text::summary(&release.pack.description),
        authors: &release.pack.authors,
        changes,
    }
}

fn said<'a>(pack: &'a CatalogPack, event: &'a Event) -> Entry<'a> {
    let version = event.what.version().filter(|version| pack.release(version).is_some());
    let address = match version {
        Some(version) => format!("{}/index.html", links::release_address(&pack.id, version)),
        None => format!("{}/index.html", links::pack_address(&pack.id)),
    };
    let what = match event.what.version() {
        Some(version) => format!("{} {version}", pack.id),
        None => pack.id.to_string(),
    };
    Entry {
        id: format!("{address}#event-{}", event.seq),
        address,
        title: format!("{what} {}", happened(&event.what)),
        updated: event.at.to_string(),
        summary: text::cut(event.what.reason().unwrap_or_default(), 500),
        authors: &[],
        changes: None,
    }
}

/// Says what happened.
fn happened(what: &What) -> Cow<'static, str> {
    match what {
        What::Yank { .. } => "was yanked".into(),
        What::Unyank { .. } => "is no longer yanked".into(),
        What::Deprecate { successor: None, .. } => "is deprecated".into(),
        What::Deprecate { successor: Some(successor), .. } => format!("is deprecated: use {successor}").into(),
        What::Undeprecate { .. } => "is no longer deprecated".into(),
        What::Quarantine { .. } => "is quarantined".into(),
        What::Unquarantine { .. } => "is no longer quarantined".into(),
        What::Archive { .. } => "is archived".into(),
        What::Unarchive { .. } => "is maintained again".into(),
        What::Rename { to, .. } => format!("goes on as {to}").into(),
        What::Owner { .. } => "has another source".into(),
        What::Release(_) => "was released".into(),
    }
}

fn changes(pack: &CatalogPack, before: usize, at: usize, verdict: Option<Impact>) -> Changes<'_> {
    let (from, to) = (pack.releases[before].version(), pack.releases[at].version());
    Changes {
        since: from.as_str(),
        address: format!("{}.html", links::comparison_address(&pack.id, from, to)),
        verdict: verdict.map_or("none", Impact::as_str),
    }
}
