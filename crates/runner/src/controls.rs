//! Controls that run with a comparison, on a few training samples: what must hold of any model that is
//! compared honestly.

use crate::command;
use crate::conditions::{Conditions, Cost, FitData, Unfitted, asked, or_reason};
use crate::control_samples::ControlSamples;
use crate::learner::Method;
use crate::measure::fit_alone;
use crate::shuffled::{self, Shuffles};
use crate::words::count;
use catalog::Sealed;
use classifier::{Classifier, Recipe, Scores};
use data::Dataset;
use records::Control;
use std::time::Duration;

/// What a check found, or what is wrong.
type Finding = Result<String, String>;

/// Checks a model with its parameters. The error is a cancellation.
pub(crate) fn check(
    method: &Method,
    samples: &ControlSamples,
    seed: u64,
    conditions: &mut Conditions<'_>,
) -> Result<Vec<Control>, Unfitted> {
    let findings = match method {
        Method::Registered { recipe, .. } => of_recipe(recipe.as_ref(), samples, seed, conditions)?,
        Method::Command(_) => of_command(method, samples, seed, conditions)?,
    };
    let control = |(name, finding): (&str, Finding)| Control {
        name: name.to_owned(),
        passed: finding.is_ok(),
        detail: finding.unwrap_or_else(|reason| reason),
    };
    Ok(findings.into_iter().map(control).collect())
}

fn of_recipe(
    recipe: &dyn Recipe,
    samples: &ControlSamples,
    seed: u64,
    conditions: &mut Conditions<'_>,
) -> Result<Vec<(&'static str, Finding)>, Unfitted> {
    let mut fit = |train: &Dataset| or_reason(fit_alone(recipe, seed, train, conditions).0);
    let first = fit(&samples.train)?;
    let again = fit(&samples.train)?;
    let judged = &samples.judged;
    let shuffled = shuffled::of_recipe(recipe, samples, seed, conditions)?;
    let with_first = |check: &dyn Fn(&dyn Classifier) -> Finding| match &first {
        Ok(model) => asked(|| check(model.as_ref())),
        Err(reason) => Err(reason.clone()),
    };
    Ok(vec![
        (SHUFFLED, no_better_than_chance(shuffled)),
        (
            REPEATED,
            with_first(&|first| match &again {
                Ok(again) => same_bits(first, again.as_ref(), judged),
                Err(reason) => Err(reason.clone()),
            }),
        ),
        (
            "permuted samples",
            with_first(&|first| permuted(first, judged)),
        ),
        ("probabilities", with_first(&|first| sums(first, judged))),
    ])
}

const SHUFFLED: &str = "shuffled labels";
const REPEATED: &str = "fitted again";

/// Of a program only the predictions are known.
fn of_command(
    method: &Method,
    samples: &ControlSamples,
    seed: u64,
    conditions: &mut Conditions<'_>,
) -> Result<Vec<(&'static str, Finding)>, Unfitted> {
    let Method::Command(program) = method else {
        return Ok(Vec::new());
    };
    let judged = &Sealed::new(samples.judged.clone());
    let mut predict = |train: &Dataset| {
        let data = FitData {
            seed,
            train,
            calibration: None,
            judged,
            preparation: Cost::default(),
            judged_preparation: Duration::ZERO,
            sources: &[],
        };
        or_reason(command::predictions(program, data, conditions).0)
    };
    let first = predict(&samples.train)?;
    let again = predict(&samples.train)?;
    let shuffled = shuffled::shuffled(samples, seed, &mut predict)?;
    let repeated = match (first, again) {
        (Ok(first), Ok(again)) if first == again => Ok("the same predictions".to_owned()),
        (Ok(_), Ok(_)) => Err("other predictions".to_owned()),
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    };
    Ok(vec![
        (SHUFFLED, no_better_than_chance(shuffled)),
        (REPEATED, repeated),
    ])
}

