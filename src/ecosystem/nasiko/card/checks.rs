//! What a card must say: its fields, their spelling, name and version.

use super::super::codes::{
    NASIKO_A2A_MODES_MISSING, NASIKO_CARD_FIELD_MISSING, NASIKO_CARD_FIELD_NULL, NASIKO_CASE_MISMATCH,
    NASIKO_NAME_NOT_OCI, NASIKO_VERSION_NOT_PLAIN, NASIKO_VERSION_V_PREFIX,
};
use super::super::document::{Located, first_line};
use super::super::name::{plain_version, slug};
use super::super::profile::Profile;
use crate::content::oci;
use crate::diag::{Severity, Sink, Span};
use crate::pack::YamlFile;
use crate::yaml::Node;

/// What `validate` requires: the keys, and the type that makes sense of each.
const REQUIRED: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("description", Kind::Text),
    ("url", Kind::Text),
    ("version", Kind::Text),
    ("capabilities", Kind::Object),
    ("skills", Kind::List),
    ("protocolVersion", Kind::Text),
    ("preferredTransport", Kind::Text),
];

/// How many of [`REQUIRED`] the registry of the earlier generation cannot fill in by itself.
const REQUIRED_BY_PYTHON: usize = 3;

/// Keys whose spelling in other conventions is known to occur.
const CAMEL_CASE: &[&str] = &[
    "protocolVersion",
    "preferredTransport",
    "agentFramework",
    "documentationUrl",
    "iconUrl",
    "supportedInterfaces",
    "additionalInterfaces",
    "securitySchemes",
];

/// What `defaultInputModes` and `defaultOutputModes` are called where they are misspelt.
const MODES: &[(&str, &str)] =
    &[("defaultInputModes", "default_input_modes"), ("defaultOutputModes", "default_output_modes")];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Object,
    List,
}

impl Kind {
    fn fits(self, node: &Node) -> bool {
        match self {
            Self::Text => node.as_str().is_some(),
            Self::Object => node.is_map(),
            Self::List => node.is_seq(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Object => "an object",
            Self::List => "an array",
        }
    }
}

/// Requires the fields that `validate` requires, and types that make sense of them.
pub(super) fn fields(file: &YamlFile<'_>, root: &Node, profile: Profile, sink: &mut Sink) {
    let required = match profile {
        Profile::Rust => REQUIRED,
        Profile::Python => &REQUIRED[..REQUIRED_BY_PYTHON],
    };
    for (key, kind) in required {
        match root.get(key) {
            None => {
                sink.report(
                    NASIKO_CARD_FIELD_MISSING,
                    file.place(first_line(root.span)),
                    format!("the card has no `{key}`"),
                )
                .help(format!("add `\"{key}\"`: {}", kind.name()));
            }
            Some(node) if !kind.fits(node) => {
                let message = format!("`{key}` is {}, not {}", node.kind(), kind.name());
                sink.report(NASIKO_CARD_FIELD_NULL, file.place(first_line(node.span)), message)
                    .help(format!("write {}", kind.name()));
            }
            Some(_) => {}
        }
    }
}

/// Finds keys in snake case, and cards without the media types that A2A requires.
pub(super) fn spelling(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    for right in CAMEL_CASE.iter().filter(|right| root.get(right).is_none()) {
        let wrong = snake_case(right);
        if let Some((key, _)) = root.entry(&wrong) {
            sink.report(NASIKO_CASE_MISMATCH, file.place(key.span), format!("`{wrong}` is not read"))
                .help(format!("write `{right}`"));
        }
    }
    for (right, wrong) in MODES {
        let list = root.get(right);
        if list.is_some_and(|list| list.is_seq() && !list.items().is_empty()) {
            continue;
        }
        if let Some((key, _)) = root.entry(wrong) {
            sink.report(NASIKO_A2A_MODES_MISSING, file.place(key.span), format!("`{wrong}` is not read"))
                .help(format!("write `{right}`"));
            continue;
        }
        let (span, message) = match list {
            None => (first_line(root.span), format!("the card has no `{right}`")),
            Some(list) => (first_line(list.span), format!("`{right}` names no media type")),
        };
        sink.report(NASIKO_A2A_MODES_MISSING, file.place(span), message)
            .help(format!("add for example `\"{right}\": [\"text/plain\"]`"));
    }
}

fn snake_case(key: &str) -> String {
    let mut snake = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// Requires a name that can be that of a repository.
pub(super) fn name(file: &YamlFile<'_>, name: &Located, profile: Profile, sink: &mut Sink) {
    if oci::is_name_component(&name.text) {
        return;
    }
    let message = format!("`{}` cannot be the name of a repository", name.text);
    let draft = sink.report(NASIKO_NAME_NOT_OCI, file.place(name.span), message);
    let draft = match profile {
        Profile::Rust => draft,
        Profile::Python => draft.severity(Severity::Warning),
    };
    match slug(&name.text) {
        Some(slug) => {
            draft.help(format!("write `\"name\": \"{slug}\"`: lowercase letters, digits, and single `.`, `_` or `-`"))
        }
        None => draft.help("use lowercase letters, digits, and single `.`, `_` or `-`"),
    };
}

/// Requires the version to be three plain numbers.
pub(super) fn version(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    let Some(node) = root.get("version") else { return };
    // Null and other types are reported as such.
    let Some(text) = node.as_str() else { return };
    version_findings(file, text, node.span, sink);
}

/// Reports what keeps a version from being three plain numbers.
pub(in super::super) fn version_findings(file: &YamlFile<'_>, text: &str, span: Span, sink: &mut Sink) {
    if plain_version(text).is_none() {
        sink.report(NASIKO_VERSION_NOT_PLAIN, file.place(span), format!("the version `{text}` is not `x.y.z`"))
            .help("write three numbers, such as `1.2.0`");
    } else if let Some(plain) = text.strip_prefix('v') {
        sink.report(NASIKO_VERSION_V_PREFIX, file.place(span), format!("the version `{text}` starts with `v`"))
            .help(format!("write `{plain}`: the `v` belongs to tags"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_spelling_in_snake_case() {
        assert_eq!(snake_case("preferredTransport"), "preferred_transport");
    }
}
