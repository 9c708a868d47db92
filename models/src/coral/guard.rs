//! The guards of the procedures once more, in words: which is the first that keeps a step from
//! being taken, and what it read. The steps have guards of their own; the tests hold them together.

use crate::engine::Refusal;

use super::identifier::Id;
use super::message::{Body, Message};
use super::operation::Phase;
use super::options::Order;
use super::state::State;
use super::store::MAXIMUM_ENTRIES;
use super::{Action, Coral};

type Met = Result<(), Refusal>;

/// Every step that this model has, with every message that its operations could lead to.
pub(super) fn alphabet(coral: &Coral) -> Vec<Action> {
    let mut alphabet = Vec::new();
    for (operation, asked) in coral.asked_for() {
        let is_put = asked.value().is_some();
        let start = if is_put { Action::StartPut } else { Action::StartGet };
        alphabet.extend([start(operation), Action::TimeOut(operation)]);
        let (requests, replies) = bodies(coral, is_put);
        for &peer in coral.network.nodes() {
            for level in 0..coral.levels {
                let saying = |&body: &Body| Message { operation, peer, level, body };
                for request in requests.iter().map(saying) {
                    alphabet.extend([
                        Action::Answer(request),
                        Action::Duplicate(request),
                        Action::Lose(request),
                    ]);
                }
                for reply in replies.iter().map(saying) {
                    alphabet.extend([Action::Hear(reply), Action::Lose(reply)]);
                }
            }
        }
    }
    alphabet.push(Action::Tick);
    for &node in coral.network.nodes() {
        alphabet.extend([Action::Purge(node), Action::Crash(node)]);
    }
    alphabet
}

/// What the messages of a put, or of a get, can say: requests, and replies.
fn bodies(coral: &Coral, is_put: bool) -> (Vec<Body>, Vec<Body>) {
    // Faulty nodes hold more than they may, and tell of what has expired.
    let most = coral.fault.map_or(coral.capacity, |_| MAXIMUM_ENTRIES as u8);
    let longest = coral.puts().map(|(_, _, ttl)| ttl).max().unwrap_or_default();
    if !is_put {
        let all = coral.puts().fold(0, |all, (_, value, _)| all | 1_u8 << value);
        let held = |values: &u8| values & !all == 0 && values.count_ones() <= u32::from(most);
        let replies = (0..=u8::MAX).filter(held).map(|values| Body::GetReply { values });
        return (vec![Body::GetRequest], replies.collect());
    }
    let mut replies = vec![Body::StoreReply { stored: true }, Body::StoreReply { stored: false }];
    for loaded in [false, true] {
        for count in 0..=most {
            let lives = if count == 0 { 0..=0 } else { 1..=longest };
            let reply = |least| Body::ForwardReply { loaded, count, least };
            replies.extend(lives.map(reply));
            if count > 0 && coral.fault.is_some() {
                replies.push(reply(0));
            }
        }
    }
    (vec![Body::ForwardRequest, Body::StoreRequest], replies)
}

/// The first guard of the protocol that is not met; the protocol as it should be, whatever the
/// fault.
pub(super) fn check(coral: &Coral, state: &State, action: Action) -> Met {
    match action {
        Action::StartPut(operation) | Action::StartGet(operation) => start(coral, state, operation),
        Action::Answer(request) => answer(coral, state, request),
        Action::Hear(reply) => hear(coral, state, reply),
        Action::TimeOut(operation) => time_out(coral, state, operation),
        Action::Tick => tick(coral, state),
        Action::Purge(node) => purge(coral, state, node),
        Action::Lose(message) => lose(state, message),
        Action::Duplicate(request) => duplicate(state, request),
        Action::Crash(node) => crash(coral, state, node),
    }
}

/// What an operation does, in words.
fn doing(state: &State, operation: u8) -> String {
    let doing = state.doing(operation).unwrap_or_else(|| "is not there".to_owned());
    format!("operation {operation}: {doing}")
}

/// Source: CORAL-27.
fn start(coral: &Coral, state: &State, operation: u8) -> Met {
    let asked = coral.asked(operation);
    let has_not_begun = state.operation(operation).phase == Phase::Idle;
    Refusal::unless(has_not_begun, "the operation must not have begun", || {
        doing(state, operation)
    })?;
    runs(coral, state, asked.client, "the operation's client must run")?;
    let waits_for = asked.after.filter(|&other| !state.operation(other).is_over());
    let guard = "the operation after which this one begins must have ended";
    Refusal::unless(waits_for.is_none(), guard, || {
        waits_for.map_or_else(String::new, |other| doing(state, other))
    })?;
    let is_alone = state.operations.iter().all(|progress| !progress.is_under_way());
    Refusal::unless(
        coral.order == Order::Any || is_alone,
        "no other operation must be under way (one_at_a_time)",
        || {
            let under_way = coral.asked_for().filter(|&(o, _)| state.operation(o).is_under_way());
            under_way.map(|(other, _)| doing(state, other)).collect::<Vec<_>>().join(", ")
        },
    )
}

