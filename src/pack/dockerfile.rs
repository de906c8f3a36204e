//! Reads a Dockerfile: hostile text in, its instructions with their lines out. Nothing is built or resolved.
//!
//! After the Dockerfile reference: instructions in any letter case, continued by a backslash (or what the directive
//! `# escape=` says), comment lines inside of them, here-documents, and arguments as words or as a JSON list.

/// A Dockerfile, instruction by instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The instructions, in the order of the file.
    pub instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// What it does, in capitals, such as `FROM`.
    pub keyword: String,
    /// What follows, its lines joined by a blank.
    pub arguments: String,
    /// The first line.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
}

/// A stage of the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it starts from: an image, or the name of an earlier stage.
    pub image: String,
    /// What later stages call it.
    pub name: Option<String>,
    /// Where it begins.
    pub line: u32,
}

/// Files that are copied from the build's context: a `COPY` or `ADD` without `--from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The instruction, `COPY` or `ADD`.
    pub keyword: String,
    /// What is copied: paths and patterns as written.
    pub sources: Vec<String>,
    /// Where it stands.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
}

impl Dockerfile {
    /// Largest file that is worth reading, in bytes.
    pub const MOST_BYTES: u64 = 256 << 10;
    /// Most instructions that are looked at.
    const MOST_INSTRUCTIONS: usize = 2_000;

    /// Reads the text of a Dockerfile; every text is one, if need be without instructions.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let escape = escape_of(text);
        let mut instructions: Vec<Instruction> = Vec::new();
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            if instructions.len() >= Self::MOST_INSTRUCTIONS {
                break;
            }
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let (mut joined, mut continues) = without_escape(trimmed, escape);
            let mut end = number;
            while continues {
                let Some((line, number)) = lines.next() else { break };
                end = number;
                let trimmed = line.trim();
                // Comment lines, and empty ones, inside an instruction are left out.
                if trimmed.is_empty() || trimmed.starts_with('#') {
                    continue;
                }
                let (more, goes_on) = without_escape(trimmed, escape);
                joined.push(' ');
                joined.push_str(&more);
                continues = goes_on;
            }
            let (keyword, arguments) = joined.split_once(char::is_whitespace).unwrap_or((&joined, ""));
            let keyword = keyword.to_ascii_uppercase();
            let arguments = arguments.trim().to_owned();
            if matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") {
                for word in here_documents(&arguments) {
                    for (line, number) in lines.by_ref() {
                        end = number;
                        if line.trim_start_matches('\t') == word {
                            break;
                        }
                    }
                }
            }
            instructions.push(Instruction { keyword, arguments, line: number, end_line: end });
        }
        Self { instructions }
    }

    /// Returns the stages of the build.
    pub fn stages(&self) -> Vec<Stage> {
        let stage = |instruction: &Instruction| {
            let mut words = words(&instruction.arguments).into_iter().filter(|word| !word.starts_with("--"));
            let image = words.next()?;
            let is_named = words.next().is_some_and(|word| word.eq_ignore_ascii_case("as"));
            let name = words.next().filter(|_| is_named);
            Some(Stage { image, name, line: instruction.line })
        };
        self.of("FROM").filter_map(stage).collect()
    }

    /// Returns the image that the last stage starts from, through the stages that it is built on.
    pub fn base_image(&self) -> Option<String> {
        let stages = self.stages();
        let mut at = stages.len().checked_sub(1)?;
        // A stage can only name one before it, so this ends.
        while let Some(earlier) = stages[..at]
            .iter()
            .rposition(|stage| stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(&stages[at].image)))
        {
            at = earlier;
        }
        Some(stages[at].image.clone())
    }

    /// Returns what is copied from the build's context.
    pub fn copied(&self) -> Vec<Copied> {
        let copied = |instruction: &Instruction| {
            let words = words(&instruction.arguments);
            if words.iter().any(|word| word.starts_with("--from=")) {
                return None;
            }
            let mut paths: Vec<String> = words.into_iter().skip_while(|word| word.starts_with("--")).collect();
            paths.pop()?;
            paths.retain(|path| !path.starts_with("<<"));
            let Instruction { keyword, line, end_line, .. } = instruction;
            Some(Copied { keyword: keyword.clone(), sources: paths, line: *line, end_line: *end_line })
        };
        self.instructions.iter().filter(|i| matches!(i.keyword.as_str(), "COPY" | "ADD")).filter_map(copied).collect()
    }

    /// Returns the ports that are exposed, as written, each once: `8080`, `53/udp`, `${PORT}`.
    pub fn exposed(&self) -> Vec<String> {
        let mut ports: Vec<String> = Vec::new();
        for port in self.of("EXPOSE").flat_map(|instruction| words(&instruction.arguments)) {
            if !ports.contains(&port) && ports.len() < 100 {
                ports.push(port);
            }
        }
        ports
    }

    /// Returns the names of environment variables that are set, each with its line; values are not looked at.
    pub fn environment(&self) -> Vec<(String, u32)> {
        let mut names: Vec<(String, u32)> = Vec::new();
        for instruction in self.of("ENV") {
            let words = words(&instruction.arguments);
            // `ENV KEY some value` is the old form, with one name.
            let is_old_form = words.first().is_some_and(|word| !word.contains('='));
            let pairs = if is_old_form { &words[..1] } else { &words[..] };
            for pair in pairs {
                let name = pair.split('=').next().unwrap_or_default();
                if !name.is_empty() && names.len() < 1_000 && !names.iter().any(|(known, _)| known == name) {
                    names.push((name.to_owned(), instruction.line));
                }
            }
        }
        names
    }

    fn of<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Instruction> {
        self.instructions.iter().filter(move |instruction| instruction.keyword == keyword)
    }
}

