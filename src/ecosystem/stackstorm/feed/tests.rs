//! Tests of the feed: its schema, its shapes, and the real git program as a client.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::catalog::Status;
use crate::config::Feeds;
use crate::content::Listing;
use crate::ecosystem::stackstorm::{StackStorm, schemas, testing};
use crate::ecosystem::whole_feed;
use crate::index::event::{ArchiveFacts, Release, SourceFacts};
use crate::pack::Memo;
use crate::pack::schema::Schema;

fn manifest_text(version: &str) -> String {
    format!(
        "ref: demo_pack\nname: Demo pack\ndescription: Shows the feed.\nversion: {version}\nauthor: Ann Example\n\
         email: ann@example.org\nkeywords: [demo]\nsystem:\nself: me\n"
    )
}

fn release(version: &str, day: i64, files: &[(&str, &str)]) -> CatalogRelease {
    let manifest = manifest_text(version);
    let mut all = vec![("pack.yaml", manifest.as_str())];
    all.extend(files);
    let content = testing::texts(&all);
    let listing = Listing::of(&content, &Memo::new()).expect("in memory");
    let checked = testing::check(&content, None);
    let pack = checked.pack.expect("a pack");
    CatalogRelease {
        record: Release {
            version: pack.version.clone(),
            content_digest: listing.content_digest,
            archive: ArchiveFacts { sha256: listing.content_digest, size: 0 },
            source: SourceFacts::default(),
            requirements: Vec::new(),
            dependencies: Vec::new(),
            components: BTreeMap::new(),
            checksums: BTreeMap::new(),
        },
        published_at: jiff::Timestamp::from_second(1_700_000_000 + day * 86_400).expect("a time"),
        status: Status::default(),
        pack: pack.into(),
        content,
        listing: listing.into(),
        findings: checked.findings.into(),
        remarks: Arc::default(),
        archive: "".into(),
    }
}

const GREET: &str = "name: greet\nrunner_type: local-shell-script\nentry_point: sh/greet.sh\nparameters:\n  b: {type: string}\n  a: {type: string}\n";
const SENSOR: &str = "class_name: Watch\nentry_point: watch.py\ntrigger_types:\n  - name: seen\n";

fn catalog(url: Option<&str>) -> Catalog {
    let files: &[(&str, &str)] = &[
        ("actions/greet.yaml", GREET),
        ("actions/sh/greet.sh", "#!/bin/sh\necho hello\n"),
        ("actions/sh-notes", "sorted after the folder `sh` only by git\n"),
        ("tests/test_greet.py", "pass\n"),
    ];
    let with_sensor: Vec<(&str, &str)> =
        files.iter().copied().chain([("sensors/watch.yaml", SENSOR), ("sensors/watch.py", "pass\n")]).collect();
    let mut yanked = release("0.9.0", 2, files);
    yanked.status.yanked = Some("broken".to_owned());
    // Published later than 0.10.0: a fix of an old line.
    let fix = release("0.2.1", 4, files);
    let releases = vec![
        release("1.0.0-rc.1", 5, &with_sensor),
        release("0.10.0", 3, &with_sensor),
        yanked,
        fix,
        release("0.2.0", 1, files),
    ];
    let id = releases[0].pack.id.clone();
    let pack = CatalogPack {
        id: id.clone(),
        ecosystem: &StackStorm,
        source: "demo".to_owned(),
        releases,
        latest: 1,
        status: Status::default(),
        updated: jiff::Timestamp::from_second(1_760_054_400).expect("a time"),
        said: Vec::new(),
        findings: Vec::new(),
        known_keys: OnceLock::new(),
    };
    Catalog {
        registry: Arc::new(Registry {
            name: "Test".to_owned(),
            url: url.map(str::to_owned),
            description: None,
            is_preview: false,
        }),
        packs: [(id, Arc::new(pack))].into(),
        updated: Some(jiff::Timestamp::from_second(1_760_054_400).expect("a time")),
    }
}

/// Makes every planned file, and asserts that what a pointer names was made before it.
fn made(catalog: &Catalog) -> BTreeMap<String, Vec<u8>> {
    let mut units = whole_feed(&StackStorm, catalog, &Feeds::default(), &mut Sink::new());
    units.sort_by_key(|unit| unit.phase);
    let mut files = BTreeMap::new();
    for unit in units {
        let batch = unit.files().expect("rendered");
        for (path, bytes) in batch {
            assert!(files.insert(path.to_string(), bytes).is_none(), "{path} was made twice");
        }
    }
    files
}

