//! Today's index: `runtimes/attune/index.json`, and one index per release for pinning.
//!
//! 1. Each release becomes an [`Entry`], normalised as Attune's own index builder does it.
//! 2. [`strict`] holds it to the client's rules; one that fails is left out and reported.
//! 3. The highest stable installable release of each pack goes to the index; every other one can be had through
//!    `runtimes/attune/pins/<ref>/<version>/index.json`, because an index holds one version of a pack.
//!
//! Only archives are offered as sources: the registry's own, which both generations of clients unpack.

use serde::Serialize;

use super::codes::{ATTUNE_ENTRY_REFUSED, ATTUNE_FEED_NEEDS_HTTPS, ATTUNE_REPOSITORY_MISMATCH};
use super::manifest::label;
use super::strict;
use crate::catalog::{Catalog, CatalogPack, CatalogRelease};
use crate::config::Config;
use crate::diag::{Place, Severity, Sink};
use crate::ident::RelPath;
use crate::output::{Phase, PlannedFile};
use crate::pack::{Component, Example, Pack};

/// The JSON Schema of the index.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../../schemas/attune/feed.schema.json");

/// Largest index that clients read, in bytes.
const MOST_BYTES: usize = 10_485_760;

/// The index, as its clients read it: exactly these keys.
#[derive(Debug, Serialize)]
struct Index<'a> {
    registry_name: &'a str,
    registry_url: &'a str,
    /// The format's version.
    version: &'static str,
    /// RFC 3339 in UTC.
    last_updated: String,
    /// Ascending by `ref`, bytewise; strict clients refuse any other order.
    packs: Vec<Entry>,
}

/// A pack at one version; no other key is allowed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) version: String,
    pub(super) author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    pub(super) license: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repository: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) use_case: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) runtime_deps: Vec<String>,
    pub(super) install_sources: Vec<Source>,
    pub(super) contents: Contents,
    pub(super) dependencies: Dependencies,
    pub(super) meta: Meta,
}

/// Where a client installs from.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Source {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: String,
    /// `sha256:` and the digest of the archive's bytes.
    pub(super) checksum: String,
}

/// What a pack holds: all five lists, no sixth.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Contents {
    pub(super) actions: Vec<Item>,
    pub(super) sensors: Vec<Item>,
    pub(super) triggers: Vec<Item>,
    pub(super) rules: Vec<Item>,
    pub(super) workflows: Vec<Item>,
}

/// A component.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) description: String,
}

/// Which packs a pack needs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Dependencies {
    pub(super) packs: Vec<String>,
}

/// The one place where further keys are allowed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Meta {
    pub(super) category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    pub(super) packyard: Extension,
}

/// What this registry says beyond the format.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Extension {
    /// The address of the pack's whole version history.
    pub(super) history: String,
    /// The digest of the release's file list.
    pub(super) content_digest: String,
    /// Attune's directory checksum of the same files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) directory_digest: Option<String>,
}

/// Returns the index and the pinned indexes; none when the registry has no Attune pack or no https address.
pub(super) fn files<'a>(catalog: &'a Catalog, sink: &mut Sink) -> Vec<PlannedFile<'a>> {
    let mut files = Vec::new();
    let Some(url) = address(catalog, sink) else { return files };
    let mut newest = Vec::new();
    for pack in packs(catalog) {
        let mut best: Option<(bool, &CatalogRelease, Entry)> = None;
        for release in pack.releases.iter().filter(|release| is_sound(release)) {
            let Some(entry) = checked(url, pack, release, sink) else { continue };
            files.push(pin(catalog, url, release, entry.clone()));
            // Releases are in descending order: the first stable one, else the first prerelease.
            let is_stable = !release.version().is_prerelease();
            if release.is_installable() && best.as_ref().is_none_or(|(is_best_stable, ..)| is_stable && !is_best_stable)
            {
                best = Some((is_stable, release, entry));
            }
        }
        if let Some((_, release, entry)) = best {
            repository_matches(release, sink);
            newest.push(entry);
        }
    }
    newest.sort_by(|a, b| a.reference.cmp(&b.reference));
    let updated = catalog.updated.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    let mut index =
        Index { registry_name: &catalog.name, registry_url: url, version: "1.0", last_updated: updated, packs: newest };
    let mut text = to_text(&index);
    if text.len() > MOST_BYTES {
        // The lists stay whole, the descriptions go: they are on the pages, and a larger file is refused altogether.
        for entry in &mut index.packs {
            let contents = &mut entry.contents;
            let lists = [
                &mut contents.actions,
                &mut contents.sensors,
                &mut contents.triggers,
                &mut contents.rules,
                &mut contents.workflows,
            ];
            lists.into_iter().flatten().for_each(|item| item.description.clear());
        }
        text = to_text(&index);
    }
    files.push(PlannedFile::bytes(Phase::Pointers, RelPath::composed("runtimes/attune/index.json"), text));
    files
}

