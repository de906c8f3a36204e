//! Today's index: `runtimes/attune/index.json`, and one index per release for pinning.
//!
//! 1. Each release becomes an [`Entry`], normalised as Attune's own index builder does it.
//! 2. [`strict`] holds it to the client's rules; one that fails is left out and reported.
//! 3. The highest stable installable release of each pack goes to the index; every other one can be had through
//!    `runtimes/attune/pins/<ref>/<version>/index.json`, because an index holds one version of a pack.
//!
//! Only archives are offered as sources: the registry's own, which both generations of clients unpack.

mod entry;
mod install;
mod repository;
mod strict;
mod wire;

pub(super) use install::install;
pub(super) use wire::to_text;

use std::sync::Arc;

use self::wire::{Entry, Index};
use super::codes::{ATTUNE_ENTRY_REFUSED, ATTUNE_FEED_NEEDS_HTTPS, ATTUNE_INSTALL_LIMITS};
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::config::Config;
use crate::diag::{Place, Severity, Sink};
use crate::ident::{Digest, RelPath};
use crate::output::{Phase, Unit};

/// The JSON Schema of the index.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../../../schemas/attune/feed.schema.json");

/// Largest index that clients read, in bytes.
const MOST_BYTES: usize = 10_485_760;

/// Largest archive that clients install, in bytes.
const MOST_ARCHIVE_BYTES: u64 = 100 << 20;

/// What the indexes say of a pack.
pub(super) struct FeedEntries {
    /// Whether the pack may be offered at all.
    pub(super) is_offered: bool,
    /// Its entry in today's index.
    pub(super) newest: Option<Entry>,
    /// Its entry in the experimental one.
    pub(super) v1: Option<super::feed_v1::Entry>,
}

/// Adds the pinned indexes of a pack, and returns its entry in the index; nothing when the registry has no https address.
pub(super) fn pack(
    registry: &Arc<Registry>,
    pack: &CatalogPack,
    units: &mut Vec<Unit>,
    sink: &mut Sink,
) -> Option<Entry> {
    // Why there is no index is said once, where it would be written.
    let url = address(registry, &mut Sink::new()).filter(|_| is_offered(pack))?;
    let mut best: Option<(bool, &CatalogRelease, Entry)> = None;
    for (release, key) in pack.releases.iter().zip(&pack.keys().releases).filter(|(release, _)| is_sound(release)) {
        let Some(entry) = checked(registry, url, pack, release, sink) else { continue };
        units.push(pin(registry, release, *key, entry.clone()));
        // Releases are in descending order: the first stable one, else the first prerelease.
        let is_stable = !release.version().is_prerelease();
        if release.is_installable() && best.as_ref().is_none_or(|(is_best_stable, ..)| is_stable && !is_best_stable) {
            best = Some((is_stable, release, entry));
        }
    }
    let (_, release, entry) = best?;
    repository::repository_matches(release, sink);
    Some(entry)
}

/// Returns the index; none when the registry has no Attune pack or no https address.
pub(super) fn index(catalog: &Catalog, entries: &[Arc<FeedEntries>], sink: &mut Sink) -> Option<Unit> {
    entries.iter().find(|entry| entry.is_offered)?;
    let url = address(&catalog.registry, sink)?;
    let mut newest: Vec<Entry> = entries.iter().filter_map(|entry| entry.newest.clone()).collect();
    newest.sort_by(|a, b| a.reference.cmp(&b.reference));
    let updated = catalog.updated_in("attune").unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    let mut index = Index {
        registry_name: &catalog.registry.name,
        registry_url: url,
        version: "1.0",
        last_updated: updated,
        packs: newest,
    };
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
        if text.len() > MOST_BYTES {
            let message = format!("Attune's index has {} bytes; clients read at most {MOST_BYTES}", text.len());
            sink.report(ATTUNE_ENTRY_REFUSED, Place::file(Config::FILE), message)
                .help("split the registry; every release can still be had through its own index");
        }
    }
    Some(Unit::bytes(Phase::Pointers, RelPath::composed("runtimes/attune/index.json"), text.into_bytes()))
}

/// Tells whether a pack may be offered.
pub(super) fn is_offered(pack: &CatalogPack) -> bool {
    pack.status.quarantined.is_none() && pack.status.yanked.is_none()
}

/// Tells whether a release may be installed by exact version: a yanked one may.
pub(super) fn is_sound(release: &CatalogRelease) -> bool {
    release.status.quarantined.is_none() && !release.findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Returns the registry's address when clients accept it; that of a preview may be http, which clients take that allow it.
pub(super) fn address<'a>(registry: &'a Registry, sink: &mut Sink) -> Option<&'a str> {
    let url = registry.url.as_deref().map(|url| url.trim_end_matches('/'));
    if url.is_none_or(|url| !strict::is_address(url, registry.is_preview)) {
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
    if registry.name.trim().is_empty() {
        let message = "the registry's name is blank; Attune's index is not written";
        sink.report(ATTUNE_ENTRY_REFUSED, Place::file(Config::FILE), message).help("set `name` in `[registry]`");
        return None;
    }
    url
}

/// Returns the entry of a release, or reports why clients would refuse it.
fn checked(
    registry: &Registry,
    url: &str,
    pack: &CatalogPack,
    release: &CatalogRelease,
    sink: &mut Sink,
) -> Option<Entry> {
    let entry = entry::entry(url, pack, release);
    let size = release.record.archive.size;
    let (code, fault) = match strict::fault(&entry, registry.is_preview) {
        Some(fault) => (ATTUNE_ENTRY_REFUSED, fault),
        None if size > MOST_ARCHIVE_BYTES => {
            (ATTUNE_INSTALL_LIMITS, format!("its archive has {size} bytes; at most {MOST_ARCHIVE_BYTES} are installed"))
        }
        None => return Some(entry),
    };
    let place = Place::file(match release.record.source.path.as_str() {
        "" => release.pack.manifest.to_string(),
        directory => format!("{directory}/{}", release.pack.manifest),
    });
    let message = format!("{} {} is left out of Attune's index: {fault}", pack.id, release.version());
    sink.report(code, place, message).help("clients refuse it; correct it in the next release");
    None
}

/// Returns the index that holds nothing but one release.
fn pin(registry: &Arc<Registry>, release: &CatalogRelease, key: Digest, entry: Entry) -> Unit {
    let path = format!("runtimes/attune/pins/{}/{}/index.json", entry.reference, entry.version);
    let (registry, updated) = (Arc::clone(registry), release.published_at.to_string());
    let key = (Arc::clone(&registry), key);
    Unit::file(Phase::Pointers, RelPath::composed(path), key, move || {
        let index = Index {
            registry_name: &registry.name,
            registry_url: address(&registry, &mut Sink::new()).unwrap_or_default(),
            version: "1.0",
            last_updated: updated.clone(),
            packs: vec![entry.clone()],
        };
        Ok(to_text(&index).into_bytes())
    })
}
