//! A sorted set in one allocation.

use std::borrow::Borrow;
use std::ops::Deref;

/// Values without duplicates, in order: for the very many sets of one or two values, where the nodes of a tree would take many
/// times as much memory as the values.
///
/// Adding what is greater than everything in it costs next to nothing, anything else a move of what is greater.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Sorted<T>(Vec<T>);

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> Sorted<T> {
    /// Adds a value unless an equal one is there.
    pub(super) fn insert(&mut self, value: T) {
        if let Err(at) = self.0.binary_search(&value) {
            self.0.insert(at, value);
        }
    }

    /// Removes the value that is equal to this one.
    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, value: &Q)
    where
        T: Borrow<Q>,
    {
        if let Ok(at) = self.0.binary_search_by(|other| other.borrow().cmp(value)) {
            self.0.remove(at);
        }
    }

    /// Tells whether an equal value is there.
    pub(super) fn contains<Q: Ord + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|other| other.borrow().cmp(value)).is_ok()
    }
}

impl<T: Ord> FromIterator<T> for Sorted<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values: Vec<T> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        values.shrink_to_fit();
        Self(values)
    }
}

impl<T> Deref for Sorted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a Sorted<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Ensures that it holds what the set of the standard library holds, whatever is done to both.
        #[test]
        fn it_is_a_set(edits in proptest::collection::vec((any::<bool>(), 0..20_u8), 0..60)) {
            let (mut sorted, mut set) = (Sorted::default(), BTreeSet::new());
            for (adds, value) in edits {
                if adds {
                    sorted.insert(value);
                    set.insert(value);
                } else {
                    sorted.remove(&value);
                    set.remove(&value);
                }
                prop_assert_eq!(sorted.contains(&value), set.contains(&value));
                prop_assert!(sorted.iter().eq(&set));
                prop_assert_eq!(&sorted.iter().rev().copied().collect::<Sorted<_>>(), &sorted);
            }
        }
    }
}
