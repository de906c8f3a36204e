//! The command line: the only place that prints, reads the environment and exits.
//!
//! 1. `arguments` is what can be typed, with its help.
//! 2. One file per command only wires: arguments → options → library call → text.
//! 3. `terminal` prints, `progress` shows long work, `timings` measures it, `environment` reads variables and the clock.
//! 4. `reference` writes the reference pages of the documentation from the same definitions.

mod arguments;
mod build;
mod change;
mod check;
mod completions;
mod diff;
mod environment;
mod explain;
mod index;
mod init;
mod log;
mod man;
mod new;
mod progress;
mod publish;
pub mod reference;
mod serve;
mod terminal;
mod timings;
mod verify;

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::Parser as _;

use arguments::{Arguments, Command};
use terminal::Terminal;

use crate::build::{BuildError, DiffError};
use crate::client::verify::VerifyError;
use crate::config::{Config, ConfigError, Visibility};
use crate::index::changes::ChangeError;
use crate::index::lookup::LookupError;
use crate::publish::PublishError;
use crate::serve::ServeError;
use crate::source::SourceError;

/// How a command ended; what went wrong is an error instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing is wrong: exit code 0.
    Clean,
    /// Something is wrong with a pack: exit code 1.
    Findings,
}

/// Reports a command that makes no sense as it was typed: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsageError(String);

/// What every command gets.
#[derive(Debug)]
struct Context {
    /// Where it acts: the directory of `packyard.toml`.
    root: Utf8PathBuf,
    /// Where clones of remote repositories are kept.
    cache: Utf8PathBuf,
    /// Where it prints.
    terminal: Terminal,
}

impl Context {
    /// Reads `packyard.toml`.
    fn config(&self) -> anyhow::Result<Config> {
        if !self.root.is_dir() {
            return Err(UsageError(format!("`{}` is not a directory", self.root)).into());
        }
        Ok(Config::load(&self.root)?)
    }

    /// Returns the folders of an index and of its archives, as they are written in messages.
    fn index(&self, config: &Config, private: bool) -> [Utf8PathBuf; 2] {
        let visibility = if private { Visibility::Private } else { Visibility::Public };
        config.registry.folders(visibility).map(|folder| self.path(folder))
    }

    /// Returns where a path leads that was typed or configured: it is relative to the directory where the command acts.
    fn path(&self, path: impl AsRef<camino::Utf8Path>) -> Utf8PathBuf {
        let path = path.as_ref();
        if self.root == "." { path.to_owned() } else { self.root.join(path) }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let terminal = Terminal::new();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // Help that was asked for goes to stdout and is a success; a broken pipe is nobody's fault.
            let _ = message.print();
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2));
        }
    };
    environment::log_to_stderr(arguments.verbose);
    let root = arguments.dir.clone();
    let cache = arguments.cache.as_ref().map_or_else(|| environment::cache_directory(&root), |cache| root.join(cache));
    let context = Context { root, cache, terminal };
    match run(&arguments.command, &context) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) => {
            context.terminal.error(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

fn run(command: &Command, context: &Context) -> anyhow::Result<Outcome> {
    match command {
        Command::Init(arguments) => init::run(arguments, context),
        Command::New(arguments) => new::run(arguments, context),
        Command::Check(arguments) => check::run(arguments, context),
        Command::Build(arguments) => build::run(arguments, context),
        Command::Serve(arguments) => serve::run(arguments, context),
        Command::Change(command) => change::run(command, context),
        Command::Log(arguments) => log::run(arguments, context),
        Command::Index(arguments) => index::run(arguments, context),
        Command::Publish(arguments) => publish::run(arguments, context),
        Command::Verify(arguments) => verify::run(arguments, context),
        Command::Diff(arguments) => diff::run(arguments, context),
        Command::Explain(arguments) => explain::run(arguments, context),
        Command::Completions(arguments) => completions::run(arguments, context),
        Command::Man(arguments) => man::run(arguments, context),
    }
}

/// Tells what was typed or configured wrongly from what the machine did not do.
fn exit_code(error: &anyhow::Error) -> u8 {
    let is_usage = error.is::<UsageError>()
        || matches!(error.downcast_ref::<ChangeError>(), Some(ChangeError::Refused(_)))
        || error.is::<LookupError>()
        || matches!(error.downcast_ref::<DiffError>(), Some(DiffError::Unknown(_) | DiffError::NothingBefore { .. }))
        || matches!(error.downcast_ref::<ConfigError>(), Some(ConfigError::Invalid { .. }))
        || matches!(error.downcast_ref::<VerifyError>(), Some(VerifyError::NoRegistry(_)))
        || matches!(
            error.downcast_ref::<PublishError>(),
            Some(PublishError::Unclear(_) | PublishError::Config(_) | PublishError::Elsewhere(_))
        )
        || matches!(error.downcast_ref::<ServeError>(), Some(ServeError::Config(ConfigError::Invalid { .. })))
        || matches!(
            error.downcast_ref::<BuildError>(),
            Some(BuildError::Source(SourceError::Missing(_)) | BuildError::Revision { .. })
        )
        || error.downcast_ref::<BuildError>().is_some_and(BuildError::is_of_templates);
    if is_usage { 2 } else { 3 }
}
