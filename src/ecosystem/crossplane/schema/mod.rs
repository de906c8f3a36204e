//! The schemas of APIs: what a claim may say.
//!
//! | module | what it does |
//! |---|---|
//! | `build` | makes the schema of a claim out of an XRD version, as Crossplane does |
//! | `added` | the fields that Crossplane adds |
//! | `pattern` | patterns as Go's RE2 reads them |

pub(super) mod added;
pub(super) mod build;
pub(super) mod pattern;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Longest name of a claim: Crossplane puts it into a label.
pub(super) const MOST_NAME_CHARACTERS: u64 = 63;

/// Who creates objects of a kind: users by claims, or Crossplane (with version 2: users) as composites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    /// A claim: an object in a namespace that stands for a composite.
    Claim,
    /// The composite itself.
    Composite,
}

/// What a provider tells others about one of its kinds: the value of its `Provision` of kind `api`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClaimSchema {
    /// The API group, such as `platform.acme.example`.
    pub group: String,
    /// The kind, such as `QueueWorker`.
    pub kind: String,
    /// Its plural, such as `queueworkers`.
    pub plural: String,
    /// Whether it is a claim or a composite.
    pub scope: Scope,
    /// The name of the definition, `<plural of the composite>.<group>`.
    pub definition: String,
    /// Every version that the definition has, by name; served or not.
    pub versions: BTreeMap<String, ApiVersion>,
}

/// One version of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ApiVersion {
    /// Whether the API server serves it.
    pub served: bool,
    /// Whether compositions refer to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub referenceable: bool,
    /// Whether it is deprecated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// What the server says to those who use a deprecated version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation_warning: Option<String>,
    /// The schema of the whole object, as Crossplane builds it.
    pub schema: Json,
}

/// Returns the name under which a kind is provided and asked for: `<group>/<Kind>`.
pub(super) fn provision_name(group: &str, kind: &str) -> String {
    format!("{group}/{kind}")
}

impl ClaimSchema {
    /// Returns the text that others get.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a schema has text keys and finite numbers")
    }

    /// Reads what [`ClaimSchema::to_json`] wrote.
    pub(super) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
