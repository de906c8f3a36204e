//! Output: planned files → `public/`.
//!
//! The only module that writes the site. Writes what changed, atomically, in the order of [`Phase`], then deletes what is
//! stale, so that a reader never sees an index that names a file that is not there.

use camino::Utf8PathBuf;

use crate::ident::RelPath;

/// When a file is written: nothing is named before it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Archives: everything else names them.
    Archives,
    /// Pages, per-pack and per-release files, assets, schemas.
    Pages,
    /// What a client fetches first: indexes, feeds, sitemap.
    Pointers,
}

/// Files that somebody planned, made when they are written.
pub struct PlannedFile<'a> {
    /// When they are written.
    pub phase: Phase,
    /// What makes them.
    pub make: Make<'a>,
}

/// How planned files come to be. Pure: the same catalog gives the same bytes.
pub enum Make<'a> {
    /// One file, from bytes that are already there.
    Bytes(RelPath, Vec<u8>),
    /// A copy of a file of the archive store.
    Copy(RelPath, Utf8PathBuf),
    /// Several files that share work, such as the pages of one release.
    Batch(Box<Batch<'a>>),
}

/// Makes several files.
pub type Batch<'a> = dyn Fn() -> Result<Vec<(RelPath, Vec<u8>)>, RenderError> + Send + Sync + 'a;

/// Reports a page that could not be rendered: a faulty template, ours or an override.
#[derive(Debug, thiserror::Error)]
#[error("cannot render `{page}`: {reason}")]
pub struct RenderError {
    /// The page or template.
    pub page: String,
    /// What the template engine says.
    pub reason: String,
}

impl<'a> PlannedFile<'a> {
    /// Plans one file from bytes.
    pub fn bytes(phase: Phase, path: RelPath, bytes: impl Into<Vec<u8>>) -> Self {
        Self { phase, make: Make::Bytes(path, bytes.into()) }
    }

    /// Plans several files that are made together.
    pub fn batch(
        phase: Phase,
        make: impl Fn() -> Result<Vec<(RelPath, Vec<u8>)>, RenderError> + Send + Sync + 'a,
    ) -> Self {
        Self { phase, make: Make::Batch(Box::new(make)) }
    }
}
