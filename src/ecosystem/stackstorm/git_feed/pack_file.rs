//! A git pack file and its index (gitformat-pack): many objects in two files.

use std::collections::BTreeMap;

use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::{MZFlush, MZStatus};
use sha1::{Digest as _, Sha1};

use super::ObjectId;

/// Level of the zlib streams: part of the published bytes.
const ZLIB_LEVEL: i32 = 6;

/// Makes streams of the zlib format (RFC 1950) and not of the raw one, by miniz's convention.
const ZLIB_WINDOW_BITS: i32 = 15;

/// Offsets from here on would need the index's table of large offsets.
const LARGE_OFFSET: usize = 1 << 31;

/// What an object is, with the number that pack files give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit = 1,
    Tree = 2,
    Blob = 3,
}

impl Kind {
    /// Returns what the object's name is computed with.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }
}

/// Compresses objects; one is used for many, because making one costs more than compressing a small file.
pub(super) struct Zlib(Box<CompressorOxide>);

impl Default for Zlib {
    fn default() -> Self {
        Self(Box::new(CompressorOxide::new(create_comp_flags_from_zip_params(ZLIB_LEVEL, ZLIB_WINDOW_BITS, 0))))
    }
}

impl Zlib {
    /// Appends `bytes` as one zlib stream.
    fn append(&mut self, mut bytes: &[u8], packed: &mut Vec<u8>) {
        self.0.reset();
        let mut end = packed.len();
        loop {
            packed.resize(end + bytes.len() / 2 + 64, 0);
            let step = deflate(&mut self.0, bytes, &mut packed[end..], MZFlush::Finish);
            end += step.bytes_written;
            bytes = &bytes[step.bytes_consumed..];
            if step.status.expect("memory takes every byte") == MZStatus::StreamEnd {
                packed.truncate(end);
                return;
            }
        }
    }
}

/// A pack file that is being written.
#[derive(Default)]
pub(super) struct PackFile {
    entries: BTreeMap<ObjectId, Entry>,
    body: Vec<u8>,
}

struct Entry {
    offset: usize,
    crc: u32,
}

/// A pack file and its index, without the name they share.
pub(super) struct Packed {
    /// The SHA-1 at the end of the pack file, which names both files.
    pub(super) checksum: ObjectId,
    /// The `.pack` file.
    pub(super) pack: Vec<u8>,
    /// The `.idx` file.
    pub(super) index: Vec<u8>,
}

impl PackFile {
    /// Length of the header: `PACK`, version, number of objects.
    const HEADER: usize = 12;

    /// Appends an object that the file does not have.
    pub(super) fn append(&mut self, id: ObjectId, kind: Kind, content: &[u8], zlib: &mut Zlib) {
        let start = self.body.len();
        self.append_header(kind, content.len());
        zlib.append(content, &mut self.body);
        let crc = crc32fast::hash(&self.body[start..]);
        self.entries.insert(id, Entry { offset: Self::HEADER + start, crc });
    }

    /// Appends type and size: four bits of the size beside the type, then seven in every byte, the low ones first.
    fn append_header(&mut self, kind: Kind, size: usize) {
        let (mut byte, mut rest) = ((kind as u8) << 4 | (size & 0xf) as u8, size >> 4);
        while rest > 0 {
            self.body.push(byte | 0x80);
            (byte, rest) = ((rest & 0x7f) as u8, rest >> 7);
        }
        self.body.push(byte);
    }

    /// Returns both files; nothing when the pack is too large for an index of 31-bit offsets.
    pub(super) fn finish(self) -> Option<Packed> {
        let count = u32::try_from(self.entries.len()).ok()?;
        let mut pack = Vec::with_capacity(Self::HEADER + self.body.len() + 20);
        pack.extend_from_slice(b"PACK");
        pack.extend_from_slice(&2_u32.to_be_bytes());
        pack.extend_from_slice(&count.to_be_bytes());
        pack.extend_from_slice(&self.body);
        if pack.len() >= LARGE_OFFSET {
            return None;
        }
        let checksum: ObjectId = Sha1::digest(&pack).into();
        pack.extend_from_slice(&checksum);
        Some(Packed { checksum, index: index(&self.entries, checksum), pack })
    }
}

/// Returns a version 2 index.
fn index(entries: &BTreeMap<ObjectId, Entry>, checksum: ObjectId) -> Vec<u8> {
    let mut index = Vec::with_capacity(8 + 4 * 256 + entries.len() * 28 + 40);
    index.extend_from_slice(b"\xfftOc");
    index.extend_from_slice(&2_u32.to_be_bytes());
    // The number of objects whose first byte is at most the place in the table.
    let mut upto = [0_u32; 256];
    for id in entries.keys() {
        upto[usize::from(id[0])] += 1;
    }
    let mut sum = 0;
    for count in upto {
        sum += count;
        index.extend_from_slice(&sum.to_be_bytes());
    }
    index.extend(entries.keys().flatten());
    index.extend(entries.values().flat_map(|entry| entry.crc.to_be_bytes()));
    index.extend(entries.values().flat_map(|entry| (entry.offset as u32).to_be_bytes()));
    index.extend_from_slice(&checksum);
    let own: ObjectId = Sha1::digest(&index).into();
    index.extend_from_slice(&own);
    index
}
