//! Where a publication stands: its tag, its source, and what the registry knows of that.

use camino::{Utf8Path, Utf8PathBuf};

use super::registry::{Base, Registry};
use super::{Options, PublishError};
use crate::build::recorded_owners;
use crate::config::{Releases, SourceConfig, Visibility};
use crate::ident::{PackId, Version};
use crate::release::open::identity;
use crate::release::tags::Patterns;
use crate::source::git::{self, ObjectId, Repository, TagTarget};

/// What is published, and by which settings of the registry.
pub(super) struct Place {
    /// The tag.
    pub(super) tag: String,
    /// The commit that it names.
    pub(super) commit: ObjectId,
    /// What the registry calls the source.
    pub(super) source: String,
    /// The git directory of the pack's repository.
    pub(super) git_directory: Utf8PathBuf,
    /// What is read.
    pub(super) sources: Vec<SourceConfig>,
    /// Where paths of `sources` start.
    pub(super) root: Utf8PathBuf,
    /// Whether the registry shows it to everybody.
    pub(super) visibility: Visibility,
}

impl Place {
    /// Looks at the pack's repository and at the registry.
    pub(super) fn find(options: &Options, registry: &Registry, base: &Base) -> Result<Self, PublishError> {
        let unclear = |text: String| PublishError::Unclear(text);
        let Some((repository, _)) = Repository::enclosing(&options.root)? else {
            let message = "is in no git repository, or nothing in it is committed: a release is what a tag names";
            return Err(unclear(format!("`{}` {message}", options.root)));
        };
        let (tag, commit) = tag(options, &repository)?;
        let url = options.source.clone().or(repository.remote_url("origin")?).ok_or_else(|| {
            unclear(
                "the repository has no remote `origin`: say with `--source` which URL people clone it from".to_owned(),
            )
        })?;
        let url = git::without_credentials(&url);
        let git_directory = repository.directory().to_owned();
        let mut place = Self {
            tag,
            commit,
            source: url.clone(),
            git_directory: git_directory.clone(),
            sources: Vec::new(),
            root: options.root.clone(),
            visibility: Visibility::Public,
        };
        let only_tag = Some(place.tag.clone());
        if is_same_repository(&url, &registry.shown()) {
            // The packs lie beside the registry itself, whose configuration has paths.
            let public = base.config.sources.iter().filter(|source| source.visibility == Visibility::Public);
            let here = public.filter(|source| source.path.is_some()).cloned();
            place.sources = here.map(|source| SourceConfig { only_tag: only_tag.clone(), ..source }).collect();
            if base.config.sources.is_empty() {
                place.sources = vec![SourceConfig { path: Some(".".into()), only_tag, ..SourceConfig::default() }];
            }
            return Ok(place);
        }
        let configured = base.config.sources.iter().find(|source| is_same_repository(&identity(source), &url));
        match configured {
            Some(source) => {
                place.source = identity(source);
                place.visibility = source.visibility;
            }
            // As it is written where it is known, so that two ways to write a URL are not two owners.
            None => {
                let owners = recorded_owners(&base.index(Visibility::Public))?;
                if let Some(known) = owners.into_iter().find(|owner| is_same_repository(owner, &url)) {
                    place.source = known;
                }
            }
        }
        place.sources = vec![SourceConfig {
            path: None,
            git: Some(absolute(&git_directory).into_string()),
            repository: Some(place.source.clone()),
            releases: Some(Releases::Tags),
            only_tag,
            ..configured.cloned().unwrap_or_default()
        }];
        Ok(place)
    }

    /// Returns the branch on which releases are proposed.
    pub(super) fn review_branch(&self, releases: &[(PackId, Version)]) -> String {
        match releases {
            [(id, version)] => format!("packyard/{}-{}-{version}", id.ecosystem, id.name),
            _ => format!("packyard/{}", self.tag),
        }
        .replace("..", ".")
        .replace('+', "-")
    }
}

fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

/// Returns the tag that is published, and its commit.
fn tag(options: &Options, repository: &Repository) -> Result<(String, ObjectId), PublishError> {
    let unclear = |text: String| Err(PublishError::Unclear(text));
    let named = repository.tags()?.into_iter().filter_map(|tag| match (tag.name, tag.target) {
        (Ok(name), TagTarget::Commit { commit, .. }) => Some((name, commit.id)),
        _ => None,
    });
    if let Some(wanted) = &options.tag {
        return match named.into_iter().find(|(name, _)| name == wanted) {
            Some(found) => Ok(found),
            None => unclear(format!(
                "the tag `{wanted}` is not in this repository, or names no commit; fetch it: `git fetch --tags`"
            )),
        };
    }
    let Some(head) = repository.head()? else { return unclear("nothing is committed yet".to_owned()) };
    let patterns = Patterns::new(None).with_pep440(true);
    let mut here: Vec<_> =
        named.filter(|(name, commit)| *commit == head.id && !patterns.read(name).is_empty()).collect();
    match (here.pop(), here.as_slice()) {
        (Some(found), []) => Ok(found),
        (None, _) => unclear(format!(
            "the present commit {} has no tag that is a version: make one (`git tag v1.2.3`), or name one with `--tag`",
            head.id.short()
        )),
        (Some((last, _)), others) => {
            let names: Vec<&str> = others.iter().map(|(name, _)| name.as_str()).chain([last.as_str()]).collect();
            unclear(format!("the present commit has several tags: {}; choose one with `--tag`", names.join(", ")))
        }
    }
}

/// Tells whether two URLs, or paths, are ways to write the same repository.
///
/// `https://host/a/b`, `https://me@host/a/b.git/`, `ssh://git@host/a/b.git` and `git@host:a/b` are.
pub fn is_same_repository(one: &str, other: &str) -> bool {
    one == other || plain(one) == plain(other)
}

/// Returns host and path of a URL, without what may differ between ways to write it.
fn plain(url: &str) -> String {
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None if git::is_remote(url) => url.split_once(':').unwrap_or((url, "")),
        None => ("", url),
    };
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let path = path.trim_matches('/');
    format!("{host}/{}", path.strip_suffix(".git").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_is_written_in_many_ways() {
        for other in [
            "https://git.example.org/acme/packs",
            "https://git.example.org/acme/packs.git",
            "https://me:secret@GIT.example.org/acme/packs.git/",
            "ssh://git@git.example.org/acme/packs.git",
            "git@git.example.org:acme/packs.git",
        ] {
            assert!(is_same_repository("https://git.example.org/acme/packs.git", other), "{other}");
        }
        for other in
            ["https://git.example.org/acme/pack", "https://example.org/acme/packs", "/acme/packs", "acme/packs"]
        {
            assert!(!is_same_repository("https://git.example.org/acme/packs.git", other), "{other}");
        }
        assert!(is_same_repository("file:///srv/a.git", "/srv/a"));
    }
}
