//! What the pages of a release have in common, converted once per release.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::component::remarks;
use super::fields::{Table, table};
use super::findings::{Findings, findings, newer};
use super::status::{Notice, notices};
use crate::catalog::CatalogRelease;
use crate::compare::Impact;
use crate::ident::{PackId, PackName};
use crate::index::event::SourceFacts;
use crate::pack::{Delivery, Example, Fact, Field, FieldTable};
use crate::site::highlight::{Code, Language};
use crate::site::{PackSite, docs, links, source_links, text};

/// The file name of a release's icon, in the release's folder.
pub(super) const ICON: &str = "icon.png";
/// Longest fact that is shown at once, in bytes.
const LONG_FACT: usize = 160;
/// Fewest components that are listed of a kind.
const FEWEST: usize = 5;
/// Most packs that need a pack which its pages name.
pub(super) const MOST_DEPENDENTS: usize = 20;
/// Most findings that a page of a release lists.
pub(super) const MOST_FINDINGS: usize = 40;

/// A release, as all of its pages know it.
#[derive(Serialize)]
pub(super) struct Release<'a> {
    ecosystem: &'static str,
    ecosystem_title: &'static str,
    id: String,
    name: &'a str,
    title: Option<&'a str>,
    version: &'a str,
    is_latest: bool,
    status: Option<&'static str>,
    changes: Option<Changes<'a>>,
    date: String,
    time: String,
    summary: Cow<'a, str>,
    description: Vec<text::Piece<'a>>,
    /// The address of the release's folder, and of its pack's.
    address: String,
    pack_address: String,
    /// The registry's URL, or what stands in for it.
    url: &'a str,
    version_count: usize,
    /// The address of its icon.
    icon: Option<String>,
    notices: Vec<Notice<'a>>,
    /// Nothing when no client has a command for it.
    install: Vec<Snippet<'a>>,
    /// Whether nobody should install it: it or its pack is quarantined.
    is_held_back: bool,
    has_placeholder_url: bool,
    authors: &'a [String],
    contact: Option<&'a str>,
    license: Option<&'a str>,
    license_link: Option<String>,
    changelog_link: Option<String>,
    /// The words, and the address of the packs that have them.
    keywords: Vec<(Cow<'a, str>, String)>,
    homepage: Option<&'a str>,
    homepage_link: Option<&'a str>,
    requirements: Vec<Need<'a>>,
    dependencies: Vec<Need<'a>>,
    /// The first packs that need it, and how many more there are.
    dependents: Vec<Need<'a>>,
    more_dependents: usize,
    /// Label, value, and whether the value is too long to be shown at once.
    facts: Vec<(&'static str, &'a str, bool)>,
    deliveries: Vec<Delivered<'a>>,
    checksums: &'a BTreeMap<String, String>,
    source: Source<'a>,
    archive: Archive,
    aliases: &'a [String],
    configuration: Option<Table<'a>>,
    environment: Option<Table<'a>>,
    findings: Findings<'a>,
    newest_findings: Option<Findings<'a>>,
}

/// An object that delivers the pack.
#[derive(Serialize)]
struct Delivered<'a> {
    object: &'a str,
    /// Where its file lies in the repository, and its address on the web.
    file: String,
    link: Option<String>,
    facts: Vec<(&'static str, &'a str, bool)>,
}

/// The components of a kind.
#[derive(Serialize)]
pub(super) struct Group<'a> {
    key: &'static str,
    plural: &'static str,
    /// How many there are, of which perhaps not all are listed.
    count: usize,
    left_out: usize,
    items: Vec<Item<'a>>,
}

impl Group<'_> {
    /// Tells whether some are not listed.
    pub(super) const fn is_cut(&self) -> bool {
        self.left_out > 0
    }
}

#[derive(Serialize)]
struct Item<'a> {
    name: &'a str,
    title: Option<&'a str>,
    address: String,
    summary: Cow<'a, str>,
    enabled: bool,
    /// What checking it against other packs came to: whether that is good, what it is, and against what.
    checks: Vec<(bool, Vec<text::Piece<'a>>, Vec<text::Piece<'a>>)>,
}

