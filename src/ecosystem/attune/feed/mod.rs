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

use std::borrow::Cow;
use std::sync::Arc;

use self::wire::{Contents, Entry, Index};
use super::codes::{ATTUNE_ENTRY_REFUSED, ATTUNE_FEED_NEEDS_HTTPS, ATTUNE_INSTALL_LIMITS};
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry};
use crate::config::Config;
use crate::diag::{Place, Severity, Sink};
use crate::ident::{Digest, Fingerprint, RelPath};
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
    pub(super) newest: Option<Arc<Newest>>,
    /// Its entry in the experimental one.
    pub(super) v1: Option<super::feed_v1::Entry>,
}

/// The entry of a pack in today's index.
pub(super) struct Newest {
    entry: Entry,
    /// The digest of the release that it is about.
    key: Digest,
    /// At least as many bytes as it has in an index.
    most_bytes: usize,
}

/// Adds the pinned indexes of a pack, and returns its entry in the index; nothing when the registry has no https address.
pub(super) fn pack(
    registry: &Arc<Registry>,
    pack: &CatalogPack,
    units: &mut Vec<Unit>,
    sink: &mut Sink,
) -> Option<Newest> {
    // Why there is no index is said once, where it would be written.
    let url = address(registry, &mut Sink::new()).filter(|_| is_offered(pack))?;
    let mut best: Option<(bool, &CatalogRelease, Digest, Entry)> = None;
    for (release, key) in pack.releases.iter().zip(&pack.keys().releases).filter(|(release, _)| is_sound(release)) {
        let Some(entry) = checked(registry, url, pack, release, sink) else { continue };
        units.push(pin(registry, release, *key, entry.clone()));
        // Releases are in descending order: the first stable one, else the first prerelease.
        let is_stable = !release.version().is_prerelease();
        if release.is_installable() && best.as_ref().is_none_or(|(is_best_stable, ..)| is_stable && !is_best_stable) {
            best = Some((is_stable, release, *key, entry));
        }
    }
    let (_, release, key, entry) = best?;
    repository::repository_matches(release, sink);
    Some(Newest::new(registry, url, entry, key))
}

/// Returns the index; none when the registry has no Attune pack or no https address.
pub(super) fn index(catalog: &Catalog, entries: &[Arc<FeedEntries>], sink: &mut Sink) -> Option<Unit> {
    entries.iter().find(|entry| entry.is_offered)?;
    let url = address(&catalog.registry, sink)?;
    let mut newest: Vec<Arc<Newest>> = entries.iter().filter_map(|entry| entry.newest.clone()).collect();
    newest.sort_by(|a, b| a.entry.reference.cmp(&b.entry.reference));
    let updated = catalog.updated_in("attune").unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    let whole = Whole { registry: Arc::clone(&catalog.registry), url: url.to_owned(), updated, newest };
    let is_described = whole.is_described(sink);
    let keys: Vec<Digest> = whole.newest.iter().map(|newest| newest.key).collect();
    let key = Fingerprint::of((&whole.registry, &whole.updated, is_described, keys));
    Some(Unit::file(Phase::Pointers, RelPath::composed("runtimes/attune/index.json"), key, move || {
        Ok(whole.text(is_described).into_bytes())
    }))
}

/// What today's index is made from.
struct Whole {
    registry: Arc<Registry>,
    url: String,
    updated: String,
    /// Ascending by `ref`.
    newest: Vec<Arc<Newest>>,
}

impl Newest {
    fn new(registry: &Registry, url: &str, entry: Entry, key: Digest) -> Self {
        // No time is longer.
        let most_bytes = text(registry, url, "0000-00-00T00:00:00.000000000Z", vec![&entry]).len();
        Self { entry, key, most_bytes }
    }
}

impl Whole {
    /// Returns what it cannot be larger than, in bytes: each entry counts what the index has besides its packs, too.
    fn most_bytes(&self) -> usize {
        self.newest.iter().map(|newest| newest.most_bytes).sum()
    }

    /// Tells whether clients read the index with all its texts, and reports when they do not even read it without; a small one
    /// need not be made for that.
    fn is_described(&self, sink: &mut Sink) -> bool {
        if self.most_bytes() <= MOST_BYTES || self.text(true).len() <= MOST_BYTES {
            return true;
        }
        let bytes = self.text(false).len();
        if bytes > MOST_BYTES {
            let message = format!("Attune's index has {bytes} bytes; clients read at most {MOST_BYTES}");
            sink.report(ATTUNE_ENTRY_REFUSED, Place::file(Config::FILE), message)
                .help("split the registry; every release can still be had through its own index");
        }
        false
    }

