//! The published JSON formats, alone: what a client reads, mirrored field by field.
//!
//! These types are converted from the catalog explicitly, so that a refactoring cannot change a format. Their JSON Schemas
//! are generated, committed and published; `docs/format/` says what each field means to a client.

pub mod comparison;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ident::{Digest, EcosystemId, PackId, PackName, Version};
use crate::index::event::SourceFacts;
use crate::pack::{Dependency, Requirement};

/// The version of the formats in this module. Readers ignore fields they do not know; this number changes only when a
/// reader of the old form would be misled.
pub const FORMAT_VERSION: u32 = 1;

/// `index.json`: every pack, its default version, and its versions with their digests.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Index")]
pub struct Index {
    /// The version of the format: 1.
    pub format_version: u32,
    /// What the registry is called.
    pub name: String,
    /// What the registry is, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where the registry is served, without a slash at the end; absent when it is not configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When the newest event of the registry index happened; absent for an empty registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub updated: Option<Timestamp>,
    /// The packs, by `ecosystem/name`.
    pub packs: BTreeMap<String, IndexPack>,
}

/// A pack in `index.json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IndexPack {
    /// The ecosystem.
    pub ecosystem: EcosystemId,
    /// The name within the ecosystem.
    pub name: PackName,
    /// What people call it.
    pub title: String,
    /// What it does, in one line; may be empty.
    pub summary: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The licence: an SPDX expression where the author wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// The default version: the highest that is stable and may be chosen.
    pub latest: Version,
    /// Where `pack.json` lies, relative to `index.json`.
    pub pack: String,
    /// What changed about the pack as a whole since it was published; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Its versions, highest first.
    pub versions: Vec<IndexVersion>,
}

/// A version in `index.json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IndexVersion {
    /// The version.
    pub version: Version,
    /// The SHA-256 of the release's `SHA256SUMS`.
    pub content_digest: Digest,
    /// The archive, its address relative to `index.json`.
    pub archive: Archive,
    /// What changed since it was published; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// An archive.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Archive {
    /// Where it lies, relative to the file that names it.
    pub url: String,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its size, in bytes.
    pub size: u64,
}

/// What may change after a release. An absent field is the normal state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Status {
    /// Why it should no longer be chosen; it stays downloadable by exact version and digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yanked: Option<String>,
    /// The address where more is said about why it was yanked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    /// Why something else is the better choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// What to use instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Why it is held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<String>,
    /// Why nobody maintains the pack any more; it stays installable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<String>,
    /// The name under which the pack goes on: `ecosystem/name` of the same ecosystem. What this name has stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<PackId>,
}

/// `pack.json`: the full version history of one pack.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Pack")]
pub struct PackFile {
    /// The version of the format: 1.
    pub format_version: u32,
    /// The ecosystem.
    pub ecosystem: EcosystemId,
    /// The name within the ecosystem.
    pub name: PackName,
    /// What people call it, at its default version.
    pub title: String,
    /// What it does, at its default version; may have several lines.
    pub description: String,
    /// Who made it: free text.
    pub authors: Vec<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The licence: an SPDX expression where the author wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Its home page, as the author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The source that owns the name.
    pub source: String,
    /// The default version.
    pub latest: Version,
    /// What changed about the pack as a whole; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Its releases, highest version first.
    pub releases: Vec<PackRelease>,
}

/// A release in `pack.json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackRelease {
    /// The version.
    pub version: Version,
    /// When it was published.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub published_at: Timestamp,
    /// Whether it is a prerelease.
    pub prerelease: bool,
    /// The SHA-256 of the release's `SHA256SUMS`.
    pub content_digest: Digest,
    /// The archive, its address relative to `pack.json`.
    pub archive: Archive,
    /// Where `release.json` lies, relative to `pack.json`.
    pub release: String,
    /// Where it came from.
    pub source: SourceFacts,
    /// What the runtime must offer.
    pub requirements: Vec<Requirement>,
    /// Which packs it needs.
    pub dependencies: Vec<Dependency>,
    /// Checksums that the ecosystem itself defines, by their name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checksums: BTreeMap<String, String>,
    /// What changed since it was published; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// `release.json`: the facts of one release, which never change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Release")]
pub struct ReleaseFile {
    /// The version of the format: 1.
    pub format_version: u32,
    /// The ecosystem.
    pub ecosystem: EcosystemId,
    /// The name within the ecosystem.
    pub name: PackName,
    /// The version.
    pub version: Version,
    /// When it was published.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub published_at: Timestamp,
    /// What people call it.
    pub title: String,
    /// What it does; may have several lines.
    pub description: String,
    /// Who made it: free text.
    pub authors: Vec<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The licence: an SPDX expression where the author wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// The SHA-256 of the release's `SHA256SUMS`.
    pub content_digest: Digest,
    /// Where `SHA256SUMS` lies, relative to `release.json`.
    pub sha256sums: String,
    /// How many files the release has.
    pub files: u64,
    /// How many bytes its files have together.
    pub unpacked_size: u64,
    /// The archive, its address relative to `release.json`.
    pub archive: Archive,
    /// Where it came from.
    pub source: SourceFacts,
    /// What the runtime must offer.
    pub requirements: Vec<Requirement>,
    /// Which packs it needs.
    pub dependencies: Vec<Dependency>,
    /// Checksums that the ecosystem itself defines, by their name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checksums: BTreeMap<String, String>,
    /// The settings of the pack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub configuration: Vec<Field>,
    /// Its components, by kind in the ecosystem's order, then by name.
    pub components: Vec<Component>,
}

/// A component in `release.json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Component {
    /// What it is, such as `action`.
    pub kind: String,
    /// Its name within the pack.
    pub name: String,
    /// What other components call it.
    pub reference: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does; may be empty.
    pub description: String,
    /// The file that declares it.
    pub file: String,
    /// The file that implements it, when that is in the pack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<String>,
    /// Whether it is switched on when the pack is installed.
    pub enabled: bool,
    /// Its tables of fields, by their name, such as `parameters`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Vec<Field>>,
    /// What it refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// A field of a table. An absent field is false, empty or not stated.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it accepts, as text.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub type_text: String,
    /// Whether it must be given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Whether its value is hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Whether its value is fixed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// The default, as compact JSON text; never of a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The values it allows, each as compact JSON text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Further constraints in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Its place on a command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// What it is for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The fields of an object, or of the objects in a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Self>,
}

/// A reference to another component.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Link {
    /// How it is used: `calls`, `emits`, `listens-to` or `governs`.
    pub relation: String,
    /// The kind of the target.
    pub kind: String,
    /// The target's reference.
    pub target: String,
}
