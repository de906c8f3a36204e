//! What Crossplane takes as a composition.

use std::collections::BTreeSet;

use super::patches::{USUAL, sides};
use crate::diag::{Sink, Span};
use crate::ecosystem::crossplane::codes::provider::COMPOSITION_SHAPE;
use crate::ecosystem::crossplane::documents::Document;
use crate::ecosystem::crossplane::xrd::first_line;
use crate::yaml::Node;

/// Most findings about one composition's shape.
const MOST_FINDINGS: usize = 50;

/// Lists the types of patches of Crossplane 1.16, besides sets.
const TYPES: &[&str] = &[
    "FromCompositeFieldPath",
    "ToCompositeFieldPath",
    "CombineFromComposite",
    "CombineToComposite",
    "FromEnvironmentFieldPath",
    "ToEnvironmentFieldPath",
    "CombineFromEnvironment",
    "CombineToEnvironment",
    "PatchSet",
];

/// Checks a composition.
pub(super) fn check(document: &Document<'_>, sink: &mut Sink) {
    let mut shape = Shape { document, sink, count: 0 };
    let root = document.root();
    let name = root.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::as_str);
    if name.is_none_or(str::is_empty) {
        shape.fault(first_line(root), "the composition has no name".to_owned(), "write `metadata.name`");
    }
    let Some(spec) = root.get("spec").filter(|spec| spec.is_map()) else {
        shape.fault(
            first_line(root),
            "the composition has no `spec`".to_owned(),
            "say in `spec` what it is for and made of",
        );
        return;
    };
    shape.target(spec);
    shape.mode(spec);
    shape.lists(spec);
    for step in spec.get("pipeline").map(Node::items).unwrap_or_default() {
        if let Some(input) = step.get("input") {
            shape.lists(input);
        }
    }
}

struct Shape<'a> {
    document: &'a Document<'a>,
    sink: &'a mut Sink,
    count: usize,
}

