//! Two classifiers on samples in groups.

use crate::page::{Aim, Page, holds, normal, rates};
use rand::RngExt;
use statistics::{
    ClusteredDifference, PairedBootstrap, clustered_share, compare_groups, mcnemar, only_right,
};

/// Samples of each group.
const SIZE: usize = 5;

/// The share right: of a normal number of variance 1 + 1.5² above −1.
const EXPECTED: f64 = 0.710_450;

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Groups of samples",
        "Equally good classifiers, each of which is better on some groups of five samples than on others.",
    );
    for groups in [5, 10, 30, 200] {
        let numbers: Vec<usize> = (0..groups * SIZE).map(|sample| sample / SIZE).collect();
        let [both, exact, wald, held, share_held, boot, plain] = rates(|random| {
            let mut draw = || -> Vec<bool> {
                let lean: Vec<f64> = (0..groups).map(|_| normal(random)).collect();
                let right = |&group: &usize| normal(random) + 1.5 * lean[group] > -1.0;
                numbers.iter().map(right).collect()
            };
            let (first, second) = (draw(), draw());
            let found = ClusteredDifference::new(&first, &second, &numbers).expect("groups");
            let (b, c) = only_right(&first, &second);
            let share = |of: &[bool], times: &[u32]| {
                let drawn = of
                    .iter()
                    .zip(times)
                    .map(|(&right, times)| u32::from(right) * times);
                f64::from(drawn.sum::<u32>()) / of.len() as f64
            };
            let bootstrap = PairedBootstrap::of_groups(&numbers, 400, random.random(), |times| {
                vec![share(&first, times), share(&second, times)]
            });
            let both = compare_groups(&first, &second, &numbers, 1, 0.05);
            [
                both.different,
                found.p <= 0.05,
                found.obuchowski.is_some_and(|test| test.p <= 0.05),
                found
                    .interval(0.95)
                    .is_some_and(|interval| holds(interval, 0.0)),
                holds(clustered_share(&first, &numbers, 0.95), EXPECTED),
                holds(bootstrap.difference(0, 1, 0.95), 0.0),
                mcnemar(b, c).p <= 0.05,
            ]
        });
        let place = format!("{groups} groups");
        page.rate("signs and interval, as printed", &place, Aim::Size, both);
        page.rate("signs of groups, exact", &place, Aim::Size, exact);
        page.rate("Obuchowski", &place, Aim::Size, wald);
        page.rate("interval over groups", &place, Aim::Coverage, held);
        page.rate("accuracy, Wilson", &place, Aim::Coverage, share_held);
        page.rate(
            "percentile bootstrap of groups",
            &place,
            Aim::Coverage,
            boot,
        );
        page.rate("McNemar, as if no groups", &place, Aim::Instead, plain);
    }
    few_differ(page);
}

/// Where the classifiers tell few groups apart, all samples of a group alike.
fn few_differ(page: &mut Page) {
    const GROUPS: usize = 100;
    let numbers: Vec<usize> = (0..GROUPS * SIZE).map(|sample| sample / SIZE).collect();
    for share in [0.03, 0.06, 0.2] {
        let [both, held, interval] = rates(|random| {
            let mut first = vec![true; numbers.len()];
            let mut second = first.clone();
            for group in 0..GROUPS {
                if random.random_bool(share) {
                    let loser = if random.random_bool(0.5) {
                        &mut first
                    } else {
                        &mut second
                    };
                    loser[group * SIZE..(group + 1) * SIZE].fill(false);
                }
            }
            let found = compare_groups(&first, &second, &numbers, 1, 0.05);
            let of_groups = ClusteredDifference::new(&first, &second, &numbers).expect("groups");
            let alone = of_groups.interval(0.95);
            [
                found.different,
                holds(found.interval, 0.0),
                alone.is_some_and(|interval| !holds(interval, 0.0)),
            ]
        });
        let place = format!(
            "{GROUPS} groups, of which {} % differ",
            (100.0 * share).round()
        );
        page.rate("signs and interval, as printed", &place, Aim::Size, both);
        page.rate("interval, as printed", &place, Aim::Coverage, held);
        page.rate(
            "interval over groups, as a test",
            &place,
            Aim::Instead,
            interval,
        );
    }
}
