//! Incremental equals full: whatever was remembered, a build gives the bytes of a clean one, and so does a preview.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use camino::Utf8PathBuf;
use packyard::build::{Preview, PreviewOptions};
use packyard::config::Config;
use packyard::output::Make;
use packyard::progress::{Progress, Silent};
use proptest::prelude::*;

use crate::determinism::{make_shallow, write_packs};
use crate::support::repository::RepoFixture;
use crate::support::{SiteTest, packs, tree};

mod edits;

use edits::{Edit, Scene, configuration, edit};

/// How long a file must be left alone before what the file system says about it is believed.
const REST: Duration = Duration::from_millis(60);

/// Returns what a build leaves.
fn left(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["public", "registry-index", "registry-archives"] {
        let below = tree::read(&root.join(folder)).into_iter();
        files.extend(below.map(|(path, bytes)| (format!("{folder}/{path}"), bytes)));
    }
    files
}

fn said(report: &packyard::build::Report) -> Vec<String> {
    let mut said: Vec<String> = report.findings.iter().map(|finding| format!("{finding:?}")).collect();
    said.extend(report.historical.iter().map(|finding| format!("historical {finding:?}")));
    said.push(format!("{} packs, {} releases", report.packs, report.releases));
    said
}

/// Requires equal trees, and names the paths that differ.
fn same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
    let differ = differing(found, expected);
    prop_assert!(differ.is_empty(), "{differ:?}");
    Ok(())
}

/// Returns the paths at which two registries differ.
fn differing<'a>(a: &'a BTreeMap<String, Vec<u8>>, b: &'a BTreeMap<String, Vec<u8>>) -> BTreeSet<&'a str> {
    a.keys().chain(b.keys()).filter(|path| a.get(*path) != b.get(*path)).map(String::as_str).collect()
}

/// Returns every file that a preview would serve, or what it says of a file that is copied.
fn served(preview: &Preview) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for unit in preview.assembly().units() {
        match &unit.make {
            Make::Batch(make) => {
                files.extend(
                    packyard::output::collected(&**make)
                        .expect("made")
                        .into_iter()
                        .map(|(path, bytes)| (path.to_string(), bytes)),
                );
            }
            Make::Bytes(bytes) => drop(files.insert(format!("{:?}", unit.places), bytes.to_vec())),
            Make::Copy(_) => drop(files.insert(format!("{:?}", unit.places), unit.key.to_string().into_bytes())),
        }
    }
    files
}

fn preview(site: &SiteTest) -> Preview {
    let root = Utf8PathBuf::from_path_buf(site.root()).expect("UTF-8");
    Preview::new(PreviewOptions {
        out: root.join("public"),
        cache: root.join("../cache"),
        root,
        url: "http://127.0.0.1:8080".to_owned(),
        private: false,
        now: "2024-01-01T00:00:00Z".parse().expect("a time"),
        templates: None,
    })
}

/// Returns a registry of a repository whose packs were released twice.
fn released_twice() -> (SiteTest, RepoFixture) {
    let site = SiteTest::new().file("packyard.toml", "[[source]]\npath = \"../tagged\"\n");
    let mut repository = RepoFixture::init(site.beside("tagged"));
    write_packs(&mut repository, "1.0.0", "small, large", ["say", "bake"]);
    repository.commit("First").tag("v1.0.0");
    write_packs(&mut repository, "2.0.0", "medium, huge", ["say", "fry"]);
    repository.commit("Second").tag("v2.0.0");
    (site, repository)
}

/// Ensures that a preview and a build that remember say of releases that no source has what new ones say, when what these refer to
/// changes.
#[test]
fn what_is_said_of_archived_releases_follows_what_they_refer_to() {
    let (site, mut repository) = released_twice();
    // A shallow clone would have the tag of its newest commit.
    repository.commit("Third");
    site.build().expect("built");
    make_shallow(&site);
    // The newest state does not ask for it, only an old release does.
    std::fs::remove_file(site.beside("tagged/waiter/rules/boil.yaml")).expect("it is there");
    site.build().expect("built");
    let root = Utf8PathBuf::from_path_buf(site.root()).expect("UTF-8");
    let config = Config::load(&root).expect("valid");
    let mut standing = preview(&site);
    standing.build(&config, None, &Silent).expect("built");
    let before = served(&standing);

    // The action that was in no release before.
    let path = site.beside("tagged/cook/actions");
    let action = std::fs::read_to_string(path.join("say.yaml")).expect("an action");
    std::fs::write(path.join("boil.yaml"), action.replace("name: say", "name: boil")).expect("it can be written");
    let saved = Utf8PathBuf::from_path_buf(path.join("boil.yaml")).expect("UTF-8");
    standing.build(&config, Some(&[saved]), &Silent).expect("built");
    let mut new = preview(&site);
    new.build(&config, None, &Silent).expect("built");
    assert_eq!(differing(&served(&standing), &served(&new)), BTreeSet::new());
    let after = served(&new);
    let changed = differing(&before, &after);
    assert!(changed.iter().any(|place| place.contains("waiter/1.0.0/index.html")), "{changed:?}");

    site.build().expect("built");
    let remembered = site.tree();
    std::fs::remove_dir_all(site.root().join(".packyard-cache")).expect("it was kept");
    std::fs::remove_dir_all(site.root().join("public")).expect("it was built");
    site.build().expect("built");
    assert_eq!(tree::difference(&site.tree(), &remembered), None);
}

