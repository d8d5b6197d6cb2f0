//! Plumbline: compares classifiers honestly, every model under one protocol.

mod allowance;
mod cli;
mod commands;
mod controls;
mod data;
mod environment;
mod experiment;
mod failure;
mod interrupt;
mod limits;
mod measure;
mod memory;
mod plan;
mod progress;
mod protocol;
mod registry;
mod request;
mod resource;
mod searcher;
mod stopwatch;
mod store;
mod table;
mod trial;
mod tuning;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command};
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string().replace('\n', " ");
        if let Some((_, reason)) = message.split_once("failed printing to stdout: ") {
            // Whoever reads has seen enough, as in `show | head`.
            if reason.contains("Broken pipe") {
                std::process::exit(0);
            }
            eprintln!("error: standard output: {reason}");
            std::process::exit(1);
        }
        // One line, not a backtrace: what a model does wrong is in its row of the table.
        eprintln!("internal error: {message}");
    }));
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Compare(arguments) => commands::compare::run(&arguments),
        Command::Report(arguments) => commands::report::run(&arguments),
        Command::History(arguments) => commands::history::history(&arguments),
        Command::Diff(arguments) => commands::history::difference(&arguments),
        Command::Verify(arguments) => commands::verify::run(arguments),
        Command::Export(arguments) => commands::export::run(&arguments),
        Command::Schema => {
            commands::schema::run();
            Ok(())
        }
        Command::Tune(arguments) => commands::tune::run(&arguments),
        Command::Models { ids } => commands::models::run(&ids),
        Command::Datasets => {
            commands::datasets::run();
            Ok(())
        }
        Command::Show(arguments) => commands::show::run(&arguments),
        Command::Benchmarks(arguments) => commands::benchmarks::run(&arguments),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "experiments",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    }
}
