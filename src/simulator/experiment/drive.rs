//! Asks a network for many things, spread over its nodes and over time.

use std::time::Duration;

use straightedge_impl::chord::Command;
use straightedge_impl::identifier::Sha1Id;

use super::Interrupted;
use crate::simulator::chord::{Chord, LookUps};
use crate::simulator::run::Watch;
use crate::simulator::{NodeIndex, Random, World};

/// How long the application takes over one round of questions.
const ROUND: Duration = Duration::from_secs(1);

/// How long the last questions of a round may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many events happen between two glances at the outside.
const GLANCE: u64 = 1 << 16;

/// How many questions a round has at most: they are all in the queue at once.
const ROUND_QUESTIONS: usize = 20_000;

/// Lets nodes that are there ask for these keys, each a node that chance decides, and waits until
/// all have come to their end.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub(super) fn ask(
    world: &mut World<Chord, LookUps>,
    keys: &[Sha1Id],
    question: fn(Sha1Id) -> Command<Sha1Id>,
    random: &mut Random,
    watch: &mut Watch<'_>,
) -> Result<(), Interrupted> {
    let present: Vec<NodeIndex> = world.nodes().present().map(|(node, _)| node).collect();
    for round in keys.chunks(ROUND_QUESTIONS) {
        for &key in round {
            let node = present[random.below(present.len() as u32) as usize];
            world.command(node, random.duration(Duration::ZERO, ROUND), question(key));
        }
        let before = world.observer().ended();
        let deadline = world.now().after(ROUND + PATIENCE);
        while world.observer().ended() < before + round.len() as u64 && world.now() < deadline {
            go_on(world, Duration::from_millis(100), watch)?;
        }
    }
    Ok(())
}

/// Goes on for that long, in the run's time.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub(super) fn go_on(
    world: &mut World<Chord, LookUps>,
    long: Duration,
    watch: &mut Watch<'_>,
) -> Result<(), Interrupted> {
    let end = world.now().after(long);
    loop {
        let is_there = world.run_until(end, GLANCE);
        if !watch(world.events(), world.now()) {
            return Err(Interrupted);
        }
        if is_there {
            return Ok(());
        }
    }
}

/// Identifiers of that many keys, decided by the seed.
pub(super) fn keys(seed: u64, number: u32) -> Vec<Sha1Id> {
    let prefix = format!("{seed}/key/");
    (0..number).map(|key| Sha1Id::of(format!("{prefix}{key}").as_bytes())).collect()
}
