//! Tests of the feed: which releases it offers, and in which shape.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{AstraDesk, schemas};
use super::*;
use crate::catalog::{Catalog, CatalogRelease, Registry, Status};
use crate::config::Feeds;
use crate::content::Listing;
use crate::ecosystem::astradesk::tests::{check, texts};
use crate::ecosystem::whole_feed;
use crate::index::event::{ArchiveFacts, Release, SourceFacts};
use crate::pack::Memo;
use crate::pack::schema::Schema;

const TOOLS: &str = "def execute(request):\n    if request.tool_name == 'demo.write':\n        return {}\n\n\ndef list_tools():\n    return {'tools': [{'name': 'demo.write', 'side_effect': 'write', 'allowed_roles': ['a'], 'parameters': {'type': 'object', 'properties': {'b': {}, 'a': {}}}}]}\n";

fn release(version: &str, day: i64) -> CatalogRelease {
    let manifest = format!(
        "[project]\nname = \"Astradesk_Domain.demo\"\nversion = \"{version}\"\ndescription = \"Shows <the> feed.\"\n\
         license = \"MIT\"\nrequires-python = \">=3.11, <4\"\nreadme = \"README.md\"\n\
         authors = [{{ name = \"Ann\", email = \"ann@acme.example\" }}, {{ email = \"desk@acme.example\" }}]\ndependencies = [\"uvicorn[standard] >= 0.30\"]\n\
         [project.optional-dependencies]\ndev = [\"pytest>=8 ; python_version < '4'\"]\n\
         [project.entry-points.\"astradesk.pack\"]\ndomain_demo = \"domain_demo:Pack\"\n\
         [tool.setuptools.packages.find]\nwhere = [\"src\"]\n[tool.setuptools.package-data]\ndomain_demo = [\"flows/*.yaml\"]\n"
    );
    let content = texts(&[
        ("pyproject.toml", &manifest),
        ("README.md", "# Demo\n"),
        ("src/domain_demo/__init__.py", "class Pack:\n    def register(self, registry):\n        pass\n"),
        ("src/domain_demo/agents/triage.py", "\"\"\"Triage.\"\"\"\n"),
        ("src/domain_demo/tools/mcp_server.py", TOOLS),
        (
            "src/domain_demo/flows/f.yaml",
            "flow: f\nversion: 1\ntrigger: {type: cron, expr: '@daily'}\nsteps: [{id: a, use: tool.demo.write}]\n",
        ),
        ("src/domain_demo/notes.txt", "not installed\n"),
        ("tests/test_a.py", "def test_a(): ...\n"),
    ]);
    let listing = Listing::of(&content, &Memo::new()).expect("in memory");
    let (pack, findings) = check(&content, "packages/domain-demo");
    let pack = pack.expect("a pack");
    CatalogRelease {
        record: Release {
            version: pack.version.clone(),
            content_digest: listing.content_digest,
            archive: ArchiveFacts { sha256: listing.content_digest, size: 0 },
            source: SourceFacts::default(),
            requirements: Vec::new(),
            dependencies: Vec::new(),
            components: BTreeMap::new(),
            checksums: BTreeMap::new(),
        },
        published_at: jiff::Timestamp::from_second(1_700_000_000 + day * 86_400).expect("a time"),
        status: Status::default(),
        pack: pack.into(),
        content,
        listing: listing.into(),
        findings: findings.into(),
        remarks: Arc::default(),
        archive: "".into(),
    }
}

/// Returns the pack that has these releases.
fn pack(releases: Vec<CatalogRelease>) -> Arc<CatalogPack> {
    let pack = CatalogPack {
        id: releases[0].pack.id.clone(),
        ecosystem: &AstraDesk,
        source: "demo".to_owned(),
        updated: releases[0].published_at,
        releases,
        latest: 0,
        status: Status::default(),
        said: Vec::new(),
        findings: Vec::new(),
        known_keys: std::sync::OnceLock::new(),
    };
    crate::catalog::join_pack(pack).expect("it has releases")
}

/// Returns the files of the feed of one pack, and the codes that were reported.
fn feed(releases: Vec<CatalogRelease>) -> (BTreeMap<String, Vec<u8>>, Vec<&'static str>) {
    feed_of(pack(releases))
}

fn feed_of(pack: Arc<CatalogPack>) -> (BTreeMap<String, Vec<u8>>, Vec<&'static str>) {
    let (id, updated) = (pack.id.clone(), pack.updated);
    let registry = Registry { name: "Demo".to_owned(), url: None, description: None, is_preview: false };
    let catalog = Catalog { registry: registry.into(), packs: BTreeMap::from([(id, pack)]), updated: Some(updated) };
    let mut sink = Sink::new();
    let units = whole_feed(&AstraDesk, &catalog, &Feeds::default(), &mut sink);
    let files = units.iter().flat_map(|unit| {
        let files = unit.files().expect("made");
        assert!(files.iter().all(|(path, _)| unit.covers(path.as_str())), "{unit:?}");
        files.into_iter().map(|(path, bytes)| (path.to_string(), bytes))
    });
    (files.collect(), sink.finish().iter().map(|finding| finding.code.name()).collect())
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, path: &str) -> &'a str {
    let bytes =
        files.get(&format!("{ROOT}/{path}")).unwrap_or_else(|| panic!("{path} is not among {:?}", files.keys()));
    std::str::from_utf8(bytes).expect("UTF-8")
}

