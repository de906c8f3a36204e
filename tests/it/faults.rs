//! A build and a publication are killed at each of their operations on the file system: what is left verifies, and the next run
//! completes it.
//!
//! By default at some of the operations; with `PACKYARD_FAULTS=every` at all of them, which `cargo xtask test faults` does, with
//! the program that `PACKYARD_PROGRAM` names.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use packyard::index::store::Store;
use rayon::prelude::*;

use crate::support::repository::git_command;
use crate::support::site::Finished;
use crate::support::tree::Tree;
use crate::support::{RepoFixture, SiteTest, packs, tree};

/// How many operations are tried by default.
const SAMPLE: usize = 24;

/// Returns the program that kills another one, which is compiled now; nothing where no process may trace another, as in
/// some containers.
fn kill_at(directory: &Path) -> Option<PathBuf> {
    let program = directory.join("kill_at");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/kill_at.c");
    let compiled = Command::new("cc").args(["-O1", "-Wall", "-Werror", "-o"]).arg(&program).arg(source).status();
    assert!(compiled.expect("a C compiler runs, as for building packyard").success());
    let tried = Command::new(&program).args(["0", "true"]).output().expect("it was just made");
    if !tried.status.success() {
        assert!(!every(), "no process may trace another here: {}", String::from_utf8_lossy(&tried.stderr));
        eprintln!(
            "no process may trace another here, so nothing was killed: {}",
            String::from_utf8_lossy(&tried.stderr)
        );
        return None;
    }
    Some(program)
}

/// Tells whether every operation is tried, and not a sample.
fn every() -> bool {
    std::env::var_os("PACKYARD_FAULTS").is_some_and(|value| value == "every")
}

/// Returns the program that is killed.
fn packyard() -> PathBuf {
    std::env::var_os("PACKYARD_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_packyard").into(), PathBuf::from)
}

/// Runs the program under the one that kills it before an operation, 0 for none; returns how many operations there were.
fn run_killed(site: &SiteTest, killer: &Path, at: usize, directory: &Path, arguments: &[&str]) -> (Finished, usize) {
    let like = site.command();
    let mut command = Command::new(killer);
    command.arg(at.to_string()).arg(packyard()).args(arguments).current_dir(directory).env_clear();
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let finished = Finished::new(command.output().expect("it runs"));
    let said = finished.stderr.lines().last().and_then(|line| line.strip_prefix("operations ")?.parse().ok());
    let operations = said.unwrap_or_else(|| panic!("{}{}", finished.stdout, finished.stderr));
    (finished, operations)
}

/// Returns the operations that are tried.
fn tried(operations: usize) -> Vec<usize> {
    let step = if every() { 1 } else { operations.div_ceil(SAMPLE).max(1) };
    // The first and the last ones are always among them.
    (1..=operations).filter(|at| at % step == 1 % step || operations - at < 2).collect()
}

fn verify(site: &SiteTest, directory: &Path) {
    let checked = |arguments: &[&str]| {
        let mut command = site.command();
        Finished::new(command.current_dir(directory).args(arguments).output().expect("runs"))
    };
    let index = camino::Utf8PathBuf::from_path_buf(directory.join("registry-index")).expect("UTF-8");
    let loaded = Store::at(index).load().expect("readable");
    assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
    if directory.join("public/index.json").is_file() {
        // What is recorded and not published yet is what the build was killed over; nothing else may be wrong.
        let verified = checked(&["verify", "./public"]);
        assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    }
}

/// Makes a registry of one pack, which has two releases in a repository of its own.
fn registry() -> SiteTest {
    let site = SiteTest::new().file("packyard.toml", "[registry]\nname = \"Words\"\n\n[[source]]\ngit = \"../echo\"\n");
    let mut echo = RepoFixture::init(site.beside("echo"));
    for version in ["1.0.0", "1.1.0"] {
        tree::write(echo.path(), &packs::attune("echo", version, version));
        echo.commit(version).tag(&format!("v{version}"));
    }
    site
}

fn state(site: &SiteTest) -> [Tree; 3] {
    ["registry-index", "registry-archives", "public"].map(|folder| tree::read(&site.root().join(folder)))
}

