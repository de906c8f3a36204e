//! Incremental equals full: whatever was remembered, a build gives the bytes of a clean one, and so does a preview.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
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

/// How long a file must be left alone before what the file system says about it is believed.
const REST: Duration = Duration::from_millis(60);

/// Something that happens to a registry between two builds. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum Edit {
    /// The README of a pack says something else, of the same length.
    Readme(usize, u8),
    /// An action is described differently.
    Action(usize, u8),
    AddAction(usize, u8),
    DeleteAction(usize),
    /// The manifest is no YAML any more, or is again what it was.
    Break(usize),
    Version(usize, u8),
    /// An API allows other values, or is gone: claims elsewhere are right or wrong by it.
    Api(u8),
    /// A claim asks for another value.
    Claim(u8),
    /// A file in no pack delivers the API at another revision, delivers nothing that is there, or is gone.
    Deliver(u8),
    AddPack(u8),
    DeletePack(usize),
    MovePack(usize, u8),
    Commit,
    Tag(u8),
    MoveTag(u8),
    DeleteTag(u8),
    Yank(usize),
    Template(u8),
    Configure(u8),
    /// Somebody writes into the finished registry.
    Tamper(u8),
    /// A file of the cache is altered, cut short or deleted.
    Spoil(usize, u8),
    LoseArchive(usize),
    /// Time goes by.
    Rest,
}

fn edit() -> impl Strategy<Value = Edit> {
    use Edit as E;
    let (place, value) = (0..5_usize, 0..4_u8);
    prop_oneof![
        3 => (place.clone(), value.clone()).prop_map(|(at, n)| E::Readme(at, n)),
        3 => (place.clone(), value.clone()).prop_map(|(at, n)| E::Action(at, n)),
        1 => (place.clone(), value.clone()).prop_map(|(at, n)| E::AddAction(at, n)),
        1 => place.clone().prop_map(E::DeleteAction),
        1 => place.clone().prop_map(E::Break),
        2 => (place.clone(), value.clone()).prop_map(|(at, n)| E::Version(at, n)),
        2 => value.clone().prop_map(E::Api),
        1 => value.clone().prop_map(E::Claim),
        2 => value.clone().prop_map(E::Deliver),
        1 => value.clone().prop_map(E::AddPack),
        1 => place.clone().prop_map(E::DeletePack),
        1 => (place.clone(), value.clone()).prop_map(|(at, n)| E::MovePack(at, n)),
        2 => Just(E::Commit),
        2 => value.clone().prop_map(E::Tag),
        1 => value.clone().prop_map(E::MoveTag),
        1 => value.clone().prop_map(E::DeleteTag),
        1 => place.clone().prop_map(E::Yank),
        1 => value.clone().prop_map(E::Template),
        1 => value.clone().prop_map(E::Configure),
        1 => value.clone().prop_map(E::Tamper),
        1 => (0..9_usize, value.clone()).prop_map(|(at, n)| E::Spoil(at, n)),
        1 => place.prop_map(E::LoseArchive),
        6 => Just(E::Rest),
    ]
}

const ATTUNE_RULE: &str = "ref: echo.ring\nlabel: \"Ring\"\ndescription: \"Rings\"\nenabled: true\ntrigger_ref: core.timer\n\
    trigger_params: {}\naction_ref: gong.say\naction_params: {}\nconditions: {}\n";
const STACKSTORM_RULE: &str = "---\nname: ring\ndescription: Rings.\nenabled: true\ntrigger:\n  type: core.st2.webhook\n  \
    parameters:\n    url: ring\naction:\n  ref: bell.say\n  parameters: {}\n";

/// Returns an API with two sizes, which no manifest announces.
fn api(first: u8) -> String {
    format!(
        "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata:\n  name: xqueues.acme.example\n\
         spec:\n  group: acme.example\n  names:\n    kind: XQueue\n    plural: xqueues\n  claimNames:\n    kind: Queue\n    \
         plural: queues\n  versions:\n    - name: v1\n      served: true\n      referenceable: true\n      schema:\n        \
         openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              \
         properties:\n                size:\n                  type: string\n                  enum: [s{first}, s{}]\n",
        first + 1
    )
}

