//! What the parser refuses for its indentation and every runtime's loader reads: YAML 1.2.2 (sections 7.3, 7.4) wants the
//! further lines of quoted scalars and of `[…]`, `{…}` indented, libyaml and all that follow it do not look.
//!
//! Blanks at the beginning of such a line mean nothing, so it is indented for the parser, and places are given as they are
//! in the file.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// How many bytes are parsed again in all, at most: each fault is found by itself.
const MOST_BYTES: usize = 16 << 20;
/// Most blanks that are put before a line.
const MOST_BLANKS: usize = 256;

/// How far lines are moved to the right, by their number from 1.
#[derive(Debug, Default)]
pub(super) struct Indented(BTreeMap<u32, u32>);

impl Indented {
    /// Returns how far a line is moved.
    pub(super) fn blanks(&self, line: u32) -> u32 {
        self.0.get(&line).copied().unwrap_or_default()
    }

    /// Returns the text with its lines moved.
    pub(super) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.0.is_empty() {
            return text.into();
        }
        let mut moved = String::with_capacity(text.len() + self.0.len() * 8);
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            (0..self.blanks(number)).for_each(|_| moved.push(' '));
            moved.push_str(line);
        }
        moved.into()
    }

    /// Moves the lines that a fault is about, which the parser found at a place in the moved text: lines from 1, columns from 0.
    /// Tells whether that is worth another try.
    pub(super) fn mend(&mut self, fault: &str, line: usize, column: usize, text: &str, tries: usize) -> bool {
        let is_whole_scalar = match fault {
            "invalid indentation in quoted scalar" => true,
            // Of a line in `[…]` or `{…}`: block lines end the collections that they are too far left for.
            "invalid indentation" | "invalid indentation in flow construct" => false,
            _ => return false,
        };
        if (tries + 1) * text.len() > MOST_BYTES || text.replace("\r\n", "").contains('\r') {
            return false;
        }
        let Ok(first) = u32::try_from(line) else { return false };
        let Some(column) = column.checked_sub(self.blanks(first) as usize) else { return false };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let Some(line) = first.checked_sub(1).and_then(|at| lines.get(at as usize)) else { return false };
        let Some(start) = line.char_indices().nth(column).map(|(at, _)| at) else { return false };
        let mut to_move = Vec::new();
        if line[..start].chars().all(|c| matches!(c, ' ' | '\t')) {
            to_move.push(first);
        }
        if is_whole_scalar {
            let Some(more) = further_lines(&line[start..], &lines[first as usize..]) else { return false };
            to_move.extend((first + 1..).take(more).filter(|number| !is_marker(lines[*number as usize - 1])));
        }
        // As far as anything before it reaches, which no collection that is open can begin behind.
        let before = lines[..first as usize].iter().map(|line| line.chars().count()).max();
        let blanks = before.unwrap_or_default().min(MOST_BLANKS) as u32;
        let known = self.0.len();
        for number in to_move {
            self.0.entry(number).or_insert(blanks);
        }
        self.0.len() > known
    }
}

/// Returns how many lines a quoted scalar has after its first; nothing when it does not end.
fn further_lines(first: &str, rest: &[&str]) -> Option<usize> {
    let quote = first.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut is_escaped = false;
    // Two single quotes in a row end one scalar and begin another, which comes to the same.
    let mut is_open = true;
    for (number, line) in std::iter::once(&&first[1..]).chain(rest).enumerate() {
        for c in line.chars() {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' if quote == '"' => is_escaped = true,
                _ if c == quote => is_open = !is_open,
                _ if !is_open => return Some(number),
                _ => {}
            }
        }
        if !is_open {
            return Some(number);
        }
    }
    None
}

/// Tells whether a line begins or ends a document, inside of a scalar as well.
fn is_marker(line: &str) -> bool {
    ["---", "..."]
        .iter()
        .any(|marker| line.strip_prefix(marker).is_some_and(|rest| rest.trim_start() != rest || rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Limits, Node, decode, read};

    /// Reads a text that libyaml reads, to the same values.
    #[track_caller]
    fn same_as_libyaml(text: &str) -> super::super::Yaml {
        let yaml =
            read(text.as_bytes(), Dialect::Yaml12, Limits::default()).unwrap_or_else(|fault| panic!("{fault:?}"));
        assert_eq!(Ok(yaml.root.to_json()), decode(text), "{text}");
        yaml
    }

    #[test]
    fn a_scalar_may_end_where_its_list_begins() {
        let text = "a:\n  b:\n  - \"one\n\n  two 'x'\n  \"\n  - 'it''s\nthree\n'\nc: [d]\n";
        let yaml = same_as_libyaml(text);
        let c = yaml.root.entry("c").expect("there").1.items()[0].span;
        assert_eq!((c.line, c.column), (10, 5));
        let b = yaml.root.get("a").and_then(|a| a.get("b")).map(Node::items).expect("a list");
        assert_eq!((b[1].span.line, b[1].span.column, b[1].span.end_line, b[1].span.end_column), (7, 5, 9, 2));
    }

    #[test]
    fn brackets_may_close_where_they_like() {
        let yaml = same_as_libyaml("a:\n    b: [\n  c,\n\"d\n e\",\n{f: g,\nh: i\n}\n]\n    j: k\n");
        let list = yaml.root.get("a").and_then(|a| a.get("b")).map(Node::items).expect("a list");
        assert_eq!((list[0].span.line, list[0].span.column), (3, 3));
        let h = list[2].entry("h").expect("there").0.span;
        assert_eq!((h.line, h.column, h.end_column), (7, 1, 2));
        same_as_libyaml("- - - a: \"x\ny\\\n  z\"\n");
    }

    #[test]
    fn what_libyaml_refuses_is_refused() {
        for text in [
            "a:\n  b: \"x\n--- y\n  z\"\n",
            "a:\n  b: \"x\ny\n",
            "a:\n  b: 'x\ny' z\n",
            "a:\n  - b\n c: d\n",
            "a:\n  b: [x\ny: z\n",
        ] {
            assert!(decode(text).is_err(), "{text}");
            assert!(read(text.as_bytes(), Dialect::Yaml12, Limits::default()).is_err(), "{text}");
        }
    }

    /// As many tries as there are such scalars must not take as long as that sounds.
    #[test]
    fn tries_are_bounded() {
        let text = "- a: \"b\nc\"\n".repeat(40_000);
        assert!(read(text.as_bytes(), Dialect::Yaml12, Limits::default()).is_err());
    }
}
