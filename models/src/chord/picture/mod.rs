//! The SVG that the explorer and the report show for a path: the identifier circle at its end,
//! with what the last step changed marked.

mod upper;

use svg::Document;
use svg::node::element::path::Data;
use svg::node::element::{Circle, Definitions, Group, Marker, Path, Rectangle, TSpan, Text};

use super::Chord;
use super::action::Action;
use super::identifier::{Id, Set};
use super::list::List;
use super::shape::Shape;
use super::state::{Member, State};

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 500.0;
/// The middle of the identifier circle.
const CENTRE: (f64, f64) = (240.0, 262.0);
/// The radius of the identifier circle.
const RADIUS: f64 = 165.0;
/// The radius of a node.
const NODE: f64 = 20.0;
/// Where the table of members begins.
const TABLE: f64 = 490.0;
/// Where the legend begins.
const LEGEND: f64 = 424.0;

const INK: &str = "#1c2733";
const FAINT: &str = "#8b97a5";
const SUCCESSOR: &str = "#1769aa";
const PREDECESSOR: &str = "#8e44ad";
const PENDING: &str = "#c77700";
const DEAD: &str = "#c0392b";
const CHANGED: &str = "#fff3c4";

/// Draws the last state of a path.
#[must_use]
pub fn picture(chord: &Chord, path: &[(Option<Action>, State)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let nodes = chord.nodes;
    let scene = Scene {
        chord,
        state,
        before: before.map(|(_, state)| state),
        principals: Shape::of(nodes, state).principals(),
    };
    let title = match action {
        Some(action) => format!("{}. {action}", path.len() - 1),
        None => "start".to_owned(),
    };
    let is_layered = !chord.layers.is_none();
    let (height, top) =
        if is_layered { (HEIGHT + upper::HIGHER, upper::TITLE) } else { (HEIGHT, 36.0) };
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(arrowheads(if is_layered { &upper::HEADS } else { &[] }))
        .add(label(24.0, top, &title, INK).set("font-size", 20).set("font-weight", "bold"))
        .add(circle_line());
    for (id, member) in state.iter() {
        document = document.add(scene.arrows(id, &member));
    }
    for id in 0..nodes {
        document = document.add(scene.node(id));
    }
    if !is_layered {
        return document.add(scene.table()).add(legend(LEGEND, 470.0, "")).to_string();
    }
    for id in state.members() {
        document = document.add(scene.badges(id));
    }
    document
        .add(scene.arrows_above())
        .add(scene.table())
        .add(scene.words_above())
        .add(legend(upper::LEGEND, height - 26.0, &upper::signs(&chord.layers)))
        .add(upper::legend(&chord.layers))
        .to_string()
}

struct Scene<'a> {
    chord: &'a Chord,
    state: &'a State,
    before: Option<&'a State>,
    principals: Set,
}

