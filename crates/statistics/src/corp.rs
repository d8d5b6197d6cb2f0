//! Reliability diagrams without bins: CORP (Dimitriadis, Gneiting and Jordan 2021), and how far a diagram
//! strays by chance.

use crate::Interval;
use crate::isotonic::{ascending, at, pooled};
use crate::moments::{mean, quantile};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// The random stream of the first set of outcomes that is drawn, beyond those of models and bootstraps.
const STREAM: u64 = 3 << 62;

/// Samples of nearly the same probability, with how often the outcome was true: one step of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// Smallest probability in it.
    pub from: f64,
    /// Largest.
    pub to: f64,
    /// Mean probability.
    pub confidence: f64,
    /// Share of true outcomes: what the probability should have been.
    pub frequency: f64,
    /// Samples.
    pub samples: usize,
}

/// A reliability diagram and what it says of the Brier score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Corp {
    /// The steps, by probability; their frequencies rise.
    pub steps: Vec<Step>,
    /// How much the score loses because probabilities do not mean what they say.
    pub miscalibration: f64,
    /// How much it gains because probabilities tell samples apart.
    pub discrimination: f64,
    /// The score of always saying how often the outcome is true.
    pub uncertainty: f64,
}

/// The CORP diagram of probabilities of an outcome that was true or not, as confidences are of being
/// right. Probabilities are made to rise with frequencies by pooling adjacent violators (Ayer et al.
/// 1955), which finds the steps, so that no number of bins is to be chosen. The mean of (p − y)² is
/// miscalibration − discrimination + uncertainty. All are 0 without samples.
///
/// # Panics
/// If the slices differ in length.
pub fn corp(probabilities: &[f64], outcomes: &[bool]) -> Corp {
    assert_eq!(probabilities.len(), outcomes.len(), "one per outcome");
    let order = ascending(probabilities);
    let outcome = |sample: usize| f64::from(u8::from(outcomes[sample]));
    let pools = pooled(probabilities, &order, |sample| [1.0, outcome(sample)]);
    let mut steps = Vec::new();
    let mut start = 0;
    for pool in &pools {
        let members = &order[start..start + pool.samples];
        start += pool.samples;
        let of = |sample: Option<&usize>| sample.map_or(0.0, |&sample| probabilities[sample]);
        steps.push(Step {
            from: of(members.first()),
            to: of(members.last()),
            confidence: mean(members.iter().map(|&sample| probabilities[sample])),
            frequency: pool.frequency(),
            samples: pool.samples,
        });
    }
    let samples = outcomes.len().max(1) as f64;
    let all = (0..outcomes.len()).map(outcome).sum::<f64>() / samples;
    let uncertainty = all * (1.0 - all);
    let score = mean((0..outcomes.len()).map(|i| (probabilities[i] - outcome(i)).powi(2)));
    // Within a step of frequency f, the mean of (f − y)² is f(1 − f).
    let within = |step: &Step| step.samples as f64 * step.frequency * (1.0 - step.frequency);
    let calibrated = steps.iter().map(within).sum::<f64>() / samples;
    Corp {
        steps,
        miscalibration: score - calibrated,
        discrimination: uncertainty - calibrated,
        uncertainty,
    }
}

/// Where the frequencies of a diagram are, by chance alone, if the probabilities mean what they say: of
/// each of `places`, which are probabilities on the diagram, the interval of `confidence` (consistency
/// bars: Bröcker and Smith 2007). `draws` times, each outcome is drawn with its probability, and the
/// diagram made anew. The same seed gives the same, for any number of threads. Empty without samples.
///
/// # Panics
/// If a probability is not in [0, 1], there are no draws, or `confidence` is not in (0, 1).
pub fn consistency_band(
    probabilities: &[f64],
    places: &[f64],
    confidence: f64,
    draws: usize,
    seed: u64,
) -> Vec<Interval> {
    assert!(draws > 0, "no draws");
    let shares = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    assert!(shares, "probabilities in [0, 1]");
    if probabilities.is_empty() {
        return Vec::new();
    }
    let order = ascending(probabilities);
    let curve = |draw: usize| -> Vec<f64> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(STREAM + draw as u64);
        let mut outcomes = vec![0.0; probabilities.len()];
        for (outcome, &probability) in outcomes.iter_mut().zip(probabilities) {
            *outcome = f64::from(u8::from(generator.random::<f64>() < probability));
        }
        let pools = pooled(probabilities, &order, |sample| [1.0, outcomes[sample]]);
        places
            .iter()
            .map(|place| at(&pools, |pool| pool.to, *place).frequency())
            .collect()
    };
    let curves: Vec<Vec<f64>> = (0..draws).into_par_iter().map(curve).collect();
    let tail = (1.0 - confidence) / 2.0;
    (0..places.len())
        .map(|place| {
            let values: Vec<f64> = curves.iter().map(|curve| curve[place]).collect();
            let end = |share| quantile(&values, share).expect("a draw");
            Interval {
                low: end(tail),
                high: end(1.0 - tail),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// scikit-learn's `IsotonicRegression` and Brier scores.
    #[test]
    fn the_steps_are_those_of_isotonic_regression() {
        let (probabilities, outcomes, fitted, parts): (Vec<f64>, Vec<bool>, Vec<f64>, [f64; 3]) =
            recorded("corp");
        let found = corp(&probabilities, &outcomes);
        for (probability, expected) in probabilities.iter().zip(fitted) {
            let step = found.steps.iter().find(|step| *probability <= step.to);
            assert!((step.unwrap().frequency - expected).abs() < 1e-12);
        }
        assert_close(found.miscalibration, parts[0]);
        assert_close(found.discrimination, parts[1]);
        assert_close(found.uncertainty, parts[2]);
        let samples: usize = found.steps.iter().map(|step| step.samples).sum();
        assert_eq!(samples, probabilities.len());
        assert_eq!(corp(&[], &[]).steps, []);
    }

    /// Of one probability only, the frequency is binomial: `scipy.stats.binom`.
    #[test]
    fn the_band_of_one_probability_is_binomial() {
        let (probability, samples, low, high): (f64, usize, f64, f64) = recorded("band");
        let all = vec![probability; samples];
        let band = consistency_band(&all, &[probability], 0.9, 4_000, 1);
        // To the next number of samples.
        let step = 1.01 / samples as f64;
        assert!((band[0].low - low).abs() <= step, "{band:?}, {low}");
        assert!((band[0].high - high).abs() <= step, "{band:?}, {high}");
        assert!(consistency_band(&[], &[0.5], 0.9, 10, 1).is_empty());
    }

    #[test]
    fn the_band_holds_the_probabilities_themselves() {
        let probabilities: Vec<f64> = (0..500).map(|i| f64::from(i) / 500.0).collect();
        let band = consistency_band(&probabilities, &[0.1, 0.5, 0.9], 0.95, 200, 1);
        for (place, band) in [0.1, 0.5, 0.9].into_iter().zip(&band) {
            assert!(band.low < place && place < band.high, "{band:?}");
            assert!(band.high - band.low < 0.5, "{band:?}");
        }
    }
}
