//! Numbers as text, which `assets/search.js` reads.
//!
//! A number is written in digits of five bits, highest first; the last digit is one of the upper half of the alphabet.

const ALPHABET: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/// Appends a number.
pub(super) fn push(number: u32, out: &mut String) {
    let mut shift = 30;
    while shift > 0 && number >> shift == 0 {
        shift -= 5;
    }
    while shift > 0 {
        out.push(char::from(ALPHABET[(number >> shift & 31) as usize]));
        shift -= 5;
    }
    out.push(char::from(ALPHABET[(number & 31 | 32) as usize]));
}

/// Appends ascending numbers as the distances between them.
pub(super) fn push_ascending(numbers: impl IntoIterator<Item = u32>, out: &mut String) {
    let mut before = 0;
    for number in numbers {
        push(number - before, out);
        before = number;
    }
}

/// Returns words that are sorted as one text: each is a number, how many bytes it shares with the one before, and the rest of
/// it; `end` is what ends each.
pub(super) fn front_coded<'a>(words: impl IntoIterator<Item = &'a str>, end: char) -> String {
    let (mut text, mut before) = (String::new(), "");
    for word in words {
        push_front_coded(before, word, &mut text);
        text.push(end);
        before = word;
    }
    text
}

/// Appends how many characters `word` shares with the one before, and the rest of it.
pub(super) fn push_front_coded(before: &str, word: &str, out: &mut String) {
    let shared: usize = before.chars().zip(word.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf16()).sum();
    let mut units = 0;
    push(u32::try_from(shared).unwrap_or(u32::MAX), out);
    out.extend(word.chars().skip_while(|c| {
        units += c.len_utf16();
        units <= shared
    }));
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Reads numbers.
    pub(in crate::site::search) fn read(text: &str) -> Vec<u32> {
        let (mut numbers, mut number) = (Vec::new(), 0);
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|one| *one == byte).expect("a digit") as u32;
            number = number << 5 | digit & 31;
            if digit >= 32 {
                numbers.push(std::mem::take(&mut number));
            }
        }
        numbers
    }

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, 31, 32, 33, 1023, 1024, 99_999, u32::MAX];
        let mut text = String::new();
        numbers.into_iter().for_each(|number| push(number, &mut text));
        assert_eq!(read(&text), numbers);
        let mut text = String::new();
        push_ascending([3, 3, 40, 50_000], &mut text);
        assert_eq!(read(&text), [3, 0, 37, 49_960]);
    }

    #[test]
    fn shared_beginnings_are_written_once() {
        assert_eq!(front_coded(["weather", "weathervane", "wet"], ';'), "Wweather;dvane;Yt;");
        // Counted as scripts count: a character outside the basic plane is two.
        assert_eq!(front_coded(["𐐨a", "𐐨b"], ';'), "W𐐨a;Yb;");
    }
}
