//! Reads a pack: its manifest, its components and what they refer to inside the pack.
//!
//! 1. The manifest gives name and version; the directory's name goes before the project's.
//! 2. Each Python, flow and policy file is read once per content; nothing of it runs.
//! 3. What flows and policies name is linked where it is in this pack.
//! 4. The rules between files ([`RULES`]) run.

use std::sync::Arc;

use super::components::adapter::Adapter;
use super::components::flow::{self, Flow, Use};
use super::components::server::{self, Server};
use super::components::{ADAPTER, AGENT, KINDS, TOOL, adapter, agent, policy, proto};
use super::layout::{Layout, stem};
use super::manifest::{self, Manifest};
use super::python_versions::normalised;
use super::rules::{OF_LIBRARIES, RULES};
use super::whole::{Whole, is_test};
use super::{ID, environment, library, packaging, ports, readme};
use crate::diag::{Place, Sink, Span};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{
    Component, Dependency, Fact, Link, NAME_UNSAFE, Otherwise, Pack, PackTree, Provision, Relation, Requirement,
    license,
};
use crate::python::{self, Reading};
use crate::source::FileEntry;
use crate::yaml::Dialect;

/// The kind of provision that is the pack's project, by its normalised name.
pub(super) const PROJECT: &str = "project";
/// The label of the project's name among the facts of a pack.
pub(super) const PROJECT_LABEL: &str = "Python project";
/// The label of the addresses of several people, among the facts of a pack.
pub(super) const OWNERS_LABEL: &str = "Contacts";
/// Most Python files of a pack that are read.
const MOST_PYTHON_FILES: usize = 2000;

/// Reads a pack and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let parsed = manifest::usable(tree, sink)?;
    let root = parsed.as_ref().as_ref().ok()?;
    let manifest = manifest::read(tree, root, sink);
    let is_library = library::is_at(tree);
    let name = name(tree, &manifest, is_library, sink)?;
    let domain = domain_of(name.as_str());
    let layout = Layout::of(tree);
    let packaging = packaging::of(tree, root);

    let is_python = |entry: &&FileEntry| entry.path.as_str().ends_with(".py");
    let python: Vec<(&FileEntry, Arc<Reading>)> = tree
        .snapshot
        .files()
        .iter()
        .filter(is_python)
        .take(MOST_PYTHON_FILES)
        .map(|entry| (entry, python::read_file(tree, entry)))
        .collect();
    let readme_file = tree.snapshot.files().iter().find(|entry| readme::is_readme(entry) && entry.size > 0);
    let mut whole = Whole {
        tree,
        root,
        entry: tree.get(manifest::FILE)?,
        manifest: &manifest,
        layout: &layout,
        name: name.as_str(),
        domain: &domain,
        python: &python,
        packaging: packaging.as_ref(),
        server: None,
        adapters: Vec::new(),
        flows: Vec::new(),
        policies: Vec::new(),
        readme: readme_file.and_then(|entry| Some((entry, tree.text(entry, 1 << 20)?))),
    };
    if is_library {
        OF_LIBRARIES.iter().for_each(|rule| rule(&whole, sink));
        let mut pack = assemble(&whole, name.clone(), Vec::new());
        pack.title = manifest.name.as_ref().map_or_else(|| name.to_string(), |name| name.value.clone());
        pack.aliases = vec![name.as_str().replace('-', "_")];
        pack.aliases.retain(|alias| alias != name.as_str());
        pack.requirements.push(library::requirement());
        pack.provides.push(library::provision(name.as_str()));
        return Some(pack);
    }
    whole.server = server(&whole, sink);
    whole.adapters = adapters(&whole);
    whole.flows = flows(&whole, sink);
    let policies = layout.files_ending(tree, "policies", ".rego");
    whole.policies = policies.into_iter().filter_map(|entry| policy::read(tree, entry, &domain, sink)).collect();
    let components = components(&whole, sink);
    for rule in RULES {
        rule(&whole, sink);
    }
    Some(assemble(&whole, name.clone(), components))
}

/// Returns what a flow of another pack calls the domain of a pack.
pub(super) fn domain_of(name: &str) -> String {
    name.strip_prefix("domain-").unwrap_or(name).replace('-', "_")
}

