//! The objects that files hold, as the API server names them.

use std::sync::Arc;

use super::super::documents::{self, Document};
use crate::diag::{Place, Sink, Span};
use crate::ident::RelPath;
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// An object of a file.
#[derive(Debug)]
pub(in super::super) struct Object {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version in the group.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// `metadata.name`.
    pub name: Option<String>,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// Where the kind stands.
    pub kind_span: Span,
    /// The whole object; only of kinds that somebody looks at again.
    pub root: Option<Arc<Node>>,
}

/// What rules say about one object while its file is read.
type Rule = fn(&Document<'_>, &Object, &mut Sink);

/// Reads the objects of a file once per content. Documents that are no objects are left out.
///
/// The findings of the rules are replayed each time; a file without objects of its own has none.
pub(in super::super) fn read(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    context: &'static str,
    rules: &'static [Rule],
    sink: &mut Sink,
) -> Vec<Arc<Object>> {
    let parsed = documents::each(tree, entry, ("objects", context), sink, |document, sink| {
        let object = Arc::new(object(document.root())?);
        rules.iter().for_each(|rule| rule(document, &object, sink));
        Some(object)
    });
    parsed.value.iter().flatten().flatten().cloned().collect()
}

/// Returns an object; nothing when a document is none.
pub(in super::super) fn object(root: &Node) -> Option<Object> {
    let api_version = root.get("apiVersion")?.as_str()?;
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let kind = root.get("kind")?;
    let metadata = |key: &str| Some(root.get("metadata")?.get(key)?.as_str()?.to_owned());
    let mut object = Object {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.as_str()?.to_owned(),
        name: metadata("name"),
        namespace: metadata("namespace"),
        kind_span: kind.span,
        root: None,
    };
    let is_looked_at = matches!(&*object.group, "argoproj.io" | "kustomize.config.k8s.io") || !object.is_well_known();
    object.root = is_looked_at.then(|| Arc::new(root.clone()));
    Some(object)
}

/// Groups that come with Kubernetes or with tools that every platform knows: no pack has to provide them.
const WELL_KNOWN: &[&str] = &[
    "apps",
    "autoscaling",
    "batch",
    "extensions",
    "policy",
    "argoproj.io",
    "bitnami.com",
    "cilium.io",
    "external-secrets.io",
    "generators.external-secrets.io",
    "helm.cattle.io",
    "keda.sh",
    "metallb.io",
    "traefik.io",
    "viaduct.ai",
];

/// Endings of groups of the same sort.
const WELL_KNOWN_ENDINGS: &[&str] = &[
    "k8s.io",
    "x-k8s.io",
    "cert-manager.io",
    "cnpg.io",
    "coreos.com",
    "crossplane.io",
    "fluxcd.io",
    "istio.io",
    "knative.dev",
    "tekton.dev",
    "upbound.io",
    "velero.io",
    "openshift.io",
    "linkerd.io",
    "kyverno.io",
    "projectcontour.io",
    "grafana.com",
];

impl Object {
    /// Tells whether the kind comes with Kubernetes or a tool that every platform knows.
    pub(in super::super) fn is_well_known(&self) -> bool {
        let group = &*self.group;
        let ends =
            |ending: &&str| group.strip_suffix(*ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        !group.contains('.') && (group.is_empty() || WELL_KNOWN.contains(&group))
            || WELL_KNOWN.contains(&group)
            || WELL_KNOWN_ENDINGS.iter().any(ends)
    }

    /// Tells whether it is of a group and kind.
    pub(in super::super) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }
}

/// Returns a place of a file, with its excerpt.
pub(in super::super) fn place(tree: &PackTree<'_>, path: &RelPath, span: Span) -> Place {
    let text = tree.get(path.as_str()).and_then(|entry| tree.text(entry, tree.yaml_limits.bytes as u64));
    match text {
        Some(text) => Place::in_text(path.as_str(), span, text.strip_prefix('\u{feff}').unwrap_or(&text)),
        None => Place { path: path.to_string(), span: Some(span), excerpt: None },
    }
}
