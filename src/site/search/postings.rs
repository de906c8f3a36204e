//! Postings: which entries have which word, and where.
//!
//! Everything found is one sorted list of numbers, so that a hundred thousand components take tens of megabytes and no object
//! each.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use super::numbers;

/// Where a word stands in an entry, best first: the class of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class(u8);

impl Class {
    pub(super) const KEYWORD: Self = Self(12);
    pub(super) const SUMMARY: Self = Self(13);
    pub(super) const README: Self = Self(14);

    /// Returns the class of a part of a name: which one it is, and of how many.
    pub(super) fn name(at: usize, of: usize) -> Self {
        let of = of.clamp(1, 6) as u8 - 1;
        Self(if at == 0 { of } else { 6 + of })
    }

    /// Returns the letter of a list, uppercase if it is not whole.
    fn letter(self, is_whole: bool) -> char {
        let letter = char::from(b'a' + self.0);
        if is_whole { letter } else { letter.to_ascii_uppercase() }
    }
}

/// How many entries a word may have at most, by the best class of which they have to do; names can be found whatever else.
const MOST: [(Range<u8>, usize); 4] = [(0..12, 8_000), (12..13, 1_000), (13..14, 600), (14..15, 200)];
/// How many entries the head of a prefix has at most.
const MOST_OF_HEAD: usize = 160;

/// A word of an entry, packed: which word, which entry, which class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found(u64);

impl Found {
    fn new(word: u32, entry: u32, class: Class) -> Self {
        Self(u64::from(word) << 36 | u64::from(entry) << 4 | u64::from(class.0))
    }
    fn word(self) -> usize {
        (self.0 >> 36) as usize
    }
    fn entry(self) -> u32 {
        (self.0 >> 4) as u32
    }
    fn class(self) -> Class {
        Class(self.0 as u8 & 15)
    }
}

/// Gathers the words of entries.
#[derive(Default)]
pub(super) struct Gathered {
    words: HashMap<Box<str>, u32>,
    found: Vec<Found>,
}

/// All words with their entries, sorted as scripts sort.
pub(super) struct Postings {
    /// The words, each with its place in `found`.
    words: Vec<(Box<str>, Range<usize>)>,
    found: Vec<Found>,
}

impl Gathered {
    /// Makes room for so many more words of entries: there are millions, and no room is worth having for as many again.
    pub(super) fn reserve(&mut self, words: usize) {
        self.found.reserve_exact(words);
    }

    /// Notes that an entry has a word.
    pub(super) fn add(&mut self, word: &str, class: Class, entry: u32) {
        let number = match self.words.get(word) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                self.words.insert(word.into(), number);
                number
            }
        };
        self.found.push(Found::new(number, entry, class));
    }

    /// Sorts what was found. Of the places where an entry has a word the best one counts.
    pub(super) fn sorted(self) -> Postings {
        let Self { words: numbers, mut found } = self;
        found.sort_unstable();
        found.dedup_by_key(|found| found.0 >> 4);
        let mut ranges = vec![0..0; numbers.len()];
        let mut start = 0;
        for group in found.chunk_by(|a, b| a.word() == b.word()) {
            ranges[group[0].word()] = start..start + group.len();
            start += group.len();
        }
        let mut words: Vec<_> =
            numbers.into_iter().map(|(word, number)| (word, ranges[number as usize].clone())).collect();
        words.sort_unstable_by(|(a, _), (b, _)| as_scripts_compare(a, b));
        Postings { words, found }
    }
}

