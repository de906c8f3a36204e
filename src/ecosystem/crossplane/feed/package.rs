//! The package stream: one meta object, then definitions, then compositions, each as its author wrote it.

use std::ops::Range;

use serde_json::{Map, Value as Json, json};

use super::install::is_address;
use super::{failed, with_files};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ecosystem::crossplane::configuration::{self, MANIFEST};
use crate::ecosystem::crossplane::provider::constraint::Constraint;
use crate::output::RenderError;
use crate::pack::{Dependency, PackTree};
use crate::source::FileEntry;
use crate::yaml;

/// Any version, prereleases included.
const ANY: &str = ">=v0.0.0-0";

/// Returns the stream of a release.
pub(super) fn stream(pack: &CatalogPack, release: &CatalogRelease) -> Result<String, RenderError> {
    let page = format!("{} {}", pack.id, release.version());
    with_files(release, |tree, about, files| {
        let provider = files.provider(about);
        let mut documents = vec![meta(tree, release).unwrap_or_else(|| synthesised(pack, release))];
        for (entry, range) in provider.xrds.iter().map(|(entry, xrd)| (*entry, &xrd.range)) {
            documents.push(document(tree, entry, range).ok_or_else(|| failed(&page, changed(entry)))?);
        }
        for (entry, range) in provider.compositions.iter().map(|(entry, one)| (*entry, &one.range)) {
            documents.push(document(tree, entry, range).ok_or_else(|| failed(&page, changed(entry)))?);
        }
        Ok(documents.join("---\n"))
    })
}

fn changed(entry: &FileEntry) -> String {
    format!("`{}` could not be read again", entry.path)
}

/// Returns a document of a file, with one line feed at its end.
fn document(tree: &PackTree<'_>, entry: &FileEntry, range: &Range<usize>) -> Option<String> {
    let text = tree.text(entry, u64::MAX)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).get(range.clone())?;
    // A document may start behind its own marker.
    let text = text.strip_prefix("---").unwrap_or(text);
    Some(format!("{}\n", text.trim_matches(['\n', '\r', ' ']).trim_end()))
}

/// Returns the meta object of the pack's own manifest.
fn meta(tree: &PackTree<'_>, release: &CatalogRelease) -> Option<String> {
    let entry = release.content.get(MANIFEST)?;
    let range = configuration::meta_range(tree)?;
    document(tree, entry, &range)
}

/// Returns the meta object of a pack that has no manifest.
fn synthesised(pack: &CatalogPack, release: &CatalogRelease) -> String {
    let released = &release.pack;
    let mut annotations = Map::new();
    let mut annotate = |key: &str, value: Option<&str>| {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            annotations.insert(format!("meta.crossplane.io/{key}"), json!(value));
        }
    };
    annotate("description", Some(&released.description));
    annotate("maintainer", Some(&released.authors.join(", ")));
    annotate("source", Some(release.record.source.repository.as_str()).filter(|text| is_address(text)));
    annotate("license", released.license.as_deref());
    let mut spec = Map::new();
    let requirement = released.requirements.iter().find(|one| one.name == "crossplane");
    if let Some(range) = requirement.and_then(|one| one.range.as_deref()) {
        spec.insert("crossplane".to_owned(), json!({ "version": range }));
    }
    let dependencies: Vec<Json> = released.dependencies.iter().filter_map(depends_on).collect();
    if !dependencies.is_empty() {
        spec.insert("dependsOn".to_owned(), json!(dependencies));
    }
    let mut metadata = json!({ "name": pack.id.name.as_str() });
    if !annotations.is_empty() {
        metadata["annotations"] = Json::Object(annotations);
    }
    yaml::to_string(&json!({
        "apiVersion": "meta.pkg.crossplane.io/v1",
        "kind": "Configuration",
        "metadata": metadata,
        "spec": spec,
    }))
}

/// Returns a dependency as a package names it; nothing for what no package is known of.
fn depends_on(dependency: &Dependency) -> Option<Json> {
    let kind = dependency.kind.as_deref().filter(|kind| matches!(*kind, "provider" | "configuration" | "function"))?;
    // A function is known by its name in the cluster, which is no package.
    if !dependency.name.contains('/') {
        return None;
    }
    let range = dependency.range.as_deref().filter(|range| Constraint::parse(range).is_some()).unwrap_or(ANY);
    Some(json!({ kind: dependency.name, "version": range }))
}
