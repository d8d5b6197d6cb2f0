//! The report as data: what `report.json` holds and every page is made from.

use crate::bootstrap::draws;
use crate::comparison::comparisons;
use crate::model::{Finished, ModelSummary, ranked};
use crate::pair::Comparison;
use crate::slices::{Slices, slices};
use crate::status::Status;
use crate::subset::Subset;
use crate::together::Together;
use records::{
    ColumnRecord, DatasetRecord, Environment, FitRecord, ImagesRecord, JudgedOn, Outcome, Protocol,
    Records,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Version of `report.json`.
pub(crate) const FORMAT: u32 = 4;

/// A comparison. Its JSON form has the keys that METHODOLOGY.md documents.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Version of this form: 4.
    pub format: u32,
    /// Whether every planned model finished.
    pub complete: bool,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// What the comparison is to answer, in the words of its plan.
    pub question: Option<String>,
    /// What its author makes of it, in the words of the plan.
    pub analysis: Option<String>,
    /// Seed of everything random.
    pub seed: u64,
    /// What models are judged on, and how often they are fitted.
    pub protocol: Protocol,
    /// How often the labels of the test images were looked at.
    pub test_looks: usize,
    /// The data.
    pub dataset: DatasetRecord,
    /// What was done to each column of a table, as learnt from the training rows of the first fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnRecord>,
    /// What was recognised in the files of the data, and what was left out, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What in the data makes the comparison doubtful, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// All planned models in order.
    pub models: Vec<ModelSummary>,
    /// Every model on groups of the rows, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slices: Option<Slices>,
    /// The model that all others are compared with, in place of every pair.
    pub baseline: Option<String>,
    /// The largest difference in accuracy that does not matter.
    pub margin: Option<f64>,
    /// Every pair of models that finished, on the same images, the better one first; or every other
    /// model that finished and the baseline.
    pub comparisons: Vec<Comparison>,
    /// How many tests their p values are adjusted for: models that get the same images right count once.
    pub tests: usize,
    /// Groups of images that belong together: tests and drawn test sets take whole groups. `None` where each
    /// image is one of its own, and over folds, which hold whole groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<usize>,
    /// Test sets that were drawn for the intervals of differences; `None` over folds.
    pub draws: Option<usize>,
    /// All models that finished at once.
    pub together: Option<Together>,
    /// The run's name, which is when it began.
    pub run: String,
    /// Machine, build and command.
    pub environment: Environment,
    /// The classes of the images that are judged, for the pages.
    #[serde(skip)]
    pub labels: Vec<u16>,
    /// The group of each image, for gates.
    #[serde(skip)]
    pub(crate) group_of: Option<Vec<usize>>,
    /// The images that some model got wrong, for the pages.
    #[serde(skip)]
    pub images: Option<ImagesRecord>,
}

/// How often a fit was judged. Records of earlier versions count each epoch of its curve, too.
fn looks_of(fit: &FitRecord) -> usize {
    let epochs = match &fit.outcome {
        Outcome::Finished(fitted) => fitted.epochs.len(),
        _ => 0,
    };
    fit.looks.saturating_sub(epochs).max(fit.looks.min(1))
}

