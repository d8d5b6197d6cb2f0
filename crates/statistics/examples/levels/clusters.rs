//! Two classifiers on samples in groups.

use crate::page::{Aim, Page, holds, normal, rates};
use rand::RngExt;
use statistics::{ClusteredDifference, PairedBootstrap, mcnemar, only_right};

/// Samples of each group.
const SIZE: usize = 5;

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Groups of samples",
        "Equally good classifiers, each of which is better on some groups of five samples than on others.",
    );
    for groups in [5, 10, 30, 200] {
        let numbers: Vec<usize> = (0..groups * SIZE).map(|sample| sample / SIZE).collect();
        let [exact, wald, held, boot, plain] = rates(|random| {
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
            [
                found.p <= 0.05,
                found.obuchowski.is_some_and(|test| test.p <= 0.05),
                found
                    .interval(0.95)
                    .is_some_and(|interval| holds(interval, 0.0)),
                holds(bootstrap.difference(0, 1, 0.95), 0.0),
                mcnemar(b, c).p <= 0.05,
            ]
        });
        let place = format!("{groups} groups");
        page.rate("signs of groups, exact", &place, Aim::Size, exact);
        page.rate("Obuchowski", &place, Aim::Size, wald);
        page.rate("interval over groups", &place, Aim::Coverage, held);
        page.rate(
            "percentile bootstrap of groups",
            &place,
            Aim::Coverage,
            boot,
        );
        page.rate("McNemar, as if no groups", &place, Aim::Instead, plain);
    }
}
