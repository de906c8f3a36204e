//! The steps that look at a built registry with other people's tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// Validates every published JSON file that has a schema, and every schema.
pub(super) fn schemas() -> Result<Outcome> {
    let validator = tools::check_jsonschema()?;
    let site = site()?;
    let mut described: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut schemas = Vec::new();
    for file in files_below(&site)? {
        let relative = file.strip_prefix(&site).unwrap_or(&file).to_string_lossy().into_owned();
        if let Some(schema) = schema_of(&relative) {
            described.entry(schema).or_default().push(file);
        } else if relative.starts_with("schemas/") {
            schemas.push(file);
        }
    }
    for required in ["index", "pack", "release", "attune/feed", "stackstorm/feed", "crossplane/feed"] {
        let schema = format!("schemas/{required}.schema.json");
        ensure!(described.contains_key(&schema), "{SITE} has no file that {schema} describes");
    }
    validate(program(&validator).arg("--check-metaschema"), &schemas)?;
    for (schema, files) in &described {
        validate(program(&validator).arg("--schemafile").arg(site.join(schema)), files)?;
    }
    Ok(Outcome::Passed)
}

/// Runs the validator on files, some at a time, since a command line is bounded.
fn validate(command: &mut Command, files: &[PathBuf]) -> Result<()> {
    for files in files.chunks(200) {
        let mut batch = program(command.get_program());
        run(batch.args(command.get_args()).args(files))?;
    }
    Ok(())
}

/// Returns the schema that describes a published file: that of the registry's own files, or of a runtime feed's index.
fn schema_of(relative: &str) -> Option<String> {
    let name = relative.rsplit('/').next()?;
    if let Some(path) =
        relative.strip_prefix("runtimes/nasiko/").or_else(|| relative.starts_with("v2/").then_some(relative))
    {
        let schema = match path {
            "v1/search" => "search",
            path if path.ends_with("/tags/list") => "tags",
            path if path.contains("/manifests/") => "oci-manifest",
            path if path.ends_with("/agent-card.json") => "agent-card",
            path if path.starts_with("agents/") => "versions",
            path if path.starts_with("python/versions/") => "python-versions",
            path if path.starts_with("python/") => "python-registry",
            _ => return None,
        };
        return Some(format!("schemas/nasiko/{schema}.schema.json"));
    }
    if let Some(path) = relative.strip_prefix("runtimes/astradesk/") {
        let described = matches!(path, "domain-packs.json" | "domain-packs-info.json");
        return described.then(|| format!("schemas/astradesk/{}.schema.json", path.trim_end_matches(".json")));
    }
    if let Some((ecosystem, path)) = relative.strip_prefix("runtimes/").and_then(|feed| feed.split_once('/')) {
        let experimental = if ecosystem == "attune" && path.starts_with("v1/") { "-v1" } else { "" };
        // The folders of Crossplane's releases hold image layouts, whose indexes are OCI's.
        let is_index = name == "index.json" && (ecosystem != "crossplane" || path == name);
        return is_index.then(|| format!("schemas/{ecosystem}/feed{experimental}.schema.json"));
    }
    let schema = match name {
        "index.json" if relative == name => "index",
        "pack.json" if relative.starts_with("packs/") => "pack",
        "release.json" if relative.starts_with("packs/") => "release",
        name if relative.contains("/compare/") && name.ends_with(".json") => "comparison",
        _ => return None,
    };
    Some(format!("schemas/{schema}.schema.json"))
}

/// Unpacks every archive and holds its files to the list in it, which is the published one: no file more, none less.
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
        run(program("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&top))?;
        let text = read(&top.join("SHA256SUMS"))?;
        let published = site.join("packs").join(&ecosystem).join(&name).join(&version).join("SHA256SUMS");
        ensure!(text == read(&published)?, "{relative} and {} list other files", published.display());
        // The list does not list itself.
        let (listed, found) = (text.lines().count() + 1, files_below(&target)?.len());
        ensure!(listed == found, "{relative} holds {found} files instead of {listed}");
        count += 1;
    }
    ensure!(count > 0, "{SITE} has no archive");
    println!("{count} archives hold exactly what their SHA256SUMS list");
    Ok(Outcome::Passed)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
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
    let chromium = tools::chromium()?;
    tools::npm_packages(BROWSER_TESTS)?;
    let packyard = root().join("target/release/packyard");
    let hostile = hostile_sites(&packyard)?;
    let judge = format!("{BROWSER_TESTS}/run.mjs");
    let hostile = format!("--hostile={}", hostile.display());
    run(program("node").arg(judge).arg(&site).arg(root().join(SCREENSHOTS)).arg(hostile).env("CHROMIUM", &chromium))?;
    // The program that built the site shows a registry of its own while files of it are saved.
    let live = format!("{BROWSER_TESTS}/live.mjs");
    run(program("node").arg(live).arg(packyard).env("CHROMIUM", &chromium))?;
    Ok(Outcome::Passed)
}

