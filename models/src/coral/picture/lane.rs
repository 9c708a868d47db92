//! The line of an operation: where it has been, what is on its stack, whom it asks.

use svg::node::element::{Circle, Group};

use super::super::message::Message;
use super::{FAINT, GONE, GOOD, INK, LEFT, LINE, SHORT, Scene, VALUE, block, label, line};

/// How high the line of an operation is.
pub(super) const HEIGHT: f64 = 44.0;

/// Draws the line of one operation.
pub(super) fn lane(scene: &Scene<'_>, operation: u8, y: f64) -> Group {
    let progress = scene.state.operation(operation);
    let asked = scene.coral.asked(operation);
    let name = match asked.value() {
        Some(value) => format!("op {operation}: {} puts v{value}", asked.client),
        None => format!("op {operation}: {} gets", asked.client),
    };
    let doing = scene.state.doing(operation).unwrap_or_default();
    let is_subject = operation == scene.subject;
    let weight = if is_subject { "bold" } else { "normal" };
    let colour = if progress.is_over() { GOOD } else { INK };
    let mut group = Group::new()
        .add(label(24.0, y + 10.0, &name, INK).set("font-weight", weight))
        .add(label(24.0, y + 27.0, &doing, colour).set("font-size", 12))
        .add(line(LEFT, super::WIDTH - 24.0, y + 8.0).set("stroke", LINE));
    let centre = |rank: usize| scene.x(rank) + scene.column() / 2.0;
    for (rank, node) in scene.nodes().into_iter().enumerate() {
        let position = scene.coral.network.position(node);
        let (x, y) = (centre(rank), y + 8.0);
        if progress.reached.has(position) {
            let dot = Circle::new().set("cx", x).set("cy", y).set("r", 5).set("fill", VALUE);
            group = group.add(dot.set("class", "reached"));
        }
        if progress.stack.has(position) {
            let square = block(x - 8.0, y - 8.0, 16.0, 16.0).set("fill", "none");
            group = group.add(square.set("stroke", VALUE).set("class", "stacked"));
        }
        if progress.stopped_at == Some(node) {
            group = group.add(mark(x + 16.0, y, "✕", GONE, "stopped"));
        }
        if progress.unreached.has(position) {
            group = group.add(mark(x - 14.0, y + 13.0, "silent", FAINT, "silent"));
        }
        if progress.asks() == Some(node) {
            group = group.add(mark(x, y - 16.0, under_way(scene, operation), SHORT, "asked"));
        }
    }
    group
}

/// Whether the request that an operation waits for is under way, or its answer, or neither.
fn under_way(scene: &Scene<'_>, operation: u8) -> &'static str {
    let is_awaited = |message: &Message| {
        message.operation == operation && scene.coral.is_awaited(scene.state, *message)
    };
    let mut awaited = scene.state.messages.iter().filter(is_awaited);
    match awaited.next().map(Message::is_request) {
        Some(true) => "▼",
        Some(false) => "▲",
        None => "?",
    }
}

fn mark(x: f64, y: f64, text: &str, colour: &str, class: &str) -> svg::node::element::Text {
    label(x - 6.0, y + 5.0, text, colour).set("class", class).set("font-weight", "bold")
}
