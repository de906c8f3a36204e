//! The pack kind `consumer`: a service or a tenant, with its claims.
//!
//! | module | what it does |
//! |---|---|
//! | `service` | `ci/config.yaml` |
//! | `tenant` | `overlays/<env>/config.yaml` |
//! | `claims` | the claims as components, and objects that do not belong here |
//! | `provided` | who provides what claims are claims of |
//! | `references` | claims against that |
//! | `expected` | the claim that the platform's pipeline is told to expect |
//! | `feed` | what a tenant's `ApplicationSet` scans for |
//!
//! There is no manifest. Claims lie in `platform/claims/<namespace>/`, in `base/claims/` or in `overlays/<env>/…-claim.yaml`.

mod claims;
mod expected;
pub(super) mod feed;
mod provided;
mod references;
mod service;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use claims::Claim;
use service::Service;
use tenant::Environment;

use super::codes::provider::NAME_INVALID;
use super::delivery::{self, kustomize::Listed};
use super::readme;
use super::schema::provision_name;
use crate::diag::{Place, Sink};
use crate::ecosystem::Names;
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{Dependency, Fact, Pack, PackTree, Provision, Remark, VersionedBy, license};
use crate::yaml::{self, Dialect};

/// What a source is configured as to hold consumers, whatever its files say.
const PROFILE: &str = "consumer";

/// What a dependency on somebody's API is called.
const API: &str = "api";

/// What [`clue`] says of the file of a service, and of that of a tenant's environment.
const CLUES: [&str; 2] = ["service", "tenant"];

/// Reads a pack of this kind and checks it by itself.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Pack> {
    let service = service::read(tree, sink);
    let environments = tenant::read(tree, sink);
    let claims = claims_of(tree, service.is_some(), sink);
    let Some(name) = name(tree, service.as_deref(), &environments) else {
        sink.report(NAME_INVALID, Place::file(""), "nothing says the name of the consumer")
            .help("say `service.name` in `ci/config.yaml`, or configure the source with the URL of its `repository`");
        return None;
    };

    let mut components = claims::components(name.as_str(), &claims);
    components.extend(environments.iter().map(|environment| Arc::new(tenant::component(environment))));
    let manifest = service.as_ref().map(|_| RelPath::composed(service::FILE));
    let first = environments.first().map(|environment| environment.file.clone());
    let any =
        || claims.first().map(|claim| claim.file.clone()).or_else(|| Some(tree.snapshot.files().first()?.path.clone()));
    let pack = Pack {
        id: PackId { ecosystem: EcosystemId::new(super::ID).expect("a valid identifier"), name: name.clone() },
        version: Version::draft(),
        versioned_by: VersionedBy::Source,
        aliases: Vec::new(),
        title: super::adapter::titled(name.as_str()),
        description: service.as_ref().map(|service| service.description.clone()).unwrap_or_default(),
        authors: Vec::new(),
        contact: None,
        license: license::of_pack(tree),
        keywords: kinds(&claims).into_iter().map(|(_, kind)| kind).collect(),
        homepage: None,
        requirements: Vec::new(),
        dependencies: dependencies(service.as_deref(), &claims),
        provides: service
            .iter()
            .map(|service| Provision { kind: service::KIND, name: service.name.clone(), value: None })
            .collect(),
        components,
        configuration: None,
        environment: service.as_deref().and_then(service::environment_table).map(Arc::new),
        manifest: manifest.or(first).or_else(any)?,
        readme: tree.at_root(&["readme.md", "readme"]).map(|entry| entry.path.clone()),
        changelog: tree.at_root(&["changelog.md", "changes.md"]).map(|entry| entry.path.clone()),
        license_file: license::file(tree).map(|entry| entry.path.clone()),
        icon: None,
        facts: facts(service.as_deref(), &environments, &claims),
        deliveries: Vec::new(),
        checksums: BTreeMap::new(),
    };
    readme::check(tree, &pack, "what the service or the tenant is for, and what it claims", sink);
    Some(pack)
}

/// Checks a pack of this kind against what others provide.
pub(super) fn check(_pack: &Pack, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let (service, claims) = referring(tree);
    references::check(&claims, pinned(service.as_deref()), tree, names, sink);
    if let Some(service) = &service {
        expected::check(service, &claims, tree, names, sink);
    }
}

/// Returns what checking the claims of a pack came to, for their pages.
pub(super) fn remarks(tree: &PackTree<'_>, names: &Names) -> Vec<Remark> {
    let (service, claims) = referring(tree);
    references::remarks(&claims, pinned(service.as_deref()), names)
}

/// Returns what refers to others: the service and the claims.
fn referring(tree: &PackTree<'_>) -> (Option<Arc<Service>>, Vec<Claim>) {
    let mut said = Sink::new();
    let service = service::read(tree, &mut said);
    let claims = claims_of(tree, service.is_some(), &mut said);
    (service, claims)
}

/// Returns the revision of the platform that a service says it uses.
fn pinned(service: Option<&Service>) -> Option<&str> {
    service?.branch.as_deref()
}

