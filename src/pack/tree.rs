//! A pack's files as an ecosystem reads them.

use std::cell::OnceCell;
use std::hash::Hash;
use std::sync::Arc;

use super::above::{Above, LicenseAbove};
use super::sniffed::Sniff;
use super::{Memo, YAML_LIMIT, YAML_PARSERS_DISAGREE};
use crate::diag::{Diagnostic, Place, Sink, Span};
use crate::ident::RelPath;
use crate::source::{FILE_UNREADABLE, FileEntry, ReadError, Snapshot};
use crate::yaml::{self, Dialect, Node, Yaml};

/// The files of one pack at one state, with parsed results shared by content.
///
/// Paths are relative to the pack's root.
#[derive(Clone, Copy)]
pub struct PackTree<'a> {
    /// The pack's files.
    pub snapshot: &'a Snapshot,
    /// What is known about files by their content.
    pub memo: &'a Memo,
    /// The name of the directory that holds the pack; `None` when the pack is the root of a repository.
    pub directory: Option<&'a str>,
    /// Where the pack lies in its source, empty at the root.
    pub path: &'a str,
    /// Whether another directory with a manifest of the same ecosystem lies beside it.
    pub has_sibling: bool,
    /// What the configuration says of the source.
    pub configured: Configured<'a>,
    /// What the rest of the source says, when the pack lies below its root.
    pub above: Option<&'a Above>,
    /// Bounds of YAML files.
    pub yaml_limits: yaml::Limits,
}

/// What the configuration says of the packs of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Configured<'a> {
    /// The identifier of their ecosystem.
    pub ecosystem: Option<&'a str>,
    /// The variant of the ecosystem's format, by a name that the ecosystem chooses.
    pub profile: Option<&'a str>,
    /// The name of their repository, where a URL says it: the same wherever it is cloned to.
    pub repository: Option<&'a str>,
    /// Where the source lies in its repository, empty at its root.
    pub within: &'a str,
    /// What the names of images begin with that the pack may not name, because it is public; known to the rules that look beyond
    /// the pack, nothing elsewhere.
    pub private_images: &'a [String],
}

/// What was read from one file, with the findings about the file itself.
#[derive(Debug)]
pub struct Parsed<T> {
    /// What the file says; `None` when it could not be read.
    pub value: Option<T>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

/// Says why a YAML file gave no tree; the ecosystem chooses the code.
#[derive(Debug, Clone)]
pub struct YamlFault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl<'a> PackTree<'a> {
    /// Returns the files of the pack at a path of its source.
    pub fn new(snapshot: &'a Snapshot, memo: &'a Memo, path: &'a str, yaml_limits: yaml::Limits) -> Self {
        let directory = path.rsplit('/').next().filter(|name| !name.is_empty());
        let configured = Configured::default();
        Self { snapshot, memo, directory, path, has_sibling: false, configured, above: None, yaml_limits }
    }

    /// Returns the file at a path.
    pub fn get(&self, path: &str) -> Option<&'a FileEntry> {
        self.snapshot.get(path)
    }

