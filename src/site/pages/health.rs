//! The health of the registry: what checking its packs found, by severity, rule, pack and ecosystem.
//!
//! A finding counts once, whether it is about the default release, the newest state of the source, or both. Rules of which only
//! older releases are guilty are explained too, since their pages lead here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::browse::{PageLink, page_links};
use super::findings::said;
use super::health_lists::{self, CLEAN, List, PER_PAGE};
use super::{Files, Head};
use crate::catalog::CatalogPack;
use crate::diag::{Code, Counts, Diagnostic, Severity};
use crate::ident::{PackId, RelPath};
use crate::site::text::Piece;
use crate::site::{Site, links, text};

/// Most packs that are named of a rule; where there are more, it has a list of them.
const MOST_OF_RULE: usize = 12;
/// Most packs that are named of those without findings, as those of a rule.
const MOST_CLEAN: usize = 200;

#[derive(Serialize)]
struct Health<'a> {
    head: Head<'a>,
    pack_count: usize,
    clean_count: usize,
    counts: Row,
    ecosystems: Vec<OfEcosystem>,
    /// The first packs with something to mend, and the pages of the others.
    packs: &'a [OfPack<'a>],
    pages: Vec<PageLink>,
    rules: Vec<Rule<'a>>,
    clean: Vec<Named<'a>>,
    /// The list of all that are clean, where they are not all named.
    all_clean: Option<String>,
}

/// How many findings there are of each severity.
#[derive(Serialize, Default, Clone, Copy)]
pub(super) struct Row {
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct OfEcosystem {
    title: &'static str,
    address: String,
    pack_count: usize,
    clean_count: usize,
    counts: Row,
}

/// A pack: its name and the address of its page.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    ecosystem: &'static str,
    name: &'a str,
    address: String,
    /// How many findings it has, where a rule is told of.
    count: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct OfPack<'a> {
    pack: Named<'a>,
    version: &'a str,
    counts: Row,
}

#[derive(Serialize)]
struct Rule<'a> {
    code: &'static str,
    severity: &'static str,
    fault: Vec<Piece<'static>>,
    /// What is behind it.
    paragraphs: Vec<Vec<Piece<'a>>>,
    count: usize,
    pack_count: usize,
    packs: Vec<Named<'a>>,
    /// The list of all, where they are not all named.
    all_packs: Option<String>,
}

/// What is known of a rule.
struct Known<'a> {
    code: Code,
    severity: Severity,
    count: usize,
    /// The packs, and how often each breaks it.
    packs: Vec<(&'a CatalogPack, usize)>,
}

/// Makes `health.html`, and the lists that are too long for it.
pub(in crate::site) fn files(site: &Site) -> Files {
    let path = RelPath::composed(super::HEALTH);
    let packs = || site.catalog.packs.values().map(|pack| &**pack);
    let mut counted: Vec<(&CatalogPack, Row)> = Vec::new();
    let mut rules: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for pack in packs() {
        let found = found(pack);
        counted.push((pack, Row::of(Counts::of_each(found.iter().copied()))));
        for finding in found {
            let rule = Known::of(&mut rules, finding);
            rule.count += 1;
            rule.severity = rule.severity.max(finding.severity);
            match rule.packs.last_mut().filter(|(last, _)| last.id == pack.id) {
                Some((_, count)) => *count += 1,
                None => rule.packs.push((pack, 1)),
            }
        }
        for finding in pack.releases.iter().flat_map(|release| &*release.findings) {
            Known::of(&mut rules, finding);
        }
    }
    let mut rules: Vec<Known<'_>> = rules.into_values().collect();
    rules.sort_by_key(|rule| (rule.count == 0, std::cmp::Reverse((rule.severity, rule.packs.len())), rule.code.name()));
    let texts: Vec<String> = rules.iter().map(|rule| rule.code.explanation()).collect();
    let (clean, mut faulty): (Vec<_>, Vec<_>) = counted.iter().copied().partition(|(_, row)| row.is_clean());
    faulty.sort_by_key(|(pack, row)| (std::cmp::Reverse((row.errors, row.warnings, row.notes)), &pack.id));
    let faulty: Vec<OfPack<'_>> = faulty.into_iter().map(|(pack, counts)| of_pack(pack, counts)).collect();
    let mut files = health_lists::packs(site, &faulty)?;
    for rule in rules.iter().filter(|rule| rule.packs.len() > MOST_OF_RULE) {
        let packs: Vec<_> = rule.packs.iter().map(|(pack, count)| named(pack, Some(*count))).collect();
        let code = rule.code.name();
        let fault = text::pieces(rule.code.description());
        let list = List { folder: health_lists::of_rule(code), title: format!("Packs that break {code}"), code, fault };
        files.extend(health_lists::names(site, &list, &packs)?);
    }
    if clean.len() > MOST_CLEAN {
        let packs: Vec<_> = clean.iter().map(|(pack, _)| named(pack, None)).collect();
        let title = "Packs with nothing to mend".to_owned();
        let list = List { folder: CLEAN.to_owned(), title, code: "", fault: Vec::new() };
        files.extend(health_lists::names(site, &list, &packs)?);
    }
    let page = Health {
        head: Head {
            description: "What checking found in the packs of this registry, and how to mend it.".into(),
            canonical: site.base.absolute(super::HEALTH),
            section: Some(super::HEALTH),
            ..Head::new(&path, "Health")
        },
        pack_count: counted.len(),
        clean_count: clean.len(),
        counts: counted.iter().fold(Row::default(), |sum, (_, row)| sum.plus(*row)),
        ecosystems: ecosystems(&counted),
        packs: &faulty[..faulty.len().min(PER_PAGE)],
        pages: page_links(health_lists::page, 1, faulty.len().div_ceil(PER_PAGE).max(1)),
        rules: rules.iter().zip(&texts).map(|(rule, text)| rule.shown(text)).collect(),
        clean: clean.iter().take(MOST_CLEAN).map(|(pack, _)| named(pack, None)).collect(),
        all_clean: (clean.len() > MOST_CLEAN).then(|| format!("{CLEAN}/index.html")),
    };
    let html = site.base.templates.render("health.html", &path, &[("site", &site.base.frame)], &page)?;
    files.push((path, html));
    Ok(files)
}

