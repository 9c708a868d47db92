//! Tables of fingers that are fixed one finger at a time, by look-ups that use what the tables hold
//! meanwhile.
//!
//! # Protocol
//!
//! Each member has a successor, which is right, and a table of further fingers, which hold
//! anything. It fixes one finger by looking up where that begins: the look-up goes from member to
//! member along their tables (CHORD-34), and what it names is the finger from then on.
//!
//! # Abstractions
//!
//! The ring is at rest but for those that arrive, whose neighbours know them at once. A look-up is
//! one step: as a hop depends on one member's table, and every table is among the states, fixes
//! between two hops add nothing. A finger at a dead node counts as none at all, which a member
//! notes as a finger at itself.

mod property;
mod start;

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use stateright::{Model, Property};

use super::{Id, Ring};
use crate::engine::{Fairness, Mutant, Row, Specification, faults};

pub use start::Start;

/// How many bits an identifier has.
const BITS: u32 = 3;
/// How many identifiers there are.
const SIZE: usize = 1 << BITS;

/// Rings whose members fix their fingers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixing {
    /// The tables in the beginning.
    pub start: Start,
    /// Who joins, in that order.
    pub arrivals: &'static [Id],
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// The members and their tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tables {
    /// Bit `i` is set if identifier `i` is a member.
    members: u8,
    /// For each member its successor and its fingers.
    fingers: [[Id; BITS as usize]; SIZE],
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The next one joins, and knows its successor.
    Join(Id),
    /// The member looks up one of its fingers.
    Fix {
        /// The member.
        node: Id,
        /// Which finger.
        finger: u8,
    },
}

impl crate::engine::Action for Step {
    const NAMES: &'static [&'static str] = &["join", "fix"];

    fn name_index(&self) -> usize {
        match self {
            Self::Join(_) => 0,
            Self::Fix { .. } => 1,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join(node) => write!(f, "join({node})"),
            Self::Fix { node, finger } => write!(f, "fix({node}, finger {finger})"),
        }
    }
}

faults! {
    FarthestFingerFollowed, "farthest_finger_followed",
        "fingers_fixed_after_a_join", "hops_with_stale_fingers_approach", false,
        "The farthest finger, taken without a look at whether it lies before the identifier.";
    FingerNamesTheOwner, "finger_names_the_owner",
        "fingers_fixed_after_a_join", "stale_fingers_name_the_owner", false,
        "A member that answers with a finger that begins before the identifier and ends beyond it: \
         right with correct tables, and with no others.";
    FingerTakenFromTheOneBefore, "finger_taken_from_the_one_before",
        "fingers_fixed_after_a_join", "a_fix_puts_the_owner_there", false,
        "The shortcut of the join of 2001, which saves a look-up where the finger before reaches \
         far enough, used for repair, where that one may be stale.";
    LastFingerNeverFixed, "last_finger_never_fixed",
        "finger_tables_of_the_course", "fingers_become_correct", false,
        "A counter of fingers that begins anew one too early.";
    NearestFingerFollowed, "nearest_finger_followed",
        "fingers_fixed_after_a_join", "correct_tables_take_at_most_m_hops", false,
        "A table that is searched from the wrong end.";
    AskedForTheIdentifierItself, "asked_for_the_identifier_itself",
        "fingers_fixed_after_a_join", "fewer_than_all_are_asked", false,
        "A look-up that goes on until it is at the identifier, whether that is a member's or not.";
}

impl Tables {
    /// Whose successor is the next member, and who has no other finger.
    fn of(members: u8) -> Self {
        let ring = Ring { bits: BITS, members: u32::from(members) };
        let mut tables = Self { members, fingers: [[0; BITS as usize]; SIZE] };
        for node in ring.members() {
            tables.fingers[usize::from(node)] = [node; BITS as usize];
        }
        tables.stabilized()
    }

    /// The same when every member knows its successor.
    fn stabilized(mut self) -> Self {
        let ring = self.ring();
        for node in ring.members() {
            self.fingers[usize::from(node)][0] = ring.finger(node, 0);
        }
        self
    }

    /// The ring that they are of.
    const fn ring(&self) -> Ring {
        Ring { bits: BITS, members: self.members as u32 }
    }

