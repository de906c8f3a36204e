//! Reads a pack: its manifest, its components and what they refer to inside the pack.
//!
//! 1. The manifest gives the identity; without one nothing else is read.
//! 2. Each component file is read once per content ([`PackTree::parse_yaml`]); packs share the components.
//! 3. Workflows are read through the entry points of actions, and joined with them, once per pair of contents.
//! 4. The rules between files ([`rules`]) run.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::codes::{MANIFEST_MISSING, NO_USABLE_REF};
use super::components::{self, ACTION, Declared, Detail, KINDS};
use super::document::unreadable;
use super::manifest::{self, Manifest, is_ref};
use super::rules::{self, RULES, Whole};
use super::runners::Needs;
use super::settings::{self, Settings};
use super::workflow::{self, Workflow};
use crate::diag::{Place, Sink};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{Component, Dependency, Fact, Link, Otherwise, Pack, PackTree, Parsed, Relation, YamlFile, license};
use crate::source::FileEntry;
use crate::yaml::Dialect;

/// Reads one file of a kind.
pub(super) type ReadFile = fn(&YamlFile<'_>, &str, &mut Sink) -> Vec<Declared>;

/// Lists the folders of components in the order in which the runtime registers them.
pub(super) const FOLDERS: &[(&str, ReadFile)] = &[
    ("triggers", components::trigger::read),
    ("sensors", components::sensor::read),
    ("actions", components::action::read),
    ("rules", components::rule::read),
    ("aliases", components::alias::read),
    ("policies", components::policy::read),
];

/// What a workflow file gave, under a type of its own for the memo.
struct Orquesta(Workflow);
struct Chain(Workflow);

/// An action joined with its workflow, or without an entry point that is not there.
struct Joined(Arc<Component>);

/// Reads a pack and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let Some(entry) = tree.get("pack.yaml") else {
        sink.report(MANIFEST_MISSING, Place::file("pack.yaml"), "there is no `pack.yaml`")
            .help("add one at the root of the pack: exactly this name, in lowercase");
        return None;
    };
    let parsed = tree.parse_yaml(entry, Dialect::Yaml11, "manifest", sink, unreadable, manifest::read);
    let manifest = parsed.value.as_ref()?.as_ref()?;
    let name = usable_ref(tree, manifest, sink)?;

    let files = component_files(tree, &name, sink);
    let declared: Vec<(&FileEntry, &Declared)> = files
        .iter()
        .flat_map(|(entry, parsed)| parsed.value.iter().flatten().map(move |declared| (*entry, declared)))
        .collect();
    // Looked up once: with every tag of a large pack this is the question that is asked most often.
    let mut looked_up: HashMap<&str, Option<&FileEntry>> = HashMap::new();
    let entry_points: Vec<Option<&FileEntry>> = declared
        .iter()
        .map(|(_, declared)| {
            let path = declared.component.entry_point.as_ref()?.as_str();
            *looked_up.entry(path).or_insert_with(|| tree.get(path))
        })
        .collect();
    let workflow_files = workflow_files(tree, &declared, &entry_points, sink);
    let workflows: BTreeMap<usize, (&FileEntry, &Workflow)> =
        workflow_files.iter().filter_map(|(at, file)| Some((*at, file.workflow()?))).collect();
    let settings_entry = tree.get("config.schema.yaml");
    let settings_file = settings_entry
        .map(|entry| tree.parse_yaml(entry, Dialect::Yaml11, "settings", sink, unreadable, settings::read));
    let settings = settings_file.as_ref().and_then(|parsed| parsed.value.as_ref()?.as_ref());
    let whole = Whole {
        tree,
        name: name.as_str(),
        manifest,
        declared: &declared,
        entry_points: &entry_points,
        workflows: &workflows,
        settings: settings_entry.zip(settings),
    };
    for rule in RULES {
        rule(&whole, sink);
    }
    Some(assemble(tree, manifest, name, settings, components(tree, &declared, &entry_points, &workflows)))
}

/// Returns the ref: `ref`, else the folder's name, else `name`; reports that there is none.
fn usable_ref(tree: &PackTree<'_>, manifest: &Manifest, sink: &mut Sink) -> Option<PackName> {
    let folder = tree.directory.filter(|directory| is_ref(directory));
    let title = manifest.name.as_deref().filter(|name| is_ref(name));
    let text = manifest.reference.as_deref().or(folder).or(title);
    if let Some(name) = text.and_then(|text| PackName::new(text).ok()) {
        return Some(name);
    }
    let entry = tree.get("pack.yaml")?;
    let place = rules::place(tree, entry, manifest.name_span);
    let message = match (text, &manifest.name) {
        (Some(text), _) => {
            format!("`{text}` is not usable as a ref: it is over 100 characters, or a reserved file name")
        }
        (None, Some(name)) => format!("there is no usable `ref`, and the name `{name}` cannot serve as one"),
        (None, None) => "there is no usable `ref`, and no `name` either".to_owned(),
    };
    sink.report(NO_USABLE_REF, place, message).help("add `ref:` made of lowercase letters, digits and `_`");
    None
}

