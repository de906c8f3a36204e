use proptest::prelude::*;

use super::*;

/// Returns a text as HTML, with its classes in brackets.
fn marked(path: &str, text: &str) -> String {
    Code::new(Language::of_path(path), text)
        .html()
        .replace("<span class=\"", "[")
        .replace("\">", " ")
        .replace("</span>", "]")
}

#[test]
fn yaml_has_keys_values_and_blocks() {
    let text = "---\n# note\nname: \"a: b\" # why\non: true\nsize: 12\nrun: |\n  key: no\n\n  x\nlist: [a, {b: 1}]\n- *x\n- url: http://x\nv: {{ y }}\n";
    let expected = "[k ---]\n[c # note]\n[t name]: [s &quot;a: b&quot;] [c # why]\n[t on]: [k true]\n[t size]: [n 12]\n[t run]: [k |]\n  \
        [s key: no]\n\n  [s x]\n[t list]: [a, {[t b]: [n 1]}]\n- [v *x]\n- [t url]: http://x\n[t v]: [v {{ y }}]\n";
    assert_eq!(marked("a.yaml", text), expected);
    assert_eq!(marked("a.yml", "a: 'x\n  y'\nb: 1\n"), "[t a]: [s &#39;x]\n[s   y&#39;]\n[t b]: [n 1]\n");
    assert_eq!(marked("a.yaml", "- run: |\n    a\n  with: b\n"), "- [t run]: [k |]\n    [s a]\n  [t with]: b\n");
}

#[test]
fn code_has_comments_strings_words_and_numbers() {
    let python = "@task\ndef run(x):  # go\n    \"\"\"Long\n    text.\"\"\"\n    return 'a\\'b' + 1.5\n";
    let expected = "[v @task]\n[k def] [t run](x):  [c # go]\n    [s &quot;&quot;&quot;Long]\n[s     text.&quot;&quot;&quot;]\n    [k return] [s &#39;a\\&#39;b&#39;] + [n 1.5]\n";
    assert_eq!(marked("x/run.py", python), expected);
    assert_eq!(
        marked("a.json", "{\"a\": \"b\", \"c\": true}"),
        "{[t &quot;a&quot;]: [s &quot;b&quot;], [t &quot;c&quot;]: [k true]}\n"
    );
    assert_eq!(marked("a.toml", "[a.b]\nx-y = \"#\" # z\n"), "[t [a.b]]\n[t x-y] = [s &quot;#&quot;] [c # z]\n");
    assert_eq!(marked("a.sh", "echo \"${x}\" $y a#b\n"), "[k echo] [s &quot;${x}&quot;] [v $y] a#b\n");
    assert_eq!(
        marked("b.sh", "rm -rf a-2.0.gz - --no-x=1 2 x--y\n"),
        "rm [t -rf] a-2.0.gz - [t --no-x]=[n 1] [n 2] x--y\n"
    );
    assert_eq!(marked("Dockerfile", "FROM a AS b\n"), "[k FROM] a [k AS] b\n");
    assert_eq!(marked("a.rego", "default allow := false\n"), "[k default] allow := [k false]\n");
}

#[test]
fn markup_is_text() {
    assert_eq!(
        marked("a.html", "<a href=\"x\">y</a><!-- z -->"),
        "&lt;[t a] href=[s &quot;x&quot;]&gt;y&lt;/[t a]&gt;[c &lt;!-- z --&gt;]\n"
    );
    let skill = "---\nname: x\n---\n# Use `y`\n- a `b`\n```sh\n# c\n```\nd\n";
    let expected = "[k ---]\n[t name]: x\n[k ---]\n[t # Use `y`]\n[k -] a [s `b`]\n[s ```sh]\n[s # c]\n[s ```]\nd\n";
    assert_eq!(marked("SKILL.md", skill), expected);
    assert_eq!(marked("a.html.j2", "<b>{{ x }}</b>"), "&lt;b&gt;[v {{ x }}]&lt;/b&gt;\n");
}

#[test]
fn lines_end_as_in_yaml() {
    assert_eq!(lines("a\nb\r\nc\rd"), [(0, 1), (2, 3), (5, 6), (7, 8)]);
    assert_eq!(lines(""), []);
    assert_eq!(lines("\n"), [(0, 0)]);
}

#[test]
fn what_is_large_or_has_long_lines_is_plain() {
    let long = format!("a: {}\n", "1".repeat(LONGEST_LINE));
    assert!(!marked("a.yaml", &long).contains('['));
    let large = "a: 1\n".repeat(MOST_BYTES / 5 + 1);
    assert!(!marked("a.yaml", &large).contains('['));
}

#[test]
fn keywords_are_sorted() {
    for syntax in languages::ALL {
        assert!(syntax.keywords.is_sorted() && syntax.names_after.is_sorted(), "{syntax:?}");
    }
}

/// Ensures that a text which tries to make the passes quadratic costs little.
#[test]
fn hostile_texts_cost_little() {
    let paths = ["a.yaml", "a.py", "a.json", "a.md", "a.html", "a.toml", "a.sh", "a.j2", "a.js"];
    let pieces = [
        "{",
        "[",
        "\"",
        "'",
        "{{",
        "<",
        "<!--",
        "`",
        "- ",
        "\"\\",
        "/*",
        "\"\"\"",
        "a: ",
        "${",
        "\n'",
        "&a ",
        "#",
        "|\n",
        "a\n  \"\n",
    ];
    let started = std::time::Instant::now();
    for path in paths {
        for piece in pieces {
            let line = piece.repeat(LONGEST_LINE / piece.len() - 1);
            let text = format!("{line}\n").repeat(MOST_BYTES / LONGEST_LINE - 1);
            assert!(Code::new(Language::of_path(path), &text).html().len() >= text.len(), "{path} {piece}");
        }
    }
    // 171 texts of 256 KiB; without optimisation, on a busy machine.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    /// Ensures that whatever a file holds, its text comes out as it went in, and nothing but known elements with it.
    #[test]
    fn no_text_is_lost_and_no_markup_comes_in(
        text in "([a-z\"'`#:{}<>&!*|\\\\/\\[\\],$@ -]|\n|\r|\t|é|\u{202e}|\u{0}|---|: |- |```|\"\"\"|\\{\\{){0,120}",
        ending in "(yaml|json|toml|py|sh|js|go|rego|tf|md|html|j2|sql|txt|dockerfile)",
    ) {
        let code = Code::new(Language::of_path(&format!("x.{ending}")), &text);
        let html = code.html();
        let mut plain = html.replace("</span>", "");
        for letter in ["c", "s", "k", "n", "t", "v"] {
            plain = plain.replace(&format!("<span class=\"{letter}\">"), "");
        }
        let mut expected = Vec::new();
        for number in 0..code.len() {
            put(code.line(number), &mut expected);
            expected.push(b'\n');
        }
        prop_assert_eq!(plain, String::from_utf8(expected).expect("UTF-8"));
        prop_assert_eq!(html.matches("<span").count(), html.matches("</span>").count());
        // Each line stands for itself.
        prop_assert!(html.lines().all(|line| line.matches("<span").count() == line.matches("</span>").count()));
        let sorted = code.tokens.windows(2).all(|pair| pair[0].end <= pair[1].start);
        prop_assert!(sorted, "{:?}", code.tokens);
    }
}
