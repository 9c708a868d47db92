//! Look-ups over every network of a small space, with every table.
//!
//! The key is 0: exclusive or with the key is a symmetry of all of it. A node's table is chosen
//! when the look-up comes to it, anew for each look-up: as no node is come to twice, these are all
//! tables.

mod property;

use std::fmt;

use serde::Serialize;
use stateright::{Model, Property};

use crate::engine::{Fairness, Mutant, Row, Specification, faults};

use super::identifier::{Id, distance};
use super::routing::{Policy, Position, next_hop};

/// The key of every look-up.
const KEY: Id = 0;

/// What the nodes know of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// One contact for each bucket that is not empty, any of them.
    ///
    /// Source: CORAL-3.
    OneContact,
    /// Everybody.
    Full,
}

/// Look-ups with one rule, over all networks of a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// How many bits an identifier has, four at most.
    pub width: u8,
    /// How the next hop is chosen.
    pub policy: Policy,
    /// Who knows whom.
    pub tables: Tables,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// A look-up in one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct LookUp {
    /// The nodes, one bit each.
    pub nodes: u16,
    /// Where it is.
    pub at: Id,
    /// Where splice would like to be.
    pub target: Id,
    /// How many hops it has made.
    pub hops: u8,
    /// Whether it has ended.
    pub ended: bool,
}

/// A step of a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// It goes to that node, with that target.
    Hop(Id, Id),
    /// It ends, since no contact is closer.
    End,
}

impl crate::engine::Action for Move {
    const NAMES: &'static [&'static str] = &["hop", "end"];

    fn name_index(&self) -> usize {
        match self {
            Self::Hop(..) => 0,
            Self::End => 1,
        }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hop(to, target) => write!(f, "hop(to {to}, target {target})"),
            Self::End => write!(f, "end"),
        }
    }
}

faults! {
    HopsAway, "hops_away",
        "walk_splice_full_tables", "hops_get_closer", false,
        "Splice without a look at the distance to the key: the contact closest to the target is \
         taken, wherever it is.";
    KnowsItself, "knows_itself",
        "walk_splice_full_tables", "hops_get_closer", false,
        "A node that is in its own table, and a comparison that lets equal distance pass.";
    LosesABucket, "loses_a_bucket",
        "walk_splice_one_contact", "look_ups_end_at_the_closest", false,
        "A table whose last bucket is never filled.";
    GreedyForSplice, "greedy_for_splice",
        "walk_splice_full_tables", "splice_differs_from_greedy", false,
        "A node that is known to be closest is used.";
    SpliceForHalf, "splice_for_half",
        "walk_half_the_distance", "a_path_is_twice_as_long", false,
        "Splice taken for the course's rule.";
    HalfForSplice, "half_for_splice",
        "walk_splice_one_contact", "paths_are_short", false,
        "The course's rule in the place of splice.";
}

/// The ids of a set of nodes.
fn ids(nodes: u16) -> impl Iterator<Item = Id> + Clone {
    (0..16).filter(move |&id| nodes >> id & 1 != 0)
}

/// The nodes of bucket `j` of `at`.
///
/// Source: CORAL-3.
fn bucket(nodes: u16, at: Id, j: u8) -> u16 {
    ids(nodes).filter(|&id| id >> j == (at >> j) ^ 1).fold(0, |bucket, id| bucket | 1 << id)
}

impl Walk {
    /// Look-ups of that many bits with that rule.
    #[must_use]
    pub const fn new(width: u8, policy: Policy, tables: Tables) -> Self {
        Self { width, policy, tables, fault: None }
    }

    /// The look-ups that begin: every network, every node of it.
    pub fn beginnings(&self) -> impl Iterator<Item = LookUp> {
        let nodes = 1..=((1_u32 << (1 << self.width)) - 1) as u16;
        nodes.flat_map(|nodes| {
            ids(nodes).map(move |at| LookUp { nodes, at, target: at, hops: 0, ended: false })
        })
    }

    /// Every table that the node at which a look-up is may have.
    #[must_use]
    pub fn tables_at(&self, look_up: LookUp) -> Vec<u16> {
        let LookUp { nodes, at, .. } = look_up;
        let loses = u8::from(self.fault == Some(Fault::LosesABucket));
        let buckets = (0..self.width - loses).map(|j| bucket(nodes, at, j));
        match self.tables {
            Tables::Full => vec![buckets.fold(0, |all, bucket| all | bucket)],
            Tables::OneContact => {
                buckets.filter(|&bucket| bucket != 0).fold(vec![0], |all, bucket| {
                    let with = |&table: &u16| ids(bucket).map(move |id| table | 1 << id);
                    all.iter().flat_map(with).collect()
                })
            }
        }
    }

