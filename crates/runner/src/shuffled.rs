//! The control of shuffled labels: a model that learns from labels drawn at random must not know the true ones.

use crate::conditions::{Conditions, Unfitted, asked, or_reason};
use crate::control_samples::ControlSamples;
use crate::measure::fit_alone;
use classifier::{Cancellation, Classifier, Recipe, generator};
use data::Dataset;
use rand::{Rng, RngExt};
use statistics::{ShuffledLabels, shuffled_labels};

/// Honest models fail in no more than one of ten thousand comparisons of twenty.
pub const CONTROL_LEVEL: f64 = 1e-4 / 20.0;
/// Enough fits to show a model that knows the labels of two classes.
pub const MOST_SHUFFLES: usize = 24;

/// Random stream of the labels that are drawn; models use small numbers.
const LABEL_STREAM: u64 = u64::MAX;

/// What a model that was fitted to labels drawn at random, anew for each fit, got right of the true ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Shuffles {
    /// Of each fit the mean recall of the classes.
    pub recalls: Vec<f64>,
    /// What they say together.
    pub found: ShuffledLabels,
}

/// Fits a model to its argument, and gives what it predicts of the judged samples.
pub(crate) type Predict<'a> =
    &'a mut dyn FnMut(&Dataset) -> Result<Result<Vec<usize>, String>, Unfitted>;

/// The control of a model as every comparison makes it, alone, in this process and on one thread: for programs that
/// count how often it fails. `None` for samples of one class, of which there is nothing to know.
///
/// # Errors
/// Why a fit or its predictions failed.
pub fn shuffled_control(
    recipe: &dyn Recipe,
    samples: &ControlSamples,
    seed: u64,
) -> Result<Option<Shuffles>, String> {
    let mut conditions = Conditions {
        threads: 1,
        memory_limit: None,
        cancellation: &Cancellation::default(),
        on: &mut |_| (),
    };
    of_recipe(recipe, samples, seed, &mut conditions)
        .unwrap_or_else(|_| Err("called off".to_owned()))
}

/// [`shuffled`] of a registered model.
pub(crate) fn of_recipe(
    recipe: &dyn Recipe,
    samples: &ControlSamples,
    seed: u64,
    conditions: &mut Conditions<'_>,
) -> Result<Result<Option<Shuffles>, String>, Unfitted> {
    let judged = samples.judged.samples();
    shuffled(samples, seed, &mut |train| {
        let predict = |model: Box<dyn Classifier>| asked(|| Ok(model.scores(judged).labels()));
        let fitted = or_reason(fit_alone(recipe, seed, train, conditions).0)?;
        Ok(fitted.and_then(predict))
    })
}

/// Fits a model to labels drawn at random, again and again as long as it seems to know the true ones:
/// [`shuffled_labels`] says what is then known. `None` for samples of one class.
pub(crate) fn shuffled(
    samples: &ControlSamples,
    seed: u64,
    predict: Predict<'_>,
) -> Result<Result<Option<Shuffles>, String>, Unfitted> {
    let counts = samples.train.class_counts();
    let classes: Vec<usize> = (0..counts.len())
        .filter(|&class| counts[class] > 0)
        .collect();
    if classes.len() < 2 {
        return Ok(Ok(None));
    }
    let chance = 1.0 / classes.len() as f64;
    let mut random = generator(seed, LABEL_STREAM);
    let mut recalls = Vec::new();
    loop {
        let train = with_random_labels(&samples.train, &classes, &mut random);
        let predicted = match predict(&train)? {
            Ok(predicted) => predicted,
            Err(reason) => return Ok(Err(reason)),
        };
        recalls.push(mean_recall(&predicted, &samples.judged));
        let found = shuffled_labels(&recalls, chance, CONTROL_LEVEL);
        let is_over = found.evidence <= of_no_leak(found.shuffles);
        if is_over || !found.passed || found.shuffles == MOST_SHUFFLES {
            return Ok(Ok(Some(Shuffles { recalls, found })));
        }
    }
}

/// The evidence up to which a model passes after so many fits to random labels: they may stop at any time.
///
/// The weakest leak that can be shown multiplies the evidence by the same factor in each of [`MOST_SHUFFLES`] fits.
/// Without a leak its mean is at most 1. This is half of the way between, on a logarithmic scale, counted from the
/// second fit on: 1 after one fit, 346 after all.
fn of_no_leak(shuffles: usize) -> f64 {
    CONTROL_LEVEL.powf(-0.5 * (shuffles as f64 - 1.0) / MOST_SHUFFLES as f64)
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

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::digits;

    fn samples() -> ControlSamples {
        let [train, judged] = digits();
        ControlSamples { train, judged }
    }

    /// The control of a model that predicts so, whatever it is fitted to.
    fn control(
        samples: &ControlSamples,
        seed: u64,
        mut predict: impl FnMut() -> Vec<usize>,
    ) -> Shuffles {
        let found = shuffled(samples, seed, &mut |_| Ok(Ok(predict())));
        found.unwrap().unwrap().unwrap()
    }

    #[test]
    fn a_model_that_knows_the_labels_from_elsewhere_is_caught() {
        let samples = samples();
        let told = control(&samples, 1, || samples.judged.labels().to_vec());
        assert!(!told.found.passed);
        assert_eq!(told.recalls, [1.0; 6]);
    }

    #[test]
    fn a_model_that_knows_two_classes_of_ten_is_caught() {
        let samples = samples();
        for seed in 0..100 {
            let mut random = generator(seed, 7);
            let found = control(&samples, seed, || {
                let labels = samples.judged.labels().iter();
                let guess = |&label: &usize| match label {
                    3 | 8 => label,
                    _ => random.random_range(0..10),
                };
                labels.map(guess).collect()
            });
            assert!(!found.found.passed, "{seed}");
        }
    }

    #[test]
    fn honest_models_take_few_fits() {
        let samples = samples();
        let mut fits = 0;
        for seed in 0..100 {
            let mut random = generator(seed, 7);
            let found = control(&samples, seed, || {
                let judged = 0..samples.judged.len();
                judged.map(|_| random.random_range(0..10)).collect()
            });
            assert!(found.found.passed, "{seed}");
            fits += found.recalls.len();
        }
        assert!((100..300).contains(&fits), "{fits} in 100 comparisons");
    }

    #[test]
    fn one_class_for_all_is_chance_and_costs_one_fit() {
        let samples = samples();
        let found = control(&samples, 1, || vec![1; samples.judged.len()]);
        assert!(found.found.passed);
        assert_eq!(found.recalls.len(), 1);
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
