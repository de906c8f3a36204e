//! What happens to a registry between two builds: files, tags, yanks, templates, configuration, and what spoils memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::{REST, left, said};
use crate::support::repository::RepoFixture;
use crate::support::{SiteTest, packs, tree};

/// Something that happens to a registry between two builds. Numbers choose among what is there.
#[derive(Debug, Clone)]
pub(super) enum Edit {
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

pub(super) fn edit() -> impl Strategy<Value = Edit> {
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
pub(super) struct Scene {
    pub(super) site: SiteTest,
    pub(super) repository: RepoFixture,
}

impl Scene {
    pub(super) fn new() -> Self {
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

    pub(super) fn path(&self, path: &str) -> PathBuf {
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
    pub(super) fn apply(&mut self, edit: &Edit) -> Option<Vec<PathBuf>> {
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
    pub(super) fn clean(&self) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
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

/// Returns one of the configurations of the registry.
pub(super) fn configuration(n: u8) -> String {
    let lints = if n == 1 { "[lints]\nversion-untagged = \"allow\"\n" } else { "" };
    let name = if n == 2 { "Other packs" } else { "Packs" };
    let url = if n == 3 { "https://other.example" } else { "https://packs.example" };
    format!(
        "[registry]\nname = \"{name}\"\nurl = \"{url}\"\ntemplates = \"theme\"\n\n[[source]]\npath = \"packs\"\n\n\
         [[source]]\npath = \"repo\"\n\n{lints}"
    )
}
