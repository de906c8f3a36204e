//! Answers, and how they are written.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

/// The statuses that are answered (RFC 9110 section 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Status {
    Ok,
    PartialContent,
    Found,
    NotModified,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    TargetTooLong,
    RangeNotSatisfiable,
    Misdirected,
    HeadersTooLarge,
    Failed,
    Unavailable,
    VersionNotSupported,
}

impl Status {
    /// Returns the code and its phrase.
    pub(in crate::serve) fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::PartialContent => "206 Partial Content",
            Self::Found => "302 Found",
            Self::NotModified => "304 Not Modified",
            Self::BadRequest => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::NotAcceptable => "406 Not Acceptable",
            Self::RequestTimeout => "408 Request Timeout",
            Self::TargetTooLong => "414 URI Too Long",
            Self::RangeNotSatisfiable => "416 Range Not Satisfiable",
            Self::Misdirected => "421 Misdirected Request",
            Self::HeadersTooLarge => "431 Request Header Fields Too Large",
            Self::Failed => "500 Internal Server Error",
            Self::Unavailable => "503 Service Unavailable",
            Self::VersionNotSupported => "505 HTTP Version Not Supported",
        }
    }
}

/// An answer to a request.
#[derive(Debug, Clone)]
pub(in crate::serve) struct Answer {
    pub(in crate::serve) status: Status,
    pub(in crate::serve) content_type: &'static str,
    pub(in crate::serve) content: Content,
    /// The coding of the content; nothing when it is as it is.
    pub(in crate::serve) coding: Option<&'static str>,
    /// The entity tag, quotes included.
    pub(in crate::serve) etag: Option<String>,
    /// What caches may do.
    pub(in crate::serve) cache: &'static str,
    /// Further headers; names and values are our own, or encoded.
    pub(in crate::serve) headers: Vec<(&'static str, String)>,
    /// The part of the content that is sent; all of it without.
    pub(super) part: Option<Range<u64>>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(in crate::serve) enum Content {
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
    /// A file, and how long it is.
    File(Utf8PathBuf, u64),
    /// Events, until one side ends.
    Stream,
}

impl Answer {
    /// Returns an answer of some bytes.
    pub(in crate::serve) fn bytes(status: Status, content_type: &'static str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let content = Content::Bytes(bytes.into());
        let (coding, etag, headers, part) = (None, None, Vec::new(), None);
        Self { status, content_type, content, coding, etag, cache: "no-store", headers, part }
    }

    /// Returns an answer that says no more than its status.
    pub(in crate::serve) fn plain(status: Status) -> Self {
        Self::explained(status, "")
    }

    /// Returns an answer that says why it is none.
    pub(in crate::serve) fn explained(status: Status, why: &str) -> Self {
        let text = format!("{}\n{why}{}", status.line(), if why.is_empty() { "" } else { "\n" });
        let mut answer = Self::bytes(status, "text/plain; charset=utf-8", text.into_bytes());
        if status == Status::MethodNotAllowed {
            answer.headers.push(("Allow", "GET, HEAD".to_owned()));
        }
        answer
    }

    /// Returns the number of bytes of the whole content.
    pub(super) fn len(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File(_, len) => *len,
            Content::Stream => 0,
        }
    }

    /// Writes the answer; false when the connection cannot be used again.
    pub(super) fn write(
        self,
        stream: &TcpStream,
        head_only: bool,
        keep_alive: bool,
        time: Duration,
    ) -> io::Result<bool> {
        let mut out = Timed { stream, deadline: Instant::now() + time };
        let is_stream = matches!(self.content, Content::Stream);
        let keep_alive = keep_alive && (!is_stream || head_only);
        // The file is opened before the head is written, while there is still something else to say.
        let file = match &self.content {
            Content::File(path, len) => match File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))) {
                Ok((now, file)) if now == *len => Some(file),
                _ => return Self::plain(Status::NotFound).write(stream, head_only, keep_alive, time),
            },
            _ => None,
        };
        out.write_all(self.head(keep_alive).as_bytes())?;
        if !head_only && self.status != Status::NotModified {
            let part = self.part.clone().unwrap_or(0..self.len());
            match (&self.content, file) {
                (Content::Bytes(bytes), _) => {
                    let index = |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                    out.write_all(&bytes[index(part.start)..index(part.end)])?;
                }
                (Content::File(..), Some(mut file)) => {
                    file.seek(SeekFrom::Start(part.start))?;
                    let wanted = part.end - part.start;
                    // A file that became shorter cannot be told the client otherwise than by the end of the connection.
                    if io::copy(&mut file.take(wanted), &mut out)? != wanted {
                        return Ok(false);
                    }
                }
                (Content::File(..), None) | (Content::Stream, _) => {}
            }
        }
        out.flush()?;
        Ok(keep_alive)
    }

    fn head(&self, keep_alive: bool) -> String {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status.line());
        let mut add = |name: &str, value: &str| {
            head.extend([name, ": ", value, "\r\n"]);
        };
        if self.status != Status::NotModified {
            add("Content-Type", self.content_type);
            if let Some(coding) = self.coding {
                add("Content-Encoding", coding);
            }
            if !matches!(self.content, Content::Stream) {
                let len = self.part.as_ref().map_or(self.len(), |part| part.end - part.start);
                add("Content-Length", &len.to_string());
            }
        }
        if let Some(etag) = &self.etag {
            add("ETag", etag);
        }
        add("Cache-Control", self.cache);
        // No page elsewhere may embed or read what is served here: it may be private.
        add("X-Content-Type-Options", "nosniff");
        add("Cross-Origin-Resource-Policy", "same-origin");
        add("Referrer-Policy", "no-referrer");
        for (name, value) in &self.headers {
            add(name, value);
        }
        add("Connection", if keep_alive { "keep-alive" } else { "close" });
        head.push_str("\r\n");
        head
    }
}

/// Writes until a deadline, however slowly the client reads.
struct Timed<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl io::Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_write_timeout(Some(left))?;
        self.stream.write(&bytes[..bytes.len().min(64 << 10)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
