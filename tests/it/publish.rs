//! `packyard publish`: from the repository of a pack, on a tag, into the repository of a registry; all of them real.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::repository::git_command;
use crate::support::site::Finished;
use crate::support::{RepoFixture, SiteTest, packs, tree};

/// A registry's bare repository with one commit, and room for repositories of packs beside it.
struct Registry {
    site: SiteTest,
}

const CONFIG: &str = "[registry]\nname = \"Acme packs\"\nurl = \"https://packs.acme.example\"\n";

impl Registry {
    fn new(config: &str) -> Self {
        let site = SiteTest::new();
        let mut begin = RepoFixture::init(site.beside("begin"));
        begin.file("packyard.toml", config).file(".gitignore", "public/\n.packyard-cache/\n").commit("Begin");
        begin.git(&["clone", "--quiet", "--bare", ".", "../registry.git"]);
        Self { site }
    }

    fn path(&self) -> PathBuf {
        self.site.beside("registry.git")
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = git_command().arg("--git-dir").arg(self.path()).args(arguments).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Returns the files of a branch.
    fn files(&self, branch: &str) -> BTreeMap<String, String> {
        let names = self.git(&["ls-tree", "-r", "--name-only", branch]);
        names.lines().map(|name| (name.to_owned(), self.git(&["rev-parse", &format!("{branch}:{name}")]))).collect()
    }

    fn file(&self, path: &str) -> String {
        self.git(&["show", &format!("main:{path}")])
    }

    fn commits(&self, branch: &str) -> usize {
        self.git(&["rev-list", "--count", branch]).trim().parse().expect("a number")
    }

    /// Makes the repository of a pack, with a public URL.
    fn repository(&self, name: &str, pack: &tree::Tree) -> RepoFixture {
        let mut repository = RepoFixture::init(self.site.beside(name));
        tree::write(repository.path(), pack);
        repository.commit("A pack");
        repository.git(&["remote", "add", "origin", &format!("https://git.acme.example/{name}.git")]);
        repository
    }

    /// Returns the program, to be run in the repository of a pack.
    fn command(&self, repository: &Path, arguments: &[&str]) -> Command {
        let mut command = self.site.command();
        command.current_dir(repository).args(["publish", "--registry"]).arg(self.path()).args(arguments);
        command
    }

    fn publish(&self, repository: &RepoFixture, arguments: &[&str]) -> Finished {
        Finished::new(self.command(repository.path(), arguments).output().expect("the program runs"))
    }
}

#[test]
fn a_tag_becomes_a_release_of_the_registry() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    let published = registry.publish(&repository, &[]);
    assert_eq!(published.code, 0, "{}", published.stderr);
    assert!(published.stdout.contains("Published attune/echo 1.0.0"), "{}", published.stdout);

    // One commit, with the line, the archive and nothing else.
    assert_eq!(registry.commits("main"), 2);
    let files: Vec<String> = registry.files("main").into_keys().collect();
    let expected = [
        ".gitignore",
        "packyard.toml",
        "registry-archives/attune/echo/echo-1.0.0.tar.gz",
        "registry-index/packs/attune/ec/echo.jsonl",
        "registry-index/registry.json",
    ];
    assert_eq!(files, expected);
    let commit = repository.git(&["rev-parse", "v1.0.0^{commit}"]);
    let message = registry.git(&["log", "-1", "--format=%an <%ae>%n%B", "main"]);
    let expected = format!(
        "packyard <packyard@localhost>\nPublish attune/echo 1.0.0\n\nSource: https://git.acme.example/echo.git\nTag: v1.0.0\nCommit: {commit}"
    );
    assert_eq!(message.trim_end(), expected.trim_end());

    // The same again changes nothing, and is a success.
    let before = registry.files("main");
    let again = registry.publish(&repository, &["--tag", "v1.0.0"]);
    assert_eq!((again.code, registry.commits("main")), (0, 2), "{}", again.stderr);
    assert!(again.stdout.contains("Already published"), "{}", again.stdout);

