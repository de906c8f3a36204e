//! Objects that install a release: as a package, or by Argo CD from its commit.

use serde_json::json;

use super::ROOT;
use crate::catalog::{CatalogPack, CatalogRelease, Registry};
use crate::ecosystem::crossplane::kinds::XRD;
use crate::pack::{Example, Pack};
use crate::yaml;

/// What Argo CD leaves out of a pack's directory: everything that is no object of the API.
const EXCLUDED: &str = "{**/schemas/*,**/tests/*,**/examples/*,**/*.md,**/*.json}";

/// Stands in for the host of an OCI registry, when the registry has no address.
const NO_HOST: &str = "registry.invalid";

/// Returns the repository of a pack's image, without a tag.
///
/// Packages are pulled from an OCI registry: the one that the registry's own address names, once its images were pushed there.
pub(super) fn repository(registry: &Registry, name: &str) -> String {
    let address =
        registry.url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest.trim_end_matches('/'));
    format!("{}/crossplane/{}", address.unwrap_or(NO_HOST).to_lowercase(), name.to_lowercase())
}

/// Returns the object that installs a package; nothing when the registry has no address.
pub(super) fn configuration(registry: &Registry, name: &str, tag: &str) -> Option<String> {
    registry.url.as_ref()?;
    Some(yaml::to_string(&json!({
        "apiVersion": "pkg.crossplane.io/v1",
        "kind": "Configuration",
        "metadata": { "name": object_name(name) },
        "spec": {
            "package": format!("{}:{tag}", repository(registry, name)),
            "packagePullPolicy": "IfNotPresent",
            "revisionActivationPolicy": "Automatic",
        },
    })))
}

/// Returns the Argo CD Application that delivers a release from its commit; nothing when that cannot be had from elsewhere.
pub(super) fn application(pack: &CatalogPack, release: &CatalogRelease) -> Option<String> {
    let source = &release.record.source;
    let commit = source.commit.as_ref().filter(|_| is_delivered_by_commit(release))?;
    let path = if source.path.is_empty() { "." } else { &source.path };
    Some(yaml::to_string(&json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": { "name": format!("pack-{}", object_name(pack.id.name.as_str())), "namespace": "argocd" },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": source.repository,
                "targetRevision": commit,
                "path": path,
                "directory": { "recurse": true, "exclude": EXCLUDED },
            },
            "destination": { "server": "https://kubernetes.default.svc" },
            "syncPolicy": { "syncOptions": ["ServerSideApply=true"] },
        },
    })))
}

/// Tells whether others can have the commit of a release.
pub(in super::super) fn is_delivered_by_commit(release: &CatalogRelease) -> bool {
    release.record.source.commit.is_some() && is_address(&release.record.source.repository)
}

/// Tells whether a repository has an address, rather than a path on the machine that built the registry.
pub(super) fn is_address(repository: &str) -> bool {
    repository.contains("://") || repository.split_once(':').is_some_and(|(host, _)| host.contains('@'))
}

/// Returns a pack's name as one of Kubernetes: a DNS label.
fn object_name(name: &str) -> String {
    let safe: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    safe.trim_matches('-').to_owned()
}

/// Returns how a release of a provider is installed, for its page.
///
/// `by_commit` tells whether the commit of the release can be had by others.
pub(in super::super) fn example(pack: &Pack, by_commit: bool, url: &str) -> Vec<Example> {
    if !pack.components.iter().any(|component| component.kind.key == XRD.key) {
        return Vec::new();
    }
    let (url, name, version) = (url.trim_end_matches('/'), &pack.id.name, &pack.version);
    let folder = format!("{url}/{ROOT}/{name}/{version}");
    let by_argo = Example {
        title: "Deliver this version by Argo CD, from its commit".to_owned(),
        language: "shell",
        text: format!("kubectl apply -f {folder}/application.yaml"),
    };
    let as_package = Example {
        title: "Push it to an OCI registry, and install it as a package".to_owned(),
        language: "shell",
        text: format!(
            "curl -fO {folder}/{name}.xpkg\ncrossplane xpkg push -f {name}.xpkg <registry>/{name}:v{version}\nkubectl apply -f {folder}/install.yaml"
        ),
    };
    by_commit.then_some(by_argo).into_iter().chain([as_package]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::{RelPath, Version};
    use crate::pack::Component;

    /// What no host serves must not be on a page.
    #[test]
    fn a_release_whose_commit_nobody_can_have_is_not_delivered_by_it() {
        let id = "crossplane/queue-worker".parse().expect("an identity");
        let file = RelPath::composed("xrd.yaml");
        let mut pack = Pack::new(id, Version::draft(), file.clone());
        assert!(example(&pack, true, "https://packs.acme.example").is_empty(), "nothing to install");
        let xrd = Component {
            kind: &XRD,
            name: "xqueueworkers".to_owned(),
            reference: "acme/QueueWorker".to_owned(),
            title: None,
            description: String::new(),
            file,
            line: 1,
            entry_point: None,
            enabled: true,
            facts: Vec::new(),
            tables: Vec::new(),
            links: Vec::new(),
            steps: Vec::new(),
            examples: Vec::new(),
        };
        pack.components = vec![std::sync::Arc::new(xrd)];
        let shown = |by_commit| {
            let examples = example(&pack, by_commit, "https://packs.acme.example/");
            examples.into_iter().map(|example| example.text).collect::<Vec<_>>().join("\n")
        };
        assert!(shown(true).contains("/0.0.0-draft/application.yaml") && shown(true).contains("queue-worker.xpkg"));
        assert!(!shown(false).contains("application.yaml") && shown(false).contains("queue-worker.xpkg"));
    }
}