const PROJECT: &str = "simple/astradesk-domain-demo";

#[test]
fn the_index_has_what_pip_reads() {
    let (files, codes) = feed(vec![release("0.3.0", 1)]);
    assert!(codes.is_empty(), "{codes:?}");
    let names: Vec<&str> = files.keys().filter_map(|path| path.strip_prefix("runtimes/astradesk/simple/")).collect();
    let stem = "astradesk-domain-demo/astradesk_domain_demo-0.3.0";
    let expected = [
        format!("{stem}-py3-none-any.whl"),
        format!("{stem}-py3-none-any.whl.metadata"),
        format!("{stem}.tar.gz"),
        format!("{stem}.tar.gz.metadata"),
        "astradesk-domain-demo/index.html".to_owned(),
        "astradesk-domain-demo/index.json".to_owned(),
        "index.html".to_owned(),
        "index.json".to_owned(),
    ];
    assert_eq!(names, expected);
    let page = text(&files, &format!("{PROJECT}/index.html"));
    let digest = |name: &str| crate::ident::Digest::of(&files[&format!("{ROOT}/simple/{name}")]).hex();
    for end in [".tar.gz", "-py3-none-any.whl"] {
        let file = format!("{stem}{end}");
        let name = file.rsplit('/').next().expect("a name");
        let metadata = digest(&format!("{file}.metadata"));
        let link = format!(
            "<a href=\"{name}#sha256={}\" data-requires-python=\"&gt;=3.11,&lt;4\" data-core-metadata=\"sha256={metadata}\" data-dist-info-metadata=\"sha256={metadata}\">{name}</a>",
            digest(&file)
        );
        assert!(page.contains(&link), "{link}\n{page}");
    }
    let metadata = text(&files, &format!("simple/{stem}.tar.gz.metadata"));
    let expected = "Metadata-Version: 2.2\nName: Astradesk_Domain.demo\nVersion: 0.3.0\nSummary: Shows <the> feed.\n\
                    Author-email: Ann <ann@acme.example>, desk@acme.example\nLicense: MIT\nRequires-Python: >=3.11,<4\n\
                    Requires-Dist: uvicorn[standard]>=0.30\nProvides-Extra: dev\n\
                    Requires-Dist: pytest>=8; (python_full_version < '4') and extra == \"dev\"\n\
                    Description-Content-Type: text/markdown\n\n# Demo\n";
    assert_eq!(metadata, expected);
    let twin: serde_json::Value = serde_json::from_str(text(&files, &format!("{PROJECT}/index.json"))).expect("JSON");
    assert_eq!(twin["versions"], serde_json::json!(["0.3.0"]));
    assert_eq!(twin["files"][1]["filename"], "astradesk_domain_demo-0.3.0.tar.gz");
    assert_eq!(twin["files"][1]["core-metadata"]["sha256"], twin["files"][0]["core-metadata"]["sha256"]);
}

