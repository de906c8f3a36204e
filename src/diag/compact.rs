//! Findings in a form that a cache can hold: codes by name, texts borrowed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Code, Diagnostic, Place, Severity, Span};

/// The codes by name, for findings that are read back.
pub type Codes = HashMap<&'static str, Code>;

/// A finding, written down.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compact<'a> {
    code: &'a str,
    severity: u8,
    #[serde(borrow)]
    place: CompactPlace<'a>,
    message: &'a str,
    help: Option<&'a str>,
    #[serde(borrow)]
    related: Vec<(&'a str, CompactPlace<'a>)>,
    revision: Option<&'a str>,
    source: Option<&'a str>,
}

/// A place: path, lines and columns, excerpt.
type CompactPlace<'a> = (&'a str, Option<[u32; 4]>, Option<&'a str>);

const SEVERITIES: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

impl<'a> Compact<'a> {
    /// Returns the written form of a finding.
    pub fn of(finding: &'a Diagnostic) -> Self {
        let Diagnostic { code, severity, place, message, help, related, revision, source } = finding;
        Self {
            code: code.name(),
            severity: SEVERITIES.iter().position(|known| known == severity).unwrap_or_default() as u8,
            place: compact(place),
            message,
            help: help.as_deref(),
            related: related.iter().map(|(label, place)| (label.as_str(), compact(place))).collect(),
            revision: revision.as_deref(),
            source: source.as_deref(),
        }
    }

    /// Returns the written form of findings.
    pub fn all(findings: &'a [Diagnostic]) -> Vec<Self> {
        findings.iter().map(Self::of).collect()
    }

    /// Returns the finding; nothing when no code has its name.
    pub fn finding(self, codes: &Codes) -> Option<Diagnostic> {
        Some(Diagnostic {
            code: *codes.get(self.code)?,
            severity: *SEVERITIES.get(usize::from(self.severity))?,
            place: place(self.place),
            message: self.message.to_owned(),
            help: self.help.map(str::to_owned),
            related: self.related.into_iter().map(|(label, at)| (label.to_owned(), place(at))).collect(),
            revision: self.revision.map(str::to_owned),
            source: self.source.map(str::to_owned),
        })
    }

    /// Returns the findings; nothing when no code has the name of one.
    pub fn findings(all: Vec<Self>, codes: &Codes) -> Option<Vec<Diagnostic>> {
        all.into_iter().map(|one| one.finding(codes)).collect()
    }
}

fn compact(place: &Place) -> CompactPlace<'_> {
    let span = place.span.map(|span| [span.line, span.column, span.end_line, span.end_column]);
    (&place.path, span, place.excerpt.as_deref())
}

fn place((path, span, excerpt): CompactPlace<'_>) -> Place {
    let span = span.map(|[line, column, end_line, end_column]| Span { line, column, end_line, end_column });
    Place { path: path.to_owned(), span, excerpt: excerpt.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sink;
    use crate::pack::{CODES, YAML_LIMIT};

    #[test]
    fn a_finding_comes_back_whole() {
        let mut sink = Sink::new();
        let span = Span { line: 1, column: 2, end_line: 3, end_column: 4 };
        sink.report(YAML_LIMIT, Place::in_text("a.yaml", span, "x\ny\nz\n"), "message")
            .help("help")
            .related("other", Place::file("b.yaml"));
        let mut finding = sink.finish().remove(0);
        (finding.revision, finding.severity) = (Some("v1".to_owned()), Severity::Note);
        finding.source = Some("https://git.example.org/a".to_owned());
        let codes: Codes = CODES.iter().map(|code| (code.name(), *code)).collect();
        assert_eq!(Compact::of(&finding).finding(&codes).as_ref(), Some(&finding));
        assert_eq!(Compact::of(&finding).finding(&Codes::new()), None);
    }
}
