//! A folder of values that can be made again: what one run of the program leaves for the next.
//!
//! A file holds one value: a magic number, the version of this format, the digest of the program, the length and the seal of
//! the payload (a SHA-256 with the user's [`Key`]), the payload in postcard's format. It is written beside its place and renamed, so that runs may share the
//! folder: the last one wins, and a reader sees whole files. Whatever is wrong with a file (cut short, altered, written by
//! another program or by somebody else, another type), it is as if it were not there. The seal is held against the payload before anything
//! is decoded, so that no length in it is believed that this program has not written.
//!
//! The folder is marked for backups (`CACHEDIR.TAG`, <https://bford.info/cachedir/>) and for git.

mod chunks;
mod key;

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use chunks::{Chunks, Piece};
pub use key::Key;

use crate::fs::{self, Context as _, PathError};
use crate::ident::Digest;
use key::Seal;

/// Names the program, and with it the meaning of every file that it writes.
const PROGRAM: &str = env!("PACKYARD_BUILD");
/// What every file begins with, and the version of what follows.
const MAGIC: &[u8; 12] = b"packyard\x00\x00\x00\x01";
/// Magic, program, length, seal.
const HEADER_BYTES: usize = 12 + 32 + 8 + 32;
/// How old a file must be that a run left half-written, before it is taken for abandoned.
const ABANDONED: Duration = Duration::from_secs(60 * 60);
/// How files end.
const SUFFIX: &str = ".cache";

/// A folder of values, by name.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Utf8PathBuf,
    key: Key,
}

impl Cache {
    /// Most bytes that a cache keeps unless somebody says otherwise: 2 GiB.
    pub const LIMIT_BYTES: u64 = 2 << 30;

