//! Running the `git` program: with settings of ours, without questions, for a limited time, its messages made fit to be shown.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::fetch::{FetchOptions, without_credentials};
use crate::source::paths::printable;

/// The settings that every call gets; `gc` is off because it would go on in the background and hold locks.
const SETTINGS: &[&str] = &[
    "protocol.ext.allow=never",
    "core.hooksPath=/dev/null",
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
];

/// The variables of git that would send it to another repository, as they are set while a hook runs.
const MISLEADING: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
];

/// Most of git's messages that an error repeats, in bytes.
const MESSAGE_BYTES: u64 = 4096;

/// What a failed call said.
#[derive(Debug)]
pub(super) struct Failure {
    /// What was printed to stdout, for a caller that can read it.
    pub(super) printed: String,
    /// What went wrong, fit to be shown.
    pub(super) reason: String,
}

/// Calls about a copy of a remote repository.
pub(super) struct Run<'a> {
    pub(super) url: &'a str,
    /// The URL without credentials.
    pub(super) shown: &'a str,
    /// The git directory of the copy.
    pub(super) directory: &'a Utf8Path,
    pub(super) options: &'a FetchOptions,
    /// A lock that is held until the program ends, even if this process is killed before.
    pub(super) lock: Option<&'a File>,
}

impl Run<'_> {
    /// Runs a command that talks to the remote, and returns what it prints: `git COMMAND -- URL REFERENCES`.
    pub(super) fn remote(&self, command: &[&str], references: &[&str]) -> Result<String, Failure> {
        let arguments = [command, &["--", self.url], references].concat();
        self.git(&arguments, &[], b"")
    }

    /// Runs any command on the copy, with variables and an input, and returns what it prints.
    pub(super) fn git(&self, arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Result<String, Failure> {
        let failed = |reason: String| Failure { printed: String::new(), reason };
        let program = &self.options.program;
        let file = || tempfile::tempfile().map_err(|error| failed(format!("cannot make a temporary file: {error}")));
        let (mut printed, mut messages, mut given) = (file()?, file()?, file()?);
        let same =
            |file: &File| file.try_clone().map_err(|error| failed(format!("cannot use a temporary file: {error}")));
        let give = given.write_all(input).and_then(|()| given.rewind());
        give.map_err(|error| failed(format!("cannot write a temporary file: {error}")))?;
        let mut command = Command::new(program);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.arg("--git-dir").arg(self.directory).args(arguments);
        for name in MISLEADING {
            command.env_remove(name);
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").envs(variables.iter().copied());
        // Whoever has the lock's file open holds the lock; it is empty, so there is nothing to read.
        let stdin = self.lock.map_or(Ok(given), same)?;
        command.stdin(stdin).stdout(same(&printed)?).stderr(same(&messages)?);
        let child = command.spawn().map_err(|error| failed(format!("cannot run `{program}`: {error}")))?;
        let status = self.wait(child).map_err(failed)?;
        let printed = read(&mut printed);
        if status.success() {
            return Ok(printed);
        }
        Err(Failure { printed, reason: self.explain(&read(&mut messages)) })
    }

    fn wait(&self, mut child: Child) -> Result<ExitStatus, String> {
        let program = &self.options.program;
        let until = Instant::now() + self.options.timeout;
        let mut pause = Duration::from_millis(2);
        loop {
            match child.try_wait().map_err(|error| format!("cannot wait for `{program}`: {error}"))? {
                Some(status) => return Ok(status),
                None if Instant::now() < until => std::thread::sleep(pause),
                None => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("it took longer than {}", seconds(self.options.timeout)));
                }
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// Returns what git said, without credentials, and what to do where we know.
    fn explain(&self, messages: &str) -> String {
        let said: Vec<String> = messages
            .replace(self.url, self.shown)
            .lines()
            .map(|line| printable(redacted(line.trim()).as_bytes()))
            .filter(|line| !line.is_empty())
            .take(12)
            .collect();
        let said = said.join("; ");
        let advice = if said.contains("fsck") {
            "the repository has malformed objects, which are not taken; some old histories need to be rewritten"
        } else if said.contains("object format") || said.contains("algorithms") {
            "the repository uses SHA-256 object ids, which cannot be read"
        } else if said.contains("could not read Username") || said.contains("Authentication failed") {
            "it does not exist, or needs credentials: set up a credential helper for git"
        } else if said.contains("Permission denied (publickey") {
            "the server does not accept your ssh key"
        } else {
            ""
        };
        match (said.as_str(), advice) {
            ("", _) => "git says nothing about why".to_owned(),
            (_, "") => said,
            _ => format!("{advice} (git: {said})"),
        }
    }
}

/// Returns the beginning of what was written to a file.
fn read(file: &mut File) -> String {
    let mut text = Vec::new();
    let _ = file.rewind();
    let _ = file.take(MESSAGE_BYTES).read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Returns a time in words.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{} seconds", duration.as_secs_f32())
}

/// Removes user names and passwords from every URL in a message.
pub(super) fn redacted(line: &str) -> String {
    line.split_inclusive([' ', '\'', '"'])
        .map(|word| if word.contains("://") { without_credentials(word) } else { word.to_owned() })
        .collect()
}
