//! The catalogues that are measured, generated when they are first needed.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::scenario::Context;
use crate::arguments::Arguments;
use crate::generate::{self, Options};

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

/// Returns a catalogue without anything a build has left there.
fn catalogue(context: &Context, name: &str, options: &[&str]) -> Result<PathBuf> {
    let directory = context.directory.join(name);
    if !directory.join("packyard.toml").is_file() {
        empty(&directory)?;
        let options = options.iter().copied().map(str::to_owned);
        let path = directory.to_string_lossy().into_owned();
        generate::run(&Options::parse(&mut Arguments::new(options.chain([path])))?)?;
    }
    Ok(directory)
}

/// Removes what a build writes, so that the next one starts anew.
pub(super) fn without_build(directory: PathBuf) -> Result<PathBuf> {
    for name in ["public", "registry-index", "registry-archives", ".packyard"] {
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
