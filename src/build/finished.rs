//! Whether there is anything to do: a build of which neither what it read nor what it wrote has changed has the same end.
//!
//! 1. [`inputs`] looks at everything that a build reads, by what the file system says about files and without opening one.
//! 2. [`unchanged`] returns the report of the build that saw the same, if what it left is still there as it was.
//! 3. [`remember`] writes a report down, with what the build saw at its beginning and left at its end.
//!
//! Whatever cannot be told for sure (a file that was changed a moment ago) is something to do.

use std::hash::Hash;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{BuildError, Options, Report, sources};
use crate::cache::{Cache, Chunks};
use crate::config::{Config, SourceConfig};
use crate::diag::{Codes, Compact, Diagnostic};
use crate::fs::PathError;
use crate::fs::listing::{self, Kind};
use crate::ident::{Digest, Fingerprint};
use crate::output::Written;
use crate::rules;
use crate::source::git::{self, Repository};

/// A build, and what it saw and left.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    inputs: Digest,
    outputs: Digest,
    findings: Chunks,
    historical: Chunks,
    packs: usize,
    releases: usize,
    files: usize,
}

/// Returns the digest of everything that a build reads, as it is now; nothing when some of it may be changing.
///
/// Of a remote repository it is the copy that counts, which is looked at and not brought up to date.
pub(super) fn inputs(config: &Config, options: &Options) -> Option<Digest> {
    let Options { root, out, locked, strict, private, now: _, templates, cache, build_cache } = options;
    let whole = std::path::absolute(root).ok()?;
    let settings =
        format!("{config:?} {whole:?} {out} {locked} {strict} {private} {templates:?} {cache} {build_cache:?}");
    let mut seen = vec![Fingerprint::of(settings)];
    let configured = config.registry.templates.as_ref().map(|folder| root.join(folder));
    if let Some(folder) = templates.clone().or(configured) {
        seen.push(folder_digest(&folder, &[])?);
    }
    let written = super::place(config, options).written;
    for source in sources::configured(config).iter().filter(|source| !sources::is_hidden(source, *private)) {
        seen.push(source_digest(source, options, &written)?);
    }
    Some(Fingerprint::of(seen))
}

/// Returns the digest of one source.
fn source_digest(source: &SourceConfig, options: &Options, written: &[Utf8PathBuf]) -> Option<Digest> {
    if let Some(url) = &source.git {
        let repository = if git::is_remote(url) {
            git::copy(url, &options.cache)?
        } else {
            Repository::open(&options.root.join(url)).ok()?
        };
        return repository.outline(false);
    }
    let directory = options.root.join(source.path.as_deref().unwrap_or(Utf8Path::new(".")));
    let enclosing = match Repository::enclosing(&directory).ok()? {
        Some((repository, _)) => Some(repository.outline(true)?),
        None => None,
    };
    Some(Fingerprint::of((folder_digest(&directory, written)?, enclosing)))
}

/// Returns the digest of everything that a build leaves.
fn outputs(config: &Config, options: &Options) -> Option<Digest> {
    let folders = [&config.registry.index, &config.registry.archives].map(|folder| options.root.join(folder));
    let digests = folders.iter().chain([&options.out]).map(|folder| folder_digest(folder, &[]));
    Some(Fingerprint::of(digests.collect::<Option<Vec<_>>>()?))
}

/// Returns the digest of what lies in a folder, without git's own folders, locks, and what lies in `without`.
fn folder_digest(folder: &Utf8Path, without: &[Utf8PathBuf]) -> Option<Digest> {
    let plain = |path: &Utf8Path| -> Utf8PathBuf {
        path.components().filter(|part| *part != camino::Utf8Component::CurDir).collect()
    };
    let from = plain(folder);
    let without: Vec<Utf8PathBuf> =
        without.iter().filter_map(|path| Some(plain(path).strip_prefix(&from).ok()?.to_owned())).collect();
    let left_out = |path: &str, _: bool| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name == ".git" || path == ".lock" || without.iter().any(|without| without == path)
    };
    let directories = listing::list(folder, &left_out).ok()?;
    let is_sure = |entry: &listing::Entry| entry.kind == Kind::Directory || entry.stamp.is_some();
    if !directories.iter().flat_map(|directory| &directory.entries).all(is_sure) {
        return None;
    }
    Some(Fingerprint::of(Listed(&directories)))
}

/// What is hashed of a listing.
struct Listed<'a>(&'a [listing::Directory]);

impl Hash for Listed<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // In large pieces: a digest takes its input in blocks.
        let mut text = Vec::with_capacity(64 << 10);
        for directory in self.0 {
            text.extend_from_slice(directory.path.as_bytes());
            text.push(0);
            for entry in &directory.entries {
                text.extend_from_slice(entry.name.as_bytes());
                text.extend_from_slice(&[0, entry.kind as u8]);
                if let Some(stamp) = entry.stamp {
                    stamp.append_to(&mut text);
                }
            }
            text.push(0);
            if text.len() > 60 << 10 {
                state.write(&text);
                text.clear();
            }
        }
        state.write(&text);
    }
}

/// Returns the report of the last build, if there is nothing to do since.
pub(super) fn unchanged(
    cache: &Cache,
    inputs: Digest,
    config: &Config,
    options: &Options,
) -> Result<Option<Report>, BuildError> {
    let Some(finished) = cache.load::<Finished>(&name(options)) else { return Ok(None) };
    if finished.inputs != inputs || outputs(config, options) != Some(finished.outputs) {
        return Ok(None);
    }
    let all = sources::configured(config);
    let shown = all.iter().filter(|source| !sources::is_hidden(source, options.private));
    let remotes: Vec<&String> =
        shown.filter_map(|source| source.git.as_ref()).filter(|url| git::is_remote(url)).collect();
    // One question to each; what is new is fetched at once, and then there is something to do.
    if remotes.iter().any(|url| git::fetch(url, &options.cache, &git::FetchOptions::default()).is_err())
        || !remotes.is_empty() && self::inputs(config, options) != Some(inputs)
    {
        return Ok(None);
    }
    let codes: Codes = rules::all().into_iter().map(|code| (code.name(), code)).collect();
    let decode = |findings: &Chunks| findings.decode(|finding: Compact<'_>| finding.finding(&codes));
    let (Some(findings), Some(historical)) = (decode(&finished.findings), decode(&finished.historical)) else {
        return Ok(None);
    };
    let written = Written { unchanged: finished.files, ..Written::default() };
    Ok(Some(Report {
        findings,
        historical,
        packs: finished.packs,
        releases: finished.releases,
        new_releases: Vec::new(),
        written: Some(written),
    }))
}

/// Writes a report down; to be called while nobody else can write to what the build left.
pub(super) fn remember(
    cache: &Cache,
    inputs: Digest,
    report: &Report,
    config: &Config,
    options: &Options,
) -> Result<(), PathError> {
    let (Some(written), Some(outputs)) = (&report.written, outputs(config, options)) else { return Ok(()) };
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
    let whole = |path: &Utf8Path| std::path::absolute(path).unwrap_or_else(|_| path.as_std_path().to_owned());
    format!("finished {:?} {:?}", whole(&options.root), whole(&options.out))
}
