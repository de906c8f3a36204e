//! The feeds: what is offered, what is left out, and in which form.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Registry, Status};
use crate::config::Feeds;
use crate::content::Listing;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::attune::testing::{read, snapshot};
use crate::ecosystem::attune::{Attune, feed, feed_v1};
use crate::ecosystem::whole_feed;
use crate::ident::Digest;
use crate::index::event::{ArchiveFacts, Release, SourceFacts};
use crate::pack::Memo;
use crate::pack::schema::Schema;

/// Returns a catalog of one pack with releases of these manifests, the highest version first.
fn catalog(url: Option<&str>, manifests: &[&str]) -> Catalog {
    let releases: Vec<CatalogRelease> = manifests.iter().map(|manifest| release(manifest)).collect();
    let latest = releases.iter().position(|release| !release.version().is_prerelease()).unwrap_or(0);
    let pack = CatalogPack {
        id: releases[0].pack.id.clone(),
        ecosystem: &Attune,
        source: "https://git.acme.example/acme/demo".to_owned(),
        latest,
        releases,
        status: Status::default(),
        updated: "2026-09-01T10:00:00Z".parse().expect("a time"),
        said: Vec::new(),
        findings: Vec::new(),
        known_keys: OnceLock::new(),
    };
    Catalog {
        registry: Arc::new(Registry {
            name: "Acme päcks".to_owned(),
            url: url.map(str::to_owned),
            description: None,
            is_preview: false,
        }),
        packs: BTreeMap::from([(pack.id.clone(), Arc::new(pack))]),
        updated: Some("2026-09-01T10:00:00Z".parse().expect("a time")),
    }
}

fn release(manifest: &str) -> CatalogRelease {
    let workflow = "version: 1.0.0\ntasks:\n  - name: a\n    action: demo.hello\n";
    let content = snapshot(&[
        ("pack.yaml", manifest),
        ("actions/hello.yaml", "ref: demo.hello\ndescription: Says hello\nrunner_type: shell\nentry_point: hello.sh\n"),
        ("actions/hello.sh", "echo hello\n"),
        ("actions/twice.yaml", "ref: demo.twice\nlabel: Twice\nworkflow_file: workflows/twice.yaml\n"),
        ("actions/workflows/twice.yaml", workflow),
    ]);
    let (pack, findings) = read(&content);
    let pack = pack.expect("a pack");
    let listing = Listing::of(&content, &Memo::new()).expect("readable");
    let record = Release {
        version: pack.version.clone(),
        content_digest: listing.content_digest,
        archive: ArchiveFacts { sha256: Digest::of(manifest.as_bytes()), size: 1 },
        source: SourceFacts {
            repository: "https://git.acme.example/acme/demo".to_owned(),
            commit: Some("0123456789012345678901234567890123456789".to_owned()),
            ..SourceFacts::default()
        },
        requirements: pack.requirements.clone(),
        dependencies: pack.dependencies.clone(),
        components: BTreeMap::new(),
        checksums: pack.checksums.clone(),
    };
    CatalogRelease {
        record,
        published_at: "2026-08-01T00:00:00Z".parse().expect("a time"),
        status: Status::default(),
        pack: Arc::new(pack),
        content,
        listing: Arc::new(listing),
        findings: findings.into(),
        remarks: Arc::default(),
        archive: "unused".into(),
    }
}

fn manifest(version: &str, more: &str) -> String {
    format!("ref: demo\nversion: {version}\nlabel: Demo\ndescription: Says hello\nauthor: Acme\nlicense: MIT\n{more}")
}

/// Returns the files of the feed, and what was reported.
fn written(catalog: &Catalog, attune_v1: bool) -> (BTreeMap<String, Vec<u8>>, Vec<Diagnostic>) {
    let mut sink = Sink::new();
    let mut files = BTreeMap::new();
    for unit in whole_feed(&Attune, catalog, &Feeds { attune_v1, ..Feeds::default() }, &mut sink) {
        let made = unit.files().expect("archives can be made");
        files.extend(made.into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
    }
    (files, sink.finish())
}

fn json(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).expect("JSON")
}

const URL: Option<&str> = Some("https://packs.acme.example/sub");

#[test]
fn the_feed_offers_the_highest_stable_release_and_pins_the_others() {
    let manifests = [
        manifest("2.0.0-rc.1", ""),
        manifest("1.1.0", "tags: [b, a, b]\nruntime_deps: [shell]\n"),
        manifest("1.0.0", ""),
    ];
    let (files, found) = written(&catalog(URL, &manifests.each_ref().map(String::as_str)), false);
    assert_eq!(found, []);
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "runtimes/attune/index.json",
            "runtimes/attune/pins/demo/1.0.0/index.json",
            "runtimes/attune/pins/demo/1.1.0/index.json",
            "runtimes/attune/pins/demo/2.0.0-rc.1/index.json",
        ]
    );
    let schema = Schema::embedded(feed::SCHEMA_TEXT);
    for (path, bytes) in &files {
        assert!(schema.violations(&json(bytes)).is_empty(), "{path}: {:?}", schema.violations(&json(bytes)));
        assert!(bytes.is_ascii() && bytes.ends_with(b"}\n"), "{path}");
    }
    let entry = &json(&files["runtimes/attune/index.json"])["packs"][0];
    assert_eq!(entry["version"], "1.1.0");
    assert_eq!(entry["keywords"], serde_json::json!(["a", "b"]));
    assert_eq!(
        entry["install_sources"][0]["url"],
        "https://packs.acme.example/sub/archives/attune/demo/demo-1.1.0.tar.gz"
    );
    assert_eq!(entry["contents"]["actions"][0]["name"], "hello");
    assert_eq!(entry["contents"]["workflows"], serde_json::json!([{ "name": "twice", "description": "Twice" }]));
}

