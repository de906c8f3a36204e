//! Archives of the proposed 1.0 format: ustar and gzip, with a manifest of what is inside.
//!
//! Regular files below one directory named after the pack, in bytewise order; mode 0644 throughout, since no file is
//! declared as executable; owner, group and times zero; two zero blocks at the end and no padding behind them. gzip with
//! level 9, without name or time.

use std::collections::BTreeMap;

use serde_json::json;

use super::release_path;
use crate::catalog::CatalogRelease;
use crate::ident::Digest;

/// Where the manifest of the archive lies.
const MANIFEST: &str = ".attune/release-manifest.json";

/// Size of a tar block, in bytes.
const BLOCK: usize = 512;

/// Returns the archive of a release, or why there cannot be one.
pub(super) fn bytes(
    release: &CatalogRelease,
    requires_attune: &str,
    dependencies: &BTreeMap<String, String>,
) -> Result<Vec<u8>, String> {
    let name = release.pack.id.name.as_str();
    let mut files: BTreeMap<&str, std::sync::Arc<[u8]>> = BTreeMap::new();
    let mut unfit = None;
    release_path::check(&release.content, name, |path, fault| {
        unfit.get_or_insert(format!("`{path}`: {fault}"));
    });
    if let Some(fault) = unfit {
        return Err(fault);
    }
    for entry in release.content.files() {
        files.insert(entry.path.as_str(), release.content.read(entry).map_err(|error| error.to_string())?);
    }
    let manifest = manifest(release, requires_attune, dependencies, &files);
    if files.insert(MANIFEST, manifest.into_bytes().into()).is_some() {
        return Err(format!("the pack has a file `{MANIFEST}` of its own"));
    }
    let mut tar = Vec::new();
    for (path, content) in &files {
        tar.extend(header(&format!("{name}/{path}"), content.len()).ok_or_else(|| format!("`{path}` is too long"))?);
        tar.extend_from_slice(content);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    Ok(gzip(&tar))
}

/// Returns the manifest of the archive: canonical JSON (RFC 8785), without a line feed.
///
/// Object keys are sorted by `serde_json`'s map, and there is no number but sizes, so compact text is canonical.
fn manifest(
    release: &CatalogRelease,
    requires_attune: &str,
    dependencies: &BTreeMap<String, String>,
    files: &BTreeMap<&str, std::sync::Arc<[u8]>>,
) -> String {
    let list: Vec<serde_json::Value> = files
        .iter()
        .map(|(path, content)| {
            json!({ "path": path, "size": content.len(), "sha256": Digest::of(content).hex(), "mode": "0644" })
        })
        .collect();
    let mut manifest = json!({
        "schema": "attune.pack.release/v1",
        "pack": { "ref": release.pack.id.name.as_str(), "version": release.version().as_str() },
        "requires": { "attune": requires_attune, "platform_catalog": null, "runtimes": [] },
        "dependencies": dependencies,
        "files": list,
        "artifacts": [],
        "evidence": { "sboms": [], "provenance": [] },
    });
    let source = &release.record.source;
    if let Some(commit) = source.commit.as_ref().filter(|_| source.repository.starts_with("https://")) {
        manifest["source"] = json!({ "repository": source.repository, "revision": commit });
    }
    manifest.to_string()
}

/// Returns a ustar header (POSIX.1-1988); `None` for a path that it cannot hold.
fn header(path: &str, size: usize) -> Option<[u8; BLOCK]> {
    let (prefix, name) = release_path::split(path)?;
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    put(345, prefix.as_bytes());
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(header)
}

/// Wraps bytes in gzip (RFC 1952) as the format fixes it: no time, XFL 2, OS 255, level 9.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    gzip.extend(miniz_oxide::deflate::compress_to_vec(bytes, 9));
    gzip.extend(crc32fast::hash(bytes).to_le_bytes());
    gzip.extend((bytes.len() as u32).to_le_bytes());
    gzip
}
