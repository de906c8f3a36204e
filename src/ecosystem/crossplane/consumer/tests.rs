//! Consumers as catalogs know them, and hostile ones.

use super::super::testing::{check, directory, texts};
use super::{clue, packs};
use crate::pack::Pack;

const CI: &str = "service:\n  name: billing\n  namespace: money\ndependencies:\n  platform: [queue-worker]\n  internal: [ledger]\n  \
                  external: [{name: rates}]\nenv:\n  - name: LOG_LEVEL\n    value: hidden\n  - TOKEN=hidden\n";

fn claim(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "apiVersion: platform.acme.example/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: money}}\nspec:\n{spec}"
    )
}

fn pack(files: &[(&str, &str)], path: &str) -> Pack {
    check(&texts(files), path).pack.expect("a pack")
}

#[test]
fn a_service_needs_kinds_parts_of_the_platform_and_services() {
    let worker = claim("Worker", "billing", "  secret1Name: billing-conn\n  adminPassword: hidden\n  size: 3\n");
    let database = claim("Database", "billing", "  size: 1\n");
    let files = [
        ("ci/config.yaml", CI),
        ("platform/claims/money/worker.yaml", worker.as_str()),
        ("platform/claims/money/database.yaml", &database),
        ("platform/claims/money/settings.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
        ("platform/monitor.yaml", "apiVersion: other.example/v1\nkind: Monitor\nmetadata: {name: x}\nspec: {}\n"),
    ];
    let pack = pack(&files, "services/billing");
    let needs: Vec<(&str, &str)> =
        pack.dependencies.iter().map(|one| (one.kind.as_deref().unwrap_or("pack"), one.name.as_str())).collect();
    assert_eq!(
        needs,
        [
            ("api", "platform.acme.example/Database"),
            ("api", "platform.acme.example/Worker"),
            ("pack", "queue-worker"),
            ("service", "ledger"),
            ("service", "rates"),
        ]
    );
    let names: Vec<&str> = pack.components.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["billing.database", "billing.worker"], "both are called alike, and nothing else is a claim");
    let links: Vec<&str> = pack.components[1].links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(links, ["platform.acme.example/Worker", "billing/billing.database"]);
    let shown = format!("{pack:?}");
    assert!(!shown.contains("hidden") && shown.contains("LOG_LEVEL") && shown.contains("TOKEN"), "{shown}");
}

/// The platform's pipeline expects a claim of the name that the service says.
#[test]
fn a_claim_that_the_platform_expects_is_there_or_said_to_be_missing() {
    let ci = |name: &str| format!("{CI}platform:\n  service: {{type: workers, name: {name}}}\n");
    let worker = claim("Worker", "billing", "  size: 3\n");
    let missing = |name: &str| {
        let files = [("ci/config.yaml", ci(name)), ("platform/claims/money/worker.yaml", worker.clone())];
        let pack = pack(&files.each_ref().map(|(path, text)| (*path, text.as_str())), "services/billing");
        pack.facts.into_iter().find(|fact| fact.label == "Expected claim").map(|fact| fact.value)
    };
    assert_eq!(missing("billing"), None);
    assert_eq!(missing("biling").as_deref(), Some("biling: no claim here has that name"));
}

/// The pipeline asks the cluster as `kubectl` does, by the plural of a kind.
#[test]
fn the_type_of_the_expected_claim_is_that_of_the_claim() {
    let said = |service: &str| {
        let ci = format!("{CI}platform:\n  service: {service}\n");
        let (worker, database) =
            (claim("Worker", "billing", "  size: 3\n"), claim("Database", "ledger", "  size: 3\n"));
        let files = [
            ("ci/config.yaml", ci.as_str()),
            ("platform/claims/money/worker.yaml", &worker),
            ("platform/claims/money/database.yaml", &database),
        ];
        let said = check(&texts(&files), "services/billing").said();
        said.into_iter()
            .filter(|said| said.contains("ci/config.yaml:"))
            .filter(|said| !said.contains("missing"))
            .collect::<Vec<_>>()
    };
    for service in [
        "{type: workers, name: billing}",
        "{type: Worker, name: billing}",
        "{type: workers.platform.acme.example, name: billing}",
        "{type: deployments, name: billing}",
        "{type: workers}",
        "nothing",
    ] {
        assert_eq!(said(service), [""; 0], "{service}");
    }
    let wrong =
        "crossplane-expected-claim ci/config.yaml:13 the claim `billing` is no `databases`: its kind is `Worker`";
    assert_eq!(said("{type: databases, name: billing}"), [wrong]);
    let missing = "crossplane-expected-claim ci/config.yaml:13 no claim here is called `biling`";
    assert_eq!(said("{type: workers, name: biling}"), [missing]);
    let nobody =
        "crossplane-claim-unresolved ci/config.yaml:13 no pack of the catalog provides an API that is called `queues`";
    assert_eq!(said("{type: queues, name: billing}"), [nobody]);
}

