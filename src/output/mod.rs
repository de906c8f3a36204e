//! Output: planned units of files → `public/`.
//!
//! The only module that writes the site. Writes what changed, atomically, in the order of [`Phase`], then deletes what is
//! stale, so that a reader never sees an index that names a file that is not there.
//!
//! 1. `folder` opens `public/`: a new one is staged beside its place, an old one must carry our marker; either is locked.
//! 2. `existing` lists what is there.
//! 3. `writer` makes the planned files, phase by phase, in parallel, and writes those that differ.
//! 4. What nobody planned is deleted; or the staged folder is renamed into its place.
//!

mod existing;
mod folder;
mod unit;
mod writer;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::fs::PathError;
use crate::ident::RelPath;
use crate::progress::Progress;
use folder::Folder;
pub use unit::{Batch, Files, Make, Place, Unit};
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

/// Reports a page that could not be rendered: a faulty template, ours or an override.
#[derive(Debug, thiserror::Error)]
#[error("cannot render `{page}`: {reason}")]
pub struct RenderError {
    /// The page or template.
    pub page: String,
    /// What the template engine says.
    pub reason: String,
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
    /// Two units have a file of the same path.
    #[error("`{0}` was planned twice; this is a bug in packyard")]
    Twice(RelPath),
    /// A unit made a file where it said it has none.
    #[error("`{0}` was made by a unit that has no place for it; this is a bug in packyard")]
    Misplaced(RelPath),
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
pub fn write_site(public: &Utf8Path, planned: Vec<Arc<Unit>>, progress: &dyn Progress) -> Result<Written, OutputError> {
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
