//! What may change after a release: the commands that say it, and what becomes of it in a registry, with the real program.

use serde_json::Value as Json;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

const HEAD: &str =
    "[registry]\nname = \"Words\"\nurl = \"https://packs.example.org\"\n\n[[source]]\npath = \"packs\"\n";

/// Where `tool` comes from at first.
const OLD: &str = "https://git.example.org/stackstorm-tool.git";
/// Where it goes.
const NEW: &str = "https://git.example.org/tool.git";

/// Returns a configuration with repositories beside the registry: folder and public address.
fn config(repositories: &[(&str, &str)]) -> String {
    let source =
        |(folder, url): &(&str, &str)| format!("\n[[source]]\ngit = \"../{folder}\"\nrepository = \"{url}\"\n");
    HEAD.to_owned() + &repositories.iter().map(source).collect::<String>()
}

/// Makes a repository of the StackStorm pack `name` with a tag for each version.
fn repository(site: &SiteTest, folder: &str, name: &str, versions: &[&str]) -> RepoFixture {
    let mut repository = RepoFixture::init(site.beside(folder));
    for version in versions {
        tree::write(repository.path(), &packs::stackstorm(name, version, version));
        repository.commit(version).tag(&format!("v{version}"));
    }
    repository
}

/// Makes a recorded registry of `attune/plain` 1.0.0, and of `stackstorm/tool` 1.0.0 and 1.1.0 from tags.
fn recorded() -> SiteTest {
    let site = SiteTest::new().file("packyard.toml", &config(&[("tool", OLD)])).pack("packs/plain", &plain("1.0.0"));
    repository(&site, "tool", "tool", &["1.0.0", "1.1.0"]);
    build(&site, 0);
    site
}

fn plain(version: &str) -> Tree {
    packs::attune("plain", version, version)
}

#[track_caller]
fn build(site: &SiteTest, code: i32) -> String {
    site.packyard(&["build"]).with_code(code).stdout
}

/// Runs a command that must succeed, and returns what it printed.
#[track_caller]
fn run(site: &SiteTest, arguments: &[&str]) -> String {
    site.packyard(arguments).with_code(0).stdout
}

