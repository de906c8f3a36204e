//! The manifest: `pack.yaml`.

use super::codes::{
    INVALID_DEPENDENCY, INVALID_PYTHON_VERSIONS, INVALID_REF, INVALID_STACKSTORM_VERSION, INVALID_TYPE,
    INVALID_VERSION, MISSING_EMAIL, NULL_FIELD, PYTHON2_ONLY, UNKNOWN_MANIFEST_KEY, VERSION_NOT_SEMVER2,
};
use super::document::{
    METADATA, MOST_REPEATED, Worded, check_loader, check_shape, closest, described, require_mapping,
};
use super::schemas;
use crate::diag::{Sink, Span};
use crate::ident::Version;
use crate::pack::schema::Violation;
use crate::pack::{Dependency, Fact, Requirement, YamlFile};
use crate::yaml::{Node, Value};

/// What a manifest says, as far as it is usable.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// `ref`, when it matches the pattern.
    pub reference: Option<String>,
    /// Whether there is a `ref`, usable or not.
    pub has_ref: bool,
    /// `name`.
    pub name: Option<String>,
    /// Where the name, or else the manifest, stands.
    pub name_span: Span,
    /// `version`; `1` and `1.2` are read as `1.0.0` and `1.2.0`, as the public registry's tagging does.
    pub version: Option<Version>,
    /// `description`.
    pub description: String,
    /// `author`.
    pub author: Option<String>,
    /// `email`.
    pub email: Option<String>,
    /// `keywords`.
    pub keywords: Vec<String>,
    /// What the runtime must offer.
    pub requirements: Vec<Requirement>,
    /// `dependencies`, each with its place.
    pub dependencies: Vec<(Dependency, Span)>,
    /// A `license` key, which the format does not have.
    pub license: Option<String>,
    /// A `homepage` key, which the format does not have.
    pub homepage: Option<String>,
    /// Rows of facts.
    pub facts: Vec<Fact>,
}

/// Most dependencies that are looked at.
const MOST_DEPENDENCIES: usize = 1000;

/// Keys that are not in the format but are used when they are there.
const EXTRA: &[&str] = &["license", "homepage", "repository"];

/// Reads the manifest; `None` when it is no mapping.
pub(super) fn read(file: &YamlFile<'_>, sink: &mut Sink) -> Option<Manifest> {
    check_loader(file, METADATA, sink);
    file.hold_against_second_parser(sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "the manifest", sink) {
        return None;
    }
    check_shape(file, root, &schemas::PACK, UNKNOWN_MANIFEST_KEY, wording, sink);
    check_keys(file, root, sink);
    check_requirement(file, root, sink);
    check_python(file, root, sink);
    let text = |key: &str| root.get(key).and_then(Node::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let list = |key: &str| -> Vec<String> {
        root.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).map(str::to_owned).collect()
    };
    let contributors = list("contributors");
    let mut facts = Vec::new();
    if !contributors.is_empty() {
        facts.push(Fact { label: "Contributors", value: contributors.join(", ") });
    }
    Some(Manifest {
        reference: reference(file, root, sink),
        has_ref: root.get("ref").is_some_and(|node| !node.is_null()),
        name: text("name"),
        name_span: root.get("name").map_or(root.span, |node| node.span),
        version: version(file, root, sink),
        description: text("description").unwrap_or_default(),
        author: text("author"),
        email: text("email"),
        keywords: list("keywords"),
        requirements: requirements(root),
        dependencies: dependencies(file, root, sink),
        license: text("license"),
        homepage: text("homepage").or_else(|| text("repository")),
        facts,
    })
}

