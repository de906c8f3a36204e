//! What a build does not record, and what it goes on with.

use super::{CONFIG, Registry, assert_same};
use crate::support::{RepoFixture, SiteTest, packs, tree};

/// Ensures that a name stays with the source that first released it.
#[test]
fn a_name_claimed_by_another_source_is_refused() {
    let registry = Registry::recorded();
    let index = registry.index();
    tree::write(&registry.site.root().join("packs/tool"), &packs::stackstorm("tool", "9.0.0", "mine"));
    let said = registry.build_fails_with("duplicate-ref");
    assert!(said.contains("belongs to `https://git.example.org/stackstorm-tool.git`"), "{said}");
    assert_same(&index, &registry.index());
    assert_eq!(registry.json("index.json")["packs"]["stackstorm/tool"]["latest"], "1.1.0");
}

/// Ensures that a name which can be taken for a known one is refused, and that other packs go on.
#[test]
fn a_name_like_another_one_is_refused() {
    for confusable in ["plain_pack", "plainpack", "plain-pack"] {
        let site = SiteTest::new().pack("packs/first", &packs::attune("plain-pack", "1.0.0", "first"));
        site.packyard(&["build"]).with_code(0);
        let site = site
            .pack("packs/second", &packs::attune(confusable, "2.0.0", "second"))
            .pack("packs/third", &packs::attune("third", "1.0.0", "third"));
        let built = site.packyard(&["build"]);
        let recorded = site.verified();
        match confusable {
            "plain_pack" => {
                assert!(built.with_code(1).stdout.contains("error[name-confusable]"));
                assert_eq!(recorded, ["attune/plain-pack 1.0.0", "attune/third 1.0.0"]);
            }
            "plainpack" => {
                built.with_code(0);
                assert_eq!(recorded, ["attune/plain-pack 1.0.0", "attune/plainpack 2.0.0", "attune/third 1.0.0"]);
            }
            _ => {
                assert!(built.with_code(1).stdout.contains("error[duplicate-ref]"));
                assert_eq!(recorded, ["attune/plain-pack 1.0.0", "attune/third 1.0.0"]);
            }
        }
    }
}

/// Ensures that a history which does not verify is left alone, with its pack, and that the other packs are built.
#[test]
fn a_corrupted_line_stops_only_its_pack() {
    let registry = Registry::recorded();
    let path = registry.site.root().join("registry-index/packs/stackstorm/to/tool.jsonl");
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, text.replacen("\"seq\":1", "\"seq\":7", 1)).expect("it can be written");
    let index = registry.index();
    tree::write(&registry.site.root().join("packs/plain"), &packs::attune("plain", "1.1.0", "newer"));

    registry.build_fails_with("index-broken");
    let now = registry.index();
    assert_eq!(now["packs/stackstorm/to/tool.jsonl"], index["packs/stackstorm/to/tool.jsonl"]);
    assert_eq!(registry.json("index.json")["packs"]["attune/plain"]["latest"], "1.1.0");
    assert!(registry.versions("stackstorm/tool").is_null());
}

/// Ensures that `--locked` publishes what is recorded, and records nothing.
#[test]
fn a_locked_build_records_nothing() {
    let registry = Registry::recorded();
    let (index, archives, before) = (registry.index(), registry.archives(), registry.published(""));
    tree::write(&registry.site.root().join("packs/plain"), &packs::attune("plain", "1.1.0", "newer"));
    registry.site.packyard(&["build", "--locked"]).with_code(0);
    assert_same(&index, &registry.index());
    assert_same(&archives, &registry.archives());
    assert_eq!(registry.json("index.json")["packs"]["attune/plain"]["latest"], "1.0.0");
    assert_same(&before, &registry.published(""));
}

/// Makes the manifest of `plain` unreadable and adds a healthy pack.
fn break_plain(registry: &Registry) {
    let root = registry.site.root();
    std::fs::write(root.join("packs/plain/pack.yaml"), "ref: plain\nversion: [unclosed\n").expect("it can be written");
    tree::write(&root.join("packs/healthy"), &packs::attune("healthy", "1.0.0", "healthy"));
}

