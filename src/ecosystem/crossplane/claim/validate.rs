//! Validates values by a structural schema, as the API server does after defaulting.

use serde_json::Value as Json;

use super::formats;
use crate::ecosystem::crossplane::schema::pattern::Patterns;

/// Most steps that validating one object takes: a hostile schema multiplies with a hostile claim.
const MOST_STEPS: usize = 1_000_000;

/// Most faults of one object that are told.
const MOST_FAULTS: usize = 50;

/// What validating found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Where which value is wrong, and how.
    pub faults: Vec<(Vec<String>, String)>,
    /// Where which CEL rule applies.
    pub rules: Vec<(Vec<String>, String)>,
    /// Whether there was too much to validate.
    pub is_cut_short: bool,
}

/// Validates a value.
pub(super) fn validate(value: &Json, schema: &Json) -> Outcome {
    let mut validation =
        Validation { patterns: Patterns::default(), steps: 0, path: Vec::new(), found: Some(Outcome::default()) };
    validation.value(value, schema);
    let mut outcome = validation.found.unwrap_or_default();
    outcome.is_cut_short = validation.steps > MOST_STEPS || validation.patterns.are_too_many();
    outcome
}

struct Validation {
    patterns: Patterns,
    steps: usize,
    path: Vec<String>,
    /// What is found; nothing while only the answer counts, inside `oneOf` and its like.
    found: Option<Outcome>,
}

