//! Private sources: they take part in checks and in builds made with `--private`, and nothing of them is anywhere else.

use std::collections::BTreeSet;
use std::io::Read as _;

use camino::Utf8PathBuf;
use packyard::build::{Preview, PreviewOptions};
use packyard::config::Config;
use packyard::output::Make;
use packyard::progress::Silent;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

/// Words that only private packs have: names of packs, namespaces, claims, files, images, secrets, people and repositories.
const WORDS: &[&str] =
    &["zebrafish", "quokka", "axolotl", "pangolin", "narwhal", "capybara", "wombat", "okapi", "tapir", "ocelot"];

const PUBLIC: &str =
    "[registry]\nname = \"Acme\"\nurl = \"https://packs.acme.example\"\n\n[[source]]\npath = \"platform\"\n";

/// Where builds with private packs write.
const PRIVATE: &str = "registry-private/public";

/// The directories of the sources, each a repository.
const SOURCES: &[&str] = &["platform", "services-okapi", "tenants-tapir"];

const DEFINITION: &str = "
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata:
  name: xqueueworkers.platform.acme.example
spec:
  group: platform.acme.example
  names: { kind: XQueueWorker, plural: xqueueworkers }
  claimNames: { kind: QueueWorker, plural: queueworkers }
  versions:
    - name: v1alpha1
      served: true
      referenceable: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              description: A worker that takes jobs from a queue.
              required: [image]
              properties:
                image: { type: string, description: What it runs. }
                size: { type: string, enum: [small, large], default: small, description: How large it is. }
                secret1Name: { type: string, description: A secret that it gets. }
";

const COMPOSITION: &str = "
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata:
  name: queue-worker
spec:
  compositeTypeRef: { apiVersion: platform.acme.example/v1alpha1, kind: XQueueWorker }
  mode: Pipeline
  pipeline:
    - step: render
      functionRef: { name: function-patch-and-transform }
      input: { apiVersion: pt.fn.crossplane.io/v1beta1, kind: Resources, resources: [] }
";

/// Returns the configuration with the private sources.
fn with_private() -> String {
    format!(
        "{PUBLIC}\n[[source]]\npath = \"services-okapi\"\nvisibility = \"private\"\n\n[[source]]\npath = \
         \"tenants-tapir\"\nvisibility = \"private\"\nrepository = \"https://git.acme.example/ocelot.git\"\n"
    )
}

fn text(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.trim_start().as_bytes().to_vec())).collect()
}

/// Returns a claim of the public API.
fn claim(name: &str, namespace: &str, more: &str) -> String {
    format!(
        "apiVersion: platform.acme.example/v1alpha1\nkind: QueueWorker\nmetadata:\n  name: {name}\n  namespace: \
         {namespace}\nspec:\n  image: registry.acme.example/capybara:1.4.0\n{more}"
    )
}

/// Returns a registry with a public platform, and private services and tenants beside it, which are not configured yet.
fn site() -> SiteTest {
    let service = claim("axolotl-worker", "quokka", "  size: large\n  secret1Name: wombat-conn\n");
    let tenant = claim("pangolin-worker", "pangolin", "");
    let site = SiteTest::new()
        .file("packyard.toml", PUBLIC)
        .pack(
            "platform/apis/queue-worker",
            &text(&[
                ("definition.yaml", DEFINITION),
                ("composition.yaml", COMPOSITION),
                ("README.md", "# Queue worker\n\nTakes jobs from a queue.\n"),
                ("LICENSE", "Apache License\nVersion 2.0, January 2004\n"),
            ]),
        )
        .pack("platform/words", &packs::attune("words", "1.0.0", "hello"))
        .pack(
            "services-okapi/zebrafish",
            &text(&[
                (
                    "ci/config.yaml",
                    "service:\n  name: zebrafish\n  namespace: quokka\ndependencies:\n  platform: [queue-worker]\n  \
                     internal: [narwhal]\nenv:\n  NARWHAL_TOKEN: hidden\n",
                ),
                ("platform/claims/quokka/axolotl.yaml", &service),
                ("README.md", "# Zebrafish\n\nMade by the wombat team.\n"),
            ]),
        )
        .pack(
            "tenants-tapir/tenants/pangolin",
            &text(&[
                (
                    "overlays/dev/config.yaml",
                    "tenant: pangolin\nenvironment: dev\nrepoURL: https://git.acme.example/ocelot.git\ntargetRevision: \
                     main\nappPath: tenants/pangolin/overlays\nnamespace: pangolin\n",
                ),
                ("base/claims/worker.yaml", &tenant),
                ("README.md", "# Pangolin\n"),
            ]),
        )
        .pack("tenants-tapir/narwhal", &packs::attune("narwhal", "1.0.0", "capybara"));
    for source in SOURCES {
        RepoFixture::init(site.root().join(source)).commit("first");
    }
    site
}

