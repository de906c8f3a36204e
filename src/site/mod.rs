//! (to come)
use camino::Utf8PathBuf;
use crate::{catalog::Catalog, output::PlannedFile};
/// Templates.
#[derive(Debug)]
pub struct Templates;
/// Error.
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct TemplateError;
impl Templates {
    /// Loads.
    pub fn load(_: &[Utf8PathBuf]) -> Result<Self, TemplateError> { Ok(Self) }
}
/// Plans.
pub fn plan<'a>(_: &'a Catalog, _: &'a Templates) -> Vec<PlannedFile<'a>> { Vec::new() }
