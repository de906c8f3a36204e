//! Packs and their parts, written down: what is shared is written once, and named by its number.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, RwLock};

use serde::{Deserialize, Serialize};

use crate::cache::{Chunks, Piece};
use crate::ecosystem;
use crate::ident::{EcosystemId, PackId, PackName, RelPath, Version};
use crate::pack::{
    Component, ComponentKind, Delivery, Dependency, Example, Fact, FieldTable, Fields, Link, Otherwise, Pack,
    Provision, Relation, Requirement, Step, VersionedBy,
};

/// Shared values, each with its number.
#[derive(Debug)]
pub(super) struct Pool<T> {
    numbers: HashMap<usize, u32>,
    values: Vec<Arc<T>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<T> Pool<T> {
    /// Returns the number of a value, and whether it is new.
    pub(super) fn add(&mut self, value: &Arc<T>) -> (u32, bool) {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(Arc::as_ptr(value) as usize).or_insert(next);
        if number == next {
            self.values.push(Arc::clone(value));
        }
        (number, number == next)
    }

    pub(super) fn values(&self) -> &[Arc<T>] {
        &self.values
    }

    fn number(&self, value: &Arc<T>) -> u32 {
        self.numbers.get(&(Arc::as_ptr(value) as usize)).copied().unwrap_or(u32::MAX)
    }
}

/// The packs of a source with everything that they share.
#[derive(Debug, Default)]
pub(super) struct PackPool {
    packs: Pool<Pack>,
    components: Pool<Component>,
    tables: Pool<FieldTable>,
}

/// A [`PackPool`], written down.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredPacks {
    tables: Chunks,
    components: Chunks,
    packs: Chunks,
}

impl PackPool {
    /// Returns the number of a pack.
    pub(super) fn add(&mut self, pack: &Arc<Pack>) -> u32 {
        let (number, is_new) = self.packs.add(pack);
        if is_new {
            pack.configuration.iter().chain(&pack.environment).for_each(|table| {
                self.tables.add(table);
            });
            for component in &pack.components {
                if self.components.add(component).1 {
                    component.tables.iter().for_each(|table| {
                        self.tables.add(table);
                    });
                }
            }
        }
        number
    }

    /// Writes everything down, which fails when a kind of components belongs to no ecosystem of the program.
    pub(super) fn stored(self) -> StoredPacks {
        let (pool, kinds) = (Arc::new(self), kinds());
        let [of_tables, of_components, of_packs] = [(); 3].map(|()| Arc::clone(&pool));
        StoredPacks {
            tables: Chunks::lazy(pool.tables.values.len(), move |at| {
                let tables = of_tables.tables.values[at].iter().map(|table| StoredTable::of(table));
                Piece::of(&tables.collect::<Vec<_>>())
            }),
            components: Chunks::lazy(pool.components.values.len(), move |at| {
                let components = of_components.components.values[at].iter();
                let stored = components.map(|component| StoredComponent::of(component, &kinds, &of_components));
                Piece::of(&stored.collect::<Option<Vec<_>>>()?)
            }),
            packs: Chunks::lazy(pool.packs.values.len(), move |at| {
                let packs = of_packs.packs.values[at].iter().map(|pack| StoredPack::of(pack, &of_packs));
                Piece::of(&packs.collect::<Vec<_>>())
            }),
        }
    }
}

impl StoredPacks {
    /// Returns the packs by their numbers.
    pub(super) fn packs(&self) -> Option<Vec<Arc<Pack>>> {
        let kinds = kinds();
        let tables = self.tables.decode(|table: StoredTable<'_>| table.table().map(Arc::new))?;
        let components =
            self.components.decode(|one: StoredComponent<'_>| one.component(&kinds, &tables).map(Arc::new))?;
        self.packs.decode(|pack: StoredPack<'_>| pack.pack(&components, &tables).map(Arc::new))
    }
}

/// Returns every kind of components; the number of one is the same for all runs of a program.
fn kinds() -> Vec<&'static ComponentKind> {
    ecosystem::ALL.iter().flat_map(|ecosystem| ecosystem.kinds()).copied().collect()
}

/// Returns a label of ours that was written down: one of few, so that they may stay for ever.
fn label(text: &str) -> &'static str {
    static LABELS: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);
    if let Some(known) = LABELS.read().expect("no panic while locked").get(text) {
        return known;
    }
    let mut labels = LABELS.write().expect("no panic while locked");
    match labels.get(text) {
        Some(known) => known,
        None => {
            let text: &'static str = Box::leak(text.into());
            labels.insert(text);
            text
        }
    }
}

