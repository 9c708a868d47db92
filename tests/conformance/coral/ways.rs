//! Whom a look-up asks next where others keep silent: nodes and model agree in every small network,
//! and for this the point has to go on from those that fell silent earlier on the way.

use straightedge_impl::coral::{Place, Policy, Table};
use straightedge_impl::identifier::BitId;
use straightedge_models::coral::routing::{self, Position, next_hop, next_hop_but};

const WIDTH: u8 = 3;
const KEY: u8 = 0;

fn id(number: u8) -> BitId<8> {
    BitId::wrapped(u64::from(number))
}

/// The members of a set of identifiers, one bit each.
fn members(set: u8) -> impl Iterator<Item = u8> + Clone {
    (0..1 << WIDTH).filter(move |number| set >> number & 1 != 0)
}

/// What a node's answer leads a client to that leaves out who is silent.
fn of_nodes(policy: Policy, at: u8, target: u8, contacts: u8, silent: u8) -> Option<(u8, u8)> {
    let table = Table::with(id(at), members(contacts).map(id));
    let place = Place { at: id(at), target: id(target), key: id(KEY) };
    let ways = table.ways(place, policy, usize::from(u8::MAX)).into_iter();
    let mut ways = ways.map(|hop| (hop.to.number() as u8, hop.target.number() as u8));
    ways.find(|(to, _)| silent >> to & 1 == 0)
}

#[test]
fn nodes_and_model_ask_the_same_next_whoever_keeps_silent() {
    let policies = [
        (Policy::Greedy, routing::Policy::Greedy),
        (Policy::Splice { bits: 1 }, routing::Policy::Splice(1)),
        (Policy::Half, routing::Policy::Half),
    ];
    let (mut compared, mut differ_if_forgotten) = (0_u32, 0_u32);
    for at in 1..1 << WIDTH {
        for contacts in (0..=u8::MAX).filter(|set| set >> at & 1 == 0) {
            for silent in (0..=contacts).filter(|set| set & !contacts == 0) {
                // With the key as their target, 8 bits of nodes are as good as 3 of the model.
                for (target, (concrete, model)) in
                    (0..=at).flat_map(|target| policies.map(|policy| (target, policy)))
                {
                    let position = Position { key: KEY, at, target };
                    let known = members(contacts);
                    let is_silent = |node: u8| silent >> node & 1 != 0;
                    let (next, point) = next_hop_but(model, WIDTH, position, &known, is_silent);
                    let modelled = next.map(|next| (next, point));
                    let nodes = of_nodes(concrete, at, target, contacts, silent);
                    assert_eq!(modelled, nodes, "{model:?} {position:?} {contacts:b} {silent:b}");
                    let others = members(contacts & !silent);
                    let forgotten = next_hop(model, WIDTH, position, &others);
                    differ_if_forgotten += u32::from(forgotten.0 != next);
                    compared += 1;
                }
            }
        }
    }
    assert_eq!((compared, differ_if_forgotten), (229_635, 1_324));
}
