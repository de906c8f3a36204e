//! The reference pages of the documentation, written from the definitions that the program itself uses.
//!
//! A test compares them with `docs/reference/`, so that neither can drift.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use super::arguments::Arguments;
use crate::rules;

/// Returns `docs/reference/cli.md`: the help of every command.
pub fn commands() -> String {
    let mut text = "# Commands\n\nGenerated from the program's own help: do not edit.\n".to_owned();
    let mut root = Arguments::command().term_width(100).disable_help_subcommand(true);
    root.build();
    let _ = write!(text, "\n## packyard\n\n```text\n{}```\n", trimmed(&root.render_long_help().to_string()));
    for command in root.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
        let name = command.get_name().to_owned();
        describe(&name, command, &mut text);
        for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
            let name = format!("{name} {}", below.get_name());
            describe(&name, below, &mut text);
        }
    }
    text
}

/// Writes the help of a command below its name.
fn describe(name: &str, command: &mut clap::Command, text: &mut String) {
    let help = trimmed(&command.render_long_help().to_string());
    let _ = write!(text, "\n## packyard {name}\n\n```text\n{help}```\n");
}

/// Returns `docs/reference/diagnostics.md`: every rule in full.
pub fn diagnostics() -> String {
    let mut text = "# Diagnostics\n\nGenerated from the rules themselves: do not edit. `packyard explain CODE` prints the same.\n\n\
                    Severities can be set in `packyard.toml`, except those of rules that protect the registry (*always*).\n"
        .to_owned();
    for (title, codes) in rules::groups().into_iter().filter(|(_, codes)| !codes.is_empty()) {
        let _ = write!(text, "\n## {title}\n");
        for code in codes {
            let always = if code.blocks() { ", always" } else { "" };
            let _ = write!(text, "\n### {code}\n\n*{}{always}*\n\n{}\n", code.severity().as_str(), code.explanation());
        }
    }
    text
}

/// Returns a text without spaces at the ends of its lines, with one newline at the end.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}
