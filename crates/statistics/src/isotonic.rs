//! Isotonic regression: frequencies that rise with a value, by pooling adjacent violators (Ayer et al. 1955).

/// Neighbours in the order of their values, of one frequency.
pub(crate) struct Pool {
    /// The largest value in it.
    pub(crate) to: f64,
    pub(crate) samples: usize,
    weight: f64,
    outcomes: f64,
}

impl Pool {
    pub(crate) fn frequency(&self) -> f64 {
        self.outcomes / self.weight
    }
}

/// Pools of equal values, then of neighbours whose frequencies do not rise. `outcome` is the weight of a sample,
/// and how much of it is true.
pub(crate) fn pooled(
    values: &[f64],
    order: &[usize],
    outcome: impl Fn(usize) -> [f64; 2],
) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        pools.push(Pool {
            to: values[ties[0]],
            samples: ties.len(),
            weight: ties.iter().map(|&sample| outcome(sample)[0]).sum(),
            outcomes: ties.iter().map(|&sample| outcome(sample)[1]).sum(),
        });
        while let [.., before, last] = &mut pools[..] {
            if before.frequency() < last.frequency() {
                break;
            }
            before.to = last.to;
            before.samples += last.samples;
            before.weight += last.weight;
            before.outcomes += last.outcomes;
            pools.pop();
        }
    }
    pools
}

/// The pool that a value falls into: the first that reaches as far, or the last.
pub(crate) fn at<T>(pools: &[T], to: impl Fn(&T) -> f64, value: f64) -> &T {
    let pool = pools.partition_point(|pool| to(pool) < value);
    &pools[pool.min(pools.len() - 1)]
}

/// The order in which values rise.
pub(crate) fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

/// How often outcomes are true, as a function of a value that only rises: steps, each with the largest value in
/// it and its frequency; both rise.
///
/// Two more samples of weight `prior` take part, a true one at the smallest value and a false one at the
/// largest: no frequency is 0 or 1, and so no surprise costs an infinite log-loss. Empty without samples.
///
/// # Panics
/// If the slices differ in length.
pub fn isotonic(values: &[f64], outcomes: &[bool], prior: f64) -> Vec<[f64; 2]> {
    assert_eq!(values.len(), outcomes.len(), "one per outcome");
    let order = ascending(values);
    let ends = (order.first(), order.last());
    let outcome = |sample: usize| {
        let truth = f64::from(u8::from(outcomes[sample]));
        let at_end = |end: Option<&usize>| if end == Some(&sample) { prior } else { 0.0 };
        let (first, last) = (at_end(ends.0), at_end(ends.1));
        [1.0 + first + last, truth + first]
    };
    let pools = pooled(values, &order, outcome);
    pools
        .iter()
        .map(|pool| [pool.to, pool.frequency()])
        .collect()
}

/// The frequency of a value by [`isotonic`]'s steps: that of the first which reaches as far, or of the last.
///
/// # Panics
/// If there are no steps.
pub fn isotonic_at(steps: &[[f64; 2]], value: f64) -> f64 {
    at(steps, |step| step[0], value)[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corp;

    #[test]
    fn without_a_prior_the_steps_are_those_of_corp_and_with_one_none_is_certain() {
        let values: Vec<f64> = (0..100_u32)
            .map(|i| f64::from(i * 37 % 50) / 50.0)
            .collect();
        let outcomes: Vec<bool> = (0..100_usize)
            .map(|i| values[i] > 0.2 && (values[i] > 0.8 || i % 3 == 0))
            .collect();
        let steps = isotonic(&values, &outcomes, 0.0);
        let expected = corp(&values, &outcomes).steps;
        let expected: Vec<_> = expected.iter().map(|s| [s.to, s.frequency]).collect();
        assert_eq!(steps, expected);
        assert_eq!((steps[0][1], steps.last().unwrap()[1]), (0.0, 1.0));
        let certain = isotonic(&values, &outcomes, 0.1);
        assert!(certain.is_sorted_by(|a, b| a[0] < b[0] && a[1] < b[1]));
        assert!(certain.iter().all(|step| 0.0 < step[1] && step[1] < 1.0));
        assert_eq!(isotonic_at(&certain, -5.0), certain[0][1]);
        assert_eq!(isotonic_at(&certain, 5.0), certain.last().unwrap()[1]);
        assert_eq!(isotonic(&[], &[], 1.0), Vec::<[f64; 2]>::new());
    }
}
