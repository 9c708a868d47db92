//! A lamp of three brightnesses: a system small enough to know every answer beforehand.

use std::fmt;
use std::net::SocketAddr;

use serde::Serialize;
use stateright::Model;
use straightedge_models::engine::instance::{ClaimInfo, UnknownMutant};
use straightedge_models::engine::{
    Action, Checkable, Claim, Expected, Fairness, Form, Instance, Mutant, Report, Run,
    Specification, System, Tier,
};

/// How bright it is, and how often it was pressed; the count only matters where it is bounded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Lamp {
    brightness: u8,
    presses: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Touch {
    Press,
    Fade,
}

impl fmt::Display for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(lamp)", self.name())
    }
}

impl Action for Touch {
    const NAMES: &'static [&'static str] = &["press", "fade"];

    fn name_index(&self) -> usize {
        match self {
            Self::Press => 0,
            Self::Fade => 1,
        }
    }
}

/// The model; `counted` presses make as many states.
#[derive(Clone)]
pub(crate) struct Circuit {
    counted: u64,
    fault: Option<&'static str>,
}

impl Model for Circuit {
    type State = Lamp;
    type Action = Touch;

    fn init_states(&self) -> Vec<Lamp> {
        vec![Lamp { brightness: 0, presses: 0 }]
    }

    fn actions(&self, _: &Lamp, actions: &mut Vec<Touch>) {
        actions.extend([Touch::Press, Touch::Fade]);
    }

    fn next_state(&self, lamp: &Lamp, touch: Touch) -> Option<Lamp> {
        let brightness = match (touch, lamp.brightness) {
            (Touch::Press, 0) if self.fault == Some("skips_dim") => 2,
            (Touch::Press, 1) if self.fault == Some("stuck_at_dim") => 0,
            (Touch::Press, brightness) => (brightness + 1) % 3,
            (Touch::Fade, 2) if self.fault != Some("never_fades") => 1,
            (Touch::Fade, _) => return None,
        };
        let presses = if self.counted == 0 { 0 } else { (lamp.presses + 1) % self.counted };
        Some(Lamp { brightness, presses })
    }
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "skips_dim",
        stands_for: "a debounce that counts one press twice",
        instance: "bulb",
        killed_by: "presses_go_one_up",
        interleaving_only: false,
    },
    Mutant {
        name: "stuck_at_dim",
        stands_for: "a worn switch",
        instance: "bulb",
        killed_by: "bright",
        interleaving_only: true,
    },
    Mutant {
        name: "never_fades",
        stands_for: "a timer that is never armed",
        instance: "bulb",
        killed_by: "bright_ends",
        interleaving_only: false,
    },
];

/// A fault that breaks nothing.
pub(crate) const SURVIVOR: &[Mutant] =
    &[Mutant { name: "never_fades", killed_by: "presses_go_one_up", ..MUTANTS[2] }];

impl Specification for Circuit {
    type Constraint = &'static str;

    fn fairness(&self, touch: &Touch) -> Fairness<&'static str> {
        match touch {
            Touch::Press => Fairness::Unfair,
            Touch::Fade => Fairness::Weak("fade"),
        }
    }

    fn assumptions(&self) -> String {
        "weak fairness of fade".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["press", "fade"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = MUTANTS.iter().map(|known| known.name).find(|name| *name == mutant)?;
        Some(Self { fault: Some(fault), ..*self })
    }

    fn picture(&self, path: &[(Option<Touch>, Lamp)]) -> Option<String> {
        let (_, lamp) = path.last()?;
        Some(format!("<svg><text>brightness {}</text></svg>", lamp.brightness))
    }
}

