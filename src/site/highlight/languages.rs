//! Which languages are known, by path and by word, and how those that are much alike are written.

use super::code::{Quote, Syntax};
use super::{Tokens, code, markup, yaml};

/// A language, or a family of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::site) enum Language {
    Plain,
    Yaml,
    Markdown,
    /// HTML and XML.
    Markup,
    /// Text with `{{ }}` and `{% %}` in it.
    Template,
    /// What [`Syntax`] can say.
    Code(&'static Syntax),
}

/// Endings of templates; what is before them tells what they make.
const TEMPLATES: [&str; 7] = ["j2", "jinja", "jinja2", "tmpl", "gotmpl", "tpl", "template"];

impl Language {
    /// Returns the language of a file, by its name.
    pub(in crate::site) fn of_path(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let mut parts = name.rsplit('.');
        let mut ending = parts.next().unwrap_or_default();
        let is_template = TEMPLATES.contains(&ending) && name.contains('.');
        if is_template {
            ending = parts.next().unwrap_or_default();
        }
        if name.starts_with("dockerfile") || name.starts_with("containerfile") {
            return Self::Code(&DOCKERFILE);
        }
        match (Self::of_word(ending), is_template) {
            (Self::Yaml, true) => Self::Yaml,
            (_, true) => Self::Template,
            (language, false) if name.contains('.') => language,
            _ if name == "makefile" => Self::Code(&SHELL),
            _ => Self::Plain,
        }
    }

    /// Returns the language of a word, such as the ending of a file or the first word of a fence in Markdown.
    pub(in crate::site) fn of_word(word: &str) -> Self {
        Self::Code(match word.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => return Self::Yaml,
            "md" | "markdown" => return Self::Markdown,
            "html" | "htm" | "xml" | "svg" | "xsd" | "xsl" | "xhtml" => return Self::Markup,
            "jinja" | "jinja2" | "j2" | "gotmpl" | "go-template" => return Self::Template,
            "json" | "jsonc" | "json5" | "jsonl" => &JSON,
            "toml" | "ini" | "cfg" | "conf" | "properties" | "env" => &TOML,
            "py" | "pyi" | "python" | "python3" | "k" | "kcl" | "star" | "bzl" => &PYTHON,
            "sh" | "bash" | "zsh" | "shell" | "ksh" | "ps1" | "mk" => &SHELL,
            "js" | "mjs" | "cjs" | "ts" | "tsx" | "jsx" | "javascript" | "typescript" => &JAVASCRIPT,
            "go" | "rs" | "rust" | "java" | "c" | "h" | "cpp" | "proto" => &GO,
            "rego" => &REGO,
            "tf" | "hcl" | "tfvars" => &HCL,
            "dockerfile" | "docker" => &DOCKERFILE,
            "sql" => &SQL,
            _ => return Self::Plain,
        })
    }
}

/// Finds the tokens of a text.
pub(super) fn find(language: Language, text: &str, tokens: &mut Tokens) {
    match language {
        Language::Plain => {}
        Language::Yaml => yaml::find(text, 0, text.len(), tokens),
        Language::Markdown => markup::markdown(text, tokens),
        Language::Markup => markup::elements(text, tokens),
        Language::Template => yaml::templates(text.as_bytes(), 0, text.len(), tokens),
        Language::Code(syntax) => code::find(syntax, text.as_bytes(), tokens),
    }
}

/// A string that ends with its line at the latest.
const fn quote(mark: &'static str) -> Quote {
    Quote { mark, has_escapes: true, has_lines: false }
}

/// A string of many lines, in which a backslash means itself if it `is_raw`.
const fn long(mark: &'static str, is_raw: bool) -> Quote {
    Quote { mark, has_escapes: !is_raw, has_lines: true }
}

static JSON: Syntax = Syntax {
    comments: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[quote("\""), quote("'")],
    keywords: &["false", "null", "true"],
    keys: Some(b':'),
    ..Syntax::NONE
};

static TOML: Syntax = Syntax {
    comments: &["#", ";"],
    quotes: &[long("\"\"\"", false), long("'''", true), quote("\""), Quote { mark: "'", ..long("'", true) }],
    keywords: &["false", "true"],
    keys: Some(b'='),
    has_sections: true,
    spaced_comments: true,
    ..Syntax::NONE
};

