//! Small reports, for tests and for whoever wants to see what a report holds.

use crate::report::Report;
use records::examples::{CELL, records, run, with_errors};
use records::{Cell, FitRecord, Role, RunRecord};

/// The report of a run with up to three seeds, of models that get so many of 1 000 images wrong with
/// each.
pub fn with_seeds(models: &[(&str, &[usize])]) -> Report {
    let names: Vec<&str> = models.iter().map(|(id, _)| *id).collect();
    let mut run = run(&names, &[0, 1].repeat(500));
    run.protocol.seeds = 3;
    for (planned, (_, errors)) in run.models.iter_mut().zip(models) {
        planned.fits = errors.len();
    }
    let cell = |seed: u16| Cell {
        role: match seed {
            0 => Role::Main,
            n => Role::OtherSeed(n),
        },
        seed: CELL.seed + u64::from(seed),
        ..CELL
    };
    let fits = models.iter().flat_map(|(id, errors)| {
        let errors = (0..).zip(*errors);
        errors.map(|(seed, &wrong)| with_errors(&run, id, cell(seed), wrong))
    });
    report(fits.collect(), run.clone())
}

/// The report of these fits.
pub fn report(fits: Vec<FitRecord>, run: RunRecord) -> Report {
    Report::new(records(run, fits))
}
