//! The data that the checks run on.

use data::{Dataset, PictureShape, Samples, stratified_subset};
use std::sync::OnceLock;

/// 1 000 training and 300 test images of MNIST, drawn in proportion to the classes.
///
/// # Panics
/// If the MNIST that is built in is damaged.
pub fn digits() -> [Dataset; 2] {
    static DRAWN: OnceLock<[Dataset; 2]> = OnceLock::new();
    let drawn = DRAWN.get_or_init(|| {
        let mnist = catalog::mnist().expect("MNIST is built in");
        let draw = |split: &Dataset, size| {
            let chosen = stratified_subset(split, size, 0).expect("MNIST is larger");
            split.select(&chosen)
        };
        [draw(&mnist.train, 1_000), draw(mnist.test.look(), 300)]
    });
    drawn.clone()
}

/// Real-valued 3 × 5 images of four classes, of which the last has no images: class k is bright
/// in row k and dim, with a pattern, elsewhere.
///
/// # Panics
/// Never.
pub fn stripes() -> Dataset {
    let shape = PictureShape {
        rows: 3,
        columns: 5,
    };
    let labels: Vec<usize> = (0..60).map(|i| i % 3).collect();
    let features = labels.iter().enumerate().flat_map(|(i, &label)| {
        (0..15).map(move |j| {
            let pattern = ((7 * i + 3 * j) % 11) as f32 / 22.0;
            if j / 5 == label {
                1.0 - pattern
            } else {
                pattern - 0.5
            }
        })
    });
    let images = Samples::from_features(shape.features(), features.collect())
        .and_then(|rows| rows.into_pictures(shape))
        .expect("rows of 15 features");
    let names = ["top", "middle", "bottom", "absent"].map(str::to_owned);
    Dataset::new(images, labels, names.into()).expect("labels within the classes")
}
