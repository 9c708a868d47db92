//! The rules for large networks explain what the model explains, where the model is large enough.

use std::collections::{BTreeMap, BTreeSet};

use stateright::Model;
use straightedge::conformance::coral::instances::{Instance, Variation};
use straightedge::conformance::coral::rules::{Rules, observe};
use straightedge::conformance::network::Network;
use straightedge_impl::coral::Fault;

/// How often each rule explains a step of that instance's network; or a step that none explains.
fn explained(name: &str, fault: Option<Fault>) -> Result<BTreeMap<&'static str, u64>, String> {
    let variation = Variation { fault, ..Variation::NONE };
    let nodes = Instance::named(name).unwrap().abstraction(variation).nodes;
    let rules = Rules::of(&nodes);
    let network = Network::new(nodes);
    let mut waiting = network.init_states();
    let mut known: BTreeSet<_> = waiting.iter().cloned().collect();
    let mut counts = BTreeMap::new();
    while let Some(state) = waiting.pop() {
        let before = observe(&network.environment, &state);
        let mut actions = Vec::new();
        network.actions(&state, &mut actions);
        for action in actions {
            let Some(after) = network.after(&state, &action) else { continue };
            let seen = observe(&network.environment, &after);
            let explanation = rules.explanation(&before, &action, &seen);
            let is_unseen = seen == before;
            let rule = explanation.or(is_unseen.then_some("stutter"));
            *counts.entry(rule.ok_or_else(|| action.to_string())?).or_default() += 1;
            if known.insert(after.clone()) {
                waiting.push(after);
            }
        }
    }
    Ok(counts)
}

#[test]
fn each_step_of_the_searched_networks_with_one_level_is_explained_by_the_rules() {
    let mut all = BTreeSet::new();
    for name in ["three_puts", "a_renewal", "get_after_put", "lost_messages", "a_crash", "two_keys"]
    {
        let counts = explained(name, None).unwrap_or_else(|step| panic!("{name}: {step}"));
        all.extend(counts.into_keys());
    }
    let of_late = explained("one_put_late_and_doubled", None).unwrap();
    all.extend(of_late.into_keys());
    let names = "answer_forward answer_get answer_store begin crash duplicate hear_forward \
                 hear_get hear_store lose stutter tick time_out";
    assert_eq!(all.into_iter().collect::<Vec<_>>().join(" "), names);
}

#[test]
fn a_fault_is_explained_by_no_rule() {
    let step = explained("three_puts", Some(Fault::StoreIgnoresFull)).unwrap_err();
    assert!(step.starts_with("deliver(store_request"), "{step}");
}
