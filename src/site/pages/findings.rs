//! Findings as pages show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::diag::Diagnostic;
use crate::index::event::SourceFacts;
use crate::site::{source_links, text};

/// Most findings that a page lists; the rest is counted.
const MAX_LISTED: usize = 200;

/// A list of findings.
#[derive(Serialize)]
pub(super) struct Findings<'a> {
    count: usize,
    left_out: usize,
    listed: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    code: &'static str,
    rule: &'static str,
    message: Cow<'a, str>,
    help: Option<&'a str>,
    place: String,
    link: Option<String>,
    excerpt: Option<&'a str>,
}

/// Returns findings; `source` is where their places can be looked up, for those about a release.
pub(super) fn findings<'a>(found: &'a [Diagnostic], source: Option<&SourceFacts>) -> Findings<'a> {
    let listed: Vec<_> = found.iter().take(MAX_LISTED).map(|diagnostic| finding(diagnostic, source)).collect();
    Findings { count: found.len(), left_out: found.len() - listed.len(), listed }
}

fn finding<'a>(diagnostic: &'a Diagnostic, source: Option<&SourceFacts>) -> Finding<'a> {
    let place = &diagnostic.place;
    let at = place.span.map(|span| format!(":{}:{}", span.line, span.column)).unwrap_or_default();
    let link = source.filter(|_| !place.path.is_empty()).and_then(|source| {
        let line = place.span.map(|span| format!("#L{}", span.line)).unwrap_or_default();
        Some(source_links::file_in_repository(source, &place.path)? + &line)
    });
    Finding {
        severity: diagnostic.severity.as_str(),
        code: diagnostic.code.name(),
        rule: diagnostic.code.description(),
        message: text::cut(&diagnostic.message, 2_000),
        help: diagnostic.help.as_deref(),
        place: format!("{}{at}", place.path),
        link,
        excerpt: place.excerpt.as_deref(),
    }
}
