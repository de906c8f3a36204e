//! Tests of what the feed has of a pack: yanked, quarantined, faulty and large releases, and both generations.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use super::*;
use crate::catalog::Status;
use crate::content::Listing;
use crate::ecosystem::nasiko::{Nasiko, schemas, testing};
use crate::ecosystem::whole_feed;
use crate::ident::Digest;
use crate::index::event::{ArchiveFacts, Release, SourceFacts};
use crate::pack::Memo;
use crate::pack::schema::Schema;

fn card(version: &str) -> String {
    format!(
        r#"{{"protocolVersion": "0.3.0", "name": "tide", "description": "d", "url": "https://a.acme.example", "version": "{version}",
        "capabilities": {{}}, "preferredTransport": "JSONRPC", "skills": []}}"#
    )
}

fn release(version: &str, profile: &str) -> CatalogRelease {
    let card = card(version);
    let compose = "services: {web: {container_name: tide}}\n";
    let files =
        [("AgentCard.json", &*card), ("Dockerfile", "FROM x\n"), ("docker-compose.yml", compose), ("main.py", "1\n")];
    let content = testing::texts(&files);
    let listing = Listing::of(&content, &Memo::new()).expect("in memory");
    let checked = testing::check(&content, "tide", testing::profile(profile));
    let pack = checked.pack.expect("a pack");
    CatalogRelease {
        record: Release {
            version: pack.version.clone(),
            content_digest: listing.content_digest,
            archive: ArchiveFacts { sha256: listing.content_digest, size: 1_000 },
            source: SourceFacts::default(),
            requirements: pack.requirements.clone(),
            dependencies: Vec::new(),
            components: BTreeMap::new(),
            checksums: BTreeMap::new(),
        },
        published_at: jiff::Timestamp::from_second(1_700_000_000).expect("a time"),
        status: Status::default(),
        pack: pack.into(),
        content,
        listing: listing.into(),
        findings: checked.findings.into(),
        remarks: Arc::default(),
        archive: "".into(),
    }
}

/// Returns the files of the feed, and the codes of what was reported.
fn feed(releases: Vec<CatalogRelease>) -> (BTreeMap<String, Vec<u8>>, Vec<&'static str>) {
    let id = releases[0].pack.id.clone();
    let pack = CatalogPack {
        id: id.clone(),
        ecosystem: &Nasiko,
        source: "demo".to_owned(),
        releases,
        latest: 0,
        status: Status::default(),
        updated: jiff::Timestamp::UNIX_EPOCH,
        said: Vec::new(),
        findings: Vec::new(),
        known_keys: OnceLock::new(),
    };
    let registry = Registry { name: "Acme".to_owned(), url: None, description: None, is_preview: false };
    let packs = BTreeMap::from([(id, Arc::new(pack))]);
    let catalog = Catalog { registry: Arc::new(registry), packs, updated: None };
    let mut sink = Sink::new();
    let units = whole_feed(&Nasiko, &catalog, &Feeds::default(), &mut sink);
    let files = units.iter().flat_map(|unit| unit.files().expect("made"));
    let files = files.map(|(path, bytes)| (path.to_string(), bytes)).collect();
    (files, sink.finish().iter().map(|finding| finding.code.name()).collect())
}

