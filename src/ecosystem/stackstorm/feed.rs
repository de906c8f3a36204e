//! x
use crate::catalog::Catalog;
use crate::diag::Sink;
use crate::output::PlannedFile;
use crate::pack::{Example, Pack};
pub(super) fn install(_: &Pack, _: &str) -> Vec<Example> {
    Vec::new()
}
pub(super) fn plan<'a>(_: &'a Catalog, _: &mut Sink) -> Vec<PlannedFile<'a>> {
    Vec::new()
}