impl Report {
    /// Joins the plan of a run with the fits that ended.
    pub fn new(records: Records) -> Self {
        let Records {
            run,
            fits,
            mut controls,
            images,
        } = records;
        let mut of_model: HashMap<String, Vec<FitRecord>> = HashMap::new();
        for fit in fits {
            of_model.entry(fit.id.clone()).or_default().push(fit);
        }
        let mut looks = run.looks;
        let models: Vec<ModelSummary> = run
            .models
            .iter()
            .map(|planned| {
                let records = of_model.remove(&planned.id).unwrap_or_default();
                looks += records.iter().map(looks_of).sum::<usize>();
                let of_this = controls.iter_mut().rfind(|record| record.id == planned.id);
                let controls = of_this.map(|record| std::mem::take(&mut record.controls));
                ModelSummary::new(&run, planned, records, controls.unwrap_or_default())
            })
            .collect();
        let (comparisons, tests) = comparisons(&models, &run);
        let ranked = ranked(&models);
        let is_drawn = run.protocol.folds().is_none() && !comparisons.is_empty();
        Self {
            slices: slices(&run, &ranked),
            together: Together::new(&ranked, &comparisons, &run),
            draws: is_drawn.then(|| draws(ranked.len(), run.labels.len())),
            groups: run.groups().map(|groups| {
                let different: HashSet<usize> = groups.into_iter().collect();
                different.len()
            }),
            group_of: run.groups(),
            comparisons,
            tests,
            baseline: run.baseline,
            margin: run.margin.map(|points| points / 100.0),
            format: FORMAT,
            complete: models.iter().all(|model| model.status == Status::Finished),
            quick: run.quick,
            question: run.question,
            analysis: run.analysis,
            seed: run.seed,
            protocol: run.protocol,
            test_looks: match run.protocol.judged_on {
                JudgedOn::Test => looks,
                JudgedOn::Validation { .. } | JudgedOn::Folds(_) => 0,
            },
            dataset: run.dataset,
            columns: run.columns,
            notes: run.notes,
            doubts: run.doubts,
            models,
            run: run.run,
            environment: run.environment,
            labels: run.labels,
            images,
        }
    }

    /// The contents of `report.json`.
    ///
    /// # Panics
    /// Never: all keys are text, and memory takes it.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("a report is JSON") + "\n"
    }

    /// The models that finished, in the order of the plan, with what was measured of them.
    pub fn finished(&self) -> impl Iterator<Item = (&ModelSummary, &Finished)> {
        let models = self.models.iter();
        models.filter_map(|model| Some((model, model.finished.as_deref()?)))
    }

    /// The ids of those that did not finish.
    pub fn unfinished(&self) -> Vec<String> {
        self.ids(|model| model.status != Status::Finished)
    }

    /// The ids of those whose controls failed.
    pub fn with_failed_controls(&self) -> Vec<String> {
        self.ids(ModelSummary::failed_control)
    }

    fn ids(&self, wanted: impl Fn(&ModelSummary) -> bool) -> Vec<String> {
        let models = self.models.iter().filter(|model| wanted(model));
        models.map(|model| model.id.clone()).collect()
    }

    /// Those that finished, the ones with most images right first; of equals the one that fits faster, then as planned.
    pub fn ranked(&self) -> Vec<(&ModelSummary, &Finished)> {
        ranked(&self.models)
    }

    /// Whether every model is predictions that were made elsewhere: nothing is known of what they cost,
    /// or of what they were trained on.
    pub fn is_judged_only(&self) -> bool {
        self.models.iter().all(|model| model.predictions.is_some())
    }

    /// What part of the data was used, where it was not all of them.
    pub fn subset(&self) -> Option<Subset> {
        let fitted = self.models.iter();
        let fitted = fitted.filter(|model| model.predictions.is_none());
        let train = fitted.map(|model| model.train_images);
        Subset::new(&self.dataset, self.protocol, train)
    }

    /// Whether a model saw fewer training images than it could have.
    pub fn is_limited(&self, model: &ModelSummary) -> bool {
        if model.predictions.is_some() {
            return false;
        }
        let train = std::iter::once(model.train_images);
        let subset = Subset::new(&self.dataset, self.protocol, train);
        subset.is_some_and(|subset| !subset.train.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::EpochRecord;
    use records::examples::{CELL, run, with_errors};

    #[test]
    fn curves_are_no_looks_whichever_version_recorded_them() {
        let run = run(&["a"], &[0, 1]);
        let mut fit = with_errors(&run, "a", CELL, 1);
        let epoch = EpochRecord {
            epoch: 1,
            training_loss: 0.5,
            train_accuracy: 0.5,
            judged_accuracy: 0.5,
        };
        let Outcome::Finished(fitted) = &mut fit.outcome else {
            panic!("it finished");
        };
        fitted.epochs = vec![epoch; 20];
        for (recorded, looks) in [(0, 0), (1, 1), (21, 1)] {
            fit.looks = recorded;
            assert_eq!(looks_of(&fit), looks, "{recorded}");
        }
    }
}
