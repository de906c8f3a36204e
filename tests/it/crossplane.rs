//! What Crossplane and its users get: packages that other programs read, and names that stay.

use std::path::Path;
use std::process::Command;

use packyard::ident::Digest;
use packyard::pack::schema::Schema;
use serde_json::Value as Json;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest};

/// Where the release of the test lies in the feed.
const RELEASE: &str = "runtimes/crossplane/queue-worker/1.2.0";

/// Makes a registry of one example pack, released once from a repository.
fn registry() -> (SiteTest, RepoFixture) {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("queue-worker"));
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/crossplane/platform/apis/queue-worker");
    tree::copy(&pack, &repository.path().join("queue-worker"));
    repository.commit("A worker").tag("v1.2.0");
    let site = site.file(
        "packyard.toml",
        "[registry]\nname = \"Test\"\nurl = \"https://packs.acme.example\"\n\n[[source]]\ngit = \"../queue-worker\"\n",
    );
    (site, repository)
}

fn json(tree: &Tree, path: &str) -> Json {
    serde_json::from_slice(tree.get(path).unwrap_or_else(|| panic!("{path} is not there"))).expect(path)
}

fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
    std::str::from_utf8(tree.get(path).unwrap_or_else(|| panic!("{path} is not there"))).expect("UTF-8")
}

/// Ensures that a release is a package stream, an image, install objects and schemas, and that the index leads to them.
#[test]
fn a_release_is_everything_that_a_cluster_and_an_editor_need() {
    let (site, repository) = registry();
    let report = site.build().expect("the machine works");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let tree = site.tree();

    let package = text(&tree, &format!("{RELEASE}/package.yaml"));
    let kinds: Vec<&str> = package.lines().filter_map(|line| line.strip_prefix("kind: ")).collect();
    assert_eq!(kinds, ["Configuration", "CompositeResourceDefinition", "Composition"]);
    let definition =
        std::fs::read_to_string(repository.path().join("queue-worker/definitions/xqueueworkers.yaml")).expect("a file");
    assert!(package.contains(&definition), "the author's own bytes");

    let index = json(&tree, "runtimes/crossplane/index.json");
    let schema = Schema::compile(&json(&tree, "schemas/crossplane/feed.schema.json")).expect("a schema");
    assert!(schema.is_valid(&index), "{index}");
    assert_eq!(index["apis"][0]["kind"], "QueueWorker");
    let address = index["apis"][0]["schema"].as_str().expect("an address");
    assert!(tree.contains_key(&format!("runtimes/crossplane/{address}")), "{address}");

    let install = text(&tree, &format!("{RELEASE}/install.yaml"));
    assert!(install.contains("package: packs.acme.example/crossplane/queue-worker:v1.2.0"), "{install}");
}

/// Ensures that what files elsewhere say of a pack is on its page, in what it needs, and in the package; and that what is wrong with
/// such a file is said.
#[test]
fn what_lies_around_a_pack_is_told_with_it() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("platform"));
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/crossplane/platform/apis/queue-worker");
    tree::copy(&pack, &repository.path().join("apis/queue-worker"));
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: apis}\nspec:\n  project: default\n  source:\n    \
        repoURL: https://github.com/acme/platform.git\n    targetRevision: main\n    path: apis\n    directory: {recurse: true}\n  \
        destination: {name: main, namespace: '<b>queues'}\n";
    let provider = "apiVersion: pkg.crossplane.io/v1\nkind: Provider\nmetadata: {name: kubernetes}\nspec:\n  \
        package: xpkg.upbound.io/crossplane-contrib/provider-kubernetes:v0.12.1\n";
    let around = [
        ("argo/apis.yaml".to_owned(), application.as_bytes().to_vec()),
        ("argo/gone.yaml".to_owned(), application.replace("path: apis", "path: aps").into_bytes()),
        ("foundation/provider.yaml".to_owned(), provider.as_bytes().to_vec()),
    ];
    tree::write(repository.path(), &around.into());
    let commit = repository.commit("A platform").tag("queue-worker-v1.2.0").git(&["rev-parse", "HEAD"]);
    let site = site.file(
        "packyard.toml",
        "[registry]\nname = \"Test\"\n\n[[source]]\ngit = \"../platform\"\nrepository = \"https://github.com/acme/platform\"\n",
    );
    let report = site.build().expect("the machine works");
    let found: Vec<String> =
        report.findings.iter().map(|one| format!("{} {} {}", one.code, one.place.path, one.message)).collect();
    assert_eq!(found, ["crossplane-argo-invalid argo/gone.yaml there is nothing at `aps`"]);
    let tree = site.tree();
    let page = text(&tree, "packs/crossplane/queue-worker/1.2.0/index.html");
    let link = format!("https://github.com/acme/platform/blob/{}/argo/apis.yaml#L2", commit.trim());
    assert!(page.contains("<code>Application/apis</code>") && page.contains(&link), "{page}");
    assert!(page.contains("&lt;b&gt;queues") && !page.contains("<b>queues"), "{page}");
    let release = json(&tree, "packs/crossplane/queue-worker/1.2.0/release.json");
    assert_eq!(release["dependencies"][0]["range"], ">=v0.12.1");
    assert!(text(&tree, &format!("{RELEASE}/package.yaml")).contains(">=v0.12.1"));
}

