//! `cargo xtask bench`: measures the program against peers that do the same work, on generated catalogues.
//!
//! 1. [`scenario`] lists what is measured, and which ratio is wanted.
//! 2. [`catalogues`] generates the input, once per seed.
//! 3. [`measure`] runs a command several times and takes the median of CPU and wall time, and the peak of memory;
//!    [`saves`] measures the live preview instead; [`generators`] other programs that make sites, where they are installed;
//!    [`mod@written`] tells what a build wrote.
//! 4. [`table`] sets ours beside the peer's.
//!
//! Prints Markdown tables for `docs/performance.md`. Ratios carry from machine to machine, seconds do not.

mod catalogues;
mod generators;
mod http;
mod measure;
mod saves;
mod scenario;
mod table;
mod written;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};

use crate::arguments::Arguments;
use crate::process::{cargo, root, run};
use scenario::{Commands, Context, How, SCENARIOS, Scenario};
use table::{Figures, Row};

/// What `cargo xtask bench` takes.
pub(crate) const USAGE: &str = "\
cargo xtask bench [scenario]... [options]

Generates seeded catalogues, runs the program and its peers on them, and prints a Markdown table of ratios.

  --runs N        how often each command runs; medians are shown (default 3)
  --directory D   where catalogues and output go (default target/bench; /dev/shm/packyard measures without a disk)
  --saves N       how often `serve` sees a file saved (default 60)
  --peers         only the peers
  --list          name the scenarios";

/// Runs the command.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode> {
    let list = arguments.flag("--list");
    let peers_only = arguments.flag("--peers");
    let runs = arguments.value("--runs")?.map_or(Ok(3), |text| text.parse())?;
    let saves = arguments.value("--saves")?.map_or(Ok(60), |text| text.parse())?;
    let directory = arguments.value("--directory")?.map_or_else(|| root().join("target/bench"), PathBuf::from);
    let names = arguments.positionals();
    arguments.finish()?;
    ensure!(runs > 0 && saves > 0, "--runs and --saves start at 1");
    if list {
        for scenario in SCENARIOS {
            println!("{:<15} {}", scenario.name, scenario.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names.iter().find(|name| !SCENARIOS.iter().any(|scenario| scenario.name == **name)) {
        bail!("unknown scenario `{unknown}`; --list names them");
    }
    run(cargo("build")
        .args(["--release", "--quiet", "--bin", "packyard"])
        .args(EXAMPLES.map(|name| format!("--example={name}"))))?;
    let context = Context { root: root(), directory, runs, saves };
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let mut lines = Vec::new();
    for scenario in SCENARIOS.iter().filter(|scenario| is_wanted(scenario.name)) {
        eprintln!("{}: {}", scenario.name, scenario.what);
        lines.extend(rows(scenario, &context, peers_only)?);
    }
    println!(
        "\n{}\nMedians of {runs} runs, {} cores.",
        table::markdown(&lines),
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    Ok(ExitCode::SUCCESS)
}

/// What is built with the program: the peers, and what measures the library by itself.
const EXAMPLES: [&str; 4] = ["bare_site", "bare_walk", "bare_watcher", "big_index"];

/// Returns the lines of a scenario.
fn rows(scenario: &Scenario, context: &Context, peers_only: bool) -> Result<Vec<Row>> {
    match &scenario.how {
        How::Commands(commands) => rows_of_commands(scenario.what, commands, context, peers_only),
        How::Own(rows) => rows(context, scenario.what, peers_only),
    }
}

fn rows_of_commands(what: &str, commands: &Commands, context: &Context, peers_only: bool) -> Result<Vec<Row>> {
    let runs = context.runs;
    let peer = match commands.peer {
        Some(peer) => measure::median(&measure::runs(context, runs, || peer(context))?, &[]).into(),
        None => Figures::default(),
    };
    let ours = if peers_only { None } else { Some(measure::runs(context, runs, || (commands.ours)(context))?) };
    let remark = match (&ours, commands.check) {
        (Some(_), Some(check)) => format!(" ({})", check(context)?),
        _ => String::new(),
    };
    let row = |part: &scenario::Part| Row {
        what: format!("{what}: {}{remark}", part.what),
        peer_name: commands.peer_name.to_owned(),
        ours: ours.as_ref().map(|ours| measure::median(ours, part.stages).into()).unwrap_or_default(),
        peer,
        by: part.by,
        wanted: part.wanted.to_owned(),
    };
    Ok(commands.parts.iter().map(row).collect())
}