/// The files of the other shapes satisfy their schemas, and a schema lies under its own digest.
#[test]
fn the_portal_and_the_gateway_have_their_shapes() {
    let (files, _) = feed(vec![release("0.3.0", 1)]);
    let schema = |name: &str| {
        let (_, text) = schemas::PUBLISHED.iter().find(|(known, _)| *known == name).expect("a schema");
        Schema::embedded(text)
    };
    let json = |path: &str| serde_json::from_str::<serde_json::Value>(text(&files, path)).expect("JSON");
    let packs = json("domain-packs.json");
    assert!(schema("domain-packs.schema.json").is_valid(&packs));
    assert_eq!(packs, serde_json::json!([{ "name": "domain-demo", "version": "0.3.0", "status": "disabled" }]));
    let infos = json("domain-packs-info.json");
    assert!(schema("domain-packs-info.schema.json").is_valid(&infos));
    let assets =
        serde_json::json!({ "agents": ["triage.py"], "flows": ["f.yaml"], "tools": ["mcp_server.py"], "policies": [] });
    assert_eq!(infos[0]["assets"], assets);
    let yaml = crate::yaml::decode(text(&files, "catalog/packs/demo.yaml")).expect("YAML");
    assert!(schema("catalog-pack.schema.json").is_valid(&yaml), "{yaml}");
    assert_eq!(yaml["owners"], serde_json::json!(["ann@acme.example", "desk@acme.example"]));
    assert_eq!(yaml["policies"]["require_approval_for"], serde_json::json!(["demo.write"]));
    let reference = yaml["tools"][0]["schema_ref"].as_str().expect("a digest").trim_start_matches("sha256:").to_owned();
    let canonical = text(&files, &format!("schemas/{reference}.json"));
    assert_eq!(canonical, r#"{"properties":{"a":{},"b":{}},"type":"object"}"#);
}

/// By PEP 440 the abandoned version is the newest, and pip would install it.
#[test]
fn a_version_that_went_backwards_is_offered_as_yanked() {
    let gone_back = || vec![release("2.0.0", 1), release("0.3.0", 3), release("0.1.0", 2)];
    assert_eq!(pack(gone_back()).latest().version().as_str(), "0.3.0");
    let (files, codes) = feed(gone_back());
    assert_eq!(codes, ["astradesk-version-went-backwards"]);
    let page = text(&files, &format!("{PROJECT}/index.html"));
    for line in page.lines().filter(|line| line.starts_with("<a ")) {
        assert_eq!(line.contains("data-yanked=\"the source went back to 0.3.0\""), line.contains("-2.0.0"), "{line}");
    }
    assert!(text(&files, "domain-packs.json").contains("\"0.3.0\""));
    // A fix of an older line is no step back.
    let fixed = || vec![release("2.0.0", 2), release("1.9.1", 3), release("1.9.0", 1)];
    assert_eq!(pack(fixed()).latest().version().as_str(), "2.0.0");
    let (files, codes) = feed(fixed());
    assert!(codes.is_empty() && !text(&files, &format!("{PROJECT}/index.html")).contains("data-yanked"));
    assert!(text(&files, "domain-packs.json").contains("\"2.0.0\""));
}

#[test]
fn releases_that_pip_cannot_take_are_left_out() {
    let mut yanked = release("0.2.0", 2);
    yanked.status.yanked = Some("leaks \"tokens\"".to_owned());
    let mut quarantined = release("0.1.5", 1);
    quarantined.status.quarantined = Some("held back".to_owned());
    let (files, codes) = feed(vec![release("0.3.0", 3), yanked, quarantined, release("latest", 0)]);
    assert_eq!(codes, ["astradesk-feed-left-out"]);
    let page = text(&files, &format!("{PROJECT}/index.html"));
    assert!(page.contains("data-yanked=\"leaks &quot;tokens&quot;\""));
    assert!(!page.contains("0.1.5") && !page.contains("0.0.0") && page.contains("0.3.0"));
}

/// Ensures that what is said of a pack as a whole stands on the page of its project (PEP 792).
#[test]
fn the_status_of_a_pack_is_that_of_its_project() {
    let project = |status: Status| {
        let mut pack = pack(vec![release("0.3.0", 1)]);
        Arc::get_mut(&mut pack).expect("nobody else has it").status = status;
        let (files, _) = feed_of(pack);
        let json: serde_json::Value =
            serde_json::from_str(text(&files, &format!("{PROJECT}/index.json"))).expect("JSON");
        (text(&files, &format!("{PROJECT}/index.html")).to_owned(), json["project-status"].clone())
    };
    let why = || "so <it> is".to_owned();
    let deprecated = Some((why(), Some("astradesk/other".to_owned())));
    let renamed = Some(("astradesk/other".parse().expect("an identity"), why()));
    for (status, word, reason) in [
        (Status { archived: Some(why()), ..Status::default() }, "archived", "so <it> is"),
        (Status { deprecated, ..Status::default() }, "deprecated", "so <it> is (use astradesk/other)"),
        (Status { renamed, ..Status::default() }, "deprecated", "so <it> is (use astradesk/other)"),
    ] {
        let (html, json) = project(status);
        assert!(html.contains(&format!("<meta name=\"pypi:project-status\" content=\"{word}\">")), "{html}");
        let escaped = reason.replace('<', "&lt;").replace('>', "&gt;");
        assert!(html.contains(&format!("<meta name=\"pypi:project-status-reason\" content=\"{escaped}\">")), "{html}");
        assert_eq!(json, serde_json::json!({ "status": word, "reason": reason }));
    }
    let (html, json) = project(Status::default());
    assert!(!html.contains("project-status") && json.is_null());
}

/// Ensures that lists of packs leave out one that has nothing to choose, while pip can still pin what was yanked.
#[test]
fn a_pack_of_which_all_is_yanked_is_only_in_the_index() {
    let mut yanked = release("0.3.0", 1);
    yanked.status.yanked = Some("leaks".to_owned());
    let (files, _) = feed(vec![yanked]);
    assert!(text(&files, &format!("{PROJECT}/index.html")).contains("data-yanked=\"leaks\""));
    assert_eq!(text(&files, "domain-packs.json").trim(), "[]");
    assert!(!files.keys().any(|path| path.contains("/catalog/packs/")));
}

/// The same release gives the same bytes, whoever makes it and when.
#[test]
fn distributions_are_deterministic() {
    assert_eq!(feed(vec![release("0.3.0", 1)]).0, feed(vec![release("0.3.0", 1)]).0);
}
