//! Renders findings as GitHub workflow commands, which become annotations of a pull request.
//!
//! Source: GitHub's documentation "Workflow commands for GitHub Actions" and the escaping of `@actions/core`
//! (`packages/core/src/command.ts`): `%`, `\r`, `\n` in the message, `:` and `,` too in properties.

use std::fmt::Write as _;

use super::{Diagnostic, Severity};

/// Returns one command per finding, each on its line.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = &diagnostic.place;
        let mut properties = Vec::new();
        // A file of another repository would be taken for one of the same name in this one.
        let is_here = diagnostic.source.is_none();
        if is_here && !place.path.is_empty() {
            properties.push(format!("file={}", property(&place.path)));
        }
        if let Some(span) = place.span.filter(|_| is_here) {
            properties.push(format!("line={},endLine={}", span.line, span.end_line));
            // Columns of a finding over several lines are refused.
            if span.line == span.end_line {
                properties.push(format!("col={},endColumn={}", span.column, span.end_column));
            }
        }
        properties.push(format!("title={}", property(diagnostic.code.name())));
        let mut message = diagnostic.message.clone();
        if let Some(revision) = &diagnostic.revision {
            let _ = write!(message, " ({revision})");
        }
        if let Some(source) = &diagnostic.source {
            let line = place.span.map_or_else(String::new, |span| format!(":{}", span.line));
            let _ = write!(message, "\nin {source}: {}{line}", place.path);
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(message, "\nhelp: {help}");
        }
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&message));
    }
    out
}

/// Escapes a message: a line break would end the command, and what follows could be another one.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::sample::{ODD, TWICE};
    use crate::diag::{Place, Sink, Span};

    /// A message must not be able to end its command and begin one of its own, such as `::add-mask::`.
    #[test]
    fn every_finding_is_one_escaped_line() {
        let span = Span { line: 2, column: 3, end_line: 2, end_column: 5 };
        let mut sink = Sink::new();
        sink.report(TWICE, Place::in_text("a,b:c%.yaml", span, "x\ny\n"), "100%\r\n::stop-commands::x").help("mend");
        sink.report(ODD, Place::file(""), "odd");
        let mut findings = sink.finish();
        let elsewhere = Place::in_text("b.yaml", span, "x\ny\n");
        let source = Some("https://git.example.org/b".to_owned());
        findings.push(Diagnostic { place: elsewhere, source, ..findings[0].clone() });
        let expected = "\
::notice title=odd::odd
::error file=a%2Cb%3Ac%25.yaml,line=2,endLine=2,col=3,endColumn=5,title=twice::100%25%0D%0A::stop-commands::x%0Ahelp: mend
::notice title=odd::odd%0Ain https://git.example.org/b: b.yaml:2
";
        assert_eq!(render(&findings), expected);
    }
}
