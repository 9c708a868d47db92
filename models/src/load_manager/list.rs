//! Short lists as plain data: a fixed array of which the first places are taken.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, Serializer};

/// At most `N` items, in order. What is beyond the last item is always the default, so that equal
/// lists are equal in every bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List<T, const N: usize> {
    length: u8,
    items: [T; N],
}

impl<T: Copy + Default, const N: usize> Default for List<T, N> {
    fn default() -> Self {
        Self { length: 0, items: [T::default(); N] }
    }
}

impl<T: Copy + Default, const N: usize> List<T, N> {
    /// The same item so many times; as often as there is room for.
    #[must_use]
    pub fn of(item: T, times: u8) -> Self {
        (0..times).fold(Self::default(), |list, _| list.with(item))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> u8 {
        self.length
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The items, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.items[..usize::from(self.length)]
    }

    /// The items, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    /// The items, to be changed in place.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items[..usize::from(self.length)].iter_mut()
    }

    /// The item at that place.
    #[must_use]
    pub fn get(&self, index: u8) -> Option<T> {
        self.as_slice().get(usize::from(index)).copied()
    }

    /// This list with one more item at its end; unchanged if it is full.
    #[must_use]
    pub fn with(self, item: T) -> Self {
        self.with_at(self.length, item)
    }

    /// This list with one more item at that place; unchanged if it is full.
    #[must_use]
    pub fn with_at(mut self, index: u8, item: T) -> Self {
        let (at, end) = (usize::from(index), usize::from(self.length));
        if end < N && at <= end {
            self.items.copy_within(at..end, at + 1);
            self.items[at] = item;
            self.length += 1;
        }
        self
    }

    /// This list without the item at that place.
    #[must_use]
    pub fn without(mut self, index: u8) -> Self {
        let (at, end) = (usize::from(index), usize::from(self.length));
        if at < end {
            self.items.copy_within(at + 1..end, at);
            self.items[end - 1] = T::default();
            self.length -= 1;
        }
        self
    }
}

impl<'a, T: Copy + Default, const N: usize> IntoIterator for &'a List<T, N> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Copy + Default, const N: usize> IntoIterator for &'a mut List<T, N> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: Copy + Default + Ord, const N: usize> List<T, N> {
    /// The same items in ascending order: for a list whose order means nothing.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.items[..usize::from(self.length)].sort_unstable();
        self
    }
}

impl<T: Serialize + Copy + Default, const N: usize> Serialize for List<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<T: JsonSchema, const N: usize> JsonSchema for List<T, N> {
    fn schema_name() -> Cow<'static, str> {
        format!("List of {N} {}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<T>(),
            "maxItems": N,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_leaves_nothing_behind() {
        let list: List<u8, 3> = List::default().with(7).with(8);
        assert_eq!(list.without(0), List::default().with(8));
        assert_eq!(list.without(1).without(0), List::default());
        assert_eq!(list.without(2), list);
    }

    #[test]
    fn a_full_list_takes_nothing_more() {
        let list: List<u8, 2> = List::of(1, 5);
        assert_eq!((list.len(), list.with(3)), (2, list));
        assert_eq!(List::<u8, 2>::default().with(2).with_at(0, 1).as_slice(), [1, 2]);
        assert_eq!(List::<u8, 2>::default().with(2).with(1).sorted().as_slice(), [1, 2]);
    }
}
