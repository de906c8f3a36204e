//! The runtime feed: a Python package index, and what the admin portal and the gateway are documented to read.
//!
//! ```text
//! runtimes/astradesk/
//!     simple/index.html                        every project (PEP 503); index.json beside it (PEP 691)
//!     simple/<project>/index.html              its files, with digests
//!                      <name>-<version>.tar.gz             the sources, with PKG-INFO
//!                      <name>-<version>-py3-none-any.whl   where it is known what setuptools would build
//!                      <file>.metadata                     the metadata alone (PEP 658)
//!     domain-packs.json                        in the shape of the Admin API
//!     domain-packs-info.json                   what the portal shows
//!     catalog/packs/<slug>.yaml                a pack as documented for the tool gateway
//!     schemas/<sha256>.json                    parameters of tools, by their digest
//! ```
//!
//! The index has every release that pip can take, yanked ones marked as such (PEP 592); quarantined ones are left out. A
//! release is made once: its files by one unit, and the page of the project from their digests.

mod admin;
mod catalogue;
mod distribution;
mod metadata;
mod offered;
mod simple;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::offered::Offered;
use super::codes::ASTRADESK_PROJECT_NAME_SHARED;
use super::library;
use super::manifest::GROUP;
use crate::catalog::CatalogPack;
use crate::diag::{Place, Sink};
use crate::ecosystem::{HeaderRule, PackFeed};
use crate::ident::RelPath;
use crate::output::{RenderError, Unit};
use crate::pack::{Example, Pack};

/// Where the feed lies.
const ROOT: &str = "runtimes/astradesk";

/// The headers of the index: a simple page is HTML, its twin has a type of its own.
pub(super) const HEADERS: &[HeaderRule] = &[
    HeaderRule { pattern: "simple/index.json", headers: &[("Content-Type", "application/vnd.pypi.simple.v1+json")] },
    HeaderRule { pattern: "simple/*/index.json", headers: &[("Content-Type", "application/vnd.pypi.simple.v1+json")] },
];

/// Returns how a release is installed, with pip and as upstream does it.
pub(super) fn install(pack: &Pack, url: &str) -> Vec<Example> {
    let project = offered::project(pack).unwrap_or_else(|| format!("astradesk-{}", pack.id.name));
    let index = format!("{}/{ROOT}/simple/", url.trim_end_matches('/'));
    let mut ways = vec![
        Example {
            title: "Install this version from this registry alone".to_owned(),
            language: "shell",
            text: format!("pip install --index-url {index} '{project}=={}'", pack.version),
        },
        Example {
            title: "Take only this project from this registry, in `pyproject.toml` of uv".to_owned(),
            language: "toml",
            text: format!(
                "[[tool.uv.index]]\nname = \"packs\"\nurl = \"{index}\"\nexplicit = true\n\n\
                 [tool.uv.sources]\n{project} = {{ index = \"packs\" }}"
            ),
        },
        Example {
            title: "From a checkout of its repository, as upstream installs it".to_owned(),
            language: "shell",
            text: format!("uv sync --package {project}"),
        },
    ];
    if !library::is_one(pack) {
        ways.push(Example {
            title: "See that the runtime finds it".to_owned(),
            language: "shell",
            text: format!(
                "python -c 'from importlib.metadata import entry_points; print(entry_points(group=\"{GROUP}\"))'"
            ),
        });
    }
    ways
}

/// Returns what the feed says of a pack; its files are planned where all packs are known.
pub(super) fn pack(pack: &Arc<CatalogPack>, sink: &mut Sink) -> PackFeed {
    if pack.status.quarantined.is_some() {
        return PackFeed::default();
    }
    let offered = Offered::of(pack, sink);
    PackFeed { units: Vec::new(), entry: Some(Arc::new(offered)) }
}

/// Returns all files of the feed.
pub(super) fn whole(packs: &[&PackFeed], sink: &mut Sink) -> Vec<Unit> {
    let offered: Vec<Arc<Offered>> = packs.iter().filter_map(|pack| pack.entry()).collect();
    if offered.is_empty() {
        return Vec::new();
    }
    let mut projects: BTreeMap<String, Arc<Offered>> = BTreeMap::new();
    for one in offered.iter().filter(|one| !one.releases.is_empty()) {
        match projects.get(&one.project) {
            None => {
                projects.insert(one.project.clone(), Arc::clone(one));
            }
            Some(first) => {
                let message = format!(
                    "{} is left out of the index: {} is called `{}` too",
                    one.pack.id, first.pack.id, one.project
                );
                sink.report(ASTRADESK_PROJECT_NAME_SHARED, one.place(), message).help("rename one of the projects");
            }
        }
    }
    let mut units = simple::units(&projects);
    let packs: Vec<Arc<Offered>> = offered.into_iter().filter(|one| !library::is_one(&one.latest().pack)).collect();
    units.extend(admin::units(&packs));
    units.extend(catalogue::units(&packs));
    units
}

fn path(below: &str) -> RelPath {
    RelPath::composed(format!("{ROOT}/{below}"))
}

fn failed(page: &str, reason: impl ToString) -> RenderError {
    RenderError { page: format!("{ROOT}: {page}"), reason: reason.to_string() }
}

/// Returns where a finding about a pack of the registry belongs.
fn place_in(pack: &CatalogPack) -> Place {
    let release = pack.latest();
    Place::file(match release.record.source.path.as_str() {
        "" => release.pack.manifest.to_string(),
        directory => format!("{directory}/{}", release.pack.manifest),
    })
}
