//! Cross-validation of a model that learns: nearest centroids of normally distributed classes.

use crate::page::{Aim, Page, Random, below, holds, normal, rates};
use rand::seq::SliceRandom;
use statistics::{CorrelatedDifferences, FEWEST_FOR_HALVES, five_by_two_f, wilson};

/// Features of each of the two models. They see different ones, so that they are equally good.
const FEATURES: usize = 5;

/// Two classes of samples, whose features are apart by `apart` in all: a label and both models' features.
type Sample = (bool, [[f64; FEATURES]; 2]);

fn draw(random: &mut Random, count: usize, apart: f64) -> Vec<Sample> {
    let shift = apart / (FEATURES as f64).sqrt() / 2.0;
    let sample = |index: usize| {
        let label = index.is_multiple_of(2);
        let shift = if label { shift } else { -shift };
        let features = [0, 1].map(|_| std::array::from_fn(|_| normal(random) + shift));
        (label, features)
    };
    (0..count).map(sample).collect()
}

/// The normal of the plane between the centroids, and its place along it.
fn fit<'a>(train: impl Iterator<Item = &'a Sample>, model: usize) -> ([f64; FEATURES], f64) {
    let (mut sums, mut counts) = ([[0.0; FEATURES]; 2], [0.0; 2]);
    for (label, features) in train {
        counts[usize::from(*label)] += 1.0;
        for (sum, value) in sums[usize::from(*label)].iter_mut().zip(features[model]) {
            *sum += value;
        }
    }
    let centroid = |class: usize, feature: usize| sums[class][feature] / counts[class];
    let plane = std::array::from_fn(|f| centroid(1, f) - centroid(0, f));
    let middle = |f: usize| plane[f] * f64::midpoint(centroid(1, f), centroid(0, f));
    (plane, (0..FEATURES).map(middle).sum())
}

fn score((plane, _): &([f64; FEATURES], f64), features: &[f64; FEATURES]) -> f64 {
    plane.iter().zip(features).map(|(a, b)| a * b).sum()
}

/// The accuracy of each fold.
fn cross_validate(samples: &[&Sample], folds: usize, model: usize) -> Vec<f64> {
    // Pairs of one sample of each class are dealt to the folds in turn.
    let fold_of = |index: usize| index / 2 % folds;
    let of_fold = |fold: usize| {
        let numbered = || samples.iter().enumerate();
        let train = numbered().filter(|(index, _)| fold_of(*index) != fold);
        let fitted = fit(train.map(|(_, sample)| *sample), model);
        let judged = numbered().filter(|(index, _)| fold_of(*index) == fold);
        let right: Vec<bool> = judged
            .map(|(_, sample)| (score(&fitted, &sample.1[model]) > fitted.1) == sample.0)
            .collect();
        statistics::share_right(&right)
    };
    (0..folds).map(of_fold).collect()
}

