//! What the API server fills in.
//!
//! Defaults apply inside objects that are there, outermost first: the default of a field in an absent object does nothing. A
//! null where the schema takes none becomes the default, or disappears.

use serde_json::Value as Json;

/// Applies defaults, and returns where which one was applied.
///
/// Recursive, but only as deep as value and schema, both of which the gate bounds.
pub(super) fn apply(value: &mut Json, schema: &Json, path: &mut Vec<String>, applied: &mut Vec<(Vec<String>, Json)>) {
    match value {
        Json::Object(fields) => {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let Some(default) = property.get("default") else { continue };
                let is_missing = fields.get(name).is_none_or(|value| is_refused_null(value, property));
                if is_missing {
                    fields.insert(name.clone(), default.clone());
                    applied.push((way(path, name), default.clone()));
                }
            }
            let names: Vec<String> = fields.keys().cloned().collect();
            for name in names {
                let Some(inner) = schema["properties"].get(&name).or_else(|| schema.get("additionalProperties")) else {
                    continue;
                };
                if is_refused_null(&fields[&name], inner) {
                    match inner.get("default") {
                        Some(default) => fields.insert(name.clone(), default.clone()),
                        None => fields.remove(&name),
                    };
                }
                if let Some(value) = fields.get_mut(&name) {
                    path.push(name);
                    apply(value, inner, path, applied);
                    path.pop();
                }
            }
        }
        Json::Array(items) => {
            let inner = &schema["items"];
            for (at, item) in items.iter_mut().enumerate() {
                if let Some(default) = inner.get("default").filter(|_| is_refused_null(item, inner)) {
                    *item = default.clone();
                }
                path.push(at.to_string());
                apply(item, inner, path, applied);
                path.pop();
            }
        }
        _ => {}
    }
}

fn is_refused_null(value: &Json, schema: &Json) -> bool {
    value.is_null() && schema["nullable"] != true
}

fn way(path: &[String], name: &str) -> Vec<String> {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_apply_inside_what_is_there() {
        let schema = json!({
            "properties": {
                "size": { "type": "string", "default": "small" },
                "absent": { "type": "object", "properties": { "x": { "default": 1 } } },
                "filled": { "type": "object", "default": {}, "properties": { "x": { "default": 1 } } },
                "list": { "items": { "properties": { "x": { "default": 1 } } } },
                "kept": { "nullable": true, "default": 1 },
                "dropped": { "type": "string" },
            },
        });
        let mut value = json!({ "list": [{}, { "x": 2 }], "kept": null, "dropped": null, "size": null });
        let mut applied = Vec::new();
        apply(&mut value, &schema, &mut Vec::new(), &mut applied);
        assert_eq!(
            value,
            json!({ "size": "small", "filled": { "x": 1 }, "list": [{ "x": 1 }, { "x": 2 }], "kept": null })
        );
        let ways: Vec<String> = applied.iter().map(|(way, _)| way.join("/")).collect();
        assert_eq!(ways, ["filled", "size", "filled/x", "list/0/x"]);
    }
}
