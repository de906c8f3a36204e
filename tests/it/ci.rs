//! The templates for CI services: their scripts are run as the services run them, their actions are pinned.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::repository::git_command;
use crate::support::site::Finished;
use crate::support::{RepoFixture, SiteTest, packs, tree};

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ci")
}

/// A registry's bare repository, a checkout of it, and a pack whose repository the registry reads.
struct World {
    site: SiteTest,
    echo: RepoFixture,
}

impl World {
    fn new() -> Self {
        let site = SiteTest::new();
        let mut echo = RepoFixture::init(site.beside("echo"));
        tree::write(echo.path(), &packs::attune("echo", "1.0.0", "one"));
        echo.commit("One").tag("v1.0.0");
        echo.git(&["remote", "add", "origin", "https://git.acme.example/echo.git"]);
        let mut begin = RepoFixture::init(site.beside("begin"));
        let source = "[[source]]\ngit = \"../echo\"\nrepository = \"https://git.acme.example/echo.git\"\n";
        begin.file("packyard.toml", &format!("[registry]\nname = \"Acme\"\n\n{source}"));
        begin.file(".gitignore", "public/\n.packyard-cache/\n").commit("Begin");
        begin.git(&["clone", "--quiet", "--bare", ".", "../registry.git"]);
        let world = Self { site, echo };
        world.clone_to("checkout");
        world
    }

    fn clone_to(&self, name: &str) -> PathBuf {
        let path = self.site.beside(name);
        let status =
            git_command().args(["clone", "--quiet"]).arg(self.registry()).arg(&path).status().expect("git runs");
        assert!(status.success());
        path
    }

    fn registry(&self) -> PathBuf {
        self.site.beside("registry.git")
    }

    fn commits(&self) -> usize {
        let count = git_command().arg("--git-dir").arg(self.registry()).args(["rev-list", "--count", "main"]).output();
        String::from_utf8(count.expect("git runs").stdout).expect("UTF-8").trim().parse().expect("a number")
    }

    /// Runs a script as a job does: in a checkout, with `packyard` on the PATH and the variables of the service.
    fn job(&self, script: &str, checkout: &Path, variables: &[(&str, &str)]) -> Finished {
        let program = Path::new(env!("CARGO_BIN_EXE_packyard")).parent().expect("a directory").to_owned();
        let path = std::env::var("PATH").unwrap_or_default();
        let like = self.site.command();
        let mut command = Command::new("sh");
        command.arg(templates().join("scripts").join(script)).current_dir(checkout).env_clear();
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", format!("{}:{path}", program.display())).envs(variables.iter().copied());
        Finished::new(command.output().expect("sh runs"))
    }
}

#[test]
fn a_tag_is_published_by_each_service() {
    for (service, variables) in [
        (
            "GitHub",
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_REF", "refs/tags/v1.0.0"),
                ("GITHUB_SERVER_URL", "https://git.acme.example"),
                ("GITHUB_REPOSITORY", "echo"),
            ][..],
        ),
        ("GitLab", &[("CI_COMMIT_TAG", "v1.0.0"), ("CI_PROJECT_URL", "https://git.acme.example/echo")]),
        ("Jenkins", &[("TAG_NAME", "v1.0.0"), ("GIT_URL", "https://git.acme.example/echo.git")]),
    ] {
        let world = World::new();
        let registry = world.registry();
        let mut all = vec![("PACKYARD_REGISTRY", registry.to_str().expect("UTF-8")), ("PACKYARD_TOKEN", "secret")];
        all.extend(variables);
        // Services check out one commit, and packyard's own source beside the packs.
        let checkout = world.site.beside("job");
        let url = format!("file://{}", world.echo.path().display());
        let mut clone = git_command();
        let clone = clone.args(["clone", "--quiet", "--depth", "1", "--branch", "v1.0.0", &url]).arg(&checkout);
        assert!(clone.status().expect("git runs").success());
        tree::write(&checkout.join(".packyard/packs/other"), &packs::attune("other", "1.0.0", "other"));
        let published = world.job("publish.sh", &checkout, &all);
        assert_eq!(published.code, 0, "{service}: {}{}", published.stdout, published.stderr);
        assert!(published.stdout.contains("Published attune/echo 1.0.0"), "{service}: {}", published.stdout);
        assert!(!(published.stdout + &published.stderr).contains("secret"), "{service}");
        let again = world.job("publish.sh", &checkout, &all);
        assert!(again.code == 0 && again.stdout.contains("Already published"), "{service}: {}", again.stdout);
        assert_eq!(world.commits(), 2, "{service}");
    }
    let world = World::new();
    let unset = world.job("publish.sh", world.echo.path(), &[]);
    assert!(unset.code == 2 && unset.stderr.contains("PACKYARD_REGISTRY is not set"), "{}", unset.stderr);
}

#[test]
fn a_change_of_a_pack_is_checked() {
    let mut world = World::new();
    let checkout = world.echo.path().to_owned();
    tree::write(&checkout.join(".packyard/packs/bad"), &packs::tree(&[("pack.yaml", "ref: [\n".to_owned())]));
    let good = world.job("check.sh", &checkout, &[]);
    assert_eq!(good.code, 0, "{}{}", good.stdout, good.stderr);
    let sarif = || std::fs::read_to_string(checkout.join("packyard.sarif")).expect("written");
    assert!(sarif().contains("\"2.1.0\""));

    world.echo.file("actions/say.yaml", "ref: echo.say\nrunner_type: shell\nentry_point: gone.sh\n");
    let bad = world.job("check.sh", &checkout, &[("GITHUB_ACTIONS", "true")]);
    assert_eq!(bad.code, 1, "{}{}", bad.stdout, bad.stderr);
    assert!(bad.stdout.contains("::error file=actions/say.yaml"), "{}", bad.stdout);
    assert!(sarif().contains("actions/say.yaml"));
}

