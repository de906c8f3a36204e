//! Turns a snapshot into a release's identity and archive.
//!
//! 1. [`listing`] hashes every file and writes the `SHA256SUMS` text; its SHA-256 is the content digest.
//! 2. [`archive`] writes the tar stream from the same entries, in the same order, and wraps it in gzip; the archive's digest
//!    and size are taken from these bytes.
//! 3. [`reader`] reads an archive back, trusting nothing in it.
//!
//! For feeds with layouts of their own: [`tarball`] packs any files, [`oci`] has the types of OCI registries.
//!
//! In: a [`Snapshot`](crate::source::Snapshot) within its limits. Out: values. Touches no disk, knows no clock.

pub mod archive;
mod gzip;
pub mod listing;
pub mod oci;
pub mod reader;
#[cfg(test)]
mod samples;
pub mod tarball;
pub mod zip;

pub use listing::{Listed, Listing};

use crate::diag::codes;

codes! {
    /// A path is needed by the archive itself, or by those who check it: `SHA256SUMS` or `-` at the top of the pack.
    ///
    /// Every archive carries its file list as `SHA256SUMS`, in whatever letter case; `sha256sum -c` reads the standard input
    /// where a list says `-`. Rename the file.
    RESERVED_PATH = "reserved-path", Error, blocking;
    /// A path is too long for a ustar archive.
    ///
    /// Archives are plain ustar, which every tar reads: the path, with the pack's name in front, is at most 255 bytes long and
    /// has a `/` that leaves at most 155 bytes before it and 100 behind it.
    PATH_TOO_LONG_FOR_ARCHIVE = "path-too-long-for-archive", Error, blocking;
}
