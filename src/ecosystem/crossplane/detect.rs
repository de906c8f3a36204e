//! Says which kind of pack a directory is.

use super::{adapter, api, consumer};
use crate::pack::PackTree;

/// The kinds of packs, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackKind {
    /// A package: `crossplane.yaml`.
    Configuration,
    /// Definitions with their compositions.
    Api,
    /// An adapter of the platform engine: `adapter.yaml`.
    Adapter,
    /// A service or tenant with claims.
    Consumer,
}

/// Returns the kind of a directory's pack; nothing when it holds none.
pub(super) fn kind(tree: &PackTree<'_>) -> Option<PackKind> {
    if tree.get("crossplane.yaml").is_some() {
        Some(PackKind::Configuration)
    } else if api::is_pack(tree) && (!consumer::is_service(tree) || api::is_pack_here(tree)) {
        Some(PackKind::Api)
    } else if adapter::is_pack(tree) {
        Some(PackKind::Adapter)
    } else {
        consumer::is_pack(tree).then_some(PackKind::Consumer)
    }
}
