//! What is known changes nothing: a reading with it is held against a reading from nothing, after any sequence of edits.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Done, Known};
use crate::build::sources::{self, Place, Reading};
use crate::cache::{Cache, Key};
use crate::config::{Config, SourceConfig};
use crate::diag::Level;
use crate::progress::Silent;
use crate::release::Candidate;
use crate::release::candidates::Wanted;
use crate::source::testing::{RepoFixture, write};

mod edits;
mod later_runs;

use later_runs::{cache, next_run};

/// The roots of the sources.
const ROOTS: [&str; 2] = ["work/packs", "plain"];

/// A repository with packs, a plain directory with packs, and their configuration.
struct World {
    repository: RepoFixture,
    config: Config,
}

impl World {
    fn new() -> Self {
        let path = |path: &str| SourceConfig { path: Some(path.into()), ..SourceConfig::default() };
        let git = SourceConfig { git: Some("work".to_owned()), ..SourceConfig::default() };
        let config = Config { sources: vec![path("work/packs"), git, path("plain")], ..Config::default() };
        let mut world = Self { repository: RepoFixture::new(), config };
        for (pack, needs) in [("one", "two"), ("two", "three"), ("three", "one")] {
            world.write(&format!("work/packs/{pack}/pack.yaml"), &manifest(pack, "1.0.0", needs));
            world.write(&format!("work/packs/{pack}/actions/act.yaml"), &action("act", "core.local"));
            world.write(&format!("work/packs/{pack}/actions/flow.yaml"), &action("flow", "core.local"));
            world.write(&format!("work/packs/{pack}/rules/on.yaml"), &rule("when", &format!("{needs}.act")));
            world.write(&format!("work/packs/{pack}/README.md"), "# 0\n");
        }
        world.write("plain/four/pack.yaml", &manifest("four", "1.0.0", "one"));
        world.write("plain/four/actions/act.yaml", &action("act", "core.local"));
        world.repository.commit("1");
        world.repository.tag("one-v1.0.0").tag("two-v1.0.0");
        world
    }

    /// Adds agents, beside what might make them ones of the earlier generation.
    fn with_agents(mut self) -> Self {
        for root in ROOTS {
            for (file, text) in [
                (
                    "agents/tide/AgentCard.json",
                    "{\"name\": \"tide\", \"version\": \"1.0.0\", \"url\": \"u\", \"skills\": []}",
                ),
                ("agents/tide/Dockerfile", "FROM scratch\n"),
                ("agents/tide/docker-compose.yml", "services: {tide: {container_name: tide-times}}\n"),
                ("agents/tide/main.py", "import os\n"),
                ("orchestrator/x.py", ""),
                (
                    "packages/domain-x/pyproject.toml",
                    "[project]\nname = \"astradesk-domain-x\"\nversion = \"1.0.0\"\ndependencies = [\"helper>=1\"]\n",
                ),
                // A foreign file of the name: the root is looked at and is no pack.
                ("AgentCard.json", "{}"),
            ] {
                self.write(&format!("{root}/{file}"), text);
            }
        }
        self.repository.commit("agents");
        self
    }

    /// Adds an API, and what says of it elsewhere how it is delivered and what is installed for it.
    fn with_platform(mut self) -> Self {
        for root in ROOTS {
            self.write(&format!("{root}/apis/queue/xrd.yaml"), XRD);
            self.write(&format!("{root}/apis/queue/composition.yaml"), COMPOSITION);
            self.write(&format!("{root}/apis/other/xrd.yaml"), &XRD.replace("ueue", "ther"));
            self.write(&format!("{root}/argo/apis.yaml"), &application(&place(root, "apis/queue"), "main"));
            self.write(&format!("{root}/argo/provider.yaml"), &provider("v0.1.0"));
        }
        self.repository.commit("platform");
        self.repository.tag("queue-v1.0.0");
        self
    }

    fn root(&self) -> Utf8PathBuf {
        self.repository.outside()
    }

