//! Flows: `flows/*.yaml` in AstraDSL.

use super::{FLOW, bare, cron};
use crate::diag::{Sink, Span};
use crate::ecosystem::astradesk::codes::{
    ASTRADESK_FLOW_SHAPE, ASTRADESK_FLOW_STEP_DUPLICATE, ASTRADESK_FLOW_VARIABLE, ASTRADESK_FLOW_YAML,
};
use crate::ecosystem::astradesk::place::{MOST_REPEATED, closest};
use crate::ecosystem::astradesk::schemas;
use crate::pack::schema::Violation;
use crate::pack::{Component, Fact, Step, YamlFault, YamlFile};
use crate::yaml::{Node, Value};

/// Most steps of a flow that are looked at.
const MOST_STEPS: usize = 1000;

/// A flow.
#[derive(Debug)]
pub(in crate::ecosystem::astradesk) struct Flow {
    /// The component, without links.
    pub component: Component,
    /// What its steps use.
    pub uses: Vec<Use>,
}

/// What a step uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ecosystem::astradesk) struct Use {
    /// The text: `tool.<name>` or `agent.<domain>.<module>`.
    pub target: String,
    /// Where it stands.
    pub span: Span,
}

/// Reports a flow that gave no tree.
pub(in crate::ecosystem::astradesk) fn unreadable(sink: &mut Sink, fault: YamlFault) {
    sink.report(ASTRADESK_FLOW_YAML, fault.place, fault.message)
        .help("check the indentation: every key of a list item stands below its first one");
}

/// Reads a flow of the pack of a domain; `stem` is the file's name without its ending.
pub(in crate::ecosystem::astradesk) fn read(file: &YamlFile<'_>, domain: &str, stem: &str, sink: &mut Sink) -> Flow {
    let root = &file.yaml.root;
    check(file, root, sink);
    let id = root.get("flow").and_then(Node::as_str);
    let name = id.filter(|id| Component::is_safe_name(id)).unwrap_or(stem);
    let line = root.entry("flow").map_or(1, |(key, _)| key.span.line);
    let mut component = bare(&FLOW, name, reference(domain, name), file.path, line);
    component.description = root.get("description").and_then(Node::as_str).unwrap_or_default().to_owned();
    component.facts = facts(root);
    let steps = || root.get("steps").map(Node::items).unwrap_or_default().iter().take(MOST_STEPS);
    let id_of = |step: &Node| step.get("id").and_then(Node::scalar_text).unwrap_or_default();
    let text = |node: Option<&Node>| node.and_then(Node::scalar_text);
    for (at, step) in steps().enumerate() {
        let next = steps().nth(at + 1).map(|next| (text(next.get("when")).unwrap_or_default(), id_of(next)));
        component.steps.push(Step {
            name: id_of(step),
            action: text(step.get("use")),
            next: next.into_iter().collect(),
        });
    }
    let uses = steps().filter_map(|step| {
        let node = step.get("use")?;
        Some(Use { target: node.as_str()?.to_owned(), span: node.span })
    });
    Flow { component, uses: uses.collect() }
}

/// Returns a flow of which only the lines that say what it uses could be read: it is no YAML.
pub(in crate::ecosystem::astradesk) fn salvaged(
    text: &str,
    path: &crate::ident::RelPath,
    domain: &str,
    stem: &str,
) -> Flow {
    let mut component = bare(&FLOW, stem, reference(domain, stem), path, 1);
    component.facts.push(Fact { label: "State", value: "not valid YAML: only what its steps use is shown".to_owned() });
    let mut uses = Vec::new();
    for (at, line) in text.lines().enumerate().take(20_000) {
        let Some(rest) = line.trim_start().trim_start_matches("- ").trim_start().strip_prefix("use:") else { continue };
        let target = rest.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
        if is_use(target) && uses.len() < MOST_STEPS {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            uses.push(Use { target: target.to_owned(), span: Span { line, column: 1, end_line: line, end_column: 1 } });
        }
    }
    Flow { component, uses }
}