#[test]
fn a_registry_is_synchronised_guarded_and_deployed() {
    let mut world = World::new();
    let checkout = world.site.beside("checkout");
    let synchronised = world.job("sync.sh", &checkout, &[]);
    assert_eq!(synchronised.code, 0, "{}{}", synchronised.stdout, synchronised.stderr);
    assert_eq!(world.commits(), 2);

    // Nothing new opens nothing.
    let again = world.job("sync.sh", &checkout, &[]);
    assert!(again.code == 0 && again.stdout.contains("Nothing new."), "{}{}", again.stdout, again.stderr);
    assert_eq!(world.commits(), 2);

    // Somebody else records first: it is done again, on top of that.
    let other = world.clone_to("other");
    tree::write(world.echo.path(), &packs::attune("echo", "1.1.0", "two"));
    world.echo.commit("Two").tag("v1.1.0");
    let elsewhere = world.job("sync.sh", &other, &[]);
    assert_eq!((elsewhere.code, world.commits()), (0, 3), "{}", elsewhere.stderr);
    tree::write(world.echo.path(), &packs::attune("echo", "1.2.0", "three"));
    world.echo.commit("Three").tag("v1.2.0");
    let behind = world.job("sync.sh", &checkout, &[]);
    assert_eq!((behind.code, world.commits()), (0, 4), "{}{}", behind.stdout, behind.stderr);
    assert!(behind.stderr.contains("trying again"), "{}", behind.stderr);

    // The gate passes what was recorded honestly, and refuses what was removed.
    let review = world.clone_to("review");
    let variables =
        [[("GITHUB_BASE_REF", "main")], [("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")], [("CHANGE_TARGET", "main")]];
    for variables in &variables {
        let passed = world.job("gate.sh", &review, variables);
        assert_eq!(passed.code, 0, "{}{}", passed.stdout, passed.stderr);
    }
    let history = review.join("registry-index/packs/attune/ec/echo.jsonl");
    let lines = std::fs::read_to_string(&history).expect("a history");
    std::fs::write(&history, lines.split_inclusive('\n').take(2).collect::<String>()).expect("written");
    let refused = world.job("gate.sh", &review, &variables[0]);
    assert!(refused.code == 1 && refused.stdout.contains("index-not-append-only"), "{}", refused.stdout);

    // A draft with an error is no reason not to deploy; a tag that moved is.
    let deployment = world.clone_to("deployment");
    world.echo.file("pack.yaml", "ref: [\n").commit("Broken");
    let deployed = world.job("deploy.sh", &deployment, &[]);
    assert_eq!(deployed.code, 0, "{}{}", deployed.stdout, deployed.stderr);
    assert!(deployment.join("public/archives/attune/echo/echo-1.2.0.tar.gz").is_file());
    tree::write(world.echo.path(), &packs::attune("echo", "1.2.0", "forged"));
    world.echo.commit("Forged").tag("v1.2.0");
    let refused = world.job("deploy.sh", &deployment, &[]);
    assert!(refused.code == 1 && refused.stdout.contains("error[tag-moved]"), "{}{}", refused.stdout, refused.stderr);
}

/// The token reaches git by the credential helper, after whatever the job has configured already.
#[test]
fn a_token_reaches_git_and_nothing_else() {
    let world = World::new();
    let script = format!(". {}/scripts/setup.sh; git credential fill", templates().display());
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(world.echo.path())
        .envs([("PACKYARD_TOKEN", "secret"), ("PACKYARD_USER", "ci"), ("GIT_TERMINAL_PROMPT", "0")])
        .envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "a.b"), ("GIT_CONFIG_VALUE_0", "c")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), b"protocol=https\nhost=git.acme.example\n\n")
        .expect("git reads");
    let Output { stdout, .. } = child.wait_with_output().expect("it ends");
    let said = String::from_utf8(stdout).expect("UTF-8");
    assert!(said.contains("username=ci\n") && said.contains("password=secret\n"), "{said}");
}

/// Every action is pinned by a commit, with its version beside it; and every script that a template runs exists.
#[test]
fn templates_name_what_exists_and_what_cannot_move() {
    let files = tree::read(&templates());
    let mut actions = 0;
    for (path, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        for line in text
            .lines()
            .filter(|line| line.trim_start_matches("- ").trim_start().starts_with("uses:") || line.contains("- uses:"))
        {
            let used = line.split("uses:").nth(1).expect("behind the key").trim();
            if used.starts_with("./.packyard/") {
                assert_eq!(used, "./.packyard/ci/github", "{path}");
                continue;
            }
            let (_, rest) = used.split_once('@').unwrap_or_else(|| panic!("{path}: {line}"));
            let (commit, version) = rest.split_once(" # v").unwrap_or_else(|| panic!("{path}: {line}"));
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}: {line}");
            assert!(version.split('.').count() == 3, "{path}: {line}");
            actions += 1;
        }
        for (at, _) in text.match_indices("ci/scripts/") {
            let name: String = text[at + 11..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
            assert!(name.is_empty() || files.contains_key(&format!("scripts/{name}")), "{path}: {name}");
        }
    }
    assert!(actions > 10, "{actions}");
}
