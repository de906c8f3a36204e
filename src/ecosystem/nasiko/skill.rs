//! Reads a skill: its manifest, and the function in its entry file.

use super::codes::NASIKO_SKILL_ENTRYPOINT_MISSING;
use super::document::Located;
use super::function::{self, Known};
use super::name::{pack_name, plain_version, title_case};
use super::profile::Profile;
use super::skill_file::{self, SkillFile};
use super::{ID, agent, components, compose, files};
use crate::diag::{Place, Sink};
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{Component, Dependency, Example, Fact, Pack, PackTree, Provision, Requirement};
use crate::source::FileEntry;

/// What others ask the catalog for when they look for a function.
pub(super) const BY_FUNCTION: &str = "function";

/// Reads a skill and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let parsed = skill_file::of_file(tree, tree.get(skill_file::FILE)?, sink);
    let skill = parsed.value.as_ref()?.as_ref()?;
    let of_manifest = skill.name.as_ref().map(|name| name.text.as_str());
    let name = pack_name([of_manifest, tree.directory].into_iter().flatten())?;
    let entry = entry_file(tree, skill, sink);
    let is_python = skill.language.as_deref() == Some("python");
    let known = match entry {
        Some(entry) if is_python => function::read(tree, entry, skill, sink),
        _ => Known::default(),
    };
    let mut pack = assemble(tree, skill, name, entry, &known);
    files::complete(tree, &mut pack, sink);
    Some(pack)
}

/// Returns the entry file, which is looked up by the text of its path, as the client does.
fn entry_file<'a>(tree: &PackTree<'a>, skill: &SkillFile, sink: &mut Sink) -> Option<&'a FileEntry> {
    let Located { text, span } = skill.entrypoint.as_ref()?;
    let found = tree.get(text);
    if found.is_none() {
        let folded = text.trim_start_matches("./");
        let similar = tree.snapshot.files().iter().find(|entry| entry.path.as_str().eq_ignore_ascii_case(folded));
        let place = tree
            .get(skill_file::FILE)
            .and_then(|entry| tree.text(entry, 1 << 20))
            .map_or_else(|| Place::file(skill_file::FILE), |text| Place::in_text(skill_file::FILE, *span, &text));
        let draft = sink.report(NASIKO_SKILL_ENTRYPOINT_MISSING, place, format!("there is no file `{text}`"));
        match similar {
            Some(entry) => draft.help(format!("write `{}`, exactly as the file is called", entry.path)),
            None => draft.help("add the file, or name the one that has the function"),
        };
    }
    found
}

fn assemble(tree: &PackTree<'_>, skill: &SkillFile, name: PackName, entry: Option<&FileEntry>, known: &Known) -> Pack {
    let id = PackId { ecosystem: EcosystemId::new(ID).expect("a valid identifier"), name };
    let written = skill.version.as_ref().map(|version| version.text.as_str());
    let version = written.and_then(|text| plain_version(text).or_else(|| Version::parse(text).ok()));
    let version = version.unwrap_or_else(agent::unversioned);
    let mut pack = Pack::new(id, version, RelPath::composed(skill_file::FILE));
    pack.title = title_case(pack.id.name.as_str());
    pack.description.clone_from(&skill.description);
    pack.authors.extend(skill.author.clone());
    pack.keywords.clone_from(&skill.tags);
    pack.requirements.push(Profile::Rust.requirement());
    if let Some(language) = &skill.language {
        pack.requirements.push(Requirement { name: language.clone(), range: None });
    }
    pack.dependencies = skill.dependencies.iter().map(|text| dependency(text, skill.language.as_deref())).collect();
    if !skill.frameworks.is_empty() {
        pack.facts.push(Fact { label: "Frameworks", value: skill.frameworks.join(", ") });
    }
    let read = known.environment.iter().filter(|name| compose::is_name(name));
    let names = skill.env_vars.iter().chain(read).cloned();
    pack.environment = compose::table(names.map(|name| (name, String::new())));
    let name = pack.id.name.to_string();
    pack.provides.push(Provision { kind: agent::BY_SKILL, name: name.clone(), value: None });
    if tree.directory.is_some_and(|directory| directory != name) {
        pack.aliases.extend(tree.directory.map(str::to_owned));
    }
    if let Some(function) = &skill.function {
        pack.provides.push(Provision { kind: BY_FUNCTION, name: function.text.clone(), value: None });
        pack.components = components::sorted(vec![component(&name, function, skill, entry, known)]);
    }
    pack
}

/// Returns a package requirement as a dependency: the name, and whatever follows it.
fn dependency(text: &str, language: Option<&str>) -> Dependency {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@');
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    let (name, range) = text.trim().split_at(end.min(text.trim().len()));
    let range = Some(range.trim()).filter(|range| !range.is_empty()).map(str::to_owned);
    Dependency { name: name.to_owned(), range, kind: Some(language.unwrap_or("package").to_owned()) }
}

/// Returns the function as a component.
fn component(pack: &str, function: &Located, skill: &SkillFile, entry: Option<&FileEntry>, known: &Known) -> Component {
    let name = if Component::is_safe_name(&function.text) { function.text.as_str() } else { "function" };
    let reference = components::function_reference(pack);
    let component = components::bare(&components::FUNCTION, name, reference, skill_file::FILE, function.span.line);
    let mut facts = Vec::new();
    facts.extend(skill.language.clone().map(|value| Fact { label: "Language", value }));
    if !skill.frameworks.is_empty() {
        facts.push(Fact { label: "Frameworks", value: skill.frameworks.join(", ") });
    }
    let signature = known.signature.as_ref().map(|signature| Example {
        title: "Signature".to_owned(),
        language: "python",
        text: signature.clone(),
    });
    let added =
        Example { title: "Add it to an agent".to_owned(), language: "shell", text: format!("nasiko skill add {pack}") };
    Component {
        description: known.doc.clone().unwrap_or_else(|| skill.description.clone()),
        entry_point: entry.map(|entry| entry.path.clone()),
        facts,
        tables: skill.tables.clone(),
        examples: signature.into_iter().chain([added]).collect(),
        ..component
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_of_packages_are_a_name_and_the_rest() {
        for (text, name, range) in [
            ("httpx>=0.27.0", "httpx", Some(">=0.27.0")),
            ("requests", "requests", None),
            ("uvicorn[standard] ~= 0.30", "uvicorn", Some("[standard] ~= 0.30")),
            ("é", "", Some("é")),
        ] {
            let found = dependency(text, Some("python"));
            assert_eq!(
                (found.name.as_str(), found.range.as_deref(), found.kind.as_deref()),
                (name, range, Some("python"))
            );
        }
    }
}
