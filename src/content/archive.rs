//! The archive: one deterministic tarball per release.
//!
//! 1. The files of the listing, and `SHA256SUMS` itself, in bytewise path order, below one directory named after the pack.
//! 2. Per file a ustar header (POSIX.1-1988) with mode 0644 or 0755 and nothing of a machine: no owner, group or time.
//! 3. `gzip` wraps it; digest and size are taken from these bytes.
//!
//! Specified in `docs/format/archive.md`. The same listing gives the same bytes for ever: a golden digest holds this in place.

use super::{Listing, PATH_TOO_LONG_FOR_ARCHIVE, RESERVED_PATH, gzip, tarball};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ident::{Digest, RelPath};
use crate::source::{ReadError, Snapshot};

/// The name of the file list at the top of every archive.
pub const LISTING_NAME: &str = "SHA256SUMS";

/// The unit of a tar stream, in bytes.
pub(super) const BLOCK: usize = 512;

/// What the `name` field of a ustar header holds, in bytes; a longer path has to be split (POSIX.1-1988).
const NAME_BYTES: usize = 100;

/// A release's archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The `.tar.gz`.
    pub bytes: Vec<u8>,
    /// The SHA-256 of the bytes.
    pub sha256: Digest,
    /// The number of bytes.
    pub size: u64,
}

/// Says why a release cannot be archived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// A file could not be read, or is not what was listed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A path that ustar cannot hold.
    #[error("`{0}` is too long for a ustar archive")]
    PathTooLong(RelPath),
    /// A path that the archive itself needs.
    #[error("`{0}` is reserved in archives")]
    Reserved(RelPath),
}

/// Returns the findings about paths that cannot be archived below the directory `top`: to be asked when a pack is read, so
/// that [`write()`] meets none of them.
pub fn check<'a>(top: &str, paths: impl IntoIterator<Item = &'a RelPath>) -> Vec<Diagnostic> {
    let mut sink = Sink::new();
    for path in paths {
        if is_reserved(path) {
            sink.report(RESERVED_PATH, Place::file(path.as_str()), format!("`{path}` is reserved in archives"))
                .help("rename the file");
        }
        let is_short = top.len() + 1 + path.as_str().len() <= NAME_BYTES;
        if !is_short && header(top, path.as_str(), 0, false).is_none() {
            let message = format!("`{top}/{path}` does not fit into the path of a ustar header");
            sink.report(PATH_TOO_LONG_FOR_ARCHIVE, Place::file(path.as_str()), message)
                .help("use shorter names: at most 100 bytes behind a `/`, at most 155 before it");
        }
    }
    sink.finish()
}

/// Returns the archive of a release, with all files and their `SHA256SUMS` below the directory `top`.
///
/// Every file is held against the listing once more, so that no archive can disagree with its own list.
pub fn write(top: &str, snapshot: &Snapshot, listing: &Listing) -> Result<Archive, ArchiveError> {
    let bytes = gzip::compress(&stream(top, snapshot, listing)?);
    Ok(Archive { sha256: Digest::of(&bytes), size: bytes.len() as u64, bytes })
}

/// Returns the tar stream of a release.
pub(super) fn stream(top: &str, snapshot: &Snapshot, listing: &Listing) -> Result<Vec<u8>, ArchiveError> {
    let list = listing.text();
    let content: usize = listing.files.iter().map(|file| file.size as usize + 2 * BLOCK).sum();
    let mut builder = tar::Builder::new(Vec::with_capacity(content + list.len() + 5 * BLOCK));
    let place_of_list = listing.files.partition_point(|file| file.path.as_str() < LISTING_NAME);
    for (place, file) in listing.files.iter().enumerate() {
        if place == place_of_list {
            append(&mut builder, top, &RelPath::composed(LISTING_NAME), list.as_bytes(), false)?;
        }
        if is_reserved(&file.path) {
            return Err(ArchiveError::Reserved(file.path.clone()));
        }
        let changed = || ReadError::Changed(file.path.to_string());
        let bytes = snapshot.read(snapshot.get(file.path.as_str()).ok_or_else(changed)?)?;
        if bytes.len() as u64 != file.size || Digest::of(&bytes) != file.sha256 {
            return Err(changed().into());
        }
        append(&mut builder, top, &file.path, &bytes, file.executable)?;
    }
    if place_of_list == listing.files.len() {
        append(&mut builder, top, &RelPath::composed(LISTING_NAME), list.as_bytes(), false)?;
    }
    Ok(builder.into_inner().expect("memory takes every write"))
}

/// Returns the header of a file; nothing when ustar cannot hold its path.
///
/// The only headers that archives have: the reader makes them again and compares.
pub(super) fn header(top: &str, path: &str, size: u64, executable: bool) -> Option<tar::Header> {
    tarball::header(&format!("{top}/{path}"), size, executable)
}

