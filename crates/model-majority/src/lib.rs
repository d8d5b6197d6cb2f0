//! The majority class: every sample is taken for the class that most training samples have, and the
//! probabilities are the classes' shares of the training samples. What a model must beat.

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, ModelEntry, Recipe, Scores, Sizes,
    State, StateError, Suits,
};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};

/// How the registry knows this model.
pub const MAJORITY: ModelEntry = ModelEntry {
    id: "majority",
    backend: "by hand",
    summary: "always the most frequent class, whatever the sample: the floor that a model must beat",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(Majority {}),
};

/// How to find the most frequent class: there is nothing to choose.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct Majority {}

impl Hyperparameters for Majority {}

impl Recipe for Majority {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        Ok(Box::new(Shares::of(train)))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    /// It needs only how many samples there are of each class.
    fn least_memory(&self, _: &Dataset) -> usize {
        0
    }

    fn growth(&self) -> Growth {
        Growth::PASSES
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let logs = state.take_any("log_shares")?.of_shape(&[sizes.classes])?;
        Ok(Box::new(Shares { logs }))
    }
}

/// How much of the training samples each class has.
struct Shares {
    /// Natural logarithms, shape (classes); −∞ for a class without samples.
    logs: Vec<f32>,
}

impl Shares {
    fn of(train: &Dataset) -> Self {
        let counts = train.class_counts();
        let log = |&count: &usize| (count as f64 / train.len() as f64).ln() as f32;
        Self {
            logs: counts.iter().map(log).collect(),
        }
    }
}

impl Classifier for Shares {
    /// The logarithms of the shares; the first class wins among those with equal ones.
    fn scores(&self, samples: &Samples) -> Scores {
        Scores::new(self.logs.repeat(samples.len()), self.logs.len())
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    fn parameter_count(&self) -> usize {
        self.logs.len()
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(State::default().with("log_shares", &[self.logs.len()], self.logs.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{Check, NO_LAYERS, NOT_LINEAR, check_except};

    #[test]
    fn it_conforms() {
        let floor = "it is what they are compared with";
        check_except(
            &MAJORITY,
            &[
                (Check::AnyData, floor),
                (Check::BeatsMajority, floor),
                (Check::OneFeature, floor),
                (Check::UselessFeatures, floor),
                (Check::OtherWidths, "it does not look at features"),
                NOT_LINEAR,
                NO_LAYERS,
            ],
        );
    }

    #[test]
    fn probabilities_are_the_shares_of_the_classes() {
        let rows = Samples::from_features(1, vec![0.0; 5]).unwrap();
        let names = ["few", "most", "none"].map(str::to_owned);
        let train = Dataset::new(rows, vec![1, 0, 1, 0, 1], names.into()).unwrap();
        let shares = Shares::of(&train);
        let one = train.samples().slice(0..1);
        assert_eq!(shares.scores(&one).labels(), [1]);
        let logs = shares.log_probabilities(&one).unwrap();
        let expected = [0.4_f32.ln(), 0.6_f32.ln(), f32::NEG_INFINITY];
        for (log, expected) in logs.values().iter().zip(expected) {
            assert!(*log == expected || (log - expected).abs() < 1e-6, "{log}");
        }
    }

    /// 1 135 of the 10 000 test images are ones, the most frequent digit of the training images.
    #[test]
    fn on_mnist_it_names_the_ones() {
        let mnist = catalog::mnist().unwrap();
        let labels = Shares::of(&mnist.train)
            .scores(mnist.test.samples())
            .labels();
        let truth = mnist.test.look();
        let right = labels.iter().zip(truth.labels()).filter(|(a, b)| a == b);
        assert_eq!(right.count(), 1135);
    }
}