    fn write(&mut self, path: &str, text: &str) -> Vec<Utf8PathBuf> {
        write(&self.root(), path, text);
        vec![self.root().join(path)]
    }

    fn read(&self, known: &mut Known, saved: Option<&[Utf8PathBuf]>) -> Reading {
        let root = self.root();
        let (cache, written) = (root.join("cache"), vec![root.join("public")]);
        let place = Place { root: &root, cache: &cache, written };
        sources::read(&self.config, &place, Wanted::Everything, true, known, saved, &Silent)
    }

    /// Reads with what is known and from nothing, and requires both to be the same.
    fn check(&self, known: &mut Known, saved: Option<&[Utf8PathBuf]>, what: &str) -> Reading {
        let reading = self.read(known, saved);
        let fresh = self.read(&mut Known::default(), None);
        assert_eq!(shown(&reading), shown(&fresh), "{what}");
        reading
    }
}

const XRD: &str = "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {name: xqueues.g.example}\nspec:\n  \
    group: g.example\n  names: {kind: XQueue, plural: xqueues}\n  versions:\n    - {name: v1, served: true, referenceable: true, schema: \
    {openAPIV3Schema: {type: object}}}\n";

const COMPOSITION: &str = "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {name: queue}\nspec:\n  \
    compositeTypeRef: {apiVersion: g.example/v1, kind: XQueue}\n  mode: Resources\n  resources:\n    - {name: a, base: {apiVersion: \
    kubernetes.crossplane.io/v1alpha2, kind: Object}}\n";

/// Returns a path of a source as one of its repository.
fn place(root: &str, path: &str) -> String {
    if root == ROOTS[0] { format!("packs/{path}") } else { path.to_owned() }
}

fn application(path: &str, revision: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: apis}}\nspec:\n  project: default\n  source: {{repoURL: \
         'https://x.example/y', targetRevision: {revision}, path: {path}}}\n  destination: {{server: s}}\n"
    )
}

fn provider(version: &str) -> String {
    format!(
        "apiVersion: pkg.crossplane.io/v1\nkind: Provider\nmetadata: {{name: p}}\nspec: {{package: \
         'xpkg.upbound.io/crossplane-contrib/provider-kubernetes:{version}'}}\n"
    )
}

fn manifest(name: &str, version: &str, needs: &str) -> String {
    format!(
        "ref: {name}\nname: {name}\nversion: {version}\nauthor: A\nemail: a@example.org\ndescription: d\ndependencies: [{needs}]\n"
    )
}

fn action(name: &str, description: &str) -> String {
    format!(
        "name: {name}\nrunner_type: local-shell-cmd\ndescription: {description}\nenabled: true\nparameters:\n  cmd: {{type: string}}\n"
    )
}

fn rule(name: &str, action: &str) -> String {
    format!(
        "name: {name}\ndescription: d\nenabled: true\ntrigger: {{type: core.st2.webhook, parameters: {{url: x}}}}\naction: {{ref: {action}}}\n"
    )
}

/// Returns everything that a reading says, as text.
fn shown(reading: &Reading) -> Vec<String> {
    let candidates = reading.candidates.iter().map(|candidate| whole(candidate));
    let opened = reading.opened.keys().map(|identity| format!("source {identity}"));
    let failures = reading.failures.iter().map(|(identity, error)| format!("{identity}: {error}"));
    let findings = reading.findings.iter().map(|finding| format!("{finding:?}"));
    candidates.chain(opened).chain(failures).chain(findings).collect()
}

fn whole(candidate: &Candidate) -> String {
    let Candidate { ecosystem, source, stage, at, snapshot, pack, listing, findings, remarks } = candidate;
    let files = (snapshot.files(), snapshot.findings());
    let content: Vec<_> = snapshot.files().iter().map(|file| snapshot.read(file)).collect();
    format!(
        "{} {source:?} {stage:?} {at:?} {files:?} {content:?} {pack:?} {listing:?} {findings:#?} {remarks:?}",
        ecosystem.id()
    )
}

