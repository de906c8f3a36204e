//! What packs are told, and what is found around them.

use std::collections::BTreeMap;

use super::{Told, check, of_packs, says};
use crate::diag::Sink;
use crate::ecosystem::{Around, Clue};
use crate::pack::Configured;

const OWN: &str = "https://git.acme.example/acme/platform.git";

fn application(name: &str, url: &str, path: &str, more: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n  project: default\n  source:\n    \
         repoURL: {url}\n    targetRevision: main\n    path: {path}\n{more}  destination: {{server: s, namespace: queues}}\n"
    )
}

fn provider(package: &str) -> String {
    format!("apiVersion: pkg.crossplane.io/v1\nkind: Provider\nmetadata: {{name: p}}\nspec: {{package: '{package}'}}\n")
}

const COMPOSITION: &str = "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {name: c}\nspec:\n  mode: Pipeline\n  \
    pipeline:\n    - step: make\n      functionRef: {name: function-make}\n      input:\n        resources:\n          - base: \
    {apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object}\n";

/// Returns what packs are told when these files lie in their source.
fn told(files: &[(&str, String)], packs: &[&str], configured: Configured<'_>) -> Vec<Vec<String>> {
    let mut stated: Vec<(&str, String)> =
        files.iter().filter_map(|(path, text)| Some((*path, says(path, text.as_bytes())?))).collect();
    stated.sort();
    let clues: Vec<Clue<'_>> = stated.iter().map(|(path, says)| Clue { path, says }).collect();
    let shown = |text: &String| match serde_json::from_str(text).expect("what was told") {
        Told::Delivered { object, file, .. } => format!("{object} {file}"),
        Told::Installed { kind, name, tag } => format!("{kind} {name} {tag}"),
    };
    of_packs(&clues, packs, configured).iter().map(|told| told.iter().map(shown).collect()).collect()
}

fn platform() -> Configured<'static> {
    Configured { repository: Some("platform"), ..Configured::default() }
}

#[test]
fn a_pack_is_told_of_what_delivers_it_and_of_nothing_else() {
    let recurse = "    directory: {recurse: true}\n";
    let files = [
        ("argo/all.yaml", application("all", OWN, "apis", recurse)),
        ("argo/flat.yaml", application("flat", OWN, "apis", "")),
        ("argo/fork.yaml", application("fork", "git@other.example:me/platform", "./apis/queue/", "")),
        ("argo/part.yaml", application("part", OWN, "apis/queue/overlays/dev", "")),
        ("argo/foreign.yaml", application("foreign", "https://git.acme.example/charts", "apis/queue", "")),
        ("argo/mount.yaml", application("mount", "file:///repo", "apis/queue", "")),
        ("argo/root.yaml", application("root", "file:///repo", "'.'", recurse)),
        ("argo/set.yaml", application("set", "'{{repoURL}}'", "'{{path}}'", "")),
        ("apis/queue/own.yaml", application("own", OWN, "apis/queue", "")),
        ("tests/argo/x.yaml", application("tests", OWN, "apis/queue", "")),
    ];
    let found = told(&files, &["apis/queue", "apis/queue-worker", "other"], platform());
    assert_eq!(
        found[0],
        [
            "Application/all ../../argo/all.yaml",
            "Application/fork ../../argo/fork.yaml",
            "Application/mount ../../argo/mount.yaml",
            "Application/part ../../argo/part.yaml",
        ]
    );
    assert_eq!(found[1], ["Application/all ../../argo/all.yaml"]);
    assert_eq!(found[2], [""; 0]);
    // The same files in a repository whose name nobody knows, of which only a part is the source.
    let within = Configured { within: "apis", ..Configured::default() };
    let files = [("argo.yaml", application("queue", "https://git.acme.example/x", "apis/queue", ""))];
    assert_eq!(told(&files, &["queue"], within), [["Application/queue ../argo.yaml"]]);
    let files = [("argo.yaml", application("all", "https://git.acme.example/x", "apis", recurse))];
    assert_eq!(told(&files, &["queue"], within), [["Application/all ../argo.yaml"]]);
    let secret = says("a.yaml", application("a", "https://me:hunter2@git.acme.example/x", "apis", "").as_bytes());
    assert!(secret.is_some_and(|says| says.contains("git.acme.example/x") && !says.contains("hunter2")));
}

