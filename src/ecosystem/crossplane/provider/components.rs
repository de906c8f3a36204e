//! What the pages show of a provider.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::claims::{self, ClaimDocument, ClaimFile, Purpose};
use super::{Provider, drift, place};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::crossplane::codes::provider::UNSAFE_NAME;
use crate::ecosystem::crossplane::composition::{Composition, Mode, Patch};
use crate::ecosystem::crossplane::kinds::{COMPOSITION, EXAMPLE, FIXTURE, KINDS, SCHEMA, XRD};
use crate::ecosystem::crossplane::schema::provision_name;
use crate::ecosystem::crossplane::xrd::Xrd;
use crate::pack::{Component, ComponentKind, Example, Fact, Field, FieldTable, Link, Otherwise, Relation};
use crate::source::FileEntry;

/// Longest text of an example that a page shows, in bytes.
const MOST_EXAMPLE_BYTES: usize = 20_000;

/// Returns the components, sorted by kind and name, and checks examples, fixtures and published schemas.
pub(super) fn all(provider: &Provider<'_>, sink: &mut Sink) -> Vec<Arc<Component>> {
    let files = claims::read(provider.tree, sink);
    let mut components = Components { sink, names: BTreeSet::new(), found: Vec::new() };
    for (entry, xrd) in &provider.xrds {
        components.add(provider, entry, definition(entry, xrd, &files), xrd.span);
    }
    for (entry, composition) in &provider.compositions {
        components.add(provider, entry, composed(provider, entry, composition), composition.span);
    }
    for file in &files {
        claims::check(provider, file, components.sink);
        for (at, document) in own_documents(provider, file).enumerate() {
            components.add(provider, file.entry, claim(provider, file, document, at), document.span);
        }
    }
    for entry in drift::files(provider.tree) {
        if let Some(published) = drift::read(provider.tree, entry).as_ref() {
            drift::check(provider, entry, published, components.sink);
            let xrd = drift::subject(provider, entry, published).map(|(xrd, _)| xrd);
            components.add(provider, entry, schema(entry, xrd), Span::default());
        }
    }
    let mut found = components.found;
    let rank = |component: &Component| KINDS.iter().position(|kind| kind.key == component.kind.key);
    found.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    found.into_iter().map(Arc::new).collect()
}

/// The components so far.
struct Components<'a> {
    sink: &'a mut Sink,
    names: BTreeSet<(&'static str, String)>,
    found: Vec<Component>,
}

impl Components<'_> {
    /// Adds a component under a name of its own; one whose name is no file name is reported and left out.
    fn add(&mut self, provider: &Provider<'_>, entry: &FileEntry, mut component: Component, span: Span) {
        if !Component::is_safe_name(&component.name) {
            let place =
                if span.line > 0 { place(provider.tree, entry, span) } else { Place::file(entry.path.as_str()) };
            let message = format!("`{}` is no name for a {}", component.name, component.kind.singular.to_lowercase());
            self.sink.report(UNSAFE_NAME, place, message).help("use lowercase letters, digits, `-` and `.`");
            return;
        }
        let wanted = component.name.clone();
        let mut number = 2;
        while !self.names.insert((component.kind.key, component.name.to_lowercase())) {
            component.name = format!("{wanted}-{number}");
            number += 1;
        }
        self.found.push(component);
    }
}

