//! What a comparison can find before it is run: the smallest differences, and how much it takes.

use crate::binomial::{LowerTail, exactly};
use crate::{binomial_tail, mcnemar};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::ln_gamma;

/// So many degrees of freedom are nearly without end.
const MANY: f64 = 1e4;

/// More samples are not counted.
const MOST_SAMPLES: usize = 1_000_000_000;

/// More seeds are not counted.
pub const MOST_SEEDS: u32 = 1_000_000_000;

/// The power of McNemar's exact test at level `alpha`, two-sided: the probability that it finds a
/// `difference` in accuracy on `samples` samples, on a share `differing` of which exactly one of the two
/// is expected to be right. Over the number of differing samples and who is right on them (Connor
/// 1987, there for the approximate test).
///
/// # Panics
/// If `alpha` is not in (0, 1), `differing` not in [0, 1], or |`difference`| > `differing`.
pub fn mcnemar_power(samples: usize, differing: f64, difference: f64, alpha: f64) -> f64 {
    ExactPower::new(samples, differing, alpha).of(difference, differing)
}

/// The smallest difference in accuracy that McNemar's exact test finds with probability `power` at
/// level `alpha`, two-sided, on `samples` samples of which the classifiers differ on a share `differing`,
/// to 1e-9. `None` where even `differing`, which is the largest there can be, is found less often.
///
/// # Panics
/// If `alpha` or `power` is not in (0, 1), or `differing` not in [0, 1].
pub fn detectable_difference(
    samples: usize,
    differing: f64,
    alpha: f64,
    power: f64,
) -> Option<f64> {
    assert!(power > 0.0 && power < 1.0, "a power of {power}");
    let exact = ExactPower::new(samples, differing, alpha);
    if exact.of(differing, differing) < power {
        return None;
    }
    Some(smallest(0.0, differing, |difference| {
        exact.of(difference, differing) >= power
    }))
}

/// The smallest difference in accuracy that McNemar's exact test can find at all with probability `power`
/// at level `alpha`, two-sided, on `samples` samples: [`detectable_difference`] of two classifiers of which
/// one alone is right on all samples on which they differ. `None` where even a difference of 1 is not
/// found: five samples show nothing at a level of 0.05.
///
/// # Panics
/// If `alpha` or `power` is not in (0, 1).
pub fn least_detectable(samples: usize, alpha: f64, power: f64) -> Option<f64> {
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    assert!(power > 0.0 && power < 1.0, "a power of {power}");
    let fewest = (1..=samples).find(|&differing| mcnemar(differing, 0).p <= alpha)?;
    Some(smallest(0.0, 1.0, |difference| {
        binomial_tail(fewest, samples, difference) >= power
    }))
}

/// The samples that McNemar's exact test needs to find a `difference` in accuracy with probability
/// `power` at level `alpha`, two-sided, if classifiers differ on a share `differing` of them: the first
/// number from Connor's approximation (z(1 − α/2)√ψ + z(power)√(ψ − δ²))²/δ² on whose exact power is
/// enough. `None` without a difference, and for more than a billion.
///
/// # Panics
/// As [`mcnemar_power`], or if `power` is not in (0, 1).
pub fn samples_needed(difference: f64, differing: f64, alpha: f64, power: f64) -> Option<usize> {
    assert!(power > 0.0 && power < 1.0, "a power of {power}");
    assert!(difference.abs() <= differing, "{difference} of {differing}");
    if difference == 0.0 {
        return None;
    }
    let z = |share| Normal::standard().inverse_cdf(share);
    let spread = (differing - difference * difference).sqrt();
    let root = (z(1.0 - alpha / 2.0) * differing.sqrt() + z(power) * spread) / difference;
    let first = (root * root).ceil() as usize;
    let mut numbers = first..=MOST_SAMPLES;
    numbers.find(|&samples| mcnemar_power(samples, differing, difference, alpha) >= power)
}

