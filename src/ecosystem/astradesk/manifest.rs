//! The manifest: `pyproject.toml` (PEP 621).

use std::sync::Arc;

use super::codes::{
    ASTRADESK_DEPENDENCY_INVALID, ASTRADESK_NAME_MISSING, ASTRADESK_PYPROJECT_UNREADABLE,
    ASTRADESK_REQUIRES_PYTHON_INVALID, ASTRADESK_VERSION_MISSING, ASTRADESK_VERSION_NOT_PEP440,
};
use super::place::{MOST_REPEATED, place};
use super::python_versions::{self, PythonVersion, Requirement};
use super::toml::{self, Fault};
use crate::diag::{Sink, Span};
use crate::ecosystem::NEAR_MISS;
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::{Node, Value};

/// The name of the file.
pub(super) const FILE: &str = "pyproject.toml";
/// The group of entry points that the runtime's loader looks for.
pub(super) const GROUP: &str = "astradesk.pack";
/// Groups that look like it.
const WRONG_GROUPS: &[&str] =
    &["astradesk.packs", "astradesk_pack", "astradesk_packs", "astradesk.domain_pack", "astradesk-pack"];
/// Most entries of a list that are looked at.
const MOST: usize = 1000;

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// An entry point of the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryPoint {
    /// Its name.
    pub name: String,
    /// What it names: `module:attribute`.
    pub target: String,
    /// Where that stands.
    pub span: Span,
}

/// What a manifest says, as far as it is usable.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// `project.name`.
    pub name: Option<Placed<String>>,
    /// `project.version`.
    pub version: Option<PythonVersion>,
    /// `project.description`.
    pub description: String,
    /// `project.authors`, then those of `project.maintainers` that are no authors.
    pub authors: Vec<String>,
    /// The addresses of `authors`, in their order.
    pub addresses: Vec<String>,
    /// `project.license` as an expression or text.
    pub license: Option<Placed<String>>,
    /// The file that `project.license` names instead.
    pub license_file: Option<String>,
    /// `project.keywords`.
    pub keywords: Vec<String>,
    /// The most telling of `project.urls`.
    pub homepage: Option<String>,
    /// `project.requires-python`, normalised.
    pub requires_python: Option<String>,
    /// `project.dependencies`.
    pub dependencies: Vec<Placed<Requirement>>,
    /// `project.optional-dependencies`, by name.
    pub optional: Vec<(String, Vec<Requirement>)>,
    /// The entry points of the group `astradesk.pack`.
    pub entry_points: Vec<EntryPoint>,
    /// All other groups of entry points and scripts, as they go into an installation: group, name, target.
    pub other_entry_points: Vec<(String, String, String)>,
}

/// Reads the tree of the manifest, once per content.
pub(super) fn tree(tree: &PackTree<'_>, entry: &FileEntry) -> Arc<Result<Node, Fault>> {
    tree.memo.get_or_insert(entry.blob, "astradesk-toml", || {
        let fault = |message: &str| Fault { message: message.to_owned(), span: None };
        if entry.size > toml::MOST_BYTES {
            return Err(fault("the file is larger than 1 MiB"));
        }
        let bytes = tree.memo.read(tree.snapshot, entry).map_err(|error| fault(&error.to_string()))?;
        toml::read(std::str::from_utf8(&bytes).map_err(|_| fault("the file is not UTF-8"))?)
    })
}

/// Returns the projects that a manifest at the root of a repository takes from the repository itself (`[tool.uv.sources]`).
pub(super) fn workspace_members(bytes: &[u8]) -> Vec<String> {
    let root = std::str::from_utf8(bytes).ok().and_then(|text| toml::read(text).ok());
    let is_member = |source: &Node| source.get("workspace").is_some_and(|one| one.value == Value::Bool(true));
    let members =
        root.iter().flat_map(|root| root.at(["tool", "uv", "sources"]).entries()).take(MOST).filter(|(_, source)| {
            // One source, or several with markers of environments.
            is_member(source) || source.items().iter().any(is_member)
        });
    let mut names: Vec<String> = members.map(|(name, _)| python_versions::normalised(&name.key_text())).collect();
    names.sort();
    names.dedup();
    names
}

