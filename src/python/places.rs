//! Offsets as lines and columns.

use ruff_text_size::{Ranged, TextRange};

use crate::diag::Span;

/// Longest text that an annotation, a default or a base is shown with, in characters.
const MOST_CHARACTERS: usize = 200;

/// Most characters that are counted for a column: a hostile line may be the whole file, with a fact at each character.
const MOST_COLUMNS: usize = 2000;

/// The text of a file with the starts of its lines.
pub(super) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Finds the lines of a text.
    pub(super) fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    /// Returns the span of two offsets.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let ((line, column), (end_line, end_column)) = (self.position(start), self.position(end));
        Span { line, column, end_line, end_column }
    }

    /// Returns the span of a node.
    pub(super) fn of(&self, node: &impl Ranged) -> Span {
        let range = node.range();
        self.span(range.start().to_usize(), range.end().to_usize())
    }

    /// Returns the text of a node in one line, cut to a readable length.
    pub(super) fn text(&self, node: &impl Ranged) -> String {
        let range: TextRange = node.range();
        let written = self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
        let mut text = String::new();
        for (at, word) in written.split_whitespace().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            text.push_str(word);
            if text.len() > 4 * MOST_CHARACTERS {
                break;
            }
        }
        if text.chars().count() > MOST_CHARACTERS {
            text = text.chars().take(MOST_CHARACTERS - 1).collect();
            text.push('…');
        }
        text
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line.saturating_sub(1)];
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = before.chars().take(MOST_COLUMNS).count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}