impl Shape<'_> {
    fn fault(&mut self, span: Span, message: String, help: &str) {
        self.count += 1;
        if self.count <= MOST_FINDINGS {
            self.sink.report(COMPOSITION_SHAPE, self.document.place(span), message).help(help);
        }
    }

    /// Requires a composition to say what it is for.
    fn target(&mut self, spec: &Node) {
        let target = spec.get("compositeTypeRef");
        let has = |key: &str| {
            target.and_then(|node| node.get(key)).and_then(Node::as_str).is_some_and(|text| !text.is_empty())
        };
        if has("apiVersion") && has("kind") {
            return;
        }
        let wrong = spec.entry("compositeTypeReference").map(|(key, _)| key.span);
        let span = target.map(|node| node.span).or(wrong).unwrap_or_else(|| first_line(spec));
        let help = if wrong.is_some() && target.is_none() {
            "call it `compositeTypeRef`"
        } else {
            "write `apiVersion` and `kind` of the composite in `compositeTypeRef`"
        };
        self.fault(
            Span { end_line: span.line, ..span },
            "the composition does not say what it is for".to_owned(),
            help,
        );
    }

    /// Requires either resources or a pipeline, as the mode says.
    fn mode(&mut self, spec: &Node) {
        let has_items = |key: &str| spec.get(key).is_some_and(|node| !node.items().is_empty());
        let key_span = |key: &str| spec.entry(key).map_or_else(|| first_line(spec), |(key, _)| key.span);
        let mode = spec.get("mode");
        match mode.map(|node| node.as_str().unwrap_or_default()) {
            None | Some("Resources" | "Pipeline") => {}
            Some(other) => {
                let message = format!("`{other}` is no mode");
                self.fault(key_span("mode"), message, "use `Resources` or `Pipeline`");
                return;
            }
        }
        let is_pipeline = mode.and_then(Node::as_str).map_or_else(|| has_items("pipeline"), |mode| mode == "Pipeline");
        let mixed = if is_pipeline { ["resources", "patchSets"].as_slice() } else { ["pipeline"].as_slice() };
        for key in mixed.iter().filter(|key| has_items(key)) {
            let (is, not) = if is_pipeline { ("a pipeline", "its steps") } else { ("resources", "`mode: Pipeline`") };
            let message = format!("`{key}` stands in a composition of {is}");
            self.fault(
                key_span(key),
                message,
                &format!("keep one of them: a composition that mixes both is refused; or use {not}"),
            );
        }
        let wanted = if is_pipeline { "pipeline" } else { "resources" };
        if !has_items(wanted) {
            self.fault(first_line(spec), format!("the composition has no `{wanted}`"), "say what it is made of");
        }
        for step in spec.get("pipeline").map(Node::items).unwrap_or_default().iter().filter(|_| is_pipeline) {
            let function = step.get("functionRef").and_then(|reference| reference.get("name"));
            if step.get("step").and_then(Node::as_str).is_none() || function.and_then(Node::as_str).is_none() {
                let message = "a step of the pipeline has no name or no function".to_owned();
                self.fault(first_line(step), message, "write `step` and `functionRef.name`");
            }
        }
    }

    /// Checks the resources and patch sets of a `spec`, or of a function's input.
    fn lists(&mut self, node: &Node) {
        let sets = node.get("patchSets").map(Node::items).unwrap_or_default();
        let names: BTreeSet<&str> = sets.iter().filter_map(|set| set.get("name")?.as_str()).collect();
        for set in sets {
            self.patches(set, None);
        }
        for resource in node.get("resources").map(Node::items).unwrap_or_default() {
            self.patches(resource, Some(&names));
        }
    }

    /// Checks patches; `sets` are the names of the sets that they may refer to.
    fn patches(&mut self, holder: &Node, sets: Option<&BTreeSet<&str>>) {
        for patch in holder.get("patches").map(Node::items).unwrap_or_default() {
            let kind = patch.get("type").and_then(Node::as_str).unwrap_or(USUAL);
            let span = patch.get("type").map_or_else(|| first_line(patch), |node| node.span);
            let has = |key: &str| patch.get(key).is_some_and(|node| !node.is_null());
            if !TYPES.contains(&kind) {
                self.fault(span, format!("`{kind}` is no type of patch"), "use one such as `FromCompositeFieldPath`");
            } else if kind == "PatchSet" {
                self.patch_set(patch, span, sets);
            } else if kind.starts_with("Combine") {
                let variables = patch.get("combine").and_then(|combine| combine.get("variables"));
                let is_complete = variables.is_some_and(|node| {
                    !node.items().is_empty() && node.items().iter().all(|one| one.get("fromFieldPath").is_some())
                });
                if !is_complete {
                    self.fault(
                        span,
                        format!("`{kind}` has no `combine` with variables"),
                        "list in `combine.variables` what is combined",
                    );
                } else if !has("toFieldPath") {
                    self.fault(span, format!("`{kind}` has no `toFieldPath`"), "say where the value goes");
                }
            } else if sides(kind).is_some() && !has("fromFieldPath") {
                self.fault(span, format!("`{kind}` has no `fromFieldPath`"), "say where the value comes from");
            }
        }
    }

    fn patch_set(&mut self, patch: &Node, span: Span, sets: Option<&BTreeSet<&str>>) {
        let name = patch.get("patchSetName");
        match (name.and_then(Node::as_str), sets) {
            (_, None) => self.fault(span, "a patch set refers to another one".to_owned(), "write the patches out"),
            (None, _) => self.fault(span, "`PatchSet` has no `patchSetName`".to_owned(), "name the set"),
            (Some(name), Some(sets)) if !sets.contains(name) => {
                let span = patch.get("patchSetName").map_or(span, |node| node.span);
                self.fault(span, format!("there is no patch set `{name}`"), "define it in `patchSets`");
            }
            _ => {}
        }
    }
}
