//! The rules of one definition: names, versions, schemas.

use super::{Xrd, first_line, structural};
use crate::diag::{Sink, Span};
use crate::ecosystem::crossplane::codes::provider::{
    VERSION_DEPRECATED, XRD_CLAIM_NAMES, XRD_NAME, XRD_NOT_STRUCTURAL, XRD_REFERENCEABLE,
};
use crate::ecosystem::crossplane::documents::Document;
use crate::yaml::Node;

/// A rule of a definition.
type Rule = fn(&Document<'_>, &Xrd, &mut Sink);

/// Lists the rules, in the order of the documentation.
const RULES: &[Rule] = &[
    named_by_plural_and_group,
    one_version_is_referenceable,
    schemas_are_structural,
    claim_names_differ,
    deprecated_versions,
    deprecation_warnings_are_short,
];

/// Longest `deprecationWarning` that the API server takes, in characters.
const LONGEST_WARNING: usize = 256;

/// Checks a definition by itself.
pub(super) fn check(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    for rule in RULES {
        rule(document, xrd, sink);
    }
}

/// Returns where a value below `spec` stands, or what is closest to it.
fn span_at(document: &Document<'_>, way: &[&str]) -> Span {
    let node = document.root().at(way.iter().copied());
    if node.is_map() || node.is_seq() { first_line(node) } else { node.span }
}

/// Requires a definition to be named `<plural>.<group>`.
fn named_by_plural_and_group(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    let names = &xrd.composite;
    if names.plural.is_empty() || names.kind.is_empty() || xrd.group.is_empty() {
        let missing = [
            (xrd.group.is_empty(), "spec.group"),
            (names.kind.is_empty(), "spec.names.kind"),
            (names.plural.is_empty(), "spec.names.plural"),
        ];
        let missing: Vec<&str> = missing.iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| *what).collect();
        sink.report(XRD_NAME, document.place(xrd.span), format!("the definition has no {}", missing.join(", ")))
            .help("a definition says its group, and the kind and plural of its composite");
        return;
    }
    unusable_names(document, xrd, sink);
    let expected = format!("{}.{}", names.plural, xrd.group);
    if xrd.name != expected {
        sink.report(XRD_NAME, document.place(xrd.span), format!("the definition is named `{}`", xrd.name))
            .help(format!("name it `{expected}`: its plural and its group"));
    }
}

/// Tells names that Kubernetes refuses: kinds are words, plurals and versions DNS labels, groups DNS subdomains.
fn unusable_names(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    let is_label = |text: &str| {
        (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_kind = |text: &str| {
        (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_group = |text: &str| {
        text.len() <= 253 && text.split('.').all(|part| is_label(part) || part.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut fault = |span: Span, what: &str, text: &str| {
        sink.report(XRD_NAME, document.place(span), format!("`{text}` is no {what}"))
            .help("use lowercase letters, digits and `-`; kinds are words such as `QueueWorker`");
    };
    if !is_group(&xrd.group) {
        fault(span_at(document, &["spec", "group"]), "group", &xrd.group);
    }
    for (key, names) in [("names", Some(&xrd.composite)), ("claimNames", xrd.claim.as_ref())] {
        let Some(names) = names else { continue };
        if !is_kind(&names.kind) {
            fault(span_at(document, &["spec", key, "kind"]), "kind", &names.kind);
        }
        if !is_label(&names.plural) {
            fault(span_at(document, &["spec", key, "plural"]), "plural", &names.plural);
        }
    }
    for version in xrd.versions.iter().filter(|version| !is_label(&version.name)) {
        fault(version.span, "version of an API", &version.name);
    }
}

/// Requires exactly one referenceable version, and that it is served.
fn one_version_is_referenceable(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    let referenceable: Vec<_> = xrd.versions.iter().filter(|version| version.referenceable).collect();
    match referenceable[..] {
        [] => {
            let place = document.place(span_at(document, &["spec", "versions"]));
            sink.report(XRD_REFERENCEABLE, place, "no version is referenceable")
                .help("set `referenceable: true` on the version that compositions refer to");
        }
        [only] if only.served => {}
        [only] => {
            let message = format!("`{}` is referenceable but not served", only.name);
            sink.report(XRD_REFERENCEABLE, document.place(only.span), message).help("set `served: true` on it");
        }
        [first, second, ..] => {
            let message = format!("`{}` is referenceable too", second.name);
            sink.report(XRD_REFERENCEABLE, document.place(second.span), message)
                .help("keep `referenceable: true` on one version only")
                .related("first here", document.place(first.span));
        }
    }
}

/// Requires every schema to be structural, and tells what is dropped of it.
fn schemas_are_structural(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    let versions = document.root().at(["spec", "versions"]);
    for (version, node) in xrd.versions.iter().zip(versions.items()) {
        match node.get("schema").and_then(|schema| schema.get("openAPIV3Schema")) {
            Some(schema) if schema.is_map() => structural::check(document, xrd, version, schema, sink),
            _ => {
                let message = format!("`{}` has no schema", version.name);
                sink.report(XRD_NOT_STRUCTURAL, document.place(version.span), message)
                    .help("describe its fields in `schema.openAPIV3Schema`");
            }
        }
    }
}

/// Requires the names of a claim to differ from those of the composite.
fn claim_names_differ(document: &Document<'_>, _: &Xrd, sink: &mut Sink) {
    let spec = document.root().at(["spec"]);
    let (Some(composite), Some(claim)) = (spec.get("names"), spec.get("claimNames")) else { return };
    for key in ["kind", "plural", "singular", "listKind"] {
        let text = |node: &Node| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let (Some(of_claim), Some(of_composite)) = (text(claim), text(composite)) else { continue };
        if of_claim == of_composite {
            let span = claim.get(key).map_or(claim.span, |node| node.span);
            let message = format!("the `{key}` of claims is that of the composite, `{of_claim}`");
            sink.report(XRD_CLAIM_NAMES, document.place(span), message)
                .help("name the composite otherwise, by custom with an `X` in front");
        }
    }
}

/// Tells which versions are deprecated, or no longer served.
fn deprecated_versions(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    for version in &xrd.versions {
        let what = match (version.served, version.deprecated) {
            (true, false) => continue,
            (true, true) => "is deprecated",
            (false, _) => "is not served",
        };
        let message = format!("version `{}` of `{}` {what}", version.name, xrd.user_kind().kind);
        let draft = sink.report(VERSION_DEPRECATED, document.place(version.span), message);
        match &version.deprecation_warning {
            Some(warning) => draft.help(format!("users are told: {warning}")),
            None => draft.help("say in its `deprecationWarning` what to use instead"),
        };
    }
}

/// Requires what users of a deprecated version are told to fit into a warning of the API server.
fn deprecation_warnings_are_short(document: &Document<'_>, xrd: &Xrd, sink: &mut Sink) {
    let versions = document.root().at(["spec", "versions"]);
    for (version, node) in xrd.versions.iter().zip(versions.items()) {
        let length = version.deprecation_warning.as_ref().map_or(0, |warning| warning.chars().count());
        if length > LONGEST_WARNING {
            let span = node.entry("deprecationWarning").map_or(version.span, |(key, _)| key.span);
            let message = format!("the deprecation warning of `{}` has {length} characters", version.name);
            sink.report(XRD_NOT_STRUCTURAL, document.place(span), message)
                .help(format!("say it in at most {LONGEST_WARNING}: the API server refuses a longer one"));
        }
    }
}