/// The accuracy on new samples that is expected of a fit to so many.
fn expected(random: &mut Random, train: usize, apart: f64) -> f64 {
    let shift = apart / (FEATURES as f64).sqrt() / 2.0;
    let accuracy = |_| {
        let samples = draw(random, train, apart);
        let fitted = fit(samples.iter(), 0);
        let length = score(&fitted, &fitted.0).sqrt();
        let mean = score(&fitted, &[shift; FEATURES]);
        f64::midpoint(
            below((mean - fitted.1) / length),
            below((mean + fitted.1) / length),
        )
    };
    statistics::mean((0..4_000).map(accuracy))
}

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Folds",
        "The corrected resampled t test of two equally good models, and the interval of the accuracy that is \
         expected of a model of as many training samples: Wilson's where all folds are alike. Some of it \
         is of models that are nearly always right. The correction is a rule of thumb. Reports have the combined F test \
         of 5×2 folds from 100 samples on.",
    );
    for (samples, folds, apart) in [
        (40, 5, 2.0),
        (100, 2, 2.0),
        (100, 5, 2.0),
        (100, 10, 2.0),
        (1_000, 5, 2.0),
        (1_000, 10, 2.0),
        (100, 2, 5.0),
        (100, 10, 5.0),
        (1_000, 5, 5.0),
    ] {
        let mut random = <Random as rand::SeedableRng>::seed_from_u64(7);
        let truth = expected(&mut random, samples - samples / folds, apart);
        let ratio = 1.0 / (folds as f64 - 1.0);
        let [found, held, inside, plain] = rates(|random| {
            let data = draw(random, samples, apart);
            let data: Vec<&Sample> = data.iter().collect();
            let [first, second] = [0, 1].map(|model| cross_validate(&data, folds, model));
            let differences: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a - b).collect();
            let test = CorrelatedDifferences::new(&differences, ratio);
            let right = statistics::mean(first.iter().copied()) * samples as f64;
            let of_folds = CorrelatedDifferences::new(&first, ratio);
            let interval = of_folds.map_or_else(
                || wilson(right.round() as usize, samples, 0.95),
                |folds| folds.share_interval(0.95),
            );
            let uncorrected = CorrelatedDifferences::new(&differences, 0.0);
            [
                test.is_some_and(|of| of.t_test().p <= 0.05),
                holds(interval, truth),
                interval.low >= 0.0 && interval.high <= 1.0,
                uncorrected.is_some_and(|of| of.t_test().p <= 0.05),
            ]
        });
        let place = format!("{samples} samples, {folds} folds, accuracy {truth:.3}");
        page.rate("corrected t", &place, Aim::Size, found);
        page.rate("interval of the accuracy", &place, Aim::Coverage, held);
        page.rate("interval within [0, 1]", &place, Aim::AtLeast(1.0), inside);
        page.rate("t, not corrected", &place, Aim::Instead, plain);
    }
    five_by_two(page);
}

/// The combined F test of two models, equally good or the second worse.
fn five_by_two(page: &mut Page) {
    for (samples, apart) in [
        (20, 2.0),
        (40, 2.0),
        (100, 2.0),
        (1_000, 2.0),
        (100, 5.0),
        (1_000, 5.0),
    ] {
        // Of the second model, features that say less: all of them, or their half.
        for shrunk in [1.0, 0.5] {
            let [found] = rates(|random| {
                let mut data = draw(random, samples, apart);
                let shift = apart / (FEATURES as f64).sqrt() / 2.0;
                for (label, features) in &mut data {
                    let lost = if *label { shift } else { -shift } * (1.0 - shrunk);
                    features[1].iter_mut().for_each(|value| *value -= lost);
                }
                let differences = std::array::from_fn(|_| halves(random, &data));
                [five_by_two_f(&differences).is_some_and(|test| test.p <= 0.05)]
            });
            let how = if shrunk < 1.0 { "one better" } else { "equal" };
            let place = format!("{samples} samples, classes apart by {apart}, {how}");
            let aim = match shrunk < 1.0 {
                _ if samples < FEWEST_FOR_HALVES => Aim::Instead,
                true => Aim::Power,
                false => Aim::Size,
            };
            page.rate("combined 5×2cv F", &place, aim, found);
        }
    }
}

/// The differences in accuracy of two folds of samples in a new order, as many of each class in both.
fn halves(random: &mut Random, data: &[Sample]) -> [f64; 2] {
    let of_class = |class: bool| data.iter().filter(move |of| of.0 == class);
    let [mut first, mut second]: [Vec<&Sample>; 2] =
        [true, false].map(|class| of_class(class).collect());
    first.shuffle(random);
    second.shuffle(random);
    let dealt: Vec<&Sample> = first
        .into_iter()
        .zip(second)
        .flat_map(|(a, b)| [a, b])
        .collect();
    let [a, b] = [0, 1].map(|model| cross_validate(&dealt, 2, model));
    [a[0] - b[0], a[1] - b[1]]
}
