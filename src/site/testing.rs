//! A catalog written by hand, with one of everything, hostile text included.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Base, PackSite, Templates};
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Comparisons, Registry, Status};
use crate::config::Feeds;
use crate::content::Listing;
use crate::diag::{Code, Diagnostic, Place, Sink, Span};
use crate::ecosystem::{Ecosystem, Evidence, Names, PackFeed};
use crate::ident::{Digest, PackId, PackName, RelPath, Version};
use crate::index::event::{ArchiveFacts, Release as ReleaseRecord, SourceFacts};
use crate::output::Unit;
use crate::pack::{
    Component, ComponentKind, Dependency, Example, Fact, Field, FieldTable, Link, Memo, Otherwise, Pack, PackTree,
    Relation, Requirement, Step,
};
use crate::source::Snapshot;

/// Text that tries everything at once.
pub(super) const HOSTILE: &str = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %} javascript:alert(1) a\u{202e}b\u{0}c";

static ACTION: ComponentKind = ComponentKind { key: "action", plural: "Actions", singular: "Action" };
static RULE: ComponentKind = ComponentKind { key: "rule", plural: "Rules", singular: "Rule" };

/// An ecosystem for tests.
#[derive(Debug)]
pub(super) struct Demo(&'static str, &'static str);

static DEMO: Demo = Demo("demo", "Demo");
static OTHER: Demo = Demo("other", "Other");

