//! The whole index: everything is found, pieces are within their bounds, the bytes are always the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::testing;
use super::*;
use crate::pack::{Component, Field, FieldTable, Pack};

/// An index as the script reads it.
struct Index {
    root: Value,
    pieces: BTreeMap<String, Value>,
    /// How large the file of each piece is.
    sizes: BTreeMap<String, usize>,
}

fn made(catalog: &Catalog, documents: &[Document], bounds: Bounds) -> Vec<(RelPath, Vec<u8>)> {
    let mut made = Vec::new();
    files(catalog, documents, bounds, &mut |path, bytes| made.push((path, bytes))).expect("an index");
    made
}

impl Index {
    fn of(catalog: &Catalog, bounds: Bounds) -> Self {
        let files = made(catalog, &[document()], bounds);
        let mut index = Self { root: Value::Null, pieces: BTreeMap::new(), sizes: BTreeMap::new() };
        let mut tags = BTreeSet::new();
        for (path, bytes) in files {
            index.sizes.insert(path.to_string(), bytes.len());
            let text = String::from_utf8(bytes).expect("UTF-8");
            for line in text.lines() {
                let call =
                    line.strip_prefix("packyardSearch(").and_then(|line| line.strip_suffix(");")).expect("a call");
                let call: (String, String, Value) = serde_json::from_str(&format!("[{call}]")).expect("JSON");
                tags.insert(call.1);
                match call.0.as_str() {
                    "" => index.root = call.2,
                    name => drop(index.pieces.insert(name.to_owned(), call.2)),
                }
            }
        }
        assert_eq!(tags.len(), 1, "all pieces are of one index");
        index
    }

    /// Returns the entries that have a word in one of these lists.
    fn entries(&self, word: &str, letters: &str) -> BTreeSet<u32> {
        let froms = |name: &str| -> Vec<String> {
            self.root[name].as_str().expect("text").split(' ').map(str::to_owned).collect()
        };
        let head = froms("heads").iter().position(|head| head == word).map(|at| format!("h{at}"));
        let is_up_to = |from: &String| from.encode_utf16().le(word.encode_utf16());
        let leaf = || format!("l{}", froms("leaves").partition_point(is_up_to).max(1) - 1);
        let piece = self.pieces[&head.unwrap_or_else(leaf)].as_str().expect("text").to_owned();
        let (mut before, mut found) = (String::new(), BTreeSet::new());
        for entry in piece.split_terminator(';') {
            let (coded, lists) = entry.split_once(' ').expect("a word and its lists");
            let digits = coded.find(|c: char| !matches!(c, '0'..='9' | 'A'..='V')).expect("a digit") + 1;
            let shared = numbers::tests::read(&coded[..digits])[0] as usize;
            let shared: String =
                String::from_utf16(&before.encode_utf16().take(shared).collect::<Vec<_>>()).expect("text");
            before = shared + &coded[digits..];
            for list in lists.split_terminator(',').filter(|list| before == word && letters.contains(&list[..1])) {
                let mut number = 0;
                found.extend(numbers::tests::read(&list[1..]).into_iter().map(|step| {
                    number += step;
                    number
                }));
            }
        }
        found
    }

    /// Returns what is shown of an entry.
    fn shown(&self, entry: u32) -> &Value {
        let mut first = 0;
        let firsts: Vec<u32> = numbers::tests::read(self.root["blocks"].as_str().expect("text"))
            .into_iter()
            .map(|step| {
                first += step;
                first
            })
            .collect();
        let at = firsts.partition_point(|first| *first <= entry) - 1;
        &self.pieces[&format!("b{at}")][(entry - firsts[at] + 1) as usize]
    }
}

fn document() -> Document {
    Document {
        title: "How to publish".to_owned(),
        address: "docs/publish.html".to_owned(),
        text: "Push a tag.".to_owned(),
    }
}

/// Returns the usual catalog, its first pack having components of these names.
fn with_components(names: &[&str]) -> Arc<Catalog> {
    let mut catalog = testing::catalog();
    Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
        let latest = pack.latest;
        let content = &mut pack.releases[latest].pack;
        let components = testing::pack_with_components(names).components;
        *content = Arc::new(Pack { components, ..(**content).clone() });
    });
    catalog
}

const SMALL: Bounds = Bounds { whole: 0, leaf: 64, block: 100, spelling: 64 };

/// All lists of parts of names.
const NAMES: &str = "abcdefghijkl";

fn assert_found_by_their_names(names: &[&str], bounds: Bounds) {
    let catalog = with_components(names);
    let index = Index::of(&catalog, bounds);
    // Before it are the pack itself and those of its components that come first.
    for (entry, name) in (1_u32..).zip(names) {
        for part in words::of_name(name) {
            assert!(index.entries(&part, NAMES).contains(&entry), "{name} is not found by {part}");
        }
        assert_eq!(index.shown(entry)[0], *text_shown(name), "{name}");
    }
}

fn text_shown(name: &str) -> std::borrow::Cow<'_, str> {
    crate::site::text::visible(name)
}

#[test]
fn everything_is_found_by_its_name() {
    let names =
        ["get", "list_buckets", "listBuckets", "Über-Raum", "a.b.c.d.e.f.g.h", "東京_天気", "x", "getaway", "get_2"];
    assert_found_by_their_names(&names, SMALL);
    assert_found_by_their_names(&names, Bounds::USUAL);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_it_is_called_it_is_found(names in proptest::collection::vec("\\PC{1,20}|[a-c]{1,4}(_[a-c]{1,3}){0,3}", 1..40)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_found_by_their_names(&names, SMALL);
    }
}