    /// Opens a cache, of which what the key seals is believed; makes the folder when there is none.
    ///
    /// A link is refused: it could lead to a folder of somebody else's.
    pub fn open(folder: &Utf8Path, key: Key) -> Result<Self, PathError> {
        fs::create_dir_all(folder)?;
        if folder.symlink_metadata().context("look at", folder)?.is_symlink() {
            return Err(io::Error::other("it is a link, not a folder")).context("keep a cache in", folder);
        }
        let tag = "Signature: 8a477f597d28d172789f06886806bc55\n\
                   # What packyard can make again. See https://bford.info/cachedir/\n";
        for (name, text) in [(".gitignore", "*\n"), ("CACHEDIR.TAG", tag)] {
            let path = folder.join(name);
            if !path.exists() {
                fs::write_atomic(&path, text.as_bytes(), false)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// Returns the value of a name; nothing when there is none that can be relied on.
    pub fn load<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.load_of(name, PROGRAM)
    }

    fn load_of<T: DeserializeOwned>(&self, name: &str, program: &str) -> Option<T> {
        let mut file = File::open(self.path(name, program)).ok()?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).ok()?;
        let (magic, rest) = header.split_at(MAGIC.len());
        let (written_by, rest) = rest.split_at(32);
        let (length, seal) = rest.split_at(8);
        let length = u64::from_le_bytes(length.try_into().ok()?);
        if magic != MAGIC || written_by != program_bytes(program) || length > file.metadata().ok()?.len() {
            return None;
        }
        let mut payload = Vec::with_capacity(usize::try_from(length).ok()?);
        file.read_to_end(&mut payload).ok()?;
        if payload.len() as u64 != length || self.key.seal(program, &payload).as_bytes() != seal {
            return None;
        }
        let value = decode(&payload)?;
        // Whatever was unused for longest goes first when room is needed; if this fails, no harm is done.
        let _ = file.set_modified(SystemTime::now());
        Some(value)
    }

    /// Stores the value of a name.
    ///
    /// An error is one of the disk; whoever builds goes on without.
    pub fn save(&self, name: &str, value: &impl Serialize) -> Result<(), PathError> {
        self.save_of(name, PROGRAM, value)
    }

    fn save_of(&self, name: &str, program: &str, value: &impl Serialize) -> Result<(), PathError> {
        // Piece by piece: a value is as large as everything that is known of a catalogue.
        fs::write_atomic_with(&self.path(name, program), |file| {
            file.write_all(&[0; HEADER_BYTES])?;
            let mut payload = BufWriter::new(Sealing { file, seal: self.key.begin(program), length: 0 });
            postcard::to_io(value, &mut payload).map_err(|_| io::Error::other("the value cannot be written down"))?;
            let Sealing { file, seal, length } = payload.into_inner()?;
            file.rewind()?;
            file.write_all(MAGIC)?;
            file.write_all(&program_bytes(program))?;
            file.write_all(&length.to_le_bytes())?;
            file.write_all(seal.finish(length).as_bytes())
        })
    }

    /// Deletes what other programs wrote, then what was unused for longest, until no more than `limit_bytes` are left.
    pub fn sweep(&self, limit_bytes: u64) -> Result<(), PathError> {
        let now = SystemTime::now();
        let mut kept = Vec::new();
        for entry in self.folder.read_dir_utf8().context("list", &self.folder)? {
            let Ok(entry) = entry else { continue };
            // A file that is gone meanwhile was deleted by another run.
            let Ok(metadata) = entry.metadata() else { continue };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let name = entry.file_name();
            if is_of_a_cache(name) && name.ends_with(&ending(PROGRAM)) {
                kept.push((used, entry.into_path(), metadata.len()));
            } else if is_of_a_cache(name)
                || name.starts_with(".packyard-") && now.duration_since(used).is_ok_and(|age| age > ABANDONED)
            {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        kept.sort();
        let mut bytes: u64 = kept.iter().map(|(_, _, size)| size).sum();
        for (_, path, size) in kept {
            if bytes <= limit_bytes {
                break;
            }
            let _ = std::fs::remove_file(path);
            bytes -= size;
        }
        Ok(())
    }

    /// Returns the files of this program, for tests that look at them.
    #[cfg(test)]
    pub(crate) fn files(&self) -> Vec<Utf8PathBuf> {
        let entries = self.folder.read_dir_utf8().expect("listed").filter_map(Result::ok);
        let mut files: Vec<_> = entries.map(|entry| entry.into_path()).collect();
        files.retain(|path| path.as_str().ends_with(SUFFIX));
        files.sort();
        files
    }

    /// Returns where a value lies; any text can be a name.
    fn path(&self, name: &str, program: &str) -> Utf8PathBuf {
        self.folder.join(format!("{}{}", &Digest::of(name.as_bytes()).hex()[..32], ending(program)))
    }
}

/// Writes a payload, and takes note of what its header has to say.
struct Sealing<'a> {
    file: &'a mut File,
    seal: Seal,
    length: u64,
}

impl Write for Sealing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.seal.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Tells whether a file has a name that a cache gives, of whichever program.
fn is_of_a_cache(name: &str) -> bool {
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let parts = name.strip_suffix(SUFFIX).and_then(|stem| stem.split_once('-'));
    parts.is_some_and(|(value, program)| is_hex(value, 32) && is_hex(program, 16))
}

fn ending(program: &str) -> String {
    format!("-{}{SUFFIX}", &Digest::of(program.as_bytes()).hex()[..16])
}

fn program_bytes(program: &str) -> [u8; 32] {
    *Digest::of(program.as_bytes()).as_bytes()
}

fn encode(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_allocvec(value).ok()
}

/// Decodes a value that takes all the bytes.
fn decode<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Value = Vec<(String, Option<u64>)>;

    fn cache() -> (tempfile::TempDir, Cache) {
        let directory = tempfile::tempdir().expect("a directory");
        let folder = Utf8Path::from_path(directory.path()).expect("UTF-8").join("cache");
        let key = Key::at(&folder.with_file_name("key")).expect("a key");
        let cache = Cache::open(&folder, key).expect("a cache");
        (directory, cache)
    }

    fn value() -> Value {
        (0..100).map(|n| (format!("name {n}"), (n % 3 == 0).then_some(n))).collect()
    }

    #[test]
    fn what_was_saved_is_loaded() {
        let (_keep, cache) = cache();
        assert_eq!(cache.load::<Value>("a"), None);
        cache.save("a", &value()).expect("saved");
        cache.save("b", &1_u64).expect("saved");
        assert_eq!(cache.load("a"), Some(value()));
        assert_eq!(cache.load("b"), Some(1_u64));
        assert_eq!(Cache::open(&cache.folder, cache.key).expect("the same cache").load("a"), Some(value()));
        assert_eq!(std::fs::read_to_string(cache.folder.join(".gitignore")).expect("a file"), "*\n");
        let tag = std::fs::read_to_string(cache.folder.join("CACHEDIR.TAG")).expect("a file");
        assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    }

    #[test]
    fn what_is_wrong_in_any_way_is_not_there() {
        let (_keep, cache) = cache();
        cache.save("a", &value()).expect("saved");
        let path = cache.path("a", PROGRAM);
        let good = std::fs::read(&path).expect("a file");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            std::fs::write(&path, bad).expect("a file");
            assert_eq!(cache.load::<Value>("a"), None, "byte {at}");
        }
        for length in [0, 1, HEADER_BYTES - 1, HEADER_BYTES, good.len() - 1] {
            std::fs::write(&path, &good[..length]).expect("a file");
            assert_eq!(cache.load::<Value>("a"), None, "{length} bytes");
        }
        std::fs::write(&path, [&good[..], b"x"].concat()).expect("a file");
        assert_eq!(cache.load::<Value>("a"), None, "a byte too many");
        std::fs::write(&path, &good).expect("a file");
        assert_eq!(cache.load::<Value>("a"), Some(value()));
        assert_eq!(cache.load::<Vec<bool>>("a"), None, "another type");
        cache.save_of("a", "another program", &value()).expect("saved");
        std::fs::copy(cache.path("a", "another program"), &path).expect("a copy");
        assert_eq!(cache.load::<Value>("a"), None, "another program");
        let foreign = Key::at(&cache.folder.with_file_name("key of somebody else")).expect("a key");
        Cache::open(&cache.folder, foreign).expect("a cache").save("a", &value()).expect("saved");
        assert_eq!(cache.load::<Value>("a"), None, "somebody else");
        std::fs::remove_file(&path).expect("a file");
        std::fs::create_dir(&path).expect("a directory");
        assert_eq!(cache.load::<Value>("a"), None);
        assert!(cache.save("a", &value()).is_err(), "an error, no panic");
    }

