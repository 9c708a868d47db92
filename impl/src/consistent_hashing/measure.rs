//! What is good about a placement: the measures of STOC 1997.

use super::Placement;

/// All views of buckets `0..buckets`, the empty one included. At most 16 buckets are looked at.
#[must_use]
pub fn views(buckets: u32) -> Vec<Vec<u32>> {
    let buckets = buckets.min(16);
    (0..1_u32 << buckets).map(|set| members(set, buckets)).collect()
}

fn members(set: u32, buckets: u32) -> Vec<u32> {
    (0..buckets).filter(|bucket| set >> bucket & 1 == 1).collect()
}

/// How many of the items each bucket of the view gets.
///
/// Source: CORAL-61.
#[must_use]
pub fn loads(placement: &impl Placement, view: &[u32], items: &[u64]) -> Vec<usize> {
    let mut loads = vec![0; view.len()];
    for &item in items {
        let bucket = placement.place(view, item);
        if let Some(place) = view.iter().position(|it| Some(*it) == bucket) {
            loads[place] += 1;
        }
    }
    loads
}

/// A view, a view with more buckets, and an item that moves between buckets of the first one when
/// the others come: what a monotone placement has not got.
///
/// Source: CORAL-62.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The smaller view.
    pub smaller: Vec<u32>,
    /// The larger one.
    pub larger: Vec<u32>,
    /// The item.
    pub item: u64,
}

/// Looks at every pair of views of buckets `0..buckets` of which one is part of the other: the
/// first item that moves without need, and how many pairs of views were looked at.
///
/// Source: CORAL-62.
#[must_use]
pub fn monotonicity(
    placement: &impl Placement,
    buckets: u32,
    items: &[u64],
) -> (Option<Moved>, usize) {
    let views = views(buckets);
    let placed: Vec<Vec<Option<u32>>> = views
        .iter()
        .map(|view| items.iter().map(|item| placement.place(view, *item)).collect())
        .collect();
    let mut pairs = 0;
    for (large, larger) in views.iter().enumerate() {
        for (small, smaller) in views.iter().enumerate() {
            if small & large != small {
                continue;
            }
            pairs += 1;
            let both = placed[small].iter().zip(&placed[large]).zip(items);
            for ((before, after), &item) in both {
                let stays = after.is_some_and(|after| smaller.contains(&after));
                if stays && before != after {
                    let (smaller, larger) = (smaller.clone(), larger.clone());
                    return (Some(Moved { smaller, larger, item }), pairs);
                }
            }
        }
    }
    (None, pairs)
}

/// The order in which an item prefers the buckets of a view: where it goes, where it goes if that
/// bucket is not there, and so on.
///
/// Source: CORAL-63.
#[must_use]
pub fn preference(placement: &impl Placement, view: &[u32], item: u64) -> Vec<u32> {
    let mut left = view.to_vec();
    let mut order = Vec::with_capacity(view.len());
    while let Some(bucket) = placement.place(&left, item) {
        let before = left.len();
        left.retain(|it| *it != bucket);
        order.push(bucket);
        if left.len() == before {
            break;
        }
    }
    order
}

/// Whether in every view of buckets `0..buckets` the item goes to the first bucket of its
/// preference that is there: for a monotone placement, and for no other, that is so of every item.
///
/// Source: CORAL-63.
#[must_use]
pub fn follows_preference(placement: &impl Placement, buckets: u32, item: u64) -> bool {
    let all: Vec<u32> = (0..buckets).collect();
    let order = preference(placement, &all, item);
    views(buckets).iter().all(|view| {
        let first = order.iter().copied().find(|bucket| view.contains(bucket));
        placement.place(view, item) == first
    })
}

/// To how many buckets the views together give the item.
///
/// Source: CORAL-63.
#[must_use]
pub fn spread(placement: &impl Placement, views: &[Vec<u32>], item: u64) -> usize {
    let mut buckets: Vec<u32> =
        views.iter().filter_map(|view| placement.place(view, item)).collect();
    buckets.sort_unstable();
    buckets.dedup();
    buckets.len()
}

/// How many of the items at least one view gives to the bucket.
///
/// Source: CORAL-63.
#[must_use]
pub fn load(placement: &impl Placement, views: &[Vec<u32>], items: &[u64], bucket: u32) -> usize {
    let gets = |item: &&u64| views.iter().any(|view| placement.place(view, **item) == Some(bucket));
    items.iter().filter(gets).count()
}

/// The fraction of items that go elsewhere in the second view than in the first.
///
/// Source: CORAL-62, CORAL-66.
#[must_use]
pub fn moved(placement: &impl Placement, from: &[u32], to: &[u32], items: &[u64]) -> f64 {
    let moves = |item: &&u64| placement.place(from, **item) != placement.place(to, **item);
    items.iter().filter(moves).count() as f64 / items.len().max(1) as f64
}