/// Returns a claim of that API.
fn claim(size: u8) -> String {
    format!(
        "apiVersion: acme.example/v1\nkind: Queue\nmetadata:\n  name: jobs\n  namespace: billing\nspec:\n  size: s{size}\n"
    )
}

/// Returns an object that delivers the API.
fn delivery(n: u8) -> String {
    let path = if n == 3 { "queue/gone" } else { "queue" };
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: queue\nspec:\n  project: default\n  source:\n    \
         repoURL: https://acme.example/repo\n    targetRevision: v{n}\n    path: {path}\n  destination:\n    name: main\n"
    )
}

/// Where they lie.
const DELIVERY: &str = "repo/argo/queue.yaml";
const API: &str = "repo/queue/definitions/queue.yaml";
const CLAIM: &str = "repo/billing/platform/claims/billing/jobs.yaml";

/// A registry of a plain directory and of a repository with tags.
struct Scene {
    site: SiteTest,
    repository: RepoFixture,
}

impl Scene {
    fn new() -> Self {
        let site = SiteTest::new()
            .file("packyard.toml", &configuration(0))
            .file("theme/none", "")
            .pack("packs/echo", &packs::attune("echo", "1.0.0", "hello"))
            .pack("packs/lamp", &packs::stackstorm("lamp", "1.0.0", "light"));
        // Each refers to a pack of the other source: what one changes, the pages of the other show.
        tree::write(&site.root().join("packs/echo/rules"), &packs::tree(&[("ring.yaml", ATTUNE_RULE.to_owned())]));
        tree::write(&site.root().join("packs/lamp/rules"), &packs::tree(&[("ring.yaml", STACKSTORM_RULE.to_owned())]));
        let mut repository = RepoFixture::init(site.root().join("repo"));
        tree::write(&site.root().join("repo/bell"), &packs::stackstorm("bell", "1.0.0", "ding"));
        tree::write(&site.root().join("repo/gong"), &packs::attune("gong", "1.0.0", "dong"));
        let service = "service:\n  name: billing\n  namespace: billing\n";
        let consumer = [
            (API, api(0)),
            (CLAIM, claim(1)),
            (DELIVERY, delivery(1)),
            ("repo/billing/ci/config.yaml", service.to_owned()),
        ];
        tree::write(&site.root(), &packs::tree(&consumer));
        repository.commit("one").tag("bell-v1.0.0").tag("gong-v1.0.0");
        Self { site, repository }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.site.root().join(path)
    }

    /// Returns one of the packs that are there.
    fn pack(&self, at: usize) -> Option<PathBuf> {
        let below = |folder: &str| {
            let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
            let mut packs: Vec<_> =
                entries.map(|entry| entry.path()).filter(|path| path.join("pack.yaml").is_file()).collect();
            packs.sort();
            packs
        };
        let all: Vec<PathBuf> = ["packs", "repo"].into_iter().flat_map(below).collect();
        all.get(at % all.len().max(1)).cloned()
    }