static PYTHON: Syntax = Syntax {
    comments: &["#"],
    quotes: &[long("\"\"\"", false), long("'''", false), quote("\""), quote("'")],
    keywords: &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def",
        "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "match", "nonlocal", "not", "or", "pass", "raise", "return", "schema", "self", "try", "while", "with", "yield",
    ],
    names_after: &["class", "def", "schema"],
    sigil: Some(b'@'),
    ..Syntax::NONE
};

static SHELL: Syntax = Syntax {
    comments: &["#"],
    quotes: &[Quote { has_lines: true, ..quote("\"") }, long("'", true)],
    keywords: &[
        "case", "cd", "do", "done", "echo", "elif", "else", "esac", "eval", "exec", "exit", "export", "fi", "for",
        "function", "if", "in", "local", "read", "readonly", "return", "set", "shift", "source", "then", "trap",
        "unset", "until", "while",
    ],
    sigil: Some(b'$'),
    spaced_comments: true,
    has_options: true,
    ..Syntax::NONE
};

static JAVASCRIPT: Syntax = Syntax {
    comments: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[quote("\""), quote("'"), long("`", false)],
    keywords: &[
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "of",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "yield",
    ],
    names_after: &["class", "function", "interface", "type"],
    ..Syntax::NONE
};

static GO: Syntax = Syntax {
    comments: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[quote("\""), long("`", true)],
    keywords: &[
        "break",
        "case",
        "chan",
        "class",
        "const",
        "continue",
        "default",
        "defer",
        "else",
        "enum",
        "extends",
        "false",
        "final",
        "fn",
        "for",
        "func",
        "go",
        "goto",
        "if",
        "impl",
        "import",
        "interface",
        "let",
        "map",
        "match",
        "message",
        "mod",
        "mut",
        "new",
        "nil",
        "null",
        "package",
        "private",
        "pub",
        "public",
        "range",
        "return",
        "select",
        "self",
        "static",
        "struct",
        "switch",
        "syntax",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "use",
        "var",
        "void",
        "while",
    ],
    names_after: &["class", "fn", "func", "message", "struct", "type"],
    ..Syntax::NONE
};

static REGO: Syntax = Syntax {
    comments: &["#"],
    quotes: &[quote("\""), long("`", true)],
    keywords: &[
        "as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not", "null",
        "package", "some", "true", "with",
    ],
    ..Syntax::NONE
};

static HCL: Syntax = Syntax {
    comments: &["#", "//"],
    block: Some(("/*", "*/")),
    quotes: &[quote("\"")],
    keywords: &[
        "data",
        "false",
        "for",
        "if",
        "in",
        "locals",
        "module",
        "null",
        "output",
        "provider",
        "resource",
        "terraform",
        "true",
        "variable",
    ],
    keys: Some(b'='),
    ..Syntax::NONE
};

static DOCKERFILE: Syntax = Syntax {
    comments: &["#"],
    quotes: &[quote("\""), quote("'")],
    keywords: &[
        "ADD",
        "ARG",
        "AS",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ],
    sigil: Some(b'$'),
    spaced_comments: true,
    ..Syntax::NONE
};

static SQL: Syntax = Syntax {
    comments: &["--"],
    block: Some(("/*", "*/")),
    quotes: &[Quote { has_lines: true, ..quote("'") }],
    keywords: &[
        "AND", "AS", "BY", "CREATE", "DELETE", "DROP", "FROM", "GROUP", "INSERT", "INTO", "JOIN", "LIMIT", "NOT",
        "NULL", "ON", "OR", "ORDER", "SELECT", "SET", "TABLE", "UPDATE", "VALUES", "WHERE",
    ],
    ..Syntax::NONE
};

/// All that are described by tables.
#[cfg(test)]
pub(super) static ALL: [&Syntax; 10] =
    [&JSON, &TOML, &PYTHON, &SHELL, &JAVASCRIPT, &GO, &REGO, &HCL, &DOCKERFILE, &SQL];
