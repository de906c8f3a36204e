//! Hostile clients against the bare server, with limits so tight that no test has to wait.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::*;

/// Says hello to everybody; streams until the client is gone.
struct Hello;

impl Handler for Hello {
    fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::bytes(Status::Ok, "text/plain", *b"hello");
        answer.etag = Some("\"e\"".to_owned());
        if request.path == "/events" {
            answer.content = Content::Stream;
        }
        answer
    }

    fn stream(&self, stream: &mut TcpStream, ticket: &Ticket) -> io::Result<()> {
        while ticket.is_open() {
            stream.write_all(b": here\n\n")?;
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

fn start(limits: Limits) -> (Server, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    (Server::start(listener, limits, Hello).expect("started"), address)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    stream
}

/// Sends bytes, and returns everything that comes until the connection ends.
fn talk(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // The server may have refused before everything was sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(address: SocketAddr) -> String {
    talk(address, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

#[test]
fn one_connection_serves_many_requests_also_at_once() {
    let (_server, address) = start(Limits::default());
    let one = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "\r\nHEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = talk(address, format!("{one}{one}{last}").as_bytes());
    assert_eq!((answer.matches("200 OK").count(), answer.matches("hello").count()), (3, 2), "{answer}");
}

#[test]
fn slow_and_silent_clients_are_sent_away() {
    let limits =
        Limits { head_time: Duration::from_millis(200), idle_time: Duration::from_millis(200), ..Limits::default() };
    let (_server, address) = start(limits);
    let start = Instant::now();
    let mut slow = connect(address);
    let head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".iter().chain(std::iter::repeat(&b'x'));
    // A byte now and then does not prolong the time.
    for byte in head {
        if slow.write_all(&[*byte]).is_err() || start.elapsed() > Duration::from_secs(10) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(start.elapsed() < Duration::from_secs(10), "the slow client was never sent away");
    assert_eq!(talk(address, b""), "", "a silent client is sent away without a word");
    assert!(talk(address, b"GET / HT").contains("408 Request Timeout"));
}

#[test]
fn too_many_connections_end_those_that_wait_longest() {
    let (_server, address) = start(Limits { connections: 4, ..Limits::default() });
    let mut idle: Vec<TcpStream> = (0..20).map(|_| connect(address)).collect();
    assert!(get(address).ends_with("hello"));
    let mut buffer = [0; 1];
    assert_eq!(idle[0].read(&mut buffer).expect("ended"), 0);
}

#[test]
fn too_many_streams_end_the_oldest() {
    let (_server, address) = start(Limits { streams: 2, connections: 8, ..Limits::default() });
    let stream = || {
        let mut stream = connect(address);
        stream.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
        let mut seen = Vec::new();
        let mut buffer = [0; 64];
        while !seen.ends_with(b": here\n\n") {
            let len = stream.read(&mut buffer).expect("events");
            assert_ne!(len, 0);
            seen.extend_from_slice(&buffer[..len]);
        }
        stream
    };
    let mut streams: Vec<TcpStream> = (0..3).map(|_| stream()).collect();
    let mut rest = Vec::new();
    let _ = streams[0].read_to_end(&mut rest);
    assert!(get(address).ends_with("hello"));
}

/// A flood ends in refusals at worst, never in more threads than the limits allow, and leaves nothing behind.
#[test]
fn a_flood_of_streams_passes() {
    let (_server, address) = start(Limits { streams: 2, connections: 4, ..Limits::default() });
    for _ in 0..300 {
        let mut stream = connect(address);
        let _ = stream.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    let start = Instant::now();
    while !get(address).ends_with("hello") {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
    }
}

#[test]
fn oversized_and_malformed_heads_are_refused() {
    let (_server, address) = start(Limits::default());
    let long_target = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(40_000));
    let long_header = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(40_000));
    for (bytes, expected) in [
        (&b"\x16\x03\x01\x02\x00\x01"[..], "400 Bad Request"),
        (b"get / HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\n\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400 Bad Request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP Version"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", "405 Method Not Allowed"),
        (long_target.as_bytes(), "414 URI Too Long"),
        (long_header.as_bytes(), "431 Request Header Fields"),
    ] {
        let answer = talk(address, bytes);
        assert!(answer.contains(expected), "{:?}: {answer:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer:?}");
    }
    assert!(get(address).ends_with("hello"));
}

#[test]
fn a_dropped_server_ends_its_connections() {
    let (server, address) = start(Limits::default());
    let mut idle = connect(address);
    drop(server);
    let mut buffer = [0; 1];
    assert!(matches!(idle.read(&mut buffer), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}
