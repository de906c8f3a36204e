//! Sources that are not what they were: what is said, what is held back, and that everything recorded stays.

use super::{Registry, assert_same};
use crate::support::{RepoFixture, packs, tree};

/// Builds, and requires a finding of that code and that nothing was recorded or published anew.
#[track_caller]
fn trips(registry: &Registry, code: &str, exit: i32) -> String {
    let (index, archives) = (registry.index(), registry.archives());
    let built = registry.site.packyard(&["build"]).with_code(exit);
    assert!(built.stdout.contains(&format!("[{code}]")), "{}", built.stdout);
    assert_same(&index, &registry.index());
    assert_same(&archives, &registry.archives());
    registry.site.verified();
    built.stdout
}

#[test]
fn a_tag_that_moved_to_the_same_content_is_a_note() {
    let mut registry = Registry::recorded();
    registry.tool.commit("Nothing changed").tag("v1.1.0");
    let said = trips(&registry, "tag-moved-same-content", 0);
    assert!(said.contains("note[tag-moved-same-content]"), "{said}");
    assert!(said.contains("the tag `v1.1.0` of `stackstorm/tool 1.1.0` moved from"), "{said}");
}

#[test]
fn a_deleted_tag_is_reported_and_its_release_stays() {
    let registry = Registry::recorded();
    registry.tool.git(&["tag", "-d", "v1.0.0"]);
    let said = trips(&registry, "tag-deleted", 0);
    assert!(said.contains("the tag `v1.0.0` of `stackstorm/tool 1.0.0` is gone"), "{said}");
    assert_eq!(registry.versions("stackstorm/tool").as_array().expect("versions").len(), 2);
}

#[test]
fn a_repository_that_was_made_again_records_nothing_until_somebody_decides() {
    let registry = Registry::recorded();
    std::fs::remove_dir_all(registry.tool.path()).expect("it is there");
    let mut other = RepoFixture::init(registry.tool.path());
    tree::write(other.path(), &packs::stackstorm("tool", "2.0.0", "stolen"));
    other.file("SOMETHING", "else").commit("Mine now").tag("v2.0.0");
    let said = trips(&registry, "repository-recreated", 1);
    assert!(said.contains("has none of the commits that were released from it: stackstorm/tool"), "{said}");
    assert_eq!(registry.versions("stackstorm/tool").as_array().expect("versions").len(), 2);
    // It stays so, whatever is remembered.
    trips(&registry, "repository-recreated", 1);

    // Somebody looks at it, and accepts it as it is.
    let transfer = [
        "transfer",
        "stackstorm/tool",
        "--to",
        "https://git.example.org/stackstorm-tool.git",
        "--reason",
        "Moved hosts",
    ];
    registry.site.packyard(&transfer).with_code(0);
    let built = registry.site.packyard(&["build"]);
    assert!(!built.stdout.contains("repository-recreated"), "{}", built.stdout);
    let recorded = registry.site.verified();
    assert!(recorded.contains(&"stackstorm/tool 2.0.0".to_owned()), "{recorded:?}");
    assert!(recorded.contains(&"stackstorm/tool 1.0.0".to_owned()), "what was released stays: {recorded:?}");
}

#[test]
fn a_manifest_that_goes_back_is_reported() {
    let registry = Registry::recorded();
    tree::write(&registry.site.root().join("packs/plain"), &packs::attune("plain", "0.9.0", "older"));
    let built = registry.site.packyard(&["build"]).with_code(0);
    assert!(built.stdout.contains("warning[version-went-backwards]"), "{}", built.stdout);
    assert!(built.stdout.contains("`attune/plain` goes back to 0.9.0; 1.0.0 was released before"), "{}", built.stdout);
    assert_eq!(registry.json("index.json")["packs"]["attune/plain"]["latest"], "1.0.0");
}

/// A lower version by a tag is a fix of an older line, and nothing to talk about; another licence is.
#[test]
fn another_licence_is_reported() {
    let mut registry = Registry::recorded();
    let license = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE\n";
    tree::write(registry.tool.path(), &packs::stackstorm("tool", "1.0.1", "fix"));
    registry.tool.commit("Fix").tag("v1.0.1");
    let built = registry.site.packyard(&["build"]);
    assert!(!built.stdout.contains("version-went-backwards"), "{}", built.stdout);
    assert!(!built.stdout.contains("license-changed"), "{}", built.stdout);
    tree::write(registry.tool.path(), &packs::stackstorm("tool", "1.2.0", "three"));
    registry.tool.file("LICENSE", license).commit("Three").tag("v1.2.0");
    let built = registry.site.packyard(&["build"]);
    assert!(built.stdout.contains("warning[license-changed]"), "{}", built.stdout);
    assert!(built.stdout.contains("in 1.2.0; it was Apache-2.0 in 1.1.0"), "{}", built.stdout);
}

/// A history that was rewritten is told from one that went on: commits that were released are on no branch, but tags keep them.
#[test]
fn a_branch_that_was_rewritten_is_no_other_repository() {
    let mut registry = Registry::recorded();
    registry.tool.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    registry.tool.git(&["branch", "--quiet", "-D", "main"]);
    tree::write(registry.tool.path(), &packs::stackstorm("tool", "1.2.0", "three"));
    registry.tool.commit("Three").tag("v1.2.0");
    registry.site.packyard(&["build"]);
    assert!(registry.site.verified().contains(&"stackstorm/tool 1.2.0".to_owned()));
}
