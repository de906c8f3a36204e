//! The parts of a pack, one module per kind. Nothing of a pack is imported or run.

pub(super) mod adapter;
pub(super) mod agent;
pub(super) mod cron;
pub(super) mod flow;
pub(super) mod policy;
pub(super) mod proto;
pub(super) mod schema_table;
pub(super) mod server;

use std::sync::Arc;

use crate::ident::RelPath;
use crate::pack::{Component, ComponentKind, Field, FieldTable};
use crate::python::{Class, Function, Module};
use crate::source::FileEntry;

/// Agents.
pub(super) static AGENT: ComponentKind = ComponentKind { key: "agent", plural: "Agents", singular: "Agent" };
/// Tools of the pack's server.
pub(super) static TOOL: ComponentKind = ComponentKind { key: "tool", plural: "Tools", singular: "Tool" };
/// Adapters.
pub(super) static ADAPTER: ComponentKind =
    ComponentKind { key: "adapter", plural: "Tool adapters", singular: "Tool adapter" };
/// Flows.
pub(super) static FLOW: ComponentKind = ComponentKind { key: "flow", plural: "Flows", singular: "Flow" };
/// Policies.
pub(super) static POLICY: ComponentKind = ComponentKind { key: "policy", plural: "Policies", singular: "Policy" };
/// Endpoints of the pack's server.
pub(super) static ENDPOINT: ComponentKind =
    ComponentKind { key: "endpoint", plural: "Endpoints", singular: "Endpoint" };
/// Protocol files.
pub(super) static PROTO: ComponentKind =
    ComponentKind { key: "proto", plural: "Protocol files", singular: "Protocol file" };

/// Lists the kinds, in the order of the documentation.
pub(super) static KINDS: &[&ComponentKind] = &[&AGENT, &TOOL, &ADAPTER, &FLOW, &POLICY, &ENDPOINT, &PROTO];

/// Returns a component of which only the identity is known.
pub(super) fn bare(
    kind: &'static ComponentKind,
    name: &str,
    reference: String,
    file: &RelPath,
    line: u32,
) -> Component {
    Component {
        kind,
        name: name.to_owned(),
        reference,
        title: None,
        description: String::new(),
        file: file.clone(),
        line,
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// Returns the name by which Python imports a file.
pub(super) fn module_name(entry: &FileEntry) -> String {
    let path = entry.path.as_str();
    let path = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".py").trim_end_matches("/__init__");
    path.replace('/', ".")
}

/// Returns the table of what a module offers: its public functions, and its public classes with their methods.
fn offer(module: &Module) -> Option<Arc<FieldTable>> {
    let functions = module.functions.iter().filter(|function| function.is_public()).map(function_field);
    let classes = module.classes.iter().filter(|class| class.is_public() && !is_data(class)).map(|class| Field {
        name: class.name.clone(),
        type_text: class_type(class),
        description: class.doc.clone().unwrap_or_default(),
        fields: class.methods.iter().filter(|method| method.is_public()).map(function_field).collect(),
        ..Field::default()
    });
    table("Functions and classes", "functions", functions.chain(classes).collect())
}

/// Returns the table of the data classes of a module.
fn data(module: &Module) -> Option<Arc<FieldTable>> {
    let classes = module.classes.iter().filter(|class| class.is_public() && is_data(class)).map(|class| Field {
        name: class.name.clone(),
        type_text: class_type(class),
        description: class.doc.clone().unwrap_or_default(),
        fields: class
            .fields
            .iter()
            .map(|field| Field {
                name: field.name.clone(),
                type_text: field.annotation.clone(),
                required: field.default.is_none(),
                default: field.default.clone(),
                ..Field::default()
            })
            .collect(),
        ..Field::default()
    });
    table("Data classes", "data-classes", classes.collect())
}

/// Tells whether a class is there for its fields: a dataclass, a model, a typed dictionary.
fn is_data(class: &Class) -> bool {
    let is_model = |base: &String| matches!(base.rsplit('.').next(), Some("BaseModel" | "TypedDict" | "NamedTuple"));
    !class.fields.is_empty() && (class.is_dataclass() || class.bases.iter().any(is_model))
}

fn class_type(class: &Class) -> String {
    match &class.bases[..] {
        [] if class.is_dataclass() => "dataclass".to_owned(),
        [] => "class".to_owned(),
        bases => format!("class of {}", bases.join(", ")),
    }
}

fn function_field(function: &Function) -> Field {
    Field {
        name: function.name.clone(),
        type_text: function.signature(),
        description: function.doc.clone().unwrap_or_default(),
        ..Field::default()
    }
}

fn table(title: &'static str, anchor: &'static str, fields: Vec<Field>) -> Option<Arc<FieldTable>> {
    (!fields.is_empty())
        .then(|| Arc::new(FieldTable { title: title.into(), anchor: anchor.into(), fields: fields.into() }))
}

/// Returns the documentation of a module: its own docstring, else that of its only public class or function with one.
fn documentation(module: &Module) -> Option<String> {
    let of_classes = module.classes.iter().filter(|class| class.is_public()).filter_map(|class| class.doc.clone());
    let of_functions = module.functions.iter().filter(|one| one.is_public()).filter_map(|one| one.doc.clone());
    module.doc.clone().or_else(|| of_classes.chain(of_functions).next())
}
