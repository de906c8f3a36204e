//! References into other packs: what flows use, and tools that two packs have.

use super::codes::{ASTRADESK_FLOW_UNRESOLVED, ASTRADESK_PROJECT_NAME_SHARED, ASTRADESK_TOOL_NAME_SHARED};
use super::components::{AGENT, FLOW, TOOL};
use super::place::{MOST_REPEATED, closest, place_at};
use super::reading::PROJECT;
use super::{ID, manifest};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::Names;
use crate::pack::{Component, Link, Pack, PackTree};

/// Checks what a pack refers to against what the catalog provides.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    project_is_its_own(pack, names, sink);
    for component in &pack.components {
        if component.kind == &TOOL {
            tool_is_its_own(pack, tree, names, component, sink);
        } else if component.kind == &FLOW {
            let before = sink.found().len();
            for link in &component.links {
                if sink.found().len() >= before + MOST_REPEATED {
                    break;
                }
                used_exists(pack, tree, names, component, link, sink);
            }
        }
    }
}

/// Requires the project's name to be that of no pack that comes before this one.
fn project_is_its_own(pack: &Pack, names: &Names, sink: &mut Sink) {
    for project in pack.provides.iter().filter(|provision| provision.kind == PROJECT) {
        let providers = names.providers(ID, PROJECT, &project.name);
        if let Some(first) = providers.iter().find(|provider| provider.pack.as_str() < pack.id.name.as_str()) {
            let message = format!("the pack `{}` installs as `{}` too", first.pack, project.name);
            sink.report(ASTRADESK_PROJECT_NAME_SHARED, Place::file(manifest::FILE), message)
                .help("rename one of the projects: a package index has one per name");
        }
    }
}

/// Requires a tool's name to be that of no other pack's tool.
fn tool_is_its_own(pack: &Pack, tree: &PackTree<'_>, names: &Names, tool: &Component, sink: &mut Sink) {
    let providers = names.providers(ID, "tool", &tool.name);
    let others: Vec<String> = providers
        .iter()
        .filter(|provider| provider.pack != pack.id.name.as_str())
        .map(|provider| format!("`{}`", provider.pack))
        .collect();
    if !others.is_empty() {
        let message = format!("the tool `{}` is also one of {}", tool.name, others.join(", "));
        sink.report(ASTRADESK_TOOL_NAME_SHARED, at(tree, tool, tool.line, &tool.name), message)
            .help("rename one of them: the gateway's registry refuses the second");
    }
}

/// Requires what a step uses to exist.
fn used_exists(pack: &Pack, tree: &PackTree<'_>, names: &Names, flow: &Component, link: &Link, sink: &mut Sink) {
    let has = |kind, reference: &str| pack.components.iter().any(|one| one.kind == kind && one.reference == reference);
    if link.instead().is_some() {
        return;
    }
    if link.kind == AGENT.key {
        agent_exists(pack, tree, names, flow, link, has(&AGENT, &link.target), sink);
        return;
    }
    let Some(name) = link.target.strip_prefix("tool.") else { return };
    if has(&TOOL, &link.target) || !names.providers(ID, "tool", name).is_empty() {
        return;
    }
    let message = format!("nothing in the catalog has a tool `{name}`");
    let draft = sink.report(ASTRADESK_FLOW_UNRESOLVED, at(tree, flow, link.line, &link.target), message);
    let known = names.provided(ID, "tool");
    let own = pack.components.iter().filter(|one| one.kind == &TOOL).map(|one| one.name.as_str());
    match closest(name, own.chain(known.iter().map(String::as_str))) {
        Some(close) => draft.help(format!("did you mean `tool.{close}`?")),
        None => draft.help("name a tool of a pack in this catalog, or a method of an adapter of this pack"),
    };
}

fn agent_exists(
    pack: &Pack,
    tree: &PackTree<'_>,
    names: &Names,
    flow: &Component,
    link: &Link,
    is_own: bool,
    sink: &mut Sink,
) {
    let Some((domain, module)) = link.target.strip_prefix("agent.").and_then(|rest| rest.split_once('.')) else {
        return;
    };
    let owner = format!("domain-{}", domain.replace('_', "-"));
    if is_own {
        return;
    }
    let message = if owner == pack.id.name.as_str() {
        format!("this pack has no agent `{module}`")
    } else {
        match names.has_component(ID, &owner, AGENT.key, &link.target) {
            Some(true) => return,
            Some(false) => format!("the pack `{owner}` has no agent `{module}`"),
            None => format!("no source of this registry has the pack `{owner}` with the agent `{module}`"),
        }
    };
    let draft = sink.report(ASTRADESK_FLOW_UNRESOLVED, at(tree, flow, link.line, &link.target), message);
    let own = pack.components.iter().filter(|one| one.kind == &AGENT).map(|one| one.reference.as_str());
    match closest(&link.target, own) {
        Some(close) => draft.help(format!("did you mean `{close}`?")),
        None => draft.help("`agent.<domain>.<module>` is the file `agents/<module>.py` of the pack `domain-<domain>`"),
    };
}

/// Returns the place of a text in a line of a component's file.
fn at(tree: &PackTree<'_>, component: &Component, line: u32, text: &str) -> Place {
    let path = component.file.as_str();
    let content = tree.get(path).and_then(|entry| tree.text(entry, 1 << 20)).unwrap_or_default();
    let found = content.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
    let column = found.find(text).map_or(1, |at| found[..at].chars().count() + 1);
    let width = if found.contains(text) { text.chars().count() } else { 0 };
    let column = u32::try_from(column).unwrap_or(1);
    let end_column = column + u32::try_from(width).unwrap_or(0);
    place_at(tree, path, Span { line, column, end_line: line, end_column })
}
