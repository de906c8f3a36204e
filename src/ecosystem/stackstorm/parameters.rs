//! Parameter schemas: the runtime's dialect of JSON Schema Draft 4, as tables of fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use super::runners::{self, Parameter, Runner};
use super::values::is_required;
use crate::pack::schema::bounds;
use crate::pack::{Field, FieldTable};
use crate::yaml::{Node, Value};

/// Lists the keywords of the dialect.
pub(super) const KEYWORDS: &[&str] = &[
    "id",
    "$schema",
    "title",
    "description",
    "default",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "additionalItems",
    "items",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "secret",
    "additionalProperties",
    "definitions",
    "properties",
    "patternProperties",
    "dependencies",
    "enum",
    "type",
    "position",
    "immutable",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
];

/// Returns the parameters that an author declares, merged with what the runner declares of the same names.
///
/// Those with a position come first, in its order; the others follow in the order of the file.
pub(super) fn own_fields(parameters: &Node, runner: Option<&Runner>) -> Vec<Field> {
    let mut fields: Vec<Field> = last_entries(parameters)
        .map(|(key, schema)| {
            let name = key.key_text();
            let inherited = runner.and_then(|runner| runner.parameter(&name));
            merged(name, schema, inherited)
        })
        .collect();
    fields.sort_by_key(|field| field.position.unwrap_or(i64::MAX));
    fields
}

/// Returns a table, if there is anything in it.
pub(super) fn table(title: &'static str, anchor: &'static str, fields: Vec<Field>) -> Option<Arc<FieldTable>> {
    (!fields.is_empty())
        .then(|| Arc::new(FieldTable { title: title.into(), anchor: anchor.into(), fields: fields.into() }))
}

/// Returns the table of the parameters that come from the runner alone; actions that declare none of them share one table.
pub(super) fn runner_table(parameters: Option<&Node>, runner: &'static Runner) -> Option<Arc<FieldTable>> {
    static WHOLE: LazyLock<BTreeMap<&str, Option<Arc<FieldTable>>>> = LazyLock::new(|| {
        runners::RUNNERS.iter().map(|runner| (runner.name, inherited_table(runner, |_| true))).collect()
    });
    let own = |name: &str| parameters.is_some_and(|parameters| parameters.get(name).is_some());
    if runner.parameters.iter().any(|parameter| own(parameter.name)) {
        return inherited_table(runner, |parameter| !own(parameter.name));
    }
    WHOLE.get(runner.name).cloned().flatten()
}

fn inherited_table(runner: &Runner, which: impl Fn(&&Parameter) -> bool) -> Option<Arc<FieldTable>> {
    let fields: Vec<Field> = runner.parameters.iter().filter(which).map(inherited_field).collect();
    table("Runner parameters", "runner-parameters", fields)
}

/// Returns the table of a whole schema (`type: object` with `properties`) or of a flat mapping from name to schema.
pub(super) fn schema_table(title: &'static str, anchor: &'static str, schema: &Node) -> Option<Arc<FieldTable>> {
    let whole = schema.get("properties").is_some_and(Node::is_map) || schema.get("type").is_some_and(|t| !t.is_map());
    let fields = if whole {
        nested_fields(schema)
    } else {
        last_entries(schema).filter(|(_, node)| node.is_map()).map(|(key, node)| field(key.key_text(), node)).collect()
    };
    table(title, anchor, fields)
}

/// Returns a runner's parameter as a field.
fn inherited_field(parameter: &Parameter) -> Field {
    Field {
        name: parameter.name.to_owned(),
        type_text: parameter.kind.to_owned(),
        required: parameter.required && parameter.default.is_none(),
        secret: parameter.secret,
        fixed: parameter.immutable,
        default: parameter.default.filter(|text| *text != "null").map(str::to_owned),
        allowed: parameter.allowed.iter().map(|text| (*text).to_owned()).collect(),
        ..Field::default()
    }
}

/// Returns an action's parameter, with what it does not say taken from the runner's, as the runtime merges them.
fn merged(name: String, schema: &Node, inherited: Option<&Parameter>) -> Field {
    let mut field = field(name, schema);
    let Some(inherited) = inherited.map(inherited_field) else { return field };
    if field.type_text.is_empty() {
        field.type_text = inherited.type_text;
    }
    if schema.get("default").is_none() {
        field.default = inherited.default;
    }
    if schema.get("required").is_none() {
        field.required = inherited.required && field.default.is_none();
    }
    if schema.get("immutable").is_none() {
        field.fixed = inherited.fixed;
    }
    if field.allowed.is_empty() {
        field.allowed = inherited.allowed;
    }
    field.secret |= inherited.secret;
    field
}

