//! The middle and the spread of numbers, without overflow.

/// Above this, sums and squares of numbers are taken of fractions of the largest.
const LARGE: f64 = 1e100;

/// The middle one of the numbers in order, or the mean of the two in the middle; `None` of none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    let half = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    if values.is_empty() {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(lower / 2.0 + upper / 2.0)
}

/// Mean and standard deviation (divided by n, as scikit-learn's `StandardScaler` does) of one number
/// or more.
pub(crate) fn mean_and_deviation(values: &[f64]) -> [f64; 2] {
    let largest = values
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    let unit = if largest > LARGE { largest } else { 1.0 };
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / unit).sum::<f64>() / count;
    let squares = values.iter().map(|value| (value / unit - mean).powi(2));
    let deviation = (squares.sum::<f64>() / count).sqrt();
    [mean * unit, deviation * unit]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(vec![f64::MAX, f64::MAX]), Some(f64::MAX));
    }

    #[test]
    fn the_deviation_is_that_of_the_numbers_themselves() {
        let [mean, deviation] = mean_and_deviation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!([mean, deviation], [5.0, 2.0]);
        let [mean, deviation] = mean_and_deviation(&[f64::MAX, -f64::MAX]);
        assert_eq!([mean, deviation], [0.0, f64::MAX]);
    }
}
