//! `packyard yank`, `deprecate`, `quarantine`, `archive`, `transfer`, `rename`, and what takes them back.

use std::time::Duration;

use super::arguments::{ChangeArguments, ChangeCommand as Command, PackArgument, ReleaseArguments, TargetArguments};
use super::{Context, Outcome, environment};
use crate::build;
use crate::config::Config;
use crate::diag::human;
use crate::ident::PackId;
use crate::index::changes::{self, Appended, Change, Request};
use crate::index::event::What;
use crate::index::store::Store;

/// How long a command waits for a build that holds the index.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn run(command: &Command, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    let (request, common) = request(command);
    let [folder, _] = context.index(&config, common.private);
    let (store, now) = (Store::at(folder), environment::now()?);
    let others = public_packs(&config, context, common.private)?;
    if common.dry_run {
        let proposed = changes::propose(&store, &others, &request, now)?;
        context.terminal.print(&(proposed.text + "\n"))?;
        return Ok(Outcome::Clean);
    }
    let waiting = |path: &camino::Utf8Path| {
        context.terminal.aside(&format!("waiting for another packyard, which holds `{path}`\n"));
    };
    let appended = changes::append(&store, &others, &request, now, PATIENCE, waiting)?;
    let next = if common.private { "packyard build --private" } else { "packyard build" };
    let mut text = format!(
        "{}\n\nAppended to {}/{}, line {}:\n  {}\n\nNext: `{next}` publishes it; then commit {}/.\n",
        context.terminal.bold(&human::safe(&said(&appended))),
        store.root(),
        appended.file,
        appended.line,
        human::safe(&appended.text),
        store.root(),
    );
    if let What::Owner { source, .. } = &appended.what
        && !build::source_names(&config).contains(source)
    {
        text.push_str(&human::safe(&format!("No source in packyard.toml is called `{source}` yet.")));
        text.push('\n');
    }
    context.terminal.print(&text)?;
    Ok(Outcome::Clean)
}

/// Returns the packs of the public index, which private ones may name.
fn public_packs(config: &Config, context: &Context, private: bool) -> anyhow::Result<Vec<PackId>> {
    if !private {
        return Ok(Vec::new());
    }
    let [folder, _] = context.index(config, false);
    Ok(Store::at(folder).load()?.histories.into_keys().collect())
}

/// Returns what is asked for.
fn request(command: &Command) -> (Request, &ChangeArguments) {
    let of_release = |ReleaseArguments { pack, version }: &ReleaseArguments| (pack.clone(), version.clone());
    let of_target = |TargetArguments { pack, version }: &TargetArguments| (pack.clone(), version.clone());
    let of_pack = |PackArgument { pack }: &PackArgument| pack.clone();
    let ((pack, change), common) = match command {
        Command::Yank { release, advisory, common } => {
            let (pack, version) = of_release(release);
            ((pack, Change::Yank { version, advisory: advisory.clone() }), common)
        }
        Command::Unyank { release, common } => {
            let (pack, version) = of_release(release);
            ((pack, Change::Unyank { version }), common)
        }
        Command::Deprecate { target, successor, common } => {
            let (pack, version) = of_target(target);
            ((pack, Change::Deprecate { version, successor: successor.clone() }), common)
        }
        Command::Undeprecate { target, common } => {
            let (pack, version) = of_target(target);
            ((pack, Change::Undeprecate { version }), common)
        }
        Command::Quarantine { target, common } => {
            let (pack, version) = of_target(target);
            ((pack, Change::Quarantine { version }), common)
        }
        Command::Unquarantine { target, common } => {
            let (pack, version) = of_target(target);
            ((pack, Change::Unquarantine { version }), common)
        }
        Command::Archive { pack, common } => ((of_pack(pack), Change::Archive), common),
        Command::Unarchive { pack, common } => ((of_pack(pack), Change::Unarchive), common),
        Command::Transfer { pack, to, common } => ((of_pack(pack), Change::Transfer { to: to.clone() }), common),
        Command::Rename { pack, to, common } => ((of_pack(pack), Change::Rename { to: to.clone() }), common),
    };
    (Request { pack, change, reason: common.reason.clone() }, common)
}

/// Returns what was said, in a sentence.
fn said(Appended { id, what, .. }: &Appended) -> String {
    let name = what.version().map_or_else(|| id.to_string(), |version| format!("{id} {version}"));
    match what {
        What::Owner { source, .. } => format!("{id} belongs to {source}"),
        What::Release(_) => format!("{name} is released"),
        What::Yank { .. } => format!("{name} is yanked"),
        What::Unyank { .. } => format!("{name} is no longer yanked"),
        What::Deprecate { successor: Some(successor), .. } => format!("{name} is deprecated: use {successor}"),
        What::Deprecate { .. } => format!("{name} is deprecated"),
        What::Undeprecate { .. } => format!("{name} is no longer deprecated"),
        What::Quarantine { .. } => format!("{name} is quarantined"),
        What::Unquarantine { .. } => format!("{name} is no longer quarantined"),
        What::Archive { .. } => format!("{id} is archived"),
        What::Unarchive { .. } => format!("{id} is no longer archived"),
        What::Rename { to, .. } if to == id => format!("{id} keeps its name"),
        What::Rename { to, .. } => format!("{id} goes on as {to}"),
    }
}
