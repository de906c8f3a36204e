//! Makes what changed ready for whoever looks at it, beside everything else, and tells how the site differs.
//!
//! On a thread of its own: the next build, and pages that are asked for, wait for none of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::answering::Shared;
use super::site::{Changes, Site};
use super::watch::Wake;

/// How long nothing is made but what open pages ask for, after something was saved: they come first.
const FIRST_LOOK: Duration = Duration::from_millis(50);
/// How long pages are made then that nobody has asked for since they changed.
const PATIENCE: Duration = Duration::from_millis(300);
/// How far the thread steps back (`nice`, POSIX).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;
/// How often it is looked whether something was saved meanwhile.
const STEP: Duration = Duration::from_millis(5);

/// What came of a save.
#[derive(Debug)]
pub(super) struct Rebuild {
    /// What was saved, as people know it.
    pub(super) saved: Vec<String>,
    /// How the site differs; nothing when it could not be built, or not yet.
    pub(super) changes: Option<Changes>,
    /// How many mistakes there are.
    pub(super) problems: usize,
    /// How long it took until the site was there.
    pub(super) took: Duration,
}

/// What the thread is given.
struct Given {
    /// The site, if it could be built.
    site: Option<Arc<Site>>,
    rebuild: Rebuild,
    /// Whether there is something newer.
    is_over: Arc<AtomicBool>,
}

/// Lets other threads go before this one, where the system can do that for a thread.
fn step_back() {
    #[cfg(target_os = "linux")]
    // It is a favour, and needs no thanks.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}

/// Settles one site after the other.
pub(super) struct Settler {
    given: Sender<Given>,
    settled: Receiver<Rebuild>,
    /// Tells the site that was given last to come to its end.
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Settler {
    /// Starts the thread, which wakes the preview when there is something to tell.
    pub(super) fn start(wake: Sender<Wake>, shared: Shared) -> io::Result<Self> {
        let (give, given) = mpsc::channel::<Given>();
        let (tell, settled) = mpsc::channel();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).start_handler(|_| step_back());
        let pool = pool.build().map_err(io::Error::other)?;
        let run = move || {
            for Given { site, mut rebuild, is_over } in given {
                if let Some(site) = site {
                    let start = Instant::now();
                    while start.elapsed() < FIRST_LOOK && !is_over.load(Ordering::Relaxed) {
                        thread::sleep(STEP);
                    }
                    let mut is_over = || is_over.load(Ordering::Relaxed);
                    rebuild.changes = Some(pool.install(|| site.settle(PATIENCE, &mut is_over)));
                }
                rebuild.problems += shared.tell_failures();
                // When nobody listens, the preview has ended.
                let _ = tell.send(rebuild).is_ok_and(|()| wake.send(Wake::Settled).is_ok());
            }
        };
        let thread = thread::Builder::new().name("settler".to_owned()).spawn(run)?;
        Ok(Self { given: give, settled, is_over: Arc::default(), thread })
    }

    /// Settles a site, if it could be built, once open pages have had their first look.
    pub(super) fn settle(&mut self, site: Option<Arc<Site>>, rebuild: Rebuild) {
        self.is_over = Arc::default();
        // The thread ends after this value only.
        let _ = self.given.send(Given { site, rebuild, is_over: Arc::clone(&self.is_over) });
    }

    /// Leaves what is not made yet to whoever asks for it: there is something newer.
    pub(super) fn interrupt(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Returns what was settled since this was asked last.
    pub(super) fn settled(&self) -> impl Iterator<Item = Rebuild> {
        self.settled.try_iter()
    }

    /// Comes to an end, and returns what was settled since.
    pub(super) fn end(self) -> Vec<Rebuild> {
        self.interrupt();
        drop(self.given);
        // It cannot have panicked but by a bug, which was told.
        let _ = self.thread.join();
        self.settled.try_iter().collect()
    }
}
