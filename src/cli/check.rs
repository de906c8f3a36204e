//! `packyard check`.

use super::arguments::{Check, Format};
use super::{Context, Outcome, UsageError, progress};
use crate::build::{self, CheckOptions};
use crate::diag::{Counts, Diagnostic, github, human, json, sarif};

pub(super) fn run(arguments: &Check, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    for path in &arguments.paths {
        if !context.path(path).exists() {
            return Err(UsageError(format!("`{path}` does not exist")).into());
        }
    }
    let (findings, summary) = match &arguments.against {
        Some(revision) => {
            let findings = build::check_against(&config, &context.root, revision)?;
            let summary = format!("{} in the registry index since `{revision}`", Counts::of(&findings));
            (findings, summary)
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
    context.terminal.print(&match arguments.format {
        Format::Human => human::render(&findings, context.terminal.style()) + &summary + "\n",
        Format::Json => json::render(&findings),
        Format::Sarif => sarif::render(&findings),
        Format::Github => github::render(&findings),
    })?;
    Ok(outcome(&findings, arguments.deny_warnings))
}

/// Tells whether findings fail the command: errors do, warnings only on demand.
pub(super) fn outcome(findings: &[Diagnostic], deny_warnings: bool) -> Outcome {
    let counts = Counts::of(findings);
    if counts.errors > 0 || (deny_warnings && counts.warnings > 0) { Outcome::Findings } else { Outcome::Clean }
}
