//! Releases whose source changed or is gone.

use super::{Registry, assert_same};
use crate::support::{RepoFixture, SiteTest, packs, tree};

const TOOL: &str = "packs/stackstorm/tool";

/// Ensures that a moved tag is refused, and that the released bytes stay and are served.
#[test]
fn a_moved_tag_changes_nothing_that_was_released() {
    let mut registry = Registry::recorded();
    let (index, archives) = (registry.index(), registry.archives());
    let (release, served) = (registry.published(&format!("{TOOL}/1.1.0")), registry.published("archives"));
    let versions = registry.versions("stackstorm/tool");
    tree::write(registry.tool.path(), &packs::stackstorm("tool", "1.1.0", "forged"));
    registry.tool.commit("Forged").tag("v1.1.0");

    let said = registry.build_fails_with("tag-moved");
    assert!(said.contains("tag `v1.1.0` of `stackstorm/tool` now points to"), "{said}");
    assert_same(&index, &registry.index());
    assert_same(&archives, &registry.archives());
    assert_same(&served, &registry.published("archives"));
    assert_eq!(registry.versions("stackstorm/tool"), versions);
    let now = registry.published(&format!("{TOOL}/1.1.0"));
    for file in ["release.json", "SHA256SUMS"] {
        assert_eq!(now[file], release[file], "{file}");
    }
    let everything = registry.published("");
    let forged = everything.iter().filter(|(_, bytes)| bytes.windows(6).any(|window| window == b"forged"));
    assert_eq!(forged.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<&String>::new());
    registry.site.verified();
}

/// Ensures that a version which is used again keeps the content it was released with.
#[test]
fn a_version_used_again_keeps_its_first_content() {
    let registry = Registry::recorded();
    let (index, served) = (registry.index(), registry.published("archives"));
    tree::write(&registry.site.root().join("packs/plain"), &packs::attune("plain", "1.0.0", "changed"));
    registry.build_fails_with("release-content-changed");
    assert_same(&index, &registry.index());
    assert_same(&served, &registry.published("archives"));
    let page = registry.published("packs/attune/plain/1.0.0");
    assert!(String::from_utf8_lossy(&page["index.html"]).contains("Says hello"));

    tree::write(&registry.site.root().join("packs/plain"), &packs::attune("plain", "1.0.1", "changed"));
    registry.site.packyard(&["build"]).with_code(0);
    assert!(registry.site.verified().contains(&"attune/plain 1.0.1".to_owned()));
    assert_eq!(
        registry.published("archives/attune/plain")["plain-1.0.0.tar.gz"],
        served["attune/plain/plain-1.0.0.tar.gz"]
    );
}

/// Ensures that releases are published from the archive store when their repository is gone: the same files, pages included.
#[test]
fn releases_outlive_their_repository() {
    let registry = Registry::recorded();
    let (index, before) = (registry.index(), registry.published(""));
    std::fs::remove_dir_all(registry.tool.path()).expect("it is there");
    std::fs::remove_dir_all(registry.site.root().join("public")).expect("it is there");

    registry.build_fails_with("source-unavailable");
    assert_same(&index, &registry.index());
    assert_same(&before, &registry.published(""));
    registry.site.verified();
}

/// Ensures that a lost archive store is made again from the sources, byte for byte.
#[test]
fn a_lost_archive_store_is_made_again() {
    let registry = Registry::recorded();
    let (archives, before) = (registry.archives(), registry.published(""));
    std::fs::remove_dir_all(registry.site.root().join("registry-archives")).expect("it is there");
    std::fs::remove_dir_all(registry.site.root().join("public")).expect("it is there");
    registry.site.packyard(&["build", "--locked"]).with_code(0);
    assert_same(&archives, &registry.archives());
    assert_same(&before, &registry.published(""));
}