impl Ecosystem for Demo {
    fn id(&self) -> &'static str {
        self.0
    }
    fn title(&self) -> &'static str {
        self.1
    }
    fn summary(&self) -> &'static str {
        "Packs of actions and rules for a runtime that exists in tests only."
    }
    fn manifests(&self) -> &'static [&'static str] {
        &["pack.yaml"]
    }
    fn near_misses(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    fn skipped_directories(&self) -> &'static [&'static str] {
        &[]
    }
    fn kinds(&self) -> &'static [&'static ComponentKind] {
        static KINDS: [&ComponentKind; 2] = [&ACTION, &RULE];
        &KINDS
    }
    fn codes(&self) -> &'static [Code] {
        &[]
    }
    fn evidence(&self, _tree: &PackTree<'_>) -> Option<Evidence> {
        None
    }
    fn read(&self, _tree: &PackTree<'_>, _sink: &mut Sink) -> Option<Pack> {
        None
    }
    fn check_references(&self, _pack: &Pack, _tree: &PackTree<'_>, _names: &Names, _sink: &mut Sink) {}
    fn is_bundled(&self, name: &str) -> bool {
        name == "core"
    }
    fn install(&self, pack: &Pack, url: &str) -> Vec<Example> {
        let text = format!(
            "demo pack install {} --version {} \\\n  --registry {url}/index.json\n",
            pack.id.name, pack.version
        );
        vec![Example { title: "From this registry".to_owned(), language: "shell", text }]
    }
    fn pack_feed(&self, _: &Arc<Registry>, _: &Feeds, _: &Arc<CatalogPack>, _: &mut Sink) -> PackFeed {
        PackFeed::default()
    }
    fn feed(&self, _: &Catalog, _: &Feeds, _: &[&PackFeed], _: &mut Sink) -> Vec<Unit> {
        Vec::new()
    }
    fn scaffold(&self, _name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
        BTreeMap::new()
    }
    fn schemas(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// Returns the catalog: a friendly pack with four releases, and a hostile one.
pub(super) fn catalog() -> Arc<Catalog> {
    let weather = CatalogPack {
        id: id("demo/weather"),
        ecosystem: &DEMO,
        source: "https://github.com/acme/packs".to_owned(),
        latest: 1,
        releases: vec![
            release(weather_pack("2.0.0-rc.1"), &DEMO, Status::default()),
            release(weather_pack("1.10.0"), &DEMO, Status::default()),
            release(weather_pack("1.9.0+build.5"), &DEMO, yanked("reads the wrong station")),
            release(
                weather_pack("1.0.0"),
                &DEMO,
                Status { deprecated: Some(("old units".into(), Some("1.10.0".into()))), ..Status::default() },
            ),
        ],
        status: Status::default(),
        updated: "2026-03-01T08:30:00Z".parse().expect("a time"),
        said: Vec::new(),
        findings: vec![finding("packs/weather/actions/get.yaml", "`stationn` is not a known key")],
        known_keys: OnceLock::new(),
    };
    let hostile = CatalogPack {
        id: id("other/hostile"),
        ecosystem: &OTHER,
        source: "javascript:alert(1)".to_owned(),
        latest: 0,
        releases: vec![release(hostile_pack(), &OTHER, Status::default())],
        status: Status { deprecated: Some((HOSTILE.into(), Some("demo/weather".into()))), ..Status::default() },
        updated: "2026-03-01T08:30:00Z".parse().expect("a time"),
        said: Vec::new(),
        findings: vec![finding(HOSTILE, HOSTILE)],
        known_keys: OnceLock::new(),
    };
    let registry = Registry {
        name: "Acme packs".to_owned(),
        url: Some("https://packs.acme.example".to_owned()),
        description: Some("Packs that Acme's operators share: checked, hashed and ready to install.".to_owned()),
        is_preview: false,
    };
    Arc::new(Catalog {
        registry: Arc::new(registry),
        updated: Some(weather.updated),
        packs: [weather, hostile].into_iter().map(|pack| (pack.id.clone(), Arc::new(pack))).collect(),
    })
}

/// Returns a pack with actions of these names.
pub(super) fn pack_with_components(names: &[&str]) -> Pack {
    let components = names.iter().map(|name| Arc::new(action("p", name))).collect();
    Pack { components, ..pack("demo/p", "1.0.0") }
}

/// Returns what the pages of a pack are made from, as if there were no other packs.
pub(super) fn pack_site(catalog: &Catalog, pack: &Arc<CatalogPack>, comparisons: Arc<Comparisons>) -> PackSite {
    let base = Base::new(catalog, &Arc::new(Templates::builtin()), &Feeds::default());
    let (base, around, pack) = (Arc::new(base), Arc::default(), Arc::clone(pack));
    let files = super::files::FilePlan::of(&pack, crate::config::FilePages::default());
    PackSite { base, pack, around, comparisons, files, history: OnceLock::new() }
}

/// Returns a pack with these releases, highest version first, each with its components.
pub(super) fn with_releases(releases: Vec<(&str, Vec<Component>)>) -> Arc<CatalogPack> {
    let releases = releases.into_iter().map(|(version, components)| {
        let components = components.into_iter().map(Arc::new).collect();
        release(Pack { components, ..pack("demo/p", version) }, &DEMO, Status::default())
    });
    Arc::new(CatalogPack {
        id: id("demo/p"),
        ecosystem: &DEMO,
        source: "https://github.com/acme/packs".to_owned(),
        latest: 0,
        releases: releases.collect(),
        status: Status::default(),
        updated: "2026-03-01T08:30:00Z".parse().expect("a time"),
        said: Vec::new(),
        findings: Vec::new(),
        known_keys: OnceLock::new(),
    })
}

/// Returns an action with these parameters.
pub(super) fn action_with(pack: &str, name: &str, fields: Vec<Field>) -> Component {
    let table = FieldTable { title: "Parameters".into(), anchor: "parameters".into(), fields: fields.into() };
    let entry_point = Some(RelPath::composed("actions/get.py"));
    Component { tables: vec![Arc::new(table)], entry_point, ..action(pack, name) }
}

fn id(text: &str) -> PackId {
    text.parse().expect("an identity")
}

fn yanked(reason: &str) -> Status {
    Status { yanked: Some(reason.to_owned()), ..Status::default() }
}

fn finding(path: &str, message: &str) -> Diagnostic {
    let span = Span { line: 3, column: 5, end_line: 3, end_column: 13 };
    let mut sink = Sink::new();
    let place = Place { path: path.to_owned(), span: Some(span), excerpt: Some("    stationn: oslo".to_owned()) };
    sink.report(crate::ecosystem::NEAR_MISS, place, message).help("write `station`");
    sink.finish().remove(0)
}

/// Returns a pack with nothing in it.
fn pack(identity: &str, version: &str) -> Pack {
    let version = Version::parse(version).expect("a version");
    Pack { title: identity.to_owned(), ..Pack::new(id(identity), version, RelPath::composed("pack.yaml")) }
}

fn action(pack: &str, name: &str) -> Component {
    Component {
        kind: &ACTION,
        name: name.to_owned(),
        reference: format!("{pack}.{name}"),
        title: None,
        description: "Gets the weather at a station.\n\nAnswers with temperature, wind and cloud cover.".to_owned(),
        file: RelPath::composed("actions/get.yaml"),
        line: 1,
        entry_point: Some(RelPath::composed("actions/get.py")),
        enabled: true,
        facts: vec![Fact { label: "Runner", value: "python-script".to_owned() }],
        tables: vec![Arc::new(FieldTable {
            title: "Parameters".into(),
            anchor: "parameters".into(),
            fields: fields().into(),
        })],
        links: Vec::new(),
        steps: Vec::new(),
        examples: vec![Example {
            title: "Run it from the command line".to_owned(),
            language: "shell",
            text: format!("demo run {pack}.{name} station=oslo"),
        }],
    }
}

fn fields() -> Vec<Field> {
    let field = |name: &str, type_text: &str| Field {
        name: name.to_owned(),
        type_text: type_text.to_owned(),
        ..Field::default()
    };
    vec![
        Field {
            required: true,
            position: Some(0),
            description: "The station's identifier, as the list of stations gives it.".to_owned(),
            constraints: vec!["at least 2 characters".to_owned()],
            ..field("station", "string")
        },
        Field {
            allowed: vec!["\"metric\"".to_owned(), "\"imperial\"".to_owned()],
            default: Some("\"metric\"".to_owned()),
            description: "Units of the answer.".to_owned(),
            ..field("units", "string")
        },
        Field { secret: true, default: Some("\"hunter2\"".to_owned()), ..field("api_key", "string") },
        Field { fixed: true, default: Some("60".to_owned()), ..field("timeout", "integer") },
        Field {
            fields: vec![Field { description: "Seconds.".to_owned(), ..field("delay", "integer") }],
            ..field("retry", "object")
        },
    ]
}

fn weather_pack(version: &str) -> Pack {
    let rule = Component {
        kind: &RULE,
        name: "on_frost".to_owned(),
        reference: "weather.on_frost".to_owned(),
        enabled: false,
        entry_point: None,
        tables: Vec::new(),
        examples: Vec::new(),
        links: vec![Link {
            relation: Relation::Calls,
            kind: "action",
            target: "weather.get".to_owned(),
            line: 4,
            otherwise: Otherwise::Name,
        }],
        ..action("weather", "on_frost")
    };
    let report = Component {
        title: Some("Report the week".to_owned()),
        links: vec![
            Link {
                relation: Relation::Calls,
                kind: "action",
                target: "weather.get".to_owned(),
                line: 9,
                otherwise: Otherwise::Name,
            },
            Link {
                relation: Relation::Calls,
                kind: "action",
                target: "core.mail".to_owned(),
                line: 14,
                otherwise: Otherwise::Name,
            },
        ],
        steps: vec![
            Step {
                name: "fetch".to_owned(),
                action: Some("weather.get".to_owned()),
                next: vec![("on success".to_owned(), "send".to_owned())],
            },
            Step { name: "send".to_owned(), action: Some("core.mail".to_owned()), next: Vec::new() },
        ],
        ..action("weather", "report week")
    };
    let get = action("weather", "get");
    Pack {
        title: "Weather".to_owned(),
        description: "Reads the weather and acts on it.".to_owned(),
        authors: vec!["Acme operators <ops@acme.example>".to_owned(), "A second author".to_owned()],
        contact: Some("ops@acme.example".to_owned()),
        license: Some("Apache-2.0".to_owned()),
        keywords: ["weather", "sensors", "alerts"].map(str::to_owned).to_vec(),
        homepage: Some("https://weather.acme.example/".to_owned()),
        requirements: vec![Requirement { name: "demo".to_owned(), range: Some(">=3.6.0".to_owned()) }],
        dependencies: ["core", "absent"]
            .map(|name| Dependency { name: name.to_owned(), range: Some("^1".to_owned()), kind: None })
            .to_vec(),
        components: vec![Arc::new(get), Arc::new(report), Arc::new(rule)],
        configuration: Some(Arc::new(FieldTable {
            title: "Configuration".into(),
            anchor: "configuration".into(),
            fields: fields().into(),
        })),
        environment: Some(Arc::new(FieldTable {
            title: "Environment".into(),
            anchor: "environment".into(),
            fields: vec![Field { name: "WEATHER_KEY".to_owned(), required: true, ..Field::default() }].into(),
        })),
        aliases: vec!["wx".to_owned()],
        readme: Some(RelPath::composed("README.md")),
        changelog: Some(RelPath::composed("CHANGES.md")),
        license_file: Some(RelPath::composed("LICENSE")),
        icon: Some(RelPath::composed("icon.png")),
        facts: vec![Fact { label: "Python", value: "3.9 or newer".to_owned() }],
        checksums: BTreeMap::from([("demo-v1".to_owned(), "ab".repeat(32))]),
        ..pack("demo/weather", version)
    }
}

fn hostile_pack() -> Pack {
    let mut component = action("hostile", "<img src=x onerror=alert(1)>");
    component.title = Some(HOSTILE.to_owned());
    component.description = format!("{HOSTILE} {}", "verylongword".repeat(60));
    component.facts = vec![Fact { label: "Runner", value: HOSTILE.to_owned() }];
    let table = Arc::make_mut(&mut component.tables[0]);
    let mut fields = table.fields.unpack();
    for field in &mut fields {
        field.name = HOSTILE.to_owned();
        field.description = HOSTILE.to_owned();
        field.allowed = vec![HOSTILE.to_owned()];
    }
    table.fields = fields.into();
    component.examples[0].text = HOSTILE.to_owned();
    let twin = Component { description: String::new(), ..action("hostile", "<IMG src=x onerror=alert(1)>") };
    let text = || Some(HOSTILE.to_owned());
    Pack {
        title: HOSTILE.to_owned(),
        description: format!("{HOSTILE} {}", "verylongword".repeat(60)),
        authors: vec![HOSTILE.to_owned()],
        contact: text(),
        license: text(),
        keywords: vec![HOSTILE.to_owned()],
        homepage: Some("javascript:alert(1)".to_owned()),
        aliases: vec![HOSTILE.to_owned()],
        requirements: vec![Requirement { name: HOSTILE.to_owned(), range: text() }],
        dependencies: vec![Dependency { name: HOSTILE.to_owned(), range: text(), kind: None }],
        components: vec![Arc::new(component), Arc::new(twin)],
        readme: Some(RelPath::composed("README.md")),
        icon: Some(RelPath::composed("icon.png")),
        ..pack("other/hostile", "0.1.0")
    }
}

/// The start of a PNG image, which is all that is looked at.
const ICON: &[u8] = b"\x89PNG\r\n\x1a\n";

/// An image of 40 times 30 pixels, as far as is looked at.
const MAP: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x28\0\0\0\x1e\x08\x06\0\0\0";

const README: &str = "# Weather\n\n[![Build](https://ci.example/b.svg)](https://ci.example/)\n\nReads the *weather* and acts on it. See \
    [the guide](docs/guide.md), [setup](#set-up) or <https://weather.acme.example/>.\n\n## Set up\n\n1. Get a key.\n2. Install \
    the pack:\n\n```shell\ndemo pack install weather --with-a-very-long-option-name=that-will-not-fit-on-a-phone-in-one-line\n```\n\n\
    | Setting | Meaning | Default |\n|---|---|---:|\n| `station` | Where to look, by the identifier of the station | `oslo` |\n\n\
    > Stations report every ten minutes.\n\n- [x] Norway\n- [ ] Everywhere\n\n![A map](docs/map.png)\n";

fn release(pack: Pack, ecosystem: &'static Demo, status: Status) -> CatalogRelease {
    let readme =
        if ecosystem.0 == "demo" { README.to_owned() } else { format!("{HOSTILE}\n\n[x](javascript:alert(1))") };
    // The icon of the other ecosystem is none.
    let icon = if ecosystem.0 == "demo" { ICON } else { b"<svg onload=alert(1)>" };
    let manifest = format!("version: {}\n", pack.version);
    let changes = "# 1.10.0\n\n- Reads the wind.\n";
    let files = [
        ("CHANGES.md", changes.as_bytes()),
        ("README.md", readme.as_bytes()),
        ("actions/get.py", b"print()\n"),
        // That of the other ecosystem is none.
        ("docs/map.png", if ecosystem.0 == "demo" { MAP } else { b"no image" }),
        ("icon.png", icon),
        ("pack.yaml", manifest.as_bytes()),
    ];
    let content = Snapshot::in_memory(
        files.into_iter().map(|(path, bytes)| (RelPath::composed(path), false, bytes.into())).collect(),
    );
    let listing = Listing::of(&content, &Memo::new()).expect("memory can be read");
    let source = SourceFacts {
        repository: if ecosystem.0 == "demo" { "https://github.com/acme/packs.git" } else { "javascript:alert(1)" }
            .to_owned(),
        path: format!("packs/{}", pack.id.name),
        tag: Some(format!("v{}", pack.version)),
        commit: Some("c0ffee".repeat(6)),
        tree: Some("decade".repeat(6)),
    };
    CatalogRelease {
        record: ReleaseRecord {
            version: pack.version.clone(),
            content_digest: listing.content_digest,
            archive: ArchiveFacts { sha256: Digest::of(b"archive"), size: 12_345 },
            source,
            requirements: pack.requirements.clone(),
            dependencies: pack.dependencies.clone(),
            components: BTreeMap::new(),
            checksums: BTreeMap::new(),
        },
        published_at: "2026-03-01T08:30:00Z".parse().expect("a time"),
        status,
        findings: Arc::from(if ecosystem.0 == "demo" { Vec::new() } else { vec![finding("pack.yaml", HOSTILE)] }),
        pack: Arc::new(pack),
        content,
        listing: Arc::new(listing),
        remarks: Arc::default(),
        archive: "unused".into(),
    }
}
