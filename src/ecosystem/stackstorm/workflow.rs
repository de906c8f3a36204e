//! Workflow bodies: Orquesta workflows and action chains, found through an action's entry point.

use std::collections::BTreeSet;

use super::codes::WORKFLOW_INVALID;
use super::document::{
    LoaderCodes, MOST_REPEATED, SYNTAX_HELP, Worded, check_loader, check_shape, field_name, general,
};
use super::schemas;
use crate::diag::{Sink, Span};
use crate::pack::schema::Violation;
use crate::pack::{Step, YamlFault, YamlFile};
use crate::yaml::Node;

/// What a workflow file says.
#[derive(Debug, Default)]
pub(super) struct Workflow {
    /// Its steps, in the order of the file.
    pub steps: Vec<Step>,
    /// The actions that it runs, as far as they are known before it runs.
    pub calls: Vec<(String, Span)>,
    /// Its inputs: name, whether there is a default, where it stands.
    pub inputs: Vec<(String, bool, Span)>,
}

/// The codes of workflow files: whatever is wrong, the action still registers.
const CODES: LoaderCodes =
    LoaderCodes { syntax: WORKFLOW_INVALID, duplicate: WORKFLOW_INVALID, merge: WORKFLOW_INVALID };

/// Names of tasks that Orquesta gives a meaning of its own.
const RESERVED: &[&str] = &["continue", "fail", "noop", "retry"];

/// Reports a workflow file that gave no tree.
pub(super) fn unreadable(sink: &mut Sink, fault: YamlFault) {
    sink.report(WORKFLOW_INVALID, fault.place, fault.message).help(SYNTAX_HELP);
}

/// Reads an Orquesta workflow.
pub(super) fn read_orquesta(file: &YamlFile<'_>, sink: &mut Sink) -> Workflow {
    let root = &file.yaml.root;
    if !begin(file, &schemas::ORQUESTA, sink) {
        return Workflow::default();
    }
    let mut workflow = Workflow { inputs: inputs(root), ..Workflow::default() };
    let tasks = root.get("tasks").map(Node::entries).unwrap_or_default();
    let names: BTreeSet<String> = tasks.iter().map(|(name, _)| name.key_text()).collect();
    let mut reached = BTreeSet::new();
    for (name, task) in tasks {
        let action = task.get("action").and_then(Node::as_str);
        let called = action.and_then(static_reference);
        if let (Some(called), Some(node)) = (called, task.get("action")) {
            workflow.calls.push((called.to_owned(), node.span));
        }
        let name_text = name.key_text();
        if RESERVED.contains(&name_text.as_str()) {
            report(file, name.span, format!("`{name_text}` is a reserved name"), "rename the task", sink);
        }
        if let (Some(with), None) = (task.get("with").filter(|node| !node.is_null()), action) {
            report(file, with.span, format!("the task `{name_text}` has `with` but no `action`"), "add `action`", sink);
        }
        let mut next = Vec::new();
        for transition in task.get("next").map(Node::items).unwrap_or_default() {
            let when = transition.get("when").and_then(Node::as_str).unwrap_or_default();
            for (target, span) in targets(transition.get("do")) {
                let reserved = RESERVED.contains(&target.as_str());
                if !reserved && !names.contains(&target) {
                    let message = format!("the task `{name_text}` goes on to `{target}`, which is not defined");
                    report(file, span, message, "define the task, or name one that exists", sink);
                }
                if target != name_text {
                    reached.insert(target.clone());
                }
                next.push((when.to_owned(), target));
            }
        }
        workflow.steps.push(Step { name: name_text, action: called.map(str::to_owned), next });
    }
    if !tasks.is_empty() && names.iter().all(|name| reached.contains(name)) {
        let place = root.entry("tasks").map_or(root.span, |(key, _)| key.span);
        report(file, place, "every task follows another one: none can start".to_owned(), "break the circle", sink);
    }
    workflow
}