fn json(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Json {
    serde_json::from_slice(&files[&format!("{ROOT}/{path}")]).expect("JSON")
}

#[test]
fn only_what_may_be_had_is_served_and_only_what_may_be_chosen_is_listed() {
    let mut yanked = release("1.2.0", "rust");
    yanked.status.yanked = Some("broken".to_owned());
    let mut quarantined = release("1.1.0", "rust");
    quarantined.status.quarantined = Some("evil".to_owned());
    let mut faulty = release("1.0.0", "rust");
    let mut sink = Sink::new();
    sink.report(NASIKO_ARTIFACT_TOO_LARGE, diag::Place::file("x"), "an error");
    faulty.findings = sink.finish().into();
    let (files, _) = feed(vec![yanked, quarantined, faulty, release("0.10.0", "rust"), release("0.9.0", "rust")]);
    let tags = json(&files, "v2/nasiko/tide/tags/list");
    assert_eq!(tags["tags"], serde_json::json!(["0.10.0", "0.9.0", "latest"]));
    let tag = |tag: &str| files.get(&format!("{ROOT}/v2/nasiko/tide/manifests/{tag}"));
    assert_eq!(tag("latest"), tag("0.10.0"));
    assert!(tag("1.2.0").is_some() && tag("1.1.0").is_none() && tag("1.0.0").is_none());
    assert_eq!(json(&files, "v1/search")["data"][0]["version"], "0.10.0");
    // Three layers, each with its manifest; the configuration, which all share.
    let by_digest = files.keys().filter(|path| path.contains("/sha256:")).count();
    assert_eq!(by_digest, 3 + 3 + 1);
    for (path, bytes) in &files {
        if let Some((_, digest)) = path.rsplit_once("/sha256:") {
            assert_eq!(Digest::of(bytes).hex(), digest, "{path}");
        }
    }
}

#[test]
fn a_layer_that_the_client_cannot_read_is_reported() {
    let mut large = release("1.1.0", "rust");
    large.record.archive.size = MOST_RESPONSE + 1;
    let mut too_large = release("1.2.0", "rust");
    too_large.record.archive.size = MOST_LAYER + 1;
    let (files, codes) = feed(vec![too_large, large, release("1.0.0", "rust")]);
    assert_eq!(codes, ["nasiko-artifact-too-large", "nasiko-artifact-too-large"]);
    assert_eq!(json(&files, "v2/nasiko/tide/tags/list")["tags"], serde_json::json!(["1.0.0", "1.1.0", "latest"]));
}

#[test]
fn the_earlier_generation_gets_a_completed_card() {
    let (files, _) = feed(vec![release("1.0.0", "python")]);
    let entry = json(&files, "python/registry/tide.json");
    assert_eq!(
        (&entry["id"], &entry["owner_id"], &entry["security"]),
        (&"tide".into(), &"".into(), &serde_json::json!([]))
    );
    let (_, text) =
        schemas::PUBLISHED.iter().find(|(name, _)| *name == "python-registry.schema.json").expect("published");
    let violations = Schema::embedded(text).violations(&entry);
    assert!(violations.is_empty(), "{violations:?}");
    let (files, _) = feed(vec![release("1.0.0", "rust")]);
    assert!(!files.keys().any(|path| path.contains("/python/")));
}

/// What a client of either generation reads of four releases: one of them yanked, one of another generation.
#[test]
fn histories_are_in_the_shape_of_their_generation() {
    let mut yanked = release("1.2.0", "rust");
    yanked.status.yanked = Some("broken".to_owned());
    let mut python = release("0.9.0", "python");
    python.record.source.commit = Some("c0ffee".repeat(6) + "c0ff");
    let (files, _) =
        feed(vec![yanked, release("1.1.0", "rust"), release("1.0.0", "rust"), python, release("0.8.0", "python")]);
    for (path, schema, expected) in [
        ("agents/tide/versions.json", "versions", include_str!("versions.golden.json")),
        ("python/versions/tide.json", "python-versions", include_str!("python-versions.golden.json")),
    ] {
        let written = std::str::from_utf8(&files[&format!("{ROOT}/{path}")]).expect("UTF-8");
        assert_eq!(written, expected, "{path}");
        let name = format!("{schema}.schema.json");
        let (_, text) = schemas::PUBLISHED.iter().find(|(known, _)| *known == name).expect("published");
        let violations = Schema::embedded(text).violations(&json(&files, path));
        assert!(violations.is_empty(), "{path}: {violations:?}");
    }
    let mut yanked = release("1.0.0", "rust");
    yanked.status.yanked = Some("broken".to_owned());
    let (files, _) = feed(vec![yanked]);
    assert!(!files.keys().any(|path| path.contains("versions")), "nothing that may be chosen");
}

#[test]
fn a_layer_has_the_files_at_its_root() {
    let (files, _) = feed(vec![release("1.0.0", "rust")]);
    let manifest = json(&files, "v2/nasiko/tide/manifests/latest");
    let layer = &manifest["layers"][0];
    assert_eq!(layer["mediaType"], "application/vnd.nasiko.agent.v1.tar+gzip");
    let path = format!("{ROOT}/v2/nasiko/tide/blobs/{}", layer["digest"].as_str().expect("a digest"));
    let directory = tempfile::tempdir().expect("a directory");
    let archive = directory.path().join("layer.tar.gz");
    std::fs::write(&archive, &files[&path]).expect("written");
    let Ok(listed) = std::process::Command::new("tar").arg("tzf").arg(&archive).output() else { return };
    let expected = "AgentCard.json\nDockerfile\ndocker-compose.yml\nmain.py\n";
    assert_eq!(String::from_utf8_lossy(&listed.stdout), expected);
}

#[test]
fn a_version_that_went_backwards_is_reported() {
    let mut abandoned = release("1.0.0", "rust");
    let mut last = release("0.1.0", "rust");
    last.published_at = jiff::Timestamp::from_second(1_700_100_000).expect("a time");
    assert_eq!(feed(vec![release("1.0.0", "rust"), last]).1, ["nasiko-version-went-backwards"]);
    let mut last = release("0.1.0", "rust");
    last.published_at = jiff::Timestamp::from_second(1_700_100_000).expect("a time");
    abandoned.status.yanked = Some("abandoned".to_owned());
    assert!(feed(vec![abandoned, last]).1.is_empty());
}
