//! Watching: what a preview was built from → a message when some of it is saved.
//!
//! 1. [`Watcher::set`] makes the watches fit what has to be watched: folders with all below them, git directories without
//!    their objects, the folders of single files (an editor that saves by a rename replaces the file itself).
//! 2. The system tells what happens, or `polling` looks at folders from time to time. Every event counts: a crate that
//!    cancels what was undone a moment later would hide that a build saw the state between. [`collect`] makes one of many.
//! 3. `relevant` tells a change of a source from our own output, git's work and editors' temporary files.
//! 4. [`Watcher::look`] notices folders that appeared, vanished or were replaced, which the system tells nobody.

mod polling;
mod relevant;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::build::Watched;
use polling::Poller;
use relevant::Relevant;

/// How long nothing must happen until a save is taken to be over: what an editor does for one save follows at once.
const MOMENT: Duration = Duration::from_millis(4);
/// How long that is waited for at most: a build of a state between is better than none.
const LONGEST: Duration = Duration::from_millis(500);

/// What wakes the preview.
#[derive(Debug)]
pub(super) enum Wake {
    /// Something was saved.
    Saved(Saved),
    /// There is something to tell of what was saved before.
    Settled,
    /// It is time to end.
    Stop,
}

/// What was saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Saved {
    /// Absolute paths.
    pub(super) paths: BTreeSet<Utf8PathBuf>,
    /// Whether more may have been, because nobody was told: the system lost count, or a folder is another one.
    pub(super) and_more: bool,
}

impl Saved {
    /// Tells whether nothing was saved.
    pub(super) fn is_nothing(&self) -> bool {
        self.paths.is_empty() && !self.and_more
    }

    /// Adds what was saved too.
    pub(super) fn add(&mut self, other: Self) {
        self.paths.extend(other.paths);
        self.and_more |= other.and_more;
    }

    /// Returns the paths as people know them: relative to the registry's directory.
    pub(super) fn shown(&self, root: &Utf8Path) -> Vec<String> {
        let root = resolved(root);
        self.paths.iter().map(|path| shown(&root, path)).collect()
    }
}

/// Watches folders.
pub(super) struct Watcher {
    sender: Sender<Wake>,
    relevant: Arc<RwLock<Relevant>>,
    system: System,
    /// What is watched, how, and which folder it was then.
    targets: BTreeMap<Utf8PathBuf, Target>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    mode: RecursiveMode,
    /// What tells a folder from another one of the same name; nothing while there is none.
    identity: Option<(u64, u64)>,
}

enum System {
    Native(RecommendedWatcher),
    Polling(Poller),
    /// Nothing can be watched; why was said.
    Nothing,
}

impl System {
    fn watch(&mut self, path: &Utf8Path, mode: RecursiveMode) -> notify::Result<()> {
        match self {
            Self::Native(watcher) => watcher.watch(path.as_std_path(), mode),
            Self::Polling(poller) => {
                poller.watch(path, mode == RecursiveMode::Recursive);
                Ok(())
            }
            Self::Nothing => Ok(()),
        }
    }

    fn unwatch(&mut self, path: &Utf8Path) {
        match self {
            // A folder that is gone is watched no more.
            Self::Native(watcher) => drop(watcher.unwatch(path.as_std_path())),
            Self::Polling(poller) => poller.unwatch(path),
            Self::Nothing => {}
        }
    }
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("targets", &self.targets).finish_non_exhaustive()
    }
}

impl Watcher {
    /// Returns a watcher of nothing yet.
    pub(super) fn new(poll: bool, sender: Sender<Wake>) -> Self {
        let mut watcher = Self {
            sender,
            relevant: Arc::default(),
            system: System::Nothing,
            targets: BTreeMap::new(),
            notes: Vec::new(),
        };
        watcher.system = if poll { watcher.polling() } else { watcher.native() };
        watcher
    }

    /// Watches this instead of what was watched before, from the next [`Watcher::look`] on.
    pub(super) fn set(&mut self, watched: &Watched) {
        let relevant = Relevant::new(watched);
        let modes = targets(&relevant);
        *self.relevant.write().unwrap_or_else(PoisonError::into_inner) = relevant;
        self.targets.retain(|path, target| {
            let stays = modes.get(path) == Some(&target.mode);
            if !stays {
                self.system.unwatch(path);
            }
            stays
        });
        for (path, mode) in modes {
            self.targets.entry(path).or_insert(Target { mode, identity: None });
        }
    }

    /// Looks whether watched folders are others than they were, watches those that are there now, and returns them.
    ///
    /// Nobody knows what happened in what is watched anew since a build looked at it.
    pub(super) fn look(&mut self) -> Saved {
        let mut moved = Vec::new();
        for (path, target) in &mut self.targets {
            let identity = identity(path);
            if identity != target.identity {
                self.system.unwatch(path);
                target.identity = identity;
                moved.push((path.clone(), *target));
            }
        }
        for (path, target) in moved.iter().filter(|(_, target)| target.identity.is_some()) {
            if let Err(error) = self.system.watch(path, target.mode) {
                self.fall_back(path, &error);
            }
        }
        Saved { and_more: !moved.is_empty(), paths: moved.into_iter().map(|(path, _)| path).collect() }
    }

