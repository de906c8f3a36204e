//! Checks a claim as the API server does: prune, apply defaults, validate.

mod defaults;
mod formats;
mod prune;
mod validate;

use serde_json::Value as Json;

use super::schema::{ClaimSchema, MOST_NAME_CHARACTERS};
use crate::diag::Span;
use crate::yaml::Node;

/// What is wrong with a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its version is unknown to the definition, or not served.
    VersionUnserved,
    /// A field would be pruned.
    UnknownField,
    /// Its name is longer than 63 characters.
    NameTooLong,
    /// A value, after defaulting, fails the schema.
    Invalid,
}

/// A finding about a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// Where, such as `spec.queue.stream`; empty for the whole object.
    pub path: String,
    /// Where in the claim's file: the value, or the closest one around it that is written down.
    pub span: Span,
    /// What is wrong, in words, without the path.
    pub message: String,
}

/// The outcome of checking a claim.
#[derive(Debug, Clone, Default)]
pub(super) struct Checked {
    /// What is wrong, in the order of the schema.
    pub findings: Vec<Finding>,
    /// The claim as the server would store it; null when no version of the schema applies.
    pub stored: Json,
    /// The defaults that were applied: path and value as compact JSON.
    pub defaulted: Vec<(String, String)>,
    /// The rules in CEL that apply to what the claim holds and were not evaluated: path and rule.
    pub unevaluated: Vec<(String, String)>,
}

impl Checked {
    /// Tells whether the server accepts the claim: unknown fields are pruned without a word.
    pub(super) fn is_accepted(&self) -> bool {
        self.findings.iter().all(|finding| finding.fault == Fault::UnknownField)
    }
}

/// Checks a claim against the schema of its kind, whose group and kind it has.
///
/// 1. Its version must be served.
/// 2. Fields that the schema does not specify are pruned, each with a finding; `status` is never taken from an author.
/// 3. Defaults are applied inside what is there.
/// 4. What is left is validated, and so is what every object has: a name, and texts as labels.
pub(super) fn check(claim: &Node, schema: &ClaimSchema) -> Checked {
    let mut checked = Checked::default();
    let version = claim.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
    let version = version.rsplit('/').next().unwrap_or_default();
    let Some(api) = schema.versions.get(version).filter(|api| api.served) else {
        checked.findings.push(unserved(claim, schema, version));
        return checked;
    };
    let mut value = claim.to_json();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("status");
    }
    let mut gone = Vec::new();
    let metadata = value.get_mut("metadata").map(Json::take);
    prune::prune(&mut value, &api.schema, &mut Vec::new(), &mut gone);
    let mut applied = Vec::new();
    defaults::apply(&mut value, &api.schema, &mut Vec::new(), &mut applied);
    if let Some(metadata) = metadata {
        value["metadata"] = metadata;
    }
    for way in gone.iter().take(MOST_UNKNOWN) {
        let message = "is not in the schema: the server drops it".to_owned();
        checked.findings.push(finding(Fault::UnknownField, way, key_span(claim, way), message));
    }
    check_metadata(claim, &value, &api.schema, &mut checked.findings);
    let outcome = validate::validate(&without_metadata(&value), &api.schema);
    for (way, message) in outcome.faults {
        let span = claim.at(way.iter().map(String::as_str)).span;
        checked.findings.push(finding(Fault::Invalid, &way, span, message));
    }
    checked.defaulted = applied.iter().map(|(way, default)| (dotted(way), default.to_string())).collect();
    checked.unevaluated = outcome.rules.iter().map(|(way, rule)| (dotted(way), rule.clone())).collect();
    if outcome.is_cut_short {
        checked.unevaluated.push((String::new(), "claim and schema are too large to be validated here".to_owned()));
    }
    checked.stored = value;
    checked
}

