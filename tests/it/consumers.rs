//! Consumers, adapters and specifications through the whole program.

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest};

const CONFIG: &str =
    "[registry]\nname = \"Acme\"\nurl = \"https://packs.acme.example\"\n\n[[source]]\npath = \"source\"\n";

/// What must be on no page as it stands here.
const ATTACK: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7191 * 7193 }}";

/// Returns the site of a source with files, which is a repository.
fn site(files: &[(&str, String)]) -> SiteTest {
    let files: Tree = files.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())).collect();
    let site = SiteTest::new().file("packyard.toml", CONFIG).pack("source", &files);
    RepoFixture::init(site.root().join("source")).commit("first");
    site
}

fn adapter(name: &str, provides: &[&str], requires: &[&str]) -> String {
    format!("name: {name}\nversion: 1.0.0\nphase: runtime\nprovides: {provides:?}\nrequires: {requires:?}\n")
}

/// Ensures that what consumers and adapters say reaches pages as text, and no file outside of the registry.
#[test]
fn hostile_consumers_and_adapters_are_text() {
    let quoted = serde_json::to_string(ATTACK).expect("text");
    let claim = |name: &str| {
        format!(
            "apiVersion: platform.acme.example/v1\nkind: {quoted}\nmetadata: {{name: {name}, namespace: {quoted}}}\nspec:\n  {quoted}: \
             {quoted}\n  secret1Name: {quoted}\n"
        )
    };
    let site = site(&[
        (
            "service/ci/config.yaml",
            format!(
                "service: {{name: victim, namespace: {quoted}, description: {quoted}}}\nenv: {{{quoted}: 1}}\ndependencies: \
                 {{platform: [{quoted}], internal: [\"../../../etc/passwd\"]}}\nplatform: {{branch: {quoted}}}\n"
            ),
        ),
        ("service/platform/claims/a/one.yaml", claim("\"../../../../escaped\"")),
        ("service/platform/claims/a/two.yaml", claim(&quoted)),
        ("service/kustomization.yaml", format!("resources: [{quoted}, \"../../../../../etc/passwd\"]\n")),
        (
            "service/.kiro/specs/evil/requirements.md",
            format!(
                "# {ATTACK}\n\n## Introduction\n\n{ATTACK}\n\n### Requirement 1: {ATTACK}\n\n#### Acceptance Criteria\n\n1. {ATTACK}\n"
            ),
        ),
        ("service/.kiro/specs/evil/tasks.md", format!("- [ ] 1. {ATTACK}\n  - _Requirements: 1.1, 9.9_\n")),
        (
            "tenants/evil/overlays/dev/config.yaml",
            format!(
                "tenant: evil\nenvironment: \"../../../escaped\"\nrepoURL: {quoted}\ntargetRevision: {quoted}\nappPath: {quoted}\n\
                 namespace: {quoted}\n"
            ),
        ),
        (
            "adapter/adapter.yaml",
            format!(
                "name: adapter\nversion: 1.0.0\nphase: runtime\ndisplay_name: {quoted}\ndescription: {quoted}\ngroup_prompt: {quoted}\n\
                 provides: [{quoted}]\nrequires: [{quoted}]\nsupported_versions: [{quoted}]\ndefault_version: {quoted}\nconfig_schema: \
                 \"../../../../../etc/passwd\"\n"
            ),
        ),
        (
            "adapter/adapter.py",
            format!(
                "class AdapterAdapter:\n    '''{ATTACK}'''\nclass XConfig(Base):\n    a: \"{}\" = 1\n",
                ATTACK.replace('"', "'")
            ),
        ),
    ]);
    let built = site.packyard(&["build"]);
    assert!(built.code <= 1, "{built:?}");
    let public = site.tree();
    for pack in ["victim", "evil", "adapter"] {
        assert!(public.contains_key(&format!("packs/crossplane/{pack}/index.html")), "{pack}: {}", built.stdout);
    }
    for (path, bytes) in public.iter().filter(|(path, _)| path.ends_with(".html") || path.ends_with(".xml")) {
        let text = String::from_utf8_lossy(bytes);
        for marker in ["<script>alert(", "<img src=x onerror", "51724863", "root:x:0:0"] {
            assert!(!text.contains(marker), "{path}: {marker}");
        }
    }
    let all = tree::read(&site.root());
    assert!(all.keys().all(|path| !path.contains("escaped")), "a name led to a file");
}

/// Ensures that the capabilities of all sources are one graph, and that it is resolved again when it changes.
#[test]
fn capabilities_are_resolved_over_the_whole_catalogue() {
    let class = |name: &str| format!("class {name}Adapter:\n    pass\n");
    let site = site(&[
        ("adapters/cluster/adapter.yaml", adapter("cluster", &["kubernetes"], &[])),
        ("adapters/cluster/adapter.py", class("Cluster")),
        ("adapters/mesh/adapter.yaml", adapter("mesh", &["network"], &["kubernetes"])),
        ("adapters/mesh/adapter.py", class("Mesh")),
    ]);
    site.packyard(&["build"]).with_code(0);
    let page =
        String::from_utf8(site.tree().remove("packs/crossplane/cluster/index.html").expect("a page")).expect("UTF-8");
    assert!(page.contains("mesh"), "who needs it is on its page");

    let site = site.file("source/adapters/cluster/adapter.yaml", &adapter("cluster", &["kubernetes"], &["network"]));
    let said = site.packyard(&["check"]).with_code(1).stdout;
    assert_eq!(said.matches("error[crossplane-capability-unmet]").count(), 2, "{said}");
    assert!(said.contains("cluster → network → kubernetes → cluster"), "{said}");

    // Another way to meet the requirement breaks the circle.
    let site = site
        .file("source/adapters/wires/adapter.yaml", &adapter("wires", &["network"], &[]))
        .file("source/adapters/wires/adapter.py", &class("Wires"));
    let said = site.packyard(&["check"]).with_code(0).stdout;
    assert!(!said.contains("crossplane-capability-unmet") && said.contains("crossplane-capability-shared"), "{said}");
}
