//! One connection: requests and answers in turn, until one side ends it.

use std::io::{self, Read as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::Handler;
use super::answer::{Answer, Content, Status};
use super::conditions;
use super::connections::{State, Ticket};
use super::head::{Head, Reader};
use super::request::Request;

/// Serves a connection to its end. What goes wrong on it concerns nobody else.
pub(super) fn serve(stream: &TcpStream, ticket: &Ticket, handler: &dyn Handler) {
    // Answers are written at once; waiting to fill packets would only delay them.
    let _ = stream.set_nodelay(true);
    if let Err(error) = converse(stream, ticket, handler) {
        tracing::debug!(%error, "a connection ended");
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// Says that there are too many connections; a few bytes, for which a new connection has room.
pub(super) fn turn_away(stream: &TcpStream) {
    let _ = Answer::plain(Status::Unavailable).write(stream, false, false, Duration::from_millis(100));
}

fn converse(stream: &TcpStream, ticket: &Ticket, handler: &dyn Handler) -> io::Result<()> {
    let limits = ticket.limits();
    let mut reader = Reader::new(stream);
    loop {
        let head = match reader.next(limits)? {
            Head::Complete(head) => head,
            Head::End => return Ok(()),
            Head::Refused(status) => return refuse(stream, status),
        };
        if !ticket.set(State::Answering) {
            return Ok(());
        }
        let request = match Request::parse(&head, limits) {
            Ok(request) => request,
            Err(status) => return refuse(stream, status),
        };
        let answer = conditions::apply(handler.answer(&request), &request);
        let streams = matches!(answer.content, Content::Stream) && !request.is_head();
        let is_open = answer.write(stream, request.is_head(), request.keep_alive, limits.answer_time)?;
        if streams {
            if ticket.set(State::Streaming) {
                stream.set_write_timeout(Some(Duration::from_secs(5)))?;
                handler.stream(&mut stream.try_clone()?, ticket)?;
            }
            return Ok(());
        }
        if !is_open || !ticket.set(State::Waiting) {
            return Ok(());
        }
    }
}

/// Says why a request is not answered, and ends the connection.
///
/// Closing a connection with unread bytes resets it, and the client might never see the answer: so what it still sends is
/// read for a moment, and thrown away.
fn refuse(mut stream: &TcpStream, status: Status) -> io::Result<()> {
    Answer::plain(status).write(stream, false, false, Duration::from_secs(1))?;
    stream.shutdown(Shutdown::Write)?;
    let deadline = Instant::now() + Duration::from_millis(500);
    let mut buffer = [0; 4 << 10];
    let mut left: usize = 256 << 10;
    while left > 0 {
        let time = deadline.saturating_duration_since(Instant::now());
        if time.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(time))?;
        match stream.read(&mut buffer)? {
            0 => break,
            len => left = left.saturating_sub(len),
        }
    }
    Ok(())
}
