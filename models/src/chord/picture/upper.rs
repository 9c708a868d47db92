//! What is above the ring, in the picture: who holds keys, the look-up under way, who leaves or is
//! not ready, whom somebody takes for dead; and all of it in words below the table.

use svg::node::element::path::Data;
use svg::node::element::{Group, Path, Rectangle};

use crate::chord::identifier::{Id, Set};
use crate::chord::state::State;
use crate::chord::upper::{Copies, Lookup, UNLIMITED, Upper};
use crate::chord::{Chord, Layers};

use super::{CENTRE, CHANGED, DEAD, INK, NODE, RADIUS, Scene, TABLE, label};

/// How much higher a picture is that has it.
pub(super) const HIGHER: f64 = 60.0;
/// Where the title of a picture is that has it: above the copies at the top.
pub(super) const TITLE: f64 = 24.0;
/// Where the legend begins of a picture that has it.
pub(super) const LEGEND: f64 = 444.0;
/// How far outside the circle the copies of a member are.
const BADGES: f64 = RADIUS + NODE + 32.0;
/// The height of the badge of a copy.
const BADGE: f64 = 22.0;
/// The fill of a member that is about to leave.
pub(super) const LEAVING: &str = "#8a96a3";
const COPY: &str = "#1e7d4f";
const LOOKUP: &str = "#00838f";

/// Whether a member is something else above the ring than it was.
pub(super) fn has_changed(before: &Upper, after: &Upper, id: Id) -> bool {
    let own = |upper: &Upper| {
        let held = upper.keys.map(|it| (it.holders.contains(id), it.released.contains(id)));
        let is = (upper.leaving.contains(id), upper.unready.contains(id));
        (held, is, upper.suspected.get(usize::from(id)).copied().flatten())
    };
    let asked = |upper: &Upper| upper.lookup.is_some_and(|lookup| lookup.at == id);
    own(before) != own(after) || asked(after) && !asked(before)
}

impl Scene<'_> {
    /// The copies that a member holds, and a ring around the one that is asked in a look-up.
    pub(super) fn badges(&self, id: Id) -> Group {
        let upper = self.state.upper();
        let mut group = Group::new();
        if upper.lookup.is_some_and(|lookup| lookup.at == id) {
            let (x, y) = self.place(id, RADIUS);
            let ring = super::disc((x, y), NODE + 9.0).set("fill", "none").set("stroke", LOOKUP);
            group = group.add(ring.set("stroke-width", 3));
        }
        let held = |&(place, _): &(usize, Id)| upper.keys[place].holders.contains(id);
        let held: Vec<(usize, Id)> = self.chord.keys().filter(held).collect();
        // Beside each other along the circle, so that none covers the member.
        let (x, y) = self.place(id, BADGES);
        let (along_x, along_y) = ((CENTRE.1 - y) / BADGES * 36.0, (x - CENTRE.0) / BADGES * 28.0);
        for (number, &(place, key)) in held.iter().enumerate() {
            let shift = number as f64 - (held.len() - 1) as f64 / 2.0;
            let is_released = upper.keys[place].released.contains(id);
            group = group.add(badge(
                (x + shift * along_x, y + shift * along_y),
                &format!("k{key}"),
                is_released,
            ));
        }
        group
    }

    /// The look-up under way, to the identifier that is looked up; and whom members take for dead.
    pub(super) fn arrows_above(&self) -> Group {
        let upper = self.state.upper();
        let mut group = Group::new();
        for (node, suspected) in (0..).zip(upper.suspected) {
            if let Some(target) = suspected {
                group = group.add(self.arrow(node, target, -0.26, "suspected", DEAD, Some("3 5")));
            }
        }
        if let Some(Lookup { key, at }) = upper.lookup
            && key != at
        {
            group = group.add(self.arrow(at, key, 0.0, "lookup", LOOKUP, Some("10 4")));
        }
        group
    }

    /// All of it in words, below the table; what the last step changed is marked.
    pub(super) fn words_above(&self) -> Group {
        let now = words(self.chord, self.state);
        let before = self.before.map(|before| words(self.chord, before));
        let mut group = Group::new();
        let top = 106.0 + 34.0 * f64::from(self.chord.nodes) + 6.0;
        for (number, (name, said)) in now.iter().enumerate() {
            let y = top + 22.0 * number as f64;
            let is_new =
                before.as_ref().is_some_and(|before| before.get(number) != now.get(number));
            if is_new {
                let row = Rectangle::new().set("x", TABLE - 10.0).set("y", y - 16.0).set("rx", 4);
                group = group.add(row.set("width", 372).set("height", 21).set("fill", CHANGED));
            }
            group = group.add(label(TABLE + 6.0, y, name, INK).set("font-weight", "bold"));
            group = group.add(label(TABLE + 84.0, y, said, INK));
        }
        group
    }
}

