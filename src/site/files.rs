//! Which released files have pages, and where.
//!
//! A file has one page for all releases of its pack that have the same bytes at the same path. It belongs to the release that had
//! them first, so a new release adds pages of what it changed and moves none. What is too large, or too much, is in the archive
//! only.

use std::collections::HashMap;

use super::links;
use crate::catalog::CatalogPack;
use crate::config::FilePages;
use crate::content::Listed;
use crate::ident::{Digest, Fingerprint};

/// Largest file that has a page and a copy, in bytes.
pub(super) const MOST_BYTES: u64 = 1 << 20;
/// Most bytes and most files that one release adds to the pages.
const MOST_RELEASE_BYTES: u64 = 16 << 20;
const MOST_RELEASE_FILES: usize = 2_000;
/// What is made at once, as bytes of the files, and as files: memory is bounded by it.
const BATCH_BYTES: u64 = 2 << 20;
const BATCH_FILES: usize = 500;

/// Where the files of a pack have their pages.
pub(super) struct FilePlan {
    /// By release, and by file in the order of its listing.
    pages: Vec<Vec<Option<Home>>>,
    /// How many batches the pages of each release are made in.
    batches: Vec<u32>,
}

/// The release that a page belongs to, and the batch it is made with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Home {
    release: u32,
    batch: u32,
}

impl FilePlan {
    /// Plans the pages of a pack's files; reads none.
    pub(super) fn of(pack: &CatalogPack, shown: FilePages) -> Self {
        let count = pack.releases.len();
        let mut plan = Self { pages: vec![Vec::new(); count], batches: vec![0; count] };
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| {
            let release = &pack.releases[*at];
            (release.status.draft, release.published_at, release.version())
        });
        let mut homes: HashMap<(&str, Digest), Option<Home>> = HashMap::new();
        for at in order {
            let files = &pack.releases[at].listing.files;
            if shown == FilePages::List {
                plan.pages[at] = vec![None; files.len()];
                continue;
            }
            let mut room = Room::default();
            let home = |file: &Listed, room: &mut Room| {
                room.batch_of(file.size).map(|batch| Home { release: at as u32, batch })
            };
            plan.pages[at] = files
                .iter()
                .map(|file| {
                    let known = homes.entry((file.path.as_str(), file.sha256));
                    *known.or_insert_with(|| home(file, &mut room))
                })
                .collect();
            plan.batches[at] = room.batches();
        }
        plan
    }

    /// Returns the address of a file's page without its ending, if it has one; `number` is its place in the listing.
    pub(super) fn address(&self, pack: &CatalogPack, at: usize, number: usize) -> Option<String> {
        let home = self.pages[at][number]?;
        let path = &pack.releases[at].listing.files[number].path;
        let folder = folder(pack, home.release as usize, home.batch);
        Some(links::file_address(&folder, path.as_str()))
    }

    /// Returns the address of the page of the file at a path, as [`FilePlan::address`].
    pub(super) fn address_of(&self, pack: &CatalogPack, at: usize, path: &str) -> Option<String> {
        self.address(pack, at, number_of(pack, at, path)?)
    }

    /// Returns a link to the page of the file at a path, and to a line of it that it certainly has.
    pub(super) fn link(&self, pack: &CatalogPack, at: usize, path: &str, line: Option<u32>) -> Option<String> {
        let number = number_of(pack, at, path)?;
        let address = self.address(pack, at, number)?;
        let is_shown = |line: &u32| {
            let size = pack.releases[at].listing.files[number].size;
            *line > 0 && *line as usize <= super::pages::file::MOST_LINES && size <= super::pages::file::MOST_SHOWN
        };
        let anchor = line.filter(is_shown).map(|line| format!("#L{line}")).unwrap_or_default();
        Some(format!("{address}.html{anchor}"))
    }

    /// Returns the batches of a release: the folder of each, and the files in it by their places in the listing.
    pub(super) fn batches(&self, pack: &CatalogPack, at: usize) -> Vec<(String, Vec<usize>)> {
        let own = |batch: u32| {
            let home = Some(Home { release: at as u32, batch });
            let files = self.pages[at].iter().enumerate().filter(|(_, page)| **page == home);
            (folder(pack, at, batch), files.map(|(number, _)| number).collect())
        };
        (0..self.batches[at]).map(own).collect()
    }

    /// Returns the digest of where the files of a release have their pages.
    pub(super) fn key(&self, pack: &CatalogPack, at: usize) -> Digest {
        let versions: Vec<Option<(&str, u32)>> = self.pages[at]
            .iter()
            .map(|page| page.map(|home| (pack.releases[home.release as usize].version().as_str(), home.batch)))
            .collect();
        Fingerprint::of(versions)
    }
}

/// Returns the place of a path in the listing of a release.
fn number_of(pack: &CatalogPack, at: usize, path: &str) -> Option<usize> {
    pack.releases[at].listing.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
}

/// Returns the folder of a batch, as a path; a version has no `~`.
fn folder(pack: &CatalogPack, at: usize, batch: u32) -> String {
    let version = links::stem(pack.releases[at].version().as_str());
    let more = if batch == 0 { String::new() } else { format!("~{}", batch + 1) };
    format!("{}/files/{version}{more}", links::pack_address(&pack.id))
}

/// What a release has added so far.
#[derive(Default)]
struct Room {
    files: usize,
    bytes: u64,
    batch: u32,
    batch_files: usize,
    batch_bytes: u64,
}

impl Room {
    /// Takes a file in; returns its batch, or nothing when there is no room for it.
    fn batch_of(&mut self, size: u64) -> Option<u32> {
        if size > MOST_BYTES || self.files == MOST_RELEASE_FILES || self.bytes + size > MOST_RELEASE_BYTES {
            return None;
        }
        if self.batch_files == BATCH_FILES || (self.batch_files > 0 && self.batch_bytes + size > BATCH_BYTES) {
            self.batch += 1;
            (self.batch_files, self.batch_bytes) = (0, 0);
        }
        (self.files, self.bytes) = (self.files + 1, self.bytes + size);
        (self.batch_files, self.batch_bytes) = (self.batch_files + 1, self.batch_bytes + size);
        Some(self.batch)
    }

    fn batches(&self) -> u32 {
        if self.files == 0 { 0 } else { self.batch + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_made_in_batches_and_has_an_end() {
        let mut room = Room::default();
        assert_eq!(room.batches(), 0);
        assert_eq!(room.batch_of(MOST_BYTES + 1), None);
        assert_eq!(
            [room.batch_of(MOST_BYTES), room.batch_of(MOST_BYTES), room.batch_of(1)],
            [Some(0), Some(0), Some(1)]
        );
        assert_eq!(room.batches(), 2);
        let more = (0..20).filter(|_| room.batch_of(MOST_BYTES).is_some()).count();
        assert_eq!(more, 13, "16 MiB in all");
        let mut room = Room::default();
        let batches: Vec<_> = (0..2_500).map(|_| room.batch_of(0)).collect();
        assert_eq!((batches[499], batches[500], batches[1_999], batches[2_000]), (Some(0), Some(1), Some(3), None));
    }
}