/// Returns where and why a default fails the schema it stands in, after the defaults inside it were applied.
pub(super) fn default_fault(default: &Json, schema: &Json) -> Option<(String, String)> {
    let (mut value, mut gone) = (default.clone(), Vec::new());
    prune::prune(&mut value, schema, &mut Vec::new(), &mut gone);
    if let Some(way) = gone.first() {
        return Some((dotted(way), "is not in the schema".to_owned()));
    }
    defaults::apply(&mut value, schema, &mut Vec::new(), &mut Vec::new());
    let outcome = validate::validate(&value, schema);
    outcome.faults.into_iter().next().map(|(way, fault)| (dotted(&way), fault))
}

/// Most unknown fields of one claim that are told.
const MOST_UNKNOWN: usize = 50;

/// Writes a way as people do: `spec.queue[0].name`.
pub(super) fn dotted(way: &[String]) -> String {
    let mut text = String::new();
    for part in way {
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            text.push_str(&format!("[{part}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(part);
        }
    }
    text
}

fn finding(fault: Fault, way: &[String], span: Span, message: String) -> Finding {
    Finding { fault, path: dotted(way), span, message }
}

fn unserved(claim: &Node, schema: &ClaimSchema, version: &str) -> Finding {
    let served: Vec<&str> =
        schema.versions.iter().filter(|(_, api)| api.served).map(|(name, _)| name.as_str()).collect();
    let known = if schema.versions.contains_key(version) { "no longer serves" } else { "has no" };
    let message = format!(
        "the definition of `{}/{}` {known} version `{version}`; served: {}",
        schema.group,
        schema.kind,
        if served.is_empty() { "none".to_owned() } else { served.join(", ") },
    );
    let span = claim.get("apiVersion").map_or(claim.span, |node| node.span);
    finding(Fault::VersionUnserved, &["apiVersion".to_owned()], span, message)
}

/// Requires what the server requires of every object: a name that is a DNS subdomain, and texts as labels and annotations.
fn check_metadata(claim: &Node, value: &Json, schema: &Json, findings: &mut Vec<Finding>) {
    let metadata = &value["metadata"];
    let way = |key: &str| ["metadata".to_owned(), key.to_owned()];
    let span = |key: &str| claim.at(["metadata", key]).span;
    let mut invalid =
        |key: &str, message: String| findings.push(finding(Fault::Invalid, &way(key), span(key), message));
    match &metadata["name"] {
        Json::Null if metadata["generateName"].is_string() => {}
        Json::Null => invalid("name", "is missing: every object has a name".to_owned()),
        Json::String(name) if !is_subdomain(name) => {
            invalid("name", format!("`{name}` is not made of lowercase letters, digits, `-` and `.`"));
        }
        Json::String(_) => {}
        _ => invalid("name", "is not a string".to_owned()),
    }
    for key in ["labels", "annotations"] {
        let texts = metadata[key].as_object().into_iter().flatten();
        for (name, _) in texts.filter(|(_, value)| !value.is_string()).take(MOST_UNKNOWN) {
            invalid(key, format!("the value of `{name}` is not a string: quote it"));
        }
    }
    let longest = schema["properties"]["metadata"]["properties"]["name"]["maxLength"].as_u64();
    let (name, longest) = (metadata["name"].as_str().unwrap_or_default(), longest.unwrap_or(MOST_NAME_CHARACTERS));
    let characters = name.chars().count() as u64;
    if characters > longest {
        let message = format!("the name has {characters} characters, at most {longest} are allowed");
        findings.push(finding(Fault::NameTooLong, &way("name"), span("name"), message));
    }
}

/// Tells whether a text is a DNS subdomain (RFC 1123), as names of objects are.
fn is_subdomain(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = part.as_bytes();
        is_end(bytes.first())
            && is_end(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    text.split('.').all(is_part)
}

fn without_metadata(value: &Json) -> Json {
    let fields = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "metadata");
    Json::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Returns where the key of an unknown field stands.
fn key_span(claim: &Node, way: &[String]) -> Span {
    let Some((last, above)) = way.split_last() else { return claim.span };
    let parent = claim.at(above.iter().map(String::as_str));
    parent.entry(last).map_or(parent.span, |(key, _)| key.span)
}

#[cfg(test)]
mod tests;
