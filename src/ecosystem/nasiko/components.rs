//! The kinds of components, and how each is made.

use super::card::{Card, is_local};
use super::compose::Compose;
use crate::ident::{PackName, RelPath};
use crate::pack::dockerfile::Dockerfile;
use crate::pack::{Component, ComponentKind, Example, Fact, Field, FieldTable, Link, Otherwise, Relation};
use std::sync::Arc;

/// Skills that an agent's card lists.
pub(super) static SKILL: ComponentKind = ComponentKind { key: "skill", plural: "Skills", singular: "Skill" };
/// The addresses of an agent.
pub(super) static INTERFACE: ComponentKind =
    ComponentKind { key: "interface", plural: "Interfaces", singular: "Interface" };
/// The function that a skill brings.
pub(super) static FUNCTION: ComponentKind =
    ComponentKind { key: "function", plural: "Functions", singular: "Function" };
/// The container that an agent runs in.
pub(super) static CONTAINER: ComponentKind =
    ComponentKind { key: "container", plural: "Containers", singular: "Container" };

/// Lists the kinds, in the order of the documentation.
pub(super) static KINDS: &[&ComponentKind] = &[&SKILL, &INTERFACE, &FUNCTION, &CONTAINER];

/// Returns a component of which only the identity is known.
pub(super) fn bare(kind: &'static ComponentKind, name: &str, reference: String, file: &str, line: u32) -> Component {
    Component {
        kind,
        name: name.to_owned(),
        reference,
        title: None,
        description: String::new(),
        file: RelPath::composed(file),
        line,
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// Returns what others call the function of a skill: a skill pack brings exactly one.
pub(super) fn function_reference(pack: &str) -> String {
    pack.to_owned()
}

/// Returns the skills of a card.
pub(super) fn skills(pack: &PackName, card: &Card, has_file: impl Fn(&str) -> bool) -> Vec<Component> {
    let skill = |skill: &super::card::CardSkill| {
        let id = &skill.id.text;
        let name = if Component::is_safe_name(id) { id.clone() } else { super::name::slug(id)? };
        let component = bare(&SKILL, &name, format!("{pack}.{id}"), super::card::FILE, skill.id.span.line);
        let mut facts = Vec::new();
        let mut add = |label: &'static str, values: &[String]| {
            if !values.is_empty() {
                facts.push(Fact { label, value: values.join(", ") });
            }
        };
        add("Tags", &skill.tags);
        add("Takes", &skill.input_modes);
        add("Gives", &skill.output_modes);
        let example = |(at, text): (usize, &String)| Example {
            title: if skill.examples.len() > 1 { format!("Example {}", at + 1) } else { "Example".to_owned() },
            language: "text",
            text: text.clone(),
        };
        // The client writes the entry and the file when it adds a skill from the registry.
        let module = id.replace('-', "_");
        let generated = [format!("src/{module}.py"), format!("internal/skills/{module}.go")];
        let added = generated.iter().filter(|path| has_file(path)).find_map(|path| RelPath::new(path).ok());
        let links = vec![Link {
            relation: Relation::Uses,
            kind: FUNCTION.key,
            target: function_reference(id),
            line: skill.id.span.line,
            // Without the file it is a skill from the registry if there is one of that name.
            otherwise: if added.is_some() { Otherwise::Name } else { Otherwise::Nothing },
        }];
        Some(Component {
            title: Some(skill.name.clone()),
            description: skill.description.clone(),
            entry_point: added,
            facts,
            links,
            examples: skill.examples.iter().enumerate().map(example).collect(),
            ..component
        })
    };
    card.skills.iter().filter_map(skill).collect()
}

/// Returns the addresses of an agent as one component with a table; nothing when it has none.
pub(super) fn interfaces(pack: &PackName, card: &Card) -> Option<Component> {
    let first = card.interfaces.first()?;
    let component = bare(&INTERFACE, "a2a", format!("{pack}.a2a"), super::card::FILE, first.url.span.line);
    let field = |interface: &super::card::Interface| {
        let mut words = Vec::new();
        if interface.is_default {
            words.push("default");
        }
        if is_local(&interface.url.text) {
            words.push("not public");
        }
        let versions = interface.protocol.iter().map(|version| format!("A2A {version}"));
        Field {
            name: interface.url.text.clone(),
            type_text: interface.binding.clone().unwrap_or_default(),
            constraints: versions.collect(),
            description: words.join(", "),
            ..Field::default()
        }
    };
    let table = FieldTable {
        title: "Endpoints".into(),
        anchor: "endpoints".into(),
        fields: card.interfaces.iter().map(field).collect(),
    };
    let mut facts = Vec::new();
    if let Some(protocol) = &card.protocol {
        facts.push(Fact { label: "Protocol", value: format!("A2A {protocol}") });
    }
    if let Some(transport) = &card.transport {
        facts.push(Fact { label: "Transport", value: transport.clone() });
    }
    Some(Component {
        title: Some("A2A endpoints".to_owned()),
        description:
            "Where the agent is reached once it runs; the control plane puts its own address in place of the default."
                .to_owned(),
        facts,
        tables: vec![Arc::new(table)],
        ..component
    })
}

/// Returns the container of an agent.
pub(super) fn container(pack: &PackName, file: &str, dockerfile: &Dockerfile, compose: Option<&Compose>) -> Component {
    let line = dockerfile.stages().first().map_or(1, |stage| stage.line);
    let mut facts = Vec::new();
    let mut add = |label: &'static str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label, value });
        }
    };
    add("Base image", dockerfile.base_image().unwrap_or_default());
    let stages = dockerfile.stages().len();
    add("Stages", if stages > 1 { stages.to_string() } else { String::new() });
    add("Exposes", dockerfile.exposed().join(", "));
    let services = compose.map(|compose| &compose.services[..]).unwrap_or_default();
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    add("Services", names.join(", "));
    let ports: Vec<&str> = services.iter().flat_map(|service| service.ports.iter().map(String::as_str)).collect();
    add("Published ports", ports.join(", "));
    let set = dockerfile.environment().into_iter().map(|(name, _)| (name, "set in the image".to_owned()));
    let passed = services.iter().flat_map(|service| service.environment.iter().cloned());
    let environment = super::compose::table(set.chain(passed.map(|name| (name, "passed to the container".to_owned()))));
    Component {
        title: Some("Container".to_owned()),
        description: "How the agent is built and started.".to_owned(),
        facts,
        tables: environment.into_iter().collect(),
        ..bare(&CONTAINER, "container", format!("{pack}.container"), file, line)
    }
}

/// Sorts components by kind, then by name; of two with one name the first stays.
pub(super) fn sorted(components: Vec<Component>) -> Vec<Arc<Component>> {
    let rank = |component: &Component| KINDS.iter().position(|kind| kind.key == component.kind.key);
    let mut components = components;
    components.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    components.dedup_by(|later, earlier| later.kind == earlier.kind && later.name == earlier.name);
    components.into_iter().map(Arc::new).collect()
}
