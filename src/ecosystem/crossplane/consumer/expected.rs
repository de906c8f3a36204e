//! The claim that the platform's pipeline is told to expect: `platform.service` of `ci/config.yaml`.

use super::super::ID;
use super::super::codes::consumer::{CLAIM_UNRESOLVED, EXPECTED_CLAIM};
use super::super::delivery::object::place;
use super::super::schema::ClaimSchema;
use super::API;
use super::claims::Claim;
use super::service::{FILE, Service};
use crate::diag::Sink;
use crate::ecosystem::Names;
use crate::ident::RelPath;
use crate::pack::PackTree;

/// Kinds of Kubernetes itself that a pipeline may wait for.
const BUILT_IN: &[&str] = &["cronjob", "daemonset", "deployment", "job", "pod", "service", "statefulset"];

/// A kind that somebody provides.
struct Kind {
    group: String,
    kind: String,
    plural: String,
}

impl Kind {
    /// Tells whether `kubectl` knows the kind by a word: its plural or singular, with the group behind it or without.
    fn is_called(&self, word: &str) -> bool {
        let Self { group, kind, plural } = self;
        let bare = word.strip_suffix(group.as_str()).and_then(|word| word.strip_suffix('.')).unwrap_or(word);
        [plural, kind].iter().any(|name| name.eq_ignore_ascii_case(bare))
    }
}

/// Holds what a service says of its claim against its claims, and against what the catalog provides.
pub(super) fn check(service: &Service, claims: &[Claim], tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let file = RelPath::composed(FILE);
    let mut wanted = service.expected_type.as_ref().map(|(word, span)| (word, *span, called(word, names)));
    if let Some((word, span, _)) = wanted.take_if(|(word, _, kinds)| {
        let is_claimed = claims.iter().any(|claim| is_kind_called(&claim.object.kind, word));
        kinds.is_empty() && !is_claimed && !is_built_in(word)
    }) {
        let message = format!("no pack of the catalog provides an API that is called `{word}`");
        sink.report(CLAIM_UNRESOLVED, place(tree, &file, span), message)
            .help("write the plural of the claim's kind, or add the platform's repository to the configuration");
    }
    let (Some(name), Some(span)) = (&service.expected_claim, service.name_span) else { return };
    let named: Vec<&Claim> = claims.iter().filter(|claim| claim.object.name.as_ref() == Some(name)).collect();
    let Some(other) = named.first() else {
        // Where no claim is, they are elsewhere.
        if !claims.is_empty() {
            sink.report(EXPECTED_CLAIM, place(tree, &file, span), format!("no claim here is called `{name}`"))
                .help("write the `metadata.name` of the claim that the pipeline is to wait for");
        }
        return;
    };
    let Some((word, span, kinds)) = wanted else { return };
    let is_of_type = |claim: &&Claim| match (&claim.object.group, &claim.object.kind) {
        (_, own) if kinds.is_empty() => is_kind_called(own, word),
        (group, own) => kinds.iter().any(|kind| kind.group == *group && kind.kind == *own),
    };
    if !named.iter().any(is_of_type) && !is_built_in(word) {
        let message = format!("the claim `{name}` is no `{word}`: its kind is `{}`", other.object.kind);
        sink.report(EXPECTED_CLAIM, place(tree, &file, span), message)
            .help("write the plural of the claim's kind: the pipeline asks the cluster by it");
    }
}

/// Returns the kinds of the catalog that are called so.
fn called(word: &str, names: &Names) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut provided = names.provided(ID, API);
    // Asking of few keeps the check independent of the others.
    let likely = |api: &String| is_kind_called(api.rsplit('/').next().unwrap_or_default(), word);
    if provided.iter().any(likely) {
        provided.retain(likely);
    }
    for api in provided {
        let schemas = names.providers(ID, API, &api).into_iter();
        let schema = schemas.filter_map(|provider| ClaimSchema::from_json(provider.value.as_deref()?)).next();
        kinds.extend(schema.map(|ClaimSchema { group, kind, plural, .. }| Kind { group, kind, plural }));
    }
    kinds.retain(|kind| kind.is_called(word));
    kinds
}

/// Tells whether a kind of which nobody knows the plural may be called so.
fn is_kind_called(kind: &str, word: &str) -> bool {
    let word = word.split('.').next().unwrap_or_default().to_lowercase();
    let kind = kind.to_lowercase();
    [kind.clone(), format!("{kind}s"), format!("{kind}es")].contains(&word)
        || kind.strip_suffix('y').is_some_and(|start| word == format!("{start}ies"))
}

fn is_built_in(word: &str) -> bool {
    BUILT_IN.iter().any(|kind| is_kind_called(kind, word))
}
