//! Turns a snapshot into a release's identity and archive.
//!
//! 1. [`listing`] hashes every file and writes the `SHA256SUMS` text; its SHA-256 is the content digest.
//! 2. [`archive`] writes the tar stream from the same entries, in the same order, and wraps it in gzip; the archive's digest
//!    and size are taken from these bytes.
//! 3. [`reader`] reads an archive back, trusting nothing in it.
//!
//! In: a [`Snapshot`](crate::source::Snapshot) within its limits. Out: values. Touches no disk, knows no clock.

pub mod archive;
pub mod listing;
pub mod reader;

pub use listing::{Listed, Listing};
