//! `verify`: fit some cells of a run again, and see whether the same comes out.

use crate::build::BUILD;
use crate::cli::VerifyArgs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::Progress;
use crate::registry::REGISTRY;
use crate::request::{command_line, own_processes};
use crate::source;
use analysis::agreement;
use classifier::generator;
use rand::seq::SliceRandom;
use records::{COMMAND, FitRecord, Outcome, PlannedModel, Records, RunRecord};
use report::{TextColumn, TextTable, agreement_in_words};
use runner::{Comparison, Margin, Options, Setting, Watcher, processors};
use std::path::PathBuf;

/// Random stream of the cells; models use small numbers.
const CELL_STREAM: u64 = u64::MAX - 4;

/// Runs the command.
pub(crate) fn run(arguments: VerifyArgs) -> Result<(), Failure> {
    let (Records { run, fits, .. }, path) = arguments.record.read()?;
    let is_ours = |id: &str| run.planned(id).is_some_and(PlannedModel::is_registered);
    for PlannedModel { id, .. } in run.models.iter().filter(|one| one.model == COMMAND) {
        output::tell(format_args!(
            "note: {id} is a program, and is not fitted again"
        ));
    }
    let mut cells: Vec<&FitRecord> = fits
        .iter()
        .filter(|fit| matches!(fit.outcome, Outcome::Finished(_)) && is_ours(&fit.id))
        .collect();
    if cells.is_empty() {
        return Err(Failure::NothingToVerify { path });
    }
    let comparison = again(&run, arguments.data_dir, arguments.data)?;
    let (executor, command) = (own_processes()?, command_line());
    let setting = Setting {
        threads: run.environment.threads().unwrap_or_else(processors),
        cancellation: on_interrupt(),
        refit: true,
        build: Some(&BUILD),
        command: &command,
        ..Setting::new(&executor, REGISTRY)
    };
    cells.shuffle(&mut generator(arguments.seed, CELL_STREAM));
    cells.truncate(usize::from(arguments.cells.get()));
    let mut table = TextTable::new(vec![
        TextColumn::name("fit", 0),
        TextColumn::text("fitted again"),
    ]);
    let mut different: Vec<String> = Vec::new();
    let recorded = run.margin.and_then(Margin::new);
    let margin = arguments.margin.or(recorded).map(Margin::share);
    let mut compare = |record: &FitRecord, outcome: Outcome, watcher: &mut dyn Watcher| {
        let found = agreement(&run, record, &outcome, margin, cells.len());
        let said = agreement_in_words(&found);
        watcher.end(&said);
        if found.is_broken() && !different.contains(&record.id) {
            different.push(record.id.clone());
        }
        let what = runner::of_fit(&run, &record.id, record.cell);
        table.add_row([what, said]);
    };
    comparison.fit_again(&cells, &setting, &mut Progress::new(false), &mut compare)?;
    output::table(&table);
    output::line(format_args!(
        "{} of {} fits of {}",
        cells.len(),
        fits.len(),
        path.display()
    ));
    if different.is_empty() {
        Ok(())
    } else {
        Err(Failure::Different { models: different })
    }
}

/// The comparison of a run, from its record.
fn again(
    run: &RunRecord,
    data_dir: Option<PathBuf>,
    data: Option<PathBuf>,
) -> Result<Comparison, Failure> {
    let mut options = Options::of_run(run);
    options.data = data.or(options.data);
    options.data_dir = data_dir.or(options.data_dir);
    let data = source::load(&options, None, false)?;
    Ok(Comparison::again(run, options, data, REGISTRY)?)
}
