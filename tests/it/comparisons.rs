//! What changed between releases: on the command line, on pages, and held against version numbers.

use serde_json::Value as Json;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

const CONFIG: &str = "\
[registry]
name = \"Words\"

[[source]]
git = \"../echo\"
repository = \"https://git.example.org/echo.git\"
";

/// A registry of `stackstorm/echo`, whose releases are tags.
struct Registry {
    site: SiteTest,
    echo: RepoFixture,
}

/// Returns the pack with these parameters of its action.
fn echo(version: &str, parameters: &str) -> Tree {
    let mut files = packs::stackstorm("echo", version, "a word");
    let action = format!(
        "---\nname: say\ndescription: Says a word.\nrunner_type: local-shell-script\nentry_point: say.sh\nenabled: \
         true\nparameters:\n{parameters}"
    );
    files.insert("actions/say.yaml".to_owned(), action.into_bytes());
    files
}

const LOUD: &str = "  loud:\n    type: boolean\n    description: Whether to shout.\n    default: false\n";
const WORD: &str = "  word:\n    type: string\n    description: What to say.\n    required: true\n";
const TIMES: &str = "  times:\n    type: integer\n    description: How often.\n    default: 1\n";

impl Registry {
    /// Makes and records 1.0.0, 1.1.0 with one more parameter, and 2.0.0 with one that must be given.
    fn recorded() -> Self {
        let site = SiteTest::new().file("packyard.toml", CONFIG);
        let echo = RepoFixture::init(site.beside("echo"));
        let mut registry = Self { site, echo };
        registry.release("1.0.0", LOUD);
        registry.release("1.1.0", &format!("{LOUD}{TIMES}"));
        registry.release("2.0.0", &format!("{LOUD}{WORD}"));
        registry.site.packyard(&["build"]).with_code(0);
        registry
    }

    fn release(&mut self, version: &str, parameters: &str) {
        tree::write(self.echo.path(), &echo(version, parameters));
        self.echo.commit(version).tag(&format!("v{version}"));
    }

    fn diff(&self, arguments: &[&str]) -> String {
        self.site.packyard(&[&["diff"], arguments].concat()).with_code(0).stdout
    }
}

/// Ensures that all ways to say the same give the same, the verdict first, and that the sources are not needed.
#[test]
fn two_releases_are_compared_as_they_are_named() {
    let registry = Registry::recorded();
    std::fs::remove_dir_all(registry.echo.path()).expect("removed");
    let newest = registry.diff(&["stackstorm/echo"]);
    let start = "stackstorm/echo 1.1.0 → 2.0.0: breaking\n2 breaking changes; 3 files changed\n";
    assert!(newest.starts_with(start), "{newest}");
    assert!(newest.contains("  Action say, Parameters, word: added\n    Whoever does not give it fails"), "{newest}");
    assert!(newest.contains("  Action say, Parameters, times: removed\n"), "{newest}");
    assert!(newest.contains("  ~ actions/say.yaml\n"), "{newest}");
    for same in [
        &["echo"][..],
        &["stackstorm/echo@2.0.0"],
        &["stackstorm/echo", "1.1.0", "2.0.0"],
        &["stackstorm/echo", "1.1.0"],
        &["stackstorm/echo@1.1.0", "stackstorm/echo@2.0.0"],
        &["stackstorm/echo@1.1.0", "v2.0.0"],
    ] {
        assert_eq!(registry.diff(same), newest, "{same:?}");
    }
    let all = registry.diff(&["echo", "1.0.0", "2.0.0"]);
    assert!(all.starts_with("stackstorm/echo 1.0.0 → 2.0.0: breaking\n1 breaking change;"), "{all}");
    assert!(registry.diff(&["echo@1.1.0"]).starts_with("stackstorm/echo 1.0.0 → 1.1.0: feature\n"));
    assert_eq!(registry.diff(&["echo", "1.0.0", "1.0.0"]), "stackstorm/echo 1.0.0 → 1.0.0: the same content\n");
}

/// Ensures that the JSON on the command line is the published file.
#[test]
fn the_comparison_is_published_as_it_is_printed() {
    let registry = Registry::recorded();
    let printed = registry.diff(&["echo", "--format", "json"]);
    let site = registry.site.tree();
    let published = &site["packs/stackstorm/echo/compare/1.1.0...2.0.0.json"];
    assert_eq!(printed.as_bytes(), &published[..]);
    let json: Json = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((&json["verdict"], &json["promise"]), (&"breaking".into(), &"breaking".into()));
    assert_eq!(json["changes"][0]["component"]["name"], "say");
    assert_eq!(json["files"]["changed"][0], "CHANGES.md");
    let compared: Vec<&str> =
        site.keys().filter_map(|path| path.strip_prefix("packs/stackstorm/echo/compare/")).collect();
    let pairs = ["1.0.0...1.1.0", "1.0.0...latest", "1.1.0...2.0.0"];
    let files: Vec<String> =
        pairs.iter().flat_map(|pair| ["html", "json"].map(|kind| format!("{pair}.{kind}"))).collect();
    assert_eq!(compared, [&files[..], &["index.html".to_owned()]].concat());
    let from_older = registry.diff(&["echo", "1.0.0", "2.0.0", "--format", "json"]);
    assert_eq!(from_older.as_bytes(), &site["packs/stackstorm/echo/compare/1.0.0...latest.json"][..]);
}

