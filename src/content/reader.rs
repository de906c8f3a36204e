//! Reads an archive back, trusting nothing in it.
//!
//! 1. `gzip` unpacks within the limits: a bomb costs no more than they allow.
//! 2. Every 512-byte header must be one that [`archive`] writes: what it says is read, the header is made anew
//!    and compared. So there is one way to write an archive, and nothing to interpret: no links, devices, sparse files or
//!    extended headers, no path that leaves the top directory, no entry twice.
//! 3. The listing is computed from the files, and held against the `SHA256SUMS` inside.
//!
//! In: bytes of anybody. Out: a snapshot in memory, and its listing; or the first fault.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::archive::{self, BLOCK, LISTING_NAME};
use super::gzip::{self, GzipFault};
use super::{Listed, Listing};
use crate::ident::{Digest, PathFault, RelPath};
use crate::source::{BlobId, Blobs, FileEntry, Limits, ReadError, Snapshot};

/// Bounds what reading one archive may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Largest archive, in bytes.
    pub packed_bytes: u64,
    /// Largest tar stream, in bytes.
    pub unpacked_bytes: u64,
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most files.
    pub files: usize,
}

impl From<Limits> for ArchiveLimits {
    /// Returns the bounds that every archive of a pack within `limits` meets.
    fn from(limits: Limits) -> Self {
        // A header, padding, and a line of the listing with the longest path that ustar holds.
        const PER_FILE: u64 = 2 * BLOCK as u64 + 66 + 256;
        let unpacked_bytes = limits.pack_bytes + (limits.files as u64 + 2) * PER_FILE + 2 * BLOCK as u64;
        // DEFLATE adds at most 5 bytes per block of incompressible data; a block of the encoder is never below 16 KiB.
        let packed_bytes = unpacked_bytes + unpacked_bytes / 1024 + 64;
        Self { packed_bytes, unpacked_bytes, file_bytes: limits.file_bytes, files: limits.files }
    }
}