/// Returns the name: that of a directory `domain-…`, else the project's without `astradesk-`; of a library the whole name of its
/// project.
fn name(tree: &PackTree<'_>, manifest: &Manifest, is_library: bool, sink: &mut Sink) -> Option<PackName> {
    let directory = tree.directory.map(str::to_owned).filter(|name| name.starts_with("domain-") && name.len() > 7);
    let project = manifest.name.as_ref().map(|name| normalised(&name.value));
    let text = if is_library {
        project?
    } else {
        let short = |name: String| name.strip_prefix("astradesk-").map_or(name.clone(), str::to_owned);
        directory.or(project.map(short))?
    };
    match PackName::new(&text) {
        Ok(name) => Some(name),
        Err(error) => {
            sink.report(NAME_UNSAFE, Place::file(manifest::FILE), error.to_string()).help("choose another name");
            None
        }
    }
}

fn server<'a>(pack: &Whole<'a>, sink: &mut Sink) -> Option<(&'a FileEntry, Server)> {
    let path = format!("{}tools/{}", pack.layout.base(), server::FILE);
    let entry = pack.tree.get(&path)?;
    let module = pack.module(&path)?;
    Some((entry, server::read(pack.tree, entry, module, pack.domain, sink)))
}

fn adapters(pack: &Whole<'_>) -> Vec<Adapter> {
    let files = pack.layout.files_ending(pack.tree, "tools", ".py");
    let others = files.into_iter().filter(|entry| !matches!(entry.path.file_name(), "__init__.py" | server::FILE));
    others.filter_map(|entry| adapter::read(entry, pack.module(entry.path.as_str()), pack.domain)).collect()
}

fn flows<'a>(pack: &Whole<'a>, sink: &mut Sink) -> Vec<(&'a FileEntry, Flow)> {
    let tree = pack.tree;
    let read = |entry: &'a FileEntry| {
        let stem = stem(entry);
        if !Component::is_safe_name(stem) {
            return None;
        }
        let context = ("astradesk-flow", pack.domain);
        let read = |file: &crate::pack::YamlFile<'_>, sink: &mut Sink| flow::read(file, pack.domain, stem, sink);
        let parsed = tree.parse_yaml(entry, Dialect::Yaml11, context, sink, flow::unreadable, read);
        let flow = match &parsed.value {
            Some(flow) => Flow { component: flow.component.clone(), uses: flow.uses.clone() },
            None => flow::salvaged(&tree.text(entry, 1 << 20)?, &entry.path, pack.domain, stem),
        };
        Some((entry, flow))
    };
    pack.layout.files_ending(tree, "flows", ".yaml").into_iter().filter_map(read).collect()
}

/// Returns the components, sorted by kind and name; of two with one name the first.
fn components(pack: &Whole<'_>, sink: &mut Sink) -> Vec<Arc<Component>> {
    let (tree, layout) = (pack.tree, pack.layout);
    let modules: Vec<(String, String)> = pack
        .adapters
        .iter()
        .map(|adapter| (adapter.component.name.clone(), adapter.component.reference.clone()))
        .collect();
    let agents = layout.files_ending(tree, "agents", ".py");
    let agents = agents.into_iter().filter(|entry| entry.path.file_name() != "__init__.py");
    let mut all: Vec<Component> = agents
        .filter_map(|entry| agent::read(entry, pack.module(entry.path.as_str()), pack.domain, &modules, sink))
        .collect();
    all.extend(pack.server.iter().flat_map(|(_, server)| server.components.iter().cloned()));
    all.extend(pack.adapters.iter().map(|adapter| adapter.component.clone()));
    for (_, flow) in &pack.flows {
        let mut component = flow.component.clone();
        component.links.extend(flow.uses.iter().filter_map(|one| link(pack, one)));
        all.push(component);
    }
    for policy in &pack.policies {
        let mut component = policy.component.clone();
        component.links.extend(policy.tools.iter().map(|(name, span)| tool_link(pack, name, *span, Relation::Governs)));
        all.push(component);
    }
    all.extend(
        layout.files_ending(tree, "proto", ".proto").into_iter().filter_map(|e| proto::read(tree, e, pack.domain)),
    );
    let rank =
        |component: &Component| KINDS.iter().position(|kind| kind.key == component.kind.key).unwrap_or(KINDS.len());
    all.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    all.dedup_by(|later, earlier| later.kind.key == earlier.kind.key && later.name == earlier.name);
    all.into_iter().map(Arc::new).collect()
}

/// Returns the link of what a step uses.
fn link(pack: &Whole<'_>, one: &Use) -> Option<Link> {
    if let Some(name) = one.target.strip_prefix("tool.") {
        return Some(tool_link(pack, name, one.span, Relation::Calls));
    }
    one.target.strip_prefix("agent.")?;
    Some(Link {
        relation: Relation::Calls,
        kind: AGENT.key,
        target: one.target.clone(),
        line: one.span.line,
        otherwise: Otherwise::Name,
    })
}

