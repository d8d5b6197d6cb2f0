//! Training and prediction on made-up tables: many classes of few values, as letters are, and two
//! classes of many values.

use classifier::{FitContext, Recipe, with_threads};
use data::{Dataset, Samples};
use divan::Bencher;
use model_trees::{BoostedTrees, RandomForest};

fn main() {
    divan::main();
}

/// `rows` × `width` values below `distinct`; the class is told by two of them, one row in ten excepted.
fn table(rows: usize, width: usize, distinct: usize, classes: usize) -> Dataset {
    let value =
        |row: usize, feature: usize| (row + 1) * (2 * feature + 3) * 7919 % 10_007 % distinct;
    let values = (0..rows).flat_map(|row| (0..width).map(move |j| value(row, j) as f32));
    let samples = Samples::from_features(width, values.collect()).expect("whole rows");
    let label = |row: usize| match row % 10 {
        0 => row / 10 % classes,
        _ => (value(row, 0) + 3 * value(row, 1)) * classes / (4 * distinct),
    };
    let names = (0..classes).map(|class| class.to_string()).collect();
    Dataset::new(samples, (0..rows).map(label).collect(), names).expect("labels within the classes")
}

fn letters() -> Dataset {
    table(10_000, 16, 16, 26)
}

fn measurements() -> Dataset {
    table(20_000, 40, 5000, 2)
}

fn fit(bencher: Bencher, recipe: &dyn Recipe, data: &Dataset, threads: usize) {
    let fit = || recipe.fit(data, &mut FitContext::quiet(1, threads));
    bencher.bench_local(|| with_threads(threads, fit));
}

/// 10 rounds, so that 260 trees.
fn ten_rounds() -> BoostedTrees {
    BoostedTrees {
        rounds: 10,
        ..BoostedTrees::default()
    }
}

fn ten_trees() -> RandomForest {
    RandomForest {
        trees: 10,
        ..RandomForest::default()
    }
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn boosting_26_classes(bencher: Bencher, threads: usize) {
    fit(bencher, &ten_rounds(), &letters(), threads);
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn boosting_2_classes(bencher: Bencher, threads: usize) {
    fit(bencher, &ten_rounds(), &measurements(), threads);
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn forest_26_classes(bencher: Bencher, threads: usize) {
    fit(bencher, &ten_trees(), &letters(), threads);
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn forest_2_classes(bencher: Bencher, threads: usize) {
    fit(bencher, &ten_trees(), &measurements(), threads);
}

fn predict(bencher: Bencher, recipe: &dyn Recipe) {
    let data = letters();
    let model = recipe.fit(&data, &mut FitContext::quiet(1, 1));
    let model = model.expect("it fits");
    bencher.bench_local(|| with_threads(1, || model.scores(data.samples())));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn boosting_predicts_10_000(bencher: Bencher) {
    predict(bencher, &ten_rounds());
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn forest_predicts_10_000(bencher: Bencher) {
    predict(bencher, &ten_trees());
}
