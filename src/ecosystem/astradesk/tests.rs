//! Packs in memory, read and checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AstraDesk, scaffold};
use crate::diag::{Diagnostic, Severity, Sink};
use crate::ecosystem::{Ecosystem as _, Names};
use crate::ident::{Digest, PackName, RelPath};
use crate::pack::above::{Above, LicenseAbove};
use crate::pack::{Configured, Memo, Pack, PackTree};
use crate::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};
use crate::yaml::Limits;

/// File contents by path.
#[derive(Debug)]
struct Contents(BTreeMap<RelPath, Arc<[u8]>>);

impl Blobs for Contents {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Ok(Arc::clone(&self.0[&entry.path]))
    }
}

fn snapshot(files: BTreeMap<RelPath, Vec<u8>>) -> Snapshot {
    let entry = |(path, bytes): (&RelPath, &Vec<u8>)| FileEntry {
        path: path.clone(),
        blob: BlobId::sha256(Digest::of(bytes)),
        size: bytes.len() as u64,
        executable: false,
    };
    let entries = files.iter().map(entry).collect();
    let contents = files.into_iter().map(|(path, bytes)| (path, bytes.into())).collect();
    Snapshot::new(entries, Arc::new(Contents(contents)), Vec::new())
}

pub(super) fn texts(files: &[(&str, &str)]) -> Snapshot {
    snapshot(files.iter().map(|(path, text)| (RelPath::composed(path), text.as_bytes().to_vec())).collect())
}

/// Reads and checks the pack in a snapshot, with only itself in the catalog.
pub(super) fn check(snapshot: &Snapshot, path: &str) -> (Option<Pack>, Vec<Diagnostic>) {
    let memo = Memo::new();
    let tree = PackTree::new(snapshot, &memo, path, Limits::default());
    let mut sink = Sink::new();
    let pack = AstraDesk.read(&tree, &mut sink);
    if let Some(pack) = &pack {
        let mut names = Names::default();
        names.add(pack);
        AstraDesk.check_references(pack, &tree, &names, &mut sink);
    }
    (pack, sink.finish())
}

fn codes(findings: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code.name()).collect();
    codes.dedup();
    codes
}

#[test]
fn a_new_pack_has_no_findings() {
    for (name, path) in [("domain-hello", "domain-hello"), ("my_pack", "my_pack")] {
        let name = PackName::new(name).expect("a name");
        let (pack, findings) = check(&snapshot(scaffold::files(&name)), path);
        assert!(findings.is_empty(), "{findings:#?}");
        let pack = pack.expect("a pack");
        assert_eq!(pack.id.name.as_str(), if path == "my_pack" { "domain-my-pack" } else { "domain-hello" });
        let kinds: Vec<&str> = pack.components.iter().map(|component| component.kind.key).collect();
        assert_eq!(kinds, ["agent", "tool", "flow", "policy", "endpoint", "endpoint", "endpoint"]);
        let flow = pack.components.iter().find(|component| component.kind.key == "flow").expect("a flow");
        assert_eq!((flow.links.len(), flow.steps.len()), (2, 2));
    }
}

const PROJECT: &str = "[project]\nname = \"astradesk-domain-x\"\nversion = \"1.0\"\nlicense = \"MIT\"\n";

