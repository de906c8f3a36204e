//! What is too long for the page of a pack, on a page of its own: all components, the whole README, all findings, all versions,
//! all packs that need it.

use serde::Serialize;

use super::findings::{Findings, findings, newer};
use super::release::{Text, VersionRow};
use super::view::{self, Group, Need};
use super::{BROWSE, Head};
use crate::catalog::CatalogRelease;
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::site::templates::Shared;
use crate::site::{PackSite, links, markdown};

/// Most findings that are listed at all.
const MOST_FINDINGS: usize = 1_000;
/// Most packs that are listed at all.
const MOST_DEPENDENTS: usize = 10_000;

/// One of those pages; what it shows is the one that is there.
#[derive(Serialize, Default)]
struct More<'a> {
    head: Head<'a>,
    heading: &'static str,
    /// Whether it is about the pack rather than the release.
    is_of_pack: bool,
    groups: Vec<Group<'a>>,
    findings: Option<Findings<'a>>,
    versions: Vec<VersionRow<'a>>,
    dependents: Vec<Need<'a>>,
    has_readme: bool,
}

/// What the pages of a release have in common.
type Parts<'s> = [(&'static str, &'s Shared)];

/// A finished page.
type Page = Result<(RelPath, Vec<u8>), RenderError>;

/// Makes `<version>/components.html`.
pub(super) fn components(site: &PackSite, release: &CatalogRelease, stems: &[String], parts: &Parts<'_>) -> Page {
    let path = links::file_in_release(&site.pack, release.version(), "components.html");
    let groups = view::groups(site, release, stems, usize::MAX);
    let head = head(site, &path, format!("Components of {} {}", site.pack.id, release.version()));
    page(site, path, More { head, heading: "Components", groups, ..More::default() }, parts)
}

/// Makes `<version>/readme.html`.
pub(super) fn readme(site: &PackSite, at: usize, text: &Text<'_>, parts: &Parts<'_>) -> Page {
    let release = &site.pack.releases[at];
    let path = links::file_in_release(&site.pack, release.version(), "readme.html");
    let html = text.render(site, at, usize::MAX).html;
    let html = Shared::html(&markdown::on_page(&html, &links::root(&path)));
    let head = head(site, &path, format!("README of {} {}", site.pack.id, release.version()));
    let parts: Vec<_> = parts.iter().copied().chain([("readme", &html)]).collect();
    page(site, path, More { head, heading: "README", has_readme: true, ..More::default() }, &parts)
}

/// Makes `<version>/findings.html`.
pub(super) fn findings_of(site: &PackSite, at: usize, parts: &Parts<'_>) -> Page {
    let release = &site.pack.releases[at];
    let path = links::file_in_release(&site.pack, release.version(), "findings.html");
    let findings = Some(findings(&*release.findings, Some((site, at)), MOST_FINDINGS));
    let head = head(site, &path, format!("Findings in {} {}", site.pack.id, release.version()));
    page(site, path, More { head, heading: "Findings", findings, ..More::default() }, parts)
}

/// Makes `findings.html` of the pack: those in the newest state of its source.
pub(super) fn newest_findings(site: &PackSite, parts: &Parts<'_>) -> Page {
    let path = RelPath::composed(format!("{}/findings.html", links::pack_address(&site.pack.id)));
    let found = newer(&site.pack.latest().findings, &site.pack.findings);
    let findings = Some(findings(found, None, MOST_FINDINGS));
    let head = head(site, &path, format!("Findings in the newest state of {}", site.pack.id));
    page(site, path, More { head, heading: "Findings", is_of_pack: true, findings, ..More::default() }, parts)
}

/// Makes `versions.html` of the pack.
pub(super) fn versions(site: &PackSite, versions: Vec<VersionRow<'_>>, parts: &Parts<'_>) -> Page {
    let path = RelPath::composed(format!("{}/versions.html", links::pack_address(&site.pack.id)));
    let head = head(site, &path, format!("Versions of {}", site.pack.id));
    page(site, path, More { head, heading: "Versions", is_of_pack: true, versions, ..More::default() }, parts)
}

/// Makes `dependents.html` of the pack.
pub(super) fn dependents(site: &PackSite, parts: &Parts<'_>) -> Page {
    let path = RelPath::composed(format!("{}/dependents.html", links::pack_address(&site.pack.id)));
    let head = head(site, &path, format!("Packs that need {}", site.pack.id));
    let dependents = view::dependents(site, MOST_DEPENDENTS);
    page(site, path, More { head, heading: "Needed by", is_of_pack: true, dependents, ..More::default() }, parts)
}

fn head(site: &PackSite, path: &RelPath, title: String) -> Head<'static> {
    let address = path.as_str().rsplit_once('/').map_or("", |(_, file)| file);
    let folder = path.as_str().strip_suffix(address).unwrap_or_default();
    let folder = links::segments(folder);
    let address = format!("{folder}{address}");
    let is_of_pack = folder.trim_end_matches('/') == links::pack_address(&site.pack.id);
    Head {
        json: Some(format!("{folder}{}.json", if is_of_pack { "pack" } else { "release" })),
        canonical: site.base.absolute(&address),
        // What it holds is found by the page that it belongs to.
        is_unlisted: true,
        section: Some(BROWSE),
        ..Head::new(path, title)
    }
}

fn page(site: &PackSite, path: RelPath, more: More<'_>, parts: &Parts<'_>) -> Page {
    site.base.templates.render("more.html", &path, parts, &more).map(|html| (path, html))
}
