//! A release as an OCI artifact: one layer with the pack's files at its root, and a manifest that names it.

use super::{Kind, failed};
use crate::catalog::CatalogRelease;
use crate::content::oci::{self, Descriptor, Manifest, Repository};
use crate::content::tarball;
use crate::ident::Digest;
use crate::output::RenderError;

/// A release, packed.
pub(super) struct Image {
    layer: Vec<u8>,
    manifest: Manifest,
}

/// What the list of artifacts says of a packed release.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The size of its layer, in bytes.
    pub layer_bytes: u64,
}

impl Image {
    /// Packs a release: its files without a directory around them, since the client unpacks them where it is.
    pub(super) fn of(release: &CatalogRelease, kind: Kind) -> Result<Self, RenderError> {
        let name = release.pack.id.to_string();
        let files = tarball::files(&release.content, "").map_err(|error| failed(&name, error))?;
        let stream = tarball::stream(files).map_err(|error| failed(&name, error))?;
        let layer = tarball::compressed(&stream);
        let artifact = format!("application/vnd.nasiko.{}.v1", kind.name());
        // The control plane runs a reference as a container image unless its first layer has exactly this type.
        let descriptor = Descriptor::of(format!("{artifact}.tar+gzip"), &layer);
        Ok(Self { layer, manifest: Manifest::artifact(artifact, vec![descriptor]) })
    }

    /// Returns what the list of artifacts says of it.
    pub(super) fn facts(&self) -> Facts {
        Facts { manifest: Digest::of(&self.manifest.to_bytes()), layer_bytes: self.layer.len() as u64 }
    }

    /// Adds it to a repository, and returns the digest of its manifest.
    pub(super) fn add_to(self, repository: &mut Repository) -> Digest {
        repository.add_blob(oci::EMPTY_BLOB);
        repository.add_blob(self.layer);
        repository.add_manifest(&self.manifest)
    }
}