/// A text of ours, or one that an author had a part in: those are too many to stay for ever.
#[derive(Serialize, Deserialize)]
enum StoredText<'a> {
    Ours(&'a str),
    Authors(&'a str),
}

impl<'a> StoredText<'a> {
    #[expect(clippy::ptr_arg, reason = "whose text it is matters")]
    fn of(text: &'a Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Ours(text),
            Cow::Owned(text) => Self::Authors(text),
        }
    }

    fn text(self) -> Cow<'static, str> {
        match self {
            Self::Ours(text) => Cow::Borrowed(label(text)),
            Self::Authors(text) => Cow::Owned(text.to_owned()),
        }
    }
}

const RELATIONS: [Relation; 6] =
    [Relation::Calls, Relation::Emits, Relation::ListensTo, Relation::Governs, Relation::Implements, Relation::Uses];

fn text(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn path(path: Option<&str>) -> Option<Option<RelPath>> {
    path.map(RelPath::new).transpose().ok()
}

#[derive(Serialize, Deserialize)]
struct StoredTable<'a> {
    #[serde(borrow)]
    title: StoredText<'a>,
    #[serde(borrow)]
    anchor: StoredText<'a>,
    /// Packed: see [`Fields`].
    fields: &'a [u8],
}

impl<'a> StoredTable<'a> {
    fn of(table: &'a FieldTable) -> Self {
        let FieldTable { title, anchor, fields } = table;
        Self { title: StoredText::of(title), anchor: StoredText::of(anchor), fields: fields.as_bytes() }
    }

    fn table(self) -> Option<FieldTable> {
        let fields = Fields::from_bytes(self.fields)?;
        Some(FieldTable { title: self.title.text(), anchor: self.anchor.text(), fields })
    }
}

/// Label and value.
type StoredFact<'a> = (&'a str, &'a str);

fn stored_facts(facts: &[Fact]) -> Vec<StoredFact<'_>> {
    facts.iter().map(|Fact { label, value }| (*label, value.as_str())).collect()
}

fn facts(facts: Vec<StoredFact<'_>>) -> Vec<Fact> {
    facts.into_iter().map(|(name, value)| Fact { label: label(name), value: value.to_owned() }).collect()
}

/// Name, action, and what comes next.
type StoredStep<'a> = (&'a str, Option<&'a str>, Vec<(&'a str, &'a str)>);

#[derive(Serialize, Deserialize)]
struct StoredComponent<'a> {
    kind: u16,
    name: &'a str,
    reference: &'a str,
    title: Option<&'a str>,
    description: &'a str,
    file: &'a str,
    line: u32,
    entry_point: Option<&'a str>,
    enabled: bool,
    #[serde(borrow)]
    facts: Vec<StoredFact<'a>>,
    tables: Vec<u32>,
    #[serde(borrow)]
    links: Vec<StoredLink<'a>>,
    #[serde(borrow)]
    steps: Vec<StoredStep<'a>>,
    /// Title, language, text.
    #[serde(borrow)]
    examples: Vec<(&'a str, &'a str, &'a str)>,
}