/// Ensures that releases which nobody has any more are named, and that the rest is built.
#[test]
fn lost_content_takes_down_one_release_only() {
    let registry = Registry::recorded();
    let index = registry.index();
    std::fs::remove_dir_all(registry.tool.path()).expect("it is there");
    std::fs::remove_file(registry.site.root().join("registry-archives/stackstorm/tool/tool-1.0.0.tar.gz"))
        .expect("it is there");
    let said = registry.build_fails_with("archive-missing");
    assert!(said.contains("`stackstorm/tool 1.0.0` cannot be served"), "{said}");
    assert_same(&index, &registry.index());
    assert_eq!(registry.versions("stackstorm/tool").as_array().map(Vec::len), Some(1));
    assert!(registry.published(TOOL).contains_key("1.1.0/index.html"));
    assert!(!registry.published(TOOL).contains_key("1.0.0/index.html"));

    std::fs::remove_dir_all(registry.site.root().join("registry-archives")).expect("it is there");
    registry.build_fails_with("archive-missing");
    assert_same(&index, &registry.index());
    assert!(registry.versions("stackstorm/tool").is_null());
    assert_eq!(registry.versions("attune/plain").as_array().map(Vec::len), Some(1));
}

/// Ensures that a damaged archive is not served.
#[test]
fn a_damaged_archive_is_not_served() {
    let registry = Registry::recorded();
    std::fs::remove_dir_all(registry.tool.path()).expect("it is there");
    let archive = registry.site.root().join("registry-archives/stackstorm/tool/tool-1.0.0.tar.gz");
    let mut bytes = std::fs::read(&archive).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).expect("it can be written");
    registry.build_fails_with("archive-missing");
    assert!(!registry.published("archives").contains_key("stackstorm/tool/tool-1.0.0.tar.gz"));
    assert!(registry.published("archives").contains_key("stackstorm/tool/tool-1.1.0.tar.gz"));
}

/// Ensures that a yanked release is not chosen any more, and stays for those who have chosen it.
#[test]
fn a_yanked_release_is_not_chosen_but_stays() {
    let registry = Registry::recorded();
    let served = registry.published("archives");
    registry.site.yank("tool", "1.1.0", "prints the wrong word");
    registry.site.packyard(&["build"]).with_code(0);

    let pack = registry.json("index.json")["packs"]["stackstorm/tool"].clone();
    assert_eq!(pack["latest"], "1.0.0");
    assert_eq!(pack["versions"][0]["status"]["yanked"], "prints the wrong word");
    assert_eq!(pack["versions"][1].get("status"), None);
    let listed = registry.json("runtimes/stackstorm/v1/index.json")["packs"]["tool"].clone();
    assert_eq!((listed["version"].as_str(), listed["versions"].clone()), (Some("1.0.0"), serde_json::json!(["1.0.0"])));
    assert_same(&served, &registry.published("archives"));
    let page = registry.published(TOOL)["1.1.0/index.html"].clone();
    assert!(String::from_utf8_lossy(&page).contains("prints the wrong word"));
    assert!(registry.published("runtimes/stackstorm/git/tool.git").contains_key("refs/tags/v1.1.0"));
    registry.site.verified();
}

/// Ensures that findings say which repository they are of: the same one in two repositories is two, whatever the format.
#[test]
fn findings_of_repositories_say_which() {
    let site = SiteTest::new();
    for name in ["one", "two"] {
        let mut repository = RepoFixture::init(site.beside(name));
        let pack = packs::stackstorm(name, "1.0.0", name).into_iter().filter(|(path, _)| path != "LICENSE").collect();
        tree::write(repository.path(), &pack);
        repository.commit("One").tag("v1.0.0");
    }
    let site = site.file("packyard.toml", "[[source]]\ngit = \"../one\"\n[[source]]\ngit = \"../two\"\n");
    let human = site.packyard(&["check"]).with_code(0).stdout;
    for name in ["one", "two"] {
        assert!(human.contains(&format!(" = note: in `../{name}`")), "{human}");
    }
    assert_eq!(human.matches("warning[missing-license]").count(), 2, "{human}");
    let github = site.packyard(&["check", "--format", "github"]).with_code(0).stdout;
    let line = github.lines().find(|line| line.contains("missing-license")).expect("a finding");
    assert!(!line.contains("file=") && line.contains("%0Ain ../one: pack.yaml"), "{line}");
    // As another run knows it, which opens no file.
    let built = [site.packyard(&["build"]).with_code(0).stdout, site.packyard(&["build"]).with_code(0).stdout];
    for built in built {
        assert!(built.contains(" = note: in `../two`"), "{built}");
    }
}
