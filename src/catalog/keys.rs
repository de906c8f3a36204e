//! What tells whether something that was made from a pack has to be made again.

use super::{CatalogPack, CatalogRelease};
use crate::ident::{Digest, Fingerprint};

/// Digests of what a pack consists of: equal digests, equal bytes of whatever is made from it.
///
/// A release's files are a function of its content digest, since the same content is read the same way by the same program
/// with the same configuration; those two are for the user of the keys to add.
#[derive(Debug, Clone)]
pub struct PackKeys {
    /// Everything.
    pub whole: Digest,
    /// What pages of one release show of the pack and its other releases.
    pub face: Digest,
    /// What lists of packs show: the default release without its files, and the status of all releases.
    pub summary: Digest,
    /// What it is found by: what lists show of it, its README, its other names, what it needs, and fields.
    pub words: Digest,
    /// Each release, in the order of the pack.
    pub releases: Vec<Digest>,
    /// What each release is compared by: its content, whatever is found of it or recorded about it.
    pub contents: Vec<Digest>,
    /// What is wrong with it: its newest state and all releases.
    pub findings: Digest,
}

impl CatalogPack {
    /// Returns the keys of the pack, which are computed once.
    pub fn keys(&self) -> &PackKeys {
        self.known_keys.get_or_init(|| PackKeys::of(self))
    }
}

impl PackKeys {
    fn of(pack: &CatalogPack) -> Self {
        let contents: Vec<Digest> = pack.releases.iter().map(content).collect();
        let releases: Vec<Digest> = pack.releases.iter().zip(&contents).map(release).collect();
        let listed: Vec<_> = pack
            .releases
            .iter()
            .map(|release| (release.version().as_str(), release.published_at, &release.status))
            .collect();
        let latest = &pack.latest().pack;
        // Pages of other releases lead to the same component of the default release.
        let components: Vec<_> =
            latest.components.iter().map(|one| (one.kind.key, &one.name, &one.reference)).collect();
        let face = Fingerprint::of((&pack.id, &pack.source, pack.latest, &pack.status, &listed, &components));
        let described: Vec<_> =
            latest.components.iter().map(|one| (&one.title, &one.description, one.enabled)).collect();
        let needs: Vec<_> = latest.requirements.iter().map(|need| &need.name).collect();
        let words = (&latest.title, &latest.description, &latest.authors, &latest.keywords, &latest.license, needs);
        let summary = Fingerprint::of((face, words, described, pack.updated));
        let found: Vec<_> = pack.releases.iter().map(|release| &release.findings).collect();
        let findings = Fingerprint::of((&pack.findings, found));
        let readme = latest.readme.as_ref().and_then(|path| {
            let files = &pack.latest().listing.files;
            let at = files.binary_search_by(|file| file.path.cmp(path)).ok()?;
            Some(files[at].sha256)
        });
        let depends: Vec<_> = latest.dependencies.iter().map(|one| (&one.name, &one.kind)).collect();
        let tables = latest.components.iter().flat_map(|one| &one.tables);
        let fields: Vec<_> = tables.map(|table| table.fields.as_bytes()).collect();
        let words = Fingerprint::of((summary, readme, &latest.aliases, depends, fields));
        let said: Vec<_> =
            pack.said.iter().map(|event| (event.seq, event.at, event.what.kind(), event.what.reason())).collect();
        let whole = Fingerprint::of((face, summary, &releases, &pack.findings, said));
        Self { whole, face, summary, words, releases, contents, findings }
    }
}

/// Returns the digest of a release's content.
///
/// What is read of the content may depend on the name of its directory, which a release from a directory and one from the
/// archive store may know differently, and on what the rest of its source says: so its words are part of it too.
fn content(release: &CatalogRelease) -> Digest {
    let pack = &release.pack;
    let words = (&pack.title, &pack.description, &pack.homepage, &pack.checksums, &pack.manifest);
    let needs: Vec<_> = pack.dependencies.iter().map(|need| (&need.kind, &need.name, &need.range)).collect();
    let said = (&pack.license, needs, &pack.deliveries);
    Fingerprint::of((&pack.id, release.version().as_str(), words, said, release.listing.content_digest))
}

/// Returns the digest of a release with this content.
fn release((release, content): (&CatalogRelease, &Digest)) -> Digest {
    let CatalogRelease { record, published_at, status, findings, remarks, pack: _, listing: _, content: _, archive: _ } =
        release;
    let recorded = serde_json::to_vec(record).expect("a record has string keys");
    Fingerprint::of((content, recorded, published_at, status, findings, remarks))
}