/// Ensures that `--strict` writes nothing at all while a pack has an error.
#[test]
fn a_strict_build_with_an_error_writes_nothing() {
    let registry = Registry::recorded();
    break_plain(&registry);
    let (index, archives, before) = (registry.index(), registry.archives(), registry.published(""));
    let built = registry.site.packyard(&["build", "--strict"]).with_code(1);
    assert!(built.stdout.starts_with("Built nothing"), "{}", built.stdout);
    assert_same(&index, &registry.index());
    assert_same(&archives, &registry.archives());
    assert_same(&before, &registry.published(""));
}

/// Ensures that a pack with an error stops only itself: the others are published, and its own releases stay.
#[test]
fn one_bad_pack_stops_only_itself() {
    let registry = Registry::recorded();
    break_plain(&registry);
    let (plain, served) = (registry.versions("attune/plain"), registry.published("archives/attune/plain"));
    let built = registry.site.packyard(&["build"]).with_code(1);
    assert!(built.stdout.contains("packs/plain/pack.yaml"), "{}", built.stdout);
    assert_eq!(registry.versions("attune/plain"), plain);
    assert_same(&served, &registry.published("archives/attune/plain"));
    assert!(registry.published("packs/attune").contains_key("plain/1.0.0/index.html"));
    assert!(registry.published("packs/attune").contains_key("healthy/1.0.0/index.html"));
    assert_eq!(registry.site.verified().len(), 4);
}

/// Ensures that the gate for pull requests lets lines be added, and none be changed.
#[test]
fn a_recorded_line_may_not_change() {
    let site = SiteTest::new()
        .file("packyard.toml", "[[source]]\npath = \"packs\"\n")
        .file(".gitignore", "/public/\n")
        .pack("packs/plain", &packs::attune("plain", "1.0.0", "hello"));
    let mut repository = RepoFixture::init(site.root());
    repository.commit("Pack");
    site.packyard(&["build"]).with_code(0);
    repository.commit("Recorded");
    let file = site.root().join("registry-index/packs/attune/pl/plain.jsonl");
    let recorded = std::fs::read_to_string(&file).expect("it was recorded");

    let site = site.pack("packs/plain", &packs::attune("plain", "1.1.0", "hello"));
    repository.git(&["commit", "--quiet", "--message", "Raised", "packs"]);
    site.packyard(&["build"]).with_code(0);
    let longer = std::fs::read_to_string(&file).expect("it was recorded");
    assert!(longer.len() > recorded.len() && longer.starts_with(&recorded), "{longer}");
    site.packyard(&["check", "--against", "HEAD"]).with_code(0);

    std::fs::write(&file, longer.replacen("\"source\":\"packs\"", "\"source\":\"other\"", 1))
        .expect("it can be written");
    let checked = site.packyard(&["check", "--against", "HEAD"]).with_code(1);
    assert!(checked.stdout.contains("error[index-not-append-only]"), "{}", checked.stdout);
    std::fs::remove_file(&file).expect("it is there");
    let checked = site.packyard(&["check", "--against", "HEAD"]).with_code(1);
    assert!(checked.stdout.contains("error[index-not-append-only]"), "{}", checked.stdout);
}

/// Ensures that no byte of a private pack's name reaches a public build, though the index has recorded it.
#[test]
fn private_packs_stay_private() {
    const SECRET: &str = "zebrafish";
    let private = format!("{CONFIG}\n[[source]]\npath = \"inner\"\nvisibility = \"private\"\n");
    let registry = Registry::recorded();
    let before = registry.published("");
    std::fs::write(registry.site.root().join("packyard.toml"), private).expect("it can be written");
    tree::write(&registry.site.root().join("inner").join(SECRET), &packs::attune(SECRET, "1.0.0", SECRET));

    registry.site.packyard(&["build"]).with_code(0);
    assert_same(&before, &registry.published(""));
    registry.site.packyard(&["build", "--private", "--out", "inside"]).with_code(0);
    let inside = tree::read(&registry.site.root().join("inside"));
    assert!(inside.contains_key(&format!("packs/attune/{SECRET}/index.html")));

    let built = registry.site.packyard(&["build"]).with_code(0);
    assert!(!built.stdout.contains(SECRET) && !built.stderr.contains(SECRET), "{built:?}");
    for (path, bytes) in registry.published("") {
        let shown = path.contains(SECRET) || bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!shown, "{path}");
    }
    assert_same(&before, &registry.published(""));
}