/// Says why an archive is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// The archive is larger than allowed.
    #[error("the archive has more than {0} bytes")]
    PackedTooLarge(u64),
    /// The archive unpacks to more than allowed: perhaps a bomb.
    #[error("the archive unpacks to more than {0} bytes")]
    UnpackedTooLarge(u64),
    /// A file is larger than allowed.
    #[error("`{path}` has more than {limit} bytes")]
    FileTooLarge {
        /// The file.
        path: RelPath,
        /// The limit, in bytes.
        limit: u64,
    },
    /// There are more files than allowed.
    #[error("the archive has more than {0} files")]
    TooManyFiles(usize),
    /// The gzip container is damaged, or was not made by packyard.
    #[error("the gzip container is not one that packyard writes: {0}")]
    Gzip(&'static str),
    /// The tar stream ends early.
    #[error("the archive is truncated")]
    Truncated,
    /// Something follows the end of the archive, or fills its gaps.
    #[error("the archive has bytes that belong to no file")]
    Garbage,
    /// A header's checksum is wrong.
    #[error("entry {0} has a wrong header checksum")]
    Checksum(usize),
    /// An entry is no regular file: a link, a device, a directory, an extended header or a sparse file.
    #[error("`{path}` is an entry of type `{kind}`; an archive holds regular files only")]
    NotAFile {
        /// The path, as it is written.
        path: String,
        /// The type flag of its header.
        kind: String,
    },
    /// A path is not UTF-8.
    #[error("entry {0} has a path that is not UTF-8")]
    NotUtf8(usize),
    /// A path lies outside the top directory.
    #[error("`{0}` is outside the archive's directory")]
    Outside(String),
    /// A path leaves its tree, or is no path.
    #[error("`{path}` is no safe path: {fault}")]
    Unsafe {
        /// The path, as it is written.
        path: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// Two entries have the same path.
    #[error("`{0}` is in the archive twice")]
    Duplicate(RelPath),
    /// Two paths are one where letter case is ignored, or one is a file and a directory.
    #[error("`{0}` and another path cannot both be unpacked everywhere")]
    Clash(RelPath),
    /// The entries are not in bytewise order.
    #[error("`{0}` is not in bytewise order")]
    Unsorted(RelPath),
    /// A header says more, or says it otherwise, than packyard's do: an owner, a time, other mode bits.
    #[error("`{0}` has a header that packyard does not write")]
    Header(RelPath),
    /// There is no `SHA256SUMS`.
    #[error("the archive has no `SHA256SUMS`")]
    NoListing,
    /// `SHA256SUMS` does not say what is in the archive.
    #[error("`SHA256SUMS` does not match the files")]
    ListingDiffers,
}

/// Reads an archive whose files lie below the directory `top`, the name of the pack.
///
/// Costs at most the memory that the limits allow, twice while it is unpacked.
pub fn read(bytes: &[u8], top: &str, limits: &ArchiveLimits) -> Result<(Snapshot, Listing), ReadFault> {
    if bytes.len() as u64 > limits.packed_bytes {
        return Err(ReadFault::PackedTooLarge(limits.packed_bytes));
    }
    let stream = gzip::decompress(bytes, limits.unpacked_bytes).map_err(|fault| match fault {
        GzipFault::TooLarge => ReadFault::UnpackedTooLarge(limits.unpacked_bytes),
        GzipFault::Header => ReadFault::Gzip("its header is another one"),
        GzipFault::Data => ReadFault::Gzip("the data is damaged or cut short"),
        GzipFault::Checksum => ReadFault::Gzip("its checksum does not match"),
        GzipFault::Trailing => ReadFault::Garbage,
    })?;
    read_stream(stream, top, limits)
}

/// Reads the tar stream of an archive.
fn read_stream(stream: Vec<u8>, top: &str, limits: &ArchiveLimits) -> Result<(Snapshot, Listing), ReadFault> {
    let mut entries = Entries { stream: &stream, at: 0, number: 0 };
    let mut paths = Paths::default();
    let mut files: Vec<Listed> = Vec::new();
    let mut ranges = HashMap::new();
    let mut list = None;
    while let Some((path, executable, range)) = entries.next(top, limits)? {
        paths.add(&path)?;
        let content = &stream[range.clone()];
        if path.as_str() == LISTING_NAME {
            list = Some(range);
            continue;
        }
        if archive::is_reserved(&path) {
            return Err(ReadFault::Clash(path));
        }
        if files.len() == limits.files {
            return Err(ReadFault::TooManyFiles(limits.files));
        }
        let sha256 = Digest::of(content);
        files.push(Listed { path, sha256, size: content.len() as u64, executable });
        ranges.insert(BlobId::sha256(sha256), range);
    }
    let listing = Listing::new(files);
    let list = list.ok_or(ReadFault::NoListing)?;
    if listing.text().as_bytes() != &stream[list] {
        return Err(ReadFault::ListingDiffers);
    }
    let entry = |file: &Listed| FileEntry {
        path: file.path.clone(),
        blob: BlobId::sha256(file.sha256),
        size: file.size,
        executable: file.executable,
    };
    let entries = listing.files.iter().map(entry).collect();
    Ok((Snapshot::new(entries, Arc::new(Unpacked { stream, ranges }), Vec::new()), listing))
}

/// The content of an archive, in memory.
struct Unpacked {
    stream: Vec<u8>,
    ranges: HashMap<BlobId, Range<usize>>,
}

impl Blobs for Unpacked {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let range = self.ranges.get(&entry.blob).ok_or_else(|| ReadError::Unreadable {
            path: entry.path.to_string(),
            reason: "the archive does not hold it".to_owned(),
        })?;
        Ok(self.stream[range.clone()].into())
    }
}

/// Walks the entries of a tar stream.
struct Entries<'a> {
    stream: &'a [u8],
    at: usize,
    number: usize,
}

