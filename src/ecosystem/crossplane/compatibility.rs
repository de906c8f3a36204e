//! What breaks those who claim an API, beyond the rules of every ecosystem.
//!
//! An API keeps its version while its schema changes, so releases are judged by the schema. Whoever leaves a field out has its
//! default in a running system: another default changes that.

use super::kinds::{EXAMPLE, FIXTURE, SCHEMA, SPEC};
use super::schema::ClaimSchema;
use crate::compare::{Compatibility, Impact, Role};
use crate::pack::Provision;

pub(super) static COMPATIBILITY: Compatibility = Compatibility {
    default_change: Impact::Breaking,
    tables: &[
        ("fields-", Role::VersionedInput),
        ("status-", Role::VersionedOutput),
        ("added-", Role::Derived),
        ("resources", Role::Parts),
        ("values", Role::Notes),
        ("requirements", Role::Notes),
        ("tasks", Role::Notes),
    ],
    illustrative: &[EXAMPLE.key, FIXTURE.key, SCHEMA.key, SPEC.key],
    promises: served_versions,
};

/// Returns the versions that the API server serves of something provided.
fn served_versions(provision: &Provision) -> Vec<String> {
    let schema = provision.value.as_deref().and_then(ClaimSchema::from_json);
    let versions = schema.into_iter().flat_map(|schema| schema.versions);
    versions.filter(|(_, version)| version.served).map(|(name, _)| format!("served version {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::COMPATIBILITY;
    use crate::compare::{Comparison, Impact, Side};
    use crate::content::Listing;
    use crate::ecosystem::crossplane::testing::{check, texts};
    use crate::ident::Version;
    use crate::pack::Memo;

    const PATH: &str = "packs/crossplane/platform/databases/postgres";
    const XRD: &str = include_str!("../../../packs/crossplane/platform/databases/postgres/postgres-xrd.yaml");
    const COMPOSITION: &str =
        include_str!("../../../packs/crossplane/platform/databases/postgres/postgres-composition.yaml");

    /// Returns what it means that a text of the example pack becomes another one, with all changes of that impact.
    fn changed(from: &str, to: &str) -> (Impact, Vec<String>) {
        assert!(XRD.contains(from) || COMPOSITION.contains(from), "{from}");
        let edited = [XRD.replacen(from, to, 1), COMPOSITION.replacen(from, to, 1)];
        let before = texts(&[("xrd.yaml", XRD), ("composition.yaml", COMPOSITION)]);
        let after = texts(&[("xrd.yaml", &edited[0]), ("composition.yaml", &edited[1])]);
        let read = |snapshot| {
            (check(snapshot, PATH).pack.expect("a pack"), Listing::of(snapshot, &Memo::new()).expect("read"))
        };
        let ((before, before_files), (after, after_files)) = (read(&before), read(&after));
        let version = Version::draft();
        let from = Side { version: &version, pack: &before, listing: &before_files };
        let to = Side { version: &version, pack: &after, listing: &after_files };
        let comparison = Comparison::of(from, to, &COMPATIBILITY);
        let verdict = comparison.verdict().expect("a change");
        let line = |change: &crate::compare::Change| {
            let place = change.place().and_then(|(_, path)| path).map_or_else(String::new, |path| format!(" {path}"));
            format!("{}{place}: {}", change.subject(), change.words())
        };
        (verdict, comparison.with_impact(verdict).map(line).collect())
    }

    #[test]
    fn what_breaks_a_claim_is_breaking() {
        for (from, to, expected) in [
            ("          default: \"17\"\n", "          default: \"16\"\n", "version: default: \"17\" → \"16\""),
            ("enum: [small, medium, large]", "enum: [small, large]", "size: no longer allows \"medium\""),
            ("minimum: 5\n", "minimum: 6\n", "storageGiB: constraint: at least 5 → at least 6"),
            ("pattern: '^[0-9]+Gi$'", "pattern: '^[0-9]+$'", "storage: constraint: matches"),
            (
                "storageGiB:\n                  type: integer",
                "storageGiB:\n                  type: string",
                "storageGiB: type: integer → string",
            ),
            ("[host, port, ", "[host, ", "port: removed"),
            (
                "      served: true\n      referenceable: false",
                "      served: false\n      referenceable: false",
                "removed served version v1alpha1",
            ),
            (
                "    kind: PostgresDatabase\n",
                "    kind: PgDatabase\n",
                "reference: database.acme.example/PostgresDatabase → database.acme.example/PgDatabase",
            ),
            ("    - name: cluster\n", "    - name: postgres\n", "cluster: removed"),
        ] {
            let (verdict, lines) = changed(from, to);
            assert_eq!(verdict, Impact::Breaking, "{from}: {lines:?}");
            assert!(lines.iter().any(|line| line.contains(expected)), "{from}: {lines:?}");
        }
    }

    #[test]
    fn what_only_adds_is_a_feature() {
        let version = "    - name: v1\n      served: true\n      referenceable: false\n      schema:\n        openAPIV3Schema:\n          \
                       type: object\n          properties:\n            spec:\n              type: object\n              required: \
                       [size]\n              properties:\n                size:\n                  type: string\n    - name: v1beta1\n";
        for (from, to, expected) in [
            ("    - name: v1beta1\n", version, "added served version v1"),
            ("enum: [small, medium, large]", "enum: [small, medium, large, huge]", "size: now allows \"huge\""),
            ("minimum: 5\n", "minimum: 4\n", "storageGiB: constraint: at least 5 → at least 4"),
            (
                "                backup:\n",
                "                zone:\n                  type: string\n                backup:\n",
                "zone: added",
            ),
        ] {
            let (verdict, lines) = changed(from, to);
            assert_eq!(verdict, Impact::Feature, "{from}: {lines:?}");
            assert!(lines.iter().any(|line| line.contains(expected)), "{from}: {lines:?}");
        }
    }
}
