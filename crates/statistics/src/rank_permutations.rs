//! Rank sums of classifiers that are all alike: their distribution over all orders in each data set.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Sums are followed through all orders up to so many steps, tens of milliseconds; beyond, orders are drawn.
const STEPS: usize = 50_000;

/// Orders drawn where there are too many: a p value of 0.05 strays by 0.0015.
const DRAWS: usize = 20_000;

/// How probable each value of a statistic of the rank sums is, if each order of the ranks is as likely
/// within a data set.
pub(crate) struct RankNull {
    /// Tails: the probability of the value and above, by value.
    tails: BTreeMap<u64, f64>,
    /// The probability of what was not met: that of the observed order among those drawn.
    least: f64,
}

impl RankNull {
    /// From the ranks in each data set, as whole numbers, and a statistic of their sums that does not
    /// depend on the order of the classifiers. By enumeration where that is quick, else from draws, for
    /// which the observed order counts as one more (Phipson and Smyth 2010).
    pub(crate) fn new(rows: &[Vec<u64>], statistic: impl Fn(&[u64]) -> u64) -> Self {
        let (weights, least) = match enumerated(rows) {
            Some(sums) => (sums, 0.0),
            None => (drawn(rows), 1.0 / (DRAWS as f64 + 1.0)),
        };
        let mut tails = BTreeMap::<u64, f64>::new();
        for (sums, weight) in weights {
            *tails.entry(statistic(&sums)).or_default() += weight * (1.0 - least);
        }
        let mut tail = least;
        for chance in tails.values_mut().rev() {
            tail += *chance;
            *chance = tail.min(1.0);
        }
        Self { tails, least }
    }

    /// The probability of at least so much.
    pub(crate) fn tail(&self, observed: u64) -> f64 {
        let mut above = self.tails.range(observed..);
        above.next().map_or(self.least, |(_, tail)| *tail)
    }

    /// The smallest value that is reached with probability `alpha` at most.
    pub(crate) fn critical(&self, alpha: f64) -> Option<u64> {
        let mut values = self.tails.iter();
        values
            .find(|(_, tail)| **tail <= alpha)
            .map(|(value, _)| *value)
    }
}

/// All sums, sorted within, with their probabilities.
fn enumerated(rows: &[Vec<u64>]) -> Option<Vec<(Vec<u64>, f64)>> {
    let (first, others) = rows.split_first()?;
    let mut first = first.clone();
    first.sort_unstable();
    // By symmetry the order in the first data set does not matter.
    let mut sums = BTreeMap::from([(first, 1.0)]);
    let orders = (1..=rows[0].len()).try_fold(1, usize::checked_mul)?;
    let mut steps = 0_usize;
    for row in others {
        steps = steps.checked_add(orders.checked_mul(sums.len())?)?;
        if steps > STEPS {
            return None;
        }
        let mut next = BTreeMap::<Vec<u64>, f64>::new();
        let mut order = row.clone();
        let chance = 1.0 / orders as f64;
        for_each_order(&mut order, 0, &mut |order| {
            for (sum, weight) in &sums {
                let mut sum: Vec<u64> = sum.iter().zip(order).map(|(a, b)| a + b).collect();
                sum.sort_unstable();
                *next.entry(sum).or_default() += weight * chance;
            }
        });
        sums = next;
    }
    Some(sums.into_iter().collect())
}

/// Visits all orders of `values` from `fixed` on, those of equal values several times.
fn for_each_order(values: &mut [u64], fixed: usize, visit: &mut impl FnMut(&[u64])) {
    if fixed >= values.len() {
        return visit(values);
    }
    for next in fixed..values.len() {
        values.swap(fixed, next);
        for_each_order(values, fixed + 1, visit);
        values.swap(fixed, next);
    }
}

fn drawn(rows: &[Vec<u64>]) -> Vec<(Vec<u64>, f64)> {
    let mut generator = ChaCha8Rng::seed_from_u64(0);
    let mut rows = rows.to_vec();
    let draw = |_: usize| {
        let mut sums = vec![0; rows[0].len()];
        for row in &mut rows {
            row.shuffle(&mut generator);
            for (sum, rank) in sums.iter_mut().zip(row.iter()) {
                *sum += rank;
            }
        }
        (sums, 1.0 / DRAWS as f64)
    };
    (0..DRAWS).map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(sums: &[u64]) -> u64 {
        sums.iter().map(|sum| sum * sum).sum()
    }

    /// Three classifiers: 6 orders each, few enough to list, and to compare what is drawn with.
    #[test]
    fn draws_agree_with_enumeration() {
        let rows = vec![vec![2, 4, 6]; 6];
        let exact = RankNull::new(&rows, squares);
        assert!((exact.tails.values().next().unwrap() - 1.0).abs() < 1e-12);
        let drawn = drawn(&rows);
        for (&value, &tail) in &exact.tails {
            let found = drawn.iter().filter(|(sums, _)| squares(sums) >= value);
            let found = found.count() as f64 / DRAWS as f64;
            let strays = (tail * (1.0 - tail) / DRAWS as f64).sqrt();
            assert!(
                (found - tail).abs() <= 4.5 * strays,
                "{value}: {found} {tail}"
            );
        }
    }

    #[test]
    fn many_orders_are_drawn_and_none_is_impossible() {
        let rows = vec![(1..=12).map(|rank| 2 * rank).collect::<Vec<u64>>(); 20];
        assert!(enumerated(&rows).is_none());
        let null = RankNull::new(&rows, squares);
        let most = squares(&rows[0].iter().map(|rank| 20 * rank).collect::<Vec<u64>>());
        assert_eq!(null.tail(most), 1.0 / (DRAWS as f64 + 1.0));
        assert_eq!(null.tail(0), 1.0);
    }
}
