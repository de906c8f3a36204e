//! A small registry with one of everything, and every byte that is made of it.
//!
//! ```text
//! tests/golden/registry/    the configuration and the packs of directories; repositories are made when the test runs
//! tests/golden/_expected/   findings.txt, registry-index/, public/; sha256sums.txt for what is large or binary
//! ```
//!
//! `SNAPSHOTS=overwrite cargo test golden` accepts what is made today.

use std::path::Path;
use std::sync::LazyLock;

use packyard::diag::human;
use packyard::ident::Digest;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

/// Makes the registry: its first build, then a yanked release, a moved tag and the second build.
fn registry() -> (SiteTest, String) {
    let site = SiteTest::from_dir("golden/registry");
    let mut tool = RepoFixture::init(site.beside("tool"));
    for (version, word) in [("1.0.0", "one"), ("1.1.0", "two"), ("2.0.0-rc.1", "three")] {
        tree::write(tool.path(), &packs::stackstorm("tool", version, word));
        tool.commit(word).tag(&format!("v{version}"));
    }
    let mut words = RepoFixture::init(site.beside("words"));
    for (version, word) in [("0.1.0", "hello"), ("0.2.0", "good day")] {
        tree::write(words.path(), &packs::attune("words", version, word));
        words.commit(word).tag(&format!("v{version}"));
    }
    site.build().expect("the machine works");
    site.yank("tool", "1.1.0", "Says <two>, not one.");
    words.git(&["tag", "--force", "v0.1.0", "HEAD"]);
    let report = site.build().expect("the machine works");
    let said =
        human::render(&report.findings, human::Style::PLAIN) + &human::render(&report.historical, human::Style::PLAIN);
    (site, said)
}

/// What is made of the registry, for every test that only reads it.
pub(crate) struct Made {
    /// What is published.
    pub(crate) public: Tree,
    /// The histories in the registry index.
    pub(crate) histories: Tree,
    /// The findings, as people read them.
    findings: String,
}

/// Returns what is made of the registry, made once.
pub(crate) fn made() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(|| {
        let (site, findings) = registry();
        site.verified();
        Made { public: site.tree(), histories: tree::read(&site.root().join("registry-index/packs")), findings }
    });
    &MADE
}

/// Tells whether a published file is compared by its digest: binary, or kept elsewhere in this repository.
fn is_summed(path: &str) -> bool {
    ["archives/", "assets/", "schemas/"].iter().any(|folder| path.starts_with(folder)) || path.contains(".git/objects/")
}

/// Ensures that every byte of the registry is as expected.
#[test]
fn everything_is_as_expected() {
    let (mut actual, mut sums) = (Tree::new(), String::new());
    for (path, bytes) in &made().public {
        if is_summed(path) {
            sums += &format!("{}  {path}\n", Digest::of(bytes).hex());
        } else {
            actual.insert(format!("public/{path}"), bytes.clone());
        }
    }
    for (path, bytes) in &made().histories {
        actual.insert(format!("registry-index/packs/{path}"), bytes.clone());
    }
    actual.insert("findings.txt".to_owned(), made().findings.clone().into_bytes());
    actual.insert("sha256sums.txt".to_owned(), sums.into_bytes());
    tree::assert_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/_expected"), &actual);
}

/// Ensures that one of everything is the same elsewhere, with another clock, zone, locale and number of threads.
#[test]
fn surroundings_do_not_matter() {
    let (recorded, _) = registry();
    let site = SiteTest::new();
    tree::copy(&recorded.root(), &site.root());
    for repository in ["tool", "words"] {
        tree::copy(&recorded.beside(repository), &site.beside(repository));
    }
    std::fs::remove_dir_all(site.root().join("public")).expect("it was built");
    let output = site
        .command()
        .args(["build", "--quiet"])
        .envs([("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("RAYON_NUM_THREADS", "1")])
        .env("SOURCE_DATE_EPOCH", "1999999999")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tree::difference(&recorded.tree(), &site.tree()), None);
}
