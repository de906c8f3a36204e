//! OCI images and artifacts as values: descriptors, manifests, and the files of a repository that a static host can serve.
//!
//! After the OCI Image Format Specification 1.1 (`descriptor.md`, `manifest.md`, `config.md`, `image-layout.md`) and the OCI
//! Distribution Specification 1.1. Everything is written as compact JSON with its members in the order of the types, so that the
//! same value has the same bytes, and the same digest, for ever.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ident::{Digest, RelPath};

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index of manifests.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of an image's configuration.
pub const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The media type of an image's layer.
pub const IMAGE_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The media type of [`EMPTY_BLOB`].
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The configuration of an artifact that has none.
pub const EMPTY_BLOB: &[u8] = b"{}";
/// The content of the file `oci-layout` of an image layout.
pub const LAYOUT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// Names a blob: what it is, its digest and its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is.
    pub media_type: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The number of its bytes.
    pub size: u64,
    /// Anything else that is said of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    /// Returns the descriptor of a blob.
    pub fn of(media_type: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.into(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
            annotations: BTreeMap::new(),
        }
    }

    /// Returns the descriptor with one more annotation.
    pub fn annotated(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(key.into(), value.into());
        self
    }
}

/// An image or artifact: its configuration and its layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    schema_version: u32,
    /// Always [`MANIFEST`].
    media_type: &'static str,
    /// What the artifact is; absent for an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    /// The layers, the base first.
    pub layers: Vec<Descriptor>,
    /// Anything else that is said of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Manifest {
    /// Returns the manifest of an image.
    pub fn image(config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: MANIFEST,
            artifact_type: None,
            config,
            layers,
            annotations: BTreeMap::new(),
        }
    }

    /// Returns the manifest of an artifact without configuration: [`EMPTY_BLOB`] stands in for it.
    pub fn artifact(artifact_type: impl Into<String>, layers: Vec<Descriptor>) -> Self {
        Self { artifact_type: Some(artifact_type.into()), ..Self::image(Descriptor::of(EMPTY, EMPTY_BLOB), layers) }
    }

    /// Returns the bytes that the manifest's digest is of.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

/// An index of manifests, such as `index.json` of an image layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    schema_version: u32,
    /// Always [`INDEX`].
    media_type: &'static str,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
}

impl Index {
    /// Returns the index of manifests.
    pub fn of(manifests: Vec<Descriptor>) -> Self {
        Self { schema_version: 2, media_type: INDEX, manifests }
    }

    /// Returns the bytes that the index's digest is of.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

/// The configuration of an image that is not meant to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageConfig {
    /// The processor, such as `amd64`.
    pub architecture: String,
    /// The system, such as `linux`.
    pub os: String,
    /// What a container is started with.
    pub config: ContainerConfig,
    /// What the layers unpack to.
    pub rootfs: RootFs,
}

/// What a container is started with: labels only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContainerConfig {
    /// Labels by their key.
    #[serde(rename = "Labels", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What the layers of an image unpack to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The digests of the uncompressed layers, the base first.
    pub diff_ids: Vec<Digest>,
}

impl ImageConfig {
    /// Returns the configuration of an image for `linux/amd64` whose uncompressed layers have these digests.
    pub fn of_layers(diff_ids: Vec<Digest>) -> Self {
        Self {
            architecture: "amd64".to_owned(),
            os: "linux".to_owned(),
            config: ContainerConfig::default(),
            rootfs: RootFs { kind: "layers", diff_ids },
        }
    }

