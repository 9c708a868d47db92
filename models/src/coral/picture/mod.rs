//! The SVG that the explorer and the report show for a path: above, the nodes in the order of their
//! distance to the key, each with its values and their remaining life; below, a line an operation
//! with the nodes that it has come to, its stack, and where its request is.

mod lane;

use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Text};

use super::identifier::{Id, distance};
use super::order;
use super::state::{Machine, Peer, State};
use super::{Action, Coral};

const INK: &str = "#1c2733";
const FAINT: &str = "#8b97a5";
const LINE: &str = "#d5dce4";
const VALUE: &str = "#1769aa";
const SHORT: &str = "#c77700";
const GONE: &str = "#c0392b";
const GOOD: &str = "#1e8449";
const CHANGED: &str = "#fff3c4";

/// How wide the picture is.
const WIDTH: f64 = 960.0;
/// Where the first node's column begins.
const LEFT: f64 = 230.0;
/// Where the nodes begin.
const TOP: f64 = 84.0;
/// How high a node is.
const NODE: f64 = 150.0;
/// How wide the bar of a value's remaining life is, for each tick.
const TICK: f64 = 5.0;

/// Draws the last state of a path.
#[must_use]
pub fn picture(coral: &Coral, path: &[(Option<Action>, State)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let subject = action.as_ref().and_then(order::subject);
    let scene = Scene {
        coral,
        state,
        before: before.map(|(_, state)| state),
        subject: subject.unwrap_or(0),
    };
    let operations = coral.asked_for().count();
    let height = TOP + NODE + lane::HEIGHT * operations as f64 + 60.0;
    let title = match action {
        Some(action) => format!("{}. {action}", path.len() - 1),
        None => "start".to_owned(),
    };
    let time = if coral.horizon > 0 { format!("tick {}", state.now) } else { String::new() };
    let key = format!("key {}: the closest node is on the left", coral.key(scene.subject));
    let legend = "● on its way · □ on the stack · ✕ full and loaded, the end of a path · \
                  ▼ a request · ▲ its answer · ? neither under way";
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(label(24.0, 36.0, &title, INK).set("font-size", 20).set("font-weight", "bold"))
        .add(label(WIDTH - 90.0, 36.0, &time, INK).set("font-weight", "bold"))
        .add(label(24.0, 62.0, &key, FAINT))
        .add(label(24.0, height - 18.0, legend, FAINT).set("font-size", 12));
    for (index, node) in scene.nodes().into_iter().enumerate() {
        document = document.add(scene.node(node, scene.x(index)));
    }
    for (index, (operation, _)) in coral.asked_for().enumerate() {
        let y = TOP + NODE + 20.0 + lane::HEIGHT * index as f64;
        document = document.add(lane::lane(&scene, operation, y));
    }
    document.to_string()
}

/// What is drawn: a state, the one before it, and the operation that the last step was about.
struct Scene<'a> {
    coral: &'a Coral,
    state: &'a State,
    before: Option<&'a State>,
    subject: u8,
}

impl Scene<'_> {
    /// The nodes, the closest to the key first.
    fn nodes(&self) -> Vec<Id> {
        let mut nodes = self.coral.network.nodes().to_vec();
        let key = self.coral.key(self.subject);
        nodes.sort_unstable_by_key(|&node| distance(node, key));
        nodes
    }

    /// Where the column of the node of that rank begins.
    fn x(&self, rank: usize) -> f64 {
        LEFT + self.column() * rank as f64
    }

    fn column(&self) -> f64 {
        (WIDTH - LEFT - 24.0) / f64::from(self.coral.network.count)
    }

    /// A node: its identifier, its marks, its values.
    fn node(&self, node: Id, x: f64) -> Group {
        let peer = self.coral.peer(self.state, node);
        let has_changed = self.before.is_some_and(|before| self.coral.peer(before, node) != peer);
        let fill = if has_changed { CHANGED } else { "white" };
        let frame = block(x + 3.0, TOP, self.column() - 6.0, NODE - 8.0).set("rx", 4);
        let away = distance(node, self.coral.key(self.subject));
        let mut group = Group::new()
            .add(frame.set("fill", fill).set("stroke", LINE))
            .add(label(x + 12.0, TOP + 24.0, &node.to_string(), INK).set("font-weight", "bold"))
            .add(label(x + 52.0, TOP + 24.0, &format!("d {away}"), FAINT).set("font-size", 12));
        for (index, (mark, colour)) in self.marks(peer).into_iter().enumerate() {
            let x = x + 12.0 + 44.0 * index as f64;
            let mark = label(x, TOP + 44.0, mark, colour).set("font-size", 12);
            group = group.add(mark.set("class", "mark").set("font-weight", "bold"));
        }
        let mut y = TOP + 56.0;
        for (number, list) in peer.lists.iter().enumerate() {
            for entry in list.entries() {
                let is_first = number == 0;
                let name = if is_first {
                    format!("v{}", entry.value)
                } else {
                    format!("v{}'", entry.value)
                };
                let colour = if entry.is_live() { VALUE } else { GONE };
                let left =
                    if entry.is_live() { entry.left.to_string() } else { "expired".to_owned() };
                let bar = block(x + 42.0, y + 2.0, TICK * f64::from(entry.left), 10.0);
                group = group
                    .add(label(x + 12.0, y + 12.0, &name, colour))
                    .add(bar.set("fill", VALUE).set("class", "life"))
                    .add(
                        label(x + 46.0 + TICK * f64::from(entry.left), y + 12.0, &left, colour)
                            .set("font-size", 11),
                    );
                y += 20.0;
            }
        }
        group
    }

    /// Full and loaded, as the operation of the last step would find the node, and crashed.
    fn marks(&self, peer: &Peer) -> Vec<(&'static str, &'static str)> {
        if peer.machine == Machine::Crashed {
            return vec![("crashed", GONE)];
        }
        let is_put = self.coral.asked(self.subject).value().is_some();
        let (node, of) = (peer.identifier, self.subject);
        let level = self.state.operation(of).level;
        let is_full = is_put && self.coral.is_full_for(self.state, node, of, level);
        let is_loaded = is_put && self.coral.would_be_loaded(self.state, node, of, level);
        let marks = [("full", GONE, is_full), ("loaded", SHORT, is_loaded)];
        marks.into_iter().filter(|mark| mark.2).map(|(name, colour, _)| (name, colour)).collect()
    }
}

