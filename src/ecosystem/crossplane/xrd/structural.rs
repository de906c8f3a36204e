//! Structural schemas: what the API server takes, what it drops without a word, and what never does anything.
//!
//! The rules are those of Kubernetes (`apiextensions-apiserver/pkg/apiserver/schema`), applied to what Crossplane keeps of an
//! author's schema. What Crossplane drops (`build::dropped`) is told once, and not looked at further.

use super::keywords::{FORBIDDEN, KEYWORDS, NOT_INSIDE, TYPES, wrong_kind};
use super::{Xrd, XrdVersion, first_line};
use crate::diag::{Sink, Span};
use crate::ecosystem::crossplane::claim;
use crate::ecosystem::crossplane::codes::provider::{
    REQUIRED_WITH_DEFAULT, RESERVED_FIELD, SCHEMA_KEYWORD_IGNORED, XRD_NOT_STRUCTURAL,
};
use crate::ecosystem::crossplane::documents::Document;
use crate::ecosystem::crossplane::schema::pattern::{self, MOST_PATTERNS};
use crate::ecosystem::crossplane::schema::{Scope, added, build};
use crate::yaml::Node;

/// Most findings about one version's schema.
const MOST_FINDINGS: usize = 100;

/// Checks the schema of a version.
pub(super) fn check(document: &Document<'_>, xrd: &Xrd, version: &XrdVersion, schema: &Node, sink: &mut Sink) {
    let mut walk = Walk { document, sink, count: 0, values: 0, version: &version.name };
    walk.root(schema);
    let dropped = build::dropped(&version.schema);
    for way in &dropped {
        let span = key_span(schema, way);
        walk.ignored(span, &format!("Crossplane drops `{}` of the schema", way.join(".")), "put it on the fields themselves: of `spec` only its properties, `required`, `oneOf`, validations and description are kept");
    }
    for part in ["spec", "status"] {
        let part_schema = schema.at(["properties", part]);
        let is_there = schema.get("properties").and_then(|properties| properties.get(part)).is_some();
        if !is_there || !part_schema.is_map() {
            continue;
        }
        walk.keywords(part_schema);
        walk.required_with_default(part_schema);
        walk.branches_of(part_schema, &["oneOf"]);
        for (key, inner) in part_schema.get("properties").map(Node::entries).unwrap_or_default() {
            walk.schema(inner, &format!("{part}.{}", key.key_text()));
        }
    }
    reserved_fields(&mut walk, xrd, schema);
}

/// Tells fields of `spec` that Crossplane writes its own schema over.
fn reserved_fields(walk: &mut Walk<'_>, xrd: &Xrd, schema: &Node) {
    let Some(fields) = schema.get("properties").and_then(|node| node.get("spec")?.get("properties")) else { return };
    let of_claims = xrd.claim.as_ref().map(|_| added::spec(Scope::Claim, &xrd.policies));
    let of_composites = added::spec(Scope::Composite, &xrd.policies);
    for (key, _) in fields.entries() {
        let name = key.key_text();
        let in_claims = of_claims.as_ref().is_some_and(|fields| fields.contains_key(&name));
        if !in_claims && !of_composites.contains_key(&name) {
            continue;
        }
        let message = format!("`spec.{name}` is a field that Crossplane adds: this schema is overwritten");
        let help = if of_claims.is_some() && !in_claims {
            "leave it out: Crossplane fills it in on composites, and claims would ask their users for it"
        } else {
            "leave it out, or give the field another name"
        };
        walk.report(RESERVED_FIELD, key.span, message, help);
    }
}

/// Returns where a keyword stands.
fn key_span(schema: &Node, way: &[String]) -> Span {
    let Some((last, above)) = way.split_last() else { return first_line(schema) };
    let parent = schema.at(above.iter().map(String::as_str));
    parent.entry(last).map_or_else(|| first_line(parent), |(key, _)| key.span)
}

struct Walk<'a> {
    document: &'a Document<'a>,
    sink: &'a mut Sink,
    count: usize,
    /// How many patterns and defaults were tried so far.
    values: usize,
    version: &'a str,
}

