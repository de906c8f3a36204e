//! Manifests that name another repository than the one they are released from: a pack alone cannot know.

use super::super::codes::ATTUNE_REPOSITORY_MISMATCH;
use super::super::manifest::label;
use super::strict;
use crate::catalog::CatalogRelease;
use crate::diag::{Place, Sink};

/// Reports a manifest that names another repository than the one it is released from.
pub(super) fn repository_matches(release: &CatalogRelease, sink: &mut Sink) {
    let source = &release.record.source;
    if !strict::is_web_url(&source.repository) {
        return;
    }
    let repository =
        release.pack.facts.iter().find(|fact| fact.label == label::REPOSITORY).map(|fact| fact.value.as_str());
    let homepage = release.pack.homepage.as_deref();
    for (key, named) in [("meta.repository_url", repository), ("homepage", homepage)] {
        let Some(named) = named.filter(|named| is_other_repository(named, &source.repository)) else { continue };
        let path = match source.path.as_str() {
            "" => release.pack.manifest.to_string(),
            directory => format!("{directory}/{}", release.pack.manifest),
        };
        let message = format!("`{key}` is `{named}`, but the pack is released from `{}`", source.repository);
        sink.report(ATTUNE_REPOSITORY_MISMATCH, Place::file(path), message).help("correct the manifest");
    }
}

/// Tells whether an address names another repository of the same host; a page elsewhere is no repository.
fn is_other_repository(named: &str, source: &str) -> bool {
    let parts = |url: &str| -> Option<(String, Vec<String>)> {
        let rest = url.split_once("://")?.1.to_ascii_lowercase();
        let mut parts = rest.split(['/', '?', '#']).filter(|part| !part.is_empty()).map(str::to_owned);
        let host = parts.next()?;
        Some((host, parts.take(2).map(|part| part.trim_end_matches(".git").to_owned()).collect()))
    };
    match (parts(named), parts(source)) {
        (Some((host, path)), Some((other_host, other_path))) => {
            host == other_host && path.len() == 2 && path != other_path
        }
        _ => false,
    }
}
