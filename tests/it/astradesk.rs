//! What AstraDesk's flows and policies name: it is found in the order of the runtime's own lookup, on pages and by the rule.

use std::path::Path;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest};

/// A flow whose steps name, in this order: a tool that everybody has, one that another pack and the own adapter have, one that
/// only the own adapter has, written with `_`, and one that nobody has.
const FLOW: &str = "flow: daily\nversion: 1\ntrigger: { type: cron, expr: \"0 * * * *\" }\nsteps:\n  \
                    - { id: a, use: tool.desk.run }\n  - { id: b, use: tool.desk.list }\n  \
                    - { id: c, use: tool.desk_close }\n  - { id: d, use: tool.desk.closed }\n";

const POLICY: &str =
    "package desk\nimport rego.v1\ndefault allow := false\nallow if input.tool == \"tool.desk.list\"\n";

/// Returns the text of a server of tools.
fn server(tools: &[&str]) -> String {
    let dispatch: String =
        tools.iter().map(|name| format!("    if request.tool_name == \"{name}\":\n        return {{}}\n")).collect();
    let listed: Vec<String> = tools
        .iter()
        .map(|name| {
            format!("{{\"name\": \"{name}\", \"description\": \"d\", \"parameters\": {{\"type\": \"object\"}}}}")
        })
        .collect();
    format!(
        "def execute(request):\n{dispatch}    return None\n\n\ndef list_tools():\n    return {{\"tools\": [{}]}}\n",
        listed.join(", ")
    )
}

/// Returns a pack of the domain `name` with a server of these tools.
fn pack(name: &str, tools: &[&str]) -> Tree {
    let project = format!(
        "[project]\nname = \"astradesk-domain-{name}\"\nversion = \"1.0.0\"\ndescription = \"d\"\nlicense = \"MIT\"\n\n\
         [project.entry-points.\"astradesk.pack\"]\ndomain_{name} = \"domain_{name}:Pack\"\n"
    );
    let init =
        "class Pack:\n    \"\"\"A pack.\"\"\"\n\n    def register(self, registry):\n        registry.add(self)\n";
    let folder = format!("src/domain_{name}");
    [
        ("pyproject.toml".to_owned(), project),
        (format!("{folder}/__init__.py"), init.to_owned()),
        (format!("{folder}/tools/__init__.py"), String::new()),
        (format!("{folder}/tools/mcp_server.py"), server(tools)),
    ]
    .into_iter()
    .map(|(path, text)| (path, text.into_bytes()))
    .collect()
}

/// Returns the pack whose flow is looked at.
fn caller() -> Tree {
    let mut files = pack("a", &["desk.run"]);
    let adapter = "class Desk:\n    \"\"\"A desk.\"\"\"\n\n    def run(self): ...\n    def list(self): ...\n    def close(self): ...\n";
    for (path, text) in [("tools/desk_adapter.py", adapter), ("flows/daily.yaml", FLOW), ("policies/desk.rego", POLICY)]
    {
        files.insert(format!("src/domain_a/{path}"), text.as_bytes().to_vec());
    }
    files
}

/// Returns where the links of a part of a page lead that lead to components.
fn linked(tree: &Tree, page: &str, part: &str) -> Vec<String> {
    let html = String::from_utf8_lossy(tree.get(page).unwrap_or_else(|| panic!("{page} is not there"))).into_owned();
    let (_, after) = html.split_once(&format!("<h2 id=\"{part}\">")).unwrap_or_else(|| panic!("{page} has no {part}"));
    let section = after.split("</section>").next().expect("a section");
    let links = section.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let last = |link: &str| link.rsplit("packs/astradesk/").next().unwrap_or(link).to_owned();
    links.filter(|link| link.contains("1.0.0/")).map(last).collect()
}