/// Kills builds of a registry at every operation of the build that follows `begin`.
fn builds_survive(begin: impl Fn(&SiteTest) + Sync) {
    let tools = tempfile::tempdir().expect("a directory");
    let Some(killer) = kill_at(tools.path()) else { return };
    let whole = registry();
    begin(&whole);
    let (finished, operations) = run_killed(&whole, &killer, 0, &whole.root(), &["build"]);
    assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
    assert!(operations > 50, "{operations}");
    let expected = state(&whole);
    let tried = tried(operations);
    let killed: usize = tried
        .par_iter()
        .map(|at| {
            let site = registry();
            begin(&site);
            let (killed, _) = run_killed(&site, &killer, *at, &site.root(), &["build"]);
            verify(&site, &site.root());
            let completed = site.packyard(&["build"]);
            assert_eq!(completed.code, 0, "{at}: {}{}", completed.stdout, completed.stderr);
            verify(&site, &site.root());
            let now = state(&site);
            for (folder, (now, expected)) in now.iter().zip(&expected).enumerate() {
                // A file that was being written has no name that anybody reads.
                let named = |tree: &Tree| -> Tree {
                    tree.iter()
                        .filter(|(path, _)| !path.contains("/.") && !path.starts_with(".packyard-"))
                        .map(|(p, b)| (p.clone(), b.clone()))
                        .collect()
                };
                assert!(named(now) == named(expected), "operation {at}, folder {folder}");
            }
            usize::from(killed.code == 137)
        })
        .sum();
    // Threads do not do the same in every run: the last operations may not come.
    assert!(killed * 10 >= tried.len() * 9, "{killed} of {} were killed", tried.len());
}

#[test]
fn a_first_build_survives_a_kill_at_any_operation() {
    builds_survive(|_| {});
}

#[test]
fn a_build_that_adds_a_release_survives_a_kill_at_any_operation() {
    builds_survive(|site| {
        assert_eq!(site.packyard(&["build"]).code, 0);
        let mut echo = RepoFixture::open(site.beside("echo"), 1_700_100_000);
        tree::write(echo.path(), &packs::attune("echo", "2.0.0", "two"));
        echo.commit("Two").tag("v2.0.0");
    });
}

#[test]
fn a_publication_survives_a_kill_at_any_operation() {
    let tools = tempfile::tempdir().expect("a directory");
    let Some(killer) = kill_at(tools.path()) else { return };
    let world = || {
        let site = SiteTest::new();
        let mut echo = RepoFixture::init(site.beside("echo"));
        tree::write(echo.path(), &packs::attune("echo", "1.0.0", "one"));
        echo.commit("One").tag("v1.0.0");
        echo.git(&["remote", "add", "origin", "https://git.acme.example/echo.git"]);
        let mut begin = RepoFixture::init(site.beside("begin"));
        begin.file("packyard.toml", "[registry]\nname = \"Words\"\n").commit("Begin");
        begin.git(&["clone", "--quiet", "--bare", ".", "../registry.git"]);
        site
    };
    let arguments = ["publish", "--registry", "../registry.git"];
    let whole = world();
    let (finished, operations) = run_killed(&whole, &killer, 0, &whole.beside("echo"), &arguments);
    assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
    tried(operations).par_iter().for_each(|at| {
        let site = world();
        run_killed(&site, &killer, *at, &site.beside("echo"), &arguments);
        let again = {
            let mut command = site.command();
            Finished::new(command.current_dir(site.beside("echo")).args(arguments).output().expect("runs"))
        };
        assert_eq!(again.code, 0, "operation {at}: {}{}", again.stdout, again.stderr);
        let clone = site.beside("clone");
        let cloned = git_command().args(["clone", "--quiet"]).arg(site.beside("registry.git")).arg(&clone).status();
        assert!(cloned.expect("git runs").success());
        verify(&site, &clone);
        let lines = std::fs::read_to_string(clone.join("registry-index/packs/attune/ec/echo.jsonl")).expect("recorded");
        assert_eq!(lines.lines().count(), 2, "operation {at}: {lines}");
    });
}