fn text(site: &SiteTest, path: &str) -> String {
    std::fs::read_to_string(site.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(site: &SiteTest, path: &str) -> Json {
    serde_json::from_str(&text(site, path)).expect("JSON")
}

/// Returns the index of a runtime; null when there is none, because no pack is offered.
fn feed(site: &SiteTest, folder: &str) -> Json {
    let path = format!("public/runtimes/{folder}/index.json");
    if site.root().join(&path).exists() { json(site, &path) } else { Json::Null }
}

/// Returns the versions of `tool` that StackStorm's client may choose; null when it does not know the pack.
fn offered(site: &SiteTest) -> Json {
    feed(site, "stackstorm/v1")["packs"]["tool"]["versions"].clone()
}

/// Ensures that a yanked release is no longer chosen, says why, and is served as before to whoever asks for it.
#[test]
fn a_yanked_release_stays_downloadable_by_exact_version() {
    let site = recorded();
    let before = site.tree();
    let advisory = "https://acme.example/advisories/7";
    let said = run(&site, &["yank", "tool", "1.1.0", "--reason", "It leaks.", "--advisory", advisory]);
    let file = "registry-index/packs/stackstorm/to/tool.jsonl";
    assert!(said.starts_with("stackstorm/tool 1.1.0 is yanked\n"), "{said}");
    assert!(
        said.contains(&format!("Appended to ./{file}, line 4:")) || said.contains(&format!("{file}, line 4:")),
        "{said}"
    );
    assert!(text(&site, file).lines().last().is_some_and(|line| said.contains(line)), "{said}");
    build(&site, 0);

    let status = serde_json::json!({ "yanked": "It leaks.", "advisory": advisory });
    let index = &json(&site, "public/index.json")["packs"]["stackstorm/tool"];
    assert_eq!((&index["latest"], &index["versions"][0]["status"]), (&Json::from("1.0.0"), &status));
    let pack = json(&site, "public/packs/stackstorm/tool/pack.json");
    assert_eq!(pack["releases"][0]["status"], status);
    assert_eq!(offered(&site), serde_json::json!(["1.0.0"]));
    let page = text(&site, "public/packs/stackstorm/tool/1.1.0/index.html");
    assert!(page.contains("It leaks.") && page.contains(&format!("href=\"{advisory}\"")), "{page}");
    let now = site.tree();
    for kept in ["archives/stackstorm/tool/tool-1.1.0.tar.gz", "packs/stackstorm/tool/1.1.0/release.json"] {
        assert_eq!(before[kept], now[kept], "{kept}");
    }
    assert_eq!(site.verified(), ["attune/plain 1.0.0", "stackstorm/tool 1.0.0", "stackstorm/tool 1.1.0"]);

    // And so does a pack of which everything is yanked; its repository can still be cloned.
    run(&site, &["yank", "stackstorm/tool", "1.0.0", "--reason", "So does this."]);
    build(&site, 0);
    assert!(offered(&site).is_null());
    let page = text(&site, "public/packs/stackstorm/tool/index.html");
    assert!(page.contains("Every release of this pack is yanked"), "{page}");
    assert_eq!(json(&site, "public/index.json")["packs"]["stackstorm/tool"]["latest"], "1.1.0");
    let refs = text(&site, "public/runtimes/stackstorm/git/tool.git/info/refs");
    assert!(refs.contains("refs/tags/v1.0.0") && refs.contains("refs/tags/v1.1.0"), "{refs}");
    assert_eq!(site.verified().len(), 3);

    run(&site, &["unyank", "tool", "1.1.0", "--reason", "It did not."]);
    build(&site, 0);
    assert_eq!(offered(&site), serde_json::json!(["1.1.0"]));
}

/// Ensures that what is said of a whole pack reaches the published files, and goes when it is taken back.
#[test]
fn the_status_of_a_pack_is_published_and_taken_back() {
    let site = recorded();
    let before = site.tree();
    let status = |site: &SiteTest| json(site, "public/index.json")["packs"]["attune/plain"]["status"].clone();
    run(&site, &["archive", "plain", "--reason", "Its author left."]);
    run(&site, &["deprecate", "plain", "--reason", "Old.", "--successor", "stackstorm/tool"]);
    build(&site, 0);
    let expected = serde_json::json!({
        "deprecated": "Old.", "successor": "stackstorm/tool", "archived": "Its author left."
    });
    assert_eq!(status(&site), expected);
    assert_eq!(json(&site, "public/packs/attune/plain/pack.json")["status"], expected);
    let page = text(&site, "public/packs/attune/plain/index.html");
    assert!(page.contains("packs/stackstorm/tool/index.html\">Go to stackstorm/tool</a>"), "{page}");
    assert_eq!(text(&site, "public/packs/index.html").matches("data-status=\"archived\"").count(), 1);
    assert_eq!(feed(&site, "attune")["packs"][0]["ref"], "plain");

    run(&site, &["quarantine", "plain", "--reason", "Looked at."]);
    build(&site, 0);
    assert_eq!(status(&site)["quarantined"], "Looked at.");
    assert!(feed(&site, "attune").is_null());
    assert!(site.tree().contains_key("archives/attune/plain/plain-1.0.0.tar.gz"));

    for back in ["unquarantine", "undeprecate", "unarchive"] {
        run(&site, &[back, "plain", "--reason", "It is well."]);
    }
    build(&site, 0);
    assert!(status(&site).is_null());
    let after = site.tree();
    let same = |path: &&str| before[*path] == after[*path];
    let paths = ["packs/attune/plain/pack.json", "packs/attune/plain/index.html"];
    assert_eq!(paths.iter().filter(|path| same(path)).count(), 2, "nothing is left of it");
}

/// Ensures that a command that makes no sense says what would, changes nothing, and exits as a wrong command line does.
#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let site = recorded();
    let index = tree::read(&site.root().join("registry-index"));
    for (arguments, expected) in [
        (&["yank", "tol", "1.1.0", "--reason", "x"][..], "did you mean `stackstorm/tool`?"),
        (&["yank", "tool", "9.0.0", "--reason", "x"], "Recorded: 1.1.0, 1.0.0"),
        (&["unyank", "tool", "1.0.0", "--reason", "x"], "nothing would change"),
        (&["yank", "tool", "1.0.0", "--reason", " "], "the reason is empty"),
        (&["yank", "tool", "1.0.0"], "--reason"),
        (&["deprecate", "tool", "--reason", "x", "--successor", "plane"], "did you mean `attune/plain`?"),
        (&["log", "tol"], "did you mean `stackstorm/tool`?"),
        (&["yank", "tool", "1.0.0", "--reason", "x", "--private"], "there is no registry index"),
    ] {
        let said = site.packyard(arguments).with_code(2).stderr;
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    let dry = run(&site, &["yank", "tool", "1.0.0", "--reason", "x", "--dry-run"]);
    assert!(
        dry.starts_with("{\"at\":\"2024-01-01T00:00:00Z\",\"event\":\"yank\",") && dry.lines().count() == 1,
        "{dry}"
    );
    assert_eq!(tree::difference(&index, &tree::read(&site.root().join("registry-index"))), None);
}

/// Ensures that a transferred name belongs to the new source, and to it alone.
#[test]
fn a_transferred_name_belongs_to_the_new_source() {
    let site = recorded();
    repository(&site, "moved", "tool", &["1.2.0"]);
    let site = site.file("packyard.toml", &config(&[("tool", OLD), ("moved", NEW)]));
    let said = build(&site, 1);
    assert!(said.contains(&format!("belongs to `{OLD}`; `{NEW}` claims it too")), "{said}");
    assert!(said.contains(&format!("`packyard transfer stackstorm/tool --to {NEW} --reason …`")), "{said}");
    assert_eq!(site.verified().len(), 3);

    let said = run(&site, &["transfer", "tool", "--to", NEW, "--reason", "It has its own repository."]);
    assert!(!said.contains("No source"), "{said}");
    let said = build(&site, 1);
    assert!(said.contains(&format!("belongs to `{NEW}`; `{OLD}` claims it too")), "{said}");
    let all = ["attune/plain 1.0.0", "stackstorm/tool 1.0.0", "stackstorm/tool 1.1.0", "stackstorm/tool 1.2.0"];
    assert_eq!(site.verified(), all);
    let pack = json(&site, "public/packs/stackstorm/tool/pack.json");
    assert_eq!((&pack["source"], &pack["latest"]), (&Json::from(NEW), &Json::from("1.2.0")));

    let site = site.file("packyard.toml", &config(&[("moved", NEW)]));
    build(&site, 0);
    assert_eq!(site.verified(), all);
    let log = run(&site, &["log", "tool", "-n", "2"]);
    assert!(log.contains(&format!("transfer      stackstorm/tool to {NEW}: It has its own repository.")), "{log}");
    let elsewhere = run(&site, &["transfer", "tool", "--to", "packs/elsewhere", "--reason", "x"]);
    assert!(elsewhere.contains("No source in packyard.toml is called `packs/elsewhere` yet."), "{elsewhere}");
}

/// Ensures that a pack can go on under another name that nobody else gets, and that what the old name has stays.
#[test]
fn a_renamed_pack_leads_to_its_new_name() {
    let site = recorded();
    run(&site, &["rename", "stackstorm/tool", "instrument", "--reason", "Says what it is."]);
    let thief = site.root().join("packs/instrument");
    tree::write(&thief, &packs::stackstorm("instrument", "9.0.0", "mine"));
    let said = build(&site, 1);
    assert!(said.contains(&format!("`stackstorm/instrument` belongs to `{OLD}`")), "{said}");
    let page = text(&site, "public/packs/stackstorm/tool/index.html");
    assert!(page.contains("This pack goes on as stackstorm/instrument.</strong> Says what it is.</p>"), "{page}");
    assert_eq!(site.verified().len(), 3);

    std::fs::remove_dir_all(thief).expect("it is there");
    std::fs::remove_dir_all(site.beside("tool")).expect("it is there");
    repository(&site, "tool", "instrument", &["2.0.0"]);
    // The repository was made again: somebody has to say that it may go on.
    build(&site, 1);
    run(&site, &["transfer", "tool", "--to", OLD, "--reason", "Made again."]);
    build(&site, 0);
    let all = ["attune/plain 1.0.0", "stackstorm/instrument 2.0.0", "stackstorm/tool 1.0.0", "stackstorm/tool 1.1.0"];
    assert_eq!(site.verified(), all);
    let page = text(&site, "public/packs/stackstorm/tool/index.html");
    assert!(page.contains("packs/stackstorm/instrument/index.html\">Go to stackstorm/instrument</a>"), "{page}");
    let index = json(&site, "public/index.json");
    assert_eq!(index["packs"]["stackstorm/tool"]["status"]["renamed_to"], "stackstorm/instrument");
    assert_eq!(offered(&site), serde_json::json!(["1.1.0", "1.0.0"]));
}

/// Ensures that reserved names and namespaces bind new packs, and none that is recorded.
#[test]
fn new_names_are_given_by_the_rules_of_the_registry() {
    let site = recorded();
    let path = site.root().join("registry-index/registry.json");
    let rules = r#"{"format_version":1,"name":"Words","base_url":"https://packs.example.org",
        "reserved_names":["*/core-*","attune/plain"],"namespaces":{"attune/acme-*":"packs","stackstorm/acme-*":"other"}}"#;
    std::fs::write(&path, rules).expect("it can be written");
    for (name, pack) in [
        ("core_x", packs::attune("core_x", "1.0.0", "core")),
        ("acme-a", packs::attune("acme-a", "1.0.0", "ours")),
        ("acme_s", packs::stackstorm("acme_s", "1.0.0", "theirs")),
        ("free", packs::attune("free", "1.0.0", "free")),
    ] {
        tree::write(&site.root().join("packs").join(name), &pack);
    }
    tree::write(&site.root().join("packs/plain"), &plain("1.1.0"));
    let index = tree::read(&site.root().join("registry-index"));
    let checked = site.packyard(&["check"]).with_code(1).stdout;
    assert_eq!(tree::difference(&index, &tree::read(&site.root().join("registry-index"))), None);
    let said = build(&site, 1);
    let foreign = "error[namespace-foreign]: names like `stackstorm/acme-*` belong to `other`, not to `packs`";
    for said in [said, checked] {
        assert!(said.contains("error[name-reserved]: `attune/core_x` is reserved: it is like `*/core-*`"), "{said}");
        assert!(said.contains(foreign), "{said}");
    }
    assert_eq!(
        site.verified(),
        [
            "attune/acme-a 1.0.0",
            "attune/free 1.0.0",
            "attune/plain 1.0.0",
            "attune/plain 1.1.0",
            "stackstorm/tool 1.0.0",
            "stackstorm/tool 1.1.0"
        ]
    );
    let renamed = config(&[("tool", OLD)]).replace("\"Words\"", "\"More words\"");
    let site = site.file("packyard.toml", &renamed);
    build(&site, 1);
    let kept = json(&site, "registry-index/registry.json");
    assert_eq!(kept["name"], "More words");
    assert_eq!(kept["reserved_names"], serde_json::json!(["*/core-*", "attune/plain"]));
    assert_eq!(kept["namespaces"]["attune/acme-*"], "packs");
}

/// Ensures that a check says what a build would refuse because of what is recorded, and goes on where a history is broken.
#[test]
fn a_check_knows_what_is_recorded() {
    let site = recorded();
    repository(&site, "moved", "tool", &["1.2.0"]);
    let site = site.file("packyard.toml", &config(&[("moved", NEW)]));
    tree::write(&site.root().join("packs/plain"), &packs::attune("plain", "1.0.0", "changed"));
    let said = site.packyard(&["check"]).with_code(1).stdout;
    assert!(said.contains(&format!("`stackstorm/tool` belongs to `{OLD}`; `{NEW}` claims it too")), "{said}");
    assert!(said.contains("error[release-content-changed]: `attune/plain 1.0.0` was released"), "{said}");
    // A directory that is named by itself stands for no source.
    let alone = site.packyard(&["check", "packs/plain"]).with_code(0).stdout;
    assert!(!alone.contains("error["), "{alone}");

    let path = site.root().join("registry-index/packs/attune/pl/plain.jsonl");
    let text = std::fs::read_to_string(&path).expect("recorded");
    std::fs::write(&path, text.replacen("\"seq\":1", "\"seq\":7", 1)).expect("it can be written");
    let said = site.packyard(&["check"]).with_code(1).stdout;
    assert!(said.contains("[index-broken]") && !said.contains("release-content-changed"), "{said}");
}

/// Ensures that a pack which is recorded, and in no source any more, is known to those that need it, and its components.
#[test]
fn what_is_recorded_is_there_for_others() {
    let site = recorded().file("packyard.toml", HEAD);
    let mut user = packs::stackstorm("user", "1.0.0", "user");
    let manifest = format!("{}dependencies:\n  - tool\n  - hammer\n", String::from_utf8_lossy(&user["pack.yaml"]));
    user.insert("pack.yaml".to_owned(), manifest.into_bytes());
    for (name, action) in [("one", "tool.say"), ("two", "tool.shout")] {
        let alias = format!("---\nname: {name}\ndescription: x\naction_ref: {action}\nformats: [\"{name}\"]\n");
        user.insert(format!("aliases/{name}.yaml"), alias.into_bytes());
    }
    tree::write(&site.root().join("packs/user"), &user);
    let said = [site.packyard(&["check"]).with_code(0).stdout, build(&site, 0), build(&site, 0)];
    for said in said {
        let unknown: Vec<&str> = said.lines().filter(|line| line.contains("[unknown-")).collect();
        let expected = [
            "warning[unknown-action]: the pack `tool` has no action `shout`",
            "warning[unknown-dependency]: no source of this registry has the pack `hammer`",
        ];
        assert_eq!(unknown, expected, "{said}");
    }
}

/// Ensures that the history of a registry can be read, newest first.
#[test]
fn the_log_tells_what_happened() {
    let site = recorded();
    run(&site, &["yank", "tool", "1.1.0", "--reason", "It leaks."]);
    let log = run(&site, &["log"]);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 6, "{log}");
    assert!(lines[..3].contains(&"2024-01-01 00:00  yank          stackstorm/tool 1.1.0: It leaks."), "{log}");
    let released = lines.iter().find(|line| line.contains("stackstorm/tool 1.1.0 from")).expect("it is there");
    assert!(released.starts_with("2023-11-14 22:") && released.contains(" from tag v1.1.0 ("), "{log}");
    assert!(lines[5].ends_with(&format!("owner         stackstorm/tool is {OLD}")), "{log}");
    assert_eq!(run(&site, &["log", "plain", "-n", "1"]).lines().count(), 1);
    let json: Json = serde_json::from_str(&run(&site, &["log", "tool", "--format", "json"])).expect("JSON");
    let events = json["events"].as_array().expect("a list");
    assert_eq!((events.len(), &json["version"]), (4, &Json::from(1)));
    assert_eq!((&events[0]["pack"], &events[0]["event"]), (&Json::from("stackstorm/tool"), &Json::from("yank")));
}

