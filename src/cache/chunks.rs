//! Long lists, encoded in pieces that can be decoded at the same time.

use std::fmt;

use rayon::prelude::*;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many items a piece holds.
const ITEMS: usize = 256;

/// A list of values that is decoded by several threads.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chunks(Vec<Bytes>);

/// Bytes that are copied as a whole.
#[derive(Debug)]
struct Bytes(Vec<u8>);

impl Chunks {
    /// Encodes a list; nothing when an item cannot be encoded.
    pub fn of<T: Serialize + Sync>(items: &[T]) -> Option<Self> {
        items.par_chunks(ITEMS).map(|chunk| super::encode(&chunk).map(Bytes)).collect::<Option<_>>().map(Self)
    }

    /// Encodes what `make` gives for each item, of which only a few exist at a time; nothing when it gives nothing for one.
    pub fn of_each<'a, T: Sync, U: Serialize>(
        items: &'a [T],
        make: impl Fn(&'a T) -> Option<U> + Sync,
    ) -> Option<Self> {
        let encode = |chunk: &'a [T]| {
            let made: Vec<U> = chunk.iter().map(&make).collect::<Option<_>>()?;
            super::encode(&made).map(Bytes)
        };
        items.par_chunks(ITEMS).map(encode).collect::<Option<_>>().map(Self)
    }

    /// Decodes the list and makes something of each item; nothing when it holds something else, or `make` says so.
    pub fn decode<'a, T: Deserialize<'a>, U: Send>(&'a self, make: impl Fn(T) -> Option<U> + Sync) -> Option<Vec<U>> {
        let chunks: Vec<Vec<U>> = self
            .0
            .par_iter()
            .map(|chunk| super::decode::<Vec<T>>(&chunk.0)?.into_iter().map(&make).collect())
            .collect::<Option<_>>()?;
        Some(chunks.into_iter().flatten().collect())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copying;
        impl Visitor<'_> for Copying {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Copying)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_comes_back_in_order() {
        let list: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
        let chunks = Chunks::of(&list).expect("encoded");
        let bytes = super::super::encode(&chunks).expect("encoded");
        let chunks: Chunks = super::super::decode(&bytes).expect("decoded");
        assert_eq!(chunks.0.len(), 4);
        let made = Chunks::of_each(&list, |text| Some(text.as_str())).expect("encoded");
        assert_eq!(super::super::encode(&made), Some(bytes.clone()));
        assert!(Chunks::of_each(&list, |text| (text != "500").then_some(0)).is_none());
        assert_eq!(chunks.decode(|text: &str| Some(text.to_owned())), Some(list));
        assert_eq!(chunks.decode(|text: &str| (text != "500").then_some(())), None);
        assert_eq!(chunks.decode(Some::<[u64; 9]>), None);
    }
}
