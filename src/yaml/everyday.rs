//! Reads everyday YAML quickly: block mappings and lists, scalars and `[…]`, `{…}` that end on their line, comments.
//!
//! It knows no more than that, and gives the gate the events that saphyr-parser would give it, at a multiple of its
//! speed. Whatever else it meets, faults included, it declines, and the parser reads the text from its beginning: the
//! parser alone says what YAML is. A property test holds both to the same trees (`docs/decisions/0016-everyday-yaml.md`).
//! Recursive, but only as deep as the gate lets collections nest.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, ScalarStyle, Span};

use super::gate::{Builder, Yaml};

/// Longest key in bytes; the parser's own bound is 1024 characters (YAML 1.2.2, section 7.4.2).
const LONGEST_KEY: usize = 1000;

/// Nothing, or what was read: nothing says that the parser has to read the text.
type Read<T = ()> = Option<T>;

/// Reads a text into a builder that has seen nothing yet.
///
/// Gives nothing when the text is no everyday YAML, and when a limit is exceeded: where that is said, the parser says it.
pub(super) fn read(text: &str, builder: Builder<'_>) -> Read<Yaml> {
    let is_ascii = text.is_ascii();
    if text.bytes().fold(false, |found, byte| found | is_control(byte)) || (!is_ascii && text.chars().any(is_odd)) {
        return None;
    }
    let line = Line { number: 1, start: 0, counted: (0, 0) };
    let mut reader = Reader { text, is_ascii, at: 0, line, indent: None, builder };
    reader.document()?;
    Some(reader.builder.done())
}

/// Tells whether a byte means something of its own: a tab, a line break that is not `\n`, what YAML refuses.
fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\n') || byte == 0x7f
}

/// Tells the same of a character that is not ASCII: line breaks of YAML 1.1, byte order marks, what YAML refuses.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A line of the text.
struct Line {
    /// From 1.
    number: usize,
    /// Where it starts, in bytes.
    start: usize,
    /// A place on the line and its column: columns are counted once, however many of them are asked for.
    counted: (usize, usize),
}

/// A scalar on one line, which may be a key.
struct Word<'t> {
    text: Cow<'t, str>,
    style: ScalarStyle,
    span: Span,
    /// Whether a colon that makes it a key comes next.
    is_key: bool,
}

struct Reader<'t, 'b> {
    text: &'t str,
    is_ascii: bool,
    /// The next byte.
    at: usize,
    line: Line,
    /// At the first character of a line: how far it is indented. Nothing at the end of the text.
    indent: Option<usize>,
    builder: Builder<'b>,
}

