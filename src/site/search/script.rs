//! Scripts: how a piece of the index is written, so that it can be loaded from `file://`.

use serde_json::Value;

/// Returns a script that hands a piece of the index to `assets/search.js`.
///
/// Text of packs is inside JSON strings. Markup in them is written as escapes, so that no lenient reader takes it for some; the
/// two line separators of Unicode ended a string in older browsers.
pub(super) fn piece(name: &str, tag: &str, json: &str) -> Vec<u8> {
    let mut script = format!("packyardSearch(\"{name}\",\"{tag}\",");
    script.reserve(json.len() + 4);
    for c in json.chars() {
        match c {
            '<' => script.push_str("\\u003c"),
            '\u{2028}' => script.push_str("\\u2028"),
            '\u{2029}' => script.push_str("\\u2029"),
            c => script.push(c),
        }
    }
    script.push_str(");\n");
    script.into_bytes()
}

/// Returns text as JSON.
pub(super) fn text(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script() {
        let script = piece("b0", "t", &text("</script>\u{2028}\"\\"));
        assert_eq!(
            String::from_utf8_lossy(&script),
            "packyardSearch(\"b0\",\"t\",\"\\u003c/script>\\u2028\\\"\\\\\");\n"
        );
    }
}
