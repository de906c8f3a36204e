//! The package index: PEP 503 pages and their PEP 691 twins, with PEP 592 (yanked), PEP 658 (metadata) and PEP 792 (status of
//! projects).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::offered::{Offered, OfferedRelease};
use super::{distribution, path};
use crate::ident::{Digest, Fingerprint};
use crate::output::{Phase, Place, RenderError, Unit};

/// The version of the interface: that of PEP 792, with all before it.
const VERSION: &str = "1.4";

/// Returns the units of the index: one per release, one per project, one of all.
pub(super) fn units(projects: &BTreeMap<String, Arc<Offered>>) -> Vec<Unit> {
    let mut units = Vec::new();
    for (name, offered) in projects {
        for at in 0..offered.releases.len() {
            units.push(release(name, offered, at));
        }
        units.push(project(name, offered));
    }
    let names: Vec<String> = projects.keys().cloned().collect();
    let html = page("Simple index", "", names.iter().map(|name| format!("<a href=\"{name}/\">{name}</a><br>\n")));
    let list: Vec<Json> = names.iter().map(|name| json!({ "name": name })).collect();
    let json = json!({ "meta": { "api-version": VERSION }, "projects": list });
    units.push(Unit::bytes(Phase::Pointers, path("simple/index.html"), html.into_bytes()));
    units.push(Unit::bytes(Phase::Pointers, path("simple/index.json"), pretty(&json)));
    units
}

/// Returns the files of a release.
fn release(project: &str, offered: &Arc<Offered>, at: usize) -> Unit {
    let release = &offered.releases[at];
    let names = [distribution::sdist_name(&release.stem), distribution::wheel_name(&release.stem)];
    let places: Vec<Place> = names
        .iter()
        .flat_map(|name| [name.clone(), format!("{name}.metadata")])
        .map(|name| Place::File(path(&format!("simple/{project}/{name}"))))
        .collect();
    let (project, made) = (project.to_owned(), Arc::clone(offered));
    Unit::batch(Phase::Data, places, (release.key, &release.stem), move || {
        let release: &OfferedRelease = &made.releases[at];
        let distribution = distribution::make(&made.pack.releases[release.at], &release.stem)?;
        release.keep(distribution.hashes());
        let files = distribution.into_files().into_iter();
        Ok(files.map(|(name, bytes)| (path(&format!("simple/{project}/{name}")), bytes)).collect())
    })
}

/// Returns the page of a project and its twin.
fn project(name: &str, offered: &Arc<Offered>) -> Unit {
    let key: Vec<_> =
        offered.releases.iter().map(|one| (one.key, &one.stem, &one.yanked, &one.requires_python)).collect();
    let status = offered.project_status();
    let key = Fingerprint::of((name, key, &status));
    let places = [
        Place::File(path(&format!("simple/{name}/index.html"))),
        Place::File(path(&format!("simple/{name}/index.json"))),
    ];
    let (name, made) = (name.to_owned(), Arc::clone(offered));
    Unit::batch(Phase::Pointers, places, key, move || {
        let rows = rows(&made)?;
        let html = page(&name, &status_tags(status.as_ref()), rows.iter().map(Row::html));
        let mut versions: Vec<&str> = rows.iter().map(|row| row.version.as_str()).collect();
        versions.dedup();
        let files: Vec<Json> = rows.iter().map(Row::json).collect();
        let mut json =
            json!({ "meta": { "api-version": VERSION }, "name": name, "versions": versions, "files": files });
        if let Some((word, reason)) = &status {
            json["project-status"] = json!({ "status": word, "reason": reason });
        }
        Ok(vec![
            (path(&format!("simple/{name}/index.html")), html.into_bytes()),
            (path(&format!("simple/{name}/index.json")), pretty(&json)),
        ])
    })
}

/// A file on the page of a project.
struct Row {
    name: String,
    version: String,
    sha256: Digest,
    size: usize,
    metadata: Option<Digest>,
    requires_python: Option<String>,
    yanked: Option<String>,
}

/// Returns the files of a project, lowest version first, as other indexes list them.
fn rows(offered: &Offered) -> Result<Vec<Row>, RenderError> {
    let mut rows = Vec::new();
    for release in offered.releases.iter().rev() {
        let hashes = release.hashes(&offered.pack)?;
        for (name, sha256, size, has_metadata) in &hashes.files {
            rows.push(Row {
                name: name.clone(),
                version: release.stem.rsplit_once('-').map_or("", |(_, version)| version).to_owned(),
                sha256: *sha256,
                size: *size,
                metadata: has_metadata.then_some(hashes.metadata),
                requires_python: release.requires_python.clone(),
                yanked: release.yanked.clone(),
            });
        }
    }
    Ok(rows)
}

impl Row {
    /// Returns the link; older clients read the attribute's first name, which PEP 714 keeps.
    fn html(&self) -> String {
        let mut attributes = String::new();
        let mut add = |name: &str, value: &str| attributes.push_str(&format!(" {name}=\"{}\"", escaped(value)));
        if let Some(range) = &self.requires_python {
            add("data-requires-python", range);
        }
        if let Some(digest) = &self.metadata {
            let value = format!("sha256={}", digest.hex());
            add("data-core-metadata", &value);
            add("data-dist-info-metadata", &value);
        }
        if let Some(reason) = &self.yanked {
            add("data-yanked", reason);
        }
        let name = escaped(&self.name);
        format!("<a href=\"{name}#sha256={}\"{attributes}>{name}</a><br>\n", self.sha256.hex())
    }

    fn json(&self) -> Json {
        let mut file = json!({
            "filename": self.name,
            "url": self.name,
            "hashes": { "sha256": self.sha256.hex() },
            "size": self.size,
            "yanked": self.yanked.as_ref().map_or(Json::Bool(false), |reason| json!(reason)),
        });
        if let Some(range) = &self.requires_python {
            file["requires-python"] = json!(range);
        }
        if let Some(digest) = &self.metadata {
            file["core-metadata"] = json!({ "sha256": digest.hex() });
            file["dist-info-metadata"] = json!({ "sha256": digest.hex() });
        }
        file
    }
}

/// Returns what the head of a project's page says of its status.
fn status_tags(status: Option<&(&'static str, String)>) -> String {
    let Some((word, reason)) = status else { return String::new() };
    format!(
        "<meta name=\"pypi:project-status\" content=\"{word}\">\n<meta name=\"pypi:project-status-reason\" content=\"{}\">\n",
        escaped(reason)
    )
}

/// Returns a page of the index.
fn page(title: &str, head: &str, links: impl Iterator<Item = String>) -> String {
    let title = escaped(title);
    let links: String = links.collect();
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"pypi:repository-version\" content=\"{VERSION}\">\n\
         {head}<title>{title}</title>\n</head>\n<body>\n{links}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

fn pretty(json: &Json) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(json).expect("a JSON value can be written to memory");
    bytes.push(b'\n');
    bytes
}
