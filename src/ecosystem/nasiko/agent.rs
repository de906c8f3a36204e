//! Reads an agent: its card, its container, and the rules between its files.

use super::card::{self, Card};
use super::codes::NASIKO_CARD_UNREADABLE;
use super::compose::{self, Compose};
use super::name::{pack_name, plain_version};
use super::profile::Profile;
use super::rules::{self, RULES, Whole};
use super::{ID, components, files};
use crate::diag::{Place, Sink};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::dockerfile::Dockerfile;
use crate::pack::{Fact, Pack, PackTree, Provision, Requirement};
use crate::python;

/// What others ask the catalog for when they look for an agent by the name in its card.
pub(super) const BY_TITLE: &str = "agent";
/// What others ask the catalog for when they look for what agents can do.
pub(super) const BY_SKILL: &str = "skill";

/// The name of an agent of which nothing else tells it, as the control plane has it.
const DEFAULT_NAME: &str = "agent";
/// The version of an agent whose card says none, as the control plane has it.
const DEFAULT_VERSION: &str = "1.0.0";

/// Reads an agent and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let profile = Profile::of(tree);
    let parsed = match tree.get(card::FILE) {
        Some(entry) => Some(card::of_file(tree, entry, profile, sink)),
        // In the earlier generation a model writes the card when there is none.
        None if profile == Profile::Python => None,
        None => {
            sink.report(NASIKO_CARD_UNREADABLE, Place::file(card::FILE), format!("there is no `{}`", card::FILE))
                .help("add the agent's card: exactly this name");
            return None;
        }
    };
    let card = match &parsed {
        Some(parsed) => Some(parsed.value.as_ref()?.as_ref()?),
        None => None,
    };
    let compose = tree.get(compose::FILE).and_then(|entry| compose::of_file(tree, entry));
    let name = name(tree, profile, card, compose.as_ref())?;
    let text = tree.get("Dockerfile").and_then(|entry| tree.text(entry, Dockerfile::MOST_BYTES));
    let dockerfile = text.as_deref().map(Dockerfile::parse);
    let whole =
        Whole { tree, profile, card, dockerfile: text.as_deref().zip(dockerfile.as_ref()), compose: compose.as_ref() };
    for rule in RULES {
        rule(&whole, sink);
    }
    let mut pack = assemble(&whole, name);
    files::complete(tree, &mut pack, sink);
    Some(pack)
}

/// Returns the name: the one in the card, in the earlier generation that of the container; else the directory's.
fn name(tree: &PackTree<'_>, profile: Profile, card: Option<&Card>, compose: Option<&Compose>) -> Option<PackName> {
    let of_card = card.and_then(|card| card.name.as_ref()).map(|name| name.text.as_str());
    let service = compose.and_then(|compose| compose.services.first());
    let of_service = service.map(|service| service.container.as_deref().unwrap_or(&service.name));
    let texts = match profile {
        Profile::Rust => [of_card, tree.directory, Some(DEFAULT_NAME)],
        Profile::Python => [of_service, tree.directory, of_card],
    };
    pack_name(texts.into_iter().flatten())
}

fn assemble(agent: &Whole<'_>, name: PackName) -> Pack {
    let tree = agent.tree;
    let id = PackId { ecosystem: EcosystemId::new(ID).expect("a valid identifier"), name };
    let written = agent.card.and_then(|card| card.version.as_ref()).map_or(DEFAULT_VERSION, |version| &version.text);
    let version = plain_version(written).or_else(|| Version::parse(written).ok()).unwrap_or_else(unversioned);
    let manifest = if agent.card.is_some() { card::FILE } else { compose::FILE };
    let mut pack = Pack::new(id, version, RelPath::composed(manifest));
    pack.requirements.push(agent.profile.requirement());
    let mut components = Vec::new();
    if let Some(card) = agent.card {
        describe(card, &mut pack);
        components.extend(components::skills(&pack.id.name, card, |path| tree.get(path).is_some()));
        components.extend(components::interfaces(&pack.id.name, card));
    }
    if let Some((_, dockerfile)) = agent.dockerfile {
        components.push(components::container(&pack.id.name, "Dockerfile", dockerfile, agent.compose));
    }
    pack.components = components::sorted(components);
    pack.aliases = aliases(agent, &pack);
    pack.environment = environment(agent);
    pack.facts.extend(facts(tree));
    pack
}

