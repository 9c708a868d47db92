//! Orders to a load manager, as people write them.

use straightedge_impl::load_manager::{Admin, Server, Strategy};

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Of a server.
    Set(Server, Admin),
    /// Of all of them: another version.
    Upgrade(Strategy, u32),
    /// A server has it.
    Replaced(Server),
}

/// The order of `drain 0`, `upgrade rolling 2` and the like.
pub(super) fn parse(line: &str) -> Option<Order> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (number, words) = words.split_last()?;
    let number = number.parse().ok()?;
    let server = Server(number);
    Some(match words {
        ["drain"] => Order::Set(server, Admin::Draining),
        ["maintain"] => Order::Set(server, Admin::Maintenance),
        ["ready"] => Order::Set(server, Admin::Ready),
        ["upgrade", "fast"] => Order::Upgrade(Strategy::Fast, number),
        ["upgrade", "rolling"] => Order::Upgrade(Strategy::Rolling { at_once: 1 }, number),
        ["upgrade", "big_flip"] => Order::Upgrade(Strategy::BigFlip, number),
        ["replaced"] => Order::Replaced(server),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_end_in_a_number() {
        assert_eq!(parse("drain 2"), Some(Order::Set(Server(2), Admin::Draining)));
        assert_eq!(parse(" upgrade  big_flip 3 "), Some(Order::Upgrade(Strategy::BigFlip, 3)));
        for line in ["", "drain", "drain x", "drain -1", "upgrade 2", "replaced 0 0"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
