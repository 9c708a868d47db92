//! Workers are alike: two of them may change places in every state.

use super::content::{Content, Region};
use super::state::{MapStatus, State};
use super::{MapReduce, ReduceAttempt};

/// The state with each two neighbouring workers in each other's place. Incarnations that come
/// later take their names in a fixed order, so that an instance with them has no symmetry.
pub(super) fn swaps(job: &MapReduce, state: &State) -> Vec<State> {
    if job.budget.rejoins > 0 {
        return Vec::new();
    }
    (1..job.workers).map(|worker| swapped(job, state, worker - 1, worker)).collect()
}

fn swapped(job: &MapReduce, state: &State, one: u8, other: u8) -> State {
    let name = |worker: u8| match worker {
        worker if worker == one => other,
        worker if worker == other => one,
        worker => worker,
    };
    let mut image = state.with_rows_swapped(one, other);
    for map in job.maps() {
        if let MapStatus::Completed(worker) = state.map(map) {
            let status = MapStatus::Completed(name(worker));
            image = image.with_map(map, status, state.map_counted(map));
        }
    }
    let checkpoint = state.checkpoint().renamed(name);
    image = image.with_checkpoint(checkpoint);
    for reduce in job.reduces() {
        image = image.with_lock(reduce, state.lock(reduce).map(name));
        if job.deterministic {
            continue;
        }
        if let Some(content) = state.output(reduce) {
            image = image.with_output(reduce, renamed(job, content, name));
        }
        for worker in job.workers() {
            let attempt: ReduceAttempt = image.reduce_attempt(reduce, worker);
            if let Some(content) = attempt.content() {
                let attempt = attempt.with_content(renamed(job, content, name));
                image = image.with_reduce_attempt(reduce, worker, attempt);
            }
        }
    }
    image
}

/// The content with its versions under other names.
fn renamed(job: &MapReduce, content: Content, name: impl Fn(u8) -> u8) -> Content {
    job.maps().fold(content, |content, map| match content.region(map) {
        Region::Version(worker) => content.with(map, Region::Version(name(worker))),
        _ => content,
    })
}

#[cfg(test)]
mod tests {
    use super::super::state::ReduceStatus;
    use super::*;

    #[test]
    fn to_swap_twice_changes_nothing() {
        let job = MapReduce { deterministic: false, ..MapReduce::new(2, 2, 3) };
        let content = Content::EMPTY.with(0, Region::Version(0)).with(1, Region::Version(1));
        let state = job
            .initial_state()
            .with_map(0, MapStatus::Completed(1), 1)
            .with_reduce(0, ReduceStatus::InProgress, 0)
            .with_lock(0, Some(0))
            .with_trust(2, false)
            .with_output(1, content)
            .with_reduce_attempt(0, 0, ReduceAttempt::Running(content));
        for (one, other) in [(0, 1), (1, 2)] {
            let image = swapped(&job, &state, one, other);
            assert_ne!(image, state);
            assert_eq!(swapped(&job, &image, one, other), state);
        }
        let image = swapped(&job, &state, 0, 1);
        assert_eq!((image.map(0), image.lock(0)), (MapStatus::Completed(0), Some(1)));
        let other = Content::EMPTY.with(0, Region::Version(1)).with(1, Region::Version(0));
        assert_eq!(image.output(1), Some(other));
        assert_eq!(image.reduce_attempt(0, 1), ReduceAttempt::Running(other));
    }
}
