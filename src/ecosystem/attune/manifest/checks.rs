//! What is wrong with a manifest by itself.

use super::super::codes::{
    ATTUNE_DESCRIPTION_MISSING, ATTUNE_FIELD_TYPE, ATTUNE_KEYWORDS_DIFFER, ATTUNE_LABEL_MISSING,
    ATTUNE_LEGACY_KEY_CONFLICT, ATTUNE_REF_INVALID, ATTUNE_VERSION_NOT_SEMVER,
};
use super::super::flat;
use super::super::wording::{self, quoted};
use super::{ALIASES, aliased, strings};
use crate::diag::{Place, Sink};
use crate::ident::Version;
use crate::pack::YamlFile;
use crate::pack::schema::Violation;

/// Reports what the manifest's schema refuses, by the rule that it belongs to.
pub(super) fn report(file: &YamlFile<'_>, violation: &Violation, sink: &mut Sink) {
    let root = &file.yaml.root;
    let first = violation.path.first().or(violation.property.as_ref()).map(String::as_str).unwrap_or_default();
    if flat::KEYS.contains(&first) {
        return; // said by `flat::check`, in better words
    }
    let node = violation.node(root);
    let is_missing = violation.keyword == "required" && violation.path.is_empty();
    let place = if is_missing { Place::file(file.path.as_str()) } else { file.place(node.span) };
    match first {
        "ref" if is_missing => {
            sink.report(ATTUNE_REF_INVALID, place, "the pack has no `ref`").help("add `ref: my_pack`");
        }
        "ref" => {
            let draft =
                sink.report(ATTUNE_REF_INVALID, place, format!("`ref` is {}, which is no pack ref", quoted(node)));
            draft.help(match node.as_str() {
                Some(text) if text.contains('.') => {
                    format!("a pack's ref has no dot; try `{}`", text.replace('.', "_"))
                }
                _ => "write a lowercase letter, then lowercase letters, digits, `_` or `-`".to_owned(),
            });
        }
        "version" if is_missing => {
            sink.report(ATTUNE_VERSION_NOT_SEMVER, place, "the pack has no `version`").help("add `version: \"0.1.0\"`");
        }
        "version" => {
            let message = format!("`version` is {}, which is not SemVer", quoted(node));
            let draft = sink.report(ATTUNE_VERSION_NOT_SEMVER, place, message);
            draft.help(match node.scalar_text().and_then(|text| mended(&text)) {
                Some(version) => format!("write `\"{version}\"`"),
                None => "write three numbers, such as `\"1.0.0\"`".to_owned(),
            });
        }
        _ => {
            let draft = sink.report(ATTUNE_FIELD_TYPE, place, wording::message(violation, root));
            if first == "dependencies" {
                draft.help("write a list of pack refs, or `[]` for none");
            }
        }
    }
}

/// Returns the version, if it is one; reports what the schema lets pass and nobody can order or name a file after.
pub(super) fn version(file: &YamlFile<'_>, text: &str, fits_schema: bool, sink: &mut Sink) -> Option<Version> {
    let error = match Version::semver(text) {
        Ok(version) => return Some(version).filter(Version::is_semver2),
        Err(error) => error,
    };
    if fits_schema {
        let node = file.yaml.root.get("version");
        let place = node.map_or_else(|| Place::file(file.path.as_str()), |node| file.place(node.span));
        sink.report(ATTUNE_VERSION_NOT_SEMVER, place, error.to_string())
            .help("write a shorter version, with smaller numbers");
    }
    None
}

/// Returns the semantic version that somebody meant: `1.0.0` for `1`, `1.0`, `v1.0.0`.
fn mended(text: &str) -> Option<String> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    ["", ".0", ".0.0"]
        .iter()
        .map(|rest| format!("{text}{rest}"))
        .find(|text| Version::semver(text).is_ok_and(|version| version.is_semver2()))
}

/// Requires a key and its older name to agree.
pub(super) fn legacy_key_conflicts(file: &YamlFile<'_>, sink: &mut Sink) {
    for (older, newer) in ALIASES {
        let (Some((key, old)), Some((other, new))) = (file.yaml.root.entry(older), file.yaml.root.entry(newer)) else {
            continue;
        };
        if old.to_json() != new.to_json() {
            let message = format!("`{older}` and `{newer}` mean the same, but differ");
            sink.report(ATTUNE_LEGACY_KEY_CONFLICT, file.place(key.span), message)
                .related(format!("`{newer}` is here"), file.place(other.span))
                .help(format!("keep `{newer}`; `{older}` is its older name"));
        }
    }
}

/// Reports texts that are documented as required.
pub(super) fn missing_texts(file: &YamlFile<'_>, sink: &mut Sink) {
    let root = &file.yaml.root;
    let is_blank =
        |key| root.get(key).is_none_or(|value| value.scalar_text().is_none_or(|text| text.trim().is_empty()));
    let place = || Place::file(file.path.as_str());
    if is_blank("label") && is_blank("name") {
        sink.report(ATTUNE_LABEL_MISSING, place(), "the pack has no `label`").help("add what people call it");
    }
    if is_blank("description") {
        sink.report(ATTUNE_DESCRIPTION_MISSING, place(), "the pack has no `description`")
            .help("add a sentence that says what the pack is for");
    }
}

/// Reports two lists of keywords that differ.
pub(super) fn keywords_differ(file: &YamlFile<'_>, sink: &mut Sink) {
    let root = &file.yaml.root;
    let (Some(keywords), Some(tags)) =
        (aliased(root, "meta").and_then(|meta| meta.entry("keywords")), aliased(root, "tags"))
    else {
        return;
    };
    let (mut of_meta, mut of_tags) = (strings(keywords.1), strings(tags));
    of_meta.sort_unstable();
    of_tags.sort_unstable();
    if of_meta != of_tags && !of_meta.is_empty() && !of_tags.is_empty() {
        sink.report(ATTUNE_KEYWORDS_DIFFER, file.place(keywords.0.span), "`meta.keywords` and `tags` differ")
            .related("`tags` are here", file.place(tags.span))
            .help("keep the two lists alike, or drop `meta.keywords`");
    }
}
