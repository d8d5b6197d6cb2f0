//! `verify`: fit some cells of a run again, and see whether the same comes out.

use crate::cli::{DataArgs, VerifyArgs};
use crate::data;
use crate::experiment::Experiment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::limits::Limits;
use crate::measure::Conditions;
use crate::plan::ReadyModel;
use crate::progress::Progress;
use crate::protocol::{CrossValidation, Judging};
use crate::registry;
use crate::table;
use classifier::{Cancellation, generator};
use rand::seq::SliceRandom;
use report::{Agreement, FitRecord, JudgedOn, Outcome, Records, RunRecord, agreement};

/// Random stream of the cells; models use small numbers.
const CELL_STREAM: u64 = u64::MAX - 4;

/// Runs the command.
pub(crate) fn run(arguments: VerifyArgs) -> Result<(), Failure> {
    let (Records { run, fits, .. }, path) = arguments.record.read()?;
    let experiment = again(&run, arguments.data_dir)?;
    let conditions = Conditions {
        threads: run.environment.threads,
        limits: Limits::default(),
        cancellation: Cancellation::default(),
    };
    on_interrupt(&conditions.cancellation);

    let mut cells: Vec<&FitRecord> = fits
        .iter()
        .filter(|fit| matches!(fit.outcome, Outcome::Finished(_)))
        .collect();
    cells.shuffle(&mut generator(arguments.seed, CELL_STREAM));
    cells.truncate(usize::from(arguments.cells.get()));
    if cells.is_empty() {
        return Err(Failure::NothingToVerify { path });
    }
    let mut table = table::plain(&["fit", "fitted again"]);
    let mut different = Vec::new();
    for (index, record) in cells.iter().enumerate() {
        let what = format!("{}{}", record.id, experiment.of_cell(record.cell));
        let mut progress = Progress::begin(&what, index, cells.len(), false);
        let again = experiment.fit_again(record, &conditions, &mut progress)?;
        conditions
            .cancellation
            .check()
            .map_err(|_| Failure::Interrupted)?;
        let found = agreement(&run, record, &again.outcome);
        progress.end(&found.to_string());
        if matches!(found, Agreement::Different { .. }) && !different.contains(&record.id) {
            different.push(record.id.clone());
        }
        table.add_row([what, found.to_string()]);
    }
    println!("{table}");
    println!(
        "{} of {} fits of {}",
        cells.len(),
        fits.len(),
        path.display()
    );
    if different.is_empty() {
        Ok(())
    } else {
        Err(Failure::Different { models: different })
    }
}

/// The experiment of a run, from its record.
fn again(run: &RunRecord, data_dir: Option<std::path::PathBuf>) -> Result<Experiment, Failure> {
    let data = DataArgs {
        dataset: Some(run.dataset.name.clone()),
        data_dir,
        mirror: None,
    };
    let splits = data::load(&data, false)?;
    if splits.sha256 != run.dataset.sha256 {
        return Err(Failure::OtherData {
            name: run.dataset.name.clone(),
        });
    }
    let judging = Judging {
        seed: run.seed,
        seeds: run.protocol.seeds,
        validation: (run.protocol.judged_on == JudgedOn::Validation)
            .then_some(run.dataset.test_available),
        cross_validation: (run.protocol.folds > 0).then_some(CrossValidation {
            repeats: run.protocol.repeats,
            folds: run.protocol.folds,
        }),
        calibration: run.protocol.calibration,
        sizes: Vec::new(),
        quick: run.quick,
    };
    let place = || Place::Option(format!("run {}", run.run));
    let models = run.models.iter().map(|planned| {
        let entry = registry::find(&planned.model).ok_or_else(|| Failure::UnknownModel {
            place: place(),
            model: planned.model.clone(),
            nearest: registry::nearest(&planned.model),
        })?;
        let recipe = (entry.preset)().with(&planned.hyperparameters);
        Ok(ReadyModel {
            id: planned.id.clone(),
            entry,
            recipe: recipe.map_err(|error| Failure::Parameter {
                place: place(),
                model: planned.id.clone(),
                error,
            })?,
            train_limit: planned.train_limit,
            space: search::Space::default(),
        })
    });
    Experiment::new(splits, models.collect::<Result<_, Failure>>()?, judging)
}
