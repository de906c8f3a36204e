//! Whatever happens between two readings, what is known changes nothing.

use proptest::prelude::*;

use super::*;

/// One edit of the world, from numbers that chance gives.
#[derive(Debug, Clone)]
enum Edit {
    Write {
        pack: usize,
        file: usize,
        text: u8,
    },
    Manifest {
        pack: usize,
        name: usize,
        version: u8,
        needs: usize,
    },
    Remove {
        pack: usize,
        file: usize,
    },
    Move {
        pack: usize,
        to: usize,
    },
    Ignore {
        place: usize,
        rules: usize,
    },
    Nest {
        pack: usize,
        inner: usize,
    },
    Index,
    Commit,
    Tag {
        name: usize,
        back: bool,
    },
    Untag {
        name: usize,
    },
    Switch,
    Lint {
        level: u8,
    },
    Root {
        plain: bool,
        file: usize,
        is_there: bool,
    },
    /// A file that says something of a pack elsewhere, or is gone.
    Elsewhere {
        plain: bool,
        what: u8,
        value: u8,
    },
    Rest,
}

const PACKS: &[&str] =
    &["work/packs/one", "work/packs/two", "work/packs/three", "plain/four", "work/packs/in/five", "plain/six"];
const NAMES: &[&str] = &["one", "two", "three", "four", "nobody"];
const FILES: &[&str] =
    &["README.md", "actions/act.yaml", "actions/flow.yaml", "rules/on.yaml", "pack.yaml", "pack.yml", "b.pyc"];
const TAGS: &[&str] = &["one-v1.0.0", "two-v1.0.0", "three-v2.0.0", "v1.0.0", "nightly", "one-v1.1.0"];
/// What may stand at the root of a source: an agent belongs to the earlier generation of its runtime while the directories
/// `app` and `orchestrator` have files; a dependency belongs to a framework while the workspace has it.
const AT_ROOT: &[&str] =
    &["pyproject.toml", "app/x.py", "app/x.pyc", "app", "orchestrator/x.py", "LICENSE", "agents/tide/other.py"];
const RULES: &[&str] = &["", "*.pyc\n", "actions/\n", "three/\n*.md\n", "!README.md\n"];

fn edit() -> impl Strategy<Value = Edit> {
    let pack = || 0..PACKS.len();
    let name = || 0..NAMES.len();
    prop_oneof![
        6 => (pack(), 0..FILES.len(), 0..4_u8).prop_map(|(pack, file, text)| Edit::Write { pack, file, text }),
        4 => (pack(), name(), 0..3_u8, name())
            .prop_map(|(pack, name, version, needs)| Edit::Manifest { pack, name, version, needs }),
        2 => (pack(), 0..FILES.len()).prop_map(|(pack, file)| Edit::Remove { pack, file }),
        1 => (pack(), pack()).prop_map(|(pack, to)| Edit::Move { pack, to }),
        2 => (0..PACKS.len() + 2, 0..RULES.len()).prop_map(|(place, rules)| Edit::Ignore { place, rules }),
        1 => (pack(), name()).prop_map(|(pack, inner)| Edit::Nest { pack, inner }),
        1 => Just(Edit::Index),
        3 => Just(Edit::Commit),
        2 => (0..TAGS.len(), any::<bool>()).prop_map(|(name, back)| Edit::Tag { name, back }),
        1 => (0..TAGS.len()).prop_map(|name| Edit::Untag { name }),
        1 => Just(Edit::Switch),
        1 => (0..3_u8).prop_map(|level| Edit::Lint { level }),
        3 => (any::<bool>(), 0..AT_ROOT.len(), any::<bool>())
            .prop_map(|(plain, file, is_there)| Edit::Root { plain, file, is_there }),
        3 => (any::<bool>(), 0..6_u8, 0..3_u8).prop_map(|(plain, what, value)| Edit::Elsewhere { plain, what, value }),
        3 => Just(Edit::Rest),
    ]
}

