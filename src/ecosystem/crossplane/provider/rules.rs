//! The rules between the files of a provider, and between packs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::constraint::Constraint;
use super::{API, Provider, needs, place};
use crate::diag::{Code, Sink, Span};
use crate::ecosystem::Names;
use crate::ecosystem::crossplane::ID;
use crate::ecosystem::crossplane::codes::provider::{
    CLAIM_IN_PROVIDER, COMPOSITION_LABEL, COMPOSITION_ORPHAN, COMPOSITION_TARGET, COMPOSITION_V2, PATCH_DIRECTION,
    PATCH_PATH, XRD_WITHOUT_COMPOSITION,
};
use crate::ecosystem::crossplane::composition::paths::{Lookup, look_up, looks_composed};
use crate::ecosystem::crossplane::composition::{Composition, Patch, Side, Target};
use crate::ecosystem::crossplane::schema::{ClaimSchema, Scope, build, provision_name};
use crate::ecosystem::crossplane::xrd::Xrd;
use crate::pack::Pack;
use crate::source::FileEntry;

/// A rule of a pack.
type Rule = fn(&Provider<'_>, &mut Sink);

/// Lists the rules, in the order of the documentation.
const RULES: &[Rule] = &[
    compositions_fit_their_definition,
    definitions_have_compositions,
    nothing_is_gone_in_version_2,
    patches_fit_the_schema,
    labels_name_the_definition,
    claims_are_examples,
];

/// Most patches of one composition that are told.
const MOST_PATCHES: usize = 50;

/// Checks what a pack declares, by itself.
pub(super) fn check(provider: &Provider<'_>, sink: &mut Sink) {
    for rule in RULES {
        rule(provider, sink);
    }
}

/// Checks what a pack declares against what others provide.
pub(super) fn check_references(pack: &Pack, provider: &Provider<'_>, names: &Names, sink: &mut Sink) {
    for (entry, composition) in &provider.compositions {
        let Some(target) = &composition.target else { continue };
        if target.kind.is_empty() || provider.xrd_of(target).is_some() {
            continue;
        }
        let providers = names.providers(ID, API, &provision_name(&target.group, &target.kind));
        let others: Vec<_> = providers.iter().filter(|other| other.pack != pack.id.name.as_str()).collect();
        if others.is_empty() {
            let message = format!("no pack of the catalog defines `{}` of `{}`", target.kind, target.group);
            sink.report(COMPOSITION_ORPHAN, place(provider.tree, entry, target.span), message)
                .help("correct `compositeTypeRef`, or add the repository that defines it to the registry");
        }
        for other in others {
            let schema = other.value.as_deref().and_then(ClaimSchema::from_json);
            let version = schema.as_ref().and_then(|schema| schema.versions.get(&target.version));
            if schema.is_some() && version.is_none_or(|version| !version.referenceable) {
                let message = format!(
                    "`{}` is no referenceable version of `{}` in the pack `{}`",
                    target.version, target.kind, other.pack
                );
                sink.report(COMPOSITION_TARGET, place(provider.tree, entry, target.span), message)
                    .help("refer to its referenceable version: Crossplane selects no other composition");
            }
        }
    }
    super::claims::check_others(pack, provider, names, sink);
}

impl<'a> Provider<'a> {
    /// Returns the definition that a composition is for.
    pub(super) fn xrd_of(&self, target: &Target) -> Option<(&'a FileEntry, &'a Xrd)> {
        self.xrds.iter().copied().find(|(_, xrd)| xrd.group == target.group && xrd.composite.kind == target.kind)
    }
}

/// Requires a composition to be for the referenceable version of its definition.
fn compositions_fit_their_definition(provider: &Provider<'_>, sink: &mut Sink) {
    for (entry, composition) in &provider.compositions {
        let Some(target) = &composition.target else { continue };
        let Some((of_xrd, xrd)) = provider.xrd_of(target) else { continue };
        let referenceable = xrd.versions.iter().any(|version| version.referenceable && version.name == target.version);
        // Where no version is referenceable, that is what is wrong.
        let Some(right) = xrd.referenceable().filter(|_| !referenceable) else { continue };
        let message = format!("the composition is for version `{}` of `{}`", target.version, target.kind);
        sink.report(COMPOSITION_TARGET, place(provider.tree, entry, target.span), message)
            .help(format!("refer to `{}/{}`, which is referenceable", xrd.group, right.name))
            .related("defined here", place(provider.tree, of_xrd, right.span));
    }
}

/// Requires a definition to have a composition.
fn definitions_have_compositions(provider: &Provider<'_>, sink: &mut Sink) {
    for (entry, xrd) in &provider.xrds {
        let is_implemented = provider.compositions.iter().any(|(_, composition)| {
            composition.target.as_ref().is_some_and(|t| t.group == xrd.group && t.kind == xrd.composite.kind)
        });
        if !is_implemented && !xrd.composite.kind.is_empty() {
            let message = format!("no composition implements `{}`", xrd.composite.kind);
            sink.report(XRD_WITHOUT_COMPOSITION, place(provider.tree, entry, xrd.span), message)
                .help("add a Composition whose `compositeTypeRef` is its group, version and kind");
        }
    }
}

/// Tells what Crossplane 2 no longer has, unless the pack requires an earlier version.
fn nothing_is_gone_in_version_2(provider: &Provider<'_>, sink: &mut Sink) {
    let required = provider.about.crossplane.as_deref().or_else(|| {
        // A package that does not say what it requires is offered to every version.
        if provider.about.is_package { None } else { needs::derived(provider) }
    });
    let admits = required.is_none_or(|text| Constraint::parse(text).is_some_and(|range| range.admits([2, 0, 0])));
    if !admits {
        return;
    }
    for (entry, composition) in &provider.compositions {
        for (what, span) in &composition.gone_in_v2 {
            let message = format!("Crossplane 2 has no `{what}`, and the pack does not rule it out");
            sink.report(COMPOSITION_V2, place(provider.tree, entry, *span), message)
                .help(format!("require `{}` in `spec.crossplane.version`, or use a pipeline", needs::WITH_RESOURCES));
        }
    }
}

/// Holds the paths of patches against the schema of the composite.
fn patches_fit_the_schema(provider: &Provider<'_>, sink: &mut Sink) {
    // One schema for all compositions of a version.
    let mut schemas: BTreeMap<(&str, &str), Json> = BTreeMap::new();
    for (entry, composition) in &provider.compositions {
        let Some(target) = &composition.target else { continue };
        let Some((_, xrd)) = provider.xrd_of(target) else { continue };
        let Some(version) = xrd.versions.iter().find(|version| version.name == target.version) else { continue };
        let key = (xrd.name.as_str(), version.name.as_str());
        let build = || build::whole(&version.schema, Scope::Composite, &xrd.policies);
        let found = paths(composition, schemas.entry(key).or_insert_with(build));
        for (code, span, message, help) in found.into_iter().take(MOST_PATCHES) {
            sink.report(code, place(provider.tree, entry, span), message).help(help);
        }
    }
}

type Finding = (Code, Span, String, String);

fn paths(composition: &Composition, schema: &Json) -> Vec<Finding> {
    let mut found = Vec::new();
    for composed in &composition.composed {
        for patch in &composed.patches {
            let of_patch = patch.from.iter().chain(&patch.to).filter(|(side, _, _)| *side == Side::Composite);
            for (_, path, span) in of_patch {
                let Lookup::Unknown(at) = look_up(path, schema) else { continue };
                let is_target = patch.to.as_ref().is_some_and(|(_, _, target)| target == span);
                found.push(unknown_path(patch, path, &at, *span, is_target));
            }
            if let Some(finding) = reversed_target(patch) {
                found.push(finding);
            }
        }
    }
    found
}

/// Says that a path is in no schema, or that the patch goes the wrong way.
fn unknown_path(patch: &Patch, path: &str, at: &str, span: Span, is_target: bool) -> Finding {
    let silently = match (is_target, patch.is_required) {
        (true, _) => ": as it is, the server drops what is written there",
        (false, false) => ": as it is, the patch does nothing, without a word",
        (false, true) => "",
    };
    if looks_composed(path) {
        let message = format!("`{path}` looks like a field of the composed resource, not of the composite");
        return (PATCH_DIRECTION, span, message, format!("use `{}`{silently}", reverse(&patch.kind)));
    }
    let message = format!("the composite has no field `{at}`");
    (PATCH_PATH, span, message, format!("correct the path, or add the field to the definition{silently}"))
}

/// Says that a patch onto a composed resource has a target that looks like the composite's status.
fn reversed_target(patch: &Patch) -> Option<Finding> {
    let (_, path, span) = patch.to.as_ref().filter(|(side, _, _)| *side == Side::Composed)?;
    let from_composite = patch.from.iter().all(|(side, source, _)| *side == Side::Composite && !looks_composed(source));
    if !path.starts_with("status.") || !from_composite {
        return None;
    }
    let message =
        format!("`{path}` looks like the composite's status, but `{}` writes to the composed resource", patch.kind);
    Some((
        PATCH_DIRECTION,
        *span,
        message,
        format!("use `{}`: nothing keeps a status that is written there", reverse(&patch.kind)),
    ))
}

fn reverse(kind: &str) -> &'static str {
    match kind {
        "FromCompositeFieldPath" => "ToCompositeFieldPath",
        "CombineFromComposite" => "CombineToComposite",
        "ToCompositeFieldPath" => "FromCompositeFieldPath",
        _ => "CombineFromComposite",
    }
}

/// Requires the label of a composition to name its own definition.
fn labels_name_the_definition(provider: &Provider<'_>, sink: &mut Sink) {
    for (entry, composition) in &provider.compositions {
        let (Some((label, span)), Some(target)) = (&composition.label, &composition.target) else { continue };
        let Some((_, xrd)) = provider.xrd_of(target) else { continue };
        if *label != xrd.name {
            let message = format!("the label names `{label}`, and the composition is for `{}`", xrd.name);
            sink.report(COMPOSITION_LABEL, place(provider.tree, entry, *span), message)
                .help(format!("write `crossplane.io/xrd: {}`", xrd.name));
        }
    }
}

/// Tells claims outside of examples and tests.
fn claims_are_examples(provider: &Provider<'_>, sink: &mut Sink) {
    for (entry, other) in &provider.others {
        let is_own = provider.schemas.iter().any(|schema| schema.group == other.group && schema.kind == other.kind);
        if is_own {
            let message = format!("`{}` is a claim among what the pack delivers", other.name);
            sink.report(CLAIM_IN_PROVIDER, place(provider.tree, entry, other.span), message)
                .help("move it below `examples/`: who applies the pack creates it");
        }
    }
}
