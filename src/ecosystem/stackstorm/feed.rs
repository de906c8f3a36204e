//! The runtime feed: what `st2 pack install`, `search` and `show` fetch.
//!
//! ```text
//! runtimes/stackstorm/
//!     v1/index.json                          every pack, from its newest stable release that can be installed
//!     v1/packs/<ref>/pack.yaml               the manifest with `content`
//!                    config.schema.json
//!                    <kind>/<name>.json      the component's YAML as JSON, keys sorted
//!                    tests/<file>.json
//!     v1/icons/<ref>.png
//!     git/<ref>.git/                         what `repo_url` names: see `git_feed.rs`
//! ```
//!
//! The shapes are those of the public index. What would raise inside the client is never written: no null, no empty
//! `packs` list, no entry without `version` or `repo_url`, no entry key `self`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value as Json, json};

use super::codes::FEED_NEEDS_URL;
use super::components::{ACTION, ALIAS, POLICY, RULE, RUNNER, SENSOR, TRIGGER};
use super::{ID, git_feed};
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::diag::{self, Sink};
use crate::ecosystem::PackFeed;
use crate::ident::{Digest, Fingerprint, RelPath};
use crate::output::{Files, Phase, Place, RenderError, Unit};
use crate::pack::{Component, ComponentKind, Example, Pack};
use crate::source::Snapshot;
use crate::yaml::{self, Dialect, Limits, Node};

/// Where the feed lies.
pub(super) const ROOT: &str = "runtimes/stackstorm";

/// Lists the kinds of `content`, with the folder of their files.
const CONTENT: &[(&str, &ComponentKind)] = &[
    ("actions", &ACTION),
    ("sensors", &SENSOR),
    ("rules", &RULE),
    ("aliases", &ALIAS),
    ("triggers", &TRIGGER),
    ("policies", &POLICY),
    ("runners", &RUNNER),
];

/// Returns how a release is installed with the runtime's own client.
pub(super) fn install(pack: &Pack, url: &str) -> Vec<Example> {
    let url = url.trim_end_matches('/');
    vec![
        Example {
            title: "Point StackStorm at this registry, once, in `/etc/st2/st2.conf`".to_owned(),
            language: "ini",
            text: format!("[content]\nindex_url = {url}/{ROOT}/v1/index.json"),
        },
        Example {
            title: "Install this version".to_owned(),
            language: "shell",
            text: format!("st2 pack install {}={}", pack.id.name, pack.version),
        },
    ]
}

/// Returns what the feed has of a pack; nothing when it may not be offered, or the registry has no URL.
pub(super) fn pack(registry: &Registry, pack: &Arc<CatalogPack>) -> PackFeed {
    if pack.status.quarantined.is_some() {
        return PackFeed::default();
    }
    let Some(listed) = Listed::of(pack) else {
        // Nothing is listed, but what was released can still be cloned and checked out by its tag.
        let is_kept = |release: &CatalogRelease| release.status.quarantined.is_none();
        let shown = pack.releases.iter().position(is_kept).filter(|_| registry.url.is_some());
        let units = shown.into_iter().flat_map(|shown| git_feed::plan(pack, shown)).collect();
        return PackFeed { units, ..PackFeed::default() };
    };
    let listed = Arc::new(listed);
    let mut units = Vec::new();
    if registry.url.is_some() {
        let name = listed.name();
        let places =
            [Place::folder(format!("{ROOT}/v1/packs/{name}")), Place::file(format!("{ROOT}/v1/icons/{name}.png"))];
        let made = Arc::clone(&listed);
        units.push(Unit::batch(Phase::Data, places, pack.keys().releases[listed.at], move || pack_files(&made)));
        units.extend(git_feed::plan(pack, listed.at));
    }
    PackFeed { units, entry: Some(listed) }
}

