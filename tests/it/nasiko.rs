//! What Nasiko's client, its control plane and any OCI client fetch: it is what the published schemas say, names and digests are
//! right, and an independent client gets what was released.

use std::path::Path;
use std::process::Command;

use packyard::ident::Digest;
use packyard::pack::schema::Schema;
use serde_json::Value as Json;

use crate::serve::client::Serving;
use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest};

/// The feed.
const FEED: &str = "runtimes/nasiko";

const CONFIG: &str = "[registry]\nname = \"Harbour\"\nurl = \"https://packs.acme.example\"\n\n[[source]]\npath = \"packs\"\n\n\
                      [feeds.nasiko]\nowner = \"harbour\"\nroot = true\n";

/// Returns a registry of the example packs.
fn examples() -> SiteTest {
    let packs = tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/nasiko"));
    SiteTest::new().file("packyard.toml", CONFIG).pack("packs", &packs)
}

#[track_caller]
fn json(tree: &Tree, path: &str) -> Json {
    serde_json::from_slice(tree.get(path).unwrap_or_else(|| panic!("{path} is not there"))).expect(path)
}

/// Ensures that every file of the feed is what the schema says that is published beside it.
#[test]
fn files_of_the_feed_are_what_the_schemas_say() {
    let site = examples();
    site.build().expect("built");
    let tree = site.tree();
    let schema =
        |name: &str| Schema::compile(&json(&tree, &format!("schemas/nasiko/{name}.schema.json"))).expect("a schema");
    let mut checked = 0;
    for path in tree.keys().filter(|path| path.starts_with(FEED) || path.starts_with("v2/")) {
        let name = match path {
            path if path.ends_with("/v1/search") => "search",
            path if path.ends_with("/tags/list") => "tags",
            path if path.contains("/manifests/") => "oci-manifest",
            path if path.ends_with("/agent-card.json") => "agent-card",
            path if path.ends_with("/versions.json") => "versions",
            _ => continue,
        };
        let violations = schema(name).violations(&json(&tree, path));
        assert!(violations.is_empty(), "{path}: {violations:?}");
        checked += 1;
    }
    // A list; twice, for each of four packs: tags, a manifest by version, by digest, and `latest`; two cards with their histories.
    assert_eq!(checked, 1 + 2 * 4 * 4 + 2 * 2);
    let page = String::from_utf8_lossy(&tree["packs/nasiko/tide-times/index.html"]);
    assert!(page.contains("nasiko new harbour/tide-times:0.2.0"), "{page}");
    let skill = String::from_utf8_lossy(&tree["packs/nasiko/tide-times/0.2.0/skill/wind-lookup.html"]);
    assert!(skill.contains("wind-lookup/1.1.0/function/wind_lookup.html"), "{skill}");
    let function = String::from_utf8_lossy(&tree["packs/nasiko/wind-lookup/1.1.0/function/wind_lookup.html"]);
    assert!(function.contains("tide-times/0.2.0/skill/wind-lookup.html"), "{function}");
    let headers = String::from_utf8_lossy(&tree["_headers"]);
    assert!(
        headers.contains(
            "/runtimes/nasiko/v2/*/manifests/*\n  Content-Type: application/vnd.oci.image.manifest.v1+json\n"
        )
    );
    assert!(headers.contains("\n/v2/*/manifests/*\n"));
    for name in ["tide-times", "harbour-desk"] {
        let written = std::fs::read(site.root().join(format!("packs/agents/{name}/AgentCard.json"))).expect("a card");
        assert_eq!(tree[&format!("{FEED}/agents/{name}/agent-card.json")], written, "{name}");
    }
}

