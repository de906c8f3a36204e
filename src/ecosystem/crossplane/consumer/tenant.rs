//! `overlays/<env>/config.yaml`: what an `ApplicationSet` reads of a tenant's environment.

use std::sync::Arc;

use super::super::codes::consumer::TENANT_CONFIG;
use super::super::delivery::argo;
use super::super::documents::{self, Document};
use super::super::kinds::DELIVERY;
use crate::diag::{Sink, Span};
use crate::ident::RelPath;
use crate::pack::{Component, Fact, PackTree};
use crate::source::FileEntry;
use crate::yaml::Node;

/// The fields that the `ApplicationSet` fills in, with what they are called on pages.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("tenant", "Tenant"),
    ("repoURL", "Repository"),
    ("targetRevision", "Revision"),
    ("appPath", "Path"),
    ("environment", "Environment"),
    ("namespace", "Namespace"),
];

/// How many of these fields, or of those of the older form, make a file one of a tenant: a field may be what is missing.
const ENOUGH: usize = 3;

/// Most environments of a tenant.
const MOST: usize = 200;

/// One environment of a tenant.
#[derive(Debug)]
pub(super) struct Environment {
    /// The file.
    pub file: RelPath,
    /// The environment's name: that of its folder.
    pub name: String,
    /// `tenant`.
    pub tenant: String,
    /// What the file says, in the order of the fields.
    pub facts: Vec<Fact>,
    /// The path in the repository that is delivered, with its place.
    path: Option<(String, Span)>,
}

/// Tells whether a document is the configuration of a tenant's environment.
pub(super) fn is_tenant(root: &Node) -> bool {
    FIELDS.iter().filter(|(key, _)| root.get(key).is_some_and(|node| node.scalar_text().is_some())).count() >= ENOUGH
}

/// Returns the environments of a tenant, sorted by file, and reports what their files lack.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Vec<Arc<Environment>> {
    let files = tree.snapshot.below("overlays").iter().filter(|entry| environment_of(&entry.path).is_some()).take(MOST);
    files.filter_map(|entry| one(tree, entry, sink)).collect()
}

/// Returns `dev` for `overlays/dev/config.yaml`.
fn environment_of(path: &RelPath) -> Option<&str> {
    let name = path.as_str().strip_prefix("overlays/")?.strip_suffix("/config.yaml")?;
    (!name.contains('/')).then_some(name)
}

fn one(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Option<Arc<Environment>> {
    let parsed =
        documents::each(tree, entry, "tenant", sink, |document, sink| environment(document, sink).map(Arc::new));
    let environment = parsed.value.as_ref()?.first().cloned().flatten()?;
    if let Some((path, span)) = &environment.path {
        argo::missing(tree, &entry.path, path, *span, sink);
    }
    Some(environment)
}

fn environment(document: &Document<'_>, sink: &mut Sink) -> Option<Environment> {
    let root = document.root();
    if !is_tenant(root) {
        return None;
    }
    let text = |key: &str| root.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let here = Span { end_line: root.span.line, end_column: root.span.column + 1, ..root.span };
    let older = root.entry("path").filter(|_| root.get("appPath").is_none());
    if let Some((key, _)) = older {
        sink.report(TENANT_CONFIG, document.place(key.span), "`path` is the older form")
            .help("write `appPath` and `environment`: the ApplicationSet joins them");
    }
    for (key, _) in FIELDS.iter().filter(|(key, _)| older.is_none() || !["appPath", "environment"].contains(key)) {
        let message = match root.get(key) {
            Some(_) if text(key).is_some() => continue,
            Some(node) => format!("`{key}` is {}", if node.as_str().is_some() { "empty" } else { node.kind() }),
            None => format!("there is no `{key}`"),
        };
        let place = document.place(root.get(key).map_or(here, |node| node.span));
        sink.report(TENANT_CONFIG, place, message).help("write a text: the ApplicationSet does not render without it");
    }
    let name = environment_of(document.path)?.to_owned();
    if let Some(node) = root.get("environment").filter(|node| node.as_str().is_some_and(|text| text != name)) {
        let message = format!("`environment` is `{}` in the folder `{name}`", node.as_str().unwrap_or_default());
        sink.report(TENANT_CONFIG, document.place(node.span), message).help("call both alike: the path is made of it");
    }
    let path = match (older, text("appPath"), text("environment")) {
        (Some((_, node)), _, _) => node.as_str().map(|path| (path.to_owned(), node.span)),
        (None, Some(path), Some(environment)) => {
            let span = root.get("appPath").map_or(here, |node| node.span);
            Some((format!("{}/{environment}", path.trim_end_matches('/')), span))
        }
        _ => None,
    };
    let facts = FIELDS.iter().filter_map(|(key, label)| Some(Fact { label, value: text(key)?.to_owned() }));
    Some(Environment {
        file: document.path.clone(),
        name,
        tenant: text("tenant").unwrap_or_default().to_owned(),
        facts: facts.collect(),
        path,
    })
}

/// Returns an environment as a component.
pub(super) fn component(environment: &Environment) -> Component {
    Component {
        kind: &DELIVERY,
        name: environment.name.clone(),
        reference: format!("{}/{}", environment.tenant, environment.name),
        title: None,
        description: String::new(),
        file: environment.file.clone(),
        line: 1,
        entry_point: None,
        enabled: true,
        facts: environment.facts.clone(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// Returns what the rows of an environment's component say: keys of its file, and values.
pub(super) fn fields(facts: &[Fact]) -> impl Iterator<Item = (&'static str, &str)> {
    let key = |label: &str| FIELDS.iter().find(|(_, own)| *own == label).map(|(key, _)| *key);
    facts.iter().filter_map(move |fact| Some((key(fact.label)?, fact.value.as_str())))
}
