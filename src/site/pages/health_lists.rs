//! Lists that are too long for `health.html`, in pages: the packs to mend, those that break a rule, those with nothing to mend.
//!
//! ```text
//! health/page-2.html …                       the packs to mend, of which `health.html` has the first
//! health/rules/<code>/index.html, page-2.html …
//! health/clean/index.html, page-2.html …
//! ```

use serde::Serialize;

use super::browse::{PageLink, page_links};
use super::health::{Named, OfPack};
use super::{Files, HEALTH, Head};
use crate::ident::RelPath;
use crate::site::Site;
use crate::site::text::Piece;

/// The folder of all of them.
pub(in crate::site) const FOLDER: &str = "health";
/// The folder of the packs with nothing to mend.
pub(super) const CLEAN: &str = "health/clean";
/// Most packs on a page that says what is wrong with each.
pub(super) const PER_PAGE: usize = 100;
/// Most packs on a page that names them only.
const NAMES_PER_PAGE: usize = 300;

/// What a list is about.
pub(super) struct List {
    pub(super) folder: String,
    pub(super) title: String,
    /// The rule that its packs break, and what that is; empty when it is about none.
    pub(super) code: &'static str,
    pub(super) fault: Vec<Piece<'static>>,
}

#[derive(Serialize)]
struct Page<'a> {
    head: Head<'a>,
    /// What its place is called on the way to it.
    here: &'a str,
    code: &'static str,
    fault: &'a [Piece<'static>],
    /// How many packs there are, and which of them are here.
    count: usize,
    first: usize,
    last: usize,
    packs: &'a [OfPack<'a>],
    names: &'a [Named<'a>],
    pages: Vec<PageLink>,
}

/// Returns the address of a page of the packs to mend.
pub(super) fn page(number: usize) -> String {
    if number == 1 { HEALTH.to_owned() } else { format!("{FOLDER}/page-{number}.html") }
}

/// Returns the folder of the packs that break a rule.
pub(super) fn of_rule(code: &str) -> String {
    format!("{FOLDER}/rules/{code}")
}

/// Makes the pages of the packs to mend, but for the first.
pub(super) fn packs(site: &Site, packs: &[OfPack<'_>]) -> Files {
    let last = packs.len().div_ceil(PER_PAGE);
    let one = |(at, here): (usize, &[OfPack<'_>])| {
        let (path, number) = (RelPath::composed(page(at + 1)), at + 1);
        let page = Page {
            head: head(site, &path, format!("Packs to mend, page {number}")),
            here: "Packs to mend",
            code: "",
            fault: &[],
            count: packs.len(),
            first: at * PER_PAGE + 1,
            last: at * PER_PAGE + here.len(),
            packs: here,
            names: &[],
            pages: page_links(page, number, last),
        };
        render(site, path, &page)
    };
    packs.chunks(PER_PAGE).enumerate().skip(1).map(one).collect()
}

/// Makes all pages of a list of names.
pub(super) fn names(site: &Site, list: &List, packs: &[Named<'_>]) -> Files {
    let address = |number: usize| match number {
        1 => format!("{}/index.html", list.folder),
        number => format!("{}/page-{number}.html", list.folder),
    };
    let last = packs.len().div_ceil(NAMES_PER_PAGE);
    let one = |(at, here): (usize, &[Named<'_>])| {
        let (path, number) = (RelPath::composed(address(at + 1)), at + 1);
        let title = if number == 1 { list.title.clone() } else { format!("{}, page {number}", list.title) };
        let page = Page {
            head: head(site, &path, title),
            here: if list.code.is_empty() { "Nothing to mend" } else { list.code },
            code: list.code,
            fault: &list.fault,
            count: packs.len(),
            first: at * NAMES_PER_PAGE + 1,
            last: at * NAMES_PER_PAGE + here.len(),
            packs: &[],
            names: here,
            pages: page_links(address, number, last),
        };
        render(site, path, &page)
    };
    packs.chunks(NAMES_PER_PAGE).enumerate().map(one).collect()
}

fn head<'a>(site: &Site, path: &RelPath, title: String) -> Head<'a> {
    Head {
        canonical: site.base.absolute(path.as_str()),
        // The packs that it names are what should be found.
        is_unlisted: true,
        section: Some(HEALTH),
        ..Head::new(path, title)
    }
}

fn render(site: &Site, path: RelPath, page: &Page<'_>) -> Result<(RelPath, Vec<u8>), crate::output::RenderError> {
    let html = site.base.templates.render("health-list.html", &path, &[("site", &site.base.frame)], page)?;
    Ok((path, html))
}