    fn finger(&self, node: Id, finger: u32) -> Id {
        self.fingers[usize::from(node)][finger as usize]
    }

    fn with_finger(mut self, node: Id, finger: u32, to: Id) -> Self {
        self.fingers[usize::from(node)][finger as usize] = to;
        self
    }

    /// Each member with each of its fingers that is not what it is to be.
    fn wrong(&self) -> impl Iterator<Item = (Id, u32)> {
        let ring = self.ring();
        let all = ring.members().flat_map(|node| (0..BITS).map(move |finger| (node, finger)));
        all.filter(move |&(node, finger)| self.finger(node, finger) != ring.finger(node, finger))
    }

    /// Whether every finger is the owner of where it begins.
    fn are_correct(&self) -> bool {
        self.wrong().next().is_none()
    }
}

/// Each member with its successor and fingers, as a table in print has them.
impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for node in self.ring().members() {
            map.serialize_entry(&node.to_string(), &self.fingers[usize::from(node)])?;
        }
        map.end()
    }
}

/// What a member does with a look-up that is at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It names the owner.
    Named(Id),
    /// It names whom to ask next.
    Ask(Id),
}

impl Fixing {
    const fn new(start: Start) -> Self {
        Self { start, arrivals: &[], fault: None }
    }

    /// What the member says to a look-up.
    ///
    /// ```text
    /// answer(m, k):   k is m's identifier:            m is the owner
    ///                 k is not beyond m's successor:  the successor is the owner
    ///                 otherwise:                      ask the closest live one before k that m has
    /// ```
    ///
    /// Source: CHORD-34, CHORD-66.
    fn answer(&self, tables: &Tables, at: Id, key: Id) -> Answer {
        let ring = tables.ring();
        let names = match self.fault {
            Some(Fault::AskedForTheIdentifierItself) => at == key,
            _ => ring.names(at, key),
        };
        let successor = tables.finger(at, 0);
        if names {
            return Answer::Named(if at == key { at } else { successor });
        }
        let known = tables.fingers[usize::from(at)].into_iter().filter(|&id| ring.contains(id));
        let others = known.clone().filter(|&id| id != at);
        let closest = match self.fault {
            Some(Fault::FarthestFingerFollowed) => others.max_by_key(|&id| ring.distance(at, id)),
            Some(Fault::NearestFingerFollowed) => others.min_by_key(|&id| ring.distance(at, id)),
            Some(Fault::FingerNamesTheOwner) => match named_by_a_finger(tables, at, key) {
                Some(owner) => return Answer::Named(owner),
                None => ring.closest_before(at, key, known),
            },
            _ => ring.closest_before(at, key, known),
        };
        Answer::Ask(closest.unwrap_or(successor))
    }

    /// How many other members are asked, and whom the last one names; `None` if it does not end
    /// after as many as there are members.
    fn look_up(&self, tables: &Tables, from: Id, key: Id) -> Option<(u32, Id)> {
        let mut at = from;
        for hops in 0..=u32::from(tables.members).count_ones() {
            match self.answer(tables, at, key) {
                Answer::Named(owner) => return Some((hops, owner)),
                Answer::Ask(next) => at = next,
            }
        }
        None
    }

    /// A member looks up where one of its fingers begins.
    ///
    /// ```text
    /// fix(m, i):   finger i of m := what a look-up of m + 2^i at m names
    /// ```
    ///
    /// Source: CHORD-34.
    fn fix(&self, tables: &Tables, node: Id, finger: u32) -> Option<Tables> {
        let ring = tables.ring();
        let start = ring.start(node, finger);
        let before = tables.finger(node, finger - 1);
        let reaches_far = ring.distance(node, start) <= ring.distance(node, before);
        let owner = if self.fault == Some(Fault::FingerTakenFromTheOneBefore) && reaches_far {
            before
        } else {
            self.look_up(tables, node, start)?.1
        };
        Some(tables.with_finger(node, finger, owner))
    }