fn label(x: f64, y: f64, text: &str, colour: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("fill", colour).set("font-size", 14)
}

fn block(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new().set("x", x).set("y", y).set("width", width).set("height", height)
}

fn line(from: f64, to: f64, y: f64) -> Line {
    Line::new().set("x1", from).set("x2", to).set("y1", y).set("y2", y)
}

#[cfg(test)]
mod tests {
    use stateright::Model;

    use super::*;
    use crate::coral::{Network, Operation};

    /// The path of first steps of those names from the start.
    fn path(coral: &Coral, names: &[&str]) -> Vec<(Option<Action>, State)> {
        let mut path = vec![(None, coral.initial_state())];
        for name in names {
            let Some((_, state)) = path.last() else { break };
            let mut actions = Vec::new();
            coral.actions(state, &mut actions);
            let wanted = |action: &&Action| crate::engine::Action::name(*action) == *name;
            let taken = actions.iter().find(wanted).copied();
            let next = taken.and_then(|action| Some((taken, coral.next_state(state, action)?)));
            path.extend(next);
        }
        assert_eq!(path.len(), names.len() + 1, "every step is enabled");
        path
    }

    fn count(svg: &str, what: &str) -> usize {
        svg.matches(what).count()
    }

    fn chain() -> Coral {
        Coral::new(Network::full(3, [0, 6]), [Operation::put(6, 0, 8), Operation::put(6, 1, 8)])
    }

    #[test]
    fn the_explorer_has_claims_to_show() {
        assert_eq!(chain().properties().len(), 3, "its page needs one at least");
    }

    #[test]
    fn the_start_has_every_node_and_no_mark() {
        let svg = picture(&chain(), &path(&chain(), &[]));
        assert!(svg.contains("\nstart\n") && svg.contains("\nd 6\n"));
        assert_eq!(count(&svg, "class=\"mark\"") + count(&svg, "class=\"life\""), 0);
        assert_eq!(count(&svg, "\nhas not begun\n"), 2);
    }

    #[test]
    fn a_put_is_drawn_with_its_path_its_stack_and_where_it_asks() {
        let svg = picture(&chain(), &path(&chain(), &["start_put"]));
        assert_eq!(count(&svg, "class=\"reached\""), 1, "its own node");
        assert_eq!(count(&svg, "class=\"stacked\""), 1);
        assert_eq!(count(&svg, "class=\"asked\""), 1);
        assert!(svg.contains("\n▼\n") && !svg.contains("\n▲\n"));
        let svg_of_answer = picture(&chain(), &path(&chain(), &["start_put", "answer_forward"]));
        assert!(svg_of_answer.contains("\n▲\n") && !svg_of_answer.contains("\n▼\n"));
        assert_eq!(count(&svg, "\nloaded\n"), 1, "the client has let one through");
    }

    #[test]
    fn a_value_is_drawn_with_its_life_and_a_full_node_is_marked() {
        let steps = ["start_put", "answer_forward", "hear_forward", "answer_store", "hear_store"];
        let svg = picture(&chain(), &path(&chain(), &steps));
        assert_eq!(count(&svg, "class=\"life\""), 1);
        assert_eq!(count(&svg, "\nfull\n"), 1);
        assert!(svg.contains("stored at 0") && !svg.contains("NaN"));
    }
}
