//! Makes characters visible that would otherwise act on a terminal or hide in a text.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Tells whether a character does something instead of being seen.
///
/// Control characters move the cursor or recolour the terminal; bidirectional overrides show a text in another order than it
/// is read ("Trojan Source", CVE-2021-42574); zero-width and tag characters hide text.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Writes a character so that it is seen: invisible ones as `\u{1b}`, line breaks and tabs as `\n`, `\r`, `\t`.
fn push(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_invisible(character) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        }
        _ => out.push(character),
    }
}

/// Returns a text on one line in which every character is seen.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|character| push(&mut out, character));
    Cow::Owned(out)
}

/// Returns a text in which every character is seen; line breaks stay.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n")
}

/// Returns a line of source in which every character is seen, and where each of its characters begins, in bytes.
///
/// Tabs stay: they are the author's indentation. The last offset is the length, so that column `n` (from 1) begins at
/// `offsets[n - 1]`, one column behind the end included.
pub(super) fn source_line(line: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(line.len());
    let mut offsets = Vec::with_capacity(line.len() + 1);
    for character in line.chars() {
        offsets.push(out.len());
        match character {
            '\t' => out.push('\t'),
            _ => push(&mut out, character),
        }
    }
    offsets.push(out.len());
    (out, offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_seen_instead() {
        assert_eq!(one_line("a\u{1b}[31m\u{202e}b\u{9b}\nc"), "a\\u{1b}[31m\\u{202e}b\\u{9b}\\nc");
        assert_eq!(one_line("Grüße 名前 \\ \"ok\""), "Grüße 名前 \\ \"ok\"");
        assert_eq!(lines("one\ntwo\u{200b}\n"), "one\ntwo\\u{200b}");
    }

    #[test]
    fn offsets_follow_the_characters_of_the_author() {
        let (line, offsets) = source_line("\té\u{7}x");
        assert_eq!(line, "\té\\u{7}x");
        assert_eq!(offsets, [0, 1, 3, 8, 9]);
    }
}
