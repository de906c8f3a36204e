//! `packyard build`.

use std::fmt::Write as _;
use std::time::Instant;

use super::arguments::Build;
use super::timings::Timings;
use super::{Context, Outcome, check, environment, progress};
use crate::build::{self, Options, Report};
use crate::diag::{Counts, Diagnostic, Severity, human, plural};
use crate::index;

/// Most new releases that are listed by name; the first build of a large registry records thousands.
const MOST_LISTED: usize = 20;

pub(super) fn run(arguments: &Build, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    let options = Options {
        root: context.root.clone(),
        out: context.path(&arguments.out),
        locked: arguments.locked,
        strict: arguments.strict,
        private: arguments.private,
        now: environment::now()?,
        templates: arguments.templates.as_ref().map(|folder| context.path(folder)),
        cache: context.cache.clone(),
        build_cache: (!arguments.no_cache).then(|| context.root.join(build::CACHE_FOLDER)),
    };
    let start = Instant::now();
    let (report, timings) = {
        let shown = progress::on_stderr(arguments.quiet);
        if arguments.timings {
            let timings = Timings::new(shown);
            (build::build(&config, &options, &timings)?, timings.table())
        } else {
            (build::build(&config, &options, &*shown)?, String::new())
        }
    };
    context.terminal.aside(&timings);
    let mut text = String::new();
    if !arguments.quiet {
        text.push_str(&summary(&report, &options, start.elapsed().as_secs_f64(), context));
    }
    text.push_str(&human::render(&report.findings, context.terminal.style()));
    if arguments.all {
        text.push_str(&human::render(&report.historical, context.terminal.style()));
    }
    if !arguments.quiet && (!report.findings.is_empty() || !report.historical.is_empty()) {
        text.push_str(&conclusion(&report, arguments.all));
    }
    context.terminal.print(&text)?;
    if arguments.locked && !arguments.strict {
        // Nothing is published that was not recorded: what is wrong with drafts is no reason not to deploy.
        let of_record = |finding: &&Diagnostic| index::SPOILS_THE_RECORD.contains(&finding.code);
        let disagreements: Vec<Diagnostic> = report.findings.iter().filter(of_record).cloned().collect();
        return Ok(check::outcome(&disagreements, false));
    }
    Ok(check::outcome(&report.findings, false))
}

/// Returns what was built, in a few lines, with an empty line at the end.
fn summary(report: &Report, options: &Options, seconds: f64, context: &Context) -> String {
    let Some(written) = &report.written else {
        return format!("Built nothing: `--strict`, and {}\n\n", Counts::of(&report.findings));
    };
    let built = format!("Built {}, {}", plural(report.packs, "pack"), plural(report.releases, "release"));
    let files = format!(
        "{} written, {} unchanged, {} deleted",
        plural(written.written, "file"),
        written.unchanged,
        written.deleted
    );
    let mut text = format!("{} → {}/  ({files}) in {seconds:.1} s\n", context.terminal.bold(&built), options.out);
    if !report.new_releases.is_empty() {
        let _ = writeln!(text, "\nRecorded {}:", plural(report.new_releases.len(), "new release"));
        for (pack, version) in report.new_releases.iter().take(MOST_LISTED) {
            let _ = writeln!(text, "  {pack} {version}");
        }
        if let Some(more) = report.new_releases.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
            let _ = writeln!(text, "  … and {more} more");
        }
    }
    text.push('\n');
    text
}

/// Returns the last lines: how many findings there are, and where those are that were not shown.
fn conclusion(report: &Report, all: bool) -> String {
    let mut text = human::summary(&report.findings, report.packs) + "\n";
    if !report.historical.is_empty() {
        let counts = Counts::of(&report.historical);
        let hint = if all { "" } else { "; `--all` shows them" };
        let _ = writeln!(text, "{counts} in releases, by the rules of today{hint}");
    }
    if report.written.is_some() && report.findings.iter().any(|finding| finding.severity == Severity::Error) {
        text.push_str("Packs with errors are not released; what was recorded before stays published.\n");
    }
    text
}
