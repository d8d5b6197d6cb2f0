//! The binomial distribution, right to ten digits for as many trials as there are.

use statrs::distribution::{Binomial, Discrete, DiscreteCDF};
use statrs::function::gamma::ln_gamma;
use std::f64::consts::PI;

/// More trials are summed here. `statrs` ends its continued fraction after 140 terms, whether or not they
/// were enough: of a million trials it gives 0.5008 for 0.4996.
const MANY: u64 = 20_000;

/// The probability of at most `most` successes in `trials` that each succeed with `probability`.
///
/// # Panics
/// If `probability` is not in [0, 1].
pub(crate) fn at_most(most: u64, trials: u64, probability: f64) -> f64 {
    let distribution = Binomial::new(probability, trials).expect("a probability");
    if trials <= MANY {
        return distribution.cdf(most);
    }
    if most >= trials {
        return 1.0;
    }
    // The shorter tail has all its digits.
    if (most as f64) <= trials as f64 * probability {
        tail(most, trials, probability)
    } else {
        1.0 - tail(trials - most - 1, trials, 1.0 - probability)
    }
}

/// The probability of at least `least` successes.
///
/// # Panics
/// If `probability` is not in [0, 1].
pub(crate) fn at_least(least: u64, trials: u64, probability: f64) -> f64 {
    if least == 0 {
        return 1.0;
    }
    if trials <= MANY {
        let distribution = Binomial::new(probability, trials).expect("a probability");
        return distribution.sf(least - 1);
    }
    if least > trials {
        return 0.0;
    }
    at_most(trials - least, trials, 1.0 - probability)
}

/// The probability of just so many successes.
///
/// # Panics
/// If `probability` is not in [0, 1].
pub(crate) fn exactly(successes: u64, trials: u64, probability: f64) -> f64 {
    if trials <= MANY {
        let distribution = Binomial::new(probability, trials).expect("a probability");
        return distribution.pmf(successes);
    }
    mass(successes, trials, probability)
}

/// The sum of the probabilities from `most` down, each from the one before.
fn tail(most: u64, trials: u64, probability: f64) -> f64 {
    let odds = (1.0 - probability) / probability;
    let (mut term, mut sum) = (mass(most, trials, probability), 0.0);
    for successes in (0..=most).rev() {
        sum += term;
        if term <= sum * f64::EPSILON / 8.0 {
            break;
        }
        term *= odds * successes as f64 / (trials - successes + 1) as f64;
    }
    sum
}

/// The saddle-point form, in which no digits cancel (Loader 2000, "Fast and accurate computation of binomial
/// probabilities").
fn mass(successes: u64, trials: u64, probability: f64) -> f64 {
    let (k, n) = (successes as f64, trials as f64);
    let failure = 1.0 - probability;
    if successes == 0 {
        return (n * (-probability).ln_1p()).exp();
    }
    if successes == trials {
        return (n * probability.ln()).exp();
    }
    let stirling = stirling_error(n) - stirling_error(k) - stirling_error(n - k);
    let deviance = deviance(k, n * probability) + deviance(n - k, n * failure);
    (n / (2.0 * PI * k * (n - k))).sqrt() * (stirling - deviance).exp()
}

/// ln n! − (n + ½) ln n + n − ½ ln 2π.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / 1680.0 / square) / square) / square) / n
}

/// x ln(x/m) + m − x, where the two are near by its series.
fn deviance(x: f64, mean: f64) -> f64 {
    let distance = x - mean;
    if distance.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - distance;
    }
    let ratio = distance / (x + mean);
    let mut sum = distance * ratio;
    let mut power = 2.0 * x * ratio;
    for odd in (3..).step_by(2) {
        power *= ratio * ratio;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The probability of at most so many successes, as trials and successes are added one by one: a sum and
/// two products each. Where it is too small for a number it stays 0.
#[derive(Clone, Copy)]
pub(crate) struct LowerTail {
    pub(crate) most: u64,
    /// Of at most `most` successes.
    pub(crate) probability: f64,
    trials: u64,
    /// Of just `most`.
    mass: f64,
    success: f64,
}

impl LowerTail {
    /// Of trials that each succeed with the probability `success`, which is neither 0 nor 1.
    pub(crate) fn new(most: u64, trials: u64, success: f64) -> Self {
        Self {
            most,
            probability: at_most(most, trials, success),
            trials,
            mass: exactly(most, trials, success),
            success,
        }
    }

    /// Adds trials, then successes. The products are in an order that rounds nothing while the numbers of
    /// ways are below 2⁵³ and successes are as likely as not.
    pub(crate) fn grow_to(&mut self, most: u64, trials: u64) {
        while self.trials < trials {
            self.probability -= self.success * self.mass;
            self.trials += 1;
            let failures = (self.trials - self.most) as f64;
            self.mass = self.mass * self.trials as f64 / failures * (1.0 - self.success);
        }
        while self.most < most {
            let failures = (self.trials - self.most) as f64;
            self.most += 1;
            let odds = self.success / (1.0 - self.success);
            self.mass = self.mass * failures / self.most as f64 * odds;
            self.probability += self.mass;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::recorded;

    /// SciPy's `binom`, on both sides of the number from which on sums are ours.
    #[test]
    fn probabilities_are_scipys_for_a_million_trials_too() {
        let cases: Vec<(u64, u64, f64, f64, f64, f64)> = recorded("binomial");
        for (successes, trials, probability, cdf, sf, pmf) in cases {
            let near = |found: f64, expected: f64| {
                let error = (found - expected).abs();
                assert!(
                    error <= 1e-10 * expected || error < 1e-300,
                    "{successes} of {trials}, {probability}: {found} is not {expected}"
                );
            };
            near(at_most(successes, trials, probability), cdf);
            near(at_least(successes + 1, trials, probability), sf);
            near(exactly(successes, trials, probability), pmf);
        }
    }

    #[test]
    fn a_tail_that_grows_is_the_tail() {
        for success in [0.5, 0.51, 0.48] {
            let mut grown = LowerTail::new(400, 800, success);
            for half in 401..=11_000 {
                grown.grow_to(half - half / 200, 2 * half);
                if half % 1_000 == 0 {
                    let whole = at_most(half - half / 200, 2 * half, success);
                    assert!(
                        (grown.probability - whole).abs() < 1e-10,
                        "{success}, {half}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_ends_are_certain() {
        for trials in [10, 1_000_000] {
            assert_eq!(at_most(trials, trials, 0.3), 1.0);
            assert_eq!(at_least(0, trials, 0.3), 1.0);
            assert_eq!(at_least(trials + 1, trials, 0.3), 0.0);
            for probability in [0.0, 1.0] {
                let all = at_least(1, trials, probability) + at_most(0, trials, probability);
                assert_eq!(all, 1.0);
                let same = exactly(
                    if probability > 0.0 { trials } else { 0 },
                    trials,
                    probability,
                );
                assert_eq!(same, 1.0);
                assert_eq!(exactly(5, trials, probability), 0.0);
            }
        }
    }
}
