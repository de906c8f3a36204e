//! The codes of rules about consumers, adapters, specifications and what delivers packs.
//!
//! An error is what the API server or the adapter engine refuses, or what would be unsafe to publish. A warning is what they
//! take although it is wrong, or what other programs stumble over: Argo CD, kustomize, the platform's own pipelines.

use crate::diag::codes;

codes! {
    /// A consumer's claim fails against the provider's schema.
    ///
    /// The claim is checked as the API server does: unknown fields are pruned, defaults are applied, then it is validated. The
    /// message says against which release of the provider: the newest, and that which `platform.branch` of a service names, if it is
    /// the version, tag or commit of one.
    CLAIM_INVALID = "crossplane-claim-invalid", Error;
    /// A claim is of a version that its provider does not serve.
    CLAIM_VERSION_UNSERVED = "crossplane-claim-version-unserved", Error;
    /// A claim has a field that its provider's schema does not know.
    ///
    /// The API server drops it without a word; strict clients and server-side apply usually refuse the claim.
    CLAIM_UNKNOWN_FIELD = "crossplane-claim-unknown-field", Warning;
    /// A claim is refused, or loses a field, by what its provider's source has now and has not released yet.
    ///
    /// The claim is checked against the newest release too, and against the one that `platform.branch` of a service names: this is
    /// only about what comes next.
    CLAIM_BREAKS_SOON = "crossplane-claim-breaks-soon", Warning;
    /// No pack of the catalog provides what a claim is a claim of.
    ///
    /// The provider may live elsewhere: then nobody here can tell whether the claim is valid. Kinds of Kubernetes itself and of
    /// tools that every platform has are left alone. The same is said of `platform.service.type`, the plural of a kind.
    CLAIM_UNRESOLVED = "crossplane-claim-unresolved", Warning;
    /// Several packs provide what a claim is a claim of, and their schemas differ.
    ///
    /// Forks of a platform do that. The claim is not validated; leave one of the providers out of the configuration.
    CLAIM_AMBIGUOUS = "crossplane-claim-ambiguous", Warning;
    /// The claim that a service tells the platform's pipeline to expect is not among its claims, or is of another kind.
    ///
    /// The pipeline waits for the claim `platform.service.name` of the kind that `platform.service.type` names, as `kubectl` does:
    /// by its plural. A service without any claim of its own has them elsewhere.
    EXPECTED_CLAIM = "crossplane-expected-claim", Warning;
    /// The name of a claim is longer than 63 characters.
    CLAIM_NAME_LENGTH = "crossplane-claim-name-length", Error;
    /// A service has an object that belongs to the tenant: a namespace, a quota, a limit range or a network policy.
    ///
    /// The platform's pipeline refuses them in the repository of a service. In the tenant's repository they are allowed.
    FORBIDDEN_KIND = "crossplane-forbidden-kind", Warning;
    /// A consumer has a definition or a composition: it is a provider too.
    ///
    /// Give the API a pack of its own, so that others find and can check against it.
    DEFINITION_IN_CONSUMER = "crossplane-definition-in-consumer", Warning;
    /// A file that a pack delivers has a `Secret` with values in the clear.
    ///
    /// What is published cannot be taken back, so a release with one is never recorded. Encrypted files (with a `sops` key), empty
    /// values and placeholders such as `${TOKEN}` are fine, and so are examples and tests. Encrypt the file or refer to a secret
    /// store, and change the secret: it is in the history.
    INLINE_SECRET = "crossplane-inline-secret", Error, blocking;
    /// A public pack names an image under a prefix that the configuration calls private.
    ///
    /// A public platform holds no code, images or instances of the applications that run on it. The prefixes are
    /// `private_images` in the `[registry]` table of `packyard.toml`.
    PRIVATE_IMAGE = "crossplane-private-image", Warning;
    /// A claim's image has the tag `latest`: what runs depends on when it was pulled.
    IMAGE_LATEST = "crossplane-image-latest", Note;
    /// The configuration of a tenant's environment lacks a field, or has the older form.
    ///
    /// The `ApplicationSet` fills in `tenant`, `repoURL`, `targetRevision`, `appPath`, `environment` and `namespace`; without one of
    /// them it does not render. The older form had `path` in place of `appPath` and `environment`.
    TENANT_CONFIG = "crossplane-tenant-config", Warning;
    /// A kustomization lists a local file that does not exist.
    KUSTOMIZE_MISSING = "crossplane-kustomize-missing", Warning;
    /// An object of Argo CD fails its schema, or names a path of its own repository that does not exist.
    ///
    /// Typical: mappings in `kustomize.images`, which takes strings. Objects outside of packs are looked at too, in sources that
    /// have packs. That a path is one of this repository is told by the name in `repoURL`; where that tells nothing, by the path of
    /// a pack that it begins with, or by another path under the same `repoURL` that is here.
    ARGO_INVALID = "crossplane-argo-invalid", Warning;
    /// The manifest of an adapter has no name, or lists of capabilities that the engine cannot read.
    ///
    /// `provides` and `requires` are lists of strings, or of mappings with `capability` and `version`.
    ADAPTER_SHAPE = "crossplane-adapter-shape", Error;
    /// The manifest of an adapter leaves something open.
    ///
    /// No `version` or `phase`, a `default_version` that is not supported, capabilities in two forms, or a declared schema that is
    /// not there.
    ADAPTER_INCOMPLETE = "crossplane-adapter-incomplete", Warning;
    /// Nothing in the catalog provides a capability that an adapter requires, or adapters wait for each other in a circle.
    ///
    /// The engine refuses to order the adapters.
    CAPABILITY_UNMET = "crossplane-capability-unmet", Error;
    /// Several adapters provide one capability, or it is required in another version than it is provided in.
    ///
    /// The engine takes the last provider that it finds, and compares no versions.
    CAPABILITY_SHARED = "crossplane-capability-shared", Warning;
    /// A lock file names an adapter that no pack of the catalog is.
    ///
    /// `lock.json`, with `platform_hash` and `adapters`, is what the engine writes when it has put a platform together.
    LOCK_ADAPTER = "crossplane-lock-adapter", Warning;
    /// A lock file names a version of an adapter that the catalog does not have.
    LOCK_VERSION = "crossplane-lock-version", Warning;
    /// A lock file has an adapter in another phase than the adapter itself.
    LOCK_PHASE = "crossplane-lock-phase", Warning;
    /// The class of an adapter has none of the names that the engine looks for.
    ///
    /// They are made of the directory's name: `TalosAdapter`, `KSOPSAdapter`, `CertManagerAdapter`. Other adapters are left out
    /// without a word.
    ADAPTER_UNDISCOVERABLE = "crossplane-adapter-undiscoverable", Warning;
    /// A task cites a requirement or criterion that does not exist or was removed.
    SPEC_DANGLING_REFERENCE = "spec-dangling-reference", Warning;
}
