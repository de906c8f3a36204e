//! The program as it is typed: exit codes, texts, and that its own advice works.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::{RepoFixture, SiteTest};

/// Returns a registry whose only pack cannot be read.
fn with_a_bad_pack() -> SiteTest {
    SiteTest::new()
        .file("packyard.toml", "[[source]]\npath = \"packs\"\necosystem = \"attune\"\n")
        .file("packs/a/pack.yaml", "ref: a\nname: [unclosed\n")
}

/// Ensures that a new registry builds at once, in an empty directory and without a configuration.
#[test]
fn an_empty_directory_becomes_a_registry() {
    let site = SiteTest::new();
    let started = site.packyard(&["init"]).with_code(0);
    assert!(started.stdout.contains("packyard new"), "{}", started.stdout);
    let built = site.packyard(&["build"]).with_code(0);
    assert!(built.stdout.starts_with("Built 0 packs, 0 releases → public/"), "{}", built.stdout);
    assert!(site.tree().contains_key("index.html"));
    SiteTest::new().packyard(&["build"]).with_code(0);
}

/// Ensures that `init` overwrites nothing, and adds its line to `.gitignore` once.
#[test]
fn init_keeps_what_is_there() {
    let site = SiteTest::new().file(".gitignore", "*.log").file("packs/README.md", "ours");
    site.packyard(&["init"]).with_code(0);
    let read = |path: &str| std::fs::read_to_string(site.root().join(path)).expect("there");
    assert_eq!(read(".gitignore"), "*.log\n/public/\n");
    assert_eq!(read("packs/README.md"), "ours");
    let again = site.packyard(&["init"]).with_code(2);
    assert_eq!(again.stderr, "error: `./packyard.toml` is already there; nothing was changed\n");
}

/// Ensures that the pack which `new` makes passes every check, in every ecosystem, and is never overwritten.
#[test]
fn a_new_pack_passes_every_check() {
    for ecosystem in packyard::ecosystem::ALL {
        let site = SiteTest::new();
        let repository = RepoFixture::init(site.root());
        site.packyard(&["init"]).with_code(0);
        site.packyard(&["new", ecosystem.id(), "hello"]).with_code(0);
        // Some packs have their versions from git alone.
        repository.git(&["add", "packs"]);
        let checked = site.packyard(&["check", "--deny-warnings"]).with_code(0);
        assert_eq!(checked.stdout, "no findings in 1 pack\n");
        let one = site.packyard(&["check", "packs/hello", "--deny-warnings"]).with_code(0);
        assert_eq!(one.stdout, "no findings in 1 pack\n");
        site.packyard(&["new", ecosystem.id(), "hello"]).with_code(2);
    }
}

/// Ensures the documented exit codes: 1 for findings, 2 for usage and configuration, 3 for the machine.
#[test]
fn exit_codes_tell_what_was_wrong() {
    let bad = with_a_bad_pack();
    let found = bad.packyard(&["check"]).with_code(1);
    assert!(found.stdout.starts_with("error[") && found.stderr.is_empty(), "{found:?}");

    let site = SiteTest::new();
    site.packyard(&["chekc"]).with_code(2);
    site.packyard(&["check", "nowhere"]).with_code(2);
    site.packyard(&["-C", "nowhere", "check"]).with_code(2);
    let broken = SiteTest::new().file("packyard.toml", "[registri]\n").packyard(&["build"]).with_code(2);
    assert!(broken.stderr.contains("registri"), "{}", broken.stderr);

    let machine = SiteTest::new().file("public", "a file where a directory should be");
    let failed = machine.packyard(&["build"]).with_code(3);
    assert!(failed.stderr.starts_with("error: ") && failed.stderr.contains("\n  caused by: "), "{}", failed.stderr);
}

/// Ensures that warnings fail a check on demand only.
#[test]
fn warnings_fail_on_demand() {
    let site = SiteTest::new().file("packs/a/readme.txt", "no pack");
    let shown = site.packyard(&["check"]).with_code(0);
    assert!(shown.stdout.contains("warning[no-pack]"), "{}", shown.stdout);
    site.packyard(&["check", "--deny-warnings"]).with_code(1);
}

/// Ensures that every machine format is what it says, with nothing around it.
#[test]
fn formats_for_programs_hold_nothing_else() {
    let site = with_a_bad_pack();
    for (format, key) in [("json", "diagnostics"), ("sarif", "runs")] {
        let written = site.packyard(&["check", "--format", format]).with_code(1);
        let value: serde_json::Value = serde_json::from_str(&written.stdout).expect("JSON");
        assert!(value[key].as_array().is_some_and(|list| !list.is_empty()), "{}", written.stdout);
    }
    let written = site.packyard(&["check", "--format", "github"]).with_code(1);
    assert!(written.stdout.lines().all(|line| line.starts_with("::")), "{}", written.stdout);
}

