//! `cargo xtask test`: every check that a change has to pass, in order, stopping at the first that fails.
//!
//! Tools that are missing are installed ([`tools`]) or named in the error; no step is left out without saying so. Nothing is
//! kept outside `target/` and cargo's home.

mod feeds;
mod installs;
mod rust;
mod site;
mod templates;
mod tools;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::arguments::Arguments;

/// What `cargo xtask test` takes.
pub(crate) const USAGE: &str = "\
cargo xtask test [step]... [--list]

Runs every check, or only the named steps. --list names them.";

/// How a step ended that did not fail.
enum Outcome {
    Passed,
    /// The step could not be made here, for a reason outside this repository.
    Skipped(String),
}

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<Outcome>,
}

/// Lists every step: cheap ones that fail often come first, later ones use what earlier ones built.
static STEPS: &[Step] = &[
    Step { name: "format", what: "the code is formatted", run: rust::format },
    Step { name: "lint", what: "clippy has no warning", run: rust::lint },
    Step { name: "unit", what: "unit, integration and documentation tests", run: rust::test },
    Step { name: "docs", what: "the documentation builds without a warning", run: rust::docs },
    Step { name: "licences", what: "licences, sources and banned versions of the dependencies", run: rust::licences },
    Step { name: "advisories", what: "no dependency has a known vulnerability", run: rust::advisories },
    Step {
        name: "templates",
        what: "the templates for CI are well-formed, by check-jsonschema and shellcheck",
        run: templates::check,
    },
    Step { name: "clients", what: "clients of other people get what was released", run: rust::clients },
    Step { name: "site", what: "the example registry builds", run: site::build },
    Step { name: "faults", what: "builds and publications survive a kill at every operation", run: rust::faults },
    Step { name: "schemas", what: "every published file validates, by check-jsonschema", run: site::schemas },
    Step {
        name: "archives",
        what: "every archive unpacks to what SHA256SUMS lists, by tar and sha256sum",
        run: site::archives,
    },
    Step { name: "feeds", what: "feeds, sitemaps and badges are valid, by xmllint and feedparser", run: feeds::judge },
    Step { name: "installs", what: "the runtimes' own clients install from it: pip", run: installs::pip },
    Step { name: "browser", what: "the site works in a browser", run: site::browser },
];

/// Runs the command.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode> {
    let list = arguments.flag("--list");
    let names = arguments.positionals();
    arguments.finish()?;
    if list {
        for step in STEPS {
            println!("{:<12} {}", step.name, step.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        bail!("unknown step `{unknown}`; `cargo xtask test --list` names them");
    }
    let chosen: Vec<&Step> =
        STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect();
    Ok(run(&chosen))
}

fn run(steps: &[&Step]) -> ExitCode {
    let (mut passed, mut failed, mut skipped) = (0, 0, Vec::new());
    for (at, step) in steps.iter().enumerate() {
        println!("\n━━ {}/{} {}: {}", at + 1, steps.len(), step.name, step.what);
        let start = Instant::now();
        match (step.run)() {
            Ok(Outcome::Passed) => {
                passed += 1;
                println!("━━ {} passed in {} s", step.name, start.elapsed().as_secs());
            }
            Ok(Outcome::Skipped(reason)) => {
                println!("━━ {} SKIPPED: {reason}", step.name);
                skipped.push(step.name);
            }
            Err(error) => {
                failed = 1;
                println!("━━ {} FAILED after {} s: {error:#}", step.name, start.elapsed().as_secs());
                break;
            }
        }
    }
    let left = steps.len() - passed - failed - skipped.len();
    let skipped = if skipped.is_empty() {
        "0 skipped".to_owned()
    } else {
        format!("{} skipped ({})", skipped.len(), skipped.join(", "))
    };
    println!("\n{passed} passed, {failed} failed, {skipped}, {left} not run");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
