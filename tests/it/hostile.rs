//! Hostile packs: each gives its diagnostic, in bounded time and memory, and the rest of the catalogue is built.
//!
//! The cases are the folders of `tests/hostile/`, whose README says how to write one.

mod generators;
mod packs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// Longest time a build with one hostile pack may take: generous, since tests are built without optimisation and run beside
/// each other.
const TIME: Duration = Duration::from_secs(30);
/// Most address space of the program, in KiB: 3 GiB, most of which is reserved and never touched.
const ADDRESS_SPACE_KIB: u64 = 3 << 20;
/// Most bytes that a build may say.
const SAID_BYTES: usize = 1 << 20;

/// With a URL, so that the feeds that need one are written.
const CONFIGURATION: &str = "[registry]\nurl = \"https://packs.example.org\"\n\n[[source]]\npath = \"packs\"\n";

/// Text that a page may never contain, in lower case: an attack that was not escaped, or a template that was executed.
const MARKERS: &[&str] = &[
    "<script>alert(",
    "<img src=x onerror",
    "<img src=\"x\" onerror",
    "<svg onload",
    "<svg/onload",
    "<iframe",
    "<form action=\"https:",
    "<base href",
    "ontoggle=alert",
    "\"onmouseover=\"alert(",
    "=\"javascript:",
    "=\"vbscript:",
    "=\"file:",
    "=\"data:text/html",
    "=\"data:image/svg",
    // 7191 * 7193: what a template engine would make of the expression in the cases.
    "51724863",
    "root:x:0:0",
];

/// Names the cases; one test each, so that they run beside each other and are reported by name.
macro_rules! cases {
    ($($name:ident)+) => {
        $(#[test] fn $name() { check(stringify!($name)); })+

        /// Ensures that every folder is a test, and every test a folder.
        #[test]
        fn no_case_is_forgotten() {
            let mut listed: Vec<String> = [$(stringify!($name)),+].map(folder_name).into();
            listed.sort();
            assert_eq!(listed, folders());
        }
    };
}

cases! {
    actions_is_a_file
    astradesk_html_in_every_field
    astradesk_nesting
    attune_escapes
    attune_html_in_every_field
    attune_yaml_bomb
    broken_utf8
    case_clash
    component_name_escape
    control_characters
    css_and_ids
    deep_directories
    dependency_escape
    device_names
    duplicate_and_merge_keys
    empty_files
    entry_point_escape
    fifo
    html_in_every_field
    html_in_names
    html_nesting
    large_file
    license_is_html
    manifest_bomb
    manifest_is_a_directory
    manifest_is_empty
    many_files
    markdown_link_schemes
    markdown_list_nesting
    markdown_quote_nesting
    nasiko_html_in_every_field
    nasiko_manifest_bombs
    odd_characters
    odd_paths
    parameter_pattern
    python_tags
    ref_escape
    schema_references
    svg_as_icon
    symlinks
    template_syntax
    version_escape
    workflow_cycles
    yaml_alias_bomb
    yaml_block_nesting
    yaml_flow_nesting
    yaml_long_line
    yaml_many_keys
    yaml_nul_bytes
}

/// What a case expects, as its `expected.txt` says.
struct Expected {
    ecosystem: &'static str,
    /// Whether the hostile pack is released all the same, so that its pages are there to be looked at.
    released: bool,
    /// Each line: codes of which one must be reported.
    codes: Vec<Vec<String>>,
}

/// What a build did.
struct Outcome {
    status: Option<i32>,
    /// What it said, on stdout and stderr.
    said: String,
    took: Duration,
}

/// Builds a catalogue of the case's pack and a healthy one, and holds the outcome to what is promised.
fn check(case: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(folder_name(case));
    let expected = expected(&folder);
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let catalogue = temporary.path().join("catalogue");
    let hostile = catalogue.join("packs/hostile");
    packs::write(expected.ecosystem, "hostile", &hostile);
    packs::write("stackstorm", "healthy", &catalogue.join("packs/healthy"));
    let committed = packs::overlay(&folder.join("pack"), &hostile);
    let generated = generators::generate(case, &hostile);
    assert!(committed || generated, "{case}: no folder `pack` and no generator");
    fs::write(catalogue.join("packyard.toml"), CONFIGURATION).expect("written");

    let outcome = build(&catalogue);

    assert!(outcome.took < TIME, "{case}: took {:?}\n{}", outcome.took, outcome.said);
    assert!(matches!(outcome.status, Some(0 | 1)), "{case}: status {:?}\n{}", outcome.status, outcome.said);
    for codes in &expected.codes {
        let reported = codes.iter().any(|code| outcome.said.contains(&format!("[{code}]")));
        assert!(reported, "{case}: none of {codes:?} in\n{}", outcome.said);
    }
    assert_terminal_is_safe(case, &outcome.said);
    let index = fs::read(catalogue.join("public/index.json")).expect("the build writes index.json");
    let index: Json = serde_json::from_slice(&index).expect("index.json is JSON");
    assert!(names_pack(&index, "healthy"), "{case}: the healthy pack is not in {index}");
    let released = !expected.released || ["hostile", "domain-hostile"].iter().any(|name| names_pack(&index, name));
    assert!(released, "{case}: the hostile pack has no page to look at\n{}", outcome.said);
    assert_pages_are_clean(case, &catalogue.join("public"));
    let entries: Vec<String> = names_in(temporary.path());
    assert_eq!(entries, ["catalogue"], "{case}: something was written outside the catalogue");
}

/// Runs `packyard build` with bounded address space, and kills it when it takes too long.
fn build(catalogue: &Path) -> Outcome {
    let start = Instant::now();
    let said = catalogue.with_file_name("said");
    let file = fs::File::create(&said).expect("created");
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {ADDRESS_SPACE_KIB} && exec \"$@\""), "sh"])
        .args([env!("CARGO_BIN_EXE_packyard"), "build", "--dir"])
        .arg(catalogue)
        .arg("--out")
        .arg(catalogue.join("public"))
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("cloned"))
        .stderr(file)
        .spawn()
        .expect("sh starts");
    let status = loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            break status.code();
        }
        if start.elapsed() > TIME {
            child.kill().expect("the child can be killed");
            break child.wait().expect("the child can be waited for").code();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let bytes = fs::read(&said).expect("the output was kept");
    fs::remove_file(&said).expect("removed");
    assert!(bytes.len() <= SAID_BYTES, "{} bytes of output", bytes.len());
    Outcome { status, said: String::from_utf8(bytes).expect("the output is UTF-8"), took: start.elapsed() }
}

