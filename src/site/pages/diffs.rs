//! What changed within files, for the page that compares two releases: as unified diffs, bounded by sizes only, so that the same
//! two releases always give the same bytes.

use serde::Serialize;

use crate::catalog::CatalogRelease;
use crate::compare::FileChanges;
use crate::content::Listed;
use crate::site::highlight::{Code, Language};
use crate::site::line_diff::{Change, changes, grouped};
use crate::site::{PackSite, links, text};

/// Most files of which it is shown what changed in them.
const MOST_FILES: usize = 60;
/// Largest file that is looked into, in bytes, and in lines.
const MOST_BYTES: u64 = 256 << 10;
const MOST_LINES: usize = 5_000;
/// Most lines of a file's diff.
const MOST_ROWS: usize = 400;
/// Most HTML of a page's diffs, in bytes.
const MOST_HTML: usize = 120 << 10;
/// How many lines are shown around a change.
const AROUND: usize = 3;
/// So few diffs are open from the start.
const FEW: usize = 3;

/// A file that changed.
#[derive(Serialize)]
pub(super) struct FileDiff<'a> {
    /// Where it was, if that was elsewhere.
    from: Option<&'a str>,
    path: &'a str,
    /// The address of its page, and of that of the file before.
    address: Option<String>,
    address_before: Option<String>,
    added: usize,
    removed: usize,
    /// What is to be said in the place of lines, or about them.
    note: Option<String>,
    is_open: bool,
    /// Whether there are lines to show; they come beside the page, as HTML.
    has_lines: bool,
    #[serde(skip)]
    pub(super) lines: String,
}

/// The two releases, by their places in the pack's list.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) before: usize,
    pub(super) at: usize,
}

/// Returns what changed in the files that are in both releases; and how many such files there are more.
pub(super) fn of<'a>(site: &PackSite, pair: Pair, files: &'a FileChanges) -> (Vec<FileDiff<'a>>, usize) {
    let changed = files.changed.iter().map(|path| (path.as_str(), path.as_str()));
    let moved = files.moved.iter().filter(|moved| moved.is_changed).map(|moved| (&*moved.from, &*moved.to));
    let all: Vec<(&str, &str)> = changed.chain(moved).collect();
    let mut room = MOST_HTML;
    let shown = all.iter().take(MOST_FILES);
    let diffs = shown.map(|(from, to)| of_file(site, pair, (from, to), &mut room, all.len() <= FEW)).collect();
    (diffs, all.len().saturating_sub(MOST_FILES))
}

fn of_file<'a>(
    site: &PackSite,
    Pair { before, at }: Pair,
    (from, path): (&'a str, &'a str),
    room: &mut usize,
    is_open: bool,
) -> FileDiff<'a> {
    let pack = &*site.pack;
    let (old, new) = (&pack.releases[before], &pack.releases[at]);
    let page = |at: usize, path: &str| site.files.address_of(pack, at, path).map(|address| format!("{address}.html"));
    let (address_before, address) = (page(before, from), page(at, path));
    // Compare pages lie in a folder of the pack, as file pages do.
    let near = |address: &Option<String>| {
        let below = address.as_ref()?.strip_prefix(&links::pack_address(&pack.id))?;
        Some(format!("..{below}"))
    };
    let links = [near(&address_before), near(&address)];
    let mut diff = FileDiff {
        from: (from != path).then_some(from),
        path,
        address,
        address_before,
        added: 0,
        removed: 0,
        note: None,
        is_open,
        has_lines: false,
        lines: String::new(),
    };
    let (Some(left), Some(right)) = (listed(old, from), listed(new, path)) else { return diff };
    if left.sha256 == right.sha256 {
        diff.note = Some(mode(left, right).to_owned());
        return diff;
    }
    let sizes = format!("{} → {}", text::size(left.size), text::size(right.size));
    if left.size.max(right.size) > MOST_BYTES {
        diff.note = Some(format!("too large to compare: {sizes}"));
        return diff;
    }
    let (Some(left_bytes), Some(right_bytes)) = (read(old, from), read(new, path)) else { return diff };
    if left_bytes.contains(&0) || right_bytes.contains(&0) {
        diff.note = Some(format!("binary: {sizes}"));
        return diff;
    }
    let texts = [String::from_utf8_lossy(&left_bytes), String::from_utf8_lossy(&right_bytes)];
    let codes = [Code::new(Language::of_path(from), &texts[0]), Code::new(Language::of_path(path), &texts[1])];
    if codes.iter().any(|code| code.len() > MOST_LINES) {
        diff.note = Some(format!("too large to compare: {} → {} lines", codes[0].len(), codes[1].len()));
        return diff;
    }
    let [before, after] = &codes;
    let found = changes(before.all(), after.all());
    diff.added = found.iter().map(|change| change.after.len()).sum();
    diff.removed = found.iter().map(|change| change.before.len()).sum();
    if found.is_empty() {
        diff.note = Some("only what ends its lines changed".to_owned());
        return diff;
    }
    let html = Lines { codes: &codes, links: &links }.html(found);
    if html.0.len() > *room {
        diff.note = Some("not shown: this page would be too large".to_owned());
        *room = 0;
        return diff;
    }
    *room -= html.0.len();
    diff.note = html.1.then(|| "only its first changes are shown".to_owned());
    (diff.has_lines, diff.lines) = (true, html.0);
    diff
}

fn listed<'a>(release: &'a CatalogRelease, path: &str) -> Option<&'a Listed> {
    let files = &release.listing.files;
    files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|number| &files[number])
}

