//! The live preview: builds in memory, serves what it built, watches what it was built from.
//!
//! 1. [`Server::bind`] takes an address.
//! 2. [`Preview`](crate::build::Preview) builds; `site` keeps the bytes of every file, with `page` adding the script to pages.
//! 3. `http` answers requests by `answering`, which looks an address up in the site and nowhere else; an `entry` of the site
//!    is sent as it is or compressed, as the client likes it.
//! 4. `watch` tells what was saved; everything that was saved during a build is one more build, of the latest state.
//! 5. `live` tells open pages, which reload if their own bytes changed, and show what is wrong.
//! 6. `settling` makes what changed ready for whoever looks at it next, and says how the site differs.
//!
//! A build that fails leaves the site as it was: the last good version is served until there is a better one.

mod answering;
mod entry;
mod gzip;
mod http;
mod live;
mod page;
mod rebuilding;
mod settling;
mod site;
mod types;
mod watch;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use jiff::Timestamp;

pub use site::Changes;

use crate::build::{PreviewOptions, Watched};
use crate::config::{Config, ConfigError};
use crate::progress::{Progress, Silent};
use answering::Shared;
use rebuilding::{Rebuilder, Rebuilt};
use settling::{Rebuild, Settler};
use watch::{Saved, Wake, Watcher};

/// The port that is taken when none is asked for, and how many behind it are tried.
const PORT: u16 = 8080;
const PORTS_TRIED: u16 = 100;
/// How often it is looked whether a watched folder has appeared or been replaced.
const LOOK: Duration = Duration::from_millis(400);

/// What a live preview is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory of `packyard.toml`.
    pub root: Utf8PathBuf,
    /// Where clones of remote repositories are kept.
    pub cache: Utf8PathBuf,
    /// Where builds write the registry: what happens there is no change.
    pub out: Utf8PathBuf,
    /// Whether private sources take part.
    pub private: bool,
    /// The time that dates drafts.
    pub now: Timestamp,
    /// The address to listen at.
    pub host: IpAddr,
    /// The port; without one, the first that is free.
    pub port: Option<u16>,
    /// Whether folders are looked at from time to time, instead of asking the system to tell.
    pub poll: bool,
    /// The address under which clients reach it, where something stands in front of it.
    pub url: Option<Address>,
}

/// An address that something else answers, and passes on: a proxy that speaks https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    url: String,
    host: String,
}

impl std::str::FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = text.trim_end_matches('/');
        let host = ["https://", "http://"].iter().find_map(|scheme| http::host_of(url.strip_prefix(scheme)?));
        let host = host.ok_or("it must be `https://HOST` or `http://HOST`, with a port if need be, and no path")?;
        Ok(Self { url: url.to_owned(), host })
    }
}

