//! The control of shuffled labels: a model that learnt from random labels must not know the truth.

use serde::Serialize;

/// Shares of the winnings that are staked again. All of it finds the steadiest leaks soonest; half of
/// it forgives a shuffle in which the leak shows little.
const STAKES: [f64; 2] = [0.5, 1.0];

/// What several fits to random labels say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShuffledLabels {
    /// Fits, each to labels drawn anew.
    pub shuffles: usize,
    /// Their mean accuracy.
    pub mean: f64,
    /// The accuracy that is expected of a model that knows nothing.
    pub chance: f64,
    /// By how much the fits speak against an honest model. 1/α and more are a failure.
    pub evidence: f64,
    /// Whether the evidence is below 1/α.
    pub passed: bool,
    /// The least accuracy that fails with as many shuffles, if it is the same in each. `None` where not
    /// even 1 does: then the shuffles are too few to show anything.
    pub least_failing: Option<f64>,
}

/// Judges accuracies of a model that was fitted to random labels, drawn anew for each fit. An honest
/// model fails with a probability of at most `alpha`, whatever its test samples have in common.
///
/// One shuffle moves whole clusters of similar samples together, so the number of right samples is no
/// binomial one, and its spread is unknown. But the shuffles are independent of each other. So each
/// accuracy a is a bet at fair odds: of a stake, a/chance comes back, which is no more than the stake
/// on average. The evidence is what has become of 1 after all bets, the mean of two ways to stake
/// (`STAKES`): ½ Σₛ Πⱼ (1 + s(aⱼ/chance − 1)). Its mean is at most 1, so it reaches 1/α with
/// probability α at most (Ville 1939; Shafer 2021, Waudby-Smith and Ramdas 2024), and that at any
/// time: fits may stop when it does.
///
/// What `chance` is depends on how it is judged:
/// - By the truth, each training label drawn from all K classes alike: 1/K for the mean recall of the
///   classes, and for the accuracy where the model treats classes alike. The largest share of a class
///   is safe for the accuracy of any model. This catches a model that knows the truth from elsewhere.
/// - By labels that are drawn like those of training, one for each distinct sample, wherever it is: 1/K
///   for any honest model. This catches test samples among those of training, and labels that leak
///   into features. Here one fit will do: right samples are binomial, clusters or not, because their
///   labels are independent (`binomial_tail(right, distinct samples, 1/K)`).
///
/// A label that can be read from the features of the data themselves is no leak to this control, but a
/// feature; it shows only if it is written after the labels were drawn.
///
/// # Panics
/// If `chance` or `alpha` is not in (0, 1), or an accuracy is not in [0, 1].
pub fn shuffled_labels(accuracies: &[f64], chance: f64, alpha: f64) -> ShuffledLabels {
    assert!(chance > 0.0 && chance < 1.0, "a chance of {chance}");
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    let shares = accuracies.iter().all(|a| (0.0..=1.0).contains(a));
    assert!(shares, "accuracies in [0, 1]");
    let evidence = evidence(accuracies, chance);
    ShuffledLabels {
        shuffles: accuracies.len(),
        mean: crate::mean(accuracies.iter().copied()),
        chance,
        evidence,
        passed: evidence < 1.0 / alpha,
        least_failing: least_failing(accuracies.len(), chance, alpha),
    }
}

/// How many shuffles fail a model whose accuracy is `accuracy` in each. `None` if that is no more than
/// chance.
///
/// # Panics
/// As [`shuffled_labels`].
pub fn shuffles_to_fail(accuracy: f64, chance: f64, alpha: f64) -> Option<usize> {
    let fails = |count: &usize| !shuffled_labels(&vec![accuracy; *count], chance, alpha).passed;
    // From `enough` on, one stake alone has reached 2/α.
    let enough = (2.0 / alpha).ln() / (accuracy / chance).ln();
    (accuracy > chance).then(|| (1..=enough.ceil() as usize).find(fails))?
}

fn evidence(accuracies: &[f64], chance: f64) -> f64 {
    let of_stake = |stake: f64| -> f64 {
        let bets = accuracies.iter().map(|a| 1.0 + stake * (a / chance - 1.0));
        bets.product()
    };
    crate::mean(STAKES.into_iter().map(of_stake))
}

fn least_failing(shuffles: usize, chance: f64, alpha: f64) -> Option<f64> {
    let fails = |accuracy: f64| evidence(&vec![accuracy; shuffles], chance) >= 1.0 / alpha;
    if !fails(1.0) {
        return None;
    }
    let (mut low, mut high) = (chance, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if fails(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// The mean accuracy of an honest model on `clusters` clusters of one class each: a random class for
    /// each cluster.
    fn honest(generator: &mut ChaCha8Rng, classes: usize, clusters: usize) -> f64 {
        let right = (0..clusters).filter(|_| generator.random_range(0..classes) == 0);
        right.count() as f64 / clusters as f64
    }

    /// At a level of 1 in 100, at which failures can be counted: 20 000 comparisons, of which each has
    /// the worst test set that there is, one cluster, and of ten clusters.
    #[test]
    fn honest_models_fail_no_more_often_than_the_level() {
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        for (classes, clusters) in [(2, 1), (10, 1), (10, 10)] {
            let fails = |_: &usize| {
                let accuracies: Vec<f64> = (0..8)
                    .map(|_| honest(&mut generator, classes, clusters))
                    .collect();
                !shuffled_labels(&accuracies, 1.0 / classes as f64, 0.01).passed
            };
            let failed = (0..20_000).filter(fails).count();
            assert!(failed < 240, "{failed} of {classes} and {clusters}");
        }
    }

    #[test]
    fn a_leak_fails_after_as_many_shuffles_as_said() {
        for (accuracy, classes, expected) in [(1.0, 2.0, 15), (1.0, 10.0, 5), (0.5, 10.0, 7)] {
            let needed = shuffles_to_fail(accuracy, 1.0 / classes, 1e-4);
            assert_eq!(needed, Some(expected));
            let few = shuffled_labels(&vec![accuracy; expected - 1], 1.0 / classes, 1e-4);
            let enough = shuffled_labels(&vec![accuracy; expected], 1.0 / classes, 1e-4);
            assert!(few.passed && !enough.passed, "{few:?} {enough:?}");
            assert!(enough.least_failing.unwrap() <= accuracy);
        }
        assert_eq!(shuffles_to_fail(0.1, 0.1, 1e-4), None);
        assert_eq!(shuffled_labels(&[1.0; 4], 0.1, 1e-4).least_failing, None);
    }

    #[test]
    fn nothing_is_no_evidence() {
        let none = shuffled_labels(&[], 0.1, 1e-4);
        assert!(none.passed && none.evidence == 1.0 && none.least_failing.is_none());
        assert!(shuffled_labels(&[0.1; 100], 0.1, 1e-4).passed);
    }
}
