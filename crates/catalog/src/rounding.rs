//! What numbers of 32 bits no longer tell apart.

/// Rows of a feature that are compared, at most, and values of all.
const ROWS: usize = 2_000;
const VALUES: usize = 1 << 22;
/// What calculations leave behind of a value is no difference.
const NOISE: f64 = 1e-14;

/// What to say of the first feature that loses a tenth of its different values, or more, where values are rounded to
/// 32 bits; of so many rows, `value` gives that of a row and a feature.
pub(crate) fn lost(
    rows: usize,
    width: usize,
    value: impl Fn(usize, usize) -> f64,
) -> Option<String> {
    let step = rows
        .div_ceil(ROWS.min((VALUES / width.max(1)).max(1)))
        .max(1);
    (0..width).find_map(|feature| {
        let mut values: Vec<f64> = (0..rows).step_by(step).map(|row| value(row, feature)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let merged = values.windows(2).filter(|two| {
            let is_noise = two[1] - two[0] <= NOISE * two[1].abs();
            two[0] as f32 == two[1] as f32 && !is_noise
        });
        let count = merged.clone().count();
        let example = merged.clone().next()?;
        (10 * count >= values.len()).then(|| {
            format!(
                "numbers are rounded to 32 bits, and of feature {feature}, counted from 0, {} of {} different values of \
                 those looked at stay different ({} and {} do not): subtract a number from it, or write a table, whose numbers are kept",
                values.len() - count,
                values.len(),
                example[0],
                example[1]
            )
        })
    })
}
