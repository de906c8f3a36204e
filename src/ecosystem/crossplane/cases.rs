//! The example packs check clean, and hostile packs cost little.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::testing::{check, directory, snapshot, texts};
use crate::ident::RelPath;

/// The example packs are what newcomers imitate.
#[test]
fn the_example_packs_check_clean() {
    for (path, components) in [
        ("packs/crossplane/platform/apis/queue-worker", 9),
        ("packs/crossplane/platform/databases/postgres", 3),
        ("packs/crossplane/object-bucket", 3),
    ] {
        let checked = check(&directory(path), path);
        let said: Vec<String> =
            checked.said().into_iter().filter(|said| !said.starts_with("crossplane-version-deprecated")).collect();
        assert_eq!(said, Vec::<String>::new(), "{path}");
        assert_eq!(checked.pack.map(|pack| pack.components.len()), Some(components), "{path}");
    }
}

#[test]
fn what_a_pack_needs_comes_from_its_content() {
    let pack =
        check(&directory("packs/crossplane/platform/apis/queue-worker"), "apis/queue-worker").pack.expect("a pack");
    assert_eq!(pack.requirements[0].range.as_deref(), Some(">=v1.14.0-0, <v2.0.0-0"));
    let dependencies: Vec<(&str, Option<&str>)> =
        pack.dependencies.iter().map(|one| (one.name.as_str(), one.kind.as_deref())).collect();
    assert_eq!(dependencies, [("xpkg.upbound.io/crossplane-contrib/provider-kubernetes", Some("provider"))]);
    let provided: Vec<&str> = pack.provides.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(provided, ["platform.acme.example/QueueWorker", "platform.acme.example/XQueueWorker"]);
    let secrets: Vec<String> =
        pack.environment.expect("secrets").fields.unpack().into_iter().map(|field| field.name).collect();
    assert_eq!(secrets, ["spec.imagePullSecrets", "spec.secret1Name", "spec.secret2Name"]);
}

#[test]
fn a_directory_of_other_files_says_that_it_is_no_pack() {
    let checked = check(&texts(&[("values.yaml", "a: 1\n")]), "other");
    assert!(checked.pack.is_none());
    assert_eq!(checked.said(), ["crossplane-not-a-pack :0 nothing here is a pack of Crossplane"]);
}

/// The API server counts characters, not bytes.
#[test]
fn deprecation_warnings_have_at_most_256_characters() {
    let definition = |warning: &str| {
        format!(
            "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {{name: xs.g.example}}\n\
             spec:\n  group: g.example\n  names: {{kind: X, plural: xs}}\n  versions:\n    - name: v1\n      served: true\n      \
             referenceable: true\n      deprecated: true\n      deprecationWarning: {warning}\n      schema:\n        \
             openAPIV3Schema: {{type: object}}\n"
        )
    };
    let refused = |warning: &str| {
        let said = check(&texts(&[("x.yaml", &definition(warning))]), "x").said();
        said.into_iter().filter(|said| said.starts_with("crossplane-xrd-not-structural")).collect::<Vec<_>>()
    };
    assert_eq!(refused(&"ü".repeat(256)), Vec::<String>::new());
    let fault = "crossplane-xrd-not-structural x.yaml:12 the deprecation warning of `v1` has 257 characters";
    assert_eq!(refused(&"ü".repeat(257)), [fault]);
}

