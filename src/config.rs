//! `packyard.toml` → [`Config`].

mod colour;
mod site;

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::diag::{Level, Levels};

pub use colour::{Colour, Scheme};
pub use site::{Accent, FilePages, Footer, NamedLink, SiteConfig};

/// The configuration of a registry; every key is optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the registry is.
    #[serde(default)]
    pub registry: Registry,
    /// Where packs come from; without any, the directory of the configuration.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceConfig>,
    /// Severities by diagnostic code.
    #[serde(default)]
    pub lints: BTreeMap<String, Level>,
    /// Bounds of what one pack may hold.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// The runtime feeds.
    #[serde(default)]
    pub feeds: Feeds,
    /// How the website looks, and what it shows.
    #[serde(default)]
    pub site: SiteConfig,
}

/// `[registry]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registry {
    /// What people call it.
    pub name: String,
    /// Where it is served; feeds with absolute links need it.
    pub url: Option<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The folder of the registry index.
    pub index: Utf8PathBuf,
    /// The folder of the archive store.
    pub archives: Utf8PathBuf,
    /// The folder with the index and the archives of private packs, which only builds with `--private` look at.
    pub private: Utf8PathBuf,
    /// What the names of images begin with that no public pack may name, such as `registry.acme.example/`.
    pub private_images: Vec<String>,
    /// The folder of templates that replace built-in ones.
    pub templates: Option<Utf8PathBuf>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            name: "Pack registry".to_owned(),
            url: None,
            description: None,
            index: "registry-index".into(),
            archives: "registry-archives".into(),
            private: "registry-private".into(),
            private_images: Vec::new(),
            templates: None,
        }
    }
}

impl Registry {
    /// Returns where packs of a visibility are recorded: the folder of the index, and that of the archives.
    pub fn folders(&self, visibility: Visibility) -> [Utf8PathBuf; 2] {
        match visibility {
            Visibility::Public => [self.index.clone(), self.archives.clone()],
            Visibility::Private => ["index", "archives"].map(|name| self.private.join(name)),
        }
    }
}

/// `[[source]]`: exactly one of `path` and `git`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// A directory; its releases come from git when it lies in a repository.
    pub path: Option<Utf8PathBuf>,
    /// A git repository: a local path, a bare repository, `file://`, `http(s)://` or `ssh`.
    pub git: Option<String>,
    /// Which directories hold packs, as a glob relative to the source; without it they are found.
    pub packs: Option<String>,
    /// Where releases come from.
    pub releases: Option<Releases>,
    /// The tag pattern, with `{version}` and optionally `{name}`.
    pub tag: Option<String>,
    /// The ecosystem of every pack here; without it the packs tell.
    pub ecosystem: Option<String>,
    /// The variant of the ecosystem's format that the packs here follow, where it has several.
    pub profile: Option<String>,
    /// The public URL of the repository, where it differs from where it is read.
    pub repository: Option<String>,
    /// Whether the packs appear in public builds.
    #[serde(default)]
    pub visibility: Visibility,
    /// The only tag that is looked at, which is what somebody publishes; not for `packyard.toml`.
    #[serde(skip)]
    pub only_tag: Option<String>,
}

/// Where releases come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Releases {
    /// From tags.
    Tags,
    /// From the history of the manifest's version, along the first-parent line.
    History,
    /// From the present state only.
    Head,
}

/// Who sees a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Builds made with `--private` only.
    Private,
}

/// `[limits]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Most files in a pack.
    pub files: usize,
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most bytes in all files of a pack.
    pub pack_bytes: u64,
    /// Largest YAML file, in bytes.
    pub yaml_bytes: usize,
    /// Deepest YAML nesting.
    pub yaml_depth: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let (files, yaml) = (crate::source::Limits::default(), crate::yaml::Limits::default());
        Self {
            files: files.files,
            file_bytes: files.file_bytes,
            pack_bytes: files.pack_bytes,
            yaml_bytes: yaml.bytes,
            yaml_depth: yaml.depth,
        }
    }
}

impl LimitsConfig {
    /// Returns the bounds of a pack's files.
    pub fn files(&self) -> crate::source::Limits {
        let Self { files, file_bytes, pack_bytes, .. } = *self;
        crate::source::Limits { files, file_bytes, pack_bytes, ..Default::default() }
    }

    /// Returns the bounds of a YAML file.
    pub fn yaml(&self) -> crate::yaml::Limits {
        crate::yaml::Limits { bytes: self.yaml_bytes, depth: self.yaml_depth, ..Default::default() }
    }
}

