//! Claims against what others provide.

use std::collections::BTreeSet;

use super::super::ID;
use super::super::claim::{self, Fault, Finding};
use super::super::codes::consumer::{
    CLAIM_AMBIGUOUS, CLAIM_BREAKS_SOON, CLAIM_INVALID, CLAIM_NAME_LENGTH, CLAIM_UNKNOWN_FIELD, CLAIM_UNRESOLVED,
    CLAIM_VERSION_UNSERVED,
};
use super::super::delivery::object::place;
use super::super::schema::{ClaimSchema, provision_name};
use super::API;
use super::claims::{self, Claim, may_be_secret};
use super::provided::{Against, Found, Providers, Why};
use crate::diag::{Code, Place, Sink, Span};
use crate::ecosystem::Names;
use crate::pack::{PackTree, Remark};

/// Most findings of one claim that are reported one by one.
const MOST_REPEATED: usize = 30;

/// Most findings of one consumer.
const MOST: usize = 300;

/// Most rules in CEL, and most defaults, that the page of a claim shows.
const MOST_SHOWN: usize = 100;

/// Most characters of a rule, of a path and of a default that the page of a claim shows.
const MOST_CHARACTERS: usize = 300;

/// Longest name of an object that is created from a claim.
const LONGEST_NAME: usize = 63;

/// What is said of a finding about a claim.
struct Said {
    code: Code,
    message: String,
    help: String,
    /// Whether the value may be a secret, so that no excerpt shows it.
    is_secret: bool,
}

/// Validates every claim against its provider, once each, whichever pack that is.
///
/// `pinned` is the revision of the platform that the service says it uses.
pub(super) fn check(claims: &[Claim], pinned: Option<&str>, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let mut providers = Providers::new(names, pinned);
    let before = sink.found().len();
    for claim in claims {
        if sink.found().len() >= before + MOST {
            break;
        }
        one(claim, providers.of(claim), tree, names, sink);
    }
}

fn one(claim: &Claim, found: &Found, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let object = &claim.object;
    let api = provision_name(&object.group, &object.kind);
    let at_kind = || place(tree, &claim.file, object.kind_span);
    match found {
        Found::Schemas(revisions) => validate(claim, revisions, tree, sink),
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
    let long = object.name.as_ref().filter(|name| name.chars().count() > LONGEST_NAME);
    // Where a schema applies, its check has said so.
    if let (Some(name), false) = (long, matches!(found, Found::Schemas(..))) {
        let message =
            format!("the name of the claim has {} characters; at most {LONGEST_NAME} are taken", name.chars().count());
        sink.report(CLAIM_NAME_LENGTH, at_kind(), message).help("choose a shorter name");
    }
}

/// Reports what each revision finds; what the first finds is not said again.
fn validate(claim: &Claim, revisions: &[Against], tree: &PackTree<'_>, sink: &mut Sink) {
    let Some(root) = claim.object.root.as_deref() else { return };
    let mut told: Vec<Finding> = Vec::new();
    for against in revisions {
        let found = claim::check(root, &against.schema).findings;
        for finding in found.into_iter().take(MOST_REPEATED) {
            if told.contains(&finding) {
                continue;
            }
            let said = said(claim, against, &finding);
            sink.report(said.code, at(claim, said.is_secret, finding.span, tree), said.message).help(said.help);
            told.push(finding);
        }
    }
}

/// Returns what checking the claims came to, for their pages: what is wrong, and what their providers fill in.
pub(super) fn remarks(claims: &[Claim], pinned: Option<&str>, names: &Names) -> Vec<Remark> {
    let mut providers = Providers::new(names, pinned);
    let mut remarks = Vec::new();
    for (claim, name) in claims.iter().zip(claims::names(claims)) {
        let Some(root) = claim.object.root.as_deref() else { continue };
        let remark = |against: String, result: &str| Remark {
            kind: super::super::kinds::CLAIM.key.to_owned(),
            name: name.clone(),
            against,
            result: result.to_owned(),
            is_good: false,
            faults: Vec::new(),
            unevaluated: Vec::new(),
            defaults: Vec::new(),
        };
        match providers.of(claim) {
            Found::Schemas(revisions) => {
                remarks.extend(revisions.iter().map(|against| {
                    let checked = claim::check(root, &against.schema);
                    let is_accepted = checked.is_accepted();
                    let told = |finding: &Finding| said(claim, against, finding).message;
                    let shown = |(path, value): &(String, String)| {
                        let is_secret = is_secret(claim, &against.schema, path);
                        (shortened(path), if is_secret { "not shown".to_owned() } else { shortened(value) })
                    };
                    let rules = checked.unevaluated.iter().map(|(path, rule)| match path.as_str() {
                        "" => shortened(rule),
                        path => format!("{}: {}", shortened(path), shortened(rule)),
                    });
                    Remark {
                        is_good: is_accepted,
                        faults: checked.findings.iter().take(MOST_REPEATED).map(told).collect(),
                        unevaluated: rules.take(MOST_SHOWN).collect(),
                        defaults: checked.defaulted.iter().take(MOST_SHOWN).map(shown).collect(),
                        ..remark(against.to_string(), if is_accepted { "valid" } else { "refused" })
                    }
                }));
            }
            Found::Nobody => {
                remarks.push(remark(String::new(), "not checked: no pack of the catalog provides its kind"));
            }
            Found::Several(packs) => {
                let result = format!("not checked: {} provide its kind with different schemas", packs.join(", "));
                remarks.push(remark(String::new(), &result));
            }
            Found::Unreadable => {}
        }
    }
    remarks
}

/// Returns a text that hardly costs anything, however often it is shown: a provider may write megabytes of it.
fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(MOST_CHARACTERS).collect();
    if characters.next().is_some() { start + "…" } else { start }
}

