//! Languages that consist of comments, strings, words and numbers.

use super::{Class, Tokens};

/// How a language is written.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::site) struct Syntax {
    /// What starts a comment that ends with its line.
    pub(super) comments: &'static [&'static str],
    /// What starts and ends any other comment.
    pub(super) block: Option<(&'static str, &'static str)>,
    /// The quotation marks, longer ones first.
    pub(super) quotes: &'static [Quote],
    /// Words with a meaning, sorted.
    pub(super) keywords: &'static [&'static str],
    /// Keywords before the name of what they declare.
    pub(super) names_after: &'static [&'static str],
    /// What follows a key: after any word or string for `:`, and at the start of a line only for others.
    pub(super) keys: Option<u8>,
    /// What starts a variable, or a decorator.
    pub(super) sigil: Option<u8>,
    /// Whether a line in brackets is a heading.
    pub(super) has_sections: bool,
    /// Whether a comment stands at the start of a line or behind a space.
    pub(super) spaced_comments: bool,
    /// Whether a word with dashes in front, behind a space, is the name of an option.
    pub(super) has_options: bool,
}

impl Syntax {
    /// A language without anything.
    pub(super) const NONE: Self = Self {
        comments: &[],
        block: None,
        quotes: &[],
        keywords: &[],
        names_after: &[],
        keys: None,
        sigil: None,
        has_sections: false,
        spaced_comments: false,
        has_options: false,
    };
}

/// A kind of string.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::site) struct Quote {
    /// What starts and ends it.
    pub(super) mark: &'static str,
    /// Whether a backslash takes the next character along.
    pub(super) has_escapes: bool,
    /// Whether it may have several lines.
    pub(super) has_lines: bool,
}

/// Finds the tokens of a text.
pub(super) fn find(syntax: &Syntax, bytes: &[u8], tokens: &mut Tokens) {
    let mut names_next = false;
    let (mut at, mut line_has_text) = (0, false);
    while at < bytes.len() {
        let (byte, rest) = (bytes[at], &bytes[at..]);
        if matches!(byte, b'\n' | b'\r') {
            (at, line_has_text, names_next) = (at + 1, false, false);
            continue;
        }
        if matches!(byte, b' ' | b'\t') {
            at += 1;
            continue;
        }
        let (starts_line, start) = (!line_has_text, at);
        line_has_text = true;
        let is_spaced = !syntax.spaced_comments || at == 0 || bytes[at - 1].is_ascii_whitespace();
        if is_spaced && syntax.comments.iter().any(|mark| rest.starts_with(mark.as_bytes())) {
            at = end_of_line(bytes, at);
            tokens.add(Class::Comment, start, at);
        } else if let Some((_, close)) = syntax.block.filter(|(open, _)| rest.starts_with(open.as_bytes())) {
            at = after(bytes, at + 2, close.as_bytes());
            tokens.add(Class::Comment, start, at);
        } else if let Some(quote) = syntax.quotes.iter().find(|quote| rest.starts_with(quote.mark.as_bytes())) {
            at = end_of_string(bytes, at + quote.mark.len(), quote);
            let class = if is_key(syntax, bytes, at, starts_line) { Class::Name } else { Class::String };
            tokens.add(class, start, at);
        } else if starts_line && syntax.has_sections && byte == b'[' {
            at = end_of_line(bytes, at);
            tokens.add(Class::Name, start, at);
        } else if syntax.sigil == Some(byte) {
            at = end_of_variable(bytes, at + 1);
            tokens.add(Class::Variable, start, at);
        } else if byte == b'-' && syntax.has_options && starts_option(bytes, at) {
            at = end_of_word(bytes, at, b"-");
            tokens.add(Class::Name, start, at);
        } else if byte.is_ascii_digit() {
            at = end_of_word(bytes, at, b".");
            // Of commands `wait=5` and `2.0` are told, and not the end of `pack-2.0.tar.gz`.
            if !syntax.has_options || at_argument(bytes, start) {
                tokens.add(Class::Number, start, at);
            }
        } else if is_word(byte) {
            let is_configuration = syntax.keys == Some(b'=');
            at = end_of_word(bytes, at, if is_configuration && starts_line { b"-." } else { b"" });
            let word = &bytes[start..at];
            let is = |list: &[&str]| list.binary_search_by(|known| known.as_bytes().cmp(word)).is_ok();
            if is_key(syntax, bytes, at, starts_line) || names_next {
                tokens.add(Class::Name, start, at);
                names_next = false;
            } else if is(syntax.keywords) {
                tokens.add(Class::Keyword, start, at);
                names_next = is(syntax.names_after);
            }
        } else {
            at += 1;
        }
    }
}

/// Tells whether a dash is the first of a word behind a space: `-f`, `--force`.
fn starts_option(bytes: &[u8], at: usize) -> bool {
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let is_behind_space = at > 0 && matches!(bytes[at - 1], b' ' | b'\t');
    is_behind_space && (is_letter(at + 1) || (bytes.get(at + 1) == Some(&b'-') && is_letter(at + 2)))
}

/// Tells whether an argument of a command starts here, or the value of one.
fn at_argument(bytes: &[u8], at: usize) -> bool {
    at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'=' | b'(')
}

/// Tells whether what ends here is a key.
fn is_key(syntax: &Syntax, bytes: &[u8], at: usize, starts_line: bool) -> bool {
    let Some(mark) = syntax.keys.filter(|mark| starts_line || *mark == b':') else { return false };
    // A few spaces, not any number of them for each word.
    let next = bytes[at..].iter().take(40).find(|byte| !matches!(byte, b' ' | b'\t'));
    next == Some(&mark)
}

/// Returns where the line ends that `at` is in.
pub(super) fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |length| at + length)
}

/// Returns where the next mark ends, or the text.
pub(super) fn after(bytes: &[u8], at: usize, mark: &[u8]) -> usize {
    let at = at.min(bytes.len());
    let found = bytes[at..].windows(mark.len()).position(|window| window == mark);
    found.map_or(bytes.len(), |length| at + length + mark.len())
}

fn end_of_string(bytes: &[u8], mut at: usize, quote: &Quote) -> usize {
    let mark = quote.mark.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote.has_escapes => at += 2,
            b'\n' | b'\r' if !quote.has_lines => return at,
            byte if byte == mark[0] && bytes[at..].starts_with(mark) => return at + mark.len(),
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Returns where a variable ends whose sigil ends here: `$name`, `${name}`, `$1`, `@name.part`.
fn end_of_variable(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'{') => after(&bytes[..end_of_line(bytes, at)], at, b"}"),
        Some(byte) if is_word(*byte) || byte.is_ascii_digit() => end_of_word(bytes, at, b""),
        Some(b'@' | b'*' | b'#' | b'?' | b'!' | b'$') => at + 1,
        _ => at,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn end_of_word(bytes: &[u8], at: usize, more: &[u8]) -> usize {
    let is_inside = |byte: &u8| is_word(*byte) || byte.is_ascii_digit() || more.contains(byte);
    bytes[at..].iter().position(|byte| !is_inside(byte)).map_or(bytes.len(), |length| at + length)
}
