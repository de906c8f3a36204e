//! References that leave the pack: dependencies, and components of other packs.

use super::codes::{ATTUNE_DEPENDENCY_UNKNOWN, ATTUNE_FOREIGN_REFERENCE_UNKNOWN};
use super::{Joined, is_bundled, manifest};
use crate::diag::Sink;
use crate::ecosystem::Names;
use crate::pack::{Pack, PackTree};

const ID: &str = "attune";

/// Reports dependencies and references that no source satisfies.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let own = pack.id.name.as_str();
    let is_foreign =
        |target: &str| target.split_once('.').is_some_and(|(prefix, _)| prefix != own && !is_bundled(prefix));
    if !pack.dependencies.is_empty()
        && let Some(manifest) = manifest::read(tree, &mut Sink::new())
    {
        for (dependency, place) in &manifest.dependencies {
            let name = dependency.name.as_str();
            if manifest::is_identifier(name) && !is_bundled(name) && !names.has_pack(ID, name) {
                sink.report(ATTUNE_DEPENDENCY_UNKNOWN, place.clone(), format!("no source has the pack `{name}`"))
                    .help("add its source to the registry, or correct the ref");
            }
        }
    }
    if !pack.components.iter().flat_map(|component| &component.links).any(|link| is_foreign(&link.target)) {
        return;
    }
    // The places are in what is already parsed; the findings about it were reported when the pack was read.
    let joined = Joined::read(tree, own, &mut Sink::new());
    for reference in joined.references().filter(|reference| is_foreign(&reference.target.text)) {
        let target = reference.target.text.as_str();
        let Some((other, _)) = target.split_once('.') else { continue };
        let message = match names.has_component(ID, other, reference.kind, target) {
            Some(true) => continue,
            Some(false) => format!("the pack `{other}` has no {} `{target}`", reference.kind),
            None => format!("no source has the pack `{other}` of the {} `{target}`", reference.kind),
        };
        sink.report(ATTUNE_FOREIGN_REFERENCE_UNKNOWN, reference.target.place.clone(), message)
            .help("correct the ref, or add the pack's source to the registry");
    }
}
