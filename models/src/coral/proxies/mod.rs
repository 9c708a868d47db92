//! Proxies that fetch one page, from each other or from its origin.
//!
//! The hash table is one set of addresses: what interleaves is the proxies' work (CORAL-20).

mod property;

use std::fmt;

use serde::Serialize;
use stateright::{Model, Property};

use crate::engine::{Fairness, Mutant, Row, Specification, faults};

/// The most proxies.
pub const MAXIMUM_PROXIES: usize = 4;

/// How proxies work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cooperation {
    /// Not at all.
    None,
    /// A proxy puts its address when it has the page.
    OnePut,
    /// It puts it with a short life when it begins to fetch, too.
    ///
    /// Source: CORAL-19.
    TwoPuts,
}

/// So many proxies, each asked by its users for one and the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxies {
    /// How many there are.
    pub count: u8,
    /// How they work together.
    pub cooperation: Cooperation,
    /// Whether each begins only when none is at work.
    pub one_by_one: bool,
    /// How many short puts end before their fetch does.
    pub lapses: u8,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// What a proxy does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// There is no such proxy.
    #[default]
    Absent,
    /// Nobody has asked it yet.
    Idle,
    /// Its get has missed.
    Missed,
    /// It fetches from the origin.
    FetchesFromOrigin,
    /// It fetches from that proxy, or waits until that one has the page.
    FetchesFrom(u8),
    /// It has the page.
    HasThePage,
}

/// All proxies, and what is put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Scene {
    /// What each proxy does.
    pub work: [Work; MAXIMUM_PROXIES],
    /// Whose short put is alive, one bit each.
    pub short: u8,
    /// Whose long put is alive, one bit each.
    pub long: u8,
    /// How many fetches the origin has had.
    pub fetches: u8,
    /// How many short puts may still lapse.
    pub lapses: u8,
}

/// One step of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Its get finds nothing.
    Miss(u8),
    /// Its get finds that proxy's address.
    Find(u8, u8),
    /// It begins to fetch from the origin, and puts its address for a short time.
    Begin(u8),
    /// The page comes from the origin.
    FetchFromOrigin(u8),
    /// The page comes from another proxy.
    FetchFromProxy(u8),
    /// It puts its address for a long time.
    Announce(u8),
    /// The life of its short put is over.
    Lapse(u8),
}

impl crate::engine::Action for Deed {
    const NAMES: &'static [&'static str] =
        &["miss", "find", "begin", "fetch_from_origin", "fetch_from_proxy", "announce", "lapse"];

    fn name_index(&self) -> usize {
        match self {
            Self::Miss(_) => 0,
            Self::Find(..) => 1,
            Self::Begin(_) => 2,
            Self::FetchFromOrigin(_) => 3,
            Self::FetchFromProxy(_) => 4,
            Self::Announce(_) => 5,
            Self::Lapse(_) => 6,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Find(proxy, other) => write!(f, "{name}(p{proxy}, p{other})"),
            Self::Miss(proxy)
            | Self::Begin(proxy)
            | Self::FetchFromOrigin(proxy)
            | Self::FetchFromProxy(proxy)
            | Self::Announce(proxy)
            | Self::Lapse(proxy) => write!(f, "{name}(p{proxy})"),
        }
    }
}

faults! {
    IgnoresAddresses, "ignores_addresses",
        "proxies_one_by_one", "one_fetch_is_enough", false,
        "Proxies that put and never get: the origin is asked by each.";
    NeverAnnounces, "never_announces",
        "proxies_one_put", "one_may_fetch_for_all", false,
        "Proxies that get and never put.";
    NoShortPut, "no_short_put",
        "proxies_two_puts", "a_proxy_waits_for_another", false,
        "The put at the beginning of a fetch left out, as in course notes.";
    UsersAreNotJoined, "users_are_not_joined",
        "proxies_two_puts", "fetches_are_bounded", false,
        "A proxy that fetches once for each of its users' requests.";
    WaitsForTheAddress, "waits_for_the_address",
        "proxies_two_puts", "every_proxy_has_the_page", false,
        "A proxy that looks again for the address that it has found, and waits for ever once the \
         short put is over.";
    OneProxyAtATime, "one_proxy_at_a_time",
        "proxies_two_puts", "each_may_fetch", false,
        "A model, or a test, in which proxies never overlap.";
    AnnouncesTooEarly, "announces_too_early",
        "proxies_two_puts", "a_long_put_means_a_page", false,
        "The long put at the beginning of the fetch.";
    FindsTheLastOnly, "finds_the_last_only",
        "proxies_two_puts", "who_can_find_does_not_miss", false,
        "A table with the put of whoever fetches now, and no other.";
}