    /// The next one joins, and knows its successor.
    fn join(&self, tables: &Tables, node: Id) -> Option<Tables> {
        let next = self.arrivals.iter().find(|&&id| !tables.ring().contains(id));
        if next != Some(&node) {
            return None;
        }
        let mut joined = *tables;
        joined.members |= 1 << node;
        joined.fingers[usize::from(node)] = [node; BITS as usize];
        Some(joined.stabilized())
    }
}

/// A finger of the member that begins before the key, or at it, and is at the key or beyond.
fn named_by_a_finger(tables: &Tables, at: Id, key: Id) -> Option<Id> {
    let ring = tables.ring();
    let to_key = ring.distance(at, key);
    let encloses = |&finger: &u32| {
        let to_start = ring.distance(at, ring.start(at, finger));
        let id = tables.finger(at, finger);
        ring.contains(id) && to_start <= to_key && to_key <= ring.distance(at, id)
    };
    (1..BITS).find(encloses).map(|finger| tables.finger(at, finger))
}

impl Model for Fixing {
    type State = Tables;
    type Action = Step;

    fn init_states(&self) -> Vec<Tables> {
        self.start.tables()
    }

    fn actions(&self, tables: &Tables, actions: &mut Vec<Step>) {
        let fixed = match self.fault {
            Some(Fault::LastFingerNeverFixed) => 1..BITS as u8 - 1,
            _ => 1..BITS as u8,
        };
        for node in tables.ring().members() {
            actions.extend(fixed.clone().map(|finger| Step::Fix { node, finger }));
        }
        actions.extend(self.arrivals.iter().map(|&node| Step::Join(node)));
    }

    fn next_state(&self, tables: &Tables, action: Step) -> Option<Tables> {
        match action {
            Step::Join(node) => self.join(tables, node),
            Step::Fix { node, finger } => self.fix(tables, node, u32::from(finger)),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}

impl Specification for Fixing {
    type Constraint = Step;

    fn fairness(&self, action: &Step) -> Fairness<Step> {
        match action {
            Step::Join(_) => Fairness::Finite,
            Step::Fix { .. } => Fairness::Weak(*action),
        }
    }

    fn assumptions(&self) -> String {
        "joins end; each finger of each member is fixed again and again".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        if self.arrivals.is_empty() { vec!["fix"] } else { vec!["join", "fix"] }
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        Some(Self { fault: Some(fault), ..*self })
    }
}

/// What members who know only their successors break.
const AS_LONG_AS_ALONG_NEIGHBOURS: &[&str] = &["stale_tables_take_at_most_m_hops"];

/// The instances. What they show is CHORD-69 and CHORD-73.
pub(in crate::chord) fn rows() -> Vec<Row<Fixing>> {
    let row = |name, fixing, reason| Row::new("chord", name, fixing, property::claims, reason);
    let course =
        |second: &'static [Id]| Fixing { arrivals: second, ..Fixing::new(Start::Alone(1)) };
    vec![
        row(
            "fingers_fixed_from_nothing",
            Fixing::new(Start::Nothing(5)),
            "Every ring of at most five members, who know their successors and nobody else.",
        )
        .violating(AS_LONG_AS_ALONG_NEIGHBOURS),
        row(
            "fingers_fixed_from_nothing_by_all",
            Fixing::new(Start::Nothing(8)),
            "Every ring of three bits, whose members know their successors and nobody else.",
        )
        .violating(AS_LONG_AS_ALONG_NEIGHBOURS)
        .nightly(),
        row(
            "fingers_fixed_from_any_tables",
            Fixing::new(Start::Anything),
            "Every ring of at most three members, with any member in any finger.",
        ),
        row(
            "fingers_fixed_after_a_join",
            Fixing::new(Start::OneJoined),
            "Every ring of three bits, with the tables from before one of the members joined.",
        ),
        row(
            "fingers_fixed_after_a_failure",
            Fixing::new(Start::OneFailed),
            "Every ring of three bits, with the tables from before one more member failed.",
        ),
        row(
            "finger_tables_of_the_course",
            course(&[2, 0, 6]),
            "The course's example with 2 as its second node: joins and fixes in every order.",
        ),
        row(
            "finger_tables_of_the_course_with_node_three",
            course(&[3, 0, 6]),
            "A control: the example as its text has it, with 3 as its second node.",
        )
        .violating(&["printed_tables_come_up"]),
    ]
}
