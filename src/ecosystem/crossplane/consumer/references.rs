//! Claims against what others provide.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ID;
use super::super::claim::{self, Fault};
use super::super::codes::consumer::{
    CLAIM_AMBIGUOUS, CLAIM_INVALID, CLAIM_NAME_LENGTH, CLAIM_UNKNOWN_FIELD, CLAIM_UNRESOLVED, CLAIM_VERSION_UNSERVED,
};
use super::super::delivery::object::place;
use super::super::schema::{ClaimSchema, provision_name};
use super::API;
use super::claims::{Claim, may_be_secret};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::{Names, Provider};
use crate::pack::PackTree;

/// Most findings of one claim that are reported one by one.
const MOST_REPEATED: usize = 30;

/// Most findings of one consumer.
const MOST: usize = 300;

/// Longest name of an object that is created from a claim.
const LONGEST_NAME: usize = 63;

/// A provider with its schema, or why a claim cannot be validated.
enum Found {
    Schema(Provider, Box<ClaimSchema>),
    /// No pack provides the kind.
    Nobody,
    /// Several do, with other schemas: their names.
    Several(Vec<String>),
    /// What the provider says cannot be read.
    Unreadable,
}

/// Validates every claim against its provider, once each, whichever pack that is.
pub(super) fn check(claims: &[Claim], tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let mut found: BTreeMap<(&str, &str, &str), Found> = BTreeMap::new();
    let before = sink.found().len();
    for claim in claims {
        if sink.found().len() >= before + MOST {
            break;
        }
        let object = &claim.object;
        let key = (&*object.group, &*object.kind, &*object.version);
        let found = found.entry(key).or_insert_with(|| provider(key, names));
        one(claim, found, tree, names, sink);
    }
}

fn one(claim: &Claim, found: &Found, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let object = &claim.object;
    let api = provision_name(&object.group, &object.kind);
    let at_kind = || place(tree, &claim.file, object.kind_span);
    let long = object.name.as_ref().filter(|name| name.chars().count() > LONGEST_NAME);
    match found {
        Found::Schema(provider, schema) => validate(claim, provider, schema, tree, sink),
        Found::Nobody => {
            sink.report(CLAIM_UNRESOLVED, at_kind(), format!("no pack of the catalog provides `{api}`"))
                .help(suggestion(&api, names));
        }
        Found::Several(packs) => {
            let message =
                format!("`{api}` {} is provided with different schemas by {}", object.version, packs.join(", "));
            sink.report(CLAIM_AMBIGUOUS, at_kind(), message)
                .help("leave all but one of them out of the configuration; until then the claim is not validated");
        }
        Found::Unreadable => {}
    }
    // Where a schema applies, its check has said so.
    if let (Some(name), false) = (long, matches!(found, Found::Schema(..))) {
        let message =
            format!("the name of the claim has {} characters; at most {LONGEST_NAME} are taken", name.chars().count());
        sink.report(CLAIM_NAME_LENGTH, at_kind(), message).help("choose a shorter name");
    }
}

/// Finds who provides a version of a kind. Packs that say the same of it count as one.
fn provider((group, kind, version): (&str, &str, &str), names: &Names) -> Found {
    let providers = names.providers(ID, API, &provision_name(group, kind));
    if providers.is_empty() {
        return Found::Nobody;
    }
    let read = |provider: Provider| {
        let schema = provider.value.as_deref().and_then(ClaimSchema::from_json)?;
        Some((provider, Box::new(schema)))
    };
    let mut readable: Vec<(Provider, Box<ClaimSchema>)> = providers.into_iter().filter_map(read).collect();
    // Packs that serve the version come before those that do not.
    let serves = |schema: &ClaimSchema| schema.versions.get(version).is_some_and(|version| version.served);
    if readable.iter().any(|(_, schema)| serves(schema)) {
        readable.retain(|(_, schema)| serves(schema));
    }
    let Some((provider, schema)) = readable.first() else { return Found::Unreadable };
    let is_same = |other: &ClaimSchema| other.versions.get(version) == schema.versions.get(version);
    if readable.iter().all(|(_, other)| is_same(other)) {
        return Found::Schema(provider.clone(), schema.clone());
    }
    Found::Several(readable.iter().map(|(provider, _)| format!("`{}`", provider.pack)).collect())
}