fn runs(coral: &Coral, state: &State, node: Id, guard: &'static str) -> Met {
    let is_up = coral.peer(state, node).is_up();
    Refusal::unless(is_up, guard, || format!("node {node} has crashed"))
}

/// The messages of an operation that are under way, in words.
fn under_way(state: &State, operation: u8) -> String {
    let of_operation = state.messages.iter().filter(|message| message.operation == operation);
    let messages: Vec<_> = of_operation.map(|message| format!("{message:?}")).collect();
    let messages = if messages.is_empty() { "nothing".to_owned() } else { messages.join("; ") };
    format!("under way for it: {messages}")
}

/// Source: CORAL-27.
fn is_under_way(state: &State, message: Message, guard: &'static str) -> Met {
    Refusal::unless(state.messages.has(message), guard, || {
        let Message { operation, .. } = message;
        format!("{}; {}", doing(state, operation), under_way(state, operation))
    })
}

/// Source: CORAL-12, CORAL-14, CORAL-17, CORAL-27.
fn answer(coral: &Coral, state: &State, request: Message) -> Met {
    is_under_way(state, request, "the request must be under way to the node that answers it")?;
    runs(coral, state, request.peer, "the node that answers must run")
}

/// Source: CORAL-12, CORAL-14, CORAL-17, CORAL-22.
fn hear(coral: &Coral, state: &State, reply: Message) -> Met {
    is_under_way(state, reply, "a reply that says just this must be under way from that node")?;
    let guard = "the operation must wait for this reply";
    Refusal::unless(coral.is_awaited(state, reply), guard, || {
        format!("{}, at level {}", doing(state, reply.operation), level(state, reply.operation))
    })
}

fn level(state: &State, operation: u8) -> u8 {
    state.operation(operation).level
}

/// Source: CORAL-16, CORAL-22.
fn time_out(coral: &Coral, state: &State, operation: u8) -> Met {
    let guard = "the operation must wait for an answer";
    let waits = state.operation(operation).asks().is_some();
    Refusal::unless(waits, guard, || doing(state, operation))?;
    let is_early = coral.is_under_way(state, operation);
    Refusal::unless(
        !is_early || state.left.early_time_outs > 0,
        "time-outs that come before the answer has had its time are limited (early_time_outs)",
        || format!("{}; none left", under_way(state, operation)),
    )
}

/// Source: CORAL-27.
fn tick(coral: &Coral, state: &State) -> Met {
    let guard = "no more ticks pass than the horizon has";
    Refusal::unless(state.now < coral.horizon, guard, || {
        format!("now {}, horizon {}", state.now, coral.horizon)
    })
}

/// Source: CORAL-8.
fn purge(coral: &Coral, state: &State, node: Id) -> Met {
    let peer = coral.peer(state, node);
    let has_expired = |list: &super::List| list.entries().any(|entry| !entry.is_live());
    let guard = "the node must hold a value whose life is over";
    Refusal::unless(peer.lists.iter().any(has_expired), guard, || {
        format!(
            "node {node} holds {:?}",
            peer.lists.map(|list| list.entries().collect::<Vec<_>>()).concat()
        )
    })
}

/// Source: CORAL-22.
fn lose(state: &State, message: Message) -> Met {
    is_under_way(state, message, "a message that is lost must be under way")?;
    let guard = "losses are limited (losses)";
    Refusal::unless(state.left.losses > 0, guard, || "none left".to_owned())
}

/// Source: CORAL-22.
fn duplicate(state: &State, request: Message) -> Met {
    is_under_way(state, request, "a request that comes twice must be under way")?;
    let guard = "second copies of requests are limited (copies)";
    Refusal::unless(state.left.copies > 0, guard, || "none left".to_owned())
}

/// Source: CORAL-22.
fn crash(coral: &Coral, state: &State, node: Id) -> Met {
    runs(coral, state, node, "a node that crashes must run")?;
    let own = coral
        .asked_for()
        .find(|&(number, asked)| asked.client == node && state.operation(number).is_under_way());
    let guard = "a node does not crash while an operation of its own is under way";
    Refusal::unless(own.is_none(), guard, || {
        own.map_or_else(String::new, |(number, _)| doing(state, number))
    })?;
    let guard = "crashes are limited (crashes)";
    Refusal::unless(state.left.crashes > 0, guard, || "none left".to_owned())
}
