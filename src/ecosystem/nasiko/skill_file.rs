//! The manifest of a skill: `skill.json`.

use std::sync::Arc;

use super::card::version_findings;
use super::codes::{
    NASIKO_NAME_NOT_OCI, NASIKO_SKILL_API_VERSION, NASIKO_SKILL_FIELD_MISSING, NASIKO_SKILL_INPUTS_INVALID,
    NASIKO_SKILL_LANGUAGE,
};
use super::document::{JSON, Located, MOST_ITEMS, first_line, report_unreadable, require_object, strings, text};
use super::name::slug;
use super::schema_table;
use crate::content::oci;
use crate::diag::{Sink, Span};
use crate::pack::schema::Schema;
use crate::pack::{FieldTable, PackTree, Parsed, YamlFault, YamlFile};
use crate::source::FileEntry;
use crate::yaml::Node;

/// The file name.
pub(super) const FILE: &str = "skill.json";

/// What the client takes for `apiVersion`.
const API_VERSION: &str = "nasiko.dev/v1";

/// What a skill's manifest says, as far as it is usable.
#[derive(Debug, Default)]
pub(super) struct SkillFile {
    /// `metadata.name`.
    pub name: Option<Located>,
    /// `metadata.version`.
    pub version: Option<Located>,
    /// `metadata.description`.
    pub description: String,
    /// `metadata.tags`, in lowercase.
    pub tags: Vec<String>,
    /// `metadata.author`.
    pub author: Option<String>,
    /// `interface.function`.
    pub function: Option<Located>,
    /// `interface.inputs`, when it is the schema of an object.
    pub inputs: Option<Inputs>,
    /// `interface.inputs` and `interface.output` as tables.
    pub tables: Vec<Arc<FieldTable>>,
    /// `runtime.language`.
    pub language: Option<String>,
    /// `runtime.entrypoint`.
    pub entrypoint: Option<Located>,
    /// `runtime.dependencies`.
    pub dependencies: Vec<String>,
    /// `runtime.env_vars`.
    pub env_vars: Vec<String>,
    /// The keys of `frameworks`.
    pub frameworks: Vec<String>,
}

/// What a function is called with.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The names of the properties, each with its place.
    pub properties: Vec<Located>,
    /// Those that must be given.
    pub required: Vec<String>,
    /// Where the schema stands.
    pub span: Span,
}

/// Reads a manifest once per content; its findings are those about the manifest alone.
pub(super) fn of_file(tree: &PackTree<'_>, entry: &FileEntry, sink: &mut Sink) -> Arc<Parsed<Option<SkillFile>>> {
    let unreadable = |sink: &mut Sink, fault: YamlFault| report_unreadable(NASIKO_SKILL_FIELD_MISSING, sink, fault);
    tree.parse_yaml(entry, JSON, "skill", sink, unreadable, read)
}

fn read(file: &YamlFile<'_>, sink: &mut Sink) -> Option<SkillFile> {
    if !require_object(file, NASIKO_SKILL_FIELD_MISSING, sink) {
        return None;
    }
    let root = &file.yaml.root;
    check_kind(file, root, sink);
    let parts = ["metadata", "interface", "runtime"].map(|key| part(file, root, key, sink));
    let [metadata, interface, runtime] = parts;
    let mut required =
        |of: Option<&Node>, whole: &str, key: &str| of.and_then(|of| required(file, of, whole, key, sink));
    let name = required(metadata, "metadata", "name");
    let version = required(metadata, "metadata", "version");
    let description = required(metadata, "metadata", "description");
    let function = required(interface, "interface", "function");
    let language = required(runtime, "runtime", "language");
    let entrypoint = required(runtime, "runtime", "entrypoint");
    if let Some(name) = name.as_ref().filter(|name| !oci::is_name_component(&name.text)) {
        let draft = sink.report(
            NASIKO_NAME_NOT_OCI,
            file.place(name.span),
            format!("`{}` cannot be the name of a repository", name.text),
        );
        let better = slug(&name.text).map(|slug| format!("write `\"name\": \"{slug}\"`"));
        draft.help(better.unwrap_or_else(|| "use lowercase letters, digits, and single `.`, `_` or `-`".to_owned()));
    }
    if let Some(version) = &version {
        version_findings(file, &version.text, version.span, sink);
    }
    if let Some(function) = function.as_ref().filter(|function| !is_identifier(&function.text)) {
        let message = format!("`{}` is not the name of a function", function.text);
        sink.report(NASIKO_SKILL_FIELD_MISSING, file.place(function.span), message).help("write an identifier");
    }
    if let Some(language) = language.as_ref().filter(|language| !matches!(language.text.as_str(), "python" | "go")) {
        let message = format!("no framework takes skills in `{}`", language.text);
        sink.report(NASIKO_SKILL_LANGUAGE, file.place(language.span), message).help("write it in `python` or `go`");
    }
    let schemas = interface.map(|interface| schemas(file, interface, sink));
    let (inputs, tables) = schemas.unwrap_or_default();
    let lower = |tag: String| tag.trim().to_lowercase();
    let frameworks = root.get("frameworks").map(Node::entries).unwrap_or_default().iter().take(MOST_ITEMS);
    Some(SkillFile {
        description: description.map(|text| text.text).unwrap_or_default(),
        tags: metadata.map(|metadata| strings(metadata, "tags")).unwrap_or_default().into_iter().map(lower).collect(),
        author: metadata.and_then(|metadata| text(metadata, "author")),
        language: language.map(|language| language.text),
        dependencies: runtime.map(|runtime| strings(runtime, "dependencies")).unwrap_or_default(),
        env_vars: runtime.map(|runtime| strings(runtime, "env_vars")).unwrap_or_default(),
        frameworks: frameworks.map(|(key, _)| key.key_text()).collect(),
        name,
        version,
        function,
        inputs,
        tables,
        entrypoint,
    })
}

