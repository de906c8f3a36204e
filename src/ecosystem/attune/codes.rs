//! The codes of Attune's rules; each doc comment is the rule.

use crate::diag::codes;

codes! {
    /// A `pack.yaml` cannot be read: it is no mapping, not UTF-8, too large, or not valid YAML.
    ///
    /// Duplicate keys count as invalid YAML, and so does a second document. `attune pack check` refuses the pack.
    ATTUNE_MANIFEST_UNREADABLE = "attune-manifest-unreadable", Error;
    /// A pack's `ref` is missing or outside its grammar.
    ///
    /// A lowercase letter, then lowercase letters, digits, `_` and `-`. A dot is the usual mistake: it separates the pack
    /// from the component.
    ATTUNE_REF_INVALID = "attune-ref-invalid", Error;
    /// A pack's `version` is missing or is not a semantic version.
    ///
    /// Attune follows semantic versioning 2.0.0 to the letter and wants a string: `1.0.0`, not `1.0` and not `v1.0.0`.
    ATTUNE_VERSION_NOT_SEMVER = "attune-version-not-semver", Error;
    /// A key and its older name are both present, with different values.
    ///
    /// `name` is the older name of `label`, `config_schema` of `conf_schema`, `metadata` of `meta`, `keywords` of `tags`.
    /// Keep one of them.
    ATTUNE_LEGACY_KEY_CONFLICT = "attune-legacy-key-conflict", Error;
    /// A value has the wrong type.
    ///
    /// Texts are strings, switches are `true` or `false`, `meta` and `config` are mappings, `tags`, `runtime_deps` and
    /// `dependencies` are lists of strings.
    ATTUNE_FIELD_TYPE = "attune-field-type", Error;
    /// A component file cannot be read: it is no mapping, or not valid YAML.
    ATTUNE_COMPONENT_UNREADABLE = "attune-component-unreadable", Error;
    /// A component has no `ref`.
    ///
    /// The checker refuses it; an older loader skips it without a word.
    ATTUNE_COMPONENT_REF_MISSING = "attune-component-ref-missing", Error;
    /// A component's `ref` is not `<pack>.<name>`.
    ///
    /// Both parts are lowercase identifiers, and the first is the pack's own `ref`. Rules, policies and dashboards may leave
    /// the pack out.
    ATTUNE_COMPONENT_REF_INVALID = "attune-component-ref-invalid", Error;
    /// Two components of one kind have the same `ref`.
    ATTUNE_COMPONENT_REF_DUPLICATE = "attune-component-ref-duplicate", Error;
    /// A schema is not flat.
    ///
    /// Attune's schemas map each field's name to a mapping such as `{type: string, required: true}`. The form of JSON Schema,
    /// `type: object` with `properties`, is refused, and `type` must be a string.
    ATTUNE_SCHEMA_NOT_FLAT = "attune-schema-not-flat", Error;
    /// An action's or sensor's entry point is missing.
    ///
    /// The file must lie in the component's directory, unless the runner is `native`, `builtin` or `standalone`: then the
    /// runtime brings it.
    ATTUNE_ENTRY_POINT_MISSING = "attune-entry-point-missing", Error;
    /// An action's workflow file is missing or is not a valid workflow.
    ///
    /// `workflow_file` starts with `workflows/` and lies below `actions/`. A workflow has a `version` of 1 to 50 characters
    /// and at least one task; every task has its own name, and every `do` names a task.
    ATTUNE_WORKFLOW_FILE = "attune-workflow-file", Error;
    /// A file in the root directory `workflows/` is not a valid workflow.
    ///
    /// The directory is a leftover: its files are never loaded as actions. Move them to `actions/workflows/` and name them in
    /// an action's `workflow_file`, or delete them.
    ATTUNE_WORKFLOW_LEGACY_INVALID = "attune-workflow-legacy-invalid", Warning;
    /// A sensor names no trigger type.
    ///
    /// `trigger_types` lists what the sensor emits; without it no rule can ever fire.
    ATTUNE_SENSOR_TRIGGER_MISSING = "attune-sensor-trigger-missing", Error;
    /// A reference into this pack names a component that does not exist.
    ATTUNE_LOCAL_REFERENCE_MISSING = "attune-local-reference-missing", Error;
    /// A permission set grants nothing, or something that Attune does not know.
    ///
    /// `grants` is a list of mappings with a known `resource` and a non-empty list of known `actions`.
    ATTUNE_GRANT_INVALID = "attune-grant-invalid", Error;
    /// A component lacks a key that its kind requires, or has one that its kind refuses.
    ATTUNE_COMPONENT_SHAPE = "attune-component-shape", Error;
    /// A pack exceeds a limit of Attune's checker.
    ///
    /// 1 MiB per metadata file, 2 000 metadata files, 10 000 entries in the pack.
    ATTUNE_LIMITS = "attune-limits", Error;
    /// A pack has a symbolic link, which Attune's directory checksum and archive reader refuse.
    ATTUNE_SYMLINK = "attune-symlink", Error;
    /// A file name is not UTF-8, so Attune can neither hash nor unpack the pack.
    ATTUNE_PATH_NOT_UTF8 = "attune-path-not-utf8", Error;
    /// A pack exceeds a limit of Attune's installer.
    ///
    /// 100 MiB packed, 100 MiB unpacked, 50 MiB per file, 10 000 entries.
    ATTUNE_INSTALL_LIMITS = "attune-install-limits", Error;
    /// A pack has paths that two common sort orders put differently, so a digest made by the other one is refused.
    ///
    /// Attune's directory checksum sorts paths part by part; sorted as whole strings, `lib.py` comes before `lib/x.py`.
    /// An index builder that sorts whole strings publishes a digest that the client refuses. Packyard's is right; rename one
    /// of the two if you also publish elsewhere.
    ATTUNE_CHECKSUM_ORDER = "attune-checksum-order", Warning;
    /// A `.gitattributes` changes files on checkout, so a clone's bytes may differ from the repository's.
    ///
    /// With `text`, `eol`, `filter` or `ident` the files of a checkout are not what git stores; the checksum of a git install
    /// may fail. Archives are not affected.
    ATTUNE_CHECKOUT_DIFFERS = "attune-checkout-differs", Warning;
    /// A native runner needs an executable file, but Attune's installer does not restore the executable bit.
    ///
    /// Start the program from a shell or Python entry point, or make sure that the host already has it.
    ATTUNE_EXEC_BIT = "attune-exec-bit", Warning;
    /// A pack has no `label`.
    ///
    /// Attune documents it as required, though no client checks it; the `ref` is shown in its place.
    ATTUNE_LABEL_MISSING = "attune-label-missing", Warning;
    /// A pack has no `description`.
    ///
    /// Attune documents it as required, though no client checks it; people find packs by it.
    ATTUNE_DESCRIPTION_MISSING = "attune-description-missing", Warning;
    /// A dependency is not the plain `ref` of a pack.
    ///
    /// Installers take the whole string as a ref, so `core@^1.0` can never be satisfied.
    ATTUNE_DEPENDENCY_NOT_A_REF = "attune-dependency-not-a-ref", Warning;
    /// A dependency is in no source of this registry.
    ATTUNE_DEPENDENCY_UNKNOWN = "attune-dependency-unknown", Warning;
    /// A reference to a component of another pack leads nowhere in this registry.
    ATTUNE_FOREIGN_REFERENCE_UNKNOWN = "attune-foreign-reference-unknown", Warning;
    /// A component has a key that the checker accepts and the loader ignores.
    ///
    /// `output_schema`, `timeout`, `parameters_schema` and `payload_schema` are not read; `output`, `timeout_seconds` and
    /// `parameters` are.
    ATTUNE_IGNORED_KEY = "attune-ignored-key", Warning;
    /// A path cannot be part of an archive of Attune's proposed 1.0 format.
    ///
    /// Paths there have no `\ : ; * ? [ ]`, are NFC, fit into 255 bytes and into a ustar header, and differ by more than
    /// letter case.
    ATTUNE_RELEASE_PATH = "attune-release-path", Warning;
    /// A release is left out of Attune's index, because it would make clients refuse the whole index.
    ATTUNE_ENTRY_REFUSED = "attune-entry-refused", Error;
    /// A YAML file lies where no component is looked for.
    ///
    /// Components are the files directly in `actions/`, `sensors/`, `triggers/`, `rules/` and so on; deeper ones are ignored.
    ATTUNE_IGNORED_LOCATION = "attune-ignored-location", Note;
    /// A field has a constraint or a `type` that is spelt almost as JSON Schema does.
    ///
    /// Keywords are in camel case (`minItems`), and types are `string`, `integer`, `number`, `boolean`, `array`, `object` or
    /// `any`. Anything else has no effect.
    ATTUNE_SCHEMA_STRAY_KEY = "attune-schema-stray-key", Warning;
    /// A plain scalar means one thing to YAML 1.1 and another to YAML 1.2.
    ///
    /// Attune's index builder reads YAML 1.1, its clients read 1.2. Quote the text, or write the value in a way that both read
    /// alike: `true`, not `yes`.
    ATTUNE_YAML_1_1 = "attune-yaml-1-1", Warning;
    /// A pack's `homepage` or `meta.repository_url` names another repository than the one it is released from.
    ATTUNE_REPOSITORY_MISMATCH = "attune-repository-mismatch", Warning;
    /// `meta.keywords` and `tags` differ.
    ///
    /// Attune's two index writers choose differently, so the pack is found by different words. Keep the two lists alike.
    ATTUNE_KEYWORDS_DIFFER = "attune-keywords-differ", Note;
    /// A test runner's entry point does not exist.
    ATTUNE_TEST_ENTRY_MISSING = "attune-test-entry-missing", Warning;
    /// Attune's index is not written, because the registry is not served over https.
    ///
    /// Clients refuse any other address. Set `url` in `[registry]` to the https address at which `public/` is served.
    ATTUNE_FEED_NEEDS_HTTPS = "attune-feed-needs-https", Warning;
}
