//! Classes of different sizes, for models that can weigh them.

use data::{Dataset, Samples};

/// 90 samples of 2 features in classes of 60, 20 and 10.
///
/// ```python
/// i = np.arange(90)
/// y = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2])[i % 9]
/// x = np.stack([np.sin(i), np.cos(2.0 * i)], axis=1).astype(np.float32)
/// x[:, 0] += 0.5 * y
/// ```
///
/// # Panics
/// Never.
pub fn uneven() -> Dataset {
    let labels: Vec<usize> = (0..90)
        .map(|i| [0, 0, 0, 0, 0, 0, 1, 1, 2][i % 9])
        .collect();
    let sample = |(i, &label): (usize, &usize)| {
        let i = i as f64;
        [i.sin() as f32 + 0.5 * label as f32, (2.0 * i).cos() as f32]
    };
    let values = labels.iter().enumerate().flat_map(sample).collect();
    let samples = Samples::from_features(2, values).expect("whole rows");
    let names = ["many", "some", "few"].map(str::to_owned).into();
    Dataset::new(samples, labels, names).expect("three classes")
}
