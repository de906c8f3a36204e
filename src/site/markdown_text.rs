//! The text of a document without its markup.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::markdown::options;

/// Calls `each` with the pieces of a document's text while it returns true. Blocks of code, HTML and addresses are no text.
pub(super) fn each(document: &str, mut each: impl FnMut(&str) -> bool) {
    let mut in_code = false;
    for event in Parser::new_ext(document, options()) {
        let text = match event {
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                continue;
            }
            Event::Text(text) | Event::Code(text) if !in_code => text,
            _ => continue,
        };
        if !text.contains("://") && !each(&text) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_code_and_addresses_are_no_text() {
        let document = "# One *two*\n\n<b>three</b> [four](https://five.example/) <https://six.example>\n\n```sh\nseven\n```\n\n`eight` nine";
        let mut texts = Vec::new();
        each(document, |text| {
            texts.push(text.trim().to_owned());
            true
        });
        texts.retain(|text| !text.is_empty());
        assert_eq!(texts, ["One", "two", "three", "four", "eight", "nine"]);
        let mut count = 0;
        each(document, |_| {
            count += 1;
            count < 2
        });
        assert_eq!(count, 2);
    }
}