fn rest() {
    std::thread::sleep(std::time::Duration::from_millis(70));
}

/// Returns the candidates by what they are, for comparing addresses.
fn addresses(reading: &Reading) -> BTreeMap<String, *const Candidate> {
    let key = |candidate: &Candidate| {
        let source = &candidate.source;
        format!("{} {:?} {} {:?}", source.repository, candidate.stage, source.path, source.tag)
    };
    reading.candidates.iter().map(|candidate| (key(candidate), Arc::as_ptr(candidate))).collect()
}

fn changed(before: &Reading, after: &Reading) -> Vec<String> {
    let before = addresses(before);
    let new = addresses(after).into_iter().filter(|(key, address)| before.get(key) != Some(address));
    new.map(|(key, _)| key).collect()
}

#[test]
fn what_did_not_change_is_neither_opened_nor_read_and_is_the_same_value() {
    let mut world = World::new();
    rest();
    let mut known = Known::default();
    let first = world.check(&mut known, None, "first");
    assert!(known.done().files_opened > 0 && known.done().packs_read > 0);
    for saved in [None, Some(&[][..])] {
        let again = world.check(&mut known, saved, "again");
        assert_eq!(changed(&first, &again), [""; 0]);
        let scanned = if saved.is_none() { 2 } else { 0 };
        assert_eq!(known.done(), Done { directories_scanned: scanned, ..Done::default() });
    }
    for hinted in [false, true] {
        let before = world.check(&mut known, None, "before");
        let saved = world.write("work/packs/two/README.md", if hinted { "# 1\n" } else { "# 2\n" });
        let after = world.check(&mut known, hinted.then_some(&saved), "a README");
        assert_eq!(changed(&before, &after), ["work/packs Draft two None"]);
        assert_eq!((known.done().files_opened, known.done().packs_read), (1, 1));
        assert_eq!(known.done().directories_scanned, if hinted { 0 } else { 2 });
        rest();
    }
}

/// A pack that refers to another one depends on that one's names, and on nothing else of it.
#[test]
fn a_name_that_goes_away_changes_the_packs_that_ask_for_it() {
    let mut world = World::new();
    world.write("plain/four/actions/flow.yaml", &action("flow", "d"));
    world.write("plain/six/pack.yaml", &manifest("six", "1.0.0", "four"));
    world.write("plain/six/rules/on.yaml", &rule("when", "four.act"));
    rest();
    let mut known = Known::default();
    let mut before = world.check(&mut known, None, "first");
    let root = world.root();
    let mut step = |saved: Vec<Utf8PathBuf>, expected: &[&str], what: &str| {
        let after = world.check(&mut known, Some(&saved), what);
        assert_eq!(changed(&before, &after), expected, "{what}");
        before = after;
    };
    let (here, away) = (root.join("plain/four/actions/act.yaml"), root.join("act.yaml"));
    std::fs::write(&here, action("act", "another text")).expect("a file");
    step(vec![here.clone()], &["plain Head four None"], "an action that keeps its name");
    std::fs::rename(&here, &away).expect("a move");
    step(vec![here.clone()], &["plain Head four None", "plain Head six None"], "an action that is gone");
    std::fs::rename(&away, &here).expect("a move");
    step(vec![here], &["plain Head four None", "plain Head six None"], "an action that is back");
}

#[test]
fn a_new_tag_is_read_and_nothing_else() {
    let mut world = World::new();
    rest();
    let mut known = Known::default();
    let before = world.check(&mut known, None, "first");
    world.repository.tag("three-v1.0.0");
    let after = world.check(&mut known, None, "a tag");
    assert_eq!(known.done().files_opened, 0);
    let new = changed(&before, &after);
    assert_eq!(
        new,
        ["work Released packs/three Some(\"three-v1.0.0\")", "work/packs Released three Some(\"three-v1.0.0\")",]
    );
}

