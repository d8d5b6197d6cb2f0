//! How much an accuracy varies when one thing is drawn anew, where the fits can say so.

use crate::Interval;
use crate::moments::variance;
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::fmt;

/// What differs between fits that are judged on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Varied {
    /// The seed alone.
    Seed,
    /// The training samples, of which no two fits share any.
    DisjointTrainingSets,
    /// The training samples, of which fits share some, as the folds of a cross-validation do.
    OverlappingTrainingSets,
}

/// Why fits do not say how much an accuracy varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoSpread {
    /// There are fewer than two.
    TooFew,
    /// Their training sets overlap.
    Overlap,
}

impl fmt::Display for NoSpread {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str(match self {
            Self::TooFew => "one fit does not spread: it takes two or more",
            Self::Overlap => {
                "folds share training samples, so their spread is not that of new training samples: \
                 fit to parts of the training samples that share none"
            }
        })
    }
}

/// A standard deviation with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Of one fit.
    pub deviation: f64,
    /// Its interval, if accuracies are normally distributed: that of χ².
    pub interval: Interval,
    /// Degrees of freedom: fits less one.
    pub freedom: usize,
}

/// The standard deviation of the accuracy of a fit when what is `varied` is drawn anew, on these test
/// samples: from the accuracies of several fits that were all judged on the same samples and differ in
/// nothing else.
///
/// # Errors
/// [`NoSpread`] where the accuracies do not say it. For overlapping training sets no unbiased estimate
/// exists (Bengio and Grandvalet 2004). The spread over folds is also that of other test samples, and
/// what is left after that is taken from it is mostly below 0.
///
/// # Panics
/// If `confidence` is not in (0, 1).
pub fn spread(accuracies: &[f64], varied: Varied, confidence: f64) -> Result<Spread, NoSpread> {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    if varied == Varied::OverlappingTrainingSets {
        return Err(NoSpread::Overlap);
    }
    if accuracies.len() < 2 {
        return Err(NoSpread::TooFew);
    }
    let freedom = accuracies.len() - 1;
    let squares = variance(accuracies) * freedom as f64;
    let chi = ChiSquared::new(freedom as f64).expect("at least one degree of freedom");
    let end = |share: f64| (squares / chi.inverse_cdf(share)).sqrt();
    Ok(Spread {
        deviation: variance(accuracies).sqrt(),
        interval: Interval {
            low: end(f64::midpoint(1.0, confidence)),
            high: end((1.0 - confidence) / 2.0),
        },
        freedom,
    })
}

/// The standard deviation of an accuracy when as many other test samples are drawn: √(p(1 − p)/n), with n
/// all samples that were judged. Over folds that is all folds together, each sample once. 0 without.
///
/// # Panics
/// If `right > samples`.
pub fn spread_of_samples(right: usize, samples: usize) -> f64 {
    assert!(right <= samples, "{right} right of {samples} samples");
    let count = samples.max(1) as f64;
    let share = right as f64 / count;
    (share * (1.0 - share) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// `scipy.stats.chi2`.
    #[test]
    fn the_spread_of_seeds_has_the_interval_of_scipy() {
        let (accuracies, deviation, low, high): (Vec<f64>, f64, f64, f64) = recorded("spread");
        for varied in [Varied::Seed, Varied::DisjointTrainingSets] {
            let found = spread(&accuracies, varied, 0.95).unwrap();
            assert_close(found.deviation, deviation);
            assert_close(found.interval.low, low);
            assert_close(found.interval.high, high);
            assert_eq!(found.freedom, accuracies.len() - 1);
        }
        let same = spread(&[0.9; 3], Varied::Seed, 0.95).unwrap();
        assert!(same.interval.high < 1e-12, "{same:?}");
    }

    #[test]
    fn what_cannot_be_estimated_is_refused_with_a_reason() {
        let folds = spread(&[0.9, 0.8, 0.7], Varied::OverlappingTrainingSets, 0.95);
        assert!(
            folds
                .unwrap_err()
                .to_string()
                .contains("share training samples")
        );
        let one = spread(&[0.9], Varied::Seed, 0.95);
        assert_eq!(one, Err(NoSpread::TooFew));
    }

    #[test]
    fn other_samples_spread_as_a_binomial_share() {
        assert_close(spread_of_samples(90, 100), 0.03);
        assert_eq!(spread_of_samples(0, 0), 0.0);
    }
}