impl Validation {
    /// Tells whether a value is valid; adds what is wrong to what was found.
    ///
    /// Recursive, but only as deep as value and schema.
    fn value(&mut self, value: &Json, schema: &Json) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS || (value.is_null() && schema["nullable"] == true) {
            return true;
        }
        if let Some(fault) = type_fault(value, schema) {
            return self.fault(fault);
        }
        let mut is_valid = self.allowed(value, schema);
        is_valid &= match value {
            Json::String(text) => self.text(text, schema),
            Json::Number(_) => self.number(value, schema),
            Json::Array(items) => self.list(items, schema),
            Json::Object(_) => self.object(value, schema),
            Json::Null | Json::Bool(_) => true,
        };
        is_valid &= self.combined(value, schema);
        self.note_rules(schema);
        is_valid
    }

    fn fault(&mut self, message: impl Into<String>) -> bool {
        if let Some(found) = self.found.as_mut().filter(|found| found.faults.len() < MOST_FAULTS) {
            found.faults.push((self.path.clone(), message.into()));
        }
        false
    }

    fn note_rules(&mut self, schema: &Json) {
        let Some(found) = &mut self.found else { return };
        for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
            if let Some(rule) = rule["rule"].as_str().filter(|_| found.rules.len() < MOST_FAULTS) {
                found.rules.push((self.path.clone(), rule.to_owned()));
            }
        }
    }

    fn inside(&mut self, name: &str, value: &Json, schema: &Json) -> bool {
        self.path.push(name.to_owned());
        let is_valid = self.value(value, schema);
        self.path.pop();
        is_valid
    }

    fn allowed(&mut self, value: &Json, schema: &Json) -> bool {
        let Some(allowed) = schema["enum"].as_array() else { return true };
        self.steps += allowed.len();
        if allowed.iter().any(|one| is_same(one, value)) {
            return true;
        }
        let shown: Vec<String> = allowed.iter().take(12).map(Json::to_string).collect();
        let more = if allowed.len() > shown.len() { ", …" } else { "" };
        self.fault(format!("{} is none of {}{more}", shortened(value), shown.join(", ")))
    }

    fn text(&mut self, text: &str, schema: &Json) -> bool {
        let mut is_valid = true;
        let characters = text.chars().count() as u64;
        if let Some(least) = schema["minLength"].as_u64().filter(|least| characters < *least) {
            is_valid &= self.fault(format!("has {characters} characters, at least {least} are required"));
        }
        if let Some(most) = schema["maxLength"].as_u64().filter(|most| characters > *most) {
            is_valid &= self.fault(format!("has {characters} characters, at most {most} are allowed"));
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            self.steps += text.len() / 64;
            // A pattern that is none is a fault of the schema, which is told there.
            if self.patterns.matches(pattern, text) == Some(false) {
                is_valid &= self.fault(format!("{} does not match `{pattern}`", shortened(&text.into())));
            }
        }
        if let Some(format) = schema["format"].as_str().filter(|format| !formats::is_valid(format, text)) {
            is_valid &= self.fault(format!("{} is not of the format `{format}`", shortened(&text.into())));
        }
        is_valid
    }

    fn number(&mut self, value: &Json, schema: &Json) -> bool {
        let Some(number) = value.as_f64() else { return true };
        let mut is_valid = true;
        if let Some(least) = schema["minimum"].as_f64() {
            let is_exclusive = schema["exclusiveMinimum"] == true;
            if number < least || (is_exclusive && number <= least) {
                let word = if is_exclusive { "more than" } else { "at least" };
                is_valid &= self.fault(format!("{value} is not {word} {}", schema["minimum"]));
            }
        }
        if let Some(most) = schema["maximum"].as_f64() {
            let is_exclusive = schema["exclusiveMaximum"] == true;
            if number > most || (is_exclusive && number >= most) {
                let word = if is_exclusive { "less than" } else { "at most" };
                is_valid &= self.fault(format!("{value} is not {word} {}", schema["maximum"]));
            }
        }
        if let Some(step) = schema["multipleOf"].as_f64().filter(|step| *step > 0.0) {
            let quotient = number / step;
            if (quotient - quotient.round()).abs() > 1e-9 * quotient.abs().max(1.0) {
                is_valid &= self.fault(format!("{value} is not a multiple of {}", schema["multipleOf"]));
            }
        }
        is_valid
    }

    fn list(&mut self, items: &[Json], schema: &Json) -> bool {
        let mut is_valid = true;
        let count = items.len() as u64;
        if let Some(least) = schema["minItems"].as_u64().filter(|least| count < *least) {
            is_valid &= self.fault(format!("has {count} items, at least {least} are required"));
        }
        if let Some(most) = schema["maxItems"].as_u64().filter(|most| count > *most) {
            is_valid &= self.fault(format!("has {count} items, at most {most} are allowed"));
        }
        if let Some(inner) = schema.get("items") {
            for (at, item) in items.iter().enumerate() {
                is_valid &= self.inside(&at.to_string(), item, inner);
            }
        }
        let repeats = match schema["x-kubernetes-list-type"].as_str() {
            Some("set") => has_repetition(items.iter().map(Json::to_string)),
            Some("map") => {
                let keys: Vec<&str> = schema["x-kubernetes-list-map-keys"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                let of_item = |item: &Json| keys.iter().map(|key| item[*key].to_string()).collect::<Vec<_>>().join(",");
                !keys.is_empty() && has_repetition(items.iter().map(of_item))
            }
            _ => false,
        };
        if repeats { self.fault("has an item twice") } else { is_valid }
    }

    fn object(&mut self, value: &Json, schema: &Json) -> bool {
        let Some(fields) = value.as_object() else { return true };
        let mut is_valid = true;
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            self.steps += 1;
            if !fields.contains_key(name) {
                is_valid &= self.fault(format!("the required field `{name}` is missing"));
            }
        }
        let count = fields.len() as u64;
        if let Some(least) = schema["minProperties"].as_u64().filter(|least| count < *least) {
            is_valid &= self.fault(format!("has {count} fields, at least {least} are required"));
        }
        if let Some(most) = schema["maxProperties"].as_u64().filter(|most| count > *most) {
            is_valid &= self.fault(format!("has {count} fields, at most {most} are allowed"));
        }
        for (name, value) in fields {
            let specified = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            if let Some(inner) = specified.filter(|inner| inner.is_object()) {
                is_valid &= self.inside(name, value, inner);
            }
        }
        is_valid
    }

    fn combined(&mut self, value: &Json, schema: &Json) -> bool {
        let mut is_valid = true;
        for branch in schema["allOf"].as_array().into_iter().flatten() {
            is_valid &= self.value(value, branch);
        }
        if let Some(branches) = schema["anyOf"].as_array()
            && !branches.iter().any(|branch| self.is_valid(value, branch))
        {
            is_valid &= self.fault("fits none of the alternatives of `anyOf`");
        }
        if let Some(branches) = schema["oneOf"].as_array() {
            match branches.iter().filter(|branch| self.is_valid(value, branch)).count() {
                1 => {}
                0 => is_valid &= self.fault("fits none of the alternatives of `oneOf`"),
                several => is_valid &= self.fault(format!("fits {several} alternatives of `oneOf`, and must fit one")),
            }
        }
        if schema["not"].is_object() && self.is_valid(value, &schema["not"]) {
            is_valid &= self.fault("fits what `not` excludes");
        }
        is_valid
    }

    /// Tells whether a value is valid, without saying why not.
    fn is_valid(&mut self, value: &Json, schema: &Json) -> bool {
        let found = self.found.take();
        let is_valid = self.value(value, schema);
        self.found = found;
        is_valid
    }
}