    // The next version is appended; every byte of before stays.
    let line = registry.file("registry-index/packs/attune/ec/echo.jsonl");
    tree::write(repository.path(), &packs::attune("echo", "1.1.0", "two"));
    repository.commit("Two").tag("v1.1.0");
    assert_eq!(registry.publish(&repository, &[]).code, 0);
    assert!(registry.file("registry-index/packs/attune/ec/echo.jsonl").starts_with(&line));
    let archive = "registry-archives/attune/echo/echo-1.0.0.tar.gz";
    assert_eq!(registry.files("main")[archive], before[archive]);
}

/// What is published is what a build of the registry, which reads the repository itself, would have recorded.
#[test]
fn a_build_of_the_registry_records_the_same() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &[]).code, 0);

    let config = format!(
        "{CONFIG}\n[[source]]\ngit = \"../echo\"\nrepository = \"https://git.acme.example/echo.git\"\nreleases = \"tags\"\n"
    );
    let by_build = registry.site.file("packyard.toml", &config);
    assert_eq!(by_build.packyard(&["build"]).code, 0);
    let path = "registry-index/packs/attune/ec/echo.jsonl";
    let built = std::fs::read_to_string(by_build.root().join(path)).expect("recorded");
    let registry = Registry { site: by_build };
    assert_eq!(built, registry.file(path));

    // And the site is built from what was published alone, in a clone that has no source at all.
    let clone = registry.site.beside("deploy");
    let cloned = git_command().args(["clone", "--quiet"]).arg(registry.path()).arg(&clone).status().expect("git runs");
    assert!(cloned.success());
    let build = registry.site.command().current_dir(&clone).args(["build", "--locked"]).output().expect("runs");
    let build = Finished::new(build);
    assert!(build.stdout.contains("Built 1 pack, 1 release"), "{}{}", build.stdout, build.stderr);
    assert!(clone.join("public/archives/attune/echo/echo-1.0.0.tar.gz").is_file());
}

#[test]
fn other_content_under_a_released_version_is_refused() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &[]).code, 0);
    let before = registry.files("main");

    repository.file("actions/say.sh", "#!/bin/sh\necho stolen\n").commit("Changed").tag("v1.0.0");
    let moved = registry.publish(&repository, &[]);
    assert_eq!(moved.code, 1, "{}", moved.stdout);
    assert!(moved.stdout.contains("error[tag-moved]") && moved.stdout.contains("Not published"), "{}", moved.stdout);
    assert_eq!(registry.files("main"), before);

    // Another repository cannot take the name.
    let mut thief = registry.repository("thief", &packs::attune("echo", "2.0.0", "two"));
    thief.tag("v2.0.0");
    let taken = registry.publish(&thief, &[]);
    assert_eq!(taken.code, 1, "{}", taken.stdout);
    assert!(taken.stdout.contains("error[duplicate-ref]"), "{}", taken.stdout);
    assert_eq!(registry.files("main"), before);
}

/// Whoever takes over an address may have its CI publish too; a clone without the old commits may be one that was cut short.
#[test]
fn a_repository_that_was_made_again_publishes_nothing() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &[]).code, 0);
    let shallow = registry.site.beside("shallow");
    tree::write(repository.path(), &packs::attune("echo", "1.1.0", "two"));
    repository.commit("Two").tag("v1.1.0");
    let url = format!("file://{}", repository.path().display());
    let clone = git_command()
        .args(["clone", "--quiet", "--depth=1", "--branch=v1.1.0", "-c", "advice.detachedHead=false", &url])
        .arg(&shallow)
        .status();
    assert!(clone.expect("git runs").success());

    std::fs::remove_dir_all(repository.path()).expect("it is there");
    let mut other = registry.repository("echo", &packs::attune("echo", "2.0.0", "stolen"));
    other.tag("v2.0.0");
    let refused = registry.publish(&other, &[]);
    assert_eq!((refused.code, registry.commits("main")), (1, 2), "{}", refused.stderr);
    let expected =
        "`https://git.acme.example/echo.git` has none of the commits that were released from it: attune/echo";
    assert!(refused.stdout.contains("error[repository-recreated]"), "{}", refused.stdout);
    assert!(refused.stdout.contains(expected), "{}", refused.stdout);

    // Of a shallow clone nobody can tell: CI jobs often have nothing else.
    let source = ["--source", "https://git.acme.example/echo.git"];
    let published = Finished::new(registry.command(&shallow, &source).output().expect("the program runs"));
    assert_eq!((published.code, registry.commits("main")), (0, 3), "{}", published.stderr);
}

