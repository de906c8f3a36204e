//! What a plain scalar means: YAML 1.1 as PyYAML reads it, or the YAML 1.2 core schema.

use std::borrow::Cow;

use super::Value;

/// The YAML version that a runtime's loader follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// YAML 1.1 as PyYAML's `SafeLoader` resolves it (`yaml/resolver.py`, PyYAML 6).
    Yaml11,
    /// The YAML 1.2 core schema (YAML 1.2.2, section 10.3.2).
    Yaml12,
    /// No YAML at all but JSON (RFC 8259), read as strictly as a JSON parser reads it.
    Json,
}

impl Dialect {
    /// Returns the value of a plain scalar.
    pub fn resolve(self, text: Cow<'_, str>) -> Value {
        self.special(&text).unwrap_or_else(|| Value::Str(text.into_owned()))
    }

    /// Returns the value of a plain scalar that is no string, and how each YAML version reads it, where they differ.
    pub fn special_and_readings(self, text: &str) -> (Option<Value>, Option<Readings>) {
        let (old, new) = (Self::Yaml11.special(text), Self::Yaml12.special(text));
        let readings = (!same(old.as_ref(), new.as_ref())).then(|| (reading(old.as_ref()), reading(new.as_ref())));
        (if self == Self::Yaml11 { old } else { new }, readings)
    }

    /// Returns the value of a plain scalar that is no string.
    fn special(self, text: &str) -> Option<Value> {
        // Almost every scalar is a word that starts as no special one does.
        match text.bytes().next() {
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => match self {
                Self::Yaml11 => number_1_1(text),
                Self::Yaml12 | Self::Json => number_1_2(text),
            },
            // The longest is `false`.
            _ if text.len() > 5 => None,
            None | Some(b'~' | b'=' | b'<' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O') => {
                self.word(text)
            }
            Some(_) => None,
        }
    }

    fn word(self, text: &str) -> Option<Value> {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
            "true" | "True" | "TRUE" => Some(Value::Bool(true)),
            "false" | "False" | "FALSE" => Some(Value::Bool(false)),
            _ if self != Self::Yaml11 => None,
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Value::Bool(true)),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Value::Bool(false)),
            "=" | "<<" => Some(Value::Other(text.to_owned())),
            _ => None,
        }
    }
}

/// How each YAML version reads a plain scalar: first 1.1, then 1.2.
pub type Readings = (&'static str, &'static str);

/// Tells whether two values are the same to a reader; nothing is the string that was written.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Float(a)), Some(Value::Float(b))) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => a == b,
    }
}

fn reading(value: Option<&Value>) -> &'static str {
    let Some(value) = value else { return "a string" };
    match value {
        Value::Null => "null",
        Value::Bool(true) => "the boolean true",
        Value::Bool(false) => "the boolean false",
        Value::Int(_) => "an integer",
        Value::Float(_) => "a number",
        Value::Other(text) if text.starts_with(['=', '<']) => "a special token",
        Value::Other(_) => "a date",
        _ => "a string",
    }
}

/// Resolves what starts as a number does.
fn number_1_2(text: &str) -> Option<Value> {
    if let Some(value) = special_float(text) {
        return Some(Value::Float(value));
    }
    let radix = |prefix, radix| text.strip_prefix(prefix).and_then(|digits: &str| unsigned(digits, radix));
    if let Some(value) = radix("0o", 8).or_else(|| radix("0x", 16)) {
        return Some(value);
    }
    let (sign, digits) = split_sign(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(decimal(sign, digits));
    }
    is_float(digits, true).then(|| text.parse().ok().map(Value::Float)).flatten()
}

/// Resolves what starts as a number does.
fn number_1_1(text: &str) -> Option<Value> {
    if let Some(value) = special_float(text) {
        return Some(Value::Float(value));
    }
    if is_date(text) {
        return Some(Value::Other(text.to_owned()));
    }
    let (sign, body) = split_sign(text);
    integer_1_1(sign, body).or_else(|| float_1_1(sign, body))
}

fn split_sign(text: &str) -> (i8, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    }
}

fn special_float(text: &str) -> Option<f64> {
    let (sign, body) = split_sign(text);
    match body {
        ".inf" | ".Inf" | ".INF" => Some(if sign < 0 { f64::NEG_INFINITY } else { f64::INFINITY }),
        ".nan" | ".NaN" | ".NAN" if body.len() == text.len() => Some(f64::NAN),
        _ => None,
    }
}

