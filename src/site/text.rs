//! Author text on its way to a page: escaped, cut, summarised.

use std::borrow::Cow;
use std::io::{self, Write};

/// Longest name that is never broken, in bytes.
const LONG_NAME: usize = 16;
/// Longest word that is left out whole where text is cut, in bytes.
const LONG_WORD: usize = 16;
/// Lines of fewer characters were not broken for their length.
const SHORT_LINE: usize = 30;
/// Longest line of a list, in characters.
const SUMMARY_CHARACTERS: usize = 180;

/// Escapes text for HTML and XML, and shows what could deceive a reader as `U+FFFD`.
///
/// Control characters are forbidden by XML 1.0 even when escaped; bidirectional overrides and isolates (Unicode UAX #9) make
/// text look like other text.
pub(super) fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let bytes = text.as_bytes();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        if !SPECIAL[bytes[at] as usize] {
            at += 1;
            continue;
        }
        let (replacement, length): (&[u8], usize) = match bytes[at] {
            b'&' => (b"&amp;", 1),
            b'<' => (b"&lt;", 1),
            b'>' => (b"&gt;", 1),
            b'"' => (b"&quot;", 1),
            b'\'' => (b"&#39;", 1),
            first => match unseen_length(first, &bytes[at + 1..]) {
                0 => {
                    at += 1;
                    continue;
                }
                length => ("\u{fffd}".as_bytes(), length),
            },
        };
        out.write_all(&bytes[done..at])?;
        out.write_all(replacement)?;
        at += length;
        done = at;
    }
    out.write_all(&bytes[done..])
}

/// Returns a name as HTML, in which a long one may be broken between its parts rather than anywhere.
pub(super) fn breakable(name: &str) -> String {
    let mut escaped = Vec::with_capacity(name.len() + 16);
    escape(name, &mut escaped).expect("a vector takes all");
    let escaped = String::from_utf8(escaped).expect("UTF-8 stays UTF-8");
    if name.len() <= LONG_NAME {
        return escaped;
    }
    let mut html = String::with_capacity(escaped.len() + 32);
    let mut before = '.';
    for c in escaped.chars() {
        if matches!(before, '_' | '.' | '-' | '/') && c.is_alphanumeric() && !html.is_empty() {
            html.push_str("<wbr>");
        }
        html.push(c);
        before = c;
    }
    html
}

/// Marks the bytes that start a character which [`escape`] may replace.
static SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut at = 0;
    while at < 0x20 {
        special[at] = at != b'\t' as usize && at != b'\n' as usize && at != b'\r' as usize;
        at += 1;
    }
    let starts = [b'&', b'<', b'>', b'"', b'\'', 0x7f, 0xc2, 0xd8, 0xe2, 0xef];
    let mut at = 0;
    while at < starts.len() {
        special[starts[at] as usize] = true;
        at += 1;
    }
    special
};

/// Returns how many bytes of UTF-8 the unseen character has that starts here; 0 when it is an ordinary one.
fn unseen_length(first: u8, rest: &[u8]) -> usize {
    match (first, rest) {
        (..0x20 | 0x7f, _) => 1,
        (0xc2, [0x80..=0x9f, ..]) | (0xd8, [0x9c, ..]) => 2,
        (0xe2, [0x80, 0x8e | 0x8f | 0xaa..=0xae, ..] | [0x81, 0xa6..=0xa9, ..]) => 3,
        (0xef, [0xbf, 0xbe | 0xbf, ..]) => 3,
        _ => 0,
    }
}

/// Tells whether a character is one that [`escape`] shows as `U+FFFD`.
pub(super) fn is_unseen(c: char) -> bool {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).as_bytes();
    SPECIAL[bytes[0] as usize] && unseen_length(bytes[0], &bytes[1..]) > 0
}

/// Returns text with what could deceive a reader as `U+FFFD`, for where templates do not escape.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_start = |at: usize| SPECIAL[bytes[at] as usize] && unseen_length(bytes[at], &bytes[at + 1..]) > 0;
    if (0..bytes.len()).any(is_start) { text.replace(is_unseen, "\u{fffd}").into() } else { text.into() }
}

/// Returns the first paragraph in one line, cut to what a list can show.
pub(super) fn summary(text: &str) -> Cow<'_, str> {
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default().trim_end();
    if !paragraph.contains(['\n', '\t']) && !paragraph.contains("  ") {
        return cut(paragraph, SUMMARY_CHARACTERS);
    }
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&line, SUMMARY_CHARACTERS).into_owned().into()
}

/// Returns text of at most so many characters, with `…` where something is missing.
pub(super) fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    if text.len() <= characters {
        return text.into();
    }
    match text.char_indices().nth(characters) {
        None => text.into(),
        Some((end, _)) => {
            let shown = &text[..end];
            let is_between_words = text[end..].starts_with(char::is_whitespace);
            // A long word is cut all the same: there may be no other.
            let last = shown.rfind(char::is_whitespace).filter(|at| !is_between_words && end - at <= LONG_WORD);
            format!("{}…", shown[..last.unwrap_or(end)].trim_end()).into()
        }
    }
}

/// Returns text with the line breaks that only keep lines short made spaces: those of lists, of indented lines and between
/// paragraphs stay.
pub(super) fn flowing(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains('\n') {
        return text.into();
    }
    let mut flowing = String::with_capacity(text.len());
    let mut before = "";
    for line in text.lines() {
        let starts_anew = line.trim().is_empty()
            || before.trim().is_empty()
            || before.chars().count() < SHORT_LINE
            || before.ends_with(':')
            || line.starts_with([' ', '\t', '-', '*', '+', '•', '|', '>', '#'])
            || line.starts_with(|c: char| c.is_ascii_digit());
        if !flowing.is_empty() || !before.is_empty() {
            flowing.push(if starts_anew { '\n' } else { ' ' });
        }
        flowing.push_str(line.trim_end());
        before = line;
    }
    flowing.into()
}

