//! `packyard publish`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::arguments::Publish;
use super::{Context, Outcome, UsageError, environment, progress};
use crate::diag::{human, plural};
use crate::publish::{self, Landed, Options, Report};

pub(super) fn run(arguments: &Publish, context: &Context) -> anyhow::Result<Outcome> {
    if !context.root.is_dir() {
        return Err(UsageError(format!("`{}` is not a directory", context.root)).into());
    }
    let ci = environment::ci();
    let author = arguments.author.as_deref().map(author).transpose()?;
    let registry = &arguments.registry;
    let options = Options {
        root: context.root.clone(),
        cache: context.cache.clone(),
        registry: if crate::source::git::is_remote(registry) {
            registry.clone()
        } else {
            context.path(registry).into()
        },
        branch: arguments.branch.clone(),
        tag: arguments.tag.clone().or(ci.tag),
        source: arguments.source.clone().or(ci.repository),
        review: arguments.pr.as_ref().map(|name| Some(name.clone()).filter(|name| !name.is_empty())),
        archives: !arguments.no_archive,
        dry_run: arguments.dry_run,
        deny_warnings: arguments.deny_warnings,
        message: arguments.message.clone(),
        author,
        patience: Duration::from_secs(arguments.patience),
        now: environment::now()?,
    };
    let start = Instant::now();
    let report = publish::publish(&options, &*progress::on_stderr(false))?;
    let findings = human::render(&report.findings, context.terminal.style());
    context.terminal.print(&(findings + &summary(&report, registry, start.elapsed().as_secs_f64(), context)))?;
    Ok(if matches!(report.outcome, publish::Outcome::Refused) { Outcome::Findings } else { Outcome::Clean })
}

/// Reads `Name <email>`.
fn author(text: &str) -> anyhow::Result<(String, String)> {
    let parts = text.split_once('<').and_then(|(name, rest)| Some((name.trim(), rest.trim_end().strip_suffix('>')?)));
    match parts {
        Some((name, email)) if !name.is_empty() && email.contains('@') => Ok((name.to_owned(), email.to_owned())),
        _ => Err(UsageError(format!("the author `{text}` is not of the form `Name <email>`")).into()),
    }
}

/// Returns what became of the release, and what comes next.
fn summary(report: &Report, registry: &str, seconds: f64, context: &Context) -> String {
    let names: Vec<String> = report.packs.iter().map(|(id, version)| format!("{id} {version}")).collect();
    let names = if names.is_empty() { format!("the tag `{}`", report.tag) } else { names.join(", ") };
    let registry = crate::source::git::without_credentials(registry);
    let bold = |text: &str| context.terminal.bold(text);
    match &report.outcome {
        publish::Outcome::Refused => {
            format!("{}: {names}. Mend what is above, and tag again.\n", bold("Not published"))
        }
        publish::Outcome::Unchanged => {
            format!("{}: {registry} has {names}, byte for byte.\n", bold("Already published"))
        }
        publish::Outcome::Shown(diff) => format!("{diff}\n{}: {names} → {registry}\n", bold("Would publish")),
        publish::Outcome::Published(landed) => {
            format!("{} {names} → {registry}{}", bold("Published"), details(landed, seconds))
        }
        publish::Outcome::Proposed(landed) => {
            let next = format!("Open a pull request for the branch `{}`.\n", landed.branch);
            format!("{} {names} → {registry}{}{next}", bold("Proposed"), details(landed, seconds))
        }
    }
}

/// Returns where a commit went and what it holds.
fn details(landed: &Landed, seconds: f64) -> String {
    let Landed { branch, commit, files, attempts } = landed;
    let tries = if *attempts > 1 { format!(", {}", plural(*attempts as usize, "attempt")) } else { String::new() };
    let mut text = format!("  ({branch}, commit {}) in {seconds:.1} s{tries}\n", commit.short());
    for (path, bytes) in files {
        let _ = writeln!(text, "  {path}  {}", plural(*bytes, "byte"));
    }
    text
}
