//! What a schema demands of a value, in words for pages.

use crate::yaml::Node;

/// Returns the bounds of numbers, texts, lists and mappings, as JSON Schema of draft 4 and `OpenAPI` 3.0 write them.
pub fn bounds(schema: &Node) -> Vec<String> {
    let text = |key: &str| schema.get(key).and_then(Node::scalar_text);
    let flag = |key: &str| schema.get(key).and_then(Node::as_bool) == Some(true);
    let mut words = Vec::new();
    if let Some(least) = text("minimum") {
        words.push(if flag("exclusiveMinimum") { format!("more than {least}") } else { format!("at least {least}") });
    }
    if let Some(most) = text("maximum") {
        words.push(if flag("exclusiveMaximum") { format!("less than {most}") } else { format!("at most {most}") });
    }
    for (key, before, after) in [
        ("multipleOf", "a multiple of ", ""),
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("pattern", "matches ", ""),
        ("format", "format ", ""),
        ("minItems", "at least ", " items"),
        ("maxItems", "at most ", " items"),
        ("minProperties", "at least ", " keys"),
        ("maxProperties", "at most ", " keys"),
    ] {
        if let Some(value) = text(key) {
            words.push(format!("{before}{value}{after}"));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Dialect, Limits, read};

    #[test]
    fn bounds_are_words() {
        let schema = "{minimum: 1, exclusiveMinimum: true, maximum: 9, pattern: '^a', minItems: 2, maxProperties: 3}";
        let schema = read(schema.as_bytes(), Dialect::Yaml12, Limits::default()).expect("YAML").root;
        assert_eq!(bounds(&schema), ["more than 1", "at most 9", "matches ^a", "at least 2 items", "at most 3 keys"]);
    }
}
