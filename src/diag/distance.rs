//! How far apart two words are, for suggestions in findings.

/// Longest word that is compared, in characters.
const LONGEST: usize = 64;

/// Returns how many characters must be put in, taken out or changed to make one word of the other (Levenshtein).
///
/// A word of over 64 characters is far from everything.
pub fn distance(a: &str, b: &str) -> usize {
    let letters = |text: &str| text.chars().take(LONGEST + 1).collect::<Vec<char>>();
    let (a, b) = (letters(a), letters(b));
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_are_put_in_taken_out_and_changed() {
        for (a, b, apart) in [("kitten", "sitting", 3), ("", "é", 1), ("a", "", 1), ("ab", "ab", 0)] {
            assert_eq!(distance(a, b), apart, "{a} {b}");
        }
        assert_eq!(distance(&"a".repeat(64), "a"), 63);
        assert_eq!(distance(&"a".repeat(65), "a"), usize::MAX);
    }
}
