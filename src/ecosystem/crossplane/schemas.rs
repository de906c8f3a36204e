//! The JSON Schemas that the registry publishes for this ecosystem.

/// Lists them, by file name.
pub(super) static PUBLISHED: &[(&str, &str)] =
    &[("feed.schema.json", include_str!("../../../schemas/crossplane/feed.schema.json"))];
