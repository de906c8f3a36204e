//! Source text → lines of HTML with a few classes: comments, strings, keywords, numbers, names, variables.
//!
//! 1. [`Language::of_path`] and [`Language::of_word`] tell the language; what is unknown is plain.
//! 2. `code`, `yaml` and `markup` find the tokens of a text, each in one pass over its bytes that goes forward only: linear in
//!    the text whatever it holds, without recursion. They know enough to colour, and judge nothing.
//! 3. [`Code`] writes one line at a time, so that a page can number them and a comparison can pick them. All text goes through
//!    [`escape`](super::text::escape).
//!
//! Why no library: `docs/decisions/0014-files-on-the-website.md`.

mod code;
mod languages;
mod markup;
#[cfg(test)]
mod tests;
mod yaml;

use super::text;

pub(super) use languages::Language;

/// Largest text that is coloured, in bytes.
const MOST_BYTES: usize = 256 << 10;
/// Longest line of a text that is coloured, in bytes: what is longer was made by a program.
const LONGEST_LINE: usize = 4 << 10;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Comment,
    String,
    Keyword,
    Number,
    /// A key, a heading, the name of an element.
    Name,
    /// What stands for something else.
    Variable,
}

impl Class {
    /// Lists all.
    pub(super) const ALL: [Self; 6] =
        [Self::Comment, Self::String, Self::Keyword, Self::Number, Self::Name, Self::Variable];

    /// Returns the class of its element.
    pub(super) const fn letter(self) -> &'static str {
        match self {
            Self::Comment => "c",
            Self::String => "s",
            Self::Keyword => "k",
            Self::Number => "n",
            Self::Name => "t",
            Self::Variable => "v",
        }
    }
}

/// A coloured piece of a text, as a range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    start: usize,
    end: usize,
    class: Class,
}

/// The tokens of a text so far, in order.
#[derive(Default)]
struct Tokens(Vec<Token>);

impl Tokens {
    fn add(&mut self, class: Class, start: usize, end: usize) {
        if start < end {
            self.0.push(Token { start, end, class });
        }
    }
}

/// A text with its lines and tokens.
#[derive(Debug)]
pub(super) struct Code<'t> {
    text: &'t str,
    /// Where each line starts and ends, without what ends it.
    lines: Vec<(usize, usize)>,
    tokens: Vec<Token>,
}

impl<'t> Code<'t> {
    /// Looks at a text; one that is too large, or has very long lines, stays plain.
    pub(super) fn new(language: Language, text: &'t str) -> Self {
        let lines = lines(text);
        let is_usual = text.len() <= MOST_BYTES && lines.iter().all(|(start, end)| end - start <= LONGEST_LINE);
        let mut tokens = Tokens::default();
        if is_usual {
            languages::find(language, text, &mut tokens);
        }
        let mut tokens = tokens.0;
        // A token that ends within a character would be a fault of ours: better without colour than without the page.
        tokens.retain(|token| text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
        Self { text, lines, tokens }
    }

    /// Returns how many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns how many bytes the text has.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Returns a line as it is.
    pub(super) fn line(&self, number: usize) -> &'t str {
        let (start, end) = self.lines[number];
        &self.text[start..end]
    }

    /// Returns all lines as they are.
    pub(super) fn all(&self) -> impl Iterator<Item = &'t str> {
        self.lines.iter().map(|(start, end)| &self.text[*start..*end])
    }

    /// Writes a line as HTML, of which every element is closed.
    pub(super) fn write(&self, number: usize, out: &mut Vec<u8>) {
        let (mut at, end) = self.lines[number];
        let first = self.tokens.partition_point(|token| token.end <= at);
        for token in self.tokens[first..].iter().take_while(|token| token.start < end) {
            let (from, to) = (token.start.max(at), token.end.min(end));
            put(&self.text[at..from], out);
            out.extend_from_slice(b"<span class=\"");
            out.extend_from_slice(token.class.letter().as_bytes());
            out.extend_from_slice(b"\">");
            put(&self.text[from..to], out);
            out.extend_from_slice(b"</span>");
            at = to;
        }
        put(&self.text[at..end], out);
    }

    /// Returns all lines as HTML.
    pub(super) fn html(&self) -> String {
        let mut out = Vec::with_capacity(self.text.len() * 2);
        for number in 0..self.len() {
            self.write(number, &mut out);
            out.push(b'\n');
        }
        String::from_utf8(out).expect("text and markup are UTF-8")
    }
}

fn put(text: &str, out: &mut Vec<u8>) {
    text::escape(text, out).expect("a vector takes all");
}

/// Returns where each line starts and ends: lines end with `\n`, `\r\n` or `\r`, as YAML 1.2 (section 5.4) and Python have it.
pub(super) fn lines(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut lines, mut start, mut at) = (Vec::with_capacity(bytes.len() / 32 + 1), 0, 0);
    while at < bytes.len() {
        let length = match bytes[at] {
            b'\n' => 1,
            b'\r' => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
            _ => 0,
        };
        if length == 0 {
            at += 1;
            continue;
        }
        lines.push((start, at));
        at += length;
        start = at;
    }
    if start < bytes.len() {
        lines.push((start, bytes.len()));
    }
    lines
}
