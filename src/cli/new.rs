//! `packyard new`.

use camino::Utf8Path;

use super::arguments::New;
use super::{Context, Outcome, UsageError, check};
use crate::build::{self, CheckOptions};
use crate::diag::human;
use crate::ident::PackName;
use crate::progress::Silent;
use crate::{ecosystem, fs};

pub(super) fn run(arguments: &New, context: &Context) -> anyhow::Result<Outcome> {
    let ecosystem = ecosystem::by_id(&arguments.ecosystem)
        .ok_or_else(|| UsageError(format!("there is no ecosystem `{}`", arguments.ecosystem)))?;
    let name = PackName::new(&arguments.name).map_err(|error| UsageError(error.to_string()))?;
    let directory = arguments.into.join(name.as_str());
    let root = context.path(&directory);
    if root.exists() {
        return Err(UsageError(format!("`{root}` is already there; nothing was changed")).into());
    }
    let mut text = format!("Created the {} pack `{name}` in {root}/\n", ecosystem.title());
    fs::create_dir_all(&root)?;
    for (path, content) in ecosystem.scaffold(&name) {
        let file = root.join(path.as_str());
        fs::create_dir_all(file.parent().unwrap_or(&root))?;
        fs::write_atomic(&file, &content, false)?;
        if content.starts_with(b"#!") {
            make_executable(&file)?;
        }
        text.push_str(&format!("  {path}\n"));
    }
    // A name that this ecosystem refuses shows here, not first in somebody's pull request.
    let options = CheckOptions {
        root: context.root.clone(),
        paths: vec![directory.clone()],
        all: false,
        cache: context.cache.clone(),
    };
    let findings = build::check(&context.config()?, &options, &Silent)?.findings;
    text.push('\n');
    text.push_str(&human::render(&findings, context.terminal.style()));
    text.push_str(&format!("Next:\n  packyard check {directory}\n  packyard build\n"));
    context.terminal.print(&text)?;
    Ok(check::outcome(&findings, false))
}

#[cfg(unix)]
fn make_executable(path: &Utf8Path) -> Result<(), fs::PathError> {
    use crate::fs::Context as _;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).context("set the mode of", path)
}

#[cfg(not(unix))]
fn make_executable(_: &Utf8Path) -> Result<(), fs::PathError> {
    Ok(())
}
