//! The metadata of a distribution: `PKG-INFO` and `METADATA` (core metadata 2.2), from the manifest.

use super::super::manifest::Manifest;
use super::super::python_versions::Requirement;
use crate::yaml::Node;

/// Returns the core metadata.
///
/// Version 2.2 is the first of which installers believe that an sdist's metadata is that of the wheel built from it, except for
/// the fields that `Dynamic` names.
pub(super) fn text(manifest: &Manifest, root: &Node, version: &str, readme: Option<(&str, &str)>) -> String {
    let mut text = String::from("Metadata-Version: 2.2\n");
    let mut add = |field: &str, value: &str| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            text.push_str(&format!("{field}: {value}\n"));
        }
    };
    add("Name", manifest.name.as_ref().map_or("", |name| &name.value));
    add("Version", version);
    for field in dynamic(root) {
        add("Dynamic", field);
    }
    add("Summary", &manifest.description);
    add("Keywords", &manifest.keywords.join(","));
    let project = root.get("project");
    for (key, name, email) in [("authors", "Author", "Author-email"), ("maintainers", "Maintainer", "Maintainer-email")]
    {
        let people = project.and_then(|project| project.get(key)).map(Node::items).unwrap_or_default();
        let part = |person: &Node, key: &str| {
            person.get(key).and_then(Node::as_str).map(|text| text.replace(['\n', ','], " "))
        };
        let named: Vec<String> =
            people.iter().filter(|one| part(one, "email").is_none()).filter_map(|one| part(one, "name")).collect();
        let mails: Vec<String> = people
            .iter()
            .filter_map(|one| {
                let mail = part(one, "email")?;
                Some(part(one, "name").map_or_else(|| mail.clone(), |name| format!("{name} <{mail}>")))
            })
            .collect();
        add(name, &named.join(", "));
        add(email, &mails.join(", "));
    }
    add("License", manifest.license.as_ref().map_or("", |license| &license.value));
    for (label, url) in project.and_then(|project| project.get("urls")).map(Node::entries).unwrap_or_default() {
        if let Some(url) = url.as_str() {
            add("Project-URL", &format!("{}, {url}", label.key_text().replace(',', " ")));
        }
    }
    add("Requires-Python", manifest.requires_python.as_deref().unwrap_or_default());
    for requirement in &manifest.dependencies {
        add("Requires-Dist", &requirement.value.text);
    }
    for (extra, requirements) in &manifest.optional {
        add("Provides-Extra", extra);
        for requirement in requirements {
            add("Requires-Dist", &for_extra(requirement, extra));
        }
    }
    if let Some((kind, readme)) = readme {
        add("Description-Content-Type", kind);
        text.push('\n');
        text.push_str(readme);
    }
    text
}

/// Returns a requirement that applies with an extra only.
fn for_extra(requirement: &Requirement, extra: &str) -> String {
    match requirement.text.split_once(';') {
        Some((what, marker)) => format!("{}; ({}) and extra == \"{extra}\"", what.trim(), marker.trim()),
        None => format!("{}; extra == \"{extra}\"", requirement.text),
    }
}

/// Returns the fields that a build backend would compute, as metadata calls them.
pub(super) fn dynamic(root: &Node) -> Vec<&'static str> {
    let known = [
        ("description", "Summary"),
        ("readme", "Description"),
        ("requires-python", "Requires-Python"),
        ("license", "License"),
        ("authors", "Author"),
        ("maintainers", "Maintainer"),
        ("keywords", "Keywords"),
        ("classifiers", "Classifier"),
        ("urls", "Project-URL"),
        ("dependencies", "Requires-Dist"),
        ("optional-dependencies", "Provides-Extra"),
    ];
    let listed = root.get("project").and_then(|project| project.get("dynamic")).map(Node::items).unwrap_or_default();
    let is_listed = |key: &str| listed.iter().any(|item| item.as_str() == Some(key));
    known.iter().filter(|(key, _)| is_listed(key)).map(|(_, field)| *field).collect()
}

/// Tells whether the manifest leaves anything that an installation needs to its build backend.
pub(super) fn is_complete(root: &Node) -> bool {
    root.get("project").and_then(|project| project.get("dynamic")).is_none_or(|dynamic| dynamic.items().is_empty())
}

/// Returns `entry_points.txt`; empty when there are none.
pub(super) fn entry_points(manifest: &Manifest) -> String {
    let own = manifest
        .entry_points
        .iter()
        .map(|point| (super::super::manifest::GROUP.to_owned(), point.name.clone(), point.target.clone()));
    let mut all: Vec<(String, String, String)> = own.chain(manifest.other_entry_points.iter().cloned()).collect();
    all.sort();
    let clean = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = String::new();
    let mut last = None;
    for (group, name, target) in &all {
        if last != Some(group) {
            text.push_str(&format!("{}[{}]\n", if last.is_some() { "\n" } else { "" }, clean(group)));
            last = Some(group);
        }
        text.push_str(&format!("{} = {}\n", clean(name), clean(target)));
    }
    text
}
