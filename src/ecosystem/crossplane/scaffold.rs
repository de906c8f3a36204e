//! A new pack that passes every check: an API with its composition, an example and tests.

use std::collections::BTreeMap;

use crate::ecosystem::MIT_LICENSE;
use crate::ident::{PackName, RelPath};

/// Returns the files of a new pack.
pub(super) fn files(name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
    let label = label(name.as_str());
    let plural = format!("{}s", label.replace('-', ""));
    let replaced =
        |text: &str| text.replace("@NAME@", &label).replace("@KIND@", &kind(&label)).replace("@PLURAL@", &plural);
    FILES.iter().map(|(path, text)| (RelPath::composed(replaced(path)), replaced(text).into_bytes())).collect()
}

/// Returns a name as a DNS label, which Kubernetes takes as a name.
fn label(name: &str) -> String {
    let safe: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let trimmed = safe.trim_matches(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit());
    let start = trimmed.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let short: String = start.chars().take(40).collect();
    let short = short.trim_end_matches('-');
    if short.is_empty() { "example".to_owned() } else { short.to_owned() }
}

/// Returns a label as a kind: `queue-worker` becomes `QueueWorker`.
fn kind(label: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect::<String>())
    };
    label.split('-').filter_map(word).collect()
}

/// Lists the files with their text.
const FILES: &[(&str, &str)] = &[
    ("definitions/x@PLURAL@.yaml", DEFINITION),
    ("compositions/@NAME@.yaml", COMPOSITION),
    ("examples/minimal.yaml", EXAMPLE),
    ("tests/fixtures/valid-minimal.yaml", EXAMPLE),
    ("tests/fixtures/invalid-size.yaml", INVALID),
    ("README.md", README),
    ("LICENSE", MIT_LICENSE),
];

const DEFINITION: &str = "\
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata:
  name: x@PLURAL@.platform.example.org
spec:
  group: platform.example.org
  names:
    kind: X@KIND@
    plural: x@PLURAL@
  claimNames:
    kind: @KIND@
    plural: @PLURAL@
  versions:
    - name: v1alpha1
      served: true
      referenceable: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              description: Says what is greeted
              required: [who]
              properties:
                who:
                  type: string
                  description: Who is greeted
                  minLength: 1
                  example: world
                size:
                  type: string
                  description: How loudly
                  enum: [small, large]
                  default: small
            status:
              type: object
              properties:
                greeting:
                  type: string
                  description: What was said
";

const COMPOSITION: &str = "\
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata:
  name: @NAME@
  labels:
    crossplane.io/xrd: x@PLURAL@.platform.example.org
spec:
  compositeTypeRef:
    apiVersion: platform.example.org/v1alpha1
    kind: X@KIND@
  mode: Resources
  resources:
    - name: greeting
      base:
        apiVersion: kubernetes.crossplane.io/v1alpha2
        kind: Object
        spec:
          providerConfigRef:
            name: in-cluster
          forProvider:
            manifest:
              apiVersion: v1
              kind: ConfigMap
              metadata:
                name: placeholder
                namespace: placeholder
              data:
                greeting: placeholder
      patches:
        - type: FromCompositeFieldPath
          fromFieldPath: spec.claimRef.name
          toFieldPath: spec.forProvider.manifest.metadata.name
        - type: FromCompositeFieldPath
          fromFieldPath: spec.claimRef.namespace
          toFieldPath: spec.forProvider.manifest.metadata.namespace
        - type: FromCompositeFieldPath
          fromFieldPath: spec.who
          toFieldPath: spec.forProvider.manifest.data.greeting
          transforms:
            - type: string
              string:
                type: Format
                fmt: Hello, %s!
        - type: ToCompositeFieldPath
          fromFieldPath: status.atProvider.manifest.data.greeting
          toFieldPath: status.greeting
";

const EXAMPLE: &str = "\
apiVersion: platform.example.org/v1alpha1
kind: @KIND@
metadata:
  name: hello
  namespace: default
spec:
  who: world
";

const INVALID: &str = "\
apiVersion: platform.example.org/v1alpha1
kind: @KIND@
metadata:
  name: hello
  namespace: default
spec:
  who: world
  size: huge
";

const README: &str = "\
# @KIND@

Greets somebody.

```yaml
apiVersion: platform.example.org/v1alpha1
kind: @KIND@
metadata: { name: hello, namespace: default }
spec:
  who: world
```

`tests/fixtures/` holds claims that the API accepts (`valid-…`) and refuses (`invalid-…`).
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::crossplane::testing;

    #[test]
    fn a_new_pack_has_no_findings() {
        for text in ["queue-worker", "Queue_Worker.2", "x", "1st-try", "9"] {
            let name = PackName::new(text).expect("a name");
            let checked = testing::check(&testing::snapshot(files(&name)), text);
            assert_eq!(checked.said(), Vec::<String>::new(), "{text}");
            let pack = checked.pack.expect("a pack");
            assert_eq!((pack.id.name.as_str(), pack.components.len()), (text, 5));
        }
    }
}
