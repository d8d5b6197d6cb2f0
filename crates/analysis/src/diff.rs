//! What changed between two runs.

use crate::pair::Comparison;
use crate::side::{Incomparable, Side, Unfinished, comparable};
use records::{Folds, JudgedOn, PlannedModel, Records};
use serde_json::{Map, Value};

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

/// A model that both runs have.
#[derive(Debug, Clone)]
pub struct ModelChange {
    /// Its name in both.
    pub id: String,
    /// Hyper-parameters and sizes that differ.
    pub parameters: Vec<Change>,
    /// Share of images right in each run, over folds the mean; `None` where it did not finish.
    pub accuracy: [Option<f64>; 2],
    /// The first run against the second, as one of as many tests as there are models that do not get the
    /// same images right. `None` where the two cannot be compared.
    pub compared: Option<Comparison>,
    /// Whether each prediction is the same; `None` as for `compared`.
    pub same_predictions: Option<bool>,
    /// Why the two cannot be compared, where they cannot.
    pub reason: Option<Incomparable>,
}

/// What changed between two runs.
#[derive(Debug, Clone)]
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
/// those over all folds. `margin` is the largest difference in accuracy that does not matter.
pub fn diff(first: &Records, second: &Records, margin: Option<f64>) -> Diff {
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
    let sides: Vec<Sides> = both.map(|id| Sides::new(first, second, id)).collect();
    let tests = sides.iter().filter(|sides| sides.differ()).count();
    let models = sides.iter().map(|sides| sides.change(tests, margin));
    Diff {
        settings: changes(&settings(first), &settings(second)),
        models: models.collect(),
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

/// A model in both runs.
struct Sides<'a> {
    id: &'a str,
    parameters: Vec<Change>,
    both: [Result<Side<'a>, Unfinished>; 2],
}

impl<'a> Sides<'a> {
    fn new(first: &'a Records, second: &'a Records, id: &'a str) -> Self {
        let parameters = |of: &Records| of.run.planned(id).map(values).unwrap_or_default();
        Self {
            id,
            parameters: changes(&parameters(first), &parameters(second)),
            both: [first, second].map(|records| Side::of(records, id)),
        }
    }

    /// Whether they can be compared, and do not get the same images right.
    fn differ(&self) -> bool {
        let [a, b] = &self.both;
        comparable(a, b).is_ok_and(|(a, b)| a.right() != b.right())
    }

    fn change(&self, tests: usize, margin: Option<f64>) -> ModelChange {
        let accuracy = |side: &Result<Side, Unfinished>| Some(side.as_ref().ok()?.accuracy());
        let [a, b] = &self.both;
        let both = comparable(a, b);
        let of_both = both.as_ref().ok();
        ModelChange {
            id: self.id.to_owned(),
            parameters: self.parameters.clone(),
            accuracy: [accuracy(a), accuracy(b)],
            compared: of_both.map(|(a, b)| a.against(b, tests, margin)),
            same_predictions: of_both.map(|(a, b)| a.predictions() == b.predictions()),
            reason: both.err(),
        }
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
    use crate::status::Status;
    use records::examples::{CELL, fit, of_fold, run, run_over_folds, with_errors};
    use records::{Cell, FitRecord, Outcome, Role, RunRecord};
    use statistics::{CorrelatedDifferences, Relation};

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
        let found = diff(&first, &second, None);
        let of = |model: usize| found.models[model].compared.clone().unwrap();
        let p = |differing: i32| 2.0 * 0.5_f64.powi(differing);
        // The third is the same in both, and no test.
        for (model, expected) in [(0, 2.0 * p(7)), (1, 2.0 * p(6)), (2, 1.0)] {
            assert!((of(model).p_adjusted - expected).abs() < 1e-12, "{found:?}");
        }
        assert!(of(0).different && !of(1).different && of(0).difference > 0.0);
        let equal = diff(&first, &second, Some(0.05)).models.remove(2).compared;
        assert_eq!(equal.unwrap().relation, Some(Relation::Equivalent));
        assert_eq!(found.models[2].same_predictions, Some(true));
        assert_eq!(found.only_first, ["only"]);

        second.run.labels[0] = 1;
        let other_images = diff(&first, &second, None);
        second.run.dataset.sha256[0] = "other".to_owned();
        let other_data = &diff(&first, &second, None).models[0];
        assert_eq!(other_data.reason, Some(Incomparable::OtherData));
        for model in &other_images.models {
            assert_eq!(model.reason, Some(Incomparable::OtherImages));
            assert!(model.compared.is_none());
        }
    }

    #[test]
    fn a_model_that_did_not_finish_says_so() {
        let first = on_images(&[("a", 0), ("b", 0)]);
        let mut second = on_images(&[("a", 0)]);
        let reason = "diverged in epoch 3".to_owned();
        second.run.models.push(first.run.models[1].clone());
        second.fits.push(fit("b", CELL, Outcome::Failed { reason }));
        let found = diff(&first, &second, None);
        assert_eq!(found.models[0].reason, None);
        let failed = &found.models[1];
        let diverged = (Status::Failed, Some("diverged in epoch 3".to_owned()));
        let unfinished = Incomparable::Unfinished([None, Some(diverged)]);
        assert_eq!(failed.reason, Some(unfinished));
        assert_eq!(failed.accuracy, [Some(1.0), None]);
        second.fits.pop();
        let missing = Incomparable::Unfinished([Some((Status::Missing, None)), None]);
        assert_eq!(diff(&second, &first, None).models[1].reason, Some(missing));
    }

    #[test]
    fn over_folds_all_of_them_count() {
        let run = run_over_folds(&["a"], &[0, 1].repeat(20), 1, 4);
        let with = |errors: [usize; 4]| {
            let fold = |(fold, wrong)| with_errors(&run, "a", of_fold(0, fold), wrong);
            records(&run, (0..).zip(errors).map(fold).collect())
        };
        let found = diff(&with([1, 0, 1, 2]), &with([2, 2, 2, 5]), None);
        let model = &found.models[0];
        let [Some(first), Some(second)] = model.accuracy else {
            panic!("both finished: {model:?}");
        };
        assert!((first - 0.9).abs() < 1e-12 && (second - 0.725).abs() < 1e-12);
        let folds = CorrelatedDifferences::new(&[0.1, 0.2, 0.1, 0.3], 1.0 / 3.0).unwrap();
        assert!(
            (model.compared.as_ref().unwrap().p - folds.t_test().p).abs() < 1e-12,
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
        assert_eq!(
            format!("{:?}", diff(&more, &with([2, 2, 2, 5]), None).models[0]),
            format!("{model:?}")
        );
        let mut cut = with([1, 0, 1, 2]);
        cut.fits.pop();
        let few = (Status::Missing, Some("3 of 4 fits".to_owned()));
        let unfinished = Incomparable::Unfinished([Some(few), None]);
        assert_eq!(
            diff(&cut, &with([0; 4]), None).models[0].reason,
            Some(unfinished)
        );
    }
}
