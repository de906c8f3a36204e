//! Tool adapters: the files in `tools/` besides the server.

use super::{ADAPTER, bare, data, documentation, module_name, offer};
use crate::ecosystem::astradesk::layout::stem;
use crate::pack::{Component, Example, Fact};
use crate::python::Module;
use crate::source::FileEntry;

/// An adapter.
#[derive(Debug)]
pub(in crate::ecosystem::astradesk) struct Adapter {
    /// The component.
    pub component: Component,
    /// What flows may call its methods.
    pub methods: Vec<String>,
}

/// Returns the reference of an adapter.
pub(in crate::ecosystem::astradesk) fn reference(domain: &str, module: &str) -> String {
    format!("adapter.{domain}.{module}")
}

/// Reads an adapter.
pub(in crate::ecosystem::astradesk) fn read(
    entry: &FileEntry,
    module: Option<&Module>,
    domain: &str,
) -> Option<Adapter> {
    let name = stem(entry);
    if !Component::is_safe_name(name) {
        return None;
    }
    let mut component = bare(&ADAPTER, name, reference(domain, name), &entry.path, 1);
    component.facts.push(Fact { label: "Module", value: module_name(entry) });
    let Some(module) = module else { return Some(Adapter { component, methods: Vec::new() }) };
    component.description = documentation(module).unwrap_or_default();
    component.tables.extend(offer(module));
    component.tables.extend(data(module));
    let system = name.strip_suffix("_adapter").unwrap_or(name);
    let classes = module.classes.iter().filter(|class| class.is_public());
    let in_classes = classes.flat_map(|class| &class.methods);
    let mut methods: Vec<String> = module
        .functions
        .iter()
        .chain(in_classes)
        .filter(|function| function.is_public())
        .map(|function| format!("{system}.{}", function.name))
        .collect();
    methods.dedup();
    if let Some(first) = methods.first() {
        component.examples.push(Example {
            title: "Use it in a flow".to_owned(),
            language: "yaml",
            text: format!("- id: {system}\n  use: tool.{first}"),
        });
    }
    Some(Adapter { component, methods })
}

/// Tells whether a flow's `tool.<name>` can mean this method: `.` and `_` may be exchanged.
pub(in crate::ecosystem::astradesk) fn is_called(method: &str, name: &str) -> bool {
    method.len() == name.len() && method.replace('.', "_") == name.replace('.', "_")
}
