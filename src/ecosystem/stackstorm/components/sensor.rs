//! Sensors: `sensors/*.yaml`.

use std::sync::Arc;

use super::trigger::{declare, report_ignored};
use super::{Declared, Detail, bare, check_pack_field, entry_point, safe_name};
use crate::diag::Sink;
use crate::ecosystem::stackstorm::codes::{IGNORED_KEY, POLL_INTERVAL_TOO_SMALL};
use crate::ecosystem::stackstorm::document::{METADATA, check_loader, check_shape, require_mapping};
use crate::ecosystem::stackstorm::schemas;
use crate::pack::{Fact, Link, Otherwise, Relation, YamlFile};
use crate::yaml::{Node, Value};

/// Shortest time between two polls, in seconds (`MINIMUM_POLL_INTERVAL` of `st2reactor`).
const SHORTEST_POLL: f64 = 4.0;

/// Reads a sensor of the pack, and the trigger types it declares.
pub(in crate::ecosystem::stackstorm) fn read(file: &YamlFile<'_>, pack: &str, sink: &mut Sink) -> Vec<Declared> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "a sensor file", sink) {
        return Vec::new();
    }
    check_shape(file, root, &schemas::SENSOR, IGNORED_KEY, |_, _| None, sink);
    check_pack_field(file, root, pack, sink);
    report_ignored(file, root, &schemas::SENSOR.keys, "sensor", sink);
    poll_interval(file, root, sink);
    let entry = entry_point(file, root, "sensors", sink);
    let types = root.get("trigger_types").map(Node::items).unwrap_or_default();
    let mut declared: Vec<Declared> =
        types.iter().filter(|node| node.is_map()).filter_map(|node| declare(file, node, pack, sink)).collect();
    let Some((name, span)) = safe_name(file, root, "class_name", sink) else { return declared };

    let mut component = bare(&super::SENSOR, pack, name, file, root, span);
    if let Some(text) = root.get("poll_interval").filter(|node| !node.is_null()).and_then(Node::scalar_text) {
        component.facts.push(Fact { label: "Polls every", value: format!("{text} seconds") });
    }
    if let Some(written) = root.get("entry_point").and_then(Node::as_str) {
        component.facts.push(Fact { label: "Entry point", value: written.to_owned() });
    }
    component.entry_point = entry.as_ref().map(|entry| entry.path.clone());
    component.links = declared
        .iter()
        .map(|declared| Link {
            relation: Relation::Emits,
            kind: super::TRIGGER.key,
            target: declared.component.reference.clone(),
            line: declared.name.line,
            otherwise: Otherwise::Name,
        })
        .collect();
    declared.insert(0, Declared { component: Arc::new(component), name: span, detail: Detail::Sensor(entry) });
    declared
}

fn poll_interval(file: &YamlFile<'_>, root: &Node, sink: &mut Sink) {
    let Some(node) = root.get("poll_interval") else { return };
    let seconds = match node.value {
        Value::Int(seconds) => seconds as f64,
        Value::Float(seconds) => seconds,
        _ => return,
    };
    if seconds != 0.0 && seconds < SHORTEST_POLL {
        sink.report(
            POLL_INTERVAL_TOO_SMALL,
            file.place(node.span),
            format!("the sensor polls every {seconds} seconds"),
        )
        .help("poll every 4 seconds or more seldom");
    }
}
