//! Attacks that cannot be committed: too large, or with names that a checkout does not survive everywhere.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::packs::file;

/// Makes the files of a case; tells whether it has a generator.
pub(super) fn generate(case: &str, pack: &Path) -> bool {
    let make: fn(&Path) = match case {
        "actions_is_a_file" => actions_is_a_file,
        "astradesk_nesting" => |pack| {
            let deep = |open: &str, end: &str| format!("{}{end}", open.repeat(100_000));
            file(pack, "src/domain_x/agents/brackets.py", format!("x = {}", deep("(", "")));
            file(pack, "src/domain_x/agents/chain.py", format!("x = a{}\n", deep(".b", "")));
            file(
                pack,
                "src/domain_x/agents/blocks.py",
                (0..3000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect::<String>(),
            );
            let lists = format!("package a\nx = {}{}1{}\n", "[".repeat(7), "1,".repeat(20_000), "]".repeat(7));
            file(pack, "src/domain_x/policies/wide.rego", lists);
            file(pack, "src/domain_x/policies/lists.rego", format!("package a\nx = {}", deep("[", "")));
            file(pack, "src/domain_x/policies/sums.rego", format!("package a\nx = {}\n", deep("1 + ", "1")));
            file(pack, "src/domain_x/flows/bomb.yaml", alias_bomb("flow: bomb\n"));
            let nested = format!("{}1{}", "[".repeat(150), "]".repeat(150));
            let tools = format!("def list_tools():\n    return {{'tools': {nested}}}\n");
            file(pack, "src/domain_x/tools/mcp_server.py", tools);
        },
        "attune_yaml_bomb" => |pack| file(pack, "actions/hello.yaml", alias_bomb("ref: hostile.hello\n")),
        "broken_utf8" => broken_utf8,
        "case_clash" => case_clash,
        "control_characters" => control_characters,
        "deep_directories" => deep_directories,
        "device_names" => device_names,
        "fifo" => fifo,
        "html_nesting" => |pack| file(pack, "README.md", "<div>".repeat(50_000)),
        "large_file" => large_file,
        "manifest_bomb" => |pack| file(pack, "pack.yaml", alias_bomb("ref: hostile\nversion: 1.0.0\n")),
        "manifest_is_a_directory" => manifest_is_a_directory,
        "many_files" => many_files,
        "markdown_list_nesting" => |pack| file(pack, "README.md", "1. ".repeat(20_000)),
        "markdown_quote_nesting" => |pack| file(pack, "README.md", "> ".repeat(20_000)),
        "odd_paths" => odd_paths,
        "symlinks" => symlinks,
        "workflow_cycles" => workflow_cycles,
        "yaml_alias_bomb" => |pack| file(pack, "actions/bomb.yaml", alias_bomb("name: bomb\nrunner_type: noop\n")),
        "yaml_block_nesting" => |pack| file(pack, "actions/deep.yaml", "- ".repeat(20_000)),
        "yaml_flow_nesting" => |pack| file(pack, "actions/deep.yaml", "{a: ".repeat(20_000)),
        "yaml_long_line" => yaml_long_line,
        "yaml_many_keys" => yaml_many_keys,
        "yaml_nul_bytes" => {
            |pack| file(pack, "actions/zero.yaml", b"name: zero\nrunner_type: noop\n\0description: \0\n")
        }
        _ => return false,
    };
    make(pack);
    true
}

/// Nine nodes at each of 30 levels: more than there are atoms in a pack.
fn alias_bomb(start: &str) -> String {
    let mut bomb = format!("{start}a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").expect("writing to a string cannot fail");
    }
    bomb
}

fn actions_is_a_file(pack: &Path) {
    fs::remove_dir_all(pack.join("actions")).expect("removed");
    fs::remove_file(pack.join("README.md")).expect("removed");
    file(pack, "actions", "not a folder\n");
    file(pack, "README.md/README.md", "a folder where a file should be\n");
}

fn manifest_is_a_directory(pack: &Path) {
    fs::remove_file(pack.join("pack.yaml")).expect("removed");
    file(pack, "pack.yaml/pack.yaml", "ref: hostile\nversion: 1.0.0\n");
}

fn broken_utf8(pack: &Path) {
    file(pack, "actions/broken.yaml", b"name: broken\nrunner_type: noop\ndescription: \xff\xfe\n");
    file(pack, "README.md", b"# Broken\n\n\xc3\x28 \xa0\xa1 \xf0\x28\x8c\x28\n");
    file(pack, "CHANGES.md", b"\xff\xff\xff\xff");
    file(pack, "LICENSE", b"\x80\x80");
}

