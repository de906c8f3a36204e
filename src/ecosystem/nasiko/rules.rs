//! The rules between the files of an agent: a visible table of named functions.

use super::card::{self, Card};
use super::codes::{
    NASIKO_ARTIFACT_TOO_LARGE, NASIKO_CAPABILITIES_JSON, NASIKO_COMPOSE_MISSING, NASIKO_DOCKERFILE_COPY,
    NASIKO_DOCKERFILE_FROM, NASIKO_DOCKERFILE_MISSING, NASIKO_ENV_EXAMPLE_MISSING, NASIKO_NAME_DIRECTORY,
    NASIKO_PYTHON_ID_MISMATCH, NASIKO_PYTHON_LAYOUT, NASIKO_PYTHON_ZIP_PATH, NASIKO_SOURCE_DIR_MISSING,
    NASIKO_VERSION_MISMATCH,
};
use super::compose::{self, Compose};
use super::document::MOST_REPEATED;
use super::name::{plain_version, slug};
use super::profile::Profile;
use crate::diag::{Place, Severity, Sink, Span};
use crate::pack::PackTree;
use crate::pack::dockerfile::{self, Dockerfile};

/// An agent with all its files read.
pub(super) struct Whole<'a> {
    /// The pack's files.
    pub tree: &'a PackTree<'a>,
    /// Which generation it is for.
    pub profile: Profile,
    /// What its card says, if it has one.
    pub card: Option<&'a Card>,
    /// Its `Dockerfile`, with the text.
    pub dockerfile: Option<(&'a str, &'a Dockerfile)>,
    /// Its `docker-compose.yml`, when that has services.
    pub compose: Option<&'a Compose>,
}

/// A rule: reports what breaks it.
type Rule = fn(&Whole<'_>, &mut Sink);

/// Lists every rule between files, in the order of the documentation.
pub(super) static RULES: &[Rule] = &[
    dockerfile_is_there,
    source_directory_is_there,
    recommended_files_are_there,
    name_is_that_of_the_directory,
    version_is_that_of_the_project,
    dockerfile_copies_what_is_there,
    dockerfile_starts_from_an_image,
    no_capabilities_file_is_left,
    unpacked_size_is_taken,
    python_upload_check_passes,
    python_id_is_the_directory,
    python_paths_have_no_double_dots,
];

/// Where the earlier generation looks for the entry file.
pub(super) const ENTRY_FILES: &[&str] = &["src/main.py", "main.py", "src/__main__.py", "__main__.py"];

/// Most bytes that the control plane unpacks.
pub(super) const MOST_UNPACKED: u64 = 200 << 20;

/// Largest project file that is looked at, in bytes.
const PROJECT_BYTES: u64 = 1 << 20;

impl Whole<'_> {
    fn manifest(&self) -> Place {
        Place::file(if self.card.is_some() { card::FILE } else { compose::FILE })
    }

    fn dockerfile_line(&self, text: &str, line: u32, end_line: u32) -> Place {
        let last = text.lines().nth(end_line.saturating_sub(1) as usize).unwrap_or_default();
        let span = Span { line, column: 1, end_line, end_column: last.chars().count() as u32 + 1 };
        Place::in_text("Dockerfile", span, text)
    }
}

/// Requires a `Dockerfile`.
fn dockerfile_is_there(agent: &Whole<'_>, sink: &mut Sink) {
    if agent.tree.get("Dockerfile").is_none() {
        sink.report(NASIKO_DOCKERFILE_MISSING, agent.manifest(), "the agent has no `Dockerfile`")
            .help("add one that builds the agent from this directory and exposes its port");
    }
}

/// Looks for sources where the client's `validate` does.
fn source_directory_is_there(agent: &Whole<'_>, sink: &mut Sink) {
    let has_files = |directory: &str| !agent.tree.snapshot.below(directory).is_empty();
    if !has_files("src") && !has_files("cmd") && agent.tree.get("main.go").is_none() {
        sink.report(NASIKO_SOURCE_DIR_MISSING, agent.manifest(), "there is no `src/`, `cmd/` or `main.go`");
    }
}

