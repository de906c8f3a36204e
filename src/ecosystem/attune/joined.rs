//! A pack's parts, parsed and joined: actions with the workflows they name.

use std::collections::HashMap;
use std::sync::Arc;

use super::codes::ATTUNE_WORKFLOW_FILE;
use super::components::{self, Declared, Reference, kinds, workflow};
use crate::diag::Sink;
use crate::ident::RelPath;
use crate::pack::{Component, PackTree};
use workflow::Workflow;

/// The component files of a pack, and the workflows that belong to them.
pub(super) struct Joined {
    pub(super) declared: Vec<Arc<Declared>>,
    /// The workflow of each action that has one, by index of `declared`.
    pub(super) workflows: HashMap<usize, Arc<Workflow>>,
    /// The workflows of the root directory `workflows/`, each with its file.
    pub(super) legacy: Vec<(RelPath, Arc<Workflow>)>,
}

impl Joined {
    /// Reads the components of a pack named `pack`, and the workflows that they name.
    pub(super) fn read(tree: &PackTree<'_>, pack: &str, sink: &mut Sink) -> Self {
        let declared = components::read(tree, pack, sink);
        let mut workflows = HashMap::new();
        for (at, declared) in declared.iter().enumerate() {
            let Some(file) = &declared.workflow_file else { continue };
            let path = components::resolve("actions", &file.text).filter(|path| path.starts_with("actions/workflows/"));
            let Some(path) = path else {
                let message = format!("`workflow_file` is `{}`, outside `actions/workflows/`", file.text);
                sink.report(ATTUNE_WORKFLOW_FILE, file.place.clone(), message)
                    .help("write a path that starts with `workflows/`; it is looked for below `actions/`");
                continue;
            };
            match tree.get(&path) {
                Some(entry) => {
                    workflows.extend(workflow::read(tree, entry, sink).map(|workflow| (at, workflow)));
                }
                None => {
                    let message = format!("the workflow `{}` does not exist", file.text);
                    sink.report(ATTUNE_WORKFLOW_FILE, file.place.clone(), message)
                        .help(format!("add the file `{path}`"));
                }
            }
        }
        let legacy = tree
            .directly_in("workflows")
            .filter(|entry| components::is_yaml(entry))
            .filter_map(|entry| Some((entry.path.clone(), workflow::read_legacy(tree, entry, sink)?)))
            .collect();
        Self { declared, workflows, legacy }
    }

    /// Returns every reference of a component that is loaded.
    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        let of_workflows = (0..self.declared.len()).filter_map(|at| self.workflows.get(&at));
        self.declared
            .iter()
            .flat_map(|declared| &declared.references)
            .chain(of_workflows.flat_map(|workflow| &workflow.references))
    }

    /// Returns the components, sorted by kind, then by name.
    ///
    /// Those of unchanged files are shared between the revisions of a pack; one that depends on another file is a copy.
    pub(super) fn components(&self, tree: &PackTree<'_>, pack: &str) -> Vec<Arc<Component>> {
        let mut all = Vec::with_capacity(self.declared.len() + self.legacy.len());
        for (at, declared) in self.declared.iter().enumerate() {
            let Some(component) = &declared.component else { continue };
            let is_there = |path: &RelPath| tree.get(path.as_str()).is_some();
            if let Some(workflow) = self.workflows.get(&at) {
                all.push(Arc::new(with_workflow(component, declared, workflow)));
            } else if component.entry_point.as_ref().is_none_or(is_there) {
                all.push(Arc::clone(component));
            } else {
                all.push(Arc::new(Component { entry_point: None, ..Component::clone(component) }));
            }
        }
        all.extend(self.legacy.iter().filter_map(|(path, workflow)| legacy(path, workflow, pack)).map(Arc::new));
        let rank = |component: &Component| kinds::COMPONENT_KINDS.iter().position(|kind| *kind == component.kind);
        all.sort_by(|a, b| (rank(a), &a.name, &a.file).cmp(&(rank(b), &b.name, &b.file)));
        // Two of one name would be one page: the first file counts, and the second is reported.
        all.dedup_by(|b, a| a.kind == b.kind && a.name == b.name);
        all
    }
}

/// Returns an action with what its workflow says.
fn with_workflow(component: &Component, declared: &Declared, workflow: &Workflow) -> Component {
    let mut component = Component::clone(component);
    let file = declared.workflow_file.as_ref();
    component.entry_point = file.and_then(|file| components::resolve("actions", &file.text)).map(RelPath::composed);
    component.links.extend(components::links(&workflow.references));
    component.steps.clone_from(&workflow.steps);
    for table in &workflow.tables {
        if !component.tables.iter().any(|own| own.anchor == table.anchor) {
            component.tables.push(table.clone());
        }
    }
    component
}

/// Returns a workflow of the root directory `workflows/` as a component, when it has a usable `ref`.
fn legacy(path: &RelPath, workflow: &Workflow, pack: &str) -> Option<Component> {
    let reference = workflow.reference.as_ref()?;
    let name = reference.text.strip_prefix(pack)?.strip_prefix('.').filter(|name| Component::is_safe_name(name))?;
    Some(Component {
        kind: &kinds::WORKFLOW,
        name: name.to_owned(),
        reference: reference.text.clone(),
        title: workflow.label.clone(),
        description: workflow.description.clone(),
        file: path.clone(),
        line: reference.place.span.map_or(1, |span| span.line),
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: workflow.tables.clone(),
        links: components::links(&workflow.references).collect(),
        steps: workflow.steps.clone(),
        examples: Vec::new(),
    })
}
