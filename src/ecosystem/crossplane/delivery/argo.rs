//! Objects of Argo CD that deliver packs.

use super::super::codes::consumer::ARGO_INVALID;
use super::super::documents::Document;
use super::super::elsewhere::repository::in_source;
use super::super::kinds::DELIVERY;
use super::files::exists;
use super::object::{self, Object};
use crate::diag::{Sink, Span};
use crate::ident::RelPath;
use crate::pack::{Component, Fact, PackTree};
use crate::source::git::without_credentials;
use crate::yaml::{Node, Value};

/// The API group.
pub(in super::super) const GROUP: &str = "argoproj.io";

/// Holds an `Application` against its schema, as far as it is known to be got wrong.
pub(in super::super) fn shape(document: &Document<'_>, object: &Object, sink: &mut Sink) {
    if object.group != GROUP {
        return;
    }
    let Some(spec) = spec(document.root(), &object.kind) else { return };
    let mut report = |node: &Node, message: String, help: &str| {
        sink.report(ARGO_INVALID, document.place(node.span), message).help(help);
    };
    for source in sources(spec) {
        let images = source.get("kustomize").and_then(|kustomize| kustomize.get("images"));
        if let Some(image) = images.map(Node::items).unwrap_or_default().iter().find(|image| image.as_str().is_none()) {
            let message = format!("an item of `kustomize.images` is {}", image.kind());
            report(image, message, "write a string: `name=new-name:tag`");
        }
        for field in ["repoURL", "path", "targetRevision", "chart"] {
            if let Some(node) = source.get(field).filter(|node| node.as_str().is_none()) {
                report(node, format!("`{field}` is {}", node.kind()), "quote it: Argo CD takes a string");
            }
        }
        if source.get("repoURL").is_none() {
            report(source, "the source has no `repoURL`".to_owned(), "name the repository");
        }
    }
    let destination = spec.get("destination");
    match destination.map(|node| &node.value) {
        Some(Value::Map(_)) => {}
        Some(_) => report(spec, "`destination` is no mapping".to_owned(), "give it a `server` or a `name`"),
        None => report(spec, "there is no `destination`".to_owned(), "say which cluster: `server` or `name`"),
    }
    if spec.get("project").is_none_or(Node::is_null) {
        report(spec, "there is no `project`".to_owned(), "write `project: default`");
    }
}

/// Reports an `Application` whose path lies in this pack and does not exist.
pub(super) fn path_exists(tree: &PackTree<'_>, path: &RelPath, object: &Object, sink: &mut Sink) {
    let Some(spec) = object.root.as_deref().and_then(|root| spec(root, &object.kind)) else { return };
    for source in sources(spec) {
        let Some((text, span)) = source.get("path").and_then(|node| Some((node.as_str()?, node.span))) else {
            continue;
        };
        missing(tree, path, text, span, sink);
    }
}

/// Reports a path from the root of a repository that leads into this pack, and to nothing.
///
/// Which repository it is in nobody says: only a path that begins with the whole path of this pack is surely one of it.
pub(in super::super) fn missing(tree: &PackTree<'_>, file: &RelPath, path: &str, span: Span, sink: &mut Sink) {
    let in_source = in_source(path, tree.configured.within).unwrap_or_default();
    let inside = in_source.strip_prefix(tree.path).and_then(|rest| rest.strip_prefix('/'));
    let Some(inside) = inside.filter(|_| !tree.path.is_empty()) else { return };
    if !exists(tree, inside) {
        sink.report(ARGO_INVALID, object::place(tree, file, span), format!("there is nothing at `{path}`"))
            .help("name a directory of the repository");
    }
}

/// Returns the component of an object; nothing when it delivers nothing.
pub(super) fn component(path: &RelPath, object: &Object) -> Option<Component> {
    let spec = spec(object.root.as_deref()?, &object.kind)?;
    let name = object.name.as_deref().filter(|name| Component::is_safe_name(name))?;
    let mut facts = vec![Fact { label: "Object", value: object.kind.clone() }];
    let mut add = |label, value: Option<&Node>| {
        let text = value.and_then(Node::scalar_text).filter(|text| !text.is_empty());
        // Somebody's password has no place on a page.
        let text = text.map(|text| if label == "Repository" { without_credentials(&text) } else { text });
        facts.extend(text.map(|value| Fact { label, value }));
    };
    for source in sources(spec) {
        add("Repository", source.get("repoURL"));
        add("Revision", source.get("targetRevision"));
        add("Path", source.get("path"));
        add("Chart", source.get("chart"));
    }
    add("Namespace", spec.get("destination").and_then(|destination| destination.get("namespace")));
    add("Project", spec.get("project"));
    Some(Component {
        kind: &DELIVERY,
        name: name.to_owned(),
        reference: format!("{}/{name}", object.kind),
        title: None,
        description: String::new(),
        file: path.clone(),
        line: object.kind_span.line,
        entry_point: None,
        enabled: true,
        facts,
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    })
}

/// Returns what an object says of the applications that it is or makes.
pub(in super::super) fn spec<'a>(root: &'a Node, kind: &str) -> Option<&'a Node> {
    let spec = root.get("spec")?;
    match kind {
        "Application" => Some(spec),
        "ApplicationSet" => spec.get("template")?.get("spec"),
        _ => None,
    }
    .filter(|spec| spec.is_map())
}

/// Returns what an application is made of.
pub(in super::super) fn sources(spec: &Node) -> impl Iterator<Item = &Node> {
    let many = spec.get("sources").map(Node::items).unwrap_or_default();
    spec.get("source").into_iter().chain(many).filter(|source| source.is_map())
}