/// How many seeds the t test of pairs needs to find a mean difference of so many `deviations` from one seed to the next with
/// probability `power` at level `alpha`, two-sided: by the noncentral t distribution ([`t_power`]). `None` without a
/// difference, and for more than [`MOST_SEEDS`].
///
/// # Panics
/// If `alpha` or `power` is not in (0, 1).
pub fn seeds_needed(deviations: f64, alpha: f64, power: f64) -> Option<u32> {
    assert!(power > 0.0 && power < 1.0, "a power of {power}");
    if deviations == 0.0 {
        return None;
    }
    let is_enough = |seeds: u32| {
        let seeds = f64::from(seeds);
        t_power(deviations * seeds.sqrt(), seeds - 1.0, alpha) >= power
    };
    // The power grows with the seeds: twice as many until they are enough, then bisection.
    let (mut low, mut high) = (1, 2);
    while !is_enough(high) {
        if high == MOST_SEEDS {
            return None;
        }
        (low, high) = (high, (2 * high).min(MOST_SEEDS));
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The numbers of differing samples that may occur, with what the exact test makes of them.
struct ExactPower {
    /// Number, its probability, and how many the loser may have at most if the two are to differ.
    numbers: Vec<(u64, f64, u64)>,
}

impl ExactPower {
    fn new(samples: usize, differing: f64, alpha: f64) -> Self {
        assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
        assert!((0.0..=1.0).contains(&differing), "a share of {differing}");
        let middle = samples as f64 * differing;
        // Nine standard deviations, and some for the skewed: beyond there is less than 1e-15.
        let far = 9.0 * middle.sqrt() + 40.0;
        let low = (middle - far).max(0.0) as u64;
        let high = ((middle + far) as u64).min(samples as u64);
        let differs =
            |fewer: u64, number: u64| mcnemar(fewer as usize, (number - fewer) as usize).p <= alpha;
        let Some(first) = (low..=high).find(|&number| differs(0, number)) else {
            let numbers = Vec::new();
            return Self { numbers };
        };
        let most = last(first / 2, |fewer| differs(fewer, first));
        let mut loser = LowerTail::new(most, first, 0.5);
        let numbers = (first..=high).map(|number| {
            loser.grow_to(loser.most, number);
            loop {
                let mut more = loser;
                more.grow_to(loser.most + 1, number);
                let p = 2.0 * more.probability;
                // Where rounding may decide, the test itself does.
                let is_near = (p - alpha).abs() < 1e-9 * alpha;
                let still = if is_near {
                    differs(more.most, number)
                } else {
                    p <= alpha
                };
                if !still {
                    break;
                }
                loser = more;
            }
            (
                number,
                exactly(number, samples as u64, differing),
                loser.most,
            )
        });
        Self {
            numbers: numbers.collect(),
        }
    }

    fn of(&self, difference: f64, differing: f64) -> f64 {
        assert!(difference.abs() <= differing, "{difference} of {differing}");
        // Without differing samples there is nothing to find.
        let first = if differing > 0.0 {
            f64::midpoint(1.0, difference / differing)
        } else {
            0.5
        };
        let Some(&(number, _, most)) = self.numbers.first() else {
            return 0.0;
        };
        if difference.abs() == differing && differing > 0.0 {
            return self
                .numbers
                .iter()
                .map(|(_, probability, _)| probability)
                .sum();
        }
        let mut either = [first, 1.0 - first].map(|wins| LowerTail::new(most, number, wins));
        let found = self.numbers.iter().map(|&(number, probability, most)| {
            for of_one in &mut either {
                of_one.grow_to(most, number);
            }
            probability * (either[0].probability + either[1].probability)
        });
        found.sum()
    }
}

/// The last of the numbers from 0 to `most` for which it holds, which holds for 0 and, once it does not, for
/// none that is larger.
fn last(most: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The power of a two-sided t test at level `alpha`: the probability that |T| exceeds its critical value
/// if T has a noncentral t distribution of `freedom` degrees of freedom, with the true effect divided by
/// its standard error as `noncentrality`.
///
/// T is (Z + δ)/S with S² of a χ² distribution over its degrees of freedom, so the power is a mean of
/// normal tails over S; the trapezoidal rule over ln S is exact to rounding.
///
/// # Panics
/// If `alpha` is not in (0, 1), or `freedom` is not positive and finite.
pub fn t_power(noncentrality: f64, freedom: f64, alpha: f64) -> f64 {
    let critical = critical_t(freedom, alpha);
    let half = freedom / 2.0;
    let constant = if freedom < MANY {
        2.0_f64.ln() + half * half.ln() - ln_gamma(half)
    } else {
        // Stirling's series. Where Γ is large, the difference of such logarithms is rounding.
        2.0_f64.ln() + (half / std::f64::consts::TAU).ln() / 2.0 - 1.0 / (12.0 * half)
    };
    let normal = Normal::standard();
    // The density of ln S has a standard deviation of 1/√2ν, and falls off like e^(νx) to the left; the
    // normal tail falls off over a distance of 1/δ.
    let step = (0.1 / (2.0 * freedom).sqrt()).min(0.5 / (1.0 + noncentrality.abs()));
    let (low, high) = (
        -24.0 / freedom.min(freedom.sqrt()),
        3.0_f64.min(30.0 / freedom.sqrt()),
    );
    // Above the largest limit by so much that nothing is missed: it would take the more steps the larger it is.
    if noncentrality.abs() > critical * high.exp() + 40.0 {
        return 1.0;
    }
    let integrand = |place: f64| {
        let scale = place.exp();
        let more = if freedom < MANY {
            freedom * place - half * scale * scale
        } else {
            half * (2.0 * place - (2.0 * place).exp_m1())
        };
        let density = (constant + more).exp();
        let limit = critical * scale;
        density * (normal.sf(limit - noncentrality) + normal.cdf(-limit - noncentrality))
    };
    let steps = ((high - low) / step).ceil() as usize;
    let sum: f64 = (0..=steps).map(|i| integrand(low + i as f64 * step)).sum();
    (sum * step).min(1.0)
}

/// The smallest effect that a two-sided t test at level `alpha` finds with probability `power`, if it has
/// the standard error `error` with `freedom` degrees of freedom.
///
/// # Panics
/// As [`t_power`], or if `power` is not in (`alpha`, 1) or `error` is negative.
pub fn detectable_effect(error: f64, freedom: f64, alpha: f64, power: f64) -> f64 {
    assert!(power > alpha && power < 1.0, "a power of {power}");
    assert!(error >= 0.0, "a standard error of {error}");
    // A normal quantile more than the critical value is not enough; some more always is.
    let mut most = critical_t(freedom, alpha) + 1.0;
    while t_power(most, freedom, alpha) < power {
        most *= 2.0;
    }
    error * smallest(0.0, most, |effect| t_power(effect, freedom, alpha) >= power)
}

fn critical_t(freedom: f64, alpha: f64) -> f64 {
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    assert!(
        freedom > 0.0 && freedom.is_finite(),
        "{freedom} degrees of freedom"
    );
    let at = 1.0 - alpha / 2.0;
    if freedom < MANY {
        let student = StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom");
        return student.inverse_cdf(at);
    }
    // The search for the other may not end. This is wrong by less than 1e-6 (Cornish and Fisher 1938).
    let z = Normal::standard().inverse_cdf(at);
    z + (z * z * z + z) / (4.0 * freedom)
}

/// The smallest value between `low` and `high`, for which it holds, that `is_enough`: by bisection.
fn smallest(mut low: f64, mut high: f64, is_enough: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::recorded;

    /// By SciPy's binomial distribution.
    #[test]
    fn the_power_of_mcnemars_test_is_exact() {
        let cases: Vec<(usize, f64, f64, f64, f64)> = recorded("mcnemar_power");
        for (samples, differing, difference, alpha, expected) in cases {
            let power = mcnemar_power(samples, differing, difference, alpha);
            assert!((power - expected).abs() < 1e-9, "{power}, {expected}");
        }
    }

    #[test]
    fn the_detectable_difference_is_detected_as_often_as_asked() {
        for (samples, differing, alpha) in [
            (10_000, 0.02, 0.05),
            (10_000, 0.0061, 0.05 / 36.0),
            (1_000_000, 0.3, 0.05 / 190.0),
        ] {
            let delta = detectable_difference(samples, differing, alpha, 0.8).unwrap();
            let power = mcnemar_power(samples, differing, delta, alpha);
            assert!((power - 0.8).abs() < 1e-6, "{power}");
        }
    }

    /// Eight samples on one side are found four times in five, seven are not.
    #[test]
    fn too_few_differing_samples_show_nothing() {
        let differing = |share| detectable_difference(10_000, share, 0.05, 0.8);
        assert!(differing(0.0008).unwrap() > 0.0007);
        assert_eq!(differing(0.0007), None);
        assert_eq!(differing(0.0), None);
        assert_eq!(detectable_difference(0, 0.5, 0.05, 0.8), None);
    }

    #[test]
    fn nothing_smaller_than_the_least_detectable_difference_is_found() {
        for (samples, alpha) in [(20, 0.05), (10_000, 0.05), (10_000, 0.05 / 190.0)] {
            let least = least_detectable(samples, alpha, 0.8).unwrap();
            let power = mcnemar_power(samples, least, least, alpha);
            assert!((power - 0.8).abs() < 1e-6, "{power}");
            // Where more samples differ it takes a larger difference.
            let more = detectable_difference(samples, 2.0 * least, alpha, 0.8);
            assert!(more.is_none_or(|more| more > least), "{more:?} {least}");
        }
        assert_eq!(least_detectable(5, 0.05, 0.8), None);
        assert!(least_detectable(6, 0.05, 0.8).is_some_and(|least| least > 0.9));
        assert_eq!(least_detectable(0, 0.05, 0.8), None);
    }

    #[test]
    fn the_samples_needed_find_the_difference_and_one_less_may_not() {
        let cases: Vec<(f64, f64, f64, usize)> = recorded("samples_needed");
        for (difference, differing, alpha, expected) in cases {
            let found = samples_needed(difference, differing, alpha, 0.8);
            assert_eq!(found, Some(expected), "{difference} of {differing}");
            assert_eq!(samples_needed(-difference, differing, alpha, 0.8), found);
        }
        assert_eq!(samples_needed(0.0, 0.1, 0.05, 0.8), None);
    }

    /// `scipy.stats.nct`.
    #[test]
    fn the_power_of_a_t_test_is_that_of_the_noncentral_t() {
        let cases: Vec<(f64, f64, f64, f64)> = recorded("t_power");
        for (noncentrality, freedom, alpha, expected) in cases {
            let power = t_power(noncentrality, freedom, alpha);
            assert!((power - expected).abs() < 1e-8, "{power}, {expected}");
        }
    }

    /// statsmodels, `TTestPower.solve_power`.
    #[test]
    fn the_detectable_effect_is_that_of_statsmodels() {
        let cases: Vec<(usize, f64, f64)> = recorded("detectable_effect");
        for (seeds, alpha, expected) in cases {
            let n = seeds as f64;
            let found = detectable_effect(1.0 / n.sqrt(), n - 1.0, alpha, 0.8);
            assert!((found / expected - 1.0).abs() < 1e-5, "{found}, {expected}");
        }
    }

    /// Two-sided, the limit is Φ(δ − z) + Φ(−δ − z).
    #[test]
    fn power_goes_to_that_of_a_normal_number() {
        let normal = Normal::standard();
        let z = normal.inverse_cdf(0.975);
        let limit = normal.cdf(2.8 - z) + normal.cdf(-2.8 - z);
        for freedom in [1e5, 1e6, 1e7, 1e8, 1e9] {
            let power = t_power(2.8, freedom, 0.05);
            assert!(
                (power - limit).abs() < 2.0 / freedom + 1e-9,
                "{freedom}: {power}, {limit}"
            );
        }
        // Where two ways of computing it meet.
        let [below, above] = [MANY - 0.001, MANY].map(|freedom| t_power(2.8, freedom, 0.05));
        assert!((below - above).abs() < 1e-8, "{below}, {above}");
    }

    #[test]
    fn seeds_are_counted_up_to_a_billion() {
        // (z(0.975) + z(0.8))² = 7.84888, of which the other tail takes 0.00002.
        let found = f64::from(seeds_needed(1e-4, 0.05, 0.8).unwrap());
        assert!((found / 7.84886e8 - 1.0).abs() < 1e-6, "{found}");
        assert_eq!(seeds_needed(8e-5, 0.05, 0.8), None);
        assert_eq!(seeds_needed(-0.3, 0.05, 0.8), seeds_needed(0.3, 0.05, 0.8));
        assert_eq!(seeds_needed(0.0, 0.05, 0.8), None);
        // statsmodels, TTestPower().solve_power(1.0, alpha=0.05, power=0.8): 9.94.
        assert_eq!(seeds_needed(1.0, 0.05, 0.8), Some(10));
        assert_eq!(seeds_needed(1e9, 0.05, 0.8), Some(2));
    }
}
