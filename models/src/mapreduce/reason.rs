//! Why a state breaks a claim, in one sentence with the values that were read.

use super::MapReduce;
use super::property::{completed, outputs};
use super::safety::{has_complete_output, is_sequential, is_where_recorded};
use super::state::{MapStatus, State};

fn nothing() -> String {
    "the state does not show it".to_owned()
}

pub(super) fn incomplete_reduce(job: &MapReduce, state: &State) -> String {
    let broken = completed(job, state).find(|&r| !has_complete_output(job, state, r));
    let Some(reduce) = broken else { return nothing() };
    match state.output(reduce) {
        None => format!("r{reduce} is completed, and nothing is under its final name"),
        Some(content) => format!("r{reduce} is completed, and its output holds {content}"),
    }
}

pub(super) fn partial_file(job: &MapReduce, state: &State) -> String {
    let broken = outputs(job, state).find(|(_, content)| !content.is_complete(job.maps));
    let Some((reduce, content)) = broken else { return nothing() };
    format!("the final name of r{reduce} shows {content}")
}

pub(super) fn wrong_output(job: &MapReduce, state: &State) -> String {
    for reduce in job.reduces() {
        match state.output(reduce) {
            None => return format!("the job is done, and r{reduce} has no output"),
            Some(content) if !is_sequential(job, content) => {
                return format!("the job is done, and the output of r{reduce} holds {content}");
            }
            Some(_) => {}
        }
    }
    nothing()
}

pub(super) fn misplaced_map(job: &MapReduce, state: &State) -> String {
    let broken = job.maps().find(|&map| !is_where_recorded(job, state, map));
    let Some((map, MapStatus::Completed(worker))) = broken.map(|map| (map, state.map(map))) else {
        return nothing();
    };
    let standing = state.standing(worker).unwrap_or("not there");
    let attempt = state.map_attempt(map, worker);
    format!("m{map} is recorded at w{worker}, which is {standing}; its attempt: {attempt}")
}
