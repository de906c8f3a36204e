//! What a registry keeps is read back: archives and histories, with and without faults.

use std::collections::BTreeMap;

use packyard::content::Listing;
use packyard::content::archive;
use packyard::content::reader::{self, ArchiveLimits};
use packyard::ident::Digest;
use packyard::index::event::What;
use packyard::index::history::History;
use packyard::pack::Memo;
use packyard::source::Limits;
use proptest::prelude::*;

use super::memory::snapshot;
use super::{edits, mutated};

const TOP: &str = "demo";

fn limits() -> ArchiveLimits {
    Limits { files: 50, file_bytes: 1 << 16, pack_bytes: 1 << 18, depth: 8 }.into()
}

/// Gives the files of a small pack.
fn files() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let path = "[a-z]{1,8}(/[a-z.]{1,6}[a-z]){0,2}";
    let content =
        prop_oneof!["[ -~\n]{0,200}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..600)];
    prop::collection::btree_map(path, content, 0..8).prop_map(|files| {
        // A file cannot be a directory too.
        let paths: Vec<String> = files.keys().cloned().collect();
        let is_directory = |path: &str| paths.iter().any(|other| other.starts_with(&format!("{path}/")));
        files.into_iter().filter(|(path, _)| !is_directory(path)).collect()
    })
}

fn archived(files: &BTreeMap<String, Vec<u8>>) -> (Listing, Vec<u8>) {
    let snapshot = snapshot(files);
    let listing = Listing::of(&snapshot, &Memo::new()).expect("files in memory are readable");
    let archive = archive::write(TOP, &snapshot, &listing).expect("the paths are short");
    (listing, archive.bytes)
}

/// Takes the gzip container off.
fn unwrapped(gzip: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec(&gzip[10..gzip.len() - 8]).expect("our own archive")
}

/// Puts a gzip container on, with the checksum and size that belong to the content (RFC 1952).
fn wrapped(tar: &[u8], header: &[u8]) -> Vec<u8> {
    let mut gzip = header.to_vec();
    gzip.extend(miniz_oxide::deflate::compress_to_vec(tar, 6));
    gzip.extend(crc32fast::hash(tar).to_le_bytes());
    gzip.extend((tar.len() as u32).to_le_bytes());
    gzip
}

/// Holds what was read from an archive to itself: the listing is that of the files.
fn read_is_consistent(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let Ok((snapshot, listing)) = reader::read(bytes, TOP, &limits()) else { return Ok(false) };
    let again = Listing::of(&snapshot, &Memo::new()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(again, listing);
    Ok(true)
}

/// Returns a history of some events.
fn history() -> String {
    let mut history = History::empty("attune/demo".parse().expect("an identity"));
    let at = "2026-01-05T10:00:00Z".parse().expect("a time");
    let source = "https://git.example.org/demo".to_owned();
    history.append(at, What::Owner { source, reason: None }).expect("the first event");
    for reason in ["old", "older"] {
        let event = What::Deprecate { version: None, reason: reason.to_owned(), successor: None };
        history.append(at, event).expect("an event");
    }
    history.new_lines().to_owned()
}

proptest! {
    /// Ensures that an archive gives back what was put in.
    #[test]
    fn archives_are_read_back(files in files()) {
        let (listing, bytes) = archived(&files);
        let read = reader::read(&bytes, TOP, &limits());
        let (snapshot, read_listing) = read.map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert_eq!(read_listing, listing);
        for (path, content) in &files {
            let entry = snapshot.get(path).expect("every file is there");
            prop_assert_eq!(&*snapshot.read(entry).expect("readable"), content.as_slice());
        }
    }

    /// Ensures that bytes of anybody are refused or read, never more.
    #[test]
    fn archives_of_any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read_is_consistent(&bytes)?;
    }

    /// Ensures that no change to the container passes unnoticed.
    #[test]
    fn damaged_archives_are_survived(files in files(), edits in edits()) {
        let (_, bytes) = archived(&files);
        read_is_consistent(&mutated(&bytes, &edits))?;
    }

    /// Ensures that lies in the tar stream, in a container that fits, never give what the listing inside does not say.
    #[test]
    fn lying_archives_are_survived(files in files(), edits in edits()) {
        let (listing, bytes) = archived(&files);
        let tar = unwrapped(&bytes);
        let changed = mutated(&tar, &edits);
        let lying = wrapped(&changed, &bytes[..10]);
        if read_is_consistent(&lying)? && changed != tar {
            let (_, read) = reader::read(&lying, TOP, &limits()).expect("it was read before");
            prop_assert_ne!(read.content_digest, listing.content_digest, "two archives of one content");
        }
    }

    /// Ensures that a history with a fault is refused, or that its head stands for the bytes as they are.
    #[test]
    fn damaged_histories_are_survived(edits in edits()) {
        let text = String::from_utf8_lossy(&mutated(history().as_bytes(), &edits)).into_owned();
        if let Ok(history) = History::parse("attune/demo".parse().expect("an identity"), &text) {
            let lines: Vec<&str> = text.split_terminator('\n').collect();
            prop_assert_eq!(history.lines(), lines.len() as u64);
            prop_assert_eq!(history.head(), lines.last().map(|line| Digest::of(line.as_bytes())));
        }
    }
}