impl Scene<'_> {
    /// Where a node stands: identifier 0 at the top, the others clockwise.
    fn place(&self, id: Id, radius: f64) -> (f64, f64) {
        let turn = std::f64::consts::TAU * f64::from(id) / f64::from(self.chord.nodes);
        (CENTRE.0 + radius * turn.sin(), CENTRE.1 - radius * turn.cos())
    }

    fn has_changed(&self, id: Id) -> bool {
        self.before.is_some_and(|before| before.member(id) != self.state.member(id))
    }

    /// Whether it has, or what is above the ring has changed for it.
    fn has_changed_at_all(&self, id: Id) -> bool {
        let above = |before: &State| upper::has_changed(&before.upper(), &self.state.upper(), id);
        self.has_changed(id) || self.before.is_some_and(above)
    }

    fn was_member(&self, id: Id) -> bool {
        self.before.is_some_and(|before| before.is_member(id))
    }

    /// A node: a member filled, a principal with a second ring, a node that is no member hollow.
    fn node(&self, id: Id) -> Group {
        let (x, y) = self.place(id, RADIUS);
        let disc = |radius: f64| disc((x, y), radius);
        let is_member = self.state.is_member(id);
        let mut group = Group::new();
        if self.has_changed_at_all(id) {
            group = group.add(disc(NODE + 13.0).set("fill", CHANGED).set("stroke", "#e0b000"));
        }
        if is_member && self.principals.contains(id) {
            let ring = disc(NODE + 5.0).set("fill", "none").set("stroke", INK);
            group = group.add(ring.set("stroke-width", 1.5));
        }
        let above = self.state.upper();
        let (fill, colour, stroke) = if !is_member {
            ("white", FAINT, FAINT)
        } else if above.unready.contains(id) {
            ("white", INK, INK)
        } else if above.leaving.contains(id) {
            (upper::LEAVING, "white", INK)
        } else {
            (INK, "white", INK)
        };
        let mut body = disc(NODE).set("fill", fill).set("stroke", stroke).set("stroke-width", 2);
        if !is_member {
            body = body.set("stroke-dasharray", "4 3");
        }
        let name = label(x, y + 6.0, &id.to_string(), colour);
        group = group.add(body).add(name.set("text-anchor", "middle").set("font-size", 17));
        let note = match (self.was_member(id), is_member) {
            (true, false) => "gone",
            (false, true) if self.before.is_some() => "joins",
            _ => return group,
        };
        let (x, y) = self.place(id, RADIUS + 50.0);
        let colour = if is_member { SUCCESSOR } else { DEAD };
        group.add(label(x, y + 5.0, note, colour).set("text-anchor", "middle"))
    }

    /// What a member points at: its first successor, its predecessor, whom it asks next; and who
    /// waits for it.
    fn arrows(&self, id: Id, member: &Member) -> Group {
        let mut group = Group::new();
        if let Some(head) = member.successors.head() {
            group = group.add(self.arrow(id, head, 0.16, "successor", SUCCESSOR, None));
        }
        if let Some(predecessor) = member.predecessor {
            let dashes = Some("5 4");
            group =
                group.add(self.arrow(id, predecessor, 0.16, "predecessor", PREDECESSOR, dashes));
        }
        if let Some(candidate) = member.candidate {
            group = group.add(self.arrow(id, candidate, 0.34, "pending", PENDING, Some("1 4")));
        }
        for notifier in member.notifiers {
            group = group.add(self.arrow(notifier, id, 0.34, "pending", PENDING, Some("9 3 2 3")));
        }
        group
    }

    /// An arrow bent to its left, so that there and back do not lie on each other.
    fn arrow(
        &self,
        from: Id,
        to: Id,
        bend: f64,
        head: &str,
        colour: &str,
        dashes: Option<&str>,
    ) -> Path {
        let data = if from == to { self.own_loop(from) } else { self.curve(from, to, bend) };
        let path = Path::new()
            .set("d", data)
            .set("fill", "none")
            .set("stroke", colour)
            .set("stroke-width", 2)
            .set("marker-end", format!("url(#{head})"));
        match dashes {
            Some(dashes) => path.set("stroke-dasharray", dashes),
            None => path,
        }
    }

    fn own_loop(&self, id: Id) -> Data {
        let (x, y) = self.place(id, RADIUS + NODE);
        let ((ax, ay), (bx, by)) = (self.place(id, RADIUS + 70.0), (x - CENTRE.0, y - CENTRE.1));
        let side = (-by / RADIUS * 34.0, bx / RADIUS * 34.0);
        let left = (ax + side.0, ay + side.1, ax - side.0, ay - side.1, x, y);
        Data::new().move_to((x, y)).cubic_curve_to(left)
    }

    fn curve(&self, from: Id, to: Id, bend: f64) -> Data {
        let ((ax, ay), (bx, by)) = (self.place(from, RADIUS), self.place(to, RADIUS));
        let (dx, dy) = (bx - ax, by - ay);
        let (mx, my) = (f64::midpoint(ax, bx) - dy * bend, f64::midpoint(ay, by) + dx * bend);
        // From rim to rim, along the curve's own direction at each end.
        let (sx, sy) = towards((ax, ay), (mx, my), NODE + 6.0);
        let (ex, ey) = towards((bx, by), (mx, my), NODE + 8.0);
        Data::new().move_to((sx, sy)).quadratic_curve_to((mx, my, ex, ey))
    }

    /// One row a member: its whole list, with the dead entries in red.
    fn table(&self) -> Group {
        let mut group = Group::new()
            .add(label(TABLE, 76.0, "member", FAINT))
            .add(label(TABLE + 64.0, 76.0, "successors", FAINT))
            .add(label(TABLE + 168.0, 76.0, "predecessor", FAINT))
            .add(label(TABLE + 264.0, 76.0, "pending", FAINT));
        for id in 0..self.chord.nodes {
            let y = 106.0 + 34.0 * f64::from(id);
            if self.has_changed(id) {
                let row = Rectangle::new().set("x", TABLE - 10.0).set("y", y - 22.0).set("rx", 4);
                group = group.add(row.set("width", 372).set("height", 31).set("fill", CHANGED));
            }
            group = match self.state.member(id) {
                Some(member) => group.add(self.row(id, &member, y)),
                None => group.add(label(TABLE + 6.0, y, &id.to_string(), FAINT)).add(label(
                    TABLE + 64.0,
                    y,
                    "not a member",
                    FAINT,
                )),
            };
        }
        group
    }

    fn row(&self, id: Id, member: &Member, y: f64) -> Group {
        let name = label(TABLE + 6.0, y, &id.to_string(), INK).set("font-weight", "bold");
        let mut group =
            Group::new().add(name).add(self.entries(TABLE + 64.0, y, member.successors));
        let predecessor: List = member.predecessor.map_or(List::EMPTY, |id| List::new(&[id]));
        group = group.add(self.entries(TABLE + 168.0, y, predecessor));
        let mut pending = Vec::new();
        pending.extend(member.candidate.map(|candidate| format!("asks {candidate}")));
        pending.extend(member.notifiers.into_iter().map(|notifier| format!("from {notifier}")));
        group.add(label(TABLE + 264.0, y, &pending.join(", "), PENDING))
    }

    fn entries(&self, x: f64, y: f64, list: List) -> Text {
        let text = Text::new("").set("x", x).set("y", y).set("font-size", 16);
        list.iter().fold(text, |text, id| {
            let is_live = self.state.is_member(id);
            let span = TSpan::new(format!("{id}")).set("fill", if is_live { INK } else { DEAD });
            let dead = if is_live { "none" } else { "line-through" };
            text.add(span.set("dx", "0.4em").set("text-decoration", dead))
        })
    }
}

