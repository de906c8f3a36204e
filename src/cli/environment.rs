//! The environment and the clock, read here and nowhere else.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use tracing_subscriber::EnvFilter;

use super::UsageError;

/// Logs to stderr: warnings, with `-v` what is done, with `-vv` details; `PACKYARD_LOG` overrides.
pub(super) fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        // It warns of watches that are gone with their folder, which is nothing to anybody.
        0 => "warn,notify=error",
        1 => "packyard=info",
        _ => "packyard=debug",
    };
    let filter = EnvFilter::try_from_env("PACKYARD_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let color = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(color)
        .with_target(false)
        .without_time()
        .try_init();
}

/// Returns the user's cache directory for Packyard; without one, a hidden directory in `root`.
pub(super) fn cache_directory(root: &Utf8Path) -> Utf8PathBuf {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty()).map(Utf8PathBuf::from);
    variable("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))
        .map_or_else(|| root.join(".packyard-cache"), |cache| cache.join("packyard"))
}

/// Returns the time that dates new releases of plain directories: `SOURCE_DATE_EPOCH`, else the clock.
pub(super) fn now() -> anyhow::Result<Timestamp> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        // Whole seconds, as the other times of the registry index have.
        return Ok(Timestamp::from_second(Timestamp::now().as_second())?);
    };
    let seconds = value.to_str().and_then(|text| text.parse().ok());
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
        UsageError(format!("SOURCE_DATE_EPOCH is `{}`, not a number of seconds since 1970", value.display())).into()
    })
}

/// What a CI job knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ci {
    /// The tag that it runs for.
    pub(super) tag: Option<String>,
    /// The public URL of the repository.
    pub(super) repository: Option<String>,
}

/// Returns what the CI job knows: of GitHub Actions (and Gitea, Forgejo), GitLab CI or Jenkins; nothing elsewhere.
pub(super) fn ci() -> Ci {
    ci_of(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn ci_of(variable: impl Fn(&str) -> Option<String>) -> Ci {
    let from_reference = variable("GITHUB_REF").and_then(|name| Some(name.strip_prefix("refs/tags/")?.to_owned()));
    let on_github = || Some(format!("{}/{}", variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?));
    Ci {
        tag: from_reference.or_else(|| variable("CI_COMMIT_TAG")).or_else(|| variable("TAG_NAME")),
        repository: on_github().or_else(|| variable("CI_PROJECT_URL")).or_else(|| variable("GIT_URL")),
    }
}

/// Opens an address in the user's browser.
pub(super) fn open_in_browser(url: &str) -> std::io::Result<()> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let quiet = std::process::Stdio::null;
    let mut command = std::process::Command::new(program);
    command.arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ci_says_tag_and_repository_in_its_own_way() {
        let ci = |variables: &[(&str, &str)]| {
            ci_of(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        let known = |tag: &str, url: &str| Ci { tag: Some(tag.to_owned()), repository: Some(url.to_owned()) };
        let forge = [("GITHUB_SERVER_URL", "https://git.example.org"), ("GITHUB_REPOSITORY", "acme/echo")];
        let url = "https://git.example.org/acme/echo";
        assert_eq!(ci(&[&forge[..], &[("GITHUB_REF", "refs/tags/echo/v1.0.0")]].concat()), known("echo/v1.0.0", url));
        assert_eq!(ci(&[&forge[..], &[("GITHUB_REF", "refs/heads/v1.0.0")]].concat()).tag, None);
        assert_eq!(ci(&[("CI_COMMIT_TAG", "v1.0.0"), ("CI_PROJECT_URL", url)]), known("v1.0.0", url));
        assert_eq!(ci(&[("TAG_NAME", "v1.0.0"), ("GIT_URL", url)]), known("v1.0.0", url));
        assert_eq!(ci(&[]), Ci::default());
    }
}
