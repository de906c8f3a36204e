//! Blocks: what is shown of entries, in the order of their numbers, some at a time.

use serde_json::{Value, json};

use super::RESULT_SUMMARY;
use crate::catalog::CatalogPack;
use crate::pack::Component;
use crate::site::pages::home;
use crate::site::{links, text};

/// What is shown of some entries that follow each other.
pub(super) struct Block {
    /// The number of the first one.
    pub(super) first: u32,
    /// What `assets/search.js` reads: the version of the pack whose component is first, if one is; and the entries.
    pub(super) text: String,
}

/// Most entries of a block, and how many let it end where a pack does.
const MOST: u32 = 12;
const ENOUGH: u32 = 6;

/// Makes blocks of at most about `bound` bytes, from entries in the order of their numbers.
///
/// They end by the number of their entries, and by `bound` only where texts are long: so a text that gets longer moves nothing from
/// one block to another, which would change every one behind it.
pub(super) struct Blocks {
    bound: usize,
    next: u32,
    done: Vec<Block>,
    /// Whether the next entry starts a block.
    is_full: bool,
}

impl Blocks {
    pub(super) fn new(bound: usize) -> Self {
        Self { bound, next: 0, done: Vec::new(), is_full: false }
    }

    /// Adds a pack and its components.
    pub(super) fn add(&mut self, pack: &CatalogPack) {
        let release = pack.latest();
        let content = &release.pack;
        // As it stands in addresses.
        let version = links::segment(release.version().as_str());
        let title = home::title(&pack.id, content).map(text::visible).unwrap_or_default();
        self.is_full = self.count() >= ENOUGH;
        self.push(&shortened(vec![json!(version), json!(summary(&content.description)), json!(title)]), "");
        for (component, stem) in content.components.iter().zip(links::stems(content)) {
            self.push(&self::component(pack, component, stem), &version);
        }
    }

    /// Returns the blocks.
    pub(super) fn end(mut self) -> Vec<Block> {
        if let Some(block) = self.done.last_mut() {
            block.text.push(']');
        }
        self.done
    }

    /// Returns how many entries the last block has.
    fn count(&self) -> u32 {
        self.done.last().map_or(0, |block| self.next - block.first)
    }

    /// Adds an entry; a block that starts with it starts with `version`.
    fn push(&mut self, entry: &Value, version: &str) {
        let (text, has_place) = (entry.to_string(), !self.is_full && self.count() < MOST);
        match self.done.last_mut() {
            Some(block) if has_place && block.text.len() + text.len() < self.bound => {
                block.text.push(',');
                block.text.push_str(&text);
            }
            last => {
                if let Some(before) = last {
                    before.text.push(']');
                }
                let text = format!("[{},{text}", json!(version));
                self.done.push(Block { first: self.next, text });
            }
        }
        self.is_full = false;
        self.next += 1;
    }
}

/// Returns what is shown of a component: name, summary, file name of its page unless it is the name, reference unless it is
/// `pack.name`.
fn component(pack: &CatalogPack, component: &Component, stem: String) -> Value {
    let name = text::visible(&component.name);
    let is_named = component.reference == format!("{}.{}", pack.id.name, component.name);
    let reference = if is_named { "".into() } else { text::visible(&component.reference) };
    let stem = if stem == name { String::new() } else { stem };
    shortened(vec![json!(name), json!(summary(&component.description)), json!(stem), json!(reference)])
}

/// Returns a list without the empty texts at its end.
fn shortened(mut list: Vec<Value>) -> Value {
    while list.len() > 1 && list.last().is_some_and(|last| last == "") {
        list.pop();
    }
    list.into()
}

/// Returns the first sentence or so of a description.
pub(super) fn summary(description: &str) -> String {
    text::visible(&text::cut(&text::summary(description), RESULT_SUMMARY)).into_owned()
}