/// Looks for the files that the client's `validate` recommends.
fn recommended_files_are_there(agent: &Whole<'_>, sink: &mut Sink) {
    // The upload check of the earlier generation requires the first.
    if agent.profile == Profile::Rust && agent.tree.get(compose::FILE).is_none() {
        let message = format!("there is no `{}`", compose::FILE);
        sink.report(NASIKO_COMPOSE_MISSING, agent.manifest(), message).help("add one to start the agent by itself");
    }
    if agent.tree.get(compose::ENV_EXAMPLE).is_none() {
        let message = format!("there is no `{}`", compose::ENV_EXAMPLE);
        sink.report(NASIKO_ENV_EXAMPLE_MISSING, agent.manifest(), message)
            .help("add one with a line `NAME=` for each environment variable that the agent reads");
    }
}

/// Compares the name with the directory.
fn name_is_that_of_the_directory(agent: &Whole<'_>, sink: &mut Sink) {
    let (Some(directory), Some(name)) = (agent.tree.directory, agent.card.and_then(|card| card.name.as_ref())) else {
        return;
    };
    if name.text != directory && agent.profile == Profile::Rust {
        let message = format!("the agent is called `{}`, its directory `{directory}`", name.text);
        sink.report(NASIKO_NAME_DIRECTORY, card_place(agent.tree, name.span), message);
    }
}

/// Compares the card's version with that of the project.
fn version_is_that_of_the_project(agent: &Whole<'_>, sink: &mut Sink) {
    let Some(version) = agent.card.and_then(|card| card.version.as_ref()) else { return };
    let Some(own) = plain_version(&version.text) else { return };
    for (file, section) in
        [("pyproject.toml", Some("project")), ("Cargo.toml", Some("package")), ("package.json", None)]
    {
        let Some(text) = agent.tree.get(file).and_then(|entry| agent.tree.text(entry, PROJECT_BYTES)) else { continue };
        let found = match section {
            Some(section) => toml_version(&text, section),
            None => serde_json::from_str::<serde_json::Value>(&text)
                .ok()
                .and_then(|json| Some(json.get("version")?.as_str()?.to_owned())),
        };
        let Some(found) = found else { continue };
        if crate::ident::Version::parse(&found).is_ok_and(|other| other != own) {
            let message = format!("the card says version {}, `{file}` says {found}", version.text);
            sink.report(NASIKO_VERSION_MISMATCH, card_place(agent.tree, version.span), message)
                .help("raise both together: the registry publishes the card's");
        }
    }
}

/// Returns the place of something in the card, with its excerpt.
fn card_place(tree: &PackTree<'_>, span: Span) -> Place {
    match tree.get(card::FILE).and_then(|entry| tree.text(entry, PROJECT_BYTES)) {
        Some(text) => Place::in_text(card::FILE, span, &text),
        None => Place::file(card::FILE),
    }
}

/// Returns `version` of a section of a TOML file, as most of them are written: a line `version = "…"` below `[section]`.
///
/// Versions that come from elsewhere (`dynamic`, a workspace) have no such line.
fn toml_version(text: &str, section: &str) -> Option<String> {
    let header = format!("[{section}]");
    let inside = text.lines().map(str::trim).skip_while(|line| *line != header).skip(1);
    let line = inside.take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "version").then(|| value.trim().to_owned())
    })?;
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(line[1..].split(quote).next()?.to_owned())
}

/// Requires what `COPY` and `ADD` name to be in the pack.
fn dockerfile_copies_what_is_there(agent: &Whole<'_>, sink: &mut Sink) {
    let Some((text, file)) = agent.dockerfile else { return };
    let mut left = MOST_REPEATED;
    for copied in file.copied() {
        for source in &copied.sources {
            let paths = agent.tree.snapshot.files().iter().map(|entry| entry.path.as_str());
            if dockerfile::source_exists(source, paths) != Some(false) {
                continue;
            }
            if left == 0 {
                return;
            }
            left -= 1;
            let message = format!("`{}` names `{source}`, which is not in the pack", copied.keyword);
            sink.report(NASIKO_DOCKERFILE_COPY, agent.dockerfile_line(text, copied.line, copied.end_line), message)
                .help("the agent is built in its own directory: name files relative to it");
        }
    }
}

