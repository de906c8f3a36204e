//! YAML, line by line, and what templates put into it.

use super::code::{after, end_of_line};
use super::{Class, Tokens};

/// Finds the tokens of the YAML between two places of a text.
pub(super) fn find(text: &str, start: usize, end: usize, tokens: &mut Tokens) {
    let mut lexer = Lexer { bytes: &text.as_bytes()[..end], at: start, tokens };
    // The column that a block scalar is indented more than.
    let mut block: Option<isize> = None;
    while lexer.at < end {
        let line_end = end_of_line(lexer.bytes, lexer.at);
        let first = lexer.at + lexer.bytes[lexer.at..line_end].iter().take_while(|byte| **byte == b' ').count();
        let (indent, is_blank) = ((first - lexer.at) as isize, first == line_end);
        match block {
            Some(parent) if is_blank || indent > parent => {
                lexer.scalar(first, line_end);
                lexer.at = line_end;
            }
            _ => {
                block = lexer.line(first, line_end, lexer.at);
            }
        }
        // What a line began may have ended lines later.
        lexer.at = (end_of_line(lexer.bytes, lexer.at) + 1).max(line_end + 1);
    }
}

struct Lexer<'t, 'o> {
    bytes: &'t [u8],
    at: usize,
    tokens: &'o mut Tokens,
}

impl Lexer<'_, '_> {
    /// Looks at a line; returns the column that a block scalar which starts in it is indented more than.
    fn line(&mut self, first: usize, end: usize, start: usize) -> Option<isize> {
        let (mut at, mut end, mut parent, mut depth) = (first, end, first as isize - start as isize - 1, 0_usize);
        let line = &self.bytes[first..end];
        if first == start && (line.starts_with(b"---") || line.starts_with(b"...") || line.starts_with(b"%")) {
            let length = if line.starts_with(b"%") { line.len() } else { 3 };
            self.tokens.add(Class::Keyword, first, first + length);
            (at, parent) = (first + length, -1);
        }
        let mut is_key_possible = true;
        while at < end {
            let next = self.bytes.get(at + 1).copied().filter(|_| at + 1 < end).unwrap_or(b' ');
            match self.bytes[at] {
                b' ' | b'\t' => at += 1,
                b'#' if at == start || matches!(self.bytes[at - 1], b' ' | b'\t') => {
                    self.tokens.add(Class::Comment, at, end);
                    at = end;
                }
                b'-' | b'?' if matches!(next, b' ' | b'\t') && is_key_possible => {
                    parent = at as isize - start as isize;
                    at += 1;
                }
                b'[' | b'{' if depth > 0 || next != b'{' => (at, depth) = (at + 1, depth + 1),
                b']' | b'}' if depth > 0 => (at, depth) = (at + 1, depth - 1),
                b',' if depth > 0 => at += 1,
                b'|' | b'>' if depth == 0 && self.is_block_header(at + 1, end) => {
                    self.tokens.add(Class::Keyword, at, at + 1);
                    at = end;
                    self.at = at;
                    return Some(parent);
                }
                b'&' | b'*' | b'!' if !matches!(next, b' ' | b'\t') => {
                    let word = self.bytes[at..end].iter().take_while(|byte| !b" \t,]}".contains(byte)).count();
                    let class = if self.bytes[at] == b'!' { Class::Keyword } else { Class::Variable };
                    self.tokens.add(class, at, at + word);
                    at += word;
                }
                mark @ (b'"' | b'\'') => {
                    let close = self.end_of_string(at + 1, mark);
                    // Where it ends in another line, that line goes on.
                    if close > end {
                        end = end_of_line(self.bytes, close);
                    }
                    let is_key = (is_key_possible || depth > 0) && self.bytes[close..end].starts_with(b":");
                    self.tokens.add(if is_key { Class::Name } else { Class::String }, at, close);
                    if is_key {
                        parent = parent.max(at as isize - start as isize);
                    }
                    (at, is_key_possible) = (close + usize::from(is_key), depth > 0);
                }
                _ => {
                    let (stop, is_key) = self.end_of_plain(at, end, depth > 0, is_key_possible || depth > 0);
                    if is_key {
                        self.tokens.add(Class::Name, at, stop);
                        parent = parent.max(at as isize - start as isize);
                        is_key_possible = depth > 0;
                        at = stop + 1;
                    } else {
                        self.scalar_value(at, stop);
                        at = stop.max(at + 1);
                    }
                }
            }
        }
        self.at = at;
        None
    }