/// Ensures that the image is what Crossplane's package reader looks for, by its own description of it.
#[test]
fn the_image_is_annotated_and_labelled() {
    let (site, _) = registry();
    site.build().expect("the machine works");
    let tree = site.tree();
    let blob = |digest: &Json| {
        let hex = digest.as_str().and_then(|digest| digest.strip_prefix("sha256:")).expect("a digest");
        let bytes = &tree[&format!("{RELEASE}/oci/blobs/sha256/{hex}")];
        assert_eq!(Digest::of(bytes).hex(), hex);
        bytes.clone()
    };
    let parsed = |digest: &Json| -> Json { serde_json::from_slice(&blob(digest)).expect("JSON") };
    let manifest = parsed(&json(&tree, &format!("{RELEASE}/oci/index.json"))["manifests"][0]["digest"]);
    let layer = &manifest["layers"][0];
    assert_eq!(layer["annotations"]["io.crossplane.xpkg"], "base");
    let config = parsed(&manifest["config"]["digest"]);
    let label = format!("io.crossplane.xpkg:{}", layer["digest"].as_str().expect("a digest"));
    assert_eq!(config["config"]["Labels"][&label], "base");
    assert_eq!(config["rootfs"]["diff_ids"].as_array().map(Vec::len), Some(1));
    assert_eq!(blob(&layer["digest"]).len() as u64, layer["size"].as_u64().expect("a size"));
}

/// Ensures that an OCI client reads the image layout and the archive, and finds the package in them.
///
/// Needs skopeo (Debian: `apt-get install skopeo`).
#[test]
fn skopeo_copies_the_image_and_finds_the_package() {
    if Command::new("skopeo").arg("--version").output().is_err() {
        assert!(std::env::var_os("PACKYARD_NEEDS_TOOLS").is_none(), "skopeo is missing: apt-get install skopeo");
        eprintln!("skopeo is missing, so no OCI client was asked: apt-get install skopeo");
        return;
    }
    let (site, _) = registry();
    site.build().expect("the machine works");
    let skopeo = |arguments: &[&str]| {
        let output = Command::new("skopeo").args(arguments).output().expect("skopeo runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "skopeo {arguments:?}: {stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let release = site.root().join("public").join(RELEASE);
    let layout = format!("oci:{}:v1.2.0", release.join("oci").display());
    let archive = format!("docker-archive:{}", release.join("queue-worker.xpkg").display());
    let tree = site.tree();
    for (name, source) in [("layout", &layout), ("archive", &archive)] {
        let inspected: Json = serde_json::from_str(&skopeo(&["inspect", source])).expect("JSON");
        let labels = inspected["Labels"].as_object().expect("labels");
        assert!(labels.keys().all(|label| label.starts_with("io.crossplane.xpkg:sha256:")) && labels.len() == 1);
        let copy = site.beside(name);
        let target = format!("dir:{}", copy.display());
        skopeo(&["--insecure-policy", "copy", "--quiet", source, &target]);
        let manifest: Json =
            serde_json::from_slice(&std::fs::read(copy.join("manifest.json")).expect("a manifest")).expect("JSON");
        let layer = manifest["layers"][0]["digest"]
            .as_str()
            .and_then(|digest| digest.strip_prefix("sha256:"))
            .expect("a layer");
        let unpacked =
            Command::new("tar").arg("xOf").arg(copy.join(layer)).arg("package.yaml").output().expect("tar runs");
        assert!(unpacked.status.success(), "{unpacked:?}");
        assert_eq!(unpacked.stdout, tree[&format!("{RELEASE}/package.yaml")], "{name}");
    }
    // What the layout says of the layer survives the copy; an archive has no annotations, so its label says it.
    let copied: Json =
        serde_json::from_slice(&std::fs::read(site.beside("layout/manifest.json")).expect("a manifest")).expect("JSON");
    assert_eq!(copied["layers"][0]["annotations"]["io.crossplane.xpkg"], "base");
}

/// Ensures that a release that renames what clusters keep is reported.
#[test]
fn a_definition_keeps_its_names() {
    let (site, mut repository) = registry();
    for file in ["definitions/xqueueworkers.yaml", "examples/minimal.yaml", "examples/full.yaml"] {
        let path = repository.path().join("queue-worker").join(file);
        let text = std::fs::read_to_string(&path).expect("a file").replace("kind: QueueWorker", "kind: Worker");
        std::fs::write(path, text).expect("written");
    }
    std::fs::remove_dir_all(repository.path().join("queue-worker/tests")).expect("removed");
    std::fs::remove_dir_all(repository.path().join("queue-worker/schemas")).expect("removed");
    repository.commit("A shorter name").tag("v1.3.0");
    let report = site.build().expect("the machine works");
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.code.name()).collect();
    assert_eq!(found, ["crossplane-xrd-immutable"], "{:?}", report.findings);
}

/// Ensures that a repository without tags has versions all the same, and that every layout in it is found.
#[test]
fn untagged_platforms_have_a_version_per_change() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("platform"));
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/crossplane/platform");
    tree::copy(&packs, repository.path());
    repository.commit("Two APIs");
    let readme = repository.path().join("databases/postgres/README.md");
    std::fs::write(&readme, "# PostgreSQL\n\nAnother text.\n").expect("written");
    repository.commit("One changes");
    let site = site.file("packyard.toml", "[[source]]\ngit = \"../platform\"\n");
    site.build().expect("the machine works");
    let releases = site.verified();
    let of = |name: &str| {
        releases.iter().filter(|release| release.starts_with(&format!("crossplane/{name} 0.0.0-"))).count()
    };
    assert_eq!((of("postgres"), of("queue-worker"), releases.len()), (2, 1, 3), "{releases:?}");
}

