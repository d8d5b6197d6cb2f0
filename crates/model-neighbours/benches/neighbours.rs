//! Nearest neighbours on MNIST: packing the training images, all test images, and a single one, in pixels and in
//! real features.

use catalog::Splits;
use classifier::{Classifier, FitContext, Recipe, with_threads};
use data::{Dataset, Samples};
use divan::Bencher;
use model_neighbours::{Neighbours, Weights};
use std::sync::LazyLock;

static DATA: LazyLock<Splits> =
    LazyLock::new(|| catalog::mnist().expect("MNIST is inside the library"));

fn main() {
    divan::main();
}

fn train(train: &Dataset) -> Box<dyn Classifier> {
    let recipe = Neighbours {
        k: 3,
        weights: Weights::Uniform,
    };
    recipe
        .fit(train, &mut FitContext::quiet(1, 1))
        .expect("it fits")
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn fit_60_000(bencher: Bencher) {
    bencher.bench_local(|| train(&DATA.train));
}

#[divan::bench(args = [1, 2], sample_count = 5, sample_size = 1)]
fn predict_10_000(bencher: Bencher, threads: usize) {
    let model = train(&DATA.train);
    let predict = || model.scores(DATA.test.samples());
    bencher.bench_local(|| with_threads(threads, predict));
}

#[divan::bench(args = [1, 2], sample_count = 3, sample_size = 1)]
fn predict_10_000_as_reals(bencher: Bencher, threads: usize) {
    let reals = |samples: &Samples| {
        Samples::from_features(samples.features(), samples.to_f32().into_owned())
            .expect("whole rows")
    };
    let labels = DATA.train.labels().to_vec();
    let names = DATA.train.class_names().clone();
    let data = Dataset::new(reals(DATA.train.samples()), labels, names).expect("as many labels");
    let (model, samples) = (train(&data), reals(DATA.test.samples()));
    bencher.bench_local(|| with_threads(threads, || model.scores(&samples)));
}

#[divan::bench(sample_count = 100)]
fn predict_one(bencher: Bencher) {
    let (model, image) = (train(&DATA.train), DATA.test.samples().slice(0..1));
    bencher.bench_local(|| with_threads(1, || model.scores(&image)));
}
