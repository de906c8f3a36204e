//! Which releases of a pack the index offers, and how.

use std::sync::{Arc, OnceLock};

use super::super::codes::{
    ASTRADESK_DEPENDENCY_INVALID, ASTRADESK_FEED_LEFT_OUT, ASTRADESK_NAME_MISSING, ASTRADESK_PYPROJECT_UNREADABLE,
    ASTRADESK_REQUIRES_PYTHON_INVALID, ASTRADESK_VERSION_MISSING, ASTRADESK_VERSION_NOT_PEP440,
    ASTRADESK_VERSION_WENT_BACKWARDS,
};
use super::super::python_versions::{self, normalised};
use super::distribution::{self, Hashes};
use crate::catalog::{CatalogPack, CatalogRelease, step_back};
use crate::diag::{Place, Severity, Sink};
use crate::ident::Digest;
use crate::output::RenderError;
use crate::pack::Pack;

/// Faults that pip itself would meet.
const REFUSED: &[crate::diag::Code] = &[
    ASTRADESK_PYPROJECT_UNREADABLE,
    ASTRADESK_NAME_MISSING,
    ASTRADESK_VERSION_MISSING,
    ASTRADESK_VERSION_NOT_PEP440,
    ASTRADESK_REQUIRES_PYTHON_INVALID,
    ASTRADESK_DEPENDENCY_INVALID,
];

/// A pack as the feed offers it.
pub(super) struct Offered {
    /// The pack.
    pub(super) pack: Arc<CatalogPack>,
    /// The name of its project, normalised (PEP 503).
    pub(super) project: String,
    /// The releases that the index has, highest version first.
    pub(super) releases: Vec<OfferedRelease>,
    /// The default release, by its place in the pack.
    pub(super) default: usize,
}

/// A release that the index has.
pub(super) struct OfferedRelease {
    /// Its place in the pack.
    pub(super) at: usize,
    /// What it depends on.
    pub(super) key: Digest,
    /// Why it should not be chosen.
    pub(super) yanked: Option<String>,
    /// The range of Python versions.
    pub(super) requires_python: Option<String>,
    /// The stem of its files, such as `astradesk_domain_demo-0.3.0`.
    pub(super) stem: String,
    /// The digests of its files, once they were made.
    hashes: OnceLock<Hashes>,
}

impl Offered {
    /// Looks at a pack; reports releases that are left out, and a version that went backwards.
    pub(super) fn of(pack: &Arc<CatalogPack>, sink: &mut Sink) -> Self {
        let (default, abandoned) = step_back(&pack.releases).unwrap_or((pack.latest, Vec::new()));
        if !abandoned.is_empty() {
            let names: Vec<String> = abandoned.iter().map(|at| format!("`{}`", pack.releases[*at].version())).collect();
            let now = pack.releases[default].version();
            let message =
                format!("{} went back to `{now}`; {} can be had by exact version only", pack.id, names.join(", "));
            let yank = format!("yank {} for good, or release a version that is higher", names.join(", "));
            sink.report(ASTRADESK_VERSION_WENT_BACKWARDS, super::place_in(pack), message).help(yank);
        }
        let project =
            project(&pack.releases[default].pack).unwrap_or_else(|| normalised(&format!("astradesk-{}", pack.id.name)));
        let keys = &pack.keys().releases;
        let mut releases = Vec::new();
        let mut left_out = Vec::new();
        for (at, release) in pack.releases.iter().enumerate() {
            if release.status.quarantined.is_some() {
                continue;
            }
            match OfferedRelease::of(release, at, keys[at], &project) {
                Ok(mut offered) => {
                    if abandoned.contains(&at) && offered.yanked.is_none() {
                        offered.yanked = Some(format!("the source went back to {}", pack.releases[default].version()));
                    }
                    releases.push(offered);
                }
                Err(reason) => left_out.push(format!("`{}` ({reason})", release.version())),
            }
        }
        if !left_out.is_empty() {
            let message = format!("{} has releases that pip cannot take: {}", pack.id, left_out.join(", "));
            sink.report(ASTRADESK_FEED_LEFT_OUT, super::place_in(pack), message)
                .help("correct the manifest in the next release");
        }
        Self { pack: Arc::clone(pack), project, releases, default }
    }

    /// Returns where a finding about the pack belongs.
    pub(super) fn place(&self) -> Place {
        super::place_in(&self.pack)
    }

    /// Tells whether lists of packs name it: whether its default release is neither yanked nor held back.
    pub(super) fn may_be_chosen(&self) -> bool {
        self.pack.status.may_be_chosen() && self.latest().status.may_be_chosen()
    }

    /// Returns what the index says of the project as a whole (PEP 792): a word, and why; nothing of one that is active.
    ///
    /// A quarantined pack has no project. There is one word for a project, and none for a new name.
    pub(super) fn project_status(&self) -> Option<(&'static str, String)> {
        let status = &self.pack.status;
        let deprecated = || {
            let (reason, successor) = status.deprecated.as_ref()?;
            let instead = successor.as_ref().map(|successor| format!(" (use {successor})")).unwrap_or_default();
            Some(("deprecated", format!("{reason}{instead}")))
        };
        let renamed = || {
            let (to, reason) = status.renamed.as_ref()?;
            Some(("deprecated", format!("{reason} (use {to})")))
        };
        renamed().or_else(|| Some(("archived", status.archived.clone()?))).or_else(deprecated)
    }

    /// Returns the default release.
    pub(super) fn latest(&self) -> &CatalogRelease {
        &self.pack.releases[self.default]
    }
}

impl OfferedRelease {
    fn of(release: &CatalogRelease, at: usize, key: Digest, wanted: &str) -> Result<Self, String> {
        let refused =
            |code| release.findings.iter().any(|finding| finding.code == code && finding.severity == Severity::Error);
        if let Some(code) = REFUSED.iter().find(|code| refused(**code)) {
            return Err(code.to_string());
        }
        let version = python_versions::version(release.version().as_str())?;
        if version.is_local {
            return Err("its version has a local part".to_owned());
        }
        match project(&release.pack) {
            Some(own) if own == wanted => {}
            Some(own) => return Err(format!("the project was called `{own}`")),
            None => return Err("it has no project name".to_owned()),
        }
        let requires = release.pack.requirements.iter().find(|requirement| requirement.name == "python");
        Ok(Self {
            at,
            key,
            yanked: release.status.yanked.clone(),
            requires_python: requires.and_then(|requirement| requirement.range.clone()),
            stem: format!("{}-{}", wanted.replace('-', "_"), version.canonical),
            hashes: OnceLock::new(),
        })
    }

    /// Returns the digests of the release's files, which are made for it if nobody did so before.
    pub(super) fn hashes(&self, pack: &CatalogPack) -> Result<&Hashes, RenderError> {
        if let Some(hashes) = self.hashes.get() {
            return Ok(hashes);
        }
        let made = distribution::make(&pack.releases[self.at], &self.stem)?;
        Ok(self.hashes.get_or_init(|| made.hashes()))
    }

    /// Keeps the digests of files that were just made.
    pub(super) fn keep(&self, hashes: Hashes) {
        let _ = self.hashes.set(hashes);
    }
}

/// Returns the normalised name of a pack's project.
pub(super) fn project(pack: &Pack) -> Option<String> {
    let fact = pack.facts.iter().find(|fact| fact.label == super::super::reading::PROJECT_LABEL)?;
    Some(normalised(&fact.value))
}