fn validate(claim: &Claim, provider: &Provider, schema: &ClaimSchema, tree: &PackTree<'_>, sink: &mut Sink) {
    let Some(root) = claim.object.root.as_deref() else { return };
    let is_secret = |path: &str| may_be_secret(path) || is_described_as_secret(schema, &claim.object.version, path);
    let by = format!("`{}` {}", provider.pack, provider.version);
    for finding in claim::check(root, schema).findings.into_iter().take(MOST_REPEATED) {
        let version = &claim.object.version;
        let (code, message, help) = match finding.fault {
            Fault::VersionUnserved => {
                let served = schema.versions.iter().filter(|(_, version)| version.served).map(|(name, _)| &**name);
                let served: Vec<&str> = served.collect();
                let help = if served.is_empty() {
                    "the provider serves no version at all".to_owned()
                } else {
                    format!("use {}", served.join(" or "))
                };
                (CLAIM_VERSION_UNSERVED, format!("{by} does not serve `{version}` of `{}`", schema.kind), help)
            }
            Fault::UnknownField => {
                let message = format!("{by} does not know `{}`", finding.path);
                (CLAIM_UNKNOWN_FIELD, message, "correct its name, or take it away: the server drops it".to_owned())
            }
            Fault::NameTooLong => (CLAIM_NAME_LENGTH, finding.message, "choose a shorter name".to_owned()),
            Fault::Invalid if is_secret(&finding.path) => {
                let message = format!("`{}` does not fit the schema of {by}", finding.path);
                (CLAIM_INVALID, message, "look into the provider's page for what it takes".to_owned())
            }
            Fault::Invalid => {
                let path = if finding.path.is_empty() { "the claim".to_owned() } else { format!("`{}`", finding.path) };
                let help = format!("the API server refuses the claim; see `{}` on the provider's page", schema.kind);
                (CLAIM_INVALID, format!("{path}: {} (by {by}, {version})", finding.message), help)
            }
        };
        let place = at(claim, is_secret(&finding.path), finding.span, tree);
        sink.report(code, place, message).help(help);
    }
}

/// Tells whether the schema says of a field that it holds a secret.
fn is_described_as_secret(schema: &ClaimSchema, version: &str, path: &str) -> bool {
    const WORDS: &[&str] = &["password", "secret", "token", "credential"];
    let mut node = schema.versions.get(version).map(|version| &version.schema);
    let mut is_secret = false;
    for part in path.split(['.', '[']) {
        node = node.and_then(|node| {
            let items = node.get("items").filter(|_| part.ends_with(']'));
            items.or_else(|| node.get("properties")?.get(part)).or_else(|| node.get("additionalProperties"))
        });
        let description = node.and_then(|node| node.get("description")?.as_str()).unwrap_or_default().to_lowercase();
        is_secret |= WORDS.iter().any(|word| description.contains(word));
    }
    is_secret && path.contains('.')
}

/// Returns the place of a finding, without an excerpt where that would show a secret. What spans several lines is pointed to
/// by its first.
fn at(claim: &Claim, is_secret: bool, span: Span, tree: &PackTree<'_>) -> Place {
    let end_column = if span.end_line > span.line { span.column + 1 } else { span.end_column };
    let span = Span { end_line: span.line, end_column, ..span };
    if is_secret {
        return Place { path: claim.file.to_string(), span: Some(span), excerpt: None };
    }
    place(tree, &claim.file, span)
}

/// Returns what to do about a kind that nobody provides: the closest one that somebody does.
fn suggestion(api: &str, names: &Names) -> String {
    let add = "add the platform's repository to the configuration, so that the claim can be validated";
    let provided: BTreeSet<String> = names.provided(ID, API).into_iter().collect();
    let kind = |api: &str| {
        let kind = api.rsplit('/').next().unwrap_or_default().to_lowercase();
        kind.strip_suffix('s').map(str::to_owned).unwrap_or(kind)
    };
    let is_close = |other: &&String| kind(other) == kind(api);
    match provided.iter().find(is_close) {
        Some(other) => format!("did you mean `{other}`? Otherwise {add}"),
        None => add.to_owned(),
    }
}