/// Returns the index; none when the registry has no StackStorm pack or no URL.
pub(super) fn index(catalog: &Catalog, packs: &[&PackFeed], sink: &mut Sink) -> Option<Unit> {
    let packs: Vec<Arc<Listed>> = packs.iter().filter_map(|pack| pack.entry()).collect();
    if packs.is_empty() {
        return None;
    }
    let Some(url) = catalog.registry.url.clone() else {
        let message = "the registry has StackStorm packs but no URL: their feed is left out";
        sink.report(FEED_NEEDS_URL, diag::Place::file("packyard.toml"), message)
            .help("set `url = \"https://…\"` in `[registry]`: StackStorm's client takes absolute URLs only");
        return None;
    };
    let updated = catalog.updated_in("stackstorm");
    let key = (&url, updated, packs.iter().map(|listed| listed.pack.keys().whole).collect::<Vec<_>>());
    let key = Fingerprint::of(key);
    Some(Unit::file(Phase::Pointers, path("v1/index.json"), key, move || {
        let entries = packs.iter().map(|listed| Ok((listed.name(), entry(&url, listed)?)));
        let packs = json!(entries.collect::<Result<BTreeMap<_, _>, RenderError>>()?);
        Ok(pretty(&json!({
            "metadata": {
                "generated_ts": updated.map_or(0, |at| at.as_second()),
                "hash": Digest::of(packs.to_string().as_bytes()).hex(),
            },
            "packs": packs,
        })))
    }))
}

/// A pack with the release that the feed shows.
pub(super) struct Listed {
    pack: Arc<CatalogPack>,
    at: usize,
    /// Its manifest, once it was read.
    manifest: OnceLock<Map<String, Json>>,
}

impl Listed {
    /// Returns the newest release that can be installed, a stable one if there is any.
    fn of(pack: &Arc<CatalogPack>) -> Option<Self> {
        let mut installable = (0..pack.releases.len()).filter(|at| pack.releases[*at].is_installable());
        let newest = installable.clone().next()?;
        let at = installable.find(|at| !pack.releases[*at].version().is_prerelease()).unwrap_or(newest);
        Some(Self { pack: Arc::clone(pack), at, manifest: OnceLock::new() })
    }

    fn release(&self) -> &CatalogRelease {
        &self.pack.releases[self.at]
    }

    fn name(&self) -> &str {
        self.pack.id.name.as_str()
    }

    /// Returns the manifest with `content`, without nulls, under the identity that the registry gives it.
    fn manifest(&self) -> Result<&Map<String, Json>, RenderError> {
        if let Some(manifest) = self.manifest.get() {
            return Ok(manifest);
        }
        let manifest = manifest(self)?;
        Ok(self.manifest.get_or_init(|| manifest))
    }
}

/// Returns an entry of the index: the manifest as it is read, with what the registry knows.
fn entry(url: &str, listed: &Listed) -> Result<Json, RenderError> {
    let name = listed.name();
    let mut entry = listed.manifest()?.clone();
    let versions: Vec<&str> = listed
        .pack
        .releases
        .iter()
        .filter(|release| release.is_installable())
        .map(|release| release.version().as_str())
        .collect();
    entry.insert("repo_url".to_owned(), json!(format!("{url}/{ROOT}/git/{name}.git")));
    entry.insert("versions".to_owned(), json!(versions));
    entry.insert("x_packyard".to_owned(), json!({ "pack_json": format!("{url}/packs/{ID}/{name}/pack.json") }));
    Ok(Json::Object(entry))
}

fn manifest(listed: &Listed) -> Result<Map<String, Json>, RenderError> {
    let release = listed.release();
    let root = read_yaml(&release.content, "pack.yaml")?;
    let Json::Object(mut entry) = root.to_json() else { return Ok(Map::new()) };
    entry.retain(|key, value| !value.is_null() && key != "self");
    entry.insert("ref".to_owned(), json!(listed.name()));
    entry.insert("name".to_owned(), json!(release.pack.title));
    entry.insert("version".to_owned(), json!(release.version().as_str()));
    entry.insert("content".to_owned(), content(release));
    Ok(entry)
}