fn claims() -> Vec<Claim<Circuit>> {
    vec![
        Claim::new(
            "presses_go_one_up",
            "A press makes the lamp one step brighter, or turns it off.",
            "LAMP-1",
            Form::Step {
                when: |_, _, touch: &Touch, _| *touch == Touch::Press,
                holds: |_, lamp: &Lamp, _, next: &Lamp| next.brightness <= lamp.brightness + 1,
            },
        ),
        Claim::new(
            "bright",
            "The lamp can be bright.",
            "LAMP-2",
            Form::Sometimes(|_, lamp: &Lamp| lamp.brightness == 2),
        ),
        Claim::new(
            "bright_ends",
            "A bright lamp is at some time not bright.",
            "LAMP-3",
            Form::LeadsTo(
                |_, lamp: &Lamp| lamp.brightness == 2,
                |_, lamp: &Lamp| lamp.brightness < 2,
            ),
        ),
        Claim::new(
            "goes_out",
            "The lamp goes out again and again.",
            "LAMP-5",
            Form::InfinitelyOften(|_, lamp: &Lamp| lamp.brightness == 0),
        ),
        Claim::new(
            "stays_off",
            "The lamp stays off.",
            "LAMP-4",
            Form::Always { when: None, holds: |_, lamp: &Lamp| lamp.brightness == 0 },
        )
        .because(|_, lamp: &Lamp| format!("its brightness is {}", lamp.brightness)),
    ]
}

fn instance(name: &'static str, tier: Tier, counted: u64) -> Instance<Circuit> {
    Instance {
        system: "lamp",
        name,
        tier,
        reason: "Three brightnesses are all that the switch has.",
        model: Circuit { counted, fault: None },
        claims: claims(),
        declared: vec![("stays_off", Expected::Violated), ("goes_out", Expected::Violated)],
        depth: None,
        symmetry: false,
    }
}

fn system(instances: Vec<Instance<Circuit>>, mutants: &'static [Mutant]) -> &'static [System] {
    let instances = instances.into_iter().map(|instance| Box::new(instance) as _).collect();
    let system = System {
        name: "lamp",
        summary: "A lamp with one button.",
        instances,
        mutants: mutants.to_vec(),
        traced: None,
    };
    Box::leak(Box::new([system]))
}

/// A system of which everything is as declared, with an instance for each tier.
pub(crate) fn lamp() -> &'static [System] {
    let instances = vec![instance("bulb", Tier::Ci, 0), instance("counted", Tier::Nightly, 50)];
    system(instances, MUTANTS)
}

/// A system whose control is not declared: it fails.
pub(crate) fn undeclared() -> &'static [System] {
    system(
        vec![Instance {
            declared: vec![("goes_out", Expected::Violated)],
            ..instance("bulb", Tier::Ci, 0)
        }],
        MUTANTS,
    )
}

/// A system with a mutant that survives.
pub(crate) fn survived() -> &'static [System] {
    system(vec![instance("bulb", Tier::Ci, 0)], SURVIVOR)
}

/// A system that no machine can check to the end, behind one that it can.
pub(crate) fn endless() -> &'static [System] {
    let instances = vec![
        instance("bulb", Tier::Ci, 0),
        instance("endless", Tier::Ci, u64::MAX),
        instance("after", Tier::Ci, 0),
    ];
    system(instances, MUTANTS)
}

/// An instance whose check hears no interrupt.
struct Deaf;

impl Checkable for Deaf {
    fn system(&self) -> &'static str {
        "lamp"
    }

    fn name(&self) -> &'static str {
        "deaf"
    }

    fn tier(&self) -> Tier {
        Tier::Ci
    }

    fn reason(&self) -> &'static str {
        "It looks at nothing but itself."
    }

    fn claims(&self) -> Vec<ClaimInfo> {
        Vec::new()
    }

    fn check(&self, _: Option<&str>, _: &Run<'_>) -> Result<Report, UnknownMutant> {
        loop {
            std::thread::park();
        }
    }

    fn picture(&self, _: Option<&str>, _: &[String]) -> Option<String> {
        None
    }

    fn explore(&self, _: Option<&str>, _: SocketAddr) -> Result<Option<()>, UnknownMutant> {
        Ok(None)
    }

    fn stateright_count(&self) -> Option<u64> {
        None
    }
}

/// A system with an instance whose check hears no interrupt.
pub(crate) fn deaf() -> &'static [System] {
    let instances: Vec<Box<dyn Checkable>> = vec![Box::new(Deaf)];
    let summary = "A lamp that nobody can turn off.";
    Box::leak(Box::new([System {
        name: "lamp",
        summary,
        instances,
        mutants: Vec::new(),
        traced: None,
    }]))
}