#[test]
fn another_level_of_a_lint_changes_only_what_has_the_finding() {
    let mut world = World::new();
    world.write("work/packs/one/pack.yaml", &manifest("one", "1.0.0", "nobody"));
    rest();
    let mut known = Known::default();
    let before = world.check(&mut known, None, "first");
    let code = before.candidates[0]
        .findings
        .iter()
        .map(|finding| finding.code.name())
        .find(|name| name.contains("dependency"));
    let code = code.expect("an unknown dependency");
    world.config.lints = BTreeMap::from([(code.to_owned(), Level::Allow)]);
    let after = world.check(&mut known, Some(&[]), "allowed");
    assert_eq!(changed(&before, &after), ["work/packs Draft one None"]);
    world.config.limits.files = 1;
    let after = world.check(&mut known, Some(&[]), "limits");
    assert!(after.candidates[0].listing.is_some() && known.done().packs_read > 0, "everything is read again");
}

/// A source that is gone and comes back is read anew, and fails in between.
#[test]
fn a_source_that_fails_is_not_remembered() {
    let world = World::new();
    let mut known = Known::default();
    world.check(&mut known, None, "first");
    let (here, away) = (world.root().join("plain"), world.root().join("away"));
    std::fs::rename(&here, &away).expect("a move");
    let gone = world.check(&mut known, None, "gone");
    assert_eq!(gone.failures.len(), 1);
    world.check(&mut known, Some(&[]), "still gone");
    std::fs::rename(&away, &here).expect("a move");
    world.check(&mut known, Some(&[here]), "back");
}

/// What lies outside a pack, or could make or end one, makes a reading look at everything.
#[test]
fn a_saved_path_that_could_change_which_packs_there_are_is_followed_by_a_walk() {
    let mut world = World::new();
    rest();
    let mut known = Known::default();
    world.check(&mut known, None, "first");
    let root = world.root();
    let mut step = |world: &mut World, act: &dyn Fn(&mut World) -> Vec<Utf8PathBuf>, scans: u64, what: &str| {
        let saved = act(world);
        world.check(&mut known, Some(&saved), what);
        assert_eq!(known.done().directories_scanned, scans, "{what}");
    };
    let rename = |from: &str, to: &str| {
        std::fs::rename(root.join(from), root.join(to)).expect("a move");
        vec![root.join(from), root.join(to)]
    };
    step(&mut world, &|w| w.write("work/packs/one/new.txt", "new"), 0, "a new file");
    step(&mut world, &|w| w.write("work/packs/one/pack.yaml", &manifest("one", "1.2.0", "two")), 0, "a manifest");
    step(&mut world, &|w| w.write("public/x/pack.yaml", "x"), 0, "outside");
    step(&mut world, &|_| rename("work/packs/one/new.txt", "work/packs/one/other.txt"), 0, "a renamed file");
    step(&mut world, &|w| w.write("work/packs/one/in/pack.yml", "x"), 1, "a near miss inside a pack");
    step(&mut world, &|w| w.write("work/packs/five/pack.yaml", &manifest("five", "1.0.0", "one")), 1, "a new pack");
    step(&mut world, &|_| rename("work/packs/two", "work/packs/six"), 1, "a renamed pack");
    step(&mut world, &|_| rename("work/packs/six", "plain/two"), 2, "a moved pack");
    step(&mut world, &|w| w.write("work/.gitignore", "*.md\nfive/\n"), 1, "rules above the source");
    step(&mut world, &|w| w.write("work/packs/one/.gitignore", "!README.md\n"), 1, "rules in a pack");
    step(&mut world, &|w| w.write("work/packs/one/pack.yaml", "not: [a manifest"), 0, "a broken manifest");
    step(&mut world, &|w| w.write("work/packs/one/README.md", "# 5\n"), 0, "a file of a broken pack");
    step(&mut world, &|w| w.write("work/packs/one/pack.yaml", &manifest("one", "1.3.0", "two")), 0, "mended");
    step(
        &mut world,
        &|w| {
            w.repository.tag("one-v1.3.0");
            vec![w.root().join("work/.git/refs/tags/one-v1.3.0")]
        },
        1,
        "a tag",
    );
}

