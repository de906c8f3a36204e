//! Runners: `runners/<directory>/runner.yaml`, one definition or a list of them.

use std::sync::Arc;

use super::action::parameter_wording;
use super::{Declared, Detail, bare, check_pack_field, safe_name};
use crate::diag::Sink;
use crate::ecosystem::stackstorm::codes::UNKNOWN_COMPONENT_KEY;
use crate::ecosystem::stackstorm::document::{METADATA, check_loader, check_shape, require_mapping};
use crate::ecosystem::stackstorm::{parameter_rules, parameters, schemas};
use crate::pack::{Fact, YamlFile};
use crate::yaml::Node;

/// Reads the runners of a file.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    let definitions = if root.is_seq() { root.items() } else { std::slice::from_ref(root) };
    definitions.iter().filter_map(|definition| declare(file, definition, pack, sink)).collect()
}

fn declare(file: &YamlFile<'_>, root: &Node, pack: &str, sink: &mut Sink) -> Option<Declared> {
    if !require_mapping(file, root, "a runner definition", sink) {
        return None;
    }
    check_shape(file, root, &schemas::RUNNER, UNKNOWN_COMPONENT_KEY, parameter_wording("runner_parameters"), sink);
    check_pack_field(file, root, pack, sink);
    let declared = root.get("runner_parameters").filter(|node| node.is_map());
    if let Some(declared) = declared {
        parameter_rules::check(file, declared, None, sink);
    }
    let (name, span) = safe_name(file, root, "name", sink)?;
    let mut component = bare(&super::RUNNER, pack, name, file, root, span);
    name.clone_into(&mut component.reference);
    for (key, label) in [("runner_module", "Module"), ("runner_package", "Package"), ("output_key", "Output key")] {
        component.facts.extend(root.get(key).and_then(Node::as_str).map(|text| Fact { label, value: text.to_owned() }));
    }
    let aliases: Vec<&str> =
        root.get("aliases").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    if !aliases.is_empty() {
        component.facts.push(Fact { label: "Also called", value: aliases.join(", ") });
    }
    if root.get("experimental").and_then(Node::as_bool) == Some(true) {
        component.facts.push(Fact { label: "Experimental", value: "yes".to_owned() });
    }
    let own = declared.map(|declared| parameters::own_fields(declared, None)).unwrap_or_default();
    component.tables.extend(parameters::table("Parameters", "parameters", own));
    component
        .tables
        .extend(root.get("output_schema").and_then(|schema| parameters::schema_table("Output", "output", schema)));
    let names = std::iter::once(name).chain(aliases).map(str::to_owned).collect();
    Some(Declared { component: Arc::new(component), name: span, detail: Detail::Runner(names) })
}
