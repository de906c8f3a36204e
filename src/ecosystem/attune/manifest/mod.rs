//! The manifest, `pack.yaml`: read once per content, with what is wrong with it by itself.

mod checks;

use std::sync::{Arc, LazyLock};

use super::codes::*;
use super::flat::{self, text};
use super::wording::quoted;
use crate::diag::{Place, Sink};
use crate::ident::{PackName, Version};
use crate::pack::NAME_UNSAFE;
use crate::pack::schema::Schema;
use crate::pack::{Dependency, Fact, FieldTable, PackTree, Requirement, YamlFile};
use crate::yaml::{Dialect, Node};

/// The manifest's name.
pub(super) const FILE: &str = "pack.yaml";

/// The JSON Schema of the manifest.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../../../schemas/attune/pack.schema.json");

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(SCHEMA_TEXT));

/// Most findings of one rule about one file: nobody reads more, and a hostile file has one on every line.
pub(super) const MOST_REPEATED: usize = 50;

/// Older names of keys: the older one first.
const ALIASES: &[(&str, &str)] =
    &[("name", "label"), ("config_schema", "conf_schema"), ("metadata", "meta"), ("keywords", "tags")];

/// What a manifest says, as far as it can be used.
#[derive(Debug)]
pub(super) struct Manifest {
    /// The `ref`, when it is one.
    pub(super) name: Option<PackName>,
    /// The `version`, when it is one.
    pub(super) version: Option<Version>,
    pub(super) label: Option<String>,
    pub(super) description: String,
    pub(super) author: Option<String>,
    pub(super) email: Option<String>,
    pub(super) license: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) requirements: Vec<Requirement>,
    /// The dependencies, each with its place.
    pub(super) dependencies: Vec<(Dependency, Place)>,
    pub(super) configuration: Option<Arc<FieldTable>>,
    pub(super) facts: Vec<Fact>,
    /// The entry points of test runners, each with its place.
    pub(super) test_entry_points: Vec<(String, Place)>,
    /// `requires`, an input of the 1.0 format.
    pub(super) requires: serde_json::Value,
}

/// Reads the manifest; `None` when there is none, or when it is no mapping.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Arc<Manifest>> {
    let entry = tree.get(FILE)?;
    if entry.size > tree.yaml_limits.bytes as u64 {
        let message = format!("`{FILE}` has {} bytes; at most {} are read", entry.size, tree.yaml_limits.bytes);
        sink.report(ATTUNE_MANIFEST_UNREADABLE, Place::file(FILE), message);
        return None;
    }
    let parsed = tree.parse_yaml(
        entry,
        Dialect::Yaml12,
        "attune manifest",
        sink,
        |sink, fault| {
            sink.report(ATTUNE_MANIFEST_UNREADABLE, fault.place, format!("this is not valid YAML: {}", fault.message));
        },
        |file, sink| parse(file, sink).map(Arc::new),
    );
    parsed.value.as_ref().and_then(Clone::clone)
}

fn parse(file: &YamlFile<'_>, sink: &mut Sink) -> Option<Manifest> {
    let root = &file.yaml.root;
    if !is_one_mapping(file, ATTUNE_MANIFEST_UNREADABLE, sink) {
        return None;
    }
    file.hold_against_second_parser(sink);
    two_readings(file, sink);
    let violations = SCHEMA.violations_in(file.yaml, root, Node::to_json);
    for violation in violations.iter().take(MOST_REPEATED) {
        checks::report(file, violation, sink);
    }
    flat::check(file, sink);
    checks::legacy_key_conflicts(file, sink);
    checks::missing_texts(file, sink);
    checks::keywords_differ(file, sink);

    let meta = aliased(root, "meta");
    let of_meta = |key| meta.and_then(|meta| meta.get(key)).and_then(Node::as_str).map(str::to_owned);
    let own = |key| root.get(key).and_then(Node::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty());
    let dependencies = dependencies(file, sink);
    let fits_schema = violations.iter().all(|violation| violation.path.first().is_none_or(|key| key != "version"));
    let version = own("version").and_then(|text| checks::version(file, &text, fits_schema, sink));
    Some(Manifest {
        name: name(file, sink),
        version,
        label: own("label").or_else(|| own("name")),
        description: text(root.get("description")),
        author: own("author"),
        email: own("email"),
        license: own("license").or_else(|| of_meta("license")),
        homepage: own("homepage").or_else(|| of_meta("documentation_url")),
        keywords: keywords(root),
        requirements: requirements(root),
        dependencies,
        configuration: flat::table(aliased(root, "conf_schema"), "Configuration", "configuration"),
        facts: facts(root, meta),
        test_entry_points: test_entry_points(file),
        requires: root.get("requires").map_or(serde_json::Value::Null, Node::to_json),
    })
}

