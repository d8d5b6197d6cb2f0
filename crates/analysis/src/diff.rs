//! What changed between two runs.

use crate::fits::{Fit, FitSummary, Fits, finished, over_folds};
use crate::right::only_right;
use crate::status::Status;
use records::{FitRecord, Folds, JudgedOn, PlannedModel, Records, Role, RunRecord};
use serde_json::{Map, Value};
use statistics::{holm, mcnemar};

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub what: String,
    /// In the first run, where it has one.
    pub first: Option<String>,
    /// In the second.
    pub second: Option<String>,
}

/// Why two fits cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incomparable {
    /// The runs are of different data.
    OtherData,
    /// They are of the same data, and judged on other images.
    OtherImages,
    /// The model did not finish in some run: what became of it in each, where it did not, and why.
    Unfinished([Option<(Status, Option<String>)>; 2]),
}

/// A model that both runs have.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelChange {
    /// Its name in both.
    pub id: String,
    /// Hyper-parameters and sizes that differ.
    pub parameters: Vec<Change>,
    /// Share of images right in each run, over folds the mean; `None` where it did not finish.
    pub accuracy: [Option<f64>; 2],
    /// P value of McNemar's exact test, or over folds of the corrected resampled t test; 1 where all
    /// folds show the same difference. `None` where the two cannot be compared.
    pub p: Option<f64>,
    /// The p value adjusted for all models that can be compared (Holm).
    pub p_adjusted: Option<f64>,
    /// Whether each prediction is the same; `None` as for `p`.
    pub same_predictions: Option<bool>,
    /// Why the two cannot be compared, where they cannot.
    pub reason: Option<Incomparable>,
}

/// What changed between two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// Settings and surroundings that differ.
    pub settings: Vec<Change>,
    /// Models that both have.
    pub models: Vec<ModelChange>,
    /// Models that only the first has.
    pub only_first: Vec<String>,
    /// Models that only the second has.
    pub only_second: Vec<String>,
}

/// Compares two runs. Models are matched by name; what is compared is the fit with the first seed, or
/// those over all folds.
pub fn diff(first: &Records, second: &Records) -> Diff {
    let names = |records: &Records| -> Vec<String> {
        let models = records.run.models.iter();
        models.map(|model| model.id.clone()).collect()
    };
    let [of_first, of_second] = [names(first), names(second)];
    let without = |all: &[String], others: &[String]| {
        let missing = all.iter().filter(|name| !others.contains(name));
        missing.cloned().collect()
    };
    let both = of_first.iter().filter(|name| of_second.contains(name));
    let mut models: Vec<ModelChange> = both.map(|id| model_change(first, second, id)).collect();
    let p_values: Vec<f64> = models.iter().filter_map(|model| model.p).collect();
    let compared = models.iter_mut().filter(|model| model.p.is_some());
    for (model, p) in compared.zip(holm(&p_values)) {
        model.p_adjusted = Some(p);
    }
    Diff {
        settings: changes(&settings(first), &settings(second)),
        models,
        only_first: without(&of_first, &of_second),
        only_second: without(&of_second, &of_first),
    }
}

/// What a run was made with, by name.
fn settings(records: &Records) -> Map<String, Value> {
    let (run, here) = (&records.run, &records.run.environment);
    let mut settings = Map::new();
    let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
    set("dataset", run.dataset.name.clone().into());
    set("data", run.dataset.sha256.to_vec().into());
    set("training images", run.dataset.train.into());
    set("judged images", run.dataset.test.into());
    let judged_on = match run.protocol.judged_on {
        JudgedOn::Test => "test images",
        JudgedOn::Validation { .. } => "validation images",
        JudgedOn::Folds(_) => "folds",
    };
    set("judged on", judged_on.into());
    if let Some(Folds { repeats, folds }) = run.protocol.folds() {
        set("folds", folds.into());
        set("repetitions", repeats.into());
    }
    set("seeds", run.protocol.seeds.into());
    set("calibration images", run.protocol.calibration.into());
    set("seed", run.seed.into());
    set("quick", run.quick.into());
    set("commit", here.commit.clone().into());
    set("build", here.build.clone().into());
    set("machine", here.machine().into());
    for (name, version) in &here.versions {
        set(name, version.clone().into());
    }
    settings
}

