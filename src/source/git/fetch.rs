//! Fetching: a bare copy of a remote repository, kept in a cache and brought up to date by the `git` program.
//!
//! Git itself fetches, so that everybody's credentials, proxies and ssh settings just work; the copy is then read as any
//! other repository. It holds all branches and tags and the remote's default branch, never less than the full history, or
//! the result would depend on how deep somebody cloned. It is made once and fetched into ever after.
//!
//! What a hostile remote or URL could try, and what stops it: running a command (`ext::` is no URL here, `--` ends the
//! options, `core.hooksPath` names nothing), asking for a password (no terminal, no input), broken objects
//! (`transfer.fsckObjects`), never answering (a time limit, and a lowest speed).

use std::fs::{File, TryLockError};
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::refs::REMOTE_HEAD;
use super::run::{Run, seconds};
use super::{Repository, open};
use crate::fs::{self, Context as _};
use crate::ident::Digest;
use crate::source::SourceError;

/// How repositories are fetched.
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// The program.
    pub program: String,
    /// How long one fetch may take, and how long another process is waited for.
    pub timeout: Duration,
}

impl Default for FetchOptions {
    /// `git`, and fifteen minutes.
    fn default() -> Self {
        Self { program: "git".to_owned(), timeout: Duration::from_secs(15 * 60) }
    }
}

/// How a copy is brought up to date.
const FETCH: &[&str] = &[
    "fetch",
    "--quiet",
    "--prune",
    "--no-tags",
    "--force",
    "--update-shallow",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
];

/// Brings the cached copy of a repository up to date, and opens it.
pub fn fetch(url: &str, cache: &Utf8Path, options: &FetchOptions) -> Result<Repository, SourceError> {
    let shown = without_credentials(url);
    let failed = |reason: String| SourceError::Fetch { url: shown.clone(), reason };
    if !is_fetchable(url) {
        return Err(failed("only https, http, ssh, git and file URLs and `host:path` are fetched".to_owned()));
    }
    fs::create_dir_all(cache)?;
    let directory = cache.join(folder_name(&shown));
    let lock = lock(&directory.with_extension("lock"), options.timeout, &failed)?;
    if !directory.join("HEAD").exists() {
        make_empty(&directory).map_err(|reason| failed(format!("cannot make `{directory}`: {reason}")))?;
    }
    let run = Run { url, shown: &shown, directory: &directory, options, lock: Some(&lock) };
    let fetch = |references: &[&str]| run.remote(FETCH, references).map(drop).map_err(|failed| failed.reason);
    let head = format!("+HEAD:{REMOTE_HEAD}");
    match fetch(&["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", &head]) {
        Ok(()) => {}
        // The default branch of the remote may not exist.
        Err(reason) if reason.contains("remote ref HEAD") => {
            fetch(&["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]).map_err(failed)?;
            if let Ok(mut reference) = open::bare(&directory, &shown)?.find_reference(REMOTE_HEAD) {
                reference.delete().map_err(|error| failed(error.message().to_owned()))?;
            }
        }
        Err(reason) => return Err(failed(reason)),
    }
    Repository::at(&directory, &shown)
}

/// Makes an empty copy, whole or not at all: what a killed process left half made is replaced.
fn make_empty(directory: &Utf8Path) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let new = directory.with_extension("new");
    for left in [directory, &new] {
        if left.exists() {
            std::fs::remove_dir_all(left).map_err(said)?;
        }
    }
    let mut init = git2::RepositoryInitOptions::new();
    init.bare(true).external_template(false).mkpath(true);
    git2::Repository::init_opts(&new, &init).map_err(|error| error.message().to_owned())?;
    std::fs::rename(&new, directory).map_err(said)
}

/// Returns the name of a remote's default branch; nothing when the remote does not say.
pub fn default_branch(url: &str, cache: &Utf8Path, options: &FetchOptions) -> Result<Option<String>, SourceError> {
    let shown = without_credentials(url);
    if !is_fetchable(url) {
        let reason = "only https, http, ssh, git and file URLs and `host:path` are fetched".to_owned();
        return Err(SourceError::Fetch { url: shown, reason });
    }
    let run = Run { url, shown: &shown, directory: cache, options, lock: None };
    let said = run.remote(&["ls-remote", "--symref"], &["HEAD"]);
    let said = said.map_err(|failure| SourceError::Fetch { url: shown.clone(), reason: failure.reason })?;
    let branch = said.lines().find_map(|line| line.strip_prefix("ref: refs/heads/")?.strip_suffix("\tHEAD"));
    Ok(branch.map(str::to_owned))
}

/// Opens the cached copy of a repository as it is; nothing when there is none.
pub fn copy(url: &str, cache: &Utf8Path) -> Option<Repository> {
    let shown = without_credentials(url);
    let directory = cache.join(folder_name(&shown));
    directory.join("HEAD").exists().then(|| Repository::at(&directory, &shown).ok())?
}

/// Returns a URL without user name and password, for messages and records; the user of an ssh URL is no secret and stays.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let Some((user, host)) = authority.rsplit_once('@') else { return url.to_owned() };
    match user.split(':').next() {
        Some(user) if scheme.contains("ssh") && !user.is_empty() => format!("{scheme}://{user}@{host}{path}"),
        _ => format!("{scheme}://{host}{path}"),
    }
}