/// Tells whether a source of `COPY` or `ADD` names something below the context, whose files are `paths`.
///
/// `None` when only the build can tell: the source has a variable, or is fetched from elsewhere.
pub fn source_exists<'a>(source: &str, paths: impl Iterator<Item = &'a str>) -> Option<bool> {
    let is_remote = source.contains("://") || source.starts_with("git@");
    if source.contains('$') || is_remote {
        return None;
    }
    let mut wanted: Vec<&str> = Vec::new();
    for segment in source.split('/') {
        match segment {
            "" | "." => {}
            // Above the context is nothing: the builder stops at its root.
            ".." if wanted.pop().is_none() => return Some(false),
            ".." => {}
            segment => wanted.push(segment),
        }
    }
    if wanted.is_empty() {
        return Some(true);
    }
    let mut paths = paths;
    Some(paths.any(|path| {
        let mut segments = path.split('/');
        wanted.iter().all(|pattern| segments.next().is_some_and(|segment| matches_segment(pattern, segment)))
    }))
}

/// Matches one segment of a path against a pattern of Go's `filepath.Match`, in time linear in both for each `*`.
fn matches_segment(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?', '[', '\\']) {
        return pattern == text;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how far it has reached: the only choice that is ever taken back.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if let Some(next) = one(&pattern, p, text[t]) {
            (p, t) = (next, t + 1);
        } else if let Some((at, reached)) = star {
            (p, t) = (at + 1, reached + 1);
            star = Some((at, reached + 1));
        } else {
            return false;
        }
    }
    pattern[p.min(pattern.len())..].iter().all(|c| *c == '*')
}

/// Matches one character; returns where the pattern goes on.
fn one(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match *pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => (*pattern.get(at + 1)? == c).then_some(at + 2),
        '[' => {
            let close = at + 2 + pattern.get(at + 2..)?.iter().position(|c| *c == ']')?;
            let (is_negated, set) = match pattern[at + 1] {
                '^' => (true, &pattern[at + 2..close]),
                _ => (false, &pattern[at + 1..close]),
            };
            let mut found = false;
            let mut rest = set;
            while let Some((first, more)) = rest.split_first() {
                (found, rest) = match more {
                    ['-', last, more @ ..] => (found || (*first..=*last).contains(&c), more),
                    more => (found || *first == c, more),
                };
            }
            (found != is_negated).then_some(close + 1)
        }
        other => (other == c).then_some(at + 1),
    }
}

