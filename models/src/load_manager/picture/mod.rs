//! The SVG that the explorer and the report show for a path of the switch: its servers as columns.

pub mod columns;

use stateright::Path;

use super::hash::members;
use super::state::{Administration, Connection, Machine, Phase, State};
use super::{Action, Server, Switch};

use columns::{BUSY, Column, FAINT, GONE, GOOD, INK, OLD, Scene, Slot, draw, title};

/// Each state of a path, with the action that led to it.
#[must_use]
pub fn steps<S, A>(path: Path<S, A>) -> Vec<(Option<A>, S)> {
    let mut led_by = None;
    let states = path.into_vec().into_iter();
    states.map(|(state, action)| (std::mem::replace(&mut led_by, action), state)).collect()
}

/// Draws the last state of a path, with what the last step changed marked.
#[must_use]
pub fn picture(switch: &Switch, path: &[(Option<Action>, State)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let mut footer = format!(
        "done {} · refused {} · failed {} · given up {} · still to come {}",
        state.done,
        state.refused,
        state.failed,
        state.aborted,
        state.left.arrivals(),
    );
    if switch.is_in_panic(state) {
        footer += " · PANIC: health is ignored";
    }
    draw(&Scene {
        title: title(path.len(), action.as_ref()),
        columns: servers(switch, state),
        before: before.map(|(_, state)| servers(switch, state)),
        queue: queue(switch, state),
        footer,
    })
}

fn queue(switch: &Switch, state: &State) -> Vec<Slot> {
    let waiting = state.queue.iter().map(|request| Slot::taken(request.to_string(), BUSY));
    let free = usize::from(switch.queue).saturating_sub(state.queue.as_slice().len());
    waiting.chain((0..free).map(|_| Slot::free())).collect()
}

fn servers(switch: &Switch, state: &State) -> Vec<Column> {
    let eligible = switch.eligible(state);
    let of = |identifier: u8| {
        let is_eligible = members(eligible).any(|member| member == identifier);
        let mut column = column(switch, &state.server(identifier), identifier, is_eligible);
        if switch.policy.has_pointer() && state.last == identifier {
            column.notes.push(("◂ picked last".to_owned(), FAINT));
        }
        column
    };
    state.identifiers().map(of).collect()
}

fn column(switch: &Switch, server: &Server, identifier: u8, is_eligible: bool) -> Column {
    let machine = match server.machine {
        Machine::Up => "up",
        Machine::Down => "down",
        Machine::Killed => "killed",
    };
    let taken = server.connections.iter().map(slot);
    let free = switch.capacity.saturating_sub(server.connections.len());
    let slots = taken.chain((0..free).map(|_| Slot::free())).collect();
    let mut notes = Vec::new();
    let is_wrong = i16::from(server.count) != i16::from(server.connections.len());
    notes.push((format!("counted {}", server.count), if is_wrong { GONE } else { FAINT }));
    notes.push(if is_eligible {
        ("eligible".to_owned(), GOOD)
    } else {
        ("not eligible".to_owned(), GONE)
    });
    match server.administration {
        Administration::Ready => {}
        Administration::Draining => notes.push(("draining".to_owned(), BUSY)),
        Administration::Maintenance => notes.push(("maintenance".to_owned(), BUSY)),
    }
    if server.is_ejected {
        notes.push(("ejected".to_owned(), BUSY));
    }
    if let Some(passed) = server.late_result {
        let result = if passed { "passed" } else { "failed" };
        notes.push((format!("late result: {result}"), INK));
    }
    if switch.admits(server) < switch.capacity {
        notes.push((format!("slow start: admits {}", switch.admits(server)), BUSY));
    }
    Column {
        name: format!("s{identifier} {machine}"),
        colour: if server.is_up() { GOOD } else { GONE },
        slots,
        gauge: Some((server.health, switch.rise, switch.top())),
        notes,
    }
}

fn slot(connection: &Connection) -> Slot {
    let colour = match connection.phase {
        Phase::Opening => BUSY,
        Phase::Open => OLD,
        Phase::Cut => GONE,
    };
    Slot::taken(connection.to_string(), colour)
}

#[cfg(test)]
mod tests {
    use stateright::Model;

    use super::super::{Draw, Policy};
    use super::*;

    fn path(switch: &Switch, steps: &[Action]) -> Vec<(Option<Action>, State)> {
        let mut path = vec![(None, switch.initial_state())];
        for &action in steps {
            let next = path.last().and_then(|(_, state)| switch.next_state(state, action));
            path.extend(next.map(|state| (Some(action), state)));
        }
        assert_eq!(path.len(), steps.len() + 1, "every step is enabled");
        path
    }

    const ARRIVE: Action = Action::Arrive { client: 0, is_write: false, draw: Draw::None };

    #[test]
    fn the_start_is_free_and_well() {
        let switch = Switch::new(Policy::RoundRobin, 3, 2, 4);
        let svg = picture(&switch, &path(&switch, &[]));
        assert_eq!(svg.matches("class=\"free\"").count(), 8, "three servers and a queue of two");
        assert_eq!(svg.matches("class=\"taken\"").count(), 0);
        assert_eq!(svg.matches(">\neligible\n<").count(), 3);
        assert_eq!(svg.matches(columns::CHANGED).count(), 0);
    }

    #[test]
    fn a_crash_shows_what_is_cut_and_marks_one_column() {
        let switch = Switch::new(Policy::RoundRobin, 2, 1, 3).with_crashes(1);
        let steps = [ARRIVE, ARRIVE, ARRIVE, Action::Crash(0), Action::Check(0)];
        let svg = picture(&switch, &path(&switch, &steps[..4]));
        assert!(svg.contains("cut c0") && svg.contains("s0 down") && svg.contains("4. crash(s0)"));
        assert_eq!(svg.matches("class=\"taken\"").count(), 3, "two at servers, one waits");
        assert_eq!(svg.matches(columns::CHANGED).count(), 1);
        let svg = picture(&switch, &path(&switch, &steps));
        assert!(!svg.contains("NaN") && svg.contains("done 0"));
    }
}
