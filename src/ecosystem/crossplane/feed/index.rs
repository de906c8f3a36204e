//! `index.json`: every API of the newest releases, the lookup by which a pipeline finds a schema.

use std::sync::Arc;

use serde::Serialize;

use super::json_schema::file_name;
use super::{ROOT, is_offered, pretty};
use crate::catalog::CatalogPack;
use crate::ecosystem::PackFeed;
use crate::ecosystem::crossplane::provider::API;
use crate::ecosystem::crossplane::schema::{ClaimSchema, Scope};
use crate::ident::RelPath;
use crate::output::{Phase, Unit};
use crate::pack::Pack;

/// The file.
#[derive(Debug, Serialize)]
struct Index<'a> {
    apis: Vec<&'a Api>,
}

/// A kind that users create.
#[derive(Debug, Clone, Serialize)]
struct Api {
    group: String,
    kind: String,
    versions: Vec<ApiVersion>,
    scope: Scope,
    pack: String,
    /// The newest release of the pack that can be installed.
    latest: String,
    /// Where the schema of its referenceable version lies, relative to the index.
    schema: String,
}

/// A version of a kind.
#[derive(Debug, Clone, Serialize)]
struct ApiVersion {
    name: String,
    served: bool,
    deprecated: bool,
}

/// What the index says of one pack.
pub(super) struct Entries(Vec<Api>);

/// Returns the schemas of what users of a pack create: claims, and composites that have none.
pub(super) fn user_schemas(pack: &Pack) -> Vec<ClaimSchema> {
    let values = pack.provides.iter().filter(|one| one.kind == API).filter_map(|one| one.value.as_deref());
    let all: Vec<ClaimSchema> = values.filter_map(ClaimSchema::from_json).collect();
    let has_claim = |schema: &ClaimSchema| {
        all.iter().any(|other| other.scope == Scope::Claim && other.definition == schema.definition)
    };
    all.iter().filter(|schema| schema.scope == Scope::Claim || !has_claim(schema)).cloned().collect()
}

/// Returns what the index says of a pack: of its newest release that can be installed, a stable one if there is any.
pub(super) fn entries(pack: &CatalogPack) -> Option<Arc<Entries>> {
    let mut offered = pack.releases.iter().filter(|release| is_offered(release) && release.status.may_be_chosen());
    let newest = offered.clone().next()?;
    let latest = offered.find(|release| !release.version().is_prerelease()).unwrap_or(newest);
    let (name, version) = (pack.id.name.as_str(), latest.version().as_str());
    let apis = user_schemas(&latest.pack).into_iter().filter_map(|schema| {
        let of_version = |(name, api): (&String, &crate::ecosystem::crossplane::schema::ApiVersion)| ApiVersion {
            name: name.clone(),
            served: api.served,
            deprecated: api.deprecated,
        };
        let mut by_preference = schema.versions.iter().filter(|(_, api)| api.served);
        let referenceable = by_preference.clone().find(|(_, api)| api.referenceable);
        let (api_version, _) =
            referenceable.or_else(|| by_preference.next()).or_else(|| schema.versions.iter().next())?;
        Some(Api {
            schema: format!("{name}/{version}/{}", file_name(&schema.kind, api_version)),
            versions: schema.versions.iter().map(of_version).collect(),
            group: schema.group,
            kind: schema.kind,
            scope: schema.scope,
            pack: name.to_owned(),
            latest: version.to_owned(),
        })
    });
    Some(Arc::new(Entries(apis.collect())))
}

/// Returns the index; none when the registry has no provider.
pub(in super::super) fn index(packs: &[&PackFeed]) -> Option<Unit> {
    let entries: Vec<Arc<Entries>> = packs.iter().filter_map(|pack| pack.entry()).collect();
    let mut apis: Vec<&Api> = entries.iter().flat_map(|entries| &entries.0).collect();
    if apis.is_empty() {
        return None;
    }
    apis.sort_by_key(|api| (&api.group, &api.kind, &api.pack));
    Some(Unit::bytes(Phase::Pointers, RelPath::composed(format!("{ROOT}/index.json")), pretty(&Index { apis })))
}