/// Reads an action chain.
pub(super) fn read_chain(file: &YamlFile<'_>, sink: &mut Sink) -> Workflow {
    let root = &file.yaml.root;
    if !begin(file, &schemas::CHAIN, sink) {
        return Workflow::default();
    }
    let mut workflow = Workflow::default();
    let nodes = root.get("chain").map(Node::items).unwrap_or_default();
    let names: BTreeSet<&str> = nodes.iter().filter_map(|node| node.get("name")?.as_str()).collect();
    for node in nodes {
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
        let called = node.get("ref").and_then(Node::as_str).and_then(static_reference);
        if let (Some(called), Some(node)) = (called, node.get("ref")) {
            workflow.calls.push((called.to_owned(), node.span));
        }
        let mut next = Vec::new();
        for (key, label) in [("on-success", "on success"), ("on-failure", "on failure")] {
            let Some(node) = node.get(key) else { continue };
            let Some(target) = node.as_str().filter(|text| !text.is_empty() && !text.contains("{{")) else { continue };
            if !names.contains(target) {
                let message = format!("`{name}` goes on to `{target}`, which is not in the chain");
                report(file, node.span, message, "add the step, or name one that exists", sink);
            }
            next.push((label.to_owned(), target.to_owned()));
        }
        workflow.steps.push(Step { name: name.to_owned(), action: called.map(str::to_owned), next });
    }
    // Without `default` the runtime starts with the first step that no other refers to, or simply with the first.
    if let Some(node) = root.get("default").filter(|node| !node.is_null())
        && node.as_str().is_some_and(|name| !names.contains(name))
    {
        let message = format!("the chain starts with `{}`, which is not in it", node.key_text());
        report(file, node.span, message, "name one of the steps as `default`", sink);
    }
    workflow
}

/// Checks what holds for both kinds; tells whether there is a mapping to read.
fn begin(file: &YamlFile<'_>, known: &schemas::Known, sink: &mut Sink) -> bool {
    check_loader(file, CODES, sink);
    let root = &file.yaml.root;
    if !root.is_map() {
        report(
            file,
            root.span,
            format!("a workflow is a mapping, not {}", root.kind()),
            "write `key: value` lines",
            sink,
        );
        return false;
    }
    check_shape(file, root, known, WORKFLOW_INVALID, wording, sink);
    true
}

fn wording(violation: &Violation, node: &Node) -> Option<Worded> {
    let field = field_name(&violation.path);
    Some(match (violation.keyword.as_str(), &violation.property) {
        ("additionalProperties", Some(property)) if !violation.path.is_empty() => {
            Worded::new(WORKFLOW_INVALID, format!("`{property}` is not a known key of `{field}`")).help("remove it")
        }
        ("additionalProperties", _) => return None,
        ("required", Some(property)) => {
            let whole = if field.is_empty() { "the workflow".to_owned() } else { format!("`{field}`") };
            Worded::new(WORKFLOW_INVALID, format!("{whole} has no `{property}`")).help(format!("add `{property}`"))
        }
        ("enum", _) if field == "version" => {
            Worded::new(WORKFLOW_INVALID, format!("the workflow version is {}", node.key_text()))
                .help("write `version: 1.0`")
        }
        ("not", _) => Worded::new(WORKFLOW_INVALID, format!("`{field}` has both `params` and `parameters`"))
            .help("keep one of them"),
        ("type" | "minLength", _) => {
            Worded { code: WORKFLOW_INVALID, ..general(violation, node, &schemas::ORQUESTA, WORKFLOW_INVALID) }
        }
        _ => Worded::new(WORKFLOW_INVALID, format!("`{field}`: {}", violation.message)),
    })
}

fn report(file: &YamlFile<'_>, span: Span, message: String, help: &str, sink: &mut Sink) {
    if sink.found().len() >= 2 * MOST_REPEATED {
        return;
    }
    sink.report(WORKFLOW_INVALID, file.place(span), message).help(help);
}

/// Returns the inputs of an Orquesta workflow: names, or one-entry mappings from name to default.
fn inputs(root: &Node) -> Vec<(String, bool, Span)> {
    let items = root.get("input").map(Node::items).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| match item.entries() {
            [(name, _), ..] => Some((name.key_text(), true, name.span)),
            [] => Some((item.as_str()?.to_owned(), false, item.span)),
        })
        .collect()
}

/// Returns where a transition goes: a list, or comma-separated text.
fn targets(node: Option<&Node>) -> Vec<(String, Span)> {
    let Some(node) = node else { return Vec::new() };
    match node.as_str() {
        Some(text) => text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| (name.to_owned(), node.span))
            .collect(),
        None => node.items().iter().filter_map(|item| Some((item.as_str()?.to_owned(), item.span))).collect(),
    }
}

/// Returns the action that text names before any inline argument; `None` when only the run will tell.
fn static_reference(text: &str) -> Option<&str> {
    let reference = text.split_whitespace().next()?;
    (!reference.contains("<%") && !reference.contains("{{")).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_ends_at_the_first_space_and_may_be_dynamic() {
        assert_eq!(static_reference("core.local cmd=\"<% $.x %>\""), Some("core.local"));
        assert_eq!(static_reference("<% ctx(action) %>"), None);
        assert_eq!(static_reference("core.{{ x }}"), None);
        assert_eq!(static_reference(""), None);
    }
}