impl Proxies {
    /// Proxies that cooperate so, in any order.
    #[must_use]
    pub const fn new(count: u8, cooperation: Cooperation) -> Self {
        Self { count, cooperation, one_by_one: false, lapses: 0, fault: None }
    }

    /// The addresses that a get finds.
    fn found(&self, scene: &Scene) -> u8 {
        match (self.cooperation, self.fault) {
            (Cooperation::None, _) | (_, Some(Fault::IgnoresAddresses)) => 0,
            (_, Some(Fault::FindsTheLastOnly)) => scene.short,
            _ => scene.short | scene.long,
        }
    }

    const fn has_fault(&self, fault: Fault) -> bool {
        matches!(self.fault, Some(own) if own as u8 == fault as u8)
    }

    /// Whether a proxy may begin now.
    fn may_begin(&self, scene: &Scene, proxy: u8) -> bool {
        let is_at_work = |work: &Work| {
            matches!(work, Work::Missed | Work::FetchesFromOrigin | Work::FetchesFrom(_))
        };
        let is_announced = |other: u8| {
            scene.work[usize::from(other)] != Work::HasThePage || !self.announces(scene, other)
        };
        let is_quiet = !scene.work.iter().any(is_at_work) && (0..self.count).all(is_announced);
        scene.work[usize::from(proxy)] == Work::Idle && (!self.one_by_one || is_quiet)
    }

    /// Whether a proxy that has the page has still to put its address.
    fn announces(&self, scene: &Scene, proxy: u8) -> bool {
        let has_page = scene.work[usize::from(proxy)] == Work::HasThePage;
        let is_put = scene.long >> proxy & 1 != 0;
        let cooperates = self.cooperation != Cooperation::None;
        cooperates && has_page && !is_put && !self.has_fault(Fault::NeverAnnounces)
    }
}

impl Model for Proxies {
    type State = Scene;
    type Action = Deed;

    fn init_states(&self) -> Vec<Scene> {
        let mut scene = Scene { lapses: self.lapses, ..Scene::default() };
        scene.work[..usize::from(self.count)].fill(Work::Idle);
        vec![scene]
    }

    fn actions(&self, scene: &Scene, actions: &mut Vec<Deed>) {
        for proxy in 0..self.count {
            match scene.work[usize::from(proxy)] {
                Work::Idle if self.may_begin(scene, proxy) => {
                    let found = self.found(scene);
                    let others = (0..self.count).filter(|&other| found >> other & 1 != 0);
                    actions.extend(others.map(|other| Deed::Find(proxy, other)));
                    if found == 0 {
                        actions.push(Deed::Miss(proxy));
                    }
                }
                Work::Missed => actions.push(Deed::Begin(proxy)),
                Work::FetchesFromOrigin => {
                    actions.push(Deed::FetchFromOrigin(proxy));
                    if scene.short >> proxy & 1 != 0 && scene.lapses > 0 {
                        actions.push(Deed::Lapse(proxy));
                    }
                }
                Work::FetchesFrom(other) => {
                    let is_there = scene.work[usize::from(other)] == Work::HasThePage;
                    let is_known =
                        scene.short >> other & 1 != 0 || !self.has_fault(Fault::WaitsForTheAddress);
                    if is_there && is_known {
                        actions.push(Deed::FetchFromProxy(proxy));
                    }
                }
                Work::HasThePage if self.announces(scene, proxy) => {
                    actions.push(Deed::Announce(proxy));
                }
                Work::HasThePage | Work::Idle | Work::Absent => {}
            }
        }
    }

