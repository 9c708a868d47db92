//! How long look-ups are, by what the members know: every ring of a few bits is enumerated.
//!
//! Source: CHORD-68.

use crate::chord::enumerable::{Answered, Enumerable, Figures, Named, sentence};
use crate::engine::instance::ClaimInfo;
use crate::engine::verdict::Bound;
use crate::engine::{Expected, Mutant, Run, Tier, faults};

use super::{Id, Policy, Ring};

faults! {
    OnlyTheOwnerAnswers, "only_the_owner_answers",
        "fingers_of_three_bits", "neighbours_ask_at_most_everyone", false,
        "a look-up that goes on until it is at the identifier itself, and never lets the \
         predecessor name the owner";
    TablesNeverFilled, "tables_never_filled",
        "fingers_of_three_bits", "fingers_take_at_most_m_hops", false,
        "tables that are initialized with the successor and never looked up again";
}

impl Ring {
    /// Whom the member asks next, or `None` if it can name the owner.
    fn next(self, policy: Policy, at: Id, key: Id, fault: Option<Fault>) -> Option<Id> {
        let goes_to_the_owner = fault == Some(Fault::OnlyTheOwnerAnswers);
        if at == key || self.names(at, key) && !goes_to_the_owner {
            return None;
        }
        let policy =
            if fault == Some(Fault::TablesNeverFilled) { Policy::Neighbours } else { policy };
        match policy {
            Policy::CentralIndex => None,
            Policy::FullTable => self.closest_before(at, key, self.members()),
            Policy::Neighbours => Some(self.finger(at, 0)),
            Policy::Fingers => {
                let fingers = (0..self.bits).map(|finger| self.finger(at, finger));
                self.closest_before(at, key, fingers)
            }
        }
    }

    /// How many other members are asked, and whom the last one names.
    #[must_use]
    pub fn look_up(self, policy: Policy, from: Id, key: Id, fault: Option<Fault>) -> (u32, Id) {
        if policy == Policy::CentralIndex {
            return (1, self.owner(key));
        }
        let (mut at, mut hops) = (from, 0);
        while let Some(next) = self.next(policy, at, key, fault) {
            (at, hops) = (next, hops + 1);
            if hops > self.size() {
                break;
            }
        }
        (hops, if at == key { at } else { self.finger(at, 0) })
    }
}

const fn claim(name: &'static str, source: &'static str, sentence: &'static str) -> ClaimInfo {
    ClaimInfo { name, sentence, source, form: "always", expected: Expected::Holds }
}

const CLAIMS: [ClaimInfo; 5] = [
    claim(
        "every_policy_names_the_owner",
        "CHORD-68",
        "With a central index, full tables, neighbours or correct fingers a look-up names the \
         owner.",
    ),
    claim(
        "fingers_take_at_most_m_hops",
        "CHORD-68",
        "With correct fingers a look-up asks at most as many other members as identifiers have \
         bits.",
    ),
    claim(
        "fingers_take_logarithmic_hops",
        "CHORD-68",
        "With correct fingers on a ring of 2^j members that stand evenly a look-up asks at most j \
         other members.",
    ),
    claim(
        "neighbours_ask_at_most_everyone",
        "CHORD-68",
        "Along neighbours a look-up asks at most all other members.",
    ),
    claim(
        "full_tables_take_one_hop",
        "CHORD-68",
        "With full tables a look-up asks at most one other member.",
    ),
];

/// All rings of so many bits.
pub(in crate::chord) struct Rings {
    bits: u32,
}

impl Rings {
    pub(in crate::chord) fn named(name: &'static str, bits: u32) -> Named<Self> {
        Named {
            name,
            tier: Tier::Ci,
            reason: "every ring of that many bits, every member, every key, every policy",
            claims: CLAIMS.to_vec(),
            subject: Self { bits },
        }
    }
}

/// What was found: counts, and for each claim the first look-up that breaks it.
#[derive(Default)]
struct Found {
    rings: u64,
    look_ups: u64,
    most: [u32; 3],
    broken: [Option<String>; CLAIMS.len()],
    bound: Option<Bound>,
}

const POLICIES: [Policy; 3] = [Policy::FullTable, Policy::Neighbours, Policy::Fingers];

impl Rings {
    fn found(&self, fault: Option<Fault>, run: &Run<'_>) -> Found {
        let mut found = Found::default();
        let all = (1_u64 << (1_u32 << self.bits)) - 1;
        for members in 1..=all {
            if members % 256 == 0 {
                found.bound = run.interruption();
                if found.bound.is_some() {
                    break;
                }
            }
            let ring = Ring { bits: self.bits, members: members as u32 };
            found.rings += 1;
            for from in ring.members() {
                for key in ring.identifiers() {
                    found.ask(ring, from, key, fault);
                }
            }
        }
        found
    }
}

impl Found {
    fn ask(&mut self, ring: Ring, from: Id, key: Id, fault: Option<Fault>) {
        self.look_ups += 1;
        let owner = ring.owner(key);
        let count = ring.members.count_ones();
        let hops = POLICIES.map(|policy| {
            let (hops, named) = ring.look_up(policy, from, key, fault);
            self.check(0, named == owner, || {
                format!("{policy:?} from {from} names {named} for {key}, not {owner}")
            });
            hops
        });
        let [full, neighbours, fingers] = hops;
        for (most, hops) in self.most.iter_mut().zip(hops) {
            *most = hops.max(*most);
        }
        let long = |by: &'static str, hops: u32| move || format!("{by}: {hops} hops, {ring:?}");
        self.check(1, fingers <= ring.bits, long("fingers", fingers));
        let is_even = (0..=ring.bits).any(|j| ring.members.count_ones() == 1 << j)
            && ring
                .members()
                .all(|id| u32::from(ring.distance(id, ring.finger(id, 0))) * count == ring.size());
        let is_logarithmic = !is_even || fingers <= count.trailing_zeros();
        self.check(2, is_logarithmic, long("fingers", fingers));
        self.check(3, neighbours < count.max(1), long("neighbours", neighbours));
        self.check(4, full <= 1, long("full tables", full));
    }

    fn check(&mut self, claim: usize, holds: bool, because: impl FnOnce() -> String) {
        if !holds && self.broken[claim].is_none() {
            self.broken[claim] = Some(because());
        }
    }
}

impl Enumerable for Rings {
    type Fault = Fault;

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn fault(&self, name: &str) -> Option<Fault> {
        Fault::named(name)
    }

    fn enumerate(&self, fault: Option<Fault>, run: &Run<'_>) -> Figures {
        let found = self.found(fault, run);
        let [full, neighbours, fingers] = found.most;
        let answer = |broken: Option<String>| Answered {
            asked: found.look_ups,
            broken_by: broken.map(sentence),
        };
        Figures {
            scope: format!(
                "every ideal ring on {} identifiers; most members asked: 1 with a central index, \
                 {full} with full tables, {neighbours} along neighbours, {fingers} with fingers",
                1 << self.bits
            ),
            states: found.rings,
            transitions: found.look_ups,
            depth: 1,
            answers: found.broken.into_iter().map(answer).collect(),
            bound: found.bound,
            ..Figures::default()
        }
    }
}
