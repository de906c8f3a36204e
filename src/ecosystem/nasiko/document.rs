//! JSON manifests as their readers see them: an object, or a finding.

use crate::diag::{Code, Sink, Span};
use crate::pack::{YamlFault, YamlFile};
use crate::yaml::{Dialect, Node};

/// How manifests are read: as `serde_json` in the client and the control plane reads them.
pub(super) const JSON: Dialect = Dialect::Json;

/// Most findings of one kind in one file: a hostile file may have one on each of its lines.
pub(super) const MOST_REPEATED: usize = 50;

/// Most items of a list that become part of a pack.
pub(super) const MOST_ITEMS: usize = 500;

/// Text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Located {
    /// Returns a string of a mapping that is not blank.
    pub(super) fn of(root: &Node, key: &str) -> Option<Self> {
        let node = root.get(key)?;
        let text = node.as_str().filter(|text| !text.trim().is_empty())?;
        Some(Self { text: text.to_owned(), span: node.span })
    }
}

/// Reports a file that gave no tree.
pub(super) fn report_unreadable(code: Code, sink: &mut Sink, fault: YamlFault) {
    sink.report(code, fault.place, format!("the file is not JSON: {}", fault.message))
        .help("write one JSON object: no comments, no trailing commas, double quotes");
}

/// Reports a file that is no object; tells whether it is one.
pub(super) fn require_object(file: &YamlFile<'_>, code: Code, sink: &mut Sink) -> bool {
    let root = &file.yaml.root;
    if !root.is_map() {
        sink.report(code, file.place(first_line(root.span)), format!("the file holds {}, not an object", root.kind()))
            .help("write one JSON object");
    }
    root.is_map()
}

/// Returns the non-blank strings of a list, at most [`MOST_ITEMS`].
pub(super) fn strings(root: &Node, key: &str) -> Vec<String> {
    let items = root.get(key).map(Node::items).unwrap_or_default().iter().take(MOST_ITEMS);
    items.filter_map(Node::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned).collect()
}

/// Returns a string of a mapping, if it is not blank.
pub(super) fn text(root: &Node, key: &str) -> Option<String> {
    root.get(key).and_then(Node::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Returns the first line of a span, for findings about something long.
pub(super) fn first_line(span: Span) -> Span {
    match span.end_line > span.line {
        true => Span { end_line: span.line, end_column: span.column + 1, ..span },
        false => span,
    }
}
