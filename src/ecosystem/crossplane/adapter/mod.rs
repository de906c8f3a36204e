//! The pack kind `adapter`: a part of a platform engine that installs one tool, and says which capabilities that gives.
//!
//! | module | what it does |
//! |---|---|
//! | `manifest` | `adapter.yaml` |
//! | `discovery` | the class and the settings in Python |
//! | `graph` | who provides what is required |
//! | `lock` | which adapters a platform was put together from |

mod discovery;
mod graph;
pub(super) mod lock;
mod manifest;

use std::collections::BTreeMap;
use std::sync::Arc;

use graph::Provided;
use manifest::Manifest;

use super::codes::consumer::{ADAPTER_INCOMPLETE, ADAPTER_SHAPE};
use super::delivery::object::place;
use super::documents;
use super::kinds::ADAPTER;
use super::readme;
use crate::diag::{Place, Sink};
use crate::ecosystem::Names;
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{Component, Dependency, Fact, Pack, PackTree, Provision, Requirement, VersionedBy, license};
use crate::yaml::{Dialect, Node};

/// The manifest.
const FILE: &str = "adapter.yaml";

/// The stages of an adapter's scripts, as their folders are called, in the order in which they run.
const STAGES: &[(&str, &str)] = &[
    ("init", "Scripts: init"),
    ("pre_work", "Scripts: before"),
    ("bootstrap", "Scripts: bootstrap"),
    ("post_work", "Scripts: after"),
    ("validation", "Scripts: validation"),
    ("sync", "Scripts: sync"),
    ("generators", "Scripts: generators"),
    ("helpers", "Scripts: helpers"),
    ("shared", "Scripts: shared"),
];

/// Whether a file is one of the engine's manifests, under a type of its own for the memo.
struct IsAdapter(bool);

/// Tells whether the `adapter.yaml` of a directory is one of the platform engine: other programs have files of that name.
pub(super) fn is_pack(tree: &PackTree<'_>) -> bool {
    let Some(entry) = tree.get(FILE) else { return false };
    let sniffed = tree.sniff_yaml(entry, Dialect::Yaml11, "adapter", |root| IsAdapter(is_adapter(root)));
    let says = sniffed.as_ref().as_ref().is_some_and(|sniffed| sniffed.0);
    says || tree.get(discovery::FILE).is_some() && {
        let lists = tree.sniff_yaml(entry, Dialect::Yaml11, "adapter lists", |root| HasLists(has_lists(root)));
        lists.as_ref().as_ref().is_none_or(|lists| lists.0)
    }
}

/// Whether a file has the engine's lists, under a type of its own for the memo.
struct HasLists(bool);

fn has_lists(root: &Node) -> bool {
    root.get("provides").is_some() || root.get("requires").is_some()
}

/// Tells whether a manifest has the lists of an adapter, and something else that is the engine's own.
fn is_adapter(root: &Node) -> bool {
    let phase = root.get("phase").and_then(Node::as_str);
    let lists = ["provides", "requires"].iter().filter_map(|key| root.get(key));
    let has_capability = lists.flat_map(Node::items).any(|item| item.get("capability").is_some());
    has_lists(root)
        && (phase.is_some_and(|phase| manifest::PHASES.contains(&phase) || root.get("name").is_some())
            || has_capability)
}

/// Reads a pack of this kind and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let manifest = &*parsed(tree, sink)?;
    let name = manifest.name.as_deref().or(tree.directory).unwrap_or_default();
    let Ok(name) = PackName::new(name) else {
        let message = format!("`{name}` cannot be used as a name everywhere");
        sink.report(ADAPTER_SHAPE, Place::file(FILE), message).help("use letters, digits, `-` and `_`");
        return None;
    };
    schemas(tree, manifest, sink);
    let class = discovery::check(tree, sink);
    let configuration = discovery::settings(tree).map(Arc::new);
    let component = Component {
        kind: &ADAPTER,
        name: name.to_string(),
        reference: name.to_string(),
        title: manifest.title.clone(),
        description: class.and_then(|class| class.doc).unwrap_or_else(|| manifest.description.clone()),
        file: RelPath::composed(FILE),
        line: 1,
        entry_point: tree.get(discovery::FILE).map(|entry| entry.path.clone()),
        enabled: true,
        facts: parts(tree),
        tables: configuration.iter().cloned().collect(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    };
    let requires: Vec<String> = manifest.requires.iter().map(|capability| capability.name.clone()).collect();
    let provision = |capability: &manifest::Capability| Provision {
        kind: graph::KIND,
        name: capability.name.clone(),
        value: Some(Provided { version: capability.version.clone(), requires: requires.clone() }.to_json().into()),
    };
    let phase = manifest.phase.as_deref().map(Into::into);
    let as_adapter = Provision { kind: lock::ADAPTER, name: name.to_string(), value: phase };
    let dependency = |capability: &manifest::Capability| Dependency {
        kind: Some(graph::KIND.to_owned()),
        name: capability.name.clone(),
        range: capability.version.clone(),
    };
    let tool = Requirement { name: name.to_string(), range: manifest.default_version.clone() };
    let pack = Pack {
        id: PackId { ecosystem: EcosystemId::new(super::ID).expect("a valid identifier"), name: name.clone() },
        version: manifest.version.clone().unwrap_or_else(Version::draft),
        versioned_by: if manifest.version.is_some() { VersionedBy::Manifest } else { VersionedBy::Source },
        aliases: Vec::new(),
        title: manifest.title.clone().unwrap_or_else(|| titled(name.as_str())),
        description: manifest.description.clone(),
        authors: Vec::new(),
        contact: None,
        license: license::of_pack(tree),
        keywords: keywords(manifest),
        homepage: None,
        requirements: manifest.default_version.is_some().then_some(tool).into_iter().collect(),
        dependencies: manifest.requires.iter().map(dependency).collect(),
        provides: manifest.provides.iter().map(provision).chain([as_adapter]).collect(),
        components: vec![Arc::new(component)],
        configuration,
        environment: None,
        manifest: RelPath::composed(FILE),
        readme: tree.at_root(&["readme.md", "readme"]).map(|entry| entry.path.clone()),
        changelog: tree.at_root(&["changelog.md", "changes.md"]).map(|entry| entry.path.clone()),
        license_file: license::file(tree).map(|entry| entry.path.clone()),
        icon: None,
        facts: facts(manifest),
        deliveries: Vec::new(),
        checksums: BTreeMap::new(),
    };
    readme::check(tree, &pack, "what the adapter installs, and which settings it takes", sink);
    Some(pack)
}

