pub(super) fn files(_: &crate::ident::PackName) -> std::collections::BTreeMap<crate::ident::RelPath, String> { Default::default() }
