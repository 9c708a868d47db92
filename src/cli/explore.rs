//! `explore`: stateright's web explorer, opened at a counterexample if there is one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use straightedge_models::engine::{Checkable, Limits, Outcome, Report, Run, System, Tier};

use super::Console;
use crate::error::Error;
use crate::report::is_violated;
use crate::system::{self, Place, Variation, address};

/// What `explore` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is explored; a system alone is its first instance, @NAME is a mutant or a claim
    #[arg(value_name = "SYSTEM[/INSTANCE][@NAME]")]
    target: String,
    /// The port of 127.0.0.1 to listen on
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
}

/// How far a counterexample is looked for before the explorer opens.
fn quick() -> Limits {
    Limits {
        time: Some(Duration::from_secs(10)),
        states: Some(1_000_000),
        memory_bytes: 2 << 30,
        ..Limits::default()
    }
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let place = system::find(systems, &arguments.target)?;
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    is_free(socket)?;
    let mutant = match place.variation {
        Some(Variation::Mutant(mutant)) => Some(mutant.name),
        _ => None,
    };
    for instance in candidates(&place) {
        let label = address(instance, mutant);
        console.print(&format!("{label}: looking for a counterexample\n"))?;
        console.print(&greeting(&find(instance, mutant)?, &place, socket))?;
        if instance.explore(mutant, socket)?.is_some() {
            return Ok(Outcome::AsDeclared);
        }
        console.print(&format!("{label} has no state space to explore\n"))?;
    }
    Err(Error::Usage(format!("`{}` has no instance to explore", arguments.target)))
}

fn is_free(socket: SocketAddr) -> Result<(), Error> {
    match TcpListener::bind(socket) {
        Ok(_) => Ok(()),
        Err(source) => {
            let source: io::Error = source;
            Err(Error::Port { port: socket.port(), source })
        }
    }
}

/// The instance that is named, or all of them, those that are quick to check first.
fn candidates<'a>(place: &Place<'a>) -> Vec<&'a dyn Checkable> {
    if let Some(instance) = place.instance {
        return vec![instance];
    }
    let (quick, large): (Vec<_>, Vec<_>) =
        place.system.instances.iter().map(AsRef::as_ref).partition(|i| i.tier() == Tier::Ci);
    quick.into_iter().chain(large).collect()
}

fn find(instance: &dyn Checkable, mutant: Option<&str>) -> Result<Report, Error> {
    let stop = AtomicBool::new(false);
    Ok(instance.check(mutant, &Run::new(quick(), &stop, &|_| {}))?)
}

/// Where the explorer is, and where the counterexample is.
fn greeting(report: &Report, place: &Place<'_>, socket: SocketAddr) -> String {
    let mut text = format!("http://{socket}/  (Ctrl-C ends)\n");
    let preferred = match place.variation {
        Some(Variation::Mutant(mutant)) => Some(mutant.killed_by),
        Some(Variation::Claim(claim)) => Some(claim),
        None => None,
    };
    let broken = report.claims.iter().filter(|claim| is_violated(claim));
    let (first, others): (Vec<_>, Vec<_>) =
        broken.partition(|claim| Some(claim.claim) == preferred);
    let addressed = first.into_iter().chain(others).find_map(|claim| {
        let path = claim.evidence.as_ref()?.explorer_path.as_deref()?;
        Some((claim.claim, path))
    });
    match (addressed, &report.bound) {
        (Some((claim, path)), _) => {
            text += &format!("`{claim}` is violated: http://{socket}/#/steps/{path}\n");
        }
        (None, None) => text += "no claim is violated by a path that the explorer can show\n",
        (None, Some(bound)) => text += &format!("no counterexample within the {bound}\n"),
    }
    text
}