    /// Returns the bytes that the configuration's digest is of.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

/// A repository of a registry, as the files that a static host serves below `/v2/<name>/`.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    tags: BTreeMap<String, Digest>,
    listed: BTreeSet<String>,
    manifests: BTreeMap<Digest, Vec<u8>>,
    blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Repository {
    /// Returns an empty repository.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a manifest, and returns its digest.
    pub fn add_manifest(&mut self, manifest: &Manifest) -> Digest {
        let bytes = manifest.to_bytes();
        let digest = Digest::of(&bytes);
        self.manifests.insert(digest, bytes);
        digest
    }

    /// Adds a blob, and returns its digest.
    pub fn add_blob(&mut self, bytes: impl Into<Vec<u8>>) -> Digest {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        self.blobs.insert(digest, bytes);
        digest
    }

    /// Returns the same repository without its blobs: enough for [`Repository::pointers`].
    pub fn without_blobs(mut self) -> Self {
        self.blobs.clear();
        self
    }

    /// Lets a tag name a manifest that was added; one that is not `listed` can be had by those who know it.
    pub fn tag(&mut self, tag: impl Into<String>, manifest: Digest, listed: bool) {
        let tag = tag.into();
        if listed {
            self.listed.insert(tag.clone());
        }
        self.tags.insert(tag, manifest);
    }

    /// Returns what lies below `folder`, which ends in `v2/<name>`, and never changes: blobs, and manifests by digest.
    pub fn immutable_files(&self, folder: &str) -> Vec<(RelPath, Vec<u8>)> {
        let file = |part: &str, digest: &Digest, bytes: &Vec<u8>| {
            (RelPath::composed(format!("{folder}/{part}/{digest}")), bytes.clone())
        };
        let blobs = self.blobs.iter().map(|(digest, bytes)| file("blobs", digest, bytes));
        blobs.chain(self.manifests.iter().map(|(digest, bytes)| file("manifests", digest, bytes))).collect()
    }

    /// Returns what lies below `folder`, which ends in `v2/<name>`, and names the rest: manifests by tag, and the list of tags.
    pub fn pointers(&self, folder: &str, name: &str) -> Vec<(RelPath, Vec<u8>)> {
        let tagged = |(tag, digest): (&String, &Digest)| {
            let bytes = self.manifests.get(digest)?;
            Some((RelPath::composed(format!("{folder}/manifests/{tag}")), bytes.clone()))
        };
        let mut files: Vec<(RelPath, Vec<u8>)> = self.tags.iter().filter_map(tagged).collect();
        let list = TagList { name, tags: self.listed.iter().map(String::as_str).collect() };
        files.push((RelPath::composed(format!("{folder}/tags/list")), to_bytes(&list)));
        files
    }
}

/// What `tags/list` says (OCI Distribution Specification 1.1, "Listing Tags").
#[derive(Serialize)]
struct TagList<'a> {
    name: &'a str,
    tags: Vec<&'a str>,
}

/// Tells whether text is one component of a repository's name: `[a-z0-9]+([._-][a-z0-9]+)*`.
///
/// Narrower than the specification, which also knows `__` and several `-` in a row: every client reads this.
pub fn is_name_component(text: &str) -> bool {
    text.split(['.', '_', '-'])
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Tells whether text is a tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
pub fn is_tag(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("these types have text keys and whole numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds the bytes in place: a published digest must stay that of the same manifest.
    #[test]
    fn an_artifact_has_these_bytes() {
        let layer = Descriptor::of("application/vnd.acme.thing.v1.tar+gzip", b"layer").annotated("a", "b");
        let bytes = Manifest::artifact("application/vnd.acme.thing.v1", vec![layer]).to_bytes();
        let expected = concat!(
            r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#,
            r#""artifactType":"application/vnd.acme.thing.v1","#,
            r#""config":{"mediaType":"application/vnd.oci.empty.v1+json","#,
            r#""digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"#,
            r#""layers":[{"mediaType":"application/vnd.acme.thing.v1.tar+gzip","#,
            r#""digest":"LAYER","size":5,"#,
            r#""annotations":{"a":"b"}}]}"#
        );
        let expected = expected.replace("LAYER", &Digest::of(b"layer").to_string());
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn a_tag_that_is_not_listed_can_still_be_had() {
        let mut repository = Repository::new();
        let layer = repository.add_blob(*b"layer");
        let manifest = Manifest::artifact("a/b", vec![Descriptor::of("c/d", b"layer")]);
        let digest = repository.add_manifest(&manifest);
        repository.tag("1.0.0", digest, false);
        repository.tag("latest", digest, true);
        let paths = |files: Vec<(RelPath, Vec<u8>)>| files.iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>();
        let pointers = repository.pointers("v2/o/n", "o/n");
        assert_eq!(pointers[2].1, br#"{"name":"o/n","tags":["latest"]}"#);
        assert_eq!(pointers[0].1, manifest.to_bytes());
        assert_eq!(paths(pointers), ["v2/o/n/manifests/1.0.0", "v2/o/n/manifests/latest", "v2/o/n/tags/list"]);
        let files = paths(repository.immutable_files("v2/o/n"));
        assert_eq!(files, [format!("v2/o/n/blobs/{layer}"), format!("v2/o/n/manifests/{digest}")]);
    }

    #[test]
    fn names_and_tags_are_those_that_every_client_reads() {
        for name in ["a", "tide-times", "a.b_c-d", "0"] {
            assert!(is_name_component(name), "{name}");
        }
        for name in ["", "A", "-a", "a-", "a--b", "a/b", "é", "a b"] {
            assert!(!is_name_component(name), "{name}");
        }
        for tag in ["latest", "1.0.0", "_", "0.0.0-20260101000000-0123456789ab"] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in ["", ".a", "1.0.0+b", "a/b", &"x".repeat(129)] {
            assert!(!is_tag(tag), "{tag}");
        }
    }
}
