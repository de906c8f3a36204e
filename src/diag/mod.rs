//! Diagnostics: findings about somebody's pack, collected and rendered.
//!
//! [`Code`] names a fault, [`Diagnostic`] is one finding of it at a [`Place`], [`Sink`] collects findings while a pack is
//! read, [`Levels`] applies the severities of `packyard.toml`. The renderers ([`human`], [`json`], [`sarif`],
//! [`github`]) turn a sorted list of findings into text; none of them prints.

mod code;
mod compact;
mod counts;
pub mod github;
pub mod human;
pub mod json;
mod levels;
mod lines;
#[cfg(test)]
mod sample;
pub mod sarif;
mod sink;
mod visible;

pub use code::{Code, CodeInfo, Severity};
pub use compact::{Codes, Compact};
pub use counts::{Counts, plural};
pub use levels::{Level, Levels};
pub use lines::Lines;
pub use sink::{Draft, Sink};

pub(crate) use code::{codes, explanation};

/// Where a fault lies: lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
}

/// One place in a file, with the lines it covers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, relative to the source's root once a finding has left the pack, `/`-joined and safe to print.
    pub path: String,
    /// Where in the file; absent when the fault is the whole file.
    pub span: Option<Span>,
    /// The covered lines as the author wrote them, at most [`Place::MAX_LINES`], each cut to a readable length.
    pub excerpt: Option<String>,
}

impl Place {
    /// Most lines that an excerpt holds.
    pub const MAX_LINES: u32 = 6;
    /// Most characters of a line that an excerpt holds.
    const MAX_COLUMNS: usize = 240;

    /// Returns the place of a whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), span: None, excerpt: None }
    }

    /// Returns a place in `text`, the whole text of the file, and copies the lines it covers.
    ///
    /// Costs a walk to the line; for many places in one file, [`Place::in_lines`] is the one to use.
    pub fn in_text(path: impl Into<String>, span: Span, text: &str) -> Self {
        let count = Self::last_line(span).saturating_sub(span.line) + 1;
        let lines: Vec<&str> = text.lines().skip(span.line.saturating_sub(1) as usize).take(count as usize).collect();
        match text.lines().last().filter(|_| lines.is_empty()) {
            Some(last) => Self::at_end(path, text.lines().count(), last),
            None => Self { path: path.into(), span: Some(span), excerpt: Self::excerpt(&lines) },
        }
    }

    /// Returns a place in a file of which `lines` are all the lines, and copies those it covers.
    pub fn in_lines(path: impl Into<String>, span: Span, lines: &[&str]) -> Self {
        let start = (span.line.saturating_sub(1) as usize).min(lines.len());
        let end = (Self::last_line(span) as usize).clamp(start, lines.len());
        match lines.last().filter(|_| start == lines.len()) {
            Some(last) => Self::at_end(path, lines.len(), last),
            None => Self { path: path.into(), span: Some(span), excerpt: Self::excerpt(&lines[start..end]) },
        }
    }

    /// Returns the end of a file of so many lines: what a parser still misses there has no line that could be shown.
    fn at_end(path: impl Into<String>, lines: usize, last: &str) -> Self {
        let (line, column) = (lines as u32, last.chars().count() as u32 + 1);
        let span = Span { line, column, end_line: line, end_column: column };
        Self { path: path.into(), span: Some(span), excerpt: Self::excerpt(&[last]) }
    }

    fn last_line(span: Span) -> u32 {
        span.end_line.min(span.line.saturating_add(Self::MAX_LINES - 1)).max(span.line)
    }

    fn excerpt(lines: &[&str]) -> Option<String> {
        let cut = |line: &&str| line.chars().take(Self::MAX_COLUMNS).collect::<String>();
        (!lines.is_empty()).then(|| lines.iter().map(cut).collect::<Vec<_>>().join("\n"))
    }
}

/// A finding about somebody's pack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// What kind of fault it is.
    pub code: Code,
    /// How serious it is, after the configuration had its say.
    pub severity: Severity,
    /// Where it is; the path is empty for a finding about a whole source.
    pub place: Place,
    /// What is wrong, in the author's words.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that belong to it, each with a label.
    pub related: Vec<(String, Place)>,
    /// The release or revision it was found in, such as `v1.2.0`; absent for a working directory.
    pub revision: Option<String>,
    /// The repository that the paths are of; absent where they lead there from the configuration.
    pub source: Option<String>,
}

impl Diagnostic {
    /// Puts a directory in front of every place, such as that of the pack in its source; the empty one changes nothing.
    pub fn put_below(&mut self, directory: &str) {
        if directory.is_empty() {
            return;
        }
        for place in std::iter::once(&mut self.place).chain(self.related.iter_mut().map(|(_, place)| place)) {
            let file = std::mem::take(&mut place.path);
            place.path = if file.is_empty() { directory.to_owned() } else { format!("{directory}/{file}") };
        }
    }

    /// Returns the order of the output: repository, path, line, column, code, then the rest.
    fn order(&self) -> impl Ord + '_ {
        let at = self.place.span.map(|span| (span.line, span.column));
        (&self.source, &self.place.path, &self.revision, at, self.code.name(), &self.message)
    }
}

/// Returns an error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Sorts findings by repository, path, line and code, and drops exact repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bracket that is not closed is missed behind the last line.
    #[test]
    fn a_place_behind_the_end_is_the_end() {
        let span = Span { line: 3, column: 1, end_line: 3, end_column: 1 };
        let (text, end) = ("a: [\n  b\n", Some(Span { line: 2, column: 4, end_line: 2, end_column: 4 }));
        let lines: Vec<&str> = text.lines().collect();
        for place in [Place::in_text("a.yaml", span, text), Place::in_lines("a.yaml", span, &lines)] {
            assert_eq!((place.span, place.excerpt.as_deref()), (end, Some("  b")));
        }
        assert_eq!(Place::in_text("a.yaml", span, "").excerpt, None);
    }
}