#[test]
fn consumers_are_found_by_what_files_say() {
    let tenant = "tenant: a\nrepoURL: b\ntargetRevision: c\nnamespace: d\npath: e\n";
    assert_eq!(clue("config.yaml", CI.as_bytes()).as_deref(), Some("service"));
    assert_eq!(clue("config.yaml", tenant.as_bytes()).as_deref(), Some("tenant"));
    for (name, text) in
        [("other.yaml", CI), ("config.yaml", "service: {name: a}\n"), ("config.yaml", "tenant: [\nrepoURL:")]
    {
        assert_eq!(clue(name, text.as_bytes()), None, "{text}");
    }
    let clues = [
        ("services/billing/ci/config.yaml", "service"),
        ("not-ci/config.yaml", "service"),
        ("tenants/a/overlays/dev/config.yaml", "tenant"),
        ("tenants/a/overlays/prod/config.yaml", "tenant"),
        ("elsewhere/a/overlays/dev/config.yaml", "tenant"),
        ("tenants/a/overlays/dev/deeper/config.yaml", "tenant"),
    ];
    assert_eq!(packs(&clues, None), ["services/billing", "tenants/a"]);
    assert_eq!(packs(&[("ci/config.yaml", "service")], None), [""]);
    assert_eq!((packs(&[], None).len(), packs(&[], Some("consumer"))), (0, vec![String::new()]));
}

/// What other programs call `adapter.yaml`, and a provider with an example claim, are no packs of these kinds.
#[test]
fn other_files_of_those_names_make_no_pack() {
    for text in ["name: x\nphase: moon\n", "model: lora\nrequires: nothing\n", "- a\n", "provides: 1\n"] {
        assert!(check(&texts(&[("adapter.yaml", text)]), "x").pack.is_none(), "{text}");
    }
    let worker = claim("Worker", "billing", "  size: 3\n");
    assert!(check(&texts(&[("examples/claims/worker.yaml", &worker)]), "x").pack.is_none());
}

/// An API inside the repository of a service does not make the service a provider.
#[test]
fn a_service_with_a_definition_is_still_a_service() {
    let definition = "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {name: xs.g.example}\n\
                      spec: {group: g.example, names: {kind: X, plural: xs}}\n";
    let checked = check(&texts(&[("ci/config.yaml", CI), ("deploy/own/x.yaml", definition)]), "billing");
    assert_eq!(checked.pack.expect("a pack").id.name.as_str(), "billing");
    let codes: Vec<&str> = checked.findings.iter().map(|finding| finding.code.name()).collect();
    assert!(codes.contains(&"crossplane-definition-in-consumer"), "{codes:?}");
}

#[test]
fn the_example_consumers_and_adapters_are_read() {
    for (path, names) in [
        ("packs/crossplane/agent-executor", &["agent-executor", "agent-executor-db", "step-retries"][..]),
        ("packs/crossplane/tenants/agents", &["reports", "summaries", "dev", "prod"]),
        ("packs/crossplane/adapters/local_cluster", &["local_cluster"]),
    ] {
        let pack = check(&directory(path), path.strip_prefix("packs/crossplane/").unwrap_or(path)).pack.expect(path);
        assert_eq!(pack.components.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), names, "{path}");
    }
}

/// Long keys, many of them, many claims and secrets: neither minutes nor memory nor a wall of findings.
#[test]
fn hostile_consumers_are_read_in_bounded_time() {
    let many = |line: &dyn Fn(usize) -> String| (0..15_000).map(line).collect::<String>();
    let long = format!("  {}:\n{}", "k".repeat(300_000), many(&|n| format!("    v{n}: 1\n")));
    let slots = many(&|n| format!("  secret{n}Name: c-conn\n"));
    let images = many(&|n| format!("  s{n}: {{image: 'x:latest'}}\n"));
    let claims = (0..4_000)
        .map(|n| claim("Worker", &format!("c{}", n % 7), "  secret1Name: c1-conn\n") + "---\n")
        .collect::<String>();
    let secret = format!("apiVersion: v1\nkind: Secret\nstringData:\n{}", many(&|n| format!("  k{n}: v\n")));
    let kustomization = format!("resources:\n{}", many(&|n| format!("  - missing-{n}.yaml\n")));
    let requirements = "### Requirement 1: x\n".repeat(40_000);
    let tasks = format!("- [ ] 1. x\n{}", "  - _Requirements: 1.1-1.50, 2.1-2.50, 3.1_\n".repeat(20_000));
    let started = std::time::Instant::now();
    let checked = check(
        &texts(&[
            ("ci/config.yaml", CI),
            ("platform/claims/money/long.yaml", &claim("Worker", "long", &long)),
            ("platform/claims/money/slots.yaml", &claim("Worker", "slots", &slots)),
            ("platform/claims/money/images.yaml", &claim("Worker", "images", &images)),
            ("platform/claims/money/claims.yaml", &claims),
            ("platform/secret.yaml", &secret),
            ("kustomization.yaml", &kustomization),
            (".kiro/specs/x/requirements.md", &requirements),
            (".kiro/specs/x/tasks.md", &tasks),
        ]),
        "hostile",
    );
    assert!(checked.findings.len() < 500, "{} findings", checked.findings.len());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