/// Everything that a build left, wherever: the output, the index, the archives, what it remembers, and what it said.
fn left(site: &SiteTest) -> Tree {
    let is_source = |path: &str| SOURCES.iter().any(|source| path.starts_with(&format!("{source}/")));
    let all = tree::read(&site.root()).into_iter().filter(|(path, _)| !is_source(path) && path != "packyard.toml");
    all.chain(tree::read(&site.beside("cache")).into_iter().map(|(path, bytes)| (format!("cache/{path}"), bytes)))
        .collect()
}

/// Returns the files that have one of the words in their name or content, with the word; archives are looked into.
fn shown(files: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files {
        let unpacked = unpacked(bytes);
        for word in WORDS {
            let is_in =
                |bytes: &[u8]| bytes.to_ascii_lowercase().windows(word.len()).any(|window| window == word.as_bytes());
            if path.to_lowercase().contains(word) || is_in(bytes) || unpacked.as_deref().is_some_and(is_in) {
                found.push(format!("{path}: {word}"));
            }
        }
    }
    found
}

/// Ensures that a public build has nothing of private packs: no byte, name or count, before and after a private build.
#[test]
fn nothing_private_is_in_a_public_build() {
    let site = site();
    site.packyard(&["build"]).with_code(0);
    let without = site.tree();
    assert!(without.contains_key("packs/crossplane/queue-worker/index.html"), "{:?}", without.keys());

    let site = self::site().file("packyard.toml", &with_private());
    let built = site.packyard(&["build", "--timings"]).with_code(0);
    let said = format!("{}{}", built.stdout, built.stderr).to_lowercase();
    assert!(WORDS.iter().all(|word| !said.contains(word)), "{said}");
    assert!(said.contains("built 2 packs"), "{said}");
    assert_eq!(shown(&left(&site)), Vec::<String>::new());
    assert_same(&without, &site.tree());
    let index = tree::read(&site.root().join("registry-index"));

    site.packyard(&["build", "--private"]).with_code(0);
    assert_same(&without, &site.tree());
    assert_same(&index, &tree::read(&site.root().join("registry-index")));
    let built = site.packyard(&["build"]).with_code(0);
    assert!(WORDS.iter().all(|word| !built.stdout.to_lowercase().contains(word)), "{}", built.stdout);
    assert_same(&without, &site.tree());
    let private = ["registry-private/", ".packyard-cache/private/"];
    let public =
        left(&site).into_iter().filter(|(path, _)| !private.iter().any(|folder| path.starts_with(folder))).collect();
    assert_eq!(shown(&public), Vec::<String>::new());
}

/// Ensures that a build with `--private` has everything: pages, releases, edges to the provider, and claims that were checked.
#[test]
fn a_private_build_has_the_edges() {
    let site = site().file("packyard.toml", &with_private());
    site.packyard(&["build", "--private"]).with_code(0);
    let inside = tree::read(&site.root().join(PRIVATE));
    assert!(!site.root().join("public").exists(), "a private build goes to a folder of its own");
    let page = |path: &str| String::from_utf8_lossy(inside.get(path).unwrap_or_else(|| panic!("{path}"))).into_owned();
    let provider = page("packs/crossplane/queue-worker/index.html");
    assert!(provider.contains("zebrafish") && provider.contains("pangolin"), "used by");
    let consumer = page("packs/crossplane/zebrafish/index.html");
    assert!(
        consumer.contains("packs/crossplane/queue-worker/index.html") && consumer.contains("NARWHAL_TOKEN"),
        "{consumer}"
    );
    assert!(!shown(&inside).iter().any(|found| found.contains("hidden")));
    let claim = inside.keys().find(|path| path.ends_with("/claim/axolotl-worker.html")).expect("a page of the claim");
    assert!(page(claim).contains("platform.acme.example/QueueWorker"));
    let seen: BTreeSet<&str> =
        WORDS.iter().copied().filter(|word| shown(&inside).iter().any(|found| found.ends_with(word))).collect();
    assert!(seen.len() >= 8, "{seen:?}");
    let scanned = "runtimes/crossplane/consumers/pangolin/dev/config.yaml";
    assert!(!inside.contains_key(scanned), "only where the configuration asks for it");
    let asks = format!("{}\n[feeds]\ncrossplane_consumers = true\n", with_private());
    let site = site.file("packyard.toml", &asks);
    site.packyard(&["build", "--private"]).with_code(0);
    let text = std::fs::read_to_string(site.root().join(PRIVATE).join(scanned)).expect("written");
    let commit = text.lines().find_map(|line| line.strip_prefix("targetRevision: ")).expect("a revision");
    assert!(commit.len() == 40 && text.starts_with("tenant: pangolin\nrepoURL: "), "{text}");
    assert!(text.contains("appPath: tenants/pangolin/overlays\nenvironment: dev\nnamespace: pangolin\n"), "{text}");
    let again = site.packyard(&["build", "--private"]).with_code(0);
    assert!(again.stdout.contains("0 files written"), "{}", again.stdout);
}