/// The point at that distance from one point in the direction of another.
fn towards(from: (f64, f64), to: (f64, f64), distance: f64) -> (f64, f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    (from.0 + dx / length * distance, from.1 + dy / length * distance)
}

fn label(x: f64, y: f64, text: &str, colour: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("fill", colour).set("font-size", 14)
}

fn disc((x, y): (f64, f64), radius: f64) -> Circle {
    Circle::new().set("cx", x).set("cy", y).set("r", radius)
}

fn circle_line() -> Circle {
    Circle::new()
        .set("cx", CENTRE.0)
        .set("cy", CENTRE.1)
        .set("r", RADIUS)
        .set("fill", "none")
        .set("stroke", "#e3e8ee")
        .set("stroke-width", 2)
}

fn arrowheads(more: &[(&str, &str)]) -> Definitions {
    let head = |name: &str, colour: &str| {
        let tip = Data::new().move_to((0, 0)).line_to((10, 5)).line_to((0, 10)).close();
        Marker::new()
            .set("id", name)
            .set("viewBox", "0 0 10 10")
            .set("refX", 9)
            .set("refY", 5)
            .set("markerWidth", 7)
            .set("markerHeight", 7)
            .set("orient", "auto")
            .add(Path::new().set("d", tip).set("fill", colour))
    };
    let own = [("successor", SUCCESSOR), ("predecessor", PREDECESSOR), ("pending", PENDING)];
    let heads = own.iter().chain(more);
    heads.fold(Definitions::new(), |all, (name, colour)| all.add(head(name, colour)))
}