/// Ensures the order: a tool of this pack, one of another pack, a method of an adapter of this pack; and that both pages tell,
/// in a build that remembers as in a new one, when the tool of the other pack goes.
#[test]
fn names_of_tools_are_looked_up_in_the_order_of_the_runtime() {
    const HERE: &str = "packs/astradesk/domain-a/1.0.0";
    let site = SiteTest::new().file(
        "packyard.toml",
        "[registry]\nname = \"T\"\n\n[[source]]\npath = \"packs\"\n\n[[source]]\npath = \"more\"\n",
    );
    let site = site.pack("packs/packages/domain-a", &caller());
    let site = site.pack("more/packages/domain-b", &pack("b", &["desk.list", "desk.run"]));
    let build = |what: &str| {
        let report = site.build().expect("built");
        let made = site.tree();
        std::fs::remove_dir_all(site.root().join("public")).expect("removed");
        site.build_without_memory().expect("built");
        assert_eq!(tree::difference(&made, &site.tree()), None, "{what}");
        let unresolved = report.findings.iter().filter(|one| one.code.name() == "astradesk-flow-unresolved");
        let unresolved: Vec<String> = unresolved.map(|one| one.message.clone()).collect();
        (made, unresolved)
    };
    let (own, other) = ("domain-a/1.0.0/tool/desk.run.html", "domain-b/1.0.0/tool/desk.list.html");
    let adapter = "domain-a/1.0.0/adapter/desk_adapter.html";

    let (made, unresolved) = build("with the other pack");
    let steps = linked(&made, &format!("{HERE}/flow/daily.html"), "steps");
    assert_eq!(steps, [own, other, adapter]);
    assert_eq!(linked(&made, &format!("{HERE}/policy/desk.html"), "uses"), [other]);
    let users = |page: &str| linked(&made, page, "used-by");
    assert_eq!(users(&format!("packs/astradesk/{own}")), ["domain-a/1.0.0/flow/daily.html"]);
    let both = ["domain-a/1.0.0/flow/daily.html", "domain-a/1.0.0/policy/desk.html"];
    assert_eq!(users(&format!("packs/astradesk/{other}")), both);
    assert_eq!(users(&format!("packs/astradesk/{adapter}")), both[..1]);
    assert_eq!(unresolved, ["nothing in the catalog has a tool `desk.closed`"]);

    // The next release of the other pack has another tool.
    let next: Tree = pack("b", &["desk.run"]);
    let next = next.into_iter().map(|(path, bytes)| {
        let text = String::from_utf8(bytes).expect("UTF-8").replace("1.0.0", "1.1.0");
        (path, text.into_bytes())
    });
    tree::write(&site.root().join("more/packages/domain-b"), &next.collect());
    let (made, unresolved) = build("without its tool");
    let steps = linked(&made, &format!("{HERE}/flow/daily.html"), "steps");
    assert_eq!(steps, [own, adapter, adapter]);
    assert_eq!(linked(&made, &format!("{HERE}/policy/desk.html"), "uses"), [adapter]);
    assert_eq!(linked(&made, &format!("packs/astradesk/{adapter}"), "used-by"), both);
    assert_eq!(unresolved.len(), 1, "{unresolved:?}");
    assert!(!Path::new(&site.root().join("public/packs/astradesk/domain-b/1.1.0/tool/desk.list.html")).exists());
}

/// Ensures that a dependency which the repository has itself is one on the framework, in the releases of that time, and that it
/// stays one when the repository is gone.
#[test]
fn members_of_the_workspace_are_the_framework() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("desk"));
    let mut release = |version: &str, sources: &str| {
        let manifest = String::from_utf8(pack("a", &["desk.run"])["pyproject.toml"].clone()).expect("UTF-8");
        let needs = "dependencies = [\"Desk_Helper>=2\", \"astradesk-core\", \"astradesk-domain-b<3\", \"httpx\"]\n";
        let manifest = manifest.replace("1.0.0", version).replace("license =", &format!("{needs}license ="));
        tree::write(&repository.path().join("packages/domain-a"), &pack("a", &["desk.run"]));
        repository.file("packages/domain-a/pyproject.toml", &manifest);
        repository.file("pyproject.toml", &format!("[tool.uv.sources]\n{sources}")).commit(version);
    };
    release("1.0.0", "desk-helper = { git = \"https://git.acme.example/helper\" }\n");
    release(
        "1.1.0",
        "desk_helper = [{ workspace = true, marker = \"sys_platform == 'linux'\" }]\nhttpx = { workspace = false }\n",
    );
    let site = site.file("packyard.toml", "[registry]\nname = \"T\"\n\n[[source]]\ngit = \"../desk\"\n");
    let needs = |tree: &Tree, version: &str| {
        let path = format!("packs/astradesk/domain-a/{version}/release.json");
        let facts: serde_json::Value = serde_json::from_slice(&tree[&path]).expect("JSON");
        let needs = facts["dependencies"].as_array().expect("a list").iter();
        needs
            .map(|one| {
                format!("{} {}", one["name"].as_str().unwrap_or_default(), one["kind"].as_str().unwrap_or("pack"))
            })
            .collect::<Vec<_>>()
    };
    site.build().expect("built");
    let made = site.tree();
    let others = ["astradesk-core framework", "domain-b pack", "httpx python"];
    assert_eq!(needs(&made, "1.0.0"), [&["desk-helper python"], &others[..]].concat());
    assert_eq!(needs(&made, "1.1.0"), [&["desk-helper framework"], &others[..]].concat());

    std::fs::rename(repository.path(), site.beside("elsewhere")).expect("moved");
    let site = site.file("packyard.toml", "[registry]\nname = \"T\"\n");
    site.build_without_memory().expect("built");
    let alone = site.tree();
    assert_eq!(needs(&alone, "1.1.0"), needs(&made, "1.1.0"));
    let page = "packs/astradesk/domain-a/1.1.0/index.html";
    let said = |tree: &Tree| String::from_utf8_lossy(&tree[page]).matches("framework").count();
    assert!(said(&made) > 0);
    assert_eq!(said(&alone), said(&made), "the page tells what was recorded");
}