fn case_clash(pack: &Path) {
    file(pack, "lib/Client.py", "a = 1\n");
    file(pack, "lib/client.py", "a = 2\n");
    // The same name, composed and decomposed.
    file(pack, "lib/caf\u{e9}.py", "a = 3\n");
    file(pack, "lib/cafe\u{301}.py", "a = 4\n");
}

/// Escape sequences and right-to-left overrides, written by escapes in YAML, so that the file itself is plain.
fn control_characters(pack: &Path) {
    file(
        pack,
        "pack.yaml",
        "---\nref: hostile\nname: \"A \\e[31mred\\e[0m \\u202Ekcap\\u202C\"\ndescription: \"Rings \\a and clears \\e[2J\\0 \\x9b\"\n\
         version: 1.0.0\nauthor: \"\\u2066Somebody\\u2069\"\nemail: packs@example.org\nstackstorm_version: \">=3.6.0\"\n",
    );
    file(
        pack,
        "actions/odd.yaml",
        "---\nname: \"odd\\e[2J\\u202Elmth\"\ndescription: \"\\e]0;title\\a\"\nrunner_type: noop\n\"un\\ekown\\u202E\": 1\n",
    );
}

fn deep_directories(pack: &Path) {
    file(pack, &format!("{}deep.txt", "d/".repeat(300)), "deep\n");
}

fn device_names(pack: &Path) {
    for name in ["con.yaml", "aux.py", "NUL", "com1.txt", "lpt1"] {
        file(pack, &format!("etc/{name}"), "x\n");
    }
    file(pack, "actions/nul.yaml", "---\nname: nul\nrunner_type: noop\n");
}

/// A reader that opens it waits for ever.
fn fifo(pack: &Path) {
    for path in ["actions/pipe.yaml", "config.schema.yaml", "icon.png"] {
        let status = Command::new("mkfifo").arg(pack.join(path)).status().expect("mkfifo starts");
        assert!(status.success());
    }
}

/// 100 MiB that take no space on the disk.
fn large_file(pack: &Path) {
    for path in ["data.bin", "actions/large.yaml"] {
        fs::File::create(pack.join(path)).and_then(|file| file.set_len(100 << 20)).expect("a sparse file");
    }
}

fn many_files(pack: &Path) {
    for number in 0..10_100 {
        file(pack, &format!("data/{}/{number}", number / 500), "");
    }
}

fn odd_paths(pack: &Path) {
    file(pack, "lib/back\\slash.py", "");
    file(pack, "lib/new\nline.py", "");
    file(pack, "lib/bell\u{7}.py", "");
    file(pack, "lib/..\\..\\up.py", "");
    file(pack, "lib/<script>alert(1)<\u{2f8}script>.py", "");
    fs::write(pack.join("lib").join(OsStr::from_bytes(b"not-utf8-\xff.py")), "").expect("written");
}

fn symlinks(pack: &Path) {
    fs::remove_file(pack.join("README.md")).expect("removed");
    for (target, link) in [
        ("/etc/passwd", "README.md"),
        ("/etc/passwd", "actions/passwd.yaml"),
        ("/", "root"),
        (".", "loop"),
        ("../healthy", "neighbour"),
        ("second", "first"),
        ("first", "second"),
        ("nowhere", "dangling"),
    ] {
        symlink(target, pack.join(link)).expect("linked");
    }
}

/// A workflow whose graph is dense and cyclic: every task leads to every other.
fn workflow_cycles(pack: &Path) {
    let mut text = "version: 1.0\ninput: []\ntasks:\n".to_owned();
    let names: Vec<String> = (0..150).map(|number| format!("task{number}")).collect();
    for name in &names {
        let next = names.join(", ");
        writeln!(text, "  {name}:\n    action: core.noop\n    next:\n      - do: [{next}]").expect("a string");
    }
    file(pack, "actions/workflows/cycles.yaml", text);
    file(
        pack,
        "actions/cycles.yaml",
        "---\nname: cycles\nrunner_type: orquesta\nentry_point: workflows/cycles.yaml\ndescription: Cycles.\n",
    );
}

fn yaml_long_line(pack: &Path) {
    let line = "word ".repeat(180_000);
    file(pack, "actions/long.yaml", format!("name: long\nrunner_type: noop\ndescription: \"{line}\"\n"));
    file(pack, "actions/wrong.yaml", format!("name: wrong\nrunner_type: noop\nunknown_key: \"{line}\"\n"));
}

fn yaml_many_keys(pack: &Path) {
    let mut text = "name: keys\nrunner_type: noop\nparameters:\n".to_owned();
    for number in 0..100_000 {
        writeln!(text, " k{number}:").expect("a string");
    }
    file(pack, "actions/keys.yaml", text);
}
