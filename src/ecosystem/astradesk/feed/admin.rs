//! What the Admin API and the portal list: `domain-packs.json`, `domain-packs-info.json`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::offered::Offered;
use super::path;
use crate::output::{Phase, Unit};
use crate::pack::Component;

/// Returns both lists.
pub(super) fn units(offered: &[Arc<Offered>]) -> Vec<Unit> {
    let listed = || offered.iter().filter(|one| one.may_be_chosen());
    // A pack in a catalogue is not installed, and the Admin API has no other word for that.
    let packs: Vec<Json> = listed()
        .map(|one| json!({ "name": one.pack.id.name.as_str(), "version": one.latest().version().as_str(), "status": "disabled" }))
        .collect();
    let infos: Vec<Json> = listed().map(|one| info(one)).collect();
    vec![
        Unit::bytes(Phase::Pointers, path("domain-packs.json"), text(&packs)),
        Unit::bytes(Phase::Pointers, path("domain-packs-info.json"), text(&infos)),
    ]
}

fn info(offered: &Offered) -> Json {
    let release = offered.latest();
    let files = |kinds: &[&str]| -> Vec<&str> {
        let of_kind = |component: &&Arc<Component>| kinds.contains(&component.kind.key);
        let mut names: Vec<&str> =
            release.pack.components.iter().filter(of_kind).map(|component| component.file.file_name()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let mut info = json!({
        "slug": offered.pack.id.name.as_str(),
        "title": release.pack.title,
        "packageName": offered.project,
        "localVersion": release.version().as_str(),
        "status": "available",
        "assets": {
            "agents": files(&["agent"]),
            "flows": files(&["flow"]),
            "tools": files(&["tool", "adapter", "endpoint"]),
            "policies": files(&["policy"]),
        },
    });
    if !release.pack.description.is_empty() {
        info["description"] = json!(release.pack.description);
    }
    info
}

fn text(list: &[Json]) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(list).expect("a JSON value can be written to memory");
    bytes.push(b'\n');
    bytes
}