/// Ensures that a broken history and a damaged archive are found, each where it can be.
#[test]
fn an_index_can_be_verified() {
    let site = recorded();
    let said = run(&site, &["index", "verify"]);
    assert!(said.starts_with("no findings in 2 packs, 3 releases, 5 events, archives by their sizes"), "{said}");
    let archive = site.root().join("registry-archives/stackstorm/tool/tool-1.0.0.tar.gz");
    let mut bytes = std::fs::read(&archive).expect("it is there");
    let last = bytes.last_mut().expect("it is not empty");
    *last ^= 1;
    std::fs::write(&archive, &bytes).expect("it can be written");
    run(&site, &["index", "verify"]);
    let said = site.packyard(&["index", "verify", "--archives"]).with_code(1).stdout;
    assert!(said.contains("error[archive-missing]: the archive of `stackstorm/tool 1.0.0` is other bytes"), "{said}");
    assert!(said.contains("registry-archives/stackstorm/tool/tool-1.0.0.tar.gz"), "{said}");
    std::fs::remove_file(&archive).expect("it is there");
    let said = site.packyard(&["index", "verify"]).with_code(1).stdout;
    assert!(said.contains("the archive of `stackstorm/tool 1.0.0` is missing"), "{said}");

    let history = site.root().join("registry-index/packs/attune/pl/plain.jsonl");
    let lines = std::fs::read_to_string(&history).expect("it is there").replacen("\"packs\"", "\"mine\"", 1);
    std::fs::write(&history, lines).expect("it can be written");
    let said = site.packyard(&["index", "verify", "--format", "json"]).with_code(1).stdout;
    assert!(said.contains("index-broken") && said.contains("registry-index/packs/attune/pl/plain.jsonl"), "{said}");
    let said = site.packyard(&["archive", "plain", "--reason", "x"]).with_code(2).stderr;
    assert!(said.contains("does not verify"), "{said}");
}

