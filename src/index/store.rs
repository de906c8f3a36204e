//! The folder of the registry index: locked, read in parallel, appended to atomically.
//!
//! ```text
//! registry-index/
//!   registry.json                         name, base URL, format version
//!   packs/<ecosystem>/<shard>/<name>.jsonl
//!   .lock  .gitignore                     of this machine only
//! ```
//!
//! Only whole files are put in place, each by a rename, so a reader needs no lock and sees the old or the new history. A
//! writer holds the lock from before it reads until it has appended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::extension;
use super::histories::Histories;
use super::history::History;
use super::known::KnownIndex;
use super::naming::NameRules;
use super::reading::{self, Budget, Looked};
use crate::diag::{Diagnostic, Sink};
use crate::fs::{self, Context as _, PathError};
use crate::ident::PackId;

/// The folder of a registry index.
#[derive(Debug, Clone)]
pub struct Store {
    root: Utf8PathBuf,
}

/// Proves that this process alone may append; the lock ends with it, even if the process is killed.
#[derive(Debug)]
pub struct Guard {
    _file: File,
}

/// What an index holds.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The histories that verify.
    pub histories: BTreeMap<PackId, History>,
    /// The packs whose histories do not: nothing may be recorded for them.
    pub broken: BTreeSet<PackId>,
    /// What is wrong (`index-broken`), sorted; paths are relative to the index.
    pub findings: Vec<Diagnostic>,
}

/// What an index holds, with what was known of it before.
#[derive(Debug, Default)]
pub struct LoadedKnown {
    /// The histories that verify.
    pub histories: Histories,
    /// The packs whose histories do not: nothing may be recorded for them.
    pub broken: BTreeSet<PackId>,
    /// What is wrong (`index-broken`), sorted; paths are relative to the index.
    pub findings: Vec<Diagnostic>,
    /// How many files were read; the others are as they were.
    pub read: usize,
}

