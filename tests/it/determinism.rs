//! The same inputs give the same bytes, whatever surrounds the program.

use std::path::Path;
use std::process::Command;

use crate::support::repository::git_command;
use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

const CONFIG: &str = "\
[registry]
name = \"Determinism\"
url = \"https://packs.example.org\"

[[source]]
path = \"packs\"

[[source]]
git = \"../tagged\"
repository = \"https://git.example.org/tagged.git\"
";

/// Makes a registry with one pack of each ecosystem in a directory and one in a repository with tags, whose index and archives
/// are recorded already.
fn recorded() -> SiteTest {
    let site = SiteTest::new().file("packyard.toml", CONFIG);
    let ecosystems: Vec<&str> = packyard::ecosystem::ALL.iter().map(|ecosystem| ecosystem.id()).collect();
    for ecosystem in &ecosystems {
        site.packyard(&["new", ecosystem, &format!("{ecosystem}_plain")]).with_code(0);
    }
    let mut repository = RepoFixture::init(site.beside("tagged"));
    site.packyard(&["new", ecosystems[0], "tagged", "--into", "../scaffold"]).with_code(0);
    tree::copy(&site.beside("scaffold/tagged"), repository.path());
    repository.commit("First").tag("v0.1.0").file("docs/notes.md", "Grüße\n").commit("Notes");
    let manifest = std::fs::read_to_string(repository.path().join("pack.yaml")).expect("a manifest");
    assert!(manifest.contains("0.1.0"), "the scaffold's version is the tag's");
    repository.file("pack.yaml", &manifest.replace("0.1.0", "0.2.0")).commit("Second").tag("v0.2.0");
    site.packyard(&["build"]).with_code(0);
    assert!(site.tree().len() > 20, "something was built");
    site
}

/// Builds again into an empty folder, from a copy of the sources, and returns what came out.
fn rebuilt(recorded: &SiteTest, vary: impl Fn(&SiteTest, &mut Command)) -> Tree {
    let site = SiteTest::new();
    tree::copy(&recorded.root(), &site.root());
    std::fs::remove_dir_all(site.root().join("public")).expect("it was built");
    tree::copy(&recorded.beside("tagged"), &site.beside("tagged"));
    let mut command = site.command();
    command.arg("build");
    vary(&site, &mut command);
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    site.tree()
}

/// Ensures that neither place, zone, locale, threads, clock nor umask reach the output.
#[test]
fn a_registry_is_the_same_wherever_it_is_built() {
    let recorded = recorded();
    let expected = recorded.tree();
    let assert_same = |what: &str, vary: &dyn Fn(&SiteTest, &mut Command)| {
        if let Some(difference) = tree::difference(&expected, &rebuilt(&recorded, vary)) {
            panic!("{what} reaches the output: {difference}");
        }
    };
    assert_same("the place", &|_, _| {});
    assert_same("the working directory", &|site, command| {
        command.current_dir("/").arg("--dir").arg(site.root());
    });
    for (name, value) in [
        ("TZ", "Pacific/Kiritimati"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "de_DE.UTF-8"),
        ("RAYON_NUM_THREADS", "1"),
        ("RAYON_NUM_THREADS", "7"),
        ("SOURCE_DATE_EPOCH", "1999999999"),
        ("CLICOLOR_FORCE", "1"),
    ] {
        assert_same(&format!("{name}={value}"), &|_, command| {
            command.env(name, value);
        });
    }
    assert_same("the clock", &|_, command| {
        command.env_remove("SOURCE_DATE_EPOCH");
    });
}

/// Ensures that the umask reaches neither bytes nor modes of the output.
#[cfg(unix)]
#[test]
fn the_umask_does_not_matter() {
    use std::os::unix::fs::PermissionsExt as _;
    let recorded = recorded();
    let site = SiteTest::new();
    tree::copy(&recorded.root(), &site.root());
    tree::copy(&recorded.beside("tagged"), &site.beside("tagged"));
    std::fs::remove_dir_all(site.root().join("public")).expect("it was built");
    let inner = site.command();
    let mut command = Command::new("sh");
    command
        .current_dir(site.root())
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(["-c", "umask 077 && exec \"$0\" build"]).arg(inner.get_program());
    assert!(command.status().expect("sh runs").success());
    let tree = site.tree();
    assert_eq!(tree::difference(&recorded.tree(), &tree), None);
    for path in tree.keys() {
        let mode = site.root().join("public").join(path).metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{path}");
    }
}

/// Ensures that a shallow clone gives the same registry, once its releases are recorded.
#[test]
fn the_depth_of_a_clone_does_not_matter() {
    let recorded = recorded();
    assert_eq!(tree::difference(&recorded.tree(), &rebuilt(&recorded, |site, _| make_shallow(site))), None);
}

/// Puts a shallow clone in the place of the repository of a site.
pub(crate) fn make_shallow(site: &SiteTest) {
    let (from, to) = (site.beside("tagged"), site.beside("shallow"));
    clone_shallow(&from, &to);
    std::fs::remove_dir_all(&from).expect("it is there");
    std::fs::rename(&to, &from).expect("on the same disk");
}