/// Returns what is wrong with a pack's default release and with its newest state, each finding once.
fn found(pack: &CatalogPack) -> Vec<&Diagnostic> {
    let mut known = BTreeSet::new();
    let all = pack.latest().findings.iter().chain(&pack.findings);
    all.filter(|finding| known.insert(said(finding))).collect()
}

fn ecosystems(counted: &[(&CatalogPack, Row)]) -> Vec<OfEcosystem> {
    let of_one = |group: &[(&CatalogPack, Row)]| OfEcosystem {
        title: group[0].0.ecosystem.title(),
        address: format!("packs/{}/index.html", group[0].0.ecosystem.id()),
        pack_count: group.len(),
        clean_count: group.iter().filter(|(_, row)| row.is_clean()).count(),
        counts: group.iter().fold(Row::default(), |sum, (_, row)| sum.plus(*row)),
    };
    counted.chunk_by(|(a, _), (b, _)| a.id.ecosystem == b.id.ecosystem).map(of_one).collect()
}

fn of_pack(pack: &CatalogPack, counts: Row) -> OfPack<'_> {
    OfPack { pack: named(pack, None), version: pack.latest().version().as_str(), counts }
}

fn named(pack: &CatalogPack, count: Option<usize>) -> Named<'_> {
    let PackId { name, .. } = &pack.id;
    Named {
        ecosystem: pack.ecosystem.id(),
        name: name.as_str(),
        address: format!("{}/index.html", links::pack_address(&pack.id)),
        count,
    }
}

impl Row {
    const fn of(Counts { errors, warnings, notes }: Counts) -> Self {
        Self { errors, warnings, notes }
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            notes: self.notes + other.notes,
        }
    }

    /// Tells whether there is nothing to mend: a note asks for nothing.
    const fn is_clean(self) -> bool {
        self.errors + self.warnings == 0
    }
}

impl<'a> Known<'a> {
    /// Returns what is known of the rule that a finding breaks.
    fn of<'m>(rules: &'m mut BTreeMap<&'static str, Self>, finding: &Diagnostic) -> &'m mut Self {
        let new = || Self { code: finding.code, severity: finding.severity, count: 0, packs: Vec::new() };
        rules.entry(finding.code.name()).or_insert_with(new)
    }

    fn shown<'s>(&self, explanation: &'s str) -> Rule<'s>
    where
        'a: 's,
    {
        let paragraphs = explanation.split("\n\n").skip(1);
        Rule {
            code: self.code.name(),
            severity: self.severity.as_str(),
            fault: text::pieces(self.code.description()),
            paragraphs: paragraphs.map(text::pieces).collect(),
            count: self.count,
            pack_count: self.packs.len(),
            packs: self.packs.iter().take(MOST_OF_RULE).map(|(pack, _)| named(pack, None)).collect(),
            all_packs: (self.packs.len() > MOST_OF_RULE)
                .then(|| format!("{}/index.html", health_lists::of_rule(self.code.name()))),
        }
    }
}
