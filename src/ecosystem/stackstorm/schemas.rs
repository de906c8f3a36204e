//! The JSON Schemas of StackStorm's files: published as they are, compiled once.

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::pack::schema::Schema;

macro_rules! texts {
    ($($id:ident = $name:literal;)+) => {
        $(const $id: &str = include_str!(concat!("../../../schemas/stackstorm/", $name, ".schema.json"));)+
        /// Lists the schemas by file name, as they are published.
        pub(super) static PUBLISHED: &[(&str, &str)] = &[$((concat!($name, ".schema.json"), $id)),+];
    };
}

texts! {
    PACK_TEXT = "pack";
    CONFIG_TEXT = "config";
    PARAMETER_TEXT = "parameter";
    ACTION_TEXT = "action";
    SENSOR_TEXT = "sensor";
    TRIGGER_TEXT = "trigger";
    RULE_TEXT = "rule";
    ALIAS_TEXT = "alias";
    POLICY_TEXT = "policy";
    RUNNER_TEXT = "runner";
    ORQUESTA_TEXT = "orquesta";
    CHAIN_TEXT = "action-chain";
    FEED_TEXT = "feed";
}

/// A schema with the names of its top-level properties, for suggestions.
#[derive(Debug)]
pub(super) struct Known {
    /// The compiled schema.
    pub schema: Schema,
    /// The properties it names.
    pub keys: Vec<String>,
}

/// `pack.yaml`.
pub(super) static PACK: LazyLock<Known> = LazyLock::new(|| compile(PACK_TEXT));
/// `config.schema.yaml`.
pub(super) static CONFIG: LazyLock<Known> = LazyLock::new(|| compile(CONFIG_TEXT));
/// `actions/*.yaml`.
pub(super) static ACTION: LazyLock<Known> = LazyLock::new(|| compile(ACTION_TEXT));
/// `sensors/*.yaml`.
pub(super) static SENSOR: LazyLock<Known> = LazyLock::new(|| compile(SENSOR_TEXT));
/// `triggers/*.yaml`.
pub(super) static TRIGGER: LazyLock<Known> = LazyLock::new(|| compile(TRIGGER_TEXT));
/// `rules/*.yaml`.
pub(super) static RULE: LazyLock<Known> = LazyLock::new(|| compile(RULE_TEXT));
/// `aliases/*.yaml`.
pub(super) static ALIAS: LazyLock<Known> = LazyLock::new(|| compile(ALIAS_TEXT));
/// `policies/*.yaml`.
pub(super) static POLICY: LazyLock<Known> = LazyLock::new(|| compile(POLICY_TEXT));
/// `runners/*/runner.yaml`.
pub(super) static RUNNER: LazyLock<Known> = LazyLock::new(|| compile(RUNNER_TEXT));
/// Orquesta workflows.
pub(super) static ORQUESTA: LazyLock<Known> = LazyLock::new(|| compile(ORQUESTA_TEXT));
/// Action chains.
pub(super) static CHAIN: LazyLock<Known> = LazyLock::new(|| compile(CHAIN_TEXT));

/// Compiles a schema together with the two that others refer to by file name.
///
/// They are embedded under `$defs` with their `$id` (JSON Schema 2020-12, section 9.3.1), so that nothing is fetched.
fn compile(text: &str) -> Known {
    let parse = |text: &str| serde_json::from_str::<Json>(text).expect("an embedded schema is JSON");
    let mut schema = parse(text);
    let keys = schema["properties"].as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    if schema["$id"] != "parameter.schema.json" {
        schema["$defs"]["parameter"] = parse(PARAMETER_TEXT);
    }
    if schema["$id"] != "trigger.schema.json" {
        schema["$defs"]["trigger"] = parse(TRIGGER_TEXT);
    }
    let schema = Schema::compile(&schema).unwrap_or_else(|error| panic!("an embedded schema is a schema: {error}"));
    Known { schema, keys }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_published_schema_compiles() {
        for (name, text) in PUBLISHED {
            let known = compile(text);
            assert!(!known.schema.is_valid(&json!([])) || *name == "trigger.schema.json", "{name} accepts a list");
        }
    }

    #[test]
    fn the_parameter_dialect_is_closed_above_and_open_below() {
        let action = |parameter: Json| {
            let action = json!({ "name": "a", "runner_type": "noop", "parameters": { "p": parameter } });
            ACTION.schema.violations(&action).len()
        };
        assert_eq!(action(json!({ "type": "array", "items": { "type": ["string", "null"], "$ref": "#/x" } })), 0);
        for wrong in [
            json!({ "$ref": "#/x" }),
            json!({ "type": ["string", "null"] }),
            json!({ "type": "strng" }),
            json!({ "required": ["a"] }),
            json!({ "properties": { "a": { "required": ["b"] } } }),
            json!({ "items": { "type": "strng" } }),
            json!({ "maximum": 3, "exclusiveMaximum": 3 }),
            json!({ "exclusiveMaximum": true }),
        ] {
            assert_eq!(action(wrong.clone()), 1, "{wrong}");
        }
    }
}