/// Ensures that a library of the framework is recorded as packs are, is in the package index and nowhere among packs, and stays
/// what it was when its repository changes it in place, and when the repository is gone.
#[test]
fn libraries_of_the_framework_are_companions() {
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("desk"));
    let with_need = |(path, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        (path, text.replace("license =", "dependencies = [\"astradesk-core>=1\"]\nlicense =").into_bytes())
    };
    tree::write(
        &repository.path().join("packages/domain-a"),
        &pack("a", &["desk.run"]).into_iter().map(with_need).collect(),
    );
    let project = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
                   [project]\nname = \"astradesk-core\"\nversion = \"1.0.0\"\ndescription = \"d\"\nlicense = \"MIT\"\n";
    repository
        .file("core/pyproject.toml", project)
        .file("core/src/astradesk_core/__init__.py", "NAME = 1\n")
        .commit("1");
    let sources = "[registry]\nname = \"T\"\n\n[[source]]\ngit = \"../desk\"\npacks = \"packages/*\"\n\n\
                   [[source]]\ngit = \"../desk\"\npacks = \"core\"\necosystem = \"astradesk\"\nprofile = \"library\"\n";
    let site = site.file("packyard.toml", sources);
    site.build().expect("built");
    let made = site.tree();
    let text = |tree: &Tree, path: &str| String::from_utf8(tree[path].clone()).expect("UTF-8");
    let simple = "runtimes/astradesk/simple/astradesk-core";
    let wheel = format!("{simple}/astradesk_core-1.0.0-py3-none-any.whl");
    assert!(made.contains_key(&wheel) && made.contains_key(&format!("{simple}/astradesk_core-1.0.0.tar.gz")));
    for list in ["domain-packs.json", "domain-packs-info.json"] {
        let list = text(&made, &format!("runtimes/astradesk/{list}"));
        assert!(list.contains("domain-a") && !list.contains("core"), "{list}");
    }
    assert!(!made.keys().any(|path| path.starts_with("runtimes/astradesk/catalog/packs/astradesk-core")));
    let page = text(&made, "packs/astradesk/domain-a/1.0.0/index.html");
    assert!(page.contains("packs/astradesk/astradesk-core/index.html"), "the page of a pack leads to what it needs");
    let page = text(&made, "packs/astradesk/astradesk-core/index.html");
    assert!(page.contains("packs/astradesk/domain-a/index.html") && !page.contains("entry_points"), "{page}");

    repository.file("core/src/astradesk_core/__init__.py", "NAME = 2\n").commit("2");
    let report = site.build().expect("built");
    let refused: Vec<_> = report.findings.iter().map(|one| one.code.name()).collect();
    assert!(refused.contains(&"release-content-changed"), "{refused:?}");
    assert_eq!(site.tree()[&wheel], made[&wheel]);

    std::fs::rename(repository.path(), site.beside("elsewhere")).expect("moved");
    let site = site.file("packyard.toml", "[registry]\nname = \"T\"\n");
    site.build_without_memory().expect("built");
    let alone = site.tree();
    assert_eq!(alone[&wheel], made[&wheel]);
    assert!(!text(&alone, "runtimes/astradesk/domain-packs.json").contains("core"), "it stays a library");
}

