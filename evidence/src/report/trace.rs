//! What became of traces, as an account.

use serde_json::Value;

use super::{Account, Door, Held, Summary};
use crate::trace::{Report, TraceReport};

impl From<&Report> for Account {
    fn from(report: &Report) -> Self {
        let held = |trace: &TraceReport| Held {
            summary: summary(&report.system, trace),
            outcome: trace.outcome.clone(),
        };
        Self {
            held: report.traces.iter().map(held).collect(),
            failures: report.failures.iter().map(ToString::to_string).collect(),
        }
    }
}

fn summary(system: &str, trace: &TraceReport) -> Summary {
    let claims = trace.coverage.claims.iter();
    Summary {
        instance: match &trace.instance {
            Value::Null => None,
            Value::String(name) => Some(name.clone()),
            parameters => Some(parameters.to_string()),
        },
        events: trace.events,
        actions: trace.coverage.actions.clone(),
        triggers: claims.map(|(name, counts)| (name.clone(), counts.occurred)).collect(),
        deviations: trace.deviations.clone(),
        ..Summary::new(Door::Trace, system, trace.files.clone())
    }
}