/// Reads every component file, in the order of registration.
fn component_files<'a>(
    tree: &PackTree<'a>,
    name: &PackName,
    sink: &mut Sink,
) -> Vec<(&'a FileEntry, Arc<Parsed<Vec<Declared>>>)> {
    let name = name.as_str();
    let mut files = Vec::new();
    let mut add = |entry: &'a FileEntry, read: ReadFile, sink: &mut Sink| {
        let parsed =
            tree.parse_yaml(entry, Dialect::Yaml11, name, sink, unreadable, |file, sink| read(file, name, sink));
        files.push((entry, parsed));
    };
    for (folder, read) in FOLDERS {
        for entry in tree.snapshot.below(folder).iter().filter(|entry| entry.path.parent() == *folder) {
            if is_component_file(entry) {
                add(entry, *read, sink);
            }
        }
    }
    for entry in tree.snapshot.below("runners") {
        if entry.path.as_str().split('/').count() == 3 && entry.path.file_name() == "runner.yaml" {
            add(entry, components::runner::read, sink);
        }
    }
    files
}

/// A workflow file, read.
enum WorkflowFile<'a> {
    Orquesta(&'a FileEntry, Arc<Parsed<Orquesta>>),
    Chain(&'a FileEntry, Arc<Parsed<Chain>>),
}

impl<'a> WorkflowFile<'a> {
    fn workflow(&self) -> Option<(&'a FileEntry, &Workflow)> {
        match self {
            Self::Orquesta(entry, parsed) => Some((entry, &parsed.value.as_ref()?.0)),
            Self::Chain(entry, parsed) => Some((entry, &parsed.value.as_ref()?.0)),
        }
    }
}

/// Reads the workflows of actions, by the action's place in `declared`.
fn workflow_files<'a>(
    tree: &PackTree<'a>,
    declared: &[(&FileEntry, &Declared)],
    entry_points: &[Option<&'a FileEntry>],
    sink: &mut Sink,
) -> Vec<(usize, WorkflowFile<'a>)> {
    let mut files = Vec::new();
    for (at, ((_, declared), entry_point)) in declared.iter().zip(entry_points).enumerate() {
        let Detail::Action(action) = &declared.detail else { continue };
        let Some(entry) = *entry_point else { continue };
        let file = match action.needs {
            Some(Needs::Orquesta) => WorkflowFile::Orquesta(
                entry,
                tree.parse_yaml(entry, Dialect::Yaml11, "orquesta", sink, workflow::unreadable, |file, sink| {
                    Orquesta(workflow::read_orquesta(file, sink))
                }),
            ),
            Some(Needs::Chain) => WorkflowFile::Chain(
                entry,
                tree.parse_yaml(entry, Dialect::Yaml11, "chain", sink, workflow::unreadable, |file, sink| {
                    Chain(workflow::read_chain(file, sink))
                }),
            ),
            _ => continue,
        };
        files.push((at, file));
    }
    files
}

/// Returns the components, sorted by kind and name; of two with one name the last, as the runtime registers them.
fn components(
    tree: &PackTree<'_>,
    declared: &[(&FileEntry, &Declared)],
    entry_points: &[Option<&FileEntry>],
    workflows: &BTreeMap<usize, (&FileEntry, &Workflow)>,
) -> Vec<Arc<Component>> {
    let mut sorted: Vec<((usize, &str), Arc<Component>)> = Vec::with_capacity(declared.len());
    for (at, (entry, declared)) in declared.iter().enumerate() {
        let component = &declared.component;
        let kind = KINDS.iter().position(|kind| kind.key == component.kind.key).unwrap_or(KINDS.len());
        let workflow = workflows.get(&at).copied();
        let missing = component.entry_point.is_some() && entry_points[at].is_none();
        let component = if missing || workflow.is_some() {
            joined(tree, entry, component, workflow)
        } else {
            Arc::clone(component)
        };
        sorted.push(((kind, &declared.component.name), component));
    }
    sorted.sort_by_key(|(key, _)| *key);
    sorted.dedup_by(|later, earlier| {
        let is_same = later.0 == earlier.0;
        if is_same {
            std::mem::swap(later, earlier);
        }
        is_same
    });
    sorted.into_iter().map(|(_, component)| component).collect()
}

/// Returns a component with what other files say about it, made once per pair of contents.
fn joined(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    component: &Arc<Component>,
    workflow: Option<(&FileEntry, &Workflow)>,
) -> Arc<Component> {
    let context =
        (&component.reference, entry.path.as_str(), workflow.map(|(file, _)| (file.blob, file.path.as_str())));
    let made = tree.memo.get_or_insert(entry.blob, context, || {
        let mut component = Component::clone(component);
        match workflow {
            Some((_, workflow)) => {
                component.steps.clone_from(&workflow.steps);
                component.links.extend(workflow.calls.iter().map(|(target, span)| Link {
                    relation: Relation::Calls,
                    kind: ACTION.key,
                    target: target.clone(),
                    line: span.line,
                    otherwise: Otherwise::Name,
                }));
            }
            None => component.entry_point = None,
        }
        Joined(Arc::new(component))
    });
    Arc::clone(&made.0)
}

fn assemble(
    tree: &PackTree<'_>,
    manifest: &Manifest,
    name: PackName,
    settings: Option<&Settings>,
    components: Vec<Arc<Component>>,
) -> Pack {
    let file = |is: fn(&FileEntry) -> bool| -> Option<&FileEntry> {
        tree.snapshot.files().iter().find(|entry| is(entry) && entry.size > 0)
    };
    let license_file = file(is_license);
    let mut facts = manifest.facts.clone();
    let tests: Vec<&str> = test_files(tree).map(|entry| entry.path.file_name()).collect();
    if !tests.is_empty() {
        facts.push(Fact { label: "Tests", value: tests.join(", ") });
    }
    let id = PackId { ecosystem: EcosystemId::new("stackstorm").expect("a valid identifier"), name: name.clone() };
    let version = manifest.version.clone().unwrap_or_else(unversioned);
    Pack {
        title: manifest.name.clone().unwrap_or_else(|| name.to_string()),
        description: manifest.description.clone(),
        authors: manifest.author.iter().cloned().collect(),
        contact: manifest.email.clone(),
        license: license_file.and_then(|entry| license::of_file(tree, entry)).or_else(|| manifest.license.clone()),
        keywords: manifest.keywords.clone(),
        homepage: manifest.homepage.clone(),
        requirements: manifest.requirements.clone(),
        dependencies: manifest.dependencies.iter().map(|(dependency, _)| Dependency::clone(dependency)).collect(),
        components,
        configuration: settings.and_then(|settings| settings.table.clone()),
        readme: file(is_readme).map(|entry| entry.path.clone()),
        changelog: file(is_changelog).map(|entry| entry.path.clone()),
        license_file: license_file.map(|entry| entry.path.clone()),
        icon: tree.get("icon.png").filter(|entry| is_png(tree, entry)).map(|entry| entry.path.clone()),
        facts,
        ..Pack::new(id, version, RelPath::composed("pack.yaml"))
    }
}

/// Stands in for a version that cannot be read: the finding about it is an error, and a tag names its release itself.
fn unversioned() -> Version {
    Version::parse("0.0.0").expect("a version")
}

/// Tells whether a file directly in a component folder declares a component.
///
/// `*.yaml` and `*.yml`; not dot files, and not `config`, which is not an action.
pub(super) fn is_component_file(entry: &FileEntry) -> bool {
    let name = entry.path.file_name();
    let is_config = entry.path.parent() == "actions" && matches!(name, "config.yaml" | "config.yml");
    (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.') && !is_config
}

/// Returns the Python test files, `tests/*.py`.
pub(super) fn test_files<'a>(tree: &PackTree<'a>) -> impl Iterator<Item = &'a FileEntry> {
    tree.directly_in("tests").filter(|entry| entry.path.file_name().ends_with(".py"))
}