/// What happened, for whoever shows it.
#[derive(Debug)]
pub enum Told<'a> {
    /// The site can be looked at.
    Ready {
        /// The address.
        url: &'a str,
        /// Packs in it.
        packs: usize,
        /// Releases in it.
        releases: usize,
        /// Drafts in it.
        drafts: usize,
        /// How many mistakes there are.
        problems: usize,
        /// How long it took.
        took: Duration,
    },
    /// Something was saved, and the site was built again.
    Rebuilt {
        /// What was saved, relative to the registry's directory where possible.
        saved: &'a [String],
        /// How the site differs; nothing when it could not be built, and stays as it was.
        changes: Option<Changes>,
        /// How many mistakes there are.
        problems: usize,
        /// How long it took.
        took: Duration,
    },
    /// What a person should know.
    Note(&'a str),
    /// Why nothing was built.
    Failed(&'a str),
}

/// Reports a server that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or the address is none of this machine's.
    #[error("cannot listen at {address}{}", hint(.source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A thread could not be started.
    #[error("cannot start the server")]
    Start(#[source] io::Error),
    /// The configuration is wrong from the beginning.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

fn hint(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::AddrInUse {
        ": something else does; without `--port`, the next free one is taken"
    } else {
        ""
    }
}

/// A live preview that has an address.
#[derive(Debug)]
pub struct Server {
    options: Options,
    listener: TcpListener,
    url: String,
    sender: Sender<Wake>,
    receiver: Receiver<Wake>,
}

/// Ends a live preview from another thread.
#[derive(Debug, Clone)]
pub struct Stopper(Sender<Wake>);

impl Stopper {
    /// Ends it, as soon as a build that is under way is done.
    pub fn stop(&self) {
        // When nobody listens, it has ended.
        let _ = self.0.send(Wake::Stop);
    }
}

impl Server {
    /// Takes the address.
    pub fn bind(options: Options) -> Result<Self, ServeError> {
        let listener = listen(options.host, options.port)?;
        let address = http::reachable(listener.local_addr().map_err(ServeError::Start)?);
        let (sender, receiver) = mpsc::channel();
        Ok(Self { options, listener, url: format!("http://{address}"), sender, receiver })
    }

    /// Returns what ends it.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.sender.clone())
    }

    /// Builds, serves and watches until it is told to end; a bad save never ends it.
    pub fn run(self, progress: &dyn Progress, tell: &dyn Fn(Told<'_>)) -> Result<(), ServeError> {
        let Self { options, listener, url, sender, receiver } = self;
        let config = Config::load(&options.root)?;
        let preview = PreviewOptions {
            root: options.root.clone(),
            out: options.out,
            url: options.url.as_ref().map_or_else(|| url.clone(), |address| address.url.clone()),
            private: options.private,
            now: options.now,
            templates: None,
            cache: options.cache,
        };
        let mut watcher = Watcher::new(options.poll, sender.clone());
        // Before the first build, so that nothing is missed that is saved meanwhile.
        watcher.set(&Watched::configured(&config, &preview));
        watcher.look();

        let shared = Shared::new(options.url.map(|address| address.host));
        let mut rebuilder = Rebuilder::new(preview, shared.clone());
        let start = Instant::now();
        let first = rebuilder.rebuild(None, progress);
        if let Some(failure) = &first.failure {
            tell(Told::Failed(failure));
        }
        adapt(&mut watcher, &first, tell);
        let server =
            http::Server::start(listener, http::Limits::default(), shared.clone()).map_err(ServeError::Start)?;
        let (packs, releases, drafts, problems) = (first.packs, first.releases, first.drafts, first.problems);
        tell(Told::Ready { url: &url, packs, releases, drafts, problems, took: start.elapsed() });

        let mut settler = Settler::start(sender, shared.clone()).map_err(ServeError::Start)?;
        let tell_of = |rebuild: Rebuild| {
            let Rebuild { saved, changes, problems, took } = &rebuild;
            tell(Told::Rebuilt { saved, changes: *changes, problems: *problems, took: *took });
        };
        while let Some(saved) = next(&receiver, &mut watcher, &|| settler.settled().for_each(tell_of)) {
            settler.interrupt();
            let start = Instant::now();
            let built = rebuilder.rebuild(Some(&saved), &Silent);
            if let Some(failure) = &built.failure {
                tell(Told::Failed(failure));
            }
            let took = start.elapsed();
            adapt(&mut watcher, &built, tell);
            let (saved, problems) = (saved.shown(&options.root), built.problems);
            settler.settle(built.site, Rebuild { saved, changes: None, problems, took });
        }
        settler.end().into_iter().for_each(tell_of);
        shared.live.end();
        drop(server);
        Ok(())
    }
}

/// Watches from now on what a build was made from, and passes on what the watcher has to say.
fn adapt(watcher: &mut Watcher, built: &Rebuilt, tell: &dyn Fn(Told<'_>)) {
    if let Some(watched) = &built.watched {
        watcher.set(watched);
    }
    watcher.take_notes().iter().for_each(|text| tell(Told::Note(text)));
}

/// Waits for something to be saved, and returns everything that was; nothing when it is time to end. `tell` is called whenever
/// there may be something to tell.
fn next(receiver: &Receiver<Wake>, watcher: &mut Watcher, tell: &dyn Fn()) -> Option<Saved> {
    loop {
        tell();
        let mut saved = watcher.look();
        if saved.is_nothing() {
            match receiver.recv_timeout(LOOK) {
                Ok(Wake::Saved(some)) => saved = some,
                Ok(Wake::Settled) | Err(RecvTimeoutError::Timeout) => continue,
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        if !watch::collect(receiver, &mut saved) {
            return None;
        }
        // What has its place now is what will be built; if it is gone again meanwhile, that is the next build.
        saved.add(watcher.look());
        return Some(saved);
    }
}

/// Listens at the port that is asked for; else at the first free one from 8080, or at any.
fn listen(host: IpAddr, port: Option<u16>) -> Result<TcpListener, ServeError> {
    let failed = |address| move |source| ServeError::Listen { address, source };
    if let Some(port) = port {
        let address = SocketAddr::new(host, port);
        return TcpListener::bind(address).map_err(failed(address));
    }
    for port in PORT..PORT + PORTS_TRIED {
        let address = SocketAddr::new(host, port);
        match TcpListener::bind(address) {
            Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {}
            listener => return listener.map_err(failed(address)),
        }
    }
    let address = SocketAddr::new(host, 0);
    TcpListener::bind(address).map_err(failed(address))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn an_address_of_a_proxy_is_a_scheme_and_a_host() {
        let host = |text: &str| text.parse::<Address>().map(|address| (address.url, address.host));
        assert_eq!(host("https://Packs.test/"), Ok(("https://Packs.test".to_owned(), "packs.test".to_owned())));
        assert_eq!(host("http://[::1]:8443").map(|(_, host)| host), Ok("::1".to_owned()));
        for text in
            ["packs.test", "ftp://packs.test", "https://", "https://a/b", "https://me@a", "https://a?b", "https://a:b"]
        {
            assert!(host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_taken_port_is_refused_when_asked_for_and_skipped_otherwise() {
        let host = Ipv4Addr::LOCALHOST.into();
        let taken = listen(host, Some(0)).expect("any port");
        let port = taken.local_addr().expect("an address").port();
        let error = listen(host, Some(port)).expect_err("taken").to_string();
        assert!(error.contains("without `--port`"), "{error}");
        let (first, second) = (listen(host, None).expect("free"), listen(host, None).expect("free"));
        assert_ne!(first.local_addr().expect("bound"), second.local_addr().expect("bound"));
    }
}