/// Returns the Attune packs that may be offered.
pub(super) fn packs(catalog: &Catalog) -> impl Iterator<Item = &CatalogPack> {
    catalog.packs.values().filter(|pack| {
        pack.ecosystem.id() == "attune" && pack.status.quarantined.is_none() && pack.status.yanked.is_none()
    })
}

/// Tells whether a release may be installed by exact version: a yanked one may.
pub(super) fn is_sound(release: &CatalogRelease) -> bool {
    release.status.quarantined.is_none() && !release.findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Returns the registry's address when clients accept it and there is something to offer.
pub(super) fn address<'a>(catalog: &'a Catalog, sink: &mut Sink) -> Option<&'a str> {
    packs(catalog).next()?;
    let url = catalog.url.as_deref().map(|url| url.trim_end_matches('/'));
    if url.is_none_or(|url| !strict::is_plain_https_url(url)) {
        let what =
            url.map_or("the registry has no address".to_owned(), |url| format!("the registry's address is `{url}`"));
        sink.report(
            ATTUNE_FEED_NEEDS_HTTPS,
            Place::file(Config::FILE),
            format!("{what}; Attune's index is not written"),
        )
        .help("set `url = \"https://…\"` in `[registry]`");
        return None;
    }
    if catalog.name.trim().is_empty() {
        let message = "the registry's name is blank; Attune's index is not written";
        sink.report(ATTUNE_ENTRY_REFUSED, Place::file(Config::FILE), message).help("set `name` in `[registry]`");
        return None;
    }
    url
}

/// Returns the address of a release's archive.
fn archive_url(url: &str, name: &str, version: &str) -> String {
    format!("{url}/archives/attune/{name}/{name}-{version}.tar.gz")
}

/// Returns the entry of a release, or reports why clients would refuse it.
fn checked(url: &str, pack: &CatalogPack, release: &CatalogRelease, sink: &mut Sink) -> Option<Entry> {
    let entry = entry(url, pack, release);
    match strict::fault(&entry) {
        None => Some(entry),
        Some(fault) => {
            let message = format!("{} {} is left out of Attune's index: {fault}", pack.id, release.version());
            let mut place = Place::file(release.pack.manifest.as_str());
            if !release.record.source.path.is_empty() {
                place.path = format!("{}/{}", release.record.source.path, place.path);
            }
            sink.report(ATTUNE_ENTRY_REFUSED, place, message)
                .help("clients refuse the whole index for one such entry; correct it in the next release");
            None
        }
    }
}

fn entry(url: &str, catalog_pack: &CatalogPack, release: &CatalogRelease) -> Entry {
    let pack = &*release.pack;
    let (name, version) = (catalog_pack.id.name.as_str(), release.version().as_str());
    let fact = |label| pack.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.clone());
    let repository = Some(release.record.source.repository.clone()).filter(|url| strict::is_plain_https_url(url));
    let page = format!("{url}/packs/attune/{name}/index.html");
    let author = pack.authors.join("; ");
    Entry {
        reference: name.to_owned(),
        label: if pack.title.trim().is_empty() { name.to_owned() } else { pack.title.clone() },
        description: pack.description.clone(),
        version: version.to_owned(),
        author: match (author.trim(), &repository) {
            ("", Some(repository)) => owner(repository).unwrap_or_else(|| "unknown".to_owned()),
            ("", None) => "unknown".to_owned(),
            _ => author,
        },
        email: pack.contact.clone(),
        license: pack
            .license
            .clone()
            .filter(|text| !text.trim().is_empty())
            .unwrap_or_else(|| "NOASSERTION".to_owned()),
        homepage: Some(pack.homepage.clone().filter(|url| strict::is_web_url(url)).unwrap_or(page)),
        repository,
        use_case: fact(label::USE_CASE),
        keywords: unique(pack.keywords.iter()),
        runtime_deps: unique(pack.requirements.iter().filter(|r| r.range.is_none()).map(|r| &r.name)),
        install_sources: vec![Source {
            kind: "archive",
            url: archive_url(url, name, version),
            checksum: release.record.archive.sha256.to_string(),
        }],
        contents: contents(pack),
        dependencies: Dependencies { packs: unique(pack.dependencies.iter().map(|dependency| &dependency.name)) },
        meta: Meta {
            category: fact(label::CATEGORY).unwrap_or_else(|| "uncategorized".to_owned()),
            commit: release.record.source.commit.clone(),
            packyard: Extension {
                history: format!("{url}/packs/attune/{name}/pack.json"),
                content_digest: release.record.content_digest.to_string(),
                directory_digest: release.record.checksums.get(super::checksum::NAME).cloned(),
            },
        },
    }
}

