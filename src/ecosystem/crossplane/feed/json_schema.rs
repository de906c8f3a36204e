//! What a claim may say, as JSON Schema 2020-12: for editors, and for pipelines that check claims before anything applies them.
//!
//! | in the claim's schema | here |
//! |---|---|
//! | a required field with a default | not required: the server fills it in |
//! | `nullable` | `null` among the types |
//! | `x-kubernetes-int-or-string` | `anyOf` integer and string |
//! | boolean `exclusiveMinimum`, `exclusiveMaximum` | the number itself |
//! | unknown fields, which the server prunes | refused, by `additionalProperties: false` |
//! | rules in CEL | listed in `x-kubernetes-validations`, which no validator evaluates |

use serde_json::{Map, Value as Json, json};

use crate::ecosystem::crossplane::schema::{ApiVersion, ClaimSchema, MOST_NAME_CHARACTERS};

/// Lists the keywords that mean the same in both.
const SAME: &[&str] = &[
    "title",
    "description",
    "format",
    "default",
    "maximum",
    "minimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "multipleOf",
    "maxProperties",
    "minProperties",
    "x-kubernetes-validations",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-preserve-unknown-fields",
];

/// Returns the file name of the schema of a kind's version.
pub(super) fn file_name(kind: &str, version: &str) -> String {
    format!("{}.{version}.schema.json", kind.to_lowercase())
}

/// Returns the schema of a kind's version.
pub(super) fn of(schema: &ClaimSchema, version: &str, api: &ApiVersion) -> Json {
    let properties = &api.schema["properties"];
    let longest = properties["metadata"]["properties"]["name"]["maxLength"].as_u64().unwrap_or(MOST_NAME_CHARACTERS);
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": schema.kind,
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": false,
        "properties": {
            "apiVersion": { "const": format!("{}/{version}", schema.group) },
            "kind": { "const": schema.kind },
            "metadata": {
                "type": "object",
                "properties": {
                    "name": { "type": "string", "minLength": 1, "maxLength": longest },
                    "namespace": { "type": "string" },
                    "labels": texts,
                    "annotations": texts,
                },
            },
            "spec": converted(&properties["spec"]),
            // What an author says of it is dropped.
            "status": { "type": "object" },
        },
    });
    if let Some(description) = properties["spec"]["description"].as_str() {
        whole["description"] = json!(description);
    }
    if api.deprecated {
        whole["deprecated"] = json!(true);
    }
    whole
}

/// Returns a field's schema. Recursive, but only as deep as the gate let the definition grow.
fn converted(schema: &Json) -> Json {
    let mut json = restricted(schema);
    let is_true = |key: &str| schema[key] == true;
    let preserves = is_true("x-kubernetes-preserve-unknown-fields") || is_true("x-kubernetes-embedded-resource");
    // Where the server would drop unknown fields, they are refused: that is what strict clients do.
    if schema["type"] == "object" && schema.get("additionalProperties").is_none() && !preserves {
        json.insert("additionalProperties".to_owned(), json!(false));
    }
    Json::Object(json)
}

/// Returns what a schema says of values, without closing its objects: so do alternatives, which see other fields too.
fn restricted(schema: &Json) -> Map<String, Json> {
    let mut json = Map::new();
    let is_true = |key: &str| schema[key] == true;
    for key in SAME {
        if let Some(value) = schema.get(*key) {
            json.insert((*key).to_owned(), value.clone());
        }
    }
    if let Some(example) = schema.get("example") {
        json.insert("examples".to_owned(), json!([example]));
    }
    match schema["type"].as_str() {
        Some(name) if is_true("nullable") => json.insert("type".to_owned(), json!([name, "null"])),
        Some(name) => json.insert("type".to_owned(), json!(name)),
        None => None,
    };
    if let Some(allowed) = schema["enum"].as_array() {
        let null = (is_true("nullable") && !allowed.contains(&Json::Null)).then_some(Json::Null);
        json.insert("enum".to_owned(), allowed.iter().cloned().chain(null).collect());
    }
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(bound) = json.get(inclusive).cloned().filter(|_| is_true(exclusive)) {
            json.remove(inclusive);
            json.insert(exclusive.to_owned(), bound);
        }
    }
    let properties = &schema["properties"];
    if let Some(fields) = properties.as_object() {
        json.insert(
            "properties".to_owned(),
            fields.iter().map(|(name, field)| (name.clone(), converted_in(schema, field))).collect(),
        );
    }
    let required = schema["required"].as_array().into_iter().flatten().filter(|name| {
        let field = name.as_str().and_then(|name| properties.get(name));
        field.is_none_or(|field| field.get("default").is_none())
    });
    let required: Vec<&Json> = required.collect();
    if !required.is_empty() {
        json.insert("required".to_owned(), json!(required));
    }
    if let Some(inner) = schema.get("additionalProperties") {
        json.insert(
            "additionalProperties".to_owned(),
            if inner.is_object() { converted(inner) } else { inner.clone() },
        );
    }
    if let Some(inner) = schema.get("items") {
        json.insert("items".to_owned(), converted_in(schema, inner));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(branches) = schema[key].as_array() {
            json.insert(key.to_owned(), branches.iter().map(|branch| Json::Object(restricted(branch))).collect());
        }
    }
    if schema["not"].is_object() {
        json.insert("not".to_owned(), Json::Object(restricted(&schema["not"])));
    }
    if is_true("x-kubernetes-int-or-string") && !json.contains_key("anyOf") {
        let mut types = vec![json!({ "type": "integer" }), json!({ "type": "string" })];
        types.extend(is_true("nullable").then(|| json!({ "type": "null" })));
        json.insert("anyOf".to_owned(), Json::Array(types));
    }
    json
}

/// Returns the schema of what stands inside another one: closed, unless that is an alternative, which has no type.
fn converted_in(outer: &Json, inner: &Json) -> Json {
    if outer.get("type").is_some() { converted(inner) } else { Json::Object(restricted(inner)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_those_of_2020_12() {
        let schema = json!({
            "type": "object",
            "required": ["a", "b"],
            "properties": {
                "a": { "type": "string", "default": "x", "nullable": true, "enum": ["x", "y"] },
                "b": { "type": "integer", "minimum": 1, "exclusiveMinimum": true },
                "c": { "x-kubernetes-int-or-string": true },
                "d": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                "e": { "type": "object", "additionalProperties": { "type": "string" } },
            },
            "oneOf": [{ "required": ["a"] }, { "properties": { "b": { "maximum": 3 } } }],
        });
        let json = converted(&schema);
        assert_eq!(json["required"], json!(["b"]));
        assert_eq!(json["additionalProperties"], false);
        let field = |name: &str| &json["properties"][name];
        assert_eq!(field("a")["type"], json!(["string", "null"]));
        assert_eq!(field("a")["enum"], json!(["x", "y", null]));
        assert_eq!((&field("b")["exclusiveMinimum"], field("b").get("minimum")), (&json!(1), None));
        assert_eq!(field("c")["anyOf"].as_array().map(Vec::len), Some(2));
        assert!(field("d").get("additionalProperties").is_none());
        assert_eq!(field("e")["additionalProperties"]["type"], "string");
        assert!(json["oneOf"][1].get("additionalProperties").is_none());
    }
}
