//! `benchmarks`: ours and the Python peers on the same work, side by side, in one run.

use crate::build::BUILD;
use crate::cli::BenchmarksArgs;
use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use crate::request::command_line;
use benchmarks::Request;
use runner::{describe, processors};

/// Runs the command.
pub(crate) fn run(arguments: &BenchmarksArgs) -> Result<(), Failure> {
    if let Some(path) = &arguments.read {
        output::line(benchmarks::read_table(path)?);
        return Ok(());
    }
    let data = catalog::mnist()?;
    let path = benchmarks::measure(&Request {
        registry: REGISTRY,
        environment: &describe(command_line(), &data.origin, processors(), &BUILD, REGISTRY),
        data: &data,
        results: &arguments.results,
        rounds: arguments.rounds.get(),
        peers: !arguments.without_peers,
        quick: arguments.quick,
        tell: &|line| output::tell(line),
    })?;
    output::line(format_args!("benchmarks: {}", path.display()));
    Ok(())
}
