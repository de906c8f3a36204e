//! The keywords of structural schemas, and what their values are.

use crate::yaml::{Node, Value};

/// Lists the keywords of `JSONSchemaProps` (`apiextensions.k8s.io/v1`) that a structural schema may have.
pub(super) const KEYWORDS: &[&str] = &[
    "description",
    "type",
    "format",
    "title",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "enum",
    "maxProperties",
    "minProperties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "properties",
    "additionalProperties",
    "externalDocs",
    "example",
    "nullable",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-validations",
];

/// Lists the keywords that are known and refused.
pub(super) const FORBIDDEN: &[&str] =
    &["$ref", "definitions", "dependencies", "id", "patternProperties", "additionalItems", "$schema"];

/// Lists what may not stand inside `allOf`, `anyOf`, `oneOf` and `not`.
pub(super) const NOT_INSIDE: &[&str] = &["type", "description", "default", "title", "nullable", "additionalProperties"];

/// Lists the types.
pub(super) const TYPES: &[&str] = &["object", "array", "string", "integer", "number", "boolean"];

/// Returns what a keyword's value should be, when it is something else.
pub(super) fn wrong_kind(keyword: &str, value: &Node) -> Option<&'static str> {
    let is_number = matches!(value.value, Value::Int(_) | Value::Float(_));
    let (fits, wanted) = match keyword {
        "description"
        | "type"
        | "format"
        | "title"
        | "pattern"
        | "x-kubernetes-list-type"
        | "x-kubernetes-map-type" => (value.as_str().is_some(), "a string"),
        "maximum" | "minimum" | "multipleOf" => (is_number, "a number"),
        "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => {
            (matches!(value.value, Value::Int(_)), "a whole number")
        }
        "exclusiveMaximum"
        | "exclusiveMinimum"
        | "uniqueItems"
        | "nullable"
        | "x-kubernetes-preserve-unknown-fields"
        | "x-kubernetes-embedded-resource"
        | "x-kubernetes-int-or-string" => (value.as_bool().is_some(), "a boolean"),
        "enum"
        | "required"
        | "allOf"
        | "oneOf"
        | "anyOf"
        | "x-kubernetes-list-map-keys"
        | "x-kubernetes-validations" => (value.is_seq(), "a list"),
        "properties" | "not" => (value.is_map(), "a mapping"),
        _ => (true, ""),
    };
    (!fits).then_some(wanted)
}
