//! The objects that a file declares.

use std::sync::Arc;

use super::codes::provider::TEMPLATED_FILE;
use super::composition::{self, Composition};
use super::documents::{self, Document};
use super::xrd::{self, Xrd, first_line};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::NEAR_MISS;
use crate::pack::{PackTree, Parsed};
use crate::source::FileEntry;
use crate::yaml::{Node, Value};

/// The API group of package manifests.
pub(super) const META_GROUP: &str = "meta.pkg.crossplane.io";

/// Lists names of directories whose files are not part of an API.
const ASIDE: &[&str] = &["examples", "tests", "fixtures", "schemas", "vendor", "charts"];

/// An object.
#[derive(Debug)]
pub(super) enum Object {
    /// A definition.
    Xrd(Box<Xrd>),
    /// A composition.
    Composition(Box<Composition>),
    /// Anything else.
    Other(Other),
}

/// An object of another kind.
#[derive(Debug)]
pub(super) struct Other {
    /// Its group, empty for the core.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub span: Span,
    /// `spec.package`, of a `pkg.crossplane.io` object.
    pub package: Option<String>,
}

/// Tells whether a file is read for what it declares.
pub(super) fn is_declaring(path: &str) -> bool {
    is_yaml(path) && !path.split('/').rev().skip(1).any(|name| name.starts_with('.') || ASIDE.contains(&name))
}

/// Tells whether a file is YAML by its name.
pub(super) fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// Reads the objects of a file once per content, and adds the findings about them.
pub(super) fn read(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Arc<Parsed<Vec<Object>>> {
    if is_templated(tree, entry) {
        let place = Place::file(entry.path.as_str());
        sink.report(TEMPLATED_FILE, place, "the file is a template: nothing in it is read")
            .help("publish what it renders to, if it is part of the API");
        return Arc::new(Parsed { value: None, findings: Vec::new() });
    }
    documents::each(tree, entry, "objects", sink, object)
}

/// Whether a file is a template, under a type of its own for the memo.
struct IsTemplated(bool);

/// Tells whether a file is a template: it has braces that YAML does not read as text.
pub(super) fn is_templated(tree: &PackTree<'_>, entry: &FileEntry) -> bool {
    let look = || {
        let text = tree.text(entry, tree.yaml_limits.bytes as u64).unwrap_or_default();
        IsTemplated(text.contains("{{") && says_template(&text, tree.yaml_limits))
    };
    tree.memo.get_or_insert(entry.blob, "templated", look).0
}

/// Tells whether a text with `{{` is a template: it is not YAML, or the braces are read as mappings.
pub(super) fn says_template(text: &str, limits: crate::yaml::Limits) -> bool {
    documents::documents(text, limits).iter().any(|document| match document {
        Ok((_, yaml)) => has_mapping_as_key(&yaml.root),
        Err(fault) => !fault.is_limit,
    })
}

/// Recursive, but only as deep as the gate let the tree grow.
fn has_mapping_as_key(node: &Node) -> bool {
    match &node.value {
        Value::Seq(items) => items.iter().any(has_mapping_as_key),
        Value::Map(entries) => entries.iter().any(|(key, value)| key.is_map() || has_mapping_as_key(value)),
        _ => false,
    }
}

fn object(document: &Document<'_>, sink: &mut Sink) -> Object {
    let root = document.root();
    let (group, kind) = group_and_kind(root);
    if group == xrd::GROUP && kind == xrd::KIND {
        return Object::Xrd(Box::new(xrd::read(document, sink)));
    }
    if group == xrd::GROUP && kind == composition::KIND {
        return Object::Composition(Box::new(composition::read(document, sink)));
    }
    report_near_miss(document, &group, &kind, sink);
    let text = |node: Option<&Node>| node.and_then(Node::as_str).map(str::to_owned);
    Object::Other(Other {
        name: text(root.get("metadata").and_then(|metadata| metadata.get("name"))).unwrap_or_default(),
        span: first_line(root),
        package: text(root.get("spec").and_then(|spec| spec.get("package"))),
        group,
        kind,
    })
}

/// Returns the group and the kind of an object; the group of the core is empty.
pub(super) fn group_and_kind(root: &Node) -> (String, String) {
    let text = |key: &str| root.get(key).and_then(Node::as_str).unwrap_or_default();
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    (group.to_owned(), text("kind").to_owned())
}

/// Reports a document that looks like a definition and is none.
fn report_near_miss(document: &Document<'_>, group: &str, kind: &str, sink: &mut Sink) {
    let is_ours = group == xrd::GROUP;
    let (key, right) = match kind {
        "CompositeResourceDefinitions" | "CompositeResourceDefintion" | "XRD" if is_ours => ("kind", xrd::KIND),
        "Compositions" if is_ours => ("kind", composition::KIND),
        "CompositeResourceDefinition" if group == "apiextensions.k8s.io" => {
            ("apiVersion", "apiextensions.crossplane.io/v1")
        }
        _ => return,
    };
    let Some(node) = document.root().get(key) else { return };
    let message = format!("`{}` is not read by any runtime", node.key_text());
    sink.report(NEAR_MISS, document.place(node.span), message).help(format!("write `{key}: {right}`"));
}