/// Ensures that a composition in no pack is told, wherever its definition is, and that packs beside it are as they were.
#[test]
fn a_composition_in_no_pack_is_told() {
    let composition = |kind: &str| {
        format!(
            "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {{name: lonely}}\nspec:\n  compositeTypeRef: \
             {{apiVersion: platform.acme.example/v1alpha1, kind: {kind}}}\n  mode: Pipeline\n  pipeline: [{{step: a, functionRef: {{name: f}}}}]\n"
        )
    };
    let site = SiteTest::new()
        .file("packyard.toml", "[[source]]\npath = \"platform\"\n\n[[source]]\npath = \"more\"\n")
        .file("more/extra/compositions/known.yaml", &composition("XQueueWorker"))
        .file("more/extra/compositions/unknown.yaml", &composition("XNobody"))
        .file("more/extra/compositions/values.yaml", "no: [yaml\n");
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/crossplane/platform");
    tree::copy(&packs, &site.root().join("platform"));
    let report = site.build().expect("the machine works");
    let orphans = report.findings.iter().filter(|finding| finding.code.name() == "crossplane-composition-orphan");
    let said: Vec<String> = orphans.map(|finding| format!("{}: {}", finding.place.path, finding.message)).collect();
    assert_eq!(
        said,
        [
            "more/extra/compositions/known.yaml: the composition is in no pack: `XQueueWorker` is defined in another source",
            "more/extra/compositions/unknown.yaml: the composition is in no pack, and no pack of the catalog defines \
             `XNobody` of `platform.acme.example`",
        ],
        "{:?}",
        report.findings
    );
}

/// Ensures that a pack that is a whole repository is called the same wherever that is cloned to, and after its URL if there is one.
#[test]
fn a_pack_at_the_root_is_named_after_the_repository() {
    let named = |directory: &str, source: &str| {
        let site = SiteTest::new();
        let mut repository = RepoFixture::init(site.beside(directory));
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/crossplane/platform/apis/queue-worker");
        tree::copy(&pack, repository.path());
        repository.commit("A worker").tag("v1.2.0");
        let site = site.file("packyard.toml", &format!("[[source]]\n{source}\n"));
        site.build().expect("the machine works");
        site.verified()
    };
    let url = "repository = \"https://git.acme.example/workers.git\"";
    for (directory, source, name) in [
        ("one", "git = \"../one\"".to_owned(), "xqueueworkers"),
        ("two", "path = \"../two\"".to_owned(), "xqueueworkers"),
        ("three", format!("path = \"../three\"\n{url}"), "workers"),
        ("four", format!("git = \"../four\"\n{url}"), "workers"),
        ("five", "git = \"../five\"\nrepository = \"https://git.acme.example/platform\"".to_owned(), "xqueueworkers"),
    ] {
        assert_eq!(named(directory, &source), [format!("crossplane/{name} 1.2.0")], "{directory}");
    }
}
