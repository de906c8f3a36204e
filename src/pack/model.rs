//! The types of the normalised pack.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::packed::Fields;
use crate::ident::{PackId, RelPath, Version};

/// A pack at one version, checked and normalised.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its identity.
    pub id: PackId,
    /// Its version, as the manifest says; [`Version::draft`] until a release is made when the manifest says none.
    pub version: Version,
    /// What says its version.
    pub versioned_by: VersionedBy,
    /// Other names by which people and tools know it.
    pub aliases: Vec<String>,
    /// What people call it; never empty.
    pub title: String,
    /// What it does; may be empty, may have several lines.
    pub description: String,
    /// Who made it: free text, often several people.
    pub authors: Vec<String>,
    /// How to reach the authors.
    pub contact: Option<String>,
    /// An SPDX expression or the author's own words; absent when nothing says.
    pub license: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Its home page, as written: any text.
    pub homepage: Option<String>,
    /// What the runtime must offer.
    pub requirements: Vec<Requirement>,
    /// Which other packs it needs, and what else is not part of it.
    pub dependencies: Vec<Dependency>,
    /// What other packs can ask the catalog for besides its components.
    pub provides: Vec<Provision>,
    /// Its parts, sorted by kind in the ecosystem's order, then by name.
    pub components: Vec<Arc<Component>>,
    /// The settings of the pack.
    pub configuration: Option<Arc<FieldTable>>,
    /// The environment variables that it reads; never their values.
    pub environment: Option<Arc<FieldTable>>,
    /// Where the manifest lies in the pack.
    pub manifest: RelPath,
    /// The README, if any.
    pub readme: Option<RelPath>,
    /// The changelog, if any.
    pub changelog: Option<RelPath>,
    /// The licence text, if any.
    pub license_file: Option<RelPath>,
    /// A PNG icon, if any.
    pub icon: Option<RelPath>,
    /// Anything else worth a row among the facts.
    pub facts: Vec<Fact>,
    /// What delivers it to where it runs, and lies elsewhere in its source.
    pub deliveries: Vec<Delivery>,
    /// Checksums that the ecosystem itself defines, by their name, such as `attune-pack-file-v1`.
    pub checksums: BTreeMap<String, String>,
}

/// What a runtime must offer, such as `stackstorm >=3.6.0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Requirement {
    /// What is required: a runtime, an interpreter, a tool.
    pub name: String,
    /// In which versions, as the author wrote it; absent for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

impl Pack {
    /// Returns a pack of which nothing else is known; its title is its name.
    pub fn new(id: PackId, version: Version, manifest: RelPath) -> Self {
        Self {
            title: id.name.to_string(),
            id,
            version,
            versioned_by: VersionedBy::Manifest,
            aliases: Vec::new(),
            description: String::new(),
            authors: Vec::new(),
            contact: None,
            license: None,
            keywords: Vec::new(),
            homepage: None,
            requirements: Vec::new(),
            dependencies: Vec::new(),
            provides: Vec::new(),
            components: Vec::new(),
            configuration: None,
            environment: None,
            manifest,
            readme: None,
            changelog: None,
            license_file: None,
            icon: None,
            facts: Vec::new(),
            deliveries: Vec::new(),
            checksums: BTreeMap::new(),
        }
    }
}

/// What says the version of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum VersionedBy {
    /// The manifest.
    #[default]
    Manifest,
    /// The source alone: a tag, or the commit that changed the pack.
    Source,
}

/// Something that a pack provides to others, such as a tool or an API.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provision {
    /// What it is, such as `tool`, `api` or `capability`.
    pub kind: &'static str,
    /// What others call it.
    pub name: String,
    /// What they must know of it, in the ecosystem's own words, such as the text of a schema.
    pub value: Option<Arc<str>>,
}

/// Another pack that this one needs, or something else that is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Dependency {
    /// The name of the pack in the same ecosystem, or whatever the author wrote in its place.
    pub name: String,
    /// In which versions, as the author wrote it; absent for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// What it is when it is no pack: such as `python` for a package, or the kind of what another pack provides, such as `api`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A kind of component: its key in URLs and indexes, and what people call it.
#[derive(Debug, PartialEq, Eq)]
pub struct ComponentKind {
    /// The key, such as `action`: lowercase letters, digits and `-`.
    pub key: &'static str,
    /// The heading of a list, such as `Actions`.
    pub plural: &'static str,
    /// One of them, such as `Action`.
    pub singular: &'static str,
}

