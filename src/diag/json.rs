//! Renders findings as one JSON object, the stable format for programs.
//!
//! Texts are what the author wrote, unescaped but for JSON itself: whoever shows them escapes them. Readers skip fields that
//! they do not know; `version` is raised when a field changes its meaning or goes away.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Counts, Diagnostic, Place};

/// The findings of one run of `packyard check --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Packyard diagnostics")]
pub struct DiagnosticsFile {
    /// The version of this format: 1.
    pub version: u32,
    /// The findings, sorted by repository, file, line and code.
    pub diagnostics: Vec<DiagnosticEntry>,
    /// How many there are.
    pub counts: CountsEntry,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticEntry {
    /// The stable name of the fault, such as `tag-moved`; `packyard explain` knows more about it.
    pub code: String,
    /// `error`, `warning` or `note`, after the configuration had its say.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where it is.
    #[serde(flatten)]
    pub place: PlaceEntry,
    /// The release or revision it was found in; absent for a working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The repository that the file is in; absent where its path leads there from the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedEntry>,
}

/// A place in a file: lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceEntry {
    /// The file, relative to the root of its source; absent for a finding about a whole source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The first line; absent, as the other three, when the fault is the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The first column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The column behind the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// The covered lines, at most six of them, each cut to 240 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// Another place, with what it has to do with the finding.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelatedEntry {
    /// What is there.
    pub label: String,
    /// Where it is.
    #[serde(flatten)]
    pub place: PlaceEntry,
}

/// How many findings there are.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsEntry {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// Returns the findings as pretty-printed JSON with a newline at the end.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let Counts { errors, warnings, notes } = Counts::of(diagnostics);
    let file = DiagnosticsFile {
        version: 1,
        diagnostics: diagnostics.iter().map(entry).collect(),
        counts: CountsEntry { errors, warnings, notes },
    };
    let mut text = serde_json::to_string_pretty(&file).expect("strings and numbers only");
    text.push('\n');
    text
}

/// Returns the JSON Schema (2020-12) of [`render`]'s output.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(DiagnosticsFile).to_value()
}

fn entry(diagnostic: &Diagnostic) -> DiagnosticEntry {
    let related = diagnostic.related.iter().map(|(label, at)| RelatedEntry { label: label.clone(), place: place(at) });
    DiagnosticEntry {
        code: diagnostic.code.name().to_owned(),
        severity: diagnostic.severity.as_str().to_owned(),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        place: place(&diagnostic.place),
        revision: diagnostic.revision.clone(),
        source: diagnostic.source.clone(),
        related: related.collect(),
    }
}

fn place(place: &Place) -> PlaceEntry {
    PlaceEntry {
        file: (!place.path.is_empty()).then(|| place.path.clone()),
        line: place.span.map(|span| span.line),
        column: place.span.map(|span| span.column),
        end_line: place.span.map(|span| span.end_line),
        end_column: place.span.map(|span| span.end_column),
        excerpt: place.excerpt.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::sample::TWICE;
    use crate::diag::{Sink, Span};

    #[test]
    fn what_is_written_fits_the_schema() {
        let span = Span { line: 1, column: 1, end_line: 1, end_column: 2 };
        let mut sink = Sink::new();
        sink.report(TWICE, Place::in_text("pack.yaml", span, "a: 1\n"), "a \"quoted\"\u{1b} message").help("mend it");
        sink.report(TWICE, Place::file(""), "whole source").related("there", Place::file("b.yaml"));
        let written: serde_json::Value = serde_json::from_str(&render(&sink.finish())).expect("JSON");
        assert_eq!(written["counts"]["errors"], 2);
        assert_eq!(written["diagnostics"][0].get("file"), None);
        assert_eq!(written["diagnostics"][1]["endColumn"], 2);
        let schema = schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let known = schema["$defs"]["DiagnosticEntry"]["properties"].as_object().expect("properties are flattened");
        for key in
            written["diagnostics"].as_array().expect("list").iter().flat_map(|d| d.as_object().expect("map").keys())
        {
            assert!(known.contains_key(key), "{key}");
        }
    }
}
