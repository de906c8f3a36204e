//! Policies: `policies/*.rego`.

use std::collections::BTreeSet;

use super::{POLICY, bare, server, table};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::astradesk::codes::{
    ASTRADESK_REGO_DEFAULT_ALLOW, ASTRADESK_REGO_DIALECT, ASTRADESK_REGO_UNPARSABLE,
};
use crate::ecosystem::astradesk::layout::stem;
use crate::ecosystem::astradesk::place::place;
use crate::ecosystem::astradesk::rego::{self, Policy, Refusal};
use crate::pack::{Component, Fact, Field, PackTree};
use crate::source::FileEntry;

/// A policy component and the tools that it names.
#[derive(Debug)]
pub(in crate::ecosystem::astradesk) struct Read {
    /// The component, without links.
    pub component: Component,
    /// The tools that it names, each with its first place.
    pub tools: Vec<(String, Span)>,
}

/// Reads a policy, once per content.
pub(in crate::ecosystem::astradesk) fn read(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    domain: &str,
    sink: &mut Sink,
) -> Option<Read> {
    let name = stem(entry);
    if !Component::is_safe_name(name) {
        return None;
    }
    let policy = tree
        .memo
        .get_or_insert(entry.blob, "astradesk-rego", || tree.text(entry, 1 << 20).map(|text| rego::read(&text)));
    let Some(policy) = &*policy else {
        let message = "the policy is larger than 1 MiB, or no UTF-8";
        sink.report(ASTRADESK_REGO_UNPARSABLE, Place::file(entry.path.as_str()), message);
        return None;
    };
    report(tree, entry, policy, sink);
    let mut component = bare(&POLICY, name, format!("policy.{domain}.{name}"), &entry.path, 1);
    let described = policy.rules.iter().find(|rule| !rule.description.is_empty());
    component.description = described.map(|rule| rule.description.clone()).unwrap_or_default();
    let dialect = match (&policy.v1, policy.v0.as_ref().or(policy.not_imported.as_ref())) {
        (None, None) => "Rego v1 and v0",
        (None, Some(_)) => "Rego v1 only",
        (Some(_), None) => "Rego v0 only",
        (Some(_), Some(_)) if policy.v0.is_none() => "Rego v0 only, where keywords need no import",
        (Some(_), Some(_)) => "none: it cannot be parsed",
    };
    component.facts.extend(policy.package.iter().map(|package| Fact { label: "Package", value: package.clone() }));
    component.facts.push(Fact { label: "Dialect", value: dialect.to_owned() });
    let rules = policy.rules.iter().map(|rule| Field {
        name: rule.name.clone(),
        type_text: rule.kind.clone(),
        constraints: (rule.definitions > 1).then(|| format!("{} definitions", rule.definitions)).into_iter().collect(),
        description: rule.description.clone(),
        ..Field::default()
    });
    component.tables.extend(table("Rules", "rules", rules.collect()));
    component.tables.extend(table("Messages", "messages", messages(policy)));
    let mut tools: Vec<(String, Span)> = Vec::new();
    for text in &policy.texts {
        if let Some(tool) = text.value.strip_prefix("tool.").filter(|tool| server::is_tool_name(tool))
            && tools.iter().all(|(known, _)| known != tool)
        {
            tools.push((tool.to_owned(), text.span));
        }
    }
    Some(Read { component, tools })
}

/// Returns a row for each message, by its text: lines change with everything above them, and releases are compared by names.
fn messages(policy: &Policy) -> Vec<Field> {
    let mut seen = BTreeSet::new();
    let texts = policy.texts.iter().filter(|text| text.is_message && !text.value.is_empty()).map(|text| &text.value);
    texts.filter(|text| seen.insert(*text)).map(|text| Field { name: text.clone(), ..Field::default() }).collect()
}

fn report(tree: &PackTree<'_>, entry: &FileEntry, policy: &Policy, sink: &mut Sink) {
    let at = |refusal: &Refusal| place(tree, entry, refusal.span);
    match (&policy.v1, &policy.v0) {
        (None, None) if policy.not_imported.is_none() => {}
        (None, refusal) => {
            let Some(refusal) = refusal.as_ref().or(policy.not_imported.as_ref()) else { return };
            let message = format!("Rego v0 cannot read this policy: {}", refusal.message);
            sink.report(ASTRADESK_REGO_DIALECT, at(refusal), message)
                .help("add `import rego.v1` below the package: then both dialects read it");
        }
        (Some(refusal), None) => {
            let also =
                policy.not_imported.as_ref().map(|other| format!("; in Rego v0 {}", other.message)).unwrap_or_default();
            let message = format!("Rego v1 cannot read this policy: {}{also}", refusal.message);
            sink.report(ASTRADESK_REGO_DIALECT, at(refusal), message)
                .help("write `if` before rule bodies and `contains` in sets, below `import rego.v1`");
        }
        (Some(refusal), Some(other)) => {
            let message =
                format!("no dialect of Rego reads this policy; v1: {}; v0: {}", refusal.message, other.message);
            sink.report(ASTRADESK_REGO_UNPARSABLE, at(refusal), message)
                .help("write it in Rego v1, below `import rego.v1`")
                .related("Rego v0 stops here", at(other));
        }
    }
    if let Some(span) = policy.default_allow {
        let message = "what no rule forbids is allowed";
        sink.report(ASTRADESK_REGO_DEFAULT_ALLOW, place(tree, entry, Some(span)), message)
            .help("write `default allow := false` and say what is allowed");
    }
}
