//! Reads the head of a request from a connection, within limits of bytes and time.

use std::io::{self, Read as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::Limits;
use super::answer::Status;

/// What came of waiting for a request.
#[derive(Debug)]
pub(super) enum Head {
    /// Everything up to the empty line, that line included.
    Complete(Vec<u8>),
    /// The client has nothing more to ask, or is gone.
    End,
    /// What came is no request that can be answered otherwise.
    Refused(Status),
}

/// A connection, with the bytes that were read beyond the last request.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    stream: &'a TcpStream,
    ahead: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Self { stream, ahead: Vec::new() }
    }

    /// Reads the next head.
    ///
    /// The time runs from the first byte for the whole head, so that a byte now and then does not prolong it.
    pub(super) fn next(&mut self, limits: &Limits) -> io::Result<Head> {
        let start = Instant::now();
        let mut deadline = start + if self.ahead.is_empty() { limits.idle_time } else { limits.head_time };
        let mut has_begun = !self.ahead.is_empty();
        let mut searched = 0;
        loop {
            // An empty line before a request is ignored (RFC 9112 section 2.2).
            while searched == 0 && self.ahead.starts_with(b"\r\n") {
                self.ahead.drain(..2);
            }
            if let Some(end) = end_of_head(&self.ahead, searched) {
                if end > limits.head_bytes {
                    return Ok(Head::Refused(too_large(&self.ahead[..limits.head_bytes])));
                }
                let rest = self.ahead.split_off(end);
                return Ok(Head::Complete(std::mem::replace(&mut self.ahead, rest)));
            }
            if self.ahead.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
                // No method begins so: a client that speaks TLS, or no HTTP at all.
                return Ok(Head::Refused(Status::BadRequest));
            }
            if self.ahead.len() > limits.head_bytes {
                return Ok(Head::Refused(too_large(&self.ahead)));
            }
            searched = self.ahead.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(if self.ahead.is_empty() { Head::End } else { Head::Refused(Status::RequestTimeout) });
            }
            self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            let mut buffer = [0; 4 << 10];
            match (&mut &*self.stream).read(&mut buffer) {
                Ok(0) => return Ok(Head::End),
                Ok(len) => {
                    if !std::mem::replace(&mut has_begun, true) {
                        deadline = Instant::now() + limits.head_time;
                    }
                    self.ahead.extend_from_slice(&buffer[..len]);
                }
                Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Tells whether a read or write ended because its time was up.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Returns where the empty line ends; `searched` bytes are known not to hold it, but for its first part.
///
/// Lines that end in a bare line feed end the head too: what they say is refused then, rather than waited for.
fn end_of_head(bytes: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let feeds = bytes[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| from + at);
    feeds.map(|at| at + 1).find(|end| bytes[..*end].ends_with(b"\n\r\n") || bytes[..*end].ends_with(b"\n\n"))
}

/// Says which part of a head is too large: the target, when not even the first line ended.
fn too_large(bytes: &[u8]) -> Status {
    if bytes.contains(&b'\n') { Status::HeadersTooLarge } else { Status::TargetTooLong }
}
