//! What the API server drops of an object before it looks at its values.
//!
//! As `apiextensions-apiserver` prunes by a structural schema: a field that the schema does not specify disappears, unless the
//! schema preserves unknown fields there.

use serde_json::Value as Json;

/// Lists the fields that every embedded object may have.
const ENVELOPE: &[&str] = &["apiVersion", "kind", "metadata"];

/// Removes what is not specified, and returns the ways to it.
///
/// Recursive, but only as deep as the gate let the claim grow.
pub(super) fn prune(value: &mut Json, schema: &Json, path: &mut Vec<String>, gone: &mut Vec<Vec<String>>) {
    let preserves = schema["x-kubernetes-preserve-unknown-fields"] == true;
    let is_embedded = schema["x-kubernetes-embedded-resource"] == true;
    match value {
        Json::Object(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            for name in names {
                let specified = schema["properties"].get(&name).or_else(|| schema.get("additionalProperties"));
                path.push(name.clone());
                match specified {
                    _ if is_embedded && ENVELOPE.contains(&name.as_str()) => {}
                    Some(inner) => prune(&mut fields[&name], inner, path, gone),
                    None if preserves => {}
                    None => {
                        gone.push(path.clone());
                        fields.remove(&name);
                    }
                }
                path.pop();
            }
        }
        Json::Array(items) => {
            // Below a preserved list nothing is specified.
            if preserves && schema.get("items").is_none() {
                return;
            }
            for (at, item) in items.iter_mut().enumerate() {
                path.push(at.to_string());
                prune(item, &schema["items"], path, gone);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_specified_disappears() {
        let schema = json!({
            "properties": {
                "list": { "items": { "properties": { "a": {} } } },
                "free": { "x-kubernetes-preserve-unknown-fields": true, "properties": { "known": { "properties": {} } } },
                "map": { "additionalProperties": { "properties": { "a": {} } } },
                "object": { "x-kubernetes-embedded-resource": true, "properties": { "spec": {} } },
            },
        });
        let mut value = json!({
            "list": [{ "a": 1, "b": 2 }],
            "free": { "anything": { "x": 1 }, "known": { "y": 1 } },
            "map": { "k": { "a": 1, "b": 2 } },
            "object": { "kind": "K", "other": 1 },
            "unknown": 1,
        });
        let mut gone = Vec::new();
        prune(&mut value, &schema, &mut Vec::new(), &mut gone);
        let mut gone: Vec<String> = gone.iter().map(|way| way.join("/")).collect();
        gone.sort();
        assert_eq!(gone, ["free/known/y", "list/0/b", "map/k/b", "object/other", "unknown"]);
        assert_eq!(value["free"]["anything"]["x"], 1);
    }
}
