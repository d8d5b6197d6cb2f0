//! How models differ on test sets drawn with replacement.

use crate::counts::Counts;
use crate::enough::{Images, TooFew};
use crate::joint::Joint;
use crate::levels::SIGNIFICANCE;
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
    /// Its interval. The intervals of all comparisons in this metric hold at once with confidence 95 %.
    /// `None` where the difference is infinite, the same 0 on all drawn test sets, or of too few images.
    pub interval: Option<Interval>,
    /// The p value adjusted for all comparisons in this metric; `None` as for the interval.
    pub p_adjusted: Option<f64>,
    /// Whether that is below 0.05, and so whether the interval excludes 0.
    pub different: bool,
    /// Why there is no interval, where there are too few images for one that holds.
    pub too_few: Option<TooFew>,
}

/// The metrics of several models on the same drawn test sets.
pub(crate) struct Redrawn<'a> {
    /// Of each model, which it has.
    has: Vec<Vec<Metric>>,
    /// Of all models one after another, on the test set itself.
    values: Vec<f64>,
    bootstrap: PairedBootstrap,
    images: Images<'a>,
}

/// How many test sets are drawn for so many models and images.
pub(crate) fn draws(models: usize, images: usize) -> usize {
    let looks = models.saturating_mul(images).max(1);
    (MOST_LOOKS / looks).clamp(FEWEST_DRAWS, DRAWS)
}

/// The metrics that a model can have, but those of which drawn test sets say nothing new. Accuracy has a test of its
/// own. To the expected calibration error chance adds the more the better calibrated a model is: intervals of its
/// differences hold in as few as 63 of 100 runs (results/levels.md).
fn metrics_of(model: &Contributions) -> impl Iterator<Item = Metric> {
    const NEITHER: [Metric; 2] = [Metric::Accuracy, Metric::ExpectedCalibrationError];
    let all = model.has_probabilities();
    let others = Metric::ALL.into_iter().filter(|of| !NEITHER.contains(of));
    others.filter(move |metric| all || !metric.needs_probabilities())
}

