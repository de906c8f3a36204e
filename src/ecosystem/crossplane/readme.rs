//! The README and the licence of a pack, of whatever kind it is.

use crate::diag::{Place, Sink};
use crate::ecosystem::{MISSING_LICENSE, MISSING_README};
use crate::ident::RelPath;
use crate::pack::{Pack, PackTree};

/// The label of what the annotation `meta.crossplane.io/readme` says, which package tools show as the README.
pub(super) const LABEL: &str = "About the package";

/// Requires a README, and that something says the licence. `content` is what a README of the kind should say.
pub(super) fn check(tree: &PackTree<'_>, pack: &Pack, content: &str, sink: &mut Sink) {
    let is_there = |path: &Option<RelPath>| {
        path.as_ref().and_then(|path| tree.get(path.as_str())).is_some_and(|entry| entry.size > 0)
    };
    let is_annotated = pack.facts.iter().any(|fact| fact.label == LABEL);
    if !is_there(&pack.readme) && !is_annotated {
        sink.report(MISSING_README, Place::file(pack.manifest.as_str()), "the pack has no README")
            .help(format!("add a `README.md` that says {content}"));
    }
    if pack.license.is_none() && !is_there(&pack.license_file) && tree.license_above().is_none() {
        sink.report(MISSING_LICENSE, Place::file(pack.manifest.as_str()), "nothing says the licence of the pack")
            .help("add a `LICENSE` file to its directory, or to the root of the repository");
    }
}
