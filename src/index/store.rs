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

use super::history::{History, HistoryFault, LineFault};
use super::{INDEX_BROKEN, extension};
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
}

impl RegistryFile {
    /// The version of the format that this program reads and writes.
    pub const VERSION: u32 = 1;
}

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
        let files = self.paths()?;
        let read: Vec<(PathAndId, Result<History, Unreadable>)> = files
            .into_par_iter()
            .map(|(path, id)| {
                let history = self.read(&path, id.as_ref())?;
                Ok(((path, id), history))
            })
            .collect::<Result<_, PathError>>()?;
        let (mut loaded, mut sink) = (Loaded::default(), Sink::new());
        for ((path, id), history) in read {
            match (id, history) {
                (Some(id), Ok(history)) => {
                    loaded.histories.insert(id, history);
                }
                (id, Err(unreadable)) => {
                    loaded.broken.extend(id);
                    unreadable.report(&path, &mut sink);
                }
                (None, Ok(_)) => {}
            }
        }
        loaded.findings = sink.finish();
        Ok(loaded)
    }

    /// Stores the new lines of histories, in parallel; each file is replaced at once, and is on the disk when this returns.
    ///
    /// The archives that the lines name must be stored already. Each file must still be what was loaded.
    pub fn append(&self, _guard: &Guard, histories: &mut [&mut History]) -> Result<(), StoreError> {
        histories.par_iter_mut().filter(|history| !history.new_lines().is_empty()).try_for_each(|history| {
            let path = self.root.join(Self::file(history.id()));
            let found = fs::read_if_exists(&path)?.unwrap_or_default();
            if found != history.stored_text().as_bytes() {
                return Err(StoreError::Raced { path });
            }
            fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
            fs::write_atomic(&path, history.text().as_bytes(), true)?;
            history.mark_stored();
            Ok(())
        })
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

    /// Writes `registry.json`, unless it says the same already.
    pub fn write_registry(&self, _guard: &Guard, file: &RegistryFile) -> Result<(), StoreError> {
        if self.registry()?.as_ref() == Some(file) {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(file).expect("strings and a number") + "\n";
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
        let mut paths = Vec::new();
        self.walk("packs", 0, &mut paths)?;
        paths.sort();
        Ok(paths
            .into_iter()
            .map(|path| {
                let id = extension::pack_of(&path);
                (path, id)
            })
            .collect())
    }

    /// Adds what is no directory, and what is too deep to be a history. Temporary files and the like start with a dot.
    fn walk(&self, directory: &str, depth: usize, paths: &mut Vec<String>) -> Result<(), PathError> {
        let path = self.root.join(directory);
        let entries = match path.read_dir_utf8() {
            Err(error) if depth == 0 && error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            entries => entries.context("list", &path)?,
        };
        for entry in entries {
            let entry = entry.context("list", &path)?;
            if entry.file_name().starts_with('.') {
                continue;
            }
            let below = format!("{directory}/{}", entry.file_name());
            if depth < 2 && entry.file_type().context("list", &path)?.is_dir() {
                self.walk(&below, depth + 1, paths)?;
            } else {
                paths.push(below);
            }
        }
        Ok(())
    }

    fn read(&self, path: &str, id: Option<&PackId>) -> Result<Result<History, Unreadable>, PathError> {
        let on_disk = self.root.join(path);
        let is_file = on_disk.symlink_metadata().context("read", &on_disk)?.is_file();
        let Some(id) = id.filter(|_| is_file) else { return Ok(Err(Unreadable::Misplaced)) };
        let Ok(text) = String::from_utf8(fs::read(&on_disk)?) else { return Ok(Err(Unreadable::NotText)) };
        if text.is_empty() {
            return Ok(Err(Unreadable::Fault(HistoryFault { line: 1, fault: LineFault::NoOwner }, text)));
        }
        Ok(History::parse(id.clone(), text.clone()).map_err(|fault| Unreadable::Fault(fault, text)))
    }
}

type PathAndId = (String, Option<PackId>);

/// Says why a file of the index is no history.
#[derive(Debug)]
enum Unreadable {
    Misplaced,
    NotText,
    Fault(HistoryFault, String),
}

impl Unreadable {
    fn report(self, path: &str, sink: &mut Sink) {
        let restore = "restore the file from git, or from another copy of the index";
        match self {
            Self::Misplaced => {
                let message = format!("`{path}` is not where a pack's history lies, or no plain file");
                sink.report(INDEX_BROKEN, crate::diag::Place::file(path), message).help(
                    "histories are `packs/<ecosystem>/<shard>/<name>.jsonl`, shard: the name's first two letters",
                );
            }
            Self::NotText => {
                let message = format!("`{path}` is not UTF-8");
                sink.report(INDEX_BROKEN, crate::diag::Place::file(path), message).help(restore);
            }
            Self::Fault(HistoryFault { line, fault }, text) => {
                let place = extension::place(path, line, &text);
                sink.report(INDEX_BROKEN, place, format!("line {line} of the index: {fault}")).help(restore);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::archives::ArchiveStore;
    use super::super::samples::{at, facts, history, id, owner, release};
    use super::*;
    use crate::ident::Version;

    const PATIENT: Duration = Duration::from_secs(20);

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().join("index")).unwrap();
        (directory, Store::at(root))
    }

    fn append(store: &Store, mut history: History) {
        let guard = store.lock(PATIENT, |_| {}).unwrap();
        store.append(&guard, &mut [&mut history]).unwrap();
        assert_eq!(history.new_lines(), "");
    }

    #[test]
    fn stored_histories_are_loaded() {
        let (_directory, store) = store();
        assert!(store.load().unwrap().histories.is_empty());
        append(&store, history("echo", &["1.0.0"]));
        append(&store, history("X", &[]));
        let mut loaded = store.load().unwrap();
        assert_eq!(loaded.findings, []);
        assert_eq!(loaded.histories.keys().collect::<Vec<_>>(), [&id("X"), &id("echo")]);
        let mut echo = loaded.histories.remove(&id("echo")).unwrap();
        echo.append(at(8), release("1.1.0", b"x")).unwrap();
        append(&store, echo);
        assert_eq!(store.load().unwrap().histories[&id("echo")].releases().count(), 2);
        assert_eq!(store.files().unwrap().len(), 2);
    }

    #[test]
    fn broken_file_stops_only_its_pack() {
        let (_directory, store) = store();
        append(&store, history("echo", &["1.0.0"]));
        append(&store, history("shout", &["1.0.0"]));
        let at = |path: &str| store.root().join("packs/attune").join(path);
        let text = std::fs::read_to_string(at("ec/echo.jsonl")).unwrap();
        std::fs::write(at("ec/echo.jsonl"), text.replacen("packs/echo", "packs/evil", 1)).unwrap();
        std::fs::write(at("ec/empty.jsonl"), "").unwrap();
        std::fs::write(at("em/empty.jsonl").parent().unwrap(), "").unwrap();
        std::fs::write(at("sh/.packyard-x"), "left by a killed run").unwrap();
        std::fs::write(at("sh/binary.jsonl"), b"\xff").unwrap();
        let loaded = store.load().unwrap();
        assert_eq!(loaded.histories.keys().collect::<Vec<_>>(), [&id("shout")]);
        assert_eq!(loaded.broken.iter().collect::<Vec<_>>(), [&id("echo")]);
        let found: Vec<_> = loaded.findings.iter().map(|finding| (finding.code, finding.place.path.as_str())).collect();
        let broken = |path| (INDEX_BROKEN, path);
        assert_eq!(
            found,
            [
                broken("packs/attune/ec/echo.jsonl"),
                broken("packs/attune/ec/empty.jsonl"),
                broken("packs/attune/em"),
                broken("packs/attune/sh/binary.jsonl"),
            ]
        );
    }

    #[test]
    fn change_behind_our_back_is_not_overwritten() {
        let (_directory, store) = store();
        append(&store, history("echo", &["1.0.0"]));
        let mut stale = store.load().unwrap().histories.remove(&id("echo")).unwrap();
        append(&store, {
            let mut newer = stale.clone();
            newer.append(at(8), release("1.1.0", b"x")).unwrap();
            newer
        });
        stale.append(at(9), release("1.2.0", b"y")).unwrap();
        let guard = store.lock(PATIENT, |_| {}).unwrap();
        assert!(matches!(store.append(&guard, &mut [&mut stale]), Err(StoreError::Raced { .. })));
        let mut unknown = history("echo", &[]);
        assert!(matches!(store.append(&guard, &mut [&mut unknown]), Err(StoreError::Raced { .. })));
        assert!(!stale.new_lines().is_empty());
    }

    #[test]
    fn lock_that_is_held_is_waited_for_and_then_reported() {
        let (_directory, store) = store();
        let guard = store.lock(PATIENT, |_| panic!("nobody holds it")).unwrap();
        let mut told = 0;
        let refused = store.lock(Duration::from_millis(60), |_| told += 1);
        assert!(matches!(refused, Err(StoreError::Locked { .. })));
        assert_eq!(told, 1);
        drop(guard);
        store.lock(Duration::ZERO, |_| panic!("nobody holds it")).unwrap();
        assert_eq!(std::fs::read_to_string(store.root().join(".gitignore")).unwrap(), IGNORED);
    }

    /// Ensures that writers at once lose no event: each appends what the others have not.
    #[test]
    fn many_writers_at_once_lose_nothing() {
        let (_directory, store) = store();
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (store, start) = (&store, &start);
                scope.spawn(move || {
                    start.wait();
                    for patch in 0..5 {
                        let guard = store.lock(PATIENT, |_| {}).unwrap();
                        let mut histories = store.load().unwrap().histories;
                        let history = histories.entry(id("echo")).or_insert_with(|| {
                            let mut history = History::empty(id("echo"));
                            history.append(at(0), owner("packs/echo")).unwrap();
                            history
                        });
                        history.append(at(patch), release(&format!("{writer}.0.{patch}"), b"x")).unwrap();
                        store.append(&guard, &mut [history]).unwrap();
                    }
                });
            }
        });
        let loaded = store.load().unwrap();
        assert_eq!(loaded.findings, []);
        assert_eq!(loaded.histories[&id("echo")].releases().count(), 20);
    }

    /// Ensures that a process stopped between archive and index leaves a registry that verifies, and can be run again.
    #[test]
    fn kill_between_archive_and_index_leaves_a_registry_that_verifies() {
        let (_directory, store) = store();
        let archives = ArchiveStore::at(store.root().join("../archives"));
        append(&store, history("echo", &["1.0.0"]));
        let version = Version::parse("1.1.0").unwrap();
        archives.put(&id("echo"), &version, &facts(b"first try"), b"first try").unwrap();
        let mut loaded = store.load().unwrap();
        assert_eq!(loaded.findings, []);
        let echo = loaded.histories.get_mut(&id("echo")).unwrap();
        assert!(echo.release(&version).is_none());
        archives.put(&id("echo"), &version, &facts(b"second try"), b"second try").unwrap();
        echo.append(at(9), release("1.1.0", b"second try")).unwrap();
        store.append(&store.lock(PATIENT, |_| {}).unwrap(), &mut [echo]).unwrap();
        let loaded = store.load().unwrap();
        let (release, _) = loaded.histories[&id("echo")].release(&version).unwrap();
        assert!(archives.get(&id("echo"), &version, &release.archive).unwrap().is_some());
    }

    #[test]
    fn registry_file_is_kept_and_checked() {
        let (_directory, store) = store();
        assert_eq!(store.registry().unwrap(), None);
        let file = RegistryFile { format_version: 1, name: "Acme".to_owned(), base_url: None };
        let guard = store.lock(PATIENT, |_| {}).unwrap();
        store.write_registry(&guard, &file).unwrap();
        assert_eq!(store.registry().unwrap(), Some(file));
        std::fs::write(store.root().join("registry.json"), r#"{"format_version":2,"name":"x","base_url":null}"#)
            .unwrap();
        assert!(matches!(store.registry(), Err(StoreError::Registry { .. })));
    }
}