#[test]
fn what_is_not_fit_is_not_published() {
    let registry = Registry::new(CONFIG);
    let before = registry.files("main");
    let refused = |repository: &RepoFixture, arguments: &[&str], code: i32, words: &str| {
        let finished = registry.publish(repository, arguments);
        assert_eq!(finished.code, code, "{words}: {}{}", finished.stdout, finished.stderr);
        let said = finished.stdout + &finished.stderr;
        assert!(said.contains(words), "{words}: {said}");
        assert_eq!(registry.files("main"), before, "{words}");
    };
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    refused(&repository, &[], 2, "has no tag that is a version");
    refused(&repository, &["--tag", "v9.0.0"], 2, "`v9.0.0` is not in this repository");
    repository.tag("v1.0.1");
    refused(&repository, &[], 1, "error[version-tag-mismatch]");
    repository.tag("other-v1.0.0");
    refused(&repository, &[], 2, "several tags: other-v1.0.0, v1.0.1");
    refused(&repository, &["--tag", "other-v1.0.0"], 1, "names `other`");
    repository.file("pack.yaml", "ref: echo\nversion: 1.0.0\nversion: 2.0.0\n").commit("Broken").tag("v2.0.0");
    refused(&repository, &["--tag", "v2.0.0"], 1, "error[");
    repository.git(&["remote", "remove", "origin"]);
    refused(&repository, &["--tag", "v2.0.0"], 2, "--source");
    refused(&repository, &["--tag", "v2.0.0", "--author", "Ann"], 2, "Name <email>");
    refused(&repository, &["--tag", "v2.0.0", "--branch", "nowhere"], 3, "no branch `nowhere`");
    let outside = RepoFixture::init(registry.site.beside("empty"));
    refused(&outside, &[], 2, "in no git repository");
}

#[test]
fn a_dry_run_is_a_diff_that_git_can_apply() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &[]).code, 0);
    tree::write(repository.path(), &packs::attune("echo", "1.1.0", "two"));
    repository.commit("Two").tag("v1.1.0");
    let shown = registry.publish(&repository, &["--dry-run"]);
    assert_eq!((shown.code, registry.commits("main")), (0, 2), "{}", shown.stderr);
    assert!(shown.stdout.contains("# new file registry-archives/attune/echo/echo-1.1.0.tar.gz: "), "{}", shown.stdout);

    let clone = RepoFixture::init(registry.site.beside("clone"));
    clone.git(&["pull", "--quiet", "../registry.git", "main"]);
    clone_file(&clone, "change.diff", &shown.stdout);
    clone.git(&["apply", "change.diff"]);
    assert_eq!(registry.publish(&repository, &[]).code, 0);
    let path = "registry-index/packs/attune/ec/echo.jsonl";
    assert_eq!(std::fs::read_to_string(clone.path().join(path)).expect("applied"), registry.file(path));
}

fn clone_file(clone: &RepoFixture, name: &str, text: &str) {
    std::fs::write(clone.path().join(name), text).expect("a file");
}

