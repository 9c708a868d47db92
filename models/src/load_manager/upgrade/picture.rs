//! The servers of an upgrade as columns: who has which version, and who serves.

use super::{Progress, Step};
use crate::load_manager::picture::columns::{
    BUSY, Column, FAINT, GONE, NEW, OLD, Scene, Slot, draw, title,
};

/// Draws the end of a path.
#[must_use]
pub fn picture(upgrade: &super::Upgrade, path: &[(Option<Step>, Progress)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let all = upgrade.servers * upgrade.units;
    draw(&Scene {
        title: title(path.len(), action.as_ref()),
        columns: columns(state),
        before: before.map(|(_, state)| columns(state)),
        queue: Vec::new(),
        footer: format!(
            "lost {} of {all} server-units · least capacity {} of {} · versions mixed for {}",
            state.lost, state.least, upgrade.servers, state.mixed,
        ),
    })
}

/// Servers that are done first, then those that wait, are down, and have not begun.
fn columns(state: &Progress) -> Vec<Column> {
    let kinds = [
        (state.new, "v2", "serves", NEW),
        (state.staged, "v2", "waits for the switch", BUSY),
        (state.down, "v1 to v2", "down", GONE),
        (state.old, "v1", "serves", OLD),
    ];
    let each = kinds.iter().flat_map(|kind| (0..kind.0).map(move |_| kind));
    each.enumerate()
        .map(|(number, (_, version, note, colour))| Column {
            name: format!("s{number} {version}"),
            colour,
            slots: vec![match *note {
                "serves" => Slot::taken("serves".to_owned(), colour),
                _ => Slot::free(),
            }],
            gauge: None,
            notes: vec![((*note).to_owned(), FAINT)],
        })
        .collect()
}
