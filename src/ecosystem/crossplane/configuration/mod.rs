//! Packages: `crossplane.yaml` with an object of `meta.pkg.crossplane.io`.

use std::ops::Range;
use std::sync::Arc;

use super::codes::provider::{CONSTRAINT_INVALID, NAME_INVALID, PACKAGE_CONTENT};
use super::documents::{self, Document};
use super::objects::{META_GROUP, group_and_kind};
use super::provider::constraint::Constraint;
use super::provider::{self, About, Files};
use super::xrd::first_line;
use crate::diag::{Place, Severity, Sink, Span};
use crate::ident::PackName;
use crate::pack::{Dependency, Pack, PackTree, Parsed};
use crate::yaml::Node;

/// The manifest.
pub(super) const MANIFEST: &str = "crossplane.yaml";

/// Lists the kinds of packages.
const KINDS: &[&str] = &["Configuration", "Provider", "Function"];

/// What a document of the manifest says.
#[derive(Debug)]
struct Meta {
    range: Range<usize>,
    name: String,
    kind: String,
    span: Span,
    title: String,
    description: Option<String>,
    maintainer: Option<String>,
    license: Option<String>,
    homepage: Option<String>,
    readme: Option<String>,
    crossplane: Option<String>,
    dependencies: Vec<Dependency>,
}

/// Reads a pack of this kind and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let entry = tree.get(MANIFEST)?;
    let mut aside = Sink::new();
    let parsed = metas(tree, &mut aside)?;
    let metas: Vec<&Meta> = parsed.value.iter().flatten().flatten().collect();
    // What is wrong with the file as YAML is told when its objects are read.
    sink.extend(parsed.findings.iter().filter(|found| found.code == CONSTRAINT_INVALID).cloned());
    let files = Files::read(tree, sink);
    let place = |span: Span| provider::place(tree, entry, span);
    let first = match metas[..] {
        [] => {
            let is_told =
                sink.found().iter().any(|found| found.place.path == MANIFEST && found.severity == Severity::Error);
            if !is_told {
                sink.report(PACKAGE_CONTENT, Place::file(MANIFEST), format!("there is no object of `{META_GROUP}`"))
                    .help("write `apiVersion: meta.pkg.crossplane.io/v1` and `kind: Configuration`: `pkg.crossplane.io` is for installing");
            }
            return None;
        }
        [only] => only,
        [first, second, ..] => {
            sink.report(PACKAGE_CONTENT, place(second.span), "there is a second package in the manifest")
                .help("keep exactly one object in `crossplane.yaml`");
            first
        }
    };
    let Ok(name) = PackName::new(&first.name) else {
        let message = match first.name.as_str() {
            "" => "the package has no name".to_owned(),
            name => format!("`{name}` is not usable as the name of a package"),
        };
        sink.report(NAME_INVALID, place(first.span), message)
            .help("use letters, digits, `.`, `_` and `-` in `metadata.name`");
        return None;
    };
    let about = first.about();
    if first.kind == "Configuration" {
        check_content(tree, &files, &about, sink);
    }
    Some(provider::pack(tree, name, entry.path.clone(), &about, &files, sink))
}

impl Meta {
    fn about(&self) -> About {
        About {
            title: Some(self.title.clone()),
            description: self.description.clone(),
            maintainer: self.maintainer.clone(),
            license: self.license.clone(),
            homepage: self.homepage.clone(),
            readme: self.readme.clone(),
            crossplane: self.crossplane.clone(),
            dependencies: Some(self.dependencies.clone()),
            is_package: true,
        }
    }
}

/// Returns what the manifest of a package says; nothing when there is none.
pub(super) fn about(tree: &PackTree<'_>, sink: &mut Sink) -> Option<About> {
    metas(tree, sink)?.value.iter().flatten().flatten().next().map(Meta::about)
}

/// Returns where the object of the package stands in its manifest.
pub(super) fn meta_range(tree: &PackTree<'_>) -> Option<Range<usize>> {
    metas(tree, &mut Sink::new())?.value.iter().flatten().flatten().next().map(|meta| meta.range.clone())
}

