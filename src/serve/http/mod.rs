//! A small HTTP/1.1 server: `GET` and `HEAD`, everything bounded. See `docs/decisions/0006-own-http-server.md`.
//!
//! 1. [`Server::start`] accepts connections; `connections` keeps their number bounded: the one that waits longest gives way.
//! 2. `head` reads a request's head from a connection, within limits of bytes and time.
//! 3. [`request`] turns it into a [`Request`], or says what is wrong with it.
//! 4. A handler gives an [`Answer`], compressed if [`Codings`] say so; `conditions` makes it a 304 or a part where that was asked for.
//! 5. `answer` writes it.
//!
//! Knows nothing of registries, and touches no disk but for answers that are files.

mod answer;
mod codings;
mod conditions;
mod connection;
mod connections;
mod head;
pub(super) mod request;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

pub(super) use answer::{Answer, Content, Status};
pub(super) use codings::{Coding, Codings};
pub(super) use connections::Ticket;
pub(super) use request::{Request, host_of};

use connections::Connections;

/// Bounds what clients may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most connections; one more ends the one that waits longest.
    pub(super) connections: usize,
    /// Most event streams among them; one more ends the oldest.
    pub(super) streams: usize,
    /// Most bytes of a request's head.
    pub(super) head_bytes: usize,
    /// Most bytes of its target.
    pub(super) target_bytes: usize,
    /// Most header fields.
    pub(super) headers: usize,
    /// How long a head may take from its first byte.
    pub(super) head_time: Duration,
    /// How long a connection may be silent before a request.
    pub(super) idle_time: Duration,
    /// How long an answer may take.
    pub(super) answer_time: Duration,
}

impl Default for Limits {
    /// What a person with some browser windows and a runtime's client need, with room.
    fn default() -> Self {
        Self {
            connections: 128,
            streams: 32,
            head_bytes: 16 << 10,
            target_bytes: 4 << 10,
            headers: 64,
            head_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(15),
            answer_time: Duration::from_secs(60),
        }
    }
}

/// Answers requests; called by many threads at once.
pub(super) trait Handler: Send + Sync + 'static {
    /// Returns the answer to a request.
    fn answer(&self, request: &Request) -> Answer;

    /// Sends events until the client is gone or the server ends; the head of the answer is written already.
    fn stream(&self, stream: &mut TcpStream, ticket: &Ticket) -> io::Result<()>;
}

/// A server that is running; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    connections: Arc<Connections>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to answer what connects to the listener.
    pub(super) fn start(listener: TcpListener, limits: Limits, handler: impl Handler) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let ending = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(Connections::new(limits));
        let (flag, table, handler) = (Arc::clone(&ending), Arc::clone(&connections), Arc::new(handler));
        let accept = move || {
            while let Ok(accepted) = next(&listener) {
                if flag.load(Ordering::Acquire) {
                    return;
                }
                let Some(stream) = accepted else { continue };
                let Some(ticket) = table.admit(&stream) else {
                    connection::turn_away(&stream);
                    continue;
                };
                let handler = Arc::clone(&handler);
                // A thread that cannot be had costs this connection only.
                let _ = std::thread::Builder::new()
                    .name("packyard-serve".to_owned())
                    .stack_size(256 << 10)
                    .spawn(move || connection::serve(&stream, &ticket, &*handler));
            }
        };
        let acceptor = std::thread::Builder::new().name("packyard-accept".to_owned()).spawn(accept)?;
        Ok(Self { address, ending, connections, acceptor: Some(acceptor) })
    }
}

/// Returns where a listener at `address` is reached from this machine: at the loopback, when it listens everywhere.
pub(super) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Waits for a connection; nothing when one could not be accepted, because it is gone or there are no file handles.
fn next(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((stream, _)) => Ok(Some(stream)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(error),
        Err(_) => {
            std::thread::sleep(Duration::from_millis(10));
            Ok(None)
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        // Wakes the acceptor, which then sees that it is to end.
        let woken = TcpStream::connect_timeout(&reachable(self.address), Duration::from_secs(1)).is_ok();
        self.connections.close_all();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            let _ = acceptor.join();
        }
    }
}