/// Ensures that a skill of an agent leads to the skill pack of that name, and back, also where the client has not written its file;
/// and that it says nothing of a pack that is not there.
#[test]
fn a_skill_with_the_name_of_a_skill_pack_leads_to_it() {
    let site = examples();
    std::fs::remove_file(site.root().join("packs/agents/tide-times/src/wind_lookup.py")).expect("removed");
    site.build().expect("built");
    let tree = site.tree();
    let page = |path: &str| String::from_utf8_lossy(&tree[&format!("packs/nasiko/{path}")]).into_owned();
    assert!(page("tide-times/0.2.0/skill/wind-lookup.html").contains("wind-lookup/1.1.0/function/wind_lookup.html"));
    assert!(page("wind-lookup/1.1.0/function/wind_lookup.html").contains("tide-times/0.2.0/skill/wind-lookup.html"));
    assert!(!page("tide-times/0.2.0/skill/tide-table.html").contains("id=\"uses\""), "no pack has that name");
    let facts = json(&tree, "packs/nasiko/tide-times/0.2.0/release.json");
    let skills = facts["components"].as_array().expect("a list").iter().filter(|one| one["kind"] == "skill");
    assert!(
        skills.clone().count() > 1 && skills.clone().all(|skill| skill["links"].as_array().is_none_or(Vec::is_empty))
    );

    let alone = tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/nasiko/agents"));
    let site = SiteTest::new().file("packyard.toml", CONFIG).pack("packs/agents", &alone);
    std::fs::remove_file(site.root().join("packs/agents/tide-times/src/wind_lookup.py")).expect("removed");
    site.build().expect("built");
    let tree = site.tree();
    let page = String::from_utf8_lossy(&tree["packs/nasiko/tide-times/0.2.0/skill/wind-lookup.html"]);
    assert!(!page.contains("id=\"uses\""), "{page}");
}

/// Ensures that a skill leads to the skill pack that has its id as another name, and back, as long as no pack is called so; and
/// that a build that remembers tells when there is one.
#[test]
fn a_skill_with_another_name_of_a_skill_pack_leads_to_it() {
    let site = examples();
    let packs = site.root().join("packs");
    std::fs::rename(packs.join("skills/wind-lookup"), packs.join("skills/winds")).expect("renamed");
    let edit = |path: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(packs.join(path)).expect("a file");
        assert!(text.contains(from), "{text}");
        std::fs::write(packs.join(path), text.replace(from, to)).expect("written");
    };
    edit("agents/tide-times/AgentCard.json", "\"id\": \"wind-lookup\"", "\"id\": \"winds\"");
    let linked = |owner: &str| {
        site.build().expect("built");
        let tree = site.tree();
        std::fs::remove_dir_all(site.root().join("public")).expect("removed");
        site.build_without_memory().expect("built");
        assert_eq!(tree::difference(&tree, &site.tree()), None, "{owner}");
        let page = |path: &str| String::from_utf8_lossy(&tree[&format!("packs/nasiko/{path}")]).into_owned();
        let function = format!("{owner}/1.1.0/function/wind_lookup.html");
        assert!(page("tide-times/0.2.0/skill/winds.html").contains(&function), "{owner}");
        assert!(page(&function).contains("tide-times/0.2.0/skill/winds.html"), "{owner}");
        tree
    };
    linked("wind-lookup");

    let other = tree::read(&packs.join("skills/winds"));
    tree::write(&packs.join("skills/other"), &other);
    edit("skills/other/skill.json", "\"name\": \"wind-lookup\"", "\"name\": \"winds\"");
    let tree = linked("winds");
    let before = String::from_utf8_lossy(&tree["packs/nasiko/wind-lookup/1.1.0/function/wind_lookup.html"]);
    assert!(!before.contains("tide-times/0.2.0/skill/winds.html"), "the pack of that name goes before: {before}");
}

