//! Spelling: the words by which a wrongly typed one is put right, in pieces by first letter.
//!
//! The root has the names of packs, so that a wrong first letter is found too; these are the words of everything else.

use std::cmp::Reverse;

use super::numbers;
use super::postings::Postings;
use super::shards::Shard;

/// Shortest word that is put right, in characters.
const SHORTEST: usize = 4;

/// Returns the words by first letter, the letters in pieces of at most `bound` bytes: of the words of a letter that has more
/// than that, the most frequent ones.
pub(super) fn pieces(postings: &Postings, bound: usize) -> Vec<Shard> {
    let mut pieces: Vec<(String, Vec<usize>, usize)> = Vec::new();
    let all: Vec<usize> = (0..postings.len()).collect();
    for letter in all.chunk_by(|a, b| first(postings, *a) == first(postings, *b)) {
        let (words, size) = of_letter(postings, letter, bound);
        match pieces.last_mut() {
            Some((_, before, total)) if *total + size <= bound => {
                before.extend(words);
                *total += size;
            }
            _ => pieces.push((first(postings, letter[0]).to_string(), words, size)),
        }
    }
    pieces.retain(|(_, words, _)| !words.is_empty());
    pieces.into_iter().map(|(from, words, _)| Shard { from, text: text(postings, &words) }).collect()
}

fn first(postings: &Postings, at: usize) -> char {
    postings.word(at).chars().next().unwrap_or_default()
}

/// Returns the most frequent words of a letter in order, and how many bytes they take at most.
fn of_letter(postings: &Postings, words: &[usize], bound: usize) -> (Vec<usize>, usize) {
    let is_wanted =
        |word: &str| word.chars().nth(SHORTEST - 1).is_some() && !word.contains(|c: char| c.is_ascii_digit());
    let mut words: Vec<(usize, usize)> = words
        .iter()
        .filter(|at| is_wanted(postings.word(**at)))
        .map(|at| (postings.spoken(*at), *at))
        .filter(|(spoken, _)| *spoken > 0)
        .collect();
    words.sort_unstable_by_key(|(spoken, at)| (Reverse(*spoken), *at));
    let mut size = 0;
    let mut chosen: Vec<usize> = words
        .into_iter()
        .map_while(|(_, at)| {
            let with = size + postings.word(at).len() + 3;
            (with <= bound).then(|| size = with).map(|()| at)
        })
        .collect();
    chosen.sort_unstable();
    (chosen, size)
}

/// Returns words, each with how often it is used: the digit is the logarithm.
fn text(postings: &Postings, words: &[usize]) -> String {
    let (mut text, mut before) = (String::new(), "");
    for at in words {
        let word = postings.word(*at);
        numbers::push_front_coded(before, word, &mut text);
        text.push(char::from(b'0' + postings.spoken(*at).ilog2().min(9) as u8));
        text.push(';');
        before = word;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::postings::{Class, Gathered};
    use super::*;

    #[test]
    fn frequent_words_are_kept_and_letters_share_a_piece() {
        let mut gathered = Gathered::default();
        let mut add = |word: &str, class, count: u32| (0..count).for_each(|entry| gathered.add(word, class, entry));
        add("weather", Class::SUMMARY, 9);
        add("weatherman", Class::SUMMARY, 1);
        add("storm", Class::KEYWORD, 2);
        add("read", Class::README, 5);
        add("s3-x9", Class::KEYWORD, 5);
        add("air", Class::KEYWORD, 5);
        let postings = gathered.sorted();
        let pieces = |bound| pieces(&postings, bound).into_iter().map(|one| (one.from, one.text)).collect::<Vec<_>>();
        assert_eq!(pieces(99), [("a".to_owned(), "Wstorm1;Wweather3;dman0;".to_owned())]);
        assert_eq!(pieces(10), [("a".to_owned(), "Wstorm1;".to_owned()), ("w".to_owned(), "Wweather3;".to_owned())]);
    }
}
