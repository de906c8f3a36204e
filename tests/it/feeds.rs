//! What clients read: it is what the published schemas say, every address leads to a file, and the runtimes' own tools get
//! what was released.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use packyard::ident::Digest;
use packyard::pack::schema::Schema;
use serde_json::Value as Json;

use crate::golden;
use crate::support::SiteTest;
use crate::support::repository::git_command;
use crate::support::tree::{self, Tree};

/// The address of the golden registry.
const ADDRESS: &str = "https://packs.example.org/golden/";

#[track_caller]
fn json(tree: &Tree, path: &str) -> Json {
    serde_json::from_slice(tree.get(path).unwrap_or_else(|| panic!("{path} is not there"))).expect(path)
}

/// Returns the path of a relative address in a file.
fn resolved(file: &str, address: &str) -> String {
    let mut path: Vec<&str> = file.split('/').collect();
    path.pop();
    for part in address.split('/') {
        match part {
            ".." => assert!(path.pop().is_some(), "{file}: {address} leads out of the registry"),
            part => path.push(part),
        }
    }
    path.join("/")
}

/// Calls for every value below one, with its key.
fn walk<'a>(value: &'a Json, key: &'a str, visit: &mut impl FnMut(&'a str, &'a Json)) {
    visit(key, value);
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| walk(value, key, visit)),
        Json::Array(list) => list.iter().for_each(|value| walk(value, key, visit)),
        _ => {}
    }
}

/// Ensures that every JSON file and every line of the index is what the schema says that is published beside it.
#[test]
fn files_are_what_the_published_schemas_say() {
    let tree = &golden::made().public;
    let schema = |name: &str| Schema::compile(&json(tree, &format!("schemas/{name}"))).expect("a schema");
    let is_folder = |path: &str, folder: &str, file: &str| path.starts_with(folder) && path.ends_with(file);
    let kind = |path: &str| match path {
        "index.json" => Some("index.schema.json"),
        "runtimes/stackstorm/v1/index.json" => Some("stackstorm/feed.schema.json"),
        path if is_folder(path, "packs/", "/pack.json") => Some("pack.schema.json"),
        path if is_folder(path, "packs/", "/release.json") => Some("release.schema.json"),
        path if path.contains("/compare/") && path.ends_with(".json") => Some("comparison.schema.json"),
        path if is_folder(path, "runtimes/attune/", "/index.json") => Some("attune/feed.schema.json"),
        _ => None,
    };
    let mut counts = BTreeMap::new();
    for (path, name) in tree.keys().filter_map(|path| Some((path, kind(path)?))) {
        let violations = schema(name).violations(&json(tree, path));
        assert!(violations.is_empty(), "{path}: {violations:?}");
        *counts.entry(name).or_insert(0) += 1;
    }
    let counts: Vec<_> = counts.into_iter().collect();
    assert_eq!(
        counts,
        [
            ("attune/feed.schema.json", 4),
            ("comparison.schema.json", 3),
            ("index.schema.json", 1),
            ("pack.schema.json", 4),
            ("release.schema.json", 7),
            ("stackstorm/feed.schema.json", 1),
        ]
    );
    let event = schema("registry-index-event.schema.json");
    for (path, bytes) in &golden::made().histories {
        for line in str::from_utf8(bytes).expect("UTF-8").lines() {
            let violations = event.violations(&serde_json::from_str(line).expect("JSON"));
            assert!(violations.is_empty(), "{path}: {violations:?}\n{line}");
        }
    }
}

/// Ensures that every schema refuses what is not its file, so that the test above can fail.
#[test]
fn schemas_refuse_other_files() {
    let tree = &golden::made().public;
    for name in ["comparison", "index", "pack", "release", "attune/feed", "stackstorm/feed", "registry-index-event"] {
        let schema = Schema::compile(&json(tree, &format!("schemas/{name}.schema.json"))).expect("a schema");
        assert!(!schema.violations(&serde_json::json!({"packs": 1})).is_empty(), "{name}");
    }
}