/// Ensures that what is said of a private pack is said in the private index, and nowhere else.
#[test]
fn a_private_pack_is_changed_in_its_own_index() {
    let private = "\n[[source]]\npath = \"secret\"\nvisibility = \"private\"\n";
    let site = SiteTest::new()
        .file("packyard.toml", &(HEAD.to_owned() + private))
        .pack("packs/plain", &plain("1.0.0"))
        .pack("secret/okapi", &packs::attune("okapi", "1.0.0", "hush"));
    run(&site, &["build", "--private"]);
    let public = tree::read(&site.root().join("registry-index"));
    site.packyard(&["archive", "okapi", "--reason", "Gone."]).with_code(2);
    // A private pack may be succeeded by a public one, and not the other way round.
    let successor = ["deprecate", "okapi", "--reason", "Open now.", "--private", "--successor", "attune/plain"];
    let said = run(&site, &successor);
    assert!(said.contains("registry-private/index/packs/attune/ok/okapi.jsonl, line 3:"), "{said}");
    let leak = ["deprecate", "plain", "--reason", "Closed now.", "--successor", "attune/okapi"];
    site.packyard(&leak).with_code(2);
    assert_eq!(tree::difference(&public, &tree::read(&site.root().join("registry-index"))), None);
    run(&site, &["build", "--private"]);
    let page = text(&site, "registry-private/public/packs/attune/okapi/index.html");
    assert!(page.contains("This pack is deprecated: use attune/plain instead"), "{page}");
    assert!(!run(&site, &["log"]).contains("okapi") && run(&site, &["log", "--private"]).contains("attune/okapi for"));
    assert!(
        run(&site, &["index", "verify", "--private", "--archives"]).starts_with("no findings in 1 pack, 1 release")
    );
}

