//! What somebody may have meant.

use crate::ident::distance;

/// Most letters in which a word may differ from another one to be suggested.
const NEAR: usize = 4;
/// Most words that are suggested.
const MOST: usize = 3;

/// Returns a question that names what is spelt almost like a word, or has it as a part; nothing when nothing is.
pub(super) fn did_you_mean<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let is_part = |known: &str| known.split(['-', '/']).any(|part| part == word);
    let mut near: Vec<(usize, &str)> = known
        .map(|known| (distance(word, known), known))
        .filter(|(distance, known)| *distance <= NEAR || is_part(known))
        .collect();
    near.sort_unstable();
    let near: Vec<String> = near.iter().take(MOST).map(|(_, known)| format!("`{known}`")).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested() {
        let known = ["attune/echo", "stackstorm/mail"];
        assert_eq!(did_you_mean("attune/ecko", known.into_iter()).as_deref(), Some("did you mean `attune/echo`?"));
        assert_eq!(did_you_mean("mail", known.into_iter()).as_deref(), Some("did you mean `stackstorm/mail`?"));
        assert_eq!(did_you_mean("something-else-altogether", known.into_iter()), None);
    }
}
