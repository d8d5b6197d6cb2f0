//! Several classifiers on the same samples.

use crate::page::{Aim, Page, Random, below, holds, normal, rates};
use statistics::{PairComparison, PairedBootstrap, against_control, all_pairs, cochran_q};

/// Classifiers that are right where a common and an own normal number are above a limit: the first half
/// of them with one limit, the rest with another, so that accuracies are Φ(−limit/√2).
fn right(random: &mut Random, limits: &[f64], samples: usize) -> Vec<Vec<bool>> {
    let common: Vec<f64> = (0..samples).map(|_| normal(random)).collect();
    let of = |&limit: &f64| common.iter().map(|c| c + normal(random) > limit).collect();
    limits.iter().map(of).collect()
}

fn accuracy(limit: f64) -> f64 {
    below(-limit / 2.0_f64.sqrt())
}

/// Whether some pair of equally good classifiers is told apart, and whether all intervals hold.
fn judge(pairs: &[PairComparison], limits: &[f64]) -> [bool; 2] {
    let truth =
        |pair: &PairComparison| accuracy(limits[pair.first]) - accuracy(limits[pair.second]);
    [
        pairs
            .iter()
            .any(|pair| pair.different && truth(pair) == 0.0),
        pairs.iter().all(|pair| holds(pair.interval, truth(pair))),
    ]
}

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Several classifiers",
        "Any false difference among all pairs, and all intervals at once. Bonferroni's method is the more \
         careful the more pairs there are that share a classifier.",
    );
    for (count, samples) in [
        (2, 100),
        (3, 20),
        (5, 200),
        (10, 1_000),
        (20, 200),
        (10, 10_000),
    ] {
        let equal = vec![-1.5; count];
        let mut unequal = equal.clone();
        unequal[count / 2..].fill(-1.2);
        for (limits, how) in [(equal, "equal"), (unequal, "half of them worse")] {
            let [found, held, control_found, control_held] = rates(|random| {
                let right = right(random, &limits, samples);
                let all = judge(&all_pairs(&right, 0.05), &limits);
                let control = judge(&against_control(&right, 0, 0.05), &limits);
                [all[0], all[1], control[0], control[1]]
            });
            let place = format!("{count} models, {samples} samples, {how}");
            page.rate("all pairs, tests", &place, Aim::Size, found);
            page.rate("all pairs, intervals", &place, Aim::Coverage, held);
            page.rate("one control, tests", &place, Aim::Size, control_found);
            page.rate(
                "one control, intervals",
                &place,
                Aim::Coverage,
                control_held,
            );
        }
    }
    let limits = [-1.5; 10];
    let [found, held] = rates(|random| {
        let mut right = right(random, &limits[..4], 500);
        right.resize(10, right[0].clone());
        judge(&all_pairs(&right, 0.05), &limits)
    });
    let place = "10 models of which 7 are copies, 500 samples, equal";
    page.rate("all pairs, tests", place, Aim::Size, found);
    page.rate("all pairs, intervals", place, Aim::Coverage, held);
    largest_of_bootstrap(page);
    at_once(page);
}

fn largest_of_bootstrap(page: &mut Page) {
    for (count, samples) in [(3, 50), (5, 100), (5, 500)] {
        let limits: Vec<f64> = (0..count).map(|i| [-1.5, -1.2][i % 2]).collect();
        let pairs: Vec<(usize, usize)> = (0..count)
            .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
            .collect();
        let [found, held] = rates(|random| {
            let right = right(random, &limits, samples);
            let bootstrap = PairedBootstrap::new(samples, 399, 1, |times| {
                let share = |of: &Vec<bool>| {
                    let drawn = of
                        .iter()
                        .zip(times)
                        .map(|(&right, times)| u32::from(right) * times);
                    f64::from(drawn.sum::<u32>()) / samples as f64
                };
                right.iter().map(share).collect()
            });
            let found = bootstrap.simultaneous(&pairs, 0.05);
            let judged = pairs.iter().zip(found).map(|(&(i, j), found)| {
                let truth = accuracy(limits[i]) - accuracy(limits[j]);
                let of = found.map(|of| (truth == 0.0 && of.different, holds(of.interval, truth)));
                of.unwrap_or((false, truth == 0.0))
            });
            let judged: Vec<(bool, bool)> = judged.collect();
            [judged.iter().any(|of| of.0), judged.iter().all(|of| of.1)]
        });
        let place = format!("{count} models, {samples} samples, half of them worse");
        page.rate("max-T bootstrap, tests", &place, Aim::Size, found);
        page.rate("max-T bootstrap, intervals", &place, Aim::Coverage, held);
    }
}

/// Cochran's Q, where from one to all samples tell some models apart.
fn at_once(page: &mut Page) {
    for (count, samples, limit) in [
        (2, 20, -1.5),
        (3, 20, -3.0),
        (3, 100, -3.0),
        (5, 20, -1.5),
        (5, 100, -3.0),
        (5, 100, -1.5),
        (5, 1_000, -3.0),
        (10, 100, -3.0),
        (10, 100, -1.5),
        (20, 50, -1.5),
        (20, 200, -3.0),
        (10, 1_000, -1.5),
        (10, 10_000, -3.0),
    ] {
        let mut unequal = vec![limit; count];
        unequal[0] = limit + 0.3;
        for (limits, aim, how) in [
            (vec![limit; count], Aim::Size, "equal"),
            (unequal, Aim::Power, "one worse"),
        ] {
            let [found] = rates(|random| {
                let right = right(random, &limits, samples);
                [cochran_q(&right).is_some_and(|test| test.p <= 0.05)]
            });
            let of = accuracy(limit);
            let place = format!("{count} models, {samples} samples, accuracy {of:.3}, {how}");
            page.rate("Cochran's Q", &place, aim, found);
        }
    }
}