/// Returns the character that continues a line: the directives at the top of the file may name another.
fn escape_of(text: &str) -> char {
    for line in text.lines() {
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|line| line.split_once('=')) else { break };
        if key.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

/// Returns a line without the sign that the next one continues it, and whether there was one.
fn without_escape(line: &str, escape: char) -> (String, bool) {
    match line.strip_suffix(escape) {
        Some(line) => (line.trim_end().to_owned(), true),
        None => (line.to_owned(), false),
    }
}

/// Returns the words that end the here-documents of an instruction, in their order.
fn here_documents(arguments: &str) -> Vec<&str> {
    arguments
        .split_whitespace()
        .filter_map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<"))
        .map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']))
        .filter(|word| word.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_'))
        .take(20)
        .collect()
}

/// Splits arguments: a JSON list of strings, or words that quotes hold together; options in front stay as they are.
fn words(arguments: &str) -> Vec<String> {
    let mut options = Vec::new();
    let mut rest = arguments.trim_start();
    while rest.starts_with("--") {
        let (option, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        options.push(option.to_owned());
        rest = more.trim_start();
    }
    if rest.starts_with('[')
        && let Ok(list) = serde_json::from_str::<Vec<String>>(rest)
    {
        options.extend(list);
        return options;
    }
    let (mut word, mut quote) = (None::<String>, None::<char>);
    let mut characters = rest.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(characters.next()),
            (c, None) if c.is_whitespace() => options.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    options.extend(word);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# syntax=docker/dockerfile:1
FROM --platform=linux/amd64 rust:1.90 AS build
WORKDIR /app
COPY Cargo.toml \\
     # the lock file, too
     Cargo.lock ./
RUN <<EOF
COPY not an instruction
EOF
from debian:12
copy --from=build /app/target/agent /usr/bin/agent
COPY --chown=1:1 [\"with blank\", \"src\", \"/app/\"]
ADD https://acme.example/x.tar.gz /x
env PORT=8000 NAME=\"a b\"
ENV OLD some value
EXPOSE 8000 53/udp 8000
FROM build
";

    #[test]
    fn instructions_are_read_with_their_lines() {
        let file = Dockerfile::parse(TEXT);
        let seen: Vec<String> =
            file.instructions.iter().map(|i| format!("{} {}-{}", i.keyword, i.line, i.end_line)).collect();
        assert_eq!(
            seen,
            [
                "FROM 2-2",
                "WORKDIR 3-3",
                "COPY 4-6",
                "RUN 7-9",
                "FROM 10-10",
                "COPY 11-11",
                "COPY 12-12",
                "ADD 13-13",
                "ENV 14-14",
                "ENV 15-15",
                "EXPOSE 16-16",
                "FROM 17-17"
            ]
        );
        let copied: Vec<String> = file.copied().into_iter().map(|copied| copied.sources.join("|")).collect();
        assert_eq!(copied, ["Cargo.toml|Cargo.lock", "with blank|src", "https://acme.example/x.tar.gz"]);
        assert_eq!(file.exposed(), ["8000", "53/udp"]);
        let names: Vec<String> = file.environment().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["PORT", "NAME", "OLD"]);
        let images: Vec<String> = file.stages().into_iter().map(|stage| stage.image).collect();
        assert_eq!(images, ["rust:1.90", "debian:12", "build"]);
        assert_eq!(file.base_image().as_deref(), Some("rust:1.90"));
    }

    #[test]
    fn odd_texts_are_dockerfiles_without_much_in_them() {
        let texts =
            ["", "\n# only a comment", "\\\n\\\n", "RUN <<END\nnever ends", "COPY\nFROM\nENV\nEXPOSE", "FROM x AS"];
        for text in texts {
            let file = Dockerfile::parse(text);
            let _ = (file.stages(), file.copied(), file.exposed(), file.environment(), file.base_image());
        }
        let windows = Dockerfile::parse("# escape=`\nFROM a\nCOPY a `\n  b\\c `\n  d\n");
        assert_eq!(windows.instructions.len(), 2);
        assert_eq!(windows.instructions[1].end_line, 5);
        assert!(Dockerfile::parse(&"FROM x\n".repeat(100_000)).instructions.len() <= Dockerfile::MOST_INSTRUCTIONS);
    }

    #[test]
    fn sources_are_looked_for_in_the_context() {
        let files = ["Cargo.toml", "requirements.txt", "src/main.py", "src/tools/a.py"];
        let exists = |source: &str| source_exists(source, files.iter().copied());
        let there = [
            ".",
            "./",
            "/",
            "src",
            "src/",
            "./src/main.py",
            "*.txt",
            "src/*/a.py",
            "Carg[a-p].toml",
            "r?quire*",
            "a/../src",
        ];
        for source in there {
            assert_eq!(exists(source), Some(true), "{source}");
        }
        for source in ["../x", "lib", "src/main", "*.lock", "main.py", "src/tools/a.py/x", "[^C]argo.toml", "[C"] {
            assert_eq!(exists(source), Some(false), "{source}");
        }
        for source in ["${FILE}", "https://acme.example/x", "git@acme.example:x.git"] {
            assert_eq!(exists(source), None, "{source}");
        }
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let (pattern, name) = ("*a".repeat(100), "a".repeat(250) + "b");
        assert_eq!(source_exists(&pattern, std::iter::once(name.as_str())), Some(false));
    }
}