impl<'a> Entries<'a> {
    /// Returns the next file: its path, whether it is executable, and where its content lies in the stream.
    fn next(&mut self, top: &str, limits: &ArchiveLimits) -> Result<Option<(RelPath, bool, Range<usize>)>, ReadFault> {
        let block = self.take(BLOCK)?;
        if is_zero(block) {
            // Two blocks of zeros end the stream, and nothing is behind them.
            return if is_zero(self.take(BLOCK)?) && self.at == self.stream.len() {
                Ok(None)
            } else {
                Err(ReadFault::Garbage)
            };
        }
        self.number += 1;
        let header = Header { block, number: self.number };
        header.check_sum()?;
        let path = header.path(top)?;
        let size = header.octal(124..136).ok_or_else(|| ReadFault::Header(path.clone()))?;
        let executable = header.octal(100..108) == Some(0o755);
        let expected = archive::header(top, path.as_str(), size, executable);
        if expected.is_none_or(|expected| expected.as_bytes() != block) {
            return Err(ReadFault::Header(path));
        }
        if path.as_str() == LISTING_NAME && executable {
            return Err(ReadFault::Header(path));
        }
        let is_list = path.as_str() == LISTING_NAME;
        if size > limits.file_bytes && !is_list {
            return Err(ReadFault::FileTooLarge { path, limit: limits.file_bytes });
        }
        let start = self.at;
        let size = usize::try_from(size).map_err(|_| ReadFault::Truncated)?;
        self.take(size)?;
        let padding = self.take(size.next_multiple_of(BLOCK) - size)?;
        if !is_zero(padding) {
            return Err(ReadFault::Garbage);
        }
        Ok(Some((path, executable, start..start + size)))
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8], ReadFault> {
        let taken = self.stream.get(self.at..).and_then(|rest| rest.get(..bytes)).ok_or(ReadFault::Truncated)?;
        self.at += bytes;
        Ok(taken)
    }
}

/// A header as it is written; offsets and fields are those of POSIX.1-1988 ustar.
struct Header<'a> {
    block: &'a [u8],
    number: usize,
}

impl Header<'_> {
    /// Requires the sum of all bytes, with spaces for the field of the sum itself.
    fn check_sum(&self) -> Result<(), ReadFault> {
        let field = 148..156;
        let bytes = self.block.iter().enumerate();
        let sum: u64 = bytes.map(|(at, byte)| if field.contains(&at) { 32 } else { u64::from(*byte) }).sum();
        if self.octal(field) == Some(sum) { Ok(()) } else { Err(ReadFault::Checksum(self.number)) }
    }

    /// Returns the path below the top directory of a regular file.
    fn path(&self, top: &str) -> Result<RelPath, ReadFault> {
        let name = text(&self.block[..100]);
        let prefix = if self.block[257..263] == *b"ustar\0" { text(&self.block[345..500]) } else { b"" };
        let bytes = if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() };
        let kind = self.block[156];
        let shown = || printable(&bytes);
        if kind != b'0' {
            return Err(ReadFault::NotAFile { path: shown(), kind: char::from(kind).escape_default().to_string() });
        }
        let path = std::str::from_utf8(&bytes).map_err(|_| ReadFault::NotUtf8(self.number))?;
        let unsafe_path = |fault| ReadFault::Unsafe { path: shown(), fault };
        if let Some(fault) = RelPath::fault(path) {
            return Err(unsafe_path(fault));
        }
        let below = path.strip_prefix(top).and_then(|path| path.strip_prefix('/'));
        RelPath::new(below.ok_or_else(|| ReadFault::Outside(shown()))?).map_err(unsafe_path)
    }

    /// Returns the number in a field of octal digits that ends with a NUL or a space.
    fn octal(&self, field: Range<usize>) -> Option<u64> {
        let digits = std::str::from_utf8(&self.block[field]).ok()?.trim_end_matches(['\0', ' ']);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        u64::from_str_radix(digits, 8).ok()
    }
}

/// Returns a field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Returns a path that is safe to print.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().flat_map(char::escape_debug).collect()
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The paths of an archive so far.
#[derive(Default)]
struct Paths {
    last: Option<RelPath>,
    /// What each path and each directory is called where letter case is ignored; and whether it is a file.
    folded: HashMap<String, (String, bool)>,
}

impl Paths {
    fn add(&mut self, path: &RelPath) -> Result<(), ReadFault> {
        match self.last.as_ref().map(|last| last.cmp(path)) {
            Some(std::cmp::Ordering::Equal) => return Err(ReadFault::Duplicate(path.clone())),
            Some(std::cmp::Ordering::Greater) => return Err(ReadFault::Unsorted(path.clone())),
            _ => self.last = Some(path.clone()),
        }
        let ends = path.as_str().match_indices('/').map(|(at, _)| at).chain([path.as_str().len()]);
        for end in ends {
            let (part, is_file) = (&path.as_str()[..end], end == path.as_str().len());
            let known = self.folded.entry(part.to_lowercase()).or_insert_with(|| (part.to_owned(), is_file));
            if known.0 != part || known.1 != is_file {
                return Err(ReadFault::Clash(path.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
