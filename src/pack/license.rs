//! Recognises the text of well-known licences by their standard wording.

use super::PackTree;
use crate::source::FileEntry;

/// Largest file that is looked at, in bytes.
pub const LARGEST: u64 = 256 << 10;

/// The licence of a file, under a type of its own for the memo.
struct Recognised(Option<&'static str>);

/// Returns the SPDX identifier of the licence whose text a file holds, looked at once per content.
pub fn of_file(tree: &PackTree<'_>, entry: &FileEntry) -> Option<String> {
    let recognised = tree
        .memo
        .get_or_insert(entry.blob, (), || Recognised(tree.text(entry, LARGEST).and_then(|text| recognise(&text))));
    recognised.0.map(str::to_owned)
}

/// Names of licence files, in small letters.
pub const NAMES: &[&str] = &["license", "license.md", "license.txt", "licence", "licence.md", "copying"];

/// Tells whether a file of that name, at the root of a pack or of a source, holds its licence.
pub fn is_it(name: &str) -> bool {
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns the licence file at the root of a pack, if any.
pub fn file<'a>(tree: &PackTree<'a>) -> Option<&'a FileEntry> {
    tree.directly_in("").find(|entry| is_it(entry.path.as_str()))
}

/// Returns the SPDX identifier of the licence of a pack: that of its own file, else that of its source.
///
/// A file of its own whose text is not recognised says that the source's licence is not meant.
pub fn of_pack(tree: &PackTree<'_>) -> Option<String> {
    match file(tree) {
        Some(entry) => of_file(tree, entry),
        None => tree.license_above().and_then(|above| above.id.clone()),
    }
}

/// Returns the SPDX identifier of the licence whose standard wording the text has; `None` rather than a guess.
pub fn recognise(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let text = words.join(" ");
    let has = |phrase: &str| text.contains(phrase);
    if has("apache license version 2.0") {
        return Some("Apache-2.0");
    }
    if has("mozilla public license version 2.0") {
        return Some("MPL-2.0");
    }
    let gnu = [
        ("gnu affero general public license version 3", "AGPL-3.0-only"),
        ("gnu lesser general public license version 3", "LGPL-3.0-only"),
        ("gnu lesser general public license version 2.1", "LGPL-2.1-only"),
        ("gnu general public license version 3", "GPL-3.0-only"),
        ("gnu general public license version 2", "GPL-2.0-only"),
    ];
    if let Some((_, id)) = gnu.iter().filter(|(name, _)| has(name)).min_by_key(|(name, _)| text.find(name)) {
        return Some(id);
    }
    if has("permission is hereby granted free of charge to any person obtaining a copy") {
        return has("the above copyright notice and this permission notice").then_some("MIT");
    }
    if has("redistribution and use in source and binary forms") {
        return Some(if has("neither the name of") { "BSD-3-Clause" } else { "BSD-2-Clause" });
    }
    has("permission to use copy modify and/or distribute this software for any purpose").then_some("ISC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_wordings_are_recognised_and_nothing_else() {
        for (text, id) in [
            ("                 Apache License\n           Version 2.0, January 2004\n", Some("Apache-2.0")),
            (
                "Permission is hereby granted, free of charge, to any person obtaining a copy … The above copyright notice \
                 and this permission notice shall be included",
                Some("MIT"),
            ),
            ("GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", Some("GPL-3.0-only")),
            (
                "Redistribution and use in source and binary forms … Neither the name of the copyright holder",
                Some("BSD-3-Clause"),
            ),
            ("Redistribution and use in source and binary forms", Some("BSD-2-Clause")),
            ("All rights reserved.", None),
            ("This is like the MIT licence.", None),
        ] {
            assert_eq!(recognise(text), id, "{text}");
        }
    }
}
