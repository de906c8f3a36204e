//! What one file states.

use serde::{Deserialize, Serialize};

use super::super::configuration::named_dependency;
use super::super::delivery::argo;
use super::super::documents::documents;
use super::super::objects::{META_GROUP, group_and_kind, is_yaml, says_template};
use super::super::provider::needs::package_of;
use super::super::{composition, xrd};
use crate::source::git::without_credentials;
use crate::yaml::{Limits, Node};

/// The group of objects that install packages.
const PACKAGES: &str = "pkg.crossplane.io";

/// Most statements of a file, and most sources of one object, that count.
const MOST: usize = 500;
const MOST_SOURCES: usize = 20;

/// Longest text of an object that is told to anybody, in bytes.
const MOST_BYTES: usize = 200;

/// What a document states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Statement {
    /// An `Application` or an `ApplicationSet` delivers what lies at some paths.
    Delivers(Delivers),
    /// A package is installed in a version.
    Installs {
        kind: String,
        name: String,
        /// `spec.package`, an image with its tag.
        package: String,
    },
    /// A composition or the manifest of a package needs one, in no version that it says itself.
    Needs { kind: String, name: String },
}

/// What an object of Argo CD says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Delivers {
    /// Kind and name.
    pub object: String,
    pub line: u32,
    pub sources: Vec<Source>,
    pub namespace: Option<String>,
    pub project: Option<String>,
}

/// One of its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Source {
    pub repository: Option<String>,
    pub path: Option<String>,
    pub revision: Option<String>,
    /// Whether directories below the path are delivered too.
    pub recurses: bool,
    pub include: Option<String>,
    pub exclude: Option<String>,
}

/// Returns what a file states, as text; nothing when that is nothing.
pub(in super::super) fn says(name: &str, bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_yaml(name))?;
    if ![argo::GROUP, PACKAGES, xrd::GROUP].iter().any(|group| text.contains(group)) {
        return None;
    }
    let limits = Limits::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > limits.bytes || (text.contains("{{") && says_template(text, limits)) {
        return None;
    }
    let mut statements: Vec<Statement> = Vec::new();
    for (_, yaml) in documents(text, limits).into_iter().flatten() {
        add(&yaml.root, &mut statements);
    }
    statements.truncate(MOST);
    (!statements.is_empty()).then(|| serde_json::to_string(&statements).expect("statements are plain values"))
}

/// Returns what [`says`] wrote.
pub(super) fn read(says: &str) -> Vec<Statement> {
    serde_json::from_str(says).unwrap_or_default()
}

fn add(root: &Node, statements: &mut Vec<Statement>) {
    let (group, kind) = group_and_kind(root);
    match (group.as_str(), kind.as_str()) {
        (argo::GROUP, _) => statements.extend(delivers(root, &kind).map(Statement::Delivers)),
        (PACKAGES, "Provider" | "Function" | "Configuration") => {
            let (name, package) = (short(root.at(["metadata", "name"])), short(root.at(["spec", "package"])));
            if let (Some(name), Some(package)) = (name, package) {
                statements.push(Statement::Installs { kind: kind.to_lowercase(), name, package });
            }
        }
        (META_GROUP, _) => {
            let needed = root.at(["spec", "dependsOn"]).items().iter();
            let open = needed.filter(|node| node.get("version").is_none()).filter_map(named_dependency);
            statements.extend(open.take(MOST).map(|(kind, name)| Statement::Needs { kind, name }));
        }
        (xrd::GROUP, composition::KIND) => {
            let mut needs = needs(root);
            needs.sort();
            needs.dedup();
            statements.extend(needs.into_iter().take(MOST));
        }
        _ => {}
    }
}

fn delivers(root: &Node, kind: &str) -> Option<Delivers> {
    let spec = argo::spec(root, kind)?;
    let name = short(root.at(["metadata", "name"]))?;
    let source = |node: &Node| Source {
        // Somebody's password has no place on a page.
        repository: short(node.at(["repoURL"])).map(|url| without_credentials(&url)),
        path: short(node.at(["path"])),
        revision: short(node.at(["targetRevision"])),
        recurses: node.at(["directory", "recurse"]).scalar_text().as_deref() == Some("true"),
        include: short(node.at(["directory", "include"])),
        exclude: short(node.at(["directory", "exclude"])),
    };
    let sources: Vec<Source> =
        argo::sources(spec).map(source).filter(|source| source.path.is_some()).take(MOST_SOURCES).collect();
    (!sources.is_empty()).then(|| Delivers {
        object: format!("{kind}/{name}"),
        line: root.get("kind").map_or(1, |node| node.span.line),
        sources,
        namespace: short(spec.at(["destination", "namespace"])),
        project: short(spec.at(["project"])),
    })
}

/// Returns what a composition needs: the packages of what it makes, and the functions of its pipeline.
fn needs(root: &Node) -> Vec<Statement> {
    let spec = root.at(["spec"]);
    let steps = spec.at(["pipeline"]).items();
    let resources = steps.iter().map(|step| step.at(["input", "resources"])).chain([spec.at(["resources"])]);
    let groups = resources.flat_map(Node::items).filter_map(|resource| {
        let api_version = resource.at(["base", "apiVersion"]).as_str()?;
        package_of(api_version.split_once('/')?.0)
    });
    let packages = groups.map(|name| Statement::Needs { kind: "provider".to_owned(), name });
    let functions = steps.iter().filter_map(|step| short(step.at(["functionRef", "name"])));
    packages.chain(functions.map(|name| Statement::Needs { kind: "function".to_owned(), name })).collect()
}

/// Returns a text that is not empty and that pages can show.
fn short(node: &Node) -> Option<String> {
    node.scalar_text().filter(|text| !text.trim().is_empty() && text.len() <= MOST_BYTES)
}
