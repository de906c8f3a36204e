//! Git repositories made of static files, so that the runtime's own client installs from a dumb file host.
//!
//! 1. Every release becomes a commit whose tree is exactly the released files; the commits form one line, in order of
//!    publication, with a fixed author and the time of publication. The ids depend on nothing else.
//! 2. Objects are written loose: `<type> <size>\0<content>`, named by SHA-1, compressed with zlib (gitformat-loose).
//! 3. `refs/tags/v<version>` names each release, `refs/heads/main` the one that the index shows, `refs/heads/published` the
//!    end of the line, so that every tagged commit is on a branch, as the client wants it.
//! 4. `HEAD`, `info/refs` and the loose refs are pointers: written after the objects they name.
//!
//! A yanked release keeps its tag: whoever pinned it still gets it, and the ids of later commits stay. A quarantined release
//! is left out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use sha1::{Digest as _, Sha1};

use super::feed::{ROOT, failed};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::RelPath;
use crate::output::{Phase, PlannedFile, RenderError};
use crate::source::BlobId;

/// Who makes every commit.
const AUTHOR: &str = "Packyard <packyard@registry.invalid>";

/// The settings that make a folder a bare repository for `git clone <path>`.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

/// Level of the zlib streams: part of the published bytes.
const ZLIB_LEVEL: u8 = 6;

/// The name of an object.
type ObjectId = [u8; 20];

/// References by name, such as `refs/heads/main`.
type Refs = BTreeMap<String, ObjectId>;

/// Returns the files of a pack's repository; `shown` is the release that the index shows.
pub(super) fn plan<'a>(pack: &'a CatalogPack, shown: &'a CatalogRelease) -> [PlannedFile<'a>; 2] {
    let known: Arc<OnceLock<Refs>> = Arc::default();
    let folder = format!("{ROOT}/git/{}.git", pack.id.name);
    let (objects_folder, made) = (folder.clone(), Arc::clone(&known));
    let objects = PlannedFile::batch(Phase::Pages, move || {
        let mut repository = Repository::default();
        let refs = repository.add_releases(pack, shown)?;
        made.get_or_init(|| refs);
        Ok(repository.files(&objects_folder))
    });
    let pointers = PlannedFile::batch(Phase::Pointers, move || {
        let refs = match known.get() {
            Some(refs) => refs.clone(),
            None => Repository::default().add_releases(pack, shown)?,
        };
        Ok(pointer_files(&folder, &refs))
    });
    [objects, pointers]
}

/// The objects of a repository.
#[derive(Default)]
struct Repository {
    objects: BTreeMap<ObjectId, Vec<u8>>,
    blobs: HashMap<BlobId, ObjectId>,
}

/// A folder of a release while its tree is made.
#[derive(Default)]
struct Folder<'a> {
    files: BTreeMap<&'a str, (bool, ObjectId)>,
    folders: BTreeMap<&'a str, Self>,
}

impl Repository {
    /// Adds every release, oldest publication first, and returns the references.
    fn add_releases(&mut self, pack: &CatalogPack, shown: &CatalogRelease) -> Result<Refs, RenderError> {
        let mut releases: Vec<&CatalogRelease> =
            pack.releases.iter().filter(|release| release.status.quarantined.is_none()).collect();
        releases.sort_by_key(|release| (release.published_at, release.version()));
        let mut refs = Refs::new();
        let mut parent = None;
        for release in releases {
            let tree = self.add_tree(release)?;
            let commit = self.add("commit", commit_text(pack, release, tree, parent).into_bytes());
            parent = Some(commit);
            // A reference must not end in `.lock` (git-check-ref-format).
            if !release.version().as_str().ends_with(".lock") {
                refs.insert(format!("refs/tags/v{}", release.version()), commit);
            }
            if release.version() == shown.version() {
                refs.insert("refs/heads/main".to_owned(), commit);
            }
            refs.insert("refs/heads/published".to_owned(), commit);
        }
        Ok(refs)
    }

