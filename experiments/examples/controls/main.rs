//! How often the control of shuffled labels fails honest models, and how often it catches leaks: every registered model on
//! samples in clusters, on subsets of MNIST and on tables, as a page.
//!
//! `cargo run -p experiments --example controls -- TABLES FILE.md`, where TABLES is a folder of CSV files.

#[path = "../../../crates/runner/tests/planted/leaks.rs"]
mod leaks;
mod page;
#[allow(dead_code, reason = "the example has no other use of it")]
#[path = "../../src/registry.rs"]
mod registry;
mod trials;
mod worlds;

use std::error::Error;
use trials::{honest_trials, leaking_trials, run};
use worlds::worlds;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(tables), Some(path)) = (words.next(), words.next()) else {
        return Err("which tables, and which page? controls -- TABLES FILE.md".into());
    };
    let worlds = worlds(tables.as_ref())?;
    let honest = run(&worlds, &honest_trials(&worlds)?);
    let leaking = run(&worlds, &leaking_trials(&worlds));
    let page = page::markdown(&worlds, &honest, &leaking);
    records::write_own_file(path.as_ref(), page.as_bytes())?;
    eprintln!("controls: {path}");
    Ok(())
}
