//! The experimental index: `runtimes/attune/v1/index.json`, and an archive per release beside the registry's own.
//!
//! A proposed format that no client reads yet, written only when `[feeds] attune_v1` is set. It may not share a file with
//! today's index: a reader of either refuses the other. What the proposal requires and a pack does not say is given as the
//! widest range, `*`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::archive_v1;
use super::codes::ATTUNE_ENTRY_REFUSED;
use super::feed::{FeedEntries, address, is_offered, is_sound, to_text};
use super::manifest;
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::diag::{Place, Sink};
use crate::ident::{Digest, RelPath};
use crate::output::{Phase, RenderError, Unit};
use crate::pack::{Memo, PackTree};

/// The JSON Schema of the index.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../../schemas/attune/feed-v1.schema.json");

#[derive(Debug, Serialize)]
struct Index<'a> {
    format_version: &'static str,
    registry_name: &'a str,
    registry_url: &'a str,
    last_updated: String,
    packs: Vec<&'a Entry>,
}

#[derive(Debug, Serialize)]
pub(super) struct Entry {
    #[serde(rename = "ref")]
    reference: String,
    label: String,
    description: String,
    author: String,
    license: String,
    keywords: Vec<String>,
    channels: BTreeMap<&'static str, String>,
    releases: Vec<Release>,
}

#[derive(Debug, Serialize)]
struct Release {
    version: String,
    published_at: String,
    requires_attune: String,
    dependencies: BTreeMap<String, String>,
    evidence: [(); 0],
    archive: Archive,
}

#[derive(Debug, Serialize)]
struct Archive {
    media_type: &'static str,
    url: String,
    /// 64 hex digits, without a prefix.
    sha256: String,
    size: u64,
}

/// Adds the archives of a pack, and returns its entry; nothing when no release can be offered.
pub(super) fn pack(
    registry: &Registry,
    pack: &Arc<CatalogPack>,
    units: &mut Vec<Unit>,
    sink: &mut Sink,
) -> Option<Entry> {
    // Why there is no index was said when today's was written.
    let url = address(registry, &mut Sink::new()).filter(|_| is_offered(pack))?;
    let mut releases = Vec::new();
    for (at, release) in pack.releases.iter().enumerate().filter(|(_, release)| is_sound(release)) {
        let requires = Requires::of(release);
        let bytes = match archive_v1::bytes(release, &requires.attune, &requires.dependencies) {
            Ok(bytes) => bytes,
            Err(reason) => {
                let message = format!("{} {} is left out of Attune's 1.0 index: {reason}", pack.id, release.version());
                sink.report(ATTUNE_ENTRY_REFUSED, Place::file(release.pack.manifest.as_str()), message);
                continue;
            }
        };
        let (path, sha256) = (archive_path(pack, release), Digest::of(&bytes));
        releases.push(Release {
            version: release.version().to_string(),
            published_at: release.published_at.to_string(),
            requires_attune: requires.attune.clone(),
            dependencies: requires.dependencies.clone(),
            evidence: [],
            archive: Archive {
                media_type: "application/vnd.attune.pack.v1+tar+gzip",
                url: format!("{url}/{path}"),
                sha256: sha256.hex(),
                size: bytes.len() as u64,
            },
        });
        // Made a second time when it is written, so that not all archives are in memory at once.
        let (pack, page) = (Arc::clone(pack), path.to_string());
        units.push(Unit::file(Phase::Archives, path, sha256, move || {
            archive_v1::bytes(&pack.releases[at], &requires.attune, &requires.dependencies)
                .map_err(|reason| RenderError { page: page.clone(), reason })
        }));
    }
    (!releases.is_empty()).then(|| entry(pack, releases))
}

/// Returns the index; none when the registry has no Attune pack or no https address.
pub(super) fn index(catalog: &Catalog, entries: &[Arc<FeedEntries>]) -> Option<Unit> {
    entries.iter().find(|entry| entry.is_offered)?;
    let index = Index {
        format_version: "1.0",
        registry_name: &catalog.registry.name,
        registry_url: address(&catalog.registry, &mut Sink::new())?,
        last_updated: catalog.updated_in("attune").unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string(),
        packs: entries.iter().filter_map(|entry| entry.v1.as_ref()).collect(),
    };
    let path = RelPath::composed("runtimes/attune/v1/index.json");
    Some(Unit::bytes(Phase::Pointers, path, to_text(&index).into_bytes()))
}

fn archive_path(pack: &CatalogPack, release: &CatalogRelease) -> RelPath {
    let name = &pack.id.name;
    RelPath::composed(format!("archives/attune/{name}/{name}-{}.attune-pack.tar.gz", release.version()))
}

fn entry(pack: &CatalogPack, releases: Vec<Release>) -> Entry {
    let latest = &*pack.latest().pack;
    let is_offered = |release: &&CatalogRelease| {
        release.is_installable()
            && !release.version().is_prerelease()
            && releases.iter().any(|offered| offered.version == release.version().as_str())
    };
    let stable = pack.releases.iter().find(is_offered).map(|release| ("stable", release.version().to_string()));
    let author = latest.authors.join("; ");
    Entry {
        reference: pack.id.name.to_string(),
        label: latest.title.clone(),
        description: latest.description.clone(),
        author: if author.trim().is_empty() { "unknown".to_owned() } else { author },
        license: latest.license.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or("NOASSERTION").to_owned(),
        keywords: latest.keywords.clone(),
        channels: stable.into_iter().collect(),
        releases,
    }
}

/// What a release requires.
struct Requires {
    /// A range of Attune versions.
    attune: String,
    /// Packs, with a range each.
    dependencies: BTreeMap<String, String>,
}

impl Requires {
    fn of(release: &CatalogRelease) -> Self {
        let memo = Memo::new();
        let yaml_limits = crate::yaml::Limits::default();
        let tree = PackTree::new(&release.content, &memo, "", yaml_limits);
        let manifest = manifest::read(&tree, &mut Sink::new());
        let declared =
            manifest.as_ref().and_then(|manifest| manifest.requires.get("attune")?.as_str().map(str::to_owned));
        let of_pack = release.pack.requirements.iter().find(|requirement| requirement.name == "attune");
        let attune = declared.or_else(|| of_pack?.range.clone()).unwrap_or_else(|| "*".to_owned());
        let dependencies = release.pack.dependencies.iter().map(|dependency| match dependency.name.split_once('@') {
            Some((name, range)) => (name.to_owned(), range.to_owned()),
            None => (dependency.name.clone(), dependency.range.clone().unwrap_or_else(|| "*".to_owned())),
        });
        Self { attune, dependencies: dependencies.collect() }
    }
}