/// What claims nothing must be left alone: most `pyproject.toml` are no domain packs.
#[test]
fn only_domain_packs_are_claimed() {
    let claimed = |files: &[(&str, &str)], path: &str| {
        let (snapshot, memo) = (texts(files), Memo::new());
        let tree = PackTree::new(&snapshot, &memo, path, Limits::default());
        let evidence = AstraDesk.evidence(&tree).map(|evidence| evidence.0.iter().position(|row| *row));
        assert_eq!(evidence.is_none(), AstraDesk.is_foreign(&tree, &mut Sink::new()), "{path}");
        evidence.flatten()
    };
    let point = "[project]\nname = \"any\"\n[project.entry-points.\"astradesk.pack\"]\na = \"a:Pack\"\n";
    assert_eq!(claimed(&[("pyproject.toml", point)], "x"), Some(0));
    assert_eq!(claimed(&[("pyproject.toml", PROJECT)], "x"), Some(1));
    let other = "[project]\nname = \"other\"\n";
    let parts = [("pyproject.toml", other), ("src/a/flows/a.yaml", "")];
    assert_eq!(claimed(&parts, "packages/domain-a"), Some(2));
    assert_eq!(claimed(&[("setup.py", ""), ("tools/a.py", "")], "packages/domain-a"), Some(2));
    assert_eq!(claimed(&parts, "domain-a"), None);
    assert_eq!(claimed(&[("pyproject.toml", other)], "packages/domain-a"), None);
    for name in ["astradesk-core", "astradesk-api-gateway", "astradesk-auditor", "astradesk-admin-api"] {
        let text = format!("[project]\nname = \"{name}\"\n");
        assert_eq!(claimed(&[("pyproject.toml", &text), ("policies/a.rego", "")], "services/x"), None);
    }
}

/// A source of libraries has every project that is no pack, and reads it without the rules and components of packs.
#[test]
fn libraries_are_what_a_source_says() {
    let configured = Configured { ecosystem: Some("astradesk"), profile: Some("library"), ..Configured::default() };
    let read = |text: &str| {
        let files =
            [("pyproject.toml", text), ("README.md", "# Core"), ("src/core/tools/a_adapter.py", "class A: ...")];
        let (snapshot, memo, mut sink) = (texts(&files), Memo::new(), Sink::new());
        let tree = PackTree { configured, ..PackTree::new(&snapshot, &memo, "core", Limits::default()) };
        let is_claimed = AstraDesk.evidence(&tree).is_some();
        (is_claimed, AstraDesk.read(&tree, &mut sink), codes(&sink.finish()))
    };
    let library = "[project]\nname = \"Astradesk_Core\"\nversion = \"1.0\"\nlicense = \"MIT\"\n";
    let (is_claimed, pack, found) = read(library);
    let pack = pack.expect("a library");
    assert!(is_claimed && found.is_empty() && pack.components.is_empty(), "{found:?} {pack:#?}");
    assert_eq!((pack.id.name.as_str(), pack.title.as_str()), ("astradesk-core", "Astradesk_Core"));
    assert_eq!(AstraDesk.recorded_profile(&pack.requirements), Some("library"));
    let provided: Vec<_> = pack.provides.iter().map(|one| (one.kind, one.name.as_str())).collect();
    assert_eq!(provided, [("project", "astradesk-core"), ("framework", "astradesk-core")]);
    assert!(!read(PROJECT).0, "a pack of such a source is for another source");
    assert!(!read("[tool.uv.workspace]\nmembers = [\"core\"]\n").0, "a workspace without a project");
}

/// Whoever spells the group almost right is told, although nothing else says that it is a pack.
#[test]
fn a_group_that_is_almost_right_is_reported() {
    let misspelt = [
        "[project.entry-points.\"astradesk.packs\"]",
        "[project.entry-points.astradesk_pack]",
        "[project.entry-points.\"astradesk.domain_pack\"]",
        "[project.entry-points.astradesk.pack]",
        "[project.entry_points.\"astradesk.pack\"]",
        "[tool.poetry.plugins.\"astradesk.pack\"]",
    ];
    for group in misspelt {
        let text = format!("[project]\nname = \"any\"\n{group}\na = \"a:Pack\"\n");
        let (snapshot, memo, mut sink) = (texts(&[("pyproject.toml", &text)]), Memo::new(), Sink::new());
        let tree = PackTree::new(&snapshot, &memo, "x", Limits::default());
        assert!(AstraDesk.evidence(&tree).is_none() && AstraDesk.is_foreign(&tree, &mut sink), "{group}");
        assert_eq!(codes(&sink.finish()), ["near-miss"], "{group}");
    }
}

