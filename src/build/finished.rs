//! Whether there is anything to do: a build of which neither what it read nor what it wrote has changed has the same end.
//!
//! 1. [`unchanged`] returns the report of the last build, if what it read and what it left is as it was then.
//! 2. Otherwise [`Inputs::now`] looks at everything that a build reads, before it reads it.
//! 3. [`remember`] keeps that with the report, and with what the build left.
//!
//! No file is opened for it. Whatever cannot be told for sure (a file that was changed a moment ago) is something to do.

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::memory::whole;
use super::seen::Seen;
use super::{Options, Report, sources};
use crate::cache::{Cache, Chunks};
use crate::config::{Config, SourceConfig};
use crate::diag::{Codes, Compact, Diagnostic};
use crate::fs::PathError;
use crate::fs::listing::Directory;
use crate::fs::stamp::Moment;
use crate::ident::{Digest, Fingerprint};
use crate::output::Written;
use crate::rules;
use crate::source::git::{self, Repository};

/// A build, and what it saw and left.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    inputs: Inputs,
    outputs: Vec<Seen>,
    findings: Chunks,
    historical: Chunks,
    packs: usize,
    releases: usize,
    files: usize,
}

/// Everything that a build reads, as it was before it did.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Inputs {
    /// What is no folder: the configuration, what was asked for, the references of repositories.
    settings: Digest,
    folders: Vec<Seen>,
}

impl Inputs {
    /// Looks at everything that a build reads; nothing when some of it may be changing.
    pub(super) fn now(config: &Config, options: &Options) -> Option<Self> {
        let settings = settings(config, options)?;
        let configured = config.registry.templates.as_ref().map(|folder| options.root.join(folder));
        let templates = options.templates.clone().or(configured).map(|folder| Seen::now(&folder, &[]));
        let written = super::place(config, options).written;
        let all = sources::configured(config);
        let directories = shown(&all, options).filter(|source| source.git.is_none()).map(|source| {
            let directory = source.path.as_deref().unwrap_or(Utf8Path::new("."));
            Seen::now(&options.root.join(directory), &written)
        });
        let theme = config.site.docs.iter().map(|folder| Seen::now(&options.root.join(folder), &[]));
        Some(Self { settings, folders: templates.into_iter().chain(theme).chain(directories).collect::<Option<_>>()? })
    }
}

/// Returns the digest of what a build depends on besides files in folders; nothing when some of it may be changing.
///
/// Of a remote repository it is the copy that counts, which is looked at and not brought up to date.
fn settings(config: &Config, options: &Options) -> Option<Digest> {
    let Options { root, out, locked, strict, private, now: _, templates, cache, build_cache } = options;
    let asked =
        format!("{config:?} {:?} {out} {locked} {strict} {private} {templates:?} {cache} {build_cache:?}", whole(root));
    let logo = match &config.site.logo {
        Some(path) => Some(Moment::now().stamp(&options.root.join(path).metadata().ok()?)?),
        None => None,
    };
    let all = sources::configured(config);
    let repositories = shown(&all, options).map(|source| match &source.git {
        Some(url) if git::is_remote(url) => git::copy(url, cache)?.outline(false).map(Some),
        Some(path) => Repository::open(&root.join(path)).ok()?.outline(false).map(Some),
        None => {
            let directory = root.join(source.path.as_deref().unwrap_or(Utf8Path::new(".")));
            match Repository::enclosing(&directory).ok()? {
                Some((repository, _)) => repository.outline(true).map(Some),
                None => Some(None),
            }
        }
    });
    Some(Fingerprint::of((asked, logo, repositories.collect::<Option<Vec<Option<Digest>>>>()?)))
}

/// Returns the sources that take part.
fn shown<'a>(sources: &'a [SourceConfig], options: &Options) -> impl Iterator<Item = &'a SourceConfig> + use<'a> {
    let private = options.private;
    sources.iter().filter(move |source| !sources::is_hidden(source, private))
}

/// Returns the report of the last build, if there is nothing to do since.
pub(super) fn unchanged(cache: &Cache, config: &Config, options: &Options) -> Option<Report> {
    let finished: Finished = cache.load(&name(options))?;
    let has_same_settings = || settings(config, options) == Some(finished.inputs.settings);
    let mut folders = finished.inputs.folders.iter().chain(&finished.outputs);
    if !has_same_settings() || !folders.all(Seen::is_still) {
        return None;
    }
    // One question to each remote; what is new there is fetched at once, and then there is something to do.
    let all = sources::configured(config);
    let remotes: Vec<&String> =
        shown(&all, options).filter_map(|source| source.git.as_ref()).filter(|url| git::is_remote(url)).collect();
    for url in &remotes {
        git::fetch(url, &options.cache, &git::FetchOptions::default()).ok()?;
    }
    if !remotes.is_empty() && !has_same_settings() {
        return None;
    }
    let codes: Codes = rules::all().into_iter().map(|code| (code.name(), code)).collect();
    let decode = |findings: &Chunks| findings.decode(|finding: Compact<'_>| finding.finding(&codes));
    Some(Report {
        findings: decode(&finished.findings)?,
        historical: decode(&finished.historical)?,
        packs: finished.packs,
        releases: finished.releases,
        new_releases: Vec::new(),
        written: Some(Written { unchanged: finished.files, ..Written::default() }),
    })
}

/// Writes a report down, with the registry as it was `listed`; to be called while nobody else can write to what the build
/// left.
pub(super) fn remember(
    cache: &Cache,
    inputs: Inputs,
    report: &Report,
    listed: &[Directory],
    config: &Config,
    options: &Options,
) -> Result<(), PathError> {
    let folders: Vec<_> =
        super::visibilities(options.private).flat_map(|which| config.registry.folders(which)).collect();
    let folders = folders.iter().map(|folder| options.root.join(folder)).collect::<Vec<_>>();
    let folders = folders.iter().map(|folder| Seen::now(folder, &[]));
    let outputs = folders.chain([Seen::of(&options.out, listed)]).collect::<Option<Vec<_>>>();
    let (Some(written), Some(outputs)) = (&report.written, outputs) else { return Ok(()) };
    let encode = |findings: &[Diagnostic]| Chunks::of(&Compact::all(findings));
    let (Some(findings), Some(historical)) = (encode(&report.findings), encode(&report.historical)) else {
        return Ok(());
    };
    let files = written.written + written.unchanged;
    let (packs, releases) = (report.packs, report.releases);
    cache.save(&name(options), &Finished { inputs, outputs, findings, historical, packs, releases, files })
}

/// Returns the name under which the end of a build is kept.
fn name(options: &Options) -> String {
    format!("finished {:?} {:?}", whole(&options.root), whole(&options.out))
}