    /// Makes a change; returns the files that it touched, or nothing when that cannot be said.
    fn apply(&mut self, edit: &Edit) -> Option<Vec<PathBuf>> {
        match edit {
            Edit::Readme(at, n) => self.rewrite(*at, "README.md", |_| format!("# Read me\n\nSays word {n}.\n")),
            Edit::Action(at, n) => self.rewrite(*at, "actions/say.yaml", |text| {
                let line = text.lines().find(|line| line.starts_with("description:")).unwrap_or("description:");
                text.replace(line, &format!("description: \"Says word {n}\""))
            }),
            Edit::Api(3) => {
                let _ = fs::remove_file(self.path(API));
                Some(vec![self.path(API)])
            }
            Edit::Api(n) | Edit::Claim(n) => {
                let (path, text) = if matches!(edit, Edit::Api(_)) { (API, api(*n)) } else { (CLAIM, claim(*n)) };
                fs::create_dir_all(self.path(path).parent().expect("a folder")).expect("made");
                fs::write(self.path(path), text).expect("written");
                Some(vec![self.path(path)])
            }
            Edit::Deliver(0) => {
                let _ = fs::remove_file(self.path(DELIVERY));
                Some(vec![self.path(DELIVERY)])
            }
            Edit::Deliver(n) => {
                fs::create_dir_all(self.path("repo/argo")).expect("made");
                fs::write(self.path(DELIVERY), delivery(*n)).expect("written");
                Some(vec![self.path(DELIVERY)])
            }
            Edit::AddAction(at, n) => {
                let pack = self.pack(*at)?;
                let text = fs::read_to_string(pack.join("actions/say.yaml")).ok()?;
                let path = pack.join(format!("actions/say{n}.yaml"));
                fs::write(&path, text.replace("say\n", &format!("say{n}\n"))).expect("written");
                Some(vec![path])
            }
            Edit::DeleteAction(at) => {
                let path = self.pack(*at)?.join("actions/say.yaml");
                let _ = fs::remove_file(&path);
                Some(vec![path])
            }
            Edit::Break(at) => self.rewrite(*at, "pack.yaml", |text| match text.strip_prefix("{[\n") {
                Some(whole) => whole.to_owned(),
                None => format!("{{[\n{text}"),
            }),
            Edit::Version(at, n) => self.rewrite(*at, "pack.yaml", |text| {
                let line = text.lines().find(|line| line.starts_with("version:")).unwrap_or("version:");
                text.replace(line, &format!("version: 1.{n}.0"))
            }),
            Edit::AddPack(n) => {
                let name = format!("new{n}");
                tree::write(&self.path(&format!("packs/{name}")), &packs::attune(&name, "1.0.0", "new"));
                None
            }
            Edit::DeletePack(at) => fs::remove_dir_all(self.pack(*at)?).ok().and(None),
            Edit::MovePack(at, n) => {
                let pack = self.pack(*at)?;
                fs::rename(&pack, pack.with_file_name(format!("moved{n}"))).ok().and(None)
            }
            Edit::Commit => {
                self.repository.git(&["add", "-A"]);
                self.repository.git(&["commit", "-q", "--allow-empty", "-m", "more"]);
                None
            }
            Edit::Tag(n) => {
                let tag = format!("bell-v1.{n}.0");
                self.repository.git(&["tag", "-f", &tag]);
                None
            }
            Edit::MoveTag(n) => {
                self.repository.git(&["tag", "-f", &format!("gong-v1.{n}.0"), "HEAD"]);
                None
            }
            Edit::DeleteTag(n) => {
                let tag = format!("bell-v1.{n}.0");
                if self.repository.git(&["tag", "-l", &tag]).contains(&tag) {
                    self.repository.git(&["tag", "-d", &tag]);
                }
                None
            }
            Edit::Yank(at) => {
                let histories = self.site.index().load().expect("the index can be read").histories;
                let releases: Vec<_> = histories
                    .values()
                    .flat_map(|history| history.releases().map(|(release, _)| (history.id(), &release.version)))
                    .collect();
                let (id, version) = releases.get(at % releases.len().max(1))?;
                self.site.yank(id.name.as_str(), version.as_str(), "it leaks");
                None
            }
            Edit::Template(n) => {
                let path = self.path("theme/404.html");
                match n {
                    0 => drop(fs::remove_file(&path)),
                    n => fs::write(&path, format!("<p>lost {n}</p>")).expect("written"),
                }
                Some(vec![path])
            }
            Edit::Configure(n) => {
                let path = self.path("packyard.toml");
                fs::write(&path, configuration(*n)).expect("written");
                Some(vec![path])
            }
            Edit::Tamper(n) => {
                let public = self.path("public");
                match n {
                    0 => drop(fs::remove_file(public.join("index.html"))),
                    1 => drop(fs::write(public.join("index.json"), "{}")),
                    2 => drop(fs::write(public.join("stray.txt"), "stray")),
                    _ => drop(fs::remove_dir_all(public.join("packs/attune"))),
                }
                Some(Vec::new())
            }
            Edit::Spoil(at, n) => {
                self.spoil(*at, *n);
                Some(Vec::new())
            }
            Edit::LoseArchive(at) => {
                let archives = self.path("registry-archives");
                let files: Vec<String> = tree::read(&archives).into_keys().collect();
                let lost = archives.join(files.get(at % files.len().max(1))?);
                fs::remove_file(lost).expect("deleted");
                Some(Vec::new())
            }
            Edit::Rest => {
                std::thread::sleep(REST);
                Some(Vec::new())
            }
        }
    }

