//! One component file, read once per content and pack.

use std::sync::Arc;

use super::kinds::Kind;
use super::{facts, resolve, shape};
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::NEAR_MISS;
use crate::ecosystem::attune::codes::*;
use crate::ecosystem::attune::wording::{self, quoted};
use crate::ecosystem::attune::{flat, manifest};
use crate::ident::RelPath;
use crate::pack::schema::Violation;
use crate::pack::{Component, Link, Otherwise, Relation, YamlFile};
use crate::yaml::Node;

/// What a component file declares.
#[derive(Debug)]
pub(in super::super) struct Declared {
    pub(in super::super) kind: &'static Kind,
    /// The component, when it has a usable `ref`.
    pub(in super::super) component: Option<Arc<Component>>,
    /// Its `ref` in full, when it has one.
    pub(in super::super) reference: Option<Spot>,
    /// The file that runs.
    pub(in super::super) entry_point: Option<EntryPoint>,
    /// The workflow that an action runs.
    pub(in super::super) workflow_file: Option<Spot>,
    /// What it refers to.
    pub(in super::super) references: Vec<Reference>,
}

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(in super::super) struct Spot {
    pub(in super::super) text: String,
    pub(in super::super) place: Place,
}

/// The file that an action or a sensor runs.
#[derive(Debug)]
pub(in super::super) struct EntryPoint {
    /// As written.
    pub(in super::super) written: Spot,
    /// Its path in the pack; `None` when it leaves the component's directory.
    pub(in super::super) path: Option<RelPath>,
    /// Whether the runner is native, so that the runtime may bring the program.
    pub(in super::super) is_native: bool,
}

/// A reference to a component.
#[derive(Debug)]
pub(in super::super) struct Reference {
    pub(in super::super) relation: Relation,
    /// The kind's key.
    pub(in super::super) kind: &'static str,
    pub(in super::super) target: Spot,
}

/// Runners whose program comes with the runtime.
const NATIVE_RUNNERS: &[&str] = &["native", "builtin", "standalone"];

/// Keys that the loader ignores, with the ones that it reads.
const IGNORED_KEYS: &[(&str, &str)] = &[
    ("output_schema", "output"),
    ("payload_schema", "output"),
    ("parameters_schema", "parameters"),
    ("timeout", "timeout_seconds"),
];

/// Keys that are almost right.
const NEAR_MISSES: &[(&str, &str)] = &[
    ("entrypoint", "entry_point"),
    ("entry-point", "entry_point"),
    ("runner", "runner_type"),
    ("params", "parameters"),
    ("trigger", "trigger_ref"),
    ("action", "action_ref"),
];

/// Reads a component file; `None` when it is no mapping.
pub(super) fn parse(file: &YamlFile<'_>, kind: &'static Kind, pack: &str, sink: &mut Sink) -> Option<Declared> {
    if !manifest::is_one_mapping(file, ATTUNE_COMPONENT_UNREADABLE, sink) {
        return None;
    }
    manifest::two_readings(file, sink);
    let root = &file.yaml.root;
    for violation in kind.schema.violations_in(file.yaml, root, Node::to_json).iter().take(manifest::MOST_REPEATED) {
        report(file, kind, violation, sink);
    }
    flat::check(file, sink);
    odd_keys(file, kind, sink);
    shape::check(file, kind, pack, sink);

    let reference = reference(file, kind, pack, sink);
    let spot = |key: &str| spot(file, root.get(key));
    let runner = root.get("runner_type").and_then(Node::as_str).unwrap_or(match kind.component.key {
        "sensor" => "native",
        _ => "shell",
    });
    let runs = matches!(kind.component.key, "action" | "sensor");
    let entry_point = spot("entry_point").filter(|_| runs).map(|written| EntryPoint {
        path: resolve(kind.directory, &written.text).map(RelPath::composed),
        is_native: NATIVE_RUNNERS.contains(&runner),
        written,
    });
    let workflow_file = spot("workflow_file").filter(|_| kind.component.key == "action");
    if runs && entry_point.is_none() && workflow_file.is_none() {
        let message = format!("the {} has no `entry_point`", kind.component.key);
        sink.report(ATTUNE_ENTRY_POINT_MISSING, Place::file(file.path.as_str()), message)
            .help(format!("name the file in `{}/` that it runs", kind.directory));
    }
    let references = references(file, kind);
    let component = reference
        .as_ref()
        .and_then(|reference| component(file, kind, reference, entry_point.as_ref(), &references, sink).map(Arc::new));
    Some(Declared { kind, component, reference, entry_point, workflow_file, references })
}

