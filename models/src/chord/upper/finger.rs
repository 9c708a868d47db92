//! How long look-ups are, by what the members know: every ring of a few bits is enumerated.
//!
//! Source: CHORD-68, CHORD-69.

use std::net::SocketAddr;

use crate::engine::decision::as_far_as_looked;
use crate::engine::instance::{ClaimInfo, UnknownMutant};
use crate::engine::trace::Evidence;
use crate::engine::verdict::{Bound, ClaimReport};
use crate::engine::{Checkable, Expected, Mutant, Report, Run, Tier, Verdict};

/// An identifier of up to five bits.
pub type Wide = u8;

/// What is done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The predecessor never names the owner.
    OnlyTheOwnerAnswers,
    /// Whatever the policy, only successors are known.
    TablesNeverFilled,
}

/// An ideal ring: which of `2^bits` identifiers are members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// How many bits an identifier has.
    pub bits: u32,
    /// Bit `i` is set if identifier `i` is a member.
    pub members: u32,
}

/// How a look-up finds its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One place knows every key's owner and is asked.
    CentralIndex,
    /// Every member knows every member.
    FullTable,
    /// Every member knows its successor.
    Neighbours,
    /// Every member knows its successor and its fingers.
    Fingers,
}

impl Ring {
    const fn size(self) -> u32 {
        1 << self.bits
    }

    const fn contains(self, id: Wide) -> bool {
        self.members >> id & 1 == 1
    }

    /// How far it is, clockwise.
    const fn distance(self, from: Wide, to: Wide) -> Wide {
        (to as u32 + self.size() - from as u32) as Wide & (self.size() - 1) as Wide
    }

    /// The members in the order of their identifiers.
    pub fn members(self) -> impl Iterator<Item = Wide> {
        (0..self.size() as Wide).filter(move |&id| self.contains(id))
    }

    /// The first member at that identifier or after it.
    ///
    /// Source: CHORD-34.
    #[must_use]
    pub fn owner(self, id: Wide) -> Wide {
        let after = (0..self.size()).map(|step| ((u32::from(id) + step) % self.size()) as Wide);
        after.into_iter().find(|&id| self.contains(id)).unwrap_or(id)
    }

    /// The identifier at which a finger begins.
    #[must_use]
    pub const fn start(self, node: Wide, finger: u32) -> Wide {
        ((node as u32 + (1 << finger)) % self.size()) as Wide
    }

    /// A finger: the owner of the identifier that lies a power of two ahead.
    ///
    /// Source: CHORD-34.
    #[must_use]
    pub fn finger(self, node: Wide, finger: u32) -> Wide {
        self.owner(self.start(node, finger))
    }

    /// Whom the member asks next, or `None` if it can name the owner.
    fn next(self, policy: Policy, at: Wide, key: Wide, fault: Option<Fault>) -> Option<Wide> {
        let to_key = self.distance(at, key);
        let successor = self.finger(at, 0);
        let to_successor = self.distance(at, successor);
        let names = to_key == 0 || to_successor == 0 || to_key <= to_successor;
        let goes_to_the_owner = fault == Some(Fault::OnlyTheOwnerAnswers);
        if to_key == 0 || names && !goes_to_the_owner {
            return None;
        }
        let lies_before = |&id: &Wide| self.distance(at, id) < to_key && id != at;
        let fingers = (0..self.bits).map(|finger| self.finger(at, finger));
        let policy =
            if fault == Some(Fault::TablesNeverFilled) { Policy::Neighbours } else { policy };
        match policy {
            Policy::CentralIndex => None,
            Policy::FullTable => {
                self.members().filter(lies_before).max_by_key(|&id| self.distance(at, id))
            }
            Policy::Neighbours => Some(successor),
            Policy::Fingers => fingers.filter(lies_before).max_by_key(|&id| self.distance(at, id)),
        }
    }

