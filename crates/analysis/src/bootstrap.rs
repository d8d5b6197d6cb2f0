//! How models differ on test sets drawn with replacement.

use crate::levels::CONFIDENCE;
use crate::metric::{Metric, Metrics};
use crate::sample::Contributions;
use records::Number;
use serde::Serialize;
use statistics::{Interval, PairedBootstrap};

/// Test sets drawn for the intervals.
const DRAWS: usize = 2_000;

/// The least that still have a 95 % interval with some tens of draws outside.
const FEWEST_DRAWS: usize = 400;

/// The most images, of all models and drawn test sets together, that are looked at: some minutes.
const MOST_LOOKS: usize = 1 << 31;

/// How two models differ in one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricDifference {
    /// Which.
    pub metric: Metric,
    /// First − second; infinite where only one of two losses is.
    pub difference: Number,
    /// Its 95 % interval, from a paired bootstrap.
    pub interval: Ends,
}

/// The ends of an interval, which may be infinite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ends {
    /// Where it begins.
    pub low: Number,
    /// Where it ends.
    pub high: Number,
}

impl From<Interval> for Ends {
    fn from(Interval { low, high }: Interval) -> Self {
        Self {
            low: Number(low),
            high: Number(high),
        }
    }
}

/// The metrics of several models on the same drawn test sets.
pub(crate) struct Redrawn {
    /// Of each model, which it has.
    has: Vec<Vec<Metric>>,
    /// Of all models one after another, on the test set itself.
    values: Vec<f64>,
    bootstrap: PairedBootstrap,
}

/// How many test sets are drawn for so many models and images.
pub(crate) fn draws(models: usize, images: usize) -> usize {
    let looks = models.saturating_mul(images).max(1);
    (MOST_LOOKS / looks).clamp(FEWEST_DRAWS, DRAWS)
}

/// The metrics that a model can have.
fn metrics_of(model: &Contributions) -> impl Iterator<Item = Metric> {
    let all = model.has_probabilities();
    let metrics = Metric::ALL.into_iter();
    metrics.filter(move |metric| all || !metric.needs_probabilities())
}

impl Redrawn {
    /// # Panics
    /// If there are no models, or no images.
    pub(crate) fn new(models: &[&Contributions], seed: u64) -> Self {
        let images = models[0].images();
        // A metric that there is not on the images, there is not on any that are drawn from them.
        let of_model = |model: &Contributions, times: &[u32]| -> Vec<f64> {
            let metrics = Metrics::of(&model.sample(times));
            let value = |metric| metrics.get(metric).unwrap_or(f64::NAN);
            metrics_of(model).map(value).collect()
        };
        let of_all = |times: &[u32]| -> Vec<f64> {
            let models = models.iter();
            models.flat_map(|model| of_model(model, times)).collect()
        };
        Self {
            has: models
                .iter()
                .map(|model| metrics_of(model).collect())
                .collect(),
            values: of_all(&vec![1; images]),
            bootstrap: PairedBootstrap::new(images, draws(models.len(), images), seed, of_all),
        }
    }

    /// How two models differ in every metric that both have, accuracy first. Of two losses that are both
    /// infinite there is no difference.
    pub(crate) fn differences(&self, first: usize, second: usize) -> Vec<MetricDifference> {
        let column = |model: usize| self.has[..model].iter().map(Vec::len).sum::<usize>();
        let (a, b) = (column(first), column(second));
        let shared = self.has[first].iter().zip(&self.has[second]);
        let differ = |(place, (&metric, _)): (usize, (&Metric, &Metric))| {
            let interval = self.bootstrap.difference(a + place, b + place, CONFIDENCE);
            MetricDifference {
                metric,
                difference: Number(self.values[a + place] - self.values[b + place]),
                interval: interval.into(),
            }
        };
        let differences = shared.enumerate().map(differ);
        differences.filter(|of| !of.difference.0.is_nan()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;

    #[test]
    fn a_difference_that_there_is_not_is_left_out() {
        let answers = Answers {
            labels: vec![1, 1],
            predictions: vec![0, 0],
            log_probabilities: Some(vec![0.0, f32::NEG_INFINITY, 0.5_f32.ln(), 0.5_f32.ln()]),
        };
        let contributions = Contributions::new(&answers, 2);
        // Neither ∞ − ∞ nor an area under a curve that there is not.
        let differences = Redrawn::new(&[&contributions; 2], 1).differences(0, 1);
        let found: Vec<Metric> = differences.iter().map(|of| of.metric).collect();
        assert_eq!(found[0], Metric::Accuracy);
        assert!(!found.contains(&Metric::LogLoss) && !found.contains(&Metric::RocAuc));
        assert!(found.contains(&Metric::Brier), "{found:?}");
    }

    #[test]
    fn without_probabilities_only_predictions_are_compared() {
        let with = |log_probabilities| Answers {
            labels: vec![0, 1],
            predictions: vec![0, 0],
            log_probabilities,
        };
        let models = [with(Some(vec![-0.5, -1.0, -0.5, -1.0])), with(None)];
        let models = models.map(|answers| Contributions::new(&answers, 2));
        let both = [&models[0], &models[1]];
        for (first, second) in [(0, 1), (1, 0)] {
            let differences = Redrawn::new(&both, 1).differences(first, second);
            let last = differences.last().unwrap();
            assert_eq!(last.metric, Metric::MatthewsCorrelation);
        }
    }

    #[test]
    fn many_models_of_many_images_have_fewer_draws() {
        assert_eq!(draws(9, 10_000), 2_000);
        assert_eq!(draws(100, 10_000), 2_000);
        assert_eq!(draws(100, 20_000), 1_073);
        assert_eq!(draws(1_000, 1_000_000), 400);
    }
}
