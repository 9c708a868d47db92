//! Placements of consistent hashing while buckets come and go.
//!
//! Points and scores are numbers made of the seed, the bucket, and the copy or the item. Each seed
//! is a placement of its own.

use std::fmt;

use serde::Serialize;
use stateright::{Model, Property};

use crate::engine::{Claim, Fairness, Form, Mutant, Row, Specification, faults};

/// How many points the ring has.
const RING: u8 = 64;
/// How many items there are: one at each point.
const ITEMS: u8 = RING;
/// The most buckets.
const MAXIMUM_BUCKETS: u8 = 6;

/// Which bucket an item goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The one with the closest point; of two equally close the clockwise one.
    ClosestPoint,
    /// The one whose point is the next clockwise.
    Successor,
    /// The one with the highest score for the item.
    Rendezvous,
    /// The one whose rank among those present is the item modulo their number.
    Modulo,
}

/// Buckets that come and go, and the rule that places the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The rule.
    pub rule: Rule,
    /// How many buckets there may be.
    pub buckets: u8,
    /// How many points each has on the ring.
    pub points: u8,
    /// How many seeds are tried.
    pub seeds: u8,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// Which buckets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct View {
    /// What points and scores are made of.
    pub seed: u8,
    /// The buckets, one bit each; never none.
    pub present: u8,
}

/// A bucket comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// That bucket comes.
    Arrive(u8),
    /// That bucket goes.
    Leave(u8),
}

impl crate::engine::Action for Change {
    const NAMES: &'static [&'static str] = &["arrive", "leave"];

    fn name_index(&self) -> usize {
        match self {
            Self::Arrive(_) => 0,
            Self::Leave(_) => 1,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Arrive(bucket) | Self::Leave(bucket) => write!(f, "{name}(b{bucket})"),
        }
    }
}

faults! {
    SaltedWithTheSize, "salted_with_the_size",
        "placement_rendezvous", "only_the_buckets_own_items_move", false,
        "A score in which the number of buckets has a part: as bad as modulo.";
    PointsByRank, "points_by_rank",
        "placement_successor", "only_the_buckets_own_items_move", false,
        "Points given to buckets by their rank in the list of those present.";
    OneBucketTakesAll, "one_bucket_takes_all",
        "placement_closest_point", "items_are_spread", false,
        "A hash that is constant: monotone, and useless.";
}

/// A number that looks random: the finisher of a multiplicative hash.
const fn mixed(seed: u8, one: u8, other: u8) -> u32 {
    let word = (seed as u32) << 16 | (one as u32) << 8 | other as u32;
    let word = (word ^ 0x9e37).wrapping_mul(0x85eb_ca6b);
    let word = (word ^ word >> 13).wrapping_mul(0xc2b2_ae35);
    word ^ word >> 16
}

impl Placement {
    /// The bucket of an item.
    ///
    /// Source: CORAL-31.
    #[must_use]
    pub fn bucket(&self, view: View, item: u8) -> u8 {
        let present = (0..self.buckets).filter(|&bucket| view.present >> bucket & 1 != 0);
        let rank = |bucket: u8| (view.present & ((1 << bucket) - 1)).count_ones() as u8;
        let size = view.present.count_ones() as u8;
        if self.fault == Some(Fault::OneBucketTakesAll) {
            return present.min().unwrap_or_default();
        }
        let point_of = |bucket: u8, copy: u8| {
            let named = if self.fault == Some(Fault::PointsByRank) { rank(bucket) } else { bucket };
            (mixed(view.seed, named, copy) % u32::from(RING)) as u8
        };
        let found = match self.rule {
            Rule::Modulo => present.clone().find(|&bucket| rank(bucket) == item % size),
            Rule::Rendezvous => {
                let salt = if self.fault == Some(Fault::SaltedWithTheSize) { size } else { 0 };
                present.max_by_key(|&bucket| (mixed(view.seed + salt, bucket, item), bucket))
            }
            Rule::ClosestPoint | Rule::Successor => {
                let points =
                    present.flat_map(|bucket| (0..self.points).map(move |copy| (bucket, copy)));
                let clockwise = |bucket, copy| (point_of(bucket, copy) + RING - item) % RING;
                let key = |&(bucket, copy): &(u8, u8)| {
                    let clockwise = clockwise(bucket, copy);
                    match self.rule {
                        Rule::ClosestPoint => (clockwise.min(RING - clockwise), clockwise, bucket),
                        _ => (clockwise, 0, bucket),
                    }
                };
                points.min_by_key(key).map(|(bucket, _)| bucket)
            }
        };
        found.unwrap_or_default()
    }

