//! Opening `public/`: whose it is, and who may write to it now.

use std::fs::{File, TryLockError};

use camino::{Utf8Path, Utf8PathBuf};

use super::{MARKER, OutputError};
use crate::fs::{self, Context as _, PathError};

const MARKER_TEXT: &[u8] = b"Packyard writes this folder, and deletes from it what it did not plan.\n";

/// The folder that is written to.
#[derive(Debug)]
pub(super) enum Folder {
    /// There is none yet: it is written beside its place and renamed at the end, which needs no care per file.
    New(Staging),
    /// It carries our marker, which is locked as long as the value lives.
    Old(File),
}

/// A folder that is not in its place yet; deleted when it is dropped before that.
#[derive(Debug)]
pub(super) struct Staging {
    path: Utf8PathBuf,
    place: Utf8PathBuf,
    lock: Option<File>,
    modes_are_kept: bool,
}

impl Folder {
    /// Opens a folder for one writer, or says why it is not ours to write to.
    pub(super) fn open(public: &Utf8Path) -> Result<Self, OutputError> {
        match public.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::New(Staging::create(public)?));
            }
            metadata => metadata.context("read", public)?,
        };
        let marker = public.join(MARKER);
        if marker.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            let file = File::open(&marker).context("open", &marker)?;
            lock(&file, public)?;
            return Ok(Self::Old(file));
        }
        if public.read_dir_utf8().context("list", public)?.next().is_some() {
            return Err(OutputError::Foreign(public.to_owned()));
        }
        // An empty folder gives way to a staged one, unless it is a link, a mount point or the like, which must stay.
        if std::fs::remove_dir(public).is_ok() {
            return Ok(Self::New(Staging::create(public)?));
        }
        Ok(Self::Old(mark(public)?))
    }
}

impl Staging {
    fn create(place: &Utf8Path) -> Result<Self, OutputError> {
        let parent = place.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
        fs::create_dir_all(parent)?;
        let prefix = format!(".{}.packyard-tmp-", place.file_name().unwrap_or_default());
        delete_leftovers(parent, &prefix);
        let mut tries = 0;
        let path = loop {
            let path = parent.join(format!("{prefix}{}-{tries}", std::process::id()));
            match fs::create_dir(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tries < 1000 => tries += 1,
                created => break created.context("create the directory", &path).map(|()| path)?,
            }
        };
        let mut staging = Self { path, place: place.to_owned(), lock: None, modes_are_kept: false };
        let lock = mark(&staging.path)?;
        let directory = staging.path.metadata().context("read", &staging.path)?;
        let marker = lock.metadata().context("read", &staging.path)?;
        staging.modes_are_kept = fs::has_mode(&directory, 0o755) && fs::has_mode(&marker, 0o644);
        if !staging.modes_are_kept {
            set_mode(&staging.path, 0o755)?;
            set_mode(&staging.path.join(MARKER), 0o644)?;
        }
        staging.lock = Some(lock);
        Ok(staging)
    }

    /// Returns where the folder lies while it is written.
    pub(super) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Tells whether new files and directories get the modes they should have, as the first ones did: the umask is harmless.
    pub(super) fn modes_are_kept(&self) -> bool {
        self.modes_are_kept
    }

    /// Moves the folder into its place.
    pub(super) fn publish(mut self) -> Result<(), PathError> {
        // Some systems do not rename a directory that has an open file.
        self.lock = None;
        std::fs::rename(&self.path, &self.place).context("move the new files to", &self.place)?;
        self.path = Utf8PathBuf::new();
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.lock = None;
        if !self.path.as_str().is_empty() {
            // A failure is being reported already; what cannot be deleted now, the next run deletes.
            delete_staged(&self.path);
        }
    }
}

/// Puts the marker into a folder, locked.
fn mark(folder: &Utf8Path) -> Result<File, OutputError> {
    use std::io::Write as _;
    let path = folder.join(MARKER);
    let mut file = fs::create_new(&path).context("create", &path)?;
    lock(&file, folder)?;
    file.write_all(MARKER_TEXT).context("write", &path)?;
    Ok(file)
}

fn lock(file: &File, folder: &Utf8Path) -> Result<(), OutputError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(OutputError::Busy(folder.to_owned())),
        Err(TryLockError::Error(error)) => Ok(Err(error).context("lock", folder)?),
    }
}

/// Gives a directory or file its mode.
pub(super) fn set_mode(path: &Utf8Path, mode: u32) -> Result<(), PathError> {
    File::open(path).and_then(|file| fs::set_mode(&file, mode)).context("set the mode of", path)
}

/// Deletes what runs that were killed have staged: folders with our marker that nobody has locked.
///
/// Whatever fails here is left for the next run: it is in nobody's way.
fn delete_leftovers(parent: &Utf8Path, prefix: &str) {
    for entry in parent.read_dir_utf8().into_iter().flatten().flatten() {
        if !entry.file_name().starts_with(prefix) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        match File::open(entry.path().join(MARKER)) {
            Ok(marker) if marker.try_lock().is_ok() => delete_staged(entry.path()),
            Ok(_) => {}
            // Killed before the marker was made, or after it was deleted: then there is nothing else in it.
            Err(_) if is_numbered(&entry.file_name()[prefix.len()..]) => drop(std::fs::remove_dir(entry.path())),
            Err(_) => {}
        }
    }
}

/// Tells whether the end of a name is one that staging gives: a process and a try.
fn is_numbered(end: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    end.split_once('-').is_some_and(|(process, attempt)| is_number(process) && is_number(attempt))
}

/// Deletes a staged folder, its marker last: whoever is killed here leaves a folder that the next run knows as ours.
fn delete_staged(folder: &Utf8Path) {
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory {
            let _ = std::fs::remove_dir_all(entry.path());
        } else if entry.file_name() != MARKER {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    let _ = std::fs::remove_dir_all(folder);
}
