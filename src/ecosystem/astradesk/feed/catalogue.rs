//! Packs as documented for the tool gateway: `catalog/packs/<slug>.yaml`, and the parameters of tools by their digest.
//!
//! Informational: no code upstream reads it. What `schema_ref` is the digest of is not said there; here it is the canonical
//! JSON (RFC 8785) of `parameters`, which lies under its own digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::super::reading::OWNERS_LABEL;
use super::offered::Offered;
use super::path;
use crate::catalog::CatalogRelease;
use crate::ident::Digest;
use crate::index::canonical_json;
use crate::output::{Phase, Unit};
use crate::yaml;

/// Returns a file per pack, and one per schema.
pub(super) fn units(offered: &[Arc<Offered>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut schemas: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for one in offered.iter().filter(|one| one.may_be_chosen()) {
        let release = one.latest();
        let slug = one.pack.id.name.as_str();
        let slug = slug.strip_prefix("domain-").unwrap_or(slug);
        let (manifest, of_tools) = manifest(slug, release);
        schemas.extend(of_tools);
        let text = format!("# Informational: no runtime reads this file.\n{}", yaml::to_string(&manifest));
        units.push(Unit::bytes(Phase::Data, path(&format!("catalog/packs/{slug}.yaml")), text.into_bytes()));
    }
    let files = schemas
        .into_iter()
        .map(|(digest, bytes)| Unit::bytes(Phase::Data, path(&format!("schemas/{digest}.json")), bytes));
    units.extend(files);
    units
}

/// Returns the description of a pack, and the schemas that it refers to, by their digest.
fn manifest(slug: &str, release: &CatalogRelease) -> (Json, BTreeMap<String, Vec<u8>>) {
    let pack = &release.pack;
    let mut schemas = BTreeMap::new();
    let (mut tools, mut approved) = (Vec::new(), Vec::new());
    for provision in pack.provides.iter().filter(|provision| provision.kind == "tool") {
        let mut tool = json!({ "name": provision.name });
        let schema = provision.value.as_deref().and_then(|text| serde_json::from_str::<Json>(text).ok());
        if let Some(bytes) = schema.and_then(|schema| canonical_json(&schema)) {
            let digest = Digest::of(&bytes);
            tool["schema_ref"] = json!(digest.to_string());
            schemas.insert(digest.hex(), bytes);
        }
        let component = pack.components.iter().find(|one| one.kind.key == "tool" && one.name == provision.name);
        let effect = component.and_then(|one| one.facts.iter().find(|fact| fact.label == "Side effect"));
        if let Some(effect) = effect {
            tool["side_effect"] = json!(effect.value);
            if effect.value != "read" {
                approved.push(provision.name.clone());
            }
        }
        tools.push(tool);
    }
    let several = pack.facts.iter().find(|fact| fact.label == OWNERS_LABEL);
    let owners: Vec<&str> = match several {
        Some(fact) => fact.value.split(", ").collect(),
        None => pack.contact.as_deref().into_iter().collect(),
    };
    let manifest = json!({
        "pack": slug,
        "version": release.version().as_str(),
        "owners": owners,
        "tools": tools,
        "policies": { "require_approval_for": approved },
    });
    (manifest, schemas)
}