fn component(kind: &'static ComponentKind, name: &str, entry: &FileEntry, line: u32) -> Component {
    Component {
        kind,
        name: name.to_owned(),
        reference: name.to_owned(),
        title: None,
        description: String::new(),
        file: entry.path.clone(),
        line,
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

fn definition(entry: &FileEntry, xrd: &Xrd, files: &[ClaimFile<'_>]) -> Component {
    let names = xrd.user_kind();
    let version = |version: &crate::ecosystem::crossplane::xrd::XrdVersion| {
        let words = [
            (!version.served, "not served"),
            (version.deprecated, "deprecated"),
            (version.referenceable, "referenceable"),
        ];
        let words: Vec<&str> = words.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| *word).collect();
        if words.is_empty() { version.name.clone() } else { format!("{} ({})", version.name, words.join(", ")) }
    };
    let versions: Vec<String> = xrd.versions.iter().map(version).collect();
    let mut facts = vec![
        Fact { label: "Group", value: xrd.group.clone() },
        Fact {
            label: if xrd.claim.is_some() { "Claim" } else { "Kind" },
            value: format!("{} ({})", names.kind, names.plural),
        },
        Fact { label: "Versions", value: versions.join(", ") },
    ];
    if xrd.claim.is_some() {
        facts.insert(
            2,
            Fact { label: "Composite", value: format!("{} ({})", xrd.composite.kind, xrd.composite.plural) },
        );
    }
    let mut add = |label, value: Option<String>| facts.extend(value.map(|value| Fact { label, value }));
    add("Scope", xrd.scope.clone());
    add("Connection keys", (!xrd.connection_keys.is_empty()).then(|| xrd.connection_keys.join(", ")));
    add("Default composition", xrd.default_composition.clone());
    add("Enforced composition", xrd.enforced_composition.clone());
    for version in &xrd.versions {
        add("Deprecation", version.deprecation_warning.clone().map(|text| format!("{}: {text}", version.name)));
    }
    let documents = files.iter().filter(|file| file.purpose == Purpose::Example).flat_map(|file| {
        let documents = file.documents.value.iter().flatten();
        documents.filter(|document| document.group == xrd.group && document.kind == names.kind)
    });
    let example = documents.min_by_key(|document| document.text.len());
    Component {
        title: Some(names.kind.clone()).filter(|title| !title.is_empty()),
        description: xrd.referenceable().map(|version| version.description.clone()).unwrap_or_default(),
        facts,
        tables: xrd.versions.iter().flat_map(|version| version.tables.clone()).collect(),
        examples: example.map(shown).into_iter().collect(),
        reference: reference(xrd),
        ..component(&XRD, &xrd.name, entry, xrd.span.line)
    }
}

/// Returns what other components call a definition: as claims do, which know nothing of the composite.
fn reference(xrd: &Xrd) -> String {
    provision_name(&xrd.group, &xrd.user_kind().kind)
}

fn shown(document: &ClaimDocument) -> Example {
    let text = if document.text.len() > MOST_EXAMPLE_BYTES { String::new() } else { document.text.clone() };
    Example { title: format!("Claim a {}", document.kind), language: "yaml", text }
}

fn composed(provider: &Provider<'_>, entry: &FileEntry, composition: &Composition) -> Component {
    let mode = match composition.mode {
        Mode::Resources => "Resources with patches",
        Mode::Pipeline => "Pipeline",
    };
    let mut facts = vec![Fact { label: "Mode", value: mode.to_owned() }];
    let mut links = Vec::new();
    if let Some(target) = &composition.target {
        let value = format!("{} of {}/{}", target.kind, target.group, target.version);
        facts.insert(0, Fact { label: "Implements", value });
        if let Some((_, xrd)) = provider.xrd_of(target) {
            let (target, line) = (reference(xrd), target.span.line);
            links.push(Link {
                relation: Relation::Implements,
                kind: XRD.key,
                target,
                line,
                otherwise: Otherwise::Name,
            });
        }
    }
    if !composition.functions.is_empty() {
        let steps = composition.functions.iter().map(|(step, function)| format!("{step}: {function}"));
        facts.push(Fact { label: "Functions", value: steps.collect::<Vec<_>>().join(", ") });
    }
    let fields: Vec<Field> = composition
        .composed
        .iter()
        .map(|composed| Field {
            name: composed.name.clone(),
            type_text: match (&composed.inner, composed.is_patch_set) {
                (_, true) => "patch set".to_owned(),
                (Some((_, inner)), _) => format!("{inner} by {}", composed.kind),
                (None, _) => composed.kind.clone(),
            },
            description: match &composed.inner {
                Some((inner, _)) => format!("{inner}, by {}", composed.api_version),
                None => composed.api_version.clone(),
            },
            fields: composed.patches.iter().map(patch).collect(),
            ..Field::default()
        })
        .collect();
    let table = FieldTable { title: "Composed resources".into(), anchor: "resources".into(), fields: fields.into() };
    Component {
        facts,
        links,
        tables: if table.fields.is_empty() { Vec::new() } else { vec![Arc::new(table)] },
        ..component(&COMPOSITION, &composition.name, entry, composition.span.line)
    }
}

/// Returns a patch as a row: from where, by which type, to where.
fn patch(patch: &Patch) -> Field {
    let from: Vec<&str> = patch.from.iter().map(|(_, path, _)| path.as_str()).collect();
    let mut constraints: Vec<String> = patch.transforms.iter().map(|kind| format!("transform {kind}")).collect();
    if patch.is_required {
        constraints.push("source required".to_owned());
    }
    Field {
        name: from.join(" + "),
        type_text: patch.kind.clone(),
        description: patch.to.as_ref().map(|(_, path, _)| format!("to {path}")).unwrap_or_default(),
        constraints,
        ..Field::default()
    }
}

/// Returns the documents of a file that are objects of the pack's own APIs.
fn own_documents<'b>(provider: &'b Provider<'_>, file: &'b ClaimFile<'_>) -> impl Iterator<Item = &'b ClaimDocument> {
    let is_own = |document: &&ClaimDocument| {
        provider.schemas.iter().any(|schema| schema.group == document.group && schema.kind == document.kind)
    };
    file.documents.value.iter().flatten().filter(is_own)
}

fn claim(provider: &Provider<'_>, file: &ClaimFile<'_>, document: &ClaimDocument, at: usize) -> Component {
    let (kind, expected) = match file.purpose {
        Purpose::Example => (&EXAMPLE, None),
        Purpose::Positive => (&FIXTURE, Some("accepted")),
        Purpose::Negative => (&FIXTURE, Some("refused")),
    };
    let stem = file.entry.path.file_name();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let name = if at == 0 { stem.to_owned() } else { format!("{stem}-{}", at + 1) };
    let mut facts = vec![Fact { label: "Kind", value: document.kind.clone() }];
    facts.extend(expected.map(|value| Fact { label: "Should be", value: value.to_owned() }));
    let rules = claims::unevaluated(provider, document);
    if !rules.is_empty() {
        facts.push(Fact { label: "Rules in CEL, not evaluated here", value: rules.join("; ") });
    }
    let xrd =
        provider.xrds.iter().find(|(_, xrd)| xrd.group == document.group && xrd.user_kind().kind == document.kind);
    let link = xrd.map(|(_, xrd)| Link {
        relation: Relation::Uses,
        kind: XRD.key,
        target: reference(xrd),
        line: document.span.line,
        otherwise: Otherwise::Name,
    });
    Component {
        title: Some(document.name.clone()).filter(|title| !title.is_empty()),
        facts,
        links: link.into_iter().collect(),
        examples: if file.purpose == Purpose::Example { vec![shown(document)] } else { Vec::new() },
        ..component(kind, &name, file.entry, document.span.line)
    }
}

fn schema(entry: &FileEntry, xrd: Option<&Xrd>) -> Component {
    let name = entry.path.file_name();
    let name = name.strip_suffix(".json").unwrap_or(name);
    let link = xrd.map(|xrd| Link {
        relation: Relation::Uses,
        kind: XRD.key,
        target: reference(xrd),
        line: 1,
        otherwise: Otherwise::Name,
    });
    let description = xrd.map(|xrd| format!("Describes {}.", xrd.user_kind().kind)).unwrap_or_default();
    Component { description, links: link.into_iter().collect(), ..component(&SCHEMA, name, entry, 1) }
}
