//! What is wrong with objects of Argo CD that lie in no pack, and with paths that lead out of the pack they are named in.

use std::collections::BTreeSet;

use super::super::clues::is_inside;
use super::super::codes::consumer::ARGO_INVALID;
use super::super::delivery::argo;
use super::super::delivery::files::is_delivered;
use super::super::delivery::object::object;
use super::super::documents::{Document, documents};
use super::repository::{in_source, is_own};
use super::statement::{self, Statement};
use crate::diag::Sink;
use crate::ecosystem::{Around, Clue};
use crate::ident::RelPath;
use crate::source::git::without_credentials;
use crate::yaml::Limits;

/// Most findings of one source.
const MOST: usize = 300;

/// Holds every object of Argo CD in a source against its schema, where no pack does, and its paths against what is there.
pub(in super::super) fn check(statements: &[Clue<'_>], source: &dyn Around, sink: &mut Sink) {
    let files: Vec<(&str, Vec<Statement>)> = statements
        .iter()
        .filter(|clue| is_delivered(clue.path))
        .map(|clue| (clue.path, statement::read(clue.says)))
        .filter(|(_, statements)| statements.iter().any(|one| matches!(one, Statement::Delivers(_))))
        .collect();
    let own = own_repositories(&files, source);
    let before = sink.found().len();
    for (path, _) in &files {
        if sink.found().len() >= before + MOST {
            return;
        }
        one(path, &own, source, sink);
    }
}

/// Returns the URLs under which the objects of a source mean the source itself, although they do not look so: those that come with
/// a path that is here. One name alone may be anywhere.
fn own_repositories<'a>(files: &'a [(&str, Vec<Statement>)], source: &dyn Around) -> BTreeSet<&'a str> {
    let sources = files.iter().flat_map(|(_, statements)| statements).filter_map(|statement| match statement {
        Statement::Delivers(object) => Some(&object.sources),
        _ => None,
    });
    let mut own = BTreeSet::new();
    for one in sources.flatten() {
        let path = one.path.as_deref().and_then(|path| in_source(path, source.configured().within));
        let (Some(url), Some(path)) = (one.repository.as_deref(), path) else { continue };
        if is_own(Some(url), source.configured().repository).is_none()
            && !url.contains("{{")
            && path.contains('/')
            && !own.contains(url)
            && source.exists(&path)
        {
            own.insert(url);
        }
    }
    own
}

fn one(path: &str, own: &BTreeSet<&str>, source: &dyn Around, sink: &mut Sink) {
    let (Ok(file), Some(bytes)) = (RelPath::new(path), source.read(path)) else { return };
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let pack = source.pack_of(path);
    for (range, yaml) in documents(text, Limits::default()).into_iter().flatten() {
        let document = Document { path: &file, text, range, yaml };
        let Some(object) = object(document.root()).filter(|object| object.group == argo::GROUP) else { continue };
        // What lies in a pack was held against its schema with the pack.
        if pack.is_none() {
            argo::shape(&document, &object, sink);
        }
        let Some(spec) = argo::spec(document.root(), &object.kind) else { continue };
        for node in argo::sources(spec) {
            let Some((named, span)) = node.get("path").and_then(|node| Some((node.as_str()?, node.span))) else {
                continue;
            };
            let Some(path) = in_source(named, source.configured().within) else { continue };
            if pack.is_some_and(|pack| !pack.is_empty() && is_inside(&path, pack)) {
                continue;
            }
            let url = node.get("repoURL").and_then(|node| node.as_str()).map(without_credentials);
            let url = url.as_deref();
            let is_here = match is_own(url, source.configured().repository) {
                Some(is_own) => is_own,
                None => {
                    let is_in_pack = source.pack_of(&path).is_some_and(|pack| !pack.is_empty());
                    is_in_pack || url.is_some_and(|url| own.contains(url))
                }
            };
            if is_here && !source.exists(&path) {
                sink.report(ARGO_INVALID, document.place(span), format!("there is nothing at `{named}`"))
                    .help("name a directory of the repository");
            }
        }
    }
}