/// Parses decimal digits; what exceeds an `i64` becomes a float, as it does in JSON.
fn decimal(sign: i8, digits: &str) -> Value {
    let signed = if sign < 0 { format!("-{digits}") } else { digits.to_owned() };
    signed.parse().map_or_else(|_| Value::Float(signed.parse().unwrap_or(f64::INFINITY)), Value::Int)
}

fn unsigned(digits: &str, radix: u32) -> Option<Value> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value =
        digits.chars().fold(0.0_f64, |sum, c| sum.mul_add(f64::from(radix), f64::from(c.to_digit(radix).unwrap_or(0))));
    Some(i64::from_str_radix(digits, radix).map_or(Value::Float(value), Value::Int))
}

/// Tells whether unsigned text is a float: `1.5`, `.5`, `1e3` where `bare_exponent` allows it, never a bare integer.
fn is_float(text: &str, bare_exponent: bool) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) =
        mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = digits(whole)
        && fraction.is_none_or(digits)
        && !(whole.is_empty() && fraction.is_none_or(str::is_empty))
        && (fraction.is_some() || (bare_exponent && exponent.is_some()));
    let exponent_ok = exponent.is_none_or(|exponent| {
        let (_, number) = split_sign(exponent);
        !number.is_empty() && digits(number) && (bare_exponent || number.len() < exponent.len())
    });
    mantissa_ok && exponent_ok
}

/// Resolves PyYAML's integers: binary, octal with a leading `0`, hexadecimal, decimal with `_`, sexagesimal.
fn integer_1_1(sign: i8, body: &str) -> Option<Value> {
    let clean: String = body.chars().filter(|&c| c != '_').collect();
    let signed = |value: Value| match value {
        Value::Int(value) => Value::Int(i64::from(sign) * value),
        Value::Float(value) => Value::Float(f64::from(sign) * value),
        other => other,
    };
    let digits_in = |text: &str, radix| text.chars().all(|c| c == '_' || c.is_digit(radix));
    if body == "0" {
        return Some(Value::Int(0));
    }
    if let Some(digits) = body.strip_prefix("0b").filter(|d| !d.is_empty() && digits_in(d, 2)) {
        return unsigned(&digits.replace('_', ""), 2).map(signed);
    }
    if let Some(digits) = body.strip_prefix("0x").filter(|d| !d.is_empty() && digits_in(d, 16)) {
        return unsigned(&digits.replace('_', ""), 16).map(signed);
    }
    if let Some(digits) = body.strip_prefix('0') {
        return (!digits.is_empty() && digits_in(digits, 8)).then(|| unsigned(&clean, 8).map(signed)).flatten();
    }
    if !body.bytes().next().is_some_and(|b| (b'1'..=b'9').contains(&b)) {
        return None;
    }
    if body.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Some(decimal(sign, &clean));
    }
    let mut parts = body.split(':');
    let first = parts.next().filter(|part| digits_in(part, 10))?;
    let mut value: i64 = first.replace('_', "").parse().ok()?;
    let mut sexagesimal = false;
    for part in parts {
        value = value.checked_mul(60)?.checked_add(sixtieth(part)?)?;
        sexagesimal = true;
    }
    sexagesimal.then(|| Value::Int(i64::from(sign) * value))
}

/// Parses one part of a sexagesimal number, `[0-5]?[0-9]`.
fn sixtieth(part: &str) -> Option<i64> {
    let digits = !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    part.parse().ok().filter(|&value: &i64| digits && value < 60)
}

/// Resolves PyYAML's floats: a point is required, and a sign in the exponent; sexagesimal with a fraction.
fn float_1_1(sign: i8, body: &str) -> Option<Value> {
    let clean = body.replace('_', "");
    let starts = body.bytes().next()?;
    if !(starts.is_ascii_digit() || starts == b'.') || clean == "." {
        return None;
    }
    if is_float(&clean, false) && clean.contains('.') {
        return clean.parse::<f64>().ok().map(|value| Value::Float(f64::from(sign) * value));
    }
    let (whole, fraction) = body.split_once('.')?;
    let mut parts = whole.split(':');
    let mut value: f64 = parts.next()?.replace('_', "").parse::<u32>().ok()?.into();
    let mut sexagesimal = false;
    for part in parts {
        value = value.mul_add(60.0, sixtieth(part)? as f64);
        sexagesimal = true;
    }
    let fraction = fraction.replace('_', "");
    (sexagesimal && fraction.bytes().all(|b| b.is_ascii_digit()))
        .then(|| Value::Float(f64::from(sign) * (value + format!("0.{fraction}0").parse::<f64>().unwrap_or(0.0))))
}