/// What changed since the release before.
#[derive(Serialize)]
pub(super) struct Changes<'a> {
    since: &'a str,
    address: String,
    /// The word of the verdict; absent when the content is the same.
    verdict: Option<&'static str>,
}

/// Text to copy.
#[derive(Serialize)]
pub(super) struct Snippet<'a> {
    title: Vec<text::Piece<'a>>,
    text: Cow<'a, str>,
    /// The text as HTML, escaped and coloured by what its author's runtime says it is.
    code: String,
}

#[derive(Serialize)]
pub(super) struct Need<'a> {
    name: Cow<'a, str>,
    range: Option<&'a str>,
    address: Option<String>,
    note: Option<&'static str>,
    /// What it is, when it is no pack.
    kind: Option<&'a str>,
    /// The packs that provide it: name and address.
    providers: Vec<(&'a str, String)>,
}

#[derive(Serialize)]
struct Source<'a> {
    repository: Cow<'a, str>,
    link: Option<&'a str>,
    path: &'a str,
    tag: Option<&'a str>,
    commit: Option<&'a str>,
    tree: Option<&'a str>,
    /// The addresses of the commit, and of the pack's folder there.
    commit_link: Option<String>,
    folder_link: Option<String>,
}

#[derive(Serialize)]
struct Archive {
    address: String,
    name: String,
    sha256: String,
    size: String,
    bytes: u64,
    files: usize,
    unpacked: String,
    content_sha256: String,
    url: String,
    sums_url: String,
}

/// Returns the release at a place in the pack's list as its pages know it; `has_icon` tells whether its icon is published.
///
/// `fields` are those of its configuration and of its environment.
pub(super) fn release<'a>(site: &'a PackSite, at: usize, has_icon: bool, fields: &'a [Vec<Field>; 2]) -> Release<'a> {
    let (registry, pack) = (&*site.base.registry, &*site.pack);
    let release = &pack.releases[at];
    let (id, content, source) = (&pack.id, &*release.pack, &release.record.source);
    let version = release.version();
    let url = registry.url.as_deref().unwrap_or(docs::UNKNOWN_URL);
    let address = links::release_address(id, version);
    let is_latest = version == pack.latest().version();
    let file_link = |path: &crate::ident::RelPath| source_links::file(source, path.as_str());
    let repository = source_links::repository(source);
    let is_held_back = pack.status.quarantined.is_some() || release.status.quarantined.is_some();
    let known = [repository, content.homepage.as_deref().map(str::trim)];
    // What the source says already is not repeated.
    let homepage = content.homepage.as_deref().filter(|homepage| !is_same_address(homepage, repository));
    let shown_table = |one: &'a Option<Arc<FieldTable>>, fields: &'a [Field]| {
        one.as_deref().map(|one| table(one, fields, false, None))
    };
    Release {
        ecosystem: pack.ecosystem.id(),
        ecosystem_title: pack.ecosystem.title(),
        id: id.to_string(),
        name: id.name.as_str(),
        title: super::home::title(id, content),
        version: version.as_str(),
        is_latest,
        status: super::status::word(pack, release),
        changes: changes(site, at),
        date: super::home::date(release),
        time: release.published_at.to_string(),
        summary: text::summary(&content.description),
        description: text::flowing_pieces(&content.description),
        pack_address: links::pack_address(id),
        url,
        version_count: pack.releases.len(),
        icon: has_icon.then(|| format!("{address}/{ICON}")),
        notices: notices(site, at),
        install: if is_held_back {
            Vec::new()
        } else {
            snippets(pack.ecosystem.install_release(release, url, &site.base.feeds))
        },
        is_held_back,
        has_placeholder_url: registry.url.is_none(),
        authors: &content.authors,
        contact: content.contact.as_deref(),
        license: content.license.as_deref(),
        license_link: content.license_file.as_ref().and_then(file_link),
        changelog_link: content.changelog.as_ref().and_then(file_link),
        keywords: super::card::keywords(content).collect(),
        homepage,
        homepage_link: homepage.and_then(source_links::web_url),
        requirements: content.requirements.iter().map(|need| needed(&need.name, need.range.as_deref())).collect(),
        dependencies: dependencies(site, release),
        dependents: dependents(site, MOST_DEPENDENTS),
        more_dependents: site.around.dependents.len().saturating_sub(MOST_DEPENDENTS),
        facts: content
            .facts
            .iter()
            .filter(|fact| !known.iter().any(|address| is_same_address(&fact.value, *address)))
            .map(shown)
            .collect(),
        deliveries: content.deliveries.iter().filter_map(|delivery| delivered(delivery, source)).collect(),
        checksums: &content.checksums,
        source: Source {
            repository: text::cut(&source.repository, 300),
            link: repository,
            path: &source.path,
            tag: source.tag.as_deref(),
            commit: source.commit.as_deref(),
            tree: source.tree.as_deref(),
            commit_link: source_links::commit(source),
            folder_link: source_links::folder(source),
        },
        archive: archive(id, release, url),
        aliases: &content.aliases,
        configuration: shown_table(&content.configuration, &fields[0]),
        environment: shown_table(&content.environment, &fields[1]),
        findings: findings(&*release.findings, Some((site, at)), MOST_FINDINGS),
        newest_findings: is_latest.then(|| findings(newer(&release.findings, &pack.findings), None, MOST_FINDINGS)),
        address,
    }
}

