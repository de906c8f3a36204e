//! The codes of AstraDesk's rules, in the order of the documentation.
//!
//! An error is what Python packaging, the gateway's tool registry or its pack loader refuses. A warning is what works although
//! it is wrong, or what nobody enforces: flows and policies have no reader upstream, so their shape is inferred from the packs
//! that exist.

use crate::diag::codes;

codes! {
    /// There is no `pyproject.toml` that can be read: it is missing, no TOML, or has no `[project]` table.
    ///
    /// A `setup.py` or `setup.cfg` alone is not read: the pack loader and this registry want the metadata of PEP 621.
    ASTRADESK_PYPROJECT_UNREADABLE = "astradesk-pyproject-unreadable", Error;
    /// The manifest has no `project.name`, or one that is not a valid project name.
    ///
    /// ASCII letters, digits, `-`, `_` and `.`, with a letter or digit at both ends (PEP 508).
    ASTRADESK_NAME_MISSING = "astradesk-name-missing", Error;
    /// The manifest has no `project.version`, or lists it in `project.dynamic`.
    ///
    /// A registry runs no build backend, so it cannot compute a version. Write it down.
    ASTRADESK_VERSION_MISSING = "astradesk-version-missing", Error;
    /// The version is not one by PEP 440, or has a local part (`+x`), which package indexes refuse.
    ASTRADESK_VERSION_NOT_PEP440 = "astradesk-version-not-pep440", Error;
    /// `requires-python` is not a set of PEP 440 specifiers, such as `>=3.11,<3.14`.
    ASTRADESK_REQUIRES_PYTHON_INVALID = "astradesk-requires-python-invalid", Error;
    /// A dependency is not a PEP 508 requirement, such as `fastapi>=0.110,<1`.
    ASTRADESK_DEPENDENCY_INVALID = "astradesk-dependency-invalid", Error;
    /// The pack has no entry point in the group `astradesk.pack`.
    ///
    /// pip installs it, and the runtime never finds it: its loader looks for that group and for nothing else. A warning for a
    /// pack in the flat layout, which never had one; it is listed as not discoverable.
    ASTRADESK_ENTRY_POINT_MISSING = "astradesk-entry-point-missing", Error;
    /// An entry point names a module or an attribute that is not in the pack's sources.
    ///
    /// The loader imports the module, fails, logs the exception and goes on without the pack.
    ASTRADESK_ENTRY_POINT_TARGET = "astradesk-entry-point-target", Error;
    /// The class that an entry point names has no method `register` that takes one argument.
    ///
    /// The loader makes an instance and calls `register(registry)`.
    ASTRADESK_ENTRY_POINT_NO_REGISTER = "astradesk-entry-point-no-register", Error;
    /// The method `register` is `async`.
    ///
    /// The loader calls it as an ordinary function and drops the coroutine, so nothing of it runs.
    ASTRADESK_REGISTER_ASYNC = "astradesk-register-async", Warning;
    /// The method `register` has no effect.
    ///
    /// The pack is found and registers nothing. That is in order where its tools are served by its own server.
    ASTRADESK_REGISTER_EMPTY = "astradesk-register-empty", Note;
    /// A Python file of the pack cannot be parsed, so it cannot be imported either.
    ASTRADESK_PYTHON_UNPARSABLE = "astradesk-python-unparsable", Error;
    /// An agent has no docstring, neither its module nor a class or function in it.
    ASTRADESK_AGENT_UNDOCUMENTED = "astradesk-agent-undocumented", Warning;
    /// A tool's name does not match `^[A-Za-z0-9._-]{1,128}$`.
    ///
    /// The gateway's tool registry refuses other names. A name that starts with a dot is refused here too: it is no file name.
    ASTRADESK_TOOL_NAME_INVALID = "astradesk-tool-name-invalid", Error;
    /// Two packs of the catalog define a tool of the same name.
    ///
    /// The gateway has one table of tools: the second registration fails. Put the domain in front of the name.
    ASTRADESK_TOOL_NAME_SHARED = "astradesk-tool-name-shared", Warning;
    /// The `parameters` of a tool are no valid JSON Schema of an object.
    ASTRADESK_TOOL_SCHEMA_INVALID = "astradesk-tool-schema-invalid", Warning;
    /// A tool is listed by `list_tools` and never looked at by the server, or the reverse.
    ///
    /// The server compares `request.tool_name`, or looks it up in a table, in the same file.
    ASTRADESK_TOOL_NOT_DISPATCHED = "astradesk-tool-not-dispatched", Warning;
    /// `list_tools` returns no literal, so the tools cannot be documented without running the pack.
    ///
    /// Return `{"tools": […]}` made of literals, or of names that are assigned literals once.
    ASTRADESK_TOOL_LIST_DYNAMIC = "astradesk-tool-list-dynamic", Warning;
    /// A tool does not say what it does to the world, or who may call it.
    ///
    /// Registering in the gateway needs `side_effect` (`read`, `write` or `execute`); with the last two, `allowed_roles` must
    /// not be empty.
    ASTRADESK_SIDE_EFFECT_UNDECLARED = "astradesk-side-effect-undeclared", Note;
    /// A flow is no valid YAML.
    ///
    /// No reader could use it. Typical: a key that slipped out of its list item.
    ASTRADESK_FLOW_YAML = "astradesk-flow-yaml", Error;
    /// A flow has a missing or unknown key, or a value of the wrong kind.
    ///
    /// A trigger of type `cron` has an expression of five fields in `expr`; one of type `webhook` has an `endpoint` that starts
    /// with `/`. Nothing upstream reads flows yet, so the shape is that of the flows that exist.
    ASTRADESK_FLOW_SHAPE = "astradesk-flow-shape", Warning;
    /// Two steps of a flow have the same `id`.
    ASTRADESK_FLOW_STEP_DUPLICATE = "astradesk-flow-step-duplicate", Warning;
    /// A step uses an agent or a tool that exists nowhere.
    ///
    /// `agent.<domain>.<module>` is the file `agents/<module>.py` of the pack `domain-<domain>`. `tool.<name>` is a tool of this
    /// pack, else of another pack in the catalog, else a method of an adapter: `<adapter without _adapter>.<method>`.
    ASTRADESK_FLOW_UNRESOLVED = "astradesk-flow-unresolved", Warning;
    /// `${name.…}` in a flow is neither an earlier step nor `item` nor `now`.
    ASTRADESK_FLOW_VARIABLE = "astradesk-flow-variable", Warning;
    /// A policy can be parsed in one of Rego's dialects only.
    ///
    /// Rego v1 wants `if` and `contains` in rule heads; Rego v0 knows them after an import. With `import rego.v1` a policy is
    /// read alike by every OPA since 0.59.
    ASTRADESK_REGO_DIALECT = "astradesk-rego-dialect", Warning;
    /// A policy can be parsed in neither dialect of Rego.
    ///
    /// Typical: rule bodies without `if` beside others with it. Parsers disagree on such files and nothing upstream loads them,
    /// so this is a warning.
    ASTRADESK_REGO_UNPARSABLE = "astradesk-rego-unparsable", Warning;
    /// A policy allows what no rule forbids: `default allow = true`.
    ASTRADESK_REGO_DEFAULT_ALLOW = "astradesk-rego-default-allow", Note;
    /// Flows, policies or protocol files are in the pack, and no installation gets them.
    ///
    /// setuptools installs Python files only, unless `[tool.setuptools.package-data]` names the others, or a `MANIFEST.in` does
    /// and `include-package-data` is not switched off.
    ASTRADESK_PACKAGE_DATA = "astradesk-package-data", Warning;
    /// A folder with Python components is not installed: `packages.find` does not cover it.
    ///
    /// Without any setting setuptools looks for packages by itself. Beside others it then refuses to choose, and it never takes
    /// `tools`, `tests`, `docs` and the like from the top of a pack.
    ASTRADESK_PACKAGES_FIND = "astradesk-packages-find", Warning;
    /// A pack in the flat layout installs packages called `agents`, `tools` and so on at the top level.
    ///
    /// Two such packs overwrite each other's files. Move them below `src/domain_<name>/`.
    ASTRADESK_TOP_LEVEL_COLLISION = "astradesk-top-level-collision", Warning;
    /// A module is imported that no dependency of the pack provides.
    ///
    /// It may be there by accident, as a dependency of a dependency, or only where tests run.
    ASTRADESK_IMPORT_UNDECLARED = "astradesk-import-undeclared", Warning;
    /// The project's name is not `astradesk-` and the name of the directory.
    ///
    /// The portal looks for `astradesk-domain-x` where the directory is `domain-x`.
    ASTRADESK_NAME_DIRECTORY = "astradesk-name-directory", Warning;
    /// An environment variable is read, and the README does not name it.
    ASTRADESK_ENV_UNDOCUMENTED = "astradesk-env-undocumented", Warning;
    /// The README documents an environment variable that no code reads.
    ASTRADESK_ENV_UNREAD = "astradesk-env-unread", Warning;
    /// The port of the server, of `EXPOSE` in the Dockerfile and of the commands in the README are not the same.
    ///
    /// `docker run -p 8001:8000` reaches nobody where the server listens on 8001.
    ASTRADESK_PORT_MISMATCH = "astradesk-port-mismatch", Warning;
    /// The README names a file of the pack that does not exist.
    ASTRADESK_README_STALE = "astradesk-readme-stale", Warning;
    /// The licence text, the README's badge and `project.license` name different licences.
    ASTRADESK_LICENSE_MISMATCH = "astradesk-license-mismatch", Warning;
    /// Two packs install under the same project name.
    ///
    /// A package index has one project per name, after `-`, `_`, `.` and letter case are evened out (PEP 503). The pack that
    /// comes first in the catalog is offered, the other is left out of the index.
    ASTRADESK_PROJECT_NAME_SHARED = "astradesk-project-name-shared", Error;
    /// The version went backwards: a lower one was released after a higher one.
    ///
    /// By PEP 440 the abandoned version is the newest, and pip would install it. It stays in the index as yanked: pip takes it
    /// for `==` only. Yank it for good, or release a version that is higher.
    ASTRADESK_VERSION_WENT_BACKWARDS = "astradesk-version-went-backwards", Warning;
    /// A release cannot be installed with pip from this registry, so the index does not have it.
    ///
    /// Its version is none by PEP 440 or has a local part, its name is not a project's, or it has an error that pip would meet.
    ASTRADESK_FEED_LEFT_OUT = "astradesk-feed-left-out", Warning;
}