/// Two releases are compared by the words of tables: a message that only moved within its file did not change.
#[test]
fn the_messages_of_a_policy_are_named_by_their_text() {
    let policy = "package x\nimport rego.v1\ndeny contains msg if {\n    input.a\n    msg := \"not now\"\n}\n\
                  deny contains msg if {\n    input.b\n    msg := \"not now\"\n}\n";
    let read = |policy: &str| {
        let (pack, _) = check(&texts(&[("pyproject.toml", PROJECT), ("policies/x.rego", policy)]), "domain-x");
        let pack = pack.expect("a pack");
        let tables = pack.components.iter().flat_map(|component| component.tables.clone());
        tables.filter(|table| table.anchor == "messages").collect::<Vec<_>>()
    };
    let found = read(policy);
    let fields = found.iter().flat_map(|table| table.fields.unpack());
    let names: Vec<String> = fields.map(|field| field.name).collect();
    assert_eq!(names, ["not now"]);
    assert_eq!(read(&format!("# One more line.\n{policy}")), found);
}

#[test]
fn a_flat_pack_without_an_entry_point_is_read_with_warnings() {
    let files = [
        ("pyproject.toml", PROJECT),
        ("README.md", "# x\n"),
        ("agents/a.py", "\"\"\"Decides.\"\"\"\n"),
        ("tools/jira_adapter.py", "class JiraAdapter:\n    \"\"\"Jira.\"\"\"\n    def list_tickets(self): ...\n"),
        (
            "flows/f.yaml",
            "flow: f\nversion: 1\ntrigger: {type: webhook, endpoint: /f}\nsteps:\n  - {id: a, use: tool.jira.list_tickets}\n  - {id: b, use: agent.x.a}\n",
        ),
    ];
    let (pack, findings) = check(&texts(&files), "packages/domain-x");
    let pack = pack.expect("a pack");
    assert_eq!((pack.id.name.as_str(), pack.title.as_str()), ("domain-x", "X Domain Pack"));
    assert!(findings.iter().all(|finding| finding.severity < Severity::Error), "{findings:#?}");
    assert_eq!(codes(&findings), ["astradesk-entry-point-missing", "astradesk-packages-find"], "{findings:#?}");
    let flow = pack.components.iter().find(|component| component.kind.key == "flow").expect("a flow");
    let targets: Vec<&str> = flow.links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["tool.jira.list_tickets", "agent.x.a"]);
    assert_eq!(flow.links[0].instead(), Some(("adapter", "adapter.x.jira_adapter")));
    assert!(
        ["astradesk-domain-x", "domain_x", "astradesk_domain_x"]
            .iter()
            .all(|name| pack.aliases.contains(&(*name).to_owned()))
    );
}

#[test]
fn without_keywords_a_pack_is_found_by_its_slug_and_its_systems() {
    let project = PROJECT.replace("domain-x", "domain-supply-chain");
    let files = [("pyproject.toml", project.as_str()), ("tools/sap_adapter.py", "\"\"\"SAP.\"\"\"\n")];
    let (pack, _) = check(&texts(&files), "packages/domain-supply-chain");
    assert_eq!(pack.expect("a pack").keywords, ["supply-chain", "sap"]);
}

/// Two releases are compared by the words of tables: what only moved within a file did not change.
#[test]
fn the_table_of_variables_does_not_tell_where_in_a_file_they_are_read() {
    let code = "import os\n\nTOKEN = os.environ[\"DESK_TOKEN\"]\nURL = os.getenv(\"DESK_URL\", \"http://desk\")\n";
    let table = |code: &str| {
        let (pack, _) = check(&texts(&[("pyproject.toml", PROJECT), ("tools/desk.py", code)]), "domain-x");
        pack.expect("a pack").environment.expect("a table")
    };
    let found = table(code);
    let fields = found.fields.unpack();
    let rows: Vec<_> = fields.iter().map(|one| (one.name.as_str(), one.required, one.description.as_str())).collect();
    let read = "Read in `tools/desk.py`.";
    assert_eq!(rows, [("DESK_TOKEN", true, read), ("DESK_URL", false, read)]);
    assert_eq!(table(&format!("# One more line.\n{code}")), found);
}

