//! Published JSON Schemas, held against the definition they describe.
//!
//! Both are reduced to what a claim may say: fields, types, values, bounds. Wording, drafts and the fields that Crossplane adds
//! do not count; neither does whether a field with a default is listed as required.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::{Provider, place};
use crate::diag::{Sink, Span};
use crate::ecosystem::crossplane::codes::provider::SCHEMA_DRIFT;
use crate::ecosystem::crossplane::xrd::{Xrd, XrdVersion};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::{self, Dialect, Node};

/// Most differences of one schema that are told.
const MOST_DIFFERENCES: usize = 20;

/// Deepest field that is compared.
const MOST_DEPTH: usize = 40;

/// Lists the keywords that restrict a value, besides those that are compared in a way of their own.
const COMPARED: &[&str] = &[
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "default",
];

/// A JSON file of the pack's schemas.
pub(super) struct Published {
    root: Node,
    json: Json,
}

/// Returns the JSON files below `schemas/`.
pub(super) fn files<'a>(tree: &PackTree<'a>) -> impl Iterator<Item = &'a FileEntry> {
    let files = tree.snapshot.files().iter();
    files.filter(|entry| {
        let path = entry.path.as_str();
        path.ends_with(".json") && path.split('/').rev().nth(1) == Some("schemas")
    })
}

/// Reads a JSON Schema, once per content.
pub(super) fn read(tree: &PackTree<'_>, entry: &FileEntry) -> Arc<Option<Published>> {
    tree.memo.get_or_insert(entry.blob, "published", || {
        let text = tree.text(entry, tree.yaml_limits.bytes as u64)?;
        let json: Json = serde_json::from_str(&text).ok()?;
        // JSON is read as YAML for its places; where that fails there are none.
        let nowhere = Node { span: Span::default(), value: yaml::Value::Null };
        let root = yaml::read(text.as_bytes(), Dialect::Yaml12, tree.yaml_limits).map_or(nowhere, |yaml| yaml.root);
        Some(Published { root, json })
    })
}

/// Returns the definition and version that a published schema is about.
pub(super) fn subject<'a>(
    provider: &Provider<'a>,
    entry: &FileEntry,
    published: &Published,
) -> Option<(&'a Xrd, &'a XrdVersion)> {
    let properties = &published.json["properties"];
    let says = |key: &str| properties[key]["const"].as_str().or_else(|| properties[key]["enum"][0].as_str());
    let stem = entry.path.file_name().split('.').next().unwrap_or_default().to_lowercase();
    let xrd = provider.xrds.iter().map(|(_, xrd)| *xrd).find(|xrd| {
        let kind = &xrd.user_kind().kind;
        !kind.is_empty() && says("kind").map_or_else(|| kind.to_lowercase() == stem, |said| said == kind)
    })?;
    let version = says("apiVersion").and_then(|text| text.rsplit('/').next());
    let version = match version {
        Some(name) => xrd.versions.iter().find(|version| version.name == name),
        None => xrd.referenceable(),
    };
    Some((xrd, version?))
}

/// Reports what differs between a published schema and the definition.
pub(super) fn check(provider: &Provider<'_>, entry: &FileEntry, published: &Published, sink: &mut Sink) {
    let Some((xrd, version)) = subject(provider, entry, published) else { return };
    let mut comparison = Comparison { root: &published.json, differences: Vec::new() };
    let way = ["properties".to_owned(), "spec".to_owned()];
    comparison.compare(&version.schema["properties"]["spec"], &published.json["properties"]["spec"], "spec", &way, 0);
    let count = comparison.differences.len();
    for (at, (way, what)) in comparison.differences.into_iter().take(MOST_DIFFERENCES).enumerate() {
        let node = published.root.at(way.iter().map(String::as_str));
        let span = Span { end_line: node.span.line, end_column: node.span.column + 1, ..node.span };
        let message = format!("the published schema of `{}` {what}", xrd.user_kind().kind);
        let more = if at + 1 == MOST_DIFFERENCES && count > MOST_DIFFERENCES {
            format!("; {} more differences are not shown", count - MOST_DIFFERENCES)
        } else {
            String::new()
        };
        sink.report(SCHEMA_DRIFT, place(provider.tree, entry, span), message)
            .help(format!("publish the schema that this registry makes of the definition{more}"));
    }
}

struct Comparison<'a> {
    root: &'a Json,
    /// Where in the published schema, and what differs.
    differences: Vec<(Vec<String>, String)>,
}

impl<'a> Comparison<'a> {
    /// Compares a field. Recursive, down to a fixed depth.
    fn compare(&mut self, defined: &Json, published: &'a Json, path: &str, way: &[String], depth: usize) {
        if depth > MOST_DEPTH || self.differences.len() > 4 * MOST_DIFFERENCES {
            return;
        }
        let published = self.resolved(published);
        if published.is_null() {
            self.differences.push((way.to_vec(), format!("does not describe `{path}`")));
            return;
        }
        self.compare_values(defined, published, path, way);
        self.compare_fields(defined, published, path, way, depth);
        for (key, suffix) in [("items", "[]"), ("additionalProperties", ".*")] {
            if defined[key].is_object() {
                let way: Vec<String> = way.iter().cloned().chain([key.to_owned()]).collect();
                self.compare(&defined[key], &published[key], &format!("{path}{suffix}"), &way, depth + 1);
            }
        }
    }

