//! A new pack that passes every check.

use std::collections::BTreeMap;

use super::manifest::is_identifier;
use crate::ident::{PackName, RelPath};

/// The files of a new pack, with `{ref}` and `{label}` to be filled in.
const FILES: &[(&str, &str)] = &[
    (
        "pack.yaml",
        r#"ref: {ref}
label: "{label}"
description: "Says in one sentence what the pack is for"
version: "0.1.0"
author: "Your name"
license: "MIT"
tags: [example]
runtime_deps: [shell]
dependencies: []

conf_schema:
  greeting:
    type: string
    description: "The word to greet with"
    default: "Hello"
"#,
    ),
    (
        "actions/hello.yaml",
        r#"ref: {ref}.hello
label: "Hello"
description: "Greets somebody"
runner_type: shell
entry_point: hello.sh
parameter_delivery: stdin
parameter_format: json
output_format: text
parameters:
  name:
    type: string
    description: "Whom to greet"
    default: "world"
tags: [example]
"#,
    ),
    (
        "actions/hello.sh",
        r#"#!/bin/sh
# Reads the parameters as JSON from standard input and greets.
set -eu

name=$(sed -n 's/.*"name"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
printf 'Hello, %s\n' "${name:-world}"
"#,
    ),
    (
        "README.md",
        r"# {label}

Says what the pack is for, and what it needs.

## Actions

| action | does |
|---|---|
| `{ref}.hello` | greets somebody |

```shell
attune action execute {ref}.hello --param name=Ada
```
",
    ),
    (
        "CHANGELOG.md",
        r"# Changelog

## 0.1.0

- First version.
",
    ),
    (
        "LICENSE",
        r#"MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"#,
    ),
];

/// Returns the files of a new pack; a name that Attune refuses is brought into its grammar.
pub(super) fn files(name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
    let reference = reference(name.as_str());
    let label = title(&reference);
    let filled = |text: &str| text.replace("{ref}", &reference).replace("{label}", &label).into_bytes();
    FILES.iter().map(|(path, text)| (RelPath::composed(path), filled(text))).collect()
}

fn reference(name: &str) -> String {
    let lower: String = name.to_ascii_lowercase().replace('.', "_");
    if is_identifier(&lower) { lower } else { format!("pack_{}", lower.trim_start_matches('_')) }
}

/// Returns the words of a ref with capitals: `web_probes` becomes `Web Probes`.
fn title(reference: &str) -> String {
    let words = reference.split(['_', '-']).filter(|word| !word.is_empty());
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    words.map(capital).collect::<Vec<_>>().join(" ")
}
