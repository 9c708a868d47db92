//! What an experiment came to: a table, as text and as CSV, and a chart.

use comfy_table::CellAlignment;

use super::chart::Chart;
use super::statistics::Estimate;
use crate::report::figure::{count, wrap};
use crate::report::text::{light_table, lines};

/// One figure of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// There is none.
    Nothing,
    /// A word.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with so many digits after the point.
    Figure(f64, usize),
    /// A fraction, told in per cent with so many digits after the point.
    Percent(f64, usize),
}

impl Cell {
    /// As people read it.
    fn text(&self) -> String {
        match self {
            Self::Nothing => "–".into(),
            Self::Text(text) => text.clone(),
            Self::Count(number) => count(*number),
            Self::Figure(number, digits) => format!("{number:.digits$}"),
            Self::Percent(fraction, digits) => format!("{:.digits$} %", fraction * 100.0),
        }
    }

    /// As programs read it: the number itself.
    fn csv(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Figure(number, _) | Self::Percent(number, _) => number.to_string(),
        }
    }
}

/// How far an estimate may be off, with so many digits after the point.
#[must_use]
pub fn margin(estimate: &Estimate, digits: usize) -> Cell {
    estimate.margin.map_or(Cell::Nothing, |margin| Cell::Figure(margin, digits))
}

/// What an experiment came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// What was measured.
    pub title: String,
    /// The columns: the heading of each, whose words are broken at spaces.
    pub columns: Vec<&'static str>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// How the figures came about, and what they are held against; one paragraph each.
    pub notes: Vec<String>,
    /// The picture.
    pub chart: Chart,
}

impl Study {
    /// The table and its notes, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut table = light_table();
        table.set_header(self.columns.iter().map(|column| column.replace(' ', "\n")));
        for row in &self.rows {
            table.add_row(row.iter().map(Cell::text));
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            let is_words = |row: &Vec<Cell>| matches!(row.get(place), Some(Cell::Text(_)));
            if !self.rows.iter().any(is_words) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let notes: String = self.notes.iter().map(|note| wrap(note, 0)).collect();
        format!("{}\n{}{notes}", self.title, lines(table))
    }

    /// The table for programs: a line of headings, then a line for each row.
    ///
    /// # Errors
    ///
    /// What the writer says, in words.
    pub fn csv(&self) -> Result<String, String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let headings = self.columns.iter().map(|column| column.replace(' ', "_"));
        writer.write_record(headings).map_err(|error| error.to_string())?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::csv)).map_err(|error| error.to_string())?;
        }
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn study() -> Study {
        Study {
            title: "A table".into(),
            columns: vec!["kind", "how many", "share"],
            rows: vec![
                vec![Cell::Text("a, b".into()), Cell::Count(1234), Cell::Percent(0.25, 1)],
                vec![Cell::Text("c".into()), Cell::Nothing, Cell::Figure(1.5, 2)],
            ],
            notes: vec!["A note.".into()],
            chart: Chart::default(),
        }
    }

    #[test]
    fn people_read_figures_with_their_units() {
        let text = study().text();
        assert!(text.starts_with("A table\n"), "{text}");
        assert!(text.contains("1,234 25.0 %") && text.ends_with("A note.\n"), "{text}");
    }

    #[test]
    fn programs_read_the_numbers_themselves() {
        let csv = study().csv().unwrap();
        assert_eq!(csv, "kind,how_many,share\n\"a, b\",1234,0.25\nc,,1.5\n");
    }
}
