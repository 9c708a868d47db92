//! Operations that are alike: the orbits add up to the whole, and only what is alike has a swap.

use straightedge_models::coral::property::safety_claims;
use straightedge_models::coral::{Coral, Network, Operation};
use straightedge_models::engine::Limits;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::symmetry::{audit, orbit};

fn build<T>(coral: &Coral, symmetry: bool, body: impl Fn(&Graph<Coral>) -> T) -> T {
    unattended(Limits { threads: 2, ..Limits::default() }, |run| {
        let graph = Graph::build(coral, Build { symmetry, ..Build::default() }, run);
        assert_eq!(graph.bound(), None, "the whole graph is built");
        body(&graph)
    })
}

fn chain(lives: [u8; 3]) -> Coral {
    let [first, second, third] = lives;
    let operations = [
        Operation::put(6, 0, first),
        Operation::put(6, 1, second),
        Operation::put(2, 2, third),
        Operation::get(2),
        Operation::get(2),
    ];
    Coral::new(Network::full(3, [0, 2, 6]), operations).timed(1, 1).with_swaps()
}

#[test]
fn the_orbits_of_operations_add_up_to_the_whole() {
    let coral = chain([2, 2, 4]);
    assert_eq!(coral.swaps.iter().flatten().count(), 2);
    let whole = build(&coral, false, Graph::len);
    let (quotient, sum) = build(&coral, true, |graph| {
        assert_eq!(audit(&coral, graph.states(), &safety_claims(&coral)), Ok(()));
        let members = |state| orbit(&coral, state).len();
        (graph.len(), graph.states().iter().map(members).sum::<usize>())
    });
    assert_eq!((whole, quotient, sum), (571_512, 167_532, whole));
}

#[test]
fn operations_that_ask_for_something_else_have_no_swap() {
    let swaps = |coral: Coral| coral.with_swaps().swaps.iter().flatten().count();
    assert_eq!(swaps(chain([2, 4, 2])), 1, "another life or client: the gets alone are alike");
    assert_eq!(swaps(chain([2, 2, 4]).holding(2, 1)), 0, "the smaller value makes way");
    let mut named = chain([2, 2, 4]);
    named.operations[4] = Some(Operation::get(2).after(0));
    assert_eq!(swaps(named), 0, "one is waited for, the other waits");
    let renewed = [Operation::put(6, 0, 2), Operation::put(6, 0, 2)];
    assert_eq!(swaps(Coral::new(Network::full(3, [0, 2, 6]), renewed)), 0, "one value");
}