type Words = Vec<(String, String)>;

/// What there is above the ring, each with its name.
fn words(chord: &Chord, state: &State) -> Words {
    let upper = state.upper();
    let mut words: Words = chord
        .keys()
        .map(|(place, key)| (format!("key {key}"), copies_in_words(upper.keys[place])))
        .collect();
    if !chord.layers.looked_up.is_empty() {
        let said = match upper.lookup {
            Some(Lookup { key, at }) => format!("of {key}, asks {at}"),
            None => "none under way".to_owned(),
        };
        words.push(("look-up".to_owned(), said));
    }
    let (leaving, unready) = (upper.leaving, upper.unready);
    let groups = [
        (chord.layers.handover, "leaving", leaving),
        (chord.layers.answering_when_ready, "not ready", unready),
    ];
    let groups = groups.into_iter().filter(|&(is_there, ..)| is_there);
    words.extend(groups.map(|(_, name, members)| (name.to_owned(), listed(members))));
    if chord.layers.may_err() {
        words.push(("errors".to_owned(), errors_in_words(&chord.layers, &upper)));
    }
    if chord.layers.refutation {
        words.push(("for dead".to_owned(), suspected_in_words(&upper)));
    }
    words
}

fn listed(members: Set) -> String {
    if members.is_empty() {
        return "nobody".to_owned();
    }
    members.iter().map(|id| id.to_string()).collect::<Vec<_>>().join(", ")
}

fn copies_in_words(copies: Copies) -> String {
    if copies.holders.is_empty() {
        return "no copy".to_owned();
    }
    let mut said = format!("at {}", listed(copies.holders));
    if !copies.released.is_empty() {
        said += &format!("; released {}", listed(copies.released));
    }
    if let Some(failures) = copies.failures.filter(|&failures| failures > 0) {
        said += &format!("; failed since {failures}");
    }
    said
}