/// Tells whether text has the form of something that a step can use.
fn is_use(text: &str) -> bool {
    text.strip_prefix("tool.").is_some_and(|name| !name.is_empty())
        || text.strip_prefix("agent.").is_some_and(|rest| rest.contains('.'))
}

fn reference(domain: &str, name: &str) -> String {
    format!("flow.{domain}.{name}")
}

fn facts(root: &Node) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact { label, value });
        }
    };
    let text = |path: &[&str]| {
        let mut node = root;
        for key in path {
            node = node.get(key)?;
        }
        node.scalar_text()
    };
    let trigger = text(&["trigger", "type"]).map(|kind| {
        let detail = text(&["trigger", "expr"]).or_else(|| text(&["trigger", "endpoint"]));
        detail.map_or_else(|| kind.clone(), |detail| format!("{kind} {detail}"))
    });
    add("Trigger", trigger);
    add("Version", text(&["version"]));
    let retry = text(&["policies", "retry", "max"]).map(|max| {
        let backoff = text(&["policies", "retry", "backoff"]);
        backoff.map_or_else(|| format!("at most {max}"), |backoff| format!("at most {max}, {backoff}"))
    });
    add("Retries", retry);
    add("Personal data", text(&["policies", "pii"]));
    let guardrails = root.get("policies").and_then(|policies| policies.get("guardrails"));
    add(
        "Guardrails",
        guardrails.map(|list| list.items().iter().filter_map(Node::scalar_text).collect::<Vec<_>>().join(", ")),
    );
    for output in root.get("outputs").map(Node::items).unwrap_or_default().iter().take(20) {
        let part = |key: &str| output.get(key).and_then(Node::scalar_text);
        let Some(kind) = part("type") else { continue };
        let format = part("format").map(|format| format!(" ({format})")).unwrap_or_default();
        let target = part("target").map(|target| format!(" to {target}")).unwrap_or_default();
        add("Output", Some(format!("{kind}{format}{target}")));
    }
    facts
}

fn check(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    for (later, first, key) in file.yaml.duplicate_keys.iter().take(MOST_REPEATED) {
        let message = format!("the key `{key}` occurs twice in this mapping");
        sink.report(ASTRADESK_FLOW_SHAPE, file.place(*later), message)
            .help("keep one of them")
            .related("it is here first", file.place(*first));
    }
    let violations = schemas::FLOW.violations_in(file.yaml, root, Node::to_json);
    for violation in violations.iter().take(MOST_REPEATED) {
        let (message, help) = worded(violation, root);
        let draft = sink.report(ASTRADESK_FLOW_SHAPE, file.place(violation.node(root).span), message);
        if let Some(help) = help {
            draft.help(help);
        }
    }
    let trigger = root.get("trigger");
    if let Some(expression) = trigger.and_then(|trigger| trigger.get("expr"))
        && let Some(fault) = expression.as_str().and_then(cron::fault)
    {
        let message = format!("`{}` is no cron expression: {fault}", expression.key_text());
        sink.report(ASTRADESK_FLOW_SHAPE, file.place(expression.span), message)
            .help("write minute, hour, day of the month, month and day of the week, such as `*/15 * * * *`");
    }
    check_steps(file, root, sink);
}

