//! Markdown, and HTML and XML as text.

use super::code::{after, end_of_line};
use super::{Class, Tokens, yaml};

/// Finds the tokens of Markdown: headings, code, quotations, the marks of lists, and YAML in front of it all.
pub(super) fn markdown(text: &str, tokens: &mut Tokens) {
    let bytes = text.as_bytes();
    let mut at = front_matter(text, tokens);
    // The mark that ends the block of code.
    let mut fence: Option<&[u8]> = None;
    while at < bytes.len() {
        let end = end_of_line(bytes, at);
        let line = &bytes[at..end];
        let first = at + line.iter().take_while(|byte| **byte == b' ').count();
        let rest = &bytes[first..end];
        let mark: Option<&[u8]> = [&b"```"[..], b"~~~"].into_iter().find(|mark| rest.starts_with(mark));
        match (fence, mark) {
            (Some(open), mark) => {
                tokens.add(Class::String, at, end);
                if mark == Some(open) && rest.trim_ascii_end().len() <= open.len() + 1 {
                    fence = None;
                }
            }
            (None, Some(mark)) => {
                tokens.add(Class::String, at, end);
                fence = Some(mark);
            }
            (None, None) => inline(bytes, first, end, tokens),
        }
        at = end + 1;
    }
}

/// Finds the YAML that a document starts with; returns where it ends.
fn front_matter(text: &str, tokens: &mut Tokens) -> usize {
    let bytes = text.as_bytes();
    if !bytes.starts_with(b"---") || end_of_line(bytes, 0) != 3 {
        return 0;
    }
    let mut at = 4;
    while at < bytes.len() {
        let end = end_of_line(bytes, at);
        if &bytes[at..end] == b"---" {
            yaml::find(text, 0, end, tokens);
            return end + 1;
        }
        at = end + 1;
    }
    0
}

/// Finds the tokens of a line of Markdown.
fn inline(bytes: &[u8], first: usize, end: usize, tokens: &mut Tokens) {
    let rest = &bytes[first..end];
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    if (1..=6).contains(&hashes) && rest.get(hashes).is_none_or(u8::is_ascii_whitespace) {
        return tokens.add(Class::Name, first, end);
    }
    if rest.starts_with(b">") {
        return tokens.add(Class::Comment, first, end);
    }
    let mut at = first;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let marker = if digits > 0 && rest.get(digits) == Some(&b'.') {
        digits + 1
    } else {
        usize::from(rest.starts_with(b"-") || rest.starts_with(b"*") || rest.starts_with(b"+"))
    };
    if marker > 0 && rest.get(marker) == Some(&b' ') {
        tokens.add(Class::Keyword, first, first + marker);
        at += marker;
    }
    while let Some(open) = bytes[at..end].iter().position(|byte| *byte == b'`').map(|length| at + length) {
        let Some(length) = bytes[open + 1..end].iter().position(|byte| *byte == b'`') else { return };
        tokens.add(Class::String, open, open + length + 2);
        at = open + length + 2;
    }
}

/// Finds the tokens of HTML and XML: comments, names of elements, attributes and their values.
pub(super) fn elements(text: &str, tokens: &mut Tokens) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = bytes[at..].iter().position(|byte| *byte == b'<').map(|length| at + length) {
        let rest = &bytes[open..];
        if rest.starts_with(b"<!--") {
            at = after(bytes, open + 4, b"-->");
            tokens.add(Class::Comment, open, at);
        } else if rest.starts_with(b"<!") || rest.starts_with(b"<?") {
            at = after(bytes, open, b">");
            tokens.add(Class::Keyword, open, at);
        } else {
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
            let start = open + 1 + usize::from(rest.get(1) == Some(&b'/'));
            at = start + bytes[start..].iter().take_while(|byte| is_name(byte)).count();
            tokens.add(Class::Name, start, at);
            if at > start {
                at = attributes(bytes, at, tokens);
            }
        }
    }
}

/// Finds the values in an element, to its end.
fn attributes(bytes: &[u8], mut at: usize, tokens: &mut Tokens) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'>' | b'<' => return at,
            mark @ (b'"' | b'\'') => {
                let end = after(bytes, at + 1, &[mark]);
                tokens.add(Class::String, at, end);
                at = end;
            }
            _ => at += 1,
        }
    }
    at
}
