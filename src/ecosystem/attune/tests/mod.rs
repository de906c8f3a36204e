//! Tests of the ecosystem as a whole.

mod feeds;
mod hostile;

use std::fs;
use std::path::Path;

use super::testing::{self, MANIFEST, codes, read, snapshot, tree, with_findings};
use super::{Attune, codes as attune_codes};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{Ecosystem, Evidence, Names};
use crate::ident::PackName;
use crate::pack::Memo;
use crate::source::{PATH_UNSAFE, SYMLINK};

/// Returns the files below a directory as text, by path.
fn files_below(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_str().expect("UTF-8").replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found
}

/// Reads a directory as a pack that stands alone in the catalog.
fn check(directory: &Path) -> Vec<Diagnostic> {
    let files = files_below(directory);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (snapshot, memo, mut sink) = (snapshot(&files), Memo::new(), Sink::new());
    let tree = tree(&snapshot, &memo);
    if let Some(pack) = Attune.read(&tree, &mut sink) {
        let mut names = Names::default();
        names.add(&pack);
        Attune.check_references(&pack, &tree, &names, &mut sink);
    }
    sink.finish()
}

/// Ensures that every code has a fixture: a bad pack that shows it, and a good one without any finding.
#[test]
fn every_code_has_a_bad_and_a_good_pack() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check/attune");
    for code in attune_codes::CODES {
        let case = cases.join(code.name());
        if case.join("elsewhere.md").is_file() {
            continue;
        }
        let bad = check(&case.join("bad"));
        assert!(bad.iter().any(|finding| finding.code == *code), "{code}: {bad:#?}");
        let good = check(&case.join("good"));
        assert!(good.is_empty(), "{code}: {good:#?}");
    }
}

/// Ensures that the example packs show no fault, alone and beside each other.
#[test]
fn example_packs_are_clean() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/attune");
    let mut packs = Vec::new();
    let mut names = Names::default();
    for entry in fs::read_dir(directory).expect("example packs") {
        let files = files_below(&entry.expect("an entry").path());
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let snapshot = snapshot(&files);
        let (pack, found) = read(&snapshot);
        assert_eq!(found, [], "{:?}", pack.map(|pack| pack.id));
        let pack = pack.expect("a pack");
        names.add(&pack);
        packs.push((pack, snapshot));
    }
    for (pack, snapshot) in &packs {
        let (memo, mut sink) = (Memo::new(), Sink::new());
        Attune.check_references(pack, &tree(snapshot, &memo), &names, &mut sink);
        assert_eq!(sink.finish(), [], "{:?}", pack.id);
    }
}

/// The pattern has no bounds; a pack must not be left out in silence for a version that cannot be ordered.
#[test]
fn versions_that_fit_the_pattern_alone_are_refused() {
    for version in ["99999999999999999999.0.0".to_owned(), format!("1.0.0-{}", "a".repeat(200))] {
        let manifest = MANIFEST.replace("1.0.0", &version);
        assert_eq!(codes(&[("pack.yaml", &manifest)]), ["attune-version-not-semver"], "{version}");
    }
}

#[test]
fn a_new_pack_is_clean() {
    for name in ["web-probes", "0day", "Acme.Tools", "_x"] {
        let files = Attune.scaffold(&PackName::new(name).expect("a name"));
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), std::str::from_utf8(text).expect("text"))).collect();
        let (pack, found) = read(&snapshot(&files));
        assert_eq!(found, []);
        assert_eq!(pack.expect("a pack").components.len(), 1);
    }
}

#[test]
fn limits_of_the_checker_and_the_installer_are_held() {
    let large = format!("{}#{}", testing::ACTION, "x".repeat(1 << 20));
    assert_eq!(codes(&[("pack.yaml", MANIFEST), ("actions/hello.yaml", &large)]), ["attune-limits"]);
    let huge = "x".repeat((50 << 20) + 1);
    assert_eq!(codes(&[("pack.yaml", MANIFEST), ("data.bin", &huge)]), ["attune-install-limits"]);
}

#[test]
fn links_and_names_that_the_source_found_are_errors_here() {
    let mut found = Sink::new();
    found.report(SYMLINK, Place::file("lib/link"), "a symbolic link is left out");
    found.report(PATH_UNSAFE, Place::file("lib/\u{fffd}"), "the path is not UTF-8");
    let (_, found) = read(&with_findings(&[("pack.yaml", MANIFEST)], found.finish()));
    let found: Vec<_> = found.iter().map(|finding| (finding.code.name(), finding.place.path.as_str())).collect();
    assert_eq!(found, [("attune-symlink", "lib/link"), ("attune-path-not-utf8", "lib/\u{fffd}")]);
}

