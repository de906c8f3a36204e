//! The claims of a consumer.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::codes::consumer::{DEFINITION_IN_CONSUMER, FORBIDDEN_KIND, IMAGE_LATEST};
use super::super::codes::provider::TEMPLATED_FILE;
use super::super::delivery::files;
use super::super::delivery::kustomize::Listed;
use super::super::delivery::object::{self, Object};
use super::super::documents::Document;
use super::super::kinds::{CLAIM, XRD};
use super::super::objects;
use super::super::schema::provision_name;
use crate::diag::{Place, Sink};
use crate::ident::RelPath;
use crate::pack::{Component, Fact, Field, FieldTable, Link, Otherwise, PackTree, Relation};
use crate::yaml::{Node, Value};

/// Most claims of a consumer.
const MOST: usize = 1000;

/// Most values of a claim that are shown, and most keys of a mapping in it.
const MOST_VALUES: usize = 500;

/// Longest path of a value that is shown, in bytes.
const LONGEST_PATH: usize = 400;

/// Most images of a claim that are reported one by one.
const MOST_REPEATED: usize = 20;

/// Most secrets that a claim names.
const MOST_SECRETS: usize = 50;

/// A claim, and the file that has it.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// The file.
    pub file: RelPath,
    /// The environment that it is for; nothing when it is for all.
    pub environment: Option<String>,
    /// The object.
    pub object: Arc<Object>,
}

/// Returns the claims of a consumer, sorted by file, and reports objects that it should not have.
///
/// `is_service` says that this is the repository of a service, not that of a tenant.
pub(super) fn read(tree: &PackTree<'_>, listed: &Listed, is_service: bool, sink: &mut Sink) -> Vec<Claim> {
    let mut claims = Vec::new();
    for entry in files::delivered(tree) {
        if objects::is_templated(tree, entry) {
            let place = Place::file(entry.path.as_str());
            sink.report(TEMPLATED_FILE, place, "the file is a template: nothing in it is read");
            continue;
        }
        let objects = if is_service {
            object::read(tree, entry, "service", &[definition, image_latest, forbidden_kind], sink)
        } else {
            object::read(tree, entry, "tenant", &[definition, image_latest], sink)
        };
        if !is_place_of_claims(entry.path.as_str()) || listed.patches.contains(entry.path.as_str()) {
            continue;
        }
        let environment = environment_of(entry.path.as_str()).map(str::to_owned);
        for object in objects.into_iter().filter(|object| object.root.is_some() && !object.is_well_known()) {
            if claims.len() < MOST {
                claims.push(Claim { file: entry.path.clone(), environment: environment.clone(), object });
            }
        }
    }
    claims
}

/// Tells whether claims lie at a path: `platform/claims/<namespace>/`, `base/claims/`, or `overlays/<env>/…claim.yaml`.
fn is_place_of_claims(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".yaml").trim_end_matches(".yml");
    folder.split('/').any(|part| part == "claims") || stem.ends_with("claim") || stem.ends_with("claims")
}

/// Returns `dev` for a file in `overlays/dev/`.
fn environment_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("overlays/").or_else(|| path.split_once("/overlays/").map(|(_, rest)| rest))?;
    rest.split_once('/').map(|(environment, _)| environment)
}

/// Reports what belongs to the tenant's repository.
fn forbidden_kind(document: &Document<'_>, object: &Object, sink: &mut Sink) {
    const KINDS: &[(&str, &str)] =
        &[("", "Namespace"), ("", "ResourceQuota"), ("", "LimitRange"), ("networking.k8s.io", "NetworkPolicy")];
    if KINDS.iter().any(|(group, kind)| object.is(group, kind)) {
        let message = format!("a service has no business with a `{}`", object.kind);
        sink.report(FORBIDDEN_KIND, document.place(object.kind_span), message)
            .help("move it to the tenant's repository: the platform's pipeline refuses it here");
    }
}

/// Reports what a provider has.
fn definition(document: &Document<'_>, object: &Object, sink: &mut Sink) {
    if object.group == "apiextensions.crossplane.io"
        && ["CompositeResourceDefinition", "Composition"].contains(&&*object.kind)
    {
        let message = format!("a consumer has a `{}`: it is a provider too", object.kind);
        sink.report(DEFINITION_IN_CONSUMER, document.place(object.kind_span), message)
            .help("move it to a pack of its own, so that others find it");
    }
}

