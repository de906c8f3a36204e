//! Aliases: `aliases/*.yaml`, chat commands.

use std::sync::Arc;

use super::{Declared, Detail, bare, check_pack_field, safe_name};
use crate::diag::{Sink, Span};
use crate::ecosystem::stackstorm::codes::{ALIAS_WITHOUT_FORMATS, UNKNOWN_COMPONENT_KEY};
use crate::ecosystem::stackstorm::document::{METADATA, Worded, check_loader, check_shape, require_mapping};
use crate::ecosystem::stackstorm::schemas;
use crate::pack::{Example, Fact, Link, Otherwise, Relation, YamlFile};
use crate::yaml::Node;

/// What the rules between files need to know of an alias.
#[derive(Debug)]
pub(in crate::ecosystem::stackstorm) struct Alias {
    /// The action it runs.
    pub action: Option<String>,
    /// The parameters that its formats set, each with the place of the format.
    pub parameters: Vec<(String, Span)>,
}

/// Reads an alias of the pack.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "an alias file", sink) {
        return Vec::new();
    }
    let special = |violation: &crate::pack::schema::Violation, _: &Node| {
        let absent = violation.keyword == "required" && violation.property.as_deref() == Some("formats");
        let null = violation.keyword == "type" && violation.path == ["formats"] && root.get("formats")?.is_null();
        (absent || null).then(|| {
            Worded::new(ALIAS_WITHOUT_FORMATS, "the alias has no `formats`")
                .help("list the commands, such as `- \"restart {{ service }}\"`")
        })
    };
    check_shape(file, root, &schemas::ALIAS, UNKNOWN_COMPONENT_KEY, special, sink);
    check_pack_field(file, root, pack, sink);
    let Some((name, span)) = safe_name(file, root, "name", sink) else { return Vec::new() };

    let mut component = bare(&super::ALIAS, pack, name, file, root, span);
    let action = root.get("action_ref").and_then(|node| Some((node.as_str()?, node.span)));
    if let Some((action, span)) = action {
        component.facts.push(Fact { label: "Runs", value: action.to_owned() });
        component.links.push(Link {
            relation: Relation::Calls,
            kind: super::ACTION.key,
            target: action.to_owned(),
            line: span.line,
            otherwise: Otherwise::Name,
        });
    }
    let mut parameters = Vec::new();
    let mut commands = Vec::new();
    for format in root.get("formats").map(Node::items).unwrap_or_default() {
        let matched: Vec<&Node> = match format.get("representation") {
            Some(list) => list.items().iter().collect(),
            None => vec![format],
        };
        for text in matched {
            let names = parameter_names(text.as_str().unwrap_or_default());
            parameters.extend(names.into_iter().map(|name| (name, text.span)));
        }
        let shown = format.get("display").or_else(|| format.get("representation")?.items().first()).unwrap_or(format);
        commands.extend(shown.as_str().map(|text| format!("!{text}")));
    }
    if !commands.is_empty() {
        let text = commands.join("\n");
        component.examples.push(Example { title: "Say it in chat".to_owned(), language: "text", text });
    }
    let alias = Alias { action: action.map(|(name, _)| name.to_owned()), parameters };
    vec![Declared { component: Arc::new(component), name: span, detail: Detail::Alias(alias) }]
}

/// Returns the parameters that a format sets: `{{ name }}`, or `{{ name=default }}`.
fn parameter_names(format: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = format;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        let inside = rest[start + 2..start + 2 + length].trim();
        let end = inside.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inside.len());
        let behind = inside[end..].trim_start();
        if end > 0 && (behind.is_empty() || behind.starts_with('=')) {
            names.push(inside[..end].to_owned());
        }
        rest = &rest[start + 2 + length + 2..];
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_from_formats() {
        assert_eq!(parameter_names("run {{ a }} on {{b=1}} {{ x.y }} {{ broken"), ["a", "b"]);
        assert_eq!(parameter_names("{{}}{{ é }}"), ["é"]);
    }
}
