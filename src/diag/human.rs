//! Renders findings for people, as rustc does: what, where, the lines themselves, and what to do.
//!
//! ```text
//! error[duplicate-key]: the key `name` occurs twice
//!  --> packs/echo/pack.yaml:4:1 (v1.2.0)
//!   |
//! 4 | name: echo2
//!   | ^^^^
//!   |
//!   = help: keep one of them
//! ```
//!
//! Texts of a pack are hostile: what would act on a terminal is shown as an escape instead (`\u{1b}`).

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Counts, Diagnostic, Place, Severity, plural, visible};

/// How the text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether terminal colours are used.
    pub color: bool,
    /// The width of the terminal, in columns; longer lines of source are cut.
    pub width: usize,
}

impl Style {
    /// Text without colours, for files and tests.
    pub const PLAIN: Self = Self { color: false, width: 140 };
}

/// Returns the findings as text, one empty line after each; empty text when there are none.
pub fn render(diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() }.term_width(style.width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&render_one(diagnostic, &renderer));
        out.push_str("\n\n");
    }
    out
}

/// Returns the last line: `2 errors, 1 warning in 3 packs`.
pub fn summary(diagnostics: &[Diagnostic], packs: usize) -> String {
    format!("{} in {}", Counts::of(diagnostics), plural(packs, "pack"))
}

/// Returns a text that may be shown on a terminal: what would act on it is escaped, line breaks stay.
pub fn safe(text: &str) -> String {
    visible::lines(text)
}

fn render_one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = visible::one_line(&diagnostic.message);
    let mut group = Group::with_title(level.primary_title(message).id(diagnostic.code.name()));
    let at = visible::one_line(&diagnostic.place.path).into_owned();
    if !at.is_empty() || diagnostic.place.excerpt.is_some() {
        group = with_place(group, &diagnostic.place, AnnotationKind::Primary, None);
    }
    for (label, place) in &diagnostic.related {
        // Lines of the same file belong under its one heading only when they are near; each place is shown on its own.
        group = with_place(group, place, AnnotationKind::Context, Some(visible::one_line(label).into_owned()));
    }
    if at.is_empty()
        && let Some(revision) = &diagnostic.revision
    {
        group = group.element(Level::NOTE.message(format!("found at `{}`", visible::one_line(revision))));
    }
    if let Some(source) = &diagnostic.source {
        group = group.element(Level::NOTE.message(format!("in `{}`", visible::one_line(source))));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible::lines(help)));
    }
    let text = renderer.render(&[group]);
    match &diagnostic.revision {
        Some(revision) if !at.is_empty() => {
            let place = match diagnostic.place.span {
                Some(span) if diagnostic.place.excerpt.is_none() => format!("{at}:{}:{}", span.line, span.column),
                _ => at,
            };
            with_revision(&text, &place, &visible::one_line(revision))
        }
        _ => text,
    }
}

/// Adds a place: its lines with the span marked, or its location alone when there are no lines.
fn with_place<'a>(group: Group<'a>, place: &Place, kind: AnnotationKind, label: Option<String>) -> Group<'a> {
    let path = visible::one_line(&place.path).into_owned();
    match Excerpt::of(place) {
        Some(Excerpt { text, line, marked }) => {
            let annotation = kind.span(marked).label(label);
            group.element(Snippet::source(text).line_start(line as usize).path(path).fold(false).annotation(annotation))
        }
        None => {
            let mut origin = Origin::path(path);
            if let Some(span) = place.span {
                origin = origin.line(span.line as usize).char_column(span.column as usize);
            }
            let group = group.element(origin);
            match label {
                Some(label) => group.element(Level::NOTE.message(label)),
                None => group,
            }
        }
    }
}

