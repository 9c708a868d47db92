//! The DQ plane: yield from left to right, harvest upwards, and the way that a path takes through
//! it. On a curve harvest times yield is the same.

use svg::Document;
use svg::node::element::path::Data;
use svg::node::element::{Circle, Group, Path, Rectangle};

use super::serve::Report;
use super::{Capacity, Event, Layout, Standing};
use crate::load_manager::picture::columns::{FAINT, GONE, INK, LINE, NEW, OLD, block, text, title};

const SIZE: f64 = 420.0;
const LEFT: f64 = 80.0;
const TOP: f64 = 76.0;

/// Where a point of the plane is drawn.
fn at(harvest: f64, of_yield: f64) -> (f64, f64) {
    (LEFT + SIZE * of_yield, TOP + SIZE * (1.0 - harvest))
}

/// Draws every unit of time of a path, in order.
#[must_use]
pub fn picture(capacity: &Capacity, path: &[(Option<Event>, Standing)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let (width, height) = (LEFT + SIZE + 230.0, TOP + SIZE + 70.0);
    let reports: Vec<Report> = path.iter().filter_map(unit).collect();
    Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", "white"))
        .add(
            text(24.0, 36.0, &title(path.len(), action.as_ref()), INK)
                .set("font-size", 20)
                .set("font-weight", "bold"),
        )
        .add(plane(capacity))
        .add(way(&reports))
        .add(servers(capacity, state))
        .to_string()
}

/// The report of a unit, in the step that served it.
fn unit((action, state): &(Option<Event>, Standing)) -> Option<Report> {
    state.report.filter(|_| *action == Some(Event::Serve))
}

/// The axes, and the curves of equal DQ: one for each number of servers that are up, at the usual
/// load.
fn plane(capacity: &Capacity) -> Group {
    let mut group = Group::new()
        .add(block(LEFT, TOP, SIZE, SIZE).set("fill", "none").set("stroke", LINE))
        .add(text(LEFT + SIZE / 2.0 - 20.0, TOP + SIZE + 40.0, "yield", INK))
        .add(text(20.0, TOP - 14.0, "harvest", INK));
    for mark in 0..=4 {
        let share = f64::from(mark) / 4.0;
        let ((x, _), (_, y)) = (at(0.0, share), at(share, 0.0));
        let name = format!("{share}");
        group = group
            .add(text(x - 8.0, TOP + SIZE + 18.0, &name, FAINT).set("font-size", 12))
            .add(text(LEFT - 36.0, y + 4.0, &name, FAINT).set("font-size", 12));
    }
    for live in 1..=capacity.servers {
        let room = u64::from(live) * capacity.shards_a_server();
        let product = room as f64 / (capacity.load * capacity.shards()) as f64;
        if product > 1.0 {
            continue;
        }
        group = group.add(curve(product)).add(
            text(LEFT + SIZE + 8.0, at(product, 1.0).1 + 4.0, &format!("{live} up"), FAINT)
                .set("font-size", 12),
        );
    }
    group
}

/// The points whose harvest times yield is this.
fn curve(product: f64) -> Path {
    let points = 40;
    let mut data = Data::new().move_to(at(1.0, product));
    for point in 1..=points {
        let of_yield = product + (1.0 - product) * f64::from(point) / f64::from(points);
        data = data.line_to(at(product / of_yield, of_yield));
    }
    Path::new()
        .set("class", "curve")
        .set("d", data)
        .set("fill", "none")
        .set("stroke", LINE)
        .set("stroke-dasharray", "4 4")
}

fn way(reports: &[Report]) -> Group {
    let place =
        |report: &Report| at(report.harvest().approximately(), report.r#yield().approximately());
    let mut group = Group::new();
    for pair in reports.windows(2) {
        let data = Data::new().move_to(place(&pair[0])).line_to(place(&pair[1]));
        group = group.add(Path::new().set("class", "way").set("d", data).set("stroke", OLD));
    }
    for (number, report) in reports.iter().enumerate() {
        let (x, y) = place(report);
        let is_last = number + 1 == reports.len();
        let colour = if is_last { NEW } else { OLD };
        let point = Circle::new().set("cx", x).set("cy", y).set("r", if is_last { 7 } else { 5 });
        group = group.add(point.set("class", "unit").set("fill", colour));
        if is_last {
            let told = format!("harvest {}, yield {}", report.harvest(), report.r#yield());
            let (x, y) =
                (x.min(LEFT + SIZE - 150.0), y + if y > TOP + 30.0 { -12.0 } else { 24.0 });
            group = group.add(text(x, y, &told, colour).set("font-size", 13));
        }
    }
    group
}

fn servers(capacity: &Capacity, state: &Standing) -> Group {
    let x = LEFT + SIZE + 70.0;
    let layout = match capacity.layout {
        Layout::Replicated => "replicated",
        Layout::Partitioned => "partitioned",
    };
    let load = if state.is_peak { capacity.peak } else { capacity.load };
    let mut group = Group::new()
        .add(text(x, TOP + 10.0, layout, INK).set("font-weight", "bold"))
        .add(text(x, TOP + 32.0, &format!("{load} queries a unit"), INK).set("font-size", 13));
    for server in 0..capacity.servers {
        let y = TOP + 48.0 + 28.0 * f64::from(server);
        let is_down = state.down >> server & 1 != 0;
        let (colour, word) = if is_down { (GONE, "down") } else { (OLD, "up") };
        let body = block(x, y, 100.0, 22.0).set("rx", 4).set("stroke", colour);
        group = group
            .add(body.set("class", "server").set("fill", colour).set("fill-opacity", 0.15))
            .add(text(x + 8.0, y + 16.0, &format!("s{server} {word}"), INK).set("font-size", 13));
    }
    group
}

#[cfg(test)]
mod tests {
    use stateright::Model;

    use super::*;

    #[test]
    fn each_unit_is_a_point_and_the_way_joins_them() {
        let capacity = Capacity::full(4, Layout::Replicated);
        let steps = [Event::Serve, Event::Fail(0), Event::Serve, Event::Fail(2), Event::Serve];
        let mut path = vec![(None, Standing::default())];
        for action in steps {
            let next = path.last().and_then(|(_, state)| capacity.next_state(state, action));
            path.extend(next.map(|state| (Some(action), state)));
        }
        assert_eq!(path.len(), 6, "every step is enabled");
        let svg = picture(&capacity, &path);
        assert_eq!(svg.matches("class=\"unit\"").count(), 3);
        assert_eq!(svg.matches("class=\"way\"").count(), 2);
        assert_eq!(svg.matches("class=\"curve\"").count(), 4);
        assert!(svg.contains("harvest 1, yield 1/2") && svg.contains("s2 down"));
        assert!(!svg.contains("NaN"));
    }
}