/// Ensures that what a pack says can neither drive a terminal nor reorder what is read there.
fn assert_terminal_is_safe(case: &str, said: &str) {
    let unsafe_character = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(line) = said.lines().find(|line| line.contains(unsafe_character)) {
        panic!("{case}: a control character in {line:?}");
    }
}

/// Ensures that no page or feed holds a marker.
fn assert_pages_are_clean(case: &str, directory: &Path) {
    for name in names_in(directory) {
        let path = directory.join(&name);
        if path.is_dir() {
            assert_pages_are_clean(case, &path);
            continue;
        }
        if !["html", "xml", "svg"].iter().any(|extension| path.extension().is_some_and(|e| e == *extension)) {
            continue;
        }
        let page = String::from_utf8(fs::read(&path).expect("readable")).expect("a page is UTF-8");
        // Pages that show what a file says show it as text: there, only what is inside of tags counts.
        let shows_files =
            ["files", "compare"].iter().any(|folder| path.components().any(|part| part.as_os_str() == *folder));
        let folded = if shows_files { tags(&page) } else { page.clone() }.to_ascii_lowercase();
        if let Some(marker) = MARKERS.iter().find(|marker| folded.contains(**marker)) {
            panic!("{case}: `{marker}` in {}:\n{page}", path.display());
        }
        // XML 1.0 forbids these, HTML calls them an error.
        let control = |c: char| c < ' ' && !matches!(c, '\n' | '\t' | '\r');
        assert!(!page.contains(control), "{case}: a control character in {}", path.display());
    }
}

/// Returns the tags of a page, without the text between them.
fn tags(page: &str) -> String {
    page.split('<').skip(1).map(|rest| format!("<{}>", rest.split('>').next().unwrap_or_default())).collect()
}

/// Tells whether any object in the index is called `name`.
fn names_pack(index: &Json, name: &str) -> bool {
    match index {
        Json::Object(map) => {
            map.get("name").and_then(Json::as_str) == Some(name) || map.values().any(|value| names_pack(value, name))
        }
        Json::Array(items) => items.iter().any(|item| names_pack(item, name)),
        _ => false,
    }
}

fn expected(folder: &Path) -> Expected {
    let path = folder.join("expected.txt");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let named = |ecosystem: &&&str| lines().any(|line| line.strip_prefix("ecosystem: ") == Some(**ecosystem));
    let ecosystem = ["attune", "astradesk", "nasiko"].iter().find(named).copied().unwrap_or("stackstorm");
    let released = lines().any(|line| line == "released");
    let codes = lines().filter(|line| !line.starts_with("ecosystem:") && *line != "released");
    Expected {
        ecosystem,
        released,
        codes: codes.map(|line| line.split('|').map(|code| code.trim().to_owned()).collect()).collect(),
    }
}

fn folder_name(case: &str) -> String {
    case.replace('_', "-")
}

/// Returns the folders of the corpus, sorted.
fn folders() -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    names_in(&corpus).into_iter().filter(|name| corpus.join(name).is_dir()).collect()
}

/// Returns the names in a directory, sorted.
fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
