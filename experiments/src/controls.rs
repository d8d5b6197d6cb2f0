//! Controls that run with a comparison, on a few training images: what must hold of any model that is
//! compared honestly.

use crate::measure::{Conditions, fit_alone, guarded};
use crate::plan::ReadyModel;
use crate::protocol::ControlImages;
use classifier::{Classifier, FitError, Scores, generator};
use data::Dataset;
use rand::seq::SliceRandom;
use report::Control;
use statistics::binomial_tail;

/// A model that learns nothing is above chance by as much as this once in ten thousand comparisons.
const CHANCE: f64 = 1e-4;

/// Random stream of the shuffled labels; models use small numbers.
const LABEL_STREAM: u64 = u64::MAX;

/// Checks a model with its parameters. The error is a cancellation.
pub(crate) fn check(
    model: &ReadyModel,
    images: &ControlImages,
    seed: u64,
    conditions: &Conditions,
) -> Result<Vec<Control>, FitError> {
    let fit = |train: &Dataset| match fit_alone(model, seed, train, conditions) {
        Err(FitError::Cancelled(cancelled)) => Err(FitError::Cancelled(cancelled)),
        other => Ok(other.map_err(|error| error.to_string())),
    };
    let first = fit(&images.train)?;
    let again = fit(&images.train)?;
    let fooled = fit(&with_shuffled_labels(&images.train, seed))?;
    // A model may fit and then panic when it is asked.
    let with_first = |check: &dyn Fn(&dyn Classifier) -> Result<String, String>| match &first {
        Ok(model) => guarded(|| check(model.as_ref())).and_then(|found| found),
        Err(reason) => Err(reason.clone()),
    };
    let chance = fooled.and_then(|model| {
        guarded(|| chance(model.as_ref(), &images.judged)).and_then(|found| found)
    });
    let repeated = with_first(&|first| match &again {
        Ok(again) => same_bits(first, again.as_ref(), &images.judged),
        Err(reason) => Err(reason.clone()),
    });
    let permuted = with_first(&|first| permuted(first, &images.judged));
    let sums = with_first(&|first| sums(first, &images.judged));
    let checks = [
        ("shuffled labels", chance),
        ("fitted again", repeated),
        ("permuted images", permuted),
        ("probabilities", sums),
    ];
    let control = |(name, result): (&str, Result<String, String>)| Control {
        name: name.to_owned(),
        passed: result.is_ok(),
        detail: result.unwrap_or_else(|reason| reason),
    };
    Ok(checks.into_iter().map(control).collect())
}

fn with_shuffled_labels(data: &Dataset, seed: u64) -> Dataset {
    let mut labels = data.labels().to_vec();
    labels.shuffle(&mut generator(seed, LABEL_STREAM));
    Dataset::new(data.samples().clone(), labels, data.class_names().clone())
        .expect("as many labels as before")
}

/// A model of shuffled labels must not be right more often than the most frequent class.
fn chance(model: &dyn Classifier, judged: &Dataset) -> Result<String, String> {
    let predicted = model.scores(judged.samples()).labels();
    let pairs = predicted.iter().zip(judged.labels());
    let right = pairs.filter(|(a, b)| a == b).count();
    let most = judged.class_counts().into_iter().max().unwrap_or(0);
    let share = most as f64 / judged.len().max(1) as f64;
    let said = format!("{right} of {} right", judged.len());
    if binomial_tail(right, judged.len(), share) < CHANCE {
        Err(format!("{said}: more than chance gives"))
    } else {
        Ok(said)
    }
}

fn same_bits(
    first: &dyn Classifier,
    again: &dyn Classifier,
    judged: &Dataset,
) -> Result<String, String> {
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

fn permuted(model: &dyn Classifier, judged: &Dataset) -> Result<String, String> {
    let backwards: Vec<usize> = (0..judged.len()).rev().collect();
    let mut reversed = model.scores(&judged.samples().select(&backwards)).labels();
    reversed.reverse();
    if reversed == model.scores(judged.samples()).labels() {
        Ok("the same predictions".to_owned())
    } else {
        Err("other predictions".to_owned())
    }
}

fn sums(model: &dyn Classifier, judged: &Dataset) -> Result<String, String> {
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
        assert!(chance(&cheat, &judged).unwrap_err().contains("300 of 300"));
        assert!(permuted(&cheat, &judged).is_err());
        assert!(sums(&cheat, &judged).is_err());
        assert!(same_bits(&cheat, &Cheat(vec![0; 300]), &judged).is_err());
        assert!(same_bits(&cheat, &cheat, &judged).is_ok());
    }

    #[test]
    fn one_class_for_all_is_chance() {
        let [_, judged] = digits();
        assert!(chance(&Cheat(vec![1; 300]), &judged).is_ok());
    }

    #[test]
    fn shuffled_labels_are_the_same_labels_elsewhere() {
        let [train, _] = digits();
        let shuffled = with_shuffled_labels(&train, 1);
        assert_eq!(shuffled.class_counts(), train.class_counts());
        assert_ne!(shuffled.labels(), train.labels());
    }
}