/// A manifest that breaks may show the packs inside its directory, and hide them again when it is mended.
#[test]
fn a_saved_manifest_that_ends_a_pack_shows_the_packs_below_it() {
    let mut world = World::new();
    world.write("plain/four/inner/pack.yaml", &manifest("inner", "1.0.0", "one"));
    world.write("plain/four/inner/actions/act.yaml", &action("act", "d"));
    rest();
    let mut known = Known::default();
    let count = |reading: &Reading| reading.candidates.len();
    let whole = count(&world.check(&mut known, None, "first"));
    let saved = world.write("plain/four/pack.yaml", "broken: [\n");
    assert_eq!(count(&world.check(&mut known, Some(&saved), "broken")), whole + 1);
    let saved = world.write("plain/four/inner/actions/act.yaml", &action("act", "another"));
    world.check(&mut known, Some(&saved), "a file in both");
    let saved = world.write("plain/four/pack.yaml", &manifest("four", "1.0.0", "one"));
    assert_eq!(count(&world.check(&mut known, Some(&saved), "mended")), whole);
}

/// Directories at the root of a source change what agents below it are, also for a watcher that sees one file only.
#[test]
fn a_saved_file_that_shows_a_generation_concerns_all_packs() {
    let mut world = World::new().with_agents();
    rest();
    let mut known = Known::default();
    let name_of = |reading: &Reading| {
        let agent =
            reading.candidates.iter().find(|one| one.source.repository == "plain" && one.ecosystem.id() == "nasiko");
        agent.and_then(|one| Some(one.pack.as_ref()?.id.name.to_string())).expect("an agent")
    };
    assert_eq!(name_of(&world.check(&mut known, None, "first")), "tide");
    let saved = world.write("plain/app/x.py", "");
    assert_eq!(name_of(&world.check(&mut known, Some(&saved), "a new directory")), "tide-times");
    std::fs::remove_file(&saved[0]).expect("removed");
    assert_eq!(name_of(&world.check(&mut known, Some(&saved), "an empty one")), "tide");
    let saved = world
        .write("plain/LICENSE", "Permission to use, copy, modify, and/or distribute this software for any purpose");
    world.check(&mut known, Some(&saved), "a licence");
}