#[test]
fn an_entry_that_clients_would_refuse_is_left_out() {
    let manifests = [manifest("1.1.0-rc.1+build", ""), manifest("1.0.0", "")];
    let (files, found) = written(&catalog(URL, &manifests.each_ref().map(String::as_str)), false);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code.name(), "attune-entry-refused");
    assert_eq!(json(&files["runtimes/attune/index.json"])["packs"][0]["version"], "1.0.0");
    assert_eq!(files.len(), 2);
}

#[test]
fn a_release_with_an_error_and_a_yanked_one_are_not_the_default() {
    let manifests = [manifest("1.2.0", ""), manifest("1.1.0", "dependencies: {}\n"), manifest("1.0.0", "")];
    let mut catalog = catalog(URL, &manifests.each_ref().map(String::as_str));
    catalog.edit_first(|pack| pack.releases[0].status.yanked = Some("leaks".to_owned()));
    let (files, _) = written(&catalog, false);
    assert_eq!(json(&files["runtimes/attune/index.json"])["packs"][0]["version"], "1.0.0");
    assert!(files.contains_key("runtimes/attune/pins/demo/1.2.0/index.json"), "a yanked release stays installable");
    assert!(!files.contains_key("runtimes/attune/pins/demo/1.1.0/index.json"));
}

#[test]
fn an_archive_that_clients_would_not_install_is_left_out() {
    let mut catalog = catalog(URL, &[&manifest("1.1.0", ""), &manifest("1.0.0", "")]);
    catalog.edit_first(|pack| pack.releases[0].record.archive.size = (100 << 20) + 1);
    let (files, found) = written(&catalog, false);
    assert_eq!(found.iter().map(|finding| finding.code.name()).collect::<Vec<_>>(), ["attune-install-limits"]);
    assert_eq!(json(&files["runtimes/attune/index.json"])["packs"][0]["version"], "1.0.0");
}

#[test]
fn without_an_https_address_there_is_no_feed() {
    for url in [None, Some("http://packs.acme.example")] {
        let (files, found) = written(&catalog(url, &[&manifest("1.0.0", "")]), true);
        assert!(files.is_empty());
        assert_eq!(found.iter().map(|finding| finding.code.name()).collect::<Vec<_>>(), ["attune-feed-needs-https"]);
    }
}

#[test]
fn a_manifest_that_names_another_repository_is_reported() {
    let found = |more: &str| written(&catalog(URL, &[&manifest("1.0.0", more)]), false).1;
    let other = found("meta:\n  repository_url: https://git.acme.example/acme/old-demo\n");
    assert_eq!(other.iter().map(|finding| finding.code.name()).collect::<Vec<_>>(), ["attune-repository-mismatch"]);
    assert_eq!(found("homepage: https://git.acme.example/acme/demo.git\n"), []);
    assert_eq!(found("homepage: https://www.acme.example/demo\n"), []);
}

#[test]
fn the_experimental_index_names_archives_that_hold_their_own_manifest() {
    let manifests = [manifest("1.1.0", "dependencies: [core]\n"), manifest("1.0.0", "")];
    let (files, found) = written(&catalog(URL, &manifests.each_ref().map(String::as_str)), true);
    assert_eq!(found, []);
    let index = json(&files["runtimes/attune/v1/index.json"]);
    let violations = Schema::embedded(feed_v1::SCHEMA_TEXT).violations(&index);
    assert!(violations.is_empty(), "{violations:?}");
    let pack = &index["packs"][0];
    assert_eq!(pack["channels"]["stable"], "1.1.0");
    for release in pack["releases"].as_array().expect("releases") {
        let url = release["archive"]["url"].as_str().expect("a URL");
        let bytes = &files[url.strip_prefix("https://packs.acme.example/sub/").expect("below the registry")];
        assert_eq!(release["archive"]["sha256"], Digest::of(bytes).hex());
        assert_eq!(release["archive"]["size"], bytes.len());
        assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let paths: Vec<String> = archive
            .entries()
            .expect("a tar")
            .map(|entry| entry.expect("an entry").path().expect("a path").to_str().expect("UTF-8").to_owned())
            .collect();
        assert_eq!(paths[0], "demo/.attune/release-manifest.json");
        assert!(paths.is_sorted() && paths.len() == 6, "{paths:?}");
    }
}
