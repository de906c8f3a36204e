//! The JSON Schemas (2020-12) of everything that is published, generated from the wire types.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{json, wire};
use crate::ecosystem;
use crate::ident::RelPath;
use crate::index::event::Event;
use crate::output::{Phase, Unit};

/// Returns the generated schemas by file name.
pub fn generated() -> Vec<(&'static str, Schema)> {
    vec![
        ("index.schema.json", schema::<wire::Index>("The catalog of a registry.")),
        ("pack.schema.json", schema::<wire::PackFile>("The version history of a pack.")),
        ("release.schema.json", schema::<wire::ReleaseFile>("The facts of a release.")),
        ("comparison.schema.json", schema::<wire::comparison::ComparisonFile>("What changed between two releases.")),
        ("registry-index-event.schema.json", schema::<Event>("A line of a pack's file in the registry index.")),
    ]
}

/// Plans `schemas/`: the generated schemas, and each ecosystem's in a folder of its own.
pub(super) fn plan() -> Vec<Unit> {
    /// The same in every build of a process, and not made at once.
    static PLANNED: LazyLock<Vec<Unit>> = LazyLock::new(|| {
        let ours = generated().into_iter().map(|(name, schema)| (format!("schemas/{name}"), json(&schema)));
        let theirs = ecosystem::ALL.iter().flat_map(|ecosystem| {
            let id = ecosystem.id();
            let file = move |(name, text): &(&str, &str)| (format!("schemas/{id}/{name}"), text.as_bytes().to_vec());
            ecosystem.schemas().iter().map(file)
        });
        let unit = |(path, bytes): (String, Vec<u8>)| Unit::bytes(Phase::Data, RelPath::composed(path), bytes);
        ours.chain(theirs).map(unit).collect()
    });
    PLANNED.clone()
}

fn schema<T: JsonSchema>(description: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("description".to_owned(), description.into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds the committed schemas to the types; `SNAPSHOTS=overwrite cargo test` writes them.
    #[test]
    fn committed_schemas_are_those_of_the_types() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
        for (name, schema) in generated() {
            let file =
                snapbox::Data::read_from(format!("{folder}/{name}").as_ref(), Some(snapbox::data::DataFormat::Text));
            let text = String::from_utf8(json(&schema)).expect("JSON is UTF-8");
            snapbox::assert_data_eq!(text, file.raw());
        }
    }
}
