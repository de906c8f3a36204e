//! What holds for every YAML file of a pack: that its loaders read it, and that it has the right shape.

use serde_json::{Value as Json, json};

use super::codes::{DUPLICATE_KEY, INVALID_TYPE, MERGE_KEY, MISSING_FIELD, NOT_A_MAPPING, YAML_SYNTAX};
use super::schemas::Known;
use crate::diag::{Code, Sink};
use crate::ident::distance;
use crate::pack::schema::Violation;
use crate::pack::{YAML_TWO_READINGS, YamlFault, YamlFile};
use crate::yaml::{Node, Value};

/// Most findings of one kind in one file: a hostile file may have one on each of its lines.
pub(super) const MOST_REPEATED: usize = 50;

/// The codes by which a loader's refusals are reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoaderCodes {
    pub syntax: Code,
    pub duplicate: Code,
    pub merge: Code,
}

/// The codes of manifests and components.
pub(super) const METADATA: LoaderCodes =
    LoaderCodes { syntax: YAML_SYNTAX, duplicate: DUPLICATE_KEY, merge: MERGE_KEY };

/// Reports a metadata file that gave no tree.
pub(super) fn unreadable(sink: &mut Sink, fault: YamlFault) {
    sink.report(YAML_SYNTAX, fault.place, fault.message).help(SYNTAX_HELP);
}

/// What usually mends a file that is not YAML.
pub(super) const SYNTAX_HELP: &str =
    "quote text that starts with `*`, `&`, `!`, `%`, `@`, a backtick or `{`, and indent with spaces";

/// Reports what PyYAML and the runtime's loaders refuse in a file that is YAML otherwise.
pub(super) fn check_loader(file: &YamlFile<'_>, codes: LoaderCodes, sink: &mut Sink) {
    let yaml = file.yaml;
    for (later, first, key) in yaml.duplicate_keys.iter().take(MOST_REPEATED) {
        sink.report(codes.duplicate, file.place(*later), format!("the key `{key}` occurs twice in this mapping"))
            .help("keep one of them: a loader that does not refuse the file takes the last")
            .related("it is here first", file.place(*first));
    }
    for span in yaml.merge_keys.iter().take(MOST_REPEATED) {
        sink.report(codes.merge, file.place(*span), "a merge key `<<` is used")
            .help("write the keys out; the runtime's loaders refuse merge keys");
    }
    if let Some(span) = yaml.second_document {
        sink.report(codes.syntax, file.place(span), "a second document starts here")
            .help("keep one document per file: remove the `---` line or move the rest to a file of its own");
    }
    for (span, tag) in yaml.foreign_tags.iter().take(MOST_REPEATED) {
        sink.report(codes.syntax, file.place(*span), format!("the tag `{tag}` is not a standard one"))
            .help("remove the tag, or quote the text");
    }
    check_nodes(file, &yaml.root, codes.syntax, &mut { MOST_REPEATED }, sink);
    check_readings(file, sink);
}

/// Reports nodes that PyYAML cannot construct: collections as keys, and the special tokens `=` and `<<` as values.
///
/// Recursive, but the gate bounds the depth.
fn check_nodes(file: &YamlFile<'_>, node: &Node, syntax: Code, left: &mut usize, sink: &mut Sink) {
    if *left == 0 {
        return;
    }
    match &node.value {
        Value::Other(text) if matches!(text.as_str(), "=" | "<<") => {
            *left -= 1;
            sink.report(syntax, file.place(node.span), format!("a plain `{text}` is a special token of YAML 1.1"))
                .help(format!("quote it: `\"{text}\"`"));
        }
        Value::Seq(items) => items.iter().for_each(|item| check_nodes(file, item, syntax, left, sink)),
        Value::Map(entries) => {
            for (key, value) in entries {
                if key.is_map() || key.is_seq() {
                    *left = left.saturating_sub(1);
                    sink.report(syntax, file.place(key.span), format!("{} is used as a key", key.kind()))
                        .help("quote text that starts with `{{`: unquoted it is a mapping inside a mapping");
                } else {
                    check_nodes(file, value, syntax, left, sink);
                }
            }
        }
        _ => {}
    }
}

/// Reports, once per file, plain scalars that a reader of YAML 1.2 takes for something else.
fn check_readings(file: &YamlFile<'_>, sink: &mut Sink) {
    let special = |text: &str| matches!(text, "=" | "<<");
    let mut scalars = file.yaml.two_readings.iter().filter(|scalar| !special(&scalar.text));
    let Some(first) = scalars.next() else { return };
    let more = match scalars.count() {
        0 => String::new(),
        1 => " (one more scalar in this file reads two ways)".to_owned(),
        count => format!(" ({count} more scalars in this file read two ways)"),
    };
    let message = format!(
        "`{}` is {} to the runtime, but {} to tools that read YAML 1.2{more}",
        first.text, first.yaml_1_1, first.yaml_1_2
    );
    let help = match first.yaml_1_1 {
        "the boolean true" => "write `true`, or quote it if it is text".to_owned(),
        "the boolean false" => "write `false`, or quote it if it is text".to_owned(),
        _ => format!("quote it if it is text (`\"{}\"`), or write the number plainly", first.text),
    };
    sink.report(YAML_TWO_READINGS, file.place(first.span), message).help(help);
}