/// Ensures that names, sizes and digests lead from the list to the files, and that skills are where the client looks for them.
#[test]
fn the_list_leads_to_layers() {
    let site = examples();
    site.build().expect("built");
    let tree = site.tree();
    let list = json(&tree, &format!("{FEED}/v1/search"));
    let artifacts = list["data"].as_array().expect("a list");
    assert_eq!(list["total"], artifacts.len());
    let mut names = Vec::new();
    for artifact in artifacts {
        let text = |key: &str| artifact[key].as_str().unwrap_or_default().to_owned();
        let repository = format!("{}/{}", text("owner"), text("name"));
        let version = text("version");
        names.push(format!("{repository}:{version}"));
        for root in ["v2", &format!("{FEED}/v2")] {
            let folder = format!("{root}/{repository}");
            let manifest = &tree[&format!("{folder}/manifests/{version}")];
            assert_eq!(Digest::of(manifest).to_string(), text("oci_digest"));
            for tag in ["latest", &text("oci_digest")] {
                assert_eq!(&tree[&format!("{folder}/manifests/{tag}")], manifest, "{folder} {tag}");
            }
            assert_eq!(json(&tree, &format!("{folder}/tags/list"))["tags"], serde_json::json!([version, "latest"]));
            let manifest: Json = serde_json::from_slice(manifest).expect("JSON");
            for descriptor in [&manifest["config"], &manifest["layers"][0]] {
                let digest = descriptor["digest"].as_str().expect("a digest");
                let blob = &tree[&format!("{folder}/blobs/{digest}")];
                assert_eq!(
                    (Digest::of(blob).to_string().as_str(), Some(blob.len() as u64)),
                    (digest, descriptor["size"].as_u64())
                );
            }
            assert_eq!(manifest["layers"][0]["size"], artifact["size_bytes"]);
        }
    }
    let expected = [
        "harbour/harbour-desk:1.0.1",
        "harbour/tide-times:0.2.0",
        "nasiko/unit-convert:0.3.0",
        "nasiko/wind-lookup:1.1.0",
    ];
    assert_eq!(names, expected);
    assert_eq!(artifacts[1]["framework"], "langgraph");
    assert_eq!(
        artifacts[1]["metadata"],
        serde_json::json!({ "streaming": true, "language": "python", "modelProviders": ["openai"] })
    );
    assert!(artifacts[3].get("framework").is_none());
}

/// Ensures that a yanked release is neither listed nor tagged as the newest, but can still be had by its version.
#[test]
fn a_yanked_release_keeps_its_manifest() {
    let site = examples();
    site.build().expect("built");
    let card = site.root().join("packs/agents/tide-times/AgentCard.json");
    let next = std::fs::read_to_string(&card).expect("a card").replace("\"0.2.0\"", "\"0.3.0\"");
    std::fs::write(&card, next).expect("written");
    site.build().expect("built");
    site.yank("tide-times", "0.3.0", "wrong tables");
    site.build().expect("built");
    let (tree, folder) = (site.tree(), format!("{FEED}/v2/harbour/tide-times"));
    assert_eq!(json(&tree, &format!("{folder}/tags/list"))["tags"], serde_json::json!(["0.2.0", "latest"]));
    let manifest = |tag: &str| &tree[&format!("{folder}/manifests/{tag}")];
    assert_eq!(manifest("latest"), manifest("0.2.0"));
    assert_ne!(manifest("latest"), manifest("0.3.0"));
    let yanked: Json = serde_json::from_slice(manifest("0.3.0")).expect("JSON");
    let layer = yanked["layers"][0]["digest"].as_str().expect("a digest");
    assert!(tree.contains_key(&format!("{folder}/blobs/{layer}")));
    assert_eq!(json(&tree, &format!("{FEED}/v1/search"))["data"][1]["version"], "0.2.0");
    // What three builds have made step by step is what one makes from nothing.
    std::fs::remove_dir_all(site.root().join("public")).expect("removed");
    site.build_without_memory().expect("built");
    assert_eq!(tree::difference(&tree, &site.tree()), None);
}

/// Ensures that a release of the earlier generation stays one, whatever the configuration says of its source later.
#[test]
fn a_release_keeps_its_generation() {
    let config =
        |profile: &str| format!("[[source]]\npath = \"packs\"\necosystem = \"nasiko\"\nprofile = \"{profile}\"\n");
    let site = examples().file("packyard.toml", &config("python"));
    site.build().expect("built");
    let entry = format!("{FEED}/python/registry/tide-times.json");
    let before = site.tree();
    assert_eq!(json(&before, &entry)["id"], "tide-times");
    std::fs::write(site.root().join("packyard.toml"), config("rust")).expect("written");
    site.build().expect("built");
    assert_eq!(site.tree().get(&entry), before.get(&entry));
}

