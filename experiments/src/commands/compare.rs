//! `compare`: train every model of a plan, one after another, and write the comparison.

use crate::cli::{CompareArgs, DataArgs};
use crate::data;
use crate::environment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::measure::{Conditions, measure};
use crate::plan::{Plan, ReadyModel};
use crate::progress::Progress;
use crate::table;
use classifier::Cancellation;
use datasets::{Dataset, Splits, stratified_subset};
use report::{
    DatasetRecord, FitRecord, Outcome, PlannedModel, Record, RecordLog, Report, RunRecord, Status,
    read_records, write_index, write_report,
};
use std::path::{Path, PathBuf};

const QUICK_TRAIN: usize = 2_000;
const QUICK_TEST: usize = 1_000;

/// Runs the command.
pub(crate) fn run(arguments: CompareArgs) -> Result<(), Failure> {
    let plan = plan(&arguments)?;
    let models = plan.ready()?;
    // Files named on the command line replace the plan's data set, name and all.
    let planned = plan.dataset.filter(|_| arguments.data.data_dir.is_none());
    let data = DataArgs {
        dataset: arguments.data.dataset.or(planned),
        data_dir: arguments.data.data_dir.or(plan.data_dir),
        mirror: arguments.data.mirror,
    };
    let splits = data::load(&data)?;
    let experiment = Experiment::new(splits, models, plan.seed, arguments.quick)?;
    let conditions = Conditions {
        seed: plan.seed,
        threads: arguments
            .threads
            .map_or_else(environment::processors, usize::from),
        cancellation: Cancellation::default(),
    };
    let results = arguments.results.unwrap_or_else(|| {
        PathBuf::from(if arguments.quick {
            "results/quick"
        } else {
            "results"
        })
    });
    experiment.run(&results, &conditions)
}

fn plan(arguments: &CompareArgs) -> Result<Plan, Failure> {
    let mut plan = match &arguments.config {
        Some(path) => Plan::read(path)?,
        None => Plan::default_plan()?,
    };
    if let Some(ids) = &arguments.models {
        plan.choose(ids)?;
    }
    for assignment in &arguments.set {
        plan.set(assignment)?;
    }
    plan.seed = arguments.seed.unwrap_or(plan.seed);
    plan.train_limit = arguments.train_limit.or(plan.train_limit);
    if arguments.quick {
        plan.train_limit = Some(QUICK_TRAIN);
    }
    Ok(plan)
}

/// Data and models, ready to run.
struct Experiment {
    splits: Splits,
    test: Dataset,
    models: Vec<(ReadyModel, Option<Dataset>)>,
    seed: u64,
    quick: bool,
}

impl Experiment {
    /// Draws the subsets that were asked for.
    fn new(
        splits: Splits,
        models: Vec<ReadyModel>,
        seed: u64,
        quick: bool,
    ) -> Result<Self, Failure> {
        let draw = |data: &Dataset, size: usize, option: String| {
            let size = if quick { size.min(data.len()) } else { size };
            let place = Place::Option(option);
            let chosen = stratified_subset(data, size, seed)
                .map_err(|error| Failure::Limit { place, error })?;
            Ok::<_, Failure>(data.select(&chosen))
        };
        let test = if quick {
            draw(&splits.test, QUICK_TEST, "--quick".to_owned())?
        } else {
            splits.test.clone()
        };
        let models = models.into_iter().map(|model| {
            let limit = model
                .train_limit
                .map(|size| draw(&splits.train, size, format!("train_limit of {}", model.id)));
            Ok((model, limit.transpose()?))
        });
        Ok(Self {
            models: models.collect::<Result<_, Failure>>()?,
            test,
            splits,
            seed,
            quick,
        })
    }

