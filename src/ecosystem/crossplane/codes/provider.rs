//! The codes of rules about APIs: definitions, compositions, examples and packages.
//!
//! An error is what the API server or Crossplane (1.16, and 2 where noted) refuses, or what would be unsafe to publish. A
//! warning is what they take although it is wrong or does not do what its author meant.

use crate::diag::codes;

codes! {
    /// A document of a YAML file cannot be read.
    ///
    /// Files are streams of documents, separated by `---`; the other documents of the file are read.
    YAML_INVALID = "crossplane-yaml-invalid", Error;
    /// A mapping has the same key twice.
    ///
    /// Lenient readers keep the last one, strict ones refuse the file.
    YAML_DUPLICATE_KEY = "crossplane-yaml-duplicate-key", Warning;
    /// A file is a template, so nothing in it is read.
    ///
    /// What `{{ … }}` becomes is known to whoever renders it. A text that holds such braces, in quotes or in a block, is none.
    TEMPLATED_FILE = "crossplane-templated-file", Note;
    /// A directory holds nothing that makes it a pack.
    ///
    /// A pack has a `crossplane.yaml`, declares a definition, has an `adapter.yaml` of the platform engine, or holds claims.
    NOT_A_PACK = "crossplane-not-a-pack", Warning;
    /// A pack has no name that is usable, or its manifest has none.
    ///
    /// The name is that of the package, else that of the directory: letters, digits, `.`, `_` and `-`.
    NAME_INVALID = "crossplane-name-invalid", Error;
    /// The name of a definition is not `<plural>.<group>`, or it lacks what names it.
    ///
    /// The API server refuses the resource definition that Crossplane makes of it.
    XRD_NAME = "crossplane-xrd-name", Error;
    /// Not exactly one version of a definition is referenceable, or that one is not served.
    ///
    /// Compositions refer to the referenceable version, and objects are stored in it.
    XRD_REFERENCEABLE = "crossplane-xrd-referenceable", Error;
    /// A schema of a definition is not structural.
    ///
    /// Every field has a type, and lists have `items`; alternatives only restrict what is declared outside of them; patterns are
    /// RE2; a default satisfies its own schema. There is no `$ref`, and no `uniqueItems`. The API server refuses anything else,
    /// and a version whose `deprecationWarning` has more than 256 characters.
    XRD_NOT_STRUCTURAL = "crossplane-xrd-not-structural", Error;
    /// The kind or a name of claims is that of the composite.
    ///
    /// Both become resources of one group, so their kinds, plurals, singulars and list kinds differ.
    XRD_CLAIM_NAMES = "crossplane-xrd-claim-names", Error;
    /// A release changes what can never be changed in a definition: its group, names, claim names or scope.
    ///
    /// Claim names may be added once. A cluster that has the earlier release refuses the later one.
    XRD_IMMUTABLE = "crossplane-xrd-immutable", Error;
    /// A schema uses a keyword that is dropped without a word.
    ///
    /// Kubernetes ignores keywords that it does not know, such as `const`, `if` and `examples`. Crossplane keeps, directly on
    /// `spec` and `status`, only properties, `required`, `oneOf`, validations and the description.
    SCHEMA_KEYWORD_IGNORED = "crossplane-schema-keyword-ignored", Warning;
    /// A field of `spec` has the name of one that Crossplane adds, which overwrites its schema.
    RESERVED_FIELD = "crossplane-reserved-field", Warning;
    /// A field is required and has a default: it can never be missing.
    ///
    /// Defaults are applied before anything is validated.
    REQUIRED_WITH_DEFAULT = "crossplane-required-with-default", Note;
    /// A version of an API is deprecated, or no longer served.
    VERSION_DEPRECATED = "crossplane-version-deprecated", Note;
    /// A composition is for a version of a definition that is not its referenceable one.
    ///
    /// Crossplane never selects it.
    COMPOSITION_TARGET = "crossplane-composition-target", Error;
    /// A composition is for a type that no pack of the catalog defines, or lies in no pack.
    ///
    /// It may be defined elsewhere. A composition belongs to the pack of its definition in the same source, or to the pack that it lies
    /// in; without either, nothing publishes it.
    COMPOSITION_ORPHAN = "crossplane-composition-orphan", Warning;
    /// No composition implements a definition, so its objects are accepted and never become anything.
    XRD_WITHOUT_COMPOSITION = "crossplane-xrd-without-composition", Warning;
    /// A composition is not what Crossplane takes.
    ///
    /// `pipeline` and `resources` are mixed or both absent, a patch has an unknown type or lacks what its type needs, or a patch
    /// set is not there.
    COMPOSITION_SHAPE = "crossplane-composition-shape", Error;
    /// A composition uses what Crossplane 2 no longer has, and the pack's requirement admits version 2.
    ///
    /// Gone are `mode: Resources` with its `resources` and `patchSets`, `environment`, and
    /// `publishConnectionDetailsWithStoreConfigRef`. Require `<v2.0.0-0`.
    COMPOSITION_V2 = "crossplane-composition-v2", Warning;
    /// A patch names a field of the composite that is in no schema.
    ///
    /// Patches are optional by default: one whose source is never there does nothing, without a word.
    PATCH_PATH = "crossplane-patch-path", Warning;
    /// A patch looks as if it went the other way.
    ///
    /// Its path on the composite looks like one of a composed resource (`spec.forProvider.…`), or its target like one of the
    /// composite (`status.…`). As patches are optional by default, it does nothing, without a word.
    PATCH_DIRECTION = "crossplane-patch-direction", Warning;
    /// The label `crossplane.io/xrd` of a composition names another definition than its own.
    ///
    /// Claims that select compositions by this label get the wrong one, or none.
    COMPOSITION_LABEL = "crossplane-composition-label", Warning;
    /// An example, or a test fixture that should pass, is refused by the API.
    ///
    /// It is checked as the API server does: unknown fields are pruned, defaults are applied, then it is validated.
    EXAMPLE_INVALID = "crossplane-example-invalid", Error;
    /// A fixture that should fail is accepted.
    ///
    /// Fixtures whose names start with `invalid-` or `missing-` should fail. A required field that has a default is never
    /// missing, and a rule across fields exists only as a validation in CEL, which is not evaluated here.
    NEGATIVE_FIXTURE_PASSES = "crossplane-negative-fixture-passes", Warning;
    /// A JSON Schema that a pack publishes differs from its definition.
    SCHEMA_DRIFT = "crossplane-schema-drift", Warning;
    /// A package does not hold what a package may hold.
    ///
    /// That is exactly one object of `meta.pkg.crossplane.io` in `crossplane.yaml`, and otherwise definitions and compositions.
    PACKAGE_CONTENT = "crossplane-package-content", Error;
    /// The required version of Crossplane, or that of a dependency, is no SemVer constraint.
    CONSTRAINT_INVALID = "crossplane-constraint-invalid", Error;
    /// A claim lies in a provider pack outside of its examples and tests.
    ///
    /// Whoever applies the pack creates the object too.
    CLAIM_IN_PROVIDER = "crossplane-claim-in-provider", Warning;
    /// The name of a component is not safe as a file name and in URLs.
    ///
    /// No `/`, control character or leading dot, at most 200 bytes: names become files of the published registry.
    UNSAFE_NAME = "crossplane-unsafe-name", Error, blocking;
}