    /// The items that a change gives to another bucket: from which to which.
    fn moved(&self, before: View, after: View) -> impl Iterator<Item = (u8, u8)> {
        let placement = *self;
        (0..ITEMS)
            .map(move |item| (placement.bucket(before, item), placement.bucket(after, item)))
            .filter(|(from, to)| from != to)
    }
}

impl Model for Placement {
    type State = View;
    type Action = Change;

    fn init_states(&self) -> Vec<View> {
        (0..self.seeds).map(|seed| View { seed, present: 1 }).collect()
    }

    fn actions(&self, view: &View, actions: &mut Vec<Change>) {
        for bucket in 0..self.buckets {
            let is_there = view.present >> bucket & 1 != 0;
            if !is_there {
                actions.push(Change::Arrive(bucket));
            } else if view.present.count_ones() > 1 {
                actions.push(Change::Leave(bucket));
            }
        }
    }

    fn next_state(&self, view: &View, change: Change) -> Option<View> {
        let (Change::Arrive(bucket) | Change::Leave(bucket)) = change;
        Some(View { present: view.present ^ 1 << bucket, ..*view })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&claims(self))
    }
}

impl Specification for Placement {
    type Constraint = u8;

    /// Nothing about fairness is claimed.
    fn fairness(&self, _: &Change) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["arrive", "leave"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::SaltedWithTheSize => self.rule == Rule::Rendezvous,
            Fault::PointsByRank => matches!(self.rule, Rule::ClosestPoint | Rule::Successor),
            Fault::OneBucketTakesAll => true,
        };
        has_procedure.then_some(Self { fault: Some(fault), ..*self })
    }
}

fn claims(_: &Placement) -> Vec<Claim<Placement>> {
    vec![ONLY_THE_BUCKETS_OWN_ITEMS_MOVE, ITEMS_ARE_SPREAD]
}

const ONLY_THE_BUCKETS_OWN_ITEMS_MOVE: Claim<Placement> = Claim::new(
    "only_the_buckets_own_items_move",
    "A bucket that comes takes items and moves none among the others; one that goes moves its own.",
    "CORAL-31",
    Form::Step {
        when: |_, _, _, _| true,
        holds: |placement, before, change, after| match *change {
            Change::Arrive(bucket) => placement.moved(*before, *after).all(|(_, to)| to == bucket),
            Change::Leave(bucket) => {
                placement.moved(*before, *after).all(|(from, _)| from == bucket)
            }
        },
    },
);

const ITEMS_ARE_SPREAD: Claim<Placement> = Claim::new(
    "items_are_spread",
    "In some view every bucket that there may be has an item.",
    "CORAL-31",
    Form::Sometimes(|placement, view| {
        let used = (0..ITEMS).fold(0, |used, item| used | 1_u8 << placement.bucket(*view, item));
        used.count_ones() == u32::from(placement.buckets)
    }),
);

/// The instances: monotone placements, and the one that is not.
pub(super) fn rows() -> Vec<Row<Placement>> {
    let placement =
        |rule, points| Placement { rule, buckets: MAXIMUM_BUCKETS, points, seeds: 16, fault: None };
    let row = |name, placement, reason| {
        Row::new(
            "coral",
            name,
            placement,
            claims as fn(&Placement) -> Vec<Claim<Placement>>,
            reason,
        )
    };
    vec![
        row(
            "placement_closest_point",
            placement(Rule::ClosestPoint, 3),
            "Every view of six buckets with three points each, for sixteen seeds.",
        ),
        row(
            "placement_successor",
            placement(Rule::Successor, 1),
            "The same with one point each, and the next one clockwise.",
        ),
        row(
            "placement_successor_three_points",
            placement(Rule::Successor, 3),
            "The same with virtual nodes.",
        ),
        row(
            "placement_rendezvous",
            placement(Rule::Rendezvous, 0),
            "The same with the highest score.",
        ),
        row(
            "placement_modulo",
            placement(Rule::Modulo, 0),
            "A control: modulo the number of buckets moves items between buckets that stay.",
        )
        .violating(&["only_the_buckets_own_items_move"]),
    ]
}
