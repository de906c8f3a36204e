//! The skills that a card lists.

use std::collections::BTreeMap;

use super::super::codes::{NASIKO_SKILL_DUPLICATE, NASIKO_SKILL_SHAPE, NASIKO_SKILL_TAGS_MISSING, NASIKO_SKILLS_EMPTY};
use super::super::document::{Located, MOST_ITEMS, MOST_REPEATED, first_line, strings, text};
use super::CardSkill;
use crate::diag::{Sink, Span};
use crate::pack::YamlFile;
use crate::yaml::{Node, Value};

/// Reads the skills, of those with the same id the first.
pub(super) fn read(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) -> Vec<CardSkill> {
    let Some(list) = root.get("skills").filter(|list| list.is_seq()) else { return Vec::new() };
    if list.items().is_empty() {
        sink.report(NASIKO_SKILLS_EMPTY, file.place(first_line(list.span)), "the agent has no skill")
            .help("add an entry with `id`, `name`, `description` and `tags` for each thing that it can do");
    }
    let before = sink.found().len();
    let mut skills: Vec<CardSkill> = Vec::new();
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for node in list.items().iter().take(MOST_ITEMS) {
        let is_quiet = sink.found().len() >= before + MOST_REPEATED;
        let required = ["id", "name", "description"].map(|key| (key, node.get(key).and_then(Node::as_str)));
        let missing: Vec<&str> = required
            .iter()
            .filter(|(_, text)| text.is_none_or(|text| text.trim().is_empty()))
            .map(|(key, _)| *key)
            .collect();
        if !missing.is_empty() {
            if !is_quiet {
                let message = match node.value {
                    Value::Map(_) => format!("the skill has no `{}`", missing.join("`, `")),
                    _ => format!("the skill is {}, not an object", node.kind()),
                };
                sink.report(NASIKO_SKILL_SHAPE, file.place(first_line(node.span)), message)
                    .help("write an object with `id`, `name` and `description`, each a string");
            }
            continue;
        }
        if !node.get("tags").is_some_and(Node::is_seq) && !is_quiet {
            let id = required[0].1.unwrap_or_default();
            sink.report(
                NASIKO_SKILL_TAGS_MISSING,
                file.place(first_line(node.span)),
                format!("the skill `{id}` has no `tags`"),
            )
            .help("add `\"tags\": […]`; the list may be empty");
        }
        let Some(id) = Located::of(node, "id") else { continue };
        let written = required[0].1.unwrap_or_default();
        if let Some(first) = places.get(written) {
            if !is_quiet {
                sink.report(NASIKO_SKILL_DUPLICATE, file.place(id.span), format!("two skills have the id `{written}`"))
                    .help("give each skill an id of its own")
                    .related("it is here first", file.place(*first));
            }
            continue;
        }
        places.insert(written, id.span);
        skills.push(CardSkill {
            id,
            name: text(node, "name").unwrap_or_default(),
            description: text(node, "description").unwrap_or_default(),
            tags: strings(node, "tags"),
            examples: strings(node, "examples"),
            input_modes: strings(node, "inputModes"),
            output_modes: strings(node, "outputModes"),
        });
    }
    skills
}
