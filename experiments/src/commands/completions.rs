//! `completions`: a script that completes commands and options in a shell.

use crate::cli::Cli;
use crate::output;
use clap::CommandFactory;
use clap_complete::Shell;

/// Runs the command.
pub(crate) fn run(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "experiments", &mut script);
    output::text(&String::from_utf8_lossy(&script));
}
