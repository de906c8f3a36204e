//! Shards: words and their entries in pieces of which a query needs one per word.
//!
//! The words form a tree by their letters. A part of the tree that is small enough is a leaf, and neighbours share a leaf while
//! they fit; what is too large is divided by the next letter. So every word, and every beginning of one, has all that it needs
//! in the one leaf that starts last before it; unless it is a prefix that was divided, which has a head: its own entries if it
//! is a word, and the best entries of everything below.

use std::ops::Range;

use super::numbers;
use super::postings::Postings;

/// A piece of the words, and from where on it counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// The first prefix in a leaf, or the prefix of a head.
    pub(super) from: String,
    /// What `assets/search.js` reads.
    pub(super) text: String,
}

/// The words in pieces.
#[derive(Debug, Default)]
pub(super) struct Shards {
    pub(super) leaves: Vec<Shard>,
    pub(super) heads: Vec<Shard>,
}

/// What a head calls the entries of everything below its prefix; no word has this character.
const BELOW: &str = "*";

/// Divides words into leaves of at most `bound` bytes, but for a word whose own entries are more.
pub(super) fn divide(postings: &Postings, standing: &[u32], bound: usize) -> Shards {
    let mut lists = String::new();
    let lists_of = (0..postings.len())
        .map(|at| {
            let start = lists.len();
            postings.push(at, standing, &mut lists);
            start..lists.len()
        })
        .collect();
    let mut division = Division { postings, standing, bound, lists: &lists, lists_of, shards: Shards::default() };
    division.divide(0..postings.len(), 0);
    division.shards
}

struct Division<'a> {
    postings: &'a Postings,
    standing: &'a [u32],
    bound: usize,
    lists: &'a str,
    lists_of: Vec<Range<usize>>,
    shards: Shards,
}

impl Division<'_> {
    /// Divides words that share their first `depth` characters. Words are of bounded length, so this is too.
    fn divide(&mut self, words: Range<usize>, depth: usize) {
        if depth > 0 {
            self.head(words.clone(), depth);
        }
        // A word that ends here is in the head.
        let mut at = words.start + usize::from(depth > 0 && self.char(words.start, depth).is_none());
        let mut open = at..at;
        while at < words.end {
            let next = self.char(at, depth);
            let len = (at..words.end).take_while(|other| self.char(*other, depth) == next).count();
            let child = at..at + len;
            at = child.end;
            if self.size(&child) > self.bound {
                self.leaf(std::mem::replace(&mut open, at..at), depth);
                if len == 1 { self.leaf(child, depth) } else { self.divide(child, depth + 1) }
            } else if self.size(&(open.start..child.end)) > self.bound {
                self.leaf(std::mem::replace(&mut open, child), depth);
            } else {
                open.end = child.end;
            }
        }
        self.leaf(open, depth);
    }

    fn leaf(&mut self, words: Range<usize>, depth: usize) {
        if words.is_empty() {
            return;
        }
        let from = self.prefix(words.start, depth + 1);
        let (mut text, mut before) = (String::with_capacity(self.size(&words)), "");
        for at in words {
            let word = self.postings.word(at);
            numbers::push_front_coded(before, word, &mut text);
            self.end(at, &mut text);
            before = word;
        }
        self.shards.leaves.push(Shard { from, text });
    }

    fn head(&mut self, words: Range<usize>, depth: usize) {
        let (from, mut text) = (self.prefix(words.start, depth), String::new());
        if self.postings.word(words.start) == from {
            numbers::push_front_coded("", &from, &mut text);
            self.end(words.start, &mut text);
        }
        numbers::push_front_coded("", BELOW, &mut text);
        text.push(' ');
        self.postings.push_head(words, self.standing, &mut text);
        text.push(';');
        self.shards.heads.push(Shard { from, text });
    }

    fn end(&self, at: usize, text: &mut String) {
        text.push(' ');
        text.push_str(&self.lists[self.lists_of[at].clone()]);
        text.push(';');
    }

    /// Returns about how many bytes a leaf of these words has.
    fn size(&self, words: &Range<usize>) -> usize {
        if words.is_empty() {
            return 0;
        }
        // Front coding leaves about half of a word.
        self.lists_of[words.end - 1].end - self.lists_of[words.start].start + 8 * words.len()
    }

    fn char(&self, at: usize, depth: usize) -> Option<char> {
        self.postings.word(at).chars().nth(depth)
    }

    fn prefix(&self, at: usize, characters: usize) -> String {
        self.postings.word(at).chars().take(characters).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::postings::{Class, Gathered};
    use super::*;

    /// Returns words of two and three letters, each of which some entries have.
    fn divided(bound: usize) -> (Vec<String>, Shards) {
        let mut gathered = Gathered::default();
        let letters = || 'a'..='j';
        let mut words: Vec<String> = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).collect();
        words.extend(letters().map(|c| format!("ab{c}")));
        for (entry, word) in words.iter().enumerate() {
            gathered.add(word, Class::SUMMARY, entry as u32);
            gathered.add(word, Class::KEYWORD, entry as u32 / 2);
        }
        let standing = vec![0; words.len()];
        (words, divide(&gathered.sorted(), &standing, bound))
    }

    /// Finds the piece that answers for a word or a beginning of one, as the script does.
    fn piece<'a>(shards: &'a Shards, word: &str) -> &'a Shard {
        let head = shards.heads.iter().find(|head| head.from == word);
        head.unwrap_or_else(|| &shards.leaves[shards.leaves.partition_point(|leaf| &*leaf.from <= word).max(1) - 1])
    }

    fn words(shard: &Shard) -> Vec<String> {
        let mut before = String::new();
        shard
            .text
            .split_terminator(';')
            .map(|entry| {
                let (word, _) = entry.split_once(' ').expect("a word and its entries");
                let shared = numbers::tests::read(&word[..1])[0] as usize;
                before = format!("{}{}", &before[..shared], &word[1..]);
                before.clone()
            })
            .collect()
    }

    #[test]
    fn a_word_and_its_beginnings_are_in_one_piece() {
        for bound in [1, 40, 100, 400, 100_000] {
            let (all, shards) = divided(bound);
            assert!(shards.leaves.is_sorted_by(|a, b| a.from < b.from), "{bound}");
            for word in &all {
                assert!(words(piece(&shards, word)).contains(word), "{word} at {bound}: {:?}", piece(&shards, word));
                for prefix in (1..word.len()).map(|end| &word[..end]) {
                    let piece = piece(&shards, prefix);
                    if !shards.heads.contains(piece) {
                        let count = all.iter().filter(|word| word.starts_with(prefix)).count();
                        let found = words(piece);
                        assert_eq!(found.iter().filter(|word| word.starts_with(prefix)).count(), count, "{prefix}");
                    }
                }
            }
        }
    }

    #[test]
    fn leaves_are_within_the_bound() {
        let (_, shards) = divided(200);
        assert!(shards.leaves.len() > 4 && shards.leaves.iter().all(|leaf| leaf.text.len() <= 200), "{shards:?}");
        let (_, whole) = divided(100_000);
        assert_eq!((whole.leaves.len(), whole.heads.len()), (1, 0));
    }
}
