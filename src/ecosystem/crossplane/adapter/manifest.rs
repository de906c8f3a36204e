//! `adapter.yaml`.

use std::collections::BTreeSet;

use super::super::codes::consumer::{ADAPTER_INCOMPLETE, ADAPTER_SHAPE};
use super::super::documents::Document;
use crate::diag::{Sink, Span};
use crate::ident::Version;
use crate::yaml::Node;

/// The phases of the engine's pipeline, in its order.
pub(super) const PHASES: &[&str] =
    &["foundation", "networking", "gitops", "secrets", "storage", "runtime", "git_provider"];

/// Most capabilities in a list.
const MOST: usize = 100;

/// What an adapter says of itself.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// `name`.
    pub name: Option<String>,
    /// `version`, when it is one.
    pub version: Option<Version>,
    /// `phase`.
    pub phase: Option<String>,
    /// `display_name`.
    pub title: Option<String>,
    /// `description`, else `group_help`.
    pub description: String,
    /// What it provides.
    pub provides: Vec<Capability>,
    /// What it requires.
    pub requires: Vec<Capability>,
    /// `supported_versions`, of what it installs.
    pub supported: Vec<String>,
    /// `default_version`.
    pub default_version: Option<String>,
    /// `config_schema` and `output_schema`, with their places.
    pub schemas: Vec<(String, Span)>,
    /// `category`, `selection_group`, `group_order`, `is_default`, `group_prompt`: labels and values.
    pub selection: Vec<(&'static str, String)>,
}

/// A capability that an adapter provides or requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Capability {
    /// Its name.
    pub name: String,
    /// In which version; the engine ignores it.
    pub version: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// Fields that are shown as they are.
const SELECTION: &[(&str, &str)] = &[
    ("category", "Category"),
    ("selection_group", "Selection group"),
    ("group_order", "Order in the setup dialogue"),
    ("is_default", "Chosen by default"),
    ("group_prompt", "Question"),
];

/// Reads the manifest.
pub(super) fn read(document: &Document<'_>, sink: &mut Sink) -> Manifest {
    let root = document.root();
    let text = |key: &str| {
        root.get(key).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let name = text("name");
    if name.is_none() {
        let place = document.place(root.entry("name").map_or_else(|| first_line(root.span), |(key, _)| key.span));
        sink.report(ADAPTER_SHAPE, place, "the adapter has no `name`").help("add `name:`, as its directory is called");
    }
    let mut forms = BTreeSet::new();
    let provides = capabilities(document, "provides", &mut forms, sink);
    let requires = capabilities(document, "requires", &mut forms, sink);
    if forms.len() > 1 {
        let place = document.place(first_line(root.span));
        sink.report(
            ADAPTER_INCOMPLETE,
            place,
            "some capabilities are plain strings, others are mappings with a version",
        )
        .help("write all of them as `{capability, version}`");
    }
    let supported: Vec<String> = root
        .get("supported_versions")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .take(MOST)
        .filter_map(Node::scalar_text)
        .collect();
    let default_version = root.get("default_version").and_then(Node::scalar_text);
    if let (Some(default), Some(node)) = (&default_version, root.get("default_version"))
        && !supported.is_empty()
        && !supported.contains(default)
    {
        let message = format!("`default_version` {default} is not among `supported_versions`");
        sink.report(ADAPTER_INCOMPLETE, document.place(node.span), message).help("add it, or choose one of the list");
    }
    let schemas = ["config_schema", "output_schema"];
    let schemas =
        schemas.iter().filter_map(|key| root.get(key)).filter_map(|node| Some((node.as_str()?.to_owned(), node.span)));
    let selection = SELECTION.iter().filter_map(|(key, label)| Some((*label, root.get(key)?.scalar_text()?)));
    Manifest {
        name,
        version: version(document, sink),
        phase: phase(document, sink),
        title: text("display_name"),
        description: text("description").or_else(|| text("group_help")).unwrap_or_default(),
        provides,
        requires,
        supported,
        default_version,
        schemas: schemas.collect(),
        selection: selection.collect(),
    }
}

fn version(document: &Document<'_>, sink: &mut Sink) -> Option<Version> {
    let root = document.root();
    let help = "write a version such as `1.0.0`; the engine shows `unknown` without one";
    let Some(node) = root.get("version").filter(|node| !node.is_null()) else {
        sink.report(ADAPTER_INCOMPLETE, document.place(first_line(root.span)), "the adapter has no `version`")
            .help(help);
        return None;
    };
    let text = node.scalar_text().unwrap_or_default();
    let version = node.as_str().and_then(|text| Version::semver(text).ok());
    if version.is_none() {
        sink.report(
            ADAPTER_INCOMPLETE,
            document.place(node.span),
            format!("`version` is `{text}`, which is no SemVer"),
        )
        .help(help);
    }
    version
}

fn phase(document: &Document<'_>, sink: &mut Sink) -> Option<String> {
    let root = document.root();
    let help = format!("write one of {}", PHASES.join(", "));
    let Some(node) = root.get("phase").filter(|node| !node.is_null()) else {
        sink.report(ADAPTER_INCOMPLETE, document.place(first_line(root.span)), "the adapter has no `phase`").help(help);
        return None;
    };
    let text = node.scalar_text().unwrap_or_default();
    if !PHASES.contains(&&*text) {
        sink.report(ADAPTER_INCOMPLETE, document.place(node.span), format!("`{text}` is no phase of the engine"))
            .help(help);
    }
    Some(text)
}

/// Reads a list of capabilities, and notes in which forms they are written.
fn capabilities(
    document: &Document<'_>,
    key: &str,
    forms: &mut BTreeSet<&'static str>,
    sink: &mut Sink,
) -> Vec<Capability> {
    const HELP: &str = "write strings, or mappings with `capability` and `version`";
    let Some(list) = document.root().get(key).filter(|node| !node.is_null()) else { return Vec::new() };
    if !list.is_seq() {
        sink.report(ADAPTER_SHAPE, document.place(list.span), format!("`{key}` is {}", list.kind())).help(HELP);
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut is_reported = false;
    for item in list.items().iter().take(MOST) {
        let name = item.as_str().or_else(|| item.get("capability").and_then(Node::as_str));
        match name.filter(|name| !name.trim().is_empty()) {
            Some(name) => {
                forms.insert(if item.is_map() { "mapping" } else { "string" });
                let version = item.get("version").and_then(Node::scalar_text);
                let span = item.get("capability").unwrap_or(item).span;
                found.push(Capability { name: name.trim().to_owned(), version, span });
            }
            None if !is_reported => {
                is_reported = true;
                let what = if item.is_map() { "has no `capability`".to_owned() } else { format!("is {}", item.kind()) };
                sink.report(ADAPTER_SHAPE, document.place(item.span), format!("an item of `{key}` {what}")).help(HELP);
            }
            None => {}
        }
    }
    found
}

/// Returns the start of a span: a finding about something that is not there points to where the document begins.
fn first_line(span: Span) -> Span {
    Span { end_line: span.line, end_column: span.column + 1, ..span }
}
