//! Compresses texts for clients that accept it (RFC 1952).
//!
//! gzip and nothing else: every client reads it, and the better codings would save bytes on a line that mostly is this
//! machine's own.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// From how many bytes on a text is compressed: what fits into one packet anyway is not.
pub(super) const LEAST_BYTES: usize = 1 << 10;
/// Quick rather than thorough: a page of 10 KB takes a fraction of a millisecond, and somebody waits for it.
const LEVEL: u32 = 4;

/// Returns `bytes` as one gzip member without name and time.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(LEVEL));
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory can be written to")
}