impl<'a> StoredComponent<'a> {
    fn of(component: &'a Component, kinds: &[&'static ComponentKind], pool: &PackPool) -> Option<Self> {
        let Component { kind, name, reference, title, description, file, line, .. } = component;
        let Component { entry_point, enabled, facts, tables, links, steps, examples, .. } = component;
        let relation = |link: &Link| RELATIONS.iter().position(|known| *known == link.relation);
        let link = |link: &'a Link| {
            let otherwise = match &link.otherwise {
                Otherwise::Name => None,
                Otherwise::Nothing => Some(None),
                Otherwise::Own(kind, reference) => Some(Some((*kind, reference.as_str()))),
            };
            Some((relation(link)? as u8, link.kind, link.target.as_str(), link.line, otherwise))
        };
        let next = |(when, step): &'a (String, String)| (when.as_str(), step.as_str());
        let step = |Step { name, action, next: then }: &'a Step| {
            (name.as_str(), action.as_deref(), then.iter().map(next).collect())
        };
        let example = |Example { title, language, text }: &'a Example| (title.as_str(), *language, text.as_str());
        Some(Self {
            kind: u16::try_from(kinds.iter().position(|known| std::ptr::eq(*known, *kind))?).ok()?,
            name,
            reference,
            title: title.as_deref(),
            description,
            file: file.as_str(),
            line: *line,
            entry_point: entry_point.as_ref().map(RelPath::as_str),
            enabled: *enabled,
            facts: stored_facts(facts),
            tables: tables.iter().map(|table| pool.tables.number(table)).collect(),
            links: links.iter().map(link).collect::<Option<_>>()?,
            steps: steps.iter().map(step).collect(),
            examples: examples.iter().map(example).collect(),
        })
    }

    fn component(self, kinds: &[&'static ComponentKind], tables: &[Arc<FieldTable>]) -> Option<Component> {
        let link = |(relation, kind, target, line, otherwise): StoredLink<'_>| {
            let (relation, kind) = (*RELATIONS.get(usize::from(relation))?, label(kind));
            let otherwise = match otherwise {
                None => Otherwise::Name,
                Some(None) => Otherwise::Nothing,
                Some(Some((kind, reference))) => Otherwise::Own(label(kind), reference.to_owned()),
            };
            Some(Link { relation, kind, target: target.to_owned(), line, otherwise })
        };
        let step = |(name, action, next): StoredStep<'_>| Step {
            name: name.to_owned(),
            action: text(action),
            next: next.into_iter().map(|(when, step)| (when.to_owned(), step.to_owned())).collect(),
        };
        let example = |(title, language, text): (&str, &str, &str)| Example {
            title: title.to_owned(),
            language: label(language),
            text: text.to_owned(),
        };
        Some(Component {
            kind: kinds.get(usize::from(self.kind))?,
            name: self.name.to_owned(),
            reference: self.reference.to_owned(),
            title: text(self.title),
            description: self.description.to_owned(),
            file: RelPath::new(self.file).ok()?,
            line: self.line,
            entry_point: path(self.entry_point)?,
            enabled: self.enabled,
            facts: facts(self.facts),
            tables: self.tables.into_iter().map(|table| tables.get(table as usize).cloned()).collect::<Option<_>>()?,
            links: self.links.into_iter().map(link).collect::<Option<_>>()?,
            steps: self.steps.into_iter().map(step).collect(),
            examples: self.examples.into_iter().map(example).collect(),
        })
    }
}

/// Relation, kind, target, line, and what it means otherwise: nothing, or another component.
type StoredLink<'a> = (u8, &'a str, &'a str, u32, Option<Option<(&'a str, &'a str)>>);

/// Name and range.
type StoredNeed<'a> = (&'a str, Option<&'a str>);

/// Name, range and kind.
type StoredDependency<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// Object, file, line and facts.
type StoredDelivery<'a> = (&'a str, &'a str, u32, Vec<StoredFact<'a>>);

/// Kind, name and value.
type StoredProvision<'a> = (&'a str, &'a str, Option<&'a str>);

