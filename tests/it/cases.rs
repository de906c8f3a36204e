//! Every rule has a folder that shows it: `tests/cases/check/<ecosystem>/<code>/`, or `…/core/<code>/`.
//!
//! ```text
//! bad/        the smallest pack that has the fault    good/       the same pack, mended
//! expected/human.txt, expected/diagnostics.json       what is said about `bad/`
//! elsewhere.md                                        instead of all that: which test shows it, when a folder cannot
//! ```
//!
//! A `packyard.toml` in `bad/` or `good/` is used; else the folder is one source of the ecosystem it stands under.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use packyard::config::{Config, SourceConfig};
use packyard::diag::{Diagnostic, human, json};
use packyard::{ecosystem, rules};

use crate::support::SiteTest;
use crate::support::snapshot::text_differs;

/// The folder of the codes that no ecosystem owns.
const CORE: &str = "core";

struct Case {
    owner: String,
    code: String,
    path: PathBuf,
}

impl Case {
    /// Checks a copy of a folder outside of any repository, so that nothing around it counts.
    fn findings(&self, folder: &str) -> Vec<Diagnostic> {
        let root = self.path.join(folder);
        let site = SiteTest::from_dir(&format!("cases/check/{}/{}/{folder}", self.owner, self.code));
        let own = Utf8Path::from_path(&root).expect("UTF-8");
        let config = if root.join(Config::FILE).exists() {
            Config::load(own).expect("the configuration of a case is valid")
        } else {
            let ecosystem = ecosystem::by_id(&self.owner).map(|ecosystem| ecosystem.id().to_owned());
            let source = SourceConfig { path: Some(".".into()), ecosystem, ..SourceConfig::default() };
            Config { sources: vec![source], ..Config::default() }
        };
        site.check_with(&config).expect("the machine works").findings
    }

    /// Returns what is wrong with the case itself.
    fn faults(&self) -> Vec<String> {
        let name = format!("{}/{}", self.owner, self.code);
        let elsewhere = self.path.join("elsewhere.md");
        if elsewhere.exists() {
            let text = std::fs::read_to_string(&elsewhere).expect("a text");
            return if names_a_test(&text) { Vec::new() } else { vec![format!("{name}: elsewhere.md names no test")] };
        }
        let mut faults = Vec::new();
        let bad = self.findings("bad");
        let has_code = |findings: &[Diagnostic]| findings.iter().any(|finding| finding.code.name() == self.code);
        if !has_code(&bad) {
            faults.push(format!("{name}: bad/ is not reported; but\n{}", human::render(&bad, human::Style::PLAIN)));
        }
        let good = self.findings("good");
        if has_code(&good) {
            faults.push(format!("{name}: good/ is reported\n{}", human::render(&good, human::Style::PLAIN)));
        }
        if faults.is_empty() {
            let expected = self.path.join("expected");
            faults.extend(text_differs(&expected.join("human.txt"), &human::render(&bad, human::Style::PLAIN)));
            faults.extend(text_differs(&expected.join("diagnostics.json"), &json::render(&bad)));
        }
        faults
    }
}

/// Returns the folders of all cases, sorted.
fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check");
    let mut cases = Vec::new();
    for owner in folders(&root) {
        for code in folders(&root.join(&owner)) {
            cases.push(Case { path: root.join(&owner).join(&code), owner: owner.clone(), code });
        }
    }
    cases
}

fn folders(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).expect("a directory can be listed");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.expect("a directory can be listed").file_name().into_string().ok())
        .filter(|name| path.join(name).is_dir())
        .collect();
    names.sort();
    names
}

/// Tells whether a text names, in backticks, a test function that exists.
fn names_a_test(text: &str) -> bool {
    let named = text.split('`').skip(1).step_by(2).filter_map(|path| path.rsplit("::").next());
    let functions: Vec<String> = named.filter(|name| name.contains('_')).map(|name| format!("fn {name}(")).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = ["src", "tests/it"].map(|folder| crate::support::tree::read(&root.join(folder)));
    functions.iter().any(|function| {
        sources
            .iter()
            .flatten()
            .any(|(path, bytes)| path.ends_with(".rs") && String::from_utf8_lossy(bytes).contains(function.as_str()))
    })
}

/// Ensures that every case shows its fault, that its mended twin does not, and that what is said is as expected.
#[test]
fn every_case_is_reported_as_expected() {
    let faults: Vec<String> = cases().iter().flat_map(Case::faults).collect();
    assert!(faults.is_empty(), "{} faults\n\n{}", faults.len(), faults.join("\n\n"));
}

/// Ensures that no rule is without a case, and no case without a rule.
#[test]
fn every_code_has_a_case() {
    let mut wanted = BTreeMap::new();
    for code in rules::all() {
        wanted.insert(code.name(), CORE);
    }
    for ecosystem in ecosystem::ALL {
        wanted.extend(ecosystem.codes().iter().map(|code| (code.name(), ecosystem.id())));
    }
    let mut faults = Vec::new();
    for case in cases() {
        if wanted.remove(case.code.as_str()) != Some(case.owner.as_str()) {
            faults.push(format!("{}/{}: there is no such code", case.owner, case.code));
        }
    }
    faults.extend(wanted.iter().map(|(code, owner)| format!("{owner}/{code}: has no case")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