/// A version that is installed for others only is no reason to read a pack again.
#[test]
fn a_pack_is_told_the_lowest_version_of_what_it_needs() {
    let function = "apiVersion: pkg.crossplane.io/v1\nkind: Function\nmetadata: {name: function-make}\nspec: {package: 'r/f:v0.3.0'}\n";
    let files = [
        ("base/kubernetes.yaml", provider("xpkg.upbound.io/crossplane-contrib/provider-kubernetes:v0.12.1")),
        ("dev/kubernetes.yaml", provider("mirror.acme.example/crossplane-contrib/provider-kubernetes:v0.9.0")),
        ("dev/latest.yaml", provider("xpkg.upbound.io/crossplane-contrib/provider-kubernetes:latest")),
        ("base/helm.yaml", provider("xpkg.upbound.io/crossplane-contrib/provider-helm:v0.1.0")),
        ("base/function.yaml", function.to_owned()),
        ("apis/queue/composition.yaml", COMPOSITION.to_owned()),
        ("apis/queue/examples/composition.yaml", COMPOSITION.replace("kubernetes.", "helm.")),
        ("apis/other/readme.yaml", "a: pkg.crossplane.io\n".to_owned()),
    ];
    let found = told(&files, &["apis/queue", "apis/other"], platform());
    assert_eq!(
        found[0],
        ["function function-make v0.3.0", "provider xpkg.upbound.io/crossplane-contrib/provider-kubernetes v0.9.0",]
    );
    assert_eq!(found[1], [""; 0]);
}

/// A source in memory.
struct Source {
    files: BTreeMap<&'static str, String>,
    pack: &'static str,
    configured: Configured<'static>,
}

impl Around for Source {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        Some(self.files.get(path)?.as_bytes().to_vec())
    }
    fn exists(&self, path: &str) -> bool {
        path.is_empty() || self.files.keys().any(|file| *file == path || file.starts_with(&format!("{path}/")))
    }
    fn pack_of(&self, path: &str) -> Option<&str> {
        (path == self.pack || path.starts_with(&format!("{}/", self.pack))).then_some(self.pack)
    }
    fn configured(&self) -> Configured<'_> {
        self.configured
    }
}

fn found(files: &[(&'static str, String)], configured: Configured<'static>) -> Vec<String> {
    let source = Source { files: files.iter().cloned().collect(), pack: "apis/queue", configured };
    let stated: Vec<(&str, String)> =
        source.files.iter().filter_map(|(path, text)| Some((*path, says(path, text.as_bytes())?))).collect();
    let clues: Vec<Clue<'_>> = stated.iter().map(|(path, says)| Clue { path, says }).collect();
    let mut sink = Sink::new();
    check(&clues, &source, &mut sink);
    let line = |finding: &crate::diag::Diagnostic| finding.place.span.map_or(0, |span| span.line);
    sink.found().iter().map(|one| format!("{}:{} {}", one.place.path, line(one), one.message)).collect()
}

#[test]
fn objects_outside_of_packs_are_held_against_their_schema_and_what_is_there() {
    let images = "    kustomize: {images: [{name: a}]}\n";
    let files = [
        ("apis/queue/xrd.yaml", COMPOSITION.to_owned()),
        ("apis/queue/argo.yaml", application("in", OWN, "argo/gone", images)),
        ("argo/a.yaml", application("a", OWN, "apis/queue", images)),
        ("argo/b.yaml", application("b", OWN, "apis/qeue", "")),
        ("argo/c.yaml", application("c", "https://git.acme.example/charts", "charts/x", "")),
    ];
    assert_eq!(
        found(&files, platform()),
        [
            "apis/queue/argo.yaml:9 there is nothing at `argo/gone`",
            "argo/a.yaml:10 an item of `kustomize.images` is a mapping",
            "argo/b.yaml:9 there is nothing at `apis/qeue`",
        ]
    );
}

/// Without a URL of the source a path is one of it if it leads into a pack, or another one of the same repository does.
#[test]
fn where_nobody_knows_the_repository_only_what_is_surely_missing_is_reported() {
    let files = |elsewhere: &str| {
        [
            ("apis/queue/xrd.yaml", COMPOSITION.to_owned()),
            ("argo/a.yaml", application("a", OWN, elsewhere, "")),
            ("argo/b.yaml", application("b", OWN, "apis/qeue", "")),
            ("argo/c.yaml", application("c", "https://git.acme.example/charts", "charts/x", "")),
            ("argo/d.yaml", application("d", "https://git.acme.example/charts", "apis/queue/gone", "")),
        ]
    };
    let inside = "argo/d.yaml:9 there is nothing at `apis/queue/gone`";
    assert_eq!(
        found(&files("apis/queue"), Configured::default()),
        ["argo/b.yaml:9 there is nothing at `apis/qeue`", inside]
    );
    assert_eq!(found(&files("nowhere/else"), Configured::default()), [inside]);
}

/// Thousands of objects that all name the same, or each other's directories: neither minutes nor memory.
#[test]
fn hostile_statements_cost_little() {
    let many: String = (0..3_000)
        .map(|n| application(&format!("a{n}"), OWN, "apis", "    directory: {recurse: true}\n") + "---\n")
        .collect();
    let deep = application("deep", OWN, &"a/".repeat(90), "");
    let names: Vec<String> = (0..2_000).map(|n| format!("apis/p{n}")).collect();
    let packs: Vec<&str> = names.iter().map(String::as_str).collect();
    let started = std::time::Instant::now();
    let files = [("argo/many.yaml", many), ("argo/deep.yaml", deep)];
    let found = told(&files, &packs, platform());
    assert!(found.iter().all(|told| told.len() <= 20), "{}", found[0].len());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
