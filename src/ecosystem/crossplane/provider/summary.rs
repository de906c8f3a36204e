//! What is said of a provider as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{API, Provider};
use crate::ecosystem::crossplane::schema::{Scope, provision_name};
use crate::ecosystem::crossplane::xrd::Xrd;
use crate::pack::{Fact, Field, FieldTable, Provision};

/// Most keywords of a pack.
const MOST_KEYWORDS: usize = 40;

pub(super) fn description(provider: &Provider<'_>) -> String {
    let of_xrd = |xrd: &Xrd| xrd.referenceable().map(|version| version.description.clone());
    let mut texts = provider.xrds.iter().filter_map(|(_, xrd)| of_xrd(xrd)).filter(|text| !text.is_empty());
    texts.next().unwrap_or_default()
}

pub(super) fn keywords(provider: &Provider<'_>) -> Vec<String> {
    let mut words = BTreeSet::new();
    for (_, xrd) in &provider.xrds {
        words.extend([&xrd.group, &xrd.user_kind().kind, &xrd.composite.kind]);
    }
    for (_, composition) in &provider.compositions {
        for composed in &composition.composed {
            words.insert(composed.inner.as_ref().map_or(&composed.kind, |(_, kind)| kind));
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).take(MOST_KEYWORDS).cloned().collect()
}

/// Returns the claims and composites that a pack provides, each once.
pub(super) fn provisions(provider: &Provider<'_>) -> Vec<Provision> {
    let of_xrd = |xrd: &Xrd| [xrd.schema(Scope::Claim), xrd.schema(Scope::Composite)].into_iter().flatten();
    let mut provisions: Vec<Provision> = provider
        .xrds
        .iter()
        .flat_map(|(_, xrd)| of_xrd(xrd))
        .filter(|schema| !schema.kind.is_empty() && !schema.group.is_empty())
        .map(|schema| Provision {
            kind: API,
            name: provision_name(&schema.group, &schema.kind),
            value: Some(schema.to_json().into()),
        })
        .collect();
    provisions.sort_by(|a, b| a.name.cmp(&b.name));
    provisions.dedup_by(|a, b| a.name == b.name);
    provisions
}

/// Returns the fields that name secrets, and the keys of connection secrets.
pub(super) fn secrets(provider: &Provider<'_>) -> Option<Arc<FieldTable>> {
    let mut fields: Vec<Field> = Vec::new();
    for (_, xrd) in &provider.xrds {
        let kind = &xrd.user_kind().kind;
        let schema = xrd.referenceable().map(|version| &version.schema["properties"]["spec"]["properties"]);
        for (name, schema) in schema.and_then(|schema| schema.as_object()).into_iter().flatten() {
            if is_secret_slot(name) {
                let description = schema["description"].as_str().unwrap_or_default().to_owned();
                fields.push(Field {
                    name: format!("spec.{name}"),
                    type_text: format!("name of a secret, in {kind}"),
                    description,
                    ..Field::default()
                });
            }
        }
        for key in &xrd.connection_keys {
            let type_text = format!("key of the connection secret of {kind}");
            fields.push(Field { name: key.clone(), type_text, ..Field::default() });
        }
    }
    let table = FieldTable { title: "Secrets".into(), anchor: "secrets".into(), fields: fields.into() };
    (!table.fields.is_empty()).then(|| Arc::new(table))
}

/// Tells whether a field names secrets, by custom: `secret1Name` and its like, `imagePullSecrets`.
fn is_secret_slot(name: &str) -> bool {
    let number = name.strip_prefix("secret").and_then(|rest| rest.strip_suffix("Name"));
    name == "imagePullSecrets" || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn facts(provider: &Provider<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (_, xrd) in &provider.xrds {
        let served: Vec<String> =
            xrd.versions.iter().filter(|version| version.served).map(|v| v.name.clone()).collect();
        facts.push(Fact {
            label: "API",
            value: format!("{} of {} ({})", xrd.user_kind().kind, xrd.group, served.join(", ")),
        });
    }
    facts
}
