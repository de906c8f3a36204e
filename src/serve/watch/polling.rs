//! Looks at folders from time to time, where the system tells nobody what happens in them.
//!
//! A thread of its own makes a [`View`] of every folder twice a second, and tells how it differs from the one before. Views of
//! very large folders are made less often: nine tenths of the time, the thread rests.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use super::relevant::Relevant;
use super::view::View;
use super::{Saved, Wake};

/// How often folders are looked at.
const POLL: Duration = Duration::from_millis(500);
/// How many times as long as a look takes is rested after it.
const REST_PER_LOOK: u32 = 9;
/// How long a file that was just written is left to come to rest, which on most file systems it then has.
const SETTLING: Duration = Duration::from_millis(70);
/// Most threads of a look; they are its own, because those that build are busy for as long as a build takes.
const MOST_THREADS: usize = 4;

/// Looks at folders until it is dropped.
#[derive(Debug)]
pub(super) struct Poller {
    looker: Arc<Looker>,
    /// Is dropped to end the thread.
    running: Option<Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// The folders, and what was seen in them last.
#[derive(Debug)]
struct Looker {
    relevant: Arc<RwLock<Relevant>>,
    folders: Mutex<BTreeMap<Utf8PathBuf, Folder>>,
    threads: rayon::ThreadPool,
}

#[derive(Debug, Default)]
struct Folder {
    is_deep: bool,
    view: View,
    unreadable: BTreeSet<Utf8PathBuf>,
}

impl Poller {
    /// Starts to look; what is saved is sent.
    pub(super) fn start(relevant: Arc<RwLock<Relevant>>, sender: Sender<Wake>) -> io::Result<Self> {
        let looker = Arc::new(Looker::new(relevant)?);
        let (running, is_over) = mpsc::channel();
        let of_thread = Arc::clone(&looker);
        let thread = std::thread::Builder::new()
            .name("packyard-poll".to_owned())
            .spawn(move || of_thread.run(&is_over, &sender))?;
        Ok(Self { looker, running: Some(running), thread: Some(thread) })
    }

    /// Looks at a folder from now on; whatever changes after this call is noticed.
    pub(super) fn watch(&self, path: &Utf8Path, is_deep: bool) {
        self.looker.watch(path, is_deep);
    }

