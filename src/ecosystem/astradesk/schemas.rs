//! The JSON Schemas: of the files of a pack, and of the files of the feed.

use std::sync::LazyLock;

use crate::pack::schema::Schema;

const FLOW_TEXT: &str = include_str!("../../../schemas/astradesk/flow.schema.json");

/// Lists the published schemas, by file name.
pub(super) static PUBLISHED: &[(&str, &str)] = &[
    ("flow.schema.json", FLOW_TEXT),
    ("tools.schema.json", include_str!("../../../schemas/astradesk/tools.schema.json")),
    ("domain-packs.schema.json", include_str!("../../../schemas/astradesk/domain-packs.schema.json")),
    ("domain-packs-info.schema.json", include_str!("../../../schemas/astradesk/domain-packs-info.schema.json")),
    ("catalog-pack.schema.json", include_str!("../../../schemas/astradesk/catalog-pack.schema.json")),
];

/// `flows/*.yaml`.
pub(super) static FLOW: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(FLOW_TEXT));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_schema_compiles() {
        for (name, text) in PUBLISHED {
            assert!(text.contains(&format!("\"$id\": \"{name}\"")), "{name}");
            Schema::embedded(text);
        }
    }
}
