//! Rules: `rules/*.yaml`.

use std::sync::Arc;

use super::{Declared, Detail, bare, check_pack_field, safe_name};
use crate::diag::{Sink, Span};
use crate::ecosystem::stackstorm::codes::{INVALID_CRITERIA, INVALID_TRIGGER_PARAMETERS, UNKNOWN_COMPONENT_KEY};
use crate::ecosystem::stackstorm::document::{
    METADATA, MOST_REPEATED, Worded, check_loader, check_shape, closest, described, require_mapping,
};
use crate::ecosystem::stackstorm::schemas;
use crate::ecosystem::stackstorm::triggers::{Accepts, OPERATORS, Parameter, built_in};
use crate::ecosystem::stackstorm::values::is_template;
use crate::pack::{Fact, Link, Otherwise, Relation, YamlFile};
use crate::yaml::{Node, Value};

/// What the rules between files need to know of a rule.
#[derive(Debug)]
pub(in crate::ecosystem::stackstorm) struct Rule {
    /// The trigger type, and where it is named.
    pub trigger: Option<(String, Span)>,
    /// Whether it gives parameters to the trigger type: then registration checks nothing.
    pub has_trigger_parameters: bool,
}

/// Reads a rule of the pack.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "a rule file", sink) {
        return Vec::new();
    }
    check_shape(file, root, &schemas::RULE, UNKNOWN_COMPONENT_KEY, criteria_wording, sink);
    check_pack_field(file, root, pack, sink);
    operators(file, root, sink);
    let at = |first: &str, second: &str| root.get(first)?.get(second);
    let trigger = at("trigger", "type").and_then(|node| Some((node.as_str()?, node.span)));
    let parameters = at("trigger", "parameters").filter(|node| node.is_map());
    if let Some((name, span)) = trigger
        && let Some(known) = built_in(name)
    {
        trigger_parameters(file, name, span, known, parameters, sink);
    }
    let Some((name, span)) = safe_name(file, root, "name", sink) else { return Vec::new() };

    let mut component = bare(&super::RULE, pack, name, file, root, span);
    component.enabled = root.get("enabled").and_then(Node::as_bool).unwrap_or(false);
    if let Some((trigger, span)) = trigger {
        component.facts.push(Fact { label: "When", value: when(trigger, parameters) });
        component.links.push(link(Relation::ListensTo, super::TRIGGER.key, trigger, span));
    }
    for (field, criterion) in root.get("criteria").map(Node::entries).unwrap_or_default() {
        component.facts.push(Fact { label: "If", value: condition(&field.key_text(), criterion) });
    }
    if let Some(node) = at("action", "ref")
        && let Some(action) = node.as_str()
    {
        component.facts.push(Fact { label: "Do", value: action.to_owned() });
        component.links.push(link(Relation::Calls, super::ACTION.key, action, node.span));
        for (key, value) in at("action", "parameters").map(Node::entries).unwrap_or_default() {
            component.facts.push(Fact { label: "With", value: format!("{} = {}", key.key_text(), short(value)) });
        }
    }
    component.facts.push(Fact { label: "Enabled", value: if component.enabled { "yes" } else { "no" }.to_owned() });
    let rule = Rule {
        trigger: trigger.map(|(name, span)| (name.to_owned(), span)),
        has_trigger_parameters: parameters.is_some_and(|node| !node.entries().is_empty()),
    };
    vec![Declared { component: Arc::new(component), name: span, detail: Detail::Rule(rule) }]
}

fn link(relation: Relation, kind: &'static str, target: &str, span: Span) -> Link {
    Link { relation, kind, target: target.to_owned(), line: span.line, otherwise: Otherwise::Name }
}

/// Returns text as it is and anything else as compact JSON.
fn short(node: &Node) -> String {
    node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned)
}

fn when(trigger: &str, parameters: Option<&Node>) -> String {
    let given: Vec<String> = parameters
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|(key, value)| format!("{}={}", key.key_text(), short(value)))
        .collect();
    if given.is_empty() { trigger.to_owned() } else { format!("{trigger} ({})", given.join(", ")) }
}

fn condition(field: &str, criterion: &Node) -> String {
    let operator = criterion.get("type").and_then(Node::as_str).unwrap_or("?");
    format!("{field} {operator} {}", criterion.get("pattern").map(short).unwrap_or_default())
}