    /// Looks at a folder no more.
    pub(super) fn unwatch(&self, path: &Utf8Path) {
        self.looker.folders().remove(path);
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Looker {
    fn new(relevant: Arc<RwLock<Relevant>>) -> io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
        let name = |number| format!("packyard-look-{number}");
        let threads = rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(name).build();
        Ok(Self { relevant, folders: Mutex::default(), threads: threads.map_err(io::Error::other)? })
    }

    fn run(&self, is_over: &Receiver<Infallible>, sender: &Sender<Wake>) {
        let rests = |time| is_over.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        let mut pace = Pace::default();
        while rests(pace.pause()) {
            let start = Instant::now();
            let found = self.look(true);
            pace.note(start.elapsed());
            let paths = match found {
                Some(paths) => paths,
                None if rests(SETTLING) => self.look(false).unwrap_or_default(),
                None => return,
            };
            if !paths.is_empty() {
                let _ = sender.send(Wake::Saved(Saved { paths, and_more: false }));
            }
        }
    }

    fn watch(&self, path: &Utf8Path, is_deep: bool) {
        let mut folder = Folder { is_deep, ..Folder::default() };
        folder.view = self.view(path, &mut folder).unwrap_or_default();
        self.folders().insert(path.to_owned(), folder);
    }

    /// Looks at all folders, and returns what is relevant of what differs since this was done last.
    ///
    /// Whoever is patient gets nothing while something that differs is restless: it will be seen again by the next look.
    fn look(&self, is_patient: bool) -> Option<BTreeSet<Utf8PathBuf>> {
        let mut folders = self.folders();
        let (mut views, mut changed) = (Vec::new(), BTreeSet::new());
        for (path, folder) in folders.iter_mut() {
            // What cannot be read at the moment is compared with what was seen last when it can be read again.
            let Ok(view) = self.view(path, folder) else { continue };
            let differences = folder.view.differences(&view);
            if is_patient && differences.iter().any(|path| view.is_restless(path)) {
                return None;
            }
            changed.extend(differences.iter().map(|below| path.join(below)));
            views.push((path.clone(), view));
        }
        for (path, view) in views {
            if let Some(folder) = folders.get_mut(&path) {
                folder.view = view;
            }
        }
        drop(folders);
        let relevant = self.relevant.read().unwrap_or_else(PoisonError::into_inner);
        changed.retain(|path| relevant.is_change(path));
        Some(changed)
    }

    fn view(&self, path: &Utf8Path, folder: &mut Folder) -> io::Result<View> {
        let relevant = self.relevant.read().unwrap_or_else(PoisonError::into_inner);
        self.threads.install(|| View::of(path, folder.is_deep, &relevant, &mut folder.unreadable))
    }

    /// A thread that panicked while it held the folders left them whole.
    fn folders(&self) -> MutexGuard<'_, BTreeMap<Utf8PathBuf, Folder>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the last two looks took: the quicker one counts, so that no single delay slows down what follows.
#[derive(Debug, Default)]
struct Pace {
    last: Duration,
    before: Duration,
}

impl Pace {
    fn note(&mut self, took: Duration) {
        self.before = std::mem::replace(&mut self.last, took);
    }

    fn pause(&self) -> Duration {
        POLL.max(self.last.min(self.before) * REST_PER_LOOK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTED: Duration = Duration::from_millis(80);

    struct Fixture {
        directory: tempfile::TempDir,
        root: Utf8PathBuf,
        relevant: Arc<RwLock<Relevant>>,
    }

    impl Fixture {
        /// Makes a folder that is relevant with everything in it, and lets its files come to rest.
        fn new(files: &[(&str, &str)]) -> Self {
            let directory = tempfile::tempdir().expect("a directory");
            let root = Utf8Path::from_path(directory.path()).expect("UTF-8").canonicalize_utf8().expect("there");
            let mut relevant = Relevant::default();
            relevant.folders.insert(root.clone());
            relevant.repositories.insert(root.join(".git"));
            let fixture = Self { directory, root, relevant: Arc::new(RwLock::new(relevant)) };
            files.iter().for_each(|(path, text)| fixture.write(path, text));
            std::thread::sleep(RESTED);
            fixture
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.root.join(path);
            std::fs::create_dir_all(path.parent().expect("below the root")).expect("created");
            std::fs::write(path, text).expect("written");
        }

        fn modified(&self, path: &str) -> std::time::SystemTime {
            std::fs::metadata(self.root.join(path)).expect("there").modified().expect("known")
        }

        fn set_modified(&self, path: &str, time: std::time::SystemTime) {
            let file = std::fs::File::options().append(true).open(self.root.join(path)).expect("opened");
            file.set_modified(time).expect("set");
        }

        fn looker(&self) -> Looker {
            let looker = Looker::new(Arc::clone(&self.relevant)).expect("threads");
            looker.watch(&self.root, true);
            looker
        }

        /// Returns what differs when everything is at rest.
        fn seen(&self, looker: &Looker) -> Vec<String> {
            std::thread::sleep(RESTED);
            let paths = looker.look(true).expect("at rest");
            paths.iter().map(|path| path.strip_prefix(&self.root).expect("inside").to_string()).collect()
        }
    }

    #[test]
    fn nothing_is_told_when_nothing_happens() {
        let fixture = Fixture::new(&[("a/b", "b"), ("c", "c"), (".git/HEAD", "ref: x")]);
        let looker = fixture.looker();
        for _ in 0..3 {
            assert_eq!(fixture.seen(&looker), Vec::<String>::new());
        }
    }

    #[test]
    fn what_appears_vanishes_or_changes_is_told_once() {
        let fixture = Fixture::new(&[("a/b", "b"), ("a/c", "c"), ("d", "d")]);
        let looker = fixture.looker();
        fixture.write("a/b", "other");
        fixture.write("e/f", "f");
        std::fs::remove_file(fixture.root.join("d")).expect("removed");
        assert_eq!(fixture.seen(&looker), ["a/b", "d", "e", "e/f"]);
        assert_eq!(fixture.seen(&looker), Vec::<String>::new());
    }

    #[test]
    #[cfg(unix)]
    fn an_edit_of_the_same_size_at_the_same_time_is_told() {
        let fixture = Fixture::new(&[("a", "one")]);
        let (looker, time) = (fixture.looker(), fixture.modified("a"));
        fixture.write("a", "two");
        fixture.set_modified("a", time);
        assert_eq!(fixture.seen(&looker), ["a"]);
    }

    #[test]
    fn a_file_that_is_replaced_by_an_older_one_is_told() {
        let fixture = Fixture::new(&[("a", "new")]);
        fixture.write("a~", "old");
        fixture.set_modified("a~", fixture.modified("a") - Duration::from_secs(3600));
        let looker = fixture.looker();
        std::fs::rename(fixture.root.join("a~"), fixture.root.join("a")).expect("renamed");
        assert_eq!(fixture.seen(&looker), ["a"]);
    }

    #[test]
    fn a_folder_may_vanish_and_return() {
        let fixture = Fixture::new(&[("a/b", "b"), ("c", "c"), (".git/index", "")]);
        let looker = fixture.looker();
        let (inside, outside) = (fixture.root.join("a"), fixture.root.join(".git/a"));
        std::fs::rename(&inside, &outside).expect("renamed");
        assert_eq!(fixture.seen(&looker), ["a", "a/b"]);
        std::fs::rename(&outside, &inside).expect("renamed");
        assert_eq!(fixture.seen(&looker), ["a", "a/b"]);
        // The watched folder itself.
        std::fs::remove_dir_all(fixture.directory.path()).expect("removed");
        assert_eq!(fixture.seen(&looker), ["a", "a/b", "c"]);
        fixture.write("c", "c");
        assert_eq!(fixture.seen(&looker), ["c"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_was_just_written_is_told_and_once_more_when_it_has_come_to_rest() {
        let fixture = Fixture::new(&[("a", "a")]);
        let looker = fixture.looker();
        // Its time lies ahead, so that it will not come to rest for long.
        let ahead = std::time::SystemTime::now() + Duration::from_secs(3600);
        fixture.write("a", "b");
        fixture.set_modified("a", ahead);
        assert_eq!(looker.look(true), None, "whoever is patient waits");
        let told = BTreeSet::from([fixture.root.join("a")]);
        assert_eq!(looker.look(false), Some(told.clone()));
        assert_eq!(looker.look(true), Some(BTreeSet::new()), "the same state is not told for ever");
        fixture.write("a", "c");
        fixture.set_modified("a", ahead);
        assert_eq!(looker.look(false), Some(told.clone()), "another restless state is another one");
        fixture.set_modified("a", ahead - Duration::from_secs(7200));
        std::thread::sleep(RESTED);
        assert_eq!(looker.look(true), Some(told));
        assert_eq!(looker.look(true), Some(BTreeSet::new()));
    }

    #[test]
    fn of_a_git_directory_only_references_count() {
        let fixture = Fixture::new(&[(".git/HEAD", "a"), (".git/objects/00/11", "a"), ("a/.git/HEAD", "a")]);
        let looker = fixture.looker();
        for path in [".git/index", ".git/objects/00/11", ".git/objects/00/22", "a/.git/HEAD", "a/b.swp", ".git/x.lock"]
        {
            fixture.write(path, "b");
        }
        assert_eq!(fixture.seen(&looker), Vec::<String>::new());
        for path in [".git/HEAD", ".git/packed-refs", ".git/refs/tags/v1"] {
            fixture.write(path, "b");
        }
        let told = fixture.seen(&looker);
        for path in [".git/HEAD", ".git/packed-refs", ".git/refs/tags/v1"] {
            assert!(told.iter().any(|told| told == path), "{path}: {told:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_cannot_be_read_hides_no_other() {
        use std::os::unix::fs::PermissionsExt as _;
        let fixture = Fixture::new(&[("a", "a"), ("locked/b", "b")]);
        let locked = fixture.root.join("locked");
        let allow = |mode| std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).expect("set");
        allow(0);
        if std::fs::read_dir(&locked).is_ok() {
            return; // Nothing is locked for this user.
        }
        let looker = fixture.looker();
        fixture.write("a", "b");
        assert_eq!(fixture.seen(&looker), ["a"]);
        allow(0o755);
        assert_eq!(fixture.seen(&looker), ["locked", "locked/b"]);
    }

    #[test]
    fn the_thread_tells_and_ends_with_the_poller() {
        let fixture = Fixture::new(&[("a", "a")]);
        let (sender, receiver) = mpsc::channel();
        let poller = Poller::start(Arc::clone(&fixture.relevant), sender).expect("started");
        poller.watch(&fixture.root, true);
        fixture.write("a", "b");
        let Ok(Wake::Saved(saved)) = receiver.recv_timeout(Duration::from_secs(30)) else { panic!("nothing was told") };
        assert_eq!(saved, Saved { paths: BTreeSet::from([fixture.root.join("a")]), and_more: false });
        drop(poller);
        assert!(matches!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected)), "the thread is over");
    }

    #[test]
    fn large_folders_are_looked_at_less_often_and_one_delay_does_not_count() {
        let mut pace = Pace::default();
        pace.note(Duration::from_secs(10));
        assert_eq!(pace.pause(), POLL);
        pace.note(Duration::from_millis(200));
        assert_eq!(pace.pause(), Duration::from_millis(1800));
    }
}
