//! The page of a component in a release: what it takes and gives, what it uses, where it is defined, what happened to it.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::view::{Snippet, shown, snippet};
use super::{Head, structured};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::compare::Change;
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::pack::{Component, Link, Otherwise, Relation, Remark};
use crate::site::history::{self, Line, Past};
use crate::site::templates::Shared;
use crate::site::text::Piece;
use crate::site::{PackSite, links, source_links, text};

/// Most releases that the history of a component lists.
const MOST_EVENTS: usize = 20;
/// Most changes that it lists of one release.
const MOST_CHANGES: usize = 30;
/// Longest words of a change, in characters.
const MOST_WORDS: usize = 200;

#[derive(Serialize)]
struct ComponentPage<'a> {
    head: Head<'a>,
    kind: &'static str,
    kind_key: &'static str,
    kind_plural: &'static str,
    name: &'a str,
    title: &'a str,
    reference: &'a str,
    description: Vec<text::Piece<'a>>,
    enabled: bool,
    /// The address of the same component in the default release, on pages of other releases.
    in_default: Option<String>,
    /// Its page below the release's folder.
    page: String,
    file: File<'a>,
    entry_point: Option<File<'a>>,
    /// Label, value, and whether the value is too long to be shown at once.
    facts: Vec<(&'static str, &'a str, bool)>,
    /// Whether there are any; they come beside the page, since other pages have the same.
    has_tables: bool,
    steps: Vec<StepRow<'a>>,
    uses: Vec<Use<'a>>,
    used_by: Vec<Use<'a>>,
    examples: Vec<Snippet<'a>>,
    /// What checking it against other packs came to.
    checks: Vec<Check<'a>>,
    /// What happened to it, where the pack has releases before this one.
    history: Option<History<'a>>,
}

/// What happened to a component.
#[derive(Serialize)]
struct History<'a> {
    since: Version<'a>,
    /// Whether it is new in this release.
    is_new: bool,
    /// Whether what happened includes how it came, which it does not for what was there from the first release.
    began: bool,
    /// What happened in which release, newest first.
    events: Vec<Event<'a>>,
    left_out: usize,
}

/// A release that somebody may want to see.
#[derive(Serialize)]
struct Version<'a> {
    version: &'a str,
    address: String,
    date: String,
    time: String,
}

#[derive(Serialize)]
struct Event<'a> {
    release: Version<'a>,
    /// The page that says all that changed in that release.
    comparison: Option<String>,
    renamed_from: Option<&'a str>,
    /// Table or fact, field, what happened, and what that means.
    changes: Vec<(Option<&'a str>, Option<&'a str>, String, &'static str)>,
    left_out: usize,
}

#[derive(Serialize)]
struct Check<'a> {
    against: Vec<Piece<'a>>,
    result: Vec<Piece<'a>>,
    is_good: bool,
    faults: Vec<Vec<Piece<'a>>>,
    unevaluated: &'a [String],
    defaults: &'a [(String, String)],
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    line: Option<u32>,
    /// The address of its page.
    page: Option<String>,
    /// Where it lies in the repository.
    link: Option<String>,
}

#[derive(Serialize)]
struct StepRow<'a> {
    name: &'a str,
    action: Option<&'a str>,
    address: Option<String>,
    next: &'a [(String, String)],
}

#[derive(Serialize)]
struct Use<'a> {
    relation: &'static str,
    kind: std::borrow::Cow<'static, str>,
    name: std::borrow::Cow<'a, str>,
    address: Option<String>,
    /// The pack and version that it belongs to, when that is another pack.
    of: Option<String>,
    /// Which versions of what it uses that pack needs.
    needs: Option<&'a str>,
}

/// Finds the page of a component: in the same release first, then in the default releases of all packs.
struct Lookup<'s> {
    site: &'s PackSite,
    own: HashMap<(&'static str, &'s str), String>,
}

impl Lookup<'_> {
    fn address(&self, kind: &'static str, reference: &str) -> Option<String> {
        let elsewhere = || self.site.around.page(kind, reference).map(|page| page.address.clone());
        self.own.get(&(kind, reference)).cloned().or_else(elsewhere)
    }

    /// Returns pack and version of a component of another pack: what its page shows, and what rules compare with.
    fn owner(&self, kind: &'static str, reference: &str) -> Option<String> {
        let elsewhere = self.site.around.page(kind, reference).filter(|_| !self.own.contains_key(&(kind, reference)));
        elsewhere.map(|page| page.of.to_string())
    }

    /// Returns the page of what a workflow step runs: mostly an action, but some runtimes have other kinds that run.
    fn runnable(&self, reference: &str, component: &Component) -> Option<String> {
        let link = component.links.iter().find(|link| link.target == reference && link.relation == Relation::Calls);
        let (kind, reference) = link.map_or((component.kind.key, reference), |link| self.meant(link));
        self.address(kind, reference)
    }

    /// Returns what a reference means: its target, unless nothing has that and there is something instead.
    fn meant<'a>(&self, link: &'a Link) -> (&'static str, &'a str) {
        let instead = link.instead().filter(|_| self.address(link.kind, &link.target).is_none());
        instead.unwrap_or((link.kind, &link.target))
    }
}