#[test]
fn words_are_found_where_they_stand() {
    let index = Index::of(&testing::catalog(), SMALL);
    assert_eq!(index.entries("wx", "m"), [0].into(), "an alias");
    assert_eq!(index.entries("temperature", "n"), [1, 2, 3].into(), "descriptions");
    assert_eq!(index.entries("norway", "o"), [0].into(), "the README");
    assert_eq!(index.entries("option", "o"), BTreeSet::new(), "code in the README");
    let behind = index.entries("publish", "m");
    assert_eq!((behind.len(), index.root["documents"][0][1].as_str()), (1, Some("docs/publish.html")));
}

#[test]
fn a_small_registry_is_one_file_and_a_large_one_is_in_bounded_pieces() {
    let whole = Index::of(&testing::catalog(), Bounds::USUAL);
    assert_eq!(whole.sizes.keys().collect::<Vec<_>>(), ["search/index.js"]);
    let names: Vec<String> = (0..3000).map(|number| format!("part{number}_of{}", number % 70)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let bounds = Bounds { whole: 0, leaf: 1000, block: 1000, spelling: 1000 };
    let index = Index::of(&with_components(&names), bounds);
    assert!(index.sizes.len() > 100, "{:?}", index.sizes);
    for (path, size) in &index.sizes {
        // A call around it, a first entry that is larger, and a word that every component has.
        let most = if path.contains("index") {
            usize::MAX
        } else if index.is_of_one_word(path) {
            20_000
        } else {
            1_100
        };
        assert!(*size <= most, "{path} has {size} bytes");
    }
}

impl Index {
    fn is_of_one_word(&self, path: &str) -> bool {
        let name = path.trim_start_matches("search/").trim_end_matches(".js");
        self.pieces[name].as_str().is_some_and(|text| text.matches(';').count() <= 2)
    }
}

#[test]
fn the_bytes_are_the_same_however_many_threads_there_are() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| made(&testing::catalog(), &[document()], SMALL))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn no_text_of_a_pack_leaves_its_string() {
    for bounds in [SMALL, Bounds::USUAL] {
        for (path, bytes) in made(&testing::catalog(), &[], bounds) {
            let text = String::from_utf8(bytes).expect("UTF-8");
            let unseen = |c: char| c != '\n' && crate::site::text::is_unseen(c);
            assert!(
                !text.contains('<') && !text.contains(['\u{2028}', '\u{2029}']) && !text.contains(unseen),
                "{path}"
            );
        }
    }
}

/// Ensures that a longer text moves no entry to another block: every piece would be another one.
#[test]
fn a_longer_text_moves_nothing() {
    let firsts = |description: &str| {
        let mut catalog = testing::catalog();
        Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
            let latest = pack.latest;
            Arc::make_mut(&mut pack.releases[latest].pack).description = description.to_owned();
        });
        let mut blocks = Blocks::new(Bounds::USUAL.block);
        for _ in 0..40 {
            catalog.packs.values().for_each(|pack| blocks.add(pack));
        }
        blocks.end().iter().map(|block| block.first).collect::<Vec<_>>()
    };
    let short = firsts("Weather.");
    assert!(short.len() > 10, "{short:?}");
    assert_eq!(short, firsts("Weather, and more about the weather than there was before."));
}

/// A component is found by the fields that it documents, as little as by its README a pack.
#[test]
fn components_are_found_by_their_fields() {
    let mut catalog = testing::catalog();
    Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
        let latest = pack.latest;
        let content = Arc::make_mut(&mut pack.releases[latest].pack);
        with_field(&mut content.components[0], "admin_password");
        with_field(&mut content.components[1], "isSecretOnly");
    });
    for bounds in [SMALL, Bounds::USUAL] {
        let index = Index::of(&catalog, bounds);
        assert_eq!(index.entries("password", "abcdefghijklmno"), [1].into());
        for word in ["admin", "password"] {
            assert_eq!(index.entries(word, "o"), [1].into(), "{word}");
        }
        for word in ["secret", "issecretonly"] {
            assert_eq!(index.entries(word, "o"), [2].into(), "{word}");
        }
        assert_eq!(index.entries("only", "o"), BTreeSet::new(), "a stop word");
    }
}

fn with_field(component: &mut Arc<Component>, name: &str) {
    let field = Field { name: name.to_owned(), ..Field::default() };
    let table = FieldTable { title: "Parameters".into(), anchor: "parameters".into(), fields: vec![field].into() };
    Arc::make_mut(component).tables.push(Arc::new(table));
}

/// What the index is made from is in its key: READMEs, aliases, dependencies, fields and statuses, besides what lists show.
#[test]
fn whatever_is_found_is_in_the_key() {
    let keys_after = |change: &dyn Fn(&mut CatalogPack)| {
        let mut catalog = testing::catalog();
        Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(change);
        keys(&catalog)
    };
    let before = keys_after(&|_| {});
    assert_eq!(before, keys_after(&|_| {}));
    let content = |change: &dyn Fn(&mut Pack)| {
        keys_after(&|pack| {
            let latest = pack.latest;
            change(Arc::make_mut(&mut pack.releases[latest].pack));
        })
    };
    assert_ne!(before, content(&|pack| pack.aliases.push("meteo".to_owned())));
    assert_ne!(before, content(&|pack| pack.keywords.push("meteo".to_owned())));
    assert_ne!(before, content(&|pack| pack.readme = None));
    assert_ne!(before, content(&|pack| with_field(&mut pack.components[0], "admin_password")));
    assert_ne!(before, content(&|pack| pack.dependencies.clear()));
    assert_ne!(before, keys_after(&|pack| pack.status.archived = Some("gone".to_owned())));
}