fn changes(first: &Map<String, Value>, second: &Map<String, Value>) -> Vec<Change> {
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(value) => Some(value.to_string()),
    };
    let only_second = second.keys().filter(|name| !first.contains_key(*name));
    first
        .keys()
        .chain(only_second)
        .filter(|name| first.get(*name) != second.get(*name))
        .map(|name| Change {
            what: name.clone(),
            first: text(first.get(name)),
            second: text(second.get(name)),
        })
        .collect()
}

fn model_change(first: &Records, second: &Records, id: &str) -> ModelChange {
    let parameters = |records: &Records| records.run.planned(id).map(values).unwrap_or_default();
    let [a, b] = [first, second].map(|records| Side::of(records, id));
    let accuracy = |side: &Result<Side, Unfinished>| Some(side.as_ref().ok()?.accuracy());
    let both = comparable(&a, &b);
    ModelChange {
        id: id.to_owned(),
        parameters: changes(&parameters(first), &parameters(second)),
        accuracy: [accuracy(&a), accuracy(&b)],
        p: both.as_ref().ok().map(|(a, b)| a.p(b)),
        p_adjusted: None,
        same_predictions: both
            .as_ref()
            .ok()
            .map(|(a, b)| a.predictions() == b.predictions()),
        reason: both.err(),
    }
}

/// Both sides, or why they cannot be compared.
fn comparable<'a>(
    first: &'a Result<Side, Unfinished>,
    second: &'a Result<Side, Unfinished>,
) -> Result<(&'a Side<'a>, &'a Side<'a>), Incomparable> {
    let (Ok(a), Ok(b)) = (first, second) else {
        let unfinished = [first, second].map(|side| side.as_ref().err().cloned());
        return Err(Incomparable::Unfinished(unfinished));
    };
    // Other data may have the same labels by chance.
    if a.run.dataset.sha256 != b.run.dataset.sha256 {
        return Err(Incomparable::OtherData);
    }
    if a.run.labels != b.run.labels || a.run.folds != b.run.folds {
        return Err(Incomparable::OtherImages);
    }
    Ok((a, b))
}

/// What became of a model instead, and why.
type Unfinished = (Status, Option<String>);

/// The fits of a model in one of the runs that are compared: with the first seed, or over all folds.
struct Side<'a> {
    run: &'a RunRecord,
    fits: Vec<Fit>,
    summaries: Vec<FitSummary>,
}

impl<'a> Side<'a> {
    /// Or what became of the model instead.
    fn of(records: &'a Records, id: &str) -> Result<Self, Unfinished> {
        let run = &records.run;
        let planned = run.planned(id).expect("both runs planned it");
        let is_compared = |fit: &&FitRecord| fit.id == id && fit.cell.role == Role::Main;
        let compared = records.fits.iter().filter(is_compared).cloned();
        let count = run.protocol.splits().len();
        let Fits { main: fits, .. } = finished(compared.collect(), run, count)?;
        let summaries = fits
            .iter()
            .map(|fit| FitSummary::new(run, fit, planned.train_images));
        Ok(Self {
            summaries: summaries.collect(),
            run,
            fits,
        })
    }

    fn accuracy(&self) -> f64 {
        let sum: f64 = self.summaries.iter().map(|fit| fit.accuracy).sum();
        sum / self.summaries.len() as f64
    }

    fn predictions(&self) -> Vec<&[u16]> {
        let fits = self.fits.iter();
        fits.map(|fit| fit.fitted.predictions.as_slice()).collect()
    }

    /// That it is as good as another on the same images.
    fn p(&self, other: &Self) -> f64 {
        if self.run.protocol.folds().is_none() {
            let (a, b) = (self.fits[0].right(self.run), other.fits[0].right(other.run));
            let (only_first, only_second) = only_right(&a, &b);
            return mcnemar(only_first, only_second).p;
        }
        let (_, folds) = over_folds(&self.summaries, &other.summaries);
        folds.map_or(1.0, |folds| folds.t_test().p)
    }
}

