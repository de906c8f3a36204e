//! The codes of Nasiko's rules, in the order of the documentation.
//!
//! An error is what the client's `validate` or skill loader, the control plane, or the grammar of OCI names refuses. A warning
//! is what they take although it is wrong, fails later or is poor. Nasiko has two generations whose rules differ: the profile
//! `rust` is the current one, `python` the earlier one.

use crate::diag::codes;

codes! {
    /// `AgentCard.json` is not a JSON object.
    ///
    /// The client and the control plane read it with a JSON parser: no comments, no trailing commas, no byte order mark.
    NASIKO_CARD_UNREADABLE = "nasiko-card-unreadable", Error;
    /// The agent card lacks a field that the client's `validate` requires.
    ///
    /// These are `name`, `description`, `url`, `version`, `capabilities`, `skills`, `protocolVersion` and `preferredTransport`;
    /// in the profile `python`, whose registry fills in the others, the first three.
    NASIKO_CARD_FIELD_MISSING = "nasiko-card-field-missing", Error;
    /// A required field of the agent card is null or has a type that nothing can use.
    ///
    /// The client only checks that the key is there, so this passes `validate` and fails in whatever reads the card.
    NASIKO_CARD_FIELD_NULL = "nasiko-card-field-null", Warning;
    /// An agent has no `Dockerfile`.
    ///
    /// Agents are built as containers; the client's `validate` and the control plane refuse a package without one.
    NASIKO_DOCKERFILE_MISSING = "nasiko-dockerfile-missing", Error;
    /// The version is not three plain numbers.
    ///
    /// The control plane takes SemVer without prerelease and build metadata: `1.0`, `1.0.0-beta` and `latest` are refused, and the
    /// client ignores such tags when it looks for the newest version.
    NASIKO_VERSION_NOT_PLAIN = "nasiko-version-not-plain", Error;
    /// The version is written with a leading `v`.
    ///
    /// One `v` is stripped when an agent is uploaded; other readers show and compare the text as it is.
    NASIKO_VERSION_V_PREFIX = "nasiko-version-v-prefix", Warning;
    /// The name cannot be the name of an OCI repository.
    ///
    /// It has to match `[a-z0-9]+([._-][a-z0-9]+)*`. Nothing in Nasiko checks that, but no registry holds such a repository, so the
    /// artifact is published under a name made from this one. A warning in the profile `python`, which knows no repositories.
    NASIKO_NAME_NOT_OCI = "nasiko-name-not-oci", Error;
    /// A skill of an agent card is not an object, or lacks `id`, `name` or `description`.
    ///
    /// Plain strings and skills without an id occur; the control plane refuses the whole card.
    NASIKO_SKILL_SHAPE = "nasiko-skill-shape", Error;
    /// Two skills of an agent card have the same id.
    NASIKO_SKILL_DUPLICATE = "nasiko-skill-duplicate", Error;
    /// A skill of an agent card has no list of `tags`.
    ///
    /// The A2A specification requires it; Nasiko itself takes an empty list for it.
    NASIKO_SKILL_TAGS_MISSING = "nasiko-skill-tags-missing", Warning;
    /// The agent card lists no skill.
    ///
    /// Other agents, and the router that chooses among them, then know nothing of what this one can do.
    NASIKO_SKILLS_EMPTY = "nasiko-skills-empty", Warning;
    /// There is no `src/` or `cmd/` directory and no `main.go`.
    ///
    /// The client's `validate` warns about it; agents with their sources elsewhere work all the same.
    NASIKO_SOURCE_DIR_MISSING = "nasiko-source-dir-missing", Note;
    /// There is no `docker-compose.yml`, which the client's `validate` recommends.
    NASIKO_COMPOSE_MISSING = "nasiko-compose-missing", Note;
    /// There is no `.env.example`, which the client's `validate` recommends.
    ///
    /// It tells which environment variables the agent reads.
    NASIKO_ENV_EXAMPLE_MISSING = "nasiko-env-example-missing", Note;
    /// The agent card does not say which media types the agent takes and gives.
    ///
    /// The A2A specification requires `defaultInputModes` and `defaultOutputModes`, in this spelling; clients of A2A libraries refuse
    /// a card without them.
    NASIKO_A2A_MODES_MISSING = "nasiko-a2a-modes-missing", Warning;
    /// The agent card has no `agentFramework`.
    ///
    /// The client offers agents as starting points by their framework, and needs it to add skills to them.
    NASIKO_FRAMEWORK_MISSING = "nasiko-framework-missing", Warning;
    /// The agent is called otherwise than its directory.
    NASIKO_NAME_DIRECTORY = "nasiko-name-directory", Note;
    /// The card's version differs from that of the agent's `pyproject.toml`, `Cargo.toml` or `package.json`.
    NASIKO_VERSION_MISMATCH = "nasiko-version-mismatch", Warning;
    /// A source of `COPY` or `ADD` is not in the pack.
    ///
    /// The directory of the agent is the context of the build: paths relative to a directory above it, and files that are not
    /// there, stop the build.
    NASIKO_DOCKERFILE_COPY = "nasiko-dockerfile-copy", Warning;
    /// The `Dockerfile` has no `FROM`, or is empty.
    ///
    /// It cannot be built. An error in the profile `python`, whose upload check looks for it.
    NASIKO_DOCKERFILE_FROM = "nasiko-dockerfile-from", Warning;
    /// The agent card's `url` is an address of the machine itself.
    ///
    /// That is usual: the control plane puts the real address in its place. Nobody else can use it.
    NASIKO_URL_LOCALHOST = "nasiko-url-localhost", Note;
    /// A required field of `skill.json` is absent or has the wrong type.
    ///
    /// The client's skill loader needs `apiVersion`, `kind`, `metadata.name`, `.version` and `.description`, `interface.function`,
    /// `.inputs` and `.output`, `runtime.language` and `.entrypoint`.
    NASIKO_SKILL_FIELD_MISSING = "nasiko-skill-field-missing", Error;
    /// A skill says another `apiVersion` than `nasiko.dev/v1`, or another `kind` than `Skill`.
    NASIKO_SKILL_API_VERSION = "nasiko-skill-api-version", Warning;
    /// The entry file of a skill is not in the pack, or not at exactly the path that `skill.json` says.
    ///
    /// The client compares the text of the paths in the archive: `./impl.py` and another letter case do not find `impl.py`.
    NASIKO_SKILL_ENTRYPOINT_MISSING = "nasiko-skill-entrypoint-missing", Error;
    /// The entry file has no `def <function>(` at the top level.
    ///
    /// The client copies the function by its text; where there is none it writes an empty tool without complaint.
    NASIKO_SKILL_FUNCTION_MISSING = "nasiko-skill-function-missing", Error;
    /// What the client copies of the skill's function is incomplete.
    ///
    /// It copies from the line with `def <function>(` to the next line that starts in the first column. A wrapped signature whose
    /// `)` stands there is cut off; decorators, and the functions that this one calls, are left behind.
    NASIKO_SKILL_SIGNATURE_WRAPPED = "nasiko-skill-signature-wrapped", Warning;
    /// The `inputs` of a skill are not a JSON Schema of an object.
    ///
    /// Nothing can be generated or documented from them.
    NASIKO_SKILL_INPUTS_INVALID = "nasiko-skill-inputs-invalid", Error;
    /// The arguments of a skill's function are not the properties of its `inputs`.
    ///
    /// A model calls the function by the schema: a property without an argument, an argument without a property and no default, or
    /// an argument without a default that the schema does not require fails when it is called.
    NASIKO_SKILL_ARGS_DIFFER = "nasiko-skill-args-differ", Warning;
    /// A skill is written in a language that no framework takes.
    ///
    /// The client adds `python` skills to Python projects and `go` skills to Go projects.
    NASIKO_SKILL_LANGUAGE = "nasiko-skill-language", Warning;
    /// An agent and a skill would use the same repository.
    ///
    /// Both are published as `<owner>/<name>`. Two agents, or two skills, of one name are a `duplicate-ref`.
    NASIKO_REPOSITORY_CLASH = "nasiko-repository-clash", Error;
    /// Two packs have the same name in their agent cards.
    ///
    /// In the registry of the earlier generation name and id are both unique.
    NASIKO_DISPLAY_NAME_DUPLICATE = "nasiko-display-name-duplicate", Warning;
    /// A pack of the profile `python` lacks something that its upload check requires.
    ///
    /// A `docker-compose.yml` with `services`, and one of `src/main.py`, `main.py`, `src/__main__.py` and `__main__.py` that is not
    /// empty.
    NASIKO_PYTHON_LAYOUT = "nasiko-python-layout", Error;
    /// The `container_name` of a pack of the profile `python` differs from its directory.
    ///
    /// The registry knows the agent by the first, the deployment by the second.
    NASIKO_PYTHON_ID_MISMATCH = "nasiko-python-id-mismatch", Warning;
    /// A path of a pack of the profile `python` contains `..`.
    ///
    /// Its upload check refuses an archive with such a path, even where the dots are part of a name.
    NASIKO_PYTHON_ZIP_PATH = "nasiko-python-zip-path", Warning;
    /// What the client or the control plane would fetch or unpack is larger than they take.
    ///
    /// A layer of the client is at most 10 MiB; the control plane unpacks at most 200 MiB.
    NASIKO_ARTIFACT_TOO_LARGE = "nasiko-artifact-too-large", Error;
    /// The version went backwards: a lower one was released after a higher one.
    ///
    /// The client installs the highest version, so it installs the abandoned one. Yank that, or release a version that is higher.
    NASIKO_VERSION_WENT_BACKWARDS = "nasiko-version-went-backwards", Warning;
    /// An `AgentCard.json` or `skill.json` is none of Nasiko's, so nothing is made of it.
    ///
    /// Any program that speaks A2A may have a card. One is taken for Nasiko's when it looks like an A2A card and there is a
    /// `Dockerfile` or `docker-compose.yml` beside it, or another pack in a directory beside it, or `ecosystem = "nasiko"` is set
    /// for the source.
    NASIKO_FOREIGN_CARD = "nasiko-foreign-card", Note;
    /// A file or key is spelt almost like one that Nasiko reads, but not quite.
    ///
    /// Names are compared letter by letter, on every system that Nasiko runs on.
    NASIKO_CASE_MISMATCH = "nasiko-case-mismatch", Warning;
    /// There is a `capabilities.json`, which no generation of Nasiko reads.
    ///
    /// Its documentation once asked for it; what it says belongs into `AgentCard.json`.
    NASIKO_CAPABILITIES_JSON = "nasiko-capabilities-json", Note;
    /// A pack holds an archive.
    ///
    /// Archives of the sources grow old beside them, often with an older card under the same version, and everybody who installs
    /// the pack downloads both.
    ARCHIVE_IN_PACK = "archive-in-pack", Warning;
    /// A pack holds a file that a system or a tool has left behind, such as `.DS_Store` or `__pycache__`.
    ///
    /// It is published with the rest, because it is tracked. Remove it from the repository, and ignore it.
    JUNK_FILE = "junk-file", Warning;
}
