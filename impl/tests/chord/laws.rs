//! Laws of the small functions, against versions of them that are too dumb to be wrong.

use quickcheck::{TestResult, quickcheck};
use straightedge_impl::chord::Successors;
use straightedge_impl::identifier::{Identifier, Sha1Id, SmallId, between, included_in};

/// A circle whose size is no power of two.
type Id = SmallId<13>;

fn id(number: u8) -> Id {
    Id::wrapped(u64::from(number))
}

/// An identifier of 160 bits made of few, so that equal ones and neighbours occur.
fn wide(number: u16) -> Sha1Id {
    let mut bytes = if number & 0x100 == 0 { [0; 20] } else { [0xFF; 20] };
    bytes[19] = number as u8;
    bytes[0] ^= (number >> 9) as u8;
    Sha1Id(bytes)
}

/// Walks clockwise from `a`, and looks whether `b` comes before `c`.
fn walk_meets<const N: u8>(a: SmallId<N>, b: SmallId<N>, c: SmallId<N>) -> bool {
    let walk = std::iter::successors(Some(a.next()), |at| Some(at.next()));
    walk.take(usize::from(N)).take_while(|at| *at != c).any(|at| at == b && b != a)
}

fn same<I: Identifier>(list: &Successors<I>, entries: &[I]) -> bool {
    list.to_vec() == entries && list.len() == entries.len()
}

quickcheck! {
    fn between_is_what_a_walk_meets(a: u8, b: u8, c: u8) -> bool {
        let (a, b, c) = (id(a), id(b), id(c));
        between(a, b, c) == walk_meets(a, b, c)
    }

    fn what_is_not_between_lies_on_the_arc_back(a: u16, b: u16, c: u16) -> TestResult {
        let (a, b, c) = (wide(a), wide(b), wide(c));
        if a == c {
            return TestResult::discard();
        }
        TestResult::from_bool(between(a, b, c) != included_in(c, b, a))
    }

    fn everything_else_is_between_an_identifier_and_itself(a: u16, b: u16) -> bool {
        between(wide(a), wide(b), wide(a)) == (a != b && wide(a) != wide(b))
    }

    fn neither_end_is_between(a: u16, b: u16) -> bool {
        let (a, b) = (wide(a), wide(b));
        !between(a, a, b) && !between(a, b, b) && included_in(a, a, b) && included_in(a, b, b)
    }

    fn between_survives_a_turn_of_the_circle(a: u16, b: u16, c: u16, turn: u32) -> bool {
        let turned = |number| wide(number).plus_power_of_two(turn % 160);
        between(wide(a), wide(b), wide(c)) == between(turned(a), turned(b), turned(c))
    }

    fn arcs_that_follow_each_other_are_one(a: u16, b: u16, c: u16, d: u16) -> TestResult {
        let (a, b, c, d) = (wide(a), wide(b), wide(c), wide(d));
        if !between(a, b, d) {
            return TestResult::discard();
        }
        let in_parts = between(a, c, b) || c == b || between(b, c, d);
        TestResult::from_bool(between(a, c, d) == in_parts)
    }

    fn nothing_lies_between_an_identifier_and_the_next(a: u16, b: u16) -> bool {
        !between(wide(a), wide(b), wide(a).next())
    }

    fn a_power_of_two_is_that_many_steps(a: u8, exponent: u32) -> bool {
        let exponent = exponent % (id(a).bits() + 1);
        let mut walk = std::iter::successors(Some(id(a)), |at| Some(at.next()));
        walk.nth(1 << exponent) == Some(id(a).plus_power_of_two(exponent))
    }

    fn twice_a_power_of_two_is_the_next_one(a: u16, exponent: u32) -> bool {
        let exponent = exponent % 159;
        let twice = wide(a).plus_power_of_two(exponent).plus_power_of_two(exponent);
        twice == wide(a).plus_power_of_two(exponent + 1)
    }

    fn a_hashed_name_is_read_back_from_its_digits(name: Vec<u8>) -> bool {
        let hashed = Sha1Id::of(&name);
        hashed.to_string().parse() == Ok(hashed)
            && hashed.to_string().to_uppercase().parse() == Ok(hashed)
    }

    fn an_adopted_list_is_the_head_and_the_others_list_but_its_last(head: u16, list: Vec<u16>)
        -> TestResult
    {
        let entries: Vec<Sha1Id> = list.into_iter().map(wide).collect();
        let Some(its_list) = Successors::new(&entries) else { return TestResult::discard() };
        let mut expected = vec![wide(head)];
        expected.extend(&entries);
        expected.pop();
        TestResult::from_bool(same(&Successors::adopt(wide(head), &its_list), &expected))
    }

    fn a_dead_head_is_dropped_and_the_end_padded(list: Vec<u16>) -> TestResult {
        let mut entries: Vec<Sha1Id> = list.into_iter().map(wide).collect();
        let Some(list) = Successors::new(&entries) else { return TestResult::discard() };
        entries.push(list.last().next());
        let shorter = list.without_dead_head();
        TestResult::from_bool(same(&shorter, &entries[1..]) && shorter.head() == entries[1])
    }
}

#[test]
fn a_list_has_an_entry() {
    assert_eq!(Successors::<Id>::new(&[]), None);
    let list = Successors::new(&[id(3)]);
    assert_eq!(list.map(|list| (list.head(), list.last())), Some((id(3), id(3))));
}
