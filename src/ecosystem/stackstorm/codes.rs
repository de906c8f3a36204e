//! The codes of StackStorm's rules, in the order of the documentation.
//!
//! An error is what the runtime (`StackStorm/st2` 3.9.0) refuses at install or registration, or what would be unsafe to
//! publish (blocking). A warning is what it takes although it is wrong, fails later or is poor.

use crate::diag::codes;

codes! {
    /// There is no `pack.yaml` at the root of the pack.
    ///
    /// The runtime reads exactly this name: `pack.yml` is not read.
    MANIFEST_MISSING = "manifest-missing", Error;
    /// A manifest, configuration schema or component file is empty, null, a list or a scalar.
    ///
    /// Each of these files holds one mapping; only a runner file may hold a list of them.
    NOT_A_MAPPING = "not-a-mapping", Error;
    /// A file cannot be read as one YAML 1.1 document.
    ///
    /// It is not UTF-8, not YAML, has several documents, a tag outside the standard ones, an undefined alias (typically an
    /// unquoted `*`), or a mapping as a key (typically an unquoted `{{ … }}`).
    YAML_SYNTAX = "yaml-syntax", Error;
    /// A key occurs twice in a mapping.
    ///
    /// The install path refuses such a file. Keys compare after typing, so `yes` and `true` are the same key.
    DUPLICATE_KEY = "duplicate-key", Error;
    /// A merge key `<<` is used, which the runtime's loaders refuse.
    ///
    /// Plain anchors and aliases work: repeat the keys, or alias a whole value.
    MERGE_KEY = "merge-key", Error;
    /// A required field is absent, null or, for a name, empty.
    MISSING_FIELD = "missing-field", Error;
    /// The manifest has no key `email`.
    ///
    /// The runtime's schema does not ask for it, but registration fails without the key. Null is accepted.
    MISSING_EMAIL = "missing-email", Error;
    /// A known field has a value of the wrong type.
    ///
    /// Typical: a quoted boolean, an unquoted date, a number as a name, a list of other things than strings.
    INVALID_TYPE = "invalid-type", Error;
    /// The manifest's `ref` is not made of lowercase letters, digits and `_`, or is reserved.
    ///
    /// The pattern is `^[a-z0-9_]+$`; `_global` is the runtime's own.
    INVALID_REF = "invalid-ref", Error;
    /// The manifest has no `ref`, and its `name` cannot serve as one.
    NO_USABLE_REF = "no-usable-ref", Error;
    /// The manifest's version does not match the runtime's pattern.
    ///
    /// Three numbers without leading zeros, lowercase prerelease and build parts. An unquoted `1.10` is the number 1.1; a
    /// leading `v` belongs to the tag only. What the pattern lets pass, and cannot be ordered or be part of a file's name, is
    /// refused too: numbers of more than 64 bits, more than 100 characters.
    INVALID_VERSION = "invalid-version", Error;
    /// The version passes the runtime's pattern but is not SemVer 2.
    ///
    /// Numeric parts of a prerelease may not have leading zeros, so other tools refuse or misorder it.
    VERSION_NOT_SEMVER2 = "version-not-semver2", Warning;
    /// The requirement on the runtime's version cannot be read, or can be read and not compared.
    ///
    /// Usable clauses are `<`, `<=`, `>` and `>=` directly followed by three numbers, joined by commas.
    INVALID_STACKSTORM_VERSION = "invalid-stackstorm-version", Error;
    /// The list of Python versions is not one or two different strings out of "2" and "3".
    INVALID_PYTHON_VERSIONS = "invalid-python-versions", Error;
    /// The pack supports Python 2 only, which the runtime refuses without `--force` since 3.4.
    PYTHON2_ONLY = "python2-only", Warning;
    /// A dependency is not a name, `org/repo` or URL with at most one `=` and an exact revision.
    ///
    /// There are no ranges: with `x>=1.0` the client looks for a pack called `x>`.
    INVALID_DEPENDENCY = "invalid-dependency", Error;
    /// A dependency is neither in this registry nor bundled with the runtime.
    UNKNOWN_DEPENDENCY = "unknown-dependency", Warning;
    /// An optional field is written down without a value.
    ///
    /// The runtime takes null for absent; other readers may not. Leave the key out.
    NULL_FIELD = "null-field", Warning;
    /// The manifest has a key that the runtime does not know, or a known one in odd letter case.
    UNKNOWN_MANIFEST_KEY = "unknown-manifest-key", Warning;
    /// A pack in a subfolder has no `ref`, and its folder and its `name` give different ones.
    ///
    /// Registered from its folder it is called like the folder; installed from a repository it is called like its name.
    REF_DIRECTORY_MISMATCH = "ref-directory-mismatch", Warning;
    /// The pack is called like one that comes with the runtime: installing it replaces that pack.
    SHADOWS_SYSTEM_PACK = "shadows-system-pack", Warning;
    /// A root `config.yaml` is obsolete: the runtime logs an error and ignores it.
    ///
    /// Describe the settings in `config.schema.yaml`; their values live outside the pack.
    DEPRECATED_CONFIG_YAML = "deprecated-config-yaml", Warning;
    /// The pack has no `CHANGES.md` or `CHANGELOG.md`, or an empty one.
    MISSING_CHANGELOG = "missing-changelog", Warning;
    /// The pack has no `icon.png`, or it is not a PNG image.
    ///
    /// StackStorm's web interface and this registry show it at 64 by 64 pixels.
    MISSING_ICON = "missing-icon", Warning;
    /// A setting of the configuration schema has a name or a schema that the runtime refuses.
    ///
    /// Names are letters, digits and `_`; the schema is the dialect of action parameters.
    CONFIG_SCHEMA_INVALID = "config-schema-invalid", Error;
    /// A nested schema has a keyword that is not in the runtime's dialect.
    ///
    /// Version 3.9.0 lets it pass without effect (`$ref` too), 3.10 refuses it.
    SCHEMA_NESTED_KEYWORD = "schema-nested-keyword", Warning;
    /// The sample configuration does not satisfy the configuration schema.
    EXAMPLE_CONFIG_INVALID = "example-config-invalid", Warning;
    /// An action, rule, alias or policy has a key that the runtime does not know and refuses.
    UNKNOWN_COMPONENT_KEY = "unknown-component-key", Error;
    /// A sensor or trigger type has a key that the runtime drops without a word.
    ///
    /// `payload_info` for `payload_schema`, for example, leaves the payload undescribed.
    IGNORED_KEY = "ignored-key", Warning;
    /// A component's `pack` differs from the pack's ref.
    PACK_FIELD_MISMATCH = "pack-field-mismatch", Error;
    /// Two files of one kind declare the same name: the last one registered wins.
    DUPLICATE_COMPONENT = "duplicate-component", Warning;
    /// A component's name is not safe as a file name and in URLs.
    ///
    /// No `/`, `\`, `..`, control character or leading dot, at most 200 bytes: names become files of the published registry.
    UNSAFE_COMPONENT_NAME = "unsafe-component-name", Error, blocking;
    /// An entry point is absolute, not normalised, leaves the pack, or is a symbolic link.
    ///
    /// The runtime refuses it only when the action runs; publishing it would hand the trap on.
    UNSAFE_PATH = "unsafe-path", Error, blocking;
    /// A parameter's name is not made of letters, digits and `_`.
    INVALID_PARAMETER_NAME = "invalid-parameter-name", Error;
    /// A parameter's schema is outside the runtime's dialect of JSON Schema.
    ///
    /// A Draft 4 schema with a boolean `required`, the added keys `secret`, `immutable` and `position`, one `type`, and no
    /// other keywords: no `$ref`, `format`, `const` or `examples`.
    INVALID_PARAMETER_SCHEMA = "invalid-parameter-schema", Error;
    /// The positions of an action's parameters repeat, have gaps, or are not whole numbers.
    POSITION_CONFLICT = "position-conflict", Error;
    /// A parameter says `immutable` but has no default, here or in its runner.
    IMMUTABLE_WITHOUT_DEFAULT = "immutable-without-default", Error;
    /// An action changes an attribute of its runner's parameter that it may not change.
    ///
    /// It may set `default`, `description`, `enum`, `immutable` and `required`; anything else must equal the runner's.
    RUNNER_PARAMETER_OVERRIDE = "runner-parameter-override", Error;
    /// A parameter has no `type`.
    ///
    /// Without one, an optional parameter that has no default accepts only strings and null.
    UNTYPED_PARAMETER = "untyped-parameter", Warning;
    /// A parameter's default violates the parameter's own schema.
    ///
    /// The runtime never checks it at registration; the action fails when it runs with the default.
    DEFAULT_MISMATCH = "default-mismatch", Warning;
    /// A secret parameter has a literal default, which everybody can read in the file.
    SECRET_DEFAULT = "secret-default", Warning;
    /// An action names a runner that the runtime has dropped.
    REMOVED_RUNNER = "removed-runner", Error;
    /// An action names a runner that the runtime does not ship.
    ///
    /// It registers only where some package provides the runner.
    UNKNOWN_RUNNER = "unknown-runner", Warning;
    /// An action or sensor needs a file that is not in the pack.
    ///
    /// It registers, and fails when it runs.
    MISSING_ENTRY_POINT = "missing-entry-point", Warning;
    /// A sensor polls more often than every 4 seconds.
    POLL_INTERVAL_TOO_SMALL = "poll-interval-too-small", Error;
    /// A rule without trigger parameters listens to a trigger type of this pack that nothing declares.
    ///
    /// Registration refuses it. Declare the type in `triggers/`, or in a sensor's `trigger_types`.
    UNDECLARED_TRIGGER = "undeclared-trigger", Error;
    /// A rule listens to a trigger type that neither this registry nor the runtime has.
    UNKNOWN_TRIGGER = "unknown-trigger", Warning;
    /// A rule gives wrong parameters to a built-in trigger type.
    INVALID_TRIGGER_PARAMETERS = "invalid-trigger-parameters", Error;
    /// A rule's criterion has an unknown operator or no pattern, or is not a mapping.
    ///
    /// `pattern` must be present and not null, even for `exists`.
    INVALID_CRITERIA = "invalid-criteria", Error;
    /// An alias has no `formats`.
    ///
    /// Its schema allows that, registration does not.
    ALIAS_WITHOUT_FORMATS = "alias-without-formats", Error;
    /// A format of an alias sets a parameter that the action does not take.
    ALIAS_UNKNOWN_PARAMETER = "alias-unknown-parameter", Warning;
    /// An alias, rule, policy or workflow step names an action that this pack or the registry should have and has not.
    UNKNOWN_ACTION = "unknown-action", Warning;
    /// A policy has an unknown type, or parameters that do not fit its type.
    INVALID_POLICY = "invalid-policy", Error;
    /// A workflow file cannot run as it is.
    ///
    /// YAML that its loader refuses, an unknown property, a wrong `version`, an undefined or reserved task, no task to start
    /// with, `with` without `action`. It registers, and fails when it runs.
    WORKFLOW_INVALID = "workflow-invalid", Warning;
    /// A workflow has an input without a default that its action does not declare.
    WORKFLOW_INPUT_MISMATCH = "workflow-input-mismatch", Warning;
    /// The StackStorm feed is left out, because its clients need absolute URLs.
    ///
    /// Set `url` in the `[registry]` table of `packyard.toml`.
    FEED_NEEDS_URL = "stackstorm-feed-needs-url", Warning;
}