    /// How many other members are asked, and whom the last one names.
    #[must_use]
    pub fn look_up(
        self,
        policy: Policy,
        from: Wide,
        key: Wide,
        fault: Option<Fault>,
    ) -> (u32, Wide) {
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
        let is_at_key = self.distance(at, key) == 0;
        (hops, if is_at_key { at } else { self.finger(at, 0) })
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

/// A named enumeration of all rings of so many bits.
pub(in crate::chord) struct Rings {
    pub(in crate::chord) name: &'static str,
    pub(in crate::chord) bits: u32,
}

/// The mutant of these enumerations.
pub const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "only_the_owner_answers",
        stands_for: "a look-up that goes on until it is at the identifier itself, and never lets \
                     the predecessor name the owner",
        instance: "fingers_of_three_bits",
        killed_by: "neighbours_ask_at_most_everyone",
        interleaving_only: false,
    },
    Mutant {
        name: "tables_never_filled",
        stands_for: "tables that are initialized with the successor and never looked up again",
        instance: "fingers_of_three_bits",
        killed_by: "fingers_take_at_most_m_hops",
        interleaving_only: false,
    },
];

fn fault_named(name: &str) -> Option<Fault> {
    match name {
        "only_the_owner_answers" => Some(Fault::OnlyTheOwnerAnswers),
        "tables_never_filled" => Some(Fault::TablesNeverFilled),
        _ => None,
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
    fn enumerate(&self, fault: Option<Fault>, run: &Run<'_>) -> Found {
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
                for key in 0..ring.size() as Wide {
                    found.ask(ring, from, key, fault);
                }
            }
        }
        found
    }
}

impl Found {
    fn ask(&mut self, ring: Ring, from: Wide, key: Wide, fault: Option<Fault>) {
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

    fn report(&self, info: &ClaimInfo, broken: Option<&String>) -> ClaimReport {
        let verdict = match broken {
            Some(_) => Verdict::Violated,
            None => as_far_as_looked(self.bound.as_ref()),
        };
        let evidence = broken.map(|because| Evidence {
            initial: serde_json::Value::Null,
            steps: Vec::new(),
            loop_start: None,
            fair_because: Vec::new(),
            because: because.clone(),
            explorer_path: None,
        });
        ClaimReport {
            claim: info.name,
            sentence: info.sentence,
            source: info.source,
            form: info.form,
            verdict,
            expected: info.expected,
            evidence,
            fairness: None,
        }
    }
}

impl Checkable for Rings {
    fn system(&self) -> &'static str {
        "chord"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn tier(&self) -> Tier {
        Tier::Ci
    }

    fn reason(&self) -> &'static str {
        "every ring of that many bits, every member, every key, every policy"
    }

    fn claims(&self) -> Vec<ClaimInfo> {
        CLAIMS.to_vec()
    }

    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant> {
        let mutant = self.mutant(mutant)?;
        let found = self.enumerate(mutant.and_then(fault_named), run);
        let claims = CLAIMS.iter().zip(&found.broken);
        let [full, neighbours, fingers] = found.most;
        Ok(Report {
            system: self.system(),
            instance: self.name,
            mutant,
            scope: format!(
                "every ideal ring on {} identifiers; most members asked: 1 with a central index, \
                 {full} with full tables, {neighbours} along neighbours, {fingers} with fingers",
                1 << self.bits
            ),
            states: found.rings,
            transitions: found.look_ups,
            depth: 1,
            claims: claims.map(|(info, broken)| found.report(info, broken.as_ref())).collect(),
            coverage: Vec::new(),
            bound: found.bound,
            symmetry: false,
            seconds: run.started.elapsed().as_secs_f64(),
            memory_bytes: 0,
            complaints: Vec::new(),
        })
    }

    fn explore(
        &self,
        mutant: Option<&str>,
        _address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant> {
        self.mutant(mutant).map(|_| None)
    }
}

impl Rings {
    fn mutant(&self, name: Option<&str>) -> Result<Option<&'static str>, UnknownMutant> {
        let Some(name) = name else { return Ok(None) };
        let known = MUTANTS.iter().map(|mutant| mutant.name).find(|&known| known == name);
        known.map(Some).ok_or_else(|| UnknownMutant {
            system: "chord",
            instance: self.name,
            mutant: name.to_owned(),
        })
    }
}