impl World {
    /// Makes an edit and returns what a watcher would see; nothing when it would only know that something happened.
    fn apply(&mut self, edit: &Edit) -> Option<Vec<Utf8PathBuf>> {
        let root = self.root();
        let git = |path: &str| Some(vec![root.join("work/.git").join(path)]);
        match *edit {
            Edit::Write { pack, file, text } => {
                let content = match FILES[file] {
                    "rules/on.yaml" => rule("when", &format!("{}.act", NAMES[text as usize])),
                    "README.md" => format!("# {text}\n"),
                    "pack.yaml" => format!("broken: [{text}\n"),
                    other => action(other.trim_start_matches("actions/").trim_end_matches(".yaml"), &text.to_string()),
                };
                Some(self.write(&format!("{}/{}", PACKS[pack], FILES[file]), &content))
            }
            Edit::Manifest { pack, name, version, needs } => {
                let text = manifest(NAMES[name], &format!("1.{version}.0"), NAMES[needs]);
                Some(self.write(&format!("{}/pack.yaml", PACKS[pack]), &text))
            }
            Edit::Remove { pack, file } => {
                let path = root.join(PACKS[pack]).join(FILES[file]);
                let _ = std::fs::remove_file(&path);
                Some(vec![path])
            }
            Edit::Move { pack, to } => {
                let (from, to) = (root.join(PACKS[pack]), root.join(PACKS[to]));
                let _ = std::fs::rename(&from, &to);
                Some(vec![from, to])
            }
            Edit::Ignore { place, rules } => {
                let places = PACKS.iter().copied().chain(["work", "work/packs"]);
                let place = places.into_iter().nth(place).expect("a place");
                Some(self.write(&format!("{place}/.gitignore"), RULES[rules]))
            }
            Edit::Nest { pack, inner } => {
                Some(self.write(&format!("{}/inner/pack.yaml", PACKS[pack]), &manifest(NAMES[inner], "3.0.0", "one")))
            }
            Edit::Index => {
                self.repository.git(&["add", "--all"]);
                git("index")
            }
            Edit::Commit => {
                self.repository.commit("more");
                git("HEAD")
            }
            Edit::Tag { name, back } => {
                let at = if back { "HEAD~1" } else { "HEAD" };
                let at = if self.repository.git(&["rev-list", "--count", "HEAD"]) == "1" { "HEAD" } else { at };
                self.repository.git(&["tag", "-f", TAGS[name], at]);
                git("refs/tags")
            }
            Edit::Untag { name } => {
                self.repository.git(&["update-ref", "-d", &format!("refs/tags/{}", TAGS[name])]);
                git("packed-refs")
            }
            Edit::Switch => {
                let branches = self.repository.git(&["branch", "--list", "other"]);
                let is_other = self.repository.git(&["symbolic-ref", "--short", "HEAD"]) == "other";
                match (is_other, branches.is_empty()) {
                    (true, _) => self.repository.git(&["checkout", "-q", "-f", "main"]),
                    (false, true) => self.repository.git(&["checkout", "-q", "-f", "-b", "other"]),
                    (false, false) => self.repository.git(&["checkout", "-q", "-f", "other"]),
                };
                None
            }
            Edit::Lint { level } => {
                let level = [None, Some(Level::Allow), Some(Level::Deny)][level as usize];
                let lints = ["unknown-dependency", "unknown-action", "version-untagged"];
                self.config.lints = lints.into_iter().filter_map(|lint| Some((lint.to_owned(), level?))).collect();
                Some(Vec::new())
            }
            Edit::Root { plain, file, is_there } => {
                let path = format!("{}/{}", ROOTS[usize::from(plain)], AT_ROOT[file]);
                if is_there && AT_ROOT[file] != "app" {
                    return Some(self.write(&path, "[tool.uv.sources]\nhelper = { workspace = true }\n"));
                }
                let path = root.join(path);
                if is_there {
                    std::fs::create_dir_all(&path).expect("a directory");
                    return Some(vec![path]);
                }
                let _ = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path));
                Some(vec![path])
            }
            Edit::Elsewhere { plain, what, value } => {
                let source = ROOTS[usize::from(plain)];
                let file = ["argo/apis.yaml", "argo/provider.yaml", "apis/queue/xrd.yaml", "apis/queue/in/x.txt"]
                    [what as usize % 4];
                let path = format!("{source}/{file}");
                let text = match (file, value) {
                    (_, 0) => None,
                    ("argo/apis.yaml", 1) => Some(application(&place(source, "apis/queue"), "main")),
                    ("argo/apis.yaml", _) => Some(application(&place(source, "apis/queue/in"), "main")),
                    ("argo/provider.yaml", version) => Some(provider(&format!("v0.{version}.0"))),
                    ("apis/queue/xrd.yaml", 2) => Some("a: [\n".to_owned()),
                    _ => Some(XRD.to_owned()),
                };
                if let Some(text) = text {
                    return Some(self.write(&path, &text));
                }
                let _ = std::fs::remove_file(root.join(&path));
                Some(vec![root.join(path)])
            }
            Edit::Rest => {
                rest();
                Some(Vec::new())
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Ensures that what is known changes nothing, with and without a watcher, whatever happens between two readings.
    #[test]
    fn a_reading_with_what_is_known_is_a_reading_from_nothing(
        rounds in proptest::collection::vec(proptest::collection::vec(edit(), 1..4), 1..9),
    ) {
        let mut world = World::new().with_agents().with_platform();
        let cache = cache(&world);
        let (mut looking, mut watching, mut running) = (Known::default(), Known::default(), Known::default());
        world.check(&mut looking, None, "first");
        world.read(&mut watching, None);
        for edits in &rounds {
            let seen: Vec<Option<Vec<Utf8PathBuf>>> = edits.iter().map(|edit| world.apply(edit)).collect();
            let saved = seen.into_iter().collect::<Option<Vec<_>>>().map(|all| all.concat());
            let fresh = shown(&world.read(&mut Known::default(), None));
            let looked = shown(&world.read(&mut looking, None));
            prop_assert_eq!(&looked, &fresh, "looking after {:?}", edits);
            let watched = shown(&world.read(&mut watching, saved.as_deref()));
            prop_assert_eq!(&watched, &fresh, "watching after {:?}", edits);
            running = next_run(&world, &mut running, &cache);
            let ran = shown(&world.read(&mut running, None));
            prop_assert_eq!(&ran, &fresh, "another run after {:?}", edits);
        }
    }
}
