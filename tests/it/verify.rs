//! `packyard verify`: a published registry is what it says, and every way in which it is not is found.

use crate::support::{SiteTest, packs};

fn site() -> SiteTest {
    let site = SiteTest::new()
        .pack("packs/echo", &packs::attune("echo", "1.0.0", "one"))
        .pack("packs/shout", &packs::stackstorm("shout", "1.0.0+build.1", "two"));
    site.packyard(&["build"]).with_code(0);
    site
}

#[test]
fn a_registry_verifies_by_its_index_and_by_itself() {
    let site = site();
    let verified = site.packyard(&["verify"]).with_code(0);
    assert!(verified.stdout.starts_with("Verified public: 2 packs, 2 releases, "), "{}", verified.stdout);
    std::fs::rename(site.root().join("public"), site.beside("copied")).expect("moved");
    site.packyard(&["verify", "../copied"]).with_code(0);
    let missing = site.packyard(&["verify"]).with_code(2);
    assert!(missing.stderr.contains("has no `index.json`"), "{}", missing.stderr);
}

#[test]
fn whatever_is_changed_is_found() {
    let site = site();
    let public = site.root().join("public");
    let archive = "archives/attune/echo/echo-1.0.0.tar.gz";
    let digest = |text: &str| text.split("sha256:").nth(1).expect("a digest")[..64].to_owned();
    let zeros = "0".repeat(64);
    let changed = |path: &str, change: &dyn Fn(String) -> String, words: &str| {
        let file = public.join(path);
        let before = std::fs::read(&file).expect(path);
        let text: String = before.iter().map(|byte| char::from(*byte)).collect();
        let after: Vec<u8> = change(text).chars().map(|c| u8::try_from(u32::from(c)).expect("a byte")).collect();
        std::fs::write(&file, after).expect("written");
        let refused = site.packyard(&["verify"]).with_code(1);
        assert!(refused.stdout.contains(words), "{path}, {words}: {}", refused.stdout);
        std::fs::write(&file, before).expect("written");
    };
    changed(archive, &|bytes| bytes + "x", "is said to be");
    changed("packs/attune/echo/1.0.0/SHA256SUMS", &|text| text + "x", "has other files than are listed");
    changed("packs/attune/echo/1.0.0/release.json", &|text| text.replace(&digest(&text), &zeros), "has other facts");
    changed(
        "packs/attune/echo/pack.json",
        &|text| text.replace(&digest(&text), &zeros),
        "another archive or digest than in index.json",
    );
    changed("packs/attune/echo/pack.json", &|_| "{".to_owned(), "cannot be read");
    changed("index.json", &|text| text.replace(archive, "archives/x"), "another archive or digest");
    changed(
        "index.json",
        &|text| text.replace("packs/attune/echo/pack.json", "../x.json"),
        "leads out of the registry",
    );
    changed("index.json", &|text| text.replace("attune/echo", "attune/other"), "[publication-");
    changed("index.json", &|_| "[]".to_owned(), "cannot be read");
    std::fs::remove_file(public.join(archive)).expect("removed");
    assert!(site.packyard(&["verify"]).with_code(1).stdout.contains(&format!("`{archive}` is missing")));
}

/// Digests that fit each other, but were never recorded.
#[test]
fn a_registry_that_its_index_does_not_know_is_found() {
    let site = site();
    let other = SiteTest::new().pack("packs/echo", &packs::attune("echo", "1.0.0", "forged"));
    other.packyard(&["build"]).with_code(0);
    std::fs::remove_dir_all(site.root().join("public")).expect("removed");
    std::fs::rename(other.root().join("public"), site.root().join("public")).expect("moved");
    let refused = site.packyard(&["verify"]).with_code(1);
    assert!(refused.stdout.contains("was recorded with the content"), "{}", refused.stdout);
    assert!(refused.stdout.contains("`stackstorm/shout` is recorded, and not published"), "{}", refused.stdout);
    site.packyard(&["verify", "./public"]).with_code(0);
}
