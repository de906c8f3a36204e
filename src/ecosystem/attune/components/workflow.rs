//! Workflows: read once per content; what is wrong with one is reported under the code of the place that it lies in.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::declared::{Reference, spot};
use super::report_size;
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::attune::codes::{ATTUNE_WORKFLOW_FILE, ATTUNE_WORKFLOW_LEGACY_INVALID};
use crate::ecosystem::attune::wording::{self, quoted};
use crate::ecosystem::attune::{flat, manifest};
use crate::pack::schema::Schema;
use crate::pack::{FieldTable, PackTree, Relation, Step, YamlFault, YamlFile};
use crate::source::FileEntry;
use crate::yaml::{Dialect, Node};

/// The JSON Schema of a workflow.
pub(in super::super) const SCHEMA_TEXT: &str = include_str!("../../../../schemas/attune/workflow.schema.json");

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(SCHEMA_TEXT));

/// What a workflow file says.
#[derive(Debug)]
pub(in super::super) struct Workflow {
    /// Its tasks, in the order of the file; those of a parallel task follow it.
    pub(in super::super) steps: Vec<Step>,
    /// The actions it calls.
    pub(in super::super) references: Vec<Reference>,
    /// Its own parameters and output, for an action that declares none.
    pub(in super::super) tables: Vec<Arc<FieldTable>>,
    /// Its `ref`, where it stands, label and description: what a file in the root `workflows/` goes by.
    pub(in super::super) reference: Option<super::Spot>,
    pub(in super::super) label: Option<String>,
    pub(in super::super) description: String,
}

/// Older transition keys of a task, with the condition that each stands for.
const LEGACY_TRANSITIONS: &[(&str, &str)] = &[
    ("on_success", "on success"),
    ("on_failure", "on failure"),
    ("on_complete", "on completion"),
    ("on_timeout", "on timeout"),
];

/// Reads the workflow that an action names.
pub(in super::super) fn read(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Option<Arc<Workflow>> {
    read_as(tree, entry, ATTUNE_WORKFLOW_FILE, sink, |sink, fault| unreadable(ATTUNE_WORKFLOW_FILE, sink, fault))
}

/// Reads a workflow in the root directory `workflows/`.
pub(in super::super) fn read_legacy(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Option<Arc<Workflow>> {
    read_as(tree, entry, ATTUNE_WORKFLOW_LEGACY_INVALID, sink, |sink, fault| {
        unreadable(ATTUNE_WORKFLOW_LEGACY_INVALID, sink, fault);
    })
}

fn unreadable(code: Code, sink: &mut Sink, fault: YamlFault) {
    sink.report(code, fault.place, format!("this is not valid YAML: {}", fault.message));
}

fn read_as(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    code: Code,
    sink: &mut Sink,
    unreadable: fn(&mut Sink, YamlFault),
) -> Option<Arc<Workflow>> {
    if entry.size > super::FILE_BYTES {
        report_size(entry, sink);
        return None;
    }
    let parsed = tree.parse_yaml(entry, Dialect::Yaml12, ("attune", code.name()), sink, unreadable, |file, sink| {
        parse(file, code, sink).map(Arc::new)
    });
    parsed.value.as_ref().and_then(Clone::clone)
}

fn parse(file: &YamlFile<'_>, code: Code, sink: &mut Sink) -> Option<Workflow> {
    if !manifest::is_one_mapping(file, code, sink) {
        return None;
    }
    manifest::two_readings(file, sink);
    let root = &file.yaml.root;
    for violation in SCHEMA.violations_in(file.yaml, root, Node::to_json).iter().take(manifest::MOST_REPEATED) {
        let is_missing = violation.keyword == "required" && violation.path.is_empty();
        let place = if is_missing { Place::file(file.path.as_str()) } else { file.place(violation.node(root).span) };
        sink.report(code, place, wording::message(violation, root));
    }
    let tasks = tasks(root);
    let mut names = BTreeSet::new();
    for task in &tasks {
        if let Some(node) = task.get("name")
            && let Some(name) = node.as_str()
            && !names.insert(name)
        {
            let message = format!("a second task has the name {}", quoted(node));
            sink.report(code, file.place(node.span), message).help("give every task its own name");
        }
    }
    let mut steps = Vec::new();
    let mut references = Vec::new();
    for task in &tasks {
        let Some(name) = task.get("name").and_then(Node::as_str) else { continue };
        let mut next = Vec::new();
        for (condition, target) in transitions(task) {
            let Some(text) = target.as_str() else { continue };
            if names.contains(text) {
                next.push((condition, text.to_owned()));
            } else {
                let message = format!("the task `{name}` continues with {}, which is no task", quoted(target));
                let meant = wording::closest(text, names.iter().copied());
                sink.report(code, file.place(target.span), message).help(match meant {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "name a task of this workflow".to_owned(),
                });
            }
        }
        let action = spot(file, task.get("action")).filter(|action| !action.text.contains("{{"));
        steps.push(Step { name: name.to_owned(), action: action.as_ref().map(|action| action.text.clone()), next });
        references.extend(action.map(|target| Reference { relation: Relation::Calls, kind: "action", target }));
    }
    let tables = [
        flat::table(root.get("parameters"), "Parameters", "parameters"),
        flat::table(root.get("output"), "Output", "output"),
    ];
    Some(Workflow {
        steps,
        references,
        tables: tables.into_iter().flatten().collect(),
        reference: spot(file, root.get("ref")),
        label: root.get("label").and_then(Node::as_str).map(str::to_owned),
        description: flat::text(root.get("description")),
    })
}

/// Returns every task in the order of the file, those inside a parallel task behind it.
fn tasks(root: &Node) -> Vec<&Node> {
    let mut all = Vec::new();
    for task in root.get("tasks").map_or(&[][..], Node::items) {
        all.push(task);
        all.extend(tasks(task));
    }
    all
}

/// Returns where a task leads: the condition, and the node that names the next task.
fn transitions(task: &Node) -> Vec<(String, &Node)> {
    let mut all = Vec::new();
    for transition in task.get("next").map_or(&[][..], Node::items) {
        let condition = flat::text(transition.get("when"));
        let targets = transition.get("do").map_or(&[][..], Node::items);
        all.extend(targets.iter().map(|target| (condition.clone(), target)));
    }
    if all.is_empty() {
        all.extend(
            LEGACY_TRANSITIONS.iter().filter_map(|(key, condition)| Some(((*condition).to_owned(), task.get(key)?))),
        );
    }
    all
}
