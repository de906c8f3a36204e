//! The head of a request → [`Request`], strictly by RFC 9112: what two readers could read differently is refused.

use super::Limits;
use super::answer::Status;
use super::codings::Codings;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Request {
    /// The method, as written.
    pub(in crate::serve) method: String,
    /// The path, percent-decoded.
    pub(in crate::serve) path: String,
    /// What followed a `?`, as it was sent; empty without one.
    pub(in crate::serve) query: String,
    /// The host that is asked, without the port.
    pub(in crate::serve) host: String,
    /// Whether the connection may be used again.
    pub(super) keep_alive: bool,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Returns the value of a header, by its lowercase name; several of one name are joined as RFC 9110 section 5.3 says.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Tells whether only the head of the answer is wanted.
    pub(in crate::serve) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// Tells whether a part of the content is wanted; parts are for `GET` only (RFC 9110 section 14.2).
    pub(in crate::serve) fn wants_part(&self) -> bool {
        self.method == "GET" && self.header("range").is_some()
    }

    /// Returns the content codings that the client accepts.
    pub(in crate::serve) fn codings(&self) -> Codings {
        Codings::of(self.header("accept-encoding").as_deref())
    }

    /// Reads a head, its empty line included.
    pub(super) fn parse(head: &[u8], limits: &Limits) -> Result<Self, Status> {
        let text = std::str::from_utf8(head).map_err(|_| Status::BadRequest)?;
        let text = text.strip_suffix("\r\n\r\n").ok_or(Status::BadRequest)?;
        let mut lines = text.split("\r\n");
        let (method, target, version) = request_line(lines.next().unwrap_or_default())?;
        if target.len() > limits.target_bytes {
            return Err(Status::TargetTooLong);
        }
        let mut headers = Vec::new();
        for line in lines {
            if headers.len() == limits.headers {
                return Err(Status::HeadersTooLarge);
            }
            headers.push(header_line(line)?);
        }
        let mut request = Self {
            method: method.to_owned(),
            path: String::new(),
            query: String::new(),
            host: String::new(),
            keep_alive: version == 1,
            headers,
        };
        request.refuse_body()?;
        let (authority, path) = split_target(target)?;
        request.host = host_name(&request.host_header()?, authority)?;
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        request.path = decoded(path)?;
        request.query = query.to_owned();
        let connection = request.header("connection").unwrap_or_default().to_ascii_lowercase();
        let asks = |option: &str| connection.split(',').any(|word| word.trim() == option);
        request.keep_alive = request.keep_alive && !asks("close");
        Ok(request)
    }

    /// Returns the one `Host` header: none or several are refused (RFC 9112 section 3.2).
    fn host_header(&self) -> Result<String, Status> {
        let mut hosts = self.headers.iter().filter(|(name, _)| name == "host");
        match (hosts.next(), hosts.next()) {
            (Some((_, host)), None) => Ok(host.clone()),
            _ => Err(Status::BadRequest),
        }
    }

    /// Refuses a body: nothing that is answered here has one, and it would be taken for the next request.
    fn refuse_body(&self) -> Result<(), Status> {
        if self.header("transfer-encoding").is_some() {
            return Err(Status::BadRequest);
        }
        match self.header("content-length").as_deref() {
            None | Some("0") => Ok(()),
            Some(_) if matches!(self.method.as_str(), "GET" | "HEAD") => Err(Status::BadRequest),
            // The method is refused, and the connection ends with it.
            Some(_) => Err(Status::MethodNotAllowed),
        }
    }
}

/// Returns method, target and minor version.
fn request_line(line: &str) -> Result<(&str, &str, u8), Status> {
    let mut parts = line.split(' ');
    let (Some(method), Some(target), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Status::BadRequest);
    };
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_token(method) || !is_plain(target) {
        return Err(Status::BadRequest);
    }
    match version {
        "HTTP/1.1" => Ok((method, target, 1)),
        "HTTP/1.0" => Ok((method, target, 0)),
        _ if version.starts_with("HTTP/") => Err(Status::VersionNotSupported),
        _ => Err(Status::BadRequest),
    }
}

/// Returns name, in lowercase, and value of a header line; folded lines and odd characters are refused.
fn header_line(line: &str) -> Result<(String, String), Status> {
    let (name, value) = line.split_once(':').ok_or(Status::BadRequest)?;
    let value = value.trim_matches([' ', '\t']);
    if !is_token(name) || value.chars().any(|character| character.is_control() && character != '\t') {
        return Err(Status::BadRequest);
    }
    Ok((name.to_ascii_lowercase(), value.to_owned()))
}

