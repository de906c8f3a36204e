//! Examples and test fixtures, checked as the API server checks claims.

use std::sync::Arc;

use super::{API, MOST_OBJECTS, Provider, place};
use crate::diag::{Sink, Span};
use crate::ecosystem::Names;
use crate::ecosystem::crossplane::ID;
use crate::ecosystem::crossplane::claim::{self, Checked, Fault};
use crate::ecosystem::crossplane::codes::consumer::CLAIM_UNKNOWN_FIELD;
use crate::ecosystem::crossplane::codes::provider::{EXAMPLE_INVALID, NEGATIVE_FIXTURE_PASSES};
use crate::ecosystem::crossplane::documents;
use crate::ecosystem::crossplane::objects::{group_and_kind, is_templated, is_yaml};
use crate::ecosystem::crossplane::schema::{ClaimSchema, provision_name};
use crate::ecosystem::crossplane::xrd::first_line;
use crate::pack::{Pack, PackTree, Parsed};
use crate::source::FileEntry;
use crate::yaml::Node;

/// Most findings about one claim that are told.
const MOST_FINDINGS: usize = 20;

/// What a file of claims is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An example.
    Example,
    /// A fixture that should be accepted.
    Positive,
    /// A fixture that should be refused.
    Negative,
}

/// A document of a file of claims.
#[derive(Debug)]
pub(super) struct ClaimDocument {
    /// Its group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The tree.
    pub root: Node,
    /// Where it starts.
    pub span: Span,
    /// Its text.
    pub text: String,
}

/// A file of claims.
pub(super) struct ClaimFile<'a> {
    /// The file.
    pub entry: &'a FileEntry,
    /// What it is for.
    pub purpose: Purpose,
    /// Its documents.
    pub documents: Arc<Parsed<Vec<ClaimDocument>>>,
}

/// Returns what a file of claims is for; nothing for other files.
pub(super) fn purpose(path: &str) -> Option<Purpose> {
    if !is_yaml(path) {
        return None;
    }
    let mut above: Vec<&str> = path.split('/').collect();
    let name = above.pop()?;
    let tests = above.iter().position(|part| *part == "tests");
    let is_fixture = tests.is_some_and(|tests| above[tests..].contains(&"fixtures"));
    if is_fixture {
        let is_negative = name.starts_with("invalid-") || name.starts_with("missing-");
        return Some(if is_negative { Purpose::Negative } else { Purpose::Positive });
    }
    (tests.is_none() && above.contains(&"examples")).then_some(Purpose::Example)
}

/// Reads the files of claims, and adds the findings about them as YAML.
pub(super) fn read<'a>(tree: &PackTree<'a>, sink: &mut Sink) -> Vec<ClaimFile<'a>> {
    let (mut files, mut count) = (Vec::new(), 0);
    for entry in tree.snapshot.files() {
        if count >= MOST_OBJECTS {
            break;
        }
        let Some(purpose) = purpose(entry.path.as_str()) else { continue };
        if is_templated(tree, entry) {
            continue;
        }
        // A fixture that should be refused may well be refused as YAML.
        let mut aside = Sink::new();
        let sink = if purpose == Purpose::Negative { &mut aside } else { &mut *sink };
        let documents = documents::each(tree, entry, "claims", sink, |document, _| {
            let root = document.root().clone();
            let (group, kind) = group_and_kind(&root);
            let name = root.at(["metadata", "name"]).as_str().unwrap_or_default().to_owned();
            let text = document.text[document.range.clone()].trim_matches(['\n', '\r']).to_owned();
            ClaimDocument { group, kind, name, span: first_line(&root), root, text }
        });
        count += documents.value.as_ref().map_or(0, Vec::len);
        files.push(ClaimFile { entry, purpose, documents });
    }
    files
}

/// Checks the documents of a file that are claims of the pack's own APIs.
pub(super) fn check(provider: &Provider<'_>, file: &ClaimFile<'_>, sink: &mut Sink) {
    check_with(
        provider,
        file,
        &|group, kind| provider.schemas.iter().find(|schema| schema.group == group && schema.kind == kind).cloned(),
        sink,
    );
}