#[test]
fn a_release_can_be_proposed_for_review() {
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    let proposed = registry.publish(&repository, &["--pr"]);
    assert_eq!((proposed.code, registry.commits("main")), (0, 1), "{}", proposed.stderr);
    let branch = "packyard/attune-echo-1.0.0";
    assert!(proposed.stdout.contains(&format!("Open a pull request for the branch `{branch}`")), "{}", proposed.stdout);
    let tip = registry.git(&["rev-parse", branch]);
    assert_eq!(registry.publish(&repository, &["--pr"]).code, 0);
    assert_eq!(registry.git(&["rev-parse", branch]), tip, "the same proposal is not made again");

    // Somebody else is merged first: the proposal is made anew, on top of that.
    let mut other = registry.repository("other", &packs::attune("other", "1.0.0", "two"));
    other.tag("v1.0.0");
    assert_eq!(registry.publish(&other, &[]).code, 0);
    repository.file("README.md", "# echo\n\nMore.\n").commit("More").tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &["--pr", "--no-archive"]).code, 0);
    assert_eq!(registry.git(&["merge-base", branch, "main"]), registry.git(&["rev-parse", "main"]));
    assert!(!registry.files(branch).contains_key("registry-archives/attune/echo/echo-1.0.0.tar.gz"));
    assert_eq!(registry.publish(&repository, &["--pr=review/echo"]).code, 0);
    assert_eq!(registry.commits("review/echo"), 3);
}