/// How many errors there were, where that is counted.
fn errors_in_words(layers: &Layers, upper: &Upper) -> String {
    let counts = [
        (layers.suspicions, upper.suspicions, "suspicions"),
        (layers.stale_notices, upper.stale_notices, "stale notices"),
    ];
    let counted = counts.into_iter().filter(|&(most, ..)| most > 0).map(|(most, count, name)| {
        let is_limited = most < UNLIMITED;
        if is_limited { format!("{count} of {most} {name}") } else { format!("any {name}") }
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// Who is taken for dead, and has not refuted it.
fn suspected_in_words(upper: &Upper) -> String {
    let dead = (0..).zip(upper.suspected).filter_map(|(node, suspected): (Id, _)| {
        suspected.map(|target| format!("{target} at {node}"))
    });
    let dead: Vec<String> = dead.collect();
    if dead.is_empty() { "nobody".to_owned() } else { dead.join(", ") }
}

/// A copy of a key: filled, or hollow if its holder was released.
fn badge((x, y): (f64, f64), text: &str, is_released: bool) -> Group {
    let (fill, colour) = if is_released { ("white", COPY) } else { (COPY, "white") };
    let mut frame = Rectangle::new()
        .set("x", x - 14.0)
        .set("y", y - BADGE / 2.0)
        .set("width", 28)
        .set("height", BADGE)
        .set("rx", 4)
        .set("fill", fill)
        .set("stroke", COPY)
        .set("stroke-width", 2);
    if is_released {
        frame = frame.set("stroke-dasharray", "4 2");
    }
    let text = label(x, y + 5.0, text, colour).set("text-anchor", "middle");
    Group::new().add(frame).add(text.set("font-weight", "bold"))
}

/// The heads of its arrows.
pub(super) const HEADS: [(&str, &str); 2] = [("lookup", LOOKUP), ("suspected", DEAD)];

/// What its signs mean, where there may be any.
pub(super) fn legend(layers: &Layers) -> Group {
    let mut group = Group::new();
    let mut entries = Vec::new();
    if !layers.keys.is_empty() {
        entries.push((badge((15.0, -5.0), "k", false), "copy of a key"));
        entries.push((badge((15.0, -5.0), "k", true), "released copy"));
    }
    if !layers.looked_up.is_empty() {
        entries.push((line(LOOKUP, "10 4"), "looks up"));
    }
    if layers.refutation {
        entries.push((line(DEAD, "3 5"), "takes for dead"));
    }
    for (index, (sign, text)) in entries.into_iter().enumerate() {
        let y = LEGEND + 48.0 + 24.0 * (index / 2) as f64;
        let x = TABLE + 175.0 * (index % 2) as f64;
        let sign = sign.set("transform", format!("translate({x} {y})"));
        group = group.add(sign).add(label(x + 38.0, y, text, INK));
    }
    group
}

fn line(colour: &str, dashes: &str) -> Group {
    let line = Path::new().set("d", Data::new().move_to((0, -5)).line_to((30, -5)));
    let line = line.set("stroke", colour).set("stroke-width", 2).set("stroke-dasharray", dashes);
    Group::new().add(line)
}

/// What the fill of a member and a ring around it mean, where they mean anything.
pub(super) fn signs(layers: &Layers) -> String {
    let signs = [
        (!layers.looked_up.is_empty(), "blue ring: asked"),
        (layers.handover, "grey: leaving"),
        (layers.answering_when_ready, "hollow: not ready"),
    ];
    let told = signs.into_iter().filter(|&(is_there, _)| is_there).map(|(_, sign)| sign);
    told.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chord::picture::picture;

    fn busy() -> (Chord, State) {
        let chord = Chord::corrected(4, 2)
            .with_keys(Set::of(1).with(3))
            .with_lookup(Set::circle(4))
            .leave_with_handover()
            .answering_when_ready()
            .suspicions(3)
            .with_refutation();
        let holders = Set::of(0).with(1);
        let upper = Upper {
            keys: [
                Copies { holders, released: Set::of(0), failures: Some(1) },
                Copies { holders: Set::of(0), ..Copies::default() },
            ],
            leaving: Set::of(0),
            unready: Set::of(2),
            lookup: Some(Lookup { key: 3, at: 1 }),
            suspicions: 1,
            suspected: [None, Some(0), None, None, None],
            ..Upper::EMPTY
        };
        (chord, chord.initial_state().with_upper(&upper))
    }

    fn count(svg: &str, what: &str) -> usize {
        svg.matches(what).count()
    }

    #[test]
    fn everything_above_the_ring_is_drawn() {
        let (chord, state) = busy();
        let svg = picture(&chord, &[(None, state)]);
        assert_eq!(count(&svg, "\nk1\n"), 2, "both holders of key 1");
        assert_eq!(count(&svg, "\nk3\n"), 1);
        assert_eq!((count(&svg, "url(#lookup)"), count(&svg, "url(#suspected)")), (1, 1));
        assert_eq!(count(&svg, &format!("fill=\"{LEAVING}\"")), 1);
        for words in [
            "at 0, 1; released 0; failed since 1",
            "of 3, asks 1",
            "1 of 3 suspicions",
            "0 at 1",
            "not ready",
            "leaving",
        ] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
    }

    #[test]
    fn what_the_last_step_changed_above_the_ring_is_marked() {
        let (chord, after) = busy();
        let upper = after.upper();
        let before = after.with_upper(&Upper { leaving: Set::EMPTY, ..upper });
        let svg = picture(&chord, &[(None, before), (None, after)]);
        assert_eq!(count(&svg, CHANGED), 2, "the member and the line");
    }

    #[test]
    fn of_the_bare_ring_nothing_is_drawn_above_it() {
        let chord = Chord::corrected(4, 2);
        let svg = picture(&chord, &[(None, chord.initial_state())]);
        for sign in ["url(#lookup)", "look-up", "key ", COPY, "errors"] {
            assert!(!svg.contains(sign), "{sign}");
        }
    }
}
