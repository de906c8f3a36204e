//! Repositories and directories made for tests, by the real `git` program, with fixed dates.

use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

/// A repository in a temporary directory; it goes when this does.
#[derive(Debug)]
pub(crate) struct RepoFixture {
    directory: tempfile::TempDir,
    seconds: u64,
}

impl RepoFixture {
    /// Returns an empty repository with a working directory and the branch `main`.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Returns an empty repository made with further options of `git init`.
    pub(crate) fn with(options: &[&str]) -> Self {
        let fixture = Self { directory: tempfile::tempdir().expect("a temporary directory"), seconds: 1_600_000_000 };
        std::fs::create_dir(fixture.root()).expect("a new directory");
        let mut arguments = vec!["init", "--quiet", "--initial-branch=main"];
        arguments.extend(options);
        fixture.git(&arguments);
        fixture
    }

    /// Returns the root of the working directory.
    pub(crate) fn root(&self) -> Utf8PathBuf {
        self.outside().join("work")
    }

    /// Returns the temporary directory around it.
    pub(crate) fn outside(&self) -> Utf8PathBuf {
        Utf8PathBuf::try_from(self.directory.path().to_owned()).expect("UTF-8")
    }

    /// Runs git in the repository and returns what it prints; each call is a minute after the one before.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_with_input(arguments, b"")
    }

    /// Runs git with an input.
    pub(crate) fn git_with_input(&self, arguments: &[&str], input: &[u8]) -> String {
        use std::io::Write as _;
        let date = format!("{} +0100", self.seconds);
        let mut child = Command::new("git")
            .current_dir(self.root())
            .args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
            .args(arguments)
            .envs([("GIT_AUTHOR_DATE", date.as_str()), ("GIT_COMMITTER_DATE", &date)])
            .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
            .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git runs");
        child.stdin.take().expect("piped").write_all(input).expect("git reads");
        let output = child.wait_with_output().expect("git ends");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes a file of the working directory.
    pub(crate) fn write(&mut self, path: &str, text: &str) -> &mut Self {
        write(&self.root(), path, text);
        self
    }

    /// Commits everything and returns the commit.
    pub(crate) fn commit(&mut self, message: &str) -> String {
        self.seconds += 60;
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Makes a lightweight tag of the newest commit.
    pub(crate) fn tag(&mut self, name: &str) -> &mut Self {
        self.git(&["tag", name]);
        self
    }

    /// Makes an annotated tag of the newest commit, a minute later.
    pub(crate) fn annotated_tag(&mut self, name: &str) -> &mut Self {
        self.seconds += 60;
        self.git(&["tag", "-a", "-m", name, name]);
        self
    }

    /// Returns the id of a tree with these entries, each `mode type name` and content or object id, whatever a file system
    /// would say about the names.
    pub(crate) fn tree(&self, entries: &[(&str, &[u8], &str)]) -> String {
        let mut input = Vec::new();
        for (mode, name, object) in entries {
            let kind = match *mode {
                "040000" => "tree",
                "160000" => "commit",
                _ => "blob",
            };
            input.extend_from_slice(format!("{mode} {kind} {object}\t").as_bytes());
            input.extend_from_slice(name);
            input.push(0);
        }
        self.git_with_input(&["mktree", "-z", "--missing"], &input)
    }

    /// Returns the id of a blob.
    pub(crate) fn blob(&self, text: &str) -> String {
        self.git_with_input(&["hash-object", "-w", "--stdin"], text.as_bytes())
    }
}

/// Writes a file and the directories above it.
pub(crate) fn write(root: &Utf8Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
    std::fs::write(path, text).expect("a file");
}

/// Makes a file executable.
#[cfg(unix)]
pub(crate) fn make_executable(path: &Utf8Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
}
