//! Renders findings as SARIF 2.1.0, which code-scanning services and editors read.
//!
//! Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Columns are counted in Unicode code
//! points and said to be (section 3.14.17); artifact locations are relative to the symbol `SOURCE` (section 3.4.4).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Code, Diagnostic, Place, Severity};
use crate::ident::Digest;

/// Returns the findings as one SARIF log with a newline at the end.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_by_key(|code| code.name());
    codes.dedup();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, &mut seen)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "packyard",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SOURCE": { "description": { "text": "The root of the packs' source." } } },
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).expect("strings and numbers only");
    text.push('\n');
    text
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.description() },
        "fullDescription": { "text": code.explanation() },
        "help": { "text": code.explanation(), "markdown": code.explanation() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

const fn level(severity: Severity) -> &'static str {
    severity.as_str() // The three words are SARIF's own (section 3.27.10).
}

fn result(diagnostic: &Diagnostic, codes: &[Code], seen: &mut BTreeMap<String, u32>) -> Value {
    let mut text = diagnostic.message.clone();
    for (name, more) in [("Help", &diagnostic.help), ("Found at", &diagnostic.revision), ("In", &diagnostic.source)] {
        if let Some(more) = more {
            let _ = write!(text, "\n{name}: {more}");
        }
    }
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code).expect("every code was listed"),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "partialFingerprints": { "packyardFinding/v1": fingerprint(diagnostic, seen) },
    });
    if !diagnostic.place.path.is_empty() {
        result["locations"] = json!([{ "physicalLocation": location(&diagnostic.place) }]);
    }
    let related: Vec<Value> = (diagnostic.related.iter().enumerate())
        .filter(|(_, (_, place))| !place.path.is_empty())
        .map(|(id, (label, place))| json!({ "id": id, "message": { "text": label }, "physicalLocation": location(place) }))
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn location(place: &Place) -> Value {
    let mut location = json!({ "artifactLocation": { "uri": percent_encode(&place.path), "uriBaseId": "SOURCE" } });
    if let Some(span) = place.span {
        let mut region = json!({ "startLine": span.line.max(1), "startColumn": span.column.max(1) });
        // An end before the start would make the whole log invalid.
        if (span.end_line, span.end_column) >= (span.line, span.column) {
            region["endLine"] = json!(span.end_line.max(1));
            region["endColumn"] = json!(span.end_column.max(1));
        }
        if let Some(excerpt) = &place.excerpt {
            region["snippet"] = json!({ "text": excerpt });
        }
        location["region"] = region;
    }
    location
}

/// Returns what identifies a finding while lines move around it: code, file, revision, repository, message, and the lines it covers.
///
/// Findings that agree in all of them are numbered in order.
fn fingerprint(diagnostic: &Diagnostic, seen: &mut BTreeMap<String, u32>) -> String {
    let parts = [
        diagnostic.code.name(),
        &diagnostic.place.path,
        diagnostic.revision.as_deref().unwrap_or_default(),
        diagnostic.source.as_deref().unwrap_or_default(),
        &diagnostic.message,
        diagnostic.place.excerpt.as_deref().map(str::trim).unwrap_or_default(),
    ];
    let digest = Digest::of(parts.join("\0").as_bytes()).hex()[..32].to_owned();
    let count = seen.entry(digest.clone()).or_default();
    *count += 1;
    format!("{digest}:{count}")
}

/// Encodes a path as a relative URI reference (RFC 3986): everything but unreserved characters and `/`.
fn percent_encode(path: &str) -> String {
    let unreserved: BTreeSet<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').chain(b'0'..=b'9').chain(*b"-._~/").collect();
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if unreserved.contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::sample::{ODD, TWICE};
    use crate::diag::{Sink, Span};

    #[test]
    fn a_log_has_what_readers_need() {
        let span = Span { line: 2, column: 3, end_line: 2, end_column: 5 };
        let mut sink = Sink::new();
        sink.report(TWICE, Place::in_text("my packs/ä#1.yaml", span, "a: 1\nb: 2\n"), "twice").help("mend it");
        sink.report(ODD, Place::file(""), "odd").related("there", Place::file("x.yaml"));
        let log: Value = serde_json::from_str(&render(&sink.finish())).expect("JSON");
        let run = &log["runs"][0];
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(run["tool"]["driver"]["rules"][1]["help"]["text"], TWICE.explanation());
        let [odd, twice] = &run["results"].as_array().expect("results")[..] else { panic!("two results") };
        assert_eq!((&odd["level"], odd.get("locations")), (&json!("note"), None));
        assert_eq!(twice["ruleIndex"], 1);
        let location = &twice["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "my%20packs/%C3%A4%231.yaml");
        assert_eq!(location["region"]["startColumn"], 3);
        assert_eq!(odd["relatedLocations"][0]["message"]["text"], "there");
    }

    #[test]
    fn fingerprints_outlive_moved_lines_and_are_unique() {
        let at = |line| Span { line, column: 1, end_line: line, end_column: 2 };
        let log = |lines: [u32; 2]| {
            let mut sink = Sink::new();
            for line in lines {
                sink.report(TWICE, Place::in_text("f", at(line), "k: 1\nk: 1\nk: 1\nk: 1\n"), "twice");
            }
            let log: Value = serde_json::from_str(&render(&sink.finish())).expect("JSON");
            let results = log["runs"][0]["results"].as_array().expect("results").clone();
            results.iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(log([1, 2]), log([3, 4]));
        assert_ne!(log([1, 2])[0], log([1, 2])[1]);
    }
}
