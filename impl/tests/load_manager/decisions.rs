//! Each decision without memory, against a dumb version of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use proptest::prelude::*;
use straightedge_impl::load_manager::{
    Degradation, Ejection, Hysteresis, Maglev, Request, Server, Share, Strategy as Order, Terms,
    admit, attraction, ejection_ceiling, is_panic, is_prime, may_eject, may_retry, modulo,
    on_check, ramp, rendezvous,
};

/// A belief, and how many results in a row speak against it: what the counter is to be.
fn dumb_checks(hysteresis: Hysteresis, results: &[bool]) -> bool {
    let (mut is_up, mut against) = (true, 0);
    for &passed in results {
        against = if passed == is_up { 0 } else { against + 1 };
        let needed = if is_up { hysteresis.fall } else { hysteresis.rise };
        if against >= needed {
            (is_up, against) = (passed, 0);
        }
    }
    is_up
}

/// Turn after turn, with a bound on all that is looked at.
fn dumb_maglev(size: u32, servers: &[Server]) -> Option<Vec<usize>> {
    let table = Maglev::new(size, servers.iter().copied());
    let entries = table.entries();
    let count = |server: &Server| entries.iter().filter(|entry| *entry == server).count();
    (entries.len() == size as usize).then(|| servers.iter().map(count).collect())
}