#[derive(Serialize, Deserialize)]
struct StoredPack<'a> {
    ecosystem: &'a str,
    name: &'a str,
    version: &'a str,
    versioned_by: VersionedBy,
    #[serde(borrow)]
    aliases: Vec<&'a str>,
    title: &'a str,
    description: &'a str,
    #[serde(borrow)]
    authors: Vec<&'a str>,
    /// Contact, licence, home page.
    #[serde(borrow)]
    texts: [Option<&'a str>; 3],
    #[serde(borrow)]
    keywords: Vec<&'a str>,
    #[serde(borrow)]
    requirements: Vec<StoredNeed<'a>>,
    #[serde(borrow)]
    dependencies: Vec<StoredDependency<'a>>,
    #[serde(borrow)]
    provides: Vec<StoredProvision<'a>>,
    components: Vec<u32>,
    /// Configuration, environment.
    tables: [Option<u32>; 2],
    manifest: &'a str,
    /// README, changelog, licence text, icon.
    #[serde(borrow)]
    files: [Option<&'a str>; 4],
    #[serde(borrow)]
    facts: Vec<StoredFact<'a>>,
    #[serde(borrow)]
    deliveries: Vec<StoredDelivery<'a>>,
    #[serde(borrow)]
    checksums: Vec<(&'a str, &'a str)>,
}

impl<'a> StoredPack<'a> {
    fn of(pack: &'a Pack, pool: &PackPool) -> Self {
        let Pack { id, version, title, description, authors, contact, license, keywords, homepage, .. } = pack;
        let Pack { requirements, dependencies, components, manifest, facts, checksums, provides, aliases, .. } = pack;
        let dependency = |need: &'a Dependency| (need.name.as_str(), need.range.as_deref(), need.kind.as_deref());
        let provision = |one: &'a Provision| (one.kind, one.name.as_str(), one.value.as_deref());
        let delivery = |Delivery { object, file, line, facts }: &'a Delivery| {
            (object.as_str(), file.as_str(), *line, stored_facts(facts))
        };
        let table = |table: &Option<Arc<FieldTable>>| table.as_ref().map(|table| pool.tables.number(table));
        let files = [&pack.readme, &pack.changelog, &pack.license_file, &pack.icon];
        Self {
            ecosystem: id.ecosystem.as_str(),
            name: id.name.as_str(),
            version: version.as_str(),
            versioned_by: pack.versioned_by,
            aliases: aliases.iter().map(String::as_str).collect(),
            title,
            description,
            authors: authors.iter().map(String::as_str).collect(),
            texts: [contact.as_deref(), license.as_deref(), homepage.as_deref()],
            keywords: keywords.iter().map(String::as_str).collect(),
            requirements: requirements.iter().map(|need| (need.name.as_str(), need.range.as_deref())).collect(),
            dependencies: dependencies.iter().map(dependency).collect(),
            provides: provides.iter().map(provision).collect(),
            components: components.iter().map(|component| pool.components.number(component)).collect(),
            tables: [table(&pack.configuration), table(&pack.environment)],
            manifest: manifest.as_str(),
            files: files.map(|file| file.as_ref().map(RelPath::as_str)),
            facts: stored_facts(facts),
            deliveries: pack.deliveries.iter().map(delivery).collect(),
            checksums: checksums.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        }
    }

    fn pack(self, components: &[Arc<Component>], tables: &[Arc<FieldTable>]) -> Option<Pack> {
        let texts = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let component = |number: u32| components.get(number as usize).cloned();
        let requirement = |(name, range): StoredNeed<'_>| Requirement { name: name.to_owned(), range: text(range) };
        let dependency = |(name, range, kind): StoredDependency<'_>| Dependency {
            name: name.to_owned(),
            range: text(range),
            kind: text(kind),
        };
        let provision = |(kind, name, value): StoredProvision<'_>| Provision {
            kind: label(kind),
            name: name.to_owned(),
            value: value.map(Arc::from),
        };
        let delivery = |(object, file, line, told): StoredDelivery<'_>| Delivery {
            object: object.to_owned(),
            file: file.to_owned(),
            line,
            facts: facts(told),
        };
        let table = |number: Option<u32>| number.map(|number| tables.get(number as usize).cloned());
        let [configuration, environment] = self.tables.map(table);
        let [contact, license, homepage] = self.texts.map(text);
        let [readme, changelog, license_file, icon] = self.files.map(path);
        Some(Pack {
            id: PackId { ecosystem: EcosystemId::new(self.ecosystem).ok()?, name: PackName::new(self.name).ok()? },
            version: Version::parse(self.version).ok()?,
            versioned_by: self.versioned_by,
            aliases: texts(self.aliases),
            title: self.title.to_owned(),
            description: self.description.to_owned(),
            authors: texts(self.authors),
            contact,
            license,
            keywords: texts(self.keywords),
            homepage,
            requirements: self.requirements.into_iter().map(requirement).collect(),
            dependencies: self.dependencies.into_iter().map(dependency).collect(),
            provides: self.provides.into_iter().map(provision).collect(),
            components: self.components.into_iter().map(component).collect::<Option<_>>()?,
            configuration: match configuration {
                Some(table) => Some(table?),
                None => None,
            },
            environment: match environment {
                Some(table) => Some(table?),
                None => None,
            },
            manifest: RelPath::new(self.manifest).ok()?,
            readme: readme?,
            changelog: changelog?,
            license_file: license_file?,
            icon: icon?,
            facts: facts(self.facts),
            deliveries: self.deliveries.into_iter().map(delivery).collect(),
            checksums: self.checksums.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }
}
