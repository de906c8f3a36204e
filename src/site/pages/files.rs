//! The list of a release's files.

use serde::Serialize;

use super::file::folders;
use super::{Head, home};
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::site::{PackSite, links, text};

/// Most files that are listed.
const MOST_ROWS: usize = 3_000;
/// Deepest folder that is indented.
const DEEPEST: usize = 6;

#[derive(Serialize)]
struct FilesPage<'a> {
    head: Head<'a>,
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    pack: &'a str,
    pack_address: String,
    version: &'a str,
    address: String,
    /// Empty for a draft.
    date: String,
    time: String,
    archive: String,
    archive_size: String,
    count: String,
    size: String,
    rows: Vec<Row<'a>>,
    left_out: usize,
}

/// A folder or a file.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    depth: usize,
    /// What is left is that of a file.
    anchor: Option<String>,
    address: Option<String>,
    size: String,
    sha256: String,
    executable: bool,
}

/// Makes the list of the files of a release.
pub(super) fn page(site: &PackSite, at: usize) -> Result<(RelPath, Vec<u8>), RenderError> {
    let (base, pack) = (&site.base, &*site.pack);
    let release = &pack.releases[at];
    let path = links::file_in_release(pack, release.version(), "files.html");
    let address = links::release_address(&pack.id, release.version());
    let rows = rows(site, at);
    let count = release.listing.files.len();
    let page = FilesPage {
        head: Head {
            root: links::root(&path),
            title: format!("Files of {} {}", pack.id, release.version()).into(),
            description: format!("The {} of {} {}.", text::count(count, "file", "files"), pack.id, release.version())
                .into(),
            canonical: base.absolute(&format!("{address}/files.html")),
            json: Some(format!("{address}/release.json")),
            section: Some(super::BROWSE),
            ..Head::default()
        },
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        pack: pack.id.name.as_str(),
        pack_address: links::pack_address(&pack.id),
        version: release.version().as_str(),
        address,
        date: if release.status.draft { String::new() } else { home::date(release) },
        time: release.published_at.to_string(),
        archive: links::archive_address(&pack.id, release.version()),
        archive_size: text::size(release.record.archive.size),
        count: text::count(count, "file", "files"),
        size: text::size(release.listing.size()),
        rows,
        left_out: count.saturating_sub(MOST_ROWS),
    };
    let html = base.templates.render("files.html", &path, &[("site", &base.frame)], &page)?;
    Ok((path, html))
}

/// Returns the rows: in each folder its folders first, then its files.
fn rows(site: &PackSite, at: usize) -> Vec<Row<'_>> {
    let files = &site.pack.releases[at].listing.files;
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by(|a, b| files_last(files[*a].path.as_str(), files[*b].path.as_str()));
    let (mut rows, mut open): (Vec<Row<'_>>, Vec<&str>) = (Vec::new(), Vec::new());
    for number in order.into_iter().take(MOST_ROWS) {
        let file = &files[number];
        let folders = folders(&file.path);
        let common = open.iter().zip(&folders).take_while(|(open, (folder, _))| *open == folder).count();
        open.truncate(common);
        for (name, anchor) in folders.into_iter().skip(common) {
            let depth = open.len().min(DEEPEST);
            open.push(name);
            let (address, size, sha256) = (None, String::new(), String::new());
            rows.push(Row { name, depth, anchor: Some(anchor), address, size, sha256, executable: false });
        }
        rows.push(Row {
            name: file.path.file_name(),
            depth: open.len().min(DEEPEST),
            anchor: None,
            address: site.files.address(&site.pack, at, number).map(|address| format!("{address}.html")),
            size: text::size(file.size),
            sha256: file.sha256.hex(),
            executable: file.executable,
        });
    }
    rows
}

/// Orders paths so that what lies in folders comes before the files beside them.
fn files_last(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut left, mut right) = (a.split('/').peekable(), b.split('/').peekable());
    loop {
        match (left.next(), right.next()) {
            (Some(one), Some(other)) => {
                let (is_file, is_other_file) = (left.peek().is_none(), right.peek().is_none());
                let order = is_file.cmp(&is_other_file).then_with(|| one.cmp(other));
                if order.is_ne() {
                    return order;
                }
            }
            (one, other) => return one.cmp(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_before_files() {
        let mut paths = ["b", "a/z", "a/b/c", "a-b", "c/d", "a/a"];
        paths.sort_by(|a, b| files_last(a, b));
        assert_eq!(paths, ["a/b/c", "a/a", "a/z", "c/d", "a-b", "b"]);
    }
}
