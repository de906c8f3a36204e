//! What reading one component costs: the YAML gate beside `serde_yaml` alone, and schema validation.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use packyard::pack::schema::Schema;
use packyard::yaml::{self, Dialect, Limits};
use serde_json::json;
use std::hint::black_box;

/// An action of typical size and shape.
const ACTION: &str = include_str!("data/action.yaml");

/// Measures the gate against the decoder that it replaces: one builds a tree with spans, the other bare values.
fn yaml_gate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("yaml");
    group.throughput(Throughput::Bytes(ACTION.len() as u64));
    for (name, dialect) in [("gate-1.1", Dialect::Yaml11), ("gate-1.2", Dialect::Yaml12)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| yaml::read(black_box(ACTION.as_bytes()), dialect, Limits::default()).expect("valid"));
        });
    }
    group.bench_function("serde-yaml", |bencher| {
        bencher.iter(|| yaml::decode(black_box(ACTION)).expect("valid"));
    });
    group.finish();
}

/// Measures a schema of the kind that components have: closed, with a nested schema per parameter.
fn schema_validation(criterion: &mut Criterion) {
    let parameter = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
            "description": {"type": "string"},
            "required": {"type": "boolean"},
            "secret": {"type": "boolean"},
            "default": {},
            "enum": {"type": "array", "minItems": 1},
            "items": {"type": "object"},
            "minimum": {"type": "number"},
            "maximum": {"type": "number"},
            "position": {"type": "integer"},
        },
    });
    let schema = Schema::compile(&json!({
        "type": "object",
        "required": ["name", "runner_type"],
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "pack": {"type": "string", "pattern": "^[a-z0-9_]+$"},
            "description": {"type": "string"},
            "runner_type": {"type": "string"},
            "entry_point": {"type": "string"},
            "enabled": {"type": "boolean"},
            "parameters": {"type": "object", "patternProperties": {"^\\w+$": parameter}, "additionalProperties": false},
        },
    }))
    .expect("a schema");
    let value = yaml::decode(ACTION).expect("valid");
    assert!(schema.is_valid(&value), "{:?}", schema.violations(&value));
    let mut group = criterion.benchmark_group("schema");
    group.throughput(Throughput::Bytes(ACTION.len() as u64));
    group.bench_function("valid-action", |bencher| bencher.iter(|| schema.violations(black_box(&value))));
    group.finish();
}

criterion_group!(benches, yaml_gate, schema_validation);
criterion_main!(benches);
