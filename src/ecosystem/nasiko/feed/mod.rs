//! The runtime feed: what the `nasiko` client, the control plane and A2A tools fetch.
//!
//! ```text
//! runtimes/nasiko/
//!     v1/search                                  every pack at its newest release: what the client lists
//!     v2/index.html                              says that this is a registry of the OCI kind
//!     v2/<owner>/<name>/tags/list                the versions that can be chosen, and `latest`
//!                      /manifests/<version>      the manifest of a release; also `latest`, and each by its digest
//!                      /blobs/sha256:<hex>       its layer, and the empty configuration
//!     agents/<name>/agent-card.json              the card, byte for byte
//!     agents/<name>/versions.json                its version history
//!     python/registry/<id>.json                  what the registry of the earlier generation is told
//!     python/versions/<id>.json                  the version history, as that registry answers it
//! v2/                                            the same tree at the root of the host, with `[feeds.nasiko] root = true`
//! ```
//!
//! A yanked release is neither listed nor offered, but keeps its manifests and blobs. A quarantined one, and one with errors, is
//! left out. Nothing here needs the registry's URL.

mod artifact;
mod image;
mod listed;
mod python;
mod search;
mod versions;

use std::sync::Arc;

use super::codes::{NASIKO_ARTIFACT_TOO_LARGE, NASIKO_VERSION_WENT_BACKWARDS};
use super::profile::Profile;
use super::{card, skill_file};
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::config::Feeds;
use crate::content::oci;
use crate::diag::{self, Sink};
use crate::ecosystem::{HeaderRule, PackFeed};
use crate::ident::{Fingerprint, RelPath};
use crate::output::{Phase, Place, RenderError, Unit};
use crate::pack::{Example, Pack};

use listed::{Kind, Listed};
pub(super) use search::answer;
use versions::Generation;

/// Where the feed lies.
const ROOT: &str = "runtimes/nasiko";

/// The owner of every skill: the client looks for them nowhere else.
const SKILL_OWNER: &str = "nasiko";

/// Largest response that the client reads, in bytes.
const MOST_RESPONSE: u64 = 10 << 20;
/// Largest layer that the control plane reads, in bytes.
const MOST_LAYER: u64 = 100 << 20;

/// The media types of files without a telling name, below the feed and at the root of the host.
pub(super) const HEADERS: &[HeaderRule] = &[
    HeaderRule { pattern: "v1/search", headers: JSON },
    HeaderRule { pattern: "v2/", headers: JSON },
    HeaderRule { pattern: "v2/index.html", headers: JSON },
    HeaderRule { pattern: "v2/*/tags/list", headers: JSON },
    HeaderRule { pattern: "v2/*/manifests/*", headers: MANIFEST },
    HeaderRule { pattern: "v2/*/blobs/*", headers: BLOB },
    HeaderRule { pattern: "/v2/", headers: JSON },
    HeaderRule { pattern: "/v2/index.html", headers: JSON },
    HeaderRule { pattern: "/v2/*/tags/list", headers: JSON },
    HeaderRule { pattern: "/v2/*/manifests/*", headers: MANIFEST },
    HeaderRule { pattern: "/v2/*/blobs/*", headers: BLOB },
];

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];
const MANIFEST: &[(&str, &str)] = &[("Content-Type", oci::MANIFEST)];
const BLOB: &[(&str, &str)] = &[("Content-Type", "application/octet-stream")];

/// Returns how a release is installed with the runtime's own client.
pub(super) fn install(pack: &Pack, url: &str, feeds: &Feeds) -> Vec<Example> {
    let url = url.trim_end_matches('/');
    let (name, version) = (&pack.id.name, &pack.version);
    let use_it = match pack.manifest.as_str() {
        skill_file::FILE => Example {
            title: "Add the skill to an agent, in the agent's directory".to_owned(),
            language: "shell",
            text: format!("nasiko skill add {name}"),
        },
        _ => Example {
            title: "Start a new agent from this version".to_owned(),
            language: "shell",
            text: format!("nasiko new {}/{name}:{version}", feeds.nasiko.owner),
        },
    };
    vec![
        Example {
            title: "Point Nasiko's client at this registry, once".to_owned(),
            language: "shell",
            text: format!("nasiko registry connect {url}/{ROOT}"),
        },
        use_it,
    ]
}

/// Returns the trees of repositories: the feed's own, and the one at the root of the host.
fn trees(feeds: &Feeds) -> impl Iterator<Item = String> {
    let at_root = feeds.nasiko.root.then(|| "v2".to_owned());
    std::iter::once(format!("{ROOT}/v2")).chain(at_root)
}

