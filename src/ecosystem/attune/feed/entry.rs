//! One release as an entry of the index, normalised as Attune's own index builder does it.

use super::super::{checksum, manifest::label};
use super::strict;
use super::wire::{Contents, Dependencies, Entry, Extension, Item, Meta, Source};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::pack::{Component, Pack};

/// Returns the entry of a release; what a pack does not say is filled in as the builder does.
pub(super) fn entry(url: &str, catalog_pack: &CatalogPack, release: &CatalogRelease) -> Entry {
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
                directory_digest: release.record.checksums.get(checksum::NAME).cloned(),
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

/// Returns the address of a release's archive.
pub(super) fn archive_url(url: &str, name: &str, version: &str) -> String {
    format!("{url}/archives/attune/{name}/{name}-{version}.tar.gz")
}