    /// Returns the licence file at the root of the source, when the pack lies below it.
    pub fn license_above(&self) -> Option<&'a LicenseAbove> {
        self.above?.license.as_ref()
    }

    /// Returns the files directly in a directory (not deeper), sorted by path.
    pub fn directly_in(&self, directory: &'a str) -> impl Iterator<Item = &'a FileEntry> {
        self.snapshot.below(directory).iter().filter(move |entry| entry.path.parent() == directory)
    }

    /// Returns the first file at the root of the pack that has one of these names, in any letter case.
    pub fn at_root(&self, names: &[&str]) -> Option<&'a FileEntry> {
        self.directly_in("").find(|entry| names.iter().any(|name| entry.path.as_str().eq_ignore_ascii_case(name)))
    }

    /// Returns the content of a file as text, if it is UTF-8 of at most `limit` bytes.
    pub fn text(&self, entry: &FileEntry, limit: u64) -> Option<String> {
        if entry.size > limit {
            return None;
        }
        let bytes = self.memo.read(self.snapshot, entry).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// Reads a YAML file once per content, and adds the findings about it to the sink.
    ///
    /// `context` is everything that `parse` depends on besides the content; the type of the result tells results of the
    /// same file apart. The findings of `parse` are replayed each time. A file that gives no tree is reported as
    /// `unreadable` says, or as `YAML_LIMIT`, and its value is `None`.
    pub fn parse_yaml<T: Send + Sync + 'static>(
        &self,
        entry: &FileEntry,
        dialect: Dialect,
        context: impl Hash,
        sink: &mut Sink,
        unreadable: fn(&mut Sink, YamlFault),
        parse: impl FnOnce(&YamlFile<'_>, &mut Sink) -> T,
    ) -> Arc<Parsed<T>> {
        let parsed = self.memo.get_or_insert(entry.blob, (context, entry.path.as_str()), || {
            let mut found = Sink::new();
            let value = self.read_yaml(entry, dialect, &mut found, unreadable, parse);
            Parsed { value, findings: found.finish() }
        });
        sink.extend(parsed.findings.iter().cloned());
        parsed
    }

    /// Looks at a YAML file once per content, before anybody knows what it is; `None` when it gives no tree.
    ///
    /// Nothing is reported: whoever reads the file reports what is wrong with it, and does not have to parse it again.
    /// `context` is everything that `look` depends on besides the content; the type of the result belongs to it.
    pub fn sniff_yaml<T: Send + Sync + 'static>(
        &self,
        entry: &FileEntry,
        dialect: Dialect,
        context: impl Hash,
        look: impl FnOnce(&Node) -> T,
    ) -> Arc<Option<T>> {
        self.memo.get_or_insert(entry.blob, ("sniff", context), || {
            if entry.size > self.yaml_limits.bytes as u64 {
                return None;
            }
            let read = || self.read_tree(entry, dialect).ok();
            let file = self.memo.sniffed.get_or_read(entry.blob, dialect, read)?;
            (*file.tree).as_ref().ok().map(|yaml| look(&yaml.root))
        })
    }

    fn read_tree(&self, entry: &FileEntry, dialect: Dialect) -> Result<Sniff, ReadError> {
        let bytes = self.memo.read(self.snapshot, entry)?;
        let tree = Arc::new(yaml::read(&bytes, dialect, self.yaml_limits));
        Ok(Sniff { bytes, tree })
    }

    fn read_yaml<T>(
        &self,
        entry: &FileEntry,
        dialect: Dialect,
        sink: &mut Sink,
        unreadable: fn(&mut Sink, YamlFault),
        parse: impl FnOnce(&YamlFile<'_>, &mut Sink) -> T,
    ) -> Option<T> {
        if entry.size > self.yaml_limits.bytes as u64 {
            let message = format!("the file has {} bytes; at most {} are read", entry.size, self.yaml_limits.bytes);
            sink.report(YAML_LIMIT, Place::file(entry.path.as_str()), message);
            return None;
        }
        let sniffed = self.memo.sniffed.take(entry.blob, dialect);
        let Sniff { bytes, tree } = match sniffed.map_or_else(|| self.read_tree(entry, dialect), Ok) {
            Ok(file) => file,
            Err(error) => {
                sink.report(FILE_UNREADABLE, Place::file(entry.path.as_str()), error.to_string());
                return None;
            }
        };
        match &*tree {
            Ok(yaml) => {
                let text = std::str::from_utf8(&bytes).expect("the gate refuses what is not UTF-8");
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                Some(parse(&YamlFile { path: &entry.path, text, lines: OnceCell::new(), yaml }, sink))
            }
            Err(fault) => {
                let text = String::from_utf8_lossy(&bytes);
                let place = fault.span.map_or_else(
                    || Place::file(entry.path.as_str()),
                    |span| Place::in_text(entry.path.as_str(), span, &text),
                );
                if fault.is_limit {
                    sink.report(YAML_LIMIT, place, fault.message.clone());
                } else {
                    unreadable(sink, YamlFault { message: fault.message.clone(), place });
                }
                None
            }
        }
    }
}

/// A YAML file that an ecosystem looks at: its tree, and its text for excerpts.
#[derive(Debug)]
pub struct YamlFile<'a> {
    /// Where it lies in the pack.
    pub path: &'a RelPath,
    /// The whole text.
    pub text: &'a str,
    /// The lines of the text, found when there is a first finding: a hostile file may have one on each of its lines.
    lines: OnceCell<Vec<&'a str>>,
    /// The tree, and what loaders disagree on.
    pub yaml: &'a Yaml,
}

impl YamlFile<'_> {
    /// Returns the place of a span in this file, with its excerpt.
    pub fn place(&self, span: Span) -> Place {
        Place::in_lines(self.path.as_str(), span, self.lines.get_or_init(|| self.text.lines().collect()))
    }

    /// Reports a file that `serde_yaml` reads differently, to be called for the files a runtime cannot do without.
    ///
    /// Only where the tree was resolved by YAML 1.2 and holds none of the constructs that loaders are known to treat
    /// differently, which have findings of their own.
    pub fn hold_against_second_parser(&self, sink: &mut Sink) {
        let yaml = self.yaml;
        let peculiar = !yaml.duplicate_keys.is_empty()
            || !yaml.merge_keys.is_empty()
            || yaml.second_document.is_some()
            || !yaml.foreign_tags.is_empty()
            || !yaml.aliases.is_empty()
            || (yaml.dialect == Dialect::Yaml11 && !yaml.two_readings.is_empty());
        if peculiar {
            return;
        }
        let message = match yaml::decode(self.text) {
            Ok(second) if second == yaml.root.to_json() => return,
            Ok(_) => "two YAML parsers read different values in this file".to_owned(),
            Err(error) => format!("another YAML parser refuses this file: {error}"),
        };
        sink.report(YAML_PARSERS_DISAGREE, Place::file(self.path.as_str()), message)
            .help("write the values in a plainer form: quote strings, avoid unusual escapes and tags");
    }
}
