//! `serde_yaml`: writes YAML, and reads it a second time to hold the gate's tree to another parser's values.

/// Decodes text with `serde_yaml`, which follows YAML 1.2.
///
/// Only for text that the gate has let through: on its own this parser is not bounded.
pub fn decode(text: &str) -> Result<serde_json::Value, String> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

/// Writes a JSON value as YAML.
///
/// # Panics
///
/// Never: every JSON value has a YAML form.
pub fn to_string(value: &serde_json::Value) -> String {
    serde_yaml::to_string(value).expect("every JSON value has a YAML form")
}
