//! What readers must know before they install: draft, quarantined, yanked, renamed, archived, deprecated, prerelease, not the
//! newest.

use serde::Serialize;

use crate::catalog::{CatalogPack, CatalogRelease, Status};
use crate::ident::PackId;
use crate::pack::VersionedBy;
use crate::site::{Around, PackSite, links, source_links};

/// A box above the content.
#[derive(Serialize)]
pub(super) struct Notice<'a> {
    /// How it looks: `danger`, `warning` or `info`.
    tone: &'static str,
    title: String,
    text: &'a str,
    /// Where more is said: an address, and whether it is one that may be followed.
    advisory: Option<(&'a str, bool)>,
    /// Where to go instead: words and address.
    instead: Option<(String, String)>,
    /// The page that says what changed until then.
    changes: Option<String>,
    /// Whether it leads to the default release: the page of a component leads to the same component there.
    to_default: bool,
}

impl<'a> Notice<'a> {
    fn new(tone: &'static str, title: String, text: &'a str) -> Self {
        Self { tone, title, text, advisory: None, instead: None, changes: None, to_default: false }
    }
}

/// What is said of a draft.
const DRAFT: &str =
    "This is what the working directory holds. It is in this preview only: nobody can install it from the registry.";
/// What is said of a release that no tag and no manifest numbers.
const UNVERSIONED: &str =
    "Each commit that changes it is a release, named by its time and its id: pin one rather than follow the newest.";
/// What is said of a draft whose version is taken.
const TAKEN: &str = "This is what the working directory holds, and its version is released with other content: raise the version to release it.";

/// Returns the word for a pack and the release of it that is shown, if something is to be known of them.
pub(in crate::site) fn word(pack: &CatalogPack, release: &CatalogRelease) -> Option<&'static str> {
    match word_of_release(pack, release) {
        grave @ Some("draft" | "quarantined" | "yanked") => grave,
        _ if pack.status.renamed.is_some() => Some("renamed"),
        _ if pack.status.archived.is_some() => Some("archived"),
        other => other,
    }
}

/// Returns the word for a release that should not be chosen.
pub(super) fn word_of_release(pack: &CatalogPack, release: &CatalogRelease) -> Option<&'static str> {
    let (of_pack, of_release) = (&pack.status, &release.status);
    if of_release.draft {
        Some("draft")
    } else if of_pack.quarantined.is_some() || of_release.quarantined.is_some() {
        Some("quarantined")
    } else if of_pack.yanked.is_some() || of_release.yanked.is_some() {
        Some("yanked")
    } else if of_pack.deprecated.is_some() || of_release.deprecated.is_some() {
        Some("deprecated")
    } else if is_unversioned(release) {
        Some("unversioned")
    } else if release.version().is_prerelease() {
        Some("prerelease")
    } else {
        None
    }
}

/// Tells whether a release has no version but that of the commit it is.
fn is_unversioned(release: &CatalogRelease) -> bool {
    release.pack.versioned_by == VersionedBy::Source && release.record.source.tag.is_none()
}

