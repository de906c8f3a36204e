//! YAML files as streams of documents, as `kubectl` reads them.
//!
//! A stream is split at the lines that end a document (YAML 1.2.2, section 9.1.2: `---` and `...` at the start of a line are
//! never part of a scalar), and each document goes through the gate by itself. Spans are those of the file.

use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use super::codes::provider::{YAML_DUPLICATE_KEY, YAML_INVALID};
use crate::diag::{Place, Sink, Span};
use crate::ident::RelPath;
use crate::pack::{PackTree, Parsed, YAML_LIMIT};
use crate::source::{FILE_UNREADABLE, FileEntry};
use crate::yaml::{self, Dialect, Fault, Limits, Node, Value, Yaml};

/// Kubernetes' YAML library resolves `yes`, `on` and octal numbers as YAML 1.1 does (`sigs.k8s.io/yaml`).
const DIALECT: Dialect = Dialect::Yaml11;

/// Most documents of a file that are looked at.
const MOST_DOCUMENTS: usize = 1000;

/// Most repeated keys of a file that are reported one by one.
const MOST_REPEATED: usize = 20;

/// One document of a file.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// Where the file lies in the pack.
    pub path: &'a RelPath,
    /// The text of the whole file, without a byte order mark.
    pub text: &'a str,
    /// Where the document stands in the text, without the lines that separate it from others.
    pub range: Range<usize>,
    /// The tree, and what loaders disagree on.
    pub yaml: Yaml,
}

impl Document<'_> {
    /// Returns the root of the tree.
    pub(super) fn root(&self) -> &Node {
        &self.yaml.root
    }

    /// Returns the place of a span in the file, with its excerpt.
    pub(super) fn place(&self, span: Span) -> Place {
        Place::in_text(self.path.as_str(), span, self.text)
    }
}

/// Reads the documents of a file once per content, and adds the findings about them to the sink.
///
/// `context` is everything that `parse` depends on besides the content and the path. Documents that are empty, or hold
/// nothing but comments, are left out. Documents that are not YAML are reported, and so are repeated keys.
pub(super) fn each<T: Send + Sync + 'static>(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    context: impl Hash,
    sink: &mut Sink,
    mut parse: impl FnMut(&Document<'_>, &mut Sink) -> T,
) -> Arc<Parsed<Vec<T>>> {
    let parsed = tree.memo.get_or_insert(entry.blob, ("documents", context, entry.path.as_str()), || {
        let mut found = Sink::new();
        let value = text(tree, entry, &mut found).map(|text| {
            let mut values = Vec::new();
            for document in documents(&text, tree.yaml_limits) {
                match document {
                    Ok((range, yaml)) => {
                        let document = Document { path: &entry.path, text: &text, range, yaml };
                        report_repeated_keys(&document, &mut found);
                        values.push(parse(&document, &mut found));
                    }
                    Err(fault) => report_fault(entry, &text, &fault, &mut found),
                }
            }
            values
        });
        Parsed { value, findings: found.finish() }
    });
    sink.extend(parsed.findings.iter().cloned());
    parsed
}

/// Returns the documents of a text, each with its place, or what is wrong with it.
pub(super) fn documents(text: &str, limits: Limits) -> Vec<Result<(Range<usize>, Yaml), Fault>> {
    let read = |(range, lines): (Range<usize>, u32)| {
        let content = &text[range.clone()];
        if content.lines().all(|line| line.trim_start().is_empty() || line.trim_start().starts_with('#')) {
            return None;
        }
        Some(match yaml::read(content.as_bytes(), DIALECT, limits) {
            Ok(yaml) if yaml.root.is_null() => return None,
            Ok(yaml) => Ok((range, moved(yaml, lines))),
            Err(mut fault) => {
                fault.span.iter_mut().for_each(|span| move_span(span, lines));
                Err(fault)
            }
        })
    };
    split(text).into_iter().take(MOST_DOCUMENTS).filter_map(read).collect()
}

/// Splits a stream into documents: where each stands, and how many lines stand before it.
fn split(text: &str) -> Vec<(Range<usize>, u32)> {
    let mut parts = Vec::new();
    let (mut start, mut start_line, mut at, mut line) = (0, 0, 0, 0);
    for whole in text.split_inclusive('\n') {
        let content = whole.trim_end_matches(['\n', '\r']);
        let after = content.strip_prefix("---").or_else(|| content.strip_prefix("..."));
        if after.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            parts.push((start..at, start_line));
            // What stands behind `--- ` belongs to the document; a comment or nothing does not matter.
            let has_content = content.starts_with("---")
                && after.is_some_and(|rest| !rest.trim_start().is_empty() && !rest.trim_start().starts_with('#'));
            (start, start_line) = if has_content { (at, line) } else { (at + whole.len(), line + 1) };
        }
        at += whole.len();
        line += 1;
    }
    parts.push((start..text.len(), start_line));
    parts
}

