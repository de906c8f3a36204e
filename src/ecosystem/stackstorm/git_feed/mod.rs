//! Git repositories made of static files, so that the runtime's own client installs from a dumb file host.
//!
//! 1. Every release becomes a commit whose tree is exactly the released files; the commits form one line, in order of
//!    publication, with a fixed author and the time of publication. The ids depend on nothing else.
//! 2. The objects that a release adds lie in one pack file with its index (`pack_file`), named by their checksum: a
//!    published file never changes, a new release adds two, and a client fetches no more than two per release.
//! 3. `refs/tags/v<version>` names each release, `refs/heads/main` the one that the index shows, `refs/heads/published` the
//!    end of the line, so that every tagged commit is on a branch, as the client wants it.
//! 4. `HEAD`, `info/refs`, `objects/info/packs` and the refs are pointers: written after the objects they name.
//!
//! A yanked release keeps its tag: whoever pinned it still gets it, and the ids of later commits stay. A quarantined release
//! is left out.

mod pack_file;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use sha1::{Digest as _, Sha1};

use super::feed::{ROOT, failed};
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::RelPath;
use crate::output::{Files, Phase, Place, RenderError, Unit};
use crate::source::BlobId;
use pack_file::{Kind, PackFile, Zlib};

/// Who makes every commit.
const AUTHOR: &str = "Packyard <packyard@registry.invalid>";

/// The settings that make a folder a bare repository for `git clone <path>`.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

/// The name of an object.
type ObjectId = [u8; 20];

/// Returns the files of a pack's repository; `shown` is the place of the release that the index shows.
pub(super) fn plan(pack: &Arc<CatalogPack>, shown: usize) -> [Unit; 2] {
    let known: Arc<OnceLock<Pointers>> = Arc::default();
    let folder = format!("{ROOT}/git/{}.git", pack.id.name);
    let (place, key) = (Place::folder(&folder), (pack.keys().whole, shown));
    let (objects_of, objects_folder, made) = (Arc::clone(pack), folder.clone(), Arc::clone(&known));
    let objects = Unit::batch(Phase::Data, [place.clone()], key, move || {
        let (files, pointers) = repository(&objects_of, shown, &objects_folder)?;
        made.get_or_init(|| pointers);
        Ok(files)
    });
    let pack = Arc::clone(pack);
    let pointers = Unit::batch(Phase::Pointers, [place], key, move || match known.get() {
        Some(pointers) => Ok(pointers.files(&folder)),
        None => Ok(repository(&pack, shown, &folder)?.1.files(&folder)),
    });
    [objects, pointers]
}

/// What names objects.
#[derive(Default)]
struct Pointers {
    /// References by name, such as `refs/heads/main`.
    refs: BTreeMap<String, ObjectId>,
    /// The checksums of the pack files, in order of publication.
    packs: Vec<ObjectId>,
}

/// Makes the pack files of every release, oldest publication first.
fn repository(pack: &CatalogPack, shown: usize, folder: &str) -> Result<(Files, Pointers), RenderError> {
    let shown = &pack.releases[shown];
    let mut releases: Vec<&CatalogRelease> =
        pack.releases.iter().filter(|release| release.status.quarantined.is_none()).collect();
    releases.sort_by_key(|release| (release.published_at, release.version()));
    let mut files = vec![(RelPath::composed(format!("{folder}/config")), CONFIG.as_bytes().to_vec())];
    let (mut pointers, mut objects, mut parent) = (Pointers::default(), Objects::default(), None);
    for release in releases {
        let tree = objects.add_tree(release)?;
        let commit = objects.add(Kind::Commit, commit_text(pack, release, tree, parent).as_bytes());
        parent = Some(commit);
        // A reference must not end in `.lock` (git-check-ref-format).
        if !release.version().as_str().ends_with(".lock") {
            pointers.refs.insert(format!("refs/tags/v{}", release.version()), commit);
        }
        if release.version() == shown.version() {
            pointers.refs.insert("refs/heads/main".to_owned(), commit);
        }
        pointers.refs.insert("refs/heads/published".to_owned(), commit);
        let too_large = || failed(&pack.id.to_string(), format!("{} exceeds a git pack file", release.version()));
        let packed = std::mem::take(&mut objects.new).finish().ok_or_else(too_large)?;
        let stem = format!("{folder}/objects/pack/pack-{}", hex::encode(packed.checksum));
        files.push((RelPath::composed(format!("{stem}.pack")), packed.pack));
        files.push((RelPath::composed(format!("{stem}.idx")), packed.index));
        pointers.packs.push(packed.checksum);
    }
    Ok((files, pointers))
}

/// The objects of a repository.
#[derive(Default)]
struct Objects {
    /// Every object that a release so far has.
    known: HashSet<ObjectId>,
    blobs: HashMap<BlobId, ObjectId>,
    /// Those that the present release adds.
    new: PackFile,
    zlib: Zlib,
}

/// A folder of a release while its tree is made.
#[derive(Default)]
struct Folder<'a> {
    files: BTreeMap<&'a str, (bool, ObjectId)>,
    folders: BTreeMap<&'a str, Self>,
}

impl Objects {
    fn add_tree(&mut self, release: &CatalogRelease) -> Result<ObjectId, RenderError> {
        let mut root = Folder::default();
        for entry in release.content.files() {
            let id = match self.blobs.get(&entry.blob) {
                Some(id) => *id,
                None => {
                    let bytes =
                        release.content.read(entry).map_err(|error| failed(entry.path.as_str(), error.to_string()))?;
                    let id = self.add(Kind::Blob, &bytes);
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
        self.add(Kind::Tree, &bytes)
    }

    fn add(&mut self, kind: Kind, content: &[u8]) -> ObjectId {
        let mut hasher = Sha1::new();
        hasher.update(format!("{} {}\0", kind.name(), content.len()));
        hasher.update(content);
        let id: ObjectId = hasher.finalize().into();
        if self.known.insert(id) {
            self.new.append(id, kind, content, &mut self.zlib);
        }
        id
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

impl Pointers {
    /// Returns the files that name objects.
    fn files(&self, folder: &str) -> Files {
        let path = |below: &str| RelPath::composed(format!("{folder}/{below}"));
        let mut listing = String::new();
        let mut files = vec![(path("HEAD"), b"ref: refs/heads/main\n".to_vec())];
        for (name, id) in &self.refs {
            let id = hex::encode(id);
            listing.push_str(&format!("{id}\t{name}\n"));
            files.push((path(name), format!("{id}\n").into_bytes()));
        }
        files.push((path("info/refs"), listing.into_bytes()));
        let packs: String = self.packs.iter().map(|id| format!("P pack-{}.pack\n", hex::encode(id))).collect();
        // An empty line ends the list, as `git update-server-info` writes it.
        files.push((path("objects/info/packs"), (packs + "\n").into_bytes()));
        files
    }
}