/// Tells whether a path is needed by the archive, on any system: where case is ignored, `sha256sums` is `SHA256SUMS`.
///
/// A file `-` at the top would make `sha256sum -c` read its standard input.
pub(super) fn is_reserved(path: &RelPath) -> bool {
    let first = path.as_str().split('/').next().unwrap_or_default();
    first.eq_ignore_ascii_case(LISTING_NAME) || path.as_str() == "-"
}

fn append(
    builder: &mut tar::Builder<Vec<u8>>,
    top: &str,
    path: &RelPath,
    bytes: &[u8],
    executable: bool,
) -> Result<(), ArchiveError> {
    let header = header(top, path.as_str(), bytes.len() as u64, executable)
        .ok_or_else(|| ArchiveError::PathTooLong(path.clone()))?;
    // `append`, not `append_data`: the latter writes a GNU entry for a path that ustar cannot hold.
    builder.append(&header, bytes).expect("memory takes every write");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::samples::{listed, snapshot};
    use super::*;

    const FILES: &[(&str, &[u8], bool)] = &[
        ("README.md", b"# Echo\n", false),
        ("Zebra.txt", b"", false),
        ("actions/echo.sh", b"#!/bin/sh\necho \"$1\"\n", true),
        ("pack.yaml", b"ref: echo\nversion: 1.0.0\n", false),
    ];

    fn archive(files: &[(&str, &[u8], bool)]) -> Result<Archive, ArchiveError> {
        let snapshot = snapshot(files);
        write("echo", &snapshot, &listed(&snapshot))
    }

    /// Holds the format in place: a change of these bytes breaks every registry that recorded a digest.
    #[test]
    fn golden_archive() {
        let archive = archive(FILES).unwrap();
        assert_eq!(archive.size, archive.bytes.len() as u64);
        assert_eq!(
            archive.sha256.to_string(),
            "sha256:f9e2f0196b07bc464f55d0f00db3ed5c35fe00cf9d9864581eb98b9a30f7147f"
        );
    }

    /// Unpacks with the tar of the system and checks with its `sha256sum`, as a suspicious user would.
    #[test]
    fn archive_is_checked_by_other_tools() {
        use std::process::Command;
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("a.tar.gz"), archive(FILES).unwrap().bytes).unwrap();
        let run = |program: &str, arguments: &[&str], at: &str| {
            Command::new(program).args(arguments).current_dir(directory.path().join(at)).output()
        };
        let Ok(listed) = run("tar", &["tf", "a.tar.gz"], "") else { return };
        let expected = "echo/README.md\necho/SHA256SUMS\necho/Zebra.txt\necho/actions/echo.sh\necho/pack.yaml\n";
        assert_eq!(String::from_utf8_lossy(&listed.stdout), expected);
        assert!(run("tar", &["xf", "a.tar.gz"], "").unwrap().status.success());
        let Ok(checked) = run("sha256sum", &["--strict", "-c", "SHA256SUMS"], "echo") else { return };
        assert!(checked.status.success(), "{checked:?}");
        assert_eq!(checked.stdout.iter().filter(|byte| **byte == b'\n').count(), FILES.len());
    }

    /// A path of 101 bytes without a slash that could split it is the shortest that does not fit.
    #[test]
    fn path_that_ustar_cannot_hold_is_an_error_and_a_finding() {
        let long = "x".repeat(101);
        let fits = format!("{}/{}", "d".repeat(150), "x".repeat(100));
        assert!(archive(&[(&fits, b"", false)]).is_ok());
        assert_eq!(archive(&[(&long, b"", false)]), Err(ArchiveError::PathTooLong(RelPath::composed(&long))));
        let found = check("echo", [&RelPath::composed(&long), &RelPath::composed(&fits)]);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [PATH_TOO_LONG_FOR_ARCHIVE]);
    }

    #[test]
    fn reserved_path_is_an_error_and_a_finding() {
        for path in ["SHA256SUMS", "sha256sums", "Sha256Sums/x", "-"] {
            assert_eq!(archive(&[(path, b"", false)]), Err(ArchiveError::Reserved(RelPath::composed(path))));
            assert_eq!(check("echo", [&RelPath::composed(path)])[0].code, RESERVED_PATH);
        }
        assert!(archive(&[("docs/SHA256SUMS", b"", false), ("docs/-", b"", false)]).is_ok());
    }

    #[test]
    fn file_that_is_not_what_was_listed_is_an_error() {
        let (before, after) = (snapshot(&[("a", b"1", false)]), snapshot(&[("a", b"2", false)]));
        let changed = ArchiveError::Read(ReadError::Changed("a".to_owned()));
        assert_eq!(write("echo", &after, &listed(&before)), Err(changed.clone()));
        assert_eq!(write("echo", &snapshot(&[]), &listed(&before)), Err(changed));
    }
}
