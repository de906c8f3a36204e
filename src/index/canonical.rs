//! Tells canonical JSON (RFC 8785) by looking at it, without writing it again.
//!
//! Writing a line again and comparing costs more than everything else that is done with it. Nearly every line is plain, and
//! of plain lines a look is proof: keys in order, no spaces, no escape that is not needed, whole numbers.

/// Deepest nesting that is looked into.
const MAX_DEPTH: u32 = 32;

/// Most digits of a number below 2^53.
const MAX_DIGITS: usize = 15;

/// Returns a value as canonical JSON (RFC 8785); nothing for one with a number that has no canonical form.
pub fn canonical_json(value: &serde_json::Value) -> Option<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).ok()
}

/// Tells whether a text is one canonical JSON value, for certain.
///
/// False says nothing: the text may be no JSON, or not canonical, or hold what is not looked at, which is keys that are not
/// plain ASCII (RFC 8785 section 3.2.3 orders them as UTF-16), `\u` escapes, fractions and large numbers.
pub(super) fn is_plainly_canonical(text: &str) -> bool {
    let mut look = Look { bytes: text.as_bytes(), at: 0 };
    look.value(0).is_some() && look.at == text.len()
}

struct Look<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Look<'_> {
    /// Passes a value; nothing when it is not plainly canonical.
    fn value(&mut self, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match *self.bytes.get(self.at)? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u32) -> Option<()> {
        self.at += 1;
        if self.pass(b'}') {
            return Some(());
        }
        let mut before: Option<&[u8]> = None;
        loop {
            let start = self.at;
            let is_plain = self.string()?;
            let key = &self.bytes[start..self.at];
            // The quotes, which are part of both, do not change the order: `"` is below every character of a plain key but
            // the space and `!`, so that the closing one must not be compared.
            let key = &key[1..key.len() - 1];
            if !is_plain || before.is_some_and(|before| before >= key) || !self.pass(b':') {
                return None;
            }
            before = Some(key);
            self.value(depth + 1)?;
            if self.pass(b'}') {
                return Some(());
            }
            if !self.pass(b',') {
                return None;
            }
        }
    }

    fn list(&mut self, depth: u32) -> Option<()> {
        self.at += 1;
        if self.pass(b']') {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            if self.pass(b']') {
                return Some(());
            }
            if !self.pass(b',') {
                return None;
            }
        }
    }

    /// Passes a string, and tells whether it is ASCII without escapes.
    fn string(&mut self) -> Option<bool> {
        if !self.pass(b'"') {
            return None;
        }
        let mut is_plain = true;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(is_plain);
                }
                b'\\' => {
                    // RFC 8785 section 3.2.2.2: these have a short form and no other; `/` has none.
                    if !matches!(self.bytes.get(self.at + 1)?, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') {
                        return None;
                    }
                    is_plain = false;
                    self.at += 2;
                }
                0..0x20 => return None,
                byte => {
                    is_plain &= byte.is_ascii();
                    self.at += 1;
                }
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let is_negative = self.pass(b'-');
        let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = self.bytes.get(self.at)?;
        let is_zero = *first == b'0';
        if digits == 0 || digits > MAX_DIGITS || is_zero && (digits > 1 || is_negative) {
            return None;
        }
        // A fraction or an exponent would follow: then what comes next is no comma and no end.
        self.at += digits;
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn pass(&mut self, byte: u8) -> bool {
        let is_there = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn written(text: &str) -> Option<String> {
        let value: Value = serde_json::from_str(text).ok()?;
        serde_json_canonicalizer::to_string(&value).ok()
    }

    #[test]
    fn plain_text_is_told() {
        for text in
            [r#"{"a":[1,-2,0,true,false,null,"x"],"b":{"a":"é\n\"\\","a b":{},"ab":[]}}"#, "999999999999999", "\"\""]
        {
            assert!(is_plainly_canonical(text), "{text}");
            assert_eq!(written(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn everything_else_is_left_to_others() {
        for text in [
            r#"{"b":1,"a":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,}"#,
            r#"[1,]"#,
            r#"{"a"}"#,
            r#"{"é":1}"#,
            r#""\/""#,
            r#""\u0041""#,
            "\"\t\"",
            "1.0",
            "1e2",
            "-0",
            "01",
            "-",
            "+1",
            "9007199254740993",
            "{}{}",
            "[]\n",
            "",
            "\"",
            "\"\\",
            "tru",
            &"[".repeat(100_000),
        ] {
            assert!(!is_plainly_canonical(text), "{text}");
        }
    }

    proptest! {
        /// Ensures that what a look calls canonical is what the reference writes, whatever the text.
        #[test]
        fn what_is_told_is_true(text in r#"[{}\[\]:,"\\/ a-cA!é0-9.\-eutrlfasn]{0,24}"#) {
            if is_plainly_canonical(&text) {
                prop_assert_eq!(written(&text), Some(text));
            }
        }

        /// Ensures that values of the kinds that are written are told at once, and that a changed byte never deceives.
        #[test]
        fn written_values_are_told(
            map in prop::collection::btree_map("[ -~]{0,3}", prop::collection::vec("[ -~é\n\t]{0,4}", 0..4), 0..6),
            number in -1_000_000_i64..1_000_000,
            at in any::<prop::sample::Index>(),
            byte in 0x20_u8..0x7f,
        ) {
            let has_plain_keys = map.keys().all(|key| !key.contains(['"', '\\']));
            let value = serde_json::json!({"a": map, "b": number});
            let text = serde_json_canonicalizer::to_string(&value).expect("no floats");
            prop_assert_eq!(is_plainly_canonical(&text), has_plain_keys);
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(text) = String::from_utf8(bytes) && is_plainly_canonical(&text) {
                prop_assert_eq!(written(&text), Some(text));
            }
        }
    }
}
