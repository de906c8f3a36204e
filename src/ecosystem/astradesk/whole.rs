//! A pack with all its files read: what the rules between files look at.

use std::sync::Arc;

use super::components::adapter::{self, Adapter};
use super::components::flow::Flow;
use super::components::policy;
use super::components::server::Server;
use super::layout::Layout;
use super::manifest::Manifest;
use super::packaging::Packaging;
use crate::diag::{Place, Span};
use crate::pack::PackTree;
use crate::python::{Module, Reading};
use crate::source::FileEntry;
use crate::yaml::Node;

/// A pack with all its files read.
pub(super) struct Whole<'a> {
    /// The pack's files.
    pub tree: &'a PackTree<'a>,
    /// The tree of the manifest.
    pub root: &'a Node,
    /// The file of the manifest.
    pub entry: &'a FileEntry,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// Where the parts lie.
    pub layout: &'a Layout,
    /// The pack's name, `domain-<slug>`.
    pub name: &'a str,
    /// What stands behind `domain-`, with `_` for `-`, as references have it.
    pub domain: &'a str,
    /// Every Python file.
    pub python: &'a [(&'a FileEntry, Arc<Reading>)],
    /// What an installation gets, where that is known.
    pub packaging: Option<&'a Packaging>,
    /// The tool server, with its file.
    pub server: Option<(&'a FileEntry, Server)>,
    /// The adapters.
    pub adapters: Vec<Adapter>,
    /// The flows, with their files.
    pub flows: Vec<(&'a FileEntry, Flow)>,
    /// The policies.
    pub policies: Vec<policy::Read>,
    /// The README with its text.
    pub readme: Option<(&'a FileEntry, String)>,
}

impl<'a> Whole<'a> {
    /// Returns the facts of a Python file.
    pub(super) fn module(&self, path: &str) -> Option<&Module> {
        let at = self.python.binary_search_by(|(entry, _)| entry.path.as_str().cmp(path)).ok()?;
        self.python[at].1.as_ref().as_ref().ok()
    }

    /// Returns every Python file that could be read.
    pub(super) fn modules(&self) -> impl Iterator<Item = (&'a FileEntry, &Module)> {
        self.python.iter().filter_map(|(entry, reading)| Some((*entry, reading.as_ref().as_ref().ok()?)))
    }

    /// Returns a place in a file, with its excerpt.
    pub(super) fn place(&self, entry: &FileEntry, span: Span) -> Place {
        super::place::place(self.tree, entry, Some(span))
    }

    /// Returns a place in the manifest.
    pub(super) fn at(&self, span: Span) -> Place {
        self.place(self.entry, span)
    }

    /// Returns the tool that a name means in this pack: one of the server's.
    pub(super) fn tool(&self, name: &str) -> bool {
        self.server.iter().any(|(_, server)| server.tools.iter().any(|tool| tool.name == name))
    }

    /// Returns the reference of the adapter that has a method of that name.
    pub(super) fn adapter(&self, name: &str) -> Option<&str> {
        let has = |one: &&Adapter| one.methods.iter().any(|method| adapter::is_called(method, name));
        self.adapters.iter().find(has).map(|one| one.component.reference.as_str())
    }
}

/// Tells whether a Python file is there for tests only.
pub(super) fn is_test(entry: &FileEntry) -> bool {
    let path = entry.path.as_str();
    let name = entry.path.file_name();
    path.split('/').any(|part| matches!(part, "tests" | "test")) || name.starts_with("test_") || name == "conftest.py"
}
