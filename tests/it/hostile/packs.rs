//! Healthy packs, as a ground for attacks and as neighbours that must survive them.

use std::fs;
use std::path::Path;

/// Writes a pack without a fault.
pub(super) fn write(ecosystem: &str, name: &str, root: &Path) {
    match ecosystem {
        "attune" => attune(name, root),
        "astradesk" => return astradesk(name, root),
        "nasiko" => nasiko(name, root),
        _ => stackstorm(name, root),
    }
    file(root, "README.md", "# A pack\n\nSays hello.\n");
    file(root, "CHANGES.md", "# Changes\n\n## 1.0.0\n\n- First release.\n");
    file(root, "LICENSE", "MIT License\n");
    file(root, "actions/run.py", "print('hello')\n");
}

fn stackstorm(name: &str, root: &Path) {
    file(
        root,
        "pack.yaml",
        format!(
            "---\nref: {name}\nname: A pack\ndescription: Says hello.\nversion: 1.0.0\nauthor: Example Packs\nemail: \
             packs@example.org\nkeywords: [hello]\npython_versions: [\"3\"]\nstackstorm_version: \">=3.6.0\"\n"
        ),
    );
    file(
        root,
        "actions/hello.yaml",
        "---\nname: hello\ndescription: Says hello.\nrunner_type: python-script\nentry_point: run.py\nenabled: \
         true\nparameters:\n  whom:\n    type: string\n    description: Whom to greet.\n    default: world\n",
    );
}

fn attune(name: &str, root: &Path) {
    file(
        root,
        "pack.yaml",
        format!(
            "ref: {name}\nlabel: A pack\ndescription: Says hello.\nversion: \"1.0.0\"\nauthor: Example Packs\nemail: \
             packs@example.org\nlicense: MIT\nsystem: false\nenabled: true\ntags: [hello]\nruntime_deps: [python]\n"
        ),
    );
    file(
        root,
        "actions/hello.yaml",
        format!(
            "ref: {name}.hello\nlabel: Hello\ndescription: Says hello.\nrunner_type: python\nentry_point: run.py\nenabled: \
             true\nparameters:\n  whom:\n    type: string\n    description: Whom to greet.\n    default: world\n"
        ),
    );
}

fn nasiko(name: &str, root: &Path) {
    let card = format!(
        r#"{{"protocolVersion": "0.3.0", "name": "{name}", "description": "Says hello.", "url": "http://localhost:8000",
  "version": "1.0.0", "capabilities": {{}}, "preferredTransport": "JSONRPC", "skills": []}}"#
    );
    file(root, "AgentCard.json", card);
    file(root, "Dockerfile", "FROM python:3.12-slim\nCOPY actions ./actions\n");
}

fn astradesk(name: &str, root: &Path) {
    file(
        root,
        "pyproject.toml",
        format!(
            "[project]\nname = \"astradesk-domain-{name}\"\nversion = \"1.0.0\"\ndescription = \"Says hello.\"\nlicense = \
             \"MIT\"\n\n[project.entry-points.\"astradesk.pack\"]\ndomain_x = \"domain_x:Pack\"\n\n[tool.setuptools.packages.find]\nwhere \
             = [\"src\"]\n\n[tool.setuptools.package-data]\ndomain_x = [\"*/*\"]\n"
        ),
    );
    file(root, "README.md", "# A pack\n\nSays hello.\n");
    file(root, "src/domain_x/__init__.py", "class Pack:\n    def register(self, registry):\n        registry.add(1)\n");
}

/// Writes a file and the folders above it.
pub(super) fn file(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("created");
    fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Copies the files of a folder over a pack; tells whether there were any.
pub(super) fn overlay(from: &Path, to: &Path) -> bool {
    let Ok(entries) = fs::read_dir(from) else { return false };
    fs::create_dir_all(to).expect("created");
    for entry in entries {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            overlay(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap_or_else(|error| panic!("{}: {error}", target.display()));
        }
    }
    true
}