/// Ensures that a preview notices when a source loses a release, which its archive then stands for, and when it has it again.
#[test]
fn a_preview_knows_which_releases_no_source_has() {
    let (site, repository) = released_twice();
    site.build().expect("built");
    let root = Utf8PathBuf::from_path_buf(site.root()).expect("UTF-8");
    let config = Config::load(&root).expect("valid");
    let mut standing = preview(&site);
    standing.build(&config, None, &Silent).expect("built");
    let tag = Utf8PathBuf::from_path_buf(site.beside("tagged/.git/refs/tags/v1.0.0")).expect("UTF-8");
    let mut shown = || {
        standing.build(&config, Some(std::slice::from_ref(&tag)), &Silent).expect("built");
        let mut new = preview(&site);
        new.build(&config, None, &Silent).expect("built");
        assert_eq!(differing(&served(&standing), &served(&new)), BTreeSet::new());
        served(&new)
    };
    let whole = shown();
    // Only the first release has an action that another pack's rules start.
    repository.git(&["tag", "--delete", "v1.0.0"]);
    assert_eq!(shown().keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    repository.git(&["tag", "v1.0.0", "HEAD~1"]);
    assert_eq!(differing(&shown(), &whole), BTreeSet::new());
}

/// Returns how many sequences are tried: few, because each takes a second; `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(12), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    /// Ensures that a build with everything that builds before it remembered gives what a clean build gives.
    #[test]
    fn a_build_that_remembers_gives_what_a_clean_one_gives(steps in prop::collection::vec(prop::collection::vec(edit(), 1..4), 1..6)) {
        let mut scene = Scene::new();
        scene.site.build().expect("built");
        for edits in steps {
            for edit in &edits {
                scene.apply(edit);
            }
            let (expected, expected_words) = scene.clean();
            let report = scene.site.build().expect("built");
            same(&left(&scene.site.root()), &expected)?;
            prop_assert_eq!(said(&report), expected_words);
            let again = scene.site.build().expect("built").written.expect("written");
            prop_assert_eq!((again.written, again.deleted), (0, 0));
        }
    }

    /// Ensures that a preview that is told what was saved shows what a new one shows.
    #[test]
    fn a_preview_that_remembers_shows_what_a_new_one_shows(steps in prop::collection::vec(prop::collection::vec(edit(), 1..4), 1..6)) {
        let mut scene = Scene::new();
        scene.site.build().expect("built");
        let root = Utf8PathBuf::from_path_buf(scene.site.root()).expect("UTF-8");
        let mut standing = preview(&scene.site);
        standing.build(&Config::load(&root).expect("valid"), None, &Silent).expect("built");
        for edits in steps {
            let mut saved = Some(Vec::new());
            // What is broken is shown as it was before, which a new preview cannot know; nobody watches the archive store.
            let is_kept = |edit: &&Edit| match edit {
                Edit::Break(_) | Edit::DeleteAction(_) | Edit::LoseArchive(_) => false,
                // A claim that its API refuses is broken, too: size 1 is what the first two APIs have in common.
                Edit::Claim(size) => *size == 1,
                Edit::Api(first) => *first != 2,
                _ => true,
            };
            for edit in edits.iter().filter(is_kept) {
                let touched = scene.apply(edit);
                saved = saved.zip(touched).map(|(mut saved, touched)| {
                    saved.extend(touched.into_iter().map(|path| Utf8PathBuf::from_path_buf(path).expect("UTF-8")));
                    saved
                });
            }
            let config = Config::load(&root).expect("valid");
            standing.build(&config, saved.as_deref(), &Silent).expect("built");
            let mut new = preview(&scene.site);
            new.build(&config, None, &Silent).expect("built");
            same(&served(&standing), &served(&new))?;
        }
    }
}

/// Remembers the stages of a build.
#[derive(Default)]
struct Stages(Mutex<Vec<String>>);

impl Progress for Stages {
    fn stage(&self, name: &str, _: Option<u64>) {
        self.0.lock().expect("no panic while locked").push(name.to_owned());
    }

    fn tick(&self, _: u64) {}
}