fn is_at_root(entry: &FileEntry, names: &[&str]) -> bool {
    entry.path.parent().is_empty() && names.iter().any(|name| entry.path.as_str().eq_ignore_ascii_case(name))
}

/// Tells whether a file is the README; the letter case varies.
pub(super) fn is_readme(entry: &FileEntry) -> bool {
    is_at_root(entry, &["readme.md", "readme.rst", "readme.txt", "readme"])
}

/// Tells whether a file is the changelog.
pub(super) fn is_changelog(entry: &FileEntry) -> bool {
    is_at_root(entry, &["changes.md", "changelog.md"])
}

/// Tells whether a file is the licence text.
pub(super) fn is_license(entry: &FileEntry) -> bool {
    is_at_root(entry, &["license", "license.md", "license.txt", "licence", "copying"])
}

/// Whether a file starts like a PNG image (PNG specification, section 5.2).
struct IsPng(bool);

/// Tells whether a file is a PNG image.
pub(super) fn is_png(tree: &PackTree<'_>, entry: &FileEntry) -> bool {
    const LARGEST_ICON: u64 = 1 << 20;
    let look = || {
        let signature = |bytes: Arc<[u8]>| bytes.starts_with(b"\x89PNG\r\n\x1a\n");
        IsPng(entry.size <= LARGEST_ICON && tree.snapshot.read(entry).is_ok_and(signature))
    };
    tree.memo.get_or_insert(entry.blob, (), look).0
}