/// Notes images that are called `latest`, wherever a claim names them.
fn image_latest(document: &Document<'_>, object: &Object, sink: &mut Sink) {
    if object.is_well_known() {
        return;
    }
    let mut open: Vec<&Node> = document.root().get("spec").into_iter().collect();
    let before = sink.found().len();
    while let Some(node) = open.pop().filter(|_| sink.found().len() < before + MOST_REPEATED) {
        for (key, value) in node.entries() {
            let is_image = key.as_str().is_some_and(|key| key == "image" || key.ends_with("Image"));
            if let Some(image) = value.as_str().filter(|image| is_image && image.ends_with(":latest")) {
                sink.report(IMAGE_LATEST, document.place(value.span), format!("`{image}` is whatever was pushed last"))
                    .help("name a version, or a digest");
            }
        }
        open.extend(node.entries().iter().map(|(_, value)| value).chain(node.items()));
    }
}

/// Returns the claims as components, sorted by name; `pack` is the consumer's name.
pub(super) fn components(pack: &str, claims: &[Claim]) -> Vec<Arc<Component>> {
    let names = names(claims);
    let reference = |name: &str| format!("{pack}/{name}");
    let mut components: Vec<Arc<Component>> = Vec::new();
    for (claim, name) in claims.iter().zip(&names) {
        let Some(root) = claim.object.root.as_deref().filter(|_| Component::is_safe_name(name)) else { continue };
        let object = &claim.object;
        let api = provision_name(&object.group, &object.kind);
        let mut facts = vec![
            Fact { label: "API", value: api.clone() },
            Fact { label: "API version", value: object.version.clone() },
        ];
        facts.extend(object.namespace.clone().map(|value| Fact { label: "Namespace", value }));
        facts.extend(claim.environment.clone().map(|value| Fact { label: "Environment", value }));
        let mut links = vec![Link {
            relation: Relation::Uses,
            kind: XRD.key,
            target: api,
            line: object.kind_span.line,
            otherwise: Otherwise::Name,
        }];
        links.extend(connections(root).into_iter().filter_map(|(secret, line)| {
            let wanted = secret.strip_suffix("-conn")?;
            let is_it = |other: &&Claim| {
                let is_near = other.environment.is_none() || other.environment == claim.environment;
                is_near && other.object.name.as_deref() == Some(wanted) && !Arc::ptr_eq(&other.object, object)
            };
            let at = claims.iter().position(|other| is_it(&other))?;
            Some(Link {
                relation: Relation::Uses,
                kind: CLAIM.key,
                target: reference(&names[at]),
                line,
                otherwise: Otherwise::Name,
            })
        }));
        let values = values(root.get("spec"));
        let table = FieldTable { title: "Values".into(), anchor: "values".into(), fields: values.into() };
        components.push(Arc::new(Component {
            kind: &CLAIM,
            name: name.clone(),
            reference: reference(name),
            title: None,
            description: String::new(),
            file: claim.file.clone(),
            line: object.kind_span.line,
            entry_point: None,
            enabled: true,
            facts,
            tables: if table.fields.is_empty() { Vec::new() } else { vec![Arc::new(table)] },
            links,
            steps: Vec::new(),
            examples: Vec::new(),
        }));
    }
    components.sort_by(|a, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
    components
}

/// Returns a name for each claim: its own, with the kind and the environment where several have the same.
pub(super) fn names(claims: &[Claim]) -> Vec<String> {
    let own = |claim: &Claim| claim.object.name.clone().unwrap_or_else(|| claim.object.kind.to_lowercase());
    let with_kind = |claim: &Claim| format!("{}.{}", own(claim), claim.object.kind.to_lowercase());
    let with_environment = |claim: &Claim| match &claim.environment {
        Some(environment) => format!("{}.{environment}", with_kind(claim)),
        None => with_kind(claim),
    };
    let forms: [&dyn Fn(&Claim) -> String; 3] = [&own, &with_kind, &with_environment];
    let shared = |form: &dyn Fn(&Claim) -> String| {
        let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for name in claims.iter().map(form) {
            if !seen.insert(name.clone()) {
                shared.insert(name);
            }
        }
        shared
    };
    let taken = forms.map(shared);
    let name = |claim: &Claim| {
        let unique = forms.iter().zip(&taken).map(|(form, taken)| (form(claim), taken));
        unique
            .clone()
            .find(|(name, taken)| !taken.contains(name))
            .map_or_else(|| with_environment(claim), |(name, _)| name)
    };
    claims.iter().map(name).collect()
}

/// Returns the names of secrets in the slots of a claim (`secret1Name`, `secret2Name` …), with their lines.
fn connections(root: &Node) -> Vec<(&str, u32)> {
    let is_slot = |key: &str| {
        let digits = key.strip_prefix("secret").and_then(|rest| rest.strip_suffix("Name"));
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (mut found, mut open) = (Vec::new(), root.get("spec").into_iter().collect::<Vec<_>>());
    while let Some(node) = open.pop() {
        for (key, value) in node.entries().iter().filter(|(key, _)| key.as_str().is_some_and(is_slot)) {
            found.extend(value.as_str().map(|secret| (secret, key.span.line)));
        }
        open.extend(node.entries().iter().map(|(_, value)| value).chain(node.items()));
    }
    found.sort_unstable_by_key(|(_, line)| *line);
    found.truncate(MOST_SECRETS);
    found
}

/// Returns the values that a claim sets; nothing of what may be secret but that it is set.
fn values(spec: Option<&Node>) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut open: Vec<(String, &Node)> = spec.map(|spec| (String::new(), spec)).into_iter().collect();
    while let Some((path, node)) = open.pop() {
        if fields.len() >= MOST_VALUES {
            break;
        }
        match &node.value {
            Value::Map(entries) if !entries.is_empty() => {
                let inner = entries.iter().take(MOST_VALUES).filter_map(|(key, value)| {
                    let key = key.key_text();
                    let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                    // Keys of any length, many of them and nested: their paths together have no bound.
                    (path.len() <= LONGEST_PATH).then_some((path, value))
                });
                let inner: Vec<(String, &Node)> = inner.collect();
                open.extend(inner.into_iter().rev());
            }
            _ if path.is_empty() => {}
            _ => {
                let secret = may_be_secret(&path);
                let default = (!secret).then(|| node.to_json().to_string());
                let type_text = kind(node).to_owned();
                fields.push(Field { name: path, type_text, secret, fixed: true, default, ..Field::default() });
            }
        }
    }
    fields
}

fn kind(node: &Node) -> &'static str {
    match node.value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::Str(_) | Value::Other(_) => "string",
        Value::Seq(_) => "array",
        Value::Map(_) => "object",
    }
}

