//! Flat schemas: `conf_schema`, `parameters`, `output`, `item_schema` → tables, and what is wrong with them.

use std::sync::Arc;

use super::codes::{ATTUNE_SCHEMA_NOT_FLAT, ATTUNE_SCHEMA_STRAY_KEY};
use super::wording::quoted;
use crate::diag::Sink;
use crate::pack::{Field, FieldTable, YamlFile};
use crate::yaml::Node;

/// The keys that hold a flat schema, in manifests and components.
pub(super) const KEYS: &[&str] =
    &["conf_schema", "config_schema", "parameters", "output", "output_schema", "item_schema"];

/// Type names that mean something; any text is accepted.
const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object", "any", "null"];

/// Words for types that other languages use.
const TYPE_MISTAKES: &[(&str, &str)] = &[
    ("str", "string"),
    ("text", "string"),
    ("int", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("bool", "boolean"),
    ("list", "array"),
    ("dict", "object"),
    ("map", "object"),
];

/// JSON Schema's keywords as authors misspell them.
const STRAY_KEYS: &[(&str, &str)] = &[
    ("min_items", "minItems"),
    ("max_items", "maxItems"),
    ("unique_items", "uniqueItems"),
    ("min_length", "minLength"),
    ("max_length", "maxLength"),
    ("min_properties", "minProperties"),
    ("max_properties", "maxProperties"),
    ("exclusive_minimum", "exclusiveMinimum"),
    ("exclusive_maximum", "exclusiveMaximum"),
    ("multiple_of", "multipleOf"),
    ("additional_properties", "additionalProperties"),
    ("pattern_properties", "patternProperties"),
    ("one_of", "oneOf"),
    ("any_of", "anyOf"),
    ("all_of", "allOf"),
    ("min", "minimum"),
    ("max", "maximum"),
];

/// Requires every schema of a file to be flat, its types to be strings and its keywords to be known ones.
pub(super) fn check(file: &YamlFile<'_>, sink: &mut Sink) {
    for (key, schema) in file.yaml.root.entries() {
        let Some(name) = key.as_str().filter(|name| KEYS.contains(name)) else { continue };
        if schema.is_null() {
            continue;
        }
        if !schema.is_map() {
            let message = format!("`{name}` is {}, not a mapping of fields", schema.kind());
            sink.report(ATTUNE_SCHEMA_NOT_FLAT, file.place(schema.span), message)
                .help("write one entry per field: `name: {type: string}`");
        } else if is_json_schema(schema) {
            sink.report(
                ATTUNE_SCHEMA_NOT_FLAT,
                file.place(key.span),
                format!("`{name}` has the form of a JSON Schema"),
            )
            .help("write the entries of `properties` directly here, with `required: true` on each field that is");
        } else {
            for (field, definition) in schema.entries() {
                check_field(file, &format!("{name}.{}", field.key_text()), definition, sink);
            }
        }
    }
}

/// Tells whether a schema is in the form of JSON Schema: `type` is the schema's own, not a field's.
fn is_json_schema(schema: &Node) -> bool {
    let has_own_type = schema.get("type").is_some_and(|value| !value.is_map());
    has_own_type
        || (schema.get("properties").is_some_and(Node::is_map) && schema.get("required").is_some_and(Node::is_seq))
}

fn check_field(file: &YamlFile<'_>, what: &str, definition: &Node, sink: &mut Sink) {
    if !definition.is_map() {
        let message = format!("`{what}` is {}, not a mapping", definition.kind());
        sink.report(ATTUNE_SCHEMA_NOT_FLAT, file.place(definition.span), message)
            .help("write `{type: string}`, with whatever else is known about the field");
        return;
    }
    if let Some(kind) = definition.get("type").filter(|kind| !kind.is_null())
        && kind.as_str().is_none()
    {
        let message = format!("the `type` of `{what}` is {}, not a string", kind.kind());
        sink.report(ATTUNE_SCHEMA_NOT_FLAT, file.place(kind.span), message)
            .help("write one type name, such as `string`, or `any`");
    }
    stray_keys(file, what, definition, sink);
}

/// Reports keywords without effect, in a field and in what it is made of.
fn stray_keys(file: &YamlFile<'_>, what: &str, definition: &Node, sink: &mut Sink) {
    for (key, value) in definition.entries() {
        match key.as_str() {
            Some("type") => {
                if let Some(name) = value.as_str().filter(|name| !TYPES.contains(name)) {
                    let draft = sink.report(
                        ATTUNE_SCHEMA_STRAY_KEY,
                        file.place(value.span),
                        format!("the `type` of `{what}` is {}, which is not a known type", quoted(value)),
                    );
                    match TYPE_MISTAKES.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(name)) {
                        Some((_, right)) => draft.help(format!("write `{right}`")),
                        None => draft.help(format!("known types are {}", TYPES.join(", "))),
                    };
                }
            }
            Some("items") if value.is_map() => stray_keys(file, &format!("{what}[]"), value, sink),
            Some("properties") => {
                for (name, property) in value.entries() {
                    stray_keys(file, &format!("{what}.{}", name.key_text()), property, sink);
                }
            }
            Some(name) => {
                if let Some((_, right)) = STRAY_KEYS.iter().find(|(wrong, _)| *wrong == name) {
                    sink.report(
                        ATTUNE_SCHEMA_STRAY_KEY,
                        file.place(key.span),
                        format!("`{name}` of `{what}` has no effect"),
                    )
                    .help(format!("write `{right}`"));
                }
            }
            None => {}
        }
    }
}

