//! Parameters of actions, settings of packs, fields of payloads: the part of the two formats that is alike.

use std::fmt::Write as _;

use super::random::Random;
use super::words;

/// One field of a flat schema.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    kind: &'static str,
    description: String,
    required: bool,
    secret: bool,
    default: Option<String>,
    choices: &'static [&'static str],
    range: Option<(usize, usize)>,
}

/// Returns some distinct parameters; required ones come first.
pub(crate) fn parameters(random: &mut Random, count: usize) -> Vec<Parameter> {
    let mut names = words::PARAMETERS.to_vec();
    random.shuffle(&mut names);
    let mut parameters: Vec<Parameter> =
        names[..count.min(names.len())].iter().map(|name| parameter(random, name)).collect();
    parameters.sort_by_key(|parameter| !parameter.required);
    parameters
}

fn parameter(random: &mut Random, name: &'static str) -> Parameter {
    let mut parameter = Parameter {
        name,
        kind: "string",
        description: format!("{} of {}.", words::title(name), words::phrase(random)),
        required: random.chance(25),
        secret: name.ends_with("token") || name.ends_with("secret"),
        default: None,
        choices: &[],
        range: None,
    };
    if random.chance(40) {
        parameter.description = format!("{} {}", parameter.description, words::remark(random));
    }
    match random.below(10) {
        _ if parameter.secret => {}
        0 | 1 => {
            parameter.kind = "boolean";
            parameter.default = Some(random.chance(50).to_string());
        }
        2 | 3 => {
            let (low, high) = (random.below(2), random.between(50, 500));
            parameter.kind = "integer";
            parameter.default = Some(random.between(low, high).to_string());
            parameter.range = Some((low, high));
        }
        4 => {
            let choices = words::CHOICES[random.below(words::CHOICES.len())];
            parameter.choices = choices;
            parameter.default = Some(format!("\"{}\"", random.pick(choices)));
        }
        5 => parameter.kind = "array",
        6 => parameter.kind = "object",
        7 => parameter.default = Some(format!("\"{}\"", random.pick(words::OBJECTS))),
        _ => {}
    }
    if parameter.required {
        parameter.default = None;
    }
    parameter
}

impl Parameter {
    /// Returns the field as one that need not be given.
    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Appends the field as YAML, indented by `indent` spaces.
    pub(crate) fn write(&self, out: &mut String, indent: usize, position: Option<usize>) {
        let pad = " ".repeat(indent);
        let mut line = |text: std::fmt::Arguments<'_>| {
            writeln!(out, "{pad}{text}").expect("writing to a string cannot fail");
        };
        line(format_args!("{}:", self.name));
        line(format_args!("  type: {}", self.kind));
        line(format_args!("  description: \"{}\"", self.description));
        if self.required {
            line(format_args!("  required: true"));
        }
        if self.secret {
            line(format_args!("  secret: true"));
        }
        if let Some(default) = &self.default {
            line(format_args!("  default: {default}"));
        }
        if let Some((low, high)) = self.range {
            line(format_args!("  minimum: {low}"));
            line(format_args!("  maximum: {high}"));
        }
        if !self.choices.is_empty() {
            line(format_args!("  enum:"));
            for choice in self.choices {
                line(format_args!("    - \"{choice}\""));
            }
        }
        if self.kind == "array" {
            line(format_args!("  items:"));
            line(format_args!("    type: string"));
        }
        if let Some(position) = position {
            line(format_args!("  position: {position}"));
        }
    }

    /// Returns a row of a Markdown table.
    pub(crate) fn row(&self) -> String {
        let default = self.default.as_deref().map_or_else(String::new, |default| format!("`{default}`"));
        format!("| `{}` | {} | {default} | {} |\n", self.name, self.kind, self.description)
    }

    /// Returns a value that the field accepts, as YAML.
    pub(crate) fn example(&self) -> String {
        match (&self.default, self.kind) {
            (Some(default), _) => default.clone(),
            (None, _) if !self.choices.is_empty() => format!("\"{}\"", self.choices[0]),
            (None, "array") => "[\"one\", \"two\"]".to_owned(),
            (None, "object") => "{\"key\": \"value\"}".to_owned(),
            (None, "boolean") => "true".to_owned(),
            (None, "integer") => self.range.map_or(1, |(low, _)| low).to_string(),
            _ => format!("\"example {}\"", words::spaced(self.name)),
        }
    }
}

/// Returns a schema: the fields, one below the other, indented by two.
pub(crate) fn schema(parameters: &[Parameter], indent: usize) -> String {
    let mut out = String::new();
    for parameter in parameters {
        parameter.write(&mut out, indent, None);
    }
    out
}
