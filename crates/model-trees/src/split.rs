//! The best split of a leaf by the sums of its bins (Chen and Guestrin 2016, "XGBoost", equation 7 and
//! algorithm 1).

use crate::sums::Sums;

/// A child with a smaller sum of second derivatives has no reliable value: its rows are as good as certain.
pub(crate) const LEAST_HESSIAN: f64 = 1e-3;

/// What a split must leave on either side, and how values are shrunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Leaves of a tree at most.
    pub(crate) max_leaves: usize,
    /// Rows of a leaf at least, by their weight.
    pub(crate) min_samples_leaf: usize,
    /// λ, added to sums of second derivatives.
    pub(crate) l2: f64,
}

/// Divides a leaf: bins up to `left` of a varying feature from those from `right` on. Bins between
/// them have no rows of the leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    pub(crate) feature: usize,
    pub(crate) left: usize,
    pub(crate) right: usize,
    /// Twice what the loss falls by, to second order.
    pub(crate) gain: f64,
    /// The sums of the left side.
    pub(crate) sums: Sums,
}

/// The split by one feature with the largest gain above 0, the first of equals.
pub(crate) fn best_of_feature(
    feature: usize,
    sums: &[Sums],
    total: Sums,
    rules: &Rules,
) -> Option<Split> {
    let before = score(total, rules);
    let least = total.weight_of_rows(rules.min_samples_leaf);
    let mut best: Option<Split> = None;
    let mut left = Sums::default();
    for (bin, &sum) in sums.iter().enumerate() {
        if sum.rows() == 0 {
            continue;
        }
        left = left + sum;
        if left.weight() < least {
            continue;
        }
        let right = total - left;
        if right.weight() < least {
            break;
        }
        if left.hessian().min(right.hessian()) < LEAST_HESSIAN {
            continue;
        }
        let gain = score(left, rules) + score(right, rules) - before;
        if gain > best.map_or(0.0, |best| best.gain) {
            best = Some(Split {
                feature,
                left: bin,
                right: bin,
                gain,
                sums: left,
            });
        }
    }
    let mut best = best?;
    let empty = sums[best.left + 1..].iter().take_while(|s| s.rows() == 0);
    best.right += 1 + empty.count();
    Some(best)
}

/// G² / (H + λ): twice what the loss falls by, to second order, if these rows have a value of their own.
pub(crate) fn score(sums: Sums, rules: &Rules) -> f64 {
    sums.gradient() * sums.gradient() / (sums.hessian() + rules.l2)
}

/// The one of larger gain, the first of equals.
pub(crate) fn better(first: Option<Split>, second: Option<Split>) -> Option<Split> {
    match (first, second) {
        (Some(a), Some(b)) if b.gain > a.gain => Some(b),
        (None, second) => second,
        (first, _) => first,
    }
}