/// `[feeds]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Feeds {
    /// Whether the experimental Attune 1.0 index and archives are written.
    pub attune_v1: bool,
    /// Whether builds with private packs write the files that a tenant's `ApplicationSet` scans for.
    pub crossplane_consumers: bool,
    /// The feed of Nasiko.
    pub nasiko: NasikoFeed,
    /// Whether the registry is a preview, whose feeds lead to its own address whether that is https or not; not for
    /// `packyard.toml`.
    #[serde(skip)]
    pub of_preview: bool,
}

/// `[feeds.nasiko]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NasikoFeed {
    /// Whose artifacts the agents are: the first part of `<owner>/<name>`.
    pub owner: String,
    /// Whether the tree of the OCI registry is written to the root of the registry, too.
    pub root: bool,
}

impl Default for NasikoFeed {
    fn default() -> Self {
        Self { owner: "nasiko".to_owned(), root: false }
    }
}

/// Reports a configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] crate::fs::PathError),
    /// The file is not TOML, or has keys or values that are not known.
    #[error("`{path}` is not a valid configuration:\n{reason}")]
    Invalid {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong, with the place in the file.
        reason: String,
    },
}

impl Config {
    /// The file name.
    pub const FILE: &'static str = "packyard.toml";

    /// Reads `packyard.toml` in a directory, or the defaults when there is none.
    pub fn load(directory: &Utf8Path) -> Result<Self, ConfigError> {
        let path = directory.join(Self::FILE);
        match crate::fs::read_if_exists(&path)? {
            Some(bytes) => Self::parse(&path, &String::from_utf8_lossy(&bytes)),
            None => Ok(Self::default()),
        }
    }

    /// Parses the text of a configuration; `path` is for its errors.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Self, ConfigError> {
        let invalid = |reason: String| ConfigError::Invalid { path: path.to_owned(), reason };
        let config: Self = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        for (number, source) in config.sources.iter().enumerate() {
            let number = number + 1;
            match (&source.path, &source.git) {
                (Some(_), None) | (None, Some(_)) => {}
                _ => return Err(invalid(format!("source {number} needs exactly one of `path` and `git`"))),
            }
            if let Some(id) = &source.ecosystem
                && crate::ecosystem::by_id(id).is_none()
            {
                let known: Vec<&str> = crate::ecosystem::ALL.iter().map(|ecosystem| ecosystem.id()).collect();
                return Err(invalid(format!(
                    "source {number}: unknown ecosystem `{id}`; known are {}",
                    known.join(", ")
                )));
            }
            if let (Some(id), Some(profile)) = (&source.ecosystem, &source.profile)
                && let Some(known) = crate::ecosystem::by_id(id).map(|ecosystem| ecosystem.profiles())
                && !known.is_empty()
                && !known.contains(&profile.as_str())
            {
                return Err(invalid(format!(
                    "source {number}: unknown profile `{profile}`; those of {id} are {}",
                    known.join(", ")
                )));
            }
            if let Some(tag) = &source.tag
                && tag.matches("{version}").count() != 1
            {
                return Err(invalid(format!("source {number}: the tag pattern `{tag}` must have `{{version}}` once")));
            }
        }
        if let Some((private, public)) = overlapping(&config.sources) {
            return Err(invalid(format!(
                "source {private} is private and source {public} is not, but one contains the other: give each a place of its own"
            )));
        }
        if let Some(url) = &config.registry.url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            return Err(invalid(format!("registry.url `{url}` is not an http(s) URL")));
        }
        let owner = &config.feeds.nasiko.owner;
        if owner.len() > 255 || !crate::content::oci::is_name_component(owner) {
            return Err(invalid(format!(
                "feeds.nasiko.owner `{owner}` cannot be part of a repository's name: use lowercase letters, digits, and single `.`, `_` or `-`"
            )));
        }
        if let Some(name) = config.lints.keys().find(|name| crate::rules::by_name(name).is_none()) {
            return Err(invalid(format!(
                "unknown diagnostic code `{name}` in [lints]; `packyard explain` lists them all"
            )));
        }
        Ok(config)
    }

    /// Returns the severities of `[lints]`.
    pub fn levels(&self) -> Levels {
        Levels::new(self.lints.clone())
    }

    /// Returns this configuration without what only builds with private packs have, if this is none.
    pub fn of_build(&self, private: bool) -> Self {
        let mut config = self.clone();
        config.feeds.crossplane_consumers &= private;
        config
    }

    /// Returns this configuration with directories in place of its sources.
    pub fn with_paths(&self, paths: &[Utf8PathBuf]) -> Self {
        let source = |path: &Utf8PathBuf| SourceConfig { path: Some(path.clone()), ..SourceConfig::default() };
        Self { sources: paths.iter().map(source).collect(), ..self.clone() }
    }

    /// Returns the registry's URL without a slash at the end.
    pub fn url(&self) -> Option<String> {
        self.registry.url.as_ref().map(|url| url.trim_end_matches('/').to_owned())
    }
}

