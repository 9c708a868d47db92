//! Parses, runs, and ends with the exit code.

use std::process::ExitCode;

use straightedge::cli::{self, Console};

fn main() -> ExitCode {
    let systems = Box::leak(straightedge::system::systems().into_boxed_slice());
    let mut console = Console::of_the_process();
    ExitCode::from(cli::main(systems, std::env::args_os(), &mut console))
}