    /// Whoever can put files beside a registry can put a link there.
    #[test]
    #[cfg(unix)]
    fn a_link_is_no_cache_and_a_sweep_deletes_nobody_elses_files() {
        let (_keep, cache) = cache();
        let (other, link) = (cache.folder.with_file_name("other"), cache.folder.with_file_name("link"));
        std::fs::create_dir(&other).expect("a directory");
        std::os::unix::fs::symlink(&other, &link).expect("a link");
        assert!(Cache::open(&link, cache.key).is_err());
        assert_eq!(other.read_dir_utf8().expect("listed").count(), 0);
        let named_alike = ["notes.cache", "0123-4567.cache", &format!("{}-{}.cache", "x".repeat(32), "0".repeat(16))];
        named_alike.iter().for_each(|name| std::fs::write(cache.folder.join(name), "mine").expect("written"));
        cache.sweep(0).expect("swept");
        named_alike.iter().for_each(|name| assert!(cache.folder.join(name).exists(), "{name}"));
    }

    #[test]
    fn a_sweep_keeps_what_was_used_last() {
        let (_keep, cache) = cache();
        for name in ["a", "b", "c"] {
            cache.save(name, &vec![0_u8; 1000]).expect("saved");
        }
        cache.save_of("a", "another program", &value()).expect("saved");
        for (name, hours) in [("a", 3), ("b", 2), ("c", 1)] {
            let file = File::options().append(true).open(cache.path(name, PROGRAM)).expect("a file");
            file.set_modified(SystemTime::now() - Duration::from_secs(3600 * hours)).expect("a time");
        }
        let files = || cache.folder.read_dir_utf8().expect("listed").count();
        assert_eq!(files(), 6);
        cache.sweep(Cache::LIMIT_BYTES).expect("swept");
        assert_eq!(files(), 5, "what another program wrote is gone");
        assert!(cache.load::<Vec<u8>>("a").is_some(), "which is a use");
        cache.sweep(2500).expect("swept");
        assert_eq!(cache.load::<Vec<u8>>("b"), None);
        assert!(cache.load::<Vec<u8>>("a").is_some() && cache.load::<Vec<u8>>("c").is_some());
        cache.sweep(0).expect("swept");
        assert_eq!(files(), 2);
    }

    #[test]
    fn runs_that_save_at_once_leave_a_whole_file() {
        let (_keep, cache) = cache();
        std::thread::scope(|scope| {
            for number in 0..4_u8 {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..50 {
                        cache.save("a", &vec![number; 20_000]).expect("saved");
                        let loaded = cache.load::<Vec<u8>>("a").expect("a whole file");
                        assert!(loaded.len() == 20_000 && loaded.iter().all(|byte| *byte == loaded[0]));
                    }
                });
            }
        });
    }
}