/// Requires the `Dockerfile` to start from an image.
fn dockerfile_starts_from_an_image(agent: &Whole<'_>, sink: &mut Sink) {
    let Some((_, file)) = agent.dockerfile else { return };
    if file.stages().is_empty() {
        let what =
            if file.instructions.is_empty() { "the `Dockerfile` is empty" } else { "the `Dockerfile` has no `FROM`" };
        let draft = sink.report(NASIKO_DOCKERFILE_FROM, Place::file("Dockerfile"), what);
        let draft = match agent.profile {
            Profile::Rust => draft,
            Profile::Python => draft.severity(Severity::Error),
        };
        draft.help("start with an image, such as `FROM python:3.12-slim`");
    }
}

/// Finds a leftover `capabilities.json`.
fn no_capabilities_file_is_left(agent: &Whole<'_>, sink: &mut Sink) {
    if agent.tree.get("capabilities.json").is_some() {
        sink.report(NASIKO_CAPABILITIES_JSON, Place::file("capabilities.json"), "nothing reads `capabilities.json`")
            .help("remove it; `AgentCard.json` says what the agent can do");
    }
}

/// Requires a size that the control plane unpacks.
fn unpacked_size_is_taken(agent: &Whole<'_>, sink: &mut Sink) {
    let size: u64 = agent.tree.snapshot.files().iter().map(|entry| entry.size).sum();
    if size > MOST_UNPACKED {
        let message = format!("the agent has {size} bytes; the control plane unpacks at most {MOST_UNPACKED}");
        sink.report(NASIKO_ARTIFACT_TOO_LARGE, agent.manifest(), message)
            .help("fetch large files while the container is built");
    }
}

/// Requires what the upload check of the earlier generation does.
fn python_upload_check_passes(agent: &Whole<'_>, sink: &mut Sink) {
    if agent.profile != Profile::Python {
        return;
    }
    let mut report = |place: Place, message: String, help: &str| {
        sink.report(NASIKO_PYTHON_LAYOUT, place, message).help(help);
    };
    match (agent.tree.get(compose::FILE), agent.compose) {
        (None, _) => {
            report(agent.manifest(), format!("there is no `{}`", compose::FILE), "add one with the agent as a service");
        }
        (Some(_), None) => {
            let message = format!("`{}` has no `services`", compose::FILE);
            report(Place::file(compose::FILE), message, "describe the agent as a service");
        }
        _ => {}
    }
    let entry = ENTRY_FILES.iter().find_map(|path| agent.tree.get(path));
    match entry {
        None => report(
            agent.manifest(),
            "there is no entry file".to_owned(),
            "add `src/main.py`, `main.py`, `src/__main__.py` or `__main__.py`",
        ),
        Some(entry) if entry.size == 0 => {
            report(Place::file(entry.path.as_str()), "the entry file is empty".to_owned(), "start the agent in it");
        }
        Some(_) => {}
    }
}

/// Compares the name that the registry uses with the one that the deployment does.
fn python_id_is_the_directory(agent: &Whole<'_>, sink: &mut Sink) {
    let (Profile::Python, Some(directory)) = (agent.profile, agent.tree.directory) else { return };
    let container = agent.compose.and_then(|compose| compose.services.first()?.container.as_deref());
    if let Some(container) = container.filter(|container| slug(container) != slug(directory)) {
        let message = format!("the container is called `{container}`, the directory `{directory}`");
        sink.report(NASIKO_PYTHON_ID_MISMATCH, Place::file(compose::FILE), message)
            .help(format!("write `container_name: {directory}`"));
    }
}

/// Finds paths with `..` anywhere.
fn python_paths_have_no_double_dots(agent: &Whole<'_>, sink: &mut Sink) {
    if agent.profile != Profile::Python {
        return;
    }
    let paths = agent.tree.snapshot.files().iter().map(|entry| entry.path.as_str());
    for path in paths.filter(|path| path.contains("..")).take(MOST_REPEATED) {
        sink.report(NASIKO_PYTHON_ZIP_PATH, Place::file(path), format!("`{path}` has `..` in it"))
            .help("rename the file: the upload check refuses the whole archive");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_projects_are_found_by_their_line() {
        let text =
            "[build]\nversion = \"9\"\n\n[project]\nname = \"a\"\nversion=\"1.2.0\" # now\n[tool.x]\nversion = \"3\"\n";
        assert_eq!(toml_version(text, "project").as_deref(), Some("1.2.0"));
        assert_eq!(toml_version("[project]\ndynamic = [\"version\"]\n[x]\nversion = \"1\"", "project"), None);
        assert_eq!(toml_version("[package]\nversion.workspace = true\n", "package"), None);
    }
}
