//! Packs without a manifest: definitions with their compositions, named after their directory.
//!
//! One that is a whole repository is named after that, as its URL says. Where the name of a directory or a repository says nothing,
//! and where a repository is known by a path only, which differs from clone to clone, the plural of the first definition is the name.

use super::codes::provider::{NAME_INVALID, NOT_A_PACK};
use super::provider::{self, About, Files};
use crate::diag::{Place, Sink};
use crate::ecosystem::Names;
use crate::ident::PackName;
use crate::pack::{Pack, PackTree};

/// Lists names of directories that say nothing about what they hold.
const GENERIC: &[&str] = &[
    "api",
    "apis",
    "crossplane",
    "composite",
    "composites",
    "definition",
    "definitions",
    "package",
    "packages",
    "pkg",
    "platform",
    "src",
    "xrd",
    "xrds",
];

/// Reads a pack of this kind and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let files = Files::read(tree, sink);
    let about = About::default();
    let provider = files.provider(&about);
    let Some((first, xrd)) = provider.xrds.first().copied() else {
        sink.report(NOT_A_PACK, Place::file(""), "no definition can be read");
        return None;
    };
    let named = [tree.directory, tree.configured.repository.filter(|_| tree.path.is_empty())].into_iter().flatten();
    let directory = named.into_iter().find(|name| !GENERIC.contains(&name.to_lowercase().as_str()));
    let candidates = [directory, Some(xrd.composite.plural.as_str()), Some(xrd.name.as_str())];
    let name = candidates.into_iter().flatten().find_map(|text| PackName::new(text).ok());
    let Some(name) = name else {
        let text = directory.unwrap_or(&xrd.name);
        sink.report(
            NAME_INVALID,
            Place::file(first.path.as_str()),
            format!("`{text}` is not usable as the name of a pack"),
        )
        .help("name the directory with letters, digits, `.`, `_` and `-`");
        return None;
    };
    let manifest = first.path.clone();
    Some(provider::pack(tree, name, manifest, &about, &files, sink))
}

/// Tells whether a directory holds definitions.
pub(super) fn is_pack(tree: &PackTree<'_>) -> bool {
    provider::declares_xrd(tree)
}

/// Tells whether a directory itself is that of its definitions, rather than one below it.
pub(super) fn is_pack_here(tree: &PackTree<'_>) -> bool {
    provider::directories(tree).iter().any(String::is_empty)
}

/// Checks a provider against what others provide.
pub(super) fn check(pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    provider::check(pack, tree, names, sink);
}
