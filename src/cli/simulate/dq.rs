//! `simulate dq-failures` and `simulate dq-upgrades`: what failures and upgrades cost, as the
//! models of capacity and upgrade have it when they are run.

use std::path::PathBuf;

use clap::Args;
use stateright::Model;
use straightedge_models::engine::Outcome;
use straightedge_models::load_manager::capacity::ratio::Ratio;
use straightedge_models::load_manager::capacity::{Capacity, Event, Layout, Standing, serve};
use straightedge_models::load_manager::upgrade::{Progress, Strategy, Upgrade};

use super::{Common, Console, measure};
use crate::error::Error;
use crate::simulator::experiment::{Cell, Chart, Series, Study};

/// The fewest servers of a table.
const FEWEST: u8 = 2;

/// What a table is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Up to how many servers
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(2..=8))]
    servers: u8,
    /// Write the table for programs, too
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a chart, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// What a table of upgrades is asked for.
#[derive(Debug, Args)]
pub(super) struct UpgradeArguments {
    /// How many units of time one server's upgrade takes
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=20))]
    units: u8,
    #[command(flatten)]
    table: Arguments,
}

fn common(arguments: &Arguments) -> Common {
    let (csv, svg) = (arguments.csv.clone(), arguments.svg.clone());
    Common { seed: 0, csv, svg, quiet: true }
}

pub(super) fn failures(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    let common = common(arguments);
    measure("dq-failures", "units", &common, console, &|_| Ok(of_failures(arguments.servers)))
}

pub(super) fn upgrades(
    arguments: &UpgradeArguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let (servers, units) = (arguments.table.servers, arguments.units);
    let common = common(&arguments.table);
    measure("dq-upgrades", "units", &common, console, &|_| Ok(of_upgrades(servers, units)))
}

/// Lets so many servers of the model fail, and serves a unit of time.
fn served(servers: &Capacity, failed: u8) -> Option<serve::Report> {
    let events = (0..failed).map(Event::Fail).chain([Event::Serve]);
    let state = events
        .into_iter()
        .try_fold(Standing::default(), |state, event| servers.next_state(&state, event))?;
    state.report
}

fn fraction(ratio: Ratio) -> Cell {
    Cell::Text(ratio.to_string())
}

/// Replicas against partitions, with failures, under a load that takes all there is.
///
/// Source: LOAD_MANAGER-22.
fn of_failures(most: u8) -> Study {
    let mut rows = Vec::new();
    let mut series = Vec::new();
    for servers in FEWEST..=most {
        let mut points = Vec::new();
        for failed in 1..servers {
            let replicated = Capacity::full(servers, Layout::Replicated);
            let partitioned = Capacity::full(servers, Layout::Partitioned);
            let reports = served(&replicated, failed).zip(served(&partitioned, failed));
            let Some((replicas, partitions)) = reports else { continue };
            let overload = Ratio::share(replicas.busiest, replicated.answers);
            let asked = replicas.offered * replicated.shards();
            points.push((f64::from(failed), overload.approximately()));
            rows.push(vec![
                Cell::Count(u64::from(servers)),
                Cell::Count(u64::from(failed)),
                fraction(replicas.harvest()),
                fraction(replicas.r#yield()),
                fraction(partitions.harvest()),
                fraction(partitions.r#yield()),
                fraction(Ratio::share(asked - replicas.read, asked)),
                fraction(Ratio::share(asked - partitions.read, asked)),
                fraction(overload),
            ]);
        }
        let name = format!("{servers} servers");
        series.push(Series { name, points, ..Series::default() });
    }
    Study {
        title: "Servers that fail under full load: replicas keep the harvest, partitions the yield"
            .into(),
        columns: vec![
            "servers",
            "failed",
            "replicated harvest",
            "replicated yield",
            "partitioned harvest",
            "partitioned yield",
            "replicated lost DQ",
            "partitioned lost DQ",
            "overload of survivors",
        ],
        rows,
        notes: vec![
            "Counted query by query in the model of capacity, and not from formulas. Lost DQ is \
             the share of the shards asked for that were not read; overload is what a survivor is \
             asked, by what it can do."
                .into(),
        ],
        chart: Chart {
            title: "Load on the survivors".into(),
            across: "servers that failed".into(),
            up: "times what one server can do".into(),
            series,
        },
    }
}

const STRATEGIES: [(&str, Strategy); 3] =
    [("fast", Strategy::Fast), ("rolling", Strategy::Rolling), ("big flip", Strategy::BigFlip)];

/// What each way of upgrading costs.
///
/// Source: LOAD_MANAGER-24, LOAD_MANAGER-25.
fn of_upgrades(most: u8, units: u8) -> Study {
    let mut rows = Vec::new();
    let mut series = Vec::new();
    for (name, strategy) in STRATEGIES {
        let mut points = Vec::new();
        for servers in FEWEST..=most {
            let upgrade = Upgrade { units, ..Upgrade::new(servers, strategy) };
            let Some(over) = upgrade.carried_out() else { continue };
            let share = f64::from(over.least) / f64::from(servers);
            points.push((f64::from(servers), share));
            rows.push(row(servers, name, &over));
        }
        series.push(Series { name: name.into(), points, ..Series::default() });
    }
    rows.sort_by_key(|(servers, _)| *servers);
    Study {
        title: format!("Upgrades of {units} a server: the same loss, paid in different ways"),
        columns: vec![
            "servers",
            "strategy",
            "lost DQ",
            "least capacity",
            "mixed versions",
            "time in all",
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        notes: vec![
            "Each upgrade is carried out in the model, unit by unit. Lost DQ is in units of one \
             server's work; least capacity in servers; mixed versions is the time for which both \
             took new requests."
                .into(),
        ],
        chart: Chart {
            title: "Least capacity during an upgrade".into(),
            across: "servers".into(),
            up: "share of the servers".into(),
            series,
        },
    }
}

fn row(servers: u8, name: &str, over: &Progress) -> (u8, Vec<Cell>) {
    let row = vec![
        Cell::Count(u64::from(servers)),
        Cell::Text(name.into()),
        Cell::Count(u64::from(over.lost)),
        Cell::Count(u64::from(over.least)),
        Cell::Count(u64::from(over.mixed)),
        Cell::Count(u64::from(over.elapsed)),
    ];
    (servers, row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_for_each_number_of_failures_and_for_each_strategy() {
        let failures = of_failures(8);
        assert_eq!(failures.rows.len(), (1..8).sum::<usize>());
        let upgrades = of_upgrades(8, 2);
        assert_eq!(upgrades.rows.len(), 3 * 7);
        assert!(upgrades.rows.iter().all(|row| row.len() == upgrades.columns.len()));
        assert!(failures.rows.iter().all(|row| row.len() == failures.columns.len()));
    }

    #[test]
    fn the_figures_are_those_of_brewers_example() {
        let failures = of_failures(2);
        let text = |cell: &str| Cell::Text(cell.into());
        let expected = ["1", "1/2", "1/2", "1", "1/2", "1/2", "2"].map(text);
        assert_eq!(failures.rows[0][2..], expected);
        let upgrades = of_upgrades(2, 1);
        let flip = &upgrades.rows[2];
        assert_eq!(flip[1..4], [text("big flip"), Cell::Count(2), Cell::Count(1)]);
    }
}
