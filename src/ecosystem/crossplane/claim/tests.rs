//! Claims against a schema, from the outside.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::ecosystem::crossplane::schema::added::Policies;
use crate::ecosystem::crossplane::schema::{ApiVersion, Scope, build};
use crate::yaml::{Dialect, Limits, read};

fn schema() -> ClaimSchema {
    let authored = json!({
        "type": "object",
        "properties": { "spec": {
            "type": "object",
            "required": ["image", "size", "queue"],
            "x-kubernetes-validations": [{ "rule": "!has(self.path) || has(self.port)" }],
            "properties": {
                "image": { "type": "string", "minLength": 1 },
                "size": { "type": "string", "enum": ["small", "large"], "default": "small" },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
                "path": { "type": "string", "pattern": "^/" },
                "queue": {
                    "type": "object",
                    "required": ["stream", "url"],
                    "properties": { "stream": { "type": "string" }, "url": { "type": "string", "default": "q:1" } },
                },
            },
        } },
    });
    let version = |served| ApiVersion {
        served,
        referenceable: served,
        deprecated: false,
        deprecation_warning: None,
        schema: build::whole(&authored, Scope::Claim, &Policies::default()),
    };
    ClaimSchema {
        group: "platform.acme.example".to_owned(),
        kind: "QueueWorker".to_owned(),
        plural: "queueworkers".to_owned(),
        scope: Scope::Claim,
        definition: "xqueueworkers.platform.acme.example".to_owned(),
        versions: BTreeMap::from([("v1alpha1".to_owned(), version(true)), ("v1beta1".to_owned(), version(false))]),
    }
}

fn checked(text: &str) -> Checked {
    let claim = read(text.as_bytes(), Dialect::Yaml11, Limits::default()).expect("YAML").root;
    check(&claim, &schema())
}

fn faults(checked: &Checked) -> Vec<(Fault, &str, u32)> {
    checked.findings.iter().map(|found| (found.fault.clone(), found.path.as_str(), found.span.line)).collect()
}

const HEAD: &str = "apiVersion: platform.acme.example/v1alpha1\nkind: QueueWorker\nmetadata: {name: a}\n";

/// A field that is required and has a default is never missing, and a rule in CEL is only told.
#[test]
fn defaults_come_before_validation() {
    let checked = checked(&format!("{HEAD}spec:\n  image: x\n  path: /h\n  queue: {{stream: S}}\n"));
    assert_eq!(faults(&checked), []);
    let defaulted: Vec<&str> = checked.defaulted.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(defaulted, ["spec.compositeDeletePolicy", "spec.size", "spec.queue.url"]);
    assert_eq!(checked.unevaluated.len(), 1);
    assert_eq!(checked.stored["spec"]["queue"]["url"], "q:1");
}

#[test]
fn faults_are_told_where_they_are_written() {
    let checked = checked(&format!(
        "{HEAD}extra: 1\nspec:\n  image: ''\n  size: huge\n  port: '80'\n  queue:\n    strem: S\nstatus: {{any: thing}}\n"
    ));
    assert_eq!(
        faults(&checked),
        [
            (Fault::UnknownField, "extra", 4),
            (Fault::UnknownField, "spec.queue.strem", 10),
            (Fault::Invalid, "spec.image", 6),
            (Fault::Invalid, "spec.port", 8),
            (Fault::Invalid, "spec.queue", 10),
            (Fault::Invalid, "spec.size", 7),
        ]
    );
    assert!(!checked.is_accepted());
}

#[test]
fn a_version_must_be_served() {
    for version in ["v1beta1", "v2"] {
        let text = HEAD.replace("v1alpha1", version) + "spec: {}\n";
        assert_eq!(faults(&checked(&text)), [(Fault::VersionUnserved, "apiVersion", 1)]);
    }
}

#[test]
fn names_are_short_subdomains() {
    let spec = "spec: {image: x, queue: {stream: S}}\n";
    let long = HEAD.replace("name: a", &format!("name: {}", "a".repeat(64)));
    assert_eq!(faults(&checked(&(long + spec))), [(Fault::NameTooLong, "metadata.name", 3)]);
    let upper = HEAD.replace("name: a", "name: Upper");
    assert_eq!(faults(&checked(&(upper + spec))), [(Fault::Invalid, "metadata.name", 3)]);
    let labels = HEAD.replace("name: a", "name: a, labels: {a: 1}");
    assert_eq!(faults(&checked(&(labels + spec))), [(Fault::Invalid, "metadata.labels", 3)]);
}

#[test]
fn a_schema_survives_its_text() {
    let schema = schema();
    assert_eq!(ClaimSchema::from_json(&schema.to_json()), Some(schema));
    assert_eq!(ClaimSchema::from_json("{"), None);
}
