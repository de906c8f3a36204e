//! (to come)
use crate::catalog::Catalog;
use crate::diag::Sink;
use crate::output::PlannedFile;
use crate::pack::{Example, Pack};
pub(super) const SCHEMA_TEXT: &str = "{}";
pub(super) fn files<'a>(_: &'a Catalog, _: &mut Sink) -> Vec<PlannedFile<'a>> { Vec::new() }
pub(super) fn install(_: &Pack, _: &str) -> Vec<Example> { Vec::new() }
