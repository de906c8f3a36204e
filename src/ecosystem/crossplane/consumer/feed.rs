//! What a tenant's `ApplicationSet` scans for: one file per environment, with the commit of the newest release.
//!
//! ```text
//! runtimes/crossplane/consumers/<name>/<env>/config.yaml
//! ```
//!
//! Only in private builds, and only where `[feeds]` asks for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::kinds::DELIVERY;
use super::tenant;
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::RelPath;
use crate::output::{Phase, Place, Unit};
use crate::pack::Component;
use crate::yaml;

/// Returns the unit of a consumer; nothing for packs without environments, or whose newest release has no commit.
pub(in super::super) fn unit(pack: &Arc<CatalogPack>) -> Option<Unit> {
    let latest = pack.releases.get(pack.latest)?;
    if pack.status.quarantined.is_some() || latest.status.quarantined.is_some() || latest.record.source.commit.is_none()
    {
        return None;
    }
    latest.pack.components.iter().any(|component| is_environment(component)).then_some(())?;
    let folder = format!("runtimes/crossplane/consumers/{}", pack.id.name);
    let (pack, key) = (Arc::clone(pack), pack.keys().releases[pack.latest]);
    let place = Place::folder(&folder);
    Some(Unit::batch(Phase::Data, [place], key, move || {
        let release = &pack.releases[pack.latest];
        let environments = release.pack.components.iter().filter(|component| is_environment(component));
        let file = |component: &Arc<Component>| {
            let path = RelPath::composed(format!("{folder}/{}/config.yaml", component.name));
            (path, config(component, release).into_bytes())
        };
        Ok(environments.map(file).collect())
    }))
}

fn is_environment(component: &Component) -> bool {
    component.kind.key == DELIVERY.key && component.file.as_str().ends_with("/config.yaml")
}

/// Returns the file of an environment: what the tenant's own says, at the commit of the release.
fn config(component: &Component, release: &CatalogRelease) -> String {
    let mut says: BTreeMap<&str, &str> = tenant::fields(&component.facts).collect();
    says.extend(release.record.source.commit.as_deref().map(|commit| ("targetRevision", commit)));
    let lines = tenant::FIELDS.iter().filter_map(|(key, _)| {
        let value = serde_json::Value::String((*says.get(key)?).to_owned());
        Some(format!("{key}: {}", yaml::to_string(&value)))
    });
    lines.collect()
}