    /// Returns what a person should know, once.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Looks at everything from time to time, because the system cannot tell of all of it.
    fn fall_back(&mut self, path: &Utf8Path, error: &notify::Error) {
        if !matches!(self.system, System::Native(_)) {
            self.notes.push(format!("cannot watch `{path}`: {error}"));
            return;
        }
        self.notes.push(format!("cannot be told of changes ({error}): folders are looked at twice a second instead"));
        self.system = self.polling();
        for (path, target) in self.targets.iter().filter(|(_, target)| target.identity.is_some()) {
            let _ = self.system.watch(path, target.mode);
        }
    }

    fn native(&mut self) -> System {
        let config = notify::Config::default().with_follow_symlinks(false);
        RecommendedWatcher::new(self.handler(), config).map_or_else(|_| self.polling(), System::Native)
    }

    fn polling(&mut self) -> System {
        Poller::start(Arc::clone(&self.relevant), self.sender.clone()).map_or_else(
            |error| {
                self.notes.push(format!("cannot look for changes: {error}"));
                System::Nothing
            },
            System::Polling,
        )
    }

    /// Returns what is told of events: it sends on what matters.
    fn handler(&self) -> impl FnMut(notify::Result<notify::Event>) + Send + 'static {
        let (sender, relevant) = (self.sender.clone(), Arc::clone(&self.relevant));
        move |event| {
            let relevant = relevant.read().unwrap_or_else(PoisonError::into_inner);
            let saved = match &event {
                Ok(event) if event.need_rescan() => Saved { and_more: true, ..Saved::default() },
                Ok(event) if is_change(event.kind) => {
                    let paths = event.paths.iter().filter_map(|path| Utf8Path::from_path(path));
                    let paths = paths.filter(|path| relevant.is_change(path)).map(Utf8Path::to_owned).collect();
                    Saved { paths, and_more: false }
                }
                Ok(_) => Saved::default(),
                // Whatever it could not tell may have been a change.
                Err(_) => Saved { and_more: true, ..Saved::default() },
            };
            if !saved.is_nothing() {
                let _ = sender.send(Wake::Saved(saved));
            }
        }
    }
}

/// Adds what is saved until nothing is for a moment; false when it is time to end.
///
/// A checkout of many files is one save, and so is an editor's way of writing one file in several steps.
pub(super) fn collect(receiver: &Receiver<Wake>, saved: &mut Saved) -> bool {
    let start = Instant::now();
    while start.elapsed() < LONGEST {
        match receiver.recv_timeout(MOMENT) {
            Ok(Wake::Saved(more)) => saved.add(more),
            Ok(Wake::Settled) => {}
            Err(RecvTimeoutError::Timeout) => break,
            Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}

/// Tells whether an event says that something was changed; reading, which a build does, is none.
fn is_change(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)))
}

/// Returns what the system has to watch: no folder below another one that is watched with everything below it.
fn targets(relevant: &Relevant) -> BTreeMap<Utf8PathBuf, RecursiveMode> {
    let mut modes: BTreeMap<Utf8PathBuf, RecursiveMode> = BTreeMap::new();
    let deep = relevant.folders.iter().cloned().chain(relevant.repositories.iter().map(|path| path.join("refs")));
    modes.extend(deep.map(|path| (path, RecursiveMode::Recursive)));
    let flat =
        relevant.files.iter().filter_map(|file| file.parent()).chain(relevant.repositories.iter().map(|path| &**path));
    for path in flat {
        modes.entry(path.to_owned()).or_insert(RecursiveMode::NonRecursive);
    }
    let deep: Vec<Utf8PathBuf> =
        modes.iter().filter(|(_, mode)| **mode == RecursiveMode::Recursive).map(|(path, _)| path.clone()).collect();
    modes.retain(|path, _| !deep.iter().any(|above| path != above && path.starts_with(above)));
    modes
}

/// Returns what tells a folder from another one that has its place later.
fn identity(path: &Utf8Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir)?;
    #[cfg(unix)]
    return Some((std::os::unix::fs::MetadataExt::dev(&metadata), std::os::unix::fs::MetadataExt::ino(&metadata)));
    #[cfg(not(unix))]
    {
        let created = metadata.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        Some((0, created.map_or(0, |time| time.as_secs())))
    }
}

/// Returns an absolute path without links, as the system reports it; the part that is not there is taken as it is.
fn resolved(path: &Utf8Path) -> Utf8PathBuf {
    let whole = if path.as_str().is_empty() { Utf8Path::new(".") } else { path };
    if let Ok(found) = whole.canonicalize_utf8() {
        return found;
    }
    match (whole.parent(), whole.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => whole.to_owned(),
    }
}

/// Returns a path as people know it: relative to the registry's directory.
fn shown(root: &Utf8Path, path: &Utf8Path) -> String {
    let below = path.strip_prefix(root).ok().filter(|rest| *rest != Path::new(""));
    below.unwrap_or(path).to_string()
}