/// Reports a manifest that gives nothing to read; returns the tree of one that does.
pub(super) fn usable(pack: &PackTree<'_>, sink: &mut Sink) -> Option<Arc<Result<Node, Fault>>> {
    let Some(entry) = pack.get(FILE) else {
        let other = ["setup.py", "setup.cfg"].into_iter().find(|name| pack.get(name).is_some());
        let place = crate::diag::Place::file(other.unwrap_or(FILE));
        let help = "move the metadata to `[project]` in a `pyproject.toml`";
        sink.report(ASTRADESK_PYPROJECT_UNREADABLE, place, "there is no `pyproject.toml`").help(help);
        return None;
    };
    let read = tree(pack, entry);
    match &*read {
        Err(fault) => {
            let message = format!("`pyproject.toml` cannot be read: {}", fault.message);
            sink.report(ASTRADESK_PYPROJECT_UNREADABLE, place(pack, entry, fault.span), message);
            None
        }
        Ok(root) if root.get("project").is_none_or(|project| !project.is_map()) => {
            let message = "`pyproject.toml` has no `[project]` table";
            sink.report(ASTRADESK_PYPROJECT_UNREADABLE, crate::diag::Place::file(FILE), message)
                .help("write `[project]` with `name` and `version` (PEP 621)");
            None
        }
        Ok(_) => Some(read),
    }
}

/// Reads the manifest's values and reports what is wrong with them.
pub(super) fn read(pack: &PackTree<'_>, root: &Node, sink: &mut Sink) -> Manifest {
    let Some(entry) = pack.get(FILE) else { return Manifest::default() };
    let empty = Node { span: Span::default(), value: crate::yaml::Value::Map(Vec::new()) };
    let project = root.get("project").unwrap_or(&empty);
    let reader = Reader { pack, entry, project };
    reader.check_groups(root, sink);
    let people = reader.people();
    Manifest {
        name: reader.name(sink),
        version: reader.version(sink),
        description: reader.text("description").unwrap_or_default(),
        addresses: people.iter().filter_map(|(_, email)| email.clone()).collect(),
        authors: people.into_iter().filter_map(|(name, email)| name.or(email)).collect(),
        license: reader.license(),
        license_file: project.get("license").and_then(|license| license.get("file")?.as_str()).map(str::to_owned),
        keywords: reader.list("keywords").filter_map(Node::as_str).map(str::to_owned).collect(),
        homepage: reader.homepage(),
        requires_python: reader.requires_python(sink),
        dependencies: reader.requirements(project.get("dependencies"), sink),
        optional: reader.optional(sink),
        entry_points: reader.entry_points(),
        other_entry_points: reader.other_entry_points(),
    }
}

struct Reader<'a> {
    pack: &'a PackTree<'a>,
    entry: &'a FileEntry,
    project: &'a Node,
}

