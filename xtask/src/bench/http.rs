//! As much of HTTP as asking a local server for pages again and again takes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, bail};

/// A connection that is kept alive.
#[derive(Debug)]
pub(super) struct Client {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    /// Returns a client of a server at `host:port`; connects when it is first asked.
    pub(super) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None, buffer: Vec::new() }
    }

    /// Returns the body of a page; nothing when the server answers with another status than 200.
    pub(super) fn get(&mut self, path: &str) -> Result<Option<&[u8]>> {
        // A kept connection may have been ended by the server since: then a new one is tried.
        let is_new = self.stream.is_none();
        let answered = match self.ask(path) {
            Err(_) if !is_new => {
                self.stream = None;
                self.ask(path)
            }
            answered => answered,
        };
        let (status, body) = answered?;
        Ok((status == 200).then(|| &self.buffer[body..]))
    }

    /// Asks once; the whole answer is in the buffer, the body from the returned place on.
    fn ask(&mut self, path: &str) -> Result<(u16, usize)> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.address).context("cannot connect to the server")?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address)?;
        self.buffer.clear();
        let mut piece = [0; 65_536];
        let mut whole = None;
        loop {
            let length = stream.read(&mut piece)?;
            if length == 0 {
                bail!("the server ended the connection");
            }
            let looked_at = self.buffer.len().saturating_sub(3);
            self.buffer.extend_from_slice(&piece[..length]);
            if whole.is_none()
                && let Some(at) = self.buffer[looked_at..].windows(4).position(|bytes| bytes == b"\r\n\r\n")
            {
                let body = looked_at + at + 4;
                let (status, length) = head(&self.buffer[..body])?;
                whole = Some((status, body, body + length));
            }
            if let Some((status, body, end)) = whole
                && self.buffer.len() >= end
            {
                return Ok((status, body));
            }
        }
    }
}

/// Returns the status and the length of the body.
fn head(bytes: &[u8]) -> Result<(u16, usize)> {
    let text = str::from_utf8(bytes).context("the head of an answer is not text")?;
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("an answer without a status")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without a length")?;
    Ok((status.parse()?, length.1.trim().parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_length_are_read() {
        assert_eq!(head(b"HTTP/1.1 404 Not Found\r\ncontent-Length: 12\r\n\r\n").expect("a head"), (404, 12));
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
