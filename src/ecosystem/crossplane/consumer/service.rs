//! `ci/config.yaml`: what a service says of itself to the platform's pipeline.

use std::sync::Arc;

use super::super::documents::{self, Document};
use crate::diag::{Sink, Span};
use crate::pack::{Dependency, Fact, Field, FieldTable, PackTree};
use crate::yaml::Node;

/// Where the file lies.
pub(super) const FILE: &str = "ci/config.yaml";

/// What dependencies on other services, and what services provide, are called.
pub(super) const KIND: &str = "service";

/// Most items of a list.
const MOST: usize = 500;

/// What a service says of itself.
#[derive(Debug, Default)]
pub(super) struct Service {
    /// `service.name`.
    pub name: String,
    /// `service.namespace`.
    pub namespace: String,
    /// `service.description`.
    pub description: String,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// The names of environment variables.
    pub environment: Vec<String>,
    /// `platform.branch`: the revision of the platform that it uses.
    pub branch: Option<String>,
    /// `platform.service.name`: the claim that the platform's pipeline expects.
    pub expected_claim: Option<String>,
    /// Where that stands.
    pub name_span: Option<Span>,
    /// `platform.service.type`: what `kubectl` calls its kind, and where that stands.
    pub expected_type: Option<(String, Span)>,
    /// Rows about the platform.
    pub facts: Vec<Fact>,
}

/// Tells whether a document is one of a service.
pub(super) fn is_service(root: &Node) -> bool {
    let says = |key: &str| {
        root.get("service").and_then(|service| service.get(key)?.as_str()).is_some_and(|text| !text.is_empty())
    };
    says("name") && says("namespace")
}

/// Reads the file once per content; nothing when there is none, or it is something else.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Arc<Service>> {
    let parsed = documents::each(tree, tree.get(FILE)?, "service", sink, |document, _| service(document).map(Arc::new));
    parsed.value.as_ref()?.first().cloned().flatten()
}

fn service(document: &Document<'_>) -> Option<Service> {
    let root = document.root();
    if !is_service(root) {
        return None;
    }
    let text =
        |key: &str| root.get("service").and_then(|service| service.get(key)?.as_str()).unwrap_or_default().to_owned();
    let platform = root.get("platform");
    let mut facts = Vec::new();
    let mut add = |label, node: Option<&Node>| {
        facts.extend(node.and_then(Node::scalar_text).map(|value| Fact { label, value }));
    };
    add("Platform branch", platform.and_then(|platform| platform.get("branch")));
    let expected = platform.and_then(|platform| platform.get("service"));
    add("Platform service", expected.and_then(|service| service.get("name")));
    add("Platform service type", expected.and_then(|service| service.get("type")));
    Some(Service {
        name: text("name"),
        namespace: text("namespace"),
        description: text("description"),
        dependencies: root.get("dependencies").map(dependencies).unwrap_or_default(),
        environment: root.get("env").map(environment).unwrap_or_default(),
        branch: platform.and_then(|platform| platform.get("branch")?.scalar_text()),
        expected_claim: expected.and_then(|service| service.get("name")?.scalar_text()),
        name_span: expected.and_then(|service| Some(service.get("name")?.span)),
        expected_type: expected.and_then(|service| {
            let node = service.get("type")?;
            Some((node.scalar_text().filter(|text| !text.is_empty())?, node.span))
        }),
        facts,
    })
}

/// Returns what the service depends on: parts of the platform by the names of packs, other services by theirs.
fn dependencies(node: &Node) -> Vec<Dependency> {
    let named = |list: &Node, kind: Option<&str>| -> Vec<Dependency> {
        let name = |item: &Node| item.as_str().or_else(|| item.get("name").and_then(Node::as_str)).map(str::to_owned);
        let names = list.items().iter().filter_map(name).filter(|name| !name.trim().is_empty());
        names.map(|name| Dependency { kind: kind.map(str::to_owned), name, range: None }).collect()
    };
    let mut found = match node.is_seq() {
        // The older form: a flat list of what the platform has to offer.
        true => named(node, None),
        false => {
            let list = |key: &str, kind| node.get(key).map(|list| named(list, kind)).unwrap_or_default();
            [list("platform", None), list("internal", Some(KIND)), list("external", Some(KIND))].concat()
        }
    };
    found.truncate(MOST);
    found
}

/// Returns the names of environment variables, of a mapping or of a list; never their values.
fn environment(node: &Node) -> Vec<String> {
    let mut names: Vec<String> = node.entries().iter().map(|(key, _)| key.key_text()).collect();
    names.extend(node.items().iter().filter_map(|item| {
        let text = item.get("name").and_then(Node::as_str).or_else(|| item.as_str())?;
        Some(text.split('=').next().unwrap_or_default().trim().to_owned())
    }));
    names.truncate(MOST);
    names
}

/// Returns the environment variables as a table.
pub(super) fn environment_table(service: &Service) -> Option<FieldTable> {
    let field = |name: &String| Field { name: name.clone(), ..Field::default() };
    let fields: Vec<Field> = service.environment.iter().filter(|name| !name.is_empty()).map(field).collect();
    (!fields.is_empty()).then(|| FieldTable {
        title: "Environment".into(),
        anchor: "environment".into(),
        fields: fields.into(),
    })
}