#[test]
fn the_index_validates_and_shows_the_newest_stable_release() {
    let files = made(&catalog(Some("https://packs.example.org")));
    let index: Json = serde_json::from_slice(&files["runtimes/stackstorm/v1/index.json"]).expect("JSON");
    let (_, text) = schemas::PUBLISHED.iter().find(|(name, _)| *name == "feed.schema.json").expect("published");
    let violations = Schema::embedded(text).violations(&index);
    assert!(violations.is_empty(), "{violations:?}");
    let entry = &index["packs"]["demo_pack"];
    assert_eq!(entry["version"], "0.10.0");
    assert_eq!(entry["versions"], json!(["1.0.0-rc.1", "0.10.0", "0.2.1", "0.2.0"]));
    assert_eq!(entry["repo_url"], "https://packs.example.org/runtimes/stackstorm/git/demo_pack.git");
    assert_eq!(
        entry["content"],
        json!({
            "actions": { "count": 1, "resources": ["greet"] },
            "sensors": { "count": 1, "resources": ["Watch"] },
            "tests": { "count": 1, "resources": ["test_greet.py"] },
        })
    );
    assert!(entry.get("system").is_none() && entry.get("self").is_none());
    assert_eq!(index["metadata"]["generated_ts"], 1_760_054_400);
    assert_eq!(index["metadata"]["hash"], Digest::of(index["packs"].to_string().as_bytes()).hex());
}

#[test]
fn a_component_file_is_its_yaml_as_json_with_sorted_keys() {
    let files = made(&catalog(Some("https://packs.example.org")));
    let text = String::from_utf8(files["runtimes/stackstorm/v1/packs/demo_pack/actions/greet.json"].clone());
    let expected = r#"{
    "entry_point": "sh/greet.sh",
    "name": "greet",
    "parameters": {
        "a": {
            "type": "string"
        },
        "b": {
            "type": "string"
        }
    },
    "runner_type": "local-shell-script"
}
"#;
    assert_eq!(text.as_deref(), Ok(expected));
    assert!(files.contains_key("runtimes/stackstorm/v1/packs/demo_pack/tests/test_greet.py.json"));
    let manifest = &files["runtimes/stackstorm/v1/packs/demo_pack/pack.yaml"];
    let manifest = yaml::read(manifest, Dialect::Yaml11, Limits::default()).expect("YAML").root;
    assert_eq!(
        manifest.get("content").and_then(|node| node.get("actions")?.get("count")).map(Node::key_text),
        Some("1".to_owned())
    );
}

#[test]
fn without_a_url_there_is_a_finding_and_no_feed() {
    let catalog = catalog(None);
    let mut sink = Sink::new();
    assert!(whole_feed(&StackStorm, &catalog, &Feeds::default(), &mut sink).is_empty());
    assert_eq!(
        sink.found().iter().map(|finding| finding.code.name()).collect::<Vec<_>>(),
        ["stackstorm-feed-needs-url"]
    );
}

/// A release that is yanked later must not change the ids that clients have already cloned.
#[test]
fn commit_ids_do_not_depend_on_status() {
    let refs = |catalog: &Catalog| made(catalog)["runtimes/stackstorm/git/demo_pack.git/info/refs"].clone();
    let before = catalog(Some("https://packs.example.org"));
    let mut after = catalog(Some("https://elsewhere.example.org"));
    after.edit_first(|pack| pack.releases[3].status.yanked = Some("too".to_owned()));
    assert_eq!(refs(&before), refs(&after));
}

/// A host may keep what is named by its checksum for ever, and a client may be fetching it at this moment.
#[test]
fn a_new_release_adds_a_pack_file_and_its_index_and_changes_none() {
    let packs = |catalog: &Catalog| {
        let mut files = made(catalog);
        files.retain(|path, _| path.contains("/objects/pack/"));
        files
    };
    let mut catalog = catalog(Some("https://packs.example.org"));
    let after = packs(&catalog);
    // 1.0.0-rc.1 was published last.
    catalog.edit_first(|pack| drop(pack.releases.remove(0)));
    let before = packs(&catalog);
    assert_eq!((before.len(), after.len()), (8, 10));
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
}

