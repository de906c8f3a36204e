//! `Composition`: what an API is made of.
//!
//! | module | what it does |
//! |---|---|
//! | `patches` | what is patched from where to where |
//! | `shape` | what Crossplane takes as a composition |
//! | `paths` | paths of patches, held against the schema of the composite |

mod patches;
pub(super) mod paths;
mod shape;

use std::ops::Range;

use super::documents::Document;
use super::xrd::first_line;
use crate::diag::{Sink, Span};
use crate::yaml::Node;
pub(super) use patches::{Patch, Side};

/// The kind.
pub(super) const KIND: &str = "Composition";

/// A composition.
#[derive(Debug)]
pub(super) struct Composition {
    /// `metadata.name`.
    pub name: String,
    /// Where the name, or else the document, stands.
    pub span: Span,
    /// Where the document stands in its file.
    pub range: Range<usize>,
    /// The label `crossplane.io/xrd`, and where it stands.
    pub label: Option<(String, Span)>,
    /// `spec.compositeTypeRef`: API version and kind, and where it stands.
    pub target: Option<Target>,
    /// How it works.
    pub mode: Mode,
    /// Resources, and patch sets.
    pub composed: Vec<Composed>,
    /// The functions of its pipeline: step, and name of the function.
    pub functions: Vec<(String, String)>,
    /// What Crossplane 2 no longer has, and where it stands.
    pub gone_in_v2: Vec<(&'static str, Span)>,
}

/// What a composition is for.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The group.
    pub group: String,
    /// The version.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// Where it stands.
    pub span: Span,
}

/// How a composition works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// By resources with patches, which Crossplane itself applies.
    Resources,
    /// By a pipeline of functions.
    Pipeline,
}

/// A resource that a composition makes, or a set of patches that resources share.
#[derive(Debug)]
pub(super) struct Composed {
    /// Its name, as the author wrote it.
    pub name: String,
    /// Whether it is a set of patches.
    pub is_patch_set: bool,
    /// The API version of its base.
    pub api_version: String,
    /// The kind of its base; of an object that wraps a manifest, the manifest's too.
    pub kind: String,
    /// The API version and kind of the manifest inside, for `kubernetes.crossplane.io`.
    pub inner: Option<(String, String)>,
    /// Its patches.
    pub patches: Vec<Patch>,
}

/// Reads a composition and checks it by itself.
pub(super) fn read(document: &Document<'_>, sink: &mut Sink) -> Composition {
    let root = document.root();
    let spec = root.get("spec");
    let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
    let label = root.get("metadata").and_then(|metadata| metadata.get("labels")?.get("crossplane.io/xrd"));
    let target = spec.and_then(|spec| spec.get("compositeTypeRef")).filter(|node| node.is_map()).map(|node| {
        let api_version = text(node.get("apiVersion"));
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let span = node.get("apiVersion").map_or_else(|| first_line(node), |node| node.span);
        Target { group: group.to_owned(), version: version.to_owned(), kind: text(node.get("kind")), span }
    });
    let pipeline = spec.and_then(|spec| spec.get("pipeline")).map(Node::items).unwrap_or_default();
    let mode = match spec.and_then(|spec| spec.get("mode")).and_then(Node::as_str) {
        Some("Pipeline") => Mode::Pipeline,
        Some(_) => Mode::Resources,
        None if !pipeline.is_empty() => Mode::Pipeline,
        None => Mode::Resources,
    };
    let mut composed = spec.map(composed_below).unwrap_or_default();
    // `function-patch-and-transform` takes the same lists as its input.
    let inputs = pipeline.iter().filter_map(|step| step.get("input"));
    composed.extend(inputs.flat_map(composed_below));
    let functions = pipeline.iter().map(|step| {
        let function = step.get("functionRef").and_then(|reference| reference.get("name"));
        (text(step.get("step")), text(function))
    });
    let composition = Composition {
        name: text(name),
        span: name.map_or_else(|| first_line(root), |node| node.span),
        range: document.range.clone(),
        label: label.and_then(|node| Some((node.as_str()?.to_owned(), node.span))),
        target,
        mode,
        composed,
        functions: functions.collect(),
        gone_in_v2: spec.map(gone_in_v2).unwrap_or_default(),
    };
    shape::check(document, sink);
    composition
}

/// Returns the resources and patch sets of a `spec`, or of a function's input.
fn composed_below(node: &Node) -> Vec<Composed> {
    let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let resources = node.get("resources").map(Node::items).unwrap_or_default().iter().enumerate();
    let resources = resources.map(|(at, resource)| {
        let base = resource.get("base");
        let manifest = base.map(|base| base.at(["spec", "forProvider", "manifest"]));
        let inner = manifest.and_then(|manifest| {
            Some((manifest.get("apiVersion")?.as_str()?.to_owned(), manifest.get("kind")?.as_str()?.to_owned()))
        });
        let api_version = text(base.and_then(|base| base.get("apiVersion")));
        let name = resource.get("name").and_then(Node::as_str).map_or_else(|| format!("#{}", at + 1), str::to_owned);
        Composed {
            name,
            is_patch_set: false,
            inner: inner.filter(|_| api_version.starts_with("kubernetes.")),
            kind: text(base.and_then(|base| base.get("kind"))),
            api_version,
            patches: patches::of(resource.get("patches")),
        }
    });
    let sets = node.get("patchSets").map(Node::items).unwrap_or_default().iter();
    let sets = sets.map(|set| Composed {
        name: text(set.get("name")),
        is_patch_set: true,
        api_version: String::new(),
        kind: String::new(),
        inner: None,
        patches: patches::of(set.get("patches")),
    });
    sets.chain(resources).collect()
}

/// Returns what Crossplane 2 no longer has.
fn gone_in_v2(spec: &Node) -> Vec<(&'static str, Span)> {
    let key = |name: &'static str| spec.entry(name).map(|(key, _)| (name, key.span));
    let mode =
        spec.get("mode").filter(|node| node.as_str() == Some("Resources")).map(|node| ("mode: Resources", node.span));
    // Without a mode, resources alone say that it is the old one.
    let mode =
        mode.or_else(|| key("resources").filter(|_| spec.get("mode").is_none() && spec.get("pipeline").is_none()));
    let others = ["patchSets", "publishConnectionDetailsWithStoreConfigRef", "environment"];
    mode.into_iter().chain(others.into_iter().filter_map(key)).collect()
}
