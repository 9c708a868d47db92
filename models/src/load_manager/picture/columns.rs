//! Servers as columns: what they carry, what they are believed to be, which version they have;
//! beside them who waits, and below what became of the rest.

use svg::Document;
use svg::node::element::{Group, Rectangle, Text};

/// Text.
pub const INK: &str = "#1c2733";
/// Text that matters less.
pub const FAINT: &str = "#6b7785";
/// Frames.
pub const LINE: &str = "#d5dce4";
/// What is well.
pub const GOOD: &str = "#1e8449";
/// What is broken.
pub const GONE: &str = "#c0392b";
/// What is in between.
pub const BUSY: &str = "#c77700";
/// The old version.
pub const OLD: &str = "#1769aa";
/// The new version.
pub const NEW: &str = "#8e44ad";
/// What the last step changed.
pub const CHANGED: &str = "#fff3c4";

const LEFT: f64 = 190.0;
const COLUMN: f64 = 150.0;
const TOP: f64 = 84.0;
const SLOT: f64 = 30.0;

/// One place of a server, or one in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What is there.
    pub text: String,
    /// In which colour; none where the place is free.
    pub colour: Option<&'static str>,
}

impl Slot {
    /// Nothing is there.
    #[must_use]
    pub const fn free() -> Self {
        Self { text: String::new(), colour: None }
    }

    /// That is there.
    #[must_use]
    pub const fn taken(text: String, colour: &'static str) -> Self {
        Self { text, colour: Some(colour) }
    }
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The colour of its frame.
    pub colour: &'static str,
    /// Its places, from below.
    pub slots: Vec<Slot>,
    /// How far a counter of so many steps is, and from where on it counts as well.
    pub gauge: Option<(u8, u8, u8)>,
    /// What else is to be said, with its colour.
    pub notes: Vec<(String, &'static str)>,
}

/// A whole picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The step that led here.
    pub title: String,
    /// The servers.
    pub columns: Vec<Column>,
    /// The columns before the step, to mark what it changed.
    pub before: Option<Vec<Column>>,
    /// Who waits, the first in front.
    pub queue: Vec<Slot>,
    /// What became of the rest.
    pub footer: String,
}

/// The step that led to the end of a path, with its number.
#[must_use]
pub fn title(length: usize, action: Option<&impl ToString>) -> String {
    match action {
        Some(action) => format!("{}. {}", length - 1, action.to_string()),
        None => "start".to_owned(),
    }
}

/// Draws it.
#[must_use]
pub fn draw(scene: &Scene) -> String {
    let slots = scene.columns.iter().map(|column| column.slots.len()).max().unwrap_or_default();
    let notes = scene.columns.iter().map(|column| column.notes.len()).max().unwrap_or_default();
    let waiting = scene.queue.len();
    let stack = SLOT * slots.max(waiting).max(1) as f64;
    let height = TOP + stack + 60.0 + 20.0 * notes as f64 + 50.0;
    let width = (LEFT + COLUMN * scene.columns.len() as f64 + 24.0).max(620.0);
    let mut document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", "white"))
        .add(text(24.0, 36.0, &scene.title, INK).set("font-size", 20).set("font-weight", "bold"));
    document = document.add(queue(&scene.queue, TOP + stack));
    for (index, column) in scene.columns.iter().enumerate() {
        let before = scene.before.as_ref().and_then(|before| before.get(index));
        let is_changed = before.is_some_and(|before| before != column);
        let x = LEFT + COLUMN * index as f64;
        document = document.add(drawn(column, (x, TOP + stack), is_changed, stack));
    }
    document.add(text(24.0, height - 20.0, &scene.footer, FAINT)).to_string()
}

fn queue(waiting: &[Slot], floor: f64) -> Group {
    let mut group =
        Group::new().add(text(24.0, TOP - 12.0, "queue", INK).set("font-weight", "bold"));
    for (place, slot) in waiting.iter().enumerate() {
        let y = floor - SLOT * (place + 1) as f64;
        group = group.add(cell(slot, (24.0, y), 130.0));
    }
    group
}

fn drawn(column: &Column, (x, floor): (f64, f64), is_changed: bool, stack: f64) -> Group {
    let mut group = Group::new();
    let height = stack + 66.0 + 20.0 * column.notes.len() as f64;
    if is_changed {
        let mark = block(x - 6.0, TOP - 32.0, COLUMN - 8.0, height);
        group = group.add(mark.set("fill", CHANGED).set("rx", 6));
    }
    let name = text(x, TOP - 12.0, &column.name, column.colour).set("font-weight", "bold");
    group = group.add(name);
    for (place, slot) in column.slots.iter().enumerate() {
        let y = floor - SLOT * (place + 1) as f64;
        group = group.add(cell(slot, (x, y), COLUMN - 24.0));
    }
    if let Some((value, good_from, top)) = column.gauge {
        group = group.add(gauge((x, floor + 8.0), value, good_from, top));
    }
    for (line, (note, colour)) in column.notes.iter().enumerate() {
        let y = floor + 42.0 + 20.0 * line as f64;
        group = group.add(text(x, y, note, colour).set("font-size", 13));
    }
    group
}

fn cell(slot: &Slot, (x, y): (f64, f64), width: f64) -> Group {
    let body = block(x, y + 3.0, width, SLOT - 6.0).set("rx", 4);
    let (class, stroke, fill) = match slot.colour {
        Some(colour) => ("taken", colour, colour),
        None => ("free", LINE, "white"),
    };
    let opacity = if slot.colour.is_some() { 0.15 } else { 1.0 };
    let body = body.set("class", class).set("stroke", stroke).set("fill", fill);
    Group::new()
        .add(body.set("fill-opacity", opacity))
        .add(text(x + 8.0, y + 20.0, &slot.text, INK).set("font-size", 13))
}

/// One mark for each step of the counter; those from which on it is well are green.
fn gauge((x, y): (f64, f64), value: u8, good_from: u8, top: u8) -> Group {
    let mut group = Group::new();
    let width = (COLUMN - 24.0) / f64::from(top.max(1));
    for step in 1..=top {
        let is_reached = step <= value;
        let colour = if value >= good_from { GOOD } else { GONE };
        let mark = block(x + width * f64::from(step - 1), y, width - 3.0, 10.0)
            .set("class", "gauge")
            .set("stroke", if step >= good_from { GOOD } else { GONE })
            .set("fill", if is_reached { colour } else { "white" });
        group = group.add(mark);
    }
    group
}

pub(in crate::load_manager) fn text(x: f64, y: f64, text: &str, colour: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("fill", colour).set("font-size", 14)
}

pub(in crate::load_manager) fn block(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new().set("x", x).set("y", y).set("width", width).set("height", height)
}