/// Returns the boxes of a release, gravest first.
pub(super) fn notices(site: &PackSite, at: usize) -> Vec<Notice<'_>> {
    let (pack, around) = (&*site.pack, &*site.around);
    let release = &pack.releases[at];
    let mut notices = Vec::new();
    if release.status.draft {
        let text = if has_taken_version(pack, release) { TAKEN } else { DRAFT };
        let title = "Draft: not released".to_owned();
        notices.push(Notice::new("warning", title, text));
    }
    of_status(around, pack, &pack.status, "This pack", &mut notices);
    if is_wholly_yanked(pack) {
        let title = "Every release of this pack is yanked".to_owned();
        notices.push(Notice::new("danger", title, "None is offered; each can still be had by its exact version."));
    }
    of_status(around, pack, &release.status, "This release", &mut notices);
    let latest = pack.latest();
    let other = release.version() != latest.version();
    let instead =
        other.then(|| (format!("Go to {}", latest.version()), format!("{}/index.html", links::pack_address(&pack.id))));
    if other {
        let tone = if release.version() < latest.version() { "warning" } else { "info" };
        let title = if latest.status.draft {
            format!("There is a draft, which is not released: {}", latest.version())
        } else if release.version() < latest.version() {
            format!("There is a newer release: {}", latest.version())
        } else {
            format!("This is not the default release; that is {}", latest.version())
        };
        let is_prerelease = release.version().is_prerelease() && !is_unversioned(release);
        let text = if is_prerelease { "This is a prerelease." } else { "" };
        let changes = super::comparisons::with_default(site, at);
        notices.push(Notice { instead, changes, to_default: true, ..Notice::new(tone, title, text) });
    } else if is_unversioned(release) && !release.status.draft {
        let (title, text) = ("This pack has no versions".to_owned(), UNVERSIONED);
        notices.push(Notice::new("info", title, text));
    } else if release.version().is_prerelease() && !release.status.draft {
        let text = "The pack has no stable release that may be chosen.";
        notices.push(Notice::new("info", "This is a prerelease".to_owned(), text));
    }
    notices
}

/// Tells whether a pack has releases, and all of them are yanked.
fn is_wholly_yanked(pack: &CatalogPack) -> bool {
    let is_yanked = |release: &CatalogRelease| release.status.yanked.is_some();
    pack.releases.len() > 1 && pack.releases.iter().all(is_yanked)
}

/// Tells whether a draft was renamed because a release has its version.
fn has_taken_version(pack: &CatalogPack, draft: &CatalogRelease) -> bool {
    pack.releases.iter().any(|release| {
        let rest = draft.version().as_str().strip_prefix(release.version().as_str());
        !release.status.draft && rest.is_some_and(|rest| rest.starts_with("+draft") || rest.starts_with(".draft"))
    })
}

fn of_status<'a>(around: &Around, pack: &CatalogPack, status: &'a Status, what: &str, notices: &mut Vec<Notice<'a>>) {
    if let Some(reason) = &status.quarantined {
        let title = format!("{what} is quarantined: it is held back until somebody decides");
        notices.push(Notice::new("danger", title, reason));
    }
    if let Some(reason) = &status.yanked {
        let title = format!("{what} is yanked: it should no longer be chosen");
        let advisory = status.advisory.as_deref().map(|text| match source_links::web_url(text) {
            Some(address) => (address, true),
            None => (text, false),
        });
        notices.push(Notice { advisory, ..Notice::new("danger", title, reason) });
    }
    if let Some((to, reason)) = &status.renamed {
        let title = format!("{what} goes on as {to}");
        let instead = pack_link(around, to);
        notices.push(Notice { instead, ..Notice::new("warning", title, reason) });
    }
    if let Some(reason) = &status.archived {
        let title = format!("{what} is archived: nobody maintains it");
        notices.push(Notice::new("warning", title, reason));
    }
    if let Some((reason, successor)) = &status.deprecated {
        let instead = successor.as_deref().and_then(|successor| successor_address(around, pack, successor));
        let title = match successor {
            Some(successor) => format!("{what} is deprecated: use {successor} instead"),
            None => format!("{what} is deprecated"),
        };
        notices.push(Notice { instead, ..Notice::new("warning", title, reason) });
    }
}

fn successor_address(around: &Around, pack: &CatalogPack, successor: &str) -> Option<(String, String)> {
    match pack.releases.iter().find(|release| release.version().as_str() == successor) {
        Some(release) => {
            let address = format!("{}/index.html", links::release_address(&pack.id, release.version()));
            Some((format!("Go to {successor}"), address))
        }
        None => pack_link(around, &successor.parse().ok()?),
    }
}

/// Returns the words and the address that lead to another pack, if it is in the catalog.
fn pack_link(around: &Around, id: &PackId) -> Option<(String, String)> {
    let link = || (format!("Go to {id}"), format!("{}/index.html", links::pack_address(id)));
    around.present.contains(id).then(link)
}