    fn rewrite(&self, at: usize, file: &str, change: impl Fn(&str) -> String) -> Option<Vec<PathBuf>> {
        let path = self.pack(at)?.join(file);
        let text = fs::read_to_string(&path).ok()?;
        fs::write(&path, change(&text)).expect("written");
        Some(vec![path])
    }

    fn spoil(&self, at: usize, how: u8) {
        let entries = fs::read_dir(self.path(".packyard-cache")).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        let Some(path) = files.get(at % files.len().max(1)) else { return };
        let mut bytes = fs::read(path).expect("read");
        let middle = bytes.len() / 2;
        match how {
            0 => return fs::remove_file(path).expect("deleted"),
            1 => bytes.truncate(middle),
            _ => bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 0x40),
        }
        fs::write(path, bytes).expect("written");
    }

    /// Returns everything that a build without any memory leaves, and what it says, in a copy of the registry.
    fn clean(&self) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
        let copy = SiteTest::new();
        for name in ["packs", "repo", "theme", "registry-index", "registry-archives", "packyard.toml"] {
            let (from, to) = (self.path(name), copy.root().join(name));
            if from.is_dir() {
                tree::copy(&from, &to);
            } else if from.is_file() {
                fs::copy(&from, &to).expect("copied");
            }
        }
        let report = copy.build_without_memory().expect("built");
        (left(&copy.root()), said(&report))
    }
}

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

fn configuration(n: u8) -> String {
    let lints = if n == 1 { "[lints]\nversion-untagged = \"allow\"\n" } else { "" };
    let name = if n == 2 { "Other packs" } else { "Packs" };
    let url = if n == 3 { "https://other.example" } else { "https://packs.example" };
    format!(
        "[registry]\nname = \"{name}\"\nurl = \"{url}\"\ntemplates = \"theme\"\n\n[[source]]\npath = \"packs\"\n\n\
         [[source]]\npath = \"repo\"\n\n{lints}"
    )
}

/// Requires equal trees, and names the paths that differ.
fn same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
    let all: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differ: Vec<&&String> = all.iter().filter(|path| found.get(**path) != expected.get(**path)).collect();
    prop_assert!(differ.is_empty(), "{differ:?}");
    Ok(())
}

/// Returns the paths at which two registries differ.
fn differing(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    a.keys().chain(b.keys()).filter(|key| a.get(*key) != b.get(*key)).cloned().collect()
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
    assert_eq!(differing(&served(&standing), &served(&new)), Vec::<String>::new());
    let changed = differing(&before, &served(&new));
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
        assert_eq!(differing(&served(&standing), &served(&new)), Vec::<String>::new());
        served(&new)
    };
    let whole = shown();
    // Only the first release has an action that another pack's rules start.
    repository.git(&["tag", "--delete", "v1.0.0"]);
    assert_eq!(shown().keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    repository.git(&["tag", "v1.0.0", "HEAD~1"]);
    assert_eq!(differing(&shown(), &whole), Vec::<String>::new());
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
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed: Vec<&&String> =
        all.iter().filter(|path| path.starts_with("public/") && before.get(**path) != after.get(**path)).collect();
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
    let stray: Vec<_> = changed.iter().filter(|path| !path.strip_prefix("public/").is_some_and(is_expected)).collect();
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
