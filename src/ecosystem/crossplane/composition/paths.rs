//! Paths of patches, held against the schema of the composite.

use serde_json::Value as Json;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Field(String),
    Index,
}

/// Where a path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Lookup {
    /// At a field of the schema, or where anything may stand.
    Known,
    /// At no field: the part of the path up to the first unknown step.
    Unknown(String),
    /// The text is no path.
    NoPath,
}

/// Looks a path up in the schema of a whole object.
pub(in super::super) fn look_up(path: &str, schema: &Json) -> Lookup {
    let Some(segments) = parse(path) else { return Lookup::NoPath };
    let mut node = schema;
    let mut way = String::new();
    for (at, segment) in segments.iter().enumerate() {
        if node["x-kubernetes-preserve-unknown-fields"] == true || node["x-kubernetes-embedded-resource"] == true {
            return Lookup::Known;
        }
        let next = match segment {
            Segment::Field(name) => {
                if !way.is_empty() {
                    way.push('.');
                }
                way.push_str(name);
                // The server knows `metadata`; schemas say nothing about it.
                if at == 0 && matches!(name.as_str(), "metadata" | "apiVersion" | "kind") {
                    return Lookup::Known;
                }
                node["properties"].get(name).or_else(|| node.get("additionalProperties"))
            }
            Segment::Index => {
                way.push_str("[]");
                node.get("items")
            }
        };
        match next {
            Some(Json::Bool(true)) => return Lookup::Known,
            Some(next) if next.is_object() => node = next,
            _ => return Lookup::Unknown(way),
        }
    }
    Lookup::Known
}

/// Splits a path as `crossplane-runtime/pkg/fieldpath` does: `a.b[0].c[d.e]`; a `*` stands for every item.
fn parse(path: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (name, after) = inside.split_once(']')?;
            let name = name.trim_matches(['\'', '"']);
            let is_index = name == "*" || (!name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()));
            segments.push(if is_index { Segment::Index } else { Segment::Field(name.to_owned()) });
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = &rest[..end];
            if name.is_empty() {
                return None;
            }
            segments.push(Segment::Field(name.to_owned()));
            rest = &rest[end..];
            rest = rest.strip_prefix('.').unwrap_or(rest);
        }
    }
    (!segments.is_empty() && !path.ends_with('.')).then_some(segments)
}

/// Tells whether a path looks like one of a composed resource.
pub(in super::super) fn looks_composed(path: &str) -> bool {
    path.starts_with("spec.forProvider.")
        || path.starts_with("spec.providerConfigRef")
        || path.starts_with("status.atProvider.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_are_looked_up() {
        let schema = json!({ "properties": { "spec": { "properties": {
            "list": { "items": { "properties": { "a": { "type": "string" } } } },
            "labels": { "additionalProperties": { "type": "string" } },
            "free": { "x-kubernetes-preserve-unknown-fields": true },
        } } } });
        for path in ["spec.list[0].a", "spec.list[*].a", "spec.labels[a.b/c]", "spec.free.x.y", "metadata.labels[x]"] {
            assert_eq!(look_up(path, &schema), Lookup::Known, "{path}");
        }
        assert_eq!(look_up("spec.lst[0].a", &schema), Lookup::Unknown("spec.lst".to_owned()));
        assert_eq!(look_up("spec.list[0].b", &schema), Lookup::Unknown("spec.list[].b".to_owned()));
        for path in ["", "spec..a", "spec.list[0", "spec."] {
            assert_eq!(look_up(path, &schema), Lookup::NoPath, "{path}");
        }
    }
}
