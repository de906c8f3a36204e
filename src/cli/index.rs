//! `packyard index verify`.

use std::time::Instant;

use super::arguments::{Format, Index, IndexCommand, VerifyIndex};
use super::{Context, Outcome, UsageError, check, progress};
use crate::diag::{Counts, github, human, json, plural, sarif};
use crate::index::archives::ArchiveStore;
use crate::index::store::Store;
use crate::index::verify::{self, Look, Verified};

pub(super) fn run(arguments: &Index, context: &Context) -> anyhow::Result<Outcome> {
    match &arguments.command {
        IndexCommand::Verify(arguments) => run_verify(arguments, context),
    }
}

fn run_verify(arguments: &VerifyIndex, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    let [folder, archives] = context.index(&config, arguments.private);
    if !folder.is_dir() {
        return Err(UsageError(format!("there is no registry index in `{folder}`: `packyard build` makes it")).into());
    }
    let look = if arguments.archives { Look::AtBytes } else { Look::AtSizes };
    let store = ArchiveStore::at(archives.clone());
    let looked = (archives.is_dir() || arguments.archives).then_some((&store, look));
    let start = Instant::now();
    let Verified { mut findings, packs, releases, events } = {
        let shown = progress::on_stderr(false);
        shown.stage("Verifying", None);
        verify::verify(&Store::at(folder.clone()), looked, &|| shown.tick(1))?
    };
    for finding in &mut findings {
        let below = if finding.code == crate::index::ARCHIVE_MISSING { &archives } else { &folder };
        finding.put_below(below.as_str());
    }
    let what = match looked {
        None => format!("; there are no archives in {archives}/"),
        Some((_, Look::AtSizes)) => ", archives by their sizes".to_owned(),
        Some((_, Look::AtBytes)) => ", archives by their SHA-256".to_owned(),
    };
    let summary = format!(
        "{} in {}, {}, {}{what} ({:.0} ms)\n",
        Counts::of(&findings),
        plural(packs, "pack"),
        plural(releases, "release"),
        plural(usize::try_from(events).unwrap_or(usize::MAX), "event"),
        start.elapsed().as_secs_f64() * 1000.0,
    );
    context.terminal.print(&match arguments.format {
        Format::Human => human::render(&findings, context.terminal.style()) + &summary,
        Format::Json => json::render(&findings),
        Format::Sarif => sarif::render(&findings),
        Format::Github => github::render(&findings),
    })?;
    Ok(check::outcome(&findings, false))
}
