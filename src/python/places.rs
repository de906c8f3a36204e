//! Offsets as lines and columns.

use ruff_text_size::{Ranged, TextRange};

use crate::diag::{Lines, Span};

/// Longest text that an annotation, a default or a base is shown with, in characters.
const MOST_CHARACTERS: usize = 200;

/// The text of a file with its lines.
pub(super) struct Places<'a>(Lines<'a>);

impl<'a> Places<'a> {
    /// Finds the lines of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self(Lines::new(text))
    }

    /// Returns the span between two offsets.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.0.span(start, end)
    }

    /// Returns the span of a node.
    pub(super) fn of(&self, node: &impl Ranged) -> Span {
        let range = node.range();
        self.span(range.start().to_usize(), range.end().to_usize())
    }

    /// Returns the text of a node in one line, cut to a readable length.
    pub(super) fn text(&self, node: &impl Ranged) -> String {
        let range: TextRange = node.range();
        let written = self.0.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
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
}
