//! What a definition can never change, held against the releases before.

use std::collections::BTreeMap;

use crate::catalog::{CatalogPack, CatalogRelease};
use crate::diag::{Place, Sink};
use crate::ecosystem::crossplane::codes::provider::XRD_IMMUTABLE;
use crate::ecosystem::crossplane::provider::API;
use crate::ecosystem::crossplane::schema::{ClaimSchema, Scope};

/// What cannot change: the composite, and the claim once there is one.
#[derive(Default, PartialEq, Eq)]
struct Fixed {
    composite: Option<(String, String)>,
    claim: Option<(String, String)>,
}

/// Reports definitions whose names changed between two releases.
pub(super) fn check(pack: &CatalogPack, sink: &mut Sink) {
    let mut later: Option<(&CatalogRelease, BTreeMap<String, Fixed>)> = None;
    // The highest release comes first.
    for release in pack.releases.iter().filter(|release| release.status.quarantined.is_none()) {
        let fixed = fixed(release);
        if let Some((next, names)) = &later {
            for (definition, after) in names {
                let Some(before) = fixed.get(definition) else { continue };
                for (what, before, after) in
                    [("names", &before.composite, &after.composite), ("claim names", &before.claim, &after.claim)]
                {
                    let Some((kind, plural)) = before else { continue };
                    if after.as_ref() == Some(&(kind.clone(), plural.clone())) {
                        continue;
                    }
                    let message = format!(
                        "{} {} changes the {what} of `{definition}`: {} had `{kind}` ({plural})",
                        pack.id,
                        next.version(),
                        release.version(),
                    );
                    sink.report(XRD_IMMUTABLE, place(next, definition), message)
                        .help("keep the names: clusters that have the earlier release refuse the later one");
                }
            }
        }
        later = Some((release, fixed));
    }
}

fn place(release: &CatalogRelease, definition: &str) -> Place {
    let component = release.pack.components.iter().find(|component| component.name == definition);
    let file = component.map_or(&release.pack.manifest, |component| &component.file);
    Place::file(match release.record.source.path.as_str() {
        "" => file.to_string(),
        directory => format!("{directory}/{file}"),
    })
}

fn fixed(release: &CatalogRelease) -> BTreeMap<String, Fixed> {
    let values = release.pack.provides.iter().filter(|one| one.kind == API).filter_map(|one| one.value.as_deref());
    let mut all: BTreeMap<String, Fixed> = BTreeMap::new();
    for schema in values.filter_map(ClaimSchema::from_json) {
        let one = all.entry(schema.definition).or_default();
        let names = Some((schema.kind, schema.plural));
        match schema.scope {
            Scope::Claim => one.claim = names,
            Scope::Composite => one.composite = names,
        }
    }
    all
}