fn values(model: &PlannedModel) -> Map<String, Value> {
    let mut values = model.hyperparameters.clone();
    values.insert("model".to_owned(), model.model.clone().into());
    values.insert("training images".to_owned(), model.train_images.into());
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::{CELL, fit, of_fold, run, run_over_folds, with_errors};
    use records::{Cell, Outcome};
    use statistics::CorrelatedDifferences;

    fn records(run: &RunRecord, fits: Vec<FitRecord>) -> Records {
        Records {
            run: run.clone(),
            fits,
            controls: Vec::new(),
            images: None,
        }
    }

    /// Models that get so many of 100 images wrong.
    fn on_images(errors: &[(&str, usize)]) -> Records {
        let names: Vec<&str> = errors.iter().map(|(id, _)| *id).collect();
        let run = run(&names, &[0, 1].repeat(50));
        let fits = errors
            .iter()
            .map(|(id, wrong)| with_errors(&run, id, CELL, *wrong));
        records(&run, fits.collect())
    }

    #[test]
    fn p_values_are_adjusted_for_all_models_that_can_be_compared() {
        let first = on_images(&[("a", 0), ("b", 1), ("c", 2), ("only", 3)]);
        let mut second = on_images(&[("a", 7), ("b", 7), ("c", 2)]);
        let found = diff(&first, &second);
        let p = |seven: i32| 2.0 * 0.5_f64.powi(seven);
        let adjusted: Vec<f64> = found.models.iter().filter_map(|m| m.p_adjusted).collect();
        for (adjusted, expected) in adjusted.iter().zip([3.0 * p(7), 2.0 * p(6), 1.0]) {
            assert!((adjusted - expected).abs() < 1e-12, "{found:?}");
        }
        assert_eq!(found.models[2].same_predictions, Some(true));
        assert_eq!(found.only_first, ["only"]);

        second.run.labels[0] = 1;
        let other_images = diff(&first, &second);
        second.run.dataset.sha256[0] = "other".to_owned();
        let other_data = &diff(&first, &second).models[0];
        assert_eq!(other_data.reason, Some(Incomparable::OtherData));
        for model in &other_images.models {
            assert_eq!(model.reason, Some(Incomparable::OtherImages));
            assert_eq!((model.p, model.p_adjusted), (None, None));
        }
    }

    #[test]
    fn a_model_that_did_not_finish_says_so() {
        let first = on_images(&[("a", 0), ("b", 0)]);
        let mut second = on_images(&[("a", 0)]);
        let reason = "diverged in epoch 3".to_owned();
        second.run.models.push(first.run.models[1].clone());
        second.fits.push(fit("b", CELL, Outcome::Failed { reason }));
        let found = diff(&first, &second);
        assert_eq!(found.models[0].reason, None);
        let failed = &found.models[1];
        let diverged = (Status::Failed, Some("diverged in epoch 3".to_owned()));
        let unfinished = Incomparable::Unfinished([None, Some(diverged)]);
        assert_eq!(failed.reason, Some(unfinished));
        assert_eq!(failed.accuracy, [Some(1.0), None]);
        second.fits.pop();
        let missing = Incomparable::Unfinished([Some((Status::Missing, None)), None]);
        assert_eq!(diff(&second, &first).models[1].reason, Some(missing));
    }

    #[test]
    fn over_folds_all_of_them_count() {
        let run = run_over_folds(&["a"], &[0, 1].repeat(20), 1, 4);
        let with = |errors: [usize; 4]| {
            let fold = |(fold, wrong)| with_errors(&run, "a", of_fold(0, fold), wrong);
            records(&run, (0..).zip(errors).map(fold).collect())
        };
        let found = diff(&with([1, 0, 1, 2]), &with([2, 2, 2, 5]));
        let model = &found.models[0];
        let [Some(first), Some(second)] = model.accuracy else {
            panic!("both finished: {model:?}");
        };
        assert!((first - 0.9).abs() < 1e-12 && (second - 0.725).abs() < 1e-12);
        let folds = CorrelatedDifferences::new(&[0.1, 0.2, 0.1, 0.3], 1.0 / 3.0).unwrap();
        assert!(
            (model.p.unwrap() - folds.t_test().p).abs() < 1e-12,
            "{model:?}"
        );
        assert_eq!(model.same_predictions, Some(false));
        // Neither other seeds nor fewer training images count.
        let mut more = with([1, 0, 1, 2]);
        for role in [Role::OtherSeed(1), Role::Smaller(5)] {
            let cell = Cell {
                role,
                ..of_fold(0, 0)
            };
            more.fits.push(with_errors(&run, "a", cell, 9));
        }
        assert_eq!(&diff(&more, &with([2, 2, 2, 5])).models[0], model);
        let mut cut = with([1, 0, 1, 2]);
        cut.fits.pop();
        let few = (Status::Missing, Some("3 of 4 fits".to_owned()));
        let unfinished = Incomparable::Unfinished([Some(few), None]);
        assert_eq!(diff(&cut, &with([0; 4])).models[0].reason, Some(unfinished));
    }
}
