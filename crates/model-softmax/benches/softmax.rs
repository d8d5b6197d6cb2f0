//! Training and prediction of softmax regression on all of MNIST.

use catalog::Splits;
use classifier::{Classifier, FitContext, Recipe, with_threads};
use data::{Dataset, Samples};
use divan::Bencher;
use model_softmax::{Softmax, SoftmaxLbfgs, SoftmaxRegression};
use std::sync::LazyLock;

static DATA: LazyLock<Splits> =
    LazyLock::new(|| catalog::mnist().expect("MNIST is inside the library"));

fn main() {
    divan::main();
}

fn fit(bencher: Bencher, recipe: &dyn Recipe, threads: usize) {
    let train = &DATA.train;
    let fit = || recipe.fit(train, &mut FitContext::quiet(1, threads));
    bencher.bench_local(|| with_threads(threads, fit));
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn descent_of_20_epochs(bencher: Bencher, threads: usize) {
    fit(bencher, &Softmax::default(), threads);
}

#[divan::bench(args = [1, 2], sample_count = 5, sample_size = 1)]
fn to_the_optimum(bencher: Bencher, threads: usize) {
    fit(bencher, &SoftmaxLbfgs::default(), threads);
}

/// Features of which none is zero, as standardised measurements are.
#[divan::bench(args = [10, 16, 26], sample_count = 5, sample_size = 1)]
fn descent_on_dense_features(bencher: Bencher, classes: usize) {
    let width = 256;
    let images = 20_000;
    let values = (0..images * width).map(|place| ((place * place) as f32).sin());
    let features = Samples::from_features(width, values.collect()).expect("they are finite");
    let labels = (0..images).map(|image| image % classes).collect();
    let names = (0..classes).map(|class| class.to_string()).collect();
    let data = Dataset::new(features, labels, names).expect("as many labels as images");
    let recipe = Softmax::default();
    let fit = || recipe.fit(&data, &mut FitContext::quiet(1, 2));
    bencher.bench_local(|| with_threads(2, fit));
}

fn model() -> SoftmaxRegression {
    let one_epoch = Softmax {
        epochs: 1,
        ..Softmax::default()
    };
    let model = one_epoch.train(&DATA.train, &mut FitContext::quiet(1, 1));
    model.expect("it fits")
}

#[divan::bench(args = [1, 2], sample_count = 50, sample_size = 1)]
fn predict_10_000(bencher: Bencher, threads: usize) {
    let model = model();
    let predict = || model.scores(DATA.test.samples());
    bencher.bench_local(|| with_threads(threads, predict));
}

#[divan::bench]
fn predict_one(bencher: Bencher) {
    let (model, image) = (model(), DATA.test.samples().slice(0..1));
    bencher.bench_local(|| model.scores(&image));
}
