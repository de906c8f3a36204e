//! The wire format of `registry-index/`: one line per event.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ident::{Digest, Fingerprint, PackId, Version};
use crate::pack::{Dependency, Requirement};

/// One line of a pack's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// The number of the line, from 0.
    pub seq: u64,
    /// The SHA-256 of the line before, without its line feed; null on the first line.
    pub prev: Option<Digest>,
    /// When it happened: RFC 3339 in UTC, whole seconds.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// The name is bound to a source.
    Owner {
        /// The source: a repository's public URL, or the path that the registry's configuration names.
        source: String,
        /// Why it was transferred; absent from the first event of a history.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A version was published.
    Release(Box<Release>),
    /// A release should no longer be chosen; it stays downloadable by exact version and digest.
    Yank {
        /// The release.
        version: Version,
        /// Why.
        reason: String,
        /// Where to read more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advisory: Option<String>,
    },
    /// A yanked release may be chosen again.
    Unyank {
        /// The release.
        version: Version,
        /// Why.
        reason: String,
    },
    /// The pack, or one release of it, has a better choice.
    Deprecate {
        /// The release; the whole pack when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// Why.
        reason: String,
        /// What to use instead: `ecosystem/name`, or a version of this pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<String>,
    },
    /// The pack, or one release of it, is a good choice again.
    Undeprecate {
        /// The release; the whole pack when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// Why.
        reason: String,
    },
    /// The pack, or one release of it, is held back until a person decides.
    Quarantine {
        /// The release; the whole pack when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// Why.
        reason: String,
    },
    /// The pack, or one release of it, is no longer held back.
    Unquarantine {
        /// The release; the whole pack when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// Why.
        reason: String,
    },
    /// Nobody maintains the pack any more; it stays installable.
    Archive {
        /// Why.
        reason: String,
    },
    /// Somebody maintains the pack again.
    Unarchive {
        /// Why.
        reason: String,
    },
    /// The pack goes on under another name; the releases of this one stay for ever.
    Rename {
        /// The new name, in the same ecosystem; the pack's own name takes a rename back.
        to: PackId,
        /// Why.
        reason: String,
    },
}

impl What {
    /// The names of the kinds of events, as they are written; readers ignore other kinds.
    pub const KINDS: &[&str] = &[
        "owner",
        "release",
        "yank",
        "unyank",
        "deprecate",
        "undeprecate",
        "quarantine",
        "unquarantine",
        "archive",
        "unarchive",
        "rename",
    ];

    /// Returns the release that the event is about; nothing when it is about the whole pack.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Owner { .. } | Self::Archive { .. } | Self::Unarchive { .. } | Self::Rename { .. } => None,
            Self::Release(release) => Some(&release.version),
            Self::Yank { version, .. } | Self::Unyank { version, .. } => Some(version),
            Self::Deprecate { version, .. }
            | Self::Undeprecate { version, .. }
            | Self::Quarantine { version, .. }
            | Self::Unquarantine { version, .. } => version.as_ref(),
        }
    }

    /// Returns the kind of the event, as it is written.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Owner { .. } => "owner",
            Self::Release(_) => "release",
            Self::Yank { .. } => "yank",
            Self::Unyank { .. } => "unyank",
            Self::Deprecate { .. } => "deprecate",
            Self::Undeprecate { .. } => "undeprecate",
            Self::Quarantine { .. } => "quarantine",
            Self::Unquarantine { .. } => "unquarantine",
            Self::Archive { .. } => "archive",
            Self::Unarchive { .. } => "unarchive",
            Self::Rename { .. } => "rename",
        }
    }

    /// Returns why it happened, where somebody said so.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Owner { reason, .. } => reason.as_deref(),
            Self::Release(_) => None,
            Self::Yank { reason, .. }
            | Self::Unyank { reason, .. }
            | Self::Deprecate { reason, .. }
            | Self::Undeprecate { reason, .. }
            | Self::Quarantine { reason, .. }
            | Self::Unquarantine { reason, .. }
            | Self::Archive { reason }
            | Self::Unarchive { reason }
            | Self::Rename { reason, .. } => Some(reason),
        }
    }
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Release {
    /// The version, as its author wrote it.
    pub version: Version,
    /// The SHA-256 of the release's `SHA256SUMS`.
    pub content_digest: Digest,
    /// The archive.
    pub archive: ArchiveFacts,
    /// Where it came from.
    pub source: SourceFacts,
    /// What the runtime must offer.
    pub requirements: Vec<Requirement>,
    /// Which packs it needs.
    pub dependencies: Vec<Dependency>,
    /// The names of its components, by kind.
    pub components: BTreeMap<String, Vec<String>>,
    /// Checksums that the ecosystem itself defines, by their name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checksums: BTreeMap<String, String>,
}

/// What is recorded of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ArchiveFacts {
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its size, in bytes.
    pub size: u64,
}

/// Where a release came from; what git knows is absent for a plain directory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SourceFacts {
    /// The repository's public URL, or the path that the registry's configuration names.
    pub repository: String,
    /// Where the pack lies in it; empty at its root.
    pub path: String,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The commit id, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The id of the pack's tree, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
}

impl Release {
    /// Returns the version, the content digest and the number of the origin.
    pub(super) fn content(&self) -> (&str, Digest, u64) {
        (self.version.as_str(), self.content_digest, self.source.origin())
    }
}

impl SourceFacts {
    /// Returns a number that stands for the tag and the commit.
    pub fn origin(&self) -> u64 {
        use std::hash::{Hash as _, Hasher as _};
        let mut fingerprint = Fingerprint::default();
        (&self.tag, &self.commit).hash(&mut fingerprint);
        fingerprint.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ensures that no kind is written that a reader would ignore.
    #[test]
    fn kinds_are_those_that_are_written() {
        let schema = serde_json::Value::from(schemars::schema_for!(What));
        let kinds: Vec<&str> = schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|kind| kind["properties"]["event"]["const"].as_str())
            .collect();
        assert_eq!(kinds, What::KINDS);
    }
}