/// Fills in what the card says.
fn describe(card: &Card, pack: &mut Pack) {
    if let Some(name) = &card.name {
        pack.title = name.text.trim().to_owned();
        pack.provides.push(Provision { kind: BY_TITLE, name: pack.title.clone(), value: None });
    }
    pack.description.clone_from(&card.description);
    pack.authors.extend(card.organization.clone());
    pack.homepage.clone_from(&card.homepage);
    pack.keywords.clone_from(&card.keywords);
    pack.facts.clone_from(&card.facts);
    let required = [("a2a", &card.protocol), ("transport", &card.transport)];
    pack.requirements.extend(
        required
            .into_iter()
            .filter_map(|(name, range)| Some(Requirement { name: name.to_owned(), range: Some(range.clone()?) })),
    );
    let ids = card.skills.iter().map(|skill| skill.id.text.clone());
    pack.provides.extend(ids.map(|name| Provision { kind: BY_SKILL, name, value: None }));
}

/// Returns the other names: the directory's, and in the earlier generation the service's.
fn aliases(agent: &Whole<'_>, pack: &Pack) -> Vec<String> {
    let service = agent.compose.and_then(|compose| compose.services.first()).map(|service| service.name.as_str());
    let mut aliases: Vec<String> = Vec::new();
    for alias in [agent.tree.directory, service].into_iter().flatten() {
        if alias != pack.id.name.as_str() && alias != pack.title && !aliases.iter().any(|known| known == alias) {
            aliases.push(alias.to_owned());
        }
    }
    aliases
}

/// Returns the environment variables: those of the compose file and `.env.example`, and those that the entry file reads.
fn environment(agent: &Whole<'_>) -> Option<std::sync::Arc<crate::pack::FieldTable>> {
    let tree = agent.tree;
    let example = compose::of_env_example(tree);
    let services = agent.compose.map(|compose| &compose.services[..]).unwrap_or_default();
    let passed = services.iter().flat_map(|service| service.environment.iter().cloned());
    let entry = rules::ENTRY_FILES.iter().find_map(|path| tree.get(path));
    let module = entry.map(|entry| python::read_file(tree, entry));
    let read = module.iter().filter_map(|module| (**module).as_ref().ok()).flat_map(|module| {
        let usable = module.environment.iter().filter(|read| compose::is_name(&read.name));
        usable.map(|read| read.name.clone()).collect::<Vec<_>>()
    });
    compose::table(example.into_iter().chain(passed.chain(read).map(|name| (name, String::new()))))
}

/// Returns rows for what the files tell.
fn facts(tree: &PackTree<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let languages =
        [("pyproject.toml", "Python"), ("requirements.txt", "Python"), ("Cargo.toml", "Rust"), ("go.mod", "Go")];
    let mut found: Vec<&str> = Vec::new();
    let mut projects: Vec<&str> = Vec::new();
    for (file, language) in languages.into_iter().filter(|(file, _)| tree.get(file).is_some()) {
        projects.push(file);
        if !found.contains(&language) {
            found.push(language);
        }
    }
    if !found.is_empty() {
        facts.push(Fact { label: "Language", value: found.join(", ") });
        facts.push(Fact { label: "Dependencies in", value: projects.join(", ") });
    }
    for (label, directory) in [("Tests", "tests"), ("Examples", "examples")] {
        let count = tree.snapshot.below(directory).len();
        if count > 0 {
            facts.push(Fact { label, value: crate::diag::plural(count, "file") });
        }
    }
    facts
}

/// Stands in for a version that cannot be read: the finding about it is an error.
pub(super) fn unversioned() -> Version {
    Version::parse("0.0.0").expect("a version")
}