/// Tells whether text names a remote repository, not a local path: a URL, or `host:path` as ssh has it.
pub fn is_remote(text: &str) -> bool {
    text.contains("://") || text.contains("::") || {
        let colon = text.find(':');
        // One letter before the colon is a drive on Windows.
        colon.is_some_and(|colon| colon > 1 && !text[..colon].contains(['/', '\\']))
    }
}

fn is_fetchable(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, _)) => matches!(scheme, "https" | "http" | "ssh" | "git+ssh" | "ssh+git" | "git" | "file"),
        None => !url.contains("::") && !url.starts_with('-') && is_remote(url),
    }
}

/// Returns the name of the folder that keeps a repository: readable, and different for different URLs.
pub(super) fn folder_name(url: &str) -> String {
    let last = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let last = last.strip_suffix(".git").unwrap_or(last);
    let readable: String =
        last.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(40).collect();
    format!("{readable}-{}.git", &Digest::of(url.as_bytes()).hex()[..16])
}

/// Waits until no other process fetches into the same folder.
fn lock(path: &Utf8Path, timeout: Duration, failed: &dyn Fn(String) -> SourceError) -> Result<File, SourceError> {
    let file = File::create(path).context("create", path)?;
    let until = Instant::now() + timeout;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            Err(TryLockError::WouldBlock) => {
                return Err(failed(format!("another process holds `{path}` for longer than {}", seconds(timeout))));
            }
            Err(TryLockError::Error(error)) => Err(error).context("lock", path)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::RepoFixture;

    fn tags(repository: &Repository) -> Vec<String> {
        repository.tags().expect("tags").into_iter().filter_map(|tag| tag.name.ok()).collect()
    }

    #[test]
    fn a_repository_is_cloned_once_and_fetched_ever_after() {
        let mut remote = RepoFixture::new();
        remote.write("a.txt", "a").commit("1");
        remote.tag("v1.0.0").tag("gone");
        let (url, cache) = (format!("file://{}", remote.root()), remote.outside().join("cache"));
        let first = fetch(&url, &cache, &FetchOptions::default()).expect("fetched");
        assert_eq!(tags(&first), ["gone", "v1.0.0"]);
        std::fs::write(first.directory().join("kept"), "").expect("a file");

        // A moved tag, a deleted one, a new default branch: the copy follows.
        remote.git(&["tag", "-d", "gone"]);
        remote.git(&["checkout", "-q", "-b", "next"]);
        let newest = remote.write("a.txt", "b").commit("2");
        remote.git(&["tag", "-f", "v1.0.0"]);
        remote.tag("v2.0.0");
        let second = fetch(&url, &cache, &FetchOptions::default()).expect("fetched");
        assert_eq!(tags(&second), ["v1.0.0", "v2.0.0"]);
        assert_eq!(second.head().expect("a head").expect("a commit").id.to_string(), newest);
        assert!(second.directory().join("kept").exists(), "it was not cloned again");
    }

    #[test]
    fn many_processes_can_fetch_at_once() {
        let mut remote = RepoFixture::new();
        remote.write("a.txt", "a").commit("1");
        let (url, cache) = (format!("file://{}", remote.root()), remote.outside().join("cache"));
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| fetch(&url, &cache, &FetchOptions::default()).is_ok())).collect();
            assert!(threads.into_iter().all(|thread| thread.join().expect("no panic")));
        });
    }

    #[test]
    fn a_repository_without_a_default_branch_is_fetched() {
        let mut remote = RepoFixture::new();
        remote.write("a.txt", "a").commit("1");
        remote.tag("v1.0.0");
        remote.git(&["symbolic-ref", "HEAD", "refs/heads/nowhere"]);
        let url = format!("file://{}", remote.root());
        let copy = fetch(&url, &remote.outside().join("cache"), &FetchOptions::default()).expect("fetched");
        assert_eq!((tags(&copy), copy.head().expect("readable")), (vec!["v1.0.0".to_owned()], None));
    }

    #[test]
    fn what_is_no_repository_of_ours_is_refused_in_plain_words() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Utf8Path::from_path(directory.path()).expect("UTF-8");
        for (url, expected) in [
            ("ext::sh -c id", "only https"),
            ("--upload-pack=touch x", "only https"),
            ("fd::17", "only https"),
            ("file:///nowhere/at/all", "does not appear to be a git repository"),
        ] {
            let error = fetch(url, cache, &FetchOptions::default()).expect_err(url).to_string();
            assert!(error.contains(expected), "{error}");
        }
        let mut sha256 = RepoFixture::with(&["--object-format=sha256"]);
        sha256.write("a.txt", "a").commit("1");
        let error = fetch(&format!("file://{}", sha256.root()), cache, &FetchOptions::default()).expect_err("SHA-256");
        assert!(error.to_string().contains("SHA-256"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_fetch_that_does_not_end_is_stopped() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let program = cache.join("slow");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").expect("a file");
        crate::source::testing::make_executable(&program);
        let options = FetchOptions { program: program.into_string(), timeout: Duration::from_millis(200) };
        let error = fetch("https://example.org/x.git", cache, &options).expect_err("too slow").to_string();
        assert!(error.contains("it took longer than 0.2 seconds"), "{error}");
    }

    #[test]
    fn credentials_are_shown_nowhere() {
        for (url, shown) in [
            ("https://me:secret@example.org/a.git", "https://example.org/a.git"),
            ("https://token@example.org/a@b.git", "https://example.org/a@b.git"),
            ("ssh://git:secret@example.org:22/a.git", "ssh://git@example.org:22/a.git"),
            ("git@example.org:a.git", "git@example.org:a.git"),
            ("https://example.org/a.git", "https://example.org/a.git"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
        let line = "fatal: unable to access 'https://me:secret@example.org/a.git/': The requested URL";
        assert!(!super::super::run::redacted(line).contains("secret"));
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let error =
            fetch("http://me:secret@127.0.0.1:9/a.git", cache, &FetchOptions::default()).expect_err("no server");
        assert!(!format!("{error:?}").contains("secret"), "{error}");
    }

    #[test]
    fn urls_and_paths_are_told_apart() {
        for remote in ["https://example.org/a", "git@example.org:a/b.git", "file:///a", "ext::sh"] {
            assert!(is_remote(remote), "{remote}");
        }
        for path in ["../a.git", "/srv/a:b", "a", "C:\\a", "./a:b"] {
            assert!(!is_remote(path), "{path}");
        }
    }
}
