//! Actions: `actions/*.yaml`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Declared, Detail, EntryPoint, bare, check_pack_field, entry_point, safe_name};
use crate::diag::{Sink, Span};
use crate::ecosystem::stackstorm::codes::{
    INVALID_PARAMETER_NAME, INVALID_PARAMETER_SCHEMA, REMOVED_RUNNER, UNKNOWN_COMPONENT_KEY,
};
use crate::ecosystem::stackstorm::document::{self, METADATA, Worded, check_loader, check_shape, require_mapping};
use crate::ecosystem::stackstorm::runners::Needs;
use crate::ecosystem::stackstorm::{parameter_rules, parameters, runners, schemas};
use crate::pack::schema::Violation;
use crate::pack::{Example, Fact, Field, YamlFile};
use crate::yaml::Node;

/// What the rules between files need to know of an action.
#[derive(Debug)]
pub(in crate::ecosystem::stackstorm) struct Action {
    /// The runner's name, and where it is named.
    pub runner: Option<(String, Span)>,
    /// What that runner runs, when the runtime ships it.
    pub needs: Option<Needs>,
    /// The file that it runs.
    pub entry_point: Option<EntryPoint>,
    /// The parameters it declares; what its runner adds is not among them.
    pub parameters: BTreeSet<String>,
}

/// Reads an action of the pack.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "an action file", sink) {
        return Vec::new();
    }
    check_shape(file, root, &schemas::ACTION, UNKNOWN_COMPONENT_KEY, parameter_wording("parameters"), sink);
    check_pack_field(file, root, pack, sink);
    let runner_node = root.get("runner_type");
    let runner_name = runner_node.and_then(Node::as_str).unwrap_or_default();
    let runner = runners::by_name(runner_name);
    if let (Some(successor), Some(node)) = (runners::successor(runner_name), runner_node) {
        sink.report(
            REMOVED_RUNNER,
            file.place(node.span),
            format!("the runtime has dropped the runner `{runner_name}`"),
        )
        .help(format!("use `{successor}`"));
    }
    let declared = root.get("parameters").filter(|node| node.is_map());
    if let Some(declared) = declared {
        parameter_rules::check(file, declared, runner, sink);
    }
    let entry = entry_point(file, root, "actions", sink);
    let Some((name, span)) = safe_name(file, root, "name", sink) else { return Vec::new() };

    let mut component = bare(&super::ACTION, pack, name, file, root, span);
    if !runner_name.is_empty() {
        component.facts.push(Fact { label: "Runner", value: runner_name.to_owned() });
    }
    if let Some(written) = root.get("entry_point").and_then(Node::as_str).filter(|text| !text.is_empty()) {
        component.facts.push(Fact { label: "Entry point", value: written.to_owned() });
    }
    component.facts.extend(notify_facts(root));
    component.entry_point = entry.as_ref().map(|entry| entry.path.clone());
    let own = declared.map(|declared| parameters::own_fields(declared, runner)).unwrap_or_default();
    component.examples.push(run_example(&component.reference, &own));
    component.tables.extend(parameters::table("Parameters", "parameters", own));
    component.tables.extend(runner.and_then(|runner| parameters::runner_table(declared, runner)));
    component
        .tables
        .extend(root.get("output_schema").and_then(|schema| parameters::schema_table("Output", "output", schema)));
    let action = Action {
        runner: runner_node.filter(|_| !runner_name.is_empty()).map(|node| (runner_name.to_owned(), node.span)),
        needs: runner.map(|runner| runner.needs),
        entry_point: entry,
        parameters: declared
            .map(|declared| declared.entries().iter().map(|(key, _)| key.key_text()).collect())
            .unwrap_or_default(),
    };
    vec![Declared { component: Arc::new(component), name: span, detail: Detail::Action(action) }]
}

/// Words violations below a mapping of parameter schemas; those elsewhere keep the general wording.
pub(in crate::ecosystem::stackstorm) fn parameter_wording(
    key: &'static str,
) -> impl Fn(&Violation, &Node) -> Option<Worded> {
    move |violation, node| {
        let below = violation.path.first().is_some_and(|first| first == key);
        if !below || (violation.path.len() == 1 && violation.keyword == "type") {
            return None;
        }
        Some(schema_fault(&violation.path[1..], violation, node, INVALID_PARAMETER_NAME, INVALID_PARAMETER_SCHEMA))
    }
}

