//! The releases of a pack that the feed has.

use std::sync::{Arc, OnceLock};

use super::super::{card, skill_file};
use super::image::{self, Image};
use super::{MOST_LAYER, SKILL_OWNER, failed};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::config::Feeds;
use crate::content::oci;
use crate::diag::Severity;
use crate::output::{Files, RenderError};

/// What kind of artifact a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Agent,
    Skill,
}

impl Kind {
    pub(super) fn of(release: &CatalogRelease) -> Self {
        if release.pack.manifest.as_str() == skill_file::FILE { Self::Skill } else { Self::Agent }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Skill => "skill",
        }
    }

    pub(super) fn owner(self, feeds: &Feeds) -> &str {
        match self {
            Self::Agent => &feeds.nasiko.owner,
            Self::Skill => SKILL_OWNER,
        }
    }
}

/// A pack with the releases that the feed has of it.
pub(super) struct Listed {
    pub(super) pack: Arc<CatalogPack>,
    pub(super) kind: Kind,
    pub(super) owner: String,
    /// The releases whose manifests are served, highest version first.
    pub(super) served: Vec<usize>,
    /// Those of them that may be chosen.
    pub(super) offered: Vec<usize>,
    /// The sizes and digests of the newest offered release, once it was packed.
    newest: OnceLock<image::Facts>,
    /// What names the layers, once they were packed.
    manifests: OnceLock<oci::Repository>,
}

impl Listed {
    /// Returns what can be served of a pack; nothing when no release can be offered.
    pub(super) fn of(pack: &Arc<CatalogPack>, feeds: &Feeds) -> Option<Self> {
        if pack.status.quarantined.is_some() {
            return None;
        }
        let is_sound = |at: &usize| {
            let release = &pack.releases[*at];
            let has_errors = release.findings.iter().any(|finding| finding.severity == Severity::Error);
            release.status.quarantined.is_none() && !has_errors && !release.version().is_prerelease()
        };
        let is_small = |at: &usize| pack.releases[*at].record.archive.size <= MOST_LAYER;
        let served: Vec<usize> = (0..pack.releases.len()).filter(|at| is_sound(at) && is_small(at)).collect();
        let may_be_chosen = |at: &usize| pack.releases[*at].status.yanked.is_none() && pack.status.yanked.is_none();
        let offered: Vec<usize> = served.iter().copied().filter(may_be_chosen).collect();
        let kind = Kind::of(&pack.releases[*served.first()?]);
        let owner = kind.owner(feeds).to_owned();
        let is_named = oci::is_name_component(pack.id.name.as_str());
        let (newest, manifests) = (OnceLock::new(), OnceLock::new());
        is_named.then(|| Self { pack: Arc::clone(pack), kind, owner, served, offered, newest, manifests })
    }

    pub(super) fn name(&self) -> &str {
        self.pack.id.name.as_str()
    }

    /// Returns the release that the client gets without asking for a version.
    pub(super) fn newest(&self) -> Option<&CatalogRelease> {
        self.offered.first().map(|at| &self.pack.releases[*at])
    }

    /// Returns the folder of the repository below one of the trees.
    pub(super) fn folder(&self, tree: &str) -> String {
        format!("{tree}/{}/{}", self.owner, self.name())
    }

    /// Returns what the list says of the newest release.
    pub(super) fn facts(&self) -> Result<Option<&image::Facts>, RenderError> {
        let Some(newest) = self.newest() else { return Ok(None) };
        if let Some(known) = self.newest.get() {
            return Ok(Some(known));
        }
        let facts = Image::of(newest, self.kind)?.facts();
        Ok(Some(self.newest.get_or_init(|| facts)))
    }

    /// Returns the layers and what is named by its digest, below a folder that ends in `v2/<owner>/<name>`.
    pub(super) fn immutable_files(&self, folder: &str) -> Result<Files, RenderError> {
        let repository = self.repository()?;
        let files = repository.immutable_files(folder);
        self.manifests.get_or_init(|| repository.without_blobs());
        Ok(files)
    }

    /// Returns the tags, below the same folder; packs the layers only when nobody did before.
    pub(super) fn pointers(&self, folder: &str) -> Result<Files, RenderError> {
        let repository = match self.manifests.get() {
            Some(known) => known,
            None => {
                let packed = self.repository()?.without_blobs();
                self.manifests.get_or_init(|| packed)
            }
        };
        Ok(repository.pointers(folder, &format!("{}/{}", self.owner, self.name())))
    }

    /// Packs every release that is served.
    fn repository(&self) -> Result<oci::Repository, RenderError> {
        let mut repository = oci::Repository::new();
        for at in &self.served {
            let release = &self.pack.releases[*at];
            let image = Image::of(release, Kind::of(release))?;
            let is_offered = self.offered.contains(at);
            let facts = image.facts();
            let digest = image.add_to(&mut repository);
            repository.tag(release.version().as_str(), digest, is_offered);
            if self.offered.first() == Some(at) {
                self.newest.get_or_init(|| facts);
                repository.tag("latest", digest, true);
            }
        }
        Ok(repository)
    }

    /// Returns the card of the newest release, byte for byte.
    pub(super) fn card(&self) -> Result<Vec<u8>, RenderError> {
        let release = self.newest().ok_or_else(|| failed(self.name(), "nothing is offered"))?;
        let entry = release.content.get(card::FILE).ok_or_else(|| failed(self.name(), "the card is not there"))?;
        release.content.read(entry).map(|bytes| bytes.to_vec()).map_err(|error| failed(self.name(), error))
    }
}