/// Tells whether text is a YAML 1.1 timestamp (yaml.org/type/timestamp).
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    if bytes.len() == 10 {
        return bytes[7] == b'-' && bytes[5..7].iter().chain(&bytes[8..10]).all(u8::is_ascii_digit);
    }
    let mut rest = &text[5..];
    let mut number = |max: usize| {
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        let ok = (1..=max).contains(&len);
        rest = &rest[len..];
        ok
    };
    if !number(2) {
        return false;
    }
    let Some(after_month) = rest.strip_prefix('-') else { return false };
    rest = after_month;
    let number = |rest: &mut &str, range: std::ops::RangeInclusive<usize>| {
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        let ok = range.contains(&len);
        *rest = &rest[len..];
        ok
    };
    if !number(&mut rest, 1..=2) {
        return false;
    }
    let Some(time) = rest.strip_prefix(['T', 't']).or_else(|| {
        let trimmed = rest.trim_start_matches([' ', '\t']);
        (trimmed.len() < rest.len()).then_some(trimmed)
    }) else {
        return false;
    };
    let mut rest = time;
    for (range, separator) in [(1..=2, ":"), (2..=2, ":"), (2..=2, "")] {
        if !number(&mut rest, range) {
            return false;
        }
        let Some(next) = rest.strip_prefix(separator) else { return false };
        rest = next;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    zone.is_empty()
        || zone == "Z"
        || zone.strip_prefix(['+', '-']).is_some_and(|zone| {
            let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
            (1..=2).contains(&hours.len())
                && minutes.len() == 2
                && hours.bytes().chain(minutes.bytes()).all(|b| b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds both dialects to the table of values that PyYAML and a YAML 1.2 core parser really return.
    #[test]
    fn scalars_that_read_two_ways() {
        let string = |text: &str| Value::Str(text.to_owned());
        for (text, old, new) in [
            ("yes", Value::Bool(true), string("yes")),
            ("Off", Value::Bool(false), string("Off")),
            ("010", Value::Int(8), Value::Int(10)),
            ("0o10", string("0o10"), Value::Int(8)),
            ("09", string("09"), Value::Int(9)),
            ("1_000", Value::Int(1000), string("1_000")),
            ("0b11", Value::Int(3), string("0b11")),
            ("1:30", Value::Int(90), string("1:30")),
            ("1:30:00", Value::Int(5400), string("1:30:00")),
            ("1e3", string("1e3"), Value::Float(1000.0)),
            ("1.0e3", string("1.0e3"), Value::Float(1000.0)),
            ("2020-01-01", Value::Other("2020-01-01".to_owned()), string("2020-01-01")),
            ("2001-12-14 21:59:43", Value::Other("2001-12-14 21:59:43".to_owned()), string("2001-12-14 21:59:43")),
            ("=", Value::Other("=".to_owned()), string("=")),
        ] {
            assert_eq!(Dialect::Yaml11.resolve(text.into()), old, "{text} in YAML 1.1");
            assert_eq!(Dialect::Yaml12.resolve(text.into()), new, "{text} in YAML 1.2");
            for (dialect, value) in [(Dialect::Yaml11, &old), (Dialect::Yaml12, &new)] {
                let (special, readings) = dialect.special_and_readings(text);
                assert_eq!(special.as_ref().unwrap_or(&string(text)), value, "{text}");
                assert!(readings.is_some(), "{text}");
            }
        }
    }

    #[test]
    fn scalars_that_read_one_way() {
        for (text, value) in [
            ("true", Value::Bool(true)),
            ("~", Value::Null),
            ("12", Value::Int(12)),
            ("-7", Value::Int(-7)),
            ("0x1F", Value::Int(31)),
            ("1.10", Value::Float(1.1)),
            ("1.0e+3", Value::Float(1000.0)),
            ("-.inf", Value::Float(f64::NEG_INFINITY)),
            ("0.1.0", Value::Str("0.1.0".to_owned())),
            ("y", Value::Str("y".to_owned())),
            ("-", Value::Str("-".to_owned())),
            (".", Value::Str(".".to_owned())),
            ("+", Value::Str("+".to_owned())),
            ("1.2.3.4:80", Value::Str("1.2.3.4:80".to_owned())),
        ] {
            assert_eq!(Dialect::Yaml11.resolve(text.into()), value, "{text} in YAML 1.1");
            assert_eq!(Dialect::Yaml12.resolve(text.into()), value, "{text} in YAML 1.2");
            assert_eq!(Dialect::Yaml11.special_and_readings(text).1, None, "{text}");
        }
    }
}