    fn add_tree(&mut self, release: &CatalogRelease) -> Result<ObjectId, RenderError> {
        let mut root = Folder::default();
        for entry in release.content.files() {
            let id = match self.blobs.get(&entry.blob) {
                Some(id) => *id,
                None => {
                    let bytes =
                        release.content.read(entry).map_err(|error| failed(entry.path.as_str(), error.to_string()))?;
                    let id = self.add("blob", bytes.to_vec());
                    self.blobs.insert(entry.blob, id);
                    id
                }
            };
            let mut folder = &mut root;
            let mut segments = entry.path.as_str().split('/').peekable();
            while let Some(segment) = segments.next() {
                if segments.peek().is_some() {
                    folder = folder.folders.entry(segment).or_default();
                } else {
                    folder.files.insert(segment, (entry.executable, id));
                }
            }
        }
        Ok(self.add_folder(&root))
    }

    /// Adds the tree of a folder. Recursive; a pack's depth is bounded.
    fn add_folder(&mut self, folder: &Folder<'_>) -> ObjectId {
        // Git orders a folder as if its name ended in `/`.
        let mut entries: Vec<(String, &str, &str, ObjectId)> = Vec::new();
        for (name, (executable, id)) in &folder.files {
            let mode = if *executable { "100755" } else { "100644" };
            entries.push(((*name).to_owned(), mode, name, *id));
        }
        for (name, inner) in &folder.folders {
            let id = self.add_folder(inner);
            entries.push((format!("{name}/"), "40000", name, id));
        }
        entries.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        let mut bytes = Vec::new();
        for (_, mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(&id);
        }
        self.add("tree", bytes)
    }

    fn add(&mut self, kind: &str, content: Vec<u8>) -> ObjectId {
        let mut bytes = format!("{kind} {}\0", content.len()).into_bytes();
        bytes.extend_from_slice(&content);
        let id: ObjectId = Sha1::digest(&bytes).into();
        self.objects.entry(id).or_insert(bytes);
        id
    }

    /// Returns the object files and the settings.
    fn files(self, folder: &str) -> Vec<(RelPath, Vec<u8>)> {
        let mut files = vec![(RelPath::composed(format!("{folder}/config")), CONFIG.as_bytes().to_vec())];
        files.extend(self.objects.into_iter().map(|(id, bytes)| {
            let name = hex::encode(id);
            let path = RelPath::composed(format!("{folder}/objects/{}/{}", &name[..2], &name[2..]));
            (path, miniz_oxide::deflate::compress_to_vec_zlib(&bytes, ZLIB_LEVEL))
        }));
        files
    }
}

fn commit_text(pack: &CatalogPack, release: &CatalogRelease, tree: ObjectId, parent: Option<ObjectId>) -> String {
    let parent = parent.map(|id| format!("parent {}\n", hex::encode(id))).unwrap_or_default();
    let at = release.published_at.as_second().max(0);
    format!(
        "tree {}\n{parent}author {AUTHOR} {at} +0000\ncommitter {AUTHOR} {at} +0000\n\n{} {}\n\nContent-Digest: {}\n",
        hex::encode(tree),
        pack.id.name,
        release.version(),
        release.record.content_digest,
    )
}

/// Returns the files that name objects.
fn pointer_files(folder: &str, refs: &Refs) -> Vec<(RelPath, Vec<u8>)> {
    let path = |below: &str| RelPath::composed(format!("{folder}/{below}"));
    let mut listing = String::new();
    let mut files = vec![(path("HEAD"), b"ref: refs/heads/main\n".to_vec())];
    for (name, id) in refs {
        let id = hex::encode(id);
        listing.push_str(&format!("{id}\t{name}\n"));
        files.push((path(name), format!("{id}\n").into_bytes()));
    }
    files.push((path("info/refs"), listing.into_bytes()));
    files
}