#[test]
fn names_that_a_release_archive_refuses_are_warned_of() {
    assert_eq!(codes(&[("pack.yaml", MANIFEST), ("docs/what?.md", "")]), ["attune-release-path"]);
}

#[test]
fn the_first_row_with_evidence_tells_the_ecosystem() {
    let rows = |files: &[(&str, &str)]| {
        let (snapshot, memo) = (snapshot(files), Memo::new());
        Attune.evidence(&tree(&snapshot, &memo)).map(|Evidence(rows)| rows.iter().position(|row| *row))
    };
    let bare = ("pack.yaml", "ref: demo\nversion: 1.0.0\n");
    let foreign = ("actions/a.yaml", "name: a\nrunner_type: python-script\n");
    assert_eq!(rows(&[bare, ("actions/a.yaml", "ref: demo.a\n"), ("pack-icon.svg", "")]), Some(Some(0)));
    assert_eq!(rows(&[bare, foreign, ("rules/r.yaml", "trigger_ref: core.t\n")]), Some(Some(1)));
    assert_eq!(rows(&[bare, foreign, ("pack-icon.svg", "")]), Some(Some(2)));
    assert_eq!(rows(&[("pack.yaml", "ref: demo\nversion: 1.0.0\nsystem: true\n"), foreign]), Some(Some(3)));
    assert_eq!(rows(&[("pack.yaml", "ref: demo\nversion: 1.0.0\nsystem: {}\n"), foreign]), Some(None));
    assert_eq!(rows(&[("pack.yaml", "title: A pack of cards\n")]), None);
    assert_eq!(rows(&[("README.md", "")]), None);
}

/// A manifest that cannot be read must be reported, not vanish.
#[test]
fn a_broken_manifest_is_still_claimed_by_its_actions() {
    let files = [("pack.yaml", "ref: [demo\n"), ("actions/hello.yaml", testing::ACTION)];
    let (snapshot, memo) = (snapshot(&files), Memo::new());
    assert!(Attune.evidence(&tree(&snapshot, &memo)).is_some_and(|evidence| evidence.0[0]));
    assert_eq!(codes(&files), ["attune-manifest-unreadable"]);
}

#[test]
fn an_action_shows_the_tasks_of_its_workflow() {
    let workflow = "version: 1.0.0\ntasks:\n  - name: a\n    action: core.noop\n    next:\n      - when: \"{{ succeeded() }}\"\n        do: [b]\n  - name: b\n    action: demo.go\n";
    let files = [
        ("pack.yaml", MANIFEST),
        ("actions/go.yaml", "ref: demo.go\nworkflow_file: workflows/go.yaml\nparameters:\n  n: {type: integer}\n"),
        ("actions/workflows/go.yaml", workflow),
    ];
    let (pack, found) = read(&snapshot(&files));
    assert_eq!(found, []);
    let pack = pack.expect("a pack");
    let action = &pack.components[0];
    assert_eq!(action.entry_point.as_ref().map(|path| path.as_str()), Some("actions/workflows/go.yaml"));
    assert_eq!(action.steps[0].next, [("{{ succeeded() }}".to_owned(), "b".to_owned())]);
    let targets: Vec<&str> = action.links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["core.noop", "demo.go"]);
}

#[test]
fn nested_fields_and_constraints_are_opened_out() {
    let action = "ref: demo.hello\nentry_point: hello.sh\nparameters:\n  hosts:\n    type: array\n    minItems: 1\n    items:\n      type: object\n      required: [name]\n      properties:\n        name: {type: string}\n        port: {type: integer, default: 443, maximum: 65535}\n";
    let files = [("pack.yaml", MANIFEST), ("actions/hello.yaml", action), ("actions/hello.sh", "")];
    let pack = read(&snapshot(&files)).0.expect("a pack");
    let hosts = &pack.components[0].tables[0].fields.unpack()[0];
    assert_eq!(
        (hosts.type_text.as_str(), hosts.constraints.join(" ")),
        ("array of object", "at least 1 items".to_owned())
    );
    assert!(hosts.fields[0].required && !hosts.fields[1].required);
    assert_eq!(hosts.fields[1].default.as_deref(), Some("443"));
}

#[test]
fn every_schema_is_a_schema_with_a_name_of_its_own() {
    let mut names: Vec<&str> = Attune
        .schemas()
        .iter()
        .map(|(name, text)| {
            crate::pack::schema::Schema::embedded(text);
            *name
        })
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), count), (14, 14));
}