/// Tells whether a field may hold a secret, by its name alone. Names of secrets (`secret1Name`, `credentialsRef`) are none.
pub(super) fn may_be_secret(path: &str) -> bool {
    const WORDS: &[&str] =
        &["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "privatekey", "accesskey"];
    const NAMES: &[&str] = &["name", "names", "ref", "refs", "namespace", "enabled", "imagepullsecrets"];
    let plain =
        |part: &str| part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let parts: Vec<String> = path.split('.').map(plain).collect();
    let is_name = |part: &String| NAMES.iter().any(|ending| part.ends_with(ending));
    // What stands below a reference (`secretRef.key`) says where a secret is kept.
    let last = parts.last().filter(|part| !is_name(part));
    last.is_some() && parts.iter().any(|part| !is_name(part) && WORDS.iter().any(|word| part.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_no_secrets() {
        for path in ["adminPassword", "auth.api_key", "tokens", "secret.value", "credentials.user"] {
            assert!(may_be_secret(path), "{path}");
        }
        for path in
            ["secret1Name", "credentialsRef", "passwordSecretRef.key", "imagePullSecrets", "auth.secretName", "size"]
        {
            assert!(!may_be_secret(path), "{path}");
        }
    }

    #[test]
    fn claims_lie_in_known_places() {
        for path in ["platform/claims/a/x.yaml", "base/claims/x.yml", "overlays/dev/x-claim.yaml"] {
            assert!(is_place_of_claims(path), "{path}");
        }
        for path in ["ci/config.yaml", "base/x.yaml", "overlays/dev/patch.yaml"] {
            assert!(!is_place_of_claims(path), "{path}");
        }
        assert_eq!(environment_of("overlays/dev/x-claim.yaml"), Some("dev"));
        assert_eq!(environment_of("base/claims/x.yaml"), None);
    }
}
