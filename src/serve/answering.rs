//! Requests → answers: who may ask, for what, and where it lies in the site.

use std::io;
use std::net::{IpAddr, TcpStream};
use std::sync::{Arc, PoisonError, RwLock};

use super::http::{Answer, Content, Handler, Request, Status, Ticket};
use super::live::{Live, Shown};
use super::page;
use super::site::{Body, Entry, Found, Site};
use super::types;

/// Where the event stream is.
const EVENTS: &str = "/_packyard/events";
/// Where the style of the overlay lies.
const STYLE: &str = "/_packyard/live.css";

/// What is said to a client that asks for another host.
const FOREIGN_HOST: &str = "This preview answers to `localhost` and to addresses such as 127.0.0.1, not to other names: \
    any website could make its own name lead here.";

/// What all threads share: the site as it is now, and what its pages are told.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    site: Arc<RwLock<Arc<Site>>>,
    pub(super) live: Arc<Live>,
}

impl Shared {
    /// Returns a site that has nothing to show yet.
    pub(super) fn new() -> Self {
        Self { site: Arc::new(RwLock::new(Arc::new(Site::waiting()))), live: Arc::default() }
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
        if !is_own_host(&request.host) {
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
            page::SCRIPT => of_program(page::SCRIPT, include_bytes!("assets/live.js")),
            STYLE => of_program(STYLE, include_bytes!("assets/live.css")),
            path => {
                let site = self.site();
                let found = site.find(path);
                self.tell_failures();
                match found {
                    Found::Entry(entry) => of_entry(&entry, Status::Ok),
                    Found::Folder(to) => {
                        let mut answer = Answer::plain(Status::Found);
                        answer.headers.push(("Location", to));
                        answer
                    }
                    Found::Broken => of_entry(&Entry::page(include_bytes!("assets/broken.html")), Status::Failed),
                    Found::Nothing => match site.not_found() {
                        Some(page) => of_entry(&page, Status::NotFound),
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

/// Tells whether a request asks for this server by a name that nobody else can give it.
///
/// A page elsewhere can make its own domain name lead here (DNS rebinding) and would then read what is served; it cannot do so
/// with an address, nor with `localhost`.
fn is_own_host(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok()
}

fn of_program(path: &str, bytes: &'static [u8]) -> Answer {
    of_entry(&Entry::new(types::of(path), bytes), Status::Ok)
}

fn of_entry(entry: &Entry, status: Status) -> Answer {
    let content = match &entry.body {
        Body::Bytes(bytes) => Content::Bytes(Arc::clone(bytes)),
        Body::File(path, len, _) => Content::File(path.clone(), *len),
    };
    // A page may change at any moment; other files may be kept, and are asked for again with their tag.
    let cache = if entry.content_type.starts_with("text/html") { "no-store" } else { "no-cache" };
    let mut answer = Answer::bytes(status, entry.content_type, Vec::new());
    answer.content = content;
    answer.etag = entry.etag().map(str::to_owned);
    answer.cache = cache;
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
