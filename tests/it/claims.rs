//! Claims against the releases of their providers: what their pages say, and what is reported.

use crate::support::{RepoFixture, SiteTest};

/// Where the claim's page lies.
const PAGE: &str = "claim/worker.html";

/// Returns a definition of `Worker` with a size that is one of these, and its composition.
fn api(sizes: &str) -> String {
    api_in("north", sizes)
}

/// Returns the same with another default zone.
fn api_in(zone: &str, sizes: &str) -> String {
    format!(
        "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {{name: xworkers.g.example}}\nspec:\n  \
         group: g.example\n  names: {{kind: XWorker, plural: xworkers}}\n  claimNames: {{kind: Worker, plural: workers}}\n  versions:\n    \
         - name: v1\n      served: true\n      referenceable: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          \
         properties:\n            spec:\n              type: object\n              x-kubernetes-validations: [{{rule: 'self.size != self.zone'}}]\n              \
         properties:\n                size: {{type: string, enum: [{sizes}]}}\n                zone: {{type: string, default: {zone}}}\n                \
         adminToken: {{type: string, default: changeme-now}}\n---\n\
         apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {{name: workers}}\nspec:\n  \
         compositeTypeRef: {{apiVersion: g.example/v1, kind: XWorker}}\n  mode: Pipeline\n  pipeline: [{{step: a, functionRef: {{name: f}}}}]\n"
    )
}

/// Makes a registry of a provider and of a service that uses a revision of it.
fn registry(branch: &str, size: &str) -> (SiteTest, RepoFixture) {
    let site = SiteTest::new();
    let (mut provider, mut service) =
        (RepoFixture::init(site.beside("platform")), RepoFixture::init(site.beside("service")));
    provider
        .file("worker/README.md", "# Worker\n")
        .file("LICENSE", "MIT")
        .file("worker/api.yaml", &api("small, large"));
    provider.commit("first").tag("v1.0.0");
    service
        .file("ci/config.yaml", &format!("service: {{name: billing, namespace: money}}\nplatform: {{branch: {branch}}}\n"))
        .file(
            "platform/claims/money/worker.yaml",
            &format!(
                "apiVersion: g.example/v1\nkind: Worker\nmetadata: {{name: worker, namespace: money}}\nspec: {{size: {size}}}\n"
            ),
        )
        .commit("first")
        .tag("v0.1.0");
    let sources = ["platform", "service"].map(|name| format!("[[source]]\ngit = \"../{name}\"\n"));
    (site.file("packyard.toml", &sources.concat()), provider)
}

/// Returns the page of the claim, and the findings about the service, as `code: message`.
fn built(site: &SiteTest) -> (String, Vec<String>) {
    let report = site.build().expect("the machine works");
    let said = |finding: &packyard::diag::Diagnostic| format!("{}: {}", finding.code, finding.message);
    let mut said: Vec<String> = report.findings.iter().chain(&report.historical).map(said).collect();
    said.retain(|said| said.starts_with("crossplane-claim"));
    said.sort();
    said.dedup();
    let mut tree = site.tree();
    let page = tree.remove(&format!("packs/crossplane/billing/0.1.0/{PAGE}")).expect("a page of the claim");
    (String::from_utf8(page).expect("UTF-8"), said)
}

/// Ensures that the page of a claim says who checked it, what is filled in and what was not evaluated, and that it says so
/// anew when the provider changes.
#[test]
fn the_page_of_a_claim_shows_what_its_provider_makes_of_it() {
    let (site, mut provider) = registry("main", "small");
    let (page, said) = built(&site);
    assert!(said.is_empty(), "{said:?}");
    let of_pack = site.tree().remove("packs/crossplane/billing/0.1.0/index.html").expect("the page of the release");
    let of_pack = String::from_utf8(of_pack).expect("UTF-8");
    assert!(of_pack.contains("valid</span> <code>worker</code> 1.0.0"), "{of_pack}");
    for text in ["valid</span> <code>worker</code> 1.0.0", "self.size != self.zone", "spec.zone", "&quot;north&quot;"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("spec.adminToken") && !page.contains("changeme-now"), "what may be secret is not shown");

    let of_api =
        site.tree().remove("packs/crossplane/worker/1.0.0/xrd/xworkers.g.example.html").expect("the page of the API");
    let of_api = String::from_utf8(of_api).expect("UTF-8");
    assert!(of_api.contains("of billing 0.1.0, which needs v1</span>"), "{of_api}");

    // Nothing that is released, and nothing that is found, is another.
    provider.file("worker/api.yaml", &api_in("south", "small, large")).commit("another zone");
    let (page, said) = built(&site);
    assert!(said.is_empty(), "{said:?}");
    assert!(page.contains("&quot;north&quot;") && page.contains("&quot;south&quot;"), "the page is made again: {page}");

    provider.file("worker/api.yaml", &api("medium")).commit("other sizes").tag("v1.1.0");
    let (page, said) = built(&site);
    let wrong = "crossplane-claim-invalid: `spec.size`: \"small\" is none of \"medium\" (by `worker` 1.1.0, v1)";
    assert_eq!(said, [wrong]);
    assert!(page.contains("refused</span> <code>worker</code> 1.1.0") && page.contains("is none of"), "{page}");
    let incremental = site.tree();
    site.build_without_memory().expect("the machine works");
    assert!(incremental == site.tree(), "what is remembered makes no difference");
}

/// Ensures that a claim is held against the release that its service names, besides the newest one.
#[test]
fn a_claim_is_checked_against_the_release_that_its_service_uses() {
    let (site, mut provider) = registry("v1.0.0", "medium");
    provider.file("worker/api.yaml", &api("medium")).commit("other sizes").tag("v1.1.0");
    let (page, said) = built(&site);
    let wrong = "crossplane-claim-invalid: `spec.size`: \"medium\" is none of \"small\", \"large\" (by `worker` 1.0.0, which \
                 `platform.branch` names, v1)";
    assert_eq!(said, [wrong]);
    assert!(page.contains("valid</span> <code>worker</code> 1.1.0"), "{page}");
    assert!(page.contains("refused</span> <code>worker</code> 1.0.0, which"), "{page}");
}

/// Ensures that what breaks a claim is told before it is released.
#[test]
fn what_is_not_released_yet_breaks_a_claim_soon() {
    let (site, mut provider) = registry("main", "small");
    provider.file("worker/api.yaml", &api("medium")).commit("other sizes");
    let (page, said) = built(&site);
    let soon =
        "crossplane-claim-breaks-soon: `spec.size`: \"small\" is none of \"medium\" (by `worker` as it is now, v1)";
    assert_eq!(said, [soon]);
    assert!(page.contains("refused</span> <code>worker</code> as it is now"), "{page}");
}
