//! Signatures; the body follows.

use std::collections::BTreeMap;

use crate::diag::Diagnostic;

/// Returns what keeps the `new` index from being an extension of the `old` one; paths are relative to the index.
pub fn check(old: &BTreeMap<String, Vec<u8>>, new: &BTreeMap<String, Vec<u8>>) -> Vec<Diagnostic> {
    unimplemented!()
}
