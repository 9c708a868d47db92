//! The tables that fixing begins with.

use super::{BITS, Id, Tables};
use crate::chord::upper::finger::Ring;

/// What the members know in the beginning, besides their successors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing, on every ring of at most so many members.
    Nothing(u32),
    /// Any member in any finger, on every ring of at most three members.
    Anything,
    /// What was right before one of the members joined, which knows nothing. On every ring.
    OneJoined,
    /// What was right before one more member failed. On every ring.
    OneFailed,
    /// That member is alone.
    Alone(Id),
}

/// The largest rings that begin with every table.
const FEW: u32 = 3;

impl Start {
    /// The tables, of every ring that is meant.
    #[must_use]
    pub fn tables(self) -> Vec<Tables> {
        let of_at_most = |most| (1..=u8::MAX).filter(move |members| members.count_ones() <= most);
        let mut tables: Vec<Tables> = match self {
            Self::Nothing(most) => of_at_most(most).map(Tables::of).collect(),
            Self::Anything => {
                of_at_most(FEW).flat_map(|members| any(Tables::of(members))).collect()
            }
            Self::OneJoined => (1..=u8::MAX).flat_map(before_a_join).collect(),
            Self::OneFailed => (1..=u8::MAX).flat_map(before_a_failure).collect(),
            Self::Alone(node) => vec![Tables::of(1 << node)],
        };
        tables.sort_unstable();
        tables.dedup();
        tables
    }
}

/// All the members' fingers are correct.
fn correct(members: u8) -> Tables {
    let tables = Tables::of(members);
    let wrong: Vec<(Id, u32)> = tables.wrong().collect();
    let ring = tables.ring();
    wrong.into_iter().fold(tables, |tables, (node, finger)| {
        tables.with_finger(node, finger, ring.finger(node, finger))
    })
}

/// The tables of those members before each of them joined.
fn before_a_join(members: u8) -> Vec<Tables> {
    let ring = Ring { bits: BITS, members: u32::from(members) };
    let others = ring.members().map(|joined| (joined, members & !(1 << joined)));
    let others = others.filter(|&(_, others)| others != 0);
    let tables = others.map(|(joined, others)| {
        let mut tables = correct(others);
        tables.members = members;
        tables.fingers[usize::from(joined)] = [joined; BITS as usize];
        tables.stabilized()
    });
    tables.collect()
}

/// The tables of those members before each of the others failed.
fn before_a_failure(members: u8) -> Vec<Tables> {
    let ring = Ring { bits: BITS, members: u32::from(members) };
    let failed = ring.identifiers().filter(|&id| !ring.contains(id));
    let tables = failed.map(|failed| {
        let mut tables = correct(members | 1 << failed);
        tables.members = members;
        tables.fingers[usize::from(failed)] = [0; BITS as usize];
        tables.stabilized()
    });
    tables.collect()
}

/// The same with any member in any finger.
fn any(tables: Tables) -> Vec<Tables> {
    let ring = tables.ring();
    let places = ring.members().flat_map(|node| (1..BITS).map(move |finger| (node, finger)));
    places.fold(vec![tables], |all, (node, finger)| {
        let with =
            |tables: Tables| ring.members().map(move |to| tables.with_finger(node, finger, to));
        all.into_iter().flat_map(with).collect()
    })
}
