//! Policies: `policies/*.yaml`.

use std::sync::Arc;

use super::{Declared, Detail, bare, check_pack_field, safe_name};
use crate::diag::Sink;
use crate::ecosystem::stackstorm::codes::{INVALID_POLICY, UNKNOWN_COMPONENT_KEY};
use crate::ecosystem::stackstorm::document::{METADATA, Worded, check_loader, check_shape, described, require_mapping};
use crate::ecosystem::stackstorm::schemas;
use crate::pack::schema::Violation;
use crate::pack::{Fact, Link, Otherwise, Relation, YamlFile};
use crate::yaml::Node;

/// Reads a policy of the pack.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "a policy file", sink) {
        return Vec::new();
    }
    check_shape(file, root, &schemas::POLICY, UNKNOWN_COMPONENT_KEY, wording, sink);
    check_pack_field(file, root, pack, sink);
    let Some((name, span)) = safe_name(file, root, "name", sink) else { return Vec::new() };

    let mut component = bare(&super::POLICY, pack, name, file, root, span);
    if let Some(kind) = root.get("policy_type").and_then(Node::as_str) {
        component.facts.push(Fact { label: "Type", value: kind.to_owned() });
    }
    if let Some(node) = root.get("resource_ref")
        && let Some(target) = node.as_str()
    {
        component.facts.push(Fact { label: "Governs", value: target.to_owned() });
        component.links.push(Link {
            relation: Relation::Governs,
            kind: super::ACTION.key,
            target: target.to_owned(),
            line: node.span.line,
            otherwise: Otherwise::Name,
        });
    }
    for (key, value) in root.get("parameters").map(Node::entries).unwrap_or_default() {
        let value = value.as_str().map_or_else(|| value.to_json().to_string(), str::to_owned);
        component.facts.push(Fact { label: "Parameter", value: format!("{} = {value}", key.key_text()) });
    }
    vec![Declared { component: Arc::new(component), name: span, detail: Detail::Nothing }]
}

fn wording(violation: &Violation, node: &Node) -> Option<Worded> {
    let field = violation.path.first().map(String::as_str);
    match (field, violation.keyword.as_str(), &violation.property) {
        (Some("policy_type"), "enum", _) => Some(
            Worded::new(INVALID_POLICY, format!("the policy type is {}", quoted(node)))
                .help("one of: action.concurrency, action.concurrency.attr, action.retry"),
        ),
        (Some("parameters"), "additionalProperties", Some(property)) => Some(
            Worded::new(INVALID_POLICY, format!("this policy type has no parameter `{property}`")).help("remove it"),
        ),
        (Some("parameters"), "required", Some(property)) => Some(
            Worded::new(INVALID_POLICY, format!("this policy type needs the parameter `{property}`"))
                .help(format!("add `{property}` to `parameters`")),
        ),
        (Some("parameters"), _, _) if violation.path.len() > 1 => {
            Some(Worded::new(INVALID_POLICY, format!("the parameter `{}`: {}", violation.path[1], violation.message)))
        }
        (None, "required", Some(property)) if property == "parameters" => {
            Some(Worded::new(INVALID_POLICY, "this policy type needs `parameters`").help("add them"))
        }
        _ => None,
    }
}

fn quoted(node: &Node) -> String {
    node.as_str().map_or_else(|| described(node), |text| format!("`{text}`"))
}
