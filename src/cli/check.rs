//! `packyard check`.

use super::arguments::{Check, Format};
use super::{Context, Outcome, UsageError, progress};
use crate::build::{self, CheckOptions, Gate};
use crate::diag::{Counts, Diagnostic, github, human, json, plural, sarif};

pub(super) fn run(arguments: &Check, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    for path in &arguments.paths {
        if !context.path(path).exists() {
            return Err(UsageError(format!("`{path}` does not exist")).into());
        }
    }
    let (findings, summary) = match &arguments.against {
        Some(revision) => {
            let shown = progress::on_stderr(false);
            let gate = build::check_against(&config, &context.root, &context.cache, revision, &*shown)?;
            let summary = against(&gate, revision);
            (gate.findings, summary)
        }
        None => {
            let options = CheckOptions {
                root: context.root.clone(),
                paths: arguments.paths.clone(),
                all: arguments.all,
                cache: context.cache.clone(),
            };
            let report = build::check(&config, &options, &*progress::on_stderr(false))?;
            let summary = human::summary(&report.findings, report.packs);
            (report.findings, summary)
        }
    };
    print(&findings, arguments.format, &(summary + "\n"), context)?;
    Ok(outcome(&findings, arguments.deny_warnings))
}

/// Prints findings; people get the summary behind them.
pub(super) fn print(findings: &[Diagnostic], format: Format, summary: &str, context: &Context) -> anyhow::Result<()> {
    context.terminal.print(&match format {
        Format::Human => human::render(findings, context.terminal.style()) + summary,
        Format::Json => json::render(findings),
        Format::Sarif => sarif::render(findings),
        Format::Github => github::render(findings),
    })
}

/// Returns what a change of the registry holds: what was made again, and what a person has to decide about.
fn against(gate: &Gate, revision: &str) -> String {
    let mut text = String::new();
    for event in &gate.others {
        text.push_str(&format!("new event   {event}\n"));
    }
    let releases = plural(gate.releases, "new release");
    text + &format!("{releases} since `{revision}`, {} in the registry index", Counts::of(&gate.findings))
}

/// Tells whether findings fail the command: errors do, warnings only on demand.
pub(super) fn outcome(findings: &[Diagnostic], deny_warnings: bool) -> Outcome {
    let counts = Counts::of(findings);
    if counts.errors > 0 || (deny_warnings && counts.warnings > 0) { Outcome::Findings } else { Outcome::Clean }
}
