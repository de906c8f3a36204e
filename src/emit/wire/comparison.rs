//! The comparison of two releases.

use schemars::JsonSchema;
use serde::Serialize;

use crate::ident::{Digest, EcosystemId, PackName, Version};

/// `compare/<a>...<b>.json`, and what `packyard diff --format json` prints.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Comparison")]
pub struct ComparisonFile {
    /// The version of the format: 1.
    pub format_version: u32,
    /// The ecosystem.
    pub ecosystem: EcosystemId,
    /// The name within the ecosystem.
    pub name: PackName,
    /// The release that is compared with.
    pub from: ComparedRelease,
    /// The release that is compared.
    pub to: ComparedRelease,
    /// The greatest impact of any change; absent when both have the same content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Impact>,
    /// The greatest impact that the two version numbers admit; absent when they promise nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promise: Option<Impact>,
    /// The lowest version that would have said enough; present only when the version says less than what changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sufficient_version: Option<Version>,
    /// What changed but for files: about the pack first, then by component.
    pub changes: Vec<Change>,
    /// The files that changed.
    pub files: ChangedFiles,
}

/// One of the two releases.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparedRelease {
    /// Its version.
    pub version: Version,
    /// The SHA-256 of its `SHA256SUMS`.
    pub content_digest: Digest,
}

/// What a change means for those who use a pack.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// What worked may not work any more.
    Breaking,
    /// There is more than before, or it does something else where nothing is said.
    Feature,
    /// Nobody has to do anything.
    Fix,
}

/// One change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Change {
    /// What it means.
    pub impact: Impact,
    /// The component that it is about; absent when it is about the pack itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentName>,
    /// What of it: `whole`, `table`, `field`, `fact`, `requirement`, `dependency` or `provision`.
    pub part: String,
    /// The table, by its name in `release.json`, such as `parameters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The field, with the names that lead to it joined by dots; or the requirement, dependency, provision or fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a dependency or provision is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What happened, such as `added`, `removed`, `type`, `required` or `default`.
    pub change: String,
    /// What it was; absent when there was nothing, and for secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why it has this impact, in one sentence.
    pub reason: String,
}

/// Names a component.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ComparedComponent")]
pub struct ComponentName {
    /// What it is, such as `action`.
    pub kind: String,
    /// Its name within the pack.
    pub name: String,
}

/// The files that changed, each list sorted by path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangedFiles {
    /// Files that are new.
    pub added: Vec<String>,
    /// Files that are gone.
    pub removed: Vec<String>,
    /// Files of which the content changed, or whether they can be executed.
    pub changed: Vec<String>,
    /// Files that lie elsewhere.
    pub moved: Vec<MovedFile>,
}

/// A file that lies elsewhere.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MovedFile {
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// Whether its content changed as well.
    pub changed: bool,
}