/// The ecosystems, and for each its pack, the list that names what can be chosen, and what stays of a yanked release.
const FEEDS: &[(&str, &str, &str, &str)] = &[
    ("attune", "attune/hello", "index.json", "pins/hello/0.1.0/index.json"),
    ("stackstorm", "stackstorm/hello", "v1/index.json", "git/hello.git/refs/tags/v0.1.0"),
    ("astradesk", "astradesk/domain-hello", "domain-packs.json", "simple/astradesk-domain-hello/index.html"),
    ("nasiko", "nasiko/hello", "v1/search", "v2/nasiko/hello/manifests/0.1.0"),
    ("crossplane", "crossplane/hello", "index.json", "hello/0.1.0/package.yaml"),
];

/// Ensures that every feed treats every status as `docs/format/feeds.md` says.
#[test]
fn every_feed_treats_every_status_as_documented() {
    let sources = "\n[[source]]\npath = \"platform\"\n";
    let site = SiteTest::new().file("packyard.toml", &(HEAD.to_owned() + sources));
    for (ecosystem, ..) in FEEDS {
        let into = if *ecosystem == "crossplane" { "platform".to_owned() } else { format!("packs/{ecosystem}") };
        run(&site, &["new", ecosystem, "hello", "--into", &into]);
    }
    RepoFixture::init(site.root().join("platform")).commit("first").tag("v0.1.0");
    build(&site, 0);
    let before = site.tree();
    let of_feed = |tree: &Tree, ecosystem: &str| -> Tree {
        let folder = format!("runtimes/{ecosystem}/");
        let files =
            tree.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?.to_owned(), bytes.clone())));
        files.collect()
    };
    let names =
        |feed: &Tree, list: &str| feed.get(list).is_some_and(|text| String::from_utf8_lossy(text).contains("hello"));
    // Says something of every pack, builds, and hands over what each feed was and is.
    let say = |command: &str, version: &[&str], judge: &dyn Fn(&str, &Tree, &Tree, &str, &str)| {
        for (_, pack, ..) in FEEDS {
            run(&site, &[&[command, pack], version, &["--reason", "Because."]].concat());
        }
        build(&site, 0);
        let now = site.tree();
        for (ecosystem, _, list, kept) in FEEDS {
            judge(ecosystem, &of_feed(&before, ecosystem), &of_feed(&now, ecosystem), list, kept);
        }
    };
    let is_as_before = |ecosystem: &str, before: &Tree, now: &Tree, _: &str, _: &str| {
        // The times of the last event are in the lists of two of them.
        let timeless = |feed: &Tree| {
            let mut feed = feed.clone();
            feed.retain(|path, _| {
                !matches!((ecosystem, path.as_str()), ("attune", "index.json") | ("stackstorm", "v1/index.json"))
            });
            feed
        };
        assert_eq!(tree::difference(&timeless(before), &timeless(now)), None, "{ecosystem}");
        assert_eq!(before.len(), now.len(), "{ecosystem}");
    };
    let version = &["0.1.0"][..];
    say("yank", version, &|ecosystem, before, now, list, kept| {
        assert!(names(before, list) && !names(now, list), "{ecosystem}");
        assert!(now.contains_key(kept), "{ecosystem}: {:?}", now.keys());
        if ecosystem != "astradesk" {
            assert_eq!(before[kept], now[kept], "{ecosystem}");
        }
    });
    let index = of_feed(&site.tree(), "astradesk")["simple/astradesk-domain-hello/index.html"].clone();
    assert!(String::from_utf8_lossy(&index).contains("data-yanked=\"Because.\""));
    say("unyank", version, &is_as_before);
    let is_gone = |ecosystem: &str, _: &Tree, now: &Tree, list: &str, _: &str| {
        assert!(!names(now, list), "{ecosystem}");
        assert!(!now.keys().any(|path| path.contains("hello")), "{ecosystem}: {:?}", now.keys());
    };
    for version in [version, &[]] {
        say("quarantine", version, &is_gone);
        say("unquarantine", version, &is_as_before);
        say("deprecate", version, &|ecosystem, before, now, list, kept| {
            if ecosystem == "astradesk" {
                assert!(names(now, list), "deprecated packs stay");
            } else {
                is_as_before(ecosystem, before, now, list, kept);
            }
        });
        say("undeprecate", version, &is_as_before);
    }
    say("archive", &[], &|ecosystem, before, now, list, kept| {
        let page = String::from_utf8_lossy(&now[kept]);
        match ecosystem {
            "astradesk" => assert!(page.contains("content=\"archived\""), "{page}"),
            _ => is_as_before(ecosystem, before, now, list, kept),
        }
    });
    say("unarchive", &[], &is_as_before);
    for (ecosystem, pack, ..) in FEEDS {
        for folder in ["packs", "archives"] {
            let kept = |tree: &Tree| tree.keys().filter(|path| path.starts_with(&format!("{folder}/{pack}/"))).count();
            assert!(kept(&before) > 0 && kept(&before) == kept(&site.tree()), "{ecosystem}: {folder}");
        }
    }
}