/// Writes the revision behind the location, which the renderer has no place for.
fn with_revision(text: &str, place: &str, revision: &str) -> String {
    let mut done = false;
    let lines = text.split('\n').enumerate().map(|(number, line)| {
        if number == 0 || done || !line.contains(place) {
            return line.to_owned();
        }
        done = true;
        format!("{line} ({revision})")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines of a place, fit for a terminal, with the span as byte offsets into them.
struct Excerpt {
    text: String,
    line: u32,
    marked: Range<usize>,
}

impl Excerpt {
    /// Returns the excerpt of a place; a span that leaves the excerpt, which may be cut, ends with it.
    fn of(place: &Place) -> Option<Self> {
        let (span, excerpt) = (place.span?, place.excerpt.as_deref()?);
        let mut text = String::new();
        let mut starts: Vec<Vec<usize>> = Vec::new();
        for line in excerpt.split('\n') {
            if !starts.is_empty() {
                text.push('\n');
            }
            let (line, offsets) = visible::source_line(line);
            starts.push(offsets.iter().map(|offset| text.len() + offset).collect());
            text.push_str(&line);
        }
        let offset = |line: u32, column: u32| {
            let Some(columns) = starts.get(line.saturating_sub(span.line) as usize) else { return text.len() };
            let column = (column.saturating_sub(1) as usize).min(columns.len() - 1);
            columns[column]
        };
        let start = offset(span.line, span.column);
        let end = offset(span.end_line, span.end_column).max(start);
        Some(Self { text, line: span.line.max(1), marked: start..end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::sample::TWICE;
    use crate::diag::{Code, Sink, Span};

    fn span(line: u32, column: u32, end_line: u32, end_column: u32) -> Span {
        Span { line, column, end_line, end_column }
    }

    fn one(code: Code, place: Place, message: &str) -> Diagnostic {
        let mut sink = Sink::new();
        sink.report(code, place, message);
        sink.finish().remove(0)
    }

    #[test]
    fn a_finding_shows_what_where_and_what_to_do() {
        let text = "ref: echo\nlabel: Ünïcode\nlabel: x\n";
        let mut found = one(TWICE, Place::in_text("packs/echo/pack.yaml", span(3, 1, 3, 6), text), "`label` twice");
        found.help = Some("keep one".to_owned());
        found.related =
            vec![("first here".to_owned(), Place::in_text("packs/echo/pack.yaml", span(2, 8, 2, 15), text))];
        found.revision = Some("v1.2.0".to_owned());
        let expected = "\
error[twice]: `label` twice
 --> packs/echo/pack.yaml:3:1 (v1.2.0)
  |
3 | label: x
  | ^^^^^
  |
 ::: packs/echo/pack.yaml:2:8
  |
2 | label: Ünïcode
  |        ------- first here
  |
  = help: keep one

";
        assert_eq!(render(std::slice::from_ref(&found), Style::PLAIN), expected);
        assert_eq!(summary(&[found], 3), "1 error in 3 packs");
    }

    #[test]
    fn a_whole_file_and_a_whole_source_have_no_excerpt() {
        let mut found = one(TWICE, Place::file("a/pack.yaml"), "odd");
        found.revision = Some("v1".to_owned());
        assert_eq!(render(&[found], Style::PLAIN), "error[twice]: odd\n--> a/pack.yaml (v1)\n\n");
        assert_eq!(render(&[one(TWICE, Place::file(""), "odd")], Style::PLAIN), "error[twice]: odd\n\n");
    }

    /// Colours, cursor movements and reversed text of an author must not reach the terminal, nor move the marker.
    #[test]
    fn hostile_text_is_shown_not_obeyed() {
        let text = "a: \u{1b}[2J\u{202e}evil\u{9b}31m\r\n";
        let place = Place::in_text("p\u{1b}.yaml", span(1, 8, 1, 13), text);
        let mut found = one(TWICE, place, "bad\nerror: fake \u{1b}]0;x\u{7}");
        found.help = Some("rename `\u{202e}`".to_owned());
        let rendered = render(&[found], Style::PLAIN);
        assert!(!rendered.chars().any(|c| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))));
        assert!(rendered.starts_with("error[twice]: bad\\nerror: fake \\u{1b}]0;x\\u{7}\n"), "{rendered}");
        assert!(rendered.contains("\\u{202e}evil"), "{rendered}");
    }

    #[test]
    fn a_span_outside_its_cut_excerpt_is_clamped() {
        let long = format!("key: {}\n", "x".repeat(500));
        for span in [span(1, 400, 1, 505), span(1, 1, 90, 3), span(1, 3, 1, 1)] {
            render(&[one(TWICE, Place::in_text("f", span, &long), "long")], Style::PLAIN);
        }
        let empty = Place { path: "f".into(), span: Some(span(7, 3, 7, 9)), excerpt: Some(String::new()) };
        render(&[one(TWICE, empty, "empty")], Style { color: true, width: 20 });
    }
}
