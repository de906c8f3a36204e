//! Output: planned units of files → `public/`.
//!
//! The only module that writes the site. Writes what changed, atomically, in the order of [`Phase`], then deletes what is
//! stale, so that a reader never sees an index that names a file that is not there.
//!
//! 1. `folder` opens `public/`: a new one is staged beside its place, an old one must carry our marker; either is locked.
//! 2. `existing` lists what is there.
//! 3. `writer` makes the units that are not as in the [`Record`] of the run before, phase by phase, in parallel, and writes
//!    the files that differ.
//! 4. What nobody planned is deleted; or the staged folder is renamed into its place.
//!

mod existing;
mod folder;
mod paths;
mod record;
mod unit;
mod writer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use crate::fs::PathError;
use crate::fs::listing::Directory;
use crate::ident::RelPath;
use crate::progress::Progress;
use existing::Existing;
use folder::Folder;
pub use record::Record;
pub use unit::{Batch, Files, Make, Place, Put, Unit, collected};
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

/// Makes `public` hold the files of the units and nothing else; every phase is a stage of `progress`, every unit a step.
///
/// A folder that has files but not our [`MARKER`] is left alone. Below the folder no symbolic link is followed, and git's own
/// `.git` at its top is kept, so that it can be the work tree of a published branch. After a failure a new folder is not
/// there, and an old one holds whole files, old or new, and everything that its old pointers name.
///
/// A unit is not made if `before`, the record of an earlier run, has it with the same key, and its files are as they were
/// then. `progress` gets the whole number of units all the same. Each unit is dropped when its files are written, and with the last
/// one what they share: what is made last, about the whole registry, has its memory. Returns what was left, of which [`Left::record`] makes the
/// record of this run.
pub fn write_site(
    public: &Utf8Path,
    units: Vec<Arc<Unit>>,
    before: &Record,
    progress: &dyn Progress,
) -> Result<(Written, Left), OutputError> {
    let start = Instant::now();
    let (written, made) = match Folder::open(public)? {
        Folder::New(staging) => {
            let writer = Writer::new(staging.path(), None, before, staging.modes_are_kept());
            let done = writer.write(units, progress)?;
            staging.publish()?;
            done
        }
        Folder::Old(_lock) => {
            let existing = Existing::scan(public)?;
            let writer = Writer::new(public, Some(&existing), before, false);
            let (written, made) = writer.write(units, progress)?;
            (Written { deleted: writer.delete_stale(&made)?, ..written }, made)
        }
    };
    let is_worth_waiting = start.elapsed() > SETTLING * WORTH && written.written > 0;
    Ok((written, Left { made, waits_until: is_worth_waiting.then(|| Instant::now() + SETTLING) }))
}

/// What a run left in the folder.
#[derive(Debug)]
pub struct Left {
    made: writer::Made,
    /// When what was written last can be told from what is written later, if that is worth waiting for.
    waits_until: Option<Instant>,
}

impl Left {
    /// Returns the record of the run, and the folder as it is now.
    pub fn record(self, public: &Utf8Path) -> Result<(Record, Vec<Directory>), OutputError> {
        // The system's clock has steps: what is looked at a moment later can be trusted next time.
        if let Some(until) = self.waits_until {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
        }
        let listed = existing::list(public)?;
        Ok((Record::of(self.made, &listed), listed))
    }
}

/// How long it is waited until the files that were written last can be told from later ones.
const SETTLING: Duration = Duration::from_millis(60);
/// How many times as long a run must have taken already for that to be worth it.
const WORTH: u32 = 20;

#[cfg(test)]
mod tests;
