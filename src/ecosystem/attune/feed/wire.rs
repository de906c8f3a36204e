//! The wire format of today's index. What a strict client refuses cannot be said here: unknown keys, missing lists.

use serde::Serialize;

/// The index, as its clients read it: exactly these keys.
#[derive(Debug, Serialize)]
pub(in super::super) struct Index<'a> {
    pub(in super::super) registry_name: &'a str,
    pub(in super::super) registry_url: &'a str,
    /// The format's version.
    pub(in super::super) version: &'static str,
    /// RFC 3339 in UTC.
    pub(in super::super) last_updated: &'a str,
    /// Ascending by `ref`, bytewise; strict clients refuse any other order.
    pub(in super::super) packs: Vec<&'a Entry>,
}

/// A pack at one version; no other key is allowed.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Entry {
    #[serde(rename = "ref")]
    pub(in super::super) reference: String,
    pub(in super::super) label: String,
    pub(in super::super) description: String,
    pub(in super::super) version: String,
    pub(in super::super) author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) email: Option<String>,
    pub(in super::super) license: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) repository: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) use_case: Option<String>,
    pub(in super::super) keywords: Vec<String>,
    pub(in super::super) runtime_deps: Vec<String>,
    pub(in super::super) install_sources: Vec<Source>,
    pub(in super::super) contents: Contents,
    pub(in super::super) dependencies: Dependencies,
    pub(in super::super) meta: Meta,
}

/// Where a client installs from.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Source {
    #[serde(rename = "type")]
    pub(in super::super) kind: &'static str,
    pub(in super::super) url: String,
    /// `sha256:` and the digest of the archive's bytes.
    pub(in super::super) checksum: String,
}

/// What a pack holds: all five lists, no sixth.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Contents {
    pub(in super::super) actions: Vec<Item>,
    pub(in super::super) sensors: Vec<Item>,
    pub(in super::super) triggers: Vec<Item>,
    pub(in super::super) rules: Vec<Item>,
    pub(in super::super) workflows: Vec<Item>,
}

/// A component.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Item {
    pub(in super::super) name: String,
    pub(in super::super) description: String,
}

/// Which packs a pack needs.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Dependencies {
    pub(in super::super) packs: Vec<String>,
}

/// The one place where further keys are allowed.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Meta {
    pub(in super::super) category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) commit: Option<String>,
    pub(in super::super) packyard: Extension,
}

/// What this registry says beyond the format.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Extension {
    /// The address of the pack's whole version history.
    pub(in super::super) history: String,
    /// The digest of the release's file list.
    pub(in super::super) content_digest: String,
    /// Attune's directory checksum of the same files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) directory_digest: Option<String>,
}

/// Writes JSON as Attune's index builder does: two spaces, ASCII only, a final line feed.
pub(in super::super) fn to_text(value: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(value).expect("an index has text keys and finite numbers");
    if json.is_ascii() {
        json.push('\n');
        return json;
    }
    let mut text = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            // Outside strings JSON is ASCII, so every other character stands in one and can be escaped.
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text.push('\n');
    text
}