/// The licence of a pack: what the manifest says, else its own file's, else that of the file at the root of the source.
#[test]
fn the_licence_at_the_root_of_a_source_counts_where_a_pack_has_none() {
    let of = |id: &str| Above { license: Some(LicenseAbove { id: Some(id.to_owned()) }), ..Above::default() };
    let without = PROJECT.replace("license = \"MIT\"\n", "");
    let read = |project: &str, own: Option<&str>, above: Option<&Above>| {
        let files = [Some(("pyproject.toml", project)), own.map(|text| ("LICENCE.md", text))];
        let (snapshot, memo) = (texts(&files.into_iter().flatten().collect::<Vec<_>>()), Memo::new());
        let tree = PackTree { above, ..PackTree::new(&snapshot, &memo, "domain-x", Limits::default()) };
        let mut sink = Sink::new();
        let license = AstraDesk.read(&tree, &mut sink).expect("a pack").license;
        (license, codes(&sink.finish()).contains(&"missing-license"))
    };
    let apache = of("Apache-2.0");
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(read(&without, None, None), (None, true));
    assert_eq!(read(&without, None, Some(&apache)), (named("Apache-2.0"), false));
    assert_eq!(read(PROJECT, None, Some(&apache)), (named("MIT"), false));
    assert_eq!(read(&without, Some("Mozilla Public License Version 2.0"), Some(&apache)), (named("MPL-2.0"), false));
    let by_file = PROJECT.replace("\"MIT\"", "{ file = \"LICENCE.md\" }");
    assert_eq!(read(&by_file, Some("Mozilla Public License Version 2.0"), Some(&apache)), (named("MPL-2.0"), false));
    assert_eq!(read(&without, Some("All rights reserved."), Some(&apache)), (None, false), "its own text counts");
}

/// The example packs are what newcomers imitate; one of them uses a tool of another.
#[test]
fn the_example_packs_check_clean_together() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/astradesk");
    let (memo, mut sink, mut names) = (Memo::new(), Sink::new(), Names::default());
    let mut folders: Vec<_> =
        std::fs::read_dir(&root).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let snapshots: Vec<(String, Snapshot)> = folders
        .iter()
        .map(|folder| {
            (folder.file_name().expect("a name").to_string_lossy().into_owned(), snapshot(files_below(folder)))
        })
        .collect();
    let packs: Vec<(Pack, PackTree<'_>)> = snapshots
        .iter()
        .map(|(name, snapshot)| {
            let tree = PackTree::new(snapshot, &memo, name, Limits::default());
            assert_eq!(AstraDesk.evidence(&tree).map(|evidence| evidence.0[0]), Some(true), "{name}");
            (AstraDesk.read(&tree, &mut sink).expect("a pack"), tree)
        })
        .collect();
    packs.iter().for_each(|(pack, _)| names.add(pack));
    for (pack, tree) in &packs {
        AstraDesk.check_references(pack, tree, &names, &mut sink);
    }
    let found: Vec<String> = sink
        .finish()
        .iter()
        .map(|finding| format!("{} {} {}", finding.code, finding.place.path, finding.message))
        .collect();
    assert!(found.is_empty() && packs.len() >= 3, "{found:#?}");
}

fn files_below(root: &std::path::Path) -> BTreeMap<RelPath, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let relative = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
                files.insert(RelPath::composed(relative), std::fs::read(&path).expect("readable"));
            }
        }
    }
    files
}
