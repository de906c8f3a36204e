//! The open connections: how many there may be, and which gives way when there is one too many.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Limits;

/// How long an answer may take before its connection may give way to a new one.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a new connection waits for the threads of connections that were ended.
const WAIT: Duration = Duration::from_secs(1);

/// The open connections of a server.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) limits: Limits,
    table: Mutex<Table>,
    /// Is notified when a thread is over.
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    open: BTreeMap<u64, Open>,
    /// How many threads there are: those of open connections, and those that were ended and have not noticed yet.
    threads: usize,
    is_closed: bool,
}

#[derive(Debug)]
struct Open {
    stream: TcpStream,
    state: State,
    since: Instant,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It waits for a request, or for the rest of one.
    Waiting,
    /// It is being answered.
    Answering,
    /// It is an event stream.
    Streaming,
}

/// The place of a connection in the table; given back when it is dropped.
#[derive(Debug)]
pub(in crate::serve) struct Ticket {
    connections: Arc<Connections>,
    number: u64,
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, table: Mutex::default(), ended: Condvar::new() }
    }

    /// Admits a connection; one that waits, or is answered for long, ends if there are too many.
    ///
    /// To be called in the order in which clients connect, so that the newest is the last to give way. Nothing when all others are being answered, or when the server ends: then the new connection is refused.
    pub(super) fn admit(self: &Arc<Self>, stream: &TcpStream) -> Option<Ticket> {
        let stream = stream.try_clone().ok()?;
        // Threads that are about to end count too, so that no flood can make more of them than these: a new connection waits
        // for one to be over.
        let most = self.limits.connections * 2;
        let too_many = |table: &mut Table| table.threads >= most && !table.is_closed;
        let (mut table, _) =
            self.ended.wait_timeout_while(self.table(), WAIT, too_many).unwrap_or_else(PoisonError::into_inner);
        let is_full = table.open.len() >= self.limits.connections;
        let has_threads = table.threads < most;
        if table.is_closed || !has_threads || (is_full && !table.make_room()) {
            return None;
        }
        table.threads += 1;
        let number = table.next;
        table.next += 1;
        table.open.insert(number, Open { stream, state: State::Waiting, since: Instant::now() });
        Some(Ticket { connections: Arc::clone(self), number })
    }

    /// Ends every connection, and admits no more.
    pub(super) fn close_all(&self) {
        let mut table = self.table();
        table.is_closed = true;
        for open in std::mem::take(&mut table.open).into_values() {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
    }

    /// A thread that panicked while it held the table left it whole.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Ends the connection that waits longest, else one that has been answered for long; tells whether there was one.
    fn make_room(&mut self) -> bool {
        self.end_oldest(|open| open.state == State::Waiting)
            || self.end_oldest(|open| open.state == State::Answering && open.since.elapsed() > PATIENCE)
    }

    fn end_oldest(&mut self, may_end: impl Fn(&Open) -> bool) -> bool {
        let oldest = self.open.iter().filter(|(_, open)| may_end(open)).min_by_key(|(_, open)| open.since);
        let Some(number) = oldest.map(|(number, _)| *number) else { return false };
        if let Some(open) = self.open.remove(&number) {
            // Its thread wakes from whatever it waits for, and ends.
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        true
    }
}

impl Ticket {
    /// Returns the bounds of the server.
    pub(super) fn limits(&self) -> &Limits {
        &self.connections.limits
    }

    /// Notes what the connection does from now on; false when it was ended meanwhile.
    ///
    /// A stream too many ends the oldest stream: its page connects again if somebody looks at it.
    pub(super) fn set(&self, state: State) -> bool {
        let mut table = self.connections.table();
        let is_stream = |open: &Open| open.state == State::Streaming;
        if state == State::Streaming
            && table.open.values().filter(|open| is_stream(open)).count() >= self.connections.limits.streams
        {
            table.end_oldest(is_stream);
        }
        match table.open.get_mut(&self.number) {
            Some(open) => {
                open.state = state;
                open.since = Instant::now();
                true
            }
            None => false,
        }
    }

    /// Tells whether the connection has its place still.
    pub(in crate::serve) fn is_open(&self) -> bool {
        self.connections.table().open.contains_key(&self.number)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut table = self.connections.table();
        table.open.remove(&self.number);
        table.threads -= 1;
        self.connections.ended.notify_all();
    }
}
