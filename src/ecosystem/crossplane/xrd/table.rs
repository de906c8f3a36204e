//! The fields of a version, for its page.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::diag::Span;
use crate::ecosystem::crossplane::schema::Scope;
use crate::ecosystem::crossplane::schema::added::{self, Policies};
use crate::pack::schema::bounds;
use crate::pack::{Field, FieldTable};
use crate::yaml::{Node, Value};

/// Returns the fields of `spec` and of `status`, and those that Crossplane adds to `spec`.
pub(super) fn of_version(schema: &Node, version: &str, scope: Scope, policies: &Policies) -> Vec<Arc<FieldTable>> {
    let part = |name: &str| schema.get("properties").and_then(|properties| properties.get(name));
    let added = Value::Map(
        added::spec(scope, policies)
            .iter()
            .map(|(name, schema)| (node(&Json::String(name.clone())), node(schema)))
            .collect(),
    );
    let added = Node {
        span: Span::default(),
        value: Value::Map(vec![(node(&"properties".into()), Node { span: Span::default(), value: added })]),
    };
    let tables = [
        ("Fields", "fields", part("spec").map(fields).unwrap_or_default()),
        ("Status", "status", part("status").map(fields).unwrap_or_default()),
        ("Added by Crossplane", "added", fields(&added)),
    ];
    // A version is a DNS label; whatever else stands there is told, and must not reach an address.
    let in_anchor: String = version.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit()).collect();
    let table = |(title, anchor, fields): (&str, &str, Vec<Field>)| FieldTable {
        title: format!("{title} of {version}").into(),
        anchor: format!("{anchor}-{in_anchor}").into(),
        fields: fields.into(),
    };
    tables.into_iter().filter(|(_, _, fields)| !fields.is_empty()).map(|one| Arc::new(table(one))).collect()
}

/// Returns the fields of an object. Recursive, but the gate bounds the depth.
fn fields(schema: &Node) -> Vec<Field> {
    let required: Vec<&str> =
        schema.get("required").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let of_entry = |(key, inner): &(Node, Node)| {
        let name = key.key_text();
        let is_required = required.contains(&name.as_str());
        field(name, inner, is_required)
    };
    schema.get("properties").map(Node::entries).unwrap_or_default().iter().map(of_entry).collect()
}

fn field(name: String, schema: &Node, is_required: bool) -> Field {
    let default = schema.get("default").filter(|node| !node.is_null()).map(|node| node.to_json().to_string());
    let inner = schema.get("items").or_else(|| schema.get("additionalProperties")).filter(|inner| inner.is_map());
    let own = fields(schema);
    Field {
        name,
        type_text: type_text(schema),
        // What has a default is never missing.
        required: is_required && default.is_none(),
        secret: schema.get("format").and_then(Node::as_str) == Some("password"),
        default,
        allowed: schema
            .get("enum")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .map(|one| one.to_json().to_string())
            .collect(),
        constraints: constraints(schema),
        description: schema.get("description").and_then(Node::as_str).unwrap_or_default().to_owned(),
        fields: if own.is_empty() { inner.map(fields).unwrap_or_default() } else { own },
        ..Field::default()
    }
}

fn type_text(schema: &Node) -> String {
    let is_true = |key: &str| schema.get(key).and_then(Node::as_bool) == Some(true);
    if is_true("x-kubernetes-int-or-string") {
        return "integer or string".to_owned();
    }
    let own = schema.get("type").and_then(Node::as_str).unwrap_or(if is_true("x-kubernetes-preserve-unknown-fields") {
        "anything"
    } else {
        ""
    });
    let of = |key: &str| schema.get(key).filter(|inner| inner.is_map()).map(type_text).filter(|text| !text.is_empty());
    let text = match own {
        "array" => of("items").map(|items| format!("array of {items}")),
        "object" => of("additionalProperties").map(|values| format!("map of {values}")),
        _ => None,
    };
    let text = text.unwrap_or_else(|| own.to_owned());
    if is_true("nullable") { format!("{text} or null") } else { text }
}

fn constraints(schema: &Node) -> Vec<String> {
    let mut words = bounds(schema);
    if schema.get("x-kubernetes-list-type").and_then(Node::as_str) == Some("set") {
        words.push("no item twice".to_owned());
    }
    for rule in schema.get("x-kubernetes-validations").map(Node::items).unwrap_or_default() {
        let text = rule.get("message").or_else(|| rule.get("rule")).and_then(Node::as_str);
        words.extend(text.map(|text| format!("rule: {text}")));
    }
    for (key, words_for) in [("oneOf", "one of several forms"), ("anyOf", "any of several forms")] {
        if schema.get(key).is_some_and(|node| !node.items().is_empty()) {
            words.push(words_for.to_owned());
        }
    }
    if let Some(example) = schema.get("example") {
        words.push(format!("for example {}", example.to_json()));
    }
    words
}

/// Returns JSON as a tree that stands nowhere.
fn node(json: &Json) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int)
        }
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(node).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (node(&Json::String(key.clone())), node(value))).collect())
        }
    };
    Node { span: Span::default(), value }
}
