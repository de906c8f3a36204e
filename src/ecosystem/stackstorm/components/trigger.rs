//! Trigger types: `triggers/*.yaml`, and each of a sensor's `trigger_types`.

use std::sync::Arc;

use super::{Declared, Detail, bare, check_pack_field, safe_name};
use crate::diag::Sink;
use crate::ecosystem::stackstorm::codes::IGNORED_KEY;
use crate::ecosystem::stackstorm::document::{
    METADATA, MOST_REPEATED, check_loader, check_shape, closest, require_mapping,
};
use crate::ecosystem::stackstorm::{parameters, schemas};
use crate::pack::YamlFile;
use crate::yaml::Node;

/// Reads a trigger type of the pack.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "a trigger file", sink) {
        return Vec::new();
    }
    check_shape(file, root, &schemas::TRIGGER, IGNORED_KEY, |_, _| None, sink);
    declare(file, root, pack, sink).into_iter().collect()
}

/// Returns the trigger type that a mapping declares.
pub(super) fn declare(file: &YamlFile<'_>, root: &Node, pack: &str, sink: &mut Sink) -> Option<Declared> {
    check_pack_field(file, root, pack, sink);
    report_ignored(file, root, &schemas::TRIGGER.keys, "trigger type", sink);
    let (name, span) = safe_name(file, root, "name", sink)?;
    let mut component = bare(&super::TRIGGER, pack, name, file, root, span);
    component.enabled = true;
    let table = |title, anchor, key| root.get(key).and_then(|schema| parameters::schema_table(title, anchor, schema));
    component.tables.extend(table("Payload", "payload", "payload_schema"));
    component.tables.extend(table("Parameters", "parameters", "parameters_schema"));
    Some(Declared { component: Arc::new(component), name: span, detail: Detail::Nothing })
}

/// Reports the keys of a sensor or trigger type that the runtime drops.
pub(super) fn report_ignored(file: &YamlFile<'_>, root: &Node, known: &[String], what: &str, sink: &mut Sink) {
    let unknown = root.entries().iter().map(|(key, _)| (key, key.key_text())).filter(|(_, name)| !known.contains(name));
    for (key, name) in unknown.take(MOST_REPEATED) {
        let draft = sink.report(
            IGNORED_KEY,
            file.place(key.span),
            format!("`{name}` means nothing in a {what}: it is dropped"),
        );
        match closest(&name, known).or_else(|| name.starts_with("payload").then_some("payload_schema")) {
            Some(close) => draft.help(format!("did you mean `{close}`?")),
            None => draft.help("remove it"),
        };
    }
}
