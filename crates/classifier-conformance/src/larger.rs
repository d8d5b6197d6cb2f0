//! Data of more and more samples, features or classes, to see what a fit costs with them.

use data::{Dataset, PictureShape, Samples};

/// The first digits of MNIST.
pub(crate) fn samples(count: usize) -> Dataset {
    let mnist = catalog::mnist().expect("MNIST is built in");
    mnist.train.select(&(0..count).collect::<Vec<_>>())
}

/// 400 digits of 14 × 14 pixels, each of them so many times side by side, and as much darker as leaves inner products
/// as they are: the problem is the same for a solver, in more features.
pub(crate) fn features(times: usize) -> Dataset {
    let digits = samples(400);
    let pixels = digits.samples().pixels().expect("MNIST has pixels");
    let darker = |pixel: &u8| (f64::from(*pixel) / (times as f64).sqrt()).round() as u8;
    let rows = pixels.chunks_exact(2 * 28);
    let wide = rows.flat_map(|row| {
        let half = row[..28].iter().step_by(2).map(darker);
        half.cycle().take(14 * times)
    });
    let shape = PictureShape {
        rows: 14,
        columns: 14 * times,
    };
    let wide = Samples::from_pixels(shape, wide.collect()).expect("whole pictures");
    let names = digits.class_names().clone();
    Dataset::new(wide, digits.labels().to_vec(), names).expect("the classes of the digits")
}

/// 800 digits, of which so many tens of classes are made: a bright point at the top edge tells each digit's apart.
pub(crate) fn classes(tens: usize) -> Dataset {
    let digits = samples(800);
    let mut pixels = digits
        .samples()
        .pixels()
        .expect("MNIST has pixels")
        .to_vec();
    let kinds = (0..digits.len()).map(|i| i / 10 % tens);
    let mut labels = Vec::with_capacity(digits.len());
    let pictures = pixels.chunks_exact_mut(28 * 28);
    for ((picture, kind), label) in pictures.zip(kinds).zip(digits.labels()) {
        picture[kind] = 255;
        labels.push(label * tens + kind);
    }
    let shape = digits.samples().shown_shape();
    let marked = Samples::from_pixels(shape, pixels).expect("whole pictures");
    let names: Vec<String> = (0..10 * tens).map(|class| class.to_string()).collect();
    Dataset::new(marked, labels, names.into()).expect("labels within the classes")
}