/// Ensures that every address in the files that clients start from leads to a file of the registry, with the digest it says.
#[test]
fn every_address_leads_to_a_file() {
    let tree = &golden::made().public;
    let own =
        |path: &&String| ["index.json", "pack.json", "release.json"].contains(&path.rsplit('/').next().unwrap_or(""));
    let mut followed = BTreeSet::new();
    for file in tree.keys().filter(own).filter(|path| !path.starts_with("runtimes/")) {
        let text = json(tree, file);
        walk(&text, "", &mut |key, value| {
            if let (true, Some(digest)) = (value["url"].is_string(), value["sha256"].as_str()) {
                let path = resolved(file, value["url"].as_str().unwrap_or_default());
                let bytes = tree.get(&path).unwrap_or_else(|| panic!("{file} names {path}"));
                assert_eq!(
                    (digest, value["size"].as_u64()),
                    (&*Digest::of(bytes).to_string(), Some(bytes.len() as u64))
                );
                followed.insert(path);
            } else if let (true, Some(address)) = (["pack", "release", "sha256sums"].contains(&key), value.as_str()) {
                let path = resolved(file, address);
                assert!(tree.contains_key(&path), "{file} names {path}");
                followed.insert(path);
            }
        });
        if file.ends_with("/release.json") {
            let sums = &tree[&resolved(file, text["sha256sums"].as_str().expect("an address"))];
            assert_eq!(text["content_digest"], Digest::of(sums).to_string(), "{file}");
        }
    }
    // 7 releases with an archive, a `release.json` and a `SHA256SUMS`; 4 packs with a `pack.json`.
    assert_eq!(followed.len(), 3 * 7 + 4, "{followed:?}");
}

/// Ensures that every absolute address of the registry in the runtime feeds leads to a file, or to a git repository.
#[test]
fn every_address_in_a_feed_leads_to_a_file() {
    let tree = &golden::made().public;
    let mut followed = 0;
    for file in tree.keys().filter(|path| path.starts_with("runtimes/") && path.ends_with(".json")) {
        walk(&json(tree, file), "", &mut |_, value| {
            let Some(path) = value.as_str().and_then(|text| text.strip_prefix(ADDRESS)) else { return };
            assert!(tree.contains_key(path) || tree.contains_key(&format!("{path}/HEAD")), "{file} names {path}");
            followed += 1;
        });
    }
    assert!(followed >= 6, "{followed}");
}

/// Ensures that the checksum in Attune's feed is that of the archive it names.
#[test]
fn the_checksums_of_the_attune_feed_are_those_of_the_archives() {
    let tree = &golden::made().public;
    let mut checked = 0;
    for file in tree.keys().filter(|path| path.starts_with("runtimes/attune/") && path.ends_with("index.json")) {
        for pack in json(tree, file)["packs"].as_array().expect("packs") {
            for source in pack["install_sources"].as_array().expect("sources") {
                let path = source["url"].as_str().and_then(|url| url.strip_prefix(ADDRESS)).expect("our address");
                assert_eq!(source["checksum"], Digest::of(&tree[path]).to_string(), "{path}");
                checked += 1;
            }
        }
    }
    // Two packs in the index, three releases with an index of their own.
    assert_eq!(checked, 5);
}

/// Ensures that StackStorm's client gets exactly the released files: it clones the address and checks a tag out.
#[test]
fn a_clone_of_a_stackstorm_repository_is_what_was_released() {
    let tree = &golden::made().public;
    let site = SiteTest::new();
    tree::write(&site.root(), tree);
    for (pack, versions) in [("tool", &["1.0.0", "1.1.0", "2.0.0-rc.1"][..]), ("lamps", &["0.4.0"])] {
        let repository = site.root().join(format!("runtimes/stackstorm/git/{pack}.git"));
        for version in versions {
            let clone = site.beside(&format!("{pack}-{version}"));
            let tag = format!("v{version}");
            let arguments = ["-c", "advice.detachedHead=false", "clone", "--quiet", "--branch", &tag];
            let status = git_command().args(arguments).arg(&repository).arg(&clone).status().expect("git runs");
            assert!(status.success(), "{pack} {version}");
            let sums = &tree[&format!("packs/stackstorm/{pack}/{version}/SHA256SUMS")];
            assert_eq!(listing(&clone), String::from_utf8_lossy(sums), "{pack} {version}");
        }
    }
}

/// Returns the `SHA256SUMS` of a working directory, without its `.git`.
fn listing(directory: &Path) -> String {
    let files = tree::read(directory).into_iter().filter(|(path, _)| !path.starts_with(".git/"));
    let line = |(path, bytes): (String, Vec<u8>)| {
        let marker = if is_executable(&directory.join(&path)) { '*' } else { ' ' };
        format!("{} {marker}{path}\n", Digest::of(&bytes).hex())
    };
    files.map(line).collect()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().expect("a file").permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}
