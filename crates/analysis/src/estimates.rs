//! Every metric of one model with its interval.

use crate::answers::Answers;
use crate::bootstrap::draws;
use crate::levels::CONFIDENCE;
use crate::metric::{Metric, Metrics};
use crate::sample::Contributions;
use statistics::{Interval, PairedBootstrap, right, share_interval};

/// A metric, and where it may be on other samples of the same origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Which.
    pub metric: Metric,
    /// Its value; it may be infinite.
    pub value: f64,
    /// Its interval: Wilson's for accuracy (of groups, of as many samples as would be as sure), the percentiles of bootstrap
    /// draws for the others. None for the expected calibration error: chance adds to it, so that draws lie above it.
    pub interval: Option<Interval>,
}

/// Every metric that there is of predictions.
///
/// # Shapes
/// - `labels` and `predictions`: (samples)
/// - `log_probabilities`: (samples, classes)
/// - `groups`: (samples), where samples come in groups, of which each counts as a whole
///
/// # Panics
/// If there are no samples, or the shapes differ.
pub fn estimates(
    labels: &[usize],
    predictions: &[usize],
    log_probabilities: Option<&[f32]>,
    classes: usize,
    groups: Option<&[usize]>,
) -> Vec<Estimate> {
    let answers = Answers {
        labels: labels.to_vec(),
        predictions: predictions.to_vec(),
        log_probabilities: log_probabilities.map(<[f32]>::to_vec),
    };
    let contributions = Contributions::new(&answers, classes);
    let observed = Metrics::new(&contributions);
    let there_are = |metric: &Metric| observed.get(*metric).is_some();
    let metrics: Vec<Metric> = Metric::ALL.into_iter().filter(there_are).collect();
    // Beside the metrics a 0, from which each differs by itself.
    let of_draw = |times: &[u32]| -> Vec<f64> {
        let drawn = Metrics::of(&contributions.sample(times));
        let values = metrics.iter();
        let values = values.map(|&metric| drawn.get(metric).unwrap_or(f64::NAN));
        values.chain([0.0]).collect()
    };
    let samples = labels.len();
    let draws = draws(1, samples);
    let bootstrap = match groups {
        None => PairedBootstrap::new(samples, draws, SEED, of_draw),
        Some(groups) => PairedBootstrap::of_groups(groups, draws, SEED, of_draw),
    };
    let estimate = |(place, &metric): (usize, &Metric)| Estimate {
        metric,
        value: observed.get(metric).unwrap_or(f64::NAN),
        interval: match metric {
            Metric::Accuracy => {
                let right = right(labels, predictions);
                Some(share_interval(&right, groups, CONFIDENCE))
            }
            Metric::ExpectedCalibrationError => None,
            _ => Some(bootstrap.difference(place, metrics.len(), CONFIDENCE)),
        },
    };
    metrics.iter().enumerate().map(estimate).collect()
}

/// Seed of the draws: the same predictions have the same intervals, whoever asks.
const SEED: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use statistics::wilson;

    #[test]
    fn intervals_hold_their_metrics_and_accuracy_is_wilsons() {
        let labels: Vec<usize> = (0..200).map(|i| i % 3).collect();
        let predicted: Vec<usize> = (0..200)
            .map(|i| if i % 5 == 0 { 0 } else { i % 3 })
            .collect();
        let logs: Vec<f32> = predicted
            .iter()
            .flat_map(|&class| {
                (0..3).map(move |k| {
                    if k == class {
                        0.6_f32.ln()
                    } else {
                        0.2_f32.ln()
                    }
                })
            })
            .collect();
        let found = estimates(&labels, &predicted, Some(&logs), 3, None);
        assert_eq!(found.len(), Metric::ALL.len());
        for estimate in &found {
            let Some(Interval { low, high }) = estimate.interval else {
                assert_eq!(estimate.metric, Metric::ExpectedCalibrationError);
                continue;
            };
            assert!(
                low <= estimate.value && estimate.value <= high,
                "{estimate:?}"
            );
        }
        let right = labels
            .iter()
            .zip(&predicted)
            .filter(|(a, b)| a == b)
            .count();
        assert_eq!(found[0].value, right as f64 / 200.0);
        assert_eq!(found[0].interval, Some(wilson(right, 200, CONFIDENCE)));
        let without = estimates(&labels, &predicted, None, 3, None);
        assert!(without.iter().all(|of| !of.metric.needs_probabilities()));
        assert_eq!(without[..], found[..without.len()]);
        // Five samples that are alike in each group: no interval is narrower, most are wider.
        let groups: Vec<usize> = (0..200).map(|i| i / 5).collect();
        let alike: Vec<usize> = (0..200)
            .map(|i| if i / 5 % 5 == 0 { (i + 1) % 3 } else { i % 3 })
            .collect();
        let width = |groups| {
            let of = estimates(&labels, &alike, None, 3, groups);
            let accuracy = of[0].interval.unwrap();
            accuracy.high - accuracy.low
        };
        assert!(width(Some(&groups[..])) > 1.8 * width(None));
    }
}