/// Reads the text of a file, or reports why there is none.
fn text(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Option<String> {
    if entry.size > tree.yaml_limits.bytes as u64 {
        let message = format!("the file has {} bytes; at most {} are read", entry.size, tree.yaml_limits.bytes);
        sink.report(YAML_LIMIT, Place::file(entry.path.as_str()), message);
        return None;
    }
    let bytes = match tree.memo.read(tree.snapshot, entry) {
        Ok(bytes) => bytes,
        Err(error) => {
            sink.report(FILE_UNREADABLE, Place::file(entry.path.as_str()), error.to_string());
            return None;
        }
    };
    match std::str::from_utf8(&bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => {
            sink.report(YAML_INVALID, Place::file(entry.path.as_str()), "the file is not UTF-8")
                .help("save it as UTF-8");
            None
        }
    }
}

fn report_fault(entry: &FileEntry, text: &str, fault: &Fault, sink: &mut Sink) {
    let path = entry.path.as_str();
    let place = fault.span.map_or_else(|| Place::file(path), |span| Place::in_text(path, span, text));
    if fault.is_limit {
        sink.report(YAML_LIMIT, place, fault.message.clone());
    } else {
        sink.report(YAML_INVALID, place, format!("this is not YAML: {}", fault.message))
            .help("correct the syntax: no client applies the file");
    }
}

fn report_repeated_keys(document: &Document<'_>, sink: &mut Sink) {
    for (later, earlier, key) in document.yaml.duplicate_keys.iter().take(MOST_REPEATED) {
        sink.report(YAML_DUPLICATE_KEY, document.place(*later), format!("`{key}` stands twice in one mapping"))
            .help("remove one of them: lenient readers keep the last, strict ones refuse the file")
            .related("first here", document.place(*earlier));
    }
}

/// Moves a tree down by some lines.
fn moved(mut yaml: Yaml, lines: u32) -> Yaml {
    if lines > 0 {
        move_node(&mut yaml.root, lines);
        for (later, earlier, _) in &mut yaml.duplicate_keys {
            move_span(later, lines);
            move_span(earlier, lines);
        }
    }
    yaml
}

/// Recursive, but only as deep as the gate let the tree grow.
fn move_node(node: &mut Node, lines: u32) {
    move_span(&mut node.span, lines);
    match &mut node.value {
        Value::Seq(items) => items.iter_mut().for_each(|item| move_node(item, lines)),
        Value::Map(entries) => {
            for (key, value) in entries {
                move_node(key, lines);
                move_node(value, lines);
            }
        }
        _ => {}
    }
}

fn move_span(span: &mut Span, lines: u32) {
    span.line += lines;
    span.end_line += lines;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_the_lines_of_the_file() {
        let text = "# a comment\n---\nkind: A\n--- # second\nkind: B\nlist: [1]\n---\n\n...\n--- {kind: C}\n";
        let found = documents(text, Limits::default());
        let kinds: Vec<(String, u32)> = found
            .into_iter()
            .map(|document| document.expect("YAML").1)
            .map(|yaml| yaml.root.entry("kind").map(|(key, kind)| (kind.key_text(), key.span.line)).expect("a kind"))
            .collect();
        assert_eq!(kinds, [("A".to_owned(), 3), ("B".to_owned(), 5), ("C".to_owned(), 10)]);
    }

    #[test]
    fn a_marker_inside_a_scalar_is_none() {
        let text = "a: |\n  ---\n  text\n----: b\n";
        let found = documents(text, Limits::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].as_ref().expect("YAML").1.root.entries().len(), 2);
    }

    #[test]
    fn one_bad_document_leaves_the_others() {
        let found = documents("a: 1\n---\nb: [\n---\nc: 3\n", Limits::default());
        let faults: Vec<Option<u32>> = found
            .iter()
            .map(|document| document.as_ref().err().and_then(|fault| fault.span.map(|span| span.line)))
            .collect();
        assert_eq!((found.len(), faults[0], faults[2]), (3, None, None));
        assert!(faults[1].is_some_and(|line| line >= 3));
    }
}
