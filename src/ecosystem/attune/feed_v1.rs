//! The experimental index: `runtimes/attune/v1/index.json`, and an archive per release beside the registry's own.
//!
//! A proposed format that no client reads yet, written only when `[feeds] attune_v1` is set. It may not share a file with
//! today's index: a reader of either refuses the other. What the proposal requires and a pack does not say is given as the
//! widest range, `*`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::archive_v1;
use super::codes::ATTUNE_ENTRY_REFUSED;
use super::feed::{address, is_sound, packs, to_text};
use super::manifest;
use crate::catalog::{Catalog, CatalogPack, CatalogRelease};
use crate::diag::{Place, Sink};
use crate::ident::{Digest, RelPath};
use crate::output::{Phase, PlannedFile, RenderError};
use crate::pack::{Memo, PackTree};

/// The JSON Schema of the index.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../../schemas/attune/feed-v1.schema.json");

#[derive(Debug, Serialize)]
struct Index<'a> {
    format_version: &'static str,
    registry_name: &'a str,
    registry_url: &'a str,
    last_updated: String,
    packs: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    label: &'a str,
    description: &'a str,
    author: String,
    license: &'a str,
    keywords: &'a [String],
    channels: BTreeMap<&'static str, &'a str>,
    releases: Vec<Release<'a>>,
}

#[derive(Debug, Serialize)]
struct Release<'a> {
    version: &'a str,
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

/// Returns the index and its archives; none when the registry has no Attune pack or no https address.
pub(super) fn files<'a>(catalog: &'a Catalog, sink: &mut Sink) -> Vec<PlannedFile<'a>> {
    let mut files = Vec::new();
    // Why there is no index was said when today's was written.
    let Some(url) = address(catalog, &mut Sink::new()) else { return files };
    let mut entries = Vec::new();
    for pack in packs(catalog) {
        let mut releases = Vec::new();
        for release in pack.releases.iter().filter(|release| is_sound(release)) {
            let requires = Requires::of(release);
            let bytes = match archive_v1::bytes(release, &requires.attune, &requires.dependencies) {
                Ok(bytes) => bytes,
                Err(reason) => {
                    let message =
                        format!("{} {} is left out of Attune's 1.0 index: {reason}", pack.id, release.version());
                    sink.report(ATTUNE_ENTRY_REFUSED, Place::file(release.pack.manifest.as_str()), message);
                    continue;
                }
            };
            let path = archive_path(pack, release);
            releases.push(Release {
                version: release.version().as_str(),
                published_at: release.published_at.to_string(),
                requires_attune: requires.attune.clone(),
                dependencies: requires.dependencies.clone(),
                evidence: [],
                archive: Archive {
                    media_type: "application/vnd.attune.pack.v1+tar+gzip",
                    url: format!("{url}/{path}"),
                    sha256: Digest::of(&bytes).hex(),
                    size: bytes.len() as u64,
                },
            });
            // Made a second time when it is written, so that not all archives are in memory at once.
            files.push(PlannedFile::batch(Phase::Archives, move || {
                let bytes = archive_v1::bytes(release, &requires.attune, &requires.dependencies)
                    .map_err(|reason| RenderError { page: path.to_string(), reason })?;
                Ok(vec![(path.clone(), bytes)])
            }));
        }
        if !releases.is_empty() {
            entries.push(entry(pack, releases));
        }
    }
    let index = Index {
        format_version: "1.0",
        registry_name: &catalog.name,
        registry_url: url,
        last_updated: catalog.updated.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string(),
        packs: entries,
    };
    let path = RelPath::composed("runtimes/attune/v1/index.json");
    files.push(PlannedFile::bytes(Phase::Pointers, path, to_text(&index)));
    files
}

fn archive_path(pack: &CatalogPack, release: &CatalogRelease) -> RelPath {
    let name = &pack.id.name;
    RelPath::composed(format!("archives/attune/{name}/{name}-{}.attune-pack.tar.gz", release.version()))
}

fn entry<'a>(pack: &'a CatalogPack, releases: Vec<Release<'a>>) -> Entry<'a> {
    let latest = &*pack.latest().pack;
    let is_offered = |release: &&CatalogRelease| {
        release.is_installable()
            && !release.version().is_prerelease()
            && releases.iter().any(|offered| offered.version == release.version().as_str())
    };
    let stable = pack.releases.iter().find(is_offered).map(|release| ("stable", release.version().as_str()));
    let author = latest.authors.join("; ");
    Entry {
        reference: pack.id.name.as_str(),
        label: &latest.title,
        description: &latest.description,
        author: if author.trim().is_empty() { "unknown".to_owned() } else { author },
        license: latest.license.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or("NOASSERTION"),
        keywords: &latest.keywords,
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
        let tree = PackTree { snapshot: &release.content, memo: &memo, directory: None, yaml_limits };
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