/// What fits to random labels say, in words.
fn no_better_than_chance(shuffles: Result<Option<Shuffles>, String>) -> Finding {
    let Some(Shuffles { found, .. }) = shuffles? else {
        return Ok("one class: nothing to know".to_owned());
    };
    let said = format!(
        "{:.1} % right, the mean over classes and over {} to random labels; chance is {:.1} %",
        found.mean * 100.0,
        count(found.shuffles, "fit"),
        found.chance * 100.0
    );
    if found.passed {
        Ok(said)
    } else {
        Err(format!("{said}: more than chance gives"))
    }
}

fn same_bits(first: &dyn Classifier, again: &dyn Classifier, judged: &Dataset) -> Finding {
    let bits = |model: &dyn Classifier| -> Vec<u32> {
        let scores = model.scores(judged.samples());
        scores
            .values()
            .iter()
            .map(|score| score.to_bits())
            .collect()
    };
    if bits(first) == bits(again) {
        Ok("the same bits".to_owned())
    } else {
        Err("other scores".to_owned())
    }
}

fn permuted(model: &dyn Classifier, judged: &Dataset) -> Finding {
    let backwards: Vec<usize> = (0..judged.len()).rev().collect();
    let mut reversed = model.scores(&judged.samples().select(&backwards)).labels();
    reversed.reverse();
    if reversed == model.scores(judged.samples()).labels() {
        Ok("the same predictions".to_owned())
    } else {
        Err("other predictions".to_owned())
    }
}

fn sums(model: &dyn Classifier, judged: &Dataset) -> Finding {
    let Some(logs) = model.log_probabilities(judged.samples()) else {
        return Ok("has none".to_owned());
    };
    let error = |logs: &Scores| {
        let sums = logs
            .rows()
            .map(|row| row.iter().map(|log| f64::from(*log).exp()).sum::<f64>());
        sums.map(|sum| (sum - 1.0).abs()).fold(0.0, f64::max)
    };
    let largest = error(&logs);
    // NaN is no passing sum.
    if largest < 1e-4 && logs.values().iter().all(|log| !log.is_nan()) {
        Ok("sum to 1".to_owned())
    } else {
        Err(format!("miss 1 by {largest:.0e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::digits;
    use data::Samples;

    /// Predicts from what it was told of each image's position, which no honest model knows.
    struct Cheat(Vec<usize>);

    impl Classifier for Cheat {
        fn scores(&self, images: &Samples) -> Scores {
            let mut values = vec![0.0; images.len() * 10];
            for (image, label) in self.0.iter().take(images.len()).enumerate() {
                values[image * 10 + label] = 1.0;
            }
            Scores::new(values, 10)
        }

        fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
            Some(self.scores(images))
        }

        fn parameter_count(&self) -> usize {
            self.0.len()
        }
    }

    #[test]
    fn each_control_catches_what_it_is_for() {
        let [_, judged] = digits();
        let cheat = Cheat(judged.labels().to_vec());
        assert!(permuted(&cheat, &judged).is_err());
        assert!(sums(&cheat, &judged).is_err());
        assert!(same_bits(&cheat, &Cheat(vec![0; 300]), &judged).is_err());
        assert!(same_bits(&cheat, &cheat, &judged).is_ok());
    }

    /// Two tight clusters: one shuffle moves all samples of a cluster together.
    #[test]
    fn honest_models_pass_on_clusters() {
        let clusters = |count: usize| {
            let values = (0..count).flat_map(|i| [(i % 2) as f32 * 9.0, (i / 2) as f32 * 1e-3]);
            let samples = Samples::from_features(2, values.collect()).unwrap();
            let labels = (0..count).map(|i| i % 2).collect();
            Dataset::new(samples, labels, ["a", "b"].map(str::to_owned).into()).unwrap()
        };
        let samples = ControlSamples {
            train: clusters(200),
            judged: clusters(200),
        };
        let recipe = (model_nearest_centroid::NEAREST_CENTROID.preset)();
        let mut conditions = Conditions {
            threads: 1,
            memory_limit: None,
            cancellation: &classifier::Cancellation::default(),
            on: &mut |_| (),
        };
        for seed in 0..200 {
            let found = of_recipe(recipe.as_ref(), &samples, seed, &mut conditions).unwrap();
            let passed = found.iter().all(|(_, finding)| finding.is_ok());
            assert!(passed, "{seed}: {found:?}");
        }
    }
}
