//! The table of a JSON Schema's properties.

use std::sync::Arc;

use crate::pack::{Field, FieldTable};
use crate::yaml::Node;

/// Deepest level of properties that a table shows.
const DEPTH: usize = 6;

/// Returns the table of the properties of a schema; nothing when it has none.
pub(super) fn table(title: &'static str, anchor: &'static str, schema: &Node) -> Option<Arc<FieldTable>> {
    super::table(title, anchor, fields(schema, DEPTH))
}

fn fields(schema: &Node, depth: usize) -> Vec<Field> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let required: Vec<&str> =
        schema.get("required").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let properties = schema.get("properties").map(Node::entries).unwrap_or_default();
    properties.iter().map(|(name, property)| field(&name.key_text(), property, &required, depth)).collect()
}

fn field(name: &str, schema: &Node, required: &[&str], depth: usize) -> Field {
    let constraint = |key: &str, words: &str| Some(format!("{words} {}", schema.get(key)?.scalar_text()?));
    let constraints = [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("exclusiveMinimum", "more than"),
        ("exclusiveMaximum", "less than"),
        ("minLength", "length at least"),
        ("maxLength", "length at most"),
        ("minItems", "items at least"),
        ("maxItems", "items at most"),
        ("pattern", "matches"),
        ("format", "format"),
    ];
    let inner = if schema.get("properties").is_some() { Some(schema) } else { schema.get("items") };
    Field {
        name: name.to_owned(),
        type_text: type_text(schema),
        required: required.contains(&name),
        default: schema.get("default").map(|value| value.to_json().to_string()),
        allowed: schema
            .get("enum")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .map(|v| v.to_json().to_string())
            .collect(),
        constraints: constraints.iter().filter_map(|(key, words)| constraint(key, words)).collect(),
        description: schema.get("description").and_then(Node::as_str).unwrap_or_default().to_owned(),
        fields: inner.map(|inner| fields(inner, depth)).unwrap_or_default(),
        ..Field::default()
    }
}

fn type_text(schema: &Node) -> String {
    let one = |node: &Node| node.as_str().unwrap_or_default().to_owned();
    let text = match schema.get("type") {
        Some(list) if list.is_seq() => list.items().iter().map(one).collect::<Vec<_>>().join(" or "),
        Some(single) => one(single),
        None => String::new(),
    };
    match schema.get("items").and_then(|items| items.get("type")) {
        Some(items) if text == "array" && items.as_str().is_some() => format!("array of {}", one(items)),
        _ => text,
    }
}
