//! `packyard completions`.

use clap::CommandFactory as _;

use super::arguments::{Arguments, Completions};
use super::{Context, Outcome};

pub(super) fn run(arguments: &Completions, context: &Context) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "packyard", &mut script);
    context.terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Clean)
}
