//! Output: planned files → `public/`.
//!
//! The only module that writes the site. Writes what changed, atomically, in the order of [`Phase`], then deletes what is
//! stale, so that a reader never sees an index that names a file that is not there.
//!
//! 1. `folder` opens `public/`: a new one is staged beside its place, an old one must carry our marker; either is locked.
//! 2. `existing` lists what is there.
//! 3. `writer` makes the planned files, phase by phase, in parallel, and writes those that differ.
//! 4. What nobody planned is deleted; or the staged folder is renamed into its place.
//!
//! `memory` makes the same files for a preview, and writes none.

mod existing;
mod folder;
mod memory;
mod writer;

use camino::{Utf8Path, Utf8PathBuf};

use crate::fs::PathError;
use crate::ident::RelPath;
use crate::progress::Progress;
use folder::Folder;
pub use memory::{Made, in_memory};
use writer::Writer;

/// When a file is written: nothing is named before it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Archives: everything else names them.
    Archives,
    /// What clients read once a pointer has led them there: per-pack and per-release files, feeds, schemas.
    Data,
    /// The website's pages and assets.
    Pages,
    /// What a client fetches first: indexes, feeds, sitemap.
    Pointers,
}

impl Phase {
    /// Returns what a person calls the work.
    fn name(self) -> &'static str {
        match self {
            Self::Archives => "Copying archives",
            Self::Data => "Writing feeds",
            Self::Pages => "Writing pages",
            Self::Pointers => "Writing indexes",
        }
    }
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

/// What writing the site did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Files that were new or had other bytes.
    pub written: usize,
    /// Files that were right already.
    pub unchanged: usize,
    /// Files that nobody planned.
    pub deleted: usize,
    /// Bytes in the files that were written.
    pub bytes: u64,
}

/// Reports output that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// A page could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Two planned files have the same path.
    #[error("`{0}` was planned twice; this is a bug in packyard")]
    Twice(RelPath),
    /// The folder has files of somebody else, which would be deleted.
    #[error(
        "`{0}` has files that packyard did not write: choose another folder, or empty it, or say that it is packyard's by \
         creating the file `{MARKER}` in it"
    )]
    Foreign(Utf8PathBuf),
    /// Another process writes to the folder.
    #[error("another process is writing to `{0}`; try again when it is done")]
    Busy(Utf8PathBuf),
}

/// The file that says that a folder is ours, and that what nobody planned may be deleted from it.
pub const MARKER: &str = ".packyard";

/// Makes `public` hold the planned files and nothing else; every phase is a stage of `progress`, every plan a step.
///
/// A folder that has files but not our [`MARKER`] is left alone. Below the folder no symbolic link is followed, and git's own
/// `.git` at its top is kept, so that it can be the work tree of a published branch. After a failure a new folder is not
/// there, and an old one holds whole files, old or new, and everything that its old pointers name.
pub fn write_site(
    public: &Utf8Path,
    planned: Vec<PlannedFile<'_>>,
    progress: &dyn Progress,
) -> Result<Written, OutputError> {
    match Folder::open(public)? {
        Folder::New(staging) => {
            let writer = Writer::new(staging.path(), None, staging.modes_are_kept());
            let written = writer.write(planned, progress)?;
            staging.publish()?;
            Ok(written)
        }
        Folder::Old(_lock) => {
            let writer = Writer::new(public, Some(existing::Existing::scan(public)?), false);
            let written = writer.write(planned, progress)?;
            Ok(Written { deleted: writer.delete_stale()?, ..written })
        }
    }
}

#[cfg(test)]
mod tests;