/// What the signs mean, from there on; at that height in words, with more of them.
fn legend(top: f64, height: f64, more: &str) -> Group {
    let entries = [
        ("first successor", SUCCESSOR, "none"),
        ("predecessor", PREDECESSOR, "5 4"),
        ("asks next", PENDING, "1 4"),
        ("notification under way", PENDING, "9 3 2 3"),
    ];
    let mut group = Group::new();
    for (index, (text, colour, dashes)) in entries.into_iter().enumerate() {
        let (x, y) = (TABLE + 175.0 * (index % 2) as f64, top + 22.0 * (index / 2) as f64);
        let line = Data::new().move_to((x, y - 5.0)).line_to((x + 30.0, y - 5.0));
        let line = Path::new().set("d", line).set("stroke", colour).set("stroke-width", 2);
        group = group.add(line.set("stroke-dasharray", dashes)).add(label(x + 38.0, y, text, INK));
    }
    let rest = "second ring: principal · dashed: no member · struck out: dead";
    let lines = [(rest, height), (more, height + 16.0)].into_iter().filter(|it| !it.0.is_empty());
    lines.fold(group, |group, (line, y)| group.add(label(TABLE, y, line, INK).set("font-size", 12)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> State {
        let member =
            |successors: &[Id], predecessor| Member::new(List::new(successors), Some(predecessor));
        [(0, member(&[1, 2], 2)), (1, member(&[2, 0], 0)), (2, member(&[0, 1], 1))]
            .into_iter()
            .collect()
    }

    fn four() -> Chord {
        Chord::corrected(4, 2)
    }

    fn count(svg: &str, what: &str) -> usize {
        svg.matches(what).count()
    }

    #[test]
    fn every_member_has_its_arrows_and_its_row() {
        let svg = picture(&four(), &[(None, ring())]);
        assert_eq!(count(&svg, "url(#successor)"), 3);
        assert_eq!(count(&svg, "url(#predecessor)"), 3);
        assert_eq!(count(&svg, "not a member\n"), 1);
        assert_eq!(count(&svg, CHANGED), 0);
    }

    #[test]
    fn what_the_last_step_changed_is_marked() {
        let after = ring().without(2);
        let svg = picture(&four(), &[(None, ring()), (Some(Action::Fail(2)), after)]);
        assert_eq!(count(&svg, CHANGED), 2, "the node and its row");
        assert!(svg.contains("1. fail(2)") && svg.contains("gone"));
        assert_eq!(count(&svg, "line-through"), 3, "2 in two lists, and as a predecessor");
    }

    #[test]
    fn pending_work_is_drawn() {
        let mut busy = Member::new(List::new(&[1, 2]), Some(2));
        busy.candidate = Some(3);
        busy.notifiers = [1, 2].into_iter().collect();
        let svg = picture(&four(), &[(None, ring().with(0, busy))]);
        assert_eq!(count(&svg, "url(#pending)"), 3);
        assert!(svg.contains("asks 3, from 1, from 2"));
    }

    #[test]
    fn a_node_that_points_at_itself_has_a_loop() {
        let alone = State::EMPTY.with(0, Member::new(List::new(&[0]), None));
        let svg = picture(&four(), &[(None, alone)]);
        assert_eq!(count(&svg, "url(#successor)"), 1);
        assert!(!svg.contains("NaN"));
    }
}