/// Returns the pieces of an author's text whose lines flow.
pub(super) fn flowing_pieces(text: &str) -> Vec<Piece<'_>> {
    match flowing(text) {
        Cow::Borrowed(text) => pieces(text),
        Cow::Owned(text) => pieces(&text).into_iter().map(|(code, text)| (code, text.into_owned().into())).collect(),
    }
}

/// Returns a word as it stands within a sentence: an abbreviation keeps its capitals.
pub(super) fn in_sentence(words: &str) -> Cow<'_, str> {
    let is_plain = |word: &str| word.chars().filter(|c| c.is_uppercase()).count() <= 1;
    if words.split(' ').all(|word| !is_plain(word) || !word.contains(char::is_uppercase)) {
        return words.into();
    }
    let word = |word: &str| if is_plain(word) { word.to_lowercase() } else { word.to_owned() };
    words.split(' ').map(word).collect::<Vec<_>>().join(" ").into()
}

/// Returns a size for people, such as `12.3 KiB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// Returns the day of an RFC 3339 time for people, such as `1 September 2026`; what is no such time comes back as it is.
pub(super) fn day(time: &str) -> Cow<'_, str> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let date = time.split('T').next().unwrap_or_default();
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (year, month, day.and_then(|day| day.parse::<u8>().ok())) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}").into(),
        _ => time.into(),
    }
}

/// A piece of a sentence, and whether it is code.
pub(super) type Piece<'a> = (bool, Cow<'a, str>);

/// Returns a sentence in pieces: what stands between backticks is code, if they come in pairs.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(false, text.into())];
    }
    let pieces = text.split('`').enumerate().map(|(number, piece)| (number % 2 == 1, piece.into()));
    pieces.filter(|(_, piece): &Piece<'_>| !piece.is_empty()).collect()
}

/// Returns `1 pack` or `2 packs`.
pub(super) fn count(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_break_between_their_parts() {
        assert_eq!(breakable("short_name"), "short_name");
        assert_eq!(breakable("create_change_set.v2/<x>"), "create_<wbr>change_<wbr>set.<wbr>v2/&lt;x&gt;");
        assert_eq!(breakable("..a_very_long__name_-_"), "..<wbr>a_<wbr>very_<wbr>long__<wbr>name_-_");
    }

    #[test]
    fn text_is_cut_between_words() {
        assert_eq!(cut("ready for use", 11), "ready for…");
        assert_eq!(cut("ready for use", 9), "ready for…");
        assert_eq!(cut("ready for use", 13), "ready for use");
        assert_eq!(cut("a-word-that-is-very-very-long", 20), "a-word-that-is-very-…");
        assert_eq!(cut("is a-word-that-is-very-very-long", 24), "is a-word-that-is-very-v…");
    }

    #[test]
    fn lines_that_were_kept_short_flow() {
        let text = "Reads the weather of a place and of all\nplaces around it, as often\nas `every` says.\n\nIt needs:\n- a key\n- a place\n    which may be far";
        assert_eq!(
            flowing(text),
            "Reads the weather of a place and of all places around it, as often\nas `every` says.\n\nIt needs:\n- a key\n- a place\n    which may be far"
        );
        assert_eq!(flowing(" one line\n"), "one line");
        assert_eq!(flowing_pieces("Runs `it`.")[1], (true, "it".into()));
    }

    #[test]
    fn abbreviations_stay_large_within_a_sentence() {
        assert_eq!(
            ["API", "APIs", "MCP tool", "Action alias"].map(in_sentence),
            ["API", "APIs", "MCP tool", "action alias"]
        );
    }

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        escape(text, &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("UTF-8 stays UTF-8")
    }

    #[test]
    fn markup_controls_and_bidi_are_neutralised() {
        assert_eq!(escaped("<a href=\"x\">'&'"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
        assert_eq!(
            escaped("a\u{0}b\u{7f}c\u{85}d\u{202e}e\u{2066}f\u{61c}g\u{ffff}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}g\u{fffd}"
        );
        let ordinary = "tab\tline\nÂ© ‘quoted’ سلام … ｆｕｌｌ";
        assert_eq!(escaped(ordinary), ordinary);
        assert_eq!(visible("x\u{202e}y"), "x\u{fffd}y");
    }

    #[test]
    fn days_are_for_people() {
        assert_eq!(day("2026-09-01T08:30:00Z"), "1 September 2026");
        assert_eq!(day("2024-12-31"), "31 December 2024");
        assert_eq!(day("soon"), "soon");
        assert_eq!(day("2026-13-01"), "2026-13-01");
    }

    #[test]
    fn code_stands_between_pairs_of_backticks() {
        let texts: Vec<_> =
            pieces("write `a`, not `b`").into_iter().map(|(code, text)| (code, text.to_string())).collect();
        let expected = [(false, "write "), (true, "a"), (false, ", not "), (true, "b")];
        assert_eq!(texts, expected.map(|(code, text)| (code, text.to_owned())));
        assert_eq!(pieces("it`s"), [(false, Cow::Borrowed("it`s"))]);
    }

    #[test]
    fn summaries_are_one_line() {
        assert_eq!(summary("  Runs a\n  command.\n\nMore."), "Runs a command.");
        assert_eq!(summary(&"é".repeat(300)).chars().count(), 181);
        assert_eq!(summary(""), "");
    }
}
