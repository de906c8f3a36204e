//! The rules on what an installation gets.

use std::collections::BTreeMap;

use super::codes::{ASTRADESK_PACKAGE_DATA, ASTRADESK_PACKAGES_FIND, ASTRADESK_TOP_LEVEL_COLLISION};
use super::layout::{FOLDERS, Layout};
use super::whole::Whole;
use crate::diag::{Sink, Span};
use crate::yaml::Node;

/// Files that are no Python: their folder, their ending, and what people call them.
const DATA: &[(&str, &str, &str)] =
    &[("flows", ".yaml", "flow"), ("policies", ".rego", "policy"), ("proto", ".proto", "protocol file")];

/// Requires flows, policies and protocol files to be part of an installation.
pub(super) fn data_is_installed(pack: &Whole<'_>, sink: &mut Sink) {
    let Some(packaging) = pack.packaging.filter(|packaging| !packaging.is_ambiguous) else { return };
    for (folder, end, what) in DATA {
        let files = pack.layout.files_ending(pack.tree, folder, end);
        let lost: Vec<_> = files.iter().filter(|entry| !packaging.installs(entry.path.as_str())).collect();
        let Some(first) = lost.first() else { continue };
        let message = match lost.len() {
            1 => format!("an installation does not get the {what} `{}`", first.path.file_name()),
            many => format!(
                "an installation does not get `{}` and {} more in `{folder}/`",
                first.path.file_name(),
                many - 1
            ),
        };
        let package = match pack.layout {
            Layout::Src(package) => format!("{package} = [\"{folder}/*{end}\"]"),
            Layout::Flat => format!("{folder} = [\"*{end}\"]"),
        };
        sink.report(ASTRADESK_PACKAGE_DATA, pack.at(settings_span(pack.root, "package-data")), message)
            .help(format!("write `{package}` in `[tool.setuptools.package-data]`"));
    }
}

/// Requires the folders with Python components to be packages of an installation.
pub(super) fn components_are_installed(pack: &Whole<'_>, sink: &mut Sink) {
    let Some(packaging) = pack.packaging else { return };
    let span = packaging.chosen.unwrap_or_else(|| settings_span(pack.root, "packages"));
    if packaging.is_ambiguous {
        let tops: Vec<String> = packaging.top_level().iter().map(|name| format!("`{name}`")).collect();
        let message = format!("setuptools refuses to choose among {}", tops.join(", "));
        sink.report(ASTRADESK_PACKAGES_FIND, pack.at(span), message)
            .help("say which packages there are: `[tool.setuptools.packages.find]` with `include = […]`");
        return;
    }
    let mut lost: BTreeMap<String, &str> = BTreeMap::new();
    for folder in FOLDERS {
        for entry in pack.layout.files_ending(pack.tree, folder, ".py") {
            if !packaging.installs(entry.path.as_str()) {
                lost.insert(entry.path.parent().to_owned(), entry.path.file_name());
            }
        }
    }
    for (folder, file) in lost {
        let has_init = pack.tree.get(&format!("{folder}/__init__.py")).is_some();
        let help = if has_init {
            "add the package to `include`".to_owned()
        } else {
            format!("add the package to `include`, and an empty `{folder}/__init__.py`")
        };
        let message = format!("an installation does not get `{folder}/`, with `{file}` in it");
        sink.report(ASTRADESK_PACKAGES_FIND, pack.at(span), message).help(help);
    }
}

/// Requires a pack in the flat layout not to install what every other one installs too.
pub(super) fn top_level_names_are_its_own(pack: &Whole<'_>, sink: &mut Sink) {
    let (Some(packaging), Layout::Flat) = (pack.packaging, pack.layout) else { return };
    if packaging.is_ambiguous {
        return;
    }
    let tops = packaging.top_level();
    let shared: Vec<String> =
        FOLDERS.iter().filter(|folder| tops.contains(**folder)).map(|folder| format!("`{folder}`")).collect();
    if !shared.is_empty() {
        let span = packaging.chosen.unwrap_or_else(|| settings_span(pack.root, "packages"));
        let message =
            format!("an installation gets {} at the top level, as from any other flat pack", shared.join(", "));
        sink.report(ASTRADESK_TOP_LEVEL_COLLISION, pack.at(span), message)
            .help(format!("move the folders below `src/domain_{}/`", pack.domain));
    }
}

/// Returns where a setting of setuptools stands, or else the project.
fn settings_span(root: &Node, key: &str) -> Span {
    let settings = root.get("tool").and_then(|tool| tool.get("setuptools"));
    let own = settings.and_then(|settings| settings.entry(key)).map(|(key, _)| key.span);
    own.or_else(|| root.entry("project").map(|(key, _)| key.span)).unwrap_or(root.span)
}
