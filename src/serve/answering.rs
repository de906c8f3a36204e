//! Requests → answers: who may ask, for what, and where it lies in the site.

use std::io;
use std::net::{IpAddr, TcpStream};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::entry::{Body, Entry};
use super::http::{Answer, Coding, Content, Handler, Request, Status, Ticket};
use super::live::{Live, Shown};
use super::page;
use super::site::{Found, Site};
use super::types;

/// Where the event stream is.
const EVENTS: &str = "/_packyard/events";
/// Where the style of the overlay lies.
const STYLE: &str = "/_packyard/live.css";

/// The header that names the bytes of a file however they are sent: `live.js` compares it with what its page was told.
const TAG: &str = "Packyard-Tag";

/// What the program adds to the site.
static LIVE_SCRIPT: LazyLock<Entry> =
    LazyLock::new(|| Entry::new(types::of(page::SCRIPT), include_bytes!("assets/live.js").as_slice()));
static LIVE_STYLE: LazyLock<Entry> =
    LazyLock::new(|| Entry::new(types::of(STYLE), include_bytes!("assets/live.css").as_slice()));
static BROKEN: LazyLock<Entry> = LazyLock::new(|| Entry::page(include_bytes!("assets/broken.html")));

/// What is said to a client that asks for another host.
const FOREIGN_HOST: &str = "This preview answers to `localhost` and to addresses such as 127.0.0.1, not to other names: \
    any website could make its own name lead here.";

/// What is said to a client that takes a text in no way that there is.
const NO_CODING: &str = "There is this text as it is, and compressed with gzip.";

/// What all threads share: the site as it is now, and what its pages are told.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    site: Arc<RwLock<Arc<Site>>>,
    /// A name that it answers to besides its own.
    host: Option<Arc<str>>,
    pub(super) live: Arc<Live>,
}

impl Shared {
    /// Returns a site that has nothing to show yet; it answers to `host`, too.
    pub(super) fn new(host: Option<String>) -> Self {
        let site = Arc::new(RwLock::new(Arc::new(Site::waiting())));
        Self { site, host: host.map(Arc::from), live: Arc::default() }
    }

    /// Returns the site as it is now; it stays as it is for whoever holds it.
    pub(super) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells open pages what could not be made since this was done last, and returns how much that is in all.
    pub(super) fn tell_failures(&self) -> usize {
        let Some(failures) = self.site().new_failures() else { return 0 };
        let shown: Vec<Shown> = failures.into_iter().map(|(_, reason)| Shown::failure("template", reason)).collect();
        let count = shown.len();
        self.live.add(shown);
        count
    }

    /// Puts another site in place.
    pub(super) fn show(&self, site: Arc<Site>) {
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = site;
    }
}

impl Handler for Shared {
    fn answer(&self, request: &Request) -> Answer {
        if !is_own_host(&request.host) && self.host.as_deref() != Some(&request.host) {
            return Answer::explained(Status::Misdirected, FOREIGN_HOST);
        }
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Answer::plain(Status::MethodNotAllowed);
        }
        match request.path.as_str() {
            EVENTS => {
                let mut answer = Answer::bytes(Status::Ok, "text/event-stream", Vec::new());
                answer.content = Content::Stream;
                answer
            }
            page::SCRIPT => of_entry(&LIVE_SCRIPT, Status::Ok, request),
            STYLE => of_entry(&LIVE_STYLE, Status::Ok, request),
            path => {
                let site = self.site();
                let found = site.find(path);
                self.tell_failures();
                match found {
                    Found::Entry(entry) => match queried(&entry, request) {
                        Some(answered) => of_entry(&answered, Status::Ok, request),
                        None => of_entry(&entry, Status::Ok, request),
                    },
                    Found::Folder(to) => {
                        let mut answer = Answer::plain(Status::Found);
                        answer.headers.push(("Location", to));
                        answer
                    }
                    Found::Broken => of_entry(&BROKEN, Status::Failed, request),
                    Found::Nothing => match site.not_found() {
                        Some(page) => of_entry(&page, Status::NotFound, request),
                        None => Answer::plain(Status::NotFound),
                    },
                }
            }
        }
    }

    fn stream(&self, stream: &mut TcpStream, ticket: &Ticket) -> io::Result<()> {
        self.live.stream(stream, ticket)
    }
}

/// Returns what a file of a feed answers to the request's query, where its runtime's own server would look at that.
fn queried(entry: &Entry, request: &Request) -> Option<Entry> {
    if request.query.is_empty() {
        return None;
    }
    let (ecosystem, path) = types::of_feed(request.path.strip_prefix('/')?)?;
    let Body::Bytes(bytes) = &entry.body else { return None };
    let answer = ecosystem.answer(path, &request.query, bytes)?;
    Some(Entry::new(entry.content_type, answer))
}

/// Tells whether a request asks for this server by a name that nobody else can give it.
///
/// A page elsewhere can make its own domain name lead here (DNS rebinding) and would then read what is served; it cannot do so
/// with an address, nor with `localhost`.
fn is_own_host(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok()
}

/// Returns the answer that a file is: as it is or compressed, as the client likes it.
fn of_entry(entry: &Entry, status: Status, request: &Request) -> Answer {
    let coding = entry.coding(request.codings(), request.wants_part());
    let mut answer = match coding {
        None if status == Status::Ok => Answer::explained(Status::NotAcceptable, NO_CODING),
        Some(Coding::Gzip) => compressed(entry, status).unwrap_or_else(|| as_it_is(entry, status)),
        // What went wrong is said, whether the client takes it or not.
        Some(Coding::Identity) | None => as_it_is(entry, status),
    };
    if entry.is_text() {
        answer.headers.push(("Vary", "Accept-Encoding".to_owned()));
    }
    answer
}

fn as_it_is(entry: &Entry, status: Status) -> Answer {
    let content = match &entry.body {
        Body::Bytes(bytes) => Content::Bytes(Arc::clone(bytes)),
        Body::File(path, len, _) => Content::File(path.clone(), *len),
    };
    of_content(entry, status, content)
}

fn compressed(entry: &Entry, status: Status) -> Option<Answer> {
    let (bytes, etag) = entry.gzip()?;
    let mut answer = of_content(entry, status, Content::Bytes(Arc::clone(bytes)));
    answer.coding = Some("gzip");
    answer.etag = Some(etag);
    Some(answer)
}

fn of_content(entry: &Entry, status: Status, content: Content) -> Answer {
    let mut answer = Answer::bytes(status, entry.content_type, Vec::new());
    answer.content = content;
    answer.etag = entry.etag().map(str::to_owned);
    answer.headers.extend(answer.etag.clone().map(|tag| (TAG, tag)));
    // A page may change at any moment; other files may be kept, and are asked for again with their tag.
    answer.cache = if entry.content_type.starts_with("text/html") { "no-store" } else { "no-cache" };
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_anybody_can_register_are_refused() {
        for host in ["localhost", "127.0.0.1", "::1", "192.168.1.7", "docs.localhost"] {
            assert!(is_own_host(host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost", "1.2.3.4.5"] {
            assert!(!is_own_host(host), "{host}");
        }
    }
}
