//! Entries: the words of packs and their components.

use super::postings::{Class, Gathered};
use super::words;
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::pack::Component;
use crate::site::pages::home;
use crate::site::{markdown_text, text};

/// Most of a description that is looked at, in characters.
const DESCRIPTION: usize = 400;
/// Most of a README that is looked at, in bytes.
const README: usize = 64 << 10;
/// How many words of a README count: the first ones.
const README_WORDS: usize = 150;
/// Shortest word of a README that counts, in bytes.
const README_SHORTEST: usize = 3;
/// How many fields of a component count: the first ones of its tables.
const FIELDS: usize = 40;

/// The words of a pack and of its components.
#[derive(Default)]
pub(super) struct PackWords {
    /// All words, one after the other.
    text: String,
    /// Each word: where it ends, its class, and which entry it is of, counted from the pack.
    found: Vec<(u32, Class, u32)>,
}

impl PackWords {
    /// Finds the words of a pack. Its name is not among them: the root has it.
    pub(super) fn of(pack: &CatalogPack) -> Self {
        let release = pack.latest();
        let content = &release.pack;
        let mut words = Self::default();
        let title = home::title(&pack.id, content).unwrap_or_default();
        let keywords = content.keywords.iter().chain(&content.aliases).map(String::as_str);
        for keyword in keywords.chain([title]) {
            words.text(0, Class::KEYWORD, keyword);
        }
        words.text(0, Class::SUMMARY, &content.description);
        words.readme(release);
        for (component, entry) in content.components.iter().zip(1..) {
            words.component(entry, component);
        }
        words
    }

    /// Finds the words of a document.
    pub(super) fn of_document(title: &str, text: &str) -> Self {
        let mut words = Self::default();
        words.text(0, Class::KEYWORD, title);
        words::of_text(text, |word| words.add(0, Class::README, word));
        words
    }

    /// Returns how many words there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Adds the words to those of all, the pack being the entry `first`.
    pub(super) fn gather(&self, first: u32, gathered: &mut Gathered) {
        let mut start = 0;
        for (end, class, entry) in &self.found {
            gathered.add(&self.text[start..*end as usize], *class, first + entry);
            start = *end as usize;
        }
    }

    fn component(&mut self, entry: u32, component: &Component) {
        let parts = words::of_name(&component.name);
        for (at, part) in parts.iter().enumerate() {
            self.add(entry, Class::name(at, parts.len()), part);
        }
        for joined in words::joined(&component.name) {
            self.add(entry, Class::name(0, 1), &joined);
        }
        self.text(entry, Class::KEYWORD, component.title.as_deref().unwrap_or_default());
        self.text(entry, Class::SUMMARY, &component.description);
        let fields = component.tables.iter().flat_map(|table| table.fields.unpack());
        for field in fields.take(FIELDS) {
            let parts = words::of_name(&field.name).into_iter().chain(words::joined(&field.name));
            for part in parts.filter(|part| words::is_telling(part)) {
                self.add(entry, Class::README, &part);
            }
        }
    }

    fn text(&mut self, entry: u32, class: Class, text: &str) {
        let text = text::cut(text, DESCRIPTION);
        words::of_text(&text, |word| self.add(entry, class, word));
    }

    fn readme(&mut self, release: &CatalogRelease) {
        let read = || {
            let path = release.pack.readme.as_ref()?;
            release.content.read(release.content.get(path.as_str())?).ok()
        };
        let Some(bytes) = read() else { return };
        let document = String::from_utf8_lossy(&bytes[..bytes.len().min(README)]);
        let mut known = std::collections::HashSet::new();
        markdown_text::each(&document, |text| {
            words::of_text(text, |word| {
                let is_word = word.len() >= README_SHORTEST && !word.bytes().all(|byte| byte.is_ascii_digit());
                if is_word && known.insert(word.to_owned()) {
                    self.add(0, Class::README, word);
                }
            });
            known.len() < README_WORDS
        });
    }

    fn add(&mut self, entry: u32, class: Class, word: &str) {
        self.text.push_str(word);
        self.found.push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), class, entry));
    }
}
