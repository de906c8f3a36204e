//! The gzip container (RFC 1952): one pinned encoder, one bounded decoder.
//!
//! The encoder is `miniz_oxide` at level 6, fed the whole stream at once: the same bytes on every machine, whatever features
//! other crates switch on. Header: no name, no time, operating system 255 ("unknown").

use std::io::{self, Read as _};

/// The only header that archives have: DEFLATE, no flags, no time, no hints, unknown system (RFC 1952 section 2.3).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const TRAILER_BYTES: usize = 8;
const LEVEL: u8 = 6;

/// Says why bytes are not one gzip member of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GzipFault {
    /// The header is another one.
    Header,
    /// The compressed data ends early, or is no DEFLATE stream.
    Data,
    /// The stream unpacks to more bytes than allowed.
    TooLarge,
    /// The checksum or the length behind the data is wrong.
    Checksum,
    /// Something follows the member.
    Trailing,
}

/// Returns `bytes` as one gzip member.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let deflated = miniz_oxide::deflate::compress_to_vec(bytes, LEVEL);
    let mut packed = Vec::with_capacity(HEADER.len() + deflated.len() + TRAILER_BYTES);
    packed.extend_from_slice(&HEADER);
    packed.extend_from_slice(&deflated);
    packed.extend_from_slice(&trailer(bytes));
    packed
}

/// Returns what one gzip member unpacks to, if it is at most `limit` bytes; costs memory for as many and no more.
pub(super) fn decompress(packed: &[u8], limit: u64) -> Result<Vec<u8>, GzipFault> {
    let body = packed.strip_prefix(&HEADER).ok_or(GzipFault::Header)?;
    let mut decoder = flate2::bufread::DeflateDecoder::new(body);
    let mut bytes = Vec::new();
    let read = (&mut decoder).take(limit.saturating_add(1)).read_to_end(&mut bytes);
    if bytes.len() as u64 > limit {
        return Err(GzipFault::TooLarge);
    }
    read.map_err(|_: io::Error| GzipFault::Data)?;
    // A stream cut short reads as its end: then nothing is left where the trailer should be.
    let rest = decoder.into_inner();
    if rest.len() < TRAILER_BYTES {
        return Err(GzipFault::Data);
    }
    match rest.strip_prefix(&trailer(&bytes)) {
        Some([]) => Ok(bytes),
        Some(_) => Err(GzipFault::Trailing),
        None => Err(GzipFault::Checksum),
    }
}

/// Returns the CRC-32 and the length modulo 2^32, both little-endian.
fn trailer(bytes: &[u8]) -> [u8; TRAILER_BYTES] {
    let mut trailer = [0; TRAILER_BYTES];
    trailer[..4].copy_from_slice(&crc32fast::hash(bytes).to_le_bytes());
    trailer[4..].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    trailer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_unpacks_to_what_was_packed() {
        for bytes in [&b""[..], b"x", &[7; 300_000]] {
            assert_eq!(decompress(&compress(bytes), bytes.len() as u64).unwrap(), bytes);
        }
    }

    #[test]
    fn a_bomb_costs_no_more_than_the_limit() {
        let bomb = compress(&vec![0; 10 << 20]);
        assert!(bomb.len() < 20_000);
        assert_eq!(decompress(&bomb, 1000), Err(GzipFault::TooLarge));
    }

    #[test]
    fn what_is_not_exactly_one_member_is_refused() {
        let packed = compress(b"some bytes that are packed");
        let with = |change: fn(&mut Vec<u8>)| {
            let mut packed = packed.clone();
            change(&mut packed);
            decompress(&packed, 1000)
        };
        assert_eq!(with(|packed| packed[3] = 8), Err(GzipFault::Header));
        assert_eq!(with(|packed| packed[4] = 1), Err(GzipFault::Header));
        assert_eq!(with(|packed| packed.truncate(20)), Err(GzipFault::Data));
        assert_eq!(with(|packed| packed.truncate(packed.len() - 1)), Err(GzipFault::Data));
        assert_eq!(with(|packed| *packed.last_mut().unwrap() ^= 1), Err(GzipFault::Checksum));
        assert_eq!(with(|packed| packed.push(0)), Err(GzipFault::Trailing));
        assert_eq!(with(|packed| packed.extend(compress(b"second"))), Err(GzipFault::Trailing));
        assert_eq!(decompress(b"", 1000), Err(GzipFault::Header));
    }
}
