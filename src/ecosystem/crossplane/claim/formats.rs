//! The formats that the API server checks (`k8s.io/kube-openapi/pkg/validation/strfmt`); an unknown one passes.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::civil::Date;

/// Tells whether a text is of a format.
pub(super) fn is_valid(format: &str, text: &str) -> bool {
    match format {
        "date" => is_date(text),
        "date-time" | "datetime" => is_date_time(text),
        "duration" => is_duration(text),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => is_cidr(text),
        "mac" => is_mac(text),
        "uuid" | "uuid3" | "uuid4" | "uuid5" => is_uuid(format, text),
        "email" => is_email(text),
        "uri" => is_uri(text),
        "hostname" => is_hostname(text),
        "byte" => is_base64(text),
        "hexcolor" => {
            let digits = text.strip_prefix('#').unwrap_or(text);
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        _ => true,
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

/// Tells whether a text is a time with its offset (RFC 3339); the server also takes a space for the `T`, and hours only.
fn is_date_time(text: &str) -> bool {
    text.get(..10).is_some_and(is_date) && text.parse::<jiff::Timestamp>().is_ok()
}

/// Tells whether a text is a duration as Go writes it, such as `1h30m`, or a number with a word, such as `3 days`.
fn is_duration(text: &str) -> bool {
    const UNITS: &[&str] = &[
        "ns",
        "us",
        "µs",
        "μs",
        "ms",
        "s",
        "m",
        "h",
        "d",
        "w",
        "day",
        "days",
        "hour",
        "hours",
        "hr",
        "hrs",
        "min",
        "mins",
        "minute",
        "minutes",
        "sec",
        "secs",
        "second",
        "seconds",
        "week",
        "weeks",
        "wk",
        "wks",
        "milli",
        "millis",
        "millisecond",
        "milliseconds",
        "micro",
        "micros",
        "microsecond",
        "microseconds",
        "nano",
        "nanos",
        "nanosecond",
        "nanoseconds",
        "n",
        "u",
    ];
    let unsigned = text.trim().trim_start_matches(['-', '+']);
    if unsigned == "0" {
        return true;
    }
    let mut rest = unsigned;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, left) = after.split_at(letters);
        if number.parse::<f64>().is_err() || !UNITS.contains(&unit) {
            return false;
        }
        rest = left.trim_start();
    }
    !unsigned.is_empty()
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let bits = bits.parse::<u8>().ok().filter(|_| bits.bytes().all(|b| b.is_ascii_digit()));
    let most = match (address.parse::<Ipv4Addr>(), address.parse::<Ipv6Addr>()) {
        (Ok(_), _) => 32,
        (_, Ok(_)) => 128,
        _ => return false,
    };
    bits.is_some_and(|bits| bits <= most)
}

fn is_mac(text: &str) -> bool {
    let of_pairs = |separator: char| {
        let parts: Vec<&str> = text.split(separator).collect();
        matches!(parts.len(), 6 | 8 | 20)
            && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    of_pairs(':') || of_pairs('-')
}

fn is_uuid(format: &str, text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let version = format.strip_prefix("uuid").and_then(|version| version.chars().next());
    digits.len() == 32
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && matches!(text.len(), 32 | 36)
        && version.is_none_or(|version| digits.as_bytes()[12] == version as u8)
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace) && !text.contains(['<', '>', ','])
    })
}

/// Tells whether Go's `url.ParseRequestURI` takes a text: an absolute URI, or an absolute path.
fn is_uri(text: &str) -> bool {
    let has_scheme = text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.is_empty()
    });
    (has_scheme || text.starts_with('/')) && !text.bytes().any(|b| b.is_ascii_control() || b == b' ')
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 255 && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_hold_what_they_say() {
        for (format, good, bad) in [
            ("date", "2024-02-29", "2023-02-29"),
            ("date-time", "2024-02-29T10:00:00Z", "2024-02-29"),
            ("duration", "1h30m", "soon"),
            ("duration", "3 days", "3 moons"),
            ("ipv4", "10.0.0.1", "10.0.0.256"),
            ("ipv6", "fe80::1", "fe80:::1"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
            ("mac", "00:11:22:33:44:55", "00:11:22:33:44"),
            ("uuid", "123e4567-e89b-42d3-a456-426614174000", "123e4567"),
            ("uuid4", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            ("email", "a@acme.example", "acme.example"),
            ("uri", "https://acme.example/x", "acme.example"),
            ("hostname", "db.acme.example", "-db"),
            ("byte", "YQ==", "YQ="),
            ("hexcolor", "#fff", "#ffff"),
        ] {
            assert!(is_valid(format, good), "{format} {good}");
            assert!(!is_valid(format, bad), "{format} {bad}");
        }
        assert!(is_valid("own-format", "anything"));
    }
}
