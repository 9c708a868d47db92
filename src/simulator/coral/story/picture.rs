//! What a story looks like: the line of identifiers after each put and get.

use std::collections::BTreeSet;

use svg::Document;
use svg::node::element::{Circle, Line, Path, Text};

use super::parse::Id;
use super::play::words;
use super::stage::{Cast, Stage};

/// The network after one put or get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// What has happened.
    title: String,
    key: Id,
    nodes: Vec<Figure>,
    path: Vec<Id>,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figure {
    id: Id,
    name: String,
    /// Values, each with the seconds that are left of its life.
    values: Vec<String>,
    is_full: bool,
    is_loaded: bool,
}

impl Panel {
    pub(super) fn of(title: String, stage: &Stage, cast: &Cast, key: Id, path: &str) -> Self {
        let now = stage.world.now();
        let figure = |&id: &Id| {
            let machine = stage.machine(id).ok()?;
            let value = |(value, left): (&Vec<u8>, std::time::Duration)| {
                format!("{} {} s", words([value.as_slice()].into_iter()), left.as_secs())
            };
            let holding = machine.store().holding((0, key), now);
            Some(Figure {
                id,
                name: cast.names.get(&id).cloned().unwrap_or_default(),
                values: machine.store().live((0, key), now).map(value).collect(),
                is_full: holding.count >= machine.config().values,
                is_loaded: machine.is_loaded((0, key), now),
            })
        };
        let mut nodes: Vec<Figure> = stage.nodes.iter().filter_map(figure).collect();
        nodes.sort_by_key(|figure| figure.id);
        let path = path.split_whitespace().filter_map(|id| id.parse().ok()).collect();
        Self { title, key, nodes, path }
    }
}

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 60.0;
const HEIGHT: f64 = 190.0;

/// The picture of a story: one line of identifiers in order below the other, with the way of each
/// put and get, the values of each node with what is left of their lives, and a ring around nodes
/// that are full (solid) or loaded (dashed).
#[must_use]
pub fn picture(panels: &[Panel]) -> String {
    let keys = panels.iter().map(|panel| panel.key);
    let nodes = panels.iter().flat_map(|panel| panel.nodes.iter().map(|node| node.id));
    let shown: BTreeSet<Id> = keys.chain(nodes).collect();
    let step = (WIDTH - 2.0 * MARGIN) / (shown.len().saturating_sub(1).max(1)) as f64;
    let across = |id: Id| MARGIN + shown.range(..id).count() as f64 * step;
    let height = HEIGHT * panels.len() as f64 + 30.0;
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH as i64, height as i64))
        .set("font-family", "sans-serif")
        .set("font-size", 12);
    for (place, panel) in panels.iter().enumerate() {
        document = draw(document, panel, HEIGHT * place as f64, &across);
    }
    let legend = "identifiers in order; solid ring: full; dashed ring: loaded; mark: the key";
    document.add(text(MARGIN, height - 10.0, "start", legend)).to_string()
}

fn draw(document: Document, panel: &Panel, top: f64, across: &dyn Fn(Id) -> f64) -> Document {
    let middle = top + 105.0;
    let axis = Line::new()
        .set("x1", MARGIN / 2.0)
        .set("x2", WIDTH - MARGIN / 2.0)
        .set("y1", middle)
        .set("y2", middle)
        .set("stroke", "#888");
    let mut document =
        document.add(text(MARGIN / 2.0, top + 20.0, "start", &panel.title)).add(axis);
    for (from, to) in panel.path.iter().zip(panel.path.iter().skip(1)) {
        document = document.add(hop(across(*from), across(*to), middle));
    }
    let key = across(panel.key);
    let mark = Path::new()
        .set("d", format!("M{} {} h8 v8 h-8 z", key - 4.0, middle + 14.0))
        .set("fill", "#d55e00");
    document = document.add(mark);
    for node in &panel.nodes {
        document = figure(document, node, across(node.id), middle);
    }
    document
}

/// An arc from one node to the next.
fn hop(from: f64, to: f64, middle: f64) -> Path {
    let (centre, lift) = (f64::midpoint(from, to), (to - from).abs().mul_add(0.15, 25.0).min(70.0));
    Path::new()
        .set("d", format!("M{from} {middle} Q{centre} {} {to} {middle}", middle - lift))
        .set("fill", "none")
        .set("stroke", "#0072b2")
        .set("stroke-width", 2)
}

fn figure(document: Document, node: &Figure, x: f64, middle: f64) -> Document {
    let ring = |radius: u32| {
        Circle::new()
            .set("cx", x)
            .set("cy", middle)
            .set("r", radius)
            .set("fill", "none")
            .set("stroke", "#222")
    };
    let dot = Circle::new().set("cx", x).set("cy", middle).set("r", 5).set("fill", "#222");
    let mut document = document.add(dot);
    if node.is_full {
        document = document.add(ring(9));
    }
    if node.is_loaded {
        document = document.add(ring(12).set("stroke-dasharray", "3 3"));
    }
    let label = format!("{} {}", node.id, node.name);
    document = document.add(text(x, middle + 38.0, "middle", label.trim()));
    for (row, value) in node.values.iter().enumerate() {
        document =
            document.add(text(x, 14.0f64.mul_add(row as f64, middle + 53.0), "middle", value));
    }
    document
}

fn text(x: f64, y: f64, anchor: &str, content: &str) -> Text {
    Text::new(content).set("x", x).set("y", y).set("text-anchor", anchor)
}