/// Returns the fields of a release's configuration and of its environment.
pub(super) fn fields_of(release: &CatalogRelease) -> [Vec<Field>; 2] {
    let tables = [&release.pack.configuration, &release.pack.environment];
    tables.map(|table| table.as_ref().map(|table| table.fields.unpack()).unwrap_or_default())
}

/// Returns what changed in the release at a place in the pack's list; nothing when it is compared with none.
pub(super) fn changes(site: &PackSite, at: usize) -> Option<Changes<'_>> {
    let pack = &*site.pack;
    let (before, comparison) = (site.comparisons.before(at)?, site.comparisons.get(at)?);
    let since = pack.releases[before].version().as_str();
    Some(Changes { since, address: comparison_page(site, at)?, verdict: comparison.verdict().map(Impact::as_str) })
}

/// Returns the page that says what changed in the release at a place in the pack's list.
pub(super) fn comparison_page(site: &PackSite, at: usize) -> Option<String> {
    let pack = &*site.pack;
    let (from, to) = (pack.releases[site.comparisons.before(at)?].version(), pack.releases[at].version());
    Some(format!("{}.html", links::comparison_address(&pack.id, from, to)))
}

/// Returns a delivery as pages show it.
fn delivered<'a>(delivery: &'a Delivery, source: &SourceFacts) -> Option<Delivered<'a>> {
    let file = source_links::from_pack(source, &delivery.file)?;
    let link = source_links::file_in_repository(source, &file).map(|link| format!("{link}#L{}", delivery.line));
    Some(Delivered { object: &delivery.object, file, link, facts: delivery.facts.iter().map(shown).collect() })
}

/// Returns a fact as pages show it.
pub(super) fn shown(fact: &Fact) -> (&'static str, &str, bool) {
    (fact.label, &fact.value, fact.value.len() > LONG_FACT)
}

/// Tells whether a text is an address that is shown already, however it ends.
fn is_same_address(text: &str, shown: Option<&str>) -> bool {
    let bare = |address: &str| {
        let address = address.trim().trim_end_matches('/');
        address.strip_suffix(".git").unwrap_or(address).to_ascii_lowercase()
    };
    shown.is_some_and(|shown| bare(shown) == bare(text))
}

/// Returns examples as pages show them.
pub(super) fn snippets(examples: Vec<Example>) -> Vec<Snippet<'static>> {
    examples
        .into_iter()
        .map(|example| Snippet {
            title: text::pieces(&example.title)
                .into_iter()
                .map(|(code, text)| (code, text.into_owned().into()))
                .collect(),
            text: example.text.trim_end().to_owned().into(),
            code: coloured(&example),
        })
        .collect()
}

/// Returns an example as pages show it.
pub(super) fn snippet(example: &Example) -> Snippet<'_> {
    Snippet { title: text::pieces(&example.title), text: example.text.trim_end().into(), code: coloured(example) }
}