/// Words a violation inside a mapping of parameter schemas; `path` is the way to it from there.
pub(in crate::ecosystem::stackstorm) fn schema_fault(
    path: &[String],
    violation: &Violation,
    node: &Node,
    bad_name: crate::diag::Code,
    bad_schema: crate::diag::Code,
) -> Worded {
    let Some(name) = path.first() else {
        return match violation.keyword.as_str() {
            "minProperties" => {
                Worded::new(bad_schema, "there is no setting at all").help("describe one, or remove the file")
            }
            _ => Worded::new(
                bad_name,
                format!("a name here is not made of letters, digits and `_`: {}", violation.message),
            )
            .help("rename it: a template must be able to name it"),
        };
    };
    let at = document::field_name(&path[1..]);
    let what = if at.is_empty() { format!("`{name}`") } else { format!("`{name}`: `{at}`") };
    match (violation.keyword.as_str(), &violation.property) {
        ("additionalProperties", Some(property)) => {
            let known: Vec<String> = parameters::KEYWORDS.iter().map(|keyword| (*keyword).to_owned()).collect();
            let worded =
                Worded::new(bad_schema, format!("`{property}` in `{name}` is not a keyword of parameter schemas"));
            match document::closest(property, &known) {
                Some(close) => worded.help(format!("did you mean `{close}`?")),
                None => worded.help("remove it: the list of keywords is closed at this level"),
            }
        }
        ("type", _) if path.last().is_some_and(|key| key == "required") && node.is_seq() => {
            Worded::new(bad_schema, format!("{what} is a list, as in JSON Schema Draft 4"))
                .help("write `required: true` in each property that is required")
        }
        ("type", _) => {
            let worded = Worded::new(bad_schema, format!("{what} is {}", document::described(node)));
            match violation.expected[..] {
                [] => worded,
                _ => worded.help(format!("it must be of type {}", violation.expected.join(" or "))),
            }
        }
        ("enum", _) if path.last().is_some_and(|key| key == "type") => {
            let written = node.scalar_text().map_or_else(|| node.kind().to_owned(), |text| format!("`{text}`"));
            Worded::new(bad_schema, format!("the type of `{name}` is {written}"))
                .help("one of: array, boolean, integer, null, number, object, string")
        }
        ("dependentRequired", _) => Worded::new(bad_schema, format!("{what}: {}", violation.message))
            .help("`exclusiveMaximum` needs `maximum`, `exclusiveMinimum` needs `minimum`"),
        _ => Worded::new(bad_schema, format!("{what}: {}", violation.message)),
    }
}

fn notify_facts(root: &Node) -> impl Iterator<Item = Fact> {
    let notify = root.get("notify");
    [
        ("on-complete", "Notifies on completion"),
        ("on-failure", "Notifies on failure"),
        ("on-success", "Notifies on success"),
    ]
    .into_iter()
    .filter_map(move |(key, label)| {
        let settings = notify?.get(key)?;
        let routes = settings.get("routes").or_else(|| settings.get("channels"))?;
        let routes: Vec<&str> = routes.items().iter().filter_map(Node::as_str).collect();
        (!routes.is_empty()).then(|| Fact { label, value: routes.join(", ") })
    })
}

/// Returns the command line that runs an action, with every parameter that it cannot do without.
fn run_example(reference: &str, fields: &[Field]) -> Example {
    let mut text = format!("st2 run {reference}");
    let needed = |field: &&Field| field.required && field.default.is_none() && !field.fixed;
    for field in fields.iter().filter(needed) {
        text.push_str(&format!(" {}={}", field.name, placeholder(field)));
    }
    Example { title: "Run it from the command line".to_owned(), language: "shell", text }
}

/// Returns a value that shows what a parameter takes.
fn placeholder(field: &Field) -> String {
    if field.secret {
        return "'…'".to_owned();
    }
    let allowed = field.allowed.first().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    match (allowed, field.type_text.as_str()) {
        (Some(serde_json::Value::String(text)), _)
            if text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) =>
        {
            text
        }
        (_, "integer" | "number") => "1".to_owned(),
        (_, "boolean") => "true".to_owned(),
        (_, "object") => "'{}'".to_owned(),
        (_, kind) if kind.starts_with("array") => "'a,b'".to_owned(),
        _ => "'…'".to_owned(),
    }
}
