//! What was released stays, whatever happens to the sources, the machine or the index: on real repositories, with the real
//! program.

mod interrupted;
mod kept;
mod refused;
mod tripwires;

use serde_json::Value as Json;

use crate::support::tree::{self, Tree};
use crate::support::{RepoFixture, SiteTest, packs};

const CONFIG: &str = "\
[registry]
name = \"Words\"
url = \"https://packs.example.org\"

[[source]]
path = \"packs\"

[[source]]
git = \"../tool\"
repository = \"https://git.example.org/stackstorm-tool.git\"
";

/// A registry of `attune/plain 1.0.0` from a directory, and of `stackstorm/tool` 1.0.0 and 1.1.0 from tags.
struct Registry {
    site: SiteTest,
    tool: RepoFixture,
}

impl Registry {
    /// Makes the sources.
    fn new() -> Self {
        let site = SiteTest::new()
            .file("packyard.toml", CONFIG)
            .pack("packs/plain", &packs::attune("plain", "1.0.0", "hello"));
        let mut tool = RepoFixture::init(site.beside("tool"));
        for (version, word) in [("1.0.0", "one"), ("1.1.0", "two")] {
            tree::write(tool.path(), &packs::stackstorm("tool", version, word));
            tool.commit(word).tag(&format!("v{version}"));
        }
        Self { site, tool }
    }

    /// Makes the sources and records them.
    fn recorded() -> Self {
        let registry = Self::new();
        registry.site.packyard(&["build"]).with_code(0);
        assert_eq!(registry.site.verified(), ["attune/plain 1.0.0", "stackstorm/tool 1.0.0", "stackstorm/tool 1.1.0"]);
        registry
    }

    /// Returns the files of the registry index that git keeps.
    fn index(&self) -> Tree {
        tree::read(&self.site.root().join("registry-index"))
    }

    /// Returns the archive store.
    fn archives(&self) -> Tree {
        tree::read(&self.site.root().join("registry-archives"))
    }

    /// Returns what is published below a folder.
    fn published(&self, folder: &str) -> Tree {
        tree::read(&self.site.root().join("public").join(folder))
    }

    /// Returns a published JSON file.
    fn json(&self, path: &str) -> Json {
        let bytes = std::fs::read(self.site.root().join("public").join(path)).expect(path);
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Returns the versions of a pack in `index.json`, with their digests.
    fn versions(&self, pack: &str) -> Json {
        self.json("index.json")["packs"][pack]["versions"].clone()
    }

    /// Builds, expects an error of that code, and returns what was said.
    #[track_caller]
    fn build_fails_with(&self, code: &str) -> String {
        let built = self.site.packyard(&["build"]).with_code(1);
        assert!(built.stdout.contains(&format!("error[{code}]")), "{}", built.stdout);
        built.stdout
    }
}

/// Requires two trees to be equal.
#[track_caller]
fn assert_same(expected: &Tree, actual: &Tree) {
    assert_eq!(tree::difference(expected, actual), None);
}