/// Returns the numbers of a private and a public source of which one contains the other: what is in both would be published.
fn overlapping(sources: &[SourceConfig]) -> Option<(usize, usize)> {
    let numbered = || sources.iter().zip(1..);
    let private = numbered().filter(|(source, _)| source.visibility == Visibility::Private);
    let pairs = private.flat_map(|private| {
        let public = numbered().filter(|(source, _)| source.visibility == Visibility::Public);
        public.map(move |public| (private, public))
    });
    let overlaps = |one: &SourceConfig, other: &SourceConfig| {
        let is_same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        if is_same(&one.git, &other.git) || is_same(&one.repository, &other.repository) {
            return true;
        }
        let (Some(one), Some(other)) = (&one.path, &other.path) else { return false };
        let (one, other) = (normal(one), normal(other));
        one.starts_with(&other) || other.starts_with(&one)
    };
    pairs.into_iter().find(|((one, _), (other, _))| overlaps(one, other)).map(|((_, one), (_, other))| (one, other))
}

/// Returns a path without `.`, and without `..` behind a name.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A private directory inside a public one would be published with it.
    #[test]
    fn a_source_is_private_or_public_as_a_whole() {
        let sources = |one: &str, other: &str| {
            parse(&format!("[[source]]\n{one}\nvisibility = \"private\"\n[[source]]\n{other}\n"))
        };
        for (private, public) in [
            ("path = \"packs/internal\"", "path = \"packs\""),
            ("path = \"packs/x/../internal/\"", "path = \"./packs\""),
            ("path = \"internal\"", "path = \".\""),
            ("path = \".\"", "path = \"packs\""),
            ("path = \"packs\"", "path = \"packs\""),
            ("git = \"https://git.acme.example/a.git\"", "git = \"https://git.acme.example/a.git\""),
        ] {
            let error = sources(private, public).expect_err(private);
            assert!(error.contains("source 1 is private and source 2 is not"), "{error}");
        }
        for (private, public) in
            [("path = \"internal\"", "path = \"packs\""), ("path = \"../packs-b\"", "path = \"../packs\"")]
        {
            assert!(sources(private, public).is_ok(), "{private} {public}");
        }
    }

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Utf8Path::new("packyard.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn every_key_of_the_documentation_is_read() {
        let config = parse(
            r#"
            [registry]
            name = "Acme packs"
            url = "https://packs.acme.example/"

            [[source]]
            path = "packs"

            [[source]]
            git = "https://git.acme.example/automation.git"
            packs = "packages/*"
            releases = "tags"
            tag = "{name}-v{version}"
            visibility = "private"

            [lints]
            missing-license = "deny"

            [limits]
            files = 100

            [feeds.nasiko]
            owner = "harbour"
            root = true
            "#,
        )
        .expect("valid");
        assert_eq!(config.url().as_deref(), Some("https://packs.acme.example"));
        assert_eq!(config.sources[1].releases, Some(Releases::Tags));
        assert_eq!((config.feeds.nasiko.owner.as_str(), config.feeds.nasiko.root), ("harbour", true));
        assert_eq!((config.limits.files().files, config.limits.files().file_bytes), (100, 50 << 20));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("[registry]\nnmae = \"x\"", "unknown field `nmae`"),
            ("[[source]]\npath = \"a\"\ngit = \"b\"", "exactly one of `path` and `git`"),
            ("[[source]]\nreleases = \"tags\"", "exactly one of `path` and `git`"),
            ("[[source]]\npath = \"a\"\nreleases = \"branches\"", "unknown variant `branches`"),
            ("[[source]]\npath = \"a\"\necosystem = \"npm\"", "unknown ecosystem `npm`; known are attune, stackstorm"),
            (
                "[[source]]\npath = \"a\"\necosystem = \"nasiko\"\nprofile = \"pyhton\"",
                "unknown profile `pyhton`; those of nasiko are rust, python",
            ),
            ("[[source]]\npath = \"a\"\ntag = \"release\"", "must have `{version}` once"),
            ("[registry]\nurl = \"packs.example\"", "not an http(s) URL"),
            ("[feeds.nasiko]\nowner = \"Harbour/x\"", "`Harbour/x` cannot be part of a repository's name"),
            ("[lints]\nmissing-licence = \"deny\"", "unknown diagnostic code `missing-licence`"),
            ("[registry", "line 1, column 10"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part) && error.contains("packyard.toml"), "{text}: {error}");
        }
    }
}