    fn compare_values(&mut self, defined: &Json, published: &Json, path: &str, way: &[String]) {
        let mut push = |what: String| self.differences.push((way.to_vec(), what));
        let (a, b) = (types(defined), types(published));
        if !a.is_empty() && !b.is_empty() && a != b && !b.is_superset(&a) {
            push(format!("says that `{path}` is {}, and it is {}", joined(&b), joined(&a)));
        }
        let values = |schema: &Json| -> Option<BTreeSet<String>> {
            let list = schema["enum"].as_array()?;
            Some(list.iter().filter(|value| !value.is_null()).map(Json::to_string).collect())
        };
        match (values(defined), values(published)) {
            (Some(a), Some(b)) => {
                let (missing, extra): (Vec<_>, Vec<_>) = (a.difference(&b).collect(), b.difference(&a).collect());
                if !missing.is_empty() {
                    push(format!("lacks the value {} of `{path}`", list(&missing)));
                }
                if !extra.is_empty() {
                    push(format!("allows {} for `{path}`, which the definition does not", list(&extra)));
                }
            }
            (Some(_), None) if published.get("const").is_none() => {
                push(format!("does not restrict the values of `{path}`"));
            }
            (None, Some(_)) => push(format!("restricts the values of `{path}`, which the definition does not")),
            _ => {}
        }
        for key in COMPARED {
            let (a, b) = (bound(defined, key), bound(published, key));
            if a == b {
                continue;
            }
            push(match (a, b) {
                (Some(a), Some(b)) => format!("has `{key}` {b} for `{path}`, and it is {a}"),
                (Some(a), None) => format!("lacks `{key}` {a} of `{path}`"),
                (_, b) => format!("has `{key}` {} for `{path}`, which the definition has not", b.unwrap_or_default()),
            });
        }
    }

    fn compare_fields(&mut self, defined: &Json, published: &'a Json, path: &str, way: &[String], depth: usize) {
        let fields = |schema: &'_ Json| schema["properties"].as_object().cloned().unwrap_or_default();
        let (a, b) = (fields(defined), &published["properties"]);
        let inside = |name: &str| -> Vec<String> {
            way.iter().cloned().chain(["properties".to_owned(), name.to_owned()]).collect()
        };
        for (name, inner) in &a {
            match b.get(name) {
                Some(other) => self.compare(inner, other, &format!("{path}.{name}"), &inside(name), depth + 1),
                None => self.differences.push((way.to_vec(), format!("lacks the field `{path}.{name}`"))),
            }
        }
        for (name, _) in b.as_object().into_iter().flatten() {
            let is_known = a.contains_key(name) || (depth == 0 && is_added(name));
            if !is_known && defined["x-kubernetes-preserve-unknown-fields"] != true {
                self.differences
                    .push((inside(name), format!("has the field `{path}.{name}`, which the definition has not")));
            }
        }
        let required = |schema: &Json| -> BTreeSet<String> {
            let names = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
            names
                .filter(|name| a.get(*name).is_none_or(|field| field.get("default").is_none()))
                .map(str::to_owned)
                .collect()
        };
        let (of_definition, of_published) = (required(defined), required(published));
        for name in of_definition.difference(&of_published) {
            self.differences.push((way.to_vec(), format!("does not require `{path}.{name}`")));
        }
        for name in of_published.difference(&of_definition) {
            self.differences.push((way.to_vec(), format!("requires `{path}.{name}`, which the definition does not")));
        }
    }

    /// Follows references inside the file, a few of them.
    fn resolved(&self, mut schema: &'a Json) -> &'a Json {
        for _ in 0..16 {
            match schema.get("$ref").and_then(Json::as_str).and_then(|reference| reference.strip_prefix('#')) {
                Some(pointer) => schema = self.root.pointer(pointer).unwrap_or(&Json::Null),
                None => break,
            }
        }
        schema
    }
}

/// Tells whether Crossplane adds a field of that name to `spec`.
fn is_added(name: &str) -> bool {
    use crate::ecosystem::crossplane::schema::{Scope, added};
    let policies = added::Policies::default();
    added::spec(Scope::Claim, &policies).contains_key(name)
        || added::spec(Scope::Composite, &policies).contains_key(name)
}

/// Returns the types that a schema allows, without null.
fn types(schema: &Json) -> BTreeSet<&str> {
    let mut types: BTreeSet<&str> = match &schema["type"] {
        Json::String(one) => BTreeSet::from([one.as_str()]),
        Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
        _ => BTreeSet::new(),
    };
    types.remove("null");
    types
}

/// Returns the value of a keyword as text; numbers alike, however they are written, and bounds with whether they are excluded.
fn bound(schema: &Json, key: &str) -> Option<String> {
    let exclusive = match key {
        "minimum" => schema.get("exclusiveMinimum"),
        "maximum" => schema.get("exclusiveMaximum"),
        _ => None,
    };
    // OpenAPI 3.0 says it by a boolean, JSON Schema by the number itself.
    let (value, word) = match exclusive {
        Some(Json::Number(_)) => (exclusive?, "excluding "),
        Some(Json::Bool(true)) => (schema.get(key)?, "excluding "),
        _ => (schema.get(key)?, ""),
    };
    match value.as_f64().filter(|_| value.is_number()) {
        _ if value.is_null() => None,
        Some(number) => Some(format!("{word}{number}")),
        None => Some(value.to_string()),
    }
}

fn joined(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(" or ")
}

fn list(values: &[&String]) -> String {
    values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
}
