//! Builds the preview and puts it in place; what goes wrong is told to the pages, and the site stays as it was.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use super::answering::Shared;
use super::live::Shown;
use super::site::Site;
use super::watch::Saved;
use crate::build::{BuildError, Preview, PreviewOptions, Watched};
use crate::config::{Config, ConfigError};
use crate::diag::chain;
use crate::progress::Progress;

/// Builds again and again.
#[derive(Debug)]
pub(super) struct Rebuilder {
    preview: Preview,
    shared: Shared,
    /// What was saved since the last build that came to its end; nothing when that is not known.
    unseen: Option<Saved>,
}

/// What came of a build.
#[derive(Debug, Default)]
pub(super) struct Rebuilt {
    /// The site that is shown now; nothing when it could not be built.
    pub(super) site: Option<Arc<Site>>,
    pub(super) packs: usize,
    pub(super) releases: usize,
    pub(super) drafts: usize,
    /// How many mistakes there are.
    pub(super) problems: usize,
    /// What has to be watched from now on; as before when it is not known.
    pub(super) watched: Option<Watched>,
    /// Why nothing was built.
    pub(super) failure: Option<String>,
}

/// What stops a build.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("a bug in packyard stopped the build: {0}")]
    Bug(String),
}

impl Failure {
    /// Returns the part of the registry where the fault lies.
    fn part(&self) -> &'static str {
        match self {
            Self::Config(_) => "configuration",
            Self::Build(error) if error.is_of_templates() => "template",
            Self::Build(_) => "build",
            Self::Bug(_) => "bug",
        }
    }
}

impl Rebuilder {
    /// Returns what builds a preview and shows it.
    pub(super) fn new(options: PreviewOptions, shared: Shared) -> Self {
        Self { preview: Preview::new(options), shared, unseen: None }
    }

    /// Builds the present state and shows it, or tells why not; `saved` is what changed since this was done last.
    pub(super) fn rebuild(&mut self, saved: Option<&Saved>, progress: &dyn Progress) -> Rebuilt {
        match (&mut self.unseen, saved) {
            (Some(unseen), Some(saved)) => unseen.add(saved.clone()),
            (unseen, _) => *unseen = None,
        }
        match self.built(progress) {
            Ok((rebuilt, problems)) => {
                self.shared.live.tell(problems);
                rebuilt
            }
            Err(failure) => {
                let message = chain(&failure);
                self.shared.live.tell(vec![Shown::failure(failure.part(), message.clone())]);
                // What would mend it may lie where nothing was watched before.
                let config = Config::load(self.preview.root()).ok();
                let watched = config.map(|config| self.preview.watched(&config));
                Rebuilt { problems: 1, watched, failure: Some(message), ..Rebuilt::default() }
            }
        }
    }

    fn built(&mut self, progress: &dyn Progress) -> Result<(Rebuilt, Vec<Shown>), Failure> {
        // Nothing in a pack can cause a panic; if one does, the preview goes on with what it showed.
        let build = AssertUnwindSafe(|| {
            let config = Config::load(self.preview.root())?;
            let unseen = self.unseen.take().filter(|unseen| !unseen.and_more);
            let paths: Option<Vec<_>> = unseen.as_ref().map(|unseen| unseen.paths.iter().cloned().collect());
            self.unseen = unseen;
            let built = self.preview.build(&config, paths.as_deref(), progress)?;
            self.unseen = Some(Saved::default());
            Ok::<_, Failure>(built)
        });
        let previewed = std::panic::catch_unwind(build).map_err(|panic| {
            // Whatever it was in the middle of is not to be relied on.
            self.preview.forget();
            self.unseen = None;
            let text = panic.downcast_ref::<String>().map(String::as_str);
            Failure::Bug(text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned())
        })??;
        let site = Arc::new(Site::new(self.preview.assembly(), previewed.archives, &self.shared.site()));
        self.shared.show(Arc::clone(&site));
        let problems: Vec<Shown> = previewed.problems.iter().map(Shown::of).collect();
        let (packs, releases, drafts) = (previewed.packs, previewed.releases, previewed.drafts);
        let (problem_count, watched) = (problems.len(), Some(previewed.watched));
        let site = Some(site);
        Ok((Rebuilt { site, packs, releases, drafts, problems: problem_count, watched, failure: None }, problems))
    }
}