#[test]
fn the_environment_of_a_ci_job_says_what_to_publish() {
    for (name, variables) in [
        (
            "github",
            &[
                ("GITHUB_REF", "refs/tags/echo-v1.0.0"),
                ("GITHUB_SERVER_URL", "https://git.acme.example"),
                ("GITHUB_REPOSITORY", "acme/packs"),
            ][..],
        ),
        ("gitlab", &[("CI_COMMIT_TAG", "echo-v1.0.0"), ("CI_PROJECT_URL", "https://git.acme.example/acme/packs")]),
        ("jenkins", &[("TAG_NAME", "echo-v1.0.0"), ("GIT_URL", "https://me:secret@git.acme.example/acme/packs")]),
    ] {
        let registry = Registry::new(CONFIG);
        // A monorepo: the tag is of one of its packs.
        let mut repository = RepoFixture::init(registry.site.beside("packs"));
        tree::write(&repository.path().join("packs/echo"), &packs::attune("echo", "1.0.0", "one"));
        tree::write(&repository.path().join("packs/other"), &packs::stackstorm("other", "1.0.0", "two"));
        repository.commit("Packs").tag("echo-v1.0.0").tag("other-v1.0.0");
        let mut command =
            registry.command(repository.path(), &["--message", "From CI", "--author", "Ci <ci@acme.example>"]);
        let finished = Finished::new(command.envs(variables.iter().copied()).output().expect("runs"));
        assert_eq!(finished.code, 0, "{name}: {}{}", finished.stdout, finished.stderr);
        let lines = registry.file("registry-index/packs/attune/ec/echo.jsonl");
        assert!(lines.contains(r#""source":"https://git.acme.example/acme/packs"}"#), "{name}: {lines}");
        assert!(lines.contains(r#""path":"packs/echo""#) && !lines.contains("secret"), "{name}: {lines}");
        assert_eq!(registry.git(&["log", "-1", "--format=%an <%ae> %s", "main"]), "Ci <ci@acme.example> From CI\n");
        assert_eq!(registry.files("main").keys().filter(|path| path.ends_with(".jsonl")).count(), 1, "{name}");
    }
}

/// The registry knows the source by another way to write its URL: its settings, and its name for it, count.
#[test]
#[cfg(unix)]
fn settings_of_the_registry_count() {
    let source = "[[source]]\ngit = \"ssh://git@git.acme.example/echo\"\ntag = \"release-{version}\"\n";
    let registry = Registry::new(&format!("{CONFIG}\n{source}"));
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("release-1.0.0");
    let arguments = ["--tag", "release-1.0.0"];
    assert_eq!(registry.publish(&repository, &arguments).code, 0);
    let lines = registry.file("registry-index/packs/attune/ec/echo.jsonl");
    assert!(lines.contains(r#""source":"ssh://git@git.acme.example/echo"}"#), "{lines}");

    let strict = Registry::new(&format!("{CONFIG}\n{source}\n[lints]\nsymlink = \"deny\"\n"));
    std::os::unix::fs::symlink("README.md", repository.path().join("LINK.md")).expect("a link");
    repository.commit("A link").tag("release-1.0.0");
    let refused = strict.publish(&repository, &arguments);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert!(refused.stdout.contains("error[symlink]"), "{}", refused.stdout);
}

#[test]
#[cfg(unix)]
fn a_protected_branch_is_an_error_that_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;
    let registry = Registry::new(CONFIG);
    let hook = registry.path().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().expect("a directory")).expect("a directory");
    std::fs::write(&hook, "#!/bin/sh\ngrep -q refs/heads/main && echo 'main is protected' >&2 && exit 1\nexit 0\n")
        .expect("a hook");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    let refused = registry.publish(&repository, &[]);
    assert_eq!((refused.code, registry.commits("main")), (3, 1), "{}", refused.stdout);
    assert!(refused.stderr.contains("main is protected") && refused.stderr.contains("--pr"), "{}", refused.stderr);
    assert_eq!(registry.publish(&repository, &["--pr"]).code, 0);
}

/// A commit is signed when git is set up so, and git itself verifies it.
///
/// Needs ssh-keygen (Debian: `apt-get install openssh-client`); `cargo xtask test clients` installs it.
#[test]
fn commits_are_signed_when_git_is_set_up_so() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        assert!(
            std::env::var_os("PACKYARD_NEEDS_TOOLS").is_none(),
            "ssh-keygen is missing: apt-get install openssh-client"
        );
        eprintln!("ssh-keygen is missing, so no commit was signed: apt-get install openssh-client");
        return;
    }
    let registry = Registry::new(CONFIG);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    let key = registry.site.beside("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ann@example.org", "-f"])
        .arg(&key)
        .status()
        .expect("ssh-keygen runs");
    assert!(made.success());
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("a public key");
    let allowed = registry.site.beside("allowed");
    std::fs::write(&allowed, format!("ann@example.org {public}")).expect("a file");
    for (name, value) in [
        ("user.name", "Ann Author"),
        ("user.email", "ann@example.org"),
        ("commit.gpgSign", "true"),
        ("gpg.format", "ssh"),
        ("user.signingKey", key.to_str().expect("UTF-8")),
    ] {
        repository.git(&["config", name, value]);
    }
    let published = registry.publish(&repository, &[]);
    assert_eq!(published.code, 0, "{}", published.stderr);
    let setting = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    registry.git(&["-c", &setting, "verify-commit", "main"]);
    assert_eq!(registry.git(&["log", "-1", "--format=%an", "main"]), "Ann Author\n");
}

/// How many publish at once in the race.
const PUBLISHERS: usize = 32;

/// How many of them are killed at some moment, and so report nothing.
const KILLED: usize = 12;

/// Everybody pushes to one branch at the same moment, and some are killed meanwhile: whatever was reported is recorded, once.
#[test]
fn many_publishers_lose_nothing() {
    let registry = Registry::new(CONFIG);
    let mut first = registry.repository("first", &packs::attune("first", "1.0.0", "first"));
    first.tag("v1.0.0");
    assert_eq!(registry.publish(&first, &[]).code, 0);
    let before: BTreeMap<String, String> = registry
        .files("main")
        .into_keys()
        .filter(|path| path.ends_with(".jsonl"))
        .map(|path| (path.clone(), registry.file(&path)))
        .collect();

    // Half of them share two packs: they append to the same file.
    let mut repositories = Vec::new();
    for number in 0..PUBLISHERS / 2 {
        let mut repository =
            registry.repository(&format!("p{number}"), &packs::attune(&format!("p{number}"), "1.0.0", "w"));
        repository.tag("v1.0.0");
        repositories.push((repository.path().to_owned(), "v1.0.0".to_owned(), format!("p{number}")));
    }
    for pack in ["shared", "common"] {
        let mut repository = registry.repository(pack, &packs::attune(pack, "0.0.1", "w"));
        for number in 1..=PUBLISHERS / 4 {
            let version = format!("1.{number}.0");
            tree::write(repository.path(), &packs::attune(pack, &version, "w"));
            repository.commit(&version).tag(&format!("v{version}"));
            repositories.push((repository.path().to_owned(), format!("v{version}"), pack.to_owned()));
        }
    }
    assert_eq!(repositories.len(), PUBLISHERS);

    let mut children = Vec::new();
    for (number, (path, tag, _)) in repositories.iter().enumerate() {
        let mut command = registry.command(path, &["--tag", tag]);
        // CI jobs have caches of their own; some share one.
        command.env("PACKYARD_CACHE", registry.site.beside(&format!("cache-{}", number % 24)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        children.push(command.spawn().expect("the program starts"));
    }
    // At moments that no two runs have in common.
    for (number, child) in children.iter_mut().enumerate().take(KILLED * 2).filter(|(number, _)| number % 2 == 0) {
        std::thread::sleep(std::time::Duration::from_millis(40 + 13 * number as u64));
        let _ = child.kill();
    }
    let mut reported = Vec::new();
    for (child, (_, tag, pack)) in children.into_iter().zip(&repositories) {
        let output = child.wait_with_output().expect("it ends");
        let killed = output.status.code().is_none();
        let finished = (!killed).then(|| Finished::new(output));
        match finished {
            Some(finished) if finished.code == 0 => reported.push((pack.clone(), tag[1..].to_owned())),
            Some(finished) => panic!("{pack} {tag}: {}{}", finished.stdout, finished.stderr),
            None => {}
        }
    }
    assert!(reported.len() >= PUBLISHERS - KILLED, "{} reported", reported.len());

    // Every reported release is there exactly once, the chain holds, and no other line changed.
    let clone = RepoFixture::init(registry.site.beside("clone"));
    clone.git(&["pull", "--quiet", "../registry.git", "main"]);
    for (path, text) in &before {
        assert_eq!(&registry.file(path), text, "{path}");
    }
    for (pack, version) in &reported {
        let text = registry.file(&format!("registry-index/packs/attune/{}/{pack}.jsonl", &pack[..2]));
        assert_eq!(text.matches(&format!(r#""version":"{version}"}}"#)).count(), 1, "{pack} {version}");
        assert!(clone.path().join(format!("registry-archives/attune/{pack}/{pack}-{version}.tar.gz")).is_file());
    }
    let root = camino::Utf8PathBuf::from_path_buf(clone.path().join("registry-index")).expect("UTF-8");
    let loaded = packyard::index::store::Store::at(root).load().expect("readable");
    assert!(loaded.findings.is_empty() && loaded.broken.is_empty(), "{:?}", loaded.findings);
    let releases: usize = loaded.histories.values().map(|history| history.releases().count()).sum();
    assert_eq!(registry.commits("main"), 1 + releases, "one commit for each release");

    // Those that were killed publish when they are run again.
    for (path, tag, pack) in &repositories {
        let again = Finished::new(registry.command(path, &["--tag", tag]).output().expect("runs"));
        assert_eq!(again.code, 0, "{pack} {tag}: {}", again.stderr);
    }
    assert_eq!(registry.commits("main"), 2 + PUBLISHERS);
}

/// The gate makes every new release again: what a person wrote by hand, or changed, does not pass.
#[test]
fn the_gate_makes_new_releases_again_from_their_source() {
    let config =
        format!("{CONFIG}\n[[source]]\ngit = \"../echo\"\nrepository = \"https://git.acme.example/echo.git\"\n");
    let registry = Registry::new(&config);
    let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
    repository.tag("v1.0.0");
    assert_eq!(registry.publish(&repository, &["--pr=proposal"]).code, 0);
    let clone = RepoFixture::init(registry.site.beside("clone"));
    clone.git(&["remote", "add", "origin", "../registry.git"]);
    clone.git(&["fetch", "--quiet", "origin"]);
    clone.git(&["checkout", "--quiet", "proposal"]);
    let gate = || {
        let mut command = registry.site.command();
        command.current_dir(clone.path()).args(["check", "--against", "origin/main"]);
        Finished::new(command.output().expect("runs"))
    };
    let passed = gate();
    assert_eq!(passed.code, 0, "{}{}", passed.stdout, passed.stderr);
    assert!(passed.stdout.contains("1 new release since `origin/main`"), "{}", passed.stdout);

    let path = clone.path().join("registry-index/packs/attune/ec/echo.jsonl");
    let honest = std::fs::read_to_string(&path).expect("the history");
    let refused = |text: &str, words: &str| {
        std::fs::write(&path, text).expect("written");
        let refused = gate();
        assert_eq!(refused.code, 1, "{words}: {}", refused.stdout);
        assert!(refused.stdout.contains(words), "{words}: {}", refused.stdout);
    };
    // A fact, a digest and a version that the source does not say; each file verifies by itself.
    refused(&honest.replace(r#""action":["say"]"#, r#""action":["say","steal"]"#), "its source says: components");
    let digest = honest.split(r#""content_digest":"sha256:"#).nth(1).expect("a digest")[..64].to_owned();
    refused(&honest.replace(&digest, &"0".repeat(64)), "its source says: content digest");
    refused(&honest.replace(r#""version":"1.0.0""#, r#""version":"1.0.1""#), "error[release-not-in-source]");
    refused(&honest.replace("packyard", "x").replace(r#""seq":1"#, r#""seq":2"#), "error[index-broken]");
    std::fs::write(&path, &honest).expect("written");
    let archive = clone.path().join("registry-archives/attune/echo/echo-1.0.0.tar.gz");
    let bytes = std::fs::read(&archive).expect("the archive");
    std::fs::write(&archive, b"something else").expect("written");
    assert!(gate().stdout.contains("error[release-not-of-source]"));
    std::fs::write(&archive, bytes).expect("written");
    assert_eq!(gate().code, 0);

    // A tag that is gone before its release was reviewed: the commit is still a release, but not by that tag.
    repository.git(&["tag", "-d", "v1.0.0"]);
    assert!(gate().stdout.contains("its source says: source"));
}

/// A broken history stops only its own pack.
#[test]
fn a_broken_history_stops_only_its_pack() {
    let registry = Registry::new(CONFIG);
    let mut first = registry.repository("first", &packs::attune("first", "1.0.0", "one"));
    first.tag("v1.0.0");
    assert_eq!(registry.publish(&first, &[]).code, 0);
    let mut clone = RepoFixture::init(registry.site.beside("clone"));
    clone.git(&["pull", "--quiet", "../registry.git", "main"]);
    clone.file("registry-index/packs/attune/fi/first.jsonl", "{}\n").commit("By hand");
    clone.git(&["push", "--quiet", "../registry.git", "main"]);

    tree::write(first.path(), &packs::attune("first", "1.1.0", "two"));
    first.commit("Two").tag("v1.1.0");
    let refused = registry.publish(&first, &[]);
    assert!(refused.code == 1 && refused.stdout.contains("error[index-broken]"), "{}", refused.stdout);
    let mut second = registry.repository("second", &packs::attune("second", "1.0.0", "two"));
    second.tag("v1.0.0");
    assert_eq!(registry.publish(&second, &[]).code, 0);
}

/// A registry whose configuration leads out of its repository cannot have files of this machine replaced.
#[test]
fn a_registry_writes_nowhere_else() {
    for folder in ["/tmp/packyard-elsewhere", "../elsewhere", "."] {
        let registry = Registry::new(&format!("{CONFIG}index = \"{folder}\"\n"));
        let mut repository = registry.repository("echo", &packs::attune("echo", "1.0.0", "one"));
        repository.tag("v1.0.0");
        let refused = registry.publish(&repository, &[]);
        assert_eq!((refused.code, registry.commits("main")), (2, 1), "{folder}: {}", refused.stdout);
        assert!(refused.stderr.contains("not a folder of its repository"), "{folder}: {}", refused.stderr);
    }
}
