//! The runtime feed of providers: what Crossplane, Argo CD, editors and pipelines fetch.
//!
//! ```text
//! runtimes/crossplane/
//!     index.json                                   every API of the newest releases
//!     <pack>/<version>/package.yaml                the package stream
//!                      oci/                        the package as an OCI image layout
//!                      <pack>.xpkg                 the package as an archive that `crossplane xpkg push` takes
//!                      install.yaml                installs it as a package
//!                      application.yaml            delivers it by Argo CD, from its commit
//!                      <kind>.<version>.schema.json   what a claim may say
//! ```
//!
//! A release that may not be offered, or that Crossplane would refuse, is left out. A yanked one stays, for those who pinned
//! it, but is in no index.

mod immutable;
mod index;
mod install;
mod json_schema;
mod package;
#[cfg(test)]
mod tests;
mod xpkg;

pub(super) use index::index;
pub(super) use install::{example as install, is_delivered_by_commit};

use std::sync::Arc;

use super::kinds::XRD;
use super::provider::{About, Files};
use super::{configuration, schema::ClaimSchema};
use crate::catalog::{CatalogPack, CatalogRelease, Registry};
use crate::diag::{Severity, Sink};
use crate::ecosystem::{HeaderRule, PackFeed};
use crate::ident::RelPath;
use crate::output::{Files as Made, Phase, Place, RenderError, Unit};
use crate::pack::{Component, Memo, PackTree};
use crate::yaml::Limits;

/// Where the feed lies.
const ROOT: &str = "runtimes/crossplane";

/// The types of files that a host cannot tell by their ending.
pub(super) static HEADERS: &[HeaderRule] = &[
    HeaderRule { pattern: "*.yaml", headers: &[("Content-Type", "application/yaml")] },
    HeaderRule { pattern: "*.schema.json", headers: &[("Content-Type", "application/schema+json")] },
    HeaderRule { pattern: "*.xpkg", headers: &[("Content-Type", "application/x-tar")] },
];

/// Returns what the feed has of a provider; nothing for packs of other kinds, or one that may not be offered.
pub(super) fn pack(registry: &Arc<Registry>, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
    if pack.status.quarantined.is_some() {
        return PackFeed::default();
    }
    immutable::check(pack, sink);
    let mut units = Vec::new();
    for (at, key) in pack.keys().releases.iter().enumerate().filter(|(at, _)| is_offered(&pack.releases[*at])) {
        let (folder, key) = (folder(pack, &pack.releases[at]), (Arc::clone(registry), *key));
        let (pack, registry) = (Arc::clone(pack), Arc::clone(registry));
        units.push(Unit::batch(Phase::Data, [Place::folder(&folder)], key, move || {
            files(&registry, &pack, at, &folder)
        }));
    }
    let entry = index::entries(pack);
    PackFeed { units, entry: entry.map(|entry| entry as _) }
}

/// Tells whether a release is a provider that Crossplane can be expected to install.
fn is_offered(release: &CatalogRelease) -> bool {
    release.status.quarantined.is_none()
        && release.pack.components.iter().any(|component| component.kind.key == XRD.key)
        && !release.findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Returns the folder of a release.
fn folder(pack: &CatalogPack, release: &CatalogRelease) -> String {
    format!("{ROOT}/{}/{}", pack.id.name, release.version())
}

/// Returns the tag of a release's image; nothing for a version with build metadata, which no tag can hold.
fn tag(release: &CatalogRelease) -> Option<String> {
    (!release.version().has_build_metadata()).then(|| format!("v{}", release.version()))
}

/// Makes the files of a release.
fn files(registry: &Registry, pack: &CatalogPack, at: usize, folder: &str) -> Result<Made, RenderError> {
    let release = &pack.releases[at];
    let path = |below: &str| RelPath::composed(format!("{folder}/{below}"));
    let name = pack.id.name.as_str();
    let stream = package::stream(pack, release)?;
    let mut files = vec![(path("package.yaml"), stream.clone().into_bytes())];
    if let Some(tag) = tag(release) {
        let image = xpkg::Image::of(&stream).map_err(|reason| failed(folder, reason))?;
        files.extend(image.layout(&tag).into_iter().map(|(below, bytes)| (path(&format!("oci/{below}")), bytes)));
        let archive = image.archive(&install::repository(registry, name), &tag);
        files.push((path(&format!("{name}.xpkg")), archive.map_err(|reason| failed(folder, reason))?));
        files
            .extend(install::configuration(registry, name, &tag).map(|text| (path("install.yaml"), text.into_bytes())));
    }
    files.extend(install::application(pack, release).map(|text| (path("application.yaml"), text.into_bytes())));
    for schema in schemas(release) {
        for (version, api) in &schema.versions {
            let name = json_schema::file_name(&schema.kind, version);
            // Names that Kubernetes takes are safe; a release with others has an error, and is not here.
            if Component::is_safe_name(&name) {
                files.push((path(&name), pretty(&json_schema::of(&schema, version, api))));
            }
        }
    }
    Ok(files)
}

/// Returns the schemas of what users create.
fn schemas(release: &CatalogRelease) -> Vec<ClaimSchema> {
    index::user_schemas(&release.pack)
}

/// Reads the objects of a release again; they were read before, so only the machine can fail.
fn with_files<T>(release: &CatalogRelease, use_files: impl FnOnce(&PackTree<'_>, &About, &Files<'_>) -> T) -> T {
    let memo = Memo::new();
    // The files passed the limits of their time; a registry that lowers them later still serves what was released.
    let limits = Limits { bytes: usize::MAX, ..Limits::default() };
    let tree = PackTree::new(&release.content, &memo, &release.record.source.path, limits);
    let mut sink = Sink::new();
    let about = configuration::about(&tree, &mut sink).unwrap_or_default();
    let files = Files::read(&tree, &mut sink);
    use_files(&tree, &about, &files)
}

fn failed(page: &str, reason: String) -> RenderError {
    RenderError { page: page.to_owned(), reason }
}

/// Writes JSON with two spaces and a line feed at the end.
fn pretty(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("JSON with text keys can be written to memory");
    bytes.push(b'\n');
    bytes
}
