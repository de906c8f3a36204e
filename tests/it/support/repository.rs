//! Real git repositories with fixed dates and names, made by `git` itself.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A git repository whose commits have the same ids wherever and whenever it is made.
pub(crate) struct RepoFixture {
    path: PathBuf,
    /// Seconds since 1970 of the next commit or tag.
    clock: u64,
}

impl RepoFixture {
    /// Makes an empty repository in a new directory.
    pub(crate) fn init(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        std::fs::create_dir_all(&path).expect("a directory can be made");
        let fixture = Self { path, clock: 1_700_000_000 };
        fixture.git(&["init", "--quiet", "--initial-branch=main", "."]);
        fixture
    }

    /// Goes on with a repository, at a time in seconds since 1970.
    pub(crate) fn open(path: impl Into<PathBuf>, clock: u64) -> Self {
        Self { path: path.into(), clock }
    }

    /// Returns where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file of the working directory.
    pub(crate) fn file(&mut self, path: &str, text: &str) -> &mut Self {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
        std::fs::write(path, text).expect("a file can be written");
        self
    }

    /// Commits everything, a minute after whatever was before.
    pub(crate) fn commit(&mut self, message: &str) -> &mut Self {
        self.clock += 60;
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--no-verify", "--message", message]);
        self
    }

    /// Tags the newest commit with an annotated tag.
    pub(crate) fn tag(&mut self, name: &str) -> &mut Self {
        self.clock += 60;
        self.git(&["tag", "--annotate", "--force", "--message", name, name]);
        self
    }

    /// Runs git in the repository, untouched by the user's configuration, and returns what it printed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let date = format!("{} +0000", self.clock);
        let output = git_command()
            .args(arguments)
            .current_dir(&self.path)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Returns git with fixed names, and without configuration of the user or the system.
pub(crate) fn git_command() -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ann Author")
        .env("GIT_AUTHOR_EMAIL", "ann@example.org")
        .env("GIT_COMMITTER_NAME", "Ann Author")
        .env("GIT_COMMITTER_EMAIL", "ann@example.org")
        .args(["-c", "core.autocrlf=false", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"]);
    command
}

#[test]
fn a_fixture_has_the_same_commits_everywhere() {
    let make = || {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut fixture = RepoFixture::init(directory.path().join("repository"));
        fixture.file("a", "1").commit("one").tag("v1");
        fixture.git(&["rev-parse", "v1"])
    };
    assert_eq!(make(), make());
}
