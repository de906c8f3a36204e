//! Rows and examples for a component's page.

use crate::ecosystem::attune::manifest::readable;
use crate::pack::{Example, Fact, FieldTable};
use crate::yaml::Node;

/// The rows of every kind: label and key, in order.
const ROWS: &[(&str, &str)] = &[
    ("Runner", "runner_type"),
    ("Runtime version", "runtime_version"),
    ("Entry point", "entry_point"),
    ("Workflow", "workflow_file"),
    ("Parameters arrive by", "parameter_delivery"),
    ("Parameter format", "parameter_format"),
    ("Output format", "output_format"),
    ("Time limit in seconds", "timeout_seconds"),
    ("Poll interval in seconds", "poll_interval"),
    ("Runs with permissions", "default_execution_permission_set_refs"),
    ("Uses MCP", "accesses_mcp"),
    ("Visible to", "reference_visibility"),
    ("Trigger", "trigger_ref"),
    ("Action", "action_ref"),
    ("Dispatches to", "dispatch_action"),
    ("Default priority", "default_priority"),
    ("Update strategy", "update_strategy"),
    ("Batch mode", "batch_mode"),
    ("Namespace", "namespace"),
    ("Owner", "owner_ref"),
    ("Aliases", "aliases"),
    ("Visibility", "visibility"),
    ("Tags", "tags"),
];

/// Objects that are shown as JSON.
const OBJECTS: &[(&str, &str)] = &[
    ("Conditions", "conditions"),
    ("Trigger parameters", "trigger_params"),
    ("Action parameters", "action_params"),
    ("Settings", "config"),
];

/// Returns the rows of a component.
pub(super) fn facts(root: &Node, kind: &str) -> Vec<Fact> {
    let mut facts: Vec<Fact> =
        ROWS.iter().filter_map(|(label, key)| Some(Fact { label, value: readable(root.get(key)?)? })).collect();
    if matches!(kind, "rule" | "queue") {
        facts.extend(OBJECTS.iter().filter_map(|(label, key)| {
            let value = root.get(key).filter(|value| !value.entries().is_empty() || !value.items().is_empty())?;
            Some(Fact { label, value: value.to_json().to_string() })
        }));
    }
    match kind {
        "permission-set" => facts.extend(items(root, "grants").filter_map(grant)),
        "policy" => facts.extend(limits(root)),
        "runtime" => facts.extend(items(root, "versions").filter_map(|entry| {
            let is_default = entry.get("is_default").and_then(Node::as_bool) == Some(true);
            let version = entry.get("version")?.scalar_text()?;
            Some(Fact { label: "Version", value: version + if is_default { " (default)" } else { "" } })
        })),
        "dashboard" => facts.extend(items(root, "cards").filter_map(|card| {
            let title = card.get("title").or_else(|| card.get("label")).or_else(|| card.get("id"))?;
            Some(Fact { label: "Card", value: readable(title)? })
        })),
        _ => {}
    }
    facts
}

fn items<'a>(root: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    root.get(key).map_or(&[][..], Node::items).iter()
}

fn grant(grant: &Node) -> Option<Fact> {
    let mut value = format!("{}: {}", readable(grant.get("resource")?)?, readable(grant.get("actions")?)?);
    for (key, limit) in grant.get("constraints").map_or(&[][..], Node::entries) {
        value.push_str(&format!("; {} {}", key.key_text(), readable(limit).unwrap_or_default()));
    }
    Some(Fact { label: "Grants", value })
}

fn limits(root: &Node) -> Vec<Fact> {
    let number = |node: Option<&Node>, key: &str| node.and_then(|node| node.get(key)).and_then(Node::scalar_text);
    let mut facts = Vec::new();
    if let Some(limit) = number(root.get("concurrency"), "limit") {
        facts.push(Fact { label: "At once", value: limit });
    }
    let rate = root.get("rate_limit");
    if let (Some(most), Some(window)) = (number(rate, "max_executions"), number(rate, "window_seconds")) {
        facts.push(Fact { label: "Rate limit", value: format!("{most} executions in {window} seconds") });
    }
    for quota in items(root, "quotas") {
        if let (Some(kind), Some(limit)) = (number(Some(quota), "quota_type"), number(Some(quota), "limit")) {
            facts.push(Fact { label: "Quota", value: format!("{kind}: {limit}") });
        }
    }
    facts
}

/// Returns examples of use: how an action is run and called, how a trigger is waited for.
pub(super) fn examples(kind: &str, reference: &str, parameters: Option<&FieldTable>) -> Vec<Example> {
    let is_plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let parameters = parameters.filter(|table| table.anchor == "parameters");
    let fields = parameters.map(|table| table.fields.unpack()).unwrap_or_default();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required && field.default.is_none() && is_plain(&field.name))
        .map(|field| field.name.as_str())
        .collect();
    match kind {
        "action" => {
            let mut command = format!("attune action execute {reference}");
            let mut task = format!("- name: run_it\n  action: {reference}\n");
            if !required.is_empty() {
                task.push_str("  input:\n");
            }
            for name in required {
                command.push_str(&format!(" --param {name}=VALUE"));
                task.push_str(&format!("    {name}: VALUE\n"));
            }
            vec![
                Example { title: "Run it from the command line".to_owned(), language: "shell", text: command },
                Example { title: "Call it in a workflow".to_owned(), language: "yaml", text: task },
            ]
        }
        "trigger" => {
            let text = format!("ref: my_pack.my_rule\ntrigger_ref: {reference}\naction_ref: my_pack.my_action\n");
            vec![Example { title: "Wait for it in a rule".to_owned(), language: "yaml", text }]
        }
        _ => Vec::new(),
    }
}