    fn run(&self, results: &Path, conditions: &Conditions) -> Result<(), Failure> {
        let directory = results.join(&self.splits.id);
        // Before anything is trained: an unwritable directory must not cost an hour.
        let mut log =
            RecordLog::create(&directory, self.record(conditions)).map_err(Failure::Results)?;
        on_interrupt(&conditions.cancellation);
        eprintln!("{}", self.describe(conditions));
        for (index, (model, subset)) in self.models.iter().enumerate() {
            let mut progress = Progress::begin(&model.id, index, self.models.len());
            let train = subset.as_ref().unwrap_or(&self.splits.train);
            let outcome = measure(model, train, &self.test, conditions, &mut progress);
            progress.end(&in_a_line(&outcome));
            let record = FitRecord {
                id: model.id.clone(),
                outcome,
            };
            log.append(&Record::Fit(Box::new(record)))?;
            if conditions.cancellation.check().is_err() {
                break;
            }
        }

        let (run, fits) = read_records(log.path())?;
        let report = Report::new(run, fits);
        write_report(&directory, &report)?;
        write_index(results)?;
        println!("{}", table::comparison(&report));
        for sentence in report::verdict(&report) {
            println!("{sentence}");
        }
        println!("report: {}", directory.join("README.md").display());
        verdict(&report, conditions)
    }

    fn train_images(&self, subset: Option<&Dataset>) -> usize {
        subset.unwrap_or(&self.splits.train).len()
    }

    fn describe(&self, conditions: &Conditions) -> String {
        let largest = self
            .models
            .iter()
            .map(|(_, subset)| self.train_images(subset.as_ref()))
            .max();
        format!(
            "{}: {} models, {} training images, {} test images, seed {}, {} threads{}",
            self.splits.title,
            self.models.len(),
            largest.unwrap_or(0),
            self.test.len(),
            self.seed,
            conditions.threads,
            if self.quick {
                " (quick look at a subset)"
            } else {
                ""
            },
        )
    }

    fn record(&self, conditions: &Conditions) -> RunRecord {
        let environment = environment::describe(&self.splits.origin, conditions.threads);
        let planned = |(model, subset): &(ReadyModel, Option<Dataset>)| PlannedModel {
            id: model.id.clone(),
            model: model.entry.id.to_owned(),
            backend: model.entry.backend.to_owned(),
            hyperparameters: model.recipe.values(),
            train_images: self.train_images(subset.as_ref()),
        };
        let models: Vec<PlannedModel> = self.models.iter().map(planned).collect();
        let shape = self.test.images().shape();
        RunRecord {
            format: 1,
            run: environment.started.replace(':', "-"),
            dataset: DatasetRecord {
                name: self.splits.id.clone(),
                title: self.splits.title.clone(),
                train: models
                    .iter()
                    .map(|model| model.train_images)
                    .max()
                    .unwrap_or(0),
                train_available: self.splits.train.len(),
                test: self.test.len(),
                test_available: self.splits.test.len(),
                features: shape.features(),
                rows: shape.rows,
                columns: shape.columns,
                classes: self.test.classes(),
                class_names: self.test.class_names().to_vec(),
                sha256: self.splits.sha256.clone(),
            },
            quick: self.quick,
            seed: self.seed,
            models,
            environment,
            test_labels: self
                .test
                .labels()
                .iter()
                .map(|&class| class as u16)
                .collect(),
        }
    }
}

fn in_a_line(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished(fitted) => format!(
            "{:.2} % of the test images right, fitted in {:.2} s",
            fitted.confusion.accuracy() * 100.0,
            fitted.fit_seconds
        ),
        Outcome::Failed { reason } => format!("failed: {reason}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}

/// Success only if every model finished.
fn verdict(report: &Report, conditions: &Conditions) -> Result<(), Failure> {
    if conditions.cancellation.check().is_err() {
        return Err(Failure::Interrupted);
    }
    let unfinished = report
        .models
        .iter()
        .filter(|model| model.status != Status::Finished);
    let models: Vec<String> = unfinished.map(|model| model.id.clone()).collect();
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::Unfinished { models })
    }
}