/// Returns the text of a string value, with its place.
pub(super) fn spot(file: &YamlFile<'_>, node: Option<&Node>) -> Option<Spot> {
    let node = node?;
    Some(Spot { text: node.as_str()?.to_owned(), place: file.place(node.span) })
}

/// Returns the `ref` in full, or reports what is wrong with it.
fn reference(file: &YamlFile<'_>, kind: &Kind, pack: &str, sink: &mut Sink) -> Option<Spot> {
    let root = &file.yaml.root;
    let Some(node) = root.get("ref").filter(|node| !node.is_null()) else {
        if kind.component.key == "cache" {
            let namespace = root.get("namespace")?;
            return Some(Spot { text: format!("{pack}.{}", namespace.as_str()?), place: file.place(namespace.span) });
        }
        sink.report(ATTUNE_COMPONENT_REF_MISSING, Place::file(file.path.as_str()), "the component has no `ref`")
            .help(format!("add `ref: {pack}.{}`", file.path.file_stem()));
        return None;
    };
    let place = || file.place(node.span);
    let Some(text) = node.as_str() else {
        let message = format!("`ref` is {}, not a string", node.kind());
        sink.report(ATTUNE_COMPONENT_REF_INVALID, place(), message);
        return None;
    };
    let (prefix, name) = match text.split_once('.') {
        None if kind.may_be_short => (pack, text),
        None => {
            sink.report(ATTUNE_COMPONENT_REF_INVALID, place(), format!("`ref` is {}, without a pack", quoted(node)))
                .help(format!("write `{pack}.{text}`"));
            return None;
        }
        Some(parts) => parts,
    };
    if prefix != pack {
        sink.report(ATTUNE_COMPONENT_REF_INVALID, place(), format!("`ref` is {}, of another pack", quoted(node)))
            .help(format!("this pack is `{pack}`: write `{pack}.{name}`"));
        return None;
    }
    if !manifest::is_identifier(name) || !Component::is_safe_name(name) {
        let message = format!("`ref` is {}: `{name}` is not a component name", quoted(node));
        sink.report(ATTUNE_COMPONENT_REF_INVALID, place(), message)
            .help("write a lowercase letter, then lowercase letters, digits, `_` or `-`");
        return None;
    }
    Some(Spot { text: format!("{pack}.{name}"), place: place() })
}

/// Reports what the kind's schema refuses, by the rule that it belongs to.
fn report(file: &YamlFile<'_>, kind: &Kind, violation: &Violation, sink: &mut Sink) {
    let root = &file.yaml.root;
    let first = violation.path.first().or(violation.property.as_ref()).map(String::as_str).unwrap_or_default();
    if first == "ref" || (flat::KEYS.contains(&first) && violation.property.is_none()) {
        return; // `reference` and `flat::check` say it in better words
    }
    let code: Code = match first {
        "label" | "description" | "enabled" | "tags" | "pack_ref" if violation.keyword == "type" => ATTUNE_FIELD_TYPE,
        "trigger_type" | "trigger_types" => ATTUNE_SENSOR_TRIGGER_MISSING,
        _ => kind.shape,
    };
    let is_missing = violation.keyword == "required" && violation.path.is_empty();
    let is_whole = violation.path.is_empty() && violation.property.is_none();
    let place =
        if is_missing || is_whole { Place::file(file.path.as_str()) } else { file.place(violation.node(root).span) };
    let near = NEAR_MISSES.iter().find(|(wrong, right)| *right == first && root.get(wrong).is_some());
    let draft = sink.report(code, place, wording::message(violation, root));
    match (is_missing, near) {
        (true, Some((wrong, right))) => drop(draft.help(format!("rename `{wrong}` to `{right}`"))),
        (true, None) => drop(draft.help(format!("add `{first}:`"))),
        (false, _) => {}
    }
}

