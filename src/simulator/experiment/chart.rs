//! A chart as SVG: lines over a horizontal axis, with bars where a figure is spread.

use plotters::chart::{ChartBuilder, ChartContext, SeriesLabelPosition};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, ErrorBar, PathElement};
use plotters::prelude::SVGBackend;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::{BLACK, Color, RGBColor, ShapeStyle, WHITE};

/// The size of a chart in pixels.
const SIZE: (u32, u32) = (800, 500);

/// Colours that are told apart by people who see fewer of them, too.
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(120, 120, 120),
];

/// One line of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
    /// For each bar where it is, and from where to where it reaches.
    pub bars: Vec<(f64, f64, f64)>,
    /// Whether it was not measured but is expected.
    pub is_expected: bool,
}

/// Lines over a horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// What goes from left to right, with its unit.
    pub across: String,
    /// What goes upwards, with its unit.
    pub up: String,
    /// The lines.
    pub series: Vec<Series>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Context<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Chart {
    /// The chart as an SVG document.
    ///
    /// # Errors
    ///
    /// What the drawing library says, in words.
    pub fn svg(&self) -> Result<String, String> {
        let mut text = String::new();
        {
            let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
            self.draw(&area).map_err(|error| error.to_string())?;
            area.present().map_err(|error| error.to_string())?;
        }
        Ok(text)
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), Box<dyn std::error::Error>> {
        area.fill(&WHITE)?;
        let ((left, right), (bottom, top)) = self.bounds();
        let mut context = ChartBuilder::on(area)
            .caption(&self.title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(60)
            .build_cartesian_2d(left..right, bottom..top)?;
        context
            .configure_mesh()
            .light_line_style(WHITE)
            .x_desc(&self.across)
            .y_desc(&self.up)
            .label_style(("sans-serif", 14))
            .draw()?;
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            draw_series(&mut context, series, *colour)?;
        }
        context
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 14))
            .draw()?;
        Ok(())
    }

    /// From where to where the axes reach: the points and a little more.
    fn bounds(&self) -> ((f64, f64), (f64, f64)) {
        let points = self.series.iter().flat_map(|series| {
            let bars = series.bars.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]);
            series.points.iter().copied().chain(bars)
        });
        let (mut across, mut up) = ((f64::MAX, f64::MIN), (0.0f64, f64::MIN));
        for (x, y) in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            across = (across.0.min(x), across.1.max(x));
            up = (up.0.min(y), up.1.max(y));
        }
        let margin = ((across.1 - across.0) * 0.02).max(f64::MIN_POSITIVE);
        if across.0 > across.1 {
            return ((0.0, 1.0), (0.0, 1.0));
        }
        let is_flat = up.1 <= up.0;
        let top = if is_flat { up.0 + 1.0 } else { up.1 + (up.1 - up.0) * 0.1 };
        let width = if margin < 1e-9 { 0.5 } else { margin };
        ((across.0 - width, across.1 + width), (up.0, top))
    }
}

fn draw_series(
    context: &mut Context<'_, '_>,
    series: &Series,
    colour: RGBColor,
) -> Result<(), Box<dyn std::error::Error>> {
    let points = series.points.iter().copied();
    let style: ShapeStyle = colour.stroke_width(2);
    let label = if series.is_expected {
        context.draw_series(DashedLineSeries::new(points, 6, 4, style))?
    } else {
        context.draw_series(LineSeries::new(points, style))?
    };
    label
        .label(&series.name)
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], style));
    if !series.is_expected && series.points.len() <= 40 {
        let marks = series.points.iter().map(|&point| Circle::new(point, 3, colour.filled()));
        context.draw_series(marks)?;
    }
    // The mark on a bar is its point on the line, and not the middle of the bar.
    let bars = series.bars.iter().filter_map(|&(x, low, high)| {
        let (_, point) = series.points.iter().find(|(at, _)| at.total_cmp(&x).is_eq())?;
        Some(ErrorBar::new_vertical(x, low, *point, high, colour.filled(), 8))
    });
    context.draw_series(bars)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_chart_names_its_axes_and_series() {
        let measured = Series {
            name: "measured <1>".into(),
            points: vec![(3.0, 1.5), (4.0, 2.0)],
            bars: vec![(3.0, 1.0, 2.0)],
            is_expected: false,
        };
        let expected = Series { name: "half".into(), is_expected: true, ..measured.clone() };
        let chart = Chart {
            title: "Paths".into(),
            across: "nodes".into(),
            up: "hops".into(),
            series: vec![measured, expected],
        };
        let svg = chart.svg().unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
        for text in ["Paths", "nodes", "hops", "measured &lt;1&gt;", "half"] {
            assert!(svg.contains(text), "{text} is not in the chart");
        }
    }

    #[test]
    fn the_mark_on_a_bar_is_its_point_and_not_the_middle_of_the_bar() {
        let skewed = Series {
            points: vec![(3.0, 1.2), (4.0, 2.0)],
            bars: vec![(3.0, 1.0, 2.0)],
            ..Series::default()
        };
        let svg = Chart { series: vec![skewed], ..Chart::default() }.svg().unwrap();
        let place = |circle: &str| circle.split(" r=").next().map(str::to_owned);
        let marks: Vec<_> = svg.split("<circle ").skip(1).filter_map(place).collect();
        let distinct: std::collections::BTreeSet<_> = marks.iter().collect();
        assert_eq!((marks.len(), distinct.len()), (3, 2), "{marks:?}");
    }

    #[test]
    fn a_chart_without_points_is_empty_and_no_error() {
        assert!(Chart::default().svg().unwrap().contains("</svg>"));
        let flat = Series { points: vec![(1.0, 0.0)], ..Series::default() };
        assert!(Chart { series: vec![flat], ..Chart::default() }.svg().is_ok());
    }
}