/// Returns the rules in CEL that apply to a claim of the pack's own APIs: nothing here evaluates them.
pub(super) fn unevaluated(provider: &Provider<'_>, document: &ClaimDocument) -> Vec<String> {
    let is_of = |schema: &&ClaimSchema| schema.group == document.group && schema.kind == document.kind;
    let Some(schema) = provider.schemas.iter().find(is_of) else { return Vec::new() };
    claim::check(&document.root, schema).unevaluated.into_iter().map(|(_, rule)| rule).collect()
}

/// Checks the documents of examples and fixtures that are claims of other packs' APIs.
pub(super) fn check_others(pack: &Pack, provider: &Provider<'_>, names: &Names, sink: &mut Sink) {
    for file in read(provider.tree, &mut Sink::new()) {
        let find = |group: &str, kind: &str| {
            let is_own = provider.schemas.iter().any(|schema| schema.group == group && schema.kind == kind);
            if is_own || group.is_empty() || kind.is_empty() {
                return None;
            }
            let others = names.providers(ID, API, &provision_name(group, kind));
            let other = others.into_iter().find(|other| other.pack != pack.id.name.as_str())?;
            ClaimSchema::from_json(&other.value?)
        };
        check_with(provider, &file, &find, sink);
    }
}

fn check_with(
    provider: &Provider<'_>,
    file: &ClaimFile<'_>,
    schema: &dyn Fn(&str, &str) -> Option<ClaimSchema>,
    sink: &mut Sink,
) {
    let checked: Vec<(&ClaimDocument, Checked)> = file
        .documents
        .value
        .iter()
        .flatten()
        .filter_map(|document| {
            let schema = schema(&document.group, &document.kind)?;
            Some((document, claim::check(&document.root, &schema)))
        })
        .collect();
    if file.purpose == Purpose::Negative {
        // One refused document is what the test is about.
        let all_pass = !checked.is_empty() && checked.iter().all(|(_, checked)| checked.is_accepted());
        if let Some((document, checked)) = checked.first().filter(|_| all_pass) {
            report_accepted(provider, file, document, checked, sink);
        }
        return;
    }
    for (document, checked) in &checked {
        let unknown = checked.findings.iter().filter(|finding| finding.fault == Fault::UnknownField);
        for finding in unknown.take(MOST_FINDINGS) {
            let message = format!("`{}` has the field `{}`, which {}", document.name, finding.path, finding.message);
            sink.report(CLAIM_UNKNOWN_FIELD, place(provider.tree, file.entry, finding.span), message)
                .help("correct its name, or add it to the definition");
        }
        let refused = checked.findings.iter().filter(|finding| finding.fault != Fault::UnknownField);
        for finding in refused.take(MOST_FINDINGS) {
            let subject = if finding.path.is_empty() { String::new() } else { format!("`{}` ", finding.path) };
            let message = format!("the API refuses `{}`: {subject}{}", document.name, finding.message);
            let span = Span { end_line: finding.span.end_line.min(finding.span.line + 2), ..finding.span };
            sink.report(EXAMPLE_INVALID, place(provider.tree, file.entry, span), message)
                .help("correct the claim, or the definition");
        }
    }
}

/// Reports a fixture that should be refused, with what explains that it is not.
fn report_accepted(
    provider: &Provider<'_>,
    file: &ClaimFile<'_>,
    document: &ClaimDocument,
    checked: &Checked,
    sink: &mut Sink,
) {
    let unknown: Vec<&str> = checked.findings.iter().map(|finding| finding.path.as_str()).collect();
    let filled: Vec<String> = checked
        .defaulted
        .iter()
        .map(|(path, value)| format!("`{path}` = {value}"))
        .filter(|text| !text.contains(".compositeDeletePolicy"))
        .take(5)
        .collect();
    let help = if let Some(rule) = checked.unevaluated.first() {
        format!("its rules in CEL were not evaluated, such as `{}`: they may refuse it", rule.1)
    } else if !unknown.is_empty() {
        format!("unknown fields are pruned, not refused: {}", unknown.join(", "))
    } else if !filled.is_empty() {
        format!(
            "what has a default is never missing: {}; a rule across fields needs `x-kubernetes-validations`",
            filled.join(", ")
        )
    } else {
        "a required field with a default is never missing, and a rule across fields needs `x-kubernetes-validations`"
            .to_owned()
    };
    let message = format!("`{}` should be refused, and the API accepts it", file.entry.path.file_name());
    sink.report(NEGATIVE_FIXTURE_PASSES, place(provider.tree, file.entry, document.span), message).help(help);
}
