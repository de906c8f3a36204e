//! The fields that Crossplane adds to the schemas of claims and composites.
//!
//! As `internal/xcrd` of Crossplane 1.16 writes them; version 2 puts those of a composite below `spec.crossplane`.

use serde_json::{Map, Value as Json, json};

use super::Scope;

/// What an XRD says that changes the added fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in super::super) struct Policies {
    /// Whether the XRD is of `apiextensions.crossplane.io/v2`, and not of the legacy scope.
    pub is_v2: bool,
    /// `defaultCompositeDeletePolicy`.
    pub delete: Option<String>,
    /// `defaultCompositionUpdatePolicy`.
    pub update: Option<String>,
}

/// Returns the fields that are added to `spec`.
pub(in super::super) fn spec(scope: Scope, policies: &Policies) -> Map<String, Json> {
    let mut fields = Map::new();
    let mut add = |name: &str, schema: Json| fields.insert(name.to_owned(), schema);
    let mut update = one_of(&["Automatic", "Manual"]);
    if let Some(policy) = &policies.update {
        update["default"] = json!(policy);
    }
    add("compositionRef", object(&["name"], &["name"]));
    add("compositionSelector", labels_selector());
    add("compositionRevisionRef", object(&["name"], &["name"]));
    add("compositionRevisionSelector", labels_selector());
    add("compositionUpdatePolicy", update);
    if policies.is_v2 {
        add("resourceRefs", resource_references());
        let crossplane = json!({ "type": "object", "properties": fields });
        return Map::from_iter([("crossplane".to_owned(), crossplane)]);
    }
    add("publishConnectionDetailsTo", publish_connection_details());
    match scope {
        Scope::Claim => {
            let mut delete = one_of(&["Background", "Foreground"]);
            delete["default"] = json!(policies.delete.as_deref().unwrap_or("Background"));
            add("compositeDeletePolicy", delete);
            add("resourceRef", object(&["apiVersion", "kind", "name"], &["apiVersion", "kind", "name"]));
            add("writeConnectionSecretToRef", object(&["name"], &["name"]));
        }
        Scope::Composite => {
            let reference = ["apiVersion", "kind", "namespace", "name"];
            add("claimRef", object(&reference, &reference));
            add("resourceRefs", resource_references());
            add(
                "environmentConfigRefs",
                json!({
                    "type": "array",
                    "x-kubernetes-list-type": "atomic",
                    "items": object(&["apiVersion", "kind"], &["apiVersion", "kind", "name"]),
                }),
            );
            add("writeConnectionSecretToRef", object(&["name", "namespace"], &["name", "namespace"]));
        }
    }
    fields
}

/// Returns the fields that are added to `status`.
pub(in super::super) fn status(policies: &Policies) -> Map<String, Json> {
    let mut condition = object(
        &["lastTransitionTime", "reason", "status", "type"],
        &["lastTransitionTime", "message", "reason", "status", "type"],
    );
    condition["properties"]["lastTransitionTime"]["format"] = json!("date-time");
    condition["properties"]["observedGeneration"] = json!({ "type": "integer", "format": "int64" });
    let conditions = json!({
        "type": "array",
        "description": "Conditions of the resource.",
        "items": condition,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
    });
    let mut fields = Map::from_iter([("conditions".to_owned(), conditions)]);
    if !policies.is_v2 {
        let details = json!({
            "type": "object",
            "properties": { "lastPublishedTime": { "type": "string", "format": "date-time" } },
        });
        fields.insert("connectionDetails".to_owned(), details);
        let kinds = json!({ "type": "array", "items": { "type": "string" }, "x-kubernetes-list-type": "set" });
        fields.insert("claimConditionTypes".to_owned(), kinds);
    }
    fields
}

/// Returns an object of strings.
fn object(required: &[&str], names: &[&str]) -> Json {
    let properties: Map<String, Json> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn one_of(values: &[&str]) -> Json {
    json!({ "type": "string", "enum": values })
}

fn texts_by_name() -> Json {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

fn labels_selector() -> Json {
    json!({ "type": "object", "required": ["matchLabels"], "properties": { "matchLabels": texts_by_name() } })
}

fn resource_references() -> Json {
    json!({
        "type": "array",
        "x-kubernetes-list-type": "atomic",
        "items": object(&["apiVersion", "kind"], &["apiVersion", "kind", "name"]),
    })
}

fn publish_connection_details() -> Json {
    let store = json!({
        "type": "object",
        "default": { "name": "default" },
        "properties": { "name": { "type": "string" } },
    });
    let metadata = json!({
        "type": "object",
        "properties": { "labels": texts_by_name(), "annotations": texts_by_name(), "type": { "type": "string" } },
    });
    json!({
        "type": "object",
        "required": ["name"],
        "properties": { "name": { "type": "string" }, "configRef": store, "metadata": metadata },
    })
}
