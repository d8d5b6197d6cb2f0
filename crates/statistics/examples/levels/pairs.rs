//! Two classifiers on the same samples.

use crate::page::{Aim, Page, Random, holds, rates};
use rand::RngExt;
use statistics::{
    PairedBootstrap, Relation, detectable_difference, mcnemar, paired_relation, samples_needed,
    tango,
};

/// Of `samples` samples, how many only the first, and only the second gets right.
fn counts(random: &mut Random, samples: usize, first: f64, second: f64) -> (usize, usize) {
    let (mut b, mut c) = (0, 0);
    for _ in 0..samples {
        let drawn = random.random::<f64>();
        b += usize::from(drawn < first);
        c += usize::from(drawn >= first && drawn < first + second);
    }
    (b, c)
}

/// Samples, and how many of them only one of the two is expected to get right.
const PLACES: [(usize, f64); 12] = [
    (20, 1.0),
    (20, 5.0),
    (100, 1.0),
    (100, 5.0),
    (100, 20.0),
    (1_000, 1.0),
    (1_000, 5.0),
    (1_000, 50.0),
    (1_000, 200.0),
    (10_000, 1.0),
    (10_000, 10.0),
    (10_000, 500.0),
];

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Two classifiers",
        "Equally good ones, and ones of which the first is right on four in five of the samples that \
         tell the two apart.",
    );
    for (samples, differing) in PLACES {
        let share = differing / samples as f64;
        let place = format!("{samples} samples, {differing} differ");
        let [exact, mid, held] = rates(|random| {
            let (b, c) = counts(random, samples, share / 2.0, share / 2.0);
            let test = mcnemar(b, c);
            let interval = tango(b, c, samples, 0.95);
            [test.p <= 0.05, test.mid_p <= 0.05, holds(interval, 0.0)]
        });
        page.rate("McNemar, exact", &place, Aim::Size, exact);
        page.rate("McNemar, mid-p", &place, Aim::Size, mid);
        page.rate("Tango", &place, Aim::Coverage, held);
        let [held] = rates(|random| {
            let (b, c) = counts(random, samples, 0.8 * share, 0.2 * share);
            [holds(tango(b, c, samples, 0.95), 0.6 * share)]
        });
        page.rate("Tango", &format!("{place}, 4 : 1"), Aim::Coverage, held);
    }
    bootstrap(page);
    power(page);
    equivalence(page);
}

/// The percentile interval of 400 draws.
fn bootstrap(page: &mut Page) {
    for (samples, differing) in [(20, 1.0), (100, 1.0), (100, 20.0), (1_000, 2.5)] {
        let share = differing / samples as f64;
        let [held] = rates(|random| {
            let (b, c) = counts(random, samples, 0.8 * share, 0.2 * share);
            let bootstrap = PairedBootstrap::new(samples, 400, random.random(), |times| {
                let sum =
                    |range: std::ops::Range<usize>| f64::from(times[range].iter().sum::<u32>());
                vec![sum(0..b) / samples as f64, sum(b..b + c) / samples as f64]
            });
            [holds(bootstrap.difference(0, 1, 0.95), 0.6 * share)]
        });
        let place = format!("{samples} samples, {differing} differ, 4 : 1");
        page.rate("percentile bootstrap", &place, Aim::Coverage, held);
    }
}

/// What is said to be found four times in five.
fn power(page: &mut Page) {
    for (samples, share) in [(100, 0.3), (1_000, 0.1), (10_000, 0.01)] {
        let Some(difference) = detectable_difference(samples, share, 0.05, 0.8) else {
            continue;
        };
        let [found] = found(samples, share, difference);
        let place = format!("{samples} samples, {share} differ, the detectable {difference:.4}");
        page.rate("McNemar, exact", &place, Aim::AtLeast(0.8), found);
    }
    for (difference, share) in [(0.1, 0.2), (0.01, 0.03)] {
        let Some(samples) = samples_needed(difference, share, 0.05, 0.8) else {
            continue;
        };
        let [found] = found(samples, share, difference);
        let place = format!("{difference} of {share}, the {samples} samples needed");
        page.rate("McNemar, exact", &place, Aim::AtLeast(0.8), found);
    }
}

fn found(samples: usize, share: f64, difference: f64) -> [f64; 1] {
    let (first, second) = (
        f64::midpoint(share, difference),
        f64::midpoint(share, -difference),
    );
    rates(|random| {
        let (b, c) = counts(random, samples, first, second);
        [mcnemar(b, c).p <= 0.05]
    })
}

/// Differences that are just the margin must not be called equivalent.
fn equivalence(page: &mut Page) {
    for (samples, share, margin) in [
        (1_000, 0.1, 0.02),
        (10_000, 0.02, 0.005),
        (10_000, 0.01, 0.01),
    ] {
        let place = format!("{samples} samples, {share} differ, margin {margin}");
        let at = |difference: f64| {
            rates(|random| {
                let (first, second) = (
                    f64::midpoint(share, difference),
                    f64::midpoint(share, -difference),
                );
                let (b, c) = counts(random, samples, first, second);
                let relation = paired_relation(b, c, samples, margin, 0.05);
                let not_worse = matches!(relation, Relation::NotWorse | Relation::Better);
                [
                    relation == Relation::Equivalent,
                    not_worse || relation == Relation::Equivalent,
                ]
            })
        };
        page.rate(
            "called equivalent",
            &format!("{place}, differ by it"),
            Aim::Size,
            at(margin)[0],
        );
        page.rate(
            "called not worse",
            &format!("{place}, worse by it"),
            Aim::Size,
            at(-margin)[1],
        );
        page.rate(
            "called equivalent",
            &format!("{place}, equal"),
            Aim::Power,
            at(0.0)[0],
        );
    }
}
