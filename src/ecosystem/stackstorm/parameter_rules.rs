//! The rules of parameter schemas that a JSON Schema cannot state.

use super::codes::{
    DEFAULT_MISMATCH, IMMUTABLE_WITHOUT_DEFAULT, INVALID_PARAMETER_NAME, POSITION_CONFLICT, RUNNER_PARAMETER_OVERRIDE,
    SCHEMA_NESTED_KEYWORD, SECRET_DEFAULT, UNTYPED_PARAMETER,
};
use super::document::{MOST_REPEATED, closest};
use super::parameters::{KEYWORDS, position};
use super::runners::Runner;
use super::values::{is_template, mismatch};
use crate::diag::Sink;
use crate::pack::YamlFile;
use crate::yaml::{Node, Value};

/// Checks the parameters of an action or runner, or the settings of a pack.
pub(super) fn check(file: &YamlFile<'_>, parameters: &Node, runner: Option<&Runner>, sink: &mut Sink) {
    let before = sink.found().len();
    for (key, schema) in parameters.entries() {
        if sink.found().len() >= before + MOST_REPEATED {
            break;
        }
        if key.as_str().is_none() && !key.is_map() && !key.is_seq() {
            sink.report(
                INVALID_PARAMETER_NAME,
                file.place(key.span),
                format!("the name `{}` is {} to the runtime, not text", key.key_text(), key.kind()),
            )
            .help("quote it, or choose another name");
        }
        if !schema.is_map() {
            continue;
        }
        let name = key.key_text();
        let inherited = runner.and_then(|runner| runner.parameter(&name));
        nested_keywords(file, schema, 0, &mut { MOST_REPEATED }, sink);
        untyped(file, key, schema, inherited.is_some(), sink);
        default_fits(file, &name, schema, sink);
        immutable_has_default(file, &name, schema, inherited.is_some_and(|p| p.default.is_some()), sink);
        if let (Some(inherited), Some(runner)) = (inherited, runner) {
            overrides(file, &name, schema, inherited, runner, sink);
        }
    }
    positions(file, parameters, sink);
}

/// Reports unknown keywords below the first level. Recursive, but the gate bounds the depth.
fn nested_keywords(file: &YamlFile<'_>, schema: &Node, level: usize, left: &mut usize, sink: &mut Sink) {
    if level > 0 {
        for (key, _) in schema.entries() {
            let name = key.key_text();
            if KEYWORDS.contains(&name.as_str()) {
                continue;
            }
            if *left == 0 {
                return;
            }
            *left -= 1;
            let known: Vec<String> = KEYWORDS.iter().map(|keyword| (*keyword).to_owned()).collect();
            let draft = sink.report(
                SCHEMA_NESTED_KEYWORD,
                file.place(key.span),
                format!("`{name}` is not a keyword of parameter schemas"),
            );
            match closest(&name, &known) {
                Some(close) => draft.help(format!("did you mean `{close}`?")),
                None => draft.help("it has no effect, and newer runtimes refuse it: remove it"),
            };
        }
    }
    let mut below = |inner: &Node| nested_keywords(file, inner, level + 1, left, sink);
    for (key, value) in schema.entries() {
        match key.as_str().unwrap_or_default() {
            "properties" | "patternProperties" | "definitions" => {
                value.entries().iter().for_each(|(_, inner)| below(inner));
            }
            "items" | "additionalItems" | "additionalProperties" | "not" => {
                below(value);
                value.items().iter().for_each(&mut below);
            }
            "allOf" | "anyOf" | "oneOf" => value.items().iter().for_each(&mut below),
            _ => {}
        }
    }
}

fn untyped(file: &YamlFile<'_>, key: &Node, schema: &Node, inherited: bool, sink: &mut Sink) {
    let typed = ["type", "anyOf", "oneOf", "allOf", "not"].iter().any(|keyword| schema.get(keyword).is_some());
    if !typed && !inherited && !schema.entries().is_empty() {
        sink.report(UNTYPED_PARAMETER, file.place(key.span), format!("`{}` has no `type`", key.key_text()))
            .help("add `type: string` (or another type): without it only text is accepted");
    }
}

