//! Public packs that depend on private ones, or name them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Diagnostic, Place, Sink, Span};
use crate::index::PRIVATE_LEAK;
use crate::pack::{Memo, Otherwise, Pack};
use crate::release::{Candidate, Stage};

/// Largest README that is searched, in bytes.
const LARGEST: u64 = 1 << 20;

/// What private packs are called, and what of it no public pack is called.
#[derive(Default)]
struct Private<'a> {
    /// Ecosystem and name.
    packs: BTreeSet<(&'a str, &'a str)>,
    /// Ecosystem, kind and name of what packs provide to others.
    provisions: BTreeSet<(&'a str, &'a str, &'a str)>,
    /// Ecosystem, kind and reference of components.
    components: BTreeSet<(&'a str, &'a str, &'a str)>,
    /// The addresses of repositories.
    repositories: BTreeSet<&'a str>,
}

/// Reports every public pack, as it is now, that depends on a private one, links to one, or names its repository.
///
/// `private` are the identities of private sources; `paths` lead from the configuration to sources, by their identities.
pub(super) fn of(
    candidates: &[Arc<Candidate>],
    private: &BTreeSet<String>,
    paths: &BTreeMap<String, String>,
    memo: &Memo,
) -> Vec<Diagnostic> {
    if private.is_empty() {
        return Vec::new();
    }
    let is_private = |candidate: &&Arc<Candidate>| private.contains(&candidate.source.repository);
    let (hidden, public): (Vec<_>, Vec<_>) = candidates.iter().partition(is_private);
    let mut names = Private::default();
    hidden.iter().filter_map(|candidate| candidate.pack.as_deref()).for_each(|pack| names.add(pack));
    public.iter().filter_map(|candidate| candidate.pack.as_deref()).for_each(|pack| names.take(pack));
    // A path says nothing to anybody else.
    names.repositories = private.iter().map(String::as_str).filter(|identity| identity.contains("://")).collect();

    let mut found = Vec::new();
    for candidate in public.into_iter().filter(|candidate| candidate.stage != Stage::Released) {
        let Some(pack) = candidate.pack.as_deref() else { continue };
        let mut sink = Sink::new();
        names.depended_on(pack, &mut sink);
        names.linked_to(pack, &mut sink);
        names.mentioned(candidate, pack, memo, &mut sink);
        let mut findings = sink.finish();
        put_below(&mut findings, candidate, paths);
        found.extend(findings);
    }
    found
}

/// Gives findings of a pack their place as seen from the configuration.
pub(super) fn put_below(findings: &mut [Diagnostic], candidate: &Candidate, paths: &BTreeMap<String, String>) {
    let source = paths.get(&candidate.source.repository).map_or("", String::as_str);
    for finding in findings {
        finding.put_below(&candidate.source.path);
        finding.put_below(source);
    }
}

impl<'a> Private<'a> {
    fn add(&mut self, pack: &'a Pack) {
        let ecosystem = pack.id.ecosystem.as_str();
        self.packs.insert((ecosystem, pack.id.name.as_str()));
        self.components.extend(components(pack));
        self.provisions.extend(provisions(pack));
    }

    fn take(&mut self, pack: &'a Pack) {
        self.packs.remove(&(pack.id.ecosystem.as_str(), pack.id.name.as_str()));
        for component in components(pack) {
            self.components.remove(&component);
        }
        for provision in provisions(pack) {
            self.provisions.remove(&provision);
        }
    }

    fn depended_on(&self, pack: &Pack, sink: &mut Sink) {
        let ecosystem = pack.id.ecosystem.as_str();
        for dependency in &pack.dependencies {
            let name = dependency.name.as_str();
            let is_private = match dependency.kind.as_deref() {
                None => self.packs.contains(&(ecosystem, name)),
                Some(kind) => self.provisions.contains(&(ecosystem, kind, name)),
            };
            if is_private {
                let message = format!("`{}` is public and depends on `{}`, which is private", pack.id, dependency.name);
                report(sink, Place::file(pack.manifest.as_str()), message);
            }
        }
    }

    fn linked_to(&self, pack: &Pack, sink: &mut Sink) {
        let ecosystem = pack.id.ecosystem.as_str();
        for component in &pack.components {
            for link in component
                .links
                .iter()
                // What means something else where the target is not there gives nothing away.
                .filter(|link| link.otherwise == Otherwise::Name)
                .filter(|link| self.components.contains(&(ecosystem, link.kind, link.target.as_str())))
            {
                let message = format!("`{}` is public and refers to `{}`, which is private", pack.id, link.target);
                let span = Span { line: link.line, column: 1, end_line: link.line, end_column: 1 };
                report(sink, Place { span: Some(span), ..Place::file(component.file.as_str()) }, message);
            }
        }
    }

    fn mentioned(&self, candidate: &Candidate, pack: &Pack, memo: &Memo, sink: &mut Sink) {
        let readme = pack.readme.as_ref().and_then(|path| candidate.snapshot.get(path.as_str()));
        let bytes =
            readme.filter(|entry| entry.size <= LARGEST).and_then(|entry| memo.read(&candidate.snapshot, entry).ok());
        let readme_text = bytes.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let texts = [
            (pack.readme.as_ref(), &*readme_text),
            (Some(&pack.manifest), pack.description.as_str()),
            (Some(&pack.manifest), pack.homepage.as_deref().unwrap_or_default()),
        ];
        for (path, text) in texts {
            for address in self.repositories.iter().filter(|address| text.contains(**address)) {
                let message = format!("`{}` is public and names the private repository `{address}`", pack.id);
                report(sink, Place::file(path.map_or("", |path| path.as_str())), message);
            }
        }
    }
}

/// Returns what a pack provides to others.
fn provisions(pack: &Pack) -> impl Iterator<Item = (&str, &str, &str)> {
    let ecosystem = pack.id.ecosystem.as_str();
    pack.provides.iter().map(move |provision| (ecosystem, provision.kind, provision.name.as_str()))
}

/// Returns what the components of a pack are called; one that is called as the pack is has the pack's other names too.
fn components(pack: &Pack) -> impl Iterator<Item = (&str, &str, &str)> {
    let ecosystem = pack.id.ecosystem.as_str();
    pack.components.iter().flat_map(move |component| {
        let aliases = if component.reference == pack.id.name.as_str() { &pack.aliases[..] } else { &[] };
        let names = std::iter::once(&component.reference).chain(aliases);
        names.map(move |name| (ecosystem, component.kind.key, name.as_str()))
    })
}

fn report(sink: &mut Sink, place: Place, message: String) {
    sink.report(PRIVATE_LEAK, place, message).help("make both public, or neither");
}