    /// The step that a look-up makes with a table.
    #[must_use]
    pub fn step_with(&self, look_up: LookUp, table: u16) -> Move {
        let LookUp { nodes: _, at, target, .. } = look_up;
        let position = Position { key: KEY, at, target };
        let policy = match self.fault {
            Some(Fault::GreedyForSplice) => Policy::Greedy,
            Some(Fault::HalfForSplice) => Policy::Half,
            Some(Fault::SpliceForHalf) => Policy::Splice(1),
            _ => self.policy,
        };
        let (hop, target) = next_hop(policy, self.width, position, &ids(table));
        match (self.fault, hop) {
            (Some(Fault::HopsAway), None) if look_up.hops < self.width => {
                let nearest = ids(table).min_by_key(|&id| distance(id, target));
                nearest.map_or(Move::End, |id| Move::Hop(id, target))
            }
            (Some(Fault::KnowsItself), None) if look_up.hops < self.width => Move::Hop(at, target),
            (_, Some(to)) => Move::Hop(to, target),
            (_, None) => Move::End,
        }
    }
}

impl Model for Walk {
    type State = LookUp;
    type Action = Move;

    fn init_states(&self) -> Vec<LookUp> {
        self.beginnings().collect()
    }

    fn actions(&self, look_up: &LookUp, actions: &mut Vec<Move>) {
        if look_up.ended {
            return;
        }
        let tables = self.tables_at(*look_up).into_iter();
        actions.extend(tables.map(|table| self.step_with(*look_up, table)));
        actions.sort_unstable();
        actions.dedup();
    }

    fn next_state(&self, look_up: &LookUp, action: Move) -> Option<LookUp> {
        let look_up = *look_up;
        Some(match action {
            Move::Hop(at, target) => LookUp { at, target, hops: look_up.hops + 1, ..look_up },
            Move::End => LookUp { ended: true, ..look_up },
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}

impl Specification for Walk {
    type Constraint = u8;

    /// Nothing about fairness is claimed.
    fn fairness(&self, _: &Move) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["hop", "end"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        Some(Self { fault: Some(fault), ..*self })
    }
}

/// The instances. What they show is CORAL-7.
pub(super) fn rows() -> Vec<Row<Walk>> {
    let row = |name, walk, reason| Row::new("coral", name, walk, property::claims, reason);
    let splice = Policy::Splice(1);
    vec![
        row(
            "walk_greedy_one_contact",
            Walk::new(3, Policy::Greedy, Tables::OneContact),
            "Every network of three bits, every table with one contact a bucket, greedily.",
        )
        .violating(&["every_hop_halves_the_distance"]),
        row(
            "walk_splice_one_contact",
            Walk::new(3, splice, Tables::OneContact),
            "The same with splice. As its target is kept it differs from greedy even here.",
        )
        .violating(&["every_hop_halves_the_distance"]),
        row(
            "walk_splice_full_tables",
            Walk::new(3, splice, Tables::Full),
            "Tables with every node, with which greedy is one hop.",
        )
        .violating(&["every_hop_halves_the_distance"]),
        row(
            "walk_two_bits_a_hop",
            Walk::new(3, Policy::Splice(2), Tables::Full),
            "Two bits a hop in a space of three: the last digit is shorter.",
        )
        .violating(&["every_hop_halves_the_distance"]),
        row(
            "walk_half_the_distance",
            Walk::new(3, Policy::Half, Tables::OneContact),
            "The course's rule: its longest path has six hops, twice the bits. A control.",
        )
        .violating(&["every_hop_halves_the_distance", "paths_are_short"]),
        row(
            "walk_splice_four_bits",
            Walk::new(4, splice, Tables::OneContact),
            "Every network of four bits and every table with one contact a bucket.",
        )
        .violating(&["every_hop_halves_the_distance"])
        .nightly(),
        row(
            "walk_half_four_bits",
            Walk::new(4, Policy::Half, Tables::OneContact),
            "The course's rule with four bits: ten hops. A control.",
        )
        .violating(&["every_hop_halves_the_distance", "paths_are_short"])
        .nightly(),
    ]
}
