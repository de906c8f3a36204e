//! Long lists, encoded in pieces that can be encoded and decoded at the same time.

use std::fmt;
use std::ops::Range;

use rayon::prelude::*;
use serde::de::{Error, Visitor};
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many items a piece holds.
const ITEMS: usize = 256;

/// A list of values that is encoded and decoded by several threads.
pub struct Chunks(Pieces);

/// The pieces of a list, in order.
enum Pieces {
    /// As bytes.
    Encoded(Vec<Piece>),
    /// Of a list of so many items, each made when it is written down.
    Lazy(usize, Box<MakePiece>),
}

/// Encodes the items at these places; gives nothing when one cannot be encoded.
type MakePiece = dyn Fn(Range<usize>) -> Option<Piece> + Send + Sync;

/// Some items of a list, encoded.
#[derive(Debug)]
pub struct Piece(Box<[u8]>);

impl Piece {
    /// Encodes items; nothing when one cannot be encoded.
    pub fn of<T: Serialize>(items: &[T]) -> Option<Self> {
        super::encode(&items).map(|bytes| Self(bytes.into()))
    }
}

impl Chunks {
    /// Encodes a list; nothing when an item cannot be encoded.
    pub fn of<T: Serialize + Sync>(items: &[T]) -> Option<Self> {
        let pieces: Option<_> = items.par_chunks(ITEMS).map(Piece::of).collect();
        pieces.map(|pieces| Self(Pieces::Encoded(pieces)))
    }

    /// Returns a list of so many items that is encoded while it is written down, of which only a few pieces exist at a time.
    ///
    /// Writing it down fails when `make` gives nothing.
    pub fn lazy(items: usize, make: impl Fn(Range<usize>) -> Option<Piece> + Send + Sync + 'static) -> Self {
        Self(Pieces::Lazy(items, Box::new(make)))
    }

    /// Decodes the list and makes something of each item; nothing when it holds something else, or `make` says so.
    pub fn decode<'a, T: Deserialize<'a>, U: Send>(&'a self, make: impl Fn(T) -> Option<U> + Sync) -> Option<Vec<U>> {
        // A list that was not written down yet is for writing only.
        let Pieces::Encoded(pieces) = &self.0 else { return None };
        let chunks: Vec<Vec<U>> = pieces
            .par_iter()
            .map(|piece| super::decode::<Vec<T>>(&piece.0)?.into_iter().map(&make).collect())
            .collect::<Option<_>>()?;
        Some(chunks.into_iter().flatten().collect())
    }
}

impl Default for Chunks {
    fn default() -> Self {
        Self(Pieces::Encoded(Vec::new()))
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").finish_non_exhaustive()
    }
}

impl Serialize for Chunks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (items, make) = match &self.0 {
            Pieces::Encoded(pieces) => return pieces.serialize(serializer),
            Pieces::Lazy(items, make) => (*items, make),
        };
        let numbers: Vec<usize> = (0..items.div_ceil(ITEMS)).collect();
        let mut list = serializer.serialize_seq(Some(numbers.len()))?;
        let piece = |number: &usize| make(number * ITEMS..items.min((number + 1) * ITEMS));
        for some in numbers.chunks(2 * rayon::current_num_threads()) {
            let pieces: Option<Vec<Piece>> = some.par_iter().map(piece).collect();
            let pieces = pieces.ok_or_else(|| serde::ser::Error::custom("an item cannot be encoded"))?;
            pieces.iter().try_for_each(|piece| list.serialize_element(piece))?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Chunks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|pieces| Self(Pieces::Encoded(pieces)))
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copying;
        impl Visitor<'_> for Copying {
            type Value = Piece;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Piece, E> {
                Ok(Piece(bytes.into()))
            }
        }
        deserializer.deserialize_bytes(Copying)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{decode, encode};
    use super::*;

    fn list() -> Vec<String> {
        (0..1000).map(|n| n.to_string()).collect()
    }

    #[test]
    fn a_long_list_comes_back_in_order() {
        let list = list();
        let chunks = Chunks::of(&list).expect("encoded");
        let bytes = encode(&chunks).expect("encoded");
        let chunks: Chunks = decode(&bytes).expect("decoded");
        assert!(matches!(&chunks.0, Pieces::Encoded(pieces) if pieces.len() == 4));
        assert_eq!(chunks.decode(|text: &str| Some(text.to_owned())), Some(list));
        assert_eq!(chunks.decode(|text: &str| (text != "500").then_some(())), None);
        assert_eq!(chunks.decode(Some::<[u64; 9]>), None);
    }

    #[test]
    fn a_list_that_is_encoded_late_is_the_same_list() {
        for length in [0, 1, 256, 1000] {
            let list = list()[..length].to_vec();
            let bytes = encode(&Chunks::of(&list).expect("encoded")).expect("encoded");
            let lazy = Chunks::lazy(list.len(), move |at| Piece::of(&list[at]));
            assert_eq!(encode(&lazy), Some(bytes));
        }
        assert_eq!(encode(&Chunks::lazy(1000, |at| (at.start == 0).then(|| Piece(Box::default())))), None);
    }
}
