//! Every code has a case that shows it, and the mended pack beside it has no finding at all.

use std::path::{Path, PathBuf};

use super::StackStorm;
use super::codes::CODES;
use super::testing::{check, check_with, directory, snapshot_with, texts};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{Ecosystem as _, Names};
use crate::pack::{Memo, PackTree};
use crate::source::{SYMLINK, Snapshot};
use crate::yaml::Limits;

fn case(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check/stackstorm").join(code)
}

#[test]
fn every_code_has_a_case() {
    for code in CODES {
        let case = case(code.name());
        let shown = case.join("bad/pack.yaml").is_file() && case.join("good/pack.yaml").is_file();
        assert!(shown || case.join("elsewhere.md").is_file(), "{code} has no case");
    }
}

#[test]
fn every_case_shows_its_code_and_no_more_once_mended() {
    let mut faults = Vec::new();
    for code in CODES.iter().filter(|code| case(code.name()).join("bad").is_dir()) {
        let bad = check(&directory(&case(code.name()).join("bad")), None);
        if !bad.claimed || !bad.codes().contains(&code.name()) {
            faults.push(format!("{code}: bad shows {:?}, claimed {}", bad.codes(), bad.claimed));
        }
        let others: Vec<&str> = bad.codes().into_iter().filter(|other| *other != code.name()).collect();
        if !others.is_empty() {
            faults.push(format!("{code}: bad shows {others:?} besides"));
        }
        let good = check(&directory(&case(code.name()).join("good")), None);
        if !good.claimed || !good.findings.is_empty() {
            let messages: Vec<&str> = good.findings.iter().map(|finding| finding.message.as_str()).collect();
            faults.push(format!("{code}: good shows {:?} {messages:?}", good.codes()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_pack_without_a_manifest_says_so() {
    let checked = check(&texts(&[("actions/a.yaml", "name: a\nrunner_type: noop\n")]), None);
    assert_eq!(checked.codes(), ["manifest-missing"]);
    assert!(!checked.claimed && checked.pack.is_none());
}

const MANIFEST: &str = "name: other\nversion: 1.0.0\ndescription: d\nauthor: a\nemail: e\n";

#[test]
fn a_subfolder_that_differs_from_the_name_is_reported() {
    let files = texts(&[("pack.yaml", MANIFEST)]);
    let checked = check(&files, Some("folder"));
    assert!(checked.codes().contains(&"ref-directory-mismatch"));
    assert_eq!(checked.pack.map(|pack| pack.id.name.to_string()).as_deref(), Some("folder"));
    for directory in [None, Some("other"), Some("stackstorm-other")] {
        let checked = check(&files, directory);
        assert!(!checked.codes().contains(&"ref-directory-mismatch"), "{directory:?}");
        assert_eq!(checked.pack.map(|pack| pack.id.name.to_string()).as_deref(), Some("other"));
    }
}

#[test]
fn a_pack_without_any_usable_ref_says_so() {
    let manifest = MANIFEST.replace("name: other", "name: Other Pack");
    let checked = check(&texts(&[("pack.yaml", &manifest)]), Some("stackstorm-other"));
    assert!(checked.pack.is_none() && checked.codes() == ["no-usable-ref"], "{:?}", checked.codes());
}

/// The runtime's pattern has no bounds; a version that cannot be ordered must not become another one.
#[test]
fn versions_that_fit_the_pattern_alone_are_refused() {
    for version in ["99999999999999999999.0.0".to_owned(), format!("1.0.0-{}", "a".repeat(200))] {
        let manifest = MANIFEST.replace("1.0.0", &version);
        let checked = check(&texts(&[("pack.yaml", &manifest)]), None);
        assert!(checked.codes().contains(&"invalid-version"), "{version}: {:?}", checked.codes());
    }
}

/// A fault on every line, or sets that are compared with each other, must cost neither minutes nor a wall of findings.
#[test]
fn hostile_files_are_read_in_bounded_time() {
    let many = |line: fn(usize) -> String| (0..20_000).map(line).collect::<String>();
    let keys = format!("name: a\nrunner_type: noop\n{}", many(|n| format!("key_{n}: x\n")));
    let properties = many(|n| format!("        p{n}: {{type: string}}\n"));
    let default = many(|n| format!("        p{n}: x\n"));
    let nested = format!(
        "name: b\nrunner_type: noop\nparameters:\n  p:\n    type: object\n    properties:\n{properties}    default:\n{default}"
    );
    let allowed = many(|n| format!("        - {n}\n"));
    let sets = format!(
        "name: c\nrunner_type: noop\nparameters:\n  p:\n    type: array\n    items:\n      enum:\n{allowed}    default:\n{allowed}"
    );
    let tasks = format!("tasks:\n{}", many(|n| format!("  t{n}: {{action: no.such, next: [{{do: gone}}]}}\n")));
    let flow = "name: d\nrunner_type: orquesta\nentry_point: d.flow\n";
    let started = std::time::Instant::now();
    let checked = check(
        &texts(&[
            ("pack.yaml", MANIFEST),
            ("actions/a.yaml", &keys),
            ("actions/b.yaml", &nested),
            ("actions/c.yaml", &sets),
            ("actions/d.yaml", flow),
            ("actions/d.flow", &tasks),
        ]),
        None,
    );
    assert!(checked.findings.len() < 500, "{} findings", checked.findings.len());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// A broken manifest must not make the pack vanish.
#[test]
fn a_broken_manifest_beside_actions_is_claimed_and_reported() {
    let files = texts(&[("pack.yaml", "ref: demo\nname: *\n"), ("actions/a.yaml", "name: a\nrunner_type: noop\n")]);
    let checked = check(&files, None);
    assert!(checked.claimed && checked.pack.is_none());
    assert_eq!(checked.codes(), ["yaml-syntax"]);
}

/// Attune's manifests may carry `name` and `keywords`: what proves nothing must not claim.
#[test]
fn keys_that_prove_nothing_claim_nothing() {
    let files = texts(&[("pack.yaml", MANIFEST), ("actions/a.yaml", "ref: other.a\nrunner_type: python\n")]);
    assert!(!check(&files, None).claimed);
}

#[test]
fn an_entry_point_that_is_a_symlink_is_unsafe() {
    let mut sink = Sink::new();
    sink.report(SYMLINK, Place::file("actions/run.py"), "left out");
    let findings: Vec<Diagnostic> = sink.finish();
    let files =
        [("pack.yaml", MANIFEST), ("actions/a.yaml", "name: a\nrunner_type: python-script\nentry_point: run.py\n")];
    let files =
        files.iter().map(|(path, text)| (crate::ident::RelPath::composed(path), text.as_bytes().to_vec())).collect();
    assert!(check(&snapshot_with(files, findings), None).codes().contains(&"unsafe-path"));
}

/// What a file says is shared between packs that hold it, and its findings are not lost when it is.
#[test]
fn components_and_findings_are_shared_by_content() {
    let memo = Memo::new();
    let action = "name: a\nrunner_type: run-local\n";
    let files = texts(&[("pack.yaml", MANIFEST), ("actions/a.yaml", action)]);
    let later = texts(&[("pack.yaml", MANIFEST), ("actions/a.yaml", action), ("README.md", "later")]);
    let (first, second) = (check_with(&memo, &files, None), check_with(&memo, &later, None));
    let (first_pack, second_pack) = (first.pack.as_ref().expect("read"), second.pack.as_ref().expect("read"));
    assert!(std::sync::Arc::ptr_eq(&first_pack.components[0], &second_pack.components[0]));
    assert!(first.codes().contains(&"removed-runner") && second.codes().contains(&"removed-runner"));
}

/// The example packs are what newcomers imitate.
#[test]
fn the_example_packs_check_clean_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/stackstorm");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let memo = Memo::new();
    let snapshots: Vec<(String, Snapshot)> = folders
        .iter()
        .map(|folder| (folder.file_name().expect("a name").to_string_lossy().into_owned(), directory(folder)))
        .collect();
    let mut names = Names::default();
    let mut sink = Sink::new();
    let mut packs = Vec::new();
    for (name, snapshot) in &snapshots {
        let tree = PackTree::new(snapshot, &memo, name, Limits::default());
        assert!(StackStorm.evidence(&tree).is_some_and(|evidence| evidence.0.contains(&true)), "{name}");
        let pack = StackStorm.read(&tree, &mut sink).expect("a pack");
        names.add(&pack);
        packs.push((pack, tree));
    }
    for (pack, tree) in &packs {
        StackStorm.check_references(pack, tree, &names, &mut sink);
    }
    let messages: Vec<String> =
        sink.finish().iter().map(|found| format!("{} {} {}", found.code, found.place.path, found.message)).collect();
    assert!(messages.is_empty() && packs.len() >= 3, "{messages:#?}");
}
