//! The rules between packs.

use super::codes::{NASIKO_DISPLAY_NAME_DUPLICATE, NASIKO_REPOSITORY_CLASH};
use super::components::{CONTAINER, FUNCTION, INTERFACE, function_reference};
use super::{ID, agent, card, skill_file};
use crate::diag::{Place, Sink};
use crate::ecosystem::Names;
use crate::pack::{Pack, PackTree};

/// Checks a pack against the others of the catalog.
pub(super) fn check(pack: &Pack, _tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    repository_is_used_once(pack, names, sink);
    display_name_is_used_once(pack, names, sink);
}

/// Requires an agent and a skill to have different names: both are `<owner>/<name>` in the registry.
fn repository_is_used_once(pack: &Pack, names: &Names, sink: &mut Sink) {
    let name = pack.id.name.as_str();
    let has = |kind: &str, reference: &str| names.has_component(ID, name, kind, reference) == Some(true);
    let is_skill = pack.manifest.as_str() == skill_file::FILE;
    let other = if is_skill {
        has(INTERFACE.key, &format!("{name}.a2a")) || has(CONTAINER.key, &format!("{name}.container"))
    } else {
        has(FUNCTION.key, &function_reference(name))
    };
    if other {
        let (this, that) = if is_skill { ("skill", "an agent") } else { ("agent", "a skill") };
        let message = format!("the {this} `{name}` and {that} of that name use the same repository");
        sink.report(NASIKO_REPOSITORY_CLASH, Place::file(pack.manifest.as_str()), message).help("rename one of them");
    }
}

/// Requires the names in cards to differ, as those of packs do.
fn display_name_is_used_once(pack: &Pack, names: &Names, sink: &mut Sink) {
    if pack.manifest.as_str() != card::FILE {
        return;
    }
    let providers = names.providers(ID, agent::BY_TITLE, &pack.title);
    if let Some(other) = providers.iter().find(|other| other.pack != pack.id.name.as_str()) {
        let message = format!("`{}` is called `{}` too", other.pack, pack.title);
        sink.report(NASIKO_DISPLAY_NAME_DUPLICATE, Place::file(card::FILE), message)
            .help("give each agent a `name` of its own");
    }
}
