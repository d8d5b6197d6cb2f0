//! How many times as long one subject takes as another, with an interval.

use classifier::generator;
use rand::{Rng, RngExt};
use report::range;
use statistics::{Interval, quantile};
use std::fmt;

/// Fewer rounds say nothing of how they vary.
const FEWEST: usize = 5;
const DRAWS: usize = 10_000;
const CONFIDENCE: f64 = 0.95;
/// Random stream of the draws.
const STREAM: u64 = 0;

/// A ratio of medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) value: f64,
    /// The bootstrap's percentile interval; `None` where a subject has too few rounds.
    pub(crate) interval: Option<Interval>,
}

impl Ratio {
    /// Of the rounds of `theirs` to those of `ours`. Rounds are drawn with replacement, those of each by itself: the
    /// percentile interval (Efron 1979).
    pub(crate) fn of(theirs: &[f64], ours: &[f64]) -> Self {
        let enough = theirs.len().min(ours.len()) >= FEWEST;
        let interval = enough.then(|| {
            let mut random = generator(1, STREAM);
            let draws: Vec<f64> = (0..DRAWS)
                .map(|_| median(&drawn(theirs, &mut random)) / median(&drawn(ours, &mut random)))
                .collect();
            let end = |share| quantile(&draws, share).expect("there are draws");
            let outside = (1.0 - CONFIDENCE) / 2.0;
            Interval {
                low: end(outside),
                high: end(1.0 - outside),
            }
        });
        Self {
            value: median(theirs) / median(ours),
            interval,
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "**{:.1}\u{a0}×**", self.value)?;
        match self.interval {
            Some(Interval { low, high }) => {
                write!(
                    f,
                    " ({})",
                    range(&format!("{low:.1}"), &format!("{high:.1}"))
                )
            }
            None => Ok(()),
        }
    }
}

fn drawn(values: &[f64], random: &mut impl Rng) -> Vec<f64> {
    let draw = |_| values[random.random_range(0..values.len())];
    (0..values.len()).map(draw).collect()
}

/// The smallest and the largest of some values, to two decimals.
pub(crate) fn ends(values: &[f64]) -> String {
    let end = |wins: fn(f64, f64) -> f64| {
        let end = values.iter().copied().reduce(wins).unwrap_or(f64::NAN);
        format!("{end:.2}")
    };
    range(&end(f64::min), &end(f64::max))
}

/// The median of some values.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_medians_and_its_interval_of_drawn_rounds() {
        let ours = [1.0, 1.1, 0.9, 1.0, 1.2];
        let theirs = [8.0, 9.0, 8.5, 30.0, 8.2];
        let ratio = Ratio::of(&theirs, &ours);
        assert_eq!(ratio.value, 8.5);
        let Interval { low, high } = ratio.interval.unwrap();
        // The ends are ratios of rounds: medians of five drawn ones are rounds.
        assert!(
            (6.8..8.5).contains(&low) && (8.5..31.0).contains(&high),
            "{low} {high}"
        );
        assert_eq!(Ratio::of(&theirs, &ours), ratio);
        let steady = Ratio::of(&[8.0; 5], &[2.0; 5]);
        assert_eq!(
            steady.to_string(),
            "**4.0\u{a0}×** (4.0\u{a0}–\u{2060}\u{a0}4.0)"
        );
        assert_eq!(Ratio::of(&[8.0], &ours).to_string(), "**8.0\u{a0}×**");
    }
}
