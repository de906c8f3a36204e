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
