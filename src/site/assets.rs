//! The built-in templates and assets, compiled into the program.

use include_dir::{Dir, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/site-templates");

/// Returns the templates, by name, sorted.
pub(super) fn templates() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    named(FILES.files())
}

/// The files that are joined from the parts of a folder, in the order of their names.
pub(super) const JOINED: [(&str, &str); 2] = [("script", "assets/site.js"), ("style", "assets/style.css")];

/// Returns the parts of a folder, by path such as `style/10-base.css`, sorted.
pub(super) fn parts(folder: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    named(FILES.get_dir(folder).into_iter().flat_map(Dir::files))
}

/// Returns the files that are published as they are, by path such as `assets/icon.svg`, sorted.
pub(super) fn assets() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    named(FILES.get_dir("assets").into_iter().flat_map(Dir::files))
}

fn named(
    files: impl Iterator<Item = &'static include_dir::File<'static>>,
) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let mut files: Vec<_> = files.filter_map(|file| Some((file.path().to_str()?, file.contents()))).collect();
    files.sort_unstable_by_key(|(name, _)| *name);
    files.into_iter()
}