/// Appends the pages of all components of the release at a place in the pack's list; `stems` are their file names.
pub(super) fn append(
    site: &PackSite,
    at: usize,
    stems: &[String],
    parts: &[(&'static str, &Shared)],
    files: &mut Vec<(RelPath, Vec<u8>)>,
) -> Result<(), RenderError> {
    let (base, pack) = (&site.base, &*site.pack);
    let release = &pack.releases[at];
    let (line, rules) = (Line::of(&site.comparisons, at), pack.ecosystem.compatibility());
    let here = links::release_address(&pack.id, release.version());
    let components = || release.pack.components.iter().zip(stems);
    let address = |component: &Component, stem: &str| format!("{here}/{}/{stem}.html", component.kind.key);
    let own = components()
        .map(|(component, stem)| ((component.kind.key, component.reference.as_str()), address(component, stem)))
        .collect();
    let (lookup, in_latest) = (Lookup { site, own }, in_default_release(pack));
    for (component, stem) in components() {
        let path = links::file_in_release(pack, release.version(), &format!("{}/{stem}.html", component.kind.key));
        let in_default = in_latest.get(&(component.kind.key, component.name.as_str())).cloned();
        let title = format!("{} · {} {}", component.name, pack.id, release.version());
        let way = structured::way_to(pack).into_iter().chain([
            (release.version().as_str(), format!("{here}/index.html")),
            (component.name.as_str(), address(component, stem)),
        ]);
        let head = Head {
            root: links::root(&path),
            title: title.into(),
            description: text::summary(&component.description),
            // What search engines should show.
            canonical: base.absolute(in_default.as_deref().unwrap_or(&address(component, stem))),
            json: Some(format!("{here}/release.json")),
            data: structured::script(base, [structured::breadcrumbs(base, way)]),
            section: Some(super::BROWSE),
            ..Head::default()
        };
        let in_default = in_default.filter(|_| release.version() != pack.latest().version());
        let past = site.history().of_component(&line, component.kind.key, &component.name);
        let page = ComponentPage {
            history: (line.count > 1).then(|| history(site, at, &past)),
            page: format!("{}/{stem}.html", component.kind.key),
            ..page(&lookup, at, component, head, in_default)
        };
        let tables = base.fragments.tables(&base.templates, &path, component, past.fields, rules)?;
        let parts: Vec<_> = parts.iter().copied().chain([("tables", &tables)]).collect();
        let html = base.templates.render("component.html", &path, &parts, &page)?;
        files.push((path, html));
    }
    Ok(())
}

/// Returns the addresses of the components of the pack's default release, by kind and name.
fn in_default_release(pack: &CatalogPack) -> HashMap<(&'static str, &str), String> {
    let latest = pack.latest();
    let here = links::release_address(&pack.id, latest.version());
    let pages = latest.pack.components.iter().zip(links::component_path(&latest.pack));
    pages.map(|(one, page)| ((one.kind.key, one.name.as_str()), format!("{here}/{page}"))).collect()
}

fn page<'a>(
    lookup: &Lookup<'a>,
    at: usize,
    component: &'a Component,
    head: Head<'a>,
    in_default: Option<String>,
) -> ComponentPage<'a> {
    let pack = &lookup.site.pack;
    let release = &pack.releases[at];
    let source = &release.record.source;
    let file = |path: &'a RelPath, line: Option<u32>| File {
        path: path.as_str(),
        line,
        page: lookup.site.files.link(pack, at, path.as_str(), line),
        link: source_links::file(source, path.as_str())
            .map(|link| link + &line.map(|line| format!("#L{line}")).unwrap_or_default()),
    };
    ComponentPage {
        head,
        kind: component.kind.singular,
        kind_key: component.kind.key,
        kind_plural: component.kind.plural,
        name: &component.name,
        title: component.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(&component.name),
        reference: &component.reference,
        description: text::flowing_pieces(&component.description),
        enabled: component.enabled,
        in_default,
        page: String::new(),
        file: file(&component.file, Some(component.line).filter(|line| *line > 0)),
        entry_point: component.entry_point.as_ref().map(|path| file(path, None)),
        facts: component
            .facts
            .iter()
            .filter(|fact| !component.entry_point.as_ref().is_some_and(|path| is_end_of(&fact.value, path)))
            .map(shown)
            .collect(),
        has_tables: component.tables.iter().any(|table| !table.fields.is_empty()),
        steps: component.steps.iter().map(|step| step_row(lookup, component, step)).collect(),
        uses: uses(lookup, component),
        used_by: used_by(lookup, release, component),
        examples: component.examples.iter().map(snippet).collect(),
        checks: checks(release, component),
        history: None,
    }
}