fn servers(bits: u32) -> Vec<Server> {
    (0..32).filter(|at| bits & (1 << at) != 0).map(Server).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn results_in_a_row_change_the_belief(
        rise in 1u8..6, fall in 1u8..6, results in prop::collection::vec(any::<bool>(), 0..60),
    ) {
        let hysteresis = Hysteresis { rise, fall };
        let mut health = hysteresis.top();
        for end in 1..=results.len() {
            health = on_check(hysteresis, health, results[end - 1]);
            prop_assert!(health <= hysteresis.top());
            prop_assert_eq!(hysteresis.is_up(health), dumb_checks(hysteresis, &results[..end]));
        }
    }

    #[test]
    fn the_ceiling_of_ejections_holds_afterwards(
        most_percent in 0u8..=100, servers in 0u32..2_000, always_one: bool,
        failures: u32,
    ) {
        let ejection = Ejection { failures, most_percent, always_one };
        let mut ejected = 0;
        let mut fuel = 2_001;
        while may_eject(ejection, servers, ejected) {
            ejected += 1;
            fuel -= 1;
            prop_assert!(fuel > 0, "no end");
        }
        prop_assert_eq!(ejected, ejection_ceiling(ejection, servers));
        // Counted up one by one, without a division.
        let most = u64::from(servers) * u64::from(most_percent);
        let fits = |many: &u32| u64::from(*many) * 100 <= most;
        let share = (0..=servers).filter(fits).max().unwrap();
        let least = u32::from(always_one).min(servers);
        prop_assert_eq!(ejected, share.max(least));
    }

    #[test]
    fn a_ramp_is_linear_and_at_least_one(
        capacity in 0u32..500, stages in 0u32..40, stage in 0u32..50,
    ) {
        let admitted = ramp(capacity, stage, stages);
        let most = u64::from(capacity) * u64::from(stage);
        let line = |slots: &u32| u64::from(*slots) * u64::from(stages) <= most;
        let dumb = (0..=capacity).filter(line).max().unwrap().max(1).min(capacity);
        prop_assert_eq!(admitted, if stage >= stages { capacity } else { dumb });
        prop_assert!(ramp(capacity, stage + 1, stages) >= admitted);
    }

    #[test]
    fn panic_is_a_share(threshold in 0u8..=100, ready in 0u32..1_000, eligible in 0u32..1_000) {
        let dumb = f64::from(eligible) < f64::from(ready) * f64::from(threshold) / 100.0;
        let is_on_the_line = u64::from(eligible) * 100 == u64::from(ready) * u64::from(threshold);
        prop_assert_eq!(is_panic(threshold, eligible, ready), dumb && !is_on_the_line);
    }

    #[test]
    fn a_retry_needs_leave_and_budget(
        is_idempotent: bool, was_sent: bool, retries: u8, most: u8,
    ) {
        let dumb = match (is_idempotent, was_sent) {
            (false, true) => false,
            _ => (retries..most).next().is_some(),
        };
        prop_assert_eq!(may_retry(is_idempotent, was_sent, retries, most), dumb);
    }

    #[test]
    fn one_thing_is_given_up_at_saturation(
        which in 0usize..5, most: u32, cost: u32, parts in 1u32..10, more in 0u32..10,
        saturated: bool,
    ) {
        let share = Share { parts, of: parts + more };
        let age = Duration::from_secs(u64::from(most));
        let degradation = [
            Degradation::Shed,
            Degradation::ByPriority,
            Degradation::ByCost { most },
            Degradation::LessData(share),
            Degradation::Stale(age),
        ][which];
        let terms = admit(degradation, saturated, &Request { cost, ..Request::default() });
        let is_refused = saturated && which == 2 && cost > most;
        prop_assert_eq!(terms.is_none(), is_refused);
        if let Some(Terms { data, age: allowed }) = terms {
            prop_assert_eq!(data == Share::WHOLE || which == 3, true);
            prop_assert_eq!(data == share || !(saturated && which == 3), true);
            prop_assert_eq!(allowed.is_some(), saturated && which == 4);
        }
    }

    #[test]
    fn the_strongest_attracts(client: u64, bits: u32) {
        let servers = servers(bits);
        let mut dumb: Option<Server> = None;
        for &server in &servers {
            if dumb.is_none_or(|best| attraction(client, server) > attraction(client, best)) {
                dumb = Some(server);
            }
        }
        prop_assert_eq!(rendezvous(client, servers), dumb);
    }

    #[test]
    fn a_remainder_is_below(client: u64, servers in 0u32..1_000) {
        let place = modulo(client, servers);
        prop_assert_eq!(place.is_some(), servers > 0);
        let is_left = |place| (client - u64::from(place)) % u64::from(servers) == 0;
        prop_assert!(place.is_none_or(is_left));
    }

    #[test]
    fn maglev_fills_its_table_evenly(bits: u32, prime in 0usize..4) {
        let size = [37, 53, 101, 1009][prime];
        let servers = servers(bits);
        let counts = dumb_maglev(size, &servers);
        prop_assert_eq!(counts.is_some(), !servers.is_empty());
        let counts = counts.unwrap_or_default();
        let (least, most) = (counts.iter().min(), counts.iter().max());
        prop_assert!(most.unwrap_or(&0) - least.unwrap_or(&0) <= 1);
    }

    #[test]
    fn maglev_ends_with_any_size(bits: u32, size in 0u32..60) {
        // A size that is not prime leaves entries that no order reaches, but never hangs.
        let table = Maglev::new(size, servers(bits));
        prop_assert!(table.entries().len() <= size as usize);
        let is_full = table.entries().len() == size as usize || bits == 0;
        prop_assert!(is_full || !is_prime(size));
    }

    #[test]
    fn waves_take_everybody_once(servers in 0u32..200, at_once in 0u32..9) {
        let waves = |order: Order| order.waves(servers);
        let rolling = waves(Order::Rolling { at_once });
        prop_assert_eq!(rolling.iter().sum::<u32>(), if at_once == 0 { 0 } else { servers });
        prop_assert!(rolling.iter().all(|wave| *wave <= at_once && *wave > 0));
        prop_assert_eq!(waves(Order::Fast), vec![servers; usize::from(servers > 0)]);
        let flip = waves(Order::BigFlip);
        prop_assert_eq!(flip.iter().sum::<u32>(), servers);
        let is_halved = matches!(flip[..], [first, second] if first - second <= 1);
        prop_assert!(is_halved || servers < 2);
    }

    #[test]
    fn a_prime_has_two_divisors(number in 0u32..5_000) {
        let divisors = (1..=number).filter(|divisor| number % divisor == 0).count();
        prop_assert_eq!(is_prime(number), divisors == 2);
    }
}