/// Tells whether text can be a ref.
pub(super) fn is_ref(text: &str) -> bool {
    !text.is_empty()
        && text != "_global"
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn wording(violation: &Violation, node: &Node) -> Option<Worded> {
    let field = violation.path.first().map(String::as_str);
    match (field, violation.keyword.as_str(), violation.property.as_deref()) {
        (None, "required", Some("email")) => Some(
            Worded::new(MISSING_EMAIL, "the manifest has no `email`").help("add `email:`; it may be left empty (null)"),
        ),
        (Some("ref"), "pattern", _) => Some(
            Worded::new(INVALID_REF, format!("`{}` is not usable as a ref", node.key_text()))
                .help("use lowercase letters, digits and `_` only"),
        ),
        (Some("version"), "type", _) if !node.is_null() => Some(version_fault(node)),
        (Some("version"), "pattern", _) => Some(version_fault(node)),
        (Some("stackstorm_version"), "pattern", _) => Some(requirement_fault(node.as_str().unwrap_or_default())),
        (Some("python_versions"), _, _) => {
            let what = if violation.path.len() > 1 || !node.is_seq() {
                described(node)
            } else {
                format!("a list of {} items", node.items().len())
            };
            Some(
                Worded::new(INVALID_PYTHON_VERSIONS, format!("`python_versions` has {what}"))
                    .help("write `[\"3\"]`: one or both of \"2\" and \"3\", quoted"),
            )
        }
        (Some("contributors"), "maxLength", _) => Some(
            Worded::new(INVALID_TYPE, "a contributor has more than 100 characters")
                .help("write `Name <mail>`, one per item"),
        ),
        _ => None,
    }
}

fn check_keys(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    const REQUIRED: &[&str] = &["name", "version", "description", "author", "email"];
    let known = &schemas::PACK.keys;
    let before = sink.found().len();
    for (key, value) in root.entries() {
        if sink.found().len() >= before + MOST_REPEATED {
            break;
        }
        let name = key.key_text();
        if !known.contains(&name) && !EXTRA.contains(&name.as_str()) {
            let draft = sink.report(
                UNKNOWN_MANIFEST_KEY,
                file.place(key.span),
                format!("`{name}` is not a key of `pack.yaml`"),
            );
            match closest(&name, known) {
                Some(close) => draft.help(format!("did you mean `{close}`?")),
                None => draft.help("remove it: nothing reads it"),
            };
        } else if value.is_null() && !REQUIRED.contains(&name.as_str()) {
            sink.report(NULL_FIELD, file.place(key.span), format!("`{name}` has no value")).help("leave the key out");
        }
    }
}

fn reference(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) -> Option<String> {
    let node = root.get("ref")?;
    let text = node.as_str()?;
    if text == "_global" {
        sink.report(INVALID_REF, file.place(node.span), "`_global` is the runtime's own").help("choose another ref");
    }
    is_ref(text).then(|| text.to_owned())
}

fn version(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) -> Option<Version> {
    let node = root.get("version")?;
    let text = node.scalar_text().filter(|_| !node.is_null())?;
    let text = text.trim();
    let plain = text.strip_prefix('v').unwrap_or(text);
    let fits_pattern =
        schemas::PACK.schema.violations(&serde_json::json!({ "version": text })).iter().all(|v| v.path.is_empty());
    let version = Version::semver(plain)
        .or_else(|error| Version::semver(&format!("{plain}.0")).map_err(|_| error))
        .or_else(|error| Version::semver(&format!("{plain}.0.0")).map_err(|_| error));
    let version = match version {
        Ok(version) => version,
        Err(error) => {
            // The pattern bounds neither the length nor the numbers; without a word here it would be released as 0.0.0.
            if fits_pattern {
                sink.report(INVALID_VERSION, file.place(node.span), error.to_string())
                    .help("write a shorter version, with smaller numbers");
            }
            return None;
        }
    };
    if fits_pattern && !version.is_semver2() {
        sink.report(VERSION_NOT_SEMVER2, file.place(node.span), format!("`{text}` is not a SemVer 2 version"))
            .help("write numeric parts of a prerelease without leading zeros");
    }
    Some(version)
}

fn version_fault(node: &Node) -> Worded {
    let text = node.key_text();
    let fault = |why: &str| Worded::new(INVALID_VERSION, format!("the version `{text}` {why}"));
    if matches!(node.value, Value::Int(_) | Value::Float(_)) {
        return fault("is an unquoted number").help("write three numbers, such as `version: 1.10.0`");
    }
    if text.starts_with(['v', 'V']) {
        return fault("starts with a letter").help("the `v` belongs to the tag only: remove it here");
    }
    if text.bytes().any(|b| b.is_ascii_uppercase()) && Version::semver(&text).is_ok() {
        return fault("has uppercase letters").help("write it in lowercase");
    }
    let core = text.split(['-', '+']).next().unwrap_or_default();
    match core.split('.').count() {
        1 | 2 => fault("does not have three parts").help("write three numbers, such as `1.2.0`"),
        _ => fault("is not a semantic version").help("write `major.minor.patch`, optionally with `-prerelease`"),
    }
}

fn requirement_fault(text: &str) -> Worded {
    Worded::new(INVALID_STACKSTORM_VERSION, format!("the requirement `{text}` cannot be read"))
        .help("write clauses such as `>=3.6.0,<4.0.0`; a bare version and `==` are refused")
}

/// Reports a requirement that matches the pattern and fails when it is compared.
fn check_requirement(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    let Some(node) = root.get("stackstorm_version") else { return };
    let Some(text) = node.as_str() else { return };
    let pattern_fails = schemas::PACK
        .schema
        .violations(&serde_json::json!({ "stackstorm_version": text }))
        .iter()
        .any(|violation| violation.keyword == "pattern");
    if pattern_fails {
        return;
    }
    // `complex_semver_match` strips clauses and skips empty ones only where there is a comma.
    let several = text.contains(',');
    let clauses = text.split(',').map(|clause| if several { clause.trim() } else { clause });
    for clause in clauses.filter(|clause| !(several && clause.is_empty())) {
        let operand = ["<=", ">=", "<", ">"].iter().find_map(|operator| clause.strip_prefix(operator));
        let usable = operand.is_some_and(|version| {
            version.split('.').count() == 3
                && version.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        });
        if !usable {
            let message = format!("the clause `{clause}` of the requirement cannot be compared");
            sink.report(INVALID_STACKSTORM_VERSION, file.place(node.span), message)
                .help("use `<`, `<=`, `>` or `>=` directly followed by three numbers, joined by `,` without spaces");
            return;
        }
    }
}

fn check_python(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    if let Some(node) = root.get("python_versions")
        && let [only] = node.items()
        && only.as_str() == Some("2")
    {
        sink.report(PYTHON2_ONLY, file.place(only.span), "the pack supports Python 2 only")
            .help("the runtime refuses it without `--force` since 3.4: support \"3\"");
    }
}

fn requirements(root: &Node) -> Vec<Requirement> {
    let mut found = Vec::new();
    if let Some(range) = root.get("stackstorm_version").and_then(Node::as_str) {
        found.push(Requirement { name: "stackstorm".to_owned(), range: Some(range.to_owned()) });
    }
    let pythons: Vec<String> =
        root.get("python_versions").map(Node::items).unwrap_or_default().iter().filter_map(Node::scalar_text).collect();
    if !pythons.is_empty() {
        found.push(Requirement { name: "python".to_owned(), range: Some(pythons.join(" or ")) });
    }
    found
}

fn dependencies(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) -> Vec<(Dependency, Span)> {
    let mut found = Vec::new();
    for node in root.get("dependencies").map(Node::items).unwrap_or_default().iter().take(MOST_DEPENDENCIES) {
        let Some(text) = node.as_str() else { continue };
        let (name, revision) = match text.split_once('=') {
            Some((name, revision)) => (name, Some(revision)),
            None => (text, None),
        };
        let operator =
            |part: &str| part.contains(['<', '>', '=', '!', '~', '^', '*', ',']) || part.contains(char::is_whitespace);
        let faulty = name.is_empty() || operator(name) || revision.is_some_and(|r| r.is_empty() || operator(r));
        if faulty {
            sink.report(INVALID_DEPENDENCY, file.place(node.span), format!("`{text}` is not a dependency"))
                .help("write a pack, `org/repo` or URL, optionally `=` and one exact version: there are no ranges");
        } else {
            let dependency = Dependency {
                name: name.to_owned(),
                range: revision.map(|revision| format!("={revision}")),
                kind: None,
            };
            found.push((dependency, node.span));
        }
    }
    found
}