/// Returns the text of an example as HTML: all of it escaped, and nothing but elements of the lexer's own in it.
fn coloured(example: &Example) -> String {
    let mut html = Code::new(Language::of_word(example.language), example.text.trim_end()).html();
    html.truncate(html.trim_end_matches('\n').len());
    html
}

/// Returns the components of a release by kind, of each the first ones where there are more than `most` in all; `stems` are
/// their file names.
pub(super) fn groups<'a>(
    site: &PackSite,
    release: &'a CatalogRelease,
    stems: &[String],
    most: usize,
) -> Vec<Group<'a>> {
    let components = &release.pack.components;
    let address = links::release_address(&site.pack.id, release.version());
    let kinds = || components.chunk_by(|a, b| a.kind == b.kind);
    let of_each = if components.len() > most { (most / kinds().count()).max(FEWEST) } else { most };
    let mut rest = stems;
    kinds()
        .map(|group| {
            let (stems, others) = rest.split_at(group.len());
            rest = others;
            (group, stems)
        })
        .map(|(group, stems)| Group {
            key: group[0].kind.key,
            plural: group[0].kind.plural,
            count: group.len(),
            left_out: group.len().saturating_sub(of_each),
            items: group
                .iter()
                .zip(stems)
                .take(of_each)
                .map(|(component, stem)| Item {
                    name: &component.name,
                    title: component.title.as_deref().filter(|title| *title != component.name),
                    address: format!("{address}/{}/{stem}.html", component.kind.key),
                    summary: text::summary(&component.description),
                    enabled: component.enabled,
                    checks: remarks(release, component)
                        .map(|remark| (remark.is_good, text::pieces(&remark.result), text::pieces(&remark.against)))
                        .collect(),
                })
                .collect(),
        })
        .collect()
}

fn needed<'a>(name: &'a str, range: Option<&'a str>) -> Need<'a> {
    Need { name: name.into(), range, address: None, note: None, kind: None, providers: Vec::new() }
}

fn provider(id: &PackId) -> (&str, String) {
    (id.name.as_str(), format!("{}/index.html", links::pack_address(id)))
}

fn dependencies<'a>(site: &'a PackSite, release: &'a CatalogRelease) -> Vec<Need<'a>> {
    let pack = &*site.pack;
    release
        .pack
        .dependencies
        .iter()
        .map(|dependency| {
            let mut need = needed(&dependency.name, dependency.range.as_deref());
            if let Some(kind) = &dependency.kind {
                need.kind = Some(kind);
                need.providers = site.around.providers(kind, &dependency.name).map(provider).collect();
                return need;
            }
            need.address = PackName::new(&dependency.name).ok().and_then(|name| {
                let id = PackId { ecosystem: pack.id.ecosystem.clone(), name };
                site.around.present.contains(&id).then(|| format!("{}/index.html", links::pack_address(&id)))
            });
            if need.address.is_none() {
                let bundled = pack.ecosystem.is_bundled(&dependency.name);
                need.note = Some(if bundled { "comes with the runtime" } else { "not in this registry" });
            }
            need
        })
        .collect()
}

/// Returns the first packs that need a pack.
pub(super) fn dependents(site: &PackSite, most: usize) -> Vec<Need<'_>> {
    let providers = site.around.dependents.iter().take(most).map(provider);
    providers.map(|(name, address)| Need { address: Some(address), ..needed(name, None) }).collect()
}

fn archive(id: &PackId, release: &CatalogRelease, url: &str) -> Archive {
    let address = links::archive_address(id, release.version());
    Archive {
        url: format!("{url}/{address}"),
        sums_url: format!("{url}/{}/SHA256SUMS", links::release_address(id, release.version())),
        address,
        name: links::archive_name(id, release.version()),
        sha256: release.record.archive.sha256.hex(),
        size: text::size(release.record.archive.size),
        bytes: release.record.archive.size,
        files: release.listing.files.len(),
        unpacked: text::size(release.listing.size()),
        content_sha256: release.record.content_digest.hex(),
    }
}
