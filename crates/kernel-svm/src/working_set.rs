//! Which samples the next working set is made of.

use crate::dual::Dual;

/// Samples in a working set. Measured on MNIST, C 10, γ 0.02, all pairs, two threads:
/// see PERFORMANCE, "The kernel SVM".
pub(crate) const WORKING_SET: usize = 256;

/// The samples of a working set.
#[derive(Debug, Default)]
pub(crate) struct WorkingSet {
    samples: Vec<usize>,
    /// Whether there were as many violators as the set may hold.
    full: bool,
}

impl WorkingSet {
    pub(crate) fn samples(&self) -> &[usize] {
        &self.samples
    }

    /// Forgets the last set, so that the next is of violators alone.
    pub(crate) fn clear(&mut self) {
        self.samples.clear();
    }

    /// Takes all samples, if a set of `size` may hold them; else the newer half of the last set, if that was full,
    /// and the worst violators from both ends, which are further than `slack` from the other end.
    pub(crate) fn select(&mut self, dual: &Dual, size: usize, slack: f64) {
        if size == dual.alpha.len() {
            self.samples = (0..size).collect();
            return;
        }
        let (smallest, largest) = dual.extremes();
        let mut chosen = vec![false; dual.alpha.len()];
        let older = if self.full {
            self.samples.len().saturating_sub(size - size / 2)
        } else {
            self.samples.len()
        };
        self.samples.drain(..older);
        for &i in &self.samples {
            chosen[i] = true;
        }
        let wanted = size - self.samples.len();
        let gradient = &dual.gradient;
        let growing = (0..gradient.len())
            .filter(|&i| gradient[i] < largest - slack && !chosen[i] && dual.up(i));
        let growing = leading(growing, wanted / 2, |i| gradient[i]);
        for &i in &growing {
            chosen[i] = true;
        }
        let shrinking = (0..gradient.len())
            .filter(|&i| gradient[i] > smallest + slack && !chosen[i] && dual.low(i));
        let shrinking = leading(shrinking, wanted - wanted / 2, |i| -gradient[i]);
        self.samples.extend(growing);
        self.samples.extend(shrinking);
        self.full = self.samples.len() == size;
    }
}

/// The `count` candidates with the smallest keys, in the order of their keys; equal keys by index.
fn leading(
    candidates: impl Iterator<Item = usize>,
    count: usize,
    key: impl Fn(usize) -> f64,
) -> Vec<usize> {
    let mut candidates: Vec<usize> = candidates.collect();
    let order = |a: &usize, b: &usize| key(*a).total_cmp(&key(*b)).then(a.cmp(b));
    if candidates.len() > count {
        if count > 0 {
            candidates.select_nth_unstable_by(count - 1, order);
        }
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(order);
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four samples of either class at α = 0 with C = 1, where those of the first may grow and those of the second,
    /// in αy, shrink.
    fn dual() -> Dual {
        let mut dual = Dual::new(4, vec![1.0; 8], vec![0.0; 8], 0.0);
        dual.gradient = vec![-1.0, -4.0, -3.0, -2.0, 2.0, 1.0, 4.0, 3.0];
        dual
    }

    #[test]
    fn violators_come_from_both_ends_the_worst_first() {
        let mut set = WorkingSet::default();
        set.select(&dual(), 4, 0.0);
        assert_eq!(set.samples(), [1, 2, 6, 7]);
        // A full set leaves its newer half.
        set.select(&dual(), 4, 0.0);
        assert_eq!(set.samples(), [6, 7, 1, 4]);
        set.clear();
        set.select(&dual(), 4, 0.0);
        assert_eq!(set.samples(), [1, 2, 6, 7]);
    }

    #[test]
    fn who_is_within_the_slack_stays_out() {
        let mut set = WorkingSet::default();
        set.select(&dual(), 6, 6.5);
        assert_eq!(set.samples(), [1, 2, 6, 7]);
        set.select(&dual(), 8, 6.5);
        assert_eq!(set.samples(), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
