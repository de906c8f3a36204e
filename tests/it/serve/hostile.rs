//! Clients that mean no good: the preview keeps answering others, and gives away nothing but the site.

use std::io::Write as _;
use std::net::TcpStream;

use super::client::Serving;
use super::{PAGE, with_echo};

/// Ensures that 500 idle connections and clients that never finish their headers keep nobody waiting.
#[test]
fn idle_and_slow_clients_keep_nobody_waiting() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let idle: Vec<TcpStream> = (0..500).map(|_| serving.connect()).collect();
    assert_eq!(serving.get(PAGE).status, 200);
    let slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = serving.connect();
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            stream
        })
        .collect();
    for (number, mut stream) in slow.iter().enumerate() {
        // Many have been sent away already.
        let _ = stream.write_all(b"x");
        if number % 10 == 0 {
            assert_eq!(serving.get(PAGE).status, 200);
        }
    }
    drop((idle, slow));
    assert_eq!(serving.get(PAGE).status, 200);
}

/// Ensures that malformed and oversized requests are refused one by one.
#[test]
fn malformed_requests_are_refused() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let host = "Host: localhost\r\nConnection: close\r\n";
    for (request, status) in [
        (format!("GET / HTTP/1.1\n{host}\n\n"), 400),
        (format!("GET\t/ HTTP/1.1\r\n{host}\r\n"), 400),
        (format!("GET / HTTP/1.1\r\n{host}Content-Length: 1\r\n\r\nx"), 400),
        (format!("GET / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400),
        (format!("GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"), 400),
        (format!("GET http://evil.example/ HTTP/1.1\r\n{host}\r\n"), 421),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("\u{16}\u{3}\u{1}".to_owned(), 400),
        (format!("GET / HTTP/3\r\n{host}\r\n"), 505),
        (format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(5_000)), 414),
        (format!("GET / HTTP/1.1\r\n{host}{}\r\n", "x: y\r\n".repeat(100)), 431),
    ] {
        assert_eq!(serving.send(request.as_bytes()).status, status, "{:?}", &request[..request.len().min(80)]);
    }
    assert_eq!(serving.get(PAGE).status, 200);
}

/// Ensures that no address leads out of the site, however it is written.
#[test]
fn no_path_leads_out_of_the_site() {
    let site = with_echo().file("secret.txt", "top secret");
    let serving = Serving::start(&site, &[]);
    for path in [
        "/../secret.txt",
        "/secret.txt",
        "/packs/../secret.txt",
        "/%2e%2e/secret.txt",
        "/packs/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/packs/echo/pack.yaml",
        "//etc/passwd",
        "/%252e%252e/secret.txt",
        "/file:///etc/passwd",
        "/registry-index/registry.json",
        "/_packyard/../secret.txt",
    ] {
        let answer = serving.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("top secret"), "{path}");
    }
    for path in ["/%00", "/a%0d%0aSet-Cookie:x", "/%", "/%zz", "/%c0%ae"] {
        assert_eq!(serving.get(path).status, 400, "{path}");
    }
}