/// Packs of every kind are documented, and say what may be done with them.
#[test]
fn packs_of_every_kind_have_a_readme_and_a_licence() {
    let service = ("ci/config.yaml", "service: {name: billing, namespace: money}\n");
    let tenant = (
        "overlays/dev/config.yaml",
        "tenant: a\nrepoURL: b\ntargetRevision: c\nnamespace: d\nappPath: e\nenvironment: dev\n",
    );
    let adapter = ("adapter.yaml", "name: a\nversion: 1.0.0\nphase: runtime\nprovides: []\n");
    let package =
        ("crossplane.yaml", "apiVersion: meta.pkg.crossplane.io/v1\nkind: Configuration\nmetadata: {name: a}\n");
    for (path, file) in [("billing", service), ("tenants/a", tenant), ("a", adapter), ("a", package)] {
        let missing = |files: &[(&str, &str)]| {
            let said = check(&texts(files), path).said();
            said.into_iter().filter(|said| said.starts_with("missing-")).collect::<Vec<_>>()
        };
        let expected = [
            format!("missing-license {}:0 nothing says the licence of the pack", file.0),
            format!("missing-readme {}:0 the pack has no README", file.0),
        ];
        assert_eq!(missing(&[file]), expected);
        assert_eq!(missing(&[file, ("README.md", ""), ("LICENSE", "")]), expected, "empty files say nothing");
        assert_eq!(missing(&[file, ("README.md", "# A\n"), ("LICENSE", "MIT License\n")]), Vec::<String>::new());
    }
}

/// The tools that show packages take an annotation for the README.
#[test]
fn a_package_may_say_its_readme_in_an_annotation() {
    let manifest = "apiVersion: meta.pkg.crossplane.io/v1\nkind: Configuration\nmetadata:\n  name: a\n  annotations:\n    \
                    meta.crossplane.io/license: MIT\n    meta.crossplane.io/readme: |\n      Queues <b>for</b> all.\n";
    let checked = check(&texts(&[("crossplane.yaml", manifest)]), "a");
    assert!(!checked.said().iter().any(|said| said.starts_with("missing-")), "{:?}", checked.said());
    let facts = checked.pack.expect("a pack").facts;
    let about: Vec<_> = facts.iter().filter(|fact| fact.label == "About the package").collect();
    assert_eq!(about[0].value, "Queues <b>for</b> all.");
}

/// A fault on every line, deep nesting, thousands of patterns: neither minutes nor a wall of findings.
#[test]
fn hostile_definitions_are_read_in_bounded_time() {
    let head = "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {name: xs.g}\nspec:\n  group: g\n  names: {kind: X, plural: xs}\n  versions:\n    - name: v1\n      served: true\n      referenceable: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              properties:\n";
    let many = |line: fn(usize) -> String| (0..8_000).map(line).collect::<String>();
    let untyped = format!("{head}{}", many(|n| format!("                f{n}: {{const: {n}}}\n")));
    let patterns = format!(
        "{head}{}",
        many(|n| format!("                f{n}: {{type: string, pattern: '(a{n}{{1,900}}b){{1,9}}', default: a}}\n"))
    );
    let deep =
        format!("{head}                f: {}{{type: string}}{}\n", "{type: array, items: ".repeat(45), "}".repeat(45));
    let started = std::time::Instant::now();
    for text in [untyped, patterns, deep] {
        let checked = check(
            &texts(&[
                ("x.yaml", &text),
                ("examples/x.yaml", "apiVersion: g/v1\nkind: X\nmetadata: {name: a}\nspec: {f0: x}\n"),
            ]),
            "hostile",
        );
        assert!(checked.findings.len() < 300, "{} findings", checked.findings.len());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in a file of a pack, something is said or nothing, but nothing panics.
    #[test]
    fn packs_with_faults_of_their_own_are_read(
        pack in 0..3_usize,
        file in any::<usize>(),
        at in any::<usize>(),
        length in 0..40_usize,
        text in "[ -~\n]{0,12}",
    ) {
        let path = [
            "packs/crossplane/platform/apis/queue-worker",
            "packs/crossplane/platform/databases/postgres",
            "packs/crossplane/object-bucket",
        ][pack];
        let original = directory(path);
        let mut files: BTreeMap<RelPath, Vec<u8>> = original
            .files()
            .iter()
            .map(|entry| (entry.path.clone(), original.read(entry).expect("in memory").to_vec()))
            .collect();
        let which = file % files.len();
        if let Some(content) = files.values_mut().nth(which) {
            let start = at % (content.len() + 1);
            let end = (start + length).min(content.len());
            content.splice(start..end, text.bytes());
        }
        let checked = check(&snapshot(files), path);
        prop_assert!(checked.pack.is_some() || !checked.findings.is_empty());
    }
}
