//! What a pack needs: a version of Crossplane, providers, functions, other APIs.

use std::collections::BTreeMap;

use super::{API, Provider};
use crate::ecosystem::crossplane::composition::Mode;
use crate::ecosystem::crossplane::elsewhere;
use crate::ecosystem::crossplane::objects::Other;
use crate::ecosystem::crossplane::schema::provision_name;
use crate::pack::Dependency;

/// The versions that have compositions by patches and transforms, and pipelines.
pub(super) const WITH_RESOURCES: &str = ">=v1.14.0-0, <v2.0.0-0";

/// The versions that have pipelines.
const WITH_PIPELINES: &str = ">=v1.14.0-0";

/// The versions that have definitions of `apiextensions.crossplane.io/v2`.
const WITH_V2: &str = ">=v2.0.0-0";

/// Lists which package provides the resources of a group, or of every group with that ending.
const PROVIDERS: &[(&str, &str)] = &[
    ("kubernetes.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-kubernetes"),
    ("helm.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-helm"),
    (".sql.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-sql"),
    ("http.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-http"),
    ("nop.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-nop"),
    (".gitlab.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-gitlab"),
    ("tf.upbound.io", "xpkg.upbound.io/upbound/provider-terraform"),
    (".aws.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-aws"),
    (".gcp.crossplane.io", "xpkg.upbound.io/crossplane-contrib/provider-gcp"),
];

/// Lists the families of providers that have a package per service: ending of the group, start of the package.
const FAMILIES: &[(&str, &str)] = &[
    (".aws.upbound.io", "xpkg.upbound.io/upbound/provider-aws-"),
    (".azure.upbound.io", "xpkg.upbound.io/upbound/provider-azure-"),
    (".gcp.upbound.io", "xpkg.upbound.io/upbound/provider-gcp-"),
];

/// Returns the required versions of Crossplane: what the manifest says, else what the content needs.
pub(super) fn crossplane(provider: &Provider<'_>) -> Option<String> {
    if let Some(declared) = &provider.about.crossplane {
        return Some(declared.clone());
    }
    derived(provider).map(str::to_owned)
}

/// Returns the versions of Crossplane that the content needs; nothing when there is none.
pub(super) fn derived(provider: &Provider<'_>) -> Option<&'static str> {
    if provider.xrds.is_empty() && provider.compositions.is_empty() {
        return None;
    }
    if provider.xrds.iter().any(|(_, xrd)| xrd.api_version.ends_with("/v2")) {
        return Some(WITH_V2);
    }
    let by_resources = provider.compositions.iter().any(|(_, composition)| composition.mode == Mode::Resources);
    Some(if by_resources { WITH_RESOURCES } else { WITH_PIPELINES })
}

/// Returns what the pack depends on: what the manifest says, else what the compositions use.
pub(super) fn dependencies(provider: &Provider<'_>) -> Vec<Dependency> {
    // What a version is not said of here may be installed by an object elsewhere in the source.
    let with_range = |one: Dependency| match (&one.range, &one.kind) {
        (None, Some(kind)) => Dependency { range: elsewhere::range(provider.tree, kind, &one.name), ..one },
        _ => one,
    };
    if let Some(declared) = &provider.about.dependencies {
        return declared.iter().cloned().map(with_range).collect();
    }
    let mut found: BTreeMap<(&'static str, String), Option<String>> = BTreeMap::new();
    let installed: Vec<&Other> =
        provider.others.iter().map(|(_, other)| *other).filter(|other| other.group == "pkg.crossplane.io").collect();
    let images = || installed.iter().filter_map(|other| other.package.as_deref());
    for (_, composition) in &provider.compositions {
        for composed in &composition.composed {
            let (group, _) = composed.api_version.split_once('/').unwrap_or_default();
            if let Some(package) = package_of(group) {
                let range = images().find_map(|image| tag(image, &package));
                found.insert(("provider", package), range.map(|tag| format!(">={tag}")));
            } else if provider.xrds.iter().any(|(_, xrd)| xrd.group == group) {
                let is_own =
                    |kind: &str| provider.xrds.iter().any(|(_, xrd)| xrd.group == group && xrd.composite.kind == kind);
                if !is_own(&composed.kind) {
                    found.insert((API, provision_name(group, &composed.kind)), None);
                }
            }
        }
        for (_, function) in composition.functions.iter().filter(|(_, function)| !function.is_empty()) {
            let is_it = |other: &Other| other.kind == "Function" && other.name == *function;
            let own = installed.iter().find(|other| is_it(other)).and_then(|other| other.package.as_deref());
            let range = own.and_then(|image| image.rsplit_once(':')).map(|(_, tag)| format!(">={tag}"));
            found.insert(("function", function.clone()), range);
        }
    }
    let dependency =
        |((kind, name), range): ((&str, String), _)| Dependency { name, range, kind: Some(kind.to_owned()) };
    found.into_iter().map(dependency).map(with_range).collect()
}

/// Returns the package that provides the resources of a group.
pub(in super::super) fn package_of(group: &str) -> Option<String> {
    let known = PROVIDERS.iter().find(|(name, _)| group == *name || (name.starts_with('.') && group.ends_with(name)));
    if let Some((_, package)) = known {
        return Some((*package).to_owned());
    }
    let service =
        |ending: &str| group.strip_suffix(ending).filter(|service| !service.is_empty() && !service.contains('.'));
    FAMILIES.iter().find_map(|(ending, start)| Some(format!("{start}{}", service(ending)?)))
}

/// Returns the tag of an image, if it is one of a package; the host may be another one.
pub(in super::super) fn tag<'a>(image: &'a str, package: &str) -> Option<&'a str> {
    let (repository, tag) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
    let path = |text: &'_ str| text.split_once('/').map_or(0, |(host, _)| host.len() + 1);
    (repository[path(repository)..] == package[path(package)..]).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_provided_by_packages() {
        let package = |group| package_of(group).unwrap_or_default();
        assert_eq!(package("kubernetes.crossplane.io"), "xpkg.upbound.io/crossplane-contrib/provider-kubernetes");
        assert_eq!(package("s3.aws.upbound.io"), "xpkg.upbound.io/upbound/provider-aws-s3");
        assert_eq!(package_of("platform.acme.example"), None);
    }

    #[test]
    fn a_tag_is_that_of_the_package() {
        let package = "xpkg.upbound.io/crossplane-contrib/provider-kubernetes";
        assert_eq!(tag("xpkg.acme.example/crossplane-contrib/provider-kubernetes:v0.12.1", package), Some("v0.12.1"));
        assert_eq!(tag("xpkg.upbound.io/crossplane-contrib/provider-helm:v0.1.0", package), None);
        assert_eq!(tag("localhost:5000/x", package), None);
    }
}
