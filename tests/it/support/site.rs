//! A throwaway registry.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use packyard::build::{self, BuildError, CheckOptions, CheckReport, Options, Report};
use packyard::config::Config;
use packyard::ident::Version;
use packyard::index::archives::ArchiveStore;
use packyard::index::event::What;
use packyard::index::store::Store;
use packyard::progress::{Progress, Silent};

use super::tree::{self, Tree};

/// A directory with a registry in it, gone when the test ends.
pub(crate) struct SiteTest {
    directory: tempfile::TempDir,
}

impl SiteTest {
    /// Makes an empty directory.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("packyard-test-").tempdir().expect("a temporary directory");
        std::fs::create_dir(directory.path().join("site")).expect("a directory can be made");
        Self { directory }
    }

    /// Makes a copy of a directory, given relative to `tests/`.
    pub(crate) fn from_dir(path: &str) -> Self {
        let site = Self::new();
        tree::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path), &site.root());
        site
    }

    /// Returns the directory of the registry.
    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("site")
    }

    /// Returns a path beside the registry, for repositories and caches.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
        std::fs::write(path, text).expect("a file can be written");
        self
    }

    /// Writes a pack to a directory of the registry.
    pub(crate) fn pack(self, path: &str, files: &Tree) -> Self {
        tree::write(&self.root().join(path), files);
        self
    }

    /// Builds with the library, at a fixed time, with what builds before it remembered.
    pub(crate) fn build(&self) -> Result<Report, BuildError> {
        self.build_with(&Silent)
    }

    /// Does the same, and tells about it.
    pub(crate) fn build_with(&self, progress: &dyn Progress) -> Result<Report, BuildError> {
        let build_cache = Some(self.utf8_root().join(build::CACHE_FOLDER));
        build::build(&self.config(), &Options { build_cache, ..self.options() }, progress)
    }

    /// Builds with the library, at a fixed time, and neither takes nor leaves anything to remember.
    pub(crate) fn build_without_memory(&self) -> Result<Report, BuildError> {
        build::build(&self.config(), &self.options(), &Silent)
    }

    fn options(&self) -> Options {
        let root = self.utf8_root();
        Options {
            out: root.join("public"),
            root,
            locked: false,
            strict: false,
            private: false,
            now: "2024-01-01T00:00:00Z".parse().expect("a time"),
            templates: None,
            cache: self.cache(),
            build_cache: None,
        }
    }

    /// Checks with the library and a configuration.
    pub(crate) fn check_with(&self, config: &Config) -> Result<CheckReport, BuildError> {
        let options = CheckOptions { root: self.utf8_root(), paths: Vec::new(), all: true, cache: self.cache() };
        build::check(config, &options, &Silent)
    }

    /// Returns the real program, to be run in the registry, with an environment that holds nothing of the user's.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packyard"));
        command
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.beside("home"))
            .env("PACKYARD_CACHE", self.beside("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("SOURCE_DATE_EPOCH", "1704067200");
        command
    }

    /// Runs the real program.
    pub(crate) fn packyard(&self, arguments: &[&str]) -> Finished {
        Finished::new(self.command().args(arguments).output().expect("the program runs"))
    }

    /// Returns the files of the built registry.
    pub(crate) fn tree(&self) -> Tree {
        tree::read(&self.root().join("public"))
    }

    fn config(&self) -> Config {
        Config::load(&self.utf8_root()).expect("the configuration is valid")
    }

    /// Returns the registry index.
    pub(crate) fn index(&self) -> Store {
        Store::at(self.utf8_root().join("registry-index"))
    }

    /// Appends a yank to the history of the pack of that name.
    pub(crate) fn yank(&self, name: &str, version: &str, reason: &str) {
        let store = self.index();
        let guard = store.lock(Duration::ZERO, |_| ()).expect("nobody else writes");
        let mut histories = store.load().expect("the index can be read").histories;
        let history = histories.values_mut().find(|history| history.id().name.as_str() == name).expect("recorded");
        let version = Version::parse(version).expect("a version");
        let what = What::Yank { version, reason: reason.to_owned(), advisory: None };
        history.append("2024-02-01T00:00:00Z".parse().expect("a time"), what).expect("it was released");
        store.append(&guard, &mut [history]).expect("the index can be written");
    }

    /// Requires that the index verifies, and that every archive it names is stored and served as recorded.
    ///
    /// Returns the releases, as `ecosystem/name version`.
    #[track_caller]
    pub(crate) fn verified(&self) -> Vec<String> {
        let loaded = self.index().load().expect("the index can be read");
        assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
        let archives = ArchiveStore::at(self.utf8_root().join("registry-archives"));
        let mut releases = Vec::new();
        for (id, history) in &loaded.histories {
            for (release, _) in history.releases() {
                let stored = archives.get(id, &release.version, &release.archive).expect("as recorded");
                let served = format!("public/archives/{id}/{}-{}.tar.gz", id.name, release.version);
                let served = std::fs::read(self.root().join(&served)).ok();
                assert!(stored.is_some() && stored == served, "{id} {}", release.version);
                releases.push(format!("{id} {}", release.version));
            }
        }
        releases
    }

    fn utf8_root(&self) -> Utf8PathBuf {
        Utf8Path::from_path(&self.root()).expect("UTF-8").to_owned()
    }

    fn cache(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.beside("cache")).expect("UTF-8")
    }
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained about.
    pub(crate) stderr: String,
}

impl Finished {
    /// Takes what a run gave.
    pub(crate) fn new(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Requires an exit code.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}
