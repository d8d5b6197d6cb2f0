//! Successive halving (Jamieson and Talwalkar 2016): many trials with little, the best of them with more.

/// A round of trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rung {
    /// Trials in it.
    pub trials: usize,
    /// What each may use of the full resource, such as training images.
    pub share: f64,
}

/// Rounds whose trials use as much as `budget` trials with the full resource do, together. Each round
/// has a `factor`-th of the trials of the one before, with `factor` times the resource; the last has
/// the full resource. No trial uses less than `least` of it.
///
/// # Panics
/// If `factor` is below 2 or `least` is not in (0, 1].
pub fn rungs(budget: usize, factor: usize, least: f64) -> Vec<Rung> {
    assert!(
        factor >= 2 && least > 0.0 && least <= 1.0,
        "{factor} {least}"
    );
    let mut rounds = 1;
    while (factor as f64).powi(rounds) * least <= 1.0 + 1e-9 {
        rounds += 1;
    }
    // Fewer rounds where the budget does not give each one's last trial its full resource.
    let rounds = rounds.min(budget.max(1) as i32);
    let in_last = (budget / rounds as usize).max(1);
    let rung = |round: i32| {
        let left = rounds - 1 - round;
        Rung {
            trials: in_last * factor.pow(left as u32),
            share: (factor as f64).powi(-left),
        }
    };
    (0..rounds).map(rung).collect()
}

/// The trials that go on to the next round: the indices of the `count` smallest losses, the first of
/// equals first. NaN, a trial that failed, never goes on.
pub fn survivors(losses: &[f64], count: usize) -> Vec<usize> {
    let numbers = (0..losses.len()).filter(|&i| !losses[i].is_nan());
    let mut order: Vec<usize> = numbers.collect();
    order.sort_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    order.truncate(count);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_shrink_as_their_trials_grow() {
        let rung = |trials, share| Rung { trials, share };
        assert_eq!(
            rungs(9, 3, 1.0 / 9.0),
            [rung(27, 1.0 / 9.0), rung(9, 1.0 / 3.0), rung(3, 1.0)]
        );
        assert_eq!(rungs(1, 3, 0.01), [rung(1, 1.0)]);
    }

    #[test]
    fn the_best_survive() {
        assert_eq!(survivors(&[3.0, f64::NAN, 1.0, 1.0, 2.0], 3), [2, 3, 4]);
        assert!(survivors(&[f64::NAN], 1).is_empty());
    }

    proptest! {
        #[test]
        fn the_budget_is_kept(budget in 1..200_usize, factor in 2..5_usize, least in 0.01..1.0_f64) {
            let rungs = rungs(budget, factor, least);
            let used: f64 = rungs.iter().map(|rung| rung.trials as f64 * rung.share).sum();
            prop_assert!(used <= budget as f64 + 1e-6 && used * 2.0 > budget as f64);
            prop_assert_eq!(rungs.last().unwrap().share, 1.0);
            prop_assert!(rungs[0].share >= least - 1e-9);
        }
    }
}