/// Words a violation of the flow schema.
fn worded(violation: &Violation, root: &Node) -> (String, Option<String>) {
    let field = violation.path.join(".");
    let whole = if field.is_empty() { "the flow".to_owned() } else { format!("`{field}`") };
    let node = violation.node(root);
    match (violation.keyword.as_str(), &violation.property) {
        ("required", Some(property)) => (format!("{whole} has no `{property}`"), Some(format!("add `{property}: …`"))),
        ("additionalProperties", Some(property)) => {
            let known: &[&str] = match violation.path.first().map(String::as_str) {
                None => &["flow", "version", "description", "trigger", "steps", "policies", "outputs"],
                Some("steps") => &["id", "use", "description", "with", "input", "params", "when"],
                Some("trigger") => &["type", "expr", "endpoint"],
                _ => &["retry", "pii", "guardrails", "max", "backoff", "type", "format", "target"],
            };
            let help = closest(property, known.iter().copied()).map(|close| format!("did you mean `{close}`?"));
            let message = format!("`{property}` is not a key that flows have here");
            (message, help.or_else(|| Some("remove it".to_owned())))
        }
        ("pattern", _) if field == "flow" => (
            format!("`{}` is not usable as a flow's identifier", node.key_text()),
            Some("use lowercase letters, digits and `_`".to_owned()),
        ),
        ("pattern", _) if field.ends_with("endpoint") => (
            format!("the endpoint `{}` does not start with `/`", node.key_text()),
            Some(format!("write `/{}`", node.key_text())),
        ),
        ("pattern", _) if field.ends_with("use") => (
            format!("`{}` names neither a tool nor an agent", node.key_text()),
            Some("write `tool.<name>` or `agent.<domain>.<module>`".to_owned()),
        ),
        ("enum", _) if field == "trigger.type" => {
            (format!("`{}` is no type of trigger", node.key_text()), Some("write `cron` or `webhook`".to_owned()))
        }
        ("type", _) => (format!("{whole} is {}, not {}", node.kind(), violation.expected.join(" or ")), None),
        ("minItems", _) => ("the flow has no steps".to_owned(), Some("add one".to_owned())),
        _ => (format!("{whole}: {}", violation.message), None),
    }
}

/// Requires steps to have different names and to use what earlier ones gave.
fn check_steps(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    let mut earlier: Vec<(String, Span)> = Vec::new();
    let before = sink.found().len();
    let full = |sink: &Sink| sink.found().len() >= before + MOST_REPEATED;
    for step in root.get("steps").map(Node::items).unwrap_or_default().iter().take(MOST_STEPS) {
        for key in ["with", "input", "params", "when"] {
            if let Some(node) = step.get(key).filter(|_| !full(sink)) {
                check_variables(file, node, &earlier, sink);
            }
        }
        let Some((id, span)) = step.get("id").and_then(|id| Some((id.scalar_text()?, id.span))) else { continue };
        if let Some((_, first)) = earlier.iter().find(|(other, _)| *other == id) {
            if !full(sink) {
                sink.report(ASTRADESK_FLOW_STEP_DUPLICATE, file.place(span), format!("there are two steps `{id}`"))
                    .help("rename one: `${…}` names steps")
                    .related("it is here first", file.place(*first));
            }
        } else {
            earlier.push((id, span));
        }
    }
    if let Some(outputs) = root.get("outputs").filter(|_| !full(sink)) {
        check_variables(file, outputs, &earlier, sink);
    }
}

fn check_variables(file: &YamlFile<'_>, node: &Node, earlier: &[(String, Span)], sink: &mut Sink) {
    let mut waiting = vec![node];
    let mut left = MOST_REPEATED;
    while let Some(node) = waiting.pop() {
        match &node.value {
            Value::Seq(items) => waiting.extend(items.iter().rev()),
            Value::Map(entries) => waiting.extend(entries.iter().rev().map(|(_, value)| value)),
            Value::Str(text) => {
                for name in variables(text) {
                    if matches!(name, "item" | "now") || earlier.iter().any(|(id, _)| id == name) || left == 0 {
                        continue;
                    }
                    left -= 1;
                    let message = format!("`${{{name}…}}` is no step above this one");
                    let draft = sink.report(ASTRADESK_FLOW_VARIABLE, file.place(node.span), message);
                    match closest(name, earlier.iter().map(|(id, _)| id.as_str())) {
                        Some(close) => draft.help(format!("did you mean `{close}`?")),
                        None => draft.help("name an earlier step, `item` or `now`"),
                    };
                }
            }
            _ => {}
        }
    }
}

/// Returns the first segment of every `${…}` in a text.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once('}')?;
        Some(inside.trim().split(['.', '[', ' ', '|']).next().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn variables_are_told_by_their_first_segment() {
        let found: Vec<&str> = variables("${fetch.items} and ${ now } ${item.a.b}, not $x or ${open").collect();
        assert_eq!(found, ["fetch", "now", "item"]);
    }
}
