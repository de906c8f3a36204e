//! `cargo xtask bench` (to come).
use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Arguments;

pub(crate) const USAGE: &str = "cargo xtask bench";

pub(crate) fn command(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    Ok(ExitCode::SUCCESS)
}