/// Ensures that what cannot be meant is told with what could be.
#[test]
fn a_slip_is_told_with_what_there_is() {
    let registry = Registry::recorded();
    for (arguments, expected) in [
        (
            &["diff", "stackstorm/ecko"][..],
            "the registry index has no pack `stackstorm/ecko`; did you mean `stackstorm/echo`?",
        ),
        (
            &["diff", "echo@3.0.0"],
            "`stackstorm/echo` has no release `3.0.0`; did you mean `1.0.0` or `2.0.0` or `1.1.0`? Recorded: 2.0.0, 1.1.0, 1.0.0",
        ),
        (&["diff", "echo@1.0.0"], "`stackstorm/echo 1.0.0` has no release before it"),
        (&["diff", "echo@1.0.0", "other@1.0.0"], "`echo` and `other` are two packs; releases of one pack are compared"),
        (&["diff", "echo", "other@1.0.0"], "say a version of `echo` too: `echo@VERSION`"),
        (&["diff", "echo@1.0.0", "1.1.0", "2.0.0"], "at most two versions can be compared"),
    ] {
        let finished = registry.site.packyard(arguments).with_code(2);
        assert_eq!(finished.stderr, format!("error: {expected}\n"), "{arguments:?}");
    }
    let empty = SiteTest::new();
    let finished = empty.packyard(&["diff", "echo"]).with_code(2);
    assert!(finished.stderr.contains("the registry index is empty"), "{}", finished.stderr);
    assert!(!empty.root().join("registry-index").exists(), "a comparison writes nothing");
}

/// Ensures that content which the archive store lost comes from the source, and that nothing is written.
#[test]
fn content_comes_from_the_source_when_the_store_lost_it() {
    let registry = Registry::recorded();
    let archives = registry.site.root().join("registry-archives");
    let before = registry.diff(&["echo"]);
    std::fs::remove_dir_all(&archives).expect("removed");
    assert_eq!(registry.diff(&["echo"]), before);
    assert!(!archives.exists());
    std::fs::remove_dir_all(registry.echo.path()).expect("removed");
    let finished = registry.site.packyard(&["diff", "echo"]).with_code(3);
    assert!(finished.stderr.contains("the content of `stackstorm/echo 1.1.0` cannot be had"), "{}", finished.stderr);
}

/// Ensures that a release which breaks more than its number says is recorded all the same, with a warning that stands at the
/// version and names the version that would have said it; and that the first releases of a new pack are history.
#[test]
fn a_version_that_says_less_than_the_change_is_reported_and_recorded() {
    let mut registry = Registry::recorded();
    registry.release("2.0.1", LOUD);
    registry.release("2.1.0", &format!("{LOUD}{TIMES}"));
    let built = registry.site.packyard(&["build"]).with_code(0).stdout;
    let warning = "warning[version-understates-change]: `stackstorm/echo 2.0.1` is at most a fix by its number, but what changed since \
                   2.0.0 breaks";
    assert!(built.contains(warning), "{built}");
    assert!(built.contains("release it as 3.0.0, or undo what is more: Action say word: removed"), "{built}");
    assert!(built.contains("version: 2.0.1") && built.contains("pack.yaml:5:10"), "{built}");
    assert_eq!(built.matches("version-understates-change").count(), 1, "2.1.0 only adds: {built}");
    assert_eq!(registry.site.verified().len(), 5);
    let page =
        String::from_utf8_lossy(&registry.site.tree()["packs/stackstorm/echo/compare/2.0.0...2.0.1.html"]).into_owned();
    assert!(
        page.contains("The version number says less than what changed") && page.contains("3.0.0 would have said it"),
        "{page}"
    );
    // What is recorded is never reported again.
    for again in [&["build"][..], &["build", "--no-cache"]] {
        let again = registry.site.packyard(again).with_code(0).stdout;
        assert!(!again.contains("version-understates-change"), "{again}");
    }
    // From nothing, all of it is history.
    for folder in ["registry-index", "registry-archives"] {
        std::fs::remove_dir_all(registry.site.root().join(folder)).expect("removed");
    }
    let anew = registry.site.packyard(&["build", "--no-cache"]).with_code(0).stdout;
    assert!(!anew.contains("version-understates-change"), "{anew}");
    for folder in ["registry-index", "registry-archives"] {
        std::fs::remove_dir_all(registry.site.root().join(folder)).expect("removed");
    }
    let all = registry.site.packyard(&["build", "--no-cache", "--all"]).with_code(0).stdout;
    assert!(all.contains(warning), "{all}");
}

/// Ensures that an author learns it before the release: `check` holds a draft against the last recorded release.
#[test]
fn a_check_holds_a_draft_against_the_last_release() {
    let registry = Registry::recorded();
    let check = |version: &str, parameters: &str| {
        tree::write(registry.echo.path(), &echo(version, parameters));
        let config = CONFIG.replace("git = \"../echo\"\n", "path = \"../echo\"\n");
        std::fs::write(registry.site.root().join("packyard.toml"), config).expect("written");
        registry.site.packyard(&["check"]).stdout
    };
    let found = check("2.0.1", &format!("{LOUD}{TIMES}"));
    assert!(found.contains("version-understates-change") && found.contains("release it as 3.0.0"), "{found}");
    let features = check("2.0.1", &format!("{LOUD}{WORD}{TIMES}"));
    assert!(features.contains("is more than that") && features.contains("release it as 2.1.0"), "{features}");
    for (version, parameters) in [
        ("3.0.0", LOUD.to_owned()),
        ("2.1.0", format!("{LOUD}{WORD}{TIMES}")),
        ("2.0.1", format!("{LOUD}{WORD}")),
        ("2.0.1-rc.1", LOUD.to_owned()),
        ("2.0.0", LOUD.to_owned()),
    ] {
        let found = check(version, &parameters);
        assert!(!found.contains("version-understates-change"), "{version}: {found}");
    }
}
