//! `CompositeResourceDefinition`: an API that a platform offers.
//!
//! | module | what it does |
//! |---|---|
//! | `rules` | names, versions, claim names |
//! | `structural`, `keywords` | what the API server takes as a schema, and what it drops without a word |
//! | `table` | the fields of a version, for its page |

mod keywords;
mod rules;
mod structural;
mod table;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Json;

use super::documents::Document;
use super::schema::added::Policies;
use super::schema::{ApiVersion, ClaimSchema, Scope, build};
use crate::diag::{Sink, Span};
use crate::pack::FieldTable;
use crate::yaml::Node;

/// The API group of definitions and compositions.
pub(super) const GROUP: &str = "apiextensions.crossplane.io";

/// The kind.
pub(super) const KIND: &str = "CompositeResourceDefinition";

/// The names of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KindNames {
    /// `kind`.
    pub kind: String,
    /// `plural`.
    pub plural: String,
}

/// A definition.
#[derive(Debug)]
pub(super) struct Xrd {
    /// `metadata.name`.
    pub name: String,
    /// Where the name, or else the document, stands.
    pub span: Span,
    /// Where the document stands in its file.
    pub range: Range<usize>,
    /// `apiVersion`.
    pub api_version: String,
    /// `spec.group`.
    pub group: String,
    /// `spec.names`: the composite.
    pub composite: KindNames,
    /// `spec.claimNames`.
    pub claim: Option<KindNames>,
    /// `spec.scope`, which version 2 has.
    pub scope: Option<String>,
    /// What changes the fields that Crossplane adds.
    pub policies: Policies,
    /// `spec.connectionSecretKeys`.
    pub connection_keys: Vec<String>,
    /// Names of compositions: `defaultCompositionRef`, `enforcedCompositionRef`.
    pub default_composition: Option<String>,
    /// The same that users cannot change.
    pub enforced_composition: Option<String>,
    /// The versions, in the order of the file.
    pub versions: Vec<XrdVersion>,
}

/// A version of a definition.
#[derive(Debug)]
pub(super) struct XrdVersion {
    /// Its name, such as `v1alpha1`.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Whether the server serves it.
    pub served: bool,
    /// Whether compositions may refer to it.
    pub referenceable: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What the server says to those who use it.
    pub deprecation_warning: Option<String>,
    /// `schema.openAPIV3Schema`.
    pub schema: Json,
    /// What `spec` is for.
    pub description: String,
    /// The fields of `spec` and `status`, and what Crossplane adds.
    pub tables: Vec<Arc<FieldTable>>,
}

/// Reads a definition and checks it by itself.
pub(super) fn read(document: &Document<'_>, sink: &mut Sink) -> Xrd {
    let root = document.root();
    let spec = root.get("spec");
    let text =
        |node: Option<&Node>, key: &str| node.and_then(|node| node.get(key)).and_then(Node::as_str).map(str::to_owned);
    let names = |key: &str| {
        let names = spec.and_then(|spec| spec.get(key)).filter(|node| node.is_map())?;
        let text = |key: &str| text(Some(names), key).unwrap_or_default();
        Some(KindNames { kind: text("kind"), plural: text("plural") })
    };
    let api_version = text(Some(root), "apiVersion").unwrap_or_default();
    let scope = text(spec, "scope");
    let reference = |key: &str| text(spec.and_then(|spec| spec.get(key)), "name");
    let policies = Policies {
        is_v2: api_version.ends_with("/v2") && scope.as_deref() != Some("LegacyCluster"),
        delete: text(spec, "defaultCompositeDeletePolicy"),
        update: text(spec, "defaultCompositionUpdatePolicy"),
    };
    let scope_of_users = if policies.is_v2 { Scope::Composite } else { Scope::Claim };
    let versions = spec.and_then(|spec| spec.get("versions")).map(Node::items).unwrap_or_default();
    let versions = versions.iter().map(|node| version(node, scope_of_users, &policies)).collect();
    let name_node = root.at(["metadata", "name"]);
    let xrd = Xrd {
        name: text(root.get("metadata"), "name").unwrap_or_default(),
        span: if name_node.as_str().is_some() { name_node.span } else { first_line(root) },
        range: document.range.clone(),
        group: text(spec, "group").unwrap_or_default(),
        composite: names("names").unwrap_or_default(),
        claim: names("claimNames"),
        scope,
        connection_keys: texts(spec.and_then(|spec| spec.get("connectionSecretKeys"))),
        default_composition: reference("defaultCompositionRef"),
        enforced_composition: reference("enforcedCompositionRef"),
        policies,
        versions,
        api_version,
    };
    rules::check(document, &xrd, sink);
    xrd
}

fn version(node: &Node, scope: Scope, policies: &Policies) -> XrdVersion {
    let flag = |key: &str| node.get(key).and_then(Node::as_bool) == Some(true);
    let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let authored = node.get("schema").and_then(|schema| schema.get("openAPIV3Schema"));
    let name = text("name").unwrap_or_default();
    let spec = authored.map(|schema| schema.at(["properties", "spec"]));
    let description = spec.and_then(|spec| spec.get("description")).and_then(Node::as_str).unwrap_or_default();
    XrdVersion {
        span: node.get("name").map_or_else(|| first_line(node), |name| name.span),
        served: flag("served"),
        referenceable: flag("referenceable"),
        deprecated: flag("deprecated"),
        deprecation_warning: text("deprecationWarning"),
        schema: authored.map(Node::to_json).unwrap_or_default(),
        description: description.to_owned(),
        tables: authored.map(|schema| table::of_version(schema, &name, scope, policies)).unwrap_or_default(),
        name,
    }
}

/// Returns the strings of a list.
pub(super) fn texts(list: Option<&Node>) -> Vec<String> {
    list.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// Returns the first line of what a node covers.
pub(super) fn first_line(node: &Node) -> Span {
    Span { end_line: node.span.line, end_column: node.span.column + 1, ..node.span }
}

impl Xrd {
    /// Returns the kind that users create: the claim's, or the composite's where there are no claims.
    pub(super) fn user_kind(&self) -> &KindNames {
        self.claim.as_ref().unwrap_or(&self.composite)
    }

    /// Returns the version that compositions refer to.
    pub(super) fn referenceable(&self) -> Option<&XrdVersion> {
        self.versions.iter().find(|version| version.referenceable)
    }

    /// Returns the schema of the claim, or of the composite; none when the definition has no such kind.
    pub(super) fn schema(&self, scope: Scope) -> Option<ClaimSchema> {
        let names = match scope {
            Scope::Claim => self.claim.as_ref()?,
            Scope::Composite => &self.composite,
        };
        let versions: BTreeMap<String, ApiVersion> = self
            .versions
            .iter()
            .map(|version| {
                let schema = ApiVersion {
                    served: version.served,
                    referenceable: version.referenceable,
                    deprecated: version.deprecated,
                    deprecation_warning: version.deprecation_warning.clone(),
                    schema: build::whole(&version.schema, scope, &self.policies),
                };
                (version.name.clone(), schema)
            })
            .collect();
        Some(ClaimSchema {
            group: self.group.clone(),
            kind: names.kind.clone(),
            plural: names.plural.clone(),
            scope,
            definition: self.name.clone(),
            versions,
        })
    }

    /// Returns the schema of what users create.
    pub(super) fn user_schema(&self) -> Option<ClaimSchema> {
        self.schema(if self.claim.is_some() { Scope::Claim } else { Scope::Composite })
    }
}