/// One of the largest sizes that fits into one byte of a pack entry's header, and the sizes around every step after it.
#[test]
fn git_verifies_pack_files_with_objects_of_every_size() {
    let texts: Vec<String> = [0, 1, 15, 16, 17, 2047, 2048, 70_000, 300_000].map(text_of).into();
    let names: Vec<String> = texts.iter().map(|text| format!("files/{}", text.len())).collect();
    let files: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut catalog = catalog(Some("https://packs.example.org"));
    catalog.edit_first(|pack| pack.releases.insert(0, release("2.0.0", 9, &files)));
    let directory = tempfile::tempdir().expect("a directory");
    write(&made(&catalog), directory.path());
    let folder = directory.path().join("runtimes/stackstorm/git/demo_pack.git");
    let mut verified = 0;
    for entry in std::fs::read_dir(folder.join("objects/pack")).expect("a directory") {
        let path = entry.expect("listed").path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            git(&folder, &["verify-pack", path.to_str().expect("UTF-8")]);
            verified += 1;
        }
    }
    assert_eq!(verified, 6);
    for (name, text) in &files {
        assert_eq!(git(&folder, &["cat-file", "blob", &format!("v2.0.0:{name}")]), *text);
    }
}

/// Returns text of a length that neither repeats at once nor is all different.
fn text_of(length: usize) -> String {
    (0..)
        .flat_map(|number: u32| (number.wrapping_mul(2_654_435_761) >> 7).to_string().into_bytes())
        .map(char::from)
        .take(length)
        .collect()
}

fn write(files: &BTreeMap<String, Vec<u8>>, directory: &Path) {
    for (path, bytes) in files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, bytes).expect("written");
    }
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .expect("git runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {stderr}");
    format!("{}{stderr}", String::from_utf8_lossy(&output.stdout))
}

/// Serves a folder with Python's file server, a dumb host if there ever was one; stops with the value.
struct FileServer(std::process::Child, u16);

impl FileServer {
    fn start(folder: &Path) -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let child = Command::new("python3")
            .args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string()])
            .current_dir(folder)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .ok()?;
        let server = Self(child, port);
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        None
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The real client does just this: clone the URL of the index, then check out a version.
#[test]
fn git_clones_the_repository_from_a_dumb_host_and_from_a_folder() {
    let catalog = catalog(Some("https://packs.example.org"));
    let directory = tempfile::tempdir().expect("a directory");
    let public = directory.path().join("public");
    write(&made(&catalog), &public);
    let repository = public.join("runtimes/stackstorm/git/demo_pack.git");
    assert_eq!(git(&repository, &["fsck", "--strict", "--no-dangling"]).lines().count(), 0);
    let mut urls = vec![repository.to_str().expect("UTF-8").to_owned()];
    let server = FileServer::start(&public);
    urls.extend(server.as_ref().map(|s| format!("http://127.0.0.1:{}/runtimes/stackstorm/git/demo_pack.git", s.1)));
    for (number, url) in urls.iter().enumerate() {
        let clone = directory.path().join(format!("clone-{number}"));
        git(directory.path(), &["clone", "--quiet", url, clone.to_str().expect("UTF-8")]);
        assert_eq!(git(&clone, &["rev-parse", "--abbrev-ref", "HEAD"]).trim(), "main");
        let tags = git(&clone, &["tag", "--list"]);
        assert_eq!(tags.lines().collect::<Vec<_>>(), ["v0.10.0", "v0.2.0", "v0.2.1", "v0.9.0", "v1.0.0-rc.1"]);
        for release in &catalog.packs.values().next().expect("a pack").releases {
            let tag = format!("v{}", release.version());
            git(&clone, &["checkout", "--quiet", &tag]);
            assert!(git(&clone, &["branch", "--remotes", "--contains", &tag]).contains("origin/"));
            std::fs::rename(clone.join(".git"), directory.path().join("aside")).expect("moved");
            let checked_out = testing::directory(&clone);
            std::fs::rename(directory.path().join("aside"), clone.join(".git")).expect("moved");
            let listing = Listing::of(&checked_out, &Memo::new()).expect("in memory");
            assert_eq!(listing.text(), release.listing.text(), "{tag}");
        }
    }
}