impl Walk<'_> {
    fn report(&mut self, code: crate::diag::Code, span: Span, message: String, help: &str) {
        self.count += 1;
        if self.count <= MOST_FINDINGS {
            self.sink.report(code, self.document.place(span), message).help(help);
        }
    }

    fn fault(&mut self, span: Span, message: String, help: &str) {
        let message = format!("the schema of `{}` is not structural: {message}", self.version);
        self.report(XRD_NOT_STRUCTURAL, span, message, help);
    }

    fn ignored(&mut self, span: Span, message: &str, help: &str) {
        self.report(SCHEMA_KEYWORD_IGNORED, span, message.to_owned(), help);
    }

    /// Checks the outermost object, of which little is kept.
    fn root(&mut self, schema: &Node) {
        if schema.get("type").and_then(Node::as_str) != Some("object") {
            let span = schema.get("type").map_or_else(|| first_line(schema), |node| node.span);
            self.fault(span, "the root is no object".to_owned(), "write `type: object`");
        }
        let metadata = schema.at(["properties", "metadata"]);
        if schema.get("properties").is_some_and(|properties| properties.get("metadata").is_some()) {
            self.metadata(metadata);
        }
    }

    /// Requires `metadata` to restrict nothing but the name.
    fn metadata(&mut self, metadata: &Node) {
        for (key, value) in metadata.entries() {
            match key.as_str() {
                Some("type" | "description") => {}
                Some("properties") => {
                    for (name, _) in value.entries() {
                        if !matches!(name.as_str(), Some("name" | "generateName")) {
                            let message = format!("`metadata.{}` is restricted", name.key_text());
                            self.fault(name.span, message, "only `name` and `generateName` can be");
                        }
                    }
                }
                _ => {
                    self.fault(
                        key.span,
                        "`metadata` is restricted".to_owned(),
                        "only `name` and `generateName` can be",
                    );
                }
            }
        }
    }

    /// Checks a field's schema. Recursive, but the gate bounds the depth.
    fn schema(&mut self, schema: &Node, path: &str) {
        if !schema.is_map() {
            self.fault(
                schema.span,
                format!("`{path}` is {}, not a schema", schema.kind()),
                "describe the field by a mapping, at least with its `type`",
            );
            return;
        }
        self.keywords(schema);
        self.types(schema, path);
        self.required_with_default(schema);
        self.values(schema, path);
        self.branches_of(schema, &["allOf", "anyOf", "oneOf", "not"]);
        for (key, inner) in schema.get("properties").map(Node::entries).unwrap_or_default() {
            self.schema(inner, &format!("{path}.{}", key.key_text()));
        }
        if let Some(inner) = schema.get("additionalProperties").filter(|inner| inner.is_map()) {
            self.schema(inner, &format!("{path}.*"));
        }
        match schema.get("items") {
            Some(inner) if inner.is_map() => self.schema(inner, &format!("{path}[]")),
            Some(inner) => self.fault(
                inner.span,
                format!("the `items` of `{path}` are {}", inner.kind()),
                "describe all items by one schema",
            ),
            None => {}
        }
        if is_true(schema, "x-kubernetes-embedded-resource")
            && let Some(metadata) = schema.get("properties").and_then(|properties| properties.get("metadata"))
        {
            self.metadata(metadata);
        }
    }

    /// Tells keywords that are refused, and those that nobody reads.
    fn keywords(&mut self, schema: &Node) {
        for (key, value) in schema.entries() {
            let name = key.key_text();
            if FORBIDDEN.contains(&name.as_str()) {
                self.fault(key.span, format!("`{name}` is not allowed"), "write the schema out where it is used");
            } else if !KEYWORDS.contains(&name.as_str()) {
                self.ignored(
                    key.span,
                    &format!("Kubernetes ignores the keyword `{name}`"),
                    "remove it, or say the same by a keyword of OpenAPI 3.0: nothing enforces it",
                );
            } else if let Some(wanted) = wrong_kind(&name, value) {
                self.fault(
                    value.span,
                    format!("`{name}` is {}, not {wanted}", value.kind()),
                    "correct its value: the definition cannot be read",
                );
            }
        }
        if is_true(schema, "uniqueItems") {
            self.fault(
                entry_span(schema, "uniqueItems"),
                "`uniqueItems` is true".to_owned(),
                "use `x-kubernetes-list-type: set`",
            );
        }
        let has = |key: &str| schema.get(key).is_some();
        if has("additionalProperties") && has("properties") {
            self.fault(
                entry_span(schema, "additionalProperties"),
                "`additionalProperties` stands beside `properties`".to_owned(),
                "keep one of them: an object has named fields, or any",
            );
        } else if schema.get("additionalProperties").and_then(Node::as_bool) == Some(false) {
            self.fault(
                entry_span(schema, "additionalProperties"),
                "`additionalProperties` is false".to_owned(),
                "remove it: unknown fields are pruned anyway",
            );
        }
    }

    /// Requires a type, and what goes with it.
    fn types(&mut self, schema: &Node, path: &str) {
        let is_int_or_string = is_true(schema, "x-kubernetes-int-or-string");
        let preserves = is_true(schema, "x-kubernetes-preserve-unknown-fields");
        match schema.get("type") {
            None if is_int_or_string || preserves => {}
            None => self.fault(
                first_line(schema),
                format!("`{path}` has no type"),
                "write its `type`, or `x-kubernetes-preserve-unknown-fields: true`",
            ),
            Some(node) if is_int_or_string => {
                self.fault(
                    node.span,
                    format!("`{path}` has a type beside `x-kubernetes-int-or-string`"),
                    "remove the `type`",
                );
            }
            Some(node) => match node.as_str() {
                Some(name) if TYPES.contains(&name) => {
                    if name == "array" && schema.get("items").is_none() {
                        self.fault(
                            node.span,
                            format!("the list `{path}` has no `items`"),
                            "say what it holds in `items`",
                        );
                    }
                }
                _ => {
                    let text = node.scalar_text().unwrap_or_else(|| node.kind().to_owned());
                    self.fault(
                        node.span,
                        format!("`{path}` has the type `{text}`"),
                        "use one of object, array, string, integer, number and boolean",
                    );
                }
            },
        }
    }

    /// Requires patterns to be RE2, and defaults to be valid.
    fn values(&mut self, schema: &Node, path: &str) {
        self.values += usize::from(schema.get("pattern").is_some()) + usize::from(schema.get("default").is_some());
        // Each costs up to milliseconds, and a hostile schema has one on each of its lines.
        if self.values > MOST_PATTERNS {
            return;
        }
        if let Some(node) = schema.get("pattern")
            && let Some(text) = node.as_str()
            && let Some(fault) = pattern::fault(text)
        {
            self.fault(
                node.span,
                format!("the pattern of `{path}` is none: {fault}"),
                "write it in RE2 syntax: without look-around and back references",
            );
        }
        if let Some(default) = schema.get("default")
            && let Some((at, fault)) = claim::default_fault(&default.to_json(), &schema.to_json())
        {
            let inside = if at.is_empty() { String::new() } else { format!("`{at}` ") };
            self.fault(
                default.span,
                format!("the default of `{path}` fails its own schema: {inside}{fault}"),
                "correct the default, or the schema",
            );
        }
    }

    /// Tells fields that are required and have a default.
    fn required_with_default(&mut self, schema: &Node) {
        let properties = schema.get("properties");
        for required in schema.get("required").map(Node::items).unwrap_or_default() {
            let Some(name) = required.as_str() else { continue };
            let field = properties.and_then(|properties| properties.get(name));
            if field.is_some_and(|field| field.get("default").is_some()) {
                self.report(
                    REQUIRED_WITH_DEFAULT,
                    required.span,
                    format!("`{name}` is required and has a default: it can never be missing"),
                    "leave it out of `required`, or remove the default",
                );
            }
        }
    }

    fn branches_of(&mut self, schema: &Node, keywords: &[&str]) {
        for keyword in keywords {
            let Some(node) = schema.get(keyword) else { continue };
            let branches = if *keyword == "not" { std::slice::from_ref(node) } else { node.items() };
            for branch in branches {
                self.branch(branch, Some(schema), keyword, is_true(schema, "x-kubernetes-int-or-string"));
            }
        }
    }

    /// Checks what stands inside `allOf` and its like; `outside` is the schema it restricts. Recursive as the tree is deep.
    fn branch(&mut self, branch: &Node, outside: Option<&Node>, keyword: &str, is_int_or_string: bool) {
        for (key, value) in branch.entries() {
            let name = key.key_text();
            let is_pattern = is_int_or_string && name == "type" && matches!(value.as_str(), Some("integer" | "string"));
            if (NOT_INSIDE.contains(&name.as_str()) && !is_pattern) || name.starts_with("x-kubernetes-") {
                self.fault(
                    key.span,
                    format!("`{name}` stands inside `{keyword}`"),
                    "say it outside: alternatives only restrict values",
                );
            } else if !KEYWORDS.contains(&name.as_str()) {
                self.ignored(
                    key.span,
                    &format!("Kubernetes ignores the keyword `{name}`"),
                    "remove it: nothing enforces it",
                );
            }
        }
        let declared = outside.and_then(|outside| outside.get("properties"));
        for (key, inner) in branch.get("properties").map(Node::entries).unwrap_or_default() {
            let name = key.key_text();
            let outer = declared.and_then(|declared| declared.get(&name));
            if outer.is_none() {
                self.fault(
                    key.span,
                    format!("`{name}` inside `{keyword}` is not declared outside"),
                    "declare the field in `properties` as well",
                );
            }
            self.branch(inner, outer, keyword, outer.is_some_and(|outer| is_true(outer, "x-kubernetes-int-or-string")));
        }
        if let Some(inner) = branch.get("items") {
            self.branch(inner, outside.and_then(|outside| outside.get("items")), keyword, false);
        }
        for inner_keyword in ["allOf", "anyOf", "oneOf", "not"] {
            let Some(node) = branch.get(inner_keyword) else { continue };
            let branches = if inner_keyword == "not" { std::slice::from_ref(node) } else { node.items() };
            for inner in branches {
                self.branch(inner, outside, inner_keyword, is_int_or_string);
            }
        }
    }
}

fn is_true(schema: &Node, key: &str) -> bool {
    schema.get(key).and_then(Node::as_bool) == Some(true)
}

fn entry_span(schema: &Node, key: &str) -> Span {
    schema.entry(key).map_or_else(|| first_line(schema), |(key, _)| key.span)
}
