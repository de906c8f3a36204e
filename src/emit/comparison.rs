//! Comparison → wire types, and the files of a registry that hold them.

use std::sync::Arc;

use super::json;
use super::wire::{FORMAT_VERSION, comparison as wire};
use crate::catalog::{CatalogPack, Comparisons};
use crate::compare::{Change, Comparison, Impact, Part};
use crate::ident::{PackId, RelPath, Version};
use crate::output::{Phase, Unit};

/// Plans the comparison of every release with the one before it, and of the last ones of older lines with the default release.
pub(super) fn of_pack(pack: &Arc<CatalogPack>, comparisons: &Arc<Comparisons>) -> Vec<Unit> {
    let keys = &pack.keys().contents;
    let with_default = |end: usize| {
        let path = path(&pack.id, pack.releases[end].version(), Comparisons::DEFAULT);
        let (pack, comparisons) = (Arc::clone(pack), Arc::clone(comparisons));
        Unit::file(Phase::Data, path, (keys[end], keys[pack.latest]), move || {
            Ok(json(&file(&pack.id, comparisons.with_default(end).expect("it is one of the ends"))))
        })
    };
    let unit = |at: usize| {
        let before = comparisons.before(at)?;
        let path = path(&pack.id, pack.releases[before].version(), pack.releases[at].version().as_str());
        let (pack, comparisons) = (Arc::clone(pack), Arc::clone(comparisons));
        Some(Unit::file(Phase::Data, path, (keys[before], keys[at]), move || {
            Ok(json(&file(&pack.id, comparisons.get(at).expect("one is before it"))))
        }))
    };
    (0..pack.releases.len()).filter_map(unit).chain(comparisons.ends().map(with_default)).collect()
}

fn path(id: &PackId, from: &Version, to: &str) -> RelPath {
    RelPath::composed(format!("packs/{id}/compare/{from}...{to}.json"))
}

/// Returns a comparison as it is published.
pub fn file(id: &PackId, comparison: &Comparison) -> wire::ComparisonFile {
    let release = |(version, content_digest): &(Version, _)| wire::ComparedRelease {
        version: version.clone(),
        content_digest: *content_digest,
    };
    let files = &comparison.files;
    wire::ComparisonFile {
        format_version: FORMAT_VERSION,
        ecosystem: id.ecosystem.clone(),
        name: id.name.clone(),
        from: release(&comparison.from),
        to: release(&comparison.to),
        verdict: comparison.verdict().map(impact),
        promise: comparison.promise().map(|promise| impact(promise.most)),
        sufficient_version: comparison.understated(),
        changes: comparison.changes.iter().map(change).collect(),
        files: wire::ChangedFiles {
            added: files.added.clone(),
            removed: files.removed.clone(),
            changed: files.changed.clone(),
            moved: files
                .moved
                .iter()
                .map(|one| wire::MovedFile { from: one.from.clone(), to: one.to.clone(), changed: one.is_changed })
                .collect(),
        },
    }
}

const fn impact(impact: Impact) -> wire::Impact {
    match impact {
        Impact::Breaking => wire::Impact::Breaking,
        Impact::Feature => wire::Impact::Feature,
        Impact::Fix => wire::Impact::Fix,
    }
}

fn change(change: &Change) -> wire::Change {
    let (part, table, name, kind) = match &change.part {
        Part::Whole => ("whole", None, None, None),
        Part::Table { anchor, .. } => ("table", Some(anchor.as_str()), None, None),
        Part::Field { anchor, path, .. } => ("field", Some(anchor.as_str()), Some(path.as_str()), None),
        Part::Fact(label) => ("fact", None, Some(*label), None),
        Part::Requirement(name) => ("requirement", None, Some(name.as_str()), None),
        Part::Dependency { kind, name } => ("dependency", None, Some(name.as_str()), kind.as_deref()),
        Part::Provision { kind, name } => ("provision", None, Some(name.as_str()), Some(*kind)),
    };
    let text = |text: Option<&str>| text.map(str::to_owned);
    wire::Change {
        impact: impact(change.impact),
        component: change
            .component
            .as_ref()
            .map(|one| wire::ComponentName { kind: one.kind.key.to_owned(), name: one.name.clone() }),
        part: part.to_owned(),
        table: text(table),
        name: text(name),
        kind: text(kind),
        change: change.what.key().to_owned(),
        from: change.from.clone(),
        to: change.to.clone(),
        reason: change.reason.to_owned(),
    }
}