/// Returns texts in their order, none twice.
fn unique<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.filter(|text| seen.insert(text.as_str())).cloned().collect()
}

/// Returns the owner in a repository's address: the first part of its path.
fn owner(repository: &str) -> Option<String> {
    let mut parts = repository.strip_prefix("https://")?.split('/').skip(1);
    let owner = parts.next().filter(|owner| !owner.is_empty())?;
    parts.next().map(|_| owner.to_owned())
}

fn contents(pack: &Pack) -> Contents {
    let is_workflow = |component: &Component| !component.steps.is_empty();
    let list = |choose: &dyn Fn(&Component) -> bool| {
        let mut items: Vec<Item> = pack
            .components
            .iter()
            .filter(|component| choose(component))
            .map(|component| Item {
                name: component.name.clone(),
                description: match component.description.as_str() {
                    "" => component.title.clone().unwrap_or_default(),
                    description => description.to_owned(),
                },
            })
            .collect();
        items.sort_by(|a, b| a.name.cmp(&b.name));
        items
    };
    let of_kind = |key: &'static str| list(&move |component: &Component| component.kind.key == key);
    Contents {
        actions: list(&|component| component.kind.key == "action" && !is_workflow(component)),
        sensors: of_kind("sensor"),
        triggers: of_kind("trigger"),
        rules: of_kind("rule"),
        workflows: list(&|component| component.kind.key == "action" && is_workflow(component)),
    }
}

/// Returns the index that holds nothing but one release.
fn pin<'a>(catalog: &Catalog, url: &str, release: &CatalogRelease, entry: Entry) -> PlannedFile<'a> {
    let path = format!("runtimes/attune/pins/{}/{}/index.json", entry.reference, entry.version);
    let index = Index {
        registry_name: &catalog.name,
        registry_url: url,
        version: "1.0",
        last_updated: release.published_at.to_string(),
        packs: vec![entry],
    };
    PlannedFile::bytes(Phase::Pointers, RelPath::composed(path), to_text(&index))
}

/// Reports a manifest that names another repository than the one it is released from.
fn repository_matches(release: &CatalogRelease, sink: &mut Sink) {
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

/// Writes JSON as Attune's index builder does: two spaces, ASCII only, a final line feed.
pub(super) fn to_text(value: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(value).expect("an index has text keys and finite numbers");
    let mut text = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            // Outside strings JSON is ASCII, so every other character stands in one and can be escaped.
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text.push('\n');
    text
}

/// Returns how a release is installed with Attune's own client.
pub(super) fn install(pack: &Pack, url: &str) -> Vec<Example> {
    let (name, version) = (pack.id.name.as_str(), pack.version.as_str());
    let url = url.trim_end_matches('/');
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    let example = |title: &str, text: String| Example { title: title.to_owned(), language: "shell", text };
    let mut examples = Vec::new();
    if strict::is_plain_https_url(url) {
        examples.push(example(
            "Install the newest release through the index",
            format!(
                "# index:                 {url}/runtimes/attune/index.json\n\
                 # approved_public_hosts: {host}\n\
                 attune pack install {name}"
            ),
        ));
        examples.push(example(
            "Install exactly this release through its own index",
            format!(
                "# index:                 {url}/runtimes/attune/pins/{name}/{version}/index.json\n\
                 # approved_public_hosts: {host}\n\
                 attune pack install {name}@{version}"
            ),
        ));
    }
    if strict::is_web_url(url) {
        let text = format!("attune pack install {}", archive_url(url, name, version));
        examples.push(example("Install the archive of this release", text));
    }
    examples
}
