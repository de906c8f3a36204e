//! The version history of an agent, as the servers of the two generations answer it; what only they know is null or empty.
//!
//! The version that is chosen without asking for one is `active`; every other one is `archived`, yanked or not, and
//! `can_rollback` tells which of those may still be chosen. Each generation is told of the releases that are its own.

use serde::Serialize;
use serde_json::Value as Json;

use super::super::profile::Profile;
use super::artifact::uuid_of;
use super::listed::{Kind, Listed};
use crate::catalog::CatalogRelease;

/// The history, as the current generation has it.
#[derive(Serialize)]
struct Versions {
    /// Highest version first.
    data: Vec<Version>,
    total: usize,
}

/// A version, as the current generation has it.
#[derive(Serialize)]
struct Version {
    /// That of the artifact in the list, as long as this is its newest version.
    id: String,
    agent_id: String,
    /// Always null: nothing is built here.
    build_id: Option<String>,
    version: String,
    /// Where the release lies in the registry: `<owner>/<name>:<version>`.
    image_tag: String,
    /// Always null: the changelog is on the page of the pack.
    changelog: Option<String>,
    is_active: bool,
    can_rollback: bool,
    /// The next lower one.
    previous_version: Option<String>,
    status: &'static str,
    created_at: String,
}

/// The history, as the earlier generation has it.
#[derive(Serialize)]
struct PythonVersions {
    agent_id: String,
    current_version: String,
    /// Highest version first.
    versions: Vec<PythonVersion>,
    status_code: u16,
    message: &'static str,
}

/// A version, as the earlier generation has it.
#[derive(Serialize)]
struct PythonVersion {
    version: String,
    status: &'static str,
    created_at: String,
    /// Always empty: nothing is built or deployed here.
    build_ids: [String; 0],
    deployment_ids: [String; 0],
    git_commit: Option<String>,
    rollback_info: Option<Json>,
}

/// Releases of one generation, of which at least one may be chosen.
pub(super) struct Generation<'a> {
    listed: &'a Listed,
    /// The releases with whether each may be chosen, highest version first.
    releases: Vec<(&'a CatalogRelease, bool)>,
    active: &'a CatalogRelease,
}

impl<'a> Generation<'a> {
    /// Returns the releases of an agent that belong to a generation; nothing when none of them may be chosen.
    pub(super) fn of(listed: &'a Listed, profile: Profile) -> Option<Self> {
        let releases = listed.served.iter().map(|at| (&listed.pack.releases[*at], listed.offered.contains(at)));
        let releases: Vec<(&CatalogRelease, bool)> = releases
            .filter(|(release, _)| {
                Kind::of(release) == Kind::Agent && Profile::recorded(&release.record.requirements) == profile
            })
            .collect();
        let active = releases.iter().find(|(_, is_offered)| *is_offered)?.0;
        Some(Self { listed, releases, active })
    }

    fn is_active(&self, release: &CatalogRelease) -> bool {
        release.version() == self.active.version()
    }

    fn status(&self, release: &CatalogRelease) -> &'static str {
        if self.is_active(release) { "active" } else { "archived" }
    }

    /// Returns the history as the current generation has it; `url` is the registry's.
    pub(super) fn rust(&self, url: &str) -> Vec<u8> {
        let (owner, name) = (&self.listed.owner, self.listed.name());
        let version = |(at, (release, is_offered)): (usize, &(&CatalogRelease, bool))| {
            let (version, is_active) = (release.version().to_string(), self.is_active(release));
            Version {
                id: uuid_of(url, owner, name, Some(&version)),
                agent_id: uuid_of(url, owner, name, None),
                build_id: None,
                image_tag: format!("{owner}/{name}:{version}"),
                changelog: None,
                is_active,
                can_rollback: *is_offered && !is_active,
                previous_version: self.releases.get(at + 1).map(|(before, _)| before.version().to_string()),
                status: self.status(release),
                created_at: release.published_at.to_string(),
                version,
            }
        };
        let data: Vec<Version> = self.releases.iter().enumerate().map(version).collect();
        bytes(&Versions { total: data.len(), data })
    }

    /// Returns the history as the earlier generation has it.
    pub(super) fn python(&self) -> Vec<u8> {
        let version = |(release, _): &(&CatalogRelease, bool)| PythonVersion {
            version: release.version().to_string(),
            status: self.status(release),
            created_at: release.published_at.to_string(),
            build_ids: [],
            deployment_ids: [],
            git_commit: release.record.source.commit.clone(),
            rollback_info: None,
        };
        bytes(&PythonVersions {
            agent_id: self.listed.name().to_owned(),
            current_version: self.active.version().to_string(),
            versions: self.releases.iter().map(version).collect(),
            status_code: 200,
            message: "",
        })
    }
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("text keys and whole numbers");
    bytes.push(b'\n');
    bytes
}