impl<'t> Reader<'t, '_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Tells whether a blank, the end of the line or of the text is at a place.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), None | Some(b' ' | b'\n'))
    }

    /// Returns a place on this line, not before one that was asked for.
    fn mark(&mut self, at: usize) -> Marker {
        let column = if self.is_ascii {
            at - self.line.start
        } else {
            let (from, column) = self.line.counted;
            let column = column + self.text[from..at].chars().count();
            self.line.counted = (at, column);
            column
        };
        Marker::new(at, self.line.number, column)
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Read {
        self.builder.take(event, span).ok()
    }

    fn take_word(&mut self, word: Word<'t>) -> Read {
        self.take(Event::Scalar(word.text, word.style, 0, None), word.span)
    }

    fn take_nothing(&mut self, mark: Marker) -> Read {
        self.take(Event::Scalar("~".into(), ScalarStyle::Plain, 0, None), Span::empty(mark))
    }

    /// Reads the whole text: one document.
    fn document(&mut self) -> Read {
        self.skip_to_content()?;
        let mark = self.mark(self.at);
        self.take(Event::DocumentStart(false), Span::empty(mark))?;
        if self.at == self.line.start && self.text[self.at..].starts_with("---") && self.is_blank(self.at + 3) {
            self.at += 3;
            self.skip_to_content()?;
        }
        self.refuse_marker()?;
        let column = self.indent?;
        self.node(None, Some(column))?;
        self.indent.is_none().then_some(())
    }

    /// Goes over the rest of a line, on which only a comment may stand, to the first character of the next line with any.
    fn skip_to_next_line(&mut self) -> Read {
        self.skip_to_content()?;
        self.refuse_marker()
    }

    /// Ends at the first content, which `refuse_marker` has not looked at.
    fn skip_to_content(&mut self) -> Read {
        let mut is_after_blank = self.at == self.line.start || self.byte(self.at - 1) == Some(b' ');
        loop {
            match self.byte(self.at) {
                Some(b' ') => {
                    self.at += 1;
                    is_after_blank = true;
                }
                Some(b'\n') => {
                    self.at += 1;
                    self.line = Line { number: self.line.number + 1, start: self.at, counted: (self.at, 0) };
                    is_after_blank = true;
                }
                Some(b'#') if is_after_blank => self.at = self.end_of_line(),
                Some(_) => {
                    self.indent = Some(self.at - self.line.start);
                    // What stands behind a value, or behind the `---` of a document.
                    return self.text[self.line.start..self.at].bytes().all(|byte| byte == b' ').then_some(());
                }
                None => {
                    self.indent = None;
                    return Some(());
                }
            }
        }
    }

    /// Declines a line that may be about documents: `---`, `...`.
    fn refuse_marker(&self) -> Read {
        let is_marker = self.indent == Some(0)
            && matches!(&self.text.as_bytes()[self.at..], [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..]);
        (!is_marker).then_some(())
    }

    fn end_of_line(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length)
    }

    fn skip_blanks(&mut self) {
        while self.byte(self.at) == Some(b' ') {
            self.at += 1;
        }
    }

    /// Returns the place behind blanks and a comment, which the parser counts to what stands before them.
    fn mark_behind(&mut self) -> Marker {
        let at = self.at;
        self.skip_blanks();
        let end = if self.byte(self.at) == Some(b'#') && self.at > at { self.end_of_line() } else { self.at };
        self.mark(end)
    }

    /// Tells whether no value follows on this line.
    fn is_end(&self) -> bool {
        matches!(self.byte(self.at), None | Some(b'\n'))
            || (self.byte(self.at) == Some(b'#') && self.byte(self.at - 1) == Some(b' '))
    }

    fn is_entry(&self) -> bool {
        self.byte(self.at) == Some(b'-') && self.is_blank(self.at + 1)
    }

    /// Reads a node up to the line after it, inside a collection that is indented by `parent`; `column` is where it
    /// stands when it may be a block collection.
    fn node(&mut self, parent: Option<usize>, column: Option<usize>) -> Read {
        match self.byte(self.at)? {
            b'-' if self.is_entry() => return self.list(column?, false),
            b'[' | b'{' => {
                self.flow()?;
            }
            _ => {
                let word = self.word(false)?;
                if word.is_key {
                    return self.mapping(column?, word);
                }
                self.take_word(word)?;
            }
        }
        self.skip_to_next_line()?;
        // Of a line that is indented further, only the parser knows what it belongs to.
        self.indent.is_none_or(|indent| parent.is_some_and(|parent| indent <= parent)).then_some(())
    }

    /// Reads a block mapping from behind its first key.
    fn mapping(&mut self, column: usize, first: Word<'t>) -> Read {
        self.take(Event::MappingStart(0, None), Span::empty(first.span.start))?;
        let mut key = first;
        loop {
            self.take_word(key)?;
            let colon = self.mark(self.at);
            self.at += 1;
            self.skip_blanks();
            if self.is_end() {
                self.skip_to_next_line()?;
                match self.indent {
                    Some(indent) if indent > column => self.node(Some(column), Some(indent))?,
                    Some(indent) if indent == column && self.is_entry() => self.list(column, true)?,
                    _ => self.take_nothing(colon)?,
                }
            } else {
                self.node(Some(column), None)?;
            }
            match self.indent {
                Some(indent) if indent == column => key = self.word(false).filter(|word| word.is_key)?,
                Some(indent) if indent > column => return None,
                _ => break,
            }
        }
        let end = self.end_of_block(column);
        self.take(Event::MappingEnd, Span::empty(end))
    }

    /// Reads a block list from its first `-`; `is_indentless` is a list that is not indented further than its key.
    fn list(&mut self, column: usize, is_indentless: bool) -> Read {
        let dash = self.mark(self.at);
        self.at += 1;
        let mut entry = self.mark_behind();
        self.take(Event::SequenceStart(0, None), Span::empty(if is_indentless { entry } else { dash }))?;
        loop {
            if self.is_end() {
                self.skip_to_next_line()?;
                match self.indent {
                    Some(indent) if indent > column => self.node(Some(column), Some(indent))?,
                    _ => self.take_nothing(entry)?,
                }
            } else {
                self.node(Some(column), Some(entry.col()))?;
            }
            match self.indent {
                Some(indent) if indent == column && self.is_entry() => {
                    self.at += 1;
                    entry = self.mark_behind();
                }
                Some(indent) if indent > column || (indent == column && !is_indentless) => return None,
                _ => break,
            }
        }
        let end = self.end_of_block(column);
        self.take(Event::SequenceEnd, Span::empty(end))
    }

    /// Returns where the parser says that a block collection ends: at the next content; at the end of the text on the line
    /// after it, unless a line of blanks has ended the collection before.
    fn end_of_block(&mut self, column: usize) -> Marker {
        let mark = self.mark(self.at);
        let is_on_next_line = self.indent.is_none() && mark.col() > 0 && column <= mark.col();
        if is_on_next_line { Marker::new(mark.index(), mark.line() + 1, 0) } else { mark }
    }

    /// Reads `[…]` or `{…}` that ends on its line.
    fn flow(&mut self) -> Read {
        let start = self.mark(self.at);
        let is_mapping = self.byte(self.at) == Some(b'{');
        let (open, close, end) = if is_mapping {
            (Event::MappingStart(0, None), b'}', Event::MappingEnd)
        } else {
            (Event::SequenceStart(0, None), b']', Event::SequenceEnd)
        };
        self.take(open, Span::empty(start))?;
        self.at += 1;
        self.skip_blanks();
        if self.byte(self.at) != Some(close) {
            loop {
                if is_mapping {
                    let key = self.word(true).filter(|word| word.is_key)?;
                    self.take_word(key)?;
                    self.at += 1;
                    self.skip_blanks();
                }
                if let Some(b'[' | b'{') = self.byte(self.at) {
                    self.flow()?;
                } else {
                    let word = self.word(true).filter(|word| !word.is_key)?;
                    self.take_word(word)?;
                }
                self.skip_blanks();
                match self.byte(self.at)? {
                    b',' => self.at += 1,
                    byte if byte == close => break,
                    _ => return None,
                }
                self.skip_blanks();
            }
        }
        self.at += 1;
        let behind = self.mark_behind();
        self.take(end, Span::new(start, behind))
    }

    /// Reads a scalar that ends on its line.
    fn word(&mut self, is_flow: bool) -> Read<Word<'t>> {
        match self.byte(self.at)? {
            b'"' => self.quoted(ScalarStyle::DoubleQuoted),
            b'\'' => self.quoted(ScalarStyle::SingleQuoted),
            _ => self.plain(is_flow),
        }
    }

    fn quoted(&mut self, style: ScalarStyle) -> Read<Word<'t>> {
        let (quote, from) = (self.byte(self.at)?, self.at + 1);
        let start = self.mark(self.at);
        let mut text = Cow::Borrowed("");
        let (mut at, mut copied) = (from, from);
        loop {
            match self.byte(at)? {
                b'\n' => return None,
                b'\\' if quote == b'"' => {
                    text.to_mut().push_str(&self.text[copied..at]);
                    text.to_mut().push(match self.byte(at + 1)? {
                        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
                        b'n' => '\n',
                        b't' => '\t',
                        _ => return None,
                    });
                    at += 2;
                    copied = at;
                }
                byte if byte == quote => {
                    if quote != b'\'' || self.byte(at + 1) != Some(quote) {
                        break;
                    }
                    // Two stand for one.
                    text.to_mut().push_str(&self.text[copied..=at]);
                    at += 2;
                    copied = at;
                }
                _ => at += 1,
            }
        }
        if copied == from {
            text = Cow::Borrowed(&self.text[from..at]);
        } else {
            text.to_mut().push_str(&self.text[copied..at]);
        }
        self.at = at + 1;
        let is_key = self.byte(self.at) == Some(b':');
        if is_key && (!self.is_blank(self.at + 1) || self.at - from > LONGEST_KEY) {
            return None;
        }
        let end = self.mark_behind();
        // A colon that is not adjacent is left to the parser.
        let is_read = is_key || matches!(self.byte(self.at), None | Some(b'\n' | b'#' | b',' | b']' | b'}'));
        is_read.then_some(Word { text, style, span: Span::new(start, end), is_key })
    }

    fn plain(&mut self, is_flow: bool) -> Read<Word<'t>> {
        let is_special = |byte| matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
        let from = self.at;
        match self.byte(from)? {
            b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b':' => return None,
            b'-' if self.is_blank(from + 1) || self.byte(from + 1).is_some_and(is_special) => return None,
            byte if is_special(byte) => return None,
            _ => {}
        }
        let start = self.mark(from);
        let (mut at, mut end, mut is_key) = (from, from, false);
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\n' => break,
                b' ' => {
                    at += 1;
                    continue;
                }
                b':' if self.is_blank(at + 1) => {
                    is_key = true;
                    break;
                }
                b':' if is_flow && self.byte(at + 1).is_some_and(is_special) => return None,
                b'#' if end < at => break,
                _ if is_flow && is_special(byte) => break,
                _ => {}
            }
            at += 1;
            end = at;
        }
        if is_key && at - from > LONGEST_KEY {
            return None;
        }
        self.at = at;
        let text = Cow::Borrowed(&self.text[from..end]);
        Some(Word { text, style: ScalarStyle::Plain, span: Span::new(start, self.mark(end)), is_key })
    }
}

#[cfg(test)]
mod tests;
