//! Holds a value against a parameter schema: the part of the dialect that decides whether a default or a setting fits.

use super::document::described;
use crate::yaml::{Node, Value};

/// Most allowed values, items or keys that a value is compared with: hostile files have many of each.
const MOST_COMPARED: usize = 1000;

/// Returns the first thing that a value breaks, in words; `None` when it fits.
///
/// Looks at `type`, `enum`, bounds of numbers and lengths, `items` and `properties` with their boolean `required`. What the
/// dialect has beyond that (patterns, combinators) is not judged, so that nothing is reported that may be right. Recursive,
/// but the gate bounds the depth of both trees.
pub(super) fn mismatch(schema: &Node, value: &Node) -> Option<String> {
    if ["anyOf", "oneOf", "allOf", "not"].iter().any(|key| schema.get(key).is_some()) {
        return None;
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(node) if node.is_seq() => node.items().iter().filter_map(Node::as_str).collect(),
        Some(node) => node.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| has_type(value, name)) {
        return Some(format!("is {}, not of type `{}`", described(value), types.join("` or `")));
    }
    if let Some(allowed) = schema.get("enum")
        && (1..=MOST_COMPARED).contains(&allowed.items().len())
        && !is_among(value, allowed.items())
    {
        return Some("is not one of the allowed values".to_owned());
    }
    number_mismatch(schema, value).or_else(|| size_mismatch(schema, value)).or_else(|| nested_mismatch(schema, value))
}

/// Tells whether a value is text that a template engine will replace before anybody checks it.
pub(super) fn is_template(value: &Node) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{") || text.contains("{%") || text.contains("<%"))
}

fn is_among(value: &Node, allowed: &[Node]) -> bool {
    let value = value.to_json();
    allowed.iter().any(|item| item.to_json() == value)
}

fn has_type(value: &Node, name: &str) -> bool {
    match (&value.value, name) {
        (Value::Null, "null")
        | (Value::Bool(_), "boolean")
        | (Value::Int(_), "integer" | "number")
        | (Value::Float(_), "number")
        | (Value::Str(_), "string")
        | (Value::Seq(_), "array")
        | (Value::Map(_), "object") => true,
        (Value::Float(number), "integer") => number.fract() == 0.0,
        (_, "null" | "boolean" | "integer" | "number" | "string" | "array" | "object") => false,
        _ => true,
    }
}

fn number(node: &Node) -> Option<f64> {
    match node.value {
        Value::Int(value) => Some(value as f64),
        Value::Float(value) => Some(value),
        _ => None,
    }
}

fn number_mismatch(schema: &Node, value: &Node) -> Option<String> {
    let value = number(value)?;
    let exclusive = |key: &str| schema.get(key).and_then(Node::as_bool) == Some(true);
    let least = schema.get("minimum").and_then(number);
    let most = schema.get("maximum").and_then(number);
    if let Some(least) = least
        && (value < least || (exclusive("exclusiveMinimum") && value <= least))
    {
        return Some(format!("is below the minimum {least}"));
    }
    if let Some(most) = most
        && (value > most || (exclusive("exclusiveMaximum") && value >= most))
    {
        return Some(format!("is above the maximum {most}"));
    }
    None
}

fn size_mismatch(schema: &Node, value: &Node) -> Option<String> {
    let (size, least, most, what) = match &value.value {
        Value::Str(text) => (text.chars().count(), "minLength", "maxLength", "characters"),
        Value::Seq(items) => (items.len(), "minItems", "maxItems", "items"),
        Value::Map(entries) => (entries.len(), "minProperties", "maxProperties", "keys"),
        _ => return None,
    };
    let bound = |key: &str| schema.get(key).and_then(number);
    match (bound(least), bound(most)) {
        (Some(least), _) if (size as f64) < least => Some(format!("has {size} {what}, fewer than {least}")),
        (_, Some(most)) if (size as f64) > most => Some(format!("has {size} {what}, more than {most}")),
        _ => None,
    }
}

fn nested_mismatch(schema: &Node, value: &Node) -> Option<String> {
    if let (Value::Seq(items), Some(item_schema)) = (&value.value, schema.get("items").filter(|node| node.is_map())) {
        let fault = |(index, item): (usize, &Node)| Some(format!("at [{index}] {}", mismatch(item_schema, item)?));
        return items.iter().take(MOST_COMPARED).enumerate().find_map(fault);
    }
    if !value.is_map() {
        return None;
    }
    let properties = schema.get("properties")?;
    properties.entries().iter().take(MOST_COMPARED).find_map(|(key, property)| {
        let name = key.key_text();
        match value.get(&name) {
            Some(inner) if inner.is_null() && !is_required(property) => None,
            Some(inner) => Some(format!("at `{name}` {}", mismatch(property, inner)?)),
            None if is_required(property) && property.get("default").is_none() => Some(format!("has no `{name}`")),
            None => None,
        }
    })
}

/// Tells whether a schema says `required: true`.
pub(super) fn is_required(schema: &Node) -> bool {
    schema.get("required").and_then(Node::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Dialect, Limits, read};

    fn verdict(schema: &str, value: &str) -> Option<String> {
        let node = |text: &str| read(text.as_bytes(), Dialect::Yaml11, Limits::default()).expect("YAML").root;
        mismatch(&node(schema), &node(value))
    }

    #[test]
    fn values_are_held_against_the_dialect() {
        for (schema, value) in [
            ("{type: integer}", "1"),
            ("{type: number}", "1"),
            ("{type: integer, minimum: 1, exclusiveMinimum: true}", "2"),
            ("{type: [string, 'null']}", "null"),
            ("{enum: [a, b]}", "b"),
            ("{type: object, properties: {a: {required: true, default: 1}}}", "{}"),
            ("{anyOf: [{type: string}]}", "1"),
        ] {
            assert_eq!(verdict(schema, value), None, "{schema} {value}");
        }
        for (schema, value) in [
            ("{type: string}", "1"),
            ("{type: string}", "2020-01-01"),
            ("{type: integer}", "yes"),
            ("{type: integer, minimum: 1, exclusiveMinimum: true}", "1"),
            ("{enum: [a, b]}", "c"),
            ("{type: array, items: {type: string}}", "[a, 1]"),
            ("{type: object, properties: {a: {required: true}}}", "{}"),
        ] {
            assert!(verdict(schema, value).is_some(), "{schema} {value}");
        }
    }
}
