//! What Nasiko's client, its control plane and any OCI client fetch: it is what the published schemas say, names and digests are
//! right, and an independent client gets what was released.

use std::path::Path;
use std::process::Command;

use packyard::ident::Digest;
use packyard::pack::schema::Schema;
use serde_json::Value as Json;

use crate::serve::client::Serving;
use crate::support::SiteTest;
use crate::support::tree::{self, Tree};

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
            _ => continue,
        };
        let violations = schema(name).violations(&json(&tree, path));
        assert!(violations.is_empty(), "{path}: {violations:?}");
        checked += 1;
    }
    // A list; twice, for each of four packs: tags, a manifest by version, by digest, and `latest`; two cards.
    assert_eq!(checked, 1 + 2 * 4 * 4 + 2);
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
        assert_eq!(serving.get(&format!("{root}/")).status, 200);
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
