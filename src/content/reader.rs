//! Signatures; the body follows.

use super::Listing;
use crate::source::{Limits, Snapshot};

/// Bounds what reading one archive may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Largest archive, in bytes.
    pub packed_bytes: u64,
    /// Largest tar stream, in bytes.
    pub unpacked_bytes: u64,
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most files.
    pub files: usize,
}

impl From<Limits> for ArchiveLimits {
    fn from(limits: Limits) -> Self {
        unimplemented!()
    }
}

/// Says why an archive is refused (will be an enum).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused")]
pub struct ReadFault;

/// Reads an archive whose files lie below `top`, trusting nothing in it.
pub fn read(bytes: &[u8], top: &str, limits: &ArchiveLimits) -> Result<(Snapshot, Listing), ReadFault> {
    unimplemented!()
}