/// Returns one parameter. Recursive, but the gate bounds the depth.
pub(super) fn field(name: String, schema: &Node) -> Field {
    let text = |key: &str| schema.get(key).and_then(Node::scalar_text).filter(|_| !is_null(schema.get(key)));
    let flag = |key: &str| schema.get(key).and_then(Node::as_bool) == Some(true);
    Field {
        name,
        type_text: type_text(schema),
        required: is_required(schema),
        secret: flag("secret"),
        fixed: flag("immutable"),
        default: schema.get("default").filter(|node| !node.is_null()).map(|node| node.to_json().to_string()),
        allowed: schema
            .get("enum")
            .map(|node| node.items().iter().map(|item| item.to_json().to_string()).collect())
            .unwrap_or_default(),
        constraints: constraints(schema),
        position: position(schema),
        description: text("description").or_else(|| text("title")).unwrap_or_default(),
        fields: nested_fields(schema),
    }
}

/// Returns a parameter's position, when it is a whole number.
pub(super) fn position(schema: &Node) -> Option<i64> {
    match schema.get("position")?.value {
        Value::Int(position) => Some(position),
        Value::Float(position) if position.fract() == 0.0 && position.abs() < 1e9 => Some(position as i64),
        _ => None,
    }
}

/// Returns the entries of a mapping; of a key that occurs twice the last, as loaders take it.
fn last_entries(mapping: &Node) -> impl Iterator<Item = (&Node, &Node)> {
    let mut seen = BTreeSet::new();
    let mut entries: Vec<(&Node, &Node)> = mapping
        .entries()
        .iter()
        .rev()
        .filter(|(key, _)| key.as_str().is_some_and(|text| seen.insert(text)))
        .map(|(key, value)| (key, value))
        .collect();
    entries.reverse();
    entries.into_iter()
}

fn is_null(node: Option<&Node>) -> bool {
    node.is_some_and(Node::is_null)
}

/// Returns the fields of an object, or of the objects in a list.
fn nested_fields(schema: &Node) -> Vec<Field> {
    let properties = |schema: &Node| {
        schema
            .get("properties")
            .map(|node| last_entries(node).map(|(key, node)| field(key.key_text(), node)).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let own = properties(schema);
    if own.is_empty() { schema.get("items").map(properties).unwrap_or_default() } else { own }
}

fn type_text(schema: &Node) -> String {
    let names = |node: &Node| match node.as_str() {
        Some(name) => name.to_owned(),
        None => node.items().iter().filter_map(Node::as_str).collect::<Vec<_>>().join(" or "),
    };
    let Some(name) = schema.get("type").map(names).filter(|text| !text.is_empty()) else {
        let branches: Vec<String> = ["anyOf", "oneOf"]
            .iter()
            .filter_map(|key| schema.get(key))
            .flat_map(|node| node.items().iter().filter_map(|branch| branch.get("type")).map(names))
            .collect();
        return branches.join(" or ");
    };
    match schema.get("items").and_then(|items| items.get("type")).map(names) {
        Some(item) if name == "array" && !item.is_empty() => format!("array of {item}"),
        _ => name,
    }
}

fn constraints(schema: &Node) -> Vec<String> {
    let flag = |key: &str| schema.get(key).and_then(Node::as_bool);
    let mut words = bounds(schema);
    if flag("uniqueItems") == Some(true) {
        words.push("no item twice".to_owned());
    }
    if flag("additionalProperties") == Some(false) {
        words.push("no other keys".to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::stackstorm::runners;
    use crate::yaml::{Dialect, Limits, read};

    fn node(text: &str) -> Node {
        read(text.as_bytes(), Dialect::Yaml11, Limits::default()).expect("YAML").root
    }

    #[test]
    fn an_actions_parameter_keeps_what_the_runner_says() {
        let runner = runners::by_name("local-shell-cmd").expect("shipped");
        let own =
            node("cmd: {immutable: true, default: 'date'}\ntimeout: {default: 5}\nzone: {type: string, position: 0}\n");
        let fields = own_fields(&own, Some(runner));
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["zone", "cmd", "timeout"]);
        assert!(fields[1].fixed && fields[1].type_text == "string");
        assert_eq!((fields[2].type_text.as_str(), fields[2].default.as_deref()), ("integer", Some("5")));
        let rest = runner_table(Some(&own), runner).expect("fields");
        let rest = rest.fields.unpack();
        assert!(rest.iter().all(|field| field.name != "cmd") && rest.len() == 5);
    }

    #[test]
    fn whole_and_flat_schemas_give_the_same_table() {
        let whole = node(
            "type: object\nproperties: {a: {type: array, items: {type: object, properties: {b: {type: integer}}}}}\n",
        );
        let flat = node("a: {type: array, items: {type: object, properties: {b: {type: integer}}}}\n");
        let table = |schema| schema_table("Output", "output", schema).expect("fields");
        assert_eq!(table(&whole), table(&flat));
        assert_eq!(table(&flat).fields.unpack()[0].type_text, "array of object");
        assert_eq!(table(&flat).fields.unpack()[0].fields[0].name, "b");
    }
}