const API: &str = "\
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xworkers.g.example}
spec:
  group: g.example
  names: {kind: XWorker, plural: xworkers}
  claimNames: {kind: Worker, plural: workers}
  versions:
    - name: v1
      served: true
      referenceable: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: string, enum: [SIZES]}, zone: {type: string, default: north}}}
---
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: {name: workers}
spec:
  compositeTypeRef: {apiVersion: g.example/v1, kind: XWorker}
  mode: Pipeline
  pipeline: [{step: a, functionRef: {name: f}}]
";

const CLAIM: &str = "\
apiVersion: g.example/v1
kind: Worker
metadata: {name: worker, namespace: money}
spec: {size: SIZE}
";

/// Writes packs that refer to each other: a service to an API, by its newest state and at a release, and one pack to the actions
/// of another, some of which are not there.
pub(crate) fn write_packs(repository: &mut RepoFixture, version: &str, sizes: &str, actions: [&str; 2]) {
    let (size, _) = sizes.split_once(',').expect("two sizes");
    repository
        .file("worker/README.md", &format!("# Worker {version}\n\nSee [more](more.md).\n"))
        .file("worker/api.yaml", &API.replace("SIZES", sizes))
        .file("billing/ci/config.yaml", "service: {name: billing, namespace: money}\nplatform: {branch: main}\n")
        .file("billing/platform/claims/money/worker.yaml", &CLAIM.replace("SIZE", size));
    for name in ["cook", "waiter"] {
        for (path, bytes) in packs::stackstorm(name, version, "food") {
            let path = repository.path().join(name).join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            std::fs::write(path, bytes).expect("it can be written");
        }
    }
    let action = std::fs::read_to_string(repository.path().join("cook/actions/say.yaml")).expect("it was written");
    for other in ["bake", "fry"] {
        let _ = std::fs::remove_file(repository.path().join(format!("cook/actions/{other}.yaml")));
    }
    for name in actions {
        repository.file(&format!("cook/actions/{name}.yaml"), &action.replace("name: say", &format!("name: {name}")));
    }
    for target in ["bake", "fry", "boil"] {
        let rule = format!(
            "---\nname: {target}\npack: waiter\ndescription: Orders.\nenabled: true\ntrigger:\n  type: core.st2.webhook\n  \
             parameters:\n    url: {target}\naction:\n  ref: cook.{target}\n"
        );
        repository.file(&format!("waiter/rules/{target}.yaml"), &rule);
    }
}

/// Ensures that a shallow clone gives the same registry where packs refer to each other: releases of which it has no commit are
/// checked like the others, and provide what the others provide.
#[test]
fn what_is_said_between_packs_is_the_same_in_a_shallow_clone() {
    for (place, lints) in [
        ("git = \"../tagged\"", ""),
        ("path = \"../tagged\"", ""),
        ("git = \"../tagged\"", "[lints]\nbroken-link = \"allow\"\n"),
    ] {
        let site = SiteTest::new().file("packyard.toml", &format!("[[source]]\n{place}\n{lints}"));
        let mut repository = RepoFixture::init(site.beside("tagged"));
        repository.file("LICENSE", include_str!("../../LICENSE-MIT"));
        write_packs(&mut repository, "1.0.0", "small, large", ["say", "bake"]);
        repository.commit("First").tag("v1.0.0");
        write_packs(&mut repository, "2.0.0", "medium, huge", ["say", "fry"]);
        repository.commit("Second").tag("v2.0.0");
        write_packs(&mut repository, "2.0.0", "medium, giant", ["say", "fry"]);
        repository.commit("Third");
        site.packyard(&["build"]).with_code(0);
        let whole = site.tree();
        let says = |pack: &str, page: &str, text: &str| {
            let mut pages = whole.iter().filter(|(path, _)| path.starts_with(pack) && path.ends_with(page));
            pages.any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(text))
        };
        assert!(
            says("packs/crossplane/billing/0", "/worker.html", "valid</span> <code>worker</code> 0.0.0-"),
            "remarks"
        );
        assert!(
            says("packs/stackstorm/waiter/1.0.0/", "/index.html", "has no action <code>boil</code>"),
            "unknown actions"
        );
        assert_eq!(
            says("packs/crossplane/worker/0", "/index.html", "there is no <code>more.md</code>"),
            lints.is_empty(),
            "levels"
        );

        assert!(says("packs/crossplane/worker/0", "/release.json", "MIT"), "the licence of the repository");
        let shallow = rebuilt(&site, |site, _| make_shallow(site));
        assert_eq!(tree::difference(&whole, &shallow), None, "{place} {lints}");
    }
}

fn clone_shallow(from: &Path, to: &Path) {
    let url = format!("file://{}", from.display());
    let status = git_command().args(["clone", "--quiet", "--depth=1", &url]).arg(to).status().expect("git runs");
    assert!(status.success());
}

/// Ensures that a build with nothing changed writes no file.
#[test]
fn a_second_build_writes_nothing() {
    let site = recorded();
    let again = site.packyard(&["build"]).with_code(0);
    assert!(again.stdout.contains("(0 files written, "), "{}", again.stdout);
    assert!(again.stdout.contains(" 0 deleted)"), "{}", again.stdout);
}