fn metas(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Arc<Parsed<Vec<Option<Meta>>>>> {
    Some(documents::each(tree, tree.get(MANIFEST)?, "package", sink, meta))
}

/// Requires a package to hold nothing but definitions and compositions, besides its manifest.
fn check_content(tree: &PackTree<'_>, files: &Files<'_>, about: &About, sink: &mut Sink) {
    for (entry, other) in files.provider(about).others {
        let is_meta = other.group == META_GROUP && entry.path.as_str() == MANIFEST;
        if !is_meta {
            let what = if other.kind.is_empty() {
                "a document without a kind".to_owned()
            } else {
                format!("`{}`", other.kind)
            };
            let message = format!("the package holds {what}, which no package may hold");
            sink.report(PACKAGE_CONTENT, provider::place(tree, entry, other.span), message)
                .help("move it out of the package, or below `examples/`");
        }
    }
}

/// Reads the object of a package; nothing when a document is another object.
fn meta(document: &Document<'_>, sink: &mut Sink) -> Option<Meta> {
    let root = document.root();
    let (group, kind) = group_and_kind(root);
    if group != META_GROUP || !KINDS.contains(&kind.as_str()) {
        return None;
    }
    let metadata = root.get("metadata");
    let text = |node: Option<&Node>| node.and_then(Node::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let annotation = |key: &str| {
        let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
        text(annotations.and_then(|annotations| annotations.get(&format!("meta.crossplane.io/{key}"))))
    };
    let spec = root.get("spec");
    let crossplane = spec.and_then(|spec| spec.get("crossplane")?.get("version"));
    if let Some(node) = crossplane {
        check_constraint(document, node, "Crossplane", sink);
    }
    let dependencies = spec.and_then(|spec| spec.get("dependsOn")).map(Node::items).unwrap_or_default();
    let name = text(metadata.and_then(|metadata| metadata.get("name"))).unwrap_or_default();
    Some(Meta {
        range: document.range.clone(),
        title: annotation("friendly-name").unwrap_or_else(|| title_case(&name)),
        span: metadata.and_then(|metadata| metadata.get("name")).map_or_else(|| first_line(root), |node| node.span),
        description: annotation("description").map(|text| text.trim().to_owned()),
        maintainer: annotation("maintainer").map(|text| text.trim().to_owned()),
        license: annotation("license").map(|text| text.trim().to_owned()),
        homepage: annotation("source").map(|text| text.trim().to_owned()),
        readme: annotation("readme").map(|text| text.trim().to_owned()),
        crossplane: text(crossplane),
        dependencies: dependencies.iter().filter_map(|node| dependency(document, node, sink)).collect(),
        name,
        kind,
    })
}

fn dependency(document: &Document<'_>, node: &Node, sink: &mut Sink) -> Option<Dependency> {
    let text = |key: &str| node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let (kind, name) = named_dependency(node)?;
    if let Some(version) = node.get("version") {
        check_constraint(document, version, &name, sink);
    }
    Some(Dependency { name, range: text("version"), kind: Some(kind) })
}

/// Returns the kind and the name of a dependency: `{provider: …}`, or `{kind: Provider, package: …}`.
pub(super) fn named_dependency(node: &Node) -> Option<(String, String)> {
    let text = |key: &str| node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let named =
        ["provider", "configuration", "function"].iter().find_map(|kind| Some(((*kind).to_owned(), text(kind)?)));
    named.or_else(|| Some((text("kind")?.to_lowercase(), text("package")?)))
}

/// Requires a version to be a SemVer constraint; a digest is one version exactly.
fn check_constraint(document: &Document<'_>, node: &Node, of: &str, sink: &mut Sink) {
    let text = node.scalar_text().unwrap_or_default();
    let is_valid = node.as_str().is_some() && (Constraint::parse(&text).is_some() || text.starts_with("sha256:"));
    if !is_valid {
        sink.report(
            CONSTRAINT_INVALID,
            document.place(node.span),
            format!("`{text}` is no constraint on versions of {of}"),
        )
        .help("write one such as `>=v1.14.0-0, <v2.0.0-0`, in quotes");
    }
}

/// Returns a name as a title: `queue-worker` becomes `Queue Worker`.
fn title_case(name: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect::<String>())
    };
    name.split(['-', '_', '.']).filter_map(word).collect::<Vec<_>>().join(" ")
}