/// Ensures that a build with nothing changed does nothing at all, and says the same as the one before.
#[test]
fn with_nothing_changed_nothing_is_done() {
    let mut scene = Scene::new();
    scene.apply(&Edit::Break(0));
    let first = scene.site.build().expect("built");
    // The files that were written last have to come to rest before they are believed.
    std::thread::sleep(REST);
    let second = scene.site.build().expect("built");
    assert_eq!(said(&second), said(&first));
    let stages = Stages::default();
    let third = scene.site.build_with(&stages).expect("built");
    assert_eq!(*stages.0.lock().expect("no panic"), [""; 0], "not a single stage");
    assert_eq!(said(&third), said(&first));
    let (first, third) = (first.written.expect("written"), third.written.expect("written"));
    assert_eq!((third.written, third.deleted, third.unchanged), (0, 0, first.written));
    for edit in [Edit::Readme(1, 3), Edit::Tamper(2), Edit::Template(1), Edit::Tag(2), Edit::Yank(0)] {
        scene.apply(&edit);
        let stages = Stages::default();
        scene.site.build_with(&stages).expect("built");
        assert!(!stages.0.lock().expect("no panic").is_empty(), "{edit:?} was not noticed");
        std::thread::sleep(REST);
        scene.site.build().expect("built");
    }
}

/// Ensures that a new tag of one pack among many writes that pack's files and the lists that name it, and no others.
#[test]
fn a_new_tag_writes_what_it_must() {
    let mut site =
        SiteTest::new().file("packyard.toml", &configuration(0)).file("theme/none", "").file("packs/none", "");
    let mut repository = RepoFixture::init(site.root().join("repo"));
    for n in 0..30 {
        let name = format!("pack{n}");
        let files =
            if n % 2 == 0 { packs::attune(&name, "1.0.0", "one") } else { packs::stackstorm(&name, "1.0.0", "one") };
        site = site.pack(&format!("repo/{name}"), &files);
    }
    repository.commit("all");
    for n in 0..30 {
        repository.tag(&format!("pack{n}-v1.0.0"));
    }
    site.build().expect("built");
    std::thread::sleep(REST);
    site.build().expect("built");
    let before = left(&site.root());
    repository.file("pack7/README.md", "# Seven\n\nSays more.\n").commit("more").tag("pack7-v1.1.0");
    let report = site.build().expect("built");
    assert_eq!(report.new_releases.len(), 1);
    let after = left(&site.root());
    let changed: Vec<&str> =
        differing(&before, &after).into_iter().filter_map(|path| path.strip_prefix("public/")).collect();
    let written = report.written.expect("written");
    assert_eq!((written.written, written.deleted), (changed.len(), 0), "{changed:#?}");
    let lists = [
        "index.html",
        "index.json",
        "feed.xml",
        "health.html",
        "sitemap.xml",
        "search/index.js",
        "llms.txt",
        "packs/index.html",
        "packs/stackstorm/feed.xml",
        "packs/stackstorm/index.html",
        "packs/stackstorm/llms.txt",
        "runtimes/stackstorm/v1/index.json",
        "404.html",
    ];
    let is_expected = |path: &str| path.contains("pack7") || lists.contains(&path);
    let stray: Vec<_> = changed.iter().filter(|path| !is_expected(path)).collect();
    assert!(stray.is_empty(), "{stray:?}");
}

/// Ensures that a build which could not read everything is no reason to do nothing.
#[test]
fn a_source_that_comes_back_is_noticed() {
    let scene = Scene::new();
    let mirror = scene.site.beside("mirror.git");
    scene.repository.git(&["clone", "-q", "--bare", ".", mirror.to_str().expect("UTF-8")]);
    let url = format!("file://{}", mirror.display());
    let config =
        format!("[registry]\nname = \"Packs\"\nurl = \"https://packs.example\"\n\n[[source]]\ngit = \"{url}\"\n");
    fs::write(scene.path("packyard.toml"), config).expect("written");
    scene.site.build().expect("built");
    let away = mirror.with_extension("away");
    for _ in 0..2 {
        std::thread::sleep(REST);
        fs::rename(&mirror, &away).expect("moved");
        for _ in 0..2 {
            let found = said(&scene.site.build().expect("built"));
            assert!(found.iter().any(|finding| finding.contains("source-unavailable")), "{found:?}");
            std::thread::sleep(REST);
        }
        fs::rename(&away, &mirror).expect("moved");
        for _ in 0..2 {
            let found = said(&scene.site.build().expect("built"));
            assert!(!found.iter().any(|finding| finding.contains("source-unavailable")), "{found:?}");
            std::thread::sleep(REST);
        }
        let stages = Stages::default();
        scene.site.build_with(&stages).expect("built");
        assert_eq!(*stages.0.lock().expect("no panic"), [""; 0], "the remote was asked, and had nothing new");
    }
    scene.repository.git(&["tag", "bell-v2.0.0"]);
    scene.repository.git(&["push", "-q", mirror.to_str().expect("UTF-8"), "bell-v2.0.0"]);
    let report = scene.site.build().expect("built");
    assert_eq!(report.new_releases.len(), 1, "{:?}", said(&report));
}
