//! References into other packs, and of workflows, rules and policies into this one.

use super::codes::{UNKNOWN_ACTION, UNKNOWN_DEPENDENCY, UNKNOWN_TRIGGER};
use super::components::{ACTION, KINDS, RULE, TRIGGER};
use super::document::{MOST_REPEATED, unreadable};
use super::{BUNDLED, ID, manifest, rules, triggers};
use crate::diag::{Sink, Span};
use crate::ecosystem::Names;
use crate::pack::{Component, Link, Pack, PackTree, Relation};
use crate::yaml::Dialect;

/// Checks what a pack refers to against what the catalog and the runtime provide.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    dependencies(tree, names, sink);
    for component in &pack.components {
        let before = sink.found().len();
        for link in &component.links {
            if sink.found().len() >= before + MOST_REPEATED {
                break;
            }
            match link.relation {
                Relation::Calls | Relation::Governs => action(pack, tree, names, component, link, sink),
                Relation::ListensTo => trigger(pack, tree, names, component, link, sink),
                Relation::Emits | Relation::Implements | Relation::Uses => {}
            }
        }
    }
}

/// Requires dependencies to be in the registry or bundled with the runtime.
fn dependencies(tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let Some(entry) = tree.get("pack.yaml") else { return };
    let parsed = tree.parse_yaml(entry, Dialect::Yaml11, "manifest", &mut Sink::new(), unreadable, manifest::read);
    let Some(Some(manifest)) = &parsed.value else { return };
    for (dependency, span) in &manifest.dependencies {
        let name = dependency.name.as_str();
        // `org/repo` and URLs are cloned without looking at any index.
        if name.contains('/') || BUNDLED.contains(&name) || names.has_pack(ID, name) {
            continue;
        }
        sink.report(
            UNKNOWN_DEPENDENCY,
            rules::place(tree, entry, *span),
            format!("no source of this registry has the pack `{name}`"),
        )
        .help("add the pack to the registry, or name its repository (`org/repo` or a URL)");
    }
}

/// Requires an action that is named to exist.
fn action(pack: &Pack, tree: &PackTree<'_>, names: &Names, component: &Component, link: &Link, sink: &mut Sink) {
    let Some(message) = missing(pack, names, ACTION.key, "action", &link.target) else { return };
    let place = place(tree, component, link);
    sink.report(UNKNOWN_ACTION, place, message).help("name an action that exists, as `<pack>.<action>`");
}

/// Requires a trigger type that a rule listens to to exist, unless registration refuses the rule anyway.
fn trigger(pack: &Pack, tree: &PackTree<'_>, names: &Names, component: &Component, link: &Link, sink: &mut Sink) {
    if triggers::built_in(&link.target).is_some() {
        return;
    }
    let own = link.target.split_once('.').is_some_and(|(owner, _)| owner == pack.id.name.as_str());
    let without_parameters = component.kind.key == RULE.key
        && component.facts.iter().any(|fact| fact.label == "When" && fact.value == link.target);
    if own && without_parameters {
        return;
    }
    let Some(message) = missing(pack, names, TRIGGER.key, "trigger type", &link.target) else { return };
    let place = place(tree, component, link);
    sink.report(UNKNOWN_TRIGGER, place, message).help("name a trigger type that exists, as `<pack>.<trigger>`");
}

/// Says why nothing provides a reference; `None` when something does, or when nobody here can know.
fn missing(pack: &Pack, names: &Names, kind: &str, what: &str, target: &str) -> Option<String> {
    let Some((owner, name)) = target.split_once('.') else {
        return Some(format!("`{target}` is no reference: the pack's name is missing"));
    };
    // A template in a reference is resolved when it is used.
    if target.contains("{{") || target.contains("<%") {
        return None;
    }
    if owner == pack.id.name.as_str() {
        let own = has_component(pack, kind, name);
        return (!own).then(|| format!("this pack has no {what} `{name}`"));
    }
    match names.has_component(ID, owner, kind, target) {
        Some(true) => None,
        Some(false) => Some(format!("the pack `{owner}` has no {what} `{name}`")),
        None if BUNDLED.contains(&owner) => None,
        None => Some(format!("no source of this registry has the pack `{owner}` with the {what} `{name}`")),
    }
}

/// Tells whether a pack has a component; they are sorted by kind, then by name.
fn has_component(pack: &Pack, kind: &str, name: &str) -> bool {
    let rank = |key: &str| KINDS.iter().position(|kind| kind.key == key);
    let wanted = (rank(kind), name);
    pack.components.binary_search_by(|c| (rank(c.kind.key), c.name.as_str()).cmp(&wanted)).is_ok()
}

/// Returns the place of a reference: in the workflow where the component is one, else in its own file.
fn place(tree: &PackTree<'_>, component: &Component, link: &Link) -> crate::diag::Place {
    let own = component.file.as_str();
    let path = match &component.entry_point {
        Some(path) if component.kind.key == ACTION.key => path.as_str(),
        _ => own,
    };
    let Some(entry) = tree.get(path) else { return crate::diag::Place::file(path) };
    let text = tree.text(entry, 1 << 20).unwrap_or_default();
    let line = text.lines().nth(link.line.saturating_sub(1) as usize).unwrap_or_default();
    let column = line.find(&link.target).map_or(1, |at| line[..at].chars().count() as u32 + 1);
    let end_column = column + link.target.chars().count() as u32;
    rules::place(tree, entry, Span { line: link.line, column, end_line: link.line, end_column })
}
