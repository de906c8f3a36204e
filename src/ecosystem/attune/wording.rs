//! Words for what a value breaks.

use crate::ident::distance;
use crate::pack::schema::Violation;
use crate::yaml::Node;

/// Returns a sentence that says what is wrong with the value, in the author's words.
pub(super) fn message(violation: &Violation, root: &Node) -> String {
    let node = root.at(violation.path.iter().map(String::as_str));
    let what = dotted(&violation.path);
    match (violation.keyword.as_str(), &violation.property) {
        ("required", Some(property)) if what.is_empty() => format!("the key `{property}` is missing"),
        ("required", Some(property)) => format!("`{what}` has no `{property}`"),
        (_, Some(property)) if what.is_empty() => format!("`{property}` is not a known key"),
        (_, Some(property)) => format!("`{what}` has the unknown key `{property}`"),
        ("type", None) => format!("`{what}` is {}, not {}", node.kind(), expected(&violation.message)),
        ("enum", None) => format!("`{what}` is {}, which Attune does not know", quoted(node)),
        ("minItems" | "minProperties", None) => format!("`{what}` is empty"),
        ("minLength", None) => format!("`{what}` is blank"),
        ("pattern", None) => format!("`{what}` is {}, which does not have the right form", quoted(node)),
        ("anyOf", None) if what.is_empty() => "none of the keys that say what this is for is here".to_owned(),
        ("anyOf", None) if node.is_seq() => format!("`{what}` has an item that is not a string"),
        ("anyOf", None) => format!("`{what}` is {}, not a list of strings", node.kind()),
        _ => format!("`{what}`: {}", violation.message),
    }
}

/// Joins a path as people write it: `tasks[0].name`.
pub(super) fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            text.push_str(&format!("[{part}]"));
        } else {
            text.push_str(if text.is_empty() { "" } else { "." });
            text.push_str(part);
        }
    }
    text
}

/// Returns a scalar in backticks, cut to a readable length; anything else by its kind.
pub(super) fn quoted(node: &Node) -> String {
    match node.scalar_text() {
        Some(text) if text.chars().count() > 60 => format!("`{}…`", text.chars().take(60).collect::<String>()),
        Some(text) => format!("`{text}`"),
        None => node.kind().to_owned(),
    }
}

/// Reads the expected types out of the validator's message, which quotes them.
fn expected(message: &str) -> String {
    let names: Vec<String> = message
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|name| *name != "null")
        .map(|name| match name {
            "object" => "a mapping".to_owned(),
            "array" => "a list".to_owned(),
            "integer" => "an integer".to_owned(),
            other => format!("a {other}"),
        })
        .collect();
    names.join(" or ")
}

/// Returns the candidate that somebody most likely meant: at most two letters away, and the nearest of them.
///
/// Gives up on long texts and on many candidates, so that it costs little for every finding.
pub(super) fn closest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MOST_BYTES: usize = 64;
    const MOST_CANDIDATES: usize = 500;
    let near = |candidate: &&str| candidate.len() <= MOST_BYTES && candidate.len().abs_diff(text.len()) <= 2;
    if text.len() > MOST_BYTES {
        return None;
    }
    candidates
        .take(MOST_CANDIDATES)
        .filter(near)
        .map(|candidate| (distance(text, candidate), candidate))
        .filter(|(distance, _)| (1..=2).contains(distance))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        let names = ["report", "reports", "repeat"];
        assert_eq!(closest("raport", names.into_iter()), Some("report"));
        assert_eq!(closest("something", names.into_iter()), None);
        assert_eq!(closest("report", ["report"].into_iter()), None);
    }
}