fn default_fits(file: &YamlFile<'_>, name: &str, schema: &Node, sink: &mut Sink) {
    let Some(default) = schema.get("default").filter(|node| !node.is_null() && !is_template(node)) else { return };
    let secret = schema.get("secret").and_then(Node::as_bool) == Some(true);
    let empty = matches!(&default.value, Value::Str(text) if text.is_empty()) || default.as_bool().is_some();
    if secret && !empty {
        sink.report(
            SECRET_DEFAULT,
            file.place(default.span),
            format!("the secret `{name}` has its default in plain text"),
        )
        .help("remove the default, or take it from the key-value store: `{{ st2kv.system.… | decrypt_kv }}`");
    }
    if let Some(reason) = mismatch(schema, default) {
        sink.report(DEFAULT_MISMATCH, file.place(default.span), format!("the default of `{name}` {reason}"))
            .help("change the default or the schema: the runtime applies the default unchecked");
    }
}

fn immutable_has_default(file: &YamlFile<'_>, name: &str, schema: &Node, inherited: bool, sink: &mut Sink) {
    if let Some((key, _)) = schema.entry("immutable")
        && schema.get("default").is_none()
        && !inherited
    {
        sink.report(
            IMMUTABLE_WITHOUT_DEFAULT,
            file.place(key.span),
            format!("`{name}` says `immutable` but has no default"),
        )
        .help("add the fixed value as `default`, or remove `immutable`");
    }
}

/// Lists what an action may change of its runner's parameter (`RUNNER_PARAM_OVERRIDABLE_ATTRS`).
const OVERRIDABLE: &[&str] = &["default", "description", "enum", "immutable", "required"];

fn overrides(
    file: &YamlFile<'_>,
    name: &str,
    schema: &Node,
    inherited: &super::runners::Parameter,
    runner: &Runner,
    sink: &mut Sink,
) {
    if inherited.immutable
        && let Some((key, _)) = schema.entry("immutable")
    {
        let message = format!("`{name}` is already immutable in the runner `{}`", runner.name);
        sink.report(RUNNER_PARAMETER_OVERRIDE, file.place(key.span), message).help("remove `immutable`");
    }
    for (key, value) in schema.entries() {
        let keyword = key.key_text();
        if OVERRIDABLE.contains(&keyword.as_str()) || !KEYWORDS.contains(&keyword.as_str()) {
            continue;
        }
        let same = match keyword.as_str() {
            "type" => value.as_str() == Some(inherited.kind),
            "secret" if inherited.secret => value.as_bool() == Some(true),
            _ => false,
        };
        if !same {
            let message =
                format!("`{name}` comes from the runner `{}`; its `{keyword}` may not be set here", runner.name);
            sink.report(RUNNER_PARAMETER_OVERRIDE, file.place(key.span), message).help(match keyword.as_str() {
                "type" => format!("remove it, or write the runner's own: `type: {}`", inherited.kind),
                _ => format!("remove it; an action may set {}", OVERRIDABLE.join(", ")),
            });
        }
    }
}

/// Requires positions to be different whole numbers without gaps; they may start anywhere.
fn positions(file: &YamlFile<'_>, parameters: &Node, sink: &mut Sink) {
    let mut found: Vec<(i64, &Node, String)> = Vec::new();
    for (key, schema) in parameters.entries() {
        let Some(node) = schema.get("position") else { continue };
        match position(schema) {
            Some(number) => found.push((number, node, key.key_text())),
            None if matches!(node.value, Value::Float(_)) => {
                sink.report(
                    POSITION_CONFLICT,
                    file.place(node.span),
                    format!("the position of `{}` is not a whole number", key.key_text()),
                )
                .help("count positions 0, 1, 2 …");
            }
            None => {}
        }
    }
    found.sort_by_key(|(number, ..)| *number);
    for pair in found.windows(2).take(MOST_REPEATED) {
        let ((before, first, other), (after, node, name)) = (&pair[0], &pair[1]);
        let message = match after - before {
            0 => format!("`{name}` and `{other}` both have the position {after}"),
            1 => continue,
            _ => format!("`{name}` has the position {after}, but the one before it is {before} (`{other}`)"),
        };
        sink.report(POSITION_CONFLICT, file.place(node.span), message)
            .help("number the positions without gaps, each once")
            .related("the position before it", file.place(first.span));
    }
}
