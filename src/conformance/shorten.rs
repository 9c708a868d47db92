//! Leaves out of a run what it can do without.

use super::search::Difference;

/// So often a run is tried again at most.
const TRIES: usize = 4000;

/// The shortest run that is found by leaving out ever smaller pieces, and that still shows a
/// difference. `again` takes the steps of these names that are possible.
pub(super) fn shorten(
    found: Difference,
    again: impl Fn(&[String]) -> Option<Difference>,
) -> Difference {
    let mut best = found;
    let mut tries = 0;
    let mut piece = best.steps.len().div_ceil(2);
    loop {
        let mut start = 0;
        let mut has_shrunk = false;
        while start < best.steps.len() && tries < TRIES {
            tries += 1;
            let end = (start + piece).min(best.steps.len());
            let without = [&best.steps[..start], &best.steps[end..]].concat();
            match again(&without).filter(|shorter| shorter.steps.len() < best.steps.len()) {
                Some(shorter) => {
                    best = shorter;
                    has_shrunk = true;
                }
                None => start += piece,
            }
        }
        if tries >= TRIES || piece == 1 && !has_shrunk {
            return best;
        }
        piece = (piece / 2).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_can_do_without_is_left_out() {
        let run: Vec<String> = (0..100).map(|step| step.to_string()).collect();
        let again = |names: &[String]| {
            let needed = ["17", "42", "83"].iter().all(|step| names.iter().any(|n| n == step));
            needed.then(|| Difference { steps: names.to_vec(), because: String::new() })
        };
        let whole = Difference { steps: run, because: String::new() };
        assert_eq!(shorten(whole, again).steps, ["17", "42", "83"]);
    }
}