/// Ensures that the claims of private packs are held against public providers, in private builds and in checks.
#[test]
fn claims_of_private_packs_are_checked_where_they_are_seen() {
    let wrong = claim("axolotl-worker", "quokka", "  size: enormous\n");
    let site = site()
        .file("packyard.toml", &with_private())
        .file("services-okapi/zebrafish/platform/claims/quokka/axolotl.yaml", &wrong);
    let checked = site.packyard(&["check"]).with_code(1);
    assert!(checked.stdout.contains("error[crossplane-claim-invalid]"), "{}", checked.stdout);
    let built = site.packyard(&["build", "--private"]).with_code(1);
    assert!(built.stdout.contains("error[crossplane-claim-invalid]"), "{}", built.stdout);
    site.packyard(&["build"]).with_code(0);
}

/// Ensures that a public pack which needs a private one is reported by whoever sees both.
#[test]
fn a_public_pack_that_needs_a_private_one_is_a_leak() {
    let site = site().file("packyard.toml", &with_private()).file(
        "platform/front/ci/config.yaml",
        "service:\n  name: front\n  namespace: front\ndependencies:\n  internal: [zebrafish]\n",
    );
    for arguments in [&["check"][..], &["build", "--private"]] {
        let said = site.packyard(arguments).with_code(1).stdout;
        assert!(
            said.contains("error[private-leak]: `crossplane/front` is public and depends on `zebrafish`"),
            "{said}"
        );
    }
    let readme = "# Queue worker\n\nSee https://git.acme.example/ocelot.git for who uses it.\n";
    let site = self::site().file("packyard.toml", &with_private()).file("platform/apis/queue-worker/README.md", readme);
    let said = site.packyard(&["check"]).with_code(1).stdout;
    assert!(said.contains("names the private repository `https://git.acme.example/ocelot.git`"), "{said}");
}

/// Ensures that a preview shows private packs only when it is asked to, and does not even watch them otherwise.
#[test]
fn a_preview_shows_private_packs_only_when_asked_to() {
    let site = site().file("packyard.toml", &with_private());
    let root = Utf8PathBuf::from_path_buf(site.root()).expect("UTF-8");
    let config = Config::load(&root).expect("valid");
    for private in [false, true] {
        let mut preview = Preview::new(PreviewOptions {
            out: root.join("public"),
            cache: root.join("../cache"),
            root: root.clone(),
            url: "http://127.0.0.1:8080".to_owned(),
            private,
            now: "2024-01-01T00:00:00Z".parse().expect("a time"),
            templates: None,
        });
        let previewed = preview.build(&config, None, &Silent).expect("built");
        let mut served = Tree::new();
        for unit in preview.assembly().units() {
            match &unit.make {
                Make::Batch(make) => {
                    served.extend(
                        packyard::output::collected(&**make)
                            .expect("made")
                            .into_iter()
                            .map(|(path, bytes)| (path.to_string(), bytes)),
                    );
                }
                Make::Bytes(bytes) => drop(served.insert(format!("{:?}", unit.places), bytes.to_vec())),
                Make::Copy(from) => drop(served.insert(format!("{:?}", unit.places), format!("{from:?}").into_bytes())),
            }
        }
        let watched = format!("{:?}", previewed.watched).to_lowercase();
        assert_eq!(WORDS.iter().any(|word| watched.contains(word)), private, "{watched}");
        assert_eq!(previewed.packs, if private { 5 } else { 2 });
        if private {
            assert!(!shown(&served).is_empty());
        } else {
            assert_eq!(shown(&served), Vec::<String>::new());
        }
    }
}

/// Ensures that a private pack does not take the name of a public one.
#[test]
fn a_name_belongs_to_the_public_pack() {
    let config = with_private();
    let (public, private) = config.split_at(PUBLIC.len());
    let private_first = format!(
        "{}\n{private}\n[[source]]\npath = \"platform\"\n",
        public.replace("[[source]]\npath = \"platform\"\n", "")
    );
    for config in [config.clone(), private_first] {
        let site = site()
            .file("packyard.toml", &config)
            .pack("tenants-tapir/words", &packs::attune("words", "2.0.0", "narwhal"));
        let built = site.packyard(&["build", "--private"]).with_code(1);
        assert!(built.stdout.contains("error[duplicate-ref]"), "{}", built.stdout);
        let index = String::from_utf8(std::fs::read(site.root().join(PRIVATE).join("index.json")).expect("written"))
            .expect("UTF-8");
        let words = serde_json::from_str::<serde_json::Value>(&index).expect("JSON");
        assert_eq!(words["packs"]["attune/words"]["latest"], "1.0.0");
    }
}

/// Returns what a gzip file holds.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut content).ok()?;
    Some(content)
}

#[track_caller]
fn assert_same(before: &Tree, after: &Tree) {
    let differing: Vec<&String> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(differing.is_empty(), "{differing:?}");
}