    /// Tells whether nothing but indicators and a comment follows in the line.
    fn is_block_header(&self, at: usize, end: usize) -> bool {
        let rest = self.bytes[at..end].trim_ascii();
        let indicators = rest.iter().take_while(|byte| b"+-123456789".contains(byte)).count();
        let rest = rest[indicators..].trim_ascii_start();
        rest.is_empty() || rest.starts_with(b"#")
    }

    /// Returns where a plain scalar ends, and whether it is a key.
    fn end_of_plain(&self, start: usize, end: usize, in_flow: bool, may_be_key: bool) -> (usize, bool) {
        let mut at = start;
        while at < end {
            let next = self.bytes.get(at + 1).copied().filter(|_| at + 1 < end).unwrap_or(b' ');
            match self.bytes[at] {
                b':' if may_be_key && matches!(next, b' ' | b'\t') => return (at, true),
                b'{' if next == b'{' => at = after(&self.bytes[..end], at, b"}}").max(at + 1) - 1,
                b',' | b']' | b'}' | b'[' | b'{' if in_flow => break,
                b'#' if at > start && matches!(self.bytes[at - 1], b' ' | b'\t') => break,
                _ => {}
            }
            at += 1;
        }
        (at, false)
    }

    /// Returns where a quoted string ends.
    fn end_of_string(&self, mut at: usize, mark: u8) -> usize {
        while at < self.bytes.len() {
            match self.bytes[at] {
                b'\\' if mark == b'"' => at += 2,
                byte if byte == mark && mark == b'\'' && self.bytes.get(at + 1) == Some(&mark) => at += 2,
                byte if byte == mark => return at + 1,
                _ => at += 1,
            }
        }
        self.bytes.len()
    }

    /// Adds what a plain scalar is.
    fn scalar_value(&mut self, start: usize, end: usize) {
        let word = self.bytes[start..end].trim_ascii_end();
        let known: [&[u8]; 10] = [b"true", b"false", b"null", b"~", b"yes", b"no", b"on", b"off", b"True", b"False"];
        if known.contains(&word) {
            self.tokens.add(Class::Keyword, start, start + word.len());
        } else if is_number(word) {
            self.tokens.add(Class::Number, start, start + word.len());
        } else {
            templates(self.bytes, start, end, self.tokens);
        }
    }

    /// Adds a line of a block scalar.
    fn scalar(&mut self, start: usize, end: usize) {
        self.tokens.add(Class::String, start, end);
    }
}

fn is_number(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").or_else(|| word.strip_prefix(b"+")).unwrap_or(word);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_hexdigit() || b"._xo:+-".contains(byte))
}

/// Finds `{{ }}`, `{% %}` and `<% %>` between two places.
pub(super) fn templates(bytes: &[u8], start: usize, end: usize, tokens: &mut Tokens) {
    let bytes = &bytes[..end];
    let mut at = start;
    while at + 1 < end {
        let close: &[u8] = match &bytes[at..at + 2] {
            b"{{" => b"}}",
            b"{%" => b"%}",
            b"{#" => b"#}",
            b"<%" => b"%>",
            _ => {
                at += 1;
                continue;
            }
        };
        let stop = after(bytes, at + 2, close);
        let is_comment = close == b"#}" || bytes[at + 2..].starts_with(b"/*") || bytes[at + 2..].starts_with(b"- /*");
        tokens.add(if is_comment { Class::Comment } else { Class::Variable }, at, stop);
        at = stop;
    }
}
