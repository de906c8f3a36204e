//! Making planned files, and writing those that differ from what is there.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use camino::Utf8Path;
use rayon::prelude::*;

use super::existing::Existing;
use super::folder::set_mode;
use super::paths::{PathSet, Paths};
use super::{Make, OutputError, Record, Unit, Written, record};
use crate::fs::{self, Context as _, PathError};
use crate::ident::{Digest, RelPath};
use crate::progress::Progress;

/// Writes the files of one folder.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    root: &'a Utf8Path,
    /// What was there; nothing when the folder is new and nobody reads it yet.
    existing: Option<&'a Existing>,
    before: &'a Record,
    modes_are_kept: bool,
    planned: PathSet,
    directories: RwLock<HashSet<String>>,
    temporary: AtomicU64,
}

/// The name and key of each unit, and its files.
pub(super) type Made = Vec<(Digest, Digest, Paths)>;

/// What a file shall hold.
#[derive(Clone, Copy)]
enum Content<'a> {
    Bytes(&'a [u8]),
    File(&'a Utf8Path),
}

impl<'a> Writer<'a> {
    /// Returns a writer; `modes_are_kept` says that new files need no change of their modes.
    pub(super) fn new(
        root: &'a Utf8Path,
        existing: Option<&'a Existing>,
        before: &'a Record,
        modes_are_kept: bool,
    ) -> Self {
        let mut directories = existing.map_or_else(HashSet::new, |existing| existing.directories.clone());
        directories.insert(String::new());
        Self {
            root,
            existing,
            before,
            modes_are_kept,
            planned: PathSet::default(),
            directories: RwLock::new(directories),
            temporary: AtomicU64::new(0),
        }
    }

    /// Makes and writes the files, one phase after the other, in parallel within each; returns what each unit has.
    pub(super) fn write(
        &self,
        mut units: Vec<Arc<Unit>>,
        progress: &dyn Progress,
    ) -> Result<(Written, Made), OutputError> {
        units.sort_by_key(|unit| unit.phase);
        let (mut written, mut made) = (Written::default(), Vec::with_capacity(units.len()));
        while let Some(first) = units.first().map(|unit| unit.phase) {
            let later = units.split_off(units.partition_point(|unit| unit.phase == first));
            let phase = std::mem::replace(&mut units, later);
            progress.stage(first.name(), Some(phase.len() as u64));
            let make = |unit: Arc<Unit>| {
                let (done, files) = self.make(&unit)?;
                progress.tick(1);
                Ok::<_, OutputError>((done, (record::name(&unit), unit.key, files)))
            };
            for (done, unit) in phase.into_par_iter().map(make).collect::<Result<Vec<_>, _>>()? {
                written = sum(written, done);
                made.push(unit);
            }
        }
        Ok((written, made))
    }

    /// Deletes files that nobody planned, and directories that no planned file needs; returns the number of files. `made` is what
    /// was planned.
    pub(super) fn delete_stale(&self, made: &Made) -> Result<usize, PathError> {
        let Some(existing) = self.existing else { return Ok(0) };
        let planned = &self.planned;
        let mut needed: HashSet<String> = HashSet::new();
        for path in made.iter().flat_map(|(_, _, files)| files.iter()) {
            // Those above one that is known are known.
            for parent in parents(&path).take_while(|parent| !needed.contains(*parent)).collect::<Vec<_>>() {
                needed.insert(parent.to_owned());
            }
        }
        // What had the place of a directory that is needed was deleted when the directory was made.
        let is_stale = |path: &&String| !planned.contains(path.as_str()) && !needed.contains(path.as_str());
        let stale: Vec<&String> = existing.files.keys().filter(is_stale).collect();
        let deleted = stale.par_iter().map(|path| self.delete(path).map(usize::from)).sum::<Result<usize, _>>()?;
        let mut emptied: Vec<&String> =
            existing.directories.iter().filter(|path| !needed.contains(path.as_str())).collect();
        // What lies deeper sorts behind what it lies in.
        emptied.sort_unstable_by(|a, b| b.cmp(a));
        for path in emptied {
            let path = self.root.join(path);
            gone(std::fs::remove_dir(&path)).context("delete the directory", &path)?;
        }
        Ok(deleted)
    }

    /// Makes a unit and writes what differs, unless it is as it was made before; returns its files.
    fn make(&self, unit: &Unit) -> Result<(Written, Paths), OutputError> {
        if let Some(files) = self.existing.and_then(|existing| self.before.unchanged(unit, existing)) {
            files.iter().try_for_each(|path| self.plan(&path))?;
            return Ok((Written { unchanged: files.len(), ..Written::default() }, files.clone()));
        }
        let single = || unit.path().expect("bytes and copies are single files").clone();
        let put = |path: RelPath, content: Content<'_>| Ok((self.put(&path, content)?, Paths::of(&[path])));
        match &unit.make {
            Make::Bytes(bytes) => put(single(), Content::Bytes(bytes)),
            Make::Copy(source) => put(single(), Content::File(source)),
            Make::Batch(batch) => {
                let (mut written, mut files) = (Ok(Written::default()), Vec::new());
                batch(&mut |path, bytes| {
                    let Ok(before) = written else { return };
                    written = if unit.covers(path.as_str()) {
                        self.put(&path, Content::Bytes(&bytes)).map(|done| sum(before, done))
                    } else {
                        Err(OutputError::Misplaced(path.clone()))
                    };
                    files.push(path);
                })?;
                Ok((written?, Paths::of(&files)))
            }
        }
    }

    /// Notes that a file is planned.
    fn plan(&self, path: &str) -> Result<(), OutputError> {
        if self.planned.insert(path) { Ok(()) } else { Err(OutputError::Twice(RelPath::composed(path))) }
    }

    fn put(&self, path: &RelPath, content: Content<'_>) -> Result<Written, OutputError> {
        self.plan(path.as_str())?;
        let target = self.root.join(path.as_str());
        let bytes = match self.existing {
            None => {
                self.need_directory(path.parent())?;
                self.create(&target, content, &target)?
            }
            Some(existing) => {
                if existing.files.get(path.as_str()).is_some_and(|file| file.is_regular) && is_same(&target, content)? {
                    return Ok(Written { unchanged: 1, ..Written::default() });
                }
                self.need_directory(path.parent())?;
                if existing.directories.contains(path.as_str()) {
                    gone(std::fs::remove_dir_all(&target)).context("delete the directory", &target)?;
                }
                self.replace(path, &target, content)?
            }
        };
        Ok(Written { written: 1, bytes, ..Written::default() })
    }

    /// Writes a file beside its place, then renames it: a reader sees the old or the new one.
    fn replace(&self, path: &RelPath, target: &Utf8Path, content: Content<'_>) -> Result<u64, PathError> {
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(path.parent()).join(format!(".packyard-{number}.tmp"));
        // A run that was killed may have left one of the same name.
        gone(std::fs::remove_file(&temporary)).context("delete", &temporary)?;
        let written = self.create(&temporary, content, target);
        let renamed = written.and_then(|bytes| {
            std::fs::rename(&temporary, target).context("write", target)?;
            Ok(bytes)
        });
        if renamed.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        renamed
    }

    /// Creates a file that is not there; returns its size. Errors speak of `target`.
    fn create(&self, path: &Utf8Path, content: Content<'_>, target: &Utf8Path) -> Result<u64, PathError> {
        let mut file = fs::create_new(path).context("create", target)?;
        if !self.modes_are_kept {
            fs::set_mode(&file, 0o644).context("set the mode of", target)?;
        }
        match content {
            Content::Bytes(bytes) => {
                file.write_all(bytes).context("write", target)?;
                Ok(bytes.len() as u64)
            }
            // Between files this copies inside the kernel; unlike `fs::copy`, it takes no mode along.
            Content::File(source) => {
                let mut source_file = File::open(source).context("read", source)?;
                io::copy(&mut source_file, &mut file).context("write", target)
            }
        }
    }

    /// Makes sure that a directory and its parents are there, and are directories.
    fn need_directory(&self, path: &str) -> Result<(), PathError> {
        if self.directories.read().expect("no panic while locked").contains(path) {
            return Ok(());
        }
        let mut directories = self.directories.write().expect("no panic while locked");
        let mut missing: Vec<&str> =
            std::iter::once(path).chain(parents(path)).take_while(|path| !directories.contains(*path)).collect();
        while let Some(path) = missing.pop() {
            self.create_directory(path)?;
            directories.insert(path.to_owned());
        }
        Ok(())
    }

    fn create_directory(&self, path: &str) -> Result<(), PathError> {
        let target = self.root.join(path);
        if self.existing.is_some_and(|existing| existing.files.contains_key(path)) {
            // A file, or a link that leads elsewhere, has the place of the directory.
            gone(std::fs::remove_file(&target)).context("delete", &target)?;
        }
        fs::create_dir(&target).context("create the directory", &target)?;
        if self.modes_are_kept { Ok(()) } else { set_mode(&target, 0o755) }
    }

    fn delete(&self, path: &str) -> Result<bool, PathError> {
        let target = self.root.join(path);
        gone(std::fs::remove_file(&target)).context("delete", &target)
    }
}

/// Returns the directories above a path, the nearest first, without the root.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(parent, _)| parent), |path| {
        path.rsplit_once('/').map(|(parent, _)| parent)
    })
}

