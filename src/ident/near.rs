//! Which known names somebody may have meant who typed another one.

/// Returns the known names that are nearest to what was typed, the nearest first: at most three.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = ((typed.chars().count() + 1) / 3).max(1);
    let typed = typed.to_lowercase();
    let near = |name: &'a str| (distance(&typed, &name.to_lowercase()), name);
    let mut near: Vec<(usize, &str)> = known.into_iter().map(near).filter(|(distance, _)| *distance <= limit).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

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
    use super::*;

    #[test]
    fn distances_are_known() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!((distance("", "abc"), distance("abc", ""), distance("same", "same")), (3, 3, 0));
    }

    #[test]
    fn only_what_is_near_is_named() {
        assert_eq!(nearest("ehco", ["echo", "shout", "eco"]), ["eco"]);
        assert_eq!(nearest("attune/Ecko", ["attune/echo", "attune/shout"]), ["attune/echo"]);
        assert!(nearest("something-else", ["echo"]).is_empty());
    }
}
