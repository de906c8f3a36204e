//! Images that no public pack may name: a public platform holds nothing of the applications that run on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::leaks::put_below;
use crate::diag::{Diagnostic, Place, Sink, Span};
use crate::ecosystem::crossplane::PRIVATE_IMAGE;
use crate::pack::Memo;
use crate::release::{Candidate, Stage};

/// Largest file that is searched, in bytes.
const LARGEST: u64 = 1 << 20;

/// Most images of one pack that are reported one by one.
const MOST_REPEATED: usize = 20;

/// Reports every place where a public Crossplane pack, as it is now, names an image under one of the prefixes.
///
/// `private` are the identities of private sources; `paths` lead from the configuration to sources, by their identities.
pub(super) fn private(
    candidates: &[Arc<Candidate>],
    private: &BTreeSet<String>,
    prefixes: &[String],
    paths: &BTreeMap<String, String>,
    memo: &Memo,
) -> Vec<Diagnostic> {
    let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).filter(|prefix| !prefix.is_empty()).collect();
    let is_meant = |candidate: &&Arc<Candidate>| {
        candidate.stage != Stage::Released
            && candidate.ecosystem.id() == "crossplane"
            && candidate.pack.is_some()
            && !private.contains(&candidate.source.repository)
    };
    let mut findings = Vec::new();
    for candidate in candidates.iter().filter(|_| !prefixes.is_empty()).filter(is_meant) {
        let mut sink = Sink::new();
        for entry in candidate.snapshot.files().iter().filter(|entry| entry.size <= LARGEST) {
            let path = entry.path.as_str();
            if !path.ends_with(".yaml") && !path.ends_with(".yml") {
                continue;
            }
            let Ok(bytes) = memo.read(&candidate.snapshot, entry) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            for (image, span) in named(&text, &prefixes) {
                if sink.found().len() < MOST_REPEATED {
                    let place = Place::in_text(path, span, &text);
                    sink.report(PRIVATE_IMAGE, place, format!("`{image}` is a private image"))
                        .help("let whoever uses the pack say which image; or publish the image");
                }
            }
        }
        let mut found = sink.finish();
        put_below(&mut found, candidate, paths);
        findings.extend(found);
    }
    findings
}

/// Returns the images of a text, one of each line, with their places.
fn named<'t>(text: &'t str, prefixes: &[&str]) -> Vec<(&'t str, Span)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let in_line = |(line, number): (&'t str, u32)| {
        let starts = prefixes.iter().filter_map(|prefix| line.find(prefix));
        let at = starts.filter(|at| !line[..*at].ends_with(is_part)).min()?;
        let rest = &line[at..];
        let image = &rest[..rest.find(|c: char| !is_part(c) && !matches!(c, ':' | '@')).unwrap_or(rest.len())];
        let column = line[..at].chars().count() as u32 + 1;
        let end_column = column + image.chars().count() as u32;
        Some((image, Span { line: number, column, end_line: number, end_column }))
    };
    text.lines().zip(1..).filter_map(in_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_begin_where_a_word_begins() {
        let text = "a: 1\nimage: \"registry.acme.example/app:1\" # x\nother: not-registry.acme.example/app\n";
        let found = named(text, &["registry.acme.example/"]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1.line, found[0].1.column), ("registry.acme.example/app:1", 2, 9));
    }
}