/// Builds a registry of each hostile pack that is released in spite of what it holds, and returns the folder of them all.
///
/// As in the tests of hostile packs, what the case has is laid over a healthy pack, and another one stands beside it.
fn hostile_sites(packyard: &Path) -> Result<PathBuf> {
    let (cases, sites) = (root().join("tests/hostile"), root().join("target/hostile"));
    if sites.exists() {
        fs::remove_dir_all(&sites).context("cannot empty target/hostile")?;
    }
    for case in fs::read_dir(&cases).context("cannot read tests/hostile")? {
        let case = case.context("cannot read tests/hostile")?.path();
        let Ok(expected) = fs::read_to_string(case.join("expected.txt")) else { continue };
        let pack = case.join("pack");
        if !pack.is_dir() || !expected.lines().any(|line| line.trim() == "released") {
            continue;
        }
        let ecosystem = expected.lines().find_map(|line| line.strip_prefix("ecosystem: ")).unwrap_or("stackstorm");
        let site = sites.join(case.file_name().unwrap_or_default());
        fs::create_dir_all(&site).with_context(|| format!("cannot create {}", site.display()))?;
        let packyard = || {
            let mut command = program(packyard);
            command.arg("-C").arg(&site);
            command
        };
        let configuration = "[registry]\nurl = \"https://packs.example.org\"\n\n[[source]]\npath = \"packs\"\n";
        fs::write(site.join("packyard.toml"), configuration).context("cannot write packyard.toml")?;
        run(packyard().args(["new", ecosystem, "hostile"]))?;
        run(packyard().args(["new", "stackstorm", "healthy"]))?;
        for file in files_below(&pack)? {
            let target = site.join("packs/hostile").join(file.strip_prefix(&pack).unwrap_or(&file));
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
            }
            fs::copy(&file, &target).with_context(|| format!("cannot write {}", target.display()))?;
        }
        // Faults of the pack are what the exit code tells; what counts here is what was made of it.
        packyard().args(["build", "--quiet"]).output().context("cannot run packyard")?;
        ensure!(site.join("public/index.json").is_file(), "{} was not built", site.display());
    }
    Ok(sites)
}

/// Returns the built registry.
pub(super) fn site() -> Result<PathBuf> {
    let site = root().join(SITE);
    ensure!(site.join("index.json").is_file(), "{SITE} is not there: run the step `site` first");
    Ok(site)
}

/// Returns all files below a directory, sorted.
pub(super) fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
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
        let schema = |relative| schema_of(relative).unwrap_or_default();
        assert_eq!(schema("index.json"), "schemas/index.schema.json");
        assert_eq!(schema("packs/attune/demo/pack.json"), "schemas/pack.schema.json");
        assert_eq!(schema("packs/attune/demo/1.0.0/release.json"), "schemas/release.schema.json");
        assert_eq!(schema("packs/attune/demo/compare/1.0.0...2.0.0.json"), "schemas/comparison.schema.json");
        assert_eq!(schema("runtimes/attune/index.json"), "schemas/attune/feed.schema.json");
        assert_eq!(schema("runtimes/attune/pins/demo/1.0.0/index.json"), "schemas/attune/feed.schema.json");
        assert_eq!(schema("runtimes/attune/v1/index.json"), "schemas/attune/feed-v1.schema.json");
        assert_eq!(schema("runtimes/stackstorm/v1/index.json"), "schemas/stackstorm/feed.schema.json");
        assert_eq!(schema("runtimes/stackstorm/v1/packs/demo/actions/index.json.json"), "");
        assert_eq!(schema("runtimes/nasiko/v1/search"), "schemas/nasiko/search.schema.json");
        assert_eq!(schema("v2/nasiko/demo/manifests/1.0.0"), "schemas/nasiko/oci-manifest.schema.json");
        assert_eq!(schema("runtimes/nasiko/v2/nasiko/demo/blobs/sha256:00"), "");
        assert_eq!(schema("runtimes/crossplane/index.json"), "schemas/crossplane/feed.schema.json");
        assert_eq!(schema("runtimes/crossplane/demo/1.0.0/oci/index.json"), "");
        assert_eq!(schema("search/index.json"), "");
        assert_eq!(schema("schemas/index.schema.json"), "");
    }
}