/// Ensures that a pack that goes from the flat layout to `src/` is shown as moved, with the same components, and that its first
/// release keeps its paths.
#[test]
fn a_change_of_layout_moves_files_and_changes_no_component() {
    const AGENT: &str = "\"\"\"Ranks what is open.\"\"\"\n\nimport os\n\nLIMIT = os.getenv(\"DESK_LIMIT\", \"5\")\n";
    let site = SiteTest::new();
    let mut repository = RepoFixture::init(site.beside("desk"));
    let directory = repository.path().join("packages/domain-a");
    let mut files = caller();
    files.insert("src/domain_a/agents/rank.py".to_owned(), AGENT.as_bytes().to_vec());
    let flat: Tree = files
        .iter()
        .filter(|(path, _)| *path != "src/domain_a/__init__.py")
        .map(|(path, bytes)| (path.trim_start_matches("src/domain_a/").to_owned(), bytes.clone()))
        .collect();
    tree::write(&directory, &flat);
    let manifest = String::from_utf8(files["pyproject.toml"].clone()).expect("UTF-8");
    let (without, _) = manifest.split_once("\n[project.entry-points").expect("an entry point");
    repository.file("packages/domain-a/pyproject.toml", without).commit("flat");
    std::fs::remove_dir_all(&directory).expect("removed");
    files.insert("src/domain_a/agents/rank.py".to_owned(), format!("# Moved.\n{AGENT}").into_bytes());
    tree::write(&directory, &files);
    repository.file("packages/domain-a/pyproject.toml", &manifest.replace("1.0.0", "1.1.0")).commit("src");
    let site = site.file("packyard.toml", "[registry]\nname = \"T\"\n\n[[source]]\ngit = \"../desk\"\n");
    site.build().expect("built");

    let text = site.packyard(&["diff", "astradesk/domain-a"]).with_code(0).stdout;
    assert!(text.contains("  > agents/rank.py → src/domain_a/agents/rank.py (changed)\n"), "{text}");
    let json = site.packyard(&["diff", "astradesk/domain-a", "--format", "json"]).with_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let parts = [
        "agents/rank.py",
        "tools/__init__.py",
        "tools/mcp_server.py",
        "tools/desk_adapter.py",
        "flows/daily.yaml",
        "policies/desk.rego",
    ];
    let moved = json["files"]["moved"].as_array().expect("a list");
    for path in parts {
        let wanted = format!("src/domain_a/{path}");
        let is_it = |one: &&serde_json::Value| one["from"] == path && one["to"] == wanted.as_str();
        assert!(moved.iter().any(|one| is_it(&one)), "{path}: {moved:?}");
    }
    assert_eq!(moved.len(), parts.len());
    assert_eq!(json["files"]["removed"], serde_json::json!([]));
    assert_eq!(json["files"]["added"], serde_json::json!(["src/domain_a/__init__.py"]));
    // What is imported by another name now is told, as a fact.
    let changes = json["changes"].as_array().expect("a list").iter().filter(|one| one["component"].is_object());
    let changes: Vec<String> = changes.map(|one| format!("{} {}", one["component"]["name"], one["name"])).collect();
    assert_eq!(changes, ["\"rank\" \"Module\"", "\"desk_adapter\" \"Module\""]);

    let made = site.tree();
    let page = |path: &str| String::from_utf8_lossy(&made[&format!("packs/astradesk/domain-a/{path}")]).into_owned();
    let compared = page("compare/1.0.0...1.1.0.html");
    let (_, listed) = compared.split_once("Moved").expect("a list of moved files");
    assert!(listed.contains("agents/rank.py") && listed.contains("src/domain_a/agents/rank.py"), "{listed}");
    assert!(page("1.0.0/agent/rank.html").contains("<code>agents/rank.py</code>"));
    assert!(page("1.1.0/agent/rank.html").contains("<code>src/domain_a/agents/rank.py</code>"));
}
