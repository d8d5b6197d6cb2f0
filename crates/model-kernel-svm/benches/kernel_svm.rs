//! Training and prediction of the kernel SVM on MNIST: one hard pair of classes, and all pairs.

use catalog::Splits;
use classifier::{Classifier, FitContext, Recipe, with_threads};
use data::Dataset;
use divan::Bencher;
use model_kernel_svm::KernelSvm;
use std::sync::LazyLock;

static DATA: LazyLock<Splits> =
    LazyLock::new(|| catalog::mnist().expect("MNIST is inside the library"));

fn main() {
    divan::main();
}

fn train(train: &Dataset, threads: usize) -> Box<dyn Classifier> {
    let fit = || KernelSvm::rbf().fit(train, &mut FitContext::quiet(1, threads));
    with_threads(threads, fit).expect("it fits")
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn fit_4_against_9(bencher: Bencher, threads: usize) {
    let labels = DATA.train.labels();
    let chosen = (0..labels.len()).filter(|&i| [4, 9].contains(&labels[i]));
    let pair = DATA.train.select(&chosen.collect::<Vec<_>>());
    bencher.bench_local(|| train(&pair, threads));
}

#[divan::bench(args = [1, 2], sample_count = 3, sample_size = 1)]
fn fit_all_digits(bencher: Bencher, threads: usize) {
    bencher.bench_local(|| train(&DATA.train, threads));
}

#[divan::bench(args = [1, 2], sample_count = 5, sample_size = 1)]
fn predict_10_000(bencher: Bencher, threads: usize) {
    let model = train(&DATA.train, 2);
    let predict = || model.scores(DATA.test.samples());
    bencher.bench_local(|| with_threads(threads, predict));
}

#[divan::bench(sample_count = 100)]
fn predict_one(bencher: Bencher) {
    let (model, image) = (train(&DATA.train, 2), DATA.test.samples().slice(0..1));
    bencher.bench_local(|| model.scores(&image));
}
