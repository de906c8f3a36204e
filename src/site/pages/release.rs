//! The pages of one release: its own, those of its components, and its pack's if it is the default release.

use serde::Serialize;

use super::view::Changes;
use super::{Files, Head, changelog, component, structured, view};
use crate::catalog::{CatalogRelease, Status};
use crate::ident::RelPath;
use crate::site::markdown::Part;
use crate::site::templates::Shared;
use crate::site::{PackSite, links, markdown, text};

/// Largest icon that is published, in bytes.
const MAX_ICON_BYTES: u64 = 256 << 10;
/// Most versions that are listed openly; of more than that, only the first are.
const MOST_VERSIONS: usize = 12;
const FIRST_VERSIONS: usize = 8;

#[derive(Serialize)]
struct ReleasePage<'a> {
    head: Head<'a>,
    /// Whether this is the pack's page, which shows its default release and all versions.
    is_pack: bool,
    /// Where the README lies in the pack, when there is one.
    readme_path: Option<&'a str>,
    /// What changed in it; the author's words come beside the page.
    changed: Option<&'a changelog::Changed<'a>>,
    versions: Vec<VersionRow<'a>>,
    /// The rest of the versions, where there are many.
    older: Vec<VersionRow<'a>>,
}

/// A row of the table of versions.
#[derive(Serialize)]
struct VersionRow<'a> {
    version: &'a str,
    address: String,
    date: String,
    time: String,
    is_latest: bool,
    status: Option<&'static str>,
    reason: Option<&'a str>,
    archive: String,
    size: String,
    changes: Option<Changes<'a>>,
}

/// Makes the pages of the release at that place in the pack's list.
pub(in crate::site) fn files(site: &PackSite, at: usize) -> Files {
    let (base, pack) = (&site.base, &*site.pack);
    let release = &pack.releases[at];
    let stems = links::stems(&release.pack);
    let icon = icon(release);
    let shared = Shared::new(&view::release(site, at, &stems, icon.is_some()));
    let readme = document(release, release.pack.readme.as_ref());
    let changed = changelog::of_release(site, at);
    let mut parts = vec![("site", &base.frame), ("release", &shared)];
    parts.extend(readme.iter().map(|(_, html)| ("readme", html)));
    parts.extend(changed.iter().map(|(_, words)| ("words", words)));
    let readme_path = readme.as_ref().map(|(path, _)| *path);

    let mut files = Vec::with_capacity(stems.len() + 2);
    let page_of = |path: RelPath, is_pack: bool| {
        let mut versions = if is_pack { versions(site) } else { Vec::new() };
        let older = if versions.len() > MOST_VERSIONS { versions.split_off(FIRST_VERSIONS) } else { Vec::new() };
        let page = ReleasePage {
            head: head(site, release, &path, is_pack),
            is_pack,
            readme_path,
            changed: changed.as_ref().map(|(changed, _)| changed),
            versions,
            older,
        };
        base.templates.render("pack.html", &path, &parts, &page).map(|html| (path, html))
    };
    if at == pack.latest {
        files.push(page_of(RelPath::composed(format!("{}/index.html", links::pack_address(&pack.id))), true)?);
    }
    files.push(page_of(links::file_in_release(pack, release.version(), "index.html"), false)?);
    files.extend(icon.map(|bytes| (links::file_in_release(pack, release.version(), view::ICON), bytes)));
    files.push(super::files::page(site, at)?);
    component::append(site, at, &stems, &parts[..2], &mut files)?;
    Ok(files)
}

fn head<'a>(site: &PackSite, release: &'a CatalogRelease, path: &RelPath, is_pack: bool) -> Head<'a> {
    let pack = &*site.pack;
    let title = if is_pack { pack.id.to_string() } else { format!("{} {}", pack.id, release.version()) };
    // The default release and its pack have the same content: search engines should show the pack.
    let is_latest = release.version() == pack.latest().version();
    let canonical = if is_latest {
        format!("{}/index.html", links::pack_address(&pack.id))
    } else {
        format!("{}/index.html", links::release_address(&pack.id, release.version()))
    };
    let mut way = structured::way_to(pack);
    let folder = if is_pack {
        links::pack_address(&pack.id)
    } else {
        let folder = links::release_address(&pack.id, release.version());
        way.push((release.version().as_str(), format!("{folder}/index.html")));
        folder
    };
    let data = [structured::software(&site.base, pack, release), structured::breadcrumbs(&site.base, way)];
    Head {
        root: links::root(path),
        title: title.into(),
        description: text::summary(&release.pack.description),
        canonical: site.base.absolute(&canonical),
        json: Some(format!("{folder}/{}", if is_pack { "pack.json" } else { "release.json" })),
        data: structured::script(&site.base, data),
        section: Some(super::BROWSE),
        ..Head::default()
    }
}

/// Returns where a document lies, and it as HTML; nothing when it is empty.
fn document<'a>(release: &CatalogRelease, path: Option<&'a RelPath>) -> Option<(&'a str, Shared)> {
    let path = path?.as_str();
    let bytes = release.content.read(release.content.get(path)?).ok()?;
    if bytes.trim_ascii().is_empty() {
        return None;
    }
    let html = markdown::render(Part::Readme, &String::from_utf8_lossy(&bytes), path, &release.record.source);
    Some((path, Shared::html(&html)))
}

/// Returns the icon, if it is a PNG image (by its signature, PNG specification section 5.2) of a size that pages can bear.
fn icon(release: &CatalogRelease) -> Option<Vec<u8>> {
    let entry = release.content.get(release.pack.icon.as_ref()?.as_str())?;
    if entry.size > MAX_ICON_BYTES {
        return None;
    }
    let bytes = release.content.read(entry).ok()?;
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then(|| bytes.to_vec())
}

/// Returns why a release should not be chosen.
fn reason(release: &CatalogRelease) -> Option<&str> {
    let Status { quarantined, yanked, deprecated, .. } = &release.status;
    let deprecated = deprecated.as_ref().map(|(reason, _)| reason.as_str());
    quarantined.as_deref().or(yanked.as_deref()).or(deprecated)
}

fn versions(site: &PackSite) -> Vec<VersionRow<'_>> {
    let pack = &*site.pack;
    pack.releases
        .iter()
        .enumerate()
        .map(|(at, release)| VersionRow {
            version: release.version().as_str(),
            address: format!("{}/index.html", links::release_address(&pack.id, release.version())),
            date: super::home::date(release),
            time: release.published_at.to_string(),
            is_latest: release.version() == pack.latest().version() && !release.status.draft,
            status: super::status::word_of_release(pack, release),
            reason: reason(release),
            archive: links::archive_address(&pack.id, release.version()),
            size: text::size(release.record.archive.size),
            changes: view::changes(site, at),
        })
        .collect()
}
