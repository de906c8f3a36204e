//! JSON Schemas of what a function takes and gives, as tables.

use super::document::{MOST_ITEMS, strings, text};
use crate::pack::{Field, FieldTable};
use crate::yaml::Node;

/// Deepest nesting of objects that is shown.
const MOST_DEPTH: usize = 4;
/// Most fields of one object that are shown.
const MOST_FIELDS: usize = 100;

/// Returns the parameters of a function.
pub(super) fn inputs(schema: &Node) -> FieldTable {
    FieldTable {
        title: "Parameters".into(),
        anchor: "parameters".into(),
        fields: properties(schema, MOST_DEPTH).into(),
    }
}

/// Returns what a function gives: the properties of an object, else one row.
pub(super) fn output(schema: &Node) -> FieldTable {
    let mut fields = properties(schema, MOST_DEPTH);
    let is_described = schema.get("type").is_some() || schema.get("description").is_some();
    if fields.is_empty() && is_described {
        fields.push(Field { required: false, ..field("result", schema, false, MOST_DEPTH) });
    }
    FieldTable { title: "Result".into(), anchor: "result".into(), fields: fields.into() }
}

/// Recursive, at most `depth` deep.
fn properties(schema: &Node, depth: usize) -> Vec<Field> {
    if depth == 0 {
        return Vec::new();
    }
    let required = strings(schema, "required");
    let entries = schema.get("properties").map(Node::entries).unwrap_or_default();
    let named = |(key, node): &(Node, Node)| {
        let name = key.key_text();
        field(&name, node, required.contains(&name), depth)
    };
    entries.iter().take(MOST_FIELDS).map(named).collect()
}

fn field(name: &str, schema: &Node, required: bool, depth: usize) -> Field {
    let nested = match schema.get("items").filter(|_| type_of(schema) == "array") {
        Some(items) => properties(items, depth - 1),
        None => properties(schema, depth - 1),
    };
    let limit = |key: &str, words: &str| {
        let value = schema.get(key).and_then(Node::scalar_text)?;
        Some(format!("{words} {value}"))
    };
    let limits = [
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
    Field {
        name: name.to_owned(),
        type_text: match schema.get("items").filter(|_| type_of(schema) == "array") {
            Some(items) if !type_of(items).is_empty() => format!("array of {}", type_of(items)),
            _ => type_of(schema),
        },
        required,
        default: schema.get("default").map(|node| node.to_json().to_string()),
        allowed: schema
            .get("enum")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .take(MOST_ITEMS)
            .map(|node| node.to_json().to_string())
            .collect(),
        constraints: limits.iter().filter_map(|(key, words)| limit(key, words)).collect(),
        description: text(schema, "description").unwrap_or_default(),
        fields: nested,
        ..Field::default()
    }
}

fn type_of(schema: &Node) -> String {
    match schema.get("type") {
        Some(node) if node.is_seq() => {
            node.items().iter().take(10).filter_map(Node::as_str).collect::<Vec<_>>().join(" or ")
        }
        Some(node) => node.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}
