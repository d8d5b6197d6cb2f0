//! Plumbline: compares classifiers honestly, every model under one protocol.

mod announce;
mod build;
mod cli;
mod commands;
mod failure;
mod interrupt;
mod keeping;
mod output;
mod progress;
mod registry;
mod request;
mod source;

use clap::Parser;
use cli::{Cli, Command};
use failure::Failure;
use records::one_line;
use registry::REGISTRY;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Where it panics, the hook has said so.
    runner::on_enough_stack(whole).unwrap_or(ExitCode::FAILURE)
}

fn whole() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // One line, not a backtrace: what a model does wrong is in its row of the table.
        output::tell(format_args!(
            "internal error: {}",
            one_line(&panic.to_string())
        ));
    }));
    interrupt::survive_a_full_file();
    let cli = Cli::try_parse().unwrap_or_else(|answer| output::answer(&answer));
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            interrupt::tell_end(&failure);
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Compare(arguments) => commands::compare::run(&arguments),
        Command::Worker(arguments) => commands::jobs::worker(&arguments),
        Command::Status { dir } => commands::jobs::status(&dir),
        Command::Submit { engine } => commands::jobs::submit(&engine),
        Command::Merge(arguments) => commands::jobs::merge(&arguments),
        Command::Judge(arguments) => commands::judge::run(&arguments),
        Command::Train(arguments) => commands::train::run(&arguments),
        Command::Predict(arguments) => commands::predict::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Calibrate(arguments) => commands::calibrate::run(&arguments),
        Command::Evaluate(arguments) => commands::evaluate::run(&arguments),
        Command::Report(arguments) => commands::report::run(&arguments),
        Command::History(arguments) => commands::history::history(&arguments),
        Command::Diff(arguments) => commands::history::difference(&arguments),
        Command::Verify(arguments) => commands::verify::run(arguments),
        Command::Export(arguments) => commands::export::run(&arguments),
        Command::Schema => {
            output::line(format_args!("{:#}", runner::plan_schema(REGISTRY)));
            Ok(())
        }
        Command::Tune(arguments) => commands::tune::run(&arguments),
        Command::Models { ids } => commands::models::run(&ids),
        Command::NewModel { name } => commands::models::new(&name),
        Command::Datasets { command } => commands::datasets::run(command.as_ref()),
        Command::Lab(arguments) => commands::lab::run(&arguments),
        Command::Show(arguments) => commands::show::run(&arguments),
        Command::Benchmarks(arguments) => commands::benchmarks::run(&arguments),
        Command::Completions { shell } => {
            commands::completions::run(shell);
            Ok(())
        }
        Command::Cell => Ok(runner::serve(REGISTRY)?),
    }
}