/// Returns the generations of a pack's releases, as its release facts have them.
fn generations(tree: &Tree, versions: &[&str]) -> Vec<String> {
    let generation = |version: &&str| {
        let facts = json(tree, &format!("packs/nasiko/tide-times/{version}/release.json"));
        let requirements = facts["requirements"].as_array().expect("a list");
        let nasiko = requirements.iter().find(|one| one["name"] == "nasiko").expect("a generation");
        nasiko["range"].as_str().expect("text").to_owned()
    };
    versions.iter().map(generation).collect()
}

/// Ensures that a repository with the directories of the earlier generation is read as one, without any configuration, that the
/// releases of that time stay what they are when the directories go, and that nothing needs the repository for it.
#[test]
fn a_repository_shows_its_generation_by_its_directories() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("platform"));
    let agent = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/nasiko/agents/tide-times");
    tree::copy(&agent, &repository.path().join("agents/tide-times"));
    let card = std::fs::read_to_string(agent.join("AgentCard.json")).expect("a card");
    let compose = std::fs::read_to_string(agent.join("docker-compose.yml")).expect("a file");
    let versioned = |version: &str| card.replace("\"0.2.0\"", &format!("\"{version}\""));
    let site = site.file(
        "packyard.toml",
        "[registry]\nname = \"T\"\nurl = \"https://packs.acme.example\"\n\n[[source]]\ngit = \"../platform\"\n",
    );
    let build = || {
        site.build().expect("built");
        let remembered = site.tree();
        std::fs::remove_dir_all(site.root().join("public")).expect("removed");
        site.build_without_memory().expect("built");
        assert_eq!(tree::difference(&remembered, &site.tree()), None);
        remembered
    };

    repository.file("agents/tide-times/AgentCard.json", &versioned("0.1.0"));
    repository.file("app/main.py", "").commit("No orchestrator yet");
    repository.file("orchestrator/run.py", "").file("agents/tide-times/AgentCard.json", &versioned("0.1.1"));
    repository.commit("The earlier generation");
    let first = build();
    assert_eq!(generations(&first, &["0.1.0", "0.1.1"]), ["rust", "python"]);
    let entry = format!("{FEED}/python/registry/tide-times.json");
    assert_eq!(json(&first, &entry)["version"], "0.1.1");

    repository.git(&["rm", "-q", "-r", "app"]);
    repository.file("agents/tide-times/AgentCard.json", &versioned("0.2.0")).commit("The current generation");
    // An agent that nobody composes belongs to the current generation wherever it lies.
    repository.git(&["rm", "-q", "agents/tide-times/docker-compose.yml"]);
    repository.file("app/main.py", "").file("agents/tide-times/AgentCard.json", &versioned("0.3.0")).commit("Alone");
    let versions = ["0.1.0", "0.1.1", "0.2.0", "0.3.0"];
    let expected = ["rust", "python", "rust", "rust"];
    let second = build();
    assert_eq!(generations(&second, &versions), expected);
    assert!(!second.contains_key(&entry), "the newest release is no entry of that registry");

    // Rewritten, so that the release of 0.2.0 would be of the other generation, and then gone: what is recorded stays.
    repository.file("agents/tide-times/docker-compose.yml", &compose);
    repository
        .file("agents/tide-times/AgentCard.json", &versioned("0.2.0"))
        .commit("0.2.0 again, beside the directories");
    assert_eq!(generations(&build(), &versions), expected);
    std::fs::rename(repository.path(), site.beside("elsewhere")).expect("moved");
    let site = site.file("packyard.toml", "[registry]\nname = \"T\"\nurl = \"https://packs.acme.example\"\n");
    site.build_without_memory().expect("built");
    assert_eq!(generations(&site.tree(), &versions), expected);
}

