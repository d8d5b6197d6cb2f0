//! Mean and variance of a few numbers.

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
