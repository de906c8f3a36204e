//! x
use crate::ident::{PackName, RelPath};
pub(super) fn files(_: &PackName) -> std::collections::BTreeMap<RelPath, String> {
    Default::default()
}
