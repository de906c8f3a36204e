//! Agents: `agents/*.py`.

use super::{AGENT, bare, data, documentation, module_name, offer};
use crate::diag::{Place, Sink};
use crate::ecosystem::astradesk::codes::ASTRADESK_AGENT_UNDOCUMENTED;
use crate::ecosystem::astradesk::layout::stem;
use crate::pack::{Component, Example, Fact, Link, Otherwise, Relation};
use crate::python::Module;
use crate::source::FileEntry;

/// Returns the reference of an agent.
pub(in crate::ecosystem::astradesk) fn reference(domain: &str, module: &str) -> String {
    format!("agent.{domain}.{module}")
}

/// Reads an agent; `adapters` are the modules of the pack's adapters with their references.
pub(in crate::ecosystem::astradesk) fn read(
    entry: &FileEntry,
    module: Option<&Module>,
    domain: &str,
    adapters: &[(String, String)],
    sink: &mut Sink,
) -> Option<Component> {
    let name = stem(entry);
    if !Component::is_safe_name(name) {
        return None;
    }
    let mut component = bare(&AGENT, name, reference(domain, name), &entry.path, 1);
    component.facts.push(Fact { label: "Module", value: module_name(entry) });
    component.examples.push(Example {
        title: "Use it in a flow".to_owned(),
        language: "yaml",
        text: format!("- id: {name}\n  use: {}\n  input: ${{previous.items}}", component.reference),
    });
    let Some(module) = module else { return Some(component) };
    match documentation(module) {
        Some(text) => component.description = text,
        None => {
            let message = format!("the agent `{name}` has no docstring");
            sink.report(ASTRADESK_AGENT_UNDOCUMENTED, Place::file(entry.path.as_str()), message)
                .help("begin the file with a docstring that says what the agent decides");
        }
    }
    component.tables.extend(offer(module));
    component.tables.extend(data(module));
    for import in &module.imports {
        // `from domain_x.tools.jira_adapter import …` and `from domain_x.tools import jira_adapter`.
        let imported = import.names.iter().map(|name| format!("{}.{name}", import.module));
        for path in std::iter::once(import.module.clone()).chain(imported) {
            let found = adapters.iter().find(|(adapter, _)| {
                path.rsplit_once("tools.")
                    .is_some_and(|(before, rest)| rest == adapter && (before.is_empty() || before.ends_with('.')))
            });
            if let Some((_, target)) = found
                && component.links.iter().all(|link| link.target != *target)
            {
                component.links.push(Link {
                    relation: Relation::Uses,
                    kind: super::ADAPTER.key,
                    target: target.clone(),
                    line: import.span.line,
                    otherwise: Otherwise::Name,
                });
            }
        }
    }
    Some(component)
}
