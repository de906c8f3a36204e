//! `packyard explain`.

use std::fmt::Write as _;

use super::arguments::Explain;
use super::{Context, Outcome, UsageError};
use crate::diag::Code;
use crate::ident::nearest;
use crate::rules;

pub(super) fn run(arguments: &Explain, context: &Context) -> anyhow::Result<Outcome> {
    let text = match &arguments.code {
        None => list(context),
        Some(name) => match rules::by_name(name) {
            Some(code) => explain(code, context),
            None => return Err(UsageError(unknown(name)).into()),
        },
    };
    context.terminal.print(&text)?;
    Ok(Outcome::Clean)
}

/// Returns every rule in one line, under the title of its stage or ecosystem.
fn list(context: &Context) -> String {
    let mut text = String::new();
    for (title, codes) in rules::groups().into_iter().filter(|(_, codes)| !codes.is_empty()) {
        let _ = writeln!(text, "{}", context.terminal.bold(title));
        for code in codes {
            let _ = writeln!(text, "  {:<28} {:<8} {}", code.name(), code.severity().as_str(), code.description());
        }
        text.push('\n');
    }
    text + "`packyard explain CODE` says more about one of them.\n"
}

/// Returns one rule in full.
fn explain(code: Code, context: &Context) -> String {
    let title = format!("{}[{}]", code.severity().as_str(), code.name());
    let mut text = format!("{}\n\n{}\n\n", context.terminal.bold(&title), code.explanation());
    if code.blocks() {
        text.push_str("A release with this fault is never recorded, whatever packyard.toml says.\n");
    } else {
        let _ = write!(
            text,
            "Set its severity in packyard.toml:\n\n  [lints]\n  {code} = \"allow\"   # allow | warn | deny\n"
        );
    }
    text
}

/// Returns the message about a code that does not exist, with those it may have meant.
fn unknown(name: &str) -> String {
    let codes: Vec<&str> = rules::all().iter().map(|code| code.name()).collect();
    let mut near = nearest(name, codes.iter().copied());
    // Most codes begin with the name of an ecosystem, which people leave out.
    near.extend(codes.iter().filter(|code| code.split('-').any(|part| part == name)).take(3));
    match near.as_slice() {
        [] => format!("there is no code `{name}`; `packyard explain` lists them all"),
        near => {
            let near: Vec<String> = near.iter().take(3).map(|code| format!("`{code}`")).collect();
            format!("there is no code `{name}`; did you mean {}?", near.join(" or "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_codes_are_suggested() {
        assert!(unknown("tag-movd").contains("did you mean `tag-moved`"));
        assert!(unknown("symlinks").contains("`symlink`"));
        assert!(unknown("what-on-earth-is-this").contains("lists them all"));
    }
}
