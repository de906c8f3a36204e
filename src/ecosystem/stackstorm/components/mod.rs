//! The kinds of components: each file is read once per content into what it declares.

pub(super) mod action;
pub(super) mod alias;
pub(super) mod policy;
pub(super) mod rule;
pub(super) mod runner;
pub(super) mod sensor;
pub(super) mod trigger;

use std::sync::Arc;

use super::codes::{PACK_FIELD_MISMATCH, UNSAFE_COMPONENT_NAME, UNSAFE_PATH};
use crate::diag::{Sink, Span};
use crate::ident::{PathFault, RelPath};
use crate::pack::{Component, ComponentKind, YamlFile};
use crate::yaml::Node;

/// Actions.
pub(super) static ACTION: ComponentKind = ComponentKind { key: "action", plural: "Actions", singular: "Action" };
/// Sensors.
pub(super) static SENSOR: ComponentKind = ComponentKind { key: "sensor", plural: "Sensors", singular: "Sensor" };
/// Trigger types.
pub(super) static TRIGGER: ComponentKind =
    ComponentKind { key: "trigger", plural: "Trigger types", singular: "Trigger type" };
/// Rules.
pub(super) static RULE: ComponentKind = ComponentKind { key: "rule", plural: "Rules", singular: "Rule" };
/// Aliases.
pub(super) static ALIAS: ComponentKind = ComponentKind { key: "alias", plural: "Aliases", singular: "Alias" };
/// Policies.
pub(super) static POLICY: ComponentKind = ComponentKind { key: "policy", plural: "Policies", singular: "Policy" };
/// Runners.
pub(super) static RUNNER: ComponentKind = ComponentKind { key: "runner", plural: "Runners", singular: "Runner" };

/// Lists the kinds, in the order of the documentation.
pub(super) static KINDS: &[&ComponentKind] = &[&ACTION, &SENSOR, &TRIGGER, &RULE, &ALIAS, &POLICY, &RUNNER];

/// A component as its file declares it, with what the rules between files need to know.
#[derive(Debug)]
pub(super) struct Declared {
    /// The component.
    pub component: Arc<Component>,
    /// Where its name stands.
    pub name: Span,
    /// What the rules between files look at.
    pub detail: Detail,
}

/// What the rules between files look at.
#[derive(Debug)]
pub(super) enum Detail {
    /// An action.
    Action(action::Action),
    /// A sensor.
    Sensor(Option<EntryPoint>),
    /// A rule.
    Rule(rule::Rule),
    /// An alias.
    Alias(alias::Alias),
    /// A runner, with every name that actions may call it by.
    Runner(Vec<String>),
    /// A trigger type or policy.
    Nothing,
}

/// A file that a component names as its implementation.
#[derive(Debug)]
pub(super) struct EntryPoint {
    /// Where it lies in the pack.
    pub path: RelPath,
    /// Where it is named.
    pub span: Span,
}

/// Returns the reference of a component of a pack.
pub(super) fn reference(pack: &str, name: &str) -> String {
    format!("{pack}.{name}")
}

/// Returns a component of which only the identity is known.
pub(super) fn bare(
    kind: &'static ComponentKind,
    pack: &str,
    name: &str,
    file: &YamlFile<'_>,
    root: &Node,
    span: Span,
) -> Component {
    Component {
        kind,
        name: name.to_owned(),
        reference: reference(pack, name),
        title: None,
        description: text(root, "description").unwrap_or_default(),
        file: file.path.clone(),
        line: span.line,
        entry_point: None,
        enabled: root.get("enabled").and_then(Node::as_bool).unwrap_or(true),
        facts: Vec::new(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// Returns a component's name if it is usable; reports one that is not safe.
pub(super) fn safe_name<'a>(
    file: &YamlFile<'_>,
    root: &'a Node,
    key: &str,
    sink: &mut Sink,
) -> Option<(&'a str, Span)> {
    let node = root.get(key)?;
    let name = node.as_str().filter(|name| !name.is_empty())?;
    if !Component::is_safe_name(name) {
        sink.report(
            UNSAFE_COMPONENT_NAME,
            file.place(node.span),
            format!("the name {name:?} is not safe as a file name"),
        )
        .help("use letters, digits, `_`, `-` and `.`, at most 200 bytes, and no leading dot");
        return None;
    }
    Some((name, node.span))
}

/// Reports a `pack` that names another pack.
pub(super) fn check_pack_field(file: &YamlFile<'_>, root: &Node, pack: &str, sink: &mut Sink) {
    if let Some(node) = root.get("pack")
        && let Some(written) = node.as_str()
        && written != pack
    {
        sink.report(
            PACK_FIELD_MISMATCH,
            file.place(node.span),
            format!("`pack` is `{written}`, but the pack is `{pack}`"),
        )
        .help(format!("write `pack: {pack}`, or leave the key out"));
    }
}

/// Returns the file that a component names as its implementation, below `folder`; reports a path that is not safe.
///
/// Paths that end up inside the pack after `.` and `..` are resolved are refused too when they leave it on the way.
pub(super) fn entry_point(file: &YamlFile<'_>, root: &Node, folder: &str, sink: &mut Sink) -> Option<EntryPoint> {
    let node = root.get("entry_point")?;
    let written = node.as_str().filter(|text| !text.is_empty())?;
    match RelPath::new(written) {
        Ok(path) => Some(EntryPoint { path: RelPath::composed(format!("{folder}/{path}")), span: node.span }),
        Err(fault) => {
            let why = match fault {
                PathFault::Dots => "it has a `.` or `..` segment".to_owned(),
                other => other.to_string(),
            };
            sink.report(UNSAFE_PATH, file.place(node.span), format!("the entry point {written:?} is not safe: {why}"))
                .help(format!("write a plain path relative to `{folder}/`, such as `run.py`"));
            None
        }
    }
}

/// Returns the text of a key, if it is text.
pub(super) fn text(root: &Node, key: &str) -> Option<String> {
    root.get(key).and_then(Node::as_str).map(str::to_owned)
}