/// Returns counts and sorted names by kind; only kinds that the pack has.
fn content(release: &CatalogRelease) -> Json {
    let mut kinds = Map::new();
    let mut add = |key: &str, mut names: Vec<&str>| {
        names.sort_unstable();
        if !names.is_empty() {
            kinds.insert(key.to_owned(), json!({ "count": names.len(), "resources": names }));
        }
    };
    for (key, kind) in CONTENT {
        add(key, components(release, kind).map(|component| component.name.as_str()).collect());
    }
    add("tests", test_files(release).collect());
    Json::Object(kinds)
}

/// Returns the components of a kind that have a definition of their own; a trigger type inside a sensor has none.
fn components<'a>(release: &'a CatalogRelease, kind: &'a ComponentKind) -> impl Iterator<Item = &'a Component> {
    release
        .pack
        .components
        .iter()
        .map(AsRef::as_ref)
        .filter(move |component| component.kind == kind && !(kind == &TRIGGER && component.file.parent() == "sensors"))
}

fn test_files(release: &CatalogRelease) -> impl Iterator<Item = &str> {
    let files = release.content.below("tests").iter().filter(|entry| entry.path.parent() == "tests");
    files.map(|entry| entry.path.file_name()).filter(|name| name.ends_with(".py"))
}

/// Returns the per-pack files.
fn pack_files(listed: &Listed) -> Result<Files, RenderError> {
    let (name, release) = (listed.name(), listed.release());
    let folder = format!("v1/packs/{name}");
    let yaml = yaml::to_string(&Json::Object(listed.manifest()?.clone()));
    let mut files = vec![(path(&format!("{folder}/pack.yaml")), yaml.into_bytes())];
    if release.content.get("config.schema.yaml").is_some() {
        let schema = read_yaml(&release.content, "config.schema.yaml")?;
        files.push((path(&format!("{folder}/config.schema.json")), pretty(&schema.to_json())));
    }
    for (key, kind) in CONTENT {
        for component in components(release, kind) {
            let root = read_yaml(&release.content, component.file.as_str())?;
            // A runner file may hold a list of definitions.
            let definition =
                root.items().iter().find(|item| item.get("name").and_then(Node::as_str) == Some(&component.name));
            let json = definition.unwrap_or(&root).to_json();
            files.push((path(&format!("{folder}/{key}/{}.json", component.name)), pretty(&json)));
        }
    }
    for file in test_files(release) {
        files.push((path(&format!("{folder}/tests/{file}.json")), pretty(&json!({ "filename": file }))));
    }
    if let Some(icon) = release.pack.icon.as_ref().and_then(|icon| release.content.get(icon.as_str())) {
        let bytes = release.content.read(icon).map_err(|error| failed(icon.path.as_str(), error.to_string()))?;
        files.push((path(&format!("v1/icons/{name}.png")), bytes.to_vec()));
    }
    Ok(files)
}

fn path(below: &str) -> RelPath {
    RelPath::composed(format!("{ROOT}/{below}"))
}

/// Reads a YAML file of a release again; it was read before, so only the machine can fail.
fn read_yaml(content: &Snapshot, path: &str) -> Result<Node, RenderError> {
    let entry = content.get(path).ok_or_else(|| failed(path, "the released file is not there".to_owned()))?;
    let bytes = content.read(entry).map_err(|error| failed(path, error.to_string()))?;
    // The file passed the limits of its time; a registry that lowers them later still serves what was released.
    let limits = Limits { bytes: usize::MAX, ..Limits::default() };
    yaml::read(&bytes, Dialect::Yaml11, limits).map(|yaml| yaml.root).map_err(|fault| failed(path, fault.message))
}

pub(super) fn failed(page: &str, reason: String) -> RenderError {
    RenderError { page: format!("{ROOT}: {page}"), reason }
}

/// Writes JSON as the public index does: keys sorted, four spaces, a line feed at the end.
fn pretty(value: &Json) -> Vec<u8> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    serde::Serialize::serialize(value, &mut serializer).expect("a JSON value can be written to memory");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests;