/// Checks a pack of this kind against what others provide.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    if let Some(manifest) = parsed(tree, &mut Sink::new()) {
        graph::check(pack.id.name.as_str(), &manifest, tree, names, sink);
    }
}

/// Reads the manifest once per content; nothing when it holds no document.
fn parsed(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Arc<Manifest>> {
    let entry = tree.get(FILE)?;
    let parsed =
        documents::each(tree, entry, "adapter", sink, |document, sink| Arc::new(manifest::read(document, sink)));
    parsed.value.as_ref()?.first().cloned()
}

/// Reports schemas that are declared and not there.
fn schemas(tree: &PackTree<'_>, manifest: &Manifest, sink: &mut Sink) {
    for (path, span) in manifest.schemas.iter().filter(|(path, _)| tree.get(path.trim_start_matches("./")).is_none()) {
        let message = format!("there is no `{path}`, which is declared as a schema");
        sink.report(ADAPTER_INCOMPLETE, place(tree, &RelPath::composed(FILE), *span), message)
            .help("add the file, or take the field away");
    }
}

/// Returns rows about the whole pack.
fn facts(manifest: &Manifest) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(manifest.phase.clone().map(|value| Fact { label: "Phase", value }));
    facts.extend(manifest.selection.iter().map(|(label, value)| Fact { label, value: value.clone() }));
    if !manifest.supported.is_empty() {
        facts.push(Fact { label: "Supported versions", value: manifest.supported.join(", ") });
    }
    let provided = |capability: &manifest::Capability| match &capability.version {
        Some(version) => format!("{} {version}", capability.name),
        None => capability.name.clone(),
    };
    if !manifest.provides.is_empty() {
        let value = manifest.provides.iter().map(provided).collect::<Vec<_>>().join(", ");
        facts.push(Fact { label: "Provides", value });
    }
    facts
}

/// Returns what an adapter consists of: templates, and scripts by stage.
fn parts(tree: &PackTree<'_>) -> Vec<Fact> {
    const MOST: usize = 200;
    let list = |paths: Vec<&str>| {
        let more = if paths.len() > MOST { " …" } else { "" };
        paths.iter().take(MOST).copied().collect::<Vec<_>>().join(", ") + more
    };
    let mut facts = Vec::new();
    for (folder, label) in STAGES {
        let folder = format!("scripts/{folder}");
        let is_script = |path: &&str| !path.ends_with(".gitkeep") && !path.ends_with("__init__.py");
        let files =
            tree.snapshot.below(&folder).iter().filter_map(|entry| entry.path.as_str().strip_prefix("scripts/"));
        let files: Vec<&str> = files.filter(is_script).collect();
        if !files.is_empty() {
            facts.push(Fact { label, value: list(files) });
        }
    }
    let templates =
        tree.snapshot.below("templates").iter().filter_map(|entry| entry.path.as_str().strip_prefix("templates/"));
    let templates: Vec<&str> = templates.filter(|path| path.ends_with(".j2")).collect();
    if !templates.is_empty() {
        facts.push(Fact { label: "Templates", value: list(templates) });
    }
    facts
}

fn keywords(manifest: &Manifest) -> Vec<String> {
    let mut words: Vec<String> = manifest.phase.iter().cloned().collect();
    words.extend(manifest.provides.iter().map(|capability| capability.name.clone()));
    words.dedup();
    words
}

/// Returns a name as a heading: `cert_manager` becomes `Cert Manager`.
pub(super) fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split(['-', '_']).filter(|part| !part.is_empty()).map(word).collect::<Vec<_>>().join(" ")
}
