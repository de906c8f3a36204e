//! The steps that look at a built registry with other people's tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Outcome, tools};
use crate::process::{cargo, program, root, run};

/// Where the example registry is built, relative to the root of the workspace.
const SITE: &str = "target/site";
const SCREENSHOTS: &str = "target/screenshots";
const BROWSER_TESTS: &str = "tests/browser";

/// Builds the registry of this repository's packs, from the recorded index and without changing it.
pub(super) fn build() -> Result<Outcome> {
    run(cargo("run").args(["--release", "--", "build", "--locked", "--out", SITE]))?;
    ensure!(root().join(SITE).join("index.json").is_file(), "the build has written no index.json");
    Ok(Outcome::Passed)
}

/// Says which files a schema describes, by the end of their path; an ecosystem's feed schemas say it themselves.
static DESCRIBED: &[(&str, &str)] = &[
    ("schemas/index.schema.json", "/index.json"),
    ("schemas/pack.schema.json", "/pack.json"),
    ("schemas/release.schema.json", "/release.json"),
];

/// Validates every published JSON file that has a schema.
pub(super) fn schemas() -> Result<Outcome> {
    let validator = tools::check_jsonschema()?;
    let site = site()?;
    let mut work: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files_below(&site)? {
        let relative = file.strip_prefix(&site).unwrap_or(&file).to_string_lossy().into_owned();
        if let Some(schema) = schema_of(&site, &relative) {
            work.entry(schema).or_default().push(file);
        }
    }
    for (schema, ending) in DESCRIBED {
        ensure!(work.contains_key(&site.join(schema)), "{SITE} has no file `*{ending}` to hold against {schema}");
    }
    for (schema, files) in work {
        run(program(&validator).arg("--check-metaschema").arg(&schema))?;
        // A command line is bounded; a hundred files at a time are not many.
        for files in files.chunks(100) {
            run(program(&validator).arg("--schemafile").arg(&schema).args(files))?;
        }
    }
    Ok(Outcome::Passed)
}

/// Returns the schema of a published file.
///
/// `index.json` at the top, `pack.json` and `release.json` below `packs/` have ours; a runtime feed `runtimes/<ecosystem>/…`
/// has `schemas/<ecosystem>/feed-<name>.schema.json` where the ecosystem publishes one for a file `<name>.json`.
fn schema_of(site: &Path, relative: &str) -> Option<PathBuf> {
    if let Some(feed) = relative.strip_prefix("runtimes/") {
        let (ecosystem, path) = feed.split_once('/')?;
        let stem = path.rsplit('/').next()?.strip_suffix(".json")?;
        let experimental = if ecosystem == "attune" && path.starts_with("v1/") { "-v1" } else { "" };
        let schema = site.join(format!("schemas/{ecosystem}/feed-{stem}{experimental}.schema.json"));
        return schema.is_file().then_some(schema);
    }
    let ours = relative == "index.json" || (relative.starts_with("packs/") && !relative.ends_with("/index.json"));
    let described = |(_, ending): &&(&str, &str)| format!("/{relative}").ends_with(ending);
    ours.then(|| DESCRIBED.iter().find(described)).flatten().map(|(schema, _)| site.join(schema))
}

/// Unpacks every archive and holds its files to the published list: the same files, no more, no less.
pub(super) fn archives() -> Result<Outcome> {
    tools::require("tar", "install GNU tar")?;
    tools::require("sha256sum", "install GNU coreutils")?;
    let site = site()?;
    let unpacked = root().join("target/unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).context("cannot empty target/unpacked")?;
    }
    let mut count = 0;
    for archive in files_below(&site.join("archives"))? {
        let relative = archive.strip_prefix(&site).unwrap_or(&archive).to_string_lossy().into_owned();
        let Some((ecosystem, name, version)) = identity(&relative) else { continue };
        let target = unpacked.join(&ecosystem).join(&name).join(&version);
        fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
        run(program("tar").arg("-xzf").arg(&archive).arg("-C").arg(&target))?;
        let top = target.join(&name);
        let sums = site.join("packs").join(&ecosystem).join(&name).join(&version).join("SHA256SUMS");
        run(program("sha256sum").args(["--check", "--strict", "--quiet"]).arg(&sums).current_dir(&top))?;
        let text = fs::read_to_string(&sums).with_context(|| format!("cannot read {}", sums.display()))?;
        let (listed, found) = (text.lines().count(), files_below(&target)?.len());
        ensure!(listed == found, "{relative} holds {found} files; SHA256SUMS lists {listed}");
        count += 1;
    }
    ensure!(count > 0, "{SITE} has no archive");
    println!("{count} archives hold exactly what their SHA256SUMS list");
    Ok(Outcome::Passed)
}

/// Takes `archives/<ecosystem>/<name>/<name>-<version>.tar.gz` apart; `None` for an archive of another profile.
fn identity(relative: &str) -> Option<(String, String, String)> {
    let mut parts = relative.strip_prefix("archives/")?.split('/');
    let (ecosystem, name, file) = (parts.next()?, parts.next()?, parts.next()?);
    let version = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".tar.gz")?;
    let other_profile = version.ends_with(".attune-pack");
    (!other_profile).then(|| (ecosystem.to_owned(), name.to_owned(), version.to_owned()))
}

/// Opens the site in a browser.
pub(super) fn browser() -> Result<Outcome> {
    let site = site()?;
    tools::chromium()?;
    tools::npm_packages(BROWSER_TESTS)?;
    run(program("node")
        .arg(format!("{BROWSER_TESTS}/run.mjs"))
        .arg(&site)
        .arg("--screenshots")
        .arg(root().join(SCREENSHOTS)))?;
    Ok(Outcome::Passed)
}

/// Returns the built registry.
fn site() -> Result<PathBuf> {
    let site = root().join(SITE);
    ensure!(site.join("index.json").is_file(), "{SITE} is not there: run the step `site` first");
    Ok(site)
}

/// Returns all files below a directory, sorted.
fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read {}", directory.display()))?;
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory { open.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_names_its_release() {
        let parts = |relative| identity(relative).map(|(a, b, c)| format!("{a} {b} {c}"));
        assert_eq!(parts("archives/attune/a-b/a-b-1.0.0-rc.1.tar.gz").as_deref(), Some("attune a-b 1.0.0-rc.1"));
        assert_eq!(parts("archives/attune/demo/demo-1.0.0.attune-pack.tar.gz"), None);
        assert_eq!(parts("archives/attune/demo/other-1.0.0.tar.gz"), None);
    }

    #[test]
    fn published_files_have_their_schema() {
        let schema = |relative| schema_of(Path::new("site"), relative).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(schema("index.json").as_deref(), Some("site/schemas/index.schema.json"));
        assert_eq!(schema("packs/attune/demo/pack.json").as_deref(), Some("site/schemas/pack.schema.json"));
        assert_eq!(schema("packs/attune/demo/1.0.0/release.json").as_deref(), Some("site/schemas/release.schema.json"));
        assert_eq!(schema("search/index.json"), None);
        assert_eq!(schema("schemas/index.schema.json"), None);
    }
}
