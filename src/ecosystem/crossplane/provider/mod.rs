//! What the two kinds of providers have in common: definitions with their compositions, examples and tests.
//!
//! | module | what it does |
//! |---|---|
//! | `rules` | the rules between files, and between packs |
//! | `claims` | examples and test fixtures |
//! | `drift` | published JSON Schemas, held against the definition |
//! | `components` | what the pages show |
//! | `summary` | what is said of the pack as a whole |
//! | `needs`, `constraint` | the required version of Crossplane, and what a pack depends on |

mod claims;
mod components;
pub(super) mod constraint;
mod drift;
pub(super) mod needs;
mod rules;
mod summary;

use std::sync::Arc;

use super::ID;
use super::composition::Composition;
use super::objects::{self, Object, Other};
use super::readme;
use super::schema::ClaimSchema;
use super::xrd::Xrd;
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::{Clue, Names};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{Dependency, Fact, Pack, PackTree, Parsed, Requirement, VersionedBy, YAML_LIMIT, license};
use crate::source::FileEntry;

/// The kind of what providers provide: APIs, by `<group>/<Kind>`.
pub(super) const API: &str = "api";

/// Most definitions, compositions or claims of one pack that are looked at: rules hold them against each other.
const MOST_OBJECTS: usize = 2000;

/// What the manifest of a package says, or what stands in for it.
#[derive(Debug, Default)]
pub(super) struct About {
    /// What people call it.
    pub title: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Who maintains it.
    pub maintainer: Option<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    /// Where its source is.
    pub homepage: Option<String>,
    /// What an annotation says in the place of a README.
    pub readme: Option<String>,
    /// `spec.crossplane.version`.
    pub crossplane: Option<String>,
    /// `spec.dependsOn`; nothing when no manifest can say.
    pub dependencies: Option<Vec<Dependency>>,
    /// Whether there is a manifest.
    pub is_package: bool,
}

/// The files of a provider, read.
pub(super) struct Files<'a> {
    tree: &'a PackTree<'a>,
    read: Vec<(&'a FileEntry, Arc<Parsed<Vec<Object>>>)>,
}

/// Everything that a provider declares.
pub(super) struct Provider<'a> {
    pub(super) tree: &'a PackTree<'a>,
    pub(super) about: &'a About,
    pub(super) xrds: Vec<(&'a FileEntry, &'a Xrd)>,
    pub(super) compositions: Vec<(&'a FileEntry, &'a Composition)>,
    pub(super) others: Vec<(&'a FileEntry, &'a Other)>,
    /// The schemas of what users create, in the order of the definitions.
    pub(super) schemas: Vec<ClaimSchema>,
}

impl<'a> Files<'a> {
    /// Reads every file that declares something.
    pub(super) fn read(tree: &'a PackTree<'a>, sink: &mut Sink) -> Self {
        let entries = tree.snapshot.files().iter().filter(|entry| objects::is_declaring(entry.path.as_str()));
        Self { tree, read: entries.map(|entry| (entry, objects::read(tree, entry, sink))).collect() }
    }

    /// Returns what the files declare.
    pub(super) fn provider<'b>(&'b self, about: &'b About) -> Provider<'b> {
        let mut provider = Provider {
            tree: self.tree,
            about,
            xrds: Vec::new(),
            compositions: Vec::new(),
            others: Vec::new(),
            schemas: Vec::new(),
        };
        for (entry, parsed) in &self.read {
            for object in parsed.value.iter().flatten() {
                match object {
                    Object::Xrd(xrd) => provider.xrds.push((entry, xrd)),
                    Object::Composition(composition) => provider.compositions.push((entry, composition)),
                    Object::Other(other) => provider.others.push((entry, other)),
                }
            }
        }
        provider.xrds.truncate(MOST_OBJECTS);
        provider.compositions.truncate(MOST_OBJECTS);
        provider.xrds.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        provider.compositions.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        provider.schemas = provider.xrds.iter().filter_map(|(_, xrd)| xrd.user_schema()).collect();
        provider
    }
}

