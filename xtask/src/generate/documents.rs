//! The files that both ecosystems share: README, changelog, licence, Python code, icon.

use super::parameters::Parameter;
use super::plan::{Ecosystem, Pack};
use super::random::Random;
use super::words;

/// A PNG of one grey pixel.
pub(crate) const ICON: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0,
    0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0,
    0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// Returns a README of 2 to 6 KB with what real ones have: headings, lists, code, tables, links.
pub(crate) fn readme(pack: &Pack, revision: u64, settings: &[Parameter]) -> String {
    let mut random = pack.random(3, &[revision]);
    let (name, title) = (&pack.name, pack.title());
    let mut out = format!("# {title} pack\n\n{}\n\n", words::paragraph(&mut random, 3));
    out.push_str("## What is in it\n\n");
    for number in 0..random.between(4, 9) {
        let action = pack.action(number % pack.actions.max(1));
        out.push_str(&format!("- **{}**: {}.\n", words::title(&action), words::phrase(&mut random)));
    }
    let client = match pack.ecosystem {
        Ecosystem::StackStorm => "st2",
        Ecosystem::Attune => "attune",
    };
    out.push_str(&format!("\n## Installation\n\n```sh\n{client} pack install {name}\n```\n\n"));
    out.push_str(&format!("See the [changes](CHANGES.md) and the [guide](https://docs.example.org/{name}/guide).\n\n"));
    out.push_str("## Configuration\n\n| Setting | Type | Default | Meaning |\n|---|---|---|---|\n");
    for setting in settings {
        out.push_str(&setting.row());
    }
    out.push_str("\n## Steps\n\n");
    for number in 1..=random.between(3, 6) {
        out.push_str(&format!("{number}. {}\n", words::paragraph(&mut random, 1)));
    }
    for _ in 0..random.between(1, 4) {
        let object = random.pick(words::OBJECTS);
        out.push_str(&format!("\n### Working with a {}\n\n", words::spaced(object)));
        let sentences = random.between(3, 6);
        out.push_str(&format!("{}\n\n", words::paragraph(&mut random, sentences)));
        out.push_str(&format!("> **Note:** {}\n\n", words::remark(&mut random)));
        out.push_str(&format!("```yaml\n{object}:\n  owner: \"*{name}*\"\n  enabled: true\n```\n"));
    }
    out.push_str(&format!(
        "\n---\n\nQuestions: <https://forum.example.org/c/{name}>. *{}*\n",
        words::remark(&mut random)
    ));
    out
}

/// Returns the changelog at a release, newest first.
pub(crate) fn changes(pack: &Pack, release: usize) -> String {
    let mut out = "# Changes\n".to_owned();
    for number in (0..=release).rev() {
        let mut random = pack.random(4, &[number as u64]);
        out.push_str(&format!("\n## {}\n\n", pack.releases[number].version));
        for _ in 0..random.between(1, 4) {
            out.push_str(&format!("- {} {}.\n", words::title(random.pick(words::VERBS)), words::phrase(&mut random)));
        }
    }
    out
}

/// Returns the text of the MIT licence.
pub(crate) fn license(pack: &Pack) -> String {
    format!(
        "MIT License\n\nCopyright (c) 2020 The {} authors\n\n\
Permission is hereby granted, free of charge, to any person obtaining a copy\n\
of this software and associated documentation files (the \"Software\"), to deal\n\
in the Software without restriction, including without limitation the rights\n\
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell\n\
copies of the Software, and to permit persons to whom the Software is\n\
furnished to do so, subject to the following conditions:\n\n\
The above copyright notice and this permission notice shall be included in all\n\
copies or substantial portions of the Software.\n\n\
THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR\n\
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,\n\
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE\n\
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER\n\
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,\n\
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE\n\
SOFTWARE.\n",
        pack.title()
    )
}

/// Returns a Python file that stands behind a group of actions.
pub(crate) fn python(random: &mut Random, subject: &str) -> String {
    let mut out = format!("\"\"\"Runs the {subject} actions.\"\"\"\n\nimport json\nimport sys\n\n\n");
    for _ in 0..random.between(2, 4) {
        let (verb, object) = (random.pick(words::VERBS), random.pick(words::OBJECTS));
        out.push_str(&format!(
            "def {verb}_{object}(client, parameters):\n    \"\"\"{} {}.\"\"\"\n    response = client.call(\"{object}\", \
             parameters)\n    return {{\"status\": response.status, \"items\": response.items}}\n\n\n",
            words::title(verb),
            words::phrase(random)
        ));
    }
    out.push_str("if __name__ == \"__main__\":\n    json.dump(json.load(sys.stdin), sys.stdout)\n");
    out
}
