//! Controls that run with a comparison, on a few training samples: what must hold of any model that is
//! compared honestly.

use crate::command;
use crate::conditions::{Conditions, Cost, FitData, Unfitted, guarded};
use crate::learner::Method;
use crate::measure::fit_alone;
use crate::words::count;
use catalog::Sealed;
use classifier::{Classifier, Recipe, Scores, generator};
use data::Dataset;
use rand::{Rng, RngExt};
use records::Control;
use statistics::shuffled_labels;
use std::time::Duration;

/// Honest models fail the control of shuffled labels in no more than one of ten thousand comparisons of
/// twenty.
const LEVEL: f64 = 1e-4 / 20.0;
/// Enough fits to random labels to show a model that knows the labels of two classes.
const MOST_SHUFFLES: usize = 24;

/// Random stream of the labels that are drawn; models use small numbers.
const LABEL_STREAM: u64 = u64::MAX;

/// Training samples, ready for a model: some to fit, others to judge.
#[derive(Debug)]
pub(crate) struct ControlSamples {
    pub(crate) train: Dataset,
    pub(crate) judged: Dataset,
}

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
    let shuffled = shuffled(samples, seed, &mut |train| {
        let predict =
            |model: Box<dyn Classifier>| asked(|| Ok(model.scores(judged.samples()).labels()));
        Ok(fit(train)?.and_then(predict))
    })?;
    let with_first = |check: &dyn Fn(&dyn Classifier) -> Finding| match &first {
        Ok(model) => asked(|| check(model.as_ref())),
        Err(reason) => Err(reason.clone()),
    };
    Ok(vec![
        (SHUFFLED, shuffled),
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
    let shuffled = shuffled(samples, seed, &mut predict)?;
    let repeated = match (first, again) {
        (Ok(first), Ok(again)) if first == again => Ok("the same predictions".to_owned()),
        (Ok(_), Ok(_)) => Err("other predictions".to_owned()),
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    };
    Ok(vec![(SHUFFLED, shuffled), (REPEATED, repeated)])
}

/// Asks a model something. It may fit, and then panic when it is asked.
fn asked<T>(question: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    match guarded(question) {
        Ok(answer) => answer,
        Err(Unfitted::Failed(reason)) => Err(reason),
        Err(Unfitted::Cancelled) => Err("called off".to_owned()),
    }
}

/// A fit that failed is a finding; one that was called off ends the controls.
fn or_reason<T>(fitted: Result<T, Unfitted>) -> Result<Result<T, String>, Unfitted> {
    match fitted {
        Ok(value) => Ok(Ok(value)),
        Err(Unfitted::Failed(reason)) => Ok(Err(reason)),
        Err(Unfitted::Cancelled) => Err(Unfitted::Cancelled),
    }
}

/// Fits a model to its argument, and gives what it predicts of the judged samples.
type Predict<'a> = &'a mut dyn FnMut(&Dataset) -> Result<Result<Vec<usize>, String>, Unfitted>;

/// Fits a model to labels drawn at random, again and again as long as it seems to know the true ones:
/// [`shuffled_labels`] says what is then known.
fn shuffled(
    samples: &ControlSamples,
    seed: u64,
    predict: Predict<'_>,
) -> Result<Finding, Unfitted> {
    let counts = samples.train.class_counts();
    let classes: Vec<usize> = (0..counts.len())
        .filter(|&class| counts[class] > 0)
        .collect();
    if classes.len() < 2 {
        return Ok(Ok("one class: nothing to know".to_owned()));
    }
    let chance = 1.0 / classes.len() as f64;
    let mut random = generator(seed, LABEL_STREAM);
    let mut accuracies = Vec::new();
    loop {
        let train = with_random_labels(&samples.train, &classes, &mut random);
        let predicted = match predict(&train)? {
            Ok(predicted) => predicted,
            Err(reason) => return Ok(Err(reason)),
        };
        accuracies.push(mean_recall(&predicted, &samples.judged));
        let known = shuffled_labels(&accuracies, chance, LEVEL);
        let said = format!(
            "{:.1} % right, the mean over classes and over {} to random labels; chance is {:.1} %",
            known.mean * 100.0,
            count(known.shuffles, "fit"),
            chance * 100.0
        );
        if !known.passed {
            return Ok(Err(format!("{said}: more than chance gives")));
        }
        if known.evidence <= of_no_leak(known.shuffles) || known.shuffles == MOST_SHUFFLES {
            return Ok(Ok(said));
        }
    }
}

/// The evidence up to which a model passes after so many fits to random labels: they may stop at any time.
///
/// The weakest leak that can be shown multiplies the evidence by the same factor in each of [`MOST_SHUFFLES`] fits.
/// Without a leak its mean is at most 1. This is half of the way between, on a logarithmic scale, counted from the
/// second fit on: 1 after one fit, 346 after all.
fn of_no_leak(shuffles: usize) -> f64 {
    LEVEL.powf(-0.5 * (shuffles as f64 - 1.0) / MOST_SHUFFLES as f64)
}

/// The samples with labels drawn from these classes alike, of which at least two occur.
fn with_random_labels(data: &Dataset, classes: &[usize], random: &mut impl Rng) -> Dataset {
    loop {
        let draw = |_| classes[random.random_range(0..classes.len())];
        let labels: Vec<usize> = (0..data.len()).map(draw).collect();
        if labels.iter().any(|label| *label != labels[0]) || data.len() < 2 {
            return Dataset::new(data.samples().clone(), labels, data.class_names().clone())
                .expect("as many labels as before");
        }
    }
}

/// The mean over the classes that occur of the share of their samples that are right. A model that knows
/// nothing has the inverse of the number of classes, however the samples are distributed over them.
fn mean_recall(predicted: &[usize], judged: &Dataset) -> f64 {
    let members = judged.members();
    let recall = |class: usize| {
        let right = members[class].iter().filter(|&&i| predicted[i] == class);
        right.count() as f64 / members[class].len() as f64
    };
    let occurring: Vec<usize> = (0..members.len())
        .filter(|&class| !members[class].is_empty())
        .collect();
    let sum: f64 = occurring.iter().map(|&class| recall(class)).sum();
    sum / occurring.len().max(1) as f64
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

    fn samples() -> ControlSamples {
        let [train, judged] = digits();
        ControlSamples { train, judged }
    }

    #[test]
    fn a_model_that_knows_the_labels_from_elsewhere_is_caught() {
        let samples = samples();
        let mut fits = 0;
        let found = shuffled(&samples, 1, &mut |_| {
            fits += 1;
            Ok(Ok(samples.judged.labels().to_vec()))
        });
        let told = found.unwrap().unwrap_err();
        assert!(told.contains("100.0 % right"), "{told}");
        assert_eq!(fits, 6);
    }

    #[test]
    fn a_model_that_knows_two_classes_of_ten_is_caught() {
        let samples = samples();
        for seed in 0..100 {
            let mut random = generator(seed, 7);
            let found = shuffled(&samples, seed, &mut |_| {
                let labels = samples.judged.labels().iter();
                let guess = |&label: &usize| match label {
                    3 | 8 => label,
                    _ => random.random_range(0..10),
                };
                Ok(Ok(labels.map(guess).collect()))
            });
            assert!(found.unwrap().is_err(), "{seed}");
        }
    }

    #[test]
    fn honest_models_take_few_fits() {
        let samples = samples();
        let mut fits = 0;
        for seed in 0..100 {
            let mut random = generator(seed, 7);
            let found = shuffled(&samples, seed, &mut |_| {
                fits += 1;
                let judged = 0..samples.judged.len();
                Ok(Ok(judged.map(|_| random.random_range(0..10)).collect()))
            });
            assert!(found.unwrap().is_ok(), "{seed}");
        }
        assert!((100..300).contains(&fits), "{fits} in 100 comparisons");
    }

    #[test]
    fn one_class_for_all_is_chance_and_costs_one_fit() {
        let samples = samples();
        let mut fits = 0;
        let found = shuffled(&samples, 1, &mut |_| {
            fits += 1;
            Ok(Ok(vec![1; samples.judged.len()]))
        });
        assert!(found.unwrap().is_ok());
        assert_eq!(fits, 1);
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

    #[test]
    fn random_labels_are_of_the_classes_that_occur() {
        let [train, _] = digits();
        let drawn = with_random_labels(&train, &[2, 5], &mut generator(1, 1));
        let counts = drawn.class_counts();
        assert!(counts[2] > 400 && counts[5] > 400, "{counts:?}");
        assert_eq!(counts[2] + counts[5], train.len());
    }
}