/// Reports keys that have no effect: ignored ones, and ones that are almost right.
fn odd_keys(file: &YamlFile<'_>, kind: &Kind, sink: &mut Sink) {
    let root = &file.yaml.root;
    let runs = matches!(kind.component.key, "action" | "sensor" | "trigger");
    let is_rule = kind.component.key == "rule";
    for (key, _) in root.entries() {
        let Some(name) = key.as_str() else { continue };
        if let Some((_, right)) = IGNORED_KEYS.iter().find(|(wrong, _)| runs && *wrong == name) {
            let draft = sink.report(ATTUNE_IGNORED_KEY, file.place(key.span), format!("the loader ignores `{name}`"));
            draft.help(if root.get(right).is_some() {
                format!("remove it: `{right}` is what counts")
            } else {
                format!("write `{right}`")
            });
        }
        let near = NEAR_MISSES.iter().find(|(wrong, right)| {
            *wrong == name && root.get(right).is_none() && if right.ends_with("_ref") { is_rule } else { runs }
        });
        if let Some((_, right)) = near {
            sink.report(NEAR_MISS, file.place(key.span), format!("no {} has the key `{name}`", kind.component.key))
                .help(format!("write `{right}`"));
        }
    }
}

/// Returns what a component refers to.
fn references(file: &YamlFile<'_>, kind: &Kind) -> Vec<Reference> {
    let root = &file.yaml.root;
    let of = |relation, kind, node: Option<&Node>| {
        spot(file, node).filter(|spot| !spot.text.is_empty()).map(|target| Reference { relation, kind, target })
    };
    match kind.component.key {
        "sensor" => trigger_types(root).filter_map(|node| of(Relation::Emits, "trigger", Some(node))).collect(),
        "rule" => [
            of(Relation::ListensTo, "trigger", root.get("trigger_ref")),
            of(Relation::Calls, "action", root.get("action_ref")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        "queue" => of(Relation::Calls, "action", root.get("dispatch_action")).into_iter().collect(),
        "policy" => of(Relation::Governs, "action", root.get("action_ref")).into_iter().collect(),
        "cache" => match root.get("owner_type").and_then(Node::as_str) {
            Some("action") => of(Relation::Governs, "action", root.get("owner_ref")).into_iter().collect(),
            Some("sensor") => of(Relation::Governs, "sensor", root.get("owner_ref")).into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns the trigger types of a sensor: one, or a list of them, under either key.
pub(super) fn trigger_types(root: &Node) -> impl Iterator<Item = &Node> {
    ["trigger_types", "trigger_type"]
        .into_iter()
        .filter_map(|key| root.get(key))
        .flat_map(|node| if node.is_seq() { node.items() } else { std::slice::from_ref(node) })
}

/// Returns the links of references.
pub(in super::super) fn links(references: &[Reference]) -> impl Iterator<Item = Link> {
    references.iter().map(|reference| Link {
        relation: reference.relation,
        kind: reference.kind,
        target: reference.target.text.clone(),
        line: reference.target.place.span.map_or(1, |span| span.line),
        otherwise: Otherwise::Name,
    })
}

fn component(
    file: &YamlFile<'_>,
    kind: &Kind,
    reference: &Spot,
    entry_point: Option<&EntryPoint>,
    references: &[Reference],
    sink: &mut Sink,
) -> Option<Component> {
    let root = &file.yaml.root;
    let (_, name) = reference.text.split_once('.')?;
    if !Component::is_safe_name(name) {
        let message = format!("`{name}` cannot be a file name everywhere");
        sink.report(kind.shape, reference.place.clone(), message);
        return None;
    }
    let title = root.get("label").or_else(|| root.get("name")).and_then(Node::as_str);
    let tables = [
        flat::table(root.get("parameters"), "Parameters", "parameters"),
        match kind.component.key {
            "trigger" => flat::table(root.get("output"), "Payload", "payload"),
            _ => flat::table(root.get("output"), "Output", "output"),
        },
        flat::table(root.get("item_schema"), "Items", "items"),
    ];
    let tables: Vec<_> = tables.into_iter().flatten().collect();
    Some(Component {
        kind: kind.component,
        name: name.to_owned(),
        reference: reference.text.clone(),
        title: title.map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned),
        description: flat::text(root.get("description")),
        file: file.path.clone(),
        line: reference.place.span.map_or(1, |span| span.line),
        entry_point: entry_point.and_then(|entry_point| entry_point.path.clone()),
        enabled: root.get("enabled").and_then(Node::as_bool).unwrap_or(true),
        facts: facts::facts(root, kind.component.key),
        examples: facts::examples(kind.component.key, &reference.text, tables.first().map(AsRef::as_ref)),
        tables,
        links: links(references).collect(),
        steps: Vec::new(),
    })
}
