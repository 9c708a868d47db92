//! The servers of an upgrade under load as columns.

use super::{Fleet, Move, Node, Rollout, Stage};
use crate::load_manager::picture::columns::{
    BUSY, Column, GONE, GOOD, NEW, OLD, Scene, Slot, draw, title,
};

/// Draws the end of a path.
#[must_use]
pub fn picture(rollout: &Rollout, path: &[(Option<Move>, Fleet)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let waiting = (0..state.queue).map(|_| Slot::taken("request".to_owned(), BUSY));
    let free = (state.queue..rollout.queue).map(|_| Slot::free());
    draw(&Scene {
        title: title(path.len(), action.as_ref()),
        columns: columns(rollout, state),
        before: before.map(|(_, state)| columns(rollout, state)),
        queue: waiting.chain(free).collect(),
        footer: format!(
            "done {} · refused {} · still to come {}",
            state.done, state.refused, state.left
        ),
    })
}

fn columns(rollout: &Rollout, state: &Fleet) -> Vec<Column> {
    let of = |(number, node): (usize, &Node)| {
        let (version, colour) = if node.is_new { ("v2", NEW) } else { ("v1", OLD) };
        let (stage, stage_colour) = match node.stage {
            Stage::Running if node.is_listed => ("listed", GOOD),
            Stage::Running => ("drains", BUSY),
            Stage::Down => ("down", GONE),
            Stage::Staged => ("waits for the switch", BUSY),
        };
        let slot = |place: u8| {
            let is_taken = place < node.requests;
            if is_taken { Slot::taken("request".to_owned(), colour) } else { Slot::free() }
        };
        Column {
            name: format!("s{number} {version}"),
            colour,
            slots: (0..rollout.capacity.max(node.requests)).map(slot).collect(),
            gauge: None,
            notes: vec![(stage.to_owned(), stage_colour)],
        }
    };
    state.servers.iter().enumerate().map(of).collect()
}