/// Compares text by its UTF-16 code units.
fn as_scripts_compare(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

impl Postings {
    /// Returns how many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Returns a word.
    pub(super) fn word(&self, at: usize) -> &str {
        &self.words[at].0
    }

    /// Returns how many entries have a word other than in their README.
    pub(super) fn spoken(&self, at: usize) -> usize {
        self.found[self.words[at].1.clone()].iter().filter(|found| found.class() < Class::README).count()
    }

    /// Appends the entries of a word: for each class its letter, the numbers of the entries, and a comma.
    ///
    /// Of very common words the entries of best standing are listed; the letter of such a list is uppercase.
    pub(super) fn push(&self, at: usize, standing: &[u32], out: &mut String) {
        let found = &self.found[self.words[at].1.clone()];
        for (classes, most) in MOST {
            let mut entries: Vec<(Class, u32)> = found
                .iter()
                .map(|found| (found.class(), found.entry()))
                .filter(|(class, _)| classes.contains(&class.0))
                .collect();
            let is_whole = entries.len() <= most;
            if !is_whole {
                entries.select_nth_unstable_by_key(most, |(class, entry)| (*class, standing[*entry as usize], *entry));
                entries.truncate(most);
            }
            push_lists(entries, is_whole, out);
        }
    }

    /// Appends the best entries of a range of words, in the same form: what is shown before a word is typed to its end.
    pub(super) fn push_head(&self, range: Range<usize>, standing: &[u32], out: &mut String) {
        let mut best: Vec<(Class, u32, u32)> = Vec::new();
        let shrink = |best: &mut Vec<(Class, u32, u32)>| {
            best.sort_unstable();
            best.dedup_by_key(|(class, _, entry)| (*class, *entry));
            best.truncate(2 * MOST_OF_HEAD);
        };
        for found in self.words[range].iter().flat_map(|(_, place)| &self.found[place.clone()]) {
            if found.class() < Class::README {
                // The number of parts of a name says nothing while a part of it is typed.
                let class = Class(match found.class().0 {
                    first @ 0..6 => first.max(1),
                    6..12 => 7,
                    other => other,
                });
                best.push((class, standing[found.entry() as usize], found.entry()));
                if best.len() > 64 * MOST_OF_HEAD {
                    shrink(&mut best);
                }
            }
        }
        shrink(&mut best);
        let mut entries: Vec<(Class, u32)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        entries
            .extend(best.iter().filter(|(.., entry)| known.insert(*entry)).map(|(class, _, entry)| (*class, *entry)));
        entries.truncate(MOST_OF_HEAD);
        push_lists(entries, true, out);
    }
}

fn push_lists(mut entries: Vec<(Class, u32)>, is_whole: bool, out: &mut String) {
    entries.sort_unstable();
    for list in entries.chunk_by(|(a, _), (b, _)| a == b) {
        out.push(list[0].0.letter(is_whole));
        numbers::push_ascending(list.iter().map(|(_, entry)| *entry), out);
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postings(found: &[(&str, Class, u32)]) -> Postings {
        let mut gathered = Gathered::default();
        for (word, class, entry) in found {
            gathered.add(word, *class, *entry);
        }
        gathered.sorted()
    }

    fn lists(postings: &Postings, at: usize, standing: &[u32]) -> String {
        let mut text = String::new();
        postings.push(at, standing, &mut text);
        text
    }

    #[test]
    fn the_best_place_of_a_word_counts() {
        let (one, two) = (Class::name(0, 1), Class::name(1, 2));
        let postings = postings(&[("b", Class::SUMMARY, 1), ("b", one, 1), ("a", Class::README, 0), ("b", two, 0)]);
        assert_eq!((postings.word(0), postings.word(1)), ("a", "b"));
        assert_eq!(lists(&postings, 0, &[0; 2]), "oW,");
        assert_eq!(lists(&postings, 1, &[0; 2]), "aX,hW,");
        assert_eq!((postings.spoken(0), postings.spoken(1)), (0, 2));
    }

    #[test]
    fn common_words_keep_the_entries_of_best_standing() {
        let many: Vec<_> = (0..400).map(|entry| ("the", Class::README, entry)).collect();
        let standing: Vec<u32> = (0..400).map(|entry| 400 - entry).collect();
        let text = lists(&postings(&many), 0, &standing);
        let entries = numbers::tests::read(text.trim_start_matches('O').trim_end_matches(','));
        assert_eq!((entries.len(), entries[0]), (200, 200));
    }

    #[test]
    fn the_head_of_a_prefix_has_each_entry_once() {
        let postings = postings(&[("ab", Class::SUMMARY, 1), ("ac", Class::name(0, 1), 1), ("ad", Class::README, 2)]);
        let mut head = String::new();
        postings.push_head(0..3, &[0; 3], &mut head);
        assert_eq!(head, "bX,");
    }

    #[test]
    fn words_are_sorted_as_scripts_sort() {
        let words = postings(&[("\u{fb01}", Class::README, 0), ("𐐨", Class::README, 0), ("z", Class::README, 0)]);
        assert_eq!([words.word(0), words.word(1), words.word(2)], ["z", "𐐨", "\u{fb01}"]);
    }
}