/// What files elsewhere say of a pack is part of it, in the working directory, by tags and by history; what they say of others is not.
#[test]
fn a_file_elsewhere_changes_the_pack_that_it_is_about_and_no_other() {
    let mut world = World::new().with_platform();
    rest();
    let mut known = Known::default();
    let mut before = world.check(&mut known, None, "first");
    let said = |reading: &Reading, repository: &str, tag: Option<&str>| {
        let mut of_source = reading.candidates.iter().filter(|one| one.source.repository == repository);
        let pack = of_source.find_map(|one| {
            let pack = one.pack.as_ref().filter(|pack| pack.id.name.as_str() == "queue")?;
            (one.source.tag.as_deref() == tag).then_some(pack)
        });
        let pack = pack.expect("the API");
        let revision = |fact: &crate::pack::Fact| (fact.label == "Revision").then(|| fact.value.clone());
        let revisions = pack.deliveries.iter().flat_map(|one| &one.facts).filter_map(revision);
        let ranges = pack.dependencies.iter().map(|one| one.range.clone().unwrap_or_default());
        revisions.chain(ranges).collect::<Vec<String>>().join(" ")
    };
    for (repository, tag) in [("plain", None), ("work/packs", None), ("work/packs", Some("queue-v1.0.0"))] {
        assert_eq!(said(&before, repository, tag), "main >=v0.1.0", "{repository} {tag:?}");
    }
    // The whole repository is a source too, and its paths start at its own root.
    assert_eq!(said(&before, "work", None), "main >=v0.1.0");
    let mut step = |world: &mut World, path: &str, text: &str, expected: &[&str], what: &str| {
        let saved = world.write(path, text);
        let after = world.check(&mut known, Some(&saved), what);
        assert_eq!(changed(&before, &after), expected, "{what}");
        before = after;
        said(&before, "plain", None)
    };
    let queue = &["plain Draft apis/queue None"];
    let argo = "plain/argo/apis.yaml";
    assert_eq!(step(&mut world, argo, &application("apis/queue", "v2"), queue, "a revision"), "v2 >=v0.1.0");
    assert_eq!(
        step(&mut world, argo, &application("apis/queue/in", "v2"), queue, "a part that is not there"),
        "v2 >=v0.1.0"
    );
    let inside = "plain/apis/queue/in/x.txt";
    step(&mut world, inside, "", queue, "the part is there");
    assert_eq!(step(&mut world, argo, &application("apis", "v2"), queue, "a directory that holds others"), ">=v0.1.0");
    assert_eq!(step(&mut world, argo, "a: b\n", &[], "nothing of anybody"), ">=v0.1.0");
    assert_eq!(step(&mut world, "plain/argo/provider.yaml", &provider("v0.2.0"), queue, "a version"), ">=v0.2.0");
    let other = provider("v9.0.0").replace("-kubernetes", "-helm");
    assert_eq!(step(&mut world, "plain/argo/other.yaml", &other, &[], "a version of another package"), ">=v0.2.0");
    // What a release says is what its commit said.
    world.write("work/packs/argo/provider.yaml", &provider("v0.3.0"));
    world.write("work/packs/apis/queue/README.md", "# Queue\n");
    world.repository.commit("later");
    world.repository.tag("queue-v1.1.0");
    let after = world.check(&mut known, None, "another tag");
    assert_eq!(said(&after, "work/packs", Some("queue-v1.0.0")), "main >=v0.1.0");
    assert_eq!(said(&after, "work/packs", Some("queue-v1.1.0")), "main >=v0.3.0");
    world.config.sources.iter_mut().for_each(|source| source.releases = Some(crate::config::Releases::History));
    let by_history = world.check(&mut Known::default(), None, "by history");
    let of_queue = by_history.candidates.iter().filter(|one| {
        one.source.repository == "work"
            && one.stage == crate::release::Stage::Released
            && one.source.path.ends_with("queue")
    });
    let ranges: Vec<_> = of_queue.map(|one| one.pack.as_ref().expect("a pack").dependencies[0].range.clone()).collect();
    assert_eq!(ranges, [Some(">=v0.1.0".to_owned()), Some(">=v0.3.0".to_owned())]);
    let cache = cache(&world);
    let mut next = next_run(&world, &mut known, &cache);
    world.check(&mut next, None, "the next run");
}

/// Rules that were written long before they are read have a stamp of their own, and it is not the one from before.
#[test]
fn rules_about_ignored_files_are_looked_at_by_every_reading() {
    let mut world = World::new();
    for name in ["a.md", "a.xy", "act.z"] {
        world.write(&format!("work/packs/one/{name}"), "");
    }
    let cache = cache(&world);
    let (mut known, mut running) = (Known::default(), Known::default());
    let places = ["work/.gitignore", "work/packs/one/.gitignore", "work/.git/info/exclude"];
    for (place, rules) in places.iter().flat_map(|place| [(*place, "*.md\n"), (*place, "*.xy\n"), (*place, "act.*\n")])
    {
        world.write(place, rules);
        rest();
        world.check(&mut known, None, rules);
        world.check(&mut known, None, "the same again");
        running = next_run(&world, &mut running, &cache);
        world.check(&mut running, None, "another run");
    }
    // What is tracked counts, whatever the rules say.
    world.write("work/.gitignore", "*.new\n");
    world.write("work/packs/one/a.new", "");
    rest();
    let before = world.check(&mut known, None, "ignored");
    world.repository.git(&["add", "-f", "packs/one/a.new"]);
    let after = world.check(&mut known, None, "tracked");
    assert_eq!(changed(&before, &after), ["work/packs Draft one None"]);
}
