//! Deterministic tarballs of any files, for feeds whose clients want another layout than the registry's own archive.
//!
//! The same headers and the same gzip as [`archive`](super::archive): ustar, regular files only, bytewise path order, mode 0644
//! or 0755, nothing of a machine. The paths are the caller's: files may lie at the root, or below a directory of any name.

use std::sync::Arc;

use super::archive::ArchiveError;
use super::gzip;
use crate::ident::RelPath;
use crate::source::{ReadError, Snapshot};

/// A file of a tarball.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TarFile {
    /// Where it lies in the tarball.
    pub path: RelPath,
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// Whether it is executable.
    pub executable: bool,
}

/// Returns the files of a snapshot as they lie in a tarball: below the directory `top`, or at the root when it is empty.
pub fn files(snapshot: &Snapshot, top: &str) -> Result<Vec<TarFile>, ReadError> {
    let files = snapshot.files().iter().map(|entry| {
        let path = if top.is_empty() { entry.path.clone() } else { RelPath::composed(format!("{top}/{}", entry.path)) };
        Ok(TarFile { path, bytes: snapshot.read(entry)?, executable: entry.executable })
    });
    files.collect()
}

/// Returns the tar stream of files, which it sorts bytewise by path; of two with the same path the first counts.
pub fn stream(mut files: Vec<TarFile>) -> Result<Vec<u8>, ArchiveError> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|later, earlier| later.path == earlier.path);
    let content: usize = files.iter().map(|file| file.bytes.len() + 2 * super::archive::BLOCK).sum();
    let mut builder = tar::Builder::new(Vec::with_capacity(content + 2 * super::archive::BLOCK));
    for file in &files {
        let header = header(file.path.as_str(), file.bytes.len() as u64, file.executable)
            .ok_or_else(|| ArchiveError::PathTooLong(file.path.clone()))?;
        // `append`, not `append_data`: the latter writes a GNU entry for a path that ustar cannot hold.
        builder.append(&header, &*file.bytes).expect("memory takes every write");
    }
    Ok(builder.into_inner().expect("memory takes every write"))
}

/// Returns bytes as one gzip member, without name or time.
pub fn compressed(bytes: &[u8]) -> Vec<u8> {
    gzip::compress(bytes)
}

/// Returns the header of a file; nothing when ustar cannot hold its path.
pub(super) fn header(path: &str, size: u64, executable: bool) -> Option<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(path).ok()?;
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(if executable { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::super::samples::snapshot;
    use super::*;
    use crate::ident::Digest;

    const FILES: &[(&str, &[u8], bool)] =
        &[("AgentCard.json", b"{}\n", false), ("run.sh", b"#!/bin/sh\n", true), ("src/a.py", b"", false)];

    /// Lists the names and modes in a tarball with the tar of the system.
    fn listed(bytes: &[u8]) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.tar.gz");
        std::fs::write(&path, bytes).unwrap();
        let output = std::process::Command::new("tar").arg("tzvf").arg(path).env("TZ", "UTC").output().ok()?;
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let column = |line: &str, at| line.split_whitespace().nth(at).unwrap_or_default().to_owned();
        Some(text.lines().map(|line| format!("{} {}\n", column(line, 0), column(line, 5))).collect())
    }

    #[test]
    fn files_lie_at_the_root_or_below_a_directory() {
        for (top, prefix) in [("", ""), ("tide-1.0.0", "tide-1.0.0/")] {
            let files = files(&snapshot(FILES), top).unwrap();
            let packed = compressed(&stream(files).unwrap());
            let expected =
                format!("-rw-r--r-- {prefix}AgentCard.json\n-rwxr-xr-x {prefix}run.sh\n-rw-r--r-- {prefix}src/a.py\n");
            assert!(listed(&packed).is_none_or(|listed| listed == expected));
        }
    }

    #[test]
    fn files_are_sorted_and_the_first_of_two_counts() {
        let file = |path: &str, text: &str| TarFile {
            path: RelPath::composed(path),
            bytes: text.as_bytes().into(),
            executable: false,
        };
        let one = stream(vec![file("b", "1"), file("a", "2"), file("b", "3")]).unwrap();
        let two = stream(vec![file("a", "2"), file("b", "1")]).unwrap();
        assert_eq!(Digest::of(&one), Digest::of(&two));
    }

    #[test]
    fn a_path_that_ustar_cannot_hold_is_an_error() {
        let path = RelPath::composed("x".repeat(101));
        let file = TarFile { path: path.clone(), bytes: Arc::new([]), executable: false };
        assert_eq!(stream(vec![file]), Err(ArchiveError::PathTooLong(path)));
    }
}
