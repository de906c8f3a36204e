//! What the fixture folders cannot show: what is claimed and what is not, hostile files, both generations; and that a mended
//! fixture has no finding at all.

use std::path::{Path, PathBuf};

use super::ID;
use super::codes::CODES;
use super::testing::{check, directory, profile, texts};
use crate::pack::Configured;

const CARD: &str = r#"{"protocolVersion": "0.3.0", "name": "tide", "description": "d", "url": "https://a.acme.example",
    "version": "1.2.0", "capabilities": {}, "preferredTransport": "JSONRPC", "skills": []}"#;

const SKILL: &str = r#"{"apiVersion": "nasiko.dev/v1", "kind": "Skill",
    "metadata": {"name": "wind", "version": "1.0.0", "description": "d"},
    "interface": {"function": "wind", "inputs": {"type": "object"}, "output": {}},
    "runtime": {"language": "python", "entrypoint": "impl.py"}}"#;

fn case(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check/nasiko").join(code)
}

/// Ensures that fixtures show one fault each: the pack beside the faulty one has nothing else wrong with it.
#[test]
fn a_mended_case_has_no_finding() {
    let mut faults = Vec::new();
    for code in CODES {
        let root = case(code.name()).join("good");
        let Ok(entries) = std::fs::read_dir(&root) else { continue };
        let python = root.join("packyard.toml").is_file()
            && std::fs::read_to_string(root.join("packyard.toml")).is_ok_and(|text| text.contains("python"));
        let configured =
            Configured { ecosystem: Some(ID), profile: python.then_some("python"), ..Configured::default() };
        for entry in entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir()) {
            let name = entry.file_name().into_string().expect("UTF-8");
            if name == "skills" {
                continue;
            }
            let checked = check(&directory(&entry.path()), &name, configured);
            if !checked.codes().is_empty() || checked.pack.is_none() {
                faults.push(format!("{code}: {name} shows {:?}", checked.codes()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_card_needs_something_of_nasikos_beside_it() {
    let nowhere = Configured::default();
    let foreign = |files: &[(&str, &str)], configured| check(&texts(files), "tide", configured).foreign;
    assert!(foreign(&[("AgentCard.json", CARD)], nowhere));
    assert!(!foreign(
        &[("AgentCard.json", CARD)],
        Configured { ecosystem: Some(ID), profile: None, ..Configured::default() }
    ));
    assert!(!foreign(&[("AgentCard.json", CARD), ("Dockerfile", "FROM x\n")], nowhere));
    assert!(!foreign(&[("AgentCard.json", CARD), ("docker-compose.yml", "services: {}\n")], nowhere));
    for other in [r#"{"type": "assistant", "tools": []}"#, r#"{"url": "x", "skills": {}}"#, "[]"] {
        let checked = check(&texts(&[("AgentCard.json", other), ("Dockerfile", "FROM x\n")]), "tide", nowhere);
        assert!(checked.foreign && checked.codes() == ["nasiko-foreign-card"], "{other}: {:?}", checked.codes());
    }
}

#[test]
fn other_files_called_skill_json_are_left_alone() {
    for other in ["{}", r#"{"manifest": {}, "skillId": "amzn1.x"}"#, "no JSON", r#"{"apiVersion": "other.dev/v1"}"#] {
        let checked = check(&texts(&[("skill.json", other)]), "x", Configured::default());
        assert!(checked.foreign && checked.findings.is_empty(), "{other}: {:?}", checked.codes());
    }
    let both = texts(&[
        ("skill.json", SKILL),
        ("AgentCard.json", CARD),
        ("impl.py", "def wind(): pass\n"),
        ("Dockerfile", "FROM x\n"),
    ]);
    let checked = check(&both, "wind", Configured::default());
    assert_eq!(checked.pack.map(|pack| pack.manifest.to_string()).as_deref(), Some("skill.json"));
}

#[test]
fn a_misspelt_card_is_reported_only_where_it_is_one() {
    for name in ["Agentcard.json", "agent-card.json", "agentcard.json", "agent.json"] {
        let checked = check(&texts(&[(name, CARD), ("Dockerfile", "FROM x\n")]), "tide", Configured::default());
        assert!(checked.foreign && checked.codes() == ["nasiko-case-mismatch"], "{name}: {:?}", checked.codes());
        let other =
            check(&texts(&[(name, r#"{"name": "x"}"#), ("Dockerfile", "FROM x\n")]), "tide", Configured::default());
        assert!(other.foreign && other.findings.is_empty(), "{name}: {:?}", other.codes());
    }
}

#[test]
fn the_earlier_generation_asks_for_other_things() {
    let card = r#"{"name": "Tide Times", "description": "d", "url": "http://localhost:5000", "skills": [], "capabilities": {}}"#;
    let compose = "services:\n  web:\n    container_name: tide\n    build: .\n";
    let files =
        [("AgentCard.json", card), ("Dockerfile", ""), ("docker-compose.yml", compose), ("src/main.py", "print(1)\n")];
    let python = check(&texts(&files), "tide", profile("python"));
    let pack = python.pack.as_ref().expect("a pack");
    assert_eq!((pack.id.name.as_str(), pack.title.as_str(), pack.version.as_str()), ("tide", "Tide Times", "1.0.0"));
    let severity = |checked: &super::testing::Checked, code: &str| {
        checked.findings.iter().find(|finding| finding.code.name() == code).map(|finding| finding.severity.as_str())
    };
    assert_eq!(severity(&python, "nasiko-name-not-oci"), Some("warning"));
    assert_eq!(severity(&python, "nasiko-dockerfile-from"), Some("error"));
    assert_eq!(severity(&python, "nasiko-card-field-missing"), None);
    let rust = check(&texts(&files), "tide", profile("rust"));
    assert_eq!(severity(&rust, "nasiko-name-not-oci"), Some("error"));
    assert_eq!(severity(&rust, "nasiko-dockerfile-from"), Some("warning"));
    assert_eq!(severity(&rust, "nasiko-card-field-missing"), Some("error"));
    assert_eq!(rust.pack.map(|pack| pack.id.name.to_string()).as_deref(), Some("tide-times"));
}

#[test]
fn an_agent_of_the_earlier_generation_needs_no_card() {
    let compose = "services:\n  web:\n    container_name: tide\n";
    let files = texts(&[("Dockerfile", "FROM x\n"), ("docker-compose.yml", compose), ("main.py", "print(1)\n")]);
    let checked = check(&files, "tide", profile("python"));
    let pack = checked.pack.expect("a pack");
    assert_eq!(
        (pack.id.name.as_str(), pack.version.as_str(), pack.manifest.as_str()),
        ("tide", "1.0.0", "docker-compose.yml")
    );
    assert!(check(&files, "tide", Configured::default()).foreign);
}

#[test]
fn environment_variables_are_names_only() {
    let files = texts(&[
        ("AgentCard.json", CARD),
        ("Dockerfile", "FROM x\n"),
        ("docker-compose.yml", "services: {tide: {environment: [\"A=hush\"]}}\n"),
        (".env.example", "# The second\nB=hush\n"),
        ("main.py", "import os\nC = os.environ['C']\nD = os.getenv('D', 'hush')\n"),
    ]);
    let checked = check(&files, "tide", Configured::default());
    let table = checked.pack.and_then(|pack| pack.environment).expect("a table");
    let fields = table.fields.unpack();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C", "D"]);
    assert_eq!(fields[1].description, "The second");
    assert!(!format!("{table:?}").contains("hush"));
}

/// A fault on every line, or in every file, must cost neither minutes nor a wall of findings.
#[test]
fn hostile_packs_are_read_in_bounded_time() {
    let started = std::time::Instant::now();
    let many = |each: &dyn Fn(usize) -> String| (0..20_000).map(each).collect::<Vec<_>>().join(",");
    let skills = |each: &dyn Fn(usize) -> String| CARD.replace("[]", &format!("[{}]", many(each)));
    let copies = "COPY *a*a*a*a*a*b missing ./\n".repeat(2_000);
    let names: Vec<String> = (0..2_000).map(|number| format!("src/{}{number}", "a".repeat(60))).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    files.push(("Dockerfile", &copies));
    let cards = [
        skills(&|number| format!("{number}")),
        skills(&|_| "{\"id\":\"a\",\"name\":\"b\",\"description\":\"c\"}".to_owned()),
        skills(&|number| format!("{{\"id\":\"../{number}\",\"name\":\"b\",\"description\":\"c\",\"tags\":[]}}")),
        CARD.replace("{}", &format!("{{{}}}", many(&|number| format!("\"k{number}\":true")))),
        CARD.replace("[]", &"[".repeat(50_000)),
        CARD.replace("tide", &"../".repeat(50_000)),
        CARD.replace("\"tide\"", "\"\\u0000\""),
        CARD.replace("1.2.0", &"9".repeat(100_000)),
    ];
    for card in &cards {
        files.push(("AgentCard.json", card));
        let checked = check(&texts(&files), "tide", Configured::default());
        assert!(checked.findings.len() < 300, "{} findings", checked.findings.len());
        assert!(checked.pack.is_none_or(|pack| pack.components.len() <= 600));
        files.pop();
    }
    let calls: String = (0..20_000).map(|number| format!("def f{number}(): pass\n")).collect::<String>()
        + "def wind():\n"
        + &(0..20_000).map(|number| format!("    g{number}(1)\n")).collect::<String>();
    check(&texts(&[("skill.json", SKILL), ("impl.py", &calls)]), "wind", Configured::default());
    let python = "def wind(a=".to_owned() + &"(".repeat(20_000);
    let schema = SKILL.replace(
        "{\"type\": \"object\"}",
        &format!("{}{}", r#"{"type":"object","properties":{"a":"#.repeat(15), "1".to_owned() + &"}}".repeat(15)),
    );
    for (skill, implementation) in [(SKILL, python.as_str()), (&schema, "def wind(): pass\n"), (SKILL, "\u{feff}")] {
        check(&texts(&[("skill.json", skill), ("impl.py", implementation)]), "wind", Configured::default());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn what_the_client_copies_of_a_function_is_held_against_it() {
    let codes = |implementation: &str| {
        let files = texts(&[("skill.json", SKILL), ("impl.py", implementation), ("README.md", "x"), ("LICENSE", "x")]);
        check(&files, "wind", Configured::default()).codes()
    };
    assert!(codes("import os\n\n\ndef wind() -> str:\n    return 'calm'\n\n\nX = 1\n").is_empty());
    let mentioned = "def helper():\n    return 1\n\n\ndef wind():\n    \"\"\"Does as helper() does.\"\"\"\n    return a.helper()  # helper()\n";
    assert!(codes(mentioned).is_empty(), "{:?}", codes(mentioned));
    assert!(codes("async def wind():\n    def inner():\n        return 1\n    return inner()\n").is_empty());
    for incomplete in [
        "def wind(\n    a=1,\n):\n    return a\n",
        "@tool\ndef wind():\n    return 1\n",
        "def helper():\n    return 1\n\n\ndef wind():\n    return [helper()]\n",
        "def wind():\n    return '''\ntext in the first column'''\n",
    ] {
        assert!(codes(incomplete).contains(&"nasiko-skill-signature-wrapped"), "{incomplete}: {:?}", codes(incomplete));
    }
    for missing in
        ["", "wind = 1\n", "class A:\n    def wind(self): pass\n", "def wind ():\n    pass\n", "def wind(:\n"]
    {
        assert!(codes(missing).contains(&"nasiko-skill-function-missing"), "{missing}: {:?}", codes(missing));
    }
}
