//! What is true of a proxy after every input, whatever the input.

use super::{Proxy, Stage};
use crate::coral;
use crate::identifier::Xor;
use crate::machine::Time;

/// The first of a proxy's assertions that does not hold, by its name; those of its node included.
///
/// Source: CORAL-49.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds<I: Xor>(proxy: &Proxy<I>, now: Time) -> Result<(), &'static str> {
    coral::invariant::holds(proxy.node(), now)?;
    let config = proxy.config();
    check(proxy.cache().len() <= usize::from(config.cached), "no more is kept than may be")?;
    check(proxy.fetches().len() <= usize::from(config.fetches), "nor fetched")?;
    let is_short = |content: &Vec<u8>| content.len() <= config.content as usize;
    let all_are_short = proxy.cache().values().all(|cached| is_short(&cached.content));
    check(all_are_short, "no content is longer than may be")?;
    let me = proxy.node().me();
    for fetch in proxy.fetches().values() {
        let most = usize::from(config.waiting);
        let waiting = fetch.users.len().max(fetch.peers.len());
        check(waiting <= most, "no more wait for one piece than may")?;
        let asks_itself = fetch.stage == Stage::Peer(me) || fetch.sources.contains(&me);
        check(!asks_itself, "a proxy does not ask itself")?;
        check(!fetch.users.is_empty(), "somebody waits for what is fetched")?;
        let is_in_the_index = proxy.node().operations().contains_key(&fetch.nonce);
        let waits_for_the_index = fetch.stage == Stage::Index;
        check(!waits_for_the_index || is_in_the_index, "the index is asked if it is waited for")?;
    }
    Ok(())
}

fn check(holds: bool, assertion: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(assertion) }
}
