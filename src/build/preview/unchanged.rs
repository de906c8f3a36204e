//! What a preview need not read again: the registry index and the templates, as long as nothing was saved in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::PreviewOptions;
use super::packs::Histories;
use crate::build::{BuildError, templates, themed};
use crate::config::{Config, SiteConfig};
use crate::diag::Diagnostic;
use crate::ident::PackId;
use crate::index::history::History;
use crate::index::naming::NameRules;
use crate::index::store::{Loaded, Store};
use crate::site::{TemplateError, Templates};

/// The registry index, as it was read last.
#[derive(Debug, Default)]
pub(super) struct KnownIndex {
    folder: Option<Utf8PathBuf>,
    index: Arc<Index>,
}

/// What a registry index holds.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) histories: Arc<Histories>,
    pub(super) broken: BTreeSet<PackId>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) naming: NameRules,
}

impl KnownIndex {
    /// Returns what the index holds; a history that is as it was is the very same value.
    pub(super) fn read(
        &mut self,
        folder: Utf8PathBuf,
        saved: Option<&[Utf8PathBuf]>,
    ) -> Result<Arc<Index>, BuildError> {
        if self.folder.as_ref() == Some(&folder) && !touches(saved, &folder) {
            return Ok(Arc::clone(&self.index));
        }
        self.folder = None;
        let store = Store::at(folder.clone());
        let (Loaded { histories, broken, findings }, naming) = (store.load()?, store.naming()?);
        let before = Arc::clone(&self.index.histories);
        let shared = |(id, history): (PackId, History)| {
            let history = Arc::new(history);
            let same = before.get(&id).filter(|before| before.head() == history.head());
            let history = same.map_or(history, Arc::clone);
            (id, history)
        };
        let histories = Arc::new(histories.into_iter().map(shared).collect());
        self.index = Arc::new(Index { histories, broken, findings, naming });
        self.folder = Some(folder);
        Ok(Arc::clone(&self.index))
    }
}

/// The templates, as they were read last.
#[derive(Debug, Default)]
pub(super) struct KnownTemplates {
    folder: Option<Utf8PathBuf>,
    site: SiteConfig,
    templates: Option<Arc<Templates>>,
}

impl KnownTemplates {
    /// Returns the templates: the given folder's, else the configured folder's, in front of the built-in ones.
    pub(super) fn read(
        &mut self,
        config: &Config,
        options: &PreviewOptions,
        saved: Option<&[Utf8PathBuf]>,
    ) -> Result<Arc<Templates>, TemplateError> {
        let configured = config.registry.templates.as_ref().map(|folder| options.root.join(folder));
        let folder = options.templates.clone().or(configured);
        let mut places = folder.iter().cloned().chain(themed(config, &options.root));
        let is_as_it_was =
            folder == self.folder && config.site == self.site && !places.any(|place| touches(saved, &place));
        if let Some(known) = self.templates.as_ref().filter(|_| is_as_it_was) {
            return Ok(Arc::clone(known));
        }
        self.templates = None;
        let read = templates(config, &options.root, options.templates.as_deref())?;
        *self = Self { folder, site: config.site.clone(), templates: Some(Arc::clone(&read)) };
        Ok(read)
    }
}

/// Tells whether anything in a folder may have changed, or the folder itself.
fn touches(saved: Option<&[Utf8PathBuf]>, folder: &Utf8Path) -> bool {
    let Some(saved) = saved else { return true };
    let absolute = std::path::absolute(folder).ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
    let names: Vec<Utf8PathBuf> = absolute.into_iter().chain(folder.canonicalize_utf8()).collect();
    saved.iter().any(|path| names.iter().any(|name| path.starts_with(name) || name.starts_with(path)))
}