/// Says what is wrong, without a value that may be a secret.
fn said(claim: &Claim, against: &Against, finding: &Finding) -> Said {
    let (schema, version) = (&against.schema, &claim.object.version);
    let is_secret = is_secret(claim, schema, &finding.path);
    let (code, message, help) = match finding.fault {
        Fault::VersionUnserved => {
            let served = schema.versions.iter().filter(|(_, version)| version.served).map(|(name, _)| &**name);
            let served: Vec<&str> = served.collect();
            let help = if served.is_empty() {
                "the provider serves no version at all".to_owned()
            } else {
                format!("use {}", served.join(" or "))
            };
            (CLAIM_VERSION_UNSERVED, format!("{against} does not serve `{version}` of `{}`", schema.kind), help)
        }
        Fault::UnknownField => {
            let message = format!("{against} does not know `{}`", finding.path);
            (CLAIM_UNKNOWN_FIELD, message, "correct its name, or take it away: the server drops it".to_owned())
        }
        Fault::NameTooLong => (CLAIM_NAME_LENGTH, finding.message.clone(), "choose a shorter name".to_owned()),
        Fault::Invalid if is_secret => {
            let message = format!("`{}` does not fit the schema of {against}", finding.path);
            (CLAIM_INVALID, message, "look into the provider's page for what it takes".to_owned())
        }
        Fault::Invalid => {
            let path = if finding.path.is_empty() { "the claim".to_owned() } else { format!("`{}`", finding.path) };
            let help = format!("the API server refuses the claim; see `{}` on the provider's page", schema.kind);
            (CLAIM_INVALID, format!("{path}: {} (by {against}, {version})", finding.message), help)
        }
    };
    if against.why != Why::Upcoming {
        return Said { code, message, help, is_secret };
    }
    let help = "change the claim before the provider is released, or tell who provides it".to_owned();
    Said { code: CLAIM_BREAKS_SOON, message, help, is_secret }
}

/// Tells whether a field of a claim may hold a secret: by its name, or by what the schema says of it.
fn is_secret(claim: &Claim, schema: &ClaimSchema, path: &str) -> bool {
    may_be_secret(path) || is_described_as_secret(schema, &claim.object.version, path)
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