/// Ensures that a code that does not exist is answered with the one that was meant.
#[test]
fn an_unknown_code_is_answered_with_a_near_one() {
    let site = SiteTest::new();
    let answer = site.packyard(&["explain", "tag-movd"]).with_code(2);
    assert_eq!(answer.stderr, "error: there is no code `tag-movd`; did you mean `tag-moved`?\n");
    let rule = site.packyard(&["explain", "tag-moved"]).with_code(0);
    assert!(
        rule.stdout.starts_with("error[tag-moved]\n\nA released tag now points to other content"),
        "{}",
        rule.stdout
    );
    let list = site.packyard(&["explain"]).with_code(0);
    assert!(packyard::rules::all().iter().all(|code| list.stdout.contains(code.name())));
}

/// Ensures that a reader which goes away, as `head` does, is no error.
#[test]
fn a_closed_pipe_is_no_error() {
    let site = SiteTest::new();
    let mut child = site
        .command()
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
    assert_eq!((child.wait().expect("it ends").code(), stderr.as_str()), (Some(0), ""));
}

/// Ensures that colours are for terminals only, and can be asked for.
#[test]
fn pipes_get_no_colours() {
    let site = SiteTest::new();
    assert!(!site.packyard(&["explain"]).stdout.contains('\u{1b}'));
    let forced = site.command().arg("explain").env("CLICOLOR_FORCE", "1").output().expect("the program runs");
    assert!(forced.stdout.contains(&0x1b));
}

/// Ensures that a manifest nobody can read is an error, though nothing else tells whose pack it would be.
#[test]
fn an_unreadable_manifest_without_other_evidence_is_an_error() {
    let site = SiteTest::new().file("p/pack.yaml", "ref: [unclosed\nversion: 1.0.0\n");
    let found = site.packyard(&["check"]).with_code(1);
    for code in ["attune-manifest-unreadable", "yaml-syntax"] {
        assert!(found.stdout.contains(code), "{}", found.stdout);
    }
    let empty = SiteTest::new().file("p/pack.yaml", "ref: a\nversion: 1.0.0\n").packyard(&["check"]).with_code(0);
    assert!(empty.stdout.contains("ambiguous-ecosystem"), "{}", empty.stdout);
}

/// Ensures that with `--dir` every relative path starts there, that of the cache as that of the output.
#[test]
fn relative_paths_start_at_the_directory_that_is_named() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("echo"));
    crate::support::tree::write(repository.path(), &crate::support::packs::attune("echo", "1.0.0", "one"));
    repository.commit("One").tag("v1.0.0");
    let source = format!("[[source]]\ngit = \"file://{}\"\n", repository.path().display());
    let site = site.file("packyard.toml", &source);
    let elsewhere = site.beside("elsewhere");
    std::fs::create_dir(&elsewhere).expect("made");
    let mut command = site.command();
    command.current_dir(&elsewhere).arg("-C").arg(site.root()).args(["build", "--cache", "clones", "--out", "written"]);
    assert!(command.status().expect("the program runs").success());
    assert!(site.root().join("clones").is_dir() && site.root().join("written/index.json").is_file());
    assert!(std::fs::read_dir(&elsewhere).expect("there").next().is_none());
}

/// Ensures that a revision that was typed wrongly is no failure of the machine.
#[test]
fn a_revision_that_is_not_there_is_a_usage_error() {
    let site = SiteTest::new();
    let refused = site.packyard(&["check", "--against", "main"]).with_code(2);
    assert!(refused.stderr.contains("it is not in a git repository"), "{}", refused.stderr);
}

/// Ensures that only files of packs are looked at: a Python project around them may have links.
#[test]
#[cfg(unix)]
fn what_is_no_pack_may_have_links() {
    let site = SiteTest::new()
        .file("packyard.toml", "[[source]]\npath = \".\"\n")
        .file("pyproject.toml", "[project]\nname = \"around\"\nversion = \"1.0.0\"\n")
        .pack("contrib/echo", &crate::support::packs::stackstorm("echo", "1.0.0", "hello"));
    std::os::unix::fs::symlink("elsewhere", site.root().join("outside")).expect("a link");
    let checked = site.packyard(&["check"]).with_code(0);
    assert_eq!(checked.stdout, "no findings in 1 pack\n");
    std::os::unix::fs::symlink("elsewhere", site.root().join("contrib/echo/inside")).expect("a link");
    let checked = site.packyard(&["check"]).with_code(0);
    assert!(checked.stdout.contains("warning[symlink]: `inside` is a symbolic link"), "{}", checked.stdout);
}