    fn next_state(&self, scene: &Scene, deed: Deed) -> Option<Scene> {
        let mut scene = *scene;
        match deed {
            Deed::Miss(proxy) => scene.work[usize::from(proxy)] = Work::Missed,
            Deed::Find(proxy, other) => scene.work[usize::from(proxy)] = Work::FetchesFrom(other),
            Deed::Begin(proxy) => {
                scene.work[usize::from(proxy)] = Work::FetchesFromOrigin;
                scene.fetches += if self.has_fault(Fault::UsersAreNotJoined) { 2 } else { 1 };
                let puts = self.cooperation == Cooperation::TwoPuts;
                if puts && !self.has_fault(Fault::NoShortPut) {
                    scene.short |= 1 << proxy;
                }
                if self.has_fault(Fault::AnnouncesTooEarly) {
                    scene.long |= 1 << proxy;
                }
            }
            Deed::FetchFromOrigin(proxy) | Deed::FetchFromProxy(proxy) => {
                scene.work[usize::from(proxy)] = Work::HasThePage;
            }
            Deed::Announce(proxy) => {
                scene.long |= 1 << proxy;
                scene.short &= !(1 << proxy);
            }
            Deed::Lapse(proxy) => {
                scene.lapses -= 1;
                scene.short &= !(1 << proxy);
            }
        }
        Some(scene)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}

impl Specification for Proxies {
    type Constraint = u8;

    /// Each proxy goes on.
    fn fairness(&self, deed: &Deed) -> Fairness<u8> {
        match *deed {
            Deed::Lapse(_) => Fairness::Finite,
            Deed::Find(proxy, _)
            | Deed::Miss(proxy)
            | Deed::Begin(proxy)
            | Deed::FetchFromOrigin(proxy)
            | Deed::FetchFromProxy(proxy)
            | Deed::Announce(proxy) => Fairness::Weak(proxy),
        }
    }

    fn assumptions(&self) -> String {
        "each proxy is weakly fair".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let cooperates = self.cooperation != Cooperation::None;
        let steps = [
            ("miss", true),
            ("find", cooperates),
            ("begin", true),
            ("fetch_from_origin", true),
            ("fetch_from_proxy", cooperates),
            ("announce", cooperates),
            ("lapse", self.lapses > 0),
        ];
        steps.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let one_by_one = self.one_by_one || fault == Fault::OneProxyAtATime;
        Some(Self { one_by_one, fault: Some(fault), ..*self })
    }
}

/// The instances: what proxies spare the origin is CORAL-20.
pub(super) fn rows() -> Vec<Row<Proxies>> {
    let row = |name, proxies, reason| Row::new("coral", name, proxies, property::claims, reason);
    vec![
        row(
            "proxies_two_puts",
            Proxies { lapses: 1, ..Proxies::new(4, Cooperation::TwoPuts) },
            "Four proxies in any order, and a fetch that outlives its short put.",
        )
        .violating(&["one_fetch_is_enough"]),
        row(
            "proxies_one_put",
            Proxies::new(4, Cooperation::OnePut),
            "The same without the put at the beginning.",
        )
        .violating(&["one_fetch_is_enough", "a_proxy_waits_for_another"]),
        row(
            "proxies_one_by_one",
            Proxies { one_by_one: true, ..Proxies::new(4, Cooperation::TwoPuts) },
            "Each begins when none is at work: the origin has one fetch.",
        )
        .violating(&["each_may_fetch", "a_proxy_waits_for_another"]),
        row(
            "proxies_alone",
            Proxies::new(4, Cooperation::None),
            "A control: the Slashdot effect. Each proxy fetches from the origin, in every order.",
        )
        .violating(&[
            "one_fetch_is_enough",
            "one_may_fetch_for_all",
            "a_proxy_waits_for_another",
        ]),
    ]
}
