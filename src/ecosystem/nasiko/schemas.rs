//! The JSON Schemas of Nasiko's files, as they are published.

macro_rules! texts {
    ($($name:literal),+) => {
        /// Lists the schemas by file name.
        pub(super) static PUBLISHED: &[(&str, &str)] = &[$((
            concat!($name, ".schema.json"),
            include_str!(concat!("../../../schemas/nasiko/", $name, ".schema.json")),
        )),+];
    };
}

texts!["agent-card", "skill", "search", "oci-manifest", "tags", "python-registry", "python-versions", "versions"];

#[cfg(test)]
mod tests {
    use crate::pack::schema::Schema;

    #[test]
    fn every_published_schema_compiles() {
        for (name, text) in super::PUBLISHED {
            let schema = Schema::embedded(text);
            assert!(!schema.is_valid(&serde_json::json!([])), "{name} accepts a list");
        }
    }
}
