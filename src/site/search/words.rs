//! Words: what names and texts are found by. `assets/search.js` takes queries apart by the same rules.

/// Longest word, in characters; the rest of a longer one is left out.
pub(super) const LONGEST: usize = 32;

/// Words that texts are not found by, and that a query may have in vain.
pub(super) const STOP: &[&str] = &[
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "do", "each", "for", "from", "has",
    "have", "how", "if", "in", "into", "is", "it", "its", "may", "more", "must", "no", "not", "of", "on", "one",
    "only", "or", "other", "so", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "to", "use", "used", "uses", "using", "was", "were", "when", "which", "will", "with", "you", "your",
];

/// Calls `each` with the words of a text: runs of letters and digits, lowercase, without stop words.
pub(super) fn of_text(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    for run in runs(text) {
        fold(run, &mut word);
        if is_telling(&word) {
            each(&word);
        }
    }
}

/// Tells whether a word is one that texts are found by.
pub(super) fn is_telling(word: &str) -> bool {
    STOP.binary_search(&word).is_err()
}

/// Returns the parts of a name: it is split like a text, and where a capital letter starts a word.
pub(super) fn of_name(name: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for run in runs(name) {
        let mut start = 0;
        let mut before: Option<char> = None;
        let mut rest = run.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let next = rest.peek().map(|(_, next)| *next);
            if before.is_some_and(|before| starts_word(before, c, next)) {
                parts.push(folded(&run[start..at]));
                start = at;
            }
            before = Some(c);
        }
        parts.push(folded(&run[start..]));
    }
    parts
}

/// Returns the runs of a name that are several parts, each as one word: `listBuckets` is found by `listbuckets` too.
pub(super) fn joined(name: &str) -> impl Iterator<Item = String> {
    runs(name).filter(|run| of_name(run).len() > 1).map(folded)
}

/// Tells whether a capital letter starts a word: `tB` of `listBuckets`, `PR` of `HTTPRequest`.
fn starts_word(before: char, c: char, next: Option<char>) -> bool {
    c.is_uppercase()
        && (before.is_lowercase()
            || before.is_numeric()
            || before.is_uppercase() && next.is_some_and(char::is_lowercase))
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty())
}

fn folded(run: &str) -> String {
    let mut word = String::new();
    fold(run, &mut word);
    word
}

/// Puts a run in lowercase and within bounds into `word`.
fn fold(run: &str, word: &mut String) {
    word.clear();
    if run.is_ascii() {
        word.push_str(&run[..run.len().min(LONGEST)]);
        word.make_ascii_lowercase();
    } else {
        // Some capitals become a letter and a mark, which is no letter: `İ`.
        word.extend(run.to_lowercase().chars().filter(|c| c.is_alphanumeric()).take(LONGEST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        of_text(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn names_are_split_at_marks_and_capitals() {
        assert_eq!(of_name("list_S3-buckets.now"), ["list", "s3", "buckets", "now"]);
        assert_eq!(of_name("getHTTPResponse2Go"), ["get", "http", "response2", "go"]);
        assert_eq!(of_name("XRDs"), ["xr", "ds"]);
        assert_eq!(of_name("ÄnderungÖffnen"), ["änderung", "öffnen"]);
        assert_eq!(joined("get_HTTPResponse").collect::<Vec<_>>(), ["httpresponse"]);
        assert_eq!(of_name("<\u{202e}>"), Vec::<String>::new());
    }

    #[test]
    fn texts_lose_what_every_text_has() {
        assert_eq!(text("Reads the WEATHER, and acts on it."), ["reads", "weather", "acts"]);
        assert_eq!(text("İzmir ﬁsh"), ["izmir", "ﬁsh"]);
        assert_eq!(text(&"x".repeat(99))[0].len(), LONGEST);
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP.is_sorted());
    }
}
