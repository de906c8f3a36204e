//! The catalogues that are measured, generated when they are first needed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::scenario::Context;
use crate::arguments::Arguments;
use crate::generate::{self, Options, Pack};
use crate::process::{outputs, program};

/// 80 packs with 9 000 actions, as directories.
pub(super) fn exchange(context: &Context) -> Result<PathBuf> {
    catalogue(context, "exchange", &["--shape", "exchange", "--ecosystem", "stackstorm"])
}

/// The same packs as repositories, with about 1 100 tags in all.
pub(super) fn exchange_tags(context: &Context) -> Result<PathBuf> {
    catalogue(context, "exchange-tags", &["--shape", "exchange", "--ecosystem", "stackstorm", "--git"])
}

/// 1 000 packs with 15 components each.
pub(super) fn thousand(context: &Context) -> Result<PathBuf> {
    catalogue(context, "thousand", &["--packs", "1000", "--components", "15"])
}

/// 5 000 packs with 15 components each.
pub(super) fn five_thousand(context: &Context) -> Result<PathBuf> {
    catalogue(context, "five-thousand", &["--packs", "5000", "--components", "15"])
}

/// A git repository of many packs, with a working directory.
pub(super) struct Monorepo {
    pub(super) directory: PathBuf,
    pub(super) packs: Vec<Pack>,
}

/// 1 000 packs with 15 components and 3 releases each, in one repository.
pub(super) fn monorepo(context: &Context) -> Result<Monorepo> {
    let options = ["--packs", "1000", "--components", "15", "--releases", "3", "--monorepo"];
    let directory = catalogue(context, "monorepo", &options)?;
    let packs = parse(&directory, &options)?.packs();
    Ok(Monorepo { directory, packs })
}

/// A registry index of 10 000 packs with 20 releases each, and no packs.
pub(super) fn big_index(context: &Context) -> Result<PathBuf> {
    let folder = context.directory.join("big-index");
    if !folder.join("packs").is_dir() {
        let run = context.big_index("write", &folder);
        outputs(program(&run.program).args(&run.arguments))?;
    }
    Ok(folder)
}

/// Undoes every change of a working directory.
pub(super) fn restore(directory: &Path) -> Result<()> {
    git(directory, &["reset", "--quiet", "--hard"])
}

/// The branch of what was generated, which is made before anything is added.
const GENERATED: &str = "generated";

/// Releases one pack once more: a commit and a tag with a version above all others.
pub(super) fn tag_release(monorepo: &Monorepo) -> Result<()> {
    let directory = &monorepo.directory;
    git(directory, &["branch", "--force", GENERATED, &generated(directory)?])?;
    let pack = monorepo.packs.get(monorepo.packs.len() / 2).context("no pack to be released")?;
    let folder = directory.join("packs").join(&pack.name);
    let version = format!("{}.0.0", 100 + added_tags(directory)?.len());
    let replace = |file: &str, change: &dyn Fn(&str) -> String| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        fs::write(&path, change(&text)).with_context(|| format!("cannot write {}", path.display()))
    };
    replace("pack.yaml", &|text| {
        let is_version = |line: &str| line.starts_with("version: ");
        text.lines()
            .map(|line| if is_version(line) { format!("version: \"{version}\"\n") } else { format!("{line}\n") })
            .collect()
    })?;
    replace("README.md", &|text| format!("{text}\nNew in {version}: one more sentence.\n"))?;
    git(directory, &["commit", "--quiet", "--all", "--no-gpg-sign", "--message", &format!("Release {version}")])?;
    git(directory, &["tag", &format!("{}-v{version}", pack.name)])
}

/// Takes back every release that was added to what was generated, with what was built of it.
pub(super) fn without_added(monorepo: Monorepo) -> Result<Monorepo> {
    let Monorepo { directory, packs } = monorepo;
    restore(&directory)?;
    let added = added_tags(&directory)?;
    for tag in &added {
        git(&directory, &["tag", "--delete", tag])?;
    }
    git(&directory, &["reset", "--quiet", "--hard", &generated(&directory)?])?;
    let directory = if added.is_empty() { directory } else { without_build(directory)? };
    Ok(Monorepo { directory, packs })
}

/// Returns the commit that was generated last.
fn generated(directory: &Path) -> Result<String> {
    let known = git_output(directory, &["for-each-ref", "--format=%(objectname)", &format!("refs/heads/{GENERATED}")])?;
    if known.is_empty() { git_output(directory, &["rev-parse", "HEAD"]) } else { Ok(known) }
}

fn added_tags(directory: &Path) -> Result<Vec<String>> {
    let tags = git_output(directory, &["tag", "--no-merged", &generated(directory)?])?;
    Ok(tags.lines().map(str::to_owned).collect())
}

/// Builds a catalogue, so that the next build is not the first of this program.
pub(super) fn built(context: &Context, directory: &Path) -> Result<()> {
    let run = context.build(directory);
    outputs(program(&run.program).args(&run.arguments)).map(drop)
}

fn git(directory: &Path, arguments: &[&str]) -> Result<()> {
    git_output(directory, arguments).map(drop)
}

fn git_output(directory: &Path, arguments: &[&str]) -> Result<String> {
    let mut git = generate::git(directory);
    git.args(["-c", "user.name=Example Packs", "-c", "user.email=packs@example.org"]).args(arguments);
    Ok(outputs(&mut git)?.0.trim_end().to_owned())
}

/// Returns a catalogue, generated when it is not there.
fn catalogue(context: &Context, name: &str, options: &[&str]) -> Result<PathBuf> {
    let directory = context.directory.join(name);
    if !directory.join("packyard.toml").is_file() {
        empty(&directory)?;
        generate::run(&parse(&directory, options)?)?;
    }
    Ok(directory)
}

fn parse(directory: &Path, options: &[&str]) -> Result<Options> {
    let options = options.iter().copied().map(str::to_owned);
    Options::parse(&mut Arguments::new(options.chain([directory.to_string_lossy().into_owned()])))
}

/// Removes what a build writes, so that the next one starts anew.
pub(super) fn without_build(directory: PathBuf) -> Result<PathBuf> {
    for name in ["public", "registry-index", "registry-archives", ".packyard-cache"] {
        empty(&directory.join(name))?;
    }
    Ok(directory)
}

/// Returns an absent directory for output.
pub(super) fn output(context: &Context, name: &str) -> Result<PathBuf> {
    let directory = context.directory.join(name);
    empty(&directory)?;
    Ok(directory)
}

fn empty(directory: &PathBuf) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    Ok(())
}