/// Ensures that `serve` answers as the runtime's own registry does: queries of the client, media types, `GET /v2/`.
#[test]
fn serve_answers_as_a_registry_does() {
    let site = examples();
    let serving = Serving::start(&site, &[]);
    let found = |query: &str| {
        let answer = serving.get(&format!("/{FEED}/v1/search?{query}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
        let list: Json = serde_json::from_str(&answer.text()).expect("JSON");
        let names = list["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["name"].as_str().unwrap_or_default().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(found("limit=1").len(), 1);
    assert_eq!(found("type=skill&limit=100"), ["unit-convert", "wind-lookup"]);
    assert_eq!(found("type=agent&framework=a2a-go&limit=100"), ["harbour-desk"]);
    assert_eq!(found("q=tide%20tables&limit=10"), Vec::<String>::new());
    assert_eq!(found("q=tides&min_score=0.5&limit=10"), ["tide-times"]);
    for root in ["/v2", &format!("/{FEED}/v2")] {
        // What says that there is a registry is JSON, though a static host has to call it `index.html`.
        let there = serving.get(&format!("{root}/"));
        assert_eq!((there.status, there.header("content-type")), (200, Some("application/json")));
        assert_eq!(there.text(), "{}\n");
        let manifest = serving.get(&format!("{root}/nasiko/wind-lookup/manifests/latest"));
        assert_eq!(manifest.header("content-type"), Some("application/vnd.oci.image.manifest.v1+json"));
        assert_eq!(serving.get(&format!("{root}/nasiko/wind-lookup/manifests/9.9.9")).status, 404);
    }
}

/// Ensures that an OCI client that knows nothing of Packyard copies an agent and a skill, and that what it unpacks is the pack.
///
/// Needs skopeo (Debian: `apt-get install skopeo`); `cargo xtask test clients` installs it.
#[test]
fn an_oci_client_copies_packs_from_serve() {
    let Ok(version) = Command::new("skopeo").arg("--version").output() else {
        assert!(std::env::var_os("PACKYARD_NEEDS_TOOLS").is_none(), "skopeo is missing: apt-get install skopeo");
        eprintln!("skopeo is missing, so no OCI client was asked: apt-get install skopeo");
        return;
    };
    assert!(version.status.success());
    let site = examples();
    let serving = Serving::start(&site, &[]);
    let skopeo = |arguments: &[&str]| {
        let output = Command::new("skopeo").args(arguments).output().expect("skopeo runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "skopeo {arguments:?}: {stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    for (repository, directory) in
        [("harbour/tide-times", "agents/tide-times"), ("nasiko/wind-lookup", "skills/wind-lookup")]
    {
        let address = format!("docker://{}/{repository}", serving.address);
        let tags: Json = serde_json::from_str(&skopeo(&["list-tags", "--tls-verify=false", &address])).expect("JSON");
        assert_eq!(tags["Tags"].as_array().map(Vec::len), Some(2), "{tags}");
        let copy = site.beside(&repository.replace('/', "-"));
        let target = format!("dir:{}", copy.display());
        let source = format!("{address}:latest");
        skopeo(&["--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", &source, &target]);
        let manifest: Json =
            serde_json::from_slice(&std::fs::read(copy.join("manifest.json")).expect("a manifest")).expect("JSON");
        let digest = manifest["layers"][0]["digest"]
            .as_str()
            .and_then(|digest| digest.strip_prefix("sha256:"))
            .expect("a digest");
        let unpacked = copy.join("unpacked");
        std::fs::create_dir(&unpacked).expect("a directory");
        let tar = Command::new("tar").arg("-xzf").arg(copy.join(digest)).arg("-C").arg(&unpacked).status();
        assert!(tar.expect("tar runs").success());
        let released = tree::read(&site.root().join("packs").join(directory));
        assert_eq!(tree::difference(&released, &tree::read(&unpacked)), None, "{repository}");
    }
}
