//! Programs that the tasks run: each is shown, each failure says which one it was.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Returns the root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Returns a program to be run at the root of the workspace.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Returns the cargo that runs this task.
pub(crate) fn cargo(task: &str) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(task);
    command
}

/// Runs a program, shows its command line and its output, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", command_line(command));
    let status = command.status().with_context(|| format!("cannot run {}", name(command)))?;
    ensure!(status.success(), "`{}` failed: {status}", command_line(command));
    Ok(())
}

/// Runs a program and returns what it writes; its errors are shown.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    Ok(outputs(command)?.0)
}

/// Runs a program and returns what it writes to stdout and to stderr.
pub(crate) fn outputs(command: &mut Command) -> Result<(String, String)> {
    let output = command.output().with_context(|| format!("cannot run {}", name(command)))?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "`{}` failed: {}\n{errors}", command_line(command), output.status);
    let text =
        String::from_utf8(output.stdout).with_context(|| format!("the output of {} is not UTF-8", name(command)))?;
    Ok((text, errors))
}

/// Returns where a program is, if it can be found.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}

/// Tells whether a program can be found.
pub(crate) fn exists(program: &str) -> bool {
    find(program).is_some()
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// Returns a command line as it is shown: whole, unless it has very many arguments.
fn command_line(command: &Command) -> String {
    const SHOWN: usize = 12;
    let arguments = command.get_args().take(SHOWN).map(OsStr::to_string_lossy);
    let mut line: String =
        std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect::<Vec<_>>().join(" ");
    let left = command.get_args().count().saturating_sub(SHOWN);
    if left > 0 {
        line.push_str(&format!(" … and {left} more arguments"));
    }
    line
}