/// Reports a file whose root is not a mapping; tells whether it is one.
pub(super) fn require_mapping(file: &YamlFile<'_>, root: &Node, what: &str, sink: &mut Sink) -> bool {
    if root.is_map() {
        return true;
    }
    let found = if root.is_null() { "is empty".to_owned() } else { format!("holds {}", root.kind()) };
    sink.report(NOT_A_MAPPING, file.place(root.span), format!("{what} {found}, not a mapping"))
        .help("write `key: value` lines");
    false
}

/// A finding about the shape of a file, worded for its author.
pub(super) struct Worded {
    /// The code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Worded {
    /// Returns a finding without help.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// Adds what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reports every violation of a schema; tells whether there was none.
///
/// `special` words the violations that a kind of file has its own code for, and returns `None` for the general wording.
/// `unknown` is the code of an unknown key.
pub(super) fn check_shape(
    file: &YamlFile<'_>,
    root: &Node,
    known: &Known,
    unknown: Code,
    special: impl Fn(&Violation, &Node) -> Option<Worded>,
    sink: &mut Sink,
) -> bool {
    let violations = known.schema.violations_in(file.yaml, root, checked_json);
    for violation in violations.iter().take(MOST_REPEATED) {
        // A merge key is a fault of its own.
        if violation.property.as_deref() == Some("<<") {
            continue;
        }
        let node = violation.node(root);
        let worded = special(violation, node).unwrap_or_else(|| general(violation, node, known, unknown));
        let draft = sink.report(worded.code, file.place(node.span), worded.message);
        if let Some(help) = worded.help {
            draft.help(help);
        }
    }
    violations.is_empty()
}

/// Returns a node as JSON in which a date or special token fits no type but its own.
pub(super) fn checked_json(node: &Node) -> Json {
    match &node.value {
        Value::Other(text) => json!({ "\u{0}special": text }),
        Value::Seq(items) => Json::Array(items.iter().map(checked_json).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.key_text(), checked_json(value))).collect())
        }
        _ => node.to_json(),
    }
}

/// Words a violation by its keyword alone.
pub(super) fn general(violation: &Violation, node: &Node, known: &Known, unknown: Code) -> Worded {
    let field = field_name(&violation.path);
    match (violation.keyword.as_str(), &violation.property) {
        ("required", Some(property)) => {
            let whole = if field.is_empty() { "the file".to_owned() } else { format!("`{field}`") };
            Worded::new(MISSING_FIELD, format!("{whole} has no `{property}`"))
                .help(format!("add `{property}: …`; the runtime requires it"))
        }
        ("additionalProperties" | "unevaluatedProperties", Some(property)) => {
            let worded = Worded::new(unknown, format!("`{property}` is not a known key"));
            match violation.path.is_empty().then(|| closest(property, &known.keys)).flatten() {
                Some(close) => worded.help(format!("did you mean `{close}`?")),
                None => worded.help("remove it"),
            }
        }
        ("type", _) if node.is_null() => {
            Worded::new(MISSING_FIELD, format!("`{field}` has no value")).help("give it a value")
        }
        ("type", _) => {
            let expected = expected(&violation.expected);
            Worded::new(INVALID_TYPE, format!("`{field}` is {}, not {expected}", described(node)))
                .help(type_help(node, &expected))
        }
        ("minLength", _) => Worded::new(MISSING_FIELD, format!("`{field}` is empty")).help("give it a value"),
        _ => Worded::new(INVALID_TYPE, format!("`{field}`: {}", violation.message)),
    }
}

/// Joins a way to a value as authors write it: `trigger.type`, `contributors[1]`.
pub(super) fn field_name(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        if part.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
            text.push_str(&format!("[{part}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(part);
        }
    }
    text
}

/// Returns what a value is, with its text when it is short.
pub(super) fn described(node: &Node) -> String {
    match (&node.value, node.scalar_text()) {
        (Value::Bool(_) | Value::Int(_) | Value::Float(_), Some(text)) => format!("{} ({text})", node.kind()),
        (Value::Other(text), _) => format!("a date (`{text}`)"),
        _ => node.kind().to_owned(),
    }
}

/// Words the types that a value might have had.
fn expected(types: &[String]) -> String {
    let words: Vec<&str> = types
        .iter()
        .filter_map(|name| match name.as_str() {
            "string" => Some("a string"),
            "boolean" => Some("a boolean"),
            "integer" => Some("a whole number"),
            "number" => Some("a number"),
            "array" => Some("a list"),
            "object" => Some("a mapping"),
            _ => None,
        })
        .collect();
    words.join(" or ")
}

fn type_help(node: &Node, expected: &str) -> String {
    match (&node.value, expected) {
        (Value::Str(text), "a boolean") if matches!(text.to_ascii_lowercase().as_str(), "true" | "false") => {
            "remove the quotes".to_owned()
        }
        (Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Other(_), "a string") => "quote it".to_owned(),
        _ => format!("write {expected}"),
    }
}

/// Returns the known key that was probably meant.
pub(super) fn closest<'a>(written: &str, known: &'a [String]) -> Option<&'a str> {
    let folded = |text: &str| text.to_lowercase().replace('-', "_");
    let limit = if written.chars().count() <= 4 { 1 } else { 2 };
    known
        .iter()
        .map(|key| (distance(&folded(written), &folded(key)), key.as_str()))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_key_is_suggested_only_when_it_is_close() {
        let known = ["entry_point".to_owned(), "enabled".to_owned(), "contributors".to_owned()];
        assert_eq!(closest("entry-point", &known), Some("entry_point"));
        assert_eq!(closest("Contributors", &known), Some("contributors"));
        assert_eq!(closest("enabeld", &known), Some("enabled"));
        assert_eq!(closest("description", &known), None);
    }
}