/// Reads the objects of a package or of a pack without a manifest, checks them against each other, and returns the pack.
pub(super) fn pack(
    tree: &PackTree<'_>,
    name: PackName,
    manifest: RelPath,
    about: &About,
    files: &Files<'_>,
    sink: &mut Sink,
) -> Pack {
    let provider = files.provider(about);
    if provider.xrds.len().max(provider.compositions.len()) == MOST_OBJECTS {
        let message = format!("the pack has {MOST_OBJECTS} definitions or compositions; more are not looked at");
        sink.report(YAML_LIMIT, Place::file(manifest.as_str()), message);
    }
    rules::check(&provider, sink);
    let components = components::all(&provider, sink);
    let id = PackId { ecosystem: EcosystemId::new(ID).expect("a valid identifier"), name };
    let kinds: Vec<&str> = provider.xrds.iter().map(|(_, xrd)| xrd.user_kind().kind.as_str()).collect();
    let mut pack = Pack::new(id, Version::draft(), manifest);
    pack.versioned_by = VersionedBy::Source;
    if let Some(title) = about.title.clone().or_else(|| (!kinds.is_empty()).then(|| kinds.join(", "))) {
        pack.title = title;
    }
    let mut aliases: Vec<String> = provider.xrds.iter().map(|(_, xrd)| xrd.user_kind().kind.clone()).collect();
    aliases.sort();
    aliases.dedup();
    pack.aliases = aliases.into_iter().filter(|alias| !alias.is_empty() && *alias != pack.title).collect();
    pack.description = about.description.clone().unwrap_or_else(|| summary::description(&provider));
    pack.authors = about.maintainer.iter().cloned().collect();
    pack.license = about.license.clone().or_else(|| license::of_pack(tree));
    pack.homepage = about.homepage.clone();
    pack.keywords = summary::keywords(&provider);
    let range = needs::crossplane(&provider);
    pack.requirements =
        range.map(|range| Requirement { name: "crossplane".to_owned(), range: Some(range) }).into_iter().collect();
    pack.dependencies = needs::dependencies(&provider);
    pack.provides = summary::provisions(&provider);
    pack.environment = summary::secrets(&provider);
    pack.components = components;
    pack.readme = tree.at_root(&["readme.md"]).map(|entry| entry.path.clone());
    pack.changelog = tree.at_root(&["changelog.md", "changes.md"]).map(|entry| entry.path.clone());
    pack.license_file = license::file(tree).map(|entry| entry.path.clone());
    pack.facts = summary::facts(&provider);
    pack.facts.extend(about.readme.clone().map(|value| Fact { label: readme::LABEL, value }));
    readme::check(tree, &pack, "what the API offers, with a claim to copy", sink);
    pack
}

/// Checks a provider against what others provide.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let files = Files::read(tree, &mut Sink::new());
    let about = About::default();
    let provider = files.provider(&about);
    rules::check_references(pack, &provider, names, sink);
}

/// What a file declares, under a type of its own for the memo.
struct Declares(String);

/// Returns what each file of a pack declares, by its path.
fn declared<'a>(tree: &'a PackTree<'a>) -> impl Iterator<Item = (&'a str, Arc<Declares>)> {
    let entries = tree.snapshot.files().iter().filter(|entry| objects::is_declaring(entry.path.as_str()));
    entries.map(|entry| {
        let look = || {
            let bytes =
                (entry.size <= tree.yaml_limits.bytes as u64).then(|| tree.memo.read(tree.snapshot, entry).ok());
            Declares(bytes.flatten().map(|bytes| super::clues::declared(&bytes)).unwrap_or_default().join("\n"))
        };
        (entry.path.as_str(), tree.memo.get_or_insert(entry.blob, "declares", look))
    })
}

/// Tells whether a directory declares a definition.
pub(super) fn declares_xrd(tree: &PackTree<'_>) -> bool {
    declared(tree).any(|(_, declares)| declares.0.lines().any(|line| line.starts_with("provider xrd")))
}

/// Returns the paths of the files that declare a composition.
pub(super) fn compositions<'a>(tree: &'a PackTree<'a>) -> Vec<&'a str> {
    let declares = |one: &Arc<Declares>| one.0.lines().any(|line| line.starts_with("provider composition"));
    declared(tree).filter(|(_, declares_of)| declares(declares_of)).map(|(path, _)| path).collect()
}

/// Returns the directories, relative to this one, that are packs by what files declare.
pub(super) fn directories(tree: &PackTree<'_>) -> Vec<String> {
    let says: Vec<(&str, Arc<Declares>)> = declared(tree).collect();
    let clues: Vec<Clue<'_>> = says.iter().map(|(path, declares)| Clue { path, says: &declares.0 }).collect();
    super::clues::providers(&clues).into_iter().collect()
}

/// Returns a place in a file, with its excerpt.
pub(super) fn place(tree: &PackTree<'_>, entry: &FileEntry, span: Span) -> Place {
    match tree.text(entry, tree.yaml_limits.bytes as u64) {
        Some(text) => Place::in_text(entry.path.as_str(), span, text.strip_prefix('\u{feff}').unwrap_or(&text)),
        None => Place::file(entry.path.as_str()),
    }
}
