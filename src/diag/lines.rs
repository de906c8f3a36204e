//! Offsets as lines and columns, for readers that give offsets.

use super::Span;

/// Most characters that are counted for a column: a hostile line may be the whole file, with a place at each character.
const MOST_COLUMNS: usize = 2000;

/// The text of a file with the starts of its lines.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Returns the text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the span between two offsets in bytes.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let ((line, column), (end_line, end_column)) = (self.position(start), self.position(end));
        Span { line, column, end_line, end_column }
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line.saturating_sub(1)];
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = before.chars().take(MOST_COLUMNS).count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}