/// Requires `apiVersion` and `kind`, and holds them to what is documented.
fn check_kind(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    for (key, expected) in [("apiVersion", API_VERSION), ("kind", "Skill")] {
        let Some(found) = required(file, root, "", key, sink) else { continue };
        if found.text != expected {
            let message = format!("`{key}` is `{}`, not `{expected}`", found.text);
            sink.report(NASIKO_SKILL_API_VERSION, file.place(found.span), message).help(format!("write `{expected}`"));
        }
    }
}

/// Returns a part of the manifest, or reports that it is missing.
fn part<'a>(file: &YamlFile<'_>, root: &'a Node, key: &str, sink: &mut Sink) -> Option<&'a Node> {
    let found = root.get(key);
    match found {
        Some(node) if node.is_map() => return found,
        Some(node) => {
            let message = format!("`{key}` is {}, not an object", node.kind());
            sink.report(NASIKO_SKILL_FIELD_MISSING, file.place(first_line(node.span)), message).help("write an object");
        }
        None => {
            let place = file.place(first_line(root.span));
            sink.report(NASIKO_SKILL_FIELD_MISSING, place, format!("the manifest has no `{key}`"))
                .help(format!("add the object `\"{key}\"`"));
        }
    }
    None
}

/// Returns a string that has to be there, or reports that it is not.
fn required(file: &YamlFile<'_>, of: &Node, whole: &str, key: &str, sink: &mut Sink) -> Option<Located> {
    let name = if whole.is_empty() { key.to_owned() } else { format!("{whole}.{key}") };
    let (span, message) = match of.get(key) {
        Some(node) => match Located::of(of, key) {
            Some(found) => return Some(found),
            None if node.as_str().is_some() => (node.span, format!("`{name}` is empty")),
            None => (first_line(node.span), format!("`{name}` is {}, not a string", node.kind())),
        },
        None => (first_line(of.span), format!("the manifest has no `{name}`")),
    };
    sink.report(NASIKO_SKILL_FIELD_MISSING, file.place(span), message).help(format!("give `{name}` a text"));
    None
}

/// Reads the schemas of what a function takes and gives.
fn schemas(file: &YamlFile<'_>, interface: &Node, sink: &mut Sink) -> (Option<Inputs>, Vec<Arc<FieldTable>>) {
    let mut tables = Vec::new();
    let mut inputs = None;
    match interface.get("inputs") {
        None => missing(file, interface, "inputs", sink),
        Some(node) => {
            if let Some(fault) = fault_of(node) {
                sink.report(
                    NASIKO_SKILL_INPUTS_INVALID,
                    file.place(first_line(node.span)),
                    format!("`inputs` {fault}"),
                )
                .help("write a JSON Schema: `{\"type\": \"object\", \"properties\": {…}, \"required\": […]}`");
            } else {
                let properties = node.get("properties").map(Node::entries).unwrap_or_default().iter().take(MOST_ITEMS);
                let located = |(key, _): &(Node, Node)| Located { text: key.key_text(), span: key.span };
                inputs = Some(Inputs {
                    properties: properties.map(located).collect(),
                    required: strings(node, "required"),
                    span: first_line(node.span),
                });
                tables.push(Arc::new(schema_table::inputs(node)));
            }
        }
    }
    match interface.get("output") {
        None => missing(file, interface, "output", sink),
        Some(node) => tables.push(Arc::new(schema_table::output(node))),
    }
    tables.retain(|table| !table.fields.is_empty());
    (inputs, tables)
}

fn missing(file: &YamlFile<'_>, interface: &Node, key: &str, sink: &mut Sink) {
    let place = file.place(first_line(interface.span));
    sink.report(NASIKO_SKILL_FIELD_MISSING, place, format!("the manifest has no `interface.{key}`"))
        .help(format!("add `\"{key}\"` with a JSON Schema"));
}

/// Returns why a node is not the JSON Schema of an object.
fn fault_of(node: &Node) -> Option<String> {
    if !node.is_map() {
        return Some(format!("is {}, not an object", node.kind()));
    }
    match node.get("type") {
        Some(kind) if kind.as_str() == Some("object") => {}
        Some(kind) => return Some(format!("describes `{}`, not an object", kind.key_text())),
        None => return Some("has no `\"type\": \"object\"`".to_owned()),
    }
    let properties = node.get("properties");
    if let Some(properties) = properties.filter(|properties| !properties.is_map()) {
        return Some(format!("has `properties` that are {}, not an object", properties.kind()));
    }
    let unknown =
        strings(node, "required").into_iter().find(|name| properties.is_none_or(|all| all.get(name).is_none()));
    if let Some(unknown) = unknown {
        return Some(format!("requires `{unknown}`, which is no property"));
    }
    Schema::compile(&node.to_json()).err().map(|reason| format!("is not a JSON Schema: {reason}"))
}

fn is_identifier(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