fn read(release: &CatalogRelease, path: &str) -> Option<std::sync::Arc<[u8]>> {
    release.content.read(release.content.get(path)?).ok()
}

const fn mode(before: &Listed, after: &Listed) -> &'static str {
    match (before.executable, after.executable) {
        (false, true) => "it can be executed now",
        (true, false) => "it cannot be executed any more",
        _ => "its bytes are the same",
    }
}

/// Writes the lines of a diff.
struct Lines<'c, 't> {
    codes: &'c [Code<'t>; 2],
    /// The pages of the two files.
    links: &'c [Option<String>; 2],
}

impl Lines<'_, '_> {
    /// Returns the lines as HTML, and whether some are left out.
    fn html(&self, found: Vec<Change>) -> (String, bool) {
        let [before, after] = self.codes;
        let mut out = Vec::new();
        let mut rows = 0;
        for group in grouped(found, 2 * AROUND) {
            let (first, last) = (&group[0], &group[group.len() - 1]);
            let start = (
                first.before.start - first.before.start.min(AROUND),
                first.after.start - first.after.start.min(AROUND),
            );
            let end = ((last.before.end + AROUND).min(before.len()), (last.after.end + AROUND).min(after.len()));
            let length = group.iter().map(|change| change.before.len()).sum::<usize>() + end.1 - start.1;
            if rows > 0 && rows + length > MOST_ROWS {
                return (text_of(out), true);
            }
            let head =
                format!("<b>@@ -{},{} +{},{} @@</b>\n", start.0 + 1, end.0 - start.0, start.1 + 1, end.1 - start.1);
            out.extend_from_slice(head.as_bytes());
            let mut at = start.1;
            for change in &group {
                (at..change.after.start).for_each(|line| self.line(&mut out, "", 1, line));
                for (tag, side, lines) in [("del", 0, &change.before), ("ins", 1, &change.after)] {
                    for line in lines.clone() {
                        if rows == MOST_ROWS {
                            return (text_of(out), true);
                        }
                        rows += 1;
                        self.line(&mut out, tag, side, line);
                    }
                }
                at = change.after.end;
            }
            (at..end.1).for_each(|line| self.line(&mut out, "", 1, line));
            rows += end.1 - start.1;
        }
        (text_of(out), false)
    }

    /// Writes a line: its number, whether it came or went, and its text, with spaces at its end marked.
    fn line(&self, out: &mut Vec<u8>, tag: &str, side: usize, line: usize) {
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        let number = line + 1;
        if !tag.is_empty() {
            put(&format!("<{tag}>"));
        }
        match &self.links[side] {
            Some(link) => put(&format!("<a href=\"{link}#L{number}\">{number}</a>")),
            None => put(&format!("<i>{number}</i>")),
        }
        put(match tag {
            "ins" => "+ ",
            "del" => "- ",
            _ => "  ",
        });
        let code = &self.codes[side];
        code.write(line, out);
        let text = code.line(line);
        if !tag.is_empty() {
            if text.ends_with([' ', '\t']) {
                out.extend_from_slice(b"<i class=\"w\" title=\"The line ends in white space\">\xe2\x90\xa3</i>");
            }
            out.extend_from_slice(format!("</{tag}>").as_bytes());
        }
        out.push(b'\n');
    }
}

fn text_of(html: Vec<u8>) -> String {
    String::from_utf8(html).expect("text and markup are UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(before: &str, after: &str) -> (String, bool) {
        let codes = [Code::new(Language::of_path("a.yaml"), before), Code::new(Language::of_path("a.yaml"), after)];
        let links = [None, Some("../files/1/a.yaml.html".to_owned())];
        let found = changes(codes[0].all(), codes[1].all());
        Lines { codes: &codes, links: &links }.html(found)
    }

    #[test]
    fn a_diff_shows_what_came_and_went() {
        let (html, is_cut) = lines("a: 1\nb: 2\n</pre>\n", "a: 1\nb: 3 \n</pre>\n");
        let expected = "<b>@@ -1,3 +1,3 @@</b>\n\
            <a href=\"../files/1/a.yaml.html#L1\">1</a>  <span class=\"t\">a</span>: <span class=\"n\">1</span>\n\
            <del><i>2</i>- <span class=\"t\">b</span>: <span class=\"n\">2</span></del>\n\
            <ins><a href=\"../files/1/a.yaml.html#L2\">2</a>+ <span class=\"t\">b</span>: <span class=\"n\">3</span> \
            <i class=\"w\" title=\"The line ends in white space\">␣</i></ins>\n\
            <a href=\"../files/1/a.yaml.html#L3\">3</a>  &lt;/pre&gt;\n";
        assert_eq!((html.as_str(), is_cut), (expected, false));
    }

    #[test]
    fn lines_far_from_any_change_are_left_out() {
        let text = |word: &str| {
            (0..40).map(|n| if n == 20 { format!("{word}\n") } else { format!("- x{n}\n") }).collect::<String>()
        };
        let (html, is_cut) = lines(&text("- old"), &text("- new"));
        assert!(html.starts_with("<b>@@ -18,7 +18,7 @@</b>\n") && html.lines().count() == 9 && !is_cut, "{html}");
    }

    #[test]
    fn a_long_diff_ends_early() {
        let text = |word: &str| (0..2_000).map(|n| format!("- {word}{n}\n")).collect::<String>();
        let (html, is_cut) = lines(&text("a"), &text("b"));
        assert!(is_cut && html.lines().count() <= MOST_ROWS + 2 * AROUND + 1);
    }
}
