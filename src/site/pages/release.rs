//! The pages of one release: its own, those of its components, and its pack's if it is the default release.

use serde::Serialize;

use super::findings::newer;
use super::view::{Changes, Group};
use super::{Files, Head, changelog, comparisons, component, more, structured, view};
use crate::catalog::{CatalogRelease, Status};
use crate::ident::RelPath;
use crate::site::images::Images;
use crate::site::markdown::{Document, Part, Rendered};
use crate::site::templates::Shared;
use crate::site::{PackSite, images, links, markdown, text};

/// Largest icon that is published, in bytes.
const MAX_ICON_BYTES: u64 = 256 << 10;
/// Most versions that are listed openly; of more than that, only the first are.
const MOST_VERSIONS: usize = 12;
const FIRST_VERSIONS: usize = 8;
/// Most versions that the page of a pack lists at all.
const MOST_OLDER: usize = 40;
/// Most components that the page of a release lists.
const MOST_COMPONENTS: usize = 90;
/// How much of a README the page of a release shows, in bytes.
const README_SHOWN: usize = 24 << 10;

#[derive(Serialize)]
struct ReleasePage<'a> {
    head: Head<'a>,
    /// Whether this is the pack's page, which shows its default release and all versions.
    is_pack: bool,
    groups: Vec<Group<'a>>,
    /// How many components there are, and whether some are on a page of their own only.
    component_count: usize,
    has_more_components: bool,
    /// Where the README lies in the pack, when there is one.
    readme_path: Option<&'a str>,
    /// Whether only its beginning is shown.
    readme_is_cut: bool,
    /// What changed in it; the author's words come beside the page.
    changed: Option<&'a changelog::Changed<'a>>,
    versions: Vec<VersionRow<'a>>,
    /// The rest of the versions, where there are many.
    older: Vec<VersionRow<'a>>,
    more_versions: usize,
}

/// A row of the table of versions.
#[derive(Serialize)]
pub(super) struct VersionRow<'a> {
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
    let shared = Shared::new(&view::release(site, at, icon.is_some(), &view::fields_of(release)));
    let parts = [("site", &base.frame), ("release", &shared)];
    let readme = Text::of(release, Part::Readme, release.pack.readme.as_ref());
    let shown = readme.as_ref().map(|readme| readme.render(site, at, README_SHOWN));
    let changed = changelog::of_release(site, at);

    let mut files = Vec::with_capacity(stems.len() + 4);
    let page_of = |path: RelPath, is_pack: bool| {
        let mut versions = if is_pack { versions(site) } else { Vec::new() };
        let mut older = if versions.len() > MOST_VERSIONS { versions.split_off(FIRST_VERSIONS) } else { Vec::new() };
        let more_versions = older.len().saturating_sub(MOST_OLDER);
        older.truncate(MOST_OLDER);
        let groups = view::groups(site, release, &stems, MOST_COMPONENTS);
        let page = ReleasePage {
            head: head(site, release, &path, is_pack),
            is_pack,
            has_more_components: groups.iter().any(Group::is_cut),
            groups,
            component_count: stems.len(),
            readme_path: readme.as_ref().map(|readme| readme.path),
            readme_is_cut: shown.as_ref().is_some_and(|shown| shown.is_cut),
            changed: changed.as_ref().map(|(changed, _)| changed),
            versions,
            older,
            more_versions,
        };
        let has_more = page.has_more_components;
        let root = links::root(&path);
        let readme = shown.as_ref().map(|shown| Shared::html(&markdown::on_page(&shown.html, &root)));
        let mut parts = parts.to_vec();
        parts.extend(readme.iter().map(|html| ("readme", html)));
        parts.extend(changed.iter().map(|(_, words)| ("words", words)));
        base.templates.render("pack.html", &path, &parts, &page).map(|html| (path, html, has_more))
    };
    if at == pack.latest {
        let path = RelPath::composed(format!("{}/index.html", links::pack_address(&pack.id)));
        let (path, html, _) = page_of(path, true)?;
        files.push((path, html));
        files.push(super::versions::file(site)?);
        if comparisons::has_page(pack) {
            files.push(comparisons::page(site)?);
        }
    }
    let (path, html, has_more_components) =
        page_of(links::file_in_release(pack, release.version(), "index.html"), false)?;
    files.push((path, html));
    if has_more_components {
        files.push(more::components(site, release, &stems, &parts)?);
    }
    if let Some(readme) = readme.as_ref().filter(|_| shown.as_ref().is_some_and(|shown| shown.is_cut)) {
        files.push(more::readme(site, at, readme, &parts)?);
    }
    if release.findings.len() > view::MOST_FINDINGS {
        files.push(more::findings_of(site, at, &parts)?);
    }
    if at == pack.latest && newer(&release.findings, &pack.findings).len() > view::MOST_FINDINGS {
        files.push(more::newest_findings(site, &parts)?);
    }
    if at == pack.latest && pack.releases.len() > FIRST_VERSIONS + MOST_OLDER {
        files.push(more::versions(site, versions(site), &parts)?);
    }
    if at == pack.latest && site.around.dependents.len() > view::MOST_DEPENDENTS {
        files.push(more::dependents(site, &parts)?);
    }
    for image in readme.iter().flat_map(|text| text.images.values()) {
        let path = links::file_in_release(pack, release.version(), &format!("images/{}", image.name));
        if !files.iter().any(|(other, _)| *other == path) {
            files.push((path, image.bytes.to_vec()));
        }
    }
    files.extend(icon.map(|bytes| (links::file_in_release(pack, release.version(), view::ICON), bytes)));
    files.push(super::files::page(site, at)?);
    component::append(site, at, &stems, &parts, &mut files)?;
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
    let data = (structured::software(&site.base, pack, release), structured::breadcrumbs(&site.base, way));
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

/// A document of a release that its pages show.
pub(super) struct Text<'a> {
    part: Part,
    pub(super) path: &'a str,
    text: String,
    images: Images,
}

impl<'a> Text<'a> {
    /// Returns the document at a path; nothing when it is empty.
    fn of(release: &CatalogRelease, part: Part, path: Option<&'a RelPath>) -> Option<Self> {
        let path = path?.as_str();
        let bytes = release.content.read(release.content.get(path)?).ok()?;
        if bytes.trim_ascii().is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let images = images::of_document(&release.content, &text, path);
        Some(Self { part, path, text, images })
    }

    /// Returns the document's first bytes as HTML.
    pub(super) fn render(&self, site: &PackSite, at: usize, most: usize) -> Rendered {
        let Self { part, path, text, images } = self;
        let release = &site.pack.releases[at];
        Document {
            part: *part,
            text,
            path,
            source: &release.record.source,
            images,
            images_folder: &format!("{}/images", links::release_address(&site.pack.id, release.version())),
            page_of: &|path| site.files.link(&site.pack, at, path, None),
            most,
        }
        .render()
    }
}

/// Returns the icon, if it is a PNG image (by its signature, PNG specification section 5.2) of a size that pages can bear.
fn icon(release: &CatalogRelease) -> Option<Vec<u8>> {
    let entry = release.content.get(release.pack.icon.as_ref()?.as_str())?;
    if entry.size > MAX_ICON_BYTES {
        return None;
    }
    let bytes = release.content.read(entry).ok()?;
    (images::ending(&bytes) == Some("png")).then(|| bytes.to_vec())
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
