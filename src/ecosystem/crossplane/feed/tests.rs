//! What the feed says of the example packs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::json_schema;
use crate::ecosystem::crossplane::documents::documents;
use crate::ecosystem::crossplane::feed::index::user_schemas;
use crate::ecosystem::crossplane::feed::xpkg::Image;
use crate::ecosystem::crossplane::testing::{check, directory};
use crate::pack::schema::Schema;
use crate::yaml::Limits;

/// The directories of the example packs of providers.
const PACKS: &[&str] = &[
    "packs/crossplane/platform/apis/queue-worker",
    "packs/crossplane/platform/databases/postgres",
    "packs/crossplane/object-bucket",
];

/// Returns the JSON Schemas of a pack, by API version and kind.
fn schemas(path: &str) -> BTreeMap<(String, String), Json> {
    let pack = check(&directory(path), path).pack.expect("a pack");
    let mut found = BTreeMap::new();
    for schema in user_schemas(&pack) {
        for (version, api) in &schema.versions {
            let key = (format!("{}/{version}", schema.group), schema.kind.clone());
            found.insert(key, json_schema::of(&schema, version, api));
        }
    }
    found
}

/// An independent validator accepts what the API accepts, and refuses what it refuses.
#[test]
fn the_schemas_are_of_2020_12_and_agree_with_the_api() {
    let (mut accepted, mut refused) = (0, 0);
    for path in PACKS {
        let schemas = schemas(path);
        for file in directory(path).files() {
            let name = file.path.as_str();
            if !name.ends_with(".yaml") || !(name.starts_with("examples/") || name.starts_with("tests/fixtures/")) {
                continue;
            }
            let text =
                std::fs::read_to_string(format!("{}/{path}/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file");
            for document in documents(&text, Limits::default()) {
                let claim = document.expect("YAML").1.root.to_json();
                let text = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
                let schema = Schema::compile(&schemas[&(text("apiVersion"), text("kind"))]).expect("a schema");
                let should_pass =
                    !file.path.file_name().starts_with("invalid-") && !file.path.file_name().starts_with("missing-");
                let violations = schema.violations(&claim);
                assert_eq!(violations.is_empty(), should_pass, "{path}/{name}: {violations:?}");
                if should_pass { accepted += 1 } else { refused += 1 }
            }
        }
    }
    assert_eq!((accepted, refused), (5, 3));
}

/// The schema that a pack publishes is the one that the registry makes of its definition.
#[test]
fn the_published_schema_of_the_example_is_the_feeds() {
    let path = PACKS[0];
    let made = &schemas(path)[&("platform.acme.example/v1alpha1".to_owned(), "QueueWorker".to_owned())];
    let file = format!("{}/{path}/schemas/queueworker.schema.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SNAPSHOTS").is_some() {
        std::fs::write(&file, super::pretty(made)).expect("written");
    }
    let published: Json = serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
    assert_eq!(&published, made);
}

/// Holds the bytes in place: a published digest must stay that of the same package.
#[test]
fn an_image_has_these_blobs() {
    let image = Image::of("kind: Configuration\n").expect("an image");
    let paths: Vec<String> = image.layout("v1.0.0").into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), 5);
    assert_eq!(&paths[..2], ["oci-layout", "index.json"]);
    let index = image.layout("v1.0.0").remove(1).1;
    let index: Json = serde_json::from_slice(&index).expect("JSON");
    assert_eq!(index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"], "v1.0.0");
    assert_eq!(
        index["manifests"][0]["digest"],
        "sha256:7cfcc58bcf60117e20b563af0419779eb9037628869a36ef22ade6f462719633"
    );
}
