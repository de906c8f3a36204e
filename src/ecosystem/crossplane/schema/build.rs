//! Makes the schema of a claim or composite out of an XRD version, as Crossplane does.
//!
//! Of the author's schema little survives: the `properties`, `required`, `oneOf`, CEL rules and description of `spec` and
//! `status`, and how long a name may be. Everything else is dropped without a word, which [`dropped`] tells. Then the fields
//! that Crossplane itself needs are added, over any of the same name.

use serde_json::{Map, Value as Json, json};

use super::added::{self, Policies};
use super::{MOST_NAME_CHARACTERS, Scope};

/// Lists what survives of `spec` and of `status`.
const KEPT: &[&str] = &["required", "oneOf", "x-kubernetes-validations", "description"];

/// Returns the schema of the whole object; `authored` is `openAPIV3Schema`.
pub(in super::super) fn whole(authored: &Json, scope: Scope, policies: &Policies) -> Json {
    let part = |name: &str, added: Map<String, Json>| {
        let own = &authored["properties"][name];
        let mut properties = own["properties"].as_object().cloned().unwrap_or_default();
        properties.extend(added);
        let mut schema = json!({ "type": "object", "properties": properties });
        for key in KEPT {
            if let Some(value) = own.get(key) {
                schema[*key] = value.clone();
            }
        }
        schema
    };
    let longest = authored["properties"]["metadata"]["properties"]["name"]["maxLength"]
        .as_u64()
        .map_or(MOST_NAME_CHARACTERS, |length| length.min(MOST_NAME_CHARACTERS));
    let mut schema = json!({
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": { "type": "string" },
            "kind": { "type": "string" },
            "metadata": { "type": "object", "properties": { "name": { "type": "string", "maxLength": longest } } },
            "spec": part("spec", added::spec(scope, policies)),
            "status": part("status", added::status(policies)),
        },
    });
    if let Some(description) = authored.get("description") {
        schema["description"] = description.clone();
    }
    schema
}

/// Returns the ways to what [`whole`] drops of an author's schema, beyond what repeats what is there anyway.
pub(in super::super) fn dropped(authored: &Json) -> Vec<Vec<String>> {
    let mut ways = Vec::new();
    let mut look = |way: &[&str], value: &Json, kept: &[&str]| {
        for (key, value) in value.as_object().into_iter().flatten() {
            let repeats = match (way, key.as_str()) {
                (_, "type") => value == "object",
                // `spec` is required anyway, and the server requires the other three.
                ([], "required") => value.as_array().is_some_and(|names| {
                    names.iter().all(|name| matches!(name.as_str(), Some("spec" | "apiVersion" | "kind" | "metadata")))
                }),
                _ => false,
            };
            if !repeats && !kept.contains(&key.as_str()) {
                let way = way.iter().copied().chain([key.as_str()]).map(str::to_owned);
                ways.push(way.collect());
            }
        }
    };
    look(&[], authored, &["properties", "description"]);
    let properties = &authored["properties"];
    look(&["properties"], properties, &["spec", "status", "metadata", "apiVersion", "kind"]);
    let kept: Vec<&str> = KEPT.iter().copied().chain(["properties"]).collect();
    for part in ["spec", "status"] {
        look(&["properties", part], &properties[part], &kept);
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authored() -> Json {
        json!({
            "type": "object",
            "required": ["spec", "extra"],
            "properties": {
                "extra": { "type": "string" },
                "metadata": { "type": "object", "properties": { "name": { "type": "string", "maxLength": 20 } } },
                "spec": {
                    "type": "object",
                    "anyOf": [{ "required": ["a"] }],
                    "oneOf": [{ "required": ["a"] }, { "required": ["b"] }],
                    "x-kubernetes-preserve-unknown-fields": true,
                    "properties": { "a": { "type": "string" }, "resourceRef": { "type": "string" } },
                },
            },
        })
    }

    #[test]
    fn what_crossplane_keeps_is_kept_and_what_it_adds_wins() {
        let schema = whole(&authored(), Scope::Claim, &Policies::default());
        let spec = &schema["properties"]["spec"];
        assert_eq!(schema["required"], json!(["spec"]));
        assert!(schema["properties"].get("extra").is_none());
        assert!(spec.get("anyOf").is_none() && spec.get("x-kubernetes-preserve-unknown-fields").is_none());
        assert_eq!(spec["oneOf"].as_array().map(Vec::len), Some(2));
        assert_eq!(spec["properties"]["resourceRef"]["type"], "object");
        assert_eq!(schema["properties"]["metadata"]["properties"]["name"]["maxLength"], 20);
        assert!(spec["properties"].get("claimRef").is_none());
    }

    #[test]
    fn what_is_dropped_is_named() {
        let mut ways: Vec<String> = dropped(&authored()).iter().map(|way| way.join("/")).collect();
        ways.sort();
        assert_eq!(
            ways,
            [
                "properties/extra",
                "properties/spec/anyOf",
                "properties/spec/x-kubernetes-preserve-unknown-fields",
                "required"
            ]
        );
    }

    #[test]
    fn version_2_puts_its_fields_below_one_key() {
        let policies = Policies { is_v2: true, ..Policies::default() };
        let schema = whole(&authored(), Scope::Composite, &policies);
        let names: Vec<&String> =
            schema["properties"]["spec"]["properties"].as_object().expect("fields").keys().collect();
        assert_eq!(names, ["a", "crossplane", "resourceRef"]);
    }
}
