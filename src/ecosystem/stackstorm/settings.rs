//! The configuration schema: `config.schema.yaml`.

use std::sync::Arc;

use super::codes::CONFIG_SCHEMA_INVALID;
use super::components::action::schema_fault;
use super::document::{METADATA, check_loader, check_shape, require_mapping};
use super::{parameter_rules, parameters, schemas};
use crate::diag::Sink;
use crate::pack::{FieldTable, YamlFile};
use crate::yaml::Node;

/// The settings of a pack.
#[derive(Debug)]
pub(super) struct Settings {
    /// Their table.
    pub table: Option<Arc<FieldTable>>,
    /// Their schemas, by name.
    pub schemas: Vec<(String, Node)>,
}

/// Reads the configuration schema; `None` when it is no mapping.
pub(super) fn read(file: &YamlFile<'_>, sink: &mut Sink) -> Option<Settings> {
    check_loader(file, METADATA, sink);
    let root = &file.yaml.root;
    if !require_mapping(file, root, "the configuration schema", sink) {
        return None;
    }
    check_shape(
        file,
        root,
        &schemas::CONFIG,
        CONFIG_SCHEMA_INVALID,
        |violation, node| {
            Some(schema_fault(&violation.path, violation, node, CONFIG_SCHEMA_INVALID, CONFIG_SCHEMA_INVALID))
        },
        sink,
    );
    parameter_rules::check(file, root, None, sink);
    let schemas = root.entries().iter().map(|(key, schema)| (key.key_text(), schema.clone())).collect();
    Some(Settings { table: parameters::table("Settings", "settings", parameters::own_fields(root, None)), schemas })
}
