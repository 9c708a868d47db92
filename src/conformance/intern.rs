//! One copy of each value, however many states hold it.
//!
//! A step changes one machine and a message or two; everything else of the next state is the same
//! value as before. Equality stays exact: the hash that is kept beside a value only tells unequal
//! ones apart sooner.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;

/// A value that many states share.
pub struct Shared<T>(Arc<Hashed<T>>);

struct Hashed<T> {
    hash: u64,
    value: T,
}

impl<T: Hash> Shared<T> {
    /// A value that no other state shares yet.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(Hashed { hash: FixedState::default().hash_one(&value), value }))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        let is_same_copy = Arc::ptr_eq(&self.0, &other.0);
        is_same_copy || (self.0.hash == other.0.hash && self.0.value == other.0.value)
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.0.value.cmp(&other.0.value)
    }
}

impl<T: PartialOrd> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.value.partial_cmp(&other.0.value)
    }
}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

/// So many threads may look for values of different hashes at once.
const SHARDS: usize = 16;

/// What is known of the keys of one hash; almost always one.
type Shard<K, V> = BTreeMap<u64, Vec<(K, V)>>;

/// What a function has given for each argument that it was asked for.
pub struct Memo<K, V> {
    shards: Arc<[Mutex<Shard<K, V>>; SHARDS]>,
}

impl<K, V> Clone for Memo<K, V> {
    fn clone(&self) -> Self {
        Self { shards: Arc::clone(&self.shards) }
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { shards: Arc::new(std::array::from_fn(|_| Mutex::default())) }
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    /// What the function gives for this argument.
    #[must_use]
    pub fn of(&self, key: K, function: impl FnOnce(&K) -> V) -> V {
        let hash = FixedState::default().hash_one(&key);
        // A thread that died while it held the lock has left a table that is whole.
        let shard = &self.shards[hash as usize % SHARDS];
        let known = |shard: &Shard<K, V>| {
            let known = shard.get(&hash)?.iter().find(|(known, _)| *known == key);
            known.map(|(_, value)| value.clone())
        };
        if let Some(value) = known(&shard.lock().unwrap_or_else(PoisonError::into_inner)) {
            return value;
        }
        // Not under the lock: the function may ask for something else.
        let value = function(&key);
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known(&shard) {
            return value;
        }
        shard.entry(hash).or_default().push((key, value.clone()));
        value
    }

    /// For how many arguments it was asked.
    #[must_use]
    pub fn len(&self) -> usize {
        let of_shard = |shard: &Mutex<Shard<K, V>>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.values().map(Vec::len).sum::<usize>()
        };
        self.shards.iter().map(of_shard).sum()
    }

    /// Whether it was never asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Hands out the one copy of each value.
pub struct Pool<T>(Memo<Shared<T>, Shared<T>>);

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Memo::default())
    }
}

impl<T: Hash + Eq> Pool<T> {
    /// The copy of this value.
    #[must_use]
    pub fn share(&self, value: T) -> Shared<T> {
        self.0.of(Shared::new(value), Shared::clone)
    }

    /// How many different values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_copy_and_unequal_ones_are_not() {
        let pool = Pool::default();
        let [a, b, c] = ["x", "x", "y"].map(|text| pool.share(text.to_owned()));
        assert!(Arc::ptr_eq(&a.0, &b.0) && !Arc::ptr_eq(&a.0, &c.0));
        assert!(a == b && a != c && a < c);
        assert_eq!((pool.len(), pool.is_empty()), (2, false));
    }

    #[test]
    fn copies_of_different_pools_are_equal_by_value() {
        let (a, b) = (Shared::new(vec![1]), Pool::default().share(vec![1]));
        assert_eq!(a, b);
        assert_eq!(a.cmp(&b), Ordering::Equal);
        let build = FixedState::default();
        assert_eq!(build.hash_one(&a), build.hash_one(&b));
    }

    #[test]
    fn a_function_is_called_once_for_each_argument() {
        let (memo, mut calls) = (Memo::default(), 0);
        for argument in [1, 2, 1, 2] {
            let square = memo.of(argument, |argument| {
                calls += 1;
                argument * argument
            });
            assert_eq!(square, argument * argument);
        }
        assert_eq!((calls, memo.len(), memo.is_empty()), (2, 2, false));
    }
}
