//! `packyard man`.

use clap::CommandFactory as _;

use super::arguments::{Arguments, Man};
use super::{Context, Outcome};
use crate::fs::{self, Context as _};

pub(super) fn run(arguments: &Man, context: &Context) -> anyhow::Result<Outcome> {
    let command = Arguments::command();
    if let Some(out) = &arguments.out {
        let out = context.path(out);
        fs::create_dir_all(&out)?;
        clap_mangen::generate_to(command, &out).context("write manual pages to", &out)?;
        return Ok(Outcome::Clean);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    context.terminal.print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Clean)
}