/// Requires a file to be one mapping, without duplicate keys or a second document: that is how the loader reads it.
pub(super) fn is_one_mapping(file: &YamlFile<'_>, code: crate::diag::Code, sink: &mut Sink) -> bool {
    let yaml = file.yaml;
    for (later, earlier, key) in yaml.duplicate_keys.iter().take(MOST_REPEATED) {
        sink.report(code, file.place(*later), format!("the key `{key}` stands twice in this mapping"))
            .related("it stands here first", file.place(*earlier))
            .help("keep one of the two");
    }
    if let Some(span) = yaml.second_document {
        sink.report(code, file.place(span), "a second YAML document starts here").help("keep one document per file");
    }
    if !yaml.root.is_map() {
        let what = if file.text.trim().is_empty() { "the file is empty" } else { "the file is not a mapping" };
        let place = if yaml.root.is_null() { Place::file(file.path.as_str()) } else { file.place(yaml.root.span) };
        sink.report(code, place, what).help("write `key: value` lines");
    }
    yaml.root.is_map()
}

/// Reports scalars that Attune's index builder reads differently from its clients.
pub(super) fn two_readings(file: &YamlFile<'_>, sink: &mut Sink) {
    for scalar in file.yaml.two_readings.iter().take(MOST_REPEATED) {
        sink.report(
            ATTUNE_YAML_1_1,
            file.place(scalar.span),
            format!("`{}` is {} to YAML 1.1 and {} to YAML 1.2", scalar.text, scalar.yaml_1_1, scalar.yaml_1_2),
        )
        .help(format!("quote it (`\"{}\"`) if it is text, or write the value so that both agree", scalar.text));
    }
}

/// Returns the `ref` as a name, and reports one that is no file name everywhere.
fn name(file: &YamlFile<'_>, sink: &mut Sink) -> Option<PackName> {
    let node = file.yaml.root.get("ref")?;
    let text = node.as_str().filter(|text| is_identifier(text))?;
    PackName::new(text)
        .map_err(|error| {
            sink.report(NAME_UNSAFE, file.place(node.span), error.to_string()).help("choose another ref");
        })
        .ok()
}

/// Tells whether text is an identifier: a lowercase letter, then lowercase letters, digits, `_` and `-`.
pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

/// Returns the value of a key, or of its older name.
fn aliased<'a>(root: &'a Node, key: &str) -> Option<&'a Node> {
    let older = ALIASES.iter().find(|(_, newer)| *newer == key).map_or(key, |(older, _)| older);
    root.get(key).filter(|value| !value.is_null()).or_else(|| root.get(older))
}

/// Returns the strings of a list.
fn strings(node: &Node) -> Vec<String> {
    node.items().iter().filter_map(Node::scalar_text).collect()
}

/// Returns the words to find a pack by, chosen as Attune's index builder does: the first of `keywords`, `meta.keywords` and
/// `tags` that is not empty, sorted, none twice.
fn keywords(root: &Node) -> Vec<String> {
    let meta = aliased(root, "meta").and_then(|meta| meta.get("keywords"));
    let mut words = [root.get("keywords"), meta, root.get("tags")]
        .into_iter()
        .flatten()
        .map(strings)
        .find(|words| !words.is_empty())
        .unwrap_or_default();
    words.sort_unstable();
    words.dedup();
    words
}