    /// Returns the index, or what it is without what components say of themselves, which is on their pages: clients refuse a
    /// larger file altogether.
    fn text(&self, is_described: bool) -> String {
        let mut entries: Vec<Cow<'_, Entry>> = self.newest.iter().map(|newest| Cow::Borrowed(&newest.entry)).collect();
        for entry in entries.iter_mut().filter(|_| !is_described) {
            let Contents { actions, sensors, triggers, rules, workflows } = &mut entry.to_mut().contents;
            let lists = [actions, sensors, triggers, rules, workflows];
            lists.into_iter().flatten().for_each(|item| item.description.clear());
        }
        text(&self.registry, &self.url, &self.updated, entries.iter().map(|entry| &**entry).collect())
    }
}

/// Returns an index of these packs.
fn text(registry: &Registry, url: &str, updated: &str, packs: Vec<&Entry>) -> String {
    to_text(&Index { registry_name: &registry.name, registry_url: url, version: "1.0", last_updated: updated, packs })
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
        let url = address(&registry, &mut Sink::new()).unwrap_or_default();
        Ok(text(&registry, url, &updated, vec![&entry]).into_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::wire::{Dependencies, Extension, Item, Meta};
    use super::*;

    fn newest(registry: &Registry, reference: &str, description: &str) -> Arc<Newest> {
        let item = |name: &str| Item { name: name.to_owned(), description: description.to_owned() };
        let contents = Contents {
            actions: vec![item("say"), item("sing")],
            sensors: vec![],
            triggers: vec![],
            rules: vec![],
            workflows: vec![item("both")],
        };
        let extension =
            Extension { history: "…".to_owned(), content_digest: "…".to_owned(), directory_digest: None };
        let entry = Entry {
            reference: reference.to_owned(),
            label: "Label".to_owned(),
            description: "Grüße".to_owned(),
            version: "1.0.0".to_owned(),
            author: String::new(),
            email: None,
            license: String::new(),
            homepage: None,
            repository: None,
            use_case: None,
            keywords: vec![],
            runtime_deps: vec![],
            install_sources: vec![],
            contents,
            dependencies: Dependencies { packs: vec![] },
            meta: Meta { category: String::new(), commit: None, packyard: extension },
        };
        Arc::new(Newest::new(registry, "https://packs.example", entry, Digest::of(reference.as_bytes())))
    }

    fn whole(count: usize, description: &str) -> Whole {
        let registry = Registry { name: "Packs".to_owned(), url: None, description: None, is_preview: false };
        let newest = (0..count).map(|at| newest(&registry, &format!("pack{at:03}"), description)).collect();
        Whole {
            registry: Arc::new(registry),
            url: "https://packs.example".to_owned(),
            updated: "2024-01-01T00:00:00Z".to_owned(),
            newest,
        }
    }

    /// Ensures that an index which is taken to be small without being made is small.
    #[test]
    fn an_index_is_never_larger_than_its_entries_say() {
        for count in [0, 1, 2, 50] {
            let whole = whole(count, "Says „Grüße“ and more.");
            assert!(count == 0 || whole.text(true).len() <= whole.most_bytes(), "{count}");
        }
    }

    /// Ensures that what clients would refuse as too large is offered with shorter texts, and reported when that is not enough.
    #[test]
    fn a_large_index_says_less_of_its_components() {
        let mut sink = Sink::new();
        let small = whole(3, "Says something.");
        assert!(small.is_described(&mut sink) && small.text(true).contains("Says something."));
        let long = "Says something again. ".repeat(10_000);
        let large = whole(20, &long);
        assert!(large.text(true).len() > MOST_BYTES);
        assert!(!large.is_described(&mut sink));
        let text = large.text(false);
        assert!(text.contains("\"name\": \"sing\"") && !text.contains("again"));
        assert!(sink.finish().is_empty());

        let (mut sink, huge) = (Sink::new(), whole(15_000, "Too many."));
        assert!(!huge.is_described(&mut sink));
        let findings = sink.finish();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code.name(), "attune-entry-refused");
    }
}
