//! Gradient-direction features of all 70 000 images of MNIST.

use data::Dataset;
use divan::Bencher;
use picture_features::{GradientDirections, Normalisation, Settings};
use std::sync::LazyLock;

static IMAGES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mnist = catalog::mnist().expect("MNIST is inside the library");
    let pixels = |split: &Dataset| split.samples().pixels().expect("8-bit pixels").to_vec();
    [pixels(&mnist.train), pixels(mnist.test.look())].concat()
});

fn main() {
    divan::main();
}

fn features(bencher: Bencher, normalisation: Normalisation, threads: usize) {
    let shape = data::PictureShape {
        rows: 28,
        columns: 28,
    };
    let settings = Settings {
        normalisation,
        ..Settings::default()
    };
    let features = GradientDirections::new(shape, &settings).expect("the defaults are valid");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("threads start");
    bencher.bench_local(|| pool.install(|| features.of_pixels(&IMAGES)));
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn as_they_are(bencher: Bencher, threads: usize) {
    features(bencher, Normalisation::None, threads);
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn upright(bencher: Bencher, threads: usize) {
    features(bencher, Normalisation::Upright, threads);
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn of_one_size(bencher: Bencher, threads: usize) {
    features(
        bencher,
        Normalisation::Size {
            size: 0.2,
            aspect: 0.5,
        },
        threads,
    );
}