/// Returns the table of a flat schema; `None` when there are no fields.
pub(super) fn table(schema: Option<&Node>, title: &'static str, anchor: &'static str) -> Option<Arc<FieldTable>> {
    let schema = schema.filter(|schema| !is_json_schema(schema))?;
    let fields: Vec<Field> =
        schema.entries().iter().map(|(name, definition)| field(name.key_text(), definition, false)).collect();
    (!fields.is_empty())
        .then(|| Arc::new(FieldTable { title: title.into(), anchor: anchor.into(), fields: fields.into() }))
}

fn field(name: String, definition: &Node, is_required: bool) -> Field {
    let flag = |key| definition.get(key).and_then(Node::as_bool).unwrap_or(false);
    let items = definition.get("items");
    Field {
        name,
        type_text: type_text(definition),
        required: is_required || flag("required"),
        secret: flag("secret"),
        default: definition.get("default").filter(|value| !value.is_null()).map(compact),
        allowed: definition.get("enum").map_or_else(Vec::new, |values| values.items().iter().map(compact).collect()),
        constraints: constraints(definition),
        description: text(definition.get("description")),
        fields: match (properties(definition), items.map(properties)) {
            (own, _) if !own.is_empty() => own,
            (_, Some(of_items)) => of_items,
            _ => Vec::new(),
        },
        ..Field::default()
    }
}

/// Returns the fields of an object in the form of JSON Schema, which is what stands below the first level.
fn properties(definition: &Node) -> Vec<Field> {
    let required: Vec<&str> = definition
        .get("required")
        .map_or_else(Vec::new, |names| names.items().iter().filter_map(Node::as_str).collect());
    definition.get("properties").map_or_else(Vec::new, |properties| {
        properties
            .entries()
            .iter()
            .map(|(name, property)| {
                let name = name.key_text();
                let is_required = required.contains(&name.as_str());
                field(name, property, is_required)
            })
            .collect()
    })
}

fn type_text(definition: &Node) -> String {
    let own = definition.get("type").and_then(Node::as_str).unwrap_or_default();
    match definition.get("items").map(type_text) {
        Some(items) if own == "array" && !items.is_empty() => format!("array of {items}"),
        _ => own.to_owned(),
    }
}

/// Returns the constraints of a field in words.
fn constraints(definition: &Node) -> Vec<String> {
    const WORDS: &[(&str, &str, &str)] = &[
        ("minimum", "at least ", ""),
        ("maximum", "at most ", ""),
        ("exclusiveMinimum", "more than ", ""),
        ("exclusiveMaximum", "less than ", ""),
        ("multipleOf", "a multiple of ", ""),
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("minItems", "at least ", " items"),
        ("maxItems", "at most ", " items"),
        ("pattern", "matches ", ""),
        ("format", "format ", ""),
    ];
    let mut words: Vec<String> = WORDS
        .iter()
        .filter_map(|(key, before, behind)| Some(format!("{before}{}{behind}", definition.get(key)?.scalar_text()?)))
        .collect();
    if definition.get("uniqueItems").and_then(Node::as_bool) == Some(true) {
        words.push("no item twice".to_owned());
    }
    words
}

/// Returns the text of a value, or nothing.
pub(super) fn text(value: Option<&Node>) -> String {
    value.and_then(Node::as_str).unwrap_or_default().trim().to_owned()
}

fn compact(value: &Node) -> String {
    value.to_json().to_string()
}
