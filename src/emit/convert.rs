//! Catalog → wire types.

use super::wire;
use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Status};
use crate::ident::PackId;
use crate::pack::{self, Relation};

/// Returns the content of `index.json`.
pub(super) fn index(catalog: &Catalog) -> wire::Index {
    wire::Index {
        format_version: wire::FORMAT_VERSION,
        name: catalog.registry.name.clone(),
        description: catalog.registry.description.clone(),
        url: catalog.registry.url.clone(),
        updated: catalog.updated,
        packs: catalog.packs.values().map(|pack| (pack.id.to_string(), index_pack(pack))).collect(),
    }
}

fn index_pack(pack: &CatalogPack) -> wire::IndexPack {
    let newest = &pack.latest().pack;
    wire::IndexPack {
        ecosystem: pack.id.ecosystem.clone(),
        name: pack.id.name.clone(),
        title: newest.title.clone(),
        summary: summary(&newest.description).to_owned(),
        keywords: newest.keywords.clone(),
        license: newest.license.clone(),
        latest: pack.latest().version().clone(),
        pack: format!("packs/{}/pack.json", pack.id),
        status: status(&pack.status),
        versions: pack
            .releases
            .iter()
            .map(|release| wire::IndexVersion {
                version: release.version().clone(),
                content_digest: release.record.content_digest,
                archive: archive(&pack.id, release, ""),
                status: status(&release.status),
            })
            .collect(),
    }
}

/// Returns the content of `pack.json`.
pub(super) fn pack(pack: &CatalogPack) -> wire::PackFile {
    let newest = &pack.latest().pack;
    wire::PackFile {
        format_version: wire::FORMAT_VERSION,
        ecosystem: pack.id.ecosystem.clone(),
        name: pack.id.name.clone(),
        title: newest.title.clone(),
        description: newest.description.clone(),
        authors: newest.authors.clone(),
        keywords: newest.keywords.clone(),
        license: newest.license.clone(),
        homepage: newest.homepage.clone(),
        source: pack.source.clone(),
        latest: pack.latest().version().clone(),
        status: status(&pack.status),
        releases: pack.releases.iter().map(|release| pack_release(&pack.id, release)).collect(),
    }
}

fn pack_release(id: &PackId, release: &CatalogRelease) -> wire::PackRelease {
    let record = &release.record;
    wire::PackRelease {
        version: record.version.clone(),
        published_at: release.published_at,
        prerelease: record.version.is_prerelease(),
        content_digest: record.content_digest,
        archive: archive(id, release, "../../../"),
        release: format!("{}/release.json", record.version),
        source: record.source.clone(),
        requirements: record.requirements.clone(),
        dependencies: record.dependencies.clone(),
        checksums: record.checksums.clone(),
        status: status(&release.status),
    }
}

/// Returns the content of `release.json`.
pub(super) fn release(id: &PackId, release: &CatalogRelease) -> wire::ReleaseFile {
    let (record, pack) = (&release.record, &release.pack);
    wire::ReleaseFile {
        format_version: wire::FORMAT_VERSION,
        ecosystem: id.ecosystem.clone(),
        name: id.name.clone(),
        version: record.version.clone(),
        published_at: release.published_at,
        title: pack.title.clone(),
        description: pack.description.clone(),
        authors: pack.authors.clone(),
        keywords: pack.keywords.clone(),
        license: pack.license.clone(),
        content_digest: record.content_digest,
        sha256sums: "SHA256SUMS".to_owned(),
        files: release.listing.files.len() as u64,
        unpacked_size: release.listing.size(),
        archive: archive(id, release, "../../../../"),
        source: record.source.clone(),
        requirements: record.requirements.clone(),
        dependencies: record.dependencies.clone(),
        checksums: record.checksums.clone(),
        configuration: pack.configuration.as_ref().map(|table| fields(&table.fields.unpack())).unwrap_or_default(),
        components: pack.components.iter().map(|component| self::component(component)).collect(),
    }
}

fn component(component: &pack::Component) -> wire::Component {
    wire::Component {
        kind: component.kind.key.to_owned(),
        name: component.name.clone(),
        reference: component.reference.clone(),
        title: component.title.clone(),
        description: component.description.clone(),
        file: component.file.to_string(),
        entry_point: component.entry_point.as_ref().map(ToString::to_string),
        enabled: component.enabled,
        tables: component
            .tables
            .iter()
            .map(|table| (table.anchor.to_string(), fields(&table.fields.unpack())))
            .collect(),
        links: component
            .links
            .iter()
            .filter(|link| link.otherwise != pack::Otherwise::Nothing)
            .flat_map(|link| {
                let meant = std::iter::once((link.kind, link.target.as_str())).chain(link.instead());
                meant.map(|(kind, target)| wire::Link {
                    relation: relation(link.relation).to_owned(),
                    kind: kind.to_owned(),
                    target: target.to_owned(),
                })
            })
            .collect(),
    }
}

/// Converts fields; as deep as the YAML gate let them nest.
fn fields(fields: &[pack::Field]) -> Vec<wire::Field> {
    fields
        .iter()
        .map(|field| wire::Field {
            name: field.name.clone(),
            type_text: field.type_text.clone(),
            required: field.required,
            secret: field.secret,
            fixed: field.fixed,
            default: field.default.clone().filter(|_| !field.secret),
            allowed: field.allowed.clone(),
            constraints: field.constraints.clone(),
            position: field.position,
            description: field.description.clone(),
            fields: self::fields(&field.fields),
        })
        .collect()
}

const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Calls => "calls",
        Relation::Emits => "emits",
        Relation::ListensTo => "listens-to",
        Relation::Governs => "governs",
        Relation::Implements => "implements",
        Relation::Uses => "uses",
    }
}

fn archive(id: &PackId, release: &CatalogRelease, up: &str) -> wire::Archive {
    let (name, version) = (&id.name, release.version());
    wire::Archive {
        url: format!("{up}archives/{id}/{name}-{version}.tar.gz"),
        sha256: release.record.archive.sha256,
        size: release.record.archive.size,
    }
}

fn status(status: &Status) -> Option<wire::Status> {
    if *status == (Status { draft: status.draft, ..Status::default() }) {
        return None;
    }
    let Status { yanked, advisory, deprecated, quarantined, archived, renamed, draft: _ } = status.clone();
    let (deprecated, successor) = deprecated.map_or((None, None), |(reason, successor)| (Some(reason), successor));
    let renamed_to = renamed.map(|(to, _)| to);
    Some(wire::Status { yanked, advisory, deprecated, successor, quarantined, archived, renamed_to })
}

/// Returns the first non-empty line of a description.
fn summary(description: &str) -> &str {
    description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}