/// Says that a value is of another type than the schema wants.
fn type_fault(value: &Json, schema: &Json) -> Option<String> {
    let is_whole =
        |value: &Json| value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0);
    if schema["x-kubernetes-int-or-string"] == true {
        let fits = value.is_string() || (value.is_number() && is_whole(value));
        return (!fits).then(|| format!("is {}, not an integer or a string", described(value)));
    }
    let Some(wanted) = schema["type"].as_str() else {
        // Without a type every value fits, except a null that is not allowed.
        return None;
    };
    let fits = match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_number() && is_whole(value),
        _ => true,
    };
    let article = if matches!(wanted, "object" | "array" | "integer") { "an" } else { "a" };
    (!fits).then(|| format!("is {}, not {article} {wanted}", described(value)))
}

fn described(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => format!("the boolean {flag}"),
        Json::Number(number) => format!("the number {number}"),
        Json::String(_) => format!("the string {}", shortened(value)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a mapping".to_owned(),
    }
}

/// Returns a value as compact JSON, cut to a readable length.
fn shortened(value: &Json) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// Compares as JSON: `1` and `1.0` are the same number.
fn is_same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(_), Json::Number(_)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn has_repetition(keys: impl Iterator<Item = String>) -> bool {
    let mut seen = std::collections::HashSet::new();
    keys.into_iter().any(|key| !seen.insert(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(value: &Json, schema: &Json) -> Vec<String> {
        validate(value, schema).faults.into_iter().map(|(path, fault)| format!("{}: {fault}", path.join("/"))).collect()
    }

    #[test]
    fn bounds_may_be_exclusive() {
        let schema = json!({ "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 3 });
        assert_eq!(faults(&json!(1), &schema), [": 1 is not more than 1"]);
        assert_eq!(faults(&json!(3), &schema).len(), 0);
        assert_eq!(faults(&json!(4), &schema), [": 4 is not at most 3"]);
        assert_eq!(faults(&json!(1.5), &schema), [": is the number 1.5, not an integer"]);
    }

    #[test]
    fn an_integer_or_string_is_either() {
        let schema = json!({ "x-kubernetes-int-or-string": true });
        assert!(faults(&json!(80), &schema).is_empty() && faults(&json!("80%"), &schema).is_empty());
        assert_eq!(faults(&json!(true), &schema).len(), 1);
    }

    #[test]
    fn null_needs_nullable() {
        assert_eq!(faults(&json!(null), &json!({ "type": "string" })).len(), 1);
        assert!(faults(&json!(null), &json!({ "type": "string", "nullable": true })).is_empty());
    }

    #[test]
    fn alternatives_are_counted() {
        let schema = json!({ "type": "object", "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] });
        assert!(faults(&json!({ "a": 1 }), &schema).is_empty());
        assert_eq!(faults(&json!({}), &schema), [": fits none of the alternatives of `oneOf`"]);
        assert_eq!(faults(&json!({ "a": 1, "b": 1 }), &schema).len(), 1);
        let excluded = json!({ "not": { "required": ["a"] }, "anyOf": [{ "required": ["b"] }] });
        assert_eq!(faults(&json!({ "a": 1 }), &excluded).len(), 2);
    }

    #[test]
    fn sets_and_maps_hold_an_item_once() {
        let set = json!({ "type": "array", "x-kubernetes-list-type": "set" });
        assert_eq!(faults(&json!(["a", "a"]), &set).len(), 1);
        let map = json!({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] });
        assert_eq!(faults(&json!([{ "name": "a" }, { "name": "a" }]), &map).len(), 1);
        assert!(faults(&json!([{ "name": "a" }, { "name": "b" }]), &map).is_empty());
    }

    #[test]
    fn a_hostile_schema_ends() {
        let branches: Vec<Json> = (0..3000).map(|n| json!({ "required": [n.to_string()] })).collect();
        let schema = json!({ "type": "array", "items": { "oneOf": branches } });
        let outcome = validate(&json!(vec![json!({}); 5000]), &schema);
        assert!(outcome.is_cut_short && outcome.faults.len() <= MOST_FAULTS);
    }
}
