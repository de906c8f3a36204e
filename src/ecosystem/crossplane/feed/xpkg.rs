//! A package as an OCI image (xpkg): as an image layout, and as the archive that `crossplane xpkg push` takes.

use serde_json::json;

use crate::content::oci::{Descriptor, IMAGE_CONFIG, IMAGE_LAYER, ImageConfig, Index, LAYOUT, MANIFEST, Manifest};
use crate::content::tarball::{self, TarFile};
use crate::ident::{Digest, RelPath};

/// The annotation of the layer that holds the package, and the start of the label that restores it.
const LAYER_ANNOTATION: &str = "io.crossplane.xpkg";

/// An image with one layer, which holds `package.yaml`.
pub(super) struct Image {
    layer: Vec<u8>,
    config: Vec<u8>,
    manifest: Vec<u8>,
}

impl Image {
    /// Returns the image of a package stream.
    pub(super) fn of(stream: &str) -> Result<Self, String> {
        let file =
            TarFile { path: RelPath::composed("package.yaml"), bytes: stream.as_bytes().into(), executable: false };
        let tar = tarball::stream(vec![file]).map_err(|error| error.to_string())?;
        let layer = tarball::compressed(&tar);
        let mut config = ImageConfig::of_layers(vec![Digest::of(&tar)]);
        config.config.labels.insert(format!("{LAYER_ANNOTATION}:{}", Digest::of(&layer)), "base".to_owned());
        let config = config.to_bytes();
        let layers = vec![Descriptor::of(IMAGE_LAYER, &layer).annotated(LAYER_ANNOTATION, "base")];
        let manifest = Manifest::image(Descriptor::of(IMAGE_CONFIG, &config), layers).to_bytes();
        Ok(Self { layer, config, manifest })
    }

    /// Returns the files of an OCI image layout, with the image under a tag.
    pub(super) fn layout(&self, tag: &str) -> Vec<(String, Vec<u8>)> {
        let manifest = Descriptor::of(MANIFEST, &self.manifest).annotated("org.opencontainers.image.ref.name", tag);
        let mut files = vec![
            ("oci-layout".to_owned(), LAYOUT.as_bytes().to_vec()),
            ("index.json".to_owned(), Index::of(vec![manifest]).to_bytes()),
        ];
        for blob in [&self.layer, &self.config, &self.manifest] {
            files.push((format!("blobs/sha256/{}", Digest::of(blob).hex()), blob.clone()));
        }
        files
    }

    /// Returns a docker archive: `manifest.json`, configuration and layer.
    pub(super) fn archive(&self, repository: &str, tag: &str) -> Result<Vec<u8>, String> {
        let config = format!("{}.json", Digest::of(&self.config).hex());
        let layer = format!("{}.tar.gz", Digest::of(&self.layer).hex());
        let list = json!([{ "Config": config, "RepoTags": [format!("{repository}:{tag}")], "Layers": [layer] }]);
        let file = |path: &str, bytes: &[u8]| TarFile {
            path: RelPath::composed(path),
            bytes: bytes.into(),
            executable: false,
        };
        let files = vec![
            file("manifest.json", list.to_string().as_bytes()),
            file(&config, &self.config),
            file(&layer, &self.layer),
        ];
        tarball::stream(files).map_err(|error| error.to_string())
    }
}
