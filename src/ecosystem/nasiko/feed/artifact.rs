//! The wire format of an artifact in lists, as the client's types read it: unknown keys are ignored, missing ones refused.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha1::{Digest as _, Sha1};

use super::image::Facts;
use super::{Kind, Listed, ROOT};
use crate::catalog::CatalogRelease;

/// Longest texts that upstream's database holds, in characters.
const MOST_SHORT: usize = 50;

/// Names in the URL namespace (RFC 9562, appendix A).
const URL_NAMESPACE: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// An artifact.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Artifact {
    /// Stable as long as the registry has the same address.
    pub id: String,
    pub owner: String,
    pub name: String,
    pub version: String,
    pub artifact_type: &'static str,
    /// Always `source`: the layer holds what the author wrote.
    pub format: &'static str,
    /// Always `active`: what is yanked is not listed.
    pub status: &'static str,
    pub description: Option<String>,
    /// What the client asks by when it starts a new agent.
    pub metadata: BTreeMap<&'static str, Json>,
    /// The digest of the manifest.
    pub oci_digest: String,
    /// The size of the layer.
    pub size_bytes: u64,
    pub tags: Vec<String>,
    /// The client offers everything that has one as a starting point, so skills have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
    pub license: Option<String>,
    pub created_at: String,
    pub updated_at: Option<String>,
}

/// Returns the artifact that a release is; `url` is the registry's.
pub(super) fn of(listed: &Listed, release: &CatalogRelease, facts: &Facts, url: &str) -> Artifact {
    let pack = &*release.pack;
    let (owner, name, version) = (&listed.owner, listed.name(), release.version().as_str());
    let short = |text: &str| text.chars().count() <= MOST_SHORT;
    let framework = fact(release, "Framework").filter(|text| listed.kind == Kind::Agent && short(text));
    Artifact {
        id: uuid_of(url, owner, name, Some(version)),
        owner: owner.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        artifact_type: listed.kind.name(),
        format: "source",
        status: "active",
        description: Some(pack.description.clone()).filter(|text| !text.is_empty()),
        metadata: metadata(listed.kind, release),
        oci_digest: facts.manifest.to_string(),
        size_bytes: facts.layer_bytes,
        tags: pack.keywords.clone(),
        framework,
        license: pack.license.clone().filter(|text| short(text)),
        created_at: release.published_at.to_string(),
        updated_at: None,
    }
}

fn metadata(kind: Kind, release: &CatalogRelease) -> BTreeMap<&'static str, Json> {
    let list = |text: String| text.split(", ").map(|word| json!(word)).collect::<Vec<Json>>();
    let mut metadata = BTreeMap::new();
    match kind {
        Kind::Agent => {
            let capabilities = fact(release, "Capabilities").unwrap_or_default();
            metadata.insert("streaming", json!(capabilities.split(", ").any(|one| one == "streaming")));
            if let Some(language) = fact(release, "Language") {
                let first = language.split(", ").next().unwrap_or_default().to_lowercase();
                metadata.insert("language", json!(first));
            }
            if let Some(provider) = fact(release, "Model provider") {
                metadata.insert("modelProviders", json!([provider]));
            }
        }
        Kind::Skill => {
            let function = release.pack.components.iter().find(|one| one.kind.key == "function");
            metadata.extend(function.map(|function| ("function", json!(function.name))));
            let languages = release.pack.requirements.iter().find(|need| need.range.is_none());
            metadata.extend(languages.map(|language| ("language", json!(language.name))));
            metadata.extend(fact(release, "Frameworks").map(|all| ("frameworks", Json::Array(list(all)))));
        }
    }
    metadata
}

fn fact(release: &CatalogRelease, label: &str) -> Option<String> {
    release.pack.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.clone())
}

/// Returns what identifies a repository of a registry, or one version in it.
pub(super) fn uuid_of(url: &str, owner: &str, name: &str, version: Option<&str>) -> String {
    let version = version.map(|version| format!("@{version}")).unwrap_or_default();
    uuid_of_url(&format!("{url}/{ROOT}/{owner}/{name}{version}"))
}

/// Returns the UUID of version 5 that names a URL (RFC 9562, section 5.5).
fn uuid_of_url(url: &str) -> String {
    let mut hasher = Sha1::new();
    hasher.update(URL_NAMESPACE);
    hasher.update(url.as_bytes());
    let mut bytes: [u8; 20] = hasher.finalize().into();
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::uuid_of_url;

    /// What Python's `uuid.uuid5(uuid.NAMESPACE_URL, …)` gives.
    #[test]
    fn ids_are_uuids_of_version_5() {
        let url = "https://packs.acme.example/runtimes/nasiko/nasiko/tide-times@0.2.0";
        assert_eq!(uuid_of_url(url), "830bdc55-b3e9-5770-a1fe-6bcaaf54e008");
    }
}
