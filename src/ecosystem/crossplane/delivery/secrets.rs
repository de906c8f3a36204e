//! Secrets that lie open in files.

use super::super::codes::consumer::INLINE_SECRET;
use super::super::documents::Document;
use super::object::Object;
use crate::diag::{Place, Sink};
use crate::yaml::{Node, Value};

/// Refuses a `Secret` with values, unless they are encrypted or stand for something that is filled in later.
///
/// Neither the message nor the excerpt shows a value.
pub(super) fn inline_secret(document: &Document<'_>, object: &Object, sink: &mut Sink) {
    if !object.is("", "Secret") || document.root().get("sops").is_some() {
        return;
    }
    for field in ["data", "stringData"] {
        let Some((key, values)) = document.root().entry(field) else { continue };
        let open: Vec<String> = match &values.value {
            Value::Map(entries) => entries
                .iter()
                .filter(|(_, value)| is_open(value))
                .map(|(key, _)| format!("`{}`", key.key_text()))
                .collect(),
            Value::Null => Vec::new(),
            _ => vec![format!("`{field}`")],
        };
        if open.is_empty() {
            continue;
        }
        let name = object.name.as_deref().unwrap_or("without a name");
        let shown = open.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if open.len() > 5 { " and more" } else { "" };
        let place = Place { path: document.path.to_string(), span: Some(key.span), excerpt: None };
        sink.report(INLINE_SECRET, place, format!("the Secret {name} has values in the clear: {shown}{more}"))
            .help("encrypt the file (sops, sealed secrets), or refer to a secret store; and change what was committed");
    }
}

/// Tells whether a value is there for everybody to read.
fn is_open(value: &Node) -> bool {
    match value.scalar_text() {
        Some(text) => !matches!(value.value, Value::Null) && !is_filled_in_later(text.trim()),
        None => true,
    }
}

/// Tells whether a text is empty or one placeholder: `${TOKEN}`, `$(TOKEN)`, `<token>`, `{{ token }}`, `your-token-here`.
fn is_filled_in_later(text: &str) -> bool {
    const PAIRS: &[(&str, &str)] = &[("${", "}"), ("$(", ")"), ("<", ">"), ("{{", "}}"), ("ENC[", "]")];
    const WORDS: &[&str] = &["changeme", "replaceme", "placeholder", "redacted", "todo", "dummy"];
    let is_enclosed = |(open, close): &(&str, &str)| {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| !inner.contains(close))
    };
    let joined: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_addressed = joined.starts_with("your") && text.contains(['-', '_', ' ']);
    // `xxxxxxxx`, `********`.
    let is_blank = text.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.'));
    text.is_empty() || PAIRS.iter().any(is_enclosed) || WORDS.contains(&&*joined) || is_addressed || is_blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_secrets() {
        for text in
            ["", "${TOKEN}", "<token>", "{{ .Values.token }}", "your-github-token-here", "CHANGE_ME", "xxxx", "****"]
        {
            assert!(is_filled_in_later(text), "{text}");
        }
        for text in ["hunter2", "${A}${B}", "a${TOKEN}", "yours2truly", "ghp_xxxx1"] {
            assert!(!is_filled_in_later(text), "{text}");
        }
    }
}