/// Returns what a file says about directories of this kind; `name` is the file's.
pub(super) fn clue(name: &str, bytes: &[u8]) -> Option<String> {
    let holds = |words: &[&[u8]]| words.iter().all(|word| bytes.windows(word.len()).any(|window| window == *word));
    if name != "config.yaml" || !holds(&[b"service", b"namespace"]) && !holds(&[b"tenant", b"repoURL"]) {
        return None;
    }
    let root = yaml::read(bytes, Dialect::Yaml11, yaml::Limits::default()).ok()?.root;
    let [service, tenant] = CLUES;
    let says = service::is_service(&root).then_some(service).or(tenant::is_tenant(&root).then_some(tenant));
    says.map(str::to_owned)
}

/// Returns the directories of this kind, from the paths of files and what [`clue`] said of each.
///
/// `profile` is `consumer` for a source that is configured as one.
pub(super) fn packs(clues: &[(&str, &str)], profile: Option<&str>) -> Vec<String> {
    let [service, tenant] = CLUES;
    let directory = |(path, says): &(&str, &str)| {
        let directory = if *says == service {
            path.strip_suffix(service::FILE)
        } else if *says == tenant {
            let (directory, rest) =
                path.split_once("overlays/").filter(|(directory, _)| is_tenant_folder(directory))?;
            rest.strip_suffix("/config.yaml").filter(|environment| !environment.contains('/')).map(|_| directory)
        } else {
            None
        }?;
        let is_whole = directory.is_empty() || directory.ends_with('/');
        is_whole.then(|| directory.trim_end_matches('/').to_owned())
    };
    let found: BTreeSet<String> = clues.iter().filter_map(directory).collect();
    if found.is_empty() && profile == Some(PROFILE) {
        return vec![String::new()];
    }
    found.into_iter().collect()
}

/// Tells whether a directory, with a slash at its end, is `tenants/<name>/`.
fn is_tenant_folder(directory: &str) -> bool {
    let mut parts = directory.trim_end_matches('/').rsplit('/');
    parts.next().is_some_and(|name| !name.is_empty()) && parts.next() == Some("tenants")
}

/// Tells whether a directory is of this kind; only asked when it is neither a provider nor an adapter.
pub(super) fn is_pack(tree: &PackTree<'_>) -> bool {
    if tree.configured.profile == Some(PROFILE) {
        return true;
    }
    is_service(tree) || is_tenant_folder(&format!("{}/", tree.path)) && !tenant::read(tree, &mut Sink::new()).is_empty()
}

/// Tells whether a directory is the repository of a service.
pub(super) fn is_service(tree: &PackTree<'_>) -> bool {
    service::read(tree, &mut Sink::new()).is_some()
}

/// Returns the claims of a consumer.
fn claims_of(tree: &PackTree<'_>, is_service: bool, sink: &mut Sink) -> Vec<Claim> {
    let listed: Listed = delivery::listed(tree);
    claims::read(tree, &listed, is_service, sink)
}

/// Returns the name of a consumer: the service's, else the tenant's, else the directory's, else the repository's.
fn name(tree: &PackTree<'_>, service: Option<&Service>, environments: &[Arc<Environment>]) -> Option<PackName> {
    let tenant = environments.iter().map(|environment| environment.tenant.as_str());
    let repository = tree.configured.repository.filter(|_| tree.path.is_empty());
    let named = service.map(|service| service.name.as_str()).into_iter().chain(tenant).chain(tree.directory);
    let named = named.chain(repository);
    named.filter(|name| !name.is_empty()).find_map(|name| PackName::new(name).ok())
}

/// Returns what a consumer needs: the kinds that it claims, then what it says of itself, each once.
fn dependencies(service: Option<&Service>, claims: &[Claim]) -> Vec<Dependency> {
    let mut versions: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for object in claims.iter().map(|claim| &claim.object) {
        versions.entry(provision_name(&object.group, &object.kind)).or_default().insert(&object.version);
    }
    let api = |(name, versions): (String, BTreeSet<&str>)| Dependency {
        kind: Some(API.to_owned()),
        name,
        range: Some(versions.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let mut dependencies: Vec<Dependency> = versions.into_iter().map(api).collect();
    for dependency in service.iter().flat_map(|service| &service.dependencies) {
        if !dependencies.contains(dependency) {
            dependencies.push(dependency.clone());
        }
    }
    dependencies
}

/// Returns the groups and kinds of the claims.
fn kinds(claims: &[Claim]) -> BTreeSet<(String, String)> {
    claims.iter().map(|claim| (claim.object.group.clone(), claim.object.kind.clone())).collect()
}

/// Returns rows about the whole pack.
fn facts(service: Option<&Service>, environments: &[Arc<Environment>], claims: &[Claim]) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(service) = service {
        facts.push(Fact { label: "Namespace", value: service.namespace.clone() });
        facts.extend(service.facts.iter().cloned());
        let is_there = |name: &&String| claims.iter().any(|claim| claim.object.name.as_ref() == Some(name));
        if let Some(name) = service.expected_claim.as_ref().filter(|name| !is_there(name)) {
            facts.push(Fact { label: "Expected claim", value: format!("{name}: no claim here has that name") });
        }
    }
    if !environments.is_empty() {
        let names: Vec<&str> = environments.iter().map(|environment| environment.name.as_str()).collect();
        facts.push(Fact { label: "Environments", value: names.join(", ") });
    }
    facts
}