fn history<'a>(site: &'a PackSite, at: usize, past: &Past<'a>) -> History<'a> {
    let pack = &*site.pack;
    let version = |at: usize| {
        let release = &pack.releases[at];
        Version {
            version: release.version().as_str(),
            address: format!("{}/index.html", links::release_address(&pack.id, release.version())),
            date: super::home::date(release),
            time: release.published_at.to_string(),
        }
    };
    let event = |event: &&'a history::Event| {
        let shown = |change: &'a Change| {
            let (place, field) = change.place().map_or((None, None), |(title, field)| (Some(title), field));
            (place, field, text::cut(&change.words(), MOST_WORDS).into_owned(), change.impact.as_str())
        };
        let mut changes: Vec<_> = event.changes(&site.comparisons).map(shown).collect();
        let left_out = changes.len().saturating_sub(MOST_CHANGES);
        changes.truncate(MOST_CHANGES);
        Event {
            release: version(event.at),
            comparison: super::view::comparison_page(site, event.at),
            renamed_from: event.renamed_from.as_deref(),
            changes,
            left_out,
        }
    };
    let events: Vec<_> = past.events.iter().take(MOST_EVENTS).map(event).collect();
    let left_out = past.events.len() - events.len();
    let began = past.events.iter().any(|event| event.at == past.since);
    History { since: version(past.since), is_new: past.since == at, began, events, left_out }
}

/// Returns what checking a component of a release came to.
pub(super) fn remarks<'a>(
    release: &'a CatalogRelease,
    component: &'a Component,
) -> impl Iterator<Item = &'a Remark> + use<'a> {
    release.remarks.iter().filter(|remark| remark.kind == component.kind.key && remark.name == component.name)
}

fn checks<'a>(release: &'a CatalogRelease, component: &'a Component) -> Vec<Check<'a>> {
    let check = |remark: &'a Remark| Check {
        against: text::pieces(&remark.against),
        result: text::pieces(&remark.result),
        is_good: remark.is_good,
        faults: remark.faults.iter().map(|fault| text::pieces(fault)).collect(),
        unevaluated: &remark.unevaluated,
        defaults: &remark.defaults,
    };
    remarks(release, component).map(check).collect()
}

/// Tells whether a text is a path or the end of it, so that a link to the path says it already.
fn is_end_of(text: &str, path: &RelPath) -> bool {
    path.as_str().strip_suffix(text).is_some_and(|start| start.is_empty() || start.ends_with('/'))
}

fn step_row<'a>(lookup: &Lookup<'_>, component: &Component, step: &'a crate::pack::Step) -> StepRow<'a> {
    let address = step.action.as_deref().and_then(|action| lookup.runnable(action, component));
    StepRow { name: &step.name, action: step.action.as_deref(), address, next: &step.next }
}

fn uses<'a>(lookup: &Lookup<'_>, component: &'a Component) -> Vec<Use<'a>> {
    let is_shown =
        |link: &&Link| link.otherwise != Otherwise::Nothing || lookup.address(link.kind, &link.target).is_some();
    let meant = |link: &'a Link| {
        let (kind, target) = lookup.meant(link);
        (link.relation, kind, target)
    };
    let links: BTreeSet<_> = component.links.iter().filter(is_shown).map(meant).collect();
    links
        .into_iter()
        .map(|(relation, kind, target)| Use {
            relation: match relation {
                Relation::Calls => "Runs",
                Relation::Emits => "Emits",
                Relation::ListensTo => "Listens to",
                Relation::Governs => "Applies to",
                Relation::Implements => "Implements",
                Relation::Uses => "Uses",
            },
            kind: kind_name(&lookup.site.pack, kind),
            name: target.into(),
            of: lookup.owner(kind, target),
            needs: None,
            address: lookup.address(kind, target),
        })
        .collect()
}

/// Returns what uses a component, for the page of its default release: older releases are not what others use today.
fn used_by<'a>(lookup: &Lookup<'a>, release: &CatalogRelease, component: &Component) -> Vec<Use<'a>> {
    let pack = &lookup.site.pack;
    if release.version() != pack.latest().version() {
        return Vec::new();
    }
    lookup
        .site
        .around
        .users(component)
        .iter()
        .map(|user| Use {
            relation: match user.relation {
                Relation::Calls => "Run by",
                Relation::Emits => "Emitted by",
                Relation::ListensTo => "Awaited by",
                Relation::Governs => "Governed by",
                Relation::Implements => "Implemented by",
                Relation::Uses => "Used by",
            },
            kind: kind_name(pack, user.kind),
            name: user.reference.as_str().into(),
            of: (user.pack != pack.id).then(|| user.page.of.to_string()),
            needs: user.needs.as_deref(),
            address: Some(user.page.address.clone()),
        })
        .collect()
}

/// Returns what people call a kind.
fn kind_name(pack: &CatalogPack, key: &'static str) -> std::borrow::Cow<'static, str> {
    let name = pack.ecosystem.kinds().iter().find(|kind| kind.key == key).map_or(key, |kind| kind.singular);
    text::in_sentence(name)
}