fn criteria_wording(violation: &crate::pack::schema::Violation, node: &Node) -> Option<Worded> {
    let field = violation.path.get(1)?;
    if violation.path.first()? != "criteria" {
        return None;
    }
    Some(match violation.keyword.as_str() {
        "type" if violation.path.len() == 2 => {
            Worded::new(INVALID_CRITERIA, format!("the criterion `{field}` is {}, not a mapping", described(node)))
                .help("write `type:` and `pattern:` below it")
        }
        "required" | "not" => Worded::new(INVALID_CRITERIA, format!("the criterion `{field}` has no pattern"))
            .help("add `pattern`, even for `exists` (any value will do)"),
        _ => Worded::new(INVALID_CRITERIA, format!("the criterion `{field}`: {}", violation.message)),
    })
}

fn operators(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    let known: Vec<String> = OPERATORS.iter().map(|name| (*name).to_owned()).collect();
    let before = sink.found().len();
    for (field, criterion) in root.get("criteria").map(Node::entries).unwrap_or_default() {
        if sink.found().len() >= before + MOST_REPEATED {
            break;
        }
        let field = field.key_text();
        match criterion.get("type") {
            Some(node) if node.as_str().is_some_and(|name| !OPERATORS.contains(&name)) => {
                let written = node.as_str().unwrap_or_default();
                let draft = sink.report(
                    INVALID_CRITERIA,
                    file.place(node.span),
                    format!("the criterion `{field}` has the unknown operator `{written}`"),
                );
                match closest(written, &known) {
                    Some(close) => draft.help(format!("did you mean `{close}`?")),
                    None => draft.help(format!("one of: {}", OPERATORS.join(", "))),
                };
            }
            None if criterion.is_map() => {
                sink.report(
                    INVALID_CRITERIA,
                    file.place(criterion.span),
                    format!("the criterion `{field}` has no operator"),
                )
                .help("add `type: equals` (or another operator)");
            }
            _ => {}
        }
    }
}

/// Holds the parameters of a built-in trigger type against its closed set.
fn trigger_parameters(
    file: &YamlFile<'_>,
    trigger: &str,
    span: Span,
    known: &[Parameter],
    given: Option<&Node>,
    sink: &mut Sink,
) {
    let entries = given.map(Node::entries).unwrap_or_default();
    for (key, value) in entries.iter().take(MOST_REPEATED) {
        let name = key.key_text();
        match known.iter().find(|parameter| parameter.name == name) {
            None => {
                let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
                let message = format!("`{trigger}` has no parameter `{name}`");
                let help =
                    if names.is_empty() { "it has none".to_owned() } else { format!("it has: {}", names.join(", ")) };
                sink.report(INVALID_TRIGGER_PARAMETERS, file.place(key.span), message).help(help);
            }
            Some(parameter) => {
                if let Some(wanted) = unwanted(parameter.accepts, value) {
                    let message = format!("`{name}` of `{trigger}` is {}", described(value));
                    sink.report(INVALID_TRIGGER_PARAMETERS, file.place(value.span), message).help(wanted);
                }
            }
        }
    }
    for parameter in known.iter().filter(|parameter| parameter.required) {
        if !entries.iter().any(|(key, _)| key.as_str() == Some(parameter.name)) {
            let message = format!("`{trigger}` needs the parameter `{}`", parameter.name);
            let place = file.place(given.map_or(span, |node| node.span));
            sink.report(INVALID_TRIGGER_PARAMETERS, place, message)
                .help(format!("add `{}` to `trigger.parameters`", parameter.name));
        }
    }
}

/// Returns what to write instead of a value that a parameter does not accept.
fn unwanted(accepts: Accepts, value: &Node) -> Option<String> {
    if is_template(value) {
        return None;
    }
    match accepts {
        Accepts::Anything => None,
        Accepts::Text => value.as_str().is_none().then(|| "write text".to_owned()),
        Accepts::Whole => {
            (!matches!(value.value, Value::Int(_))).then(|| "write a whole number, without quotes".to_owned())
        }
        Accepts::Word(words) => {
            value.as_str().is_none_or(|text| !words.contains(&text)).then(|| format!("one of: {}", words.join(", ")))
        }
    }
}
