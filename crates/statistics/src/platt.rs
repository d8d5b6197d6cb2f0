//! Platt scaling: probabilities by a logistic regression on one value (Platt 1999).

/// Newton steps; a dozen are enough.
const STEPS: usize = 100;
/// Keeps the two equations solvable where all values are the same.
const RIDGE: f64 = 1e-10;

/// The a ≥ 0 and b of P(true | value) = 1 / (1 + e^−(a·value + b)) that minimise the log-loss of outcomes, with
/// Platt's targets: (N₊ + 1)/(N₊ + 2) for true ones and 1/(N₋ + 2) for false ones, so that separable samples do not
/// make it certain. By Newton's method with step halving (Lin, Lin and Weng 2007), on standardised values. Where a
/// larger value is no sign of a true outcome, a is 0.
///
/// # Panics
/// If the slices differ in length, or a value is not finite.
pub fn platt(values: &[f64], outcomes: &[bool]) -> [f64; 2] {
    assert_eq!(values.len(), outcomes.len(), "one per outcome");
    assert!(values.iter().all(|value| value.is_finite()), "numbers");
    let count = |truth: bool| outcomes.iter().filter(|&&o| o == truth).count() as f64;
    let (positive, negative) = (count(true), count(false));
    let targets = [1.0 / (negative + 2.0), (positive + 1.0) / (positive + 2.0)];
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|value| value / n).sum::<f64>();
    let spread = values.iter().map(|v| (v - mean).powi(2) / n).sum::<f64>();
    let unit = spread.sqrt();
    // The base rate, with one more sample of either kind.
    let odds = ((positive + 1.0) / (negative + 1.0)).ln();
    // Values that are the same up to rounding tell nothing apart.
    if unit <= 1e-12 * mean.abs() {
        return [0.0, odds];
    }
    let samples = || {
        let pairs = values.iter().zip(outcomes);
        pairs.map(|(value, &truth)| ((value - mean) / unit, targets[usize::from(truth)]))
    };
    let [slope, intercept] = minimum([0.0, odds], samples);
    if slope > 0.0 {
        [slope / unit, intercept - slope * mean / unit]
    } else {
        [0.0, odds]
    }
}

/// Minimises the cross-entropy of targets over slope and intercept.
fn minimum<I: Iterator<Item = (f64, f64)>>(start: [f64; 2], samples: impl Fn() -> I) -> [f64; 2] {
    let loss = |[a, b]: [f64; 2]| -> f64 {
        let of = |(value, target): (f64, f64)| {
            let logit = a * value + b;
            // log(1 + e^logit) − target · logit, without overflow.
            logit.max(0.0) + (-logit.abs()).exp().ln_1p() - target * logit
        };
        samples().map(of).sum()
    };
    let mut at = start;
    let mut least = loss(at);
    for _ in 0..STEPS {
        let (mut gradient, mut hessian) = ([0.0; 2], [RIDGE, 0.0, RIDGE]);
        for (value, target) in samples() {
            let p = 1.0 / (1.0 + (-(at[0] * value + at[1])).exp());
            let (error, weight) = (p - target, p * (1.0 - p));
            gradient = [gradient[0] + error * value, gradient[1] + error];
            hessian[0] += weight * value * value;
            hessian[1] += weight * value;
            hessian[2] += weight;
        }
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        let step = [
            (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
            (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
        ];
        let along = |part: f64| [at[0] - part * step[0], at[1] - part * step[1]];
        let halves = (0..40).map(|halvings| along(0.5_f64.powi(halvings)));
        let Some((next, found)) = halves.map(|at| (at, loss(at))).find(|(_, l)| *l < least) else {
            break;
        };
        (at, least) = (next, found);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `_SigmoidCalibration().fit(f, y)` of scikit-learn 1.9.1, whose signs are the other way round.
    #[test]
    fn it_is_that_of_scikit_learn() {
        let values: Vec<f64> = (0..50)
            .map(|i| f64::from(i * 37 % 50) / 10.0 - 2.5)
            .collect();
        let truth = |i: usize| values[i] + ((i * 13 % 7) as f64 - 3.0) * 0.5 > 0.4;
        let outcomes: Vec<bool> = (0..50).map(truth).collect();
        let [a, b] = platt(&values, &outcomes);
        let expected = [1.870466062904929, -0.6658029494253954];
        assert!(
            (a - expected[0]).abs() < 1e-4 && (b - expected[1]).abs() < 1e-4,
            "{a}, {b}"
        );
        // Far away and in other units, it is the same.
        let far: Vec<f64> = values.iter().map(|value| 1e6 * value + 1e9).collect();
        let [far, _] = platt(&far, &outcomes);
        assert!((1e6 * far - a).abs() < 1e-4, "{far}");
    }

    #[test]
    fn what_says_nothing_or_the_opposite_gives_the_base_rate() {
        let outcomes: Vec<bool> = (0..30).map(|i| i < 9).collect();
        let falling: Vec<f64> = (0..30).map(f64::from).collect();
        for values in [falling, vec![7.0; 30]] {
            let [a, b] = platt(&values, &outcomes);
            let p = 1.0 / (1.0 + (-(a * 7.0 + b)).exp());
            assert!((p - 0.3125).abs() < 0.01, "{a}, {b}");
        }
        let [a, b] = platt(&[1.0, 2.0, 3.0], &[false; 3]);
        assert!(
            a.abs() < 1e-6 && (b + 4.0_f64.ln()).abs() < 1e-6,
            "{a}, {b}"
        );
        assert_eq!(platt(&[], &[]), [0.0, 0.0]);
    }
}