/// Returns what the runtime must offer: `runtime_deps` without a range, `python` and `nodejs` with one.
fn requirements(root: &Node) -> Vec<Requirement> {
    let mut requirements: Vec<Requirement> = root
        .get("runtime_deps")
        .map_or_else(Vec::new, strings)
        .into_iter()
        .map(|name| Requirement { name, range: None })
        .collect();
    for name in ["python", "nodejs"] {
        if let Some(version) = root.get(name).and_then(Node::as_str) {
            requirements.push(Requirement { name: name.to_owned(), range: Some(format!(">={version}")) });
        }
    }
    let object = root.get("dependencies").filter(|dependencies| dependencies.is_map());
    let declared = [("attune", "attune_version"), ("python", "python_version"), ("nodejs", "nodejs_version")];
    for (name, key) in declared {
        if let Some(range) = object.and_then(|object| object.get(key)).and_then(Node::as_str) {
            requirements.push(Requirement { name: name.to_owned(), range: Some(range.to_owned()) });
        }
    }
    requirements
}

fn dependencies(file: &YamlFile<'_>, sink: &mut Sink) -> Vec<(Dependency, Place)> {
    let Some(dependencies) = file.yaml.root.get("dependencies") else { return Vec::new() };
    let list = if dependencies.is_map() { dependencies.get("packs") } else { Some(dependencies) };
    let mut found = Vec::new();
    for item in list.map_or(&[][..], Node::items) {
        let Some(text) = item.as_str() else { continue };
        if !is_identifier(text) {
            let plain: String =
                text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
            let draft = sink.report(
                ATTUNE_DEPENDENCY_NOT_A_REF,
                file.place(item.span),
                format!("the dependency {} is not the ref of a pack", quoted(item)),
            );
            if is_identifier(&plain) {
                draft.help(format!("write `{plain}`: installers take the whole text as a ref"));
            }
        }
        found.push((Dependency { name: text.to_owned(), range: None, kind: None }, file.place(item.span)));
    }
    found
}

fn test_entry_points(file: &YamlFile<'_>) -> Vec<(String, Place)> {
    let runners = file.yaml.root.get("testing").and_then(|testing| testing.get("runners"));
    runners
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|(_, runner)| runner.get("entry_point"))
        .filter_map(|entry| Some((entry.as_str()?.to_owned(), file.place(entry.span))))
        .collect()
}

/// Labels of facts that the feed reads back.
pub(super) mod label {
    pub(in super::super) const CATEGORY: &str = "Category";
    pub(in super::super) const USE_CASE: &str = "Use case";
    pub(in super::super) const REPOSITORY: &str = "Repository";
}

fn facts(root: &Node, meta: Option<&Node>) -> Vec<Fact> {
    let of_meta = |key: &str| meta.and_then(|meta| meta.get(key));
    let testing = root.get("testing");
    let rows = [
        (label::CATEGORY, of_meta("category")),
        (label::USE_CASE, root.get("use_case").or_else(|| of_meta("use_case"))),
        (label::REPOSITORY, of_meta("repository_url")),
        ("System pack", root.get("system").filter(|value| value.as_bool() == Some(true))),
        ("Enabled", root.get("enabled").filter(|value| value.as_bool() == Some(false))),
        ("Python versions", root.get("python_versions")),
        ("Python packages", of_meta("python_dependencies")),
        ("Node packages", of_meta("node_dependencies")),
        ("Tests must pass", testing.and_then(|testing| testing.get("min_pass_rate"))),
        ("When tests fail", testing.and_then(|testing| testing.get("on_failure"))),
        ("Worker selector", root.get("worker_selector")),
        ("Worker tolerations", root.get("worker_tolerations")),
        ("Worker affinity", root.get("worker_affinity")),
    ];
    rows.into_iter().filter_map(|(label, value)| Some(Fact { label, value: readable(value?)? })).collect()
}

/// Returns a value as one line of text; `None` for nothing.
pub(super) fn readable(value: &Node) -> Option<String> {
    let text = match value.as_bool() {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None if value.is_null() => return None,
        None if value.is_seq() => strings(value).join(", "),
        None => value.scalar_text().unwrap_or_else(|| value.to_json().to_string()),
    };
    (!text.trim().is_empty()).then_some(text)
}