/// Returns what the feed has of a pack.
pub(super) fn pack(registry: &Arc<Registry>, feeds: &Feeds, pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
    report_sizes(pack, sink);
    report_step_back(pack, sink);
    let Some(listed) = Listed::of(pack, feeds) else { return PackFeed::default() };
    let listed = Arc::new(listed);
    let key = (pack.keys().whole, &listed.owner, &listed.served, &listed.offered);
    let mut units = Vec::new();
    for tree in trees(feeds) {
        let (folder, place) = (listed.folder(&tree), Place::folder(listed.folder(&tree)));
        let (made, below) = (Arc::clone(&listed), folder.clone());
        units.push(Unit::batch(Phase::Data, [place.clone()], key, move || made.immutable_files(&below)));
        let made = Arc::clone(&listed);
        units.push(Unit::batch(Phase::Pointers, [place], key, move || made.pointers(&folder)));
    }
    if let Some(newest) = listed.newest()
        && listed.kind == Kind::Agent
        && newest.content.get(card::FILE).is_some()
    {
        let path = RelPath::composed(format!("{ROOT}/agents/{}/agent-card.json", listed.name()));
        let made = Arc::clone(&listed);
        units.push(Unit::file(Phase::Pointers, path, key, move || made.card()));
    }
    if listed.newest().is_some_and(|newest| Profile::recorded(&newest.record.requirements) == Profile::Python) {
        let path = RelPath::composed(format!("{ROOT}/python/registry/{}.json", listed.name()));
        let made = Arc::clone(&listed);
        units.push(Unit::file(Phase::Pointers, path, key, move || python::entry(&made)));
    }
    units.extend(histories(registry.url.as_deref().unwrap_or_default(), key, &listed));
    PackFeed { units, entry: Some(listed) }
}

/// Returns the version histories of an agent: one for each generation that has a release which may be chosen.
fn histories(url: &str, key: impl std::hash::Hash, listed: &Arc<Listed>) -> Vec<Unit> {
    let name = listed.name();
    let files = [
        (Profile::Rust, format!("{ROOT}/agents/{name}/versions.json")),
        (Profile::Python, format!("{ROOT}/python/versions/{name}.json")),
    ];
    let key = Fingerprint::of((url, key));
    let unit = |(profile, path): (Profile, String)| {
        Generation::of(listed, profile)?;
        let (made, url) = (Arc::clone(listed), url.to_owned());
        Some(Unit::file(Phase::Pointers, RelPath::composed(path), key, move || {
            let generation = Generation::of(&made, profile).ok_or_else(|| failed(made.name(), "nothing is offered"))?;
            Ok(match profile {
                Profile::Rust => generation.rust(&url),
                Profile::Python => generation.python(),
            })
        }))
    };
    files.into_iter().filter_map(unit).collect()
}

/// Returns the files of the feed that are about all packs.
pub(super) fn index(catalog: &Catalog, feeds: &Feeds, packs: &[&PackFeed], _: &mut Sink) -> Vec<Unit> {
    let listed: Vec<Arc<Listed>> = packs.iter().filter_map(|pack| pack.entry()).collect();
    if listed.is_empty() {
        return Vec::new();
    }
    let key = (
        &catalog.registry.url,
        &feeds.nasiko.owner,
        listed.iter().map(|one| one.pack.keys().whole).collect::<Vec<_>>(),
    );
    let (key, url) = (Fingerprint::of(key), catalog.registry.url.clone());
    let search = RelPath::composed(format!("{ROOT}/v1/search"));
    let mut units = vec![Unit::file(Phase::Pointers, search, key, move || {
        search::list(&listed, url.as_deref().unwrap_or_default())
    })];
    // `GET /v2/` tells a client that it talks to a registry; a static host answers with the index of the folder.
    let roots = trees(feeds)
        .map(|tree| Unit::bytes(Phase::Pointers, RelPath::composed(format!("{tree}/index.html")), b"{}\n".to_vec()));
    units.extend(roots);
    units
}

/// Reports releases that are larger than the client or the control plane takes.
///
/// The registry's own archive has the same files and is within some bytes of the layer, which is not made yet.
fn report_sizes(pack: &CatalogPack, sink: &mut Sink) {
    for release in pack.releases.iter().filter(|release| release.record.archive.size > MOST_RESPONSE) {
        let size = release.record.archive.size;
        let place = diag::Place::file(manifest_path(release));
        let message = match size > MOST_LAYER {
            true => format!("{} {} is left out of the feed: its layer has {size} bytes", pack.id, release.version()),
            false => format!("the layer of {} {} has {size} bytes", pack.id, release.version()),
        };
        sink.report(NASIKO_ARTIFACT_TOO_LARGE, place, message)
            .help(format!("the client reads at most {MOST_RESPONSE} bytes, the control plane {MOST_LAYER}"));
    }
}

/// Reports a pack whose last release is not its highest: the client takes the highest.
fn report_step_back(pack: &CatalogPack, sink: &mut Sink) {
    let may_be_chosen = |release: &&CatalogRelease| release.status.may_be_chosen() && !release.status.draft;
    let highest = pack.releases.iter().find(may_be_chosen);
    let last = pack.releases.iter().filter(may_be_chosen).max_by_key(|release| release.published_at);
    let (Some(highest), Some(last)) = (highest, last) else { return };
    if last.published_at > highest.published_at && last.version() < highest.version() {
        let message = format!("{} went back from {} to {}", pack.id, highest.version(), last.version());
        sink.report(NASIKO_VERSION_WENT_BACKWARDS, diag::Place::file(manifest_path(last)), message)
            .help(format!("yank {}, or release a version that is higher", highest.version()));
    }
}

/// Returns where the manifest of a release lies in its source.
fn manifest_path(release: &CatalogRelease) -> String {
    match release.record.source.path.as_str() {
        "" => release.pack.manifest.to_string(),
        directory => format!("{directory}/{}", release.pack.manifest),
    }
}

fn failed(what: &str, reason: impl ToString) -> RenderError {
    RenderError { page: format!("{ROOT}: {what}"), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