/// Reports an index that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// Another process holds the lock.
    #[error("`{path}` is still locked after {} s: another packyard writes to this index; try again when it is done", waited.as_secs())]
    Locked {
        /// The lock file.
        path: Utf8PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// A file was changed by somebody who did not ask for the lock, such as git.
    #[error("`{path}` was changed while it was in use; nothing was written to it: run the command again")]
    Raced {
        /// The file.
        path: Utf8PathBuf,
    },
    /// `registry.json` cannot be read.
    #[error("`{path}` is not a registry file: {reason}")]
    Registry {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// `registry.json`: what the index is the index of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct RegistryFile {
    /// [`RegistryFile::VERSION`].
    pub format_version: u32,
    /// What people call the registry.
    pub name: String,
    /// Where it is served, without a slash at the end; null when it was not said.
    pub base_url: Option<String>,
    /// Who may have which new names; written by people, kept by builds.
    #[serde(flatten)]
    pub naming: NameRules,
}

impl RegistryFile {
    /// The version of the format that this program reads and writes.
    pub const VERSION: u32 = 1;
}

/// How many bytes of text whole histories are kept of when they are only looked at, because they changed.
const KEPT: u64 = 32 << 20;

/// What a writer leaves behind on its machine, kept out of git.
const IGNORED: &str = "/.lock\n.packyard-*\n";

impl Store {
    /// Returns the store in a folder, which need not exist; touches nothing.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the folder.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the path of a pack's history, relative to the folder.
    pub fn file(id: &PackId) -> String {
        format!("packs/{}/{}/{}.jsonl", id.ecosystem, id.name.shard(), id.name)
    }

    /// Takes the lock, and makes the folder if there is none.
    ///
    /// Waits for at most `patience`; `waiting` is called once, with the lock file, when another process holds it. To be
    /// taken before the histories are read that will be appended to.
    pub fn lock(&self, patience: Duration, waiting: impl FnOnce(&Utf8Path)) -> Result<Guard, StoreError> {
        const PAUSE: Duration = Duration::from_millis(20);
        fs::create_dir_all(&self.root)?;
        let path = self.root.join(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).context("open", &path)?;
        let mut waiting = Some(waiting);
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(error).context("lock", &path)?,
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(StoreError::Locked { path, waited: start.elapsed() });
                }
                Err(TryLockError::WouldBlock) => {
                    if let Some(waiting) = waiting.take() {
                        waiting(&path);
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        }
        let ignored = self.root.join(".gitignore");
        if fs::read_if_exists(&ignored)?.is_none() {
            fs::write_atomic(&ignored, IGNORED.as_bytes(), false)?;
        }
        Ok(Guard { _file: file })
    }

    /// Reads every history, in parallel; a file that does not verify is a finding, and the others go on.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        let LoadedKnown { histories, broken, findings, .. } = self.load_within(&mut KnownIndex::default(), u64::MAX)?;
        Ok(Loaded { histories: histories.into_read(), broken, findings })
    }

    /// Looks at every file, and reads those that changed since `known` was filled; updates it.
    ///
    /// Tells the same as [`Store::load`], whatever was known. A file is known by its stamp: size, times and inode; one that
    /// was changed just before it was looked at is read again the next time.
    pub fn load_known(&self, known: &mut KnownIndex) -> Result<LoadedKnown, StoreError> {
        self.load_within(known, KEPT)
    }

    /// Loads, and keeps whole histories as long as their texts have no more than so many bytes together.
    pub(super) fn load_within(&self, known: &mut KnownIndex, bytes: u64) -> Result<LoadedKnown, StoreError> {
        let budget = Budget::of(bytes);
        let look = |(path, id): PathAndId| {
            let before = id.as_ref().and_then(|id| known.files.get(id));
            let looked = reading::look(&self.root, &path, id.as_ref(), before, &budget)?;
            Ok((path, id, looked))
        };
        let looked: Vec<_> = self.paths()?.into_par_iter().map(look).collect::<Result<_, PathError>>()?;
        let (mut files, mut broken, mut sink, mut read) = (Vec::new(), BTreeSet::new(), Sink::new(), 0);
        for (path, id, Looked { file, is_read }) in looked {
            read += usize::from(is_read);
            match (id, file) {
                (Some(id), Ok(file)) => files.push((id, file)),
                (id, Err(unreadable)) => {
                    broken.extend(id);
                    unreadable.report(&path, &mut sink);
                }
                (None, Ok(_)) => {}
            }
        }
        known.files = files.iter().cloned().collect();
        Ok(LoadedKnown { histories: Histories::new(self.root.clone(), files), broken, findings: sink.finish(), read })
    }

    /// Returns the packs that have a history, sorted; opens no file.
    pub fn ids(&self) -> Result<Vec<PackId>, StoreError> {
        Ok(self.paths()?.into_iter().filter_map(|(_, id)| id).collect())
    }

    /// Reads the history of one pack; nothing when it has none, or when that does not verify.
    pub fn history(&self, id: &PackId) -> Result<Option<History>, StoreError> {
        let bytes = fs::read_if_exists(&self.root.join(Self::file(id)))?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.and_then(|text| History::parse(id.clone(), &text).ok()))
    }

    /// Stores the new lines of histories, in parallel; each file is replaced at once, and is on the disk when this returns.
    ///
    /// The archives that the lines name must be stored already. Each file must still be what was loaded.
    pub fn append(&self, _guard: &Guard, histories: &mut [&mut History]) -> Result<(), StoreError> {
        histories.par_iter_mut().filter(|history| !history.new_lines().is_empty()).try_for_each(|history| {
            let path = self.root.join(Self::file(history.id()));
            let mut text = fs::read_if_exists(&path)?.unwrap_or_default();
            if !history.continues(&text) {
                return Err(StoreError::Raced { path });
            }
            text.extend_from_slice(history.new_lines().as_bytes());
            fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
            fs::write_atomic(&path, &text, true)?;
            history.mark_stored();
            Ok(())
        })
    }

    /// Stores the new lines of all histories, as [`Store::append`] does.
    pub fn append_all(&self, guard: &Guard, histories: &mut Histories) -> Result<(), StoreError> {
        self.append(guard, &mut histories.changed())
    }

    /// Returns what the index is the index of; nothing when there is none yet.
    pub fn registry(&self) -> Result<Option<RegistryFile>, StoreError> {
        let path = self.root.join("registry.json");
        let Some(bytes) = fs::read_if_exists(&path)? else { return Ok(None) };
        let file: RegistryFile = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Registry { path: path.clone(), reason: error.to_string() })?;
        if file.format_version != RegistryFile::VERSION {
            let reason = format!("format version {} needs a newer packyard", file.format_version);
            return Err(StoreError::Registry { path, reason });
        }
        Ok(Some(file))
    }

    /// Returns who may have which new names; anybody any name when nothing is said.
    pub fn naming(&self) -> Result<NameRules, StoreError> {
        Ok(self.registry()?.map(|file| file.naming).unwrap_or_default())
    }

    /// Writes what the index is the index of to `registry.json`, unless it says the same already; keeps what people wrote there.
    pub fn write_registry(&self, _guard: &Guard, name: &str, base_url: Option<&str>) -> Result<(), StoreError> {
        let before = self.registry()?;
        let file = RegistryFile {
            format_version: RegistryFile::VERSION,
            name: name.to_owned(),
            base_url: base_url.map(str::to_owned),
            naming: before.as_ref().map(|file| file.naming.clone()).unwrap_or_default(),
        };
        if before.as_ref() == Some(&file) {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&file).expect("text keys and values") + "\n";
        Ok(fs::write_atomic(&self.root.join("registry.json"), text.as_bytes(), true)?)
    }

    /// Returns every history file as it is, by its path relative to the folder: what [`extension::check`] compares.
    pub fn files(&self) -> Result<extension::Files, StoreError> {
        let read = |(path, _): PathAndId| {
            let bytes = fs::read(&self.root.join(&path))?;
            Ok((path, bytes))
        };
        self.paths()?.into_par_iter().map(read).collect()
    }

    /// Lists what lies below `packs/`, sorted, with the pack it should be the history of.
    fn paths(&self) -> Result<Vec<PathAndId>, PathError> {
        let (mut paths, mut open) = (Vec::new(), vec!["packs".to_owned()]);
        for depth in 0..=HISTORY_DEPTH {
            // In parallel: a large index has a thousand directories.
            let listed: Vec<Listed> =
                open.par_iter().map(|directory| self.list(directory, depth)).collect::<Result<_, _>>()?;
            open.clear();
            for Listed { directories, others } in listed {
                open.extend(directories);
                paths.extend(others);
            }
        }
        paths.par_sort_unstable();
        let with_id = |path: String| {
            let id = extension::pack_of(&path);
            (path, id)
        };
        Ok(paths.into_par_iter().map(with_id).collect())
    }

    /// Lists a directory. Temporary files and the like start with a dot.
    fn list(&self, directory: &str, depth: usize) -> Result<Listed, PathError> {
        let path = self.root.join(directory);
        let mut listed = Listed::default();
        let entries = match path.read_dir_utf8() {
            Err(error) if depth == 0 && error.kind() == std::io::ErrorKind::NotFound => return Ok(listed),
            entries => entries.context("list", &path)?,
        };
        for entry in entries {
            let entry = entry.context("list", &path)?;
            if entry.file_name().starts_with('.') {
                continue;
            }
            let below = format!("{directory}/{}", entry.file_name());
            if depth < HISTORY_DEPTH && entry.file_type().context("list", &path)?.is_dir() {
                listed.directories.push(below);
            } else {
                listed.others.push(below);
            }
        }
        Ok(listed)
    }
}

/// How many directories deep histories lie below `packs/`: ecosystem and shard.
const HISTORY_DEPTH: usize = 2;

/// What a directory holds.
#[derive(Debug, Default)]
struct Listed {
    directories: Vec<String>,
    /// What is no directory, and what is too deep to be a history.
    others: Vec<String>,
}

type PathAndId = (String, Option<PackId>);

#[cfg(test)]
mod tests;
