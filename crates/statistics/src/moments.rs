//! Mean, variance and quantiles of a few numbers.

/// A standard deviation of shares below this is of rounding.
pub(crate) const ROUNDING: f64 = 1e-12;

/// The arithmetic mean; 0 of nothing.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in values {
        sum += value;
        count += 1;
    }
    sum / count.max(1) as f64
}

/// The variance of what values were drawn from: squares over one less than there are; 0 of fewer
/// than two.
pub fn variance(values: &[f64]) -> f64 {
    let average = mean(values.iter().copied());
    let squares = values.iter().map(|x| (x - average) * (x - average));
    squares.sum::<f64>() / (values.len().max(2) - 1) as f64
}

/// The value below which a `share` of the values lie: definition 7 of Hyndman and Fan 1996, which is
/// the default of R and of NumPy. The median is at 0.5, the 99th percentile at 0.99. `None` of nothing.
///
/// # Panics
/// If `share` is not in [0, 1].
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    assert!((0.0..=1.0).contains(&share), "a share of {share}");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    let part = place.fract();
    // An infinite neighbour of weight 0 would make NaN.
    Some(if part == 0.0 || below == above {
        below
    } else {
        below + part * (above - below)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    #[test]
    fn quantiles_are_numpys() {
        let (values, cases): (Vec<f64>, Vec<(f64, f64)>) = recorded("quantiles");
        for (share, expected) in cases {
            assert_close(quantile(&values, share).unwrap(), expected);
        }
    }

    #[test]
    fn quantiles_of_nothing_and_of_infinity() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.99), Some(3.0));
        assert_eq!(quantile(&[1.0, f64::INFINITY, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[f64::INFINITY; 2], 0.5), Some(f64::INFINITY));
    }
}