impl Reader<'_> {
    fn text(&self, key: &str) -> Option<String> {
        self.project.get(key).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn list(&self, key: &str) -> impl Iterator<Item = &Node> {
        self.project.get(key).map(Node::items).unwrap_or_default().iter().take(MOST)
    }

    fn at(&self, span: Span) -> crate::diag::Place {
        place(self.pack, self.entry, Some(span))
    }

    fn name(&self, sink: &mut Sink) -> Option<Placed<String>> {
        let Some(node) = self.project.get("name") else {
            let message = "`[project]` has no `name`";
            let help = "write `name = \"astradesk-domain-…\"`";
            sink.report(ASTRADESK_NAME_MISSING, self.at(self.project.span), message).help(help);
            return None;
        };
        let text = node.as_str().unwrap_or_default();
        if !python_versions::is_project_name(text) {
            let message = format!("`{}` is not usable as a project name", node.key_text());
            sink.report(ASTRADESK_NAME_MISSING, self.at(node.span), message)
                .help("use ASCII letters, digits, `-`, `_` and `.`, with a letter or digit at both ends");
            return None;
        }
        Some(Placed { value: text.to_owned(), span: node.span })
    }

    fn version(&self, sink: &mut Sink) -> Option<PythonVersion> {
        let Some(node) = self.project.get("version") else {
            let dynamic = self.list("dynamic").find(|item| item.as_str() == Some("version"));
            let message = match dynamic {
                Some(_) => "`version` is dynamic: a build backend would have to run to know it",
                None => "`[project]` has no `version`",
            };
            sink.report(ASTRADESK_VERSION_MISSING, self.at(dynamic.unwrap_or(self.project).span), message)
                .help("write `version = \"…\"`");
            return None;
        };
        let Some(text) = node.as_str() else {
            let message = format!("`version` is {}, not a text", node.kind());
            sink.report(ASTRADESK_VERSION_NOT_PEP440, self.at(node.span), message).help("quote it");
            return None;
        };
        let fault = match python_versions::version(text) {
            Ok(version) if !version.is_local => return Some(version),
            Ok(_) => format!("`{text}` has a local part, which package indexes refuse"),
            Err(reason) => format!("`{text}` is no version: {reason}"),
        };
        sink.report(ASTRADESK_VERSION_NOT_PEP440, self.at(node.span), fault)
            .help("write a version like `1.2.0`, `1.2.0rc1` or `1.2.0.post1`");
        None
    }

    fn requires_python(&self, sink: &mut Sink) -> Option<String> {
        let node = self.project.get("requires-python")?;
        match python_versions::specifiers(node.as_str().unwrap_or_default()) {
            Ok(text) if node.as_str().is_some() => Some(text).filter(|text| !text.is_empty()),
            Ok(_) => {
                let message = format!("`requires-python` is {}, not a text", node.kind());
                sink.report(ASTRADESK_REQUIRES_PYTHON_INVALID, self.at(node.span), message).help("quote it");
                None
            }
            Err(reason) => {
                let message = format!("`{}` is no set of specifiers: {reason}", node.key_text());
                sink.report(ASTRADESK_REQUIRES_PYTHON_INVALID, self.at(node.span), message)
                    .help("write an operator and a version, such as `>=3.11`; join several with commas");
                None
            }
        }
    }

    /// Returns names and addresses, of authors first.
    fn people(&self) -> Vec<(Option<String>, Option<String>)> {
        let mut people: Vec<(Option<String>, Option<String>)> = Vec::new();
        for person in self.list("authors").chain(self.list("maintainers")) {
            let part = |key: &str| person.get(key).and_then(Node::as_str).map(str::to_owned);
            let person = (part("name"), part("email"));
            if (person.0.is_some() || person.1.is_some()) && !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }

    /// Returns an expression or text; the text of a whole licence is not one of them.
    fn license(&self) -> Option<Placed<String>> {
        let node = self.project.get("license")?;
        let text = node.as_str().or_else(|| node.get("text").and_then(Node::as_str))?.trim();
        let span = node.get("text").map_or(node.span, |text| text.span);
        let is_name = !text.is_empty() && text.len() <= 200 && !text.contains('\n');
        is_name.then(|| Placed { value: text.to_owned(), span })
    }

    fn homepage(&self) -> Option<String> {
        let urls = self.project.get("urls")?;
        let named = |wanted: &str| {
            let is_wanted = |key: &Node| key.key_text().to_lowercase().replace([' ', '-', '_'], "") == wanted;
            urls.entries().iter().find(|(key, _)| is_wanted(key)).and_then(|(_, url)| url.as_str())
        };
        let preferred = ["homepage", "home", "website", "documentation", "docs", "repository", "source"];
        let any = || urls.entries().first().and_then(|(_, url)| url.as_str());
        preferred.iter().find_map(|name| named(name)).or_else(any).map(str::to_owned)
    }

    fn requirements(&self, list: Option<&Node>, sink: &mut Sink) -> Vec<Placed<Requirement>> {
        let before = sink.found().len();
        let mut found = Vec::new();
        for node in list.map(Node::items).unwrap_or_default().iter().take(MOST) {
            match python_versions::requirement(node.as_str().unwrap_or_default()) {
                Ok(value) => found.push(Placed { value, span: node.span }),
                Err(_) if sink.found().len() >= before + MOST_REPEATED => {}
                Err(reason) => {
                    let message = format!("`{}` is no requirement: {reason}", node.key_text());
                    sink.report(ASTRADESK_DEPENDENCY_INVALID, self.at(node.span), message)
                        .help("write a name and a range, such as `fastapi>=0.110,<1`");
                }
            }
        }
        found
    }

    fn optional(&self, sink: &mut Sink) -> Vec<(String, Vec<Requirement>)> {
        let groups = self.project.get("optional-dependencies").map(Node::entries).unwrap_or_default();
        let read = |(name, list): &(Node, Node), sink: &mut Sink| {
            let requirements = self.requirements(Some(list), sink).into_iter().map(|placed| placed.value).collect();
            (python_versions::normalised(&name.key_text()), requirements)
        };
        groups.iter().take(100).map(|group| read(group, sink)).collect()
    }

    fn entry_points(&self) -> Vec<EntryPoint> {
        let groups = self.project.get("entry-points");
        let group = groups.and_then(|groups| groups.get(GROUP));
        let entries = group.map(Node::entries).unwrap_or_default().iter().take(MOST);
        entries
            .filter_map(|(name, target)| {
                let (name, text) = (name.key_text(), target.as_str()?.trim().to_owned());
                Some(EntryPoint { name, target: text, span: target.span })
            })
            .collect()
    }

    fn other_entry_points(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        let mut add = |group: &str, table: &Node| {
            for (name, target) in table.entries().iter().take(MOST) {
                if let Some(target) = target.as_str() {
                    all.push((group.to_owned(), name.key_text(), target.trim().to_owned()));
                }
            }
        };
        for (key, group) in [("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")] {
            if let Some(table) = self.project.get(key) {
                add(group, table);
            }
        }
        for (group, table) in self.project.get("entry-points").map(Node::entries).unwrap_or_default() {
            if group.as_str() != Some(GROUP) {
                add(&group.key_text(), table);
            }
        }
        all
    }

    /// Reports groups of entry points that are spelt almost like the one that is looked for.
    fn check_groups(&self, root: &Node, sink: &mut Sink) {
        let right = format!("write `[project.entry-points.\"{GROUP}\"]`");
        let groups = self.project.get("entry-points").map(Node::entries).unwrap_or_default();
        for (group, _) in groups.iter().filter(|(group, _)| WRONG_GROUPS.contains(&group.key_text().as_str())) {
            let message = format!("the runtime does not look for the group `{}`", group.key_text());
            sink.report(NEAR_MISS, self.at(group.span), message).help(right.clone());
        }
        // Without quotes the dot makes tables inside each other.
        let nested = self.project.get("entry-points").and_then(|groups| groups.entry("astradesk"));
        if let Some((key, _)) = nested.filter(|(_, table)| table.get("pack").is_some_and(Node::is_map)) {
            sink.report(NEAR_MISS, self.at(key.span), format!("the group `{GROUP}` is not quoted")).help(right.clone());
        }
        if let Some((key, _)) = self.project.entry("entry_points") {
            let message = "`entry_points` is not a key of `[project]`: it is spelt with a hyphen";
            sink.report(NEAR_MISS, self.at(key.span), message).help(right.clone());
        }
        let plugins = root.at(["tool", "poetry", "plugins"]);
        if let Some((key, _)) = plugins.entry(GROUP).filter(|_| self.entry_points().is_empty()) {
            let message = "the entry point is written for Poetry only";
            sink.report(NEAR_MISS, self.at(key.span), message).help(right);
        }
    }
}

/// Tells whether a manifest has a group of entry points that is spelt almost right.
pub(super) fn has_wrong_group(root: &Node) -> bool {
    let project = root.get("project");
    let groups = project.and_then(|project| project.get("entry-points"));
    let misspelt = WRONG_GROUPS.iter().any(|group| groups.is_some_and(|groups| groups.get(group).is_some()));
    // Without quotes the dot makes tables inside each other.
    let nested = groups.and_then(|groups| groups.get("astradesk")?.get("pack")).is_some_and(Node::is_map);
    let other_key = project.and_then(|project| project.get("entry_points")?.get(GROUP)).is_some();
    let of_poetry = root.at(["tool", "poetry", "plugins"]).get(GROUP).is_some();
    misspelt || nested || other_key || of_poetry
}

/// Tells whether a manifest has the group of entry points.
pub(super) fn has_group(root: &Node) -> bool {
    let groups = root.get("project").and_then(|project| project.get("entry-points"));
    groups.is_some_and(|groups| groups.get(GROUP).is_some_and(Node::is_map))
}