/// Returns the link to a tool: of this pack's server, else of another pack, else an adapter of this pack.
fn tool_link(pack: &Whole<'_>, name: &str, span: Span, relation: Relation) -> Link {
    let own_adapter = if pack.tool(name) { None } else { pack.adapter(name) };
    let adapter = own_adapter.map(|reference| Otherwise::Own(ADAPTER.key, reference.to_owned()));
    let otherwise = adapter.unwrap_or(Otherwise::Name);
    Link { relation, kind: TOOL.key, target: server::reference(name), line: span.line, otherwise }
}

fn assemble(pack: &Whole<'_>, name: PackName, components: Vec<Arc<Component>>) -> Pack {
    let (tree, manifest) = (pack.tree, pack.manifest);
    let file = |is: fn(&FileEntry) -> bool| -> Option<&FileEntry> {
        tree.snapshot.files().iter().find(|entry| is(entry) && entry.size > 0)
    };
    let license_file = readme::license_file(tree, manifest);
    let version = manifest.version.as_ref().and_then(|version| Version::parse(&version.canonical).ok());
    let id = PackId { ecosystem: EcosystemId::new(ID).expect("a valid identifier"), name: name.clone() };
    let mut result = Pack::new(id, version.unwrap_or_else(unversioned), RelPath::composed(manifest::FILE));
    result.aliases = aliases(&name, manifest);
    result.title = title(&name);
    result.description.clone_from(&manifest.description);
    result.authors.clone_from(&manifest.authors);
    result.contact = manifest.addresses.first().cloned();
    let declared = manifest.license.as_ref().map(|license| license.value.clone());
    let above = || tree.license_above().and_then(|above| above.id.clone());
    result.license = declared.or_else(|| license_file.map_or_else(above, |entry| license::of_file(tree, entry)));
    result.keywords = keywords(pack);
    result.homepage.clone_from(&manifest.homepage);
    result.requirements = vec![Requirement { name: "python".to_owned(), range: manifest.requires_python.clone() }];
    result.dependencies = dependencies(tree, manifest);
    result.provides = provides(pack, &components);
    result.environment = environment::table(pack);
    result.readme = file(readme::is_readme).map(|entry| entry.path.clone());
    result.changelog = file(readme::is_changelog).map(|entry| entry.path.clone());
    result.license_file = license_file.map(|entry| entry.path.clone());
    result.facts = facts(pack);
    result.components = components;
    result
}

/// Stands in for a version that cannot be read, as in the Admin API; the finding about it is an error.
fn unversioned() -> Version {
    Version::parse("0.0.0").expect("a version")
}