/// Tells whether something was removed; that it was not there is no failure: its directory was replaced by a file.
fn gone(removed: io::Result<()>) -> io::Result<bool> {
    match removed {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_same(path: &Utf8Path, content: Content<'_>) -> Result<bool, PathError> {
    const BUFFER: usize = 32 << 10;
    let open = |path: &Utf8Path| {
        let file = File::open(path).context("read", path)?;
        let size = file.metadata().context("read", path)?.len();
        Ok((BufReader::with_capacity(BUFFER, file), size))
    };
    let (mut file, size) = open(path)?;
    match content {
        Content::Bytes(mut bytes) => {
            Ok(size == bytes.len() as u64 && are_equal(&mut file, &mut bytes).context("read", path)?)
        }
        Content::File(source) => {
            let (mut source, source_size) = open(source)?;
            Ok(size == source_size && are_equal(&mut file, &mut source).context("read", path)?)
        }
    }
}

fn are_equal(a: &mut impl BufRead, b: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let (left, right) = (a.fill_buf()?, b.fill_buf()?);
        let len = left.len().min(right.len());
        if len == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..len] != right[..len] {
            return Ok(false);
        }
        a.consume(len);
        b.consume(len);
    }
}

fn sum(a: Written, b: Written) -> Written {
    Written {
        written: a.written + b.written,
        unchanged: a.unchanged + b.unchanged,
        deleted: a.deleted + b.deleted,
        bytes: a.bytes + b.bytes,
    }
}