/// Tells whether text is a token of RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

/// Splits a target into authority and path: `/path`, or `http://host/path` as clients of proxies write it.
fn split_target(target: &str) -> Result<(Option<&str>, &str), Status> {
    if target.starts_with('/') {
        return Ok((None, target));
    }
    let rest = target.strip_prefix("http://").ok_or(Status::BadRequest)?;
    let at = rest.find('/').ok_or(Status::BadRequest)?;
    Ok((Some(&rest[..at]), &rest[at..]))
}

/// Returns the name of the host, in lowercase and without its port: that of the target, else that of the header.
fn host_name(header: &str, authority: Option<&str>) -> Result<String, Status> {
    let host = authority.unwrap_or(header);
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']').ok_or(Status::BadRequest)?;
            (name, port.strip_prefix(':').or(port.is_empty().then_some("")).ok_or(Status::BadRequest)?)
        }
        None => host.split_once(':').unwrap_or((host, "")),
    };
    if name.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Status::BadRequest);
    }
    Ok(name.to_ascii_lowercase())
}

/// Returns the host of what stands behind the scheme of an address, as [`Request::host`] has it; nothing where more follows.
pub(in crate::serve) fn host_of(authority: &str) -> Option<String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    authority.bytes().all(is_part).then(|| host_name("", Some(authority)).ok()).flatten()
}

/// Decodes a path once; what is decoded is only ever compared, so that `..` and `%2e` lead nowhere.
fn decoded(path: &str) -> Result<String, Status> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or(Status::BadRequest);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| Status::BadRequest)?);
    }
    let text = String::from_utf8(bytes).map_err(|_| Status::BadRequest)?;
    if text.chars().any(char::is_control) { Err(Status::BadRequest) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &str) -> Result<Request, Status> {
        Request::parse(head.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_request_is_read() {
        let request =
            parse("GET /a%20b/?q=1 HTTP/1.1\r\nHost: LocalHost:8080\r\nRange: bytes=0-1\r\n\r\n").expect("valid");
        assert_eq!((request.path.as_str(), request.host.as_str()), ("/a b/", "localhost"));
        assert_eq!(request.header("range").as_deref(), Some("bytes=0-1"));
        assert!(request.keep_alive && !request.is_head());
        let request = parse("HEAD http://[::1]:80/x HTTP/1.0\r\nHost: other\r\n\r\n").expect("valid");
        assert_eq!((request.path.as_str(), request.host.as_str()), ("/x", "::1"));
        assert!(!request.keep_alive && request.is_head());
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let host = "Host: localhost\r\n";
        for head in [
            format!("GET / HTTP/1.1\n{host}\r\n"),
            format!("GET  / HTTP/1.1\r\n{host}\r\n"),
            format!("GET / HTTP/1.1 x\r\n{host}\r\n"),
            format!("GET /\r\n{host}\r\n"),
            format!("GET x HTTP/1.1\r\n{host}\r\n"),
            format!("GET * HTTP/1.1\r\n{host}\r\n"),
            format!("G(T / HTTP/1.1\r\n{host}\r\n"),
            format!("GET /% HTTP/1.1\r\n{host}\r\n"),
            format!("GET /%g0 HTTP/1.1\r\n{host}\r\n"),
            format!("GET /%ff HTTP/1.1\r\n{host}\r\n"),
            format!("GET /%00 HTTP/1.1\r\n{host}\r\n"),
            format!("GET / HTTP/1.1\r\n{host}{host}\r\n"),
            format!("GET / HTTP/1.1\r\n{host} folded\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{host}Name : x\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{host}x: a\u{7f}b\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{host}Content-Length: 5\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n"),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n".to_owned(),
        ] {
            assert_eq!(parse(&head), Err(Status::BadRequest), "{head:?}");
        }
        assert_eq!(parse("GET / HTTP/2.0\r\n\r\n"), Err(Status::VersionNotSupported));
        let long = format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(5000));
        assert_eq!(parse(&long), Err(Status::TargetTooLong));
        let many = format!("GET / HTTP/1.1\r\n{host}{}\r\n", "a: b\r\n".repeat(64));
        assert_eq!(parse(&many), Err(Status::HeadersTooLarge));
    }
}