impl<'a> Redrawn<'a> {
    /// On test sets of as many images, or of as many whole groups.
    ///
    /// # Panics
    /// If there are no models, or no images.
    pub(crate) fn new(
        models: &'a [&'a Contributions],
        seed: u64,
        groups: Option<&'a [usize]>,
    ) -> Self {
        let images = models[0].images();
        // A metric that there is not on the images, there is not on any that are drawn from them.
        let of_model = |model: &Contributions, counts: Counts, times: &[u32]| -> Vec<f64> {
            let metrics = Metrics::of(&model.sample_with(counts, times));
            let value = |metric| metrics.get(metric).unwrap_or(f64::NAN);
            metrics_of(model).map(value).collect()
        };
        let joint = Joint::new(models);
        let of_all = |times: &[u32]| -> Vec<f64> {
            let models = models.iter().zip(joint.counts(times));
            models
                .flat_map(|(model, counts)| of_model(model, counts, times))
                .collect()
        };
        let draws = draws(models.len(), images);
        Self {
            has: models
                .iter()
                .map(|model| metrics_of(model).collect())
                .collect(),
            values: of_all(&vec![1; images]),
            images: Images::new(models, groups),
            bootstrap: match groups {
                None => PairedBootstrap::new(images, draws, seed, of_all),
                Some(groups) => PairedBootstrap::of_groups(groups, draws, seed, of_all),
            },
        }
    }

    /// How the two models of each pair differ in every metric that both have, but accuracy and the expected calibration error: by max-T
    /// over the same drawn test sets, each metric for itself, where there are enough images. Of two losses that are both infinite there
    /// is no difference.
    pub(crate) fn differences(&self, pairs: &[(usize, usize)]) -> Vec<Vec<MetricDifference>> {
        let mut of_pairs = vec![Vec::new(); pairs.len()];
        for metric in Metric::ALL {
            let mut tested = Vec::new();
            for (&(first, second), found) in pairs.iter().zip(&mut of_pairs) {
                let columns = (self.column(first, metric), self.column(second, metric));
                let (Some(a), Some(b)) = columns else {
                    continue;
                };
                let difference = self.values[a] - self.values[b];
                if difference.is_nan() {
                    continue;
                }
                // Those are decided by the exact test.
                let is_accuracy = self.is_accuracy(metric);
                let too_few = (!is_accuracy).then(|| self.images.too_few([first, second], metric));
                let too_few = too_few.flatten();
                found.push(MetricDifference {
                    metric,
                    difference: Number(difference),
                    interval: None,
                    p_adjusted: None,
                    different: false,
                    too_few,
                });
                if too_few.is_none() && !is_accuracy {
                    tested.push((found, (a, b)));
                }
            }
            let columns: Vec<(usize, usize)> = tested.iter().map(|of| of.1).collect();
            let found = self.bootstrap.simultaneous(&columns, SIGNIFICANCE);
            for ((of_pair, _), found) in tested.into_iter().zip(found) {
                let of_metric = of_pair.last_mut().expect("it was just added");
                of_metric.interval = found.map(|found| found.interval);
                of_metric.p_adjusted = found.map(|found| found.p_adjusted);
                of_metric.different = found.is_some_and(|found| found.different);
            }
        }
        of_pairs
    }

    /// Whether a metric is accuracy by another name on these images.
    pub(crate) fn is_accuracy(&self, metric: Metric) -> bool {
        self.images.is_accuracy(metric)
    }

    /// Where a metric of a model is among all values, if the model has it.
    fn column(&self, model: usize, metric: Metric) -> Option<usize> {
        let before: usize = self.has[..model].iter().map(Vec::len).sum();
        let place = self.has[model].iter().position(|&has| has == metric)?;
        Some(before + place)
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
        let differences = Redrawn::new(&[&contributions; 2], 1, None).differences(&[(0, 1)]);
        let found: Vec<Metric> = differences[0].iter().map(|of| of.metric).collect();
        assert!(
            !found.contains(&Metric::Accuracy)
                && !found.contains(&Metric::LogLoss)
                && !found.contains(&Metric::RocAuc)
        );
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
            let differences = Redrawn::new(&both, 1, None).differences(&[(first, second)]);
            let last = differences[0].last().unwrap();
            assert_eq!(last.metric, Metric::MatthewsCorrelation);
        }
    }

    /// Of 64 images, the first model gets all right, the others so many of the second class wrong.
    #[test]
    fn intervals_of_all_pairs_hold_at_once_and_agree_with_their_decisions() {
        let with = |wrong: std::ops::Range<usize>| Answers {
            labels: [0, 1].repeat(32),
            predictions: (0..64)
                .map(|i| if wrong.contains(&i) { 0 } else { i % 2 })
                .collect(),
            log_probabilities: None,
        };
        let models =
            [0..0, 0..22, 18..40, 0..30, 0..30].map(|wrong| Contributions::new(&with(wrong), 2));
        let models: Vec<&Contributions> = models.iter().collect();
        let redrawn = Redrawn::new(&models, 1, None);
        let all: Vec<(usize, usize)> = (0..5)
            .flat_map(|i| (i + 1..5).map(move |j| (i, j)))
            .collect();
        let (of_all, alone) = (redrawn.differences(&all), redrawn.differences(&[(0, 1)]));
        let width = |of: &MetricDifference| of.interval.map(|of| of.high - of.low);
        for (of_all, alone) in of_all[0].iter().zip(&alone[0]) {
            // What is accuracy by another name is decided elsewhere.
            let is_tested = !redrawn.is_accuracy(of_all.metric);
            assert_eq!(of_all.interval.is_some(), is_tested, "{of_all:?}");
            assert!(
                !is_tested || width(of_all) > width(alone),
                "{of_all:?} {alone:?}"
            );
        }
        let found: Vec<&MetricDifference> = of_all.iter().flatten().collect();
        for of in &found {
            let Some(interval) = of.interval else {
                continue;
            };
            let excludes = interval.low > 0.0 || interval.high < 0.0;
            assert_eq!(excludes, of.different, "{of:?}");
            assert_eq!(of.different, of.p_adjusted.unwrap() < 0.05, "{of:?}");
        }
        assert!(found.iter().any(|of| of.different) && found.iter().any(|of| !of.different));
        // The last two give the same answers.
        let same = of_all.last().unwrap();
        assert!(
            same.iter()
                .all(|of| of.interval.is_none() && of.difference.0 == 0.0)
        );
    }

    #[test]
    fn many_models_of_many_images_have_fewer_draws() {
        assert_eq!(draws(9, 10_000), 2_000);
        assert_eq!(draws(100, 10_000), 2_000);
        assert_eq!(draws(100, 20_000), 1_073);
        assert_eq!(draws(1_000, 1_000_000), 400);
    }
}
