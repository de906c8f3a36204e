//! What a JSON Schema cannot say about a kind of component.

use std::collections::BTreeSet;

use super::declared::trigger_types;
use super::kinds::Kind;
use crate::diag::{Place, Sink};
use crate::ecosystem::attune::codes::{ATTUNE_COMPONENT_SHAPE, ATTUNE_SENSOR_TRIGGER_MISSING};
use crate::ecosystem::attune::wording::quoted;
use crate::pack::YamlFile;
use crate::yaml::Node;

/// Checks one component by the rules of its kind.
pub(super) fn check(file: &YamlFile<'_>, kind: &Kind, pack: &str, sink: &mut Sink) {
    match kind.component.key {
        "sensor" => sensor_names_a_trigger(file, sink),
        "policy" => policy_is_of_this_pack(file, pack, sink),
        "cache" => cache_owner_is_of_this_pack(file, pack, sink),
        "runtime" => runtime_versions_are_unique(file, sink),
        "dashboard" => dashboard_cards_have_sources(file, sink),
        _ => {}
    }
}

/// Requires a sensor to name at least one trigger type.
fn sensor_names_a_trigger(file: &YamlFile<'_>, sink: &mut Sink) {
    if trigger_types(&file.yaml.root).all(|node| node.as_str().is_none_or(|text| text.trim().is_empty())) {
        let place = Place::file(file.path.as_str());
        sink.report(ATTUNE_SENSOR_TRIGGER_MISSING, place, "the sensor names no trigger type")
            .help("add `trigger_types:` with the refs of the triggers that it emits");
    }
}

/// Requires a policy's `pack_ref` to be this pack.
fn policy_is_of_this_pack(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) {
    if let Some(node) = file.yaml.root.get("pack_ref").filter(|node| node.as_str().is_some_and(|text| text != pack)) {
        let message = format!("`pack_ref` is {}, another pack", quoted(node));
        sink.report(ATTUNE_COMPONENT_SHAPE, file.place(node.span), message).help(format!("write `{pack}`"));
    }
}

/// Requires the owner of a cache to be this pack, or a component of it.
fn cache_owner_is_of_this_pack(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) {
    let root = &file.yaml.root;
    let (Some(kind), Some(owner)) = (root.get("owner_type").and_then(Node::as_str), root.get("owner_ref")) else {
        return;
    };
    let Some(text) = owner.as_str() else { return };
    let is_ours = match kind {
        "pack" => text == pack,
        _ => text.split_once('.').is_some_and(|(prefix, _)| prefix == pack),
    };
    if !is_ours {
        let message = format!("`owner_ref` is {}, which is not of this pack", quoted(owner));
        sink.report(ATTUNE_COMPONENT_SHAPE, file.place(owner.span), message);
    }
}

/// Requires the versions of a runtime to be unique, with one default at most.
fn runtime_versions_are_unique(file: &YamlFile<'_>, sink: &mut Sink) {
    let versions = file.yaml.root.get("versions").map_or(&[][..], Node::items);
    let mut seen = BTreeSet::new();
    let mut has_default = false;
    for entry in versions {
        if let Some(version) = entry.get("version")
            && !seen.insert(version.scalar_text())
        {
            let message = format!("the version {} stands twice", quoted(version));
            sink.report(ATTUNE_COMPONENT_SHAPE, file.place(version.span), message);
        }
        if let Some(default) = entry.get("is_default").filter(|value| value.as_bool() == Some(true))
            && std::mem::replace(&mut has_default, true)
        {
            sink.report(ATTUNE_COMPONENT_SHAPE, file.place(default.span), "a second version is the default");
        }
    }
}

/// Requires the cards of a dashboard to have ids of their own, and data sources that are declared.
fn dashboard_cards_have_sources(file: &YamlFile<'_>, sink: &mut Sink) {
    let root = &file.yaml.root;
    let Some(sources) = root.get("data_sources") else { return };
    let of_list = sources.items().iter().filter_map(|source| source.get("id").and_then(Node::as_str));
    let known: BTreeSet<&str> = of_list.chain(sources.entries().iter().filter_map(|(key, _)| key.as_str())).collect();
    let mut seen = BTreeSet::new();
    for card in root.get("cards").map_or(&[][..], Node::items) {
        if let Some(id) = card.get("id")
            && !seen.insert(id.scalar_text())
        {
            let message = format!("the card {} stands twice", quoted(id));
            sink.report(ATTUNE_COMPONENT_SHAPE, file.place(id.span), message);
        }
        if let Some(source) = card.get("data_source").or_else(|| card.get("source"))
            && source.as_str().is_some_and(|text| !known.contains(text))
        {
            let message = format!("the data source {} is not declared", quoted(source));
            sink.report(ATTUNE_COMPONENT_SHAPE, file.place(source.span), message);
        }
    }
}