/// A part that a pack declares.
#[derive(Debug, Clone)]
pub struct Component {
    /// What it is.
    pub kind: &'static ComponentKind,
    /// Its name within the pack; the author's text, but safe as a file name: see [`Component::is_safe_name`].
    pub name: String,
    /// What other components call it, such as `aws.ec2_start`.
    pub reference: String,
    /// What people call it, when the author says.
    pub title: Option<String>,
    /// What it does; may be empty.
    pub description: String,
    /// The file that declares it.
    pub file: RelPath,
    /// The line of its declaration.
    pub line: u32,
    /// The file that implements it, when that is in the pack.
    pub entry_point: Option<RelPath>,
    /// Whether it is switched on when the pack is installed.
    pub enabled: bool,
    /// Rows for its page, such as runner or interval.
    pub facts: Vec<Fact>,
    /// Its tables: parameters, output, payload. Components that inherit the same one share it.
    pub tables: Vec<Arc<FieldTable>>,
    /// What it refers to.
    pub links: Vec<Link>,
    /// The steps of a workflow, in the order of the file.
    pub steps: Vec<Step>,
    /// How it is used, in the runtime's own syntax.
    pub examples: Vec<Example>,
}

impl Component {
    /// Tells whether a name can be a file name and a URL segment everywhere.
    ///
    /// No separator, control character, leading dot or reserved device name; 1 to 200 bytes.
    pub fn is_safe_name(name: &str) -> bool {
        (1..=200).contains(&name.len())
            && RelPath::new(name).is_ok()
            && !name.contains('/')
            && !name.starts_with('.')
            && !crate::ident::is_device(name)
    }
}

/// A row of facts: label and value, with an optional note of where the label leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fact {
    /// The label, ours.
    pub label: &'static str,
    /// The value, the author's text.
    pub value: String,
}

/// An object outside of a pack that delivers it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Delivery {
    /// What it is: kind and name, such as `Application/apis`.
    pub object: String,
    /// Where its file lies, from the pack on: `../../argocd/apis.yaml`.
    pub file: String,
    /// The line of its declaration.
    pub line: u32,
    /// What it says, such as revision and namespace.
    pub facts: Vec<Fact>,
}

/// A table of fields: parameters, settings, output.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldTable {
    /// The heading, such as `Parameters`.
    pub title: Cow<'static, str>,
    /// The anchor on the page, such as `parameters`: lowercase letters, digits and `-`, unique in the component.
    pub anchor: Cow<'static, str>,
    /// The fields, in the order of the file unless the ecosystem has one.
    pub fields: Fields,
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it accepts, such as `string` or `array of integer`; empty when the author does not say.
    pub type_text: String,
    /// Whether it must be given.
    pub required: bool,
    /// Whether its value is hidden.
    pub secret: bool,
    /// Whether its value is fixed: shown apart from what a caller may set.
    pub fixed: bool,
    /// The default, as compact JSON; masked by the pages if `secret`.
    pub default: Option<String>,
    /// The values it allows, as compact JSON; empty when any.
    pub allowed: Vec<String>,
    /// Further constraints in words, such as `at least 1`.
    pub constraints: Vec<String>,
    /// Its place on a command line, when it has one.
    pub position: Option<i64>,
    /// What it is for.
    pub description: String,
    /// The fields of an object, or of the objects in a list.
    pub fields: Vec<Self>,
}

/// How a component uses another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Runs it.
    Calls,
    /// Fires it.
    Emits,
    /// Waits for it.
    ListensTo,
    /// Applies to it.
    Governs,
    /// Makes it work.
    Implements,
    /// Needs it in another way.
    Uses,
}

/// A reference from one component to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// How it uses it.
    pub relation: Relation,
    /// The kind of the target, such as `action`: a key of [`ComponentKind`].
    pub kind: &'static str,
    /// The target's reference, such as `core.local`.
    pub target: String,
    /// Where the reference stands in the file.
    pub line: u32,
    /// What it means where nothing in the catalogue has the target.
    pub otherwise: Otherwise,
}

/// What a reference means where nothing in the catalogue has its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Otherwise {
    /// What it says: the name is shown.
    Name,
    /// Nothing: it is no reference that the author made, only the same name.
    Nothing,
    /// Another component of the same pack, by kind and reference.
    Own(&'static str, String),
}

impl Link {
    /// Returns what it refers to instead of its target, where nothing has that.
    pub fn instead(&self) -> Option<(&'static str, &str)> {
        match &self.otherwise {
            Otherwise::Own(kind, reference) => Some((kind, reference)),
            Otherwise::Name | Otherwise::Nothing => None,
        }
    }
}

/// A step of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What it runs, when that is known before it runs.
    pub action: Option<String>,
    /// The condition or event under which each next step runs (may be empty), and that step's name.
    pub next: Vec<(String, String)>,
}

/// An example of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it shows, such as `Run it from the command line`.
    pub title: String,
    /// The language for highlighting, such as `shell`.
    pub language: &'static str,
    /// The text.
    pub text: String,
}