/// Returns what the portal shows as a pack's title: the words of its slug.
fn title(name: &PackName) -> String {
    let slug = name.as_str().strip_prefix("domain-").unwrap_or(name.as_str());
    let words = slug.split(['-', '_', '.']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.chain(["Domain Pack".to_owned()]).collect::<Vec<_>>().join(" ")
}

/// Returns the names that the portal takes for this pack, besides the one that it has.
fn aliases(name: &PackName, manifest: &Manifest) -> Vec<String> {
    let (hyphens, underscores) = (name.as_str().replace('_', "-"), name.as_str().replace('-', "_"));
    let mut aliases = vec![hyphens.clone(), underscores.clone()];
    aliases.extend([format!("astradesk-{hyphens}"), format!("astradesk_{underscores}")]);
    if let Some(project) = &manifest.name {
        aliases.extend([project.value.clone(), project.value.replace('-', "_"), project.value.replace('_', "-")]);
    }
    aliases.retain(|alias| alias != name.as_str());
    aliases.sort();
    aliases.dedup();
    aliases
}

/// Returns the author's keywords, else the slug and the systems that adapters are named after.
fn keywords(pack: &Whole<'_>) -> Vec<String> {
    if !pack.manifest.keywords.is_empty() {
        return pack.manifest.keywords.clone();
    }
    let systems = pack.adapters.iter().filter_map(|adapter| adapter.component.name.strip_suffix("_adapter"));
    let slug = pack.name.strip_prefix("domain-").unwrap_or(pack.name);
    let mut words: Vec<String> = std::iter::once(slug).chain(systems).map(str::to_owned).collect();
    words.dedup();
    words
}

/// Returns the dependencies: those called like domain packs are packs, others that are called like the framework's libraries or
/// that the repository has itself are those, and all others are Python projects.
fn dependencies(tree: &PackTree<'_>, manifest: &Manifest) -> Vec<Dependency> {
    let of = |requirement: &super::python_versions::Requirement| {
        let range = requirement.range.clone();
        match requirement.name.strip_prefix("astradesk-domain-") {
            Some(slug) => Dependency { name: format!("domain-{slug}"), range, kind: None },
            None => {
                let is_member = || tree.above.is_some_and(|above| above.shows(ID, &requirement.name));
                let is_framework = requirement.name.starts_with("astradesk-") || is_member();
                let kind = if is_framework { library::FRAMEWORK } else { "python" };
                Dependency { name: requirement.name.clone(), range, kind: Some(kind.to_owned()) }
            }
        }
    };
    manifest.dependencies.iter().map(|requirement| of(&requirement.value)).collect()
}

/// Returns what other packs can ask for: tools, agents and flows by their names, and the entry points.
fn provides(pack: &Whole<'_>, components: &[Arc<Component>]) -> Vec<Provision> {
    let tools = pack.server.iter().flat_map(|(_, server)| &server.tools).map(|tool| Provision {
        kind: "tool",
        name: tool.name.clone(),
        value: tool.parameters.as_ref().map(|schema| schema.to_string().into()),
    });
    let others = components.iter().filter_map(|component| {
        let kind = match component.kind.key {
            "agent" => "agent",
            "flow" => "flow",
            _ => return None,
        };
        Some(Provision { kind, name: component.reference.clone(), value: None })
    });
    let points = pack.manifest.entry_points.iter().map(|point| Provision {
        kind: "entry-point",
        name: point.name.clone(),
        value: Some(point.target.as_str().into()),
    });
    let project =
        pack.manifest.name.iter().map(|name| Provision { kind: PROJECT, name: normalised(&name.value), value: None });
    tools.chain(others).chain(points).chain(project).collect()
}

fn facts(pack: &Whole<'_>) -> Vec<Fact> {
    let is_library = library::is_at(pack.tree);
    let mut facts = match is_library {
        true => {
            vec![Fact { label: "Use", value: "a library that packs depend on; no runtime looks for it".to_owned() }]
        }
        false => vec![Fact { label: "Layout", value: pack.layout.title().to_owned() }],
    };
    let mut add = |label: &'static str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label, value });
        }
    };
    add(PROJECT_LABEL, pack.manifest.name.as_ref().map(|name| name.value.clone()).unwrap_or_default());
    let points = pack.manifest.entry_points.iter().map(|point| format!("{} = {}", point.name, point.target));
    let points = points.collect::<Vec<_>>().join(", ");
    if !is_library {
        let none = || "none: the runtime does not find the pack".to_owned();
        add("Entry point", if points.is_empty() { none() } else { points });
    }
    if pack.manifest.addresses.len() > 1 {
        add(OWNERS_LABEL, pack.manifest.addresses.join(", "));
    }
    add("Ports", ports::described(pack).unwrap_or_default());
    let java = pack.layout.files_ending(pack.tree, "tools", ".java").into_iter().chain(
        // Left at the top when the Python files moved below `src/`.
        pack.tree
            .snapshot
            .below("tools")
            .iter()
            .filter(|entry| *pack.layout != Layout::Flat && entry.path.as_str().ends_with(".java")),
    );
    add("Java files", java.map(|entry| entry.path.file_name()).collect::<Vec<_>>().join(", "));
    add("Tests", tests(pack));
    facts
}

/// Returns how many tests there are, and where.
fn tests(pack: &Whole<'_>) -> String {
    let is_case = |name: &str| name.starts_with("test");
    let mut files = Vec::new();
    let mut count = 0;
    for (entry, module) in pack.modules().filter(|(entry, _)| is_test(entry)) {
        let functions = module.functions.iter().chain(module.classes.iter().flat_map(|class| &class.methods));
        let here = functions.filter(|function| is_case(&function.name)).count();
        if here > 0 {
            files.push(entry.path.file_name());
            count += here;
        }
    }
    let java: Vec<&str> = pack
        .tree
        .snapshot
        .below("tests")
        .iter()
        .map(|entry| entry.path.file_name())
        .filter(|name| name.ends_with(".java"))
        .collect();
    let mut parts = Vec::new();
    if count > 0 {
        parts.push(format!("{count} in {}", files.join(", ")));
    }
    if !java.is_empty() {
        parts.push(format!("Java: {}", java.join(", ")));
    }
    parts.join("; ")
}
